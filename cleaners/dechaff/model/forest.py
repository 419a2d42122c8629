"""Boosted trees that ask the same question on a whole level: a line's way through one is six comparisons and one look-up.

All arithmetic is on integers, so a score is the same on every machine and in every batch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

SCALE = 4096
"""Steps of a score to one unit of log-odds."""
NEVER = 255
"""A border that no feature exceeds."""
_CHUNK = 8192  # lines scored at a time: what a tree needs of them stays in the processor's second cache


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
        place = np.empty(len(total), np.uint8)
        answer = np.empty(len(total), np.bool_)
        bit = answer.view(np.uint8)
        for columns, borders, leaves in zip(self.columns.tolist(), self.borders, self.leaves, strict=True):
            np.greater(part[columns[-1]], borders[-1], out=answer)
            place[:] = bit
            for column, border in zip(columns[-2::-1], borders[-2::-1], strict=True):
                np.greater(part[column], border, out=answer)
                np.left_shift(place, 1, out=place)
                np.bitwise_or(place, bit, out=place)
            total += leaves[place]
