"""Many patterns at once, in time linear in the line: one automaton in place of a loop over regular expressions."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Generic, TypeVar

import re2

from dechaff.errors import RuleTableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Owner = TypeVar("Owner")


_MEMORY = 48 << 20
"""Bytes an automaton may grow to. On the 274,472 different lines of the WCXB pages half of it costs two fifths more time and saves
25 MB, twice and more saves a tenth and takes 30; what it may take also bounds how many patterns of one's own can be added."""
LONGEST = 400
"""Code points: no pattern is tried on a longer line. Longer notices are taken sentence by sentence."""
_MOST_COUNTED = 12
_CAPITAL = re.compile(r"(?<!\\)(?<!\\p\{)[A-Z]")
_COUNT = re.compile(r"(?<!\\)\{(\d+)(?:,(\d*))?\}")


_SHORTEST = 3  # code points of a literal worth looking for
# How a pattern begins that any line may begin: with a wildcard, perhaps in groups, perhaps after something optional.
_OPEN = re.compile(r"(?:\(\?:|\((?:\?:)?[^()]*\)\?)*(?:\.[*+{]|\[\^|\[?\\[wpPSD])")
_QUANTIFIERS = frozenset("?*+{")


class Patterns(Generic[Owner]):
    """A set of patterns, each with an owner, matched against whole lines in lower case.

    Both are brought to lower case beforehand: an automaton that itself passes over case has twice the states. Each alternative of a
    pattern goes into the automaton by itself. Those that begin with a wildcard have one of their own, since they keep it busy to the
    end of every line; it is asked only about lines that hold a literal which such an alternative cannot do without.
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
        self._cased = cased
        self._owners = [owner for _, owner in patterns]
        self._closed, self._open = _Automaton(), _Automaton()
        literals: set[str] = set()
        for i, (pattern, owner) in enumerate(patterns):
            if any(int(most or least) > _MOST_COUNTED for least, most in _COUNT.findall(pattern)):
                message = f"{owner}: pattern {pattern!r}: counts beyond {_MOST_COUNTED}; write * or + and let `longest` bound the line"
                raise RuleTableError(message)
            try:
                for alternative in _alternatives(pattern if cased else _CAPITAL.sub(lambda capital: capital[0].lower(), pattern)):
                    needed = _needed(alternative) if _OPEN.match(alternative) else set()
                    if min(map(len, needed), default=0) < _SHORTEST:
                        self._closed.add(alternative, i)
                    else:
                        self._open.add(alternative, i)
                        literals |= needed
            except re2.error as error:
                message = f"{owner}: pattern {pattern!r}: {_reason(error)}"
                raise RuleTableError(message) from error
        try:
            self._closed.compile()
            self._open.compile()
        except re2.error as error:
            message = f"the patterns together take more than {_MEMORY >> 20} MB; write * or + for what they count"
            raise RuleTableError(message) from error
        self._needed = re2.compile("|".join(re2.escape(literal) for literal in sorted(literals)), _options()) if literals else None

    def whole(self, line: str) -> list[Owner]:
        """Return the owners of all patterns that match the whole line, in the order of the table."""
        data = self._encoded(line)
        found = self._closed.match(data)
        if self._needed is not None and self._needed.search(data):
            found |= self._open.match(data)
        return [self._owners[i] for i in sorted(found)]

    def whole_each(self, lines: Sequence[str]) -> dict[int, list[Owner]]:
        """Return the same for many lines, by their index, as far as any pattern matches."""
        encoded = [self._encoded(line) for line in lines]
        found = {i: matched for i, data in enumerate(encoded) if (matched := self._closed.match(data))}
        for i in self._promising(encoded):
            if matched := self._open.match(encoded[i]):
                found[i] = found.get(i, set()) | matched
        return {i: [self._owners[j] for j in sorted(matched)] for i, matched in found.items()}

    def _encoded(self, line: str) -> bytes:
        """Return a line as the automata take it; nothing if it is too long for them."""
        return (line if self._cased else line.lower()).encode("utf-8", "surrogatepass") if len(line) <= LONGEST else b""

    def _promising(self, encoded: Sequence[bytes]) -> Iterator[int]:
        """Yield the lines that an open alternative could match."""
        if self._needed is None:
            return
        begins = list(accumulate((len(line) + 1 for line in encoded), initial=0))
        last = -1
        for match in self._needed.finditer(b"\n".join(encoded)):
            i = bisect_right(begins, match.start()) - 1
            if i != last:
                yield i
            last = i


class _Automaton:
    """Patterns that are looked for at once, each with a number."""

    def __init__(self) -> None:
        self._set = re2.Set.FullMatchSet(_options())
        self._numbers: list[int] = []

    def add(self, pattern: str, number: int) -> None:
        try:
            self._set.Add(pattern)
        except re2.error:
            re2.compile(pattern, _options())  # says what is wrong with it, which the set does not
            raise
        self._numbers.append(number)

    def compile(self) -> None:
        if self._numbers:
            self._set.Compile()

    def match(self, line: bytes) -> set[int]:
        """Return the numbers of the patterns that match the whole line, which none does that is empty."""
        found = self._set.Match(line) if line and self._numbers else None
        return {self._numbers[i] for i in found} if found else set()


def _reason(error: re2.error) -> str:
    """Return what RE2 says, which it says in bytes."""
    said = error.args[0]
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    options.never_capture = True
    return options


def _alternatives(pattern: str) -> list[str]:
    """Return what stands between the bars of a pattern that are in no group.

    >>> _alternatives("a|(?:b|c)|[|]")
    ['a', '(?:b|c)', '[|]']
    """
    found = [""]
    depth = 0
    for piece in _BRANCHING.findall(pattern):
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and not depth:
            found.append("")
        else:
            found[-1] += piece
    return found


def _needed(pattern: str) -> set[str]:
    """Return literals of which whatever the pattern matches must hold one; none if that cannot be told.

    >>> sorted(_needed("(?:the )?.{3,} (?:lists|finds?):"))
    ['find', 'lists']
    """
    alternatives = _alternatives(pattern)
    if len(alternatives) > 1:
        each = [_needed(alternative) for alternative in alternatives]
        return set().union(*each) if all(each) else set()
    choices: list[set[str]] = []
    run = ""
    pieces = [*_cut(pattern), ""]
    i = 0
    while i < len(pieces):
        piece = pieces[i]
        if piece[:1] in _QUANTIFIERS:
            run = run[:-1]  # what it stands behind may be missing, or come again
        elif len(piece) == 1 and piece not in "(.^$":
            run += piece
            i += 1
            continue
        choices += [{run}] if run else []
        run = ""
        if piece == "(":
            end = _group_end(pieces, i)
            if pieces[end] not in {"?", "*"} and not pieces[end].startswith("{0"):
                inside = "".join(pieces[i + 1 : end - 1]).removeprefix("?:")
                choices.append(set() if inside.startswith("?") else _needed(inside))
            i = end - 1
        i += 1
    return max(choices, key=lambda choice: min(map(len, choice), default=0), default=set())


def _group_end(pieces: Sequence[str], begin: int) -> int:
    """Return one past the bracket that closes the group that a piece opens."""
    depth = 0
    for i in range(begin, len(pieces)):
        depth += (pieces[i] == "(") - (pieces[i] == ")")
        if not depth:
            return i + 1
    return len(pieces)


_PIECE = re.compile(r"\\(?:[pPx]\{[^}]*\}|[pP].|x[0-9A-Fa-f]{2}|.)|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\{\d+,?\d*\}|.", re.DOTALL)
_BRANCHING = re.compile(rf"[^\\\[()|]+|{_PIECE.pattern}", re.DOTALL)  # the same, with all that neither branches nor groups in one piece


def _cut(pattern: str) -> list[str]:
    """Return a pattern cut into escapes, classes, counts and single characters."""
    return _PIECE.findall(pattern)
