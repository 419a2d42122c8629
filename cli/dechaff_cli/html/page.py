"""What all files of a run come to on its page, taken in one by one.

No more of them is held than figures: changes, lines and where they were met wait on disk until all is known.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from dechaff import rules
from dechaff.report import source
from dechaff.rules import STAGES
from dechaff_cli import corpus, places, writing
from dechaff_cli.html import PAGE, changes, rendering
from dechaff_cli.html.changes import packed
from dechaff_cli.html.figures import Figures
from dechaff_cli.html.line_counts import Line, LineCounts, removed, suspicious
from dechaff_cli.html.rendering import Data
from dechaff_cli.html.shards import Shards

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from dechaff import FileReport
    from dechaff_cli.formats.summary import Summary

_PLAIN_TEXT = 1 << 20  # code points of changes that stand in the page as plain markup too, for readers without script
_CHANGE = 120  # code points that a change costs there beside its text
_LINES = 1000  # lines of each kind that can be looked through


class Page:
    """Takes in the files of a run in their order, and makes the page of them."""

    def __init__(self, folder: Path, clean: Path | None = None) -> None:
        """Begin.

        Args:
            folder: The report folder.
            clean: The folder of the clean copies, for the text around the changes; None if nobody knows.
        """
        self._folder, self._clean = folder, clean
        self._figures = Figures()
        self._shown: list[FileReport] = []
        self._left_out = 0
        self._room = _PLAIN_TEXT
        self._digest = sha256()
        self._open = ExitStack()
        shards, *files = (self._open.enter_context(tempfile.TemporaryFile(dir=folder)) for _ in range(5))  # noqa: SIM115  it is one
        self._shards, self._removed, self._doubtful = Shards(folder, shards), LineCounts(*files[:2]), LineCounts(*files[2:])

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let go of what waits on disk."""
        self._open.close()

    def add(self, report: FileReport, record: bytes, told: str = "") -> None:
        """Take in a file.

        Args:
            report: The file.
            record: Its line of findings.jsonl.
            told: What `changes.as_json` returned for it, where somebody asked that already.
        """
        self._digest.update(record)
        number = len(self._figures.columns["path"])
        lines = list(removed(report))
        site = self._figures.add(report, lines)
        self._removed.add(number, site, lines)
        self._doubtful.add(number, site, suspicious(report))
        self._shards.add(told or changes.as_json(report, self._text(report)))
        if report.error is not None or not report.findings:
            return
        cost = _CHANGE * len(report.findings)
        if cost <= self._room:
            cost += sum(len(finding.old) + len(finding.new) + len(finding.note) for finding in report.findings)
        if cost <= self._room:
            self._room -= cost
            self._shown.append(report)
        else:
            self._left_out += 1

    def _text(self, report: FileReport) -> str | None:
        """Return the text of a file as decoded, if its clean copy is there and still the one that the report was written for."""
        if self._clean is None or report.error is not None:
            return None
        try:
            raw = places.below(self._clean, report.path).read_bytes()
            return source(raw.decode("utf-8"), report.findings) if sha256(raw).hexdigest() == report.sha256_out else None
        except (OSError, ValueError, corpus.CorpusError):
            return None

    def finish(self, summary: Summary) -> Lines:
        """Write the page and what belongs to it; return the lines that tell most of the run.

        Args:
            summary: The figures of the run.

        Raises:
            OSError: Something cannot be written.
        """
        digest = self._digest.hexdigest()[:32]
        gone, (worst, doubtful) = self._removed.lists(_LINES), self._doubtful.worst(_LINES)
        lines = Lines(gone.often, gone.once, worst, gone.of_rule, gone.in_one, doubtful)
        blocks = list(self._shards.finish(self._figures.columns, digest))
        data = Data(digest, self._shards.outside, packed(self._data(summary, digest, lines)), blocks)
        page = rendering.page(summary, self._figures, lines, data, self._shown, self._left_out)
        writing.write(self._folder / PAGE, page.encode("utf-8"))
        return lines

    def _data(self, summary: Summary, digest: str, lines: Lines) -> dict[str, Any]:
        """Return what the script is to know beside the files."""
        number = {path: i for i, path in enumerate(self._figures.columns["path"])} if summary.over else {}
        lists = {"often": lines.often, "once": lines.once, "doubtful": lines.doubtful}
        listed = {
            name: [
                [one.text, self._figures.rules(one.rule), one.chance, one.note, one.times, one.files, one.sites, one.examples]
                for one in rows
            ]
            for name, rows in lists.items()
        }
        return {
            "digest": digest,
            "rules": [_rule(code) for code in self._figures.rules.words],
            "stages": list(STAGES),
            "sites": self._figures.sites.words,
            "encodings": self._figures.encodings.words,
            "begins": self._shards.begins,
            "outside": self._shards.outside,
            "count": len(self._figures.columns["path"]),
            "errors": self._figures.errors,
            "over": {number[path]: why for path, why in summary.over if path in number},
            "lines": listed,
            "once": lines.count_once,
            "doubtful": lines.count_doubtful,
        }


class Lines(NamedTuple):
    """Lines that tell most of a run, worst or most frequent first."""

    often: list[Line]
    once: list[Line]
    doubtful: list[Line]
    of_rule: dict[str, Line]
    """What each rule removed most often, more than once."""
    count_once: int
    """How many were removed in one file alone."""
    count_doubtful: int


def _rule(code: str) -> list[str]:
    rule = rules.find(code)
    return [code, rule.name, rule.stage, rule.effect, rule.why]
