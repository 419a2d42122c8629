"""Boosted trees that ask the same question on a whole level: a line's way through one is six comparisons and one look-up.

All arithmetic is on integers, so a score is the same on every machine and in every batch.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

SCALE = 4096
"""Steps of a score to one unit of log-odds."""
NEVER = 255
"""A border that no feature exceeds."""
_CHUNK = 16384  # lines scored at a time: with fewer the calls cost more than the work, with more the columns leave the cache


class Forest(NamedTuple):
    """Trees of one depth."""

    names: tuple[str, ...]
    """The features, in the order that `columns` counts them."""
    columns: NDArray[np.uint8]
    """Shape (trees, depth): the feature that each level asks for."""
    borders: NDArray[np.uint8]
    """Shape (trees, depth): a level answers yes where the feature is greater."""
    leaves: NDArray[np.int16]
    """Shape (trees, 2 ** depth); the last level's answer is the highest bit."""
    bias: int

    def score(self, found: Mapping[str, NDArray[np.uint8]]) -> NDArray[np.int32]:
        """Return the log-odds that each line is content, in steps of 1/`SCALE`.

        Args:
            found: The features by name, one byte a line.
        """
        table = [found[name] for name in self.names]
        size = len(table[0])
        total = np.full(size, self.bias, np.int32)
        for begin in range(0, size, _CHUNK):
            part = [column[begin : begin + _CHUNK] for column in table]
            self._add(part, total[begin : begin + _CHUNK])
        return total

    def _add(self, part: list[NDArray[np.uint8]], total: NDArray[np.int32]) -> None:
        """Add what all trees say of some lines, two trees with one look-up: looking up is what a tree costs most."""
        size, depth = len(total), self.columns.shape[1]
        place, answer = np.empty(size, np.uint8), np.empty(size, np.bool_)
        first, both, said = np.empty(size, np.intp), np.empty(size, np.intp), np.empty(size, np.int32)
        columns = self.columns.tolist()
        for tree, leaves in zip(range(0, len(columns), 2), _paired(self.leaves.tobytes(), self.leaves.shape), strict=True):
            self._walk(part, columns[tree], self.borders[tree], place, answer)
            first[:] = place
            if tree + 1 < len(columns):
                self._walk(part, columns[tree + 1], self.borders[tree + 1], place, answer)
                np.left_shift(place, depth, out=both, dtype=np.intp)
                np.bitwise_or(both, first, out=first)
            leaves.take(first, out=said, mode="clip")
            np.add(total, said, out=total)

    @staticmethod
    def _walk(
        part: list[NDArray[np.uint8]], columns: list[int], borders: NDArray[np.uint8], place: NDArray[np.uint8], answer: NDArray[np.bool_]
    ) -> None:
        """Write the leaf that each line comes to."""
        bit = answer.view(np.uint8)
        np.greater(part[columns[-1]], borders[-1], out=place.view(np.bool_))
        for column, border in zip(columns[-2::-1], borders[-2::-1], strict=True):
            np.greater(part[column], border, out=answer)
            np.add(place, place, out=place)
            np.bitwise_or(place, bit, out=place)


@lru_cache(maxsize=4)
def _paired(data: bytes, shape: tuple[int, int]) -> list[NDArray[np.int32]]:
    """Return for every two trees the sums of their leaves, those of the second by the higher bits."""
    leaves = np.frombuffer(data, np.int16).reshape(shape).astype(np.int32)
    firsts, seconds = leaves[0::2], leaves[1::2]
    pairs = [(second[:, None] + first[None, :]).ravel() for first, second in zip(firsts, seconds, strict=False)]
    return [*pairs, *firsts[len(pairs) :]]
