"""Arithmetic over the lines of many pages at once: windows, totals, distances, each within its page.

All sums are of integers and every quotient is rounded down, so that what comes out for a page is the same to the last bit whatever else is
in the batch.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from dechaff.hashes import mixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

    Number = TypeVar("Number", bound=np.generic)

REACH = 32
"""Lines either side of a line that its windows reach at most; the pages of a batch stand that far apart."""
NOWHERE = 65025
"""The distance to what a page has not; the greatest `level` tells apart is 65535."""


@lru_cache(maxsize=1)
def _levels() -> NDArray[np.uint8]:
    """Return eight steps an octave for every number up to 65535: a logarithm that no two machines can disagree on."""
    numbers = np.arange(1 << 16)
    octave = np.repeat(np.arange(17), np.concatenate(([1], 1 << np.arange(16))))  # bits of each number
    step = (numbers << 3 >> np.maximum(octave - 1, 0)) & 7
    return np.where(numbers > 0, octave * 8 + step - 7, 0).astype(np.uint8)


def level(numbers: Ints) -> NDArray[np.uint8]:
    """Return the rounded logarithm of counts: 0 for 0, 1 for 1, and eight more for each doubling, up to 128."""
    return _levels().take(numbers, mode="clip")


def share(part: Ints, whole: Ints, scale: int = 200) -> Ints:
    """Return parts of a whole in steps of 1/scale; 0 of nothing."""
    return quotient(part * scale, np.maximum(whole, 1))


def quotient(whole: NDArray[np.integer], parts: NDArray[np.integer]) -> Ints:
    """Return quotients rounded down, as long as dividends stay below 2^52: then a division of doubles never rounds up to a whole number.

    Processors divide doubles several at a time, and integers one by one.
    """
    return (whole / parts).astype(np.int64)


class Sheet:
    """The lines of a batch laid out with room between pages, so that no window reaches into another page."""

    def __init__(self, pages: Ints) -> None:
        """Lay out pages, given where the lines of each begin, and the number of lines at the end."""
        self.count = int(pages[-1])
        self.sizes = np.diff(pages)
        self.page = np.repeat(np.arange(len(self.sizes)), self.sizes)
        self.rows = np.arange(self.count) + REACH * (self.page + 1)
        self.height = self.count + REACH * (len(self.sizes) + 1)
        self.begin = np.repeat(pages[:-1], self.sizes)
        self.end = np.repeat(pages[1:], self.sizes)
        self.pages = pages
        self.there = self.sums(np.ones(self.count, np.int64))

    def spread(self, values: NDArray[Number]) -> NDArray[Number]:
        """Return values by row, zero between pages."""
        out = np.zeros(self.height, values.dtype)
        out[self.rows] = values
        return out

    def sums(self, values: NDArray[Any]) -> Ints:
        """Return running sums by row, from which `window` cuts."""
        out = np.zeros(self.height + 1, np.int64)
        np.cumsum(self.spread(values), out=out[1:])
        return out

    def window(self, sums: Ints, first: int, last: int) -> Ints:
        """Return the sum over the lines from `first` to `last`, both counted from each line."""
        begin, end = REACH, self.height - REACH  # where there are lines
        return np.take(sums[begin + last + 1 : end + last + 1] - sums[begin + first : end + first], self.rows - begin)

    def total(self, values: NDArray[Any]) -> Ints:
        """Return the sum over a line's page, for each line."""
        return np.repeat(np.add.reduceat(values, self.pages[:-1], dtype=np.int64), self.sizes)

    def most(self, values: Ints) -> Ints:
        """Return the largest value on a line's page, for each line."""
        return np.repeat(np.maximum.reduceat(values, self.pages[:-1]), self.sizes)

    def before(self, values: Ints) -> Ints:
        """Return the sum over the lines before each on its page."""
        running = np.cumsum(values) - values
        return np.asarray(running - running[self.begin])

    def since(self, marked: Flags) -> Ints:
        """Return how many lines before each the nearest marked one stands; `NOWHERE` if there is none on its page."""
        index = np.arange(self.count)
        last = np.concatenate(([-1], np.maximum.accumulate(np.where(marked, index, -1))[:-1]))
        return np.where(last >= self.begin, index - last, NOWHERE)

    def until(self, marked: Flags) -> Ints:
        """Return the same for the lines after each."""
        index = np.arange(self.count)
        behind = np.minimum.accumulate(np.where(marked, index, self.count * 2)[::-1])[::-1]
        following = np.concatenate((behind[1:], [self.count * 2]))
        return np.where(following < self.end, following - index, NOWHERE)

    def reach(self, flags: Flags) -> tuple[Ints, Ints]:
        """Return how many lines before and after each, without a break, are such lines."""
        index = np.arange(self.count)
        before = np.minimum(self.since(~flags), index - self.begin + 1) - 1
        after = np.minimum(self.until(~flags), self.end - index) - 1
        return before, after

    def copies(self, values: NDArray[np.uint64]) -> tuple[Ints, Ints]:
        """Return how many lines of its page share each line's value, itself included, and how many of them stand before it."""
        mark = mixed(values + self.page.astype(np.uint64) * np.uint64(0x632BE59BD9B4E019))
        order = np.argsort(mark, kind="stable")
        ordered = mark[order]
        new = np.concatenate(([True], ordered[1:] != ordered[:-1]))
        group = np.cumsum(new) - 1
        begins = np.flatnonzero(new)
        sizes = np.diff(np.concatenate((begins, [len(ordered)])))
        same = np.empty(len(values), np.int64)
        earlier = np.empty(len(values), np.int64)
        same[order] = sizes[group]
        earlier[order] = np.arange(len(values)) - begins[group]
        return same, earlier
