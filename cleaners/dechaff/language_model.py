"""How likely a line is in each language of Latin script: letters and words counted beforehand, summed in whole numbers.

The table is made by `cleaners/training/language_model.py`; `data/language_model.txt` says from what.
It is loaded when the first line is asked for.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_LONGEST = 40  # letters of a word: what is longer is an address or a sequence, and no language
_REMEMBERED = 1 << 15  # words: a row each of 54 numbers of 4 bytes, 7 MB in all


@cache
def model() -> LanguageModel:
    """Return the model of the package, loaded once: a twentieth of a second."""
    with resources.as_file(resources.files("dechaff").joinpath("data", "language_model.npz")) as path:
        return LanguageModel(np.load(path))


class LanguageModel:
    """Costs of words in each language: the logarithm of one over their probability, in units of a sixteenth."""

    def __init__(self, arrays: dict[str, NDArray[np.generic]]) -> None:
        """Unpack the arrays that `cleaners/training/language_model.py` wrote."""
        self.languages: tuple[str, ...] = tuple(map(str, arrays["languages"]))
        self.index = {code: i for i, code in enumerate(self.languages)}
        self._trigram_costs = arrays["trigram_costs"]
        self._bigram_costs = arrays["bigram_costs"]
        self._trigrams = _cut(str(arrays["trigrams"]), 3)
        self._bigrams = _cut(str(arrays["bigrams"]), 2)
        vocabulary = bytes(arrays["words"]).decode("utf-8").split("\n")
        self._vocabulary = {word: i for i, word in enumerate(vocabulary)}
        self._starts = arrays["word_starts"]
        self._of = arrays["word_languages"]
        self._costs = arrays["word_costs"]
        self._new = arrays["new_word_costs"].astype(np.int32)
        self._rows: dict[str, int] = {}
        self._table = np.zeros((1024, len(self.languages)), np.int32)
        self._known = np.zeros(self._table.shape, np.bool_)

    def costs(self, found: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """Return the cost of each word in each language, and whether it was counted in that language.

        Args:
            found: Words in lower case, in Latin letters.

        Returns:
            Two arrays of shape (words, languages); costs in sixteenths of a nat.
            They are whole numbers, so that a sum is the same in any order and in any batch.
        """
        if len(self._rows) + len(found) > _REMEMBERED:
            self._rows.clear()
        rows = [self._row(word) for word in found]  # before the tables are looked at: they may grow
        return self._table[rows], self._known[rows]

    def letters(self) -> dict[str, Counter[str]]:
        """Return how many counted words of each language have each letter beyond ASCII."""
        counts: dict[str, Counter[str]] = {language: Counter() for language in self.languages}
        for word, row in self._vocabulary.items():
            if not word.isascii():
                for number in self._of[self._starts[row] : self._starts[row + 1]]:
                    counts[self.languages[number]].update(letter for letter in set(word) if letter > "\x7f")
        return counts

    def _row(self, word: str) -> int:
        row = self._rows.get(word)
        if row is None:
            row = len(self._rows)
            if row >= len(self._table):
                self._table = np.concatenate([self._table, np.zeros_like(self._table)])
                self._known = np.concatenate([self._known, np.zeros_like(self._known)])
            self._table[row], self._known[row] = self._cost(word)
            self._rows[word] = row
        return row

    def _cost(self, word: str) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        text = f" {word[:_LONGEST]} "
        cost = self._new.copy()
        for i in range(len(text) - 2):
            gram = self._trigrams.get(text[i : i + 3])
            if gram is not None:
                cost += self._trigram_costs[gram]
            else:
                cost += self._bigram_costs[self._bigrams.get(text[i + 1 : i + 3], -1)]
        # The first letter, given that a word begins, stands in the first trigram's place.
        cost += self._bigram_costs[self._bigrams.get(text[:2], -1)]
        known = np.zeros(len(cost), np.bool_)
        at = self._vocabulary.get(word)
        if at is not None:
            here = slice(self._starts[at], self._starts[at + 1])
            of = self._of[here]
            cost[of] = np.minimum(cost[of], self._costs[here])
            known[of] = True
        return cost, known


def _cut(text: str, size: int) -> dict[str, int]:
    return {text[i : i + size]: i // size for i in range(0, len(text), size)}
