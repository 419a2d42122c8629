"""The changes of all files as data for the page's script: inside the page while they are few, else in files beside it."""

from __future__ import annotations

import json
from collections import defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from dechaff.confidence import confidence
from dechaff.report import source
from dechaff_cli import corpus
from dechaff_cli.html.pieces import Piece, folded, pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from dechaff import FileReport
    from dechaff_cli.html.figures import Numbering

DATA = "data"
"""The folder of the files beside the page."""
_INSIDE = 3 << 20  # bytes of data that the page itself holds: a browser reads them in a tenth of a second
_SHARD = 1 << 20  # bytes of a file beside it: read in no time when somebody opens one of its pages, and few enough files
_BEGIN = b"dechaff.take("
_PER_LIST = 50_000  # files in one list: at 150 bytes each far below what a browser reads at once


class Block(NamedTuple):
    """Data that the page holds."""

    name: str
    json: str


def packed(value: object) -> str:
    """Return JSON that is safe inside a page and inside a script: ASCII, without a character that ends or begins either."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c").replace("\x7f", "\\u007f")


class Shards:
    """Takes in files in their order and cuts them into shards."""

    def __init__(self, folder: Path, digest: str, rules: Numbering) -> None:
        """Begin.

        Args:
            folder: The report folder; what an earlier report left there is taken away.
            digest: What names the run: a shard of another one is refused by the page.
            rules: The numbers of the rules.
        """
        self._folder, self._digest, self._rules = folder, digest, rules
        self._held: list[str] = []
        self._size = 0
        self._waiting: list[str] = []
        self.begins: list[int] = []
        """The number of the first file in each shard."""
        self._count = 0
        self.outside = False
        for old in (folder / DATA).glob("*-*.js"):
            if old.read_bytes().startswith(_BEGIN):  # whatever else lies there is not ours
                old.unlink()

    def add(self, report: FileReport, clean: str | None) -> None:
        """Take in a file.

        Args:
            report: Its record.
            clean: Its clean copy, if it is at hand; without it the changes stand without what is around them.
        """
        made = packed(self._record(report, clean))
        if self._held and self._size + len(made) > _SHARD:
            self._close()
        if not self._held:
            self.begins.append(self._count)
        self._held.append(made)
        self._size += len(made)
        self._count += 1

    def _close(self) -> None:
        self._waiting.append(f"[{','.join(self._held)}]")
        self._held, self._size = [], 0
        if self.outside or sum(map(len, self._waiting)) > _INSIDE:
            self._write_waiting()

    def _write_waiting(self) -> None:
        done = len(self.begins) - len(self._waiting)
        for number, text in enumerate(self._waiting, done):
            self._write(f"changes-{number}", text)
        self._waiting = []
        self.outside = True

    def _write(self, name: str, text: str) -> None:
        code = f'{_BEGIN.decode("ascii")}"{name}","{self._digest}",{text});\n'
        corpus.write(self._folder / DATA / f"{name}.js", code.encode("ascii"))

    def finish(self, columns: dict[str, list[Any]]) -> Iterator[Block]:
        """Yield what the page is to hold: everything, or nothing once there is anything beside it.

        Args:
            columns: The files, one value a file in each column.
        """
        if self._held:
            self._close()
        if self.outside and self._waiting:
            self._write_waiting()
        lists = range(0, max(self._count, 1), _PER_LIST)
        for number, begin in enumerate(lists):
            text = packed({name: column[begin : begin + _PER_LIST] for name, column in columns.items()})
            if self.outside:
                self._write(f"files-{number}", text)
            else:
                yield Block(f"files-{number}", text)
        yield from (Block(f"changes-{number}", text) for number, text in enumerate(self._waiting))

    def _record(self, report: FileReport, clean: str | None) -> dict[str, Any]:
        notes: defaultdict[str, int] = defaultdict(lambda: len(notes))
        changes = []
        for one in report.findings:
            sure = confidence(one)
            place = [self._rules(one.rule), notes[one.note], one.layer, one.line, one.column]
            changes.append(place if sure is None else [*place, sure])
        made: dict[str, Any] = {"c": changes, "n": list(notes)}
        if report.error is None:
            row, left = _row(report, clean)
            made["t"] = row
            if left:
                made["left"] = left
            if clean is None and report.findings:
                made["bare"] = 1
        if report.suspects:
            made["s"] = [[one.line, self._rules(one.rule), one.chance, one.note] for one in report.suspects]
        return made


def _row(report: FileReport, clean: str | None) -> tuple[list[Any], int]:
    suspicious = {one.line for one in report.suspects}
    if clean is not None:
        return folded(pieces(source(clean, report.findings), report.findings), suspicious)
    return folded(list(_alone(report)), suspicious)


def _alone(report: FileReport) -> Iterator[Piece]:
    """Yield the changes of a file whose clean copy is not at hand, each as if it stood on a line of its own."""
    for number, one in enumerate(report.findings):
        if one.layer >= 0:
            if one.old:
                yield Piece(one.old, -1, number)
            if one.new:
                yield Piece(one.new, number, -1)
            if not one.old.endswith("\n") and not one.new.endswith("\n"):
                yield Piece("\n", -1, -1)


def reader(folder: Path | None) -> Callable[[FileReport], str | None]:
    """Return what finds the clean copy of a file, if it is there and still the one that the report was written for.

    Args:
        folder: Where the clean copies are; None if nobody knows.
    """

    def read(report: FileReport) -> str | None:
        if folder is None or report.error is not None:
            return None
        try:
            raw = corpus.below(folder, report.path).read_bytes()
        except (OSError, corpus.CorpusError):
            return None
        return raw.decode("utf-8") if sha256(raw).hexdigest() == report.sha256_out else None

    return read
