"""Which lines go all over a corpus, and which go only once: counted by what is left of a line without case, bullets and spacing."""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from typing import IO, TYPE_CHECKING, NamedTuple

from dechaff.confidence import confidence
from dechaff.lines import bare, is_prose, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dechaff import FileReport

_EXAMPLES = 5  # files that a row names
_WHOLE = 1000  # a confidence of one
_PROSE = 7  # times as likely content as any other line: 73 % of prose lines on whole WCXB pages are, of all lines 29 %; as odds
_KEPT = 300  # code points of a line that a table shows
_quoted = json.JSONEncoder().encode


class Seen(NamedTuple):
    """A line that was met in a file."""

    text: str
    rule: str
    chance: float
    """How likely it is chrome."""
    note: str


class Line(NamedTuple):
    """A row of a table of lines: as it was met where it is most likely chrome, by the rule that says so."""

    text: str
    rule: str
    chance: float
    note: str
    times: int
    files: int
    sites: int
    examples: tuple[int, ...]
    """The numbers of the first files that it was met in."""


def removed(report: FileReport) -> Iterator[Seen]:
    """Yield the lines with words on them that were removed from a file."""
    for finding in report.findings:
        chance = confidence(finding)
        if chance is not None:
            for line in finding.old.split("\n"):
                if line and not line.isspace():
                    yield Seen(line, finding.rule, chance, finding.note)


def suspicious(report: FileReport) -> Iterator[Seen]:
    """Yield the lines of a file that stay and look like chrome."""
    yield from (Seen(one.text, one.rule, one.chance, one.note) for one in report.suspects)


def normal(line: str) -> str:
    """Return what lines have in common that count as one.

    >>> normal("  • Share  this »") == normal("share this")
    True
    """
    return bare(line).casefold() or line.strip()


class LineCounts:
    """Counts lines over a corpus in a hundred and fifty bytes a line: their words wait in a file for the few that are shown."""

    def __init__(self, words: IO[bytes]) -> None:
        """Begin with nothing.

        Args:
            words: An empty file, for what the lines say.
        """
        self._rows: dict[int, int] = {}
        self._files, self._times, self._first, self._last, self._cost = (array("L") for _ in range(5))
        self._chance, self._rule = array("H"), array("H")
        self._rules: list[str] = []
        self._number: dict[str, int] = {}
        self._sites: defaultdict[int, set[int]] = defaultdict(set)
        self._examples: defaultdict[int, list[int]] = defaultdict(list)
        self._site_of: list[int] = []
        self._words = words
        self._written = 0
        self._place = array("Q")
        """Where the words of each row begin in the file."""

    def add(self, number: int, site: int, lines: Iterable[Seen]) -> None:
        """Count the lines of a file; files come in the order of their numbers."""
        self._site_of.append(site)
        assert len(self._site_of) == number + 1
        for line in lines:
            chance = round(line.chance * _WHOLE)
            row = self._rows.setdefault(hash(normal(line.text)), len(self._files))
            if row == len(self._files):
                self._begin(number, line, chance)
                continue
            self._times[row] += 1
            if chance > self._chance[row]:
                self._chance[row], self._rule[row], self._place[row] = chance, self._code(line.rule), self._keep(line)
            if self._last[row] != number:
                self._meet(row, number, site)

    def _begin(self, number: int, line: Seen, chance: int) -> None:
        self._files.append(1)
        self._times.append(1)
        self._first.append(number)
        self._last.append(number)
        # Of what is certain nothing would be lost, and nothing gets less certain.
        self._cost.append(0 if chance >= _WHOLE else words(line.text) * (_PROSE if is_prose(line.text) else 1))
        self._chance.append(chance)
        self._rule.append(self._code(line.rule))
        self._place.append(self._keep(line))

    def _keep(self, line: Seen) -> int:
        """Write down what a line and its evidence say; return where."""
        place = self._written
        self._written += self._words.write(f"[{_quoted(line.text.strip()[:_KEPT])}, {_quoted(line.note)}]\n".encode("ascii"))
        return place

    def _meet(self, row: int, number: int, site: int) -> None:
        """Count a line in one more file."""
        if self._files[row] == 1:
            self._examples[row] = [self._first[row]]
            self._sites[row] = {self._site_of[self._first[row]]}
        self._files[row] += 1
        self._last[row] = number
        self._sites[row].add(site)
        if len(self._examples[row]) < _EXAMPLES:
            self._examples[row].append(number)

    def _code(self, rule: str) -> int:
        if rule not in self._number:
            self._number[rule] = len(self._rules)
            self._rules.append(rule)
        return self._number[rule]

    def __len__(self) -> int:
        """Return how many different lines were met."""
        return len(self._files)

    def often(self, most: int) -> list[Line]:
        """Return the lines met most often, those met but once left out."""
        rows = [row for row in range(len(self)) if self._times[row] > 1]
        return self._lines(sorted(rows, key=lambda row: (-self._files[row], -self._times[row], self._first[row], row))[:most])

    def once(self, most: int) -> list[Line]:
        """Return lines met in one file alone, by what is lost if they are no chrome: words times doubt."""
        rows = [row for row in range(len(self)) if self._files[row] == 1]
        return self._lines(sorted(rows, key=lambda row: (-self._cost[row] * (_WHOLE - self._chance[row]), self._first[row], row))[:most])

    def count_once(self) -> int:
        """Return how many lines were met in one file alone."""
        return sum(files == 1 for files in self._files)

    def worst(self, most: int) -> list[Line]:
        """Return the lines in the order of what is left if they are chrome: files times chance."""
        rows = sorted(range(len(self)), key=lambda row: (-self._files[row] * self._chance[row], self._first[row], row))
        return self._lines(rows[:most])

    def of_rule(self) -> dict[str, Line]:
        """Return the line that each rule met most often, more than once."""
        best: dict[int, int] = {}
        for row in range(len(self)):
            rule = self._rule[row]
            if self._times[row] > 1 and (rule not in best or self._times[row] > self._times[best[rule]]):
                best[rule] = row
        return dict(zip((self._rules[rule] for rule in best), self._lines([*best.values()]), strict=True))

    def _lines(self, rows: Sequence[int]) -> list[Line]:
        """Return rows with their words."""
        return [self._line(row) for row in rows]

    def _line(self, row: int) -> Line:
        self._words.seek(self._place[row])
        text, note = json.loads(self._words.readline())
        return Line(
            text,
            self._rules[self._rule[row]],
            self._chance[row] / _WHOLE,
            note,
            self._times[row],
            self._files[row],
            len(self._sites[row]) if row in self._sites else 1,
            tuple(self._examples[row]) if row in self._examples else (self._first[row],),
        )
