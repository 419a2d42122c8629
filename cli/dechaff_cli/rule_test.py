"""Whether a rule does what its block says: its examples come clean by it alone, its look-alikes survive all rules.

And whether a line that stays, stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dechaff import RULES, Allow, clean
from dechaff.allow import Allowed
from dechaff.guards import guard
from dechaff_cli.terminal import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dechaff import Rule

_SHOWN = 120  # code points of a line in a message


def faults(rule: Rule) -> Iterator[str]:
    """Yield what is wrong with a rule, each in one line."""
    where = f"{rule.code} {rule.name}"
    for example in rule.examples:
        result = clean(example.dirty, frozenset(RULES))
        found = {edit.rule for layer in result.layers for edit in layer}
        if result.text != example.clean:
            yield f"{where}: the example {_quoted(example.dirty)} becomes {_quoted(result.text)}, not {_quoted(example.clean)}"
            yield from (f"{where}: {_quoted(line)} is guarded as {name}: it stays" for line, name in _guarded(example.dirty, rule))
        elif rule.code not in found:
            others = ", ".join(sorted(found)) or "none"
            yield f"{where}: the example {_quoted(example.dirty)} comes clean without it, by {others}"
        elif strangers := sorted(code for code in found - {rule.code} if RULES[code].stage != "blank_lines"):
            yield f"{where}: the example {_quoted(example.dirty)} is also changed by {', '.join(strangers)}"
    for kept in rule.keeps:
        result = clean(kept, frozenset(RULES))
        if result.text != kept:
            found = {edit.rule for layer in result.layers for edit in layer}
            yield f"{where}: the look-alike {_quoted(kept)} does not survive {', '.join(sorted(found))}"


def allow_faults(table: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a line that stays, each in one line: an example of it that it does not keep.

    Args:
        table: An `[[allow]]` block of a configuration.
    """
    entry = Allow(table.get("line", ""), table.get("pattern", ""))
    allowed = Allowed([entry])
    for example in table.get("examples", ()):
        if not allowed(example, "", ""):
            yield f"allow {_quoted(entry.line or entry.pattern)}: it does not keep its example {_quoted(example)}"


def _guarded(text: str, rule: Rule) -> Iterator[tuple[str, str]]:
    from dechaff.chrome import Chrome  # noqa: PLC0415  compiles patterns, and is needed only to explain a fault

    chrome = Chrome({rule.code})
    for line in text.split("\n"):
        if (name := guard(line)) and chrome.match(line) is None:
            yield line, name


def _quoted(text: str) -> str:
    return (
        repr(clipped(text.rstrip("\n"), _SHOWN))
        if "\n" not in text.rstrip("\n")
        else f"{text.count(chr(10))} lines {clipped(text, _SHOWN)!r}"
    )
