"""Boosted trees that ask the same question on a whole level: a line's way through one is six comparisons and one look-up.

All arithmetic is on integers, so a score is the same on every machine and in every batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

SCALE = 4096
"""Steps of a score to one unit of log-odds."""
NEVER = 255
"""A border that no feature exceeds."""
_CHUNK = 512  # lines scored at a time: what all trees say of them, half a megabyte, stays in a processor's own memory


@dataclass(frozen=True, eq=False)
class Forest:
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
        table = np.stack([found[name] for name in self.names])
        total = np.full(table.shape[1], self.bias, np.int32)
        depth = self.columns.shape[1]
        begins = (np.arange(len(self._pairs)) << 2 * depth)[:, None]
        for at in range(0, len(total), _CHUNK):
            place = self._places(np.ascontiguousarray(table[:, at : at + _CHUNK]))
            both = place[1::2].astype(np.intp) << depth
            both |= place[::2]
            both += begins
            total[at : at + _CHUNK] += self._pairs.take(both, mode="clip").sum(axis=0, dtype=np.int32)
        return total

    def _places(self, table: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the leaf of each tree, a row for every tree of `_levels`, that each line comes to."""
        (columns, borders), *others = self._levels
        place = (table.take(columns, axis=0) > borders).view(np.uint8)
        for columns, borders in others:
            place += place
            place |= (table.take(columns, axis=0) > borders).view(np.uint8)
        return place

    @cached_property
    def _levels(self) -> list[tuple[NDArray[np.intp], NDArray[np.uint8]]]:
        """For each level, the last first: the feature and the border of every tree, and of one more that asks nothing if they are odd."""
        odd = ((0, len(self.columns) % 2), (0, 0))
        columns = np.pad(self.columns.astype(np.intp), odd)
        borders = np.pad(self.borders, odd, constant_values=NEVER)
        return [(columns[:, level].copy(), borders[:, level, None].copy()) for level in reversed(range(columns.shape[1]))]

    @cached_property
    def _pairs(self) -> NDArray[np.int32]:
        """For every two trees the sums of their leaves, the second's by the higher bits: looking up is what a tree costs most."""
        leaves = np.pad(self.leaves.astype(np.int32), ((0, len(self.leaves) % 2), (0, 0)))
        return (leaves[1::2, :, None] + leaves[::2, None, :]).reshape(len(leaves) // 2, -1)
