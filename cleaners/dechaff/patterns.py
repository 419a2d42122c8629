"""Many patterns at once, in time linear in the line: one automaton in place of a loop over regular expressions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Generic, TypeVar

import re2

from dechaff.errors import RuleTableError

if TYPE_CHECKING:
    from collections.abc import Sequence

Owner = TypeVar("Owner")


_MEMORY = 256 << 20  # bytes the automaton may grow to; with a quarter it is rebuilt over and over, nine times as slow on 131,448 lines
LONGEST = 400
"""Code points: no pattern is tried on a longer line. Longer notices are taken sentence by sentence."""
_MOST_COUNTED = 12
_CAPITAL = re.compile(r"(?<!\\)(?<!\\p\{)[A-Z]")
_COUNT = re.compile(r"(?<!\\)\{(\d+)(?:,(\d*))?\}")


class Patterns(Generic[Owner]):
    """A set of patterns, each with an owner, matched against whole lines in lower case.

    Both are brought to lower case beforehand: an automaton that itself passes over case has twice the states.
    """

    def __init__(self, patterns: Sequence[tuple[str, Owner]], *, cased: bool = False) -> None:
        """Compile the patterns.

        Args:
            patterns: RE2 syntax, and what to return when the pattern matches. No repetition is counted beyond 12: an automaton
                grows by what it counts.
            cased: Compare lines and patterns as they are.

        Raises:
            RuleTableError: A pattern counts too far, or RE2 refuses it; look-around and back-references are what RE2 lacks.
        """
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        self._cased = cased
        self._owners = [owner for _, owner in patterns]
        self._set = re2.Set.FullMatchSet(options)
        for pattern, owner in patterns:
            if any(int(most or least) > _MOST_COUNTED for least, most in _COUNT.findall(pattern)):
                message = f"{owner}: pattern {pattern!r}: counts beyond {_MOST_COUNTED}; write * or + and let `longest` bound the line"
                raise RuleTableError(message)
            try:
                self._set.Add(pattern if cased else _CAPITAL.sub(lambda capital: capital[0].lower(), pattern))
            except re2.error as error:
                message = f"{owner}: pattern {pattern!r}: {error}"
                raise RuleTableError(message) from error
        if patterns:
            self._set.Compile()

    def whole(self, line: str) -> list[Owner]:
        """Return the owners of all patterns that match the whole line, in the order of the table."""
        if not line or len(line) > LONGEST or not self._owners:
            return []
        return [self._owners[i] for i in sorted(self._set.Match(line if self._cased else line.lower()) or ())]
