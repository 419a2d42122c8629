"""On how many pages of each site something stands, as sorted arrays: they add up in any order, piece by piece where they outgrow memory."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

PAGE = 0
"""The item that every page has: its count is the number of pages. A pair of lines has the number 0 by a chance of one in 2^64."""
UNKNOWN = 0
"""The number of the site that is not known."""


class Tally(NamedTuple):
    """Counts in the order of sites and of items, no item of a site twice."""

    site: NDArray[np.uint64]
    item: NDArray[np.uint64]
    """What was counted; `PAGE` comes first."""
    pages: NDArray[np.int64]

    def part(self, begin: int, end: int) -> Tally:
        """Return the rows from one to before another."""
        return Tally(self.site[begin:end], self.item[begin:end], self.pages[begin:end])

    def only(self, rows: NDArray[np.bool_]) -> Tally:
        """Return some of the rows."""
        return Tally(self.site[rows], self.item[rows], self.pages[rows])

    def in_memory(self) -> Tally:
        """Return the rows as plain arrays, wherever they lie."""
        return Tally(np.asarray(self.site), np.asarray(self.item), np.asarray(self.pages))


NOTHING = Tally(np.empty(0, np.uint64), np.empty(0, np.uint64), np.empty(0, np.int64))


def site_number(site: str) -> int:
    """Return the number of a site. Two of a billion sites share one by a chance of three in a hundred (birthday bound in 64 bits)."""
    return int.from_bytes(blake2b(site.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") if site else UNKNOWN


def counted(pages: Iterable[tuple[str, NDArray[np.uint64]]]) -> Tally:
    """Return the tally of some pages, each given by its site and what it has, no item twice."""
    sites, items = [], []
    for site, has in pages:
        sites.append(np.full(has.size + 1, site_number(site), np.uint64))
        items += [np.array([PAGE], np.uint64), has]
    if not sites:
        return NOTHING
    item = np.concatenate(items)
    return total([Tally(np.concatenate(sites), item, np.ones(item.size, np.int64))])


def total(tallies: Sequence[Tally]) -> Tally:
    """Return the sum of tallies, whose rows may be in any order."""
    tallies = [tally for tally in tallies if tally.site.size]
    if not tallies:
        return NOTHING
    site, item, pages = (np.concatenate(columns) for columns in zip(*tallies, strict=True))
    order = np.lexsort((item, site))
    site, item = site[order], item[order]
    first = np.flatnonzero(np.concatenate(([True], (site[1:] != site[:-1]) | (item[1:] != item[:-1]))))
    return Tally(site[first], item[first], np.add.reduceat(pages[order], first))


def merged(tallies: Sequence[Tally], rows: int) -> Iterator[Tally]:
    """Yield the sum of tallies in consecutive pieces.

    Args:
        tallies: In order each; they may lie in files.
        rows: How many of all of them are looked at together at most, or one of each where there are more tallies than that.
    """
    at = [0] * len(tallies)
    block = max(rows // max(len(tallies), 1), 1)
    while left := [i for i, tally in enumerate(tallies) if at[i] < tally.site.size]:
        blocks = {i: tallies[i].part(at[i], at[i] + block) for i in left}
        # What comes up to the least of the blocks' last rows is in these blocks and in no later one.
        last = min((int(one.site[-1]), int(one.item[-1])) for one in blocks.values())
        parts = []
        for i, one in blocks.items():
            end = _after(one, *last)
            at[i] += end
            parts.append(one.part(0, end))
        yield total(parts)


def _after(tally: Tally, site: int, item: int) -> int:
    """Return how many rows of a tally come up to a site and item, those included."""
    begin, end = np.searchsorted(tally.site, np.uint64(site), "left"), np.searchsorted(tally.site, np.uint64(site), "right")
    return int(begin + np.searchsorted(tally.item[begin:end], np.uint64(item), "right"))
