"""How much more often a word stands in content than in chrome, on how many sites: weights in one byte each, found by hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dechaff.hashes import mixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dechaff.hashes import Hashes, Ints
    from dechaff.model.signs import Signs

BITS = 16
"""The table has 2^16 places: 64 kB, with some 30,000 words, pairs and lines that enough sites have."""
_SHORT = 6  # words up to which a line's words are weighed apart: "read" in a menu is not "read" in a sentence
_MIDDLE = 128
_SALTS = (0x1B873593CC9E2D51, 0x52DCE729B4A3D2E1, 0x38495AB5C2B2AE35)


class Words(NamedTuple):
    """Weights of words, of pairs of words, and of whole lines."""

    weights: NDArray[np.int8]
    """Sixteen times the logarithm of the odds of content, by place."""

    def score(self, seen: Signs) -> dict[str, Ints]:
        """Return for each line the mean, the lowest and the highest weight of its words, `_MIDDLE` standing for even odds."""
        count = len(seen.line)
        where, line, whole = places(seen)
        weight = self.weights[where].astype(np.int64)
        total = np.bincount(line, weights=weight, minlength=count).astype(np.int64)  # sums of bytes: exact in a double
        own = self.weights[whole].astype(np.int64)
        terms = np.bincount(line, minlength=count)
        mean = _MIDDLE + (2 * total + 2 * own * np.maximum(terms, 1)) // np.maximum(2 * terms, 1)
        lowest, highest = own + _MIDDLE, own + _MIDDLE
        if len(line):
            has = np.flatnonzero(terms)
            order = np.argsort(line, kind="stable")
            begins = np.concatenate(([0], np.cumsum(terms[has])[:-1]))
            lowest[has] = np.minimum(lowest[has], _MIDDLE + np.minimum.reduceat(weight[order], begins))
            highest[has] = np.maximum(highest[has], _MIDDLE + np.maximum.reduceat(weight[order], begins))
        return {"odds": np.clip(mean, 0, 255), "lowest": np.clip(lowest, 0, 255), "highest": np.clip(highest, 0, 255)}


def places(seen: Signs) -> tuple[Ints, Ints, Ints]:
    """Return where the words and pairs of some lines stand in the table, the line of each, and where the whole lines stand."""
    short = seen.counts["words"] <= _SHORT
    salt = np.where(short, np.uint64(_SALTS[0]), np.uint64(0))
    single = _place(seen.word ^ salt[seen.word_line])
    pair_line = seen.word_line[:-1][seen.word_line[:-1] == seen.word_line[1:]] if len(seen.word) else seen.word_line
    at = np.flatnonzero(seen.word_line[:-1] == seen.word_line[1:]) if len(seen.word) else np.zeros(0, np.int64)
    pair = _place(seen.word[at] * np.uint64(3) + seen.word[at + 1] + np.uint64(_SALTS[1]))
    return np.concatenate((single, pair)), np.concatenate((seen.word_line, pair_line)), _place(seen.line ^ np.uint64(_SALTS[2]))


def _place(hashes: Hashes) -> Ints:
    return (mixed(hashes) >> np.uint64(64 - BITS)).astype(np.int64)
