"""The files of a run as columns, and what they come to by site, stage and language."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from dechaff.rules import find
from dechaff_cli.html.unscripted import share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dechaff import FileReport
    from dechaff_cli.html.line_counts import Seen

_BINS = 20
_SURE = "% sure"  # how the stages that read languages end their evidence
_LANGUAGE = re.compile(rf"\b([a-z]{{2,3}}), \d{{1,3}}{_SURE}$")
_WHOLE = 1000  # a confidence of one
_NONE = -1


class Site(NamedTuple):
    """What the files of a site come to."""

    number: int
    name: str
    files: int
    changed: int
    characters_in: int
    characters_out: int
    removed: int
    """Lines with words on them."""


class Bar(NamedTuple):
    """A bar of the histogram, in units of its drawing."""

    x: float
    y: float
    height: float
    files: int


class Numbering:
    """Gives every word a number, in the order they come."""

    def __init__(self) -> None:
        """Begin with none."""
        self.words: list[str] = []
        self._numbers: dict[str, int] = {}

    def __call__(self, word: str) -> int:
        """Return the number of a word."""
        number = self._numbers.setdefault(word, len(self.words))
        if number == len(self.words):
            self.words.append(word)
        return number


class Figures:
    """Adds up file by file."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.sites, self.encodings, self.rules = Numbering(), Numbering(), Numbering()
        self.columns: dict[str, list[Any]] = {
            name: [] for name in ("path", "site", "encoding", "lines_in", "lines_out", "characters_in", "characters_out", "sure", "rules")
        }
        self.errors: dict[int, str] = {}
        self.shares: list[float] = []
        self.removed = Counter[str]()
        """Lines with words on them that each stage removed."""
        self.repaired = Counter[str]()
        """Places that each stage repaired."""
        self.languages: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """By language: files wholly in it, lines of it that went, blocks of it that stay."""
        self._by_site: defaultdict[int, Counter[str]] = defaultdict(Counter)

    def add(self, report: FileReport, lines: Sequence[Seen]) -> int:
        """Take in a file; return the number of its site.

        Args:
            report: The file.
            lines: Those with words on them that were removed from it.
        """
        number = len(self.columns["path"])
        site = self.sites(report.site)
        if report.error is not None:
            self.errors[number] = report.error
        for code, count in Counter(line.rule for line in lines).items():
            self.removed[find(code).stage] += count
        made = Counter(finding.rule for finding in report.findings if finding.layer >= 0)
        for rule, count in ((find(code), count) for code, count in made.items()):
            if rule.effect == "repair" and rule.stage != "blank_lines":
                self.repaired[rule.stage] += count
        for finding in report.findings:
            if finding.note.endswith(_SURE) and (match := _LANGUAGE.search(finding.note)):
                self.languages[match[1]][finding.rule] += 1
        codes = dict.fromkeys(finding.rule for finding in report.findings)
        found = sorted(map(self.rules, codes))
        for suspect in report.suspects:
            self.rules(suspect.rule)
        sure = min((line.chance for line in lines), default=None)
        row = (
            report.path,
            site,
            self.encodings(report.encoding.name) if report.encoding else _NONE,
            report.lines_in,
            report.lines_out,
            report.characters_in,
            report.characters_out,
            _NONE if sure is None else round(sure * _WHOLE),
            found,
        )
        for column, value in zip(self.columns.values(), row, strict=True):
            column.append(value)
        if report.error is None:
            self._add_to_site(site, report, len(lines))
        return site

    def _add_to_site(self, site: int, report: FileReport, lines: int) -> None:
        changed = report.sha256_in != report.sha256_out
        if changed:
            self.shares.append(share(report.characters_in, report.characters_out))
        counts = self._by_site[site]
        counts["files"] += 1
        counts["changed"] += changed
        counts["in"] += report.characters_in
        counts["out"] += report.characters_out
        counts["lines"] += lines

    def by_site(self) -> list[Site]:
        """Return all sites, those with most lines removed first."""
        made = [
            Site(site, self.sites.words[site], one["files"], one["changed"], one["in"], one["out"], one["lines"])
            for site, one in self._by_site.items()
        ]
        return sorted(made, key=lambda site: (-site.removed, -site.files, site.name))

    @property
    def middle(self) -> float:
        """The share that half of the changed files lose at most."""
        return median(self.shares) if self.shares else 0.0


def histogram(shares: Sequence[float]) -> list[Bar]:
    """Return how many files lose how much, in twentieths, in a drawing of 400 by 150 with its base line at 120."""
    counts = Counter(min(int(one * _BINS), _BINS - 1) for one in shares)
    most = max(counts.values(), default=1)
    return [Bar(10 + 19 * i, round(120 - 92 * counts[i] / most, 1), round(92 * counts[i] / most, 1), counts[i]) for i in range(_BINS)]
