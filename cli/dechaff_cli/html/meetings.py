"""Where lines were met, written down as they come, and what each line comes to: a part of all lines at a time, whatever their number."""

from __future__ import annotations

from array import array
from typing import IO, TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_EXAMPLES = 5  # files that a row names
_FIELDS = 4
_HELD = 1 << 18  # meetings held in memory: 8 MB
_PART_BITS = 6  # of a line's number: a part of a corpus of 10 GB takes 100 MB
_HALF = np.uint64(32)
_QUARTER = np.uint64(16)
_LOW = np.uint64((1 << 32) - 1)
_LOWEST = np.uint64((1 << 16) - 1)


class Meeting(NamedTuple):
    """A line in a file."""

    line: int
    """A number that all lines which count as one share, below 2^64."""
    file: int
    """Below 2^32, as the next two."""
    site: int
    cost: int
    """What is lost if the line is no chrome; that of the first meeting counts."""
    chance: int
    """How likely it is chrome; below 2^16, as the next."""
    rule: int
    place: int
    """Where what it says is written down; at the first meeting with a line, beyond all places before."""


class Met(NamedTuple):
    """What a line comes to."""

    files: int
    times: int
    sites: int
    chance: int
    """The highest, as are the rule and the words."""
    rule: int
    place: int
    examples: tuple[int, ...]
    """The first files it was met in."""


Row = tuple[tuple[int, ...], Met]
"""What a line is sorted by, and what it comes to."""


class Part:
    """Some of all lines, with all their meetings: what each comes to."""

    def __init__(self, rows: NDArray[np.uint64]) -> None:
        """Put their meetings together.

        Args:
            rows: All of them, in their order: four numbers each, as `Meetings` has them.
        """
        number, rows = rows[:, 0], rows[:, 1:]
        order = np.argsort(number, kind="stable")
        rows = rows[order]
        new = np.diff(number[order], prepend=~number[order[:1]]) != 0
        self._begins = np.flatnonzero(new)
        self._ends = np.append(self._begins[1:], order.size)
        self.times = self._ends - self._begins
        line = np.cumsum(new) - 1
        self._file, site = (rows[:, 0] >> _HALF).astype(np.int64), (rows[:, 0] & _LOW).astype(np.int64)
        self._new_file = new | (np.diff(self._file, prepend=-1) != 0)
        self.files = np.add.reduceat(self._new_file, self._begins, dtype=np.int64)
        new_site = new | (np.diff(site[np.lexsort((site, line))], prepend=-1) != 0)  # in that order lines begin at the same places
        self.sites = np.add.reduceat(new_site, self._begins, dtype=np.int64)
        chance = (rows[:, 2] >> _QUARTER & _LOWEST).astype(np.int64)
        highest = np.flatnonzero(chance == np.maximum.reduceat(chance, self._begins)[line])
        best = highest[np.searchsorted(highest, self._begins)]
        self.chance, self.rule, self._place = chance[best], (rows[best, 2] & _LOWEST).astype(np.int64), rows[best, 1].astype(np.int64)
        self.first = rows[self._begins, 1].astype(np.int64)
        """Where what each says was first written down: those met before others are less."""
        self.cost = (rows[self._begins, 2] >> _HALF).astype(np.int64)

    def least(self, which: NDArray[np.bool_], figures: Sequence[Ints], most: int, found: Sequence[Row] = ()) -> list[Row]:
        """Return what some lines come to, each with what it is sorted by.

        Args:
            which: Of which lines.
            figures: Of all lines: those with less come first, by the first figure, then by the next, then by when they were met first.
            most: How many at most.
            found: What was returned for other lines, for the least of them all.
        """
        here = np.flatnonzero(which)
        keys = [*figures, self.first]
        last = found[-1][0] if found and len(found) >= most else None
        rows = [*found]
        for i in here[np.lexsort([key[here] for key in reversed(keys)])[:most]]:
            level = tuple(int(key[i]) for key in keys)
            if last is not None and level > last:
                break
            rows.append((level, self._met(i)))
        return sorted(rows)[:most]

    def _met(self, i: int) -> Met:
        here = slice(self._begins[i], self._ends[i])
        examples = self._file[here][self._new_file[here]][:_EXAMPLES].tolist()
        files, times, sites = int(self.files[i]), int(self.times[i]), int(self.sites[i])
        return Met(files, times, sites, int(self.chance[i]), int(self.rule[i]), int(self._place[i]), tuple(examples))


class Meetings:
    """A file of meetings, in parts that each have all meetings with their lines."""

    def __init__(self, file: IO[bytes]) -> None:
        """Begin with none.

        Args:
            file: An empty one.
        """
        self._file = file
        self._rows = array("Q")
        self._edges: list[list[int]] = []
        """Of each piece of the file, where its parts begin and end, in meetings."""

    def add(self, meeting: Meeting) -> None:
        """Write down a meeting."""
        line, file, site, cost, chance, rule, place = meeting
        self._rows.extend((line, file << 32 | site, place, cost << 32 | chance << 16 | rule))
        if len(self._rows) >= _FIELDS * _HELD:
            self._write()

    def _write(self) -> None:
        rows = np.frombuffer(self._rows, np.uint64).reshape(-1, _FIELDS)
        part = (rows[:, 0] >> np.uint64(64 - _PART_BITS)).astype(np.int64)
        order = np.argsort(part, kind="stable")
        begin = self._edges[-1][-1] if self._edges else 0
        self._edges.append((begin + np.searchsorted(part[order], np.arange((1 << _PART_BITS) + 1))).tolist())
        self._file.seek(0, 2)
        self._file.write(rows[order].tobytes())
        self._rows = array("Q")

    def parts(self) -> Iterator[Part]:
        """Yield all lines that were met, a part at a time."""
        self._write()
        for part in range(1 << _PART_BITS):
            pieces = [self._read(edges[part], edges[part + 1]) for edges in self._edges]
            rows = np.frombuffer(b"".join(pieces), np.uint64).reshape(-1, _FIELDS)
            if rows.size:
                yield Part(rows)

    def _read(self, begin: int, end: int) -> bytes:
        size = _FIELDS * self._rows.itemsize
        self._file.seek(begin * size)
        return self._file.read((end - begin) * size)
