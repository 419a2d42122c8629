"""A check in short, as Markdown: for the summary of a job and the text of a pull request."""

from __future__ import annotations

from collections import Counter
from heapq import nlargest
from typing import TYPE_CHECKING

from dechaff import RULES
from dechaff_cli.formats.cells import cell
from dechaff_cli.results import LEVELS
from dechaff_cli.terminal import clipped, safe
from dechaff_cli.words import several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dechaff_cli.formats import Totals
    from dechaff_cli.results import Checked, Result

_FILES = 20  # files named, worst first: what fits a screen
_LINES = 10  # removed lines shown, most frequent first: they mostly tell the whole story
_LINE = 160  # code points of such a line that are shown
_REMEMBERED = 10_000  # distinct lines counted; later ones that are new are not, so that memory is bounded
_ERRORS = 20
_LEVELS = {level: -i for i, level in enumerate(LEVELS)}


class Markdown:
    """Adds up, and shows tables at the end."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rules = Counter[str]()
        self._files_of_rule = Counter[str]()
        self._lines = Counter[tuple[str, str]]()
        self._worst: list[tuple[int, int, str, str]] = []

    def add(self, file: Checked) -> Iterator[str]:
        """Count a file."""
        if file.results or file.over:
            self._count(file)
        yield from ()

    def _count(self, file: Checked) -> None:
        here = Counter(finding.rule for result in file.results for finding in result.findings)
        self._rules.update(here)
        self._files_of_rule.update(here.keys())
        for result in file.results:
            self._count_lines(result)
        size = sum(result.size for result in file.results)
        level = 1 if file.over else max(_LEVELS[result.level] for result in file.results)
        words = "; ".join(file.over) or ", ".join(f"{code} ×{count}" for code, count in here.most_common(3))
        self._worst = nlargest(_FILES, [*self._worst, (level, size, file.path, words)])

    def _count_lines(self, result: Result) -> None:
        if result.effect != "remove":
            return
        for finding in result.findings:
            for line in finding.old.split("\n"):
                key = clipped(line.strip(), _LINE), finding.rule
                if key[0] and (key in self._lines or len(self._lines) < _REMEMBERED):
                    self._lines[key] += 1

    def finish(self, totals: Totals) -> Iterator[str]:
        """Yield the tables."""
        yield "## dechaff"
        yield ""
        yield verdict(totals)
        if self._rules:
            yield from ("", "| rule | | findings | files |", "|---|---|---:|---:|")
            for code in filter(self._rules.__contains__, RULES):
                yield f"| {code} | {RULES[code].name} | {self._rules[code]:,} | {self._files_of_rule[code]:,} |"
        often = [(line, code, count) for (line, code), count in self._lines.most_common(_LINES) if count > 1]
        if often:
            yield from ("", "| removed most often | rule | times |", "|---|---|---:|")
            yield from (f"| {cell(line)} | {code} | {count:,} |" for line, code, count in often)
        if self._worst:
            yield from ("", "| file | lines and places | what |", "|---|---:|---|")
            yield from (f"| {cell(path)} | {size:,} | {cell(words)} |" for _, size, path, words in self._worst)
            files = totals.failed - len(self._worst)
            yield from (["", f"and {files:,} more files"] if files > 0 else [])
        if totals.errors:
            yield from ("", "| not checked | why |", "|---|---|")
            yield from (f"| {cell(safe(path))} | {cell(safe(message))} |" for path, message in totals.errors[:_ERRORS])
            more = len(totals.errors) - _ERRORS
            yield from (["", f"and {more:,} more"] if more > 0 else [])


def verdict(totals: Totals) -> str:
    """Return what a check comes to, in a sentence."""
    where = f"{totals.touched:,} of {several(totals.files, 'file')}"
    words = [f"{several(totals.findings, 'finding')} in {where}"]
    if totals.failed:
        words.append(f"{totals.failed:,} fail{'s' * (totals.failed == 1)}")
    if totals.known:
        words.append(f"{totals.known:,} more known to the baseline")
    if totals.errors:
        words.append(f"{len(totals.errors):,} could not be checked")
    return ("Passed: " if totals.passed else "Failed: ") + "; ".join(words) + "."


FORMATS = {"markdown": Markdown}
