"""Many patterns at once, in time linear in the line: one automaton in place of a loop over regular expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import re2

from dechaff.errors import RuleTableError

if TYPE_CHECKING:
    from collections.abc import Sequence

Owner = TypeVar("Owner")

_MEMORY = 256 << 20  # bytes the automaton may grow to; with all our tables it stays below a tenth of this
LONGEST = 1000
"""Code points: no pattern is tried on a longer line. Chrome is short; the longest disclaimer in the tables' sources has 640."""


class Patterns(Generic[Owner]):
    """A set of patterns, each with an owner, matched against whole lines whatever their case."""

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
        self._owners = [owner for _, owner in patterns]
        self._set = re2.Set.FullMatchSet(options)
        for pattern, owner in patterns:
            try:
                self._set.Add(pattern)
            except re2.error as error:
                message = f"{owner}: pattern {pattern!r}: {error}"
                raise RuleTableError(message) from error
        if patterns:
            self._set.Compile()

    def whole(self, line: str) -> list[Owner]:
        """Return the owners of all patterns that match the whole line, in the order of the table."""
        if not line or len(line) > LONGEST or not self._owners:
            return []
        return [self._owners[i] for i in sorted(self._set.Match(line) or ())]
