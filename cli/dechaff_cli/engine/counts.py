"""Counts that need not fit into memory: sorted runs in files, merged when they are asked for, gone with whoever holds them."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import finalize

import numpy as np

from dechaff.repetition import Survey, settled
from dechaff.tally import NOTHING, PAGE, Tally, merged, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

_ROWS = 1 << 20  # held in memory: 24 MB, the pairs of some 100 MB of pages
_FACTOR = 0xD1342543DE82EF95  # odd and without pattern (Steele and Vigna, 2021)
_RUNS = 64  # files of one length before they become one: reading as many at once is still reading in order


class Counts:
    """The counts of a corpus, added up part by part. The same for any parts in any order; memory does not grow with them."""

    def __init__(self, most: int = _ROWS) -> None:
        """Begin with nothing.

        Args:
            most: Rows held in memory before they go to a file.
        """
        self._most = most
        self._folder: Path | None = None
        self._held: list[Tally] = []
        self._rows = 0
        self._runs: dict[int, list[Path]] = {}
        """Folders of files, by how often they were merged."""

    def add(self, part: Tally) -> None:
        """Count a part of the corpus."""
        self._held.append(part)
        self._rows += part.site.size
        if self._rows <= self._most:
            return
        self._runs.setdefault(0, []).append(self._written([total(self._held)]))
        self._held, self._rows = [], 0
        level = 0
        while len(runs := self._runs.get(level, ())) == _RUNS:
            self._runs.setdefault(level + 1, []).append(self._written(merged(list(map(mapped, runs)), self._most)))
            for run in self._runs.pop(level):
                shutil.rmtree(run)
            level += 1

    def pieces(self, *more: Survey) -> Iterator[Tally]:
        """Yield all counts, and those of others, in consecutive pieces."""
        runs = [mapped(run) for level in self._runs.values() for run in level]
        return merged([*runs, total([*self._held, *(one.rows for one in more)])], self._most)

    def settled(self, *more: Survey) -> Survey:
        """Return what can matter of these counts and others together; in files where it is much."""
        pieces = settled(self.pieces(*more))
        return OnDisk(self._written(pieces), self) if self._runs else Survey(total(list(pieces)))

    def only(self, survey: Survey) -> Survey:
        """Return the counts of all pages, and of what another survey counts."""
        wanted = _mixed(survey.rows)
        return Survey(total([piece.only((piece.item == PAGE) | np.isin(_mixed(piece), wanted)) for piece in self.pieces()]))

    def _written(self, pieces: Iterable[Tally]) -> Path:
        """Write pieces to files, a column each; return their folder."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="dechaff-"))
            finalize(self, _remove, self._folder, os.getpid())
        place = Path(tempfile.mkdtemp(dir=self._folder))
        with ExitStack() as files:
            columns = [files.enter_context((place / name).open("wb")) for name in Tally._fields]
            for piece in pieces:
                for column, file in zip(piece, columns, strict=True):
                    column.tofile(file)
        return place


class OnDisk(Survey):
    """A survey that lies in files: other processes of the machine are told where, and read what they need."""

    def __init__(self, place: Path, owner: Counts | None = None) -> None:
        """Open the files of a folder.

        Args:
            place: The folder.
            owner: Whose files they are, in its own process: they are there as long as it is.
        """
        super().__init__(mapped(place))
        self.place, self._owner = place, owner

    def __reduce__(self) -> tuple[type[OnDisk], tuple[Path]]:
        """Travel as the folder's path."""
        return OnDisk, (self.place,)


def mapped(place: Path) -> Tally:
    """Return the tally that lies in the files of a folder."""
    if not (place / "site").stat().st_size:
        return NOTHING
    columns: list[Any] = [np.memmap(place / name, kind.dtype, "r") for name, kind in zip(Tally._fields, NOTHING, strict=True)]
    return Tally(*columns)


def _remove(folder: Path, process: int) -> None:
    """Remove the files of counts that nobody holds any longer; a process that was forked from theirs leaves them alone."""
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def _mixed(rows: Tally) -> NDArray[np.uint64]:
    """Return one number for the site and item of each row; two rows share one by a chance of one in 2^64."""
    return rows.site * np.uint64(_FACTOR) + rows.item
