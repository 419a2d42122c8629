"""All rules as one Markdown page, from the tables themselves."""

from __future__ import annotations

from difflib import ndiff
from itertools import groupby

from dechaff import RULES


def markdown() -> str:
    """Return the page."""
    parts = [
        "# Rules\n",
        "Made from the rule tables in `dechaff/data/rules` by `dechaff rules --markdown`; do not edit.\n",
        "**repair** changes characters and drops no word, **remove** only deletes, **report** changes nothing.\n",
    ]
    for stage, rules in groupby(RULES.values(), key=lambda rule: rule.stage):
        parts.append(f"## {stage.replace('_', ' ').capitalize()}\n")
        for rule in rules:
            parts.append(f"### {rule.code} {rule.name}\n")
            parts.append(f"{rule.effect.capitalize()}, since {rule.since}. {rule.why}\n\nSeen: {rule.source}.\n")
            parts.extend(_block(example.dirty, "diff", example.clean) for example in rule.examples[:1])
            parts.append("These stay:\n")
            parts.append(_block("".join(rule.keeps)))
    return "\n".join(parts)


def _block(text: str, language: str = "", clean: str | None = None) -> str:
    """Return text fenced as code; with its clean side, as a diff."""
    before = [_visible(line) for line in text.rstrip("\n").split("\n")]
    if clean is not None:
        after = [_visible(line) for line in clean.rstrip("\n").split("\n")]
        before = [line.rstrip() for line in ndiff(before, after, linejunk=None) if not line.startswith("?")]
    return "\n".join([f"```{language}", *before, "```", ""])


def _visible(line: str) -> str:
    return "".join(character if character.isprintable() else character.encode("unicode_escape").decode("ascii") for character in line)
