"""The changes of all files as data for the page's script: inside the page while they are few, else in files beside it."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, NamedTuple

from dechaff_cli import writing
from dechaff_cli.html.changes import packed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


class Shards:
    """Takes in files in their order and cuts them into shards, which wait until all is known of the run."""

    def __init__(self, folder: Path, waiting: IO[bytes]) -> None:
        """Begin.

        Args:
            folder: The report folder.
            waiting: An empty file, where they wait.
        """
        self._folder, self._waiting = folder, waiting
        self._sizes: list[int] = []
        """Bytes of each shard but the last."""
        self._held: list[str] = []
        self._size = 0
        self.begins: list[int] = []
        """The number of the first file in each shard."""
        self._count = 0
        self.outside = False
        """Whether they lie beside the page; once finished."""

    def add(self, made: str) -> None:
        """Take in what `changes.as_json` returned for a file."""
        if self._held and self._size + len(made) > _SHARD:
            self._close()
        if not self._held:
            self.begins.append(self._count)
        self._held.append(made)
        self._size += len(made)
        self._count += 1

    def _close(self) -> None:
        self._sizes.append(self._waiting.write(f"[{','.join(self._held)}]".encode("ascii")))
        self._held, self._size = [], 0

    def finish(self, columns: dict[str, list[Any]], digest: str) -> Iterator[Block]:
        """Put the shards in their places; what an earlier report left there is taken away.

        Args:
            columns: The files, one value a file in each column.
            digest: What names the run: a shard of another one is refused by the page.

        Yields:
            What the page is to hold: everything, or nothing if that would be too much.
        """
        if self._held:
            self._close()
        self.outside = sum(self._sizes) > _INSIDE
        self._sweep()
        for name, text in self._all(columns):
            if self.outside:
                code = b'%s"%s","%s",%s);\n' % (_BEGIN, name.encode("ascii"), digest.encode("ascii"), text)
                writing.write(self._folder / DATA / f"{name}.js", code)
            else:
                yield Block(name, text.decode("ascii"))

    def _all(self, columns: dict[str, list[Any]]) -> Iterator[tuple[str, bytes]]:
        """Yield names and texts: the lists of files, then the changes."""
        for number, begin in enumerate(range(0, max(self._count, 1), _PER_LIST)):
            part = packed({name: column[begin : begin + _PER_LIST] for name, column in columns.items()})
            yield f"files-{number}", part.encode("ascii")
        self._waiting.seek(0)
        yield from ((f"changes-{number}", self._waiting.read(size)) for number, size in enumerate(self._sizes))

    def _sweep(self) -> None:
        data = self._folder / DATA
        for old in data.glob("*-*.js"):
            if old.read_bytes().startswith(_BEGIN):  # whatever else lies there is not ours
                old.unlink()
        if data.is_dir() and not any(data.iterdir()):
            data.rmdir()
