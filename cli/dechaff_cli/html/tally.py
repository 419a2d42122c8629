"""Which lines go all over a corpus, and which go only once: counted by what is left of a line without case, bullets and spacing."""

from __future__ import annotations

from array import array
from collections import defaultdict
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from dechaff.confidence import confidence
from dechaff.lines import bare, is_prose, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dechaff import FileReport, Finding

_EXAMPLES = 5  # files that a row names
_WHOLE = 1000  # a confidence of one
_PROSE = 7  # times as likely content as any other line: 73 % of prose lines on whole WCXB pages are, of all lines 29 %; as odds
_KEPT = 300  # code points of a line that a table shows


class Seen(NamedTuple):
    """A line that was met in a file."""

    text: str
    rule: str
    chance: float
    """How likely it is chrome."""
    note: str


class Line(NamedTuple):
    """A row of a table of lines."""

    text: str
    """As it is written where it was met first."""
    rule: str
    chance: float
    """How likely it is chrome, where that is least likely."""
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
            yield from (Seen(line, finding.rule, chance, finding.note) for line in _lines(finding))


def suspicious(report: FileReport) -> Iterator[Seen]:
    """Yield the lines of a file that stay and look like chrome."""
    yield from (Seen(one.text, one.rule, one.chance, one.note) for one in report.suspects)


def _lines(finding: Finding) -> list[str]:
    return [line for line in finding.old.split("\n") if line.strip()]


def normal(line: str) -> str:
    """Return what lines have in common that count as one.

    >>> normal("  • Share  this »") == normal("share this")
    True
    """
    return bare(line).casefold() or line.strip()


class Tally:
    """Counts lines over a corpus in a hundred and fifty bytes a line: their words are looked up again for the few that are shown."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rows: dict[int, int] = {}
        self._files, self._times, self._first, self._last, self._cost = (array("L") for _ in range(5))
        self._chance, self._rule = array("H"), array("H")
        self._rules: list[str] = []
        self._number: dict[str, int] = {}
        self._sites: defaultdict[int, set[int]] = defaultdict(set)
        self._examples: defaultdict[int, list[int]] = defaultdict(list)
        self._site_of: list[int] = []
        self.found: dict[int, Seen] = {}
        """Rows whose words were looked up."""

    def add(self, number: int, site: int, lines: Iterator[Seen]) -> None:
        """Count the lines of a file; files come in the order of their numbers."""
        self._site_of.append(site)
        assert len(self._site_of) == number + 1
        for line in lines:
            chance = round(line.chance * _WHOLE)
            row = self._rows.setdefault(_key(line.text), len(self._files))
            if row == len(self._files):
                self._begin(number, line, chance)
                continue
            self._times[row] += 1
            if chance < self._chance[row]:
                self._chance[row], self._rule[row] = chance, self._code(line.rule)
            if self._last[row] != number:
                self._meet(row, number, site)

    def _begin(self, number: int, line: Seen, chance: int) -> None:
        self._files.append(1)
        self._times.append(1)
        self._first.append(number)
        self._last.append(number)
        self._cost.append(words(line.text) * (_PROSE if is_prose(line.text) else 1))
        self._chance.append(chance)
        self._rule.append(self._code(line.rule))

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

    def often(self, most: int) -> list[int]:
        """Return the rows of the lines met most often, those met but once left out."""
        rows = [row for row in range(len(self)) if self._times[row] > 1]
        return sorted(rows, key=lambda row: (-self._files[row], -self._times[row], self._first[row], row))[:most]

    def once(self, most: int) -> list[int]:
        """Return the rows of lines met in one file alone, by what is lost if they are no chrome: words times doubt."""
        rows = [row for row in range(len(self)) if self._files[row] == 1]
        return sorted(rows, key=lambda row: (-self._cost[row] * (_WHOLE - self._chance[row]), self._first[row], row))[:most]

    def count_once(self) -> int:
        """Return how many lines were met in one file alone."""
        return sum(files == 1 for files in self._files)

    def worst(self, most: int) -> list[int]:
        """Return the rows in the order of what is left if they are chrome: files times chance."""
        return sorted(range(len(self)), key=lambda row: (-self._files[row] * self._chance[row], self._first[row], row))[:most]

    def of_rule(self) -> dict[str, int]:
        """Return the row that each rule met most often, more than once."""
        best: dict[int, int] = {}
        for row in range(len(self)):
            rule = self._rule[row]
            if self._times[row] > 1 and (rule not in best or self._times[row] > self._times[best[rule]]):
                best[rule] = row
        return {self._rules[rule]: row for rule, row in best.items()}

    def look_up(self, rows: list[int]) -> dict[int, dict[int, int]]:
        """Return by file which lines to find the words of there, by key; give what is met to `meet`."""
        wanted: dict[int, dict[int, int]] = defaultdict(dict)
        keys = {row: key for key, row in self._rows.items()} if rows else {}
        for row in rows:
            wanted[self._first[row]][keys[row]] = row
        return wanted

    def meet(self, wanted: dict[int, int], lines: Iterator[Seen]) -> None:
        """Take the words of lines that were looked for in a file."""
        for line in lines:
            row = wanted.get(_key(line.text))
            if row is not None:
                self.found.setdefault(row, line)

    def line(self, row: int) -> Line:
        """Return a row with its words."""
        met = self.found[row]
        return Line(
            met.text.strip()[:_KEPT],
            self._rules[self._rule[row]],
            self._chance[row] / _WHOLE,
            met.note,
            self._times[row],
            self._files[row],
            len(self._sites[row]) if row in self._sites else 1,
            tuple(self._examples[row]) if row in self._examples else (self._first[row],),
        )


def _key(line: str) -> int:
    return int.from_bytes(blake2b(normal(line).encode("utf-8", "surrogatepass"), digest_size=8).digest())
