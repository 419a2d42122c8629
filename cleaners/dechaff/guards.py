"""Lines that stay whatever a rule says: the content that looks like chrome. They live in `data/guards.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from dechaff.lines import bare
from dechaff.patterns import Patterns


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


@lru_cache(maxsize=1 << 16)
def guard(line: str) -> str | None:
    """Return the name of the guard that protects a line, or None.

    >>> guard("  Enrollment: 320")
    'registry-field'
    >>> guard("Share this page")
    """
    text = bare(line)
    return next((name for cased in (False, True) for name in _patterns(cased=cased).whole(text)), None)
