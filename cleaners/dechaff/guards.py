"""Lines that stay whatever a rule says: the content that looks like chrome. They live in `data/guards.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from dechaff.lines import bare
from dechaff.patterns import Patterns

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Guard:
    """One kind of content that is easily taken for chrome."""

    name: str
    why: str
    patterns: tuple[str, ...]
    """RE2 patterns; one of them must match a whole bare line, in lower case unless `cased`."""
    cased: bool
    examples: tuple[str, ...]
    passes: tuple[str, ...]
    """Look-alikes that it does not protect."""


@cache
def load() -> tuple[Guard, ...]:
    """Return all guards, in the order they are asked."""
    table = tomllib.loads(resources.files("dechaff").joinpath("data", "guards.toml").read_text(encoding="utf-8"))
    return tuple(
        Guard(
            block["name"],
            block["why"],
            tuple(block["patterns"]),
            block.get("cased", False),
            tuple(block["examples"]),
            tuple(block["passes"]),
        )
        for block in table["guard"]
    )


@cache
def _patterns(*, cased: bool) -> Patterns[str]:
    return Patterns([(pattern, guard.name) for guard in load() if guard.cased == cased for pattern in guard.patterns], cased=cased)


_known: dict[str, str | None] = {}
_REMEMBERED = 1 << 16  # lines: labels and values repeat by their nature, and soon


def ask(lines: Iterable[str]) -> None:
    """Find out about many lines at once, which costs a fraction of asking for each with `guard`, which then remembers."""
    new = [line for line in dict.fromkeys(lines) if line not in _known]
    if len(_known) + len(new) > _REMEMBERED:
        _known.clear()
    texts = [bare(line) for line in new]
    names = _patterns(cased=True).whole_each(texts) | _patterns(cased=False).whole_each(texts)
    _known.update(dict.fromkeys(new))
    _known.update((new[i], found[0]) for i, found in names.items())


def guard(line: str) -> str | None:
    """Return the name of the guard that protects a line, or None.

    >>> guard("  Enrollment: 320")
    'registry-field'
    >>> guard("Share this page")
    """
    if line not in _known:
        if len(_known) >= _REMEMBERED:
            _known.clear()
        text = bare(line)
        names = _patterns(cased=False).whole(text) or _patterns(cased=True).whole(text)
        _known[line] = names[0] if names else None
    return _known[line]
