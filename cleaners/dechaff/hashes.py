"""Hashes of runs of integers, for many runs at once: exact in any order and on any machine, since 64 bits wrap round.

A run's hash is a polynomial: the sum of its values times powers of one odd number, which begin anew at every run.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Ints = NDArray[np.int64]

_FACTOR = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio, odd: Knuth's multiplicative hashing
_INVERSE = pow(_FACTOR, -1, 1 << 64)
_TABLE = 1 << 18  # powers kept: those of a piece that stays in a processor's own memory


def mixed(values: Hashes) -> Hashes:
    """Return hashes whose upper bits depend on all bits of the values."""
    values = (values ^ (values >> np.uint64(32))) * np.uint64(_FACTOR)
    return np.asarray((values ^ (values >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9))


def of_runs(values: Hashes, begins: Ints, places: Ints | None = None) -> Hashes:
    """Return a hash of each run of values; a run ends where the next begins.

    Args:
        values: One or more.
        begins: Where the runs begin, each behind the one before.
        places: The exponent that each value is taken with, rising; its index by default. Values of 0 may share one.
    """
    if places is None and len(values) <= _TABLE:
        terms, first = values * _powers(_FACTOR)[: len(values)], begins
    else:
        places = np.arange(len(values)) if places is None else places
        terms, first = values * _power(_FACTOR, places), places[begins]
    sums = np.cumsum(terms)  # and differences: faster than adding up many short runs one by one
    before = sums[begins] - terms[begins]
    return mixed((np.append(before[1:], sums[-1]) - before) * _power(_INVERSE, first))


def _power(base: int, exponents: Ints) -> Hashes:
    """Return powers of a number; the exponents rise."""
    found = _powers(base).take(exponents & (_TABLE - 1))
    if exponents[-1] >= _TABLE:
        found *= _powers(pow(base, _TABLE, 1 << 64)).take(exponents // _TABLE)
    return found


@lru_cache(maxsize=8)
def _powers(base: int) -> Hashes:
    steps = np.full(_TABLE, base, np.uint64)
    steps[0] = 1
    return np.multiply.accumulate(steps)
