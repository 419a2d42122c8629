"""Many patterns at once, in time linear in the line: one automaton in place of a loop over regular expressions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import re2

from dechaff.errors import RuleTableError

if TYPE_CHECKING:
    from collections.abc import Sequence

Owner = TypeVar("Owner")


class _Pattern(Protocol):
    def fullmatch(self, text: str) -> object: ...



_MEMORY = 256 << 20  # bytes the automaton may grow to; at a quarter of this it is rebuilt again and again, six times as slow
_COUNTED = re.compile(r"(?<!\\)\{(\d+)(?:,\d*)?\}")
LONGEST = 400
"""Code points: no pattern is tried on a longer line. Longer notices are taken sentence by sentence."""


class Patterns(Generic[Owner]):
    """A set of patterns, each with an owner, matched against whole lines whatever their case.

    Counted repetitions make an automaton grow by their count, so one without counts finds the few patterns that may match, and
    each of these is then asked by itself.
    """

    def __init__(self, patterns: Sequence[tuple[str, Owner]]) -> None:
        """Compile the patterns.

        Args:
            patterns: RE2 syntax, and what to return when the pattern matches.

        Raises:
            RuleTableError: RE2 refuses a pattern: it says why, and look-around and back-references are what it lacks.
        """
        options = re2.Options()
        options.case_sensitive = False
        options.max_mem = _MEMORY
        options.log_errors = False
        self._patterns = list(patterns)
        self._exact: dict[int, _Pattern] = {}
        self._loose = re2.Set.FullMatchSet(options)
        for pattern, owner in patterns:
            try:
                self._loose.Add(_COUNTED.sub(_uncounted, pattern))
            except re2.error as error:
                message = f"{owner}: pattern {pattern!r}: {error}"
                raise RuleTableError(message) from error
        if patterns:
            self._loose.Compile()

    def whole(self, line: str) -> list[Owner]:
        """Return the owners of all patterns that match the whole line, in the order of the table."""
        if not line or len(line) > LONGEST or not self._patterns:
            return []
        return [self._patterns[i][1] for i in sorted(self._loose.Match(line) or ()) if self._matches(i, line)]

    def _matches(self, i: int, line: str) -> bool:
        exact = self._exact.get(i)
        if exact is None:
            exact = self._exact[i] = re2.compile(f"(?i:{self._patterns[i][0]})")
        return exact.fullmatch(line) is not None


def _uncounted(count: re.Match[str]) -> str:
    """Return a repetition that allows all that a counted one does."""
    return "*" if int(count[1]) == 0 else "+"
