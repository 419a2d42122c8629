"""Which lines go all over a corpus, and which go only once: counted by what is left of a line without case, bullets and spacing."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, NamedTuple

from dechaff.confidence import confidence
from dechaff.lines import bare, is_prose, words
from dechaff_cli.html.figures import Numbering
from dechaff_cli.html.meetings import Meeting, Meetings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dechaff import FileReport
    from dechaff_cli.html.meetings import Row

_WHOLE = 1000  # a confidence of one
_PROSE = 7  # times as likely content as any other line: 73 % of prose lines on whole WCXB pages are, of all lines 29 %; as odds
_KEPT = 300  # code points of a line that a table shows
_KEY = (1 << 64) - 1
_RECENT = 1 << 16  # lines whose words are not written down again: 12 MB, and chrome is back after fewer
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


class Lists(NamedTuple):
    """The lines that tell most of a run. Of lines that are level, those that were met first come first."""

    often: list[Line]
    """Those met most often, those met but once left out."""
    once: list[Line]
    """Those met in one file alone, by what is lost if they are no chrome: words times doubt."""
    of_rule: dict[str, Line]
    """The line that each rule met most often, more than once."""
    in_one: int
    """How many were met in one file alone."""


class LineCounts:
    """Counts lines over a corpus, in memory that does not grow with it."""

    def __init__(self, meetings: IO[bytes], words: IO[bytes]) -> None:
        """Begin with nothing.

        Args:
            meetings: An empty file, for where the lines are met.
            words: Another, for what they say.
        """
        self._meetings, self._words = Meetings(meetings), words
        self._rules = Numbering()
        self._recent: dict[int, tuple[int, int]] = {}
        """Of lines met not long ago, how likely chrome they were, and where their words are."""
        self._written = 0

    def add(self, number: int, site: int, lines: Iterable[Seen]) -> None:
        """Count the lines of a file; files come in the order of their numbers."""
        for line in lines:
            chance = round(line.chance * _WHOLE)
            key = hash(normal(line.text)) & _KEY
            known = self._recent.get(key)
            cost = words(line.text) * (_PROSE if is_prose(line.text) else 1) if known is None else 0  # that of the first meeting counts
            if known is None or known[0] < chance:
                if len(self._recent) > _RECENT:
                    self._recent.clear()
                known = self._recent[key] = chance, self._keep(line)
            self._meetings.add(Meeting(key, number, site, cost, chance, self._rules(line.rule), known[1]))

    def _keep(self, line: Seen) -> int:
        """Write down what a line and its evidence say; return where."""
        place = self._written
        self._written += self._words.write(f"[{_quoted(line.text.strip()[:_KEPT])}, {_quoted(line.note)}]\n".encode("ascii"))
        return place

    def lists(self, most: int) -> Lists:
        """Return the lines that tell most of what goes, so many in a list at most."""
        often: list[Row] = []
        once: list[Row] = []
        by_rule: dict[int, Row] = {}
        in_one = 0
        for part in self._meetings.parts():
            more, single = part.times > 1, part.files == 1
            often = part.least(more, (-part.files, -part.times), most, often)
            once = part.least(single, (part.cost * (part.chance - _WHOLE),), most, once)
            for rule in set(part.rule[more].tolist()):
                known = [by_rule[rule]] if rule in by_rule else []
                (by_rule[rule],) = part.least(more & (part.rule == rule), (-part.times,), 1, known)
            in_one += int(single.sum())
        of_rule = {self._rules.words[rule]: self._line(row) for rule, row in by_rule.items()}
        return Lists([*map(self._line, often)], [*map(self._line, once)], of_rule, in_one)

    def worst(self, most: int) -> tuple[list[Line], int]:
        """Return the lines that are worst if they are chrome, by files times chance, so many at most; and how many there are in all."""
        worst: list[Row] = []
        different = 0
        for part in self._meetings.parts():
            worst = part.least(part.times > 0, (-part.files * part.chance,), most, worst)
            different += part.times.size
        return [*map(self._line, worst)], different

    def _line(self, row: Row) -> Line:
        """Return a row with its words."""
        met = row[1]
        self._words.seek(met.place)
        text, note = json.loads(self._words.readline())
        return Line(text, self._rules.words[met.rule], met.chance / _WHOLE, note, met.times, met.files, met.sites, met.examples)
