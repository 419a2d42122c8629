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
        place = places(seen)
        own = self.weights[place.line].astype(np.int64)
        words = seen.counts["words"]
        terms = np.maximum(2 * words - 1, 0)
        total = np.zeros(len(own), np.int64)
        lowest, highest = own.copy(), own.copy()
        if len(place.word):
            single, pair = self.weights[place.word], self.weights[place.pair]
            low, high, both = single.copy(), single.copy(), single.astype(np.int64)
            np.minimum(low[:-1], pair, out=low[:-1], where=place.paired)
            np.maximum(high[:-1], pair, out=high[:-1], where=place.paired)
            np.add(both[:-1], pair, out=both[:-1], where=place.paired)
            has = words > 0
            begins = seen.first_word[:-1][has]
            total[has] = np.add.reduceat(both, begins)
            lowest[has] = np.minimum(own[has], np.minimum.reduceat(low, begins))
            highest[has] = np.maximum(own[has], np.maximum.reduceat(high, begins))
        mean = (2 * total + 2 * own * np.maximum(terms, 1)) // np.maximum(2 * terms, 1)
        found = {"odds": mean, "lowest": lowest, "highest": highest}
        return {name: np.clip(_MIDDLE + values, 0, 255) for name, values in found.items()}


class Places(NamedTuple):
    """Where the words, pairs and lines of a batch stand in the table."""

    word: Ints
    pair: Ints
    """One for every word but the last: it and the next."""
    paired: NDArray[np.bool_]
    """Whether the two are on one line, and so a pair."""
    line: Ints


def places(seen: Signs) -> Places:
    """Return where the words and pairs of some lines, and the lines themselves, stand in the table."""
    short = seen.counts["words"] <= _SHORT
    salt = np.where(short, np.uint64(_SALTS[0]), np.uint64(0))
    return Places(
        _place(seen.word ^ salt[seen.word_line]),
        _place(seen.word[:-1] * np.uint64(3) + seen.word[1:] + np.uint64(_SALTS[1])),
        seen.word_line[:-1] == seen.word_line[1:],
        _place(seen.line ^ np.uint64(_SALTS[2])),
    )


def _place(hashes: Hashes) -> Ints:
    return (mixed(hashes) >> np.uint64(64 - BITS)).astype(np.int64)
