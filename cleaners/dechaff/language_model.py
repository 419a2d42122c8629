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
_NEVER = -(1 << 30)
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
        self._gram_costs = np.concatenate([arrays["bigram_costs"], arrays["trigram_costs"]])
        self._bigrams = _cut(str(arrays["bigrams"]), 2)
        bigrams = len(arrays["bigram_costs"])
        self._unseen = bigrams - 1
        self._trigrams = _cut(str(arrays["trigrams"]), 3, bigrams)
        words = arrays["words"].tobytes().split(b"\n")
        self._vocabulary = dict(zip(words, range(len(words)), strict=True))  # in UTF-8: 120,000 are decoded for nothing
        self._starts = arrays["word_starts"]
        self._of = arrays["word_languages"]
        self._costs = arrays["word_costs"]
        self._sizes = np.bincount(self._of, minlength=len(self.languages))
        self._new = arrays["new_word_costs"].astype(np.int32)
        self._seen_from: dict[tuple[str, ...], SeenFrom] = {}

    def seen_from(self, kept: tuple[str, ...]) -> SeenFrom:
        """Return the words as they speak against the languages that are kept."""
        found = self._seen_from.get(kept)
        if found is None:
            found = self._seen_from[kept] = SeenFrom(self, kept)
        return found

    def counted(self, language: str) -> int:
        """Return how many words are counted of a language, by its code; 0 of one that the model does not know."""
        at = self.index.get(language)
        return 0 if at is None else int(self._sizes[at])

    def letters(self, language: str) -> Counter[str]:
        """Return how many counted words of a language, by its code, have each letter beyond ASCII."""
        words = [word.decode("utf-8") for word in self._vocabulary]
        rows = np.repeat(np.arange(len(words)), np.diff(self._starts))[self._of == self.index[language]]
        return Counter(letter for row in rows.tolist() for letter in set(words[row]) if letter > "\x7f")

    def cost(self, word: str) -> tuple[NDArray[np.int32], int]:
        """Return the cost of a word in each language, in sixteenths of a nat, and the languages that it was counted in: a bit each."""
        text = f" {word[:_LONGEST]} "
        # The first letter, given that a word begins, stands in the first trigram's place.
        grams = [self._bigrams.get(text[:2], self._unseen)]
        for i in range(len(text) - 2):
            gram = self._trigrams.get(text[i : i + 3])
            grams.append(self._bigrams.get(text[i + 1 : i + 3], self._unseen) if gram is None else gram)
        cost = self._gram_costs.take(grams, axis=0).sum(axis=0, dtype=np.int32)
        cost += self._new
        known = 0
        at = self._vocabulary.get(word.encode("utf-8", "surrogatepass"))
        if at is not None:
            here = slice(self._starts[at], self._starts[at + 1])
            of = self._of[here]
            cost[of] = np.minimum(cost[of], self._costs[here])
            known = sum(1 << language for language in of.tolist())
        return cost, known


class SeenFrom:
    """What words gain in each language over the likeliest of some: words looked up once, a row each."""

    def __init__(self, model: LanguageModel, kept: tuple[str, ...]) -> None:
        """Measure against languages by their codes; English where the model has none of them."""
        self.model = model
        self._home = [model.index[code] for code in kept if code in model.index] or [0]
        self._ours = sum(1 << language for language in set(self._home))
        self._rows: dict[str, int] = {}
        self._gains = np.zeros((1024, len(model.languages)), np.int32)
        self._known: list[int] = []

    def judge(self, found: Sequence[str], language: str = "") -> tuple[int, list[int], list[bool], list[bool]]:
        """Return which other language some words are likeliest in, and what each of them says for it.

        Args:
            found: Words in lower case, in Latin letters; one at least.
            language: The language to judge them by, if it is not to be the likeliest.

        Returns:
            The language's number in the model; what each word gains in it, in sixteenths of a nat; whether it is counted there;
            whether it is counted in a language that is kept. The gains are whole numbers, so that a sum is the same in any order.
        """
        if len(self._rows) + len(found) > _REMEMBERED:
            self._rows.clear()
            self._known.clear()
        rows = [self._row(word) for word in found]  # before the tables are looked at: they may grow
        best = self.model.index.get(language, -1)
        if best < 0:
            totals = np.add.reduce(self._gains.take(rows, axis=0))
            totals[self._home] = _NEVER
            best = int(totals.argmax())
        known = [self._known[row] for row in rows]
        theirs = 1 << best
        return best, self._gains[rows, best].tolist(), [word & theirs != 0 for word in known], [word & self._ours != 0 for word in known]

    def _row(self, word: str) -> int:
        row = self._rows.get(word)
        if row is None:
            row = len(self._rows)
            if row >= len(self._gains):
                self._gains = np.concatenate([self._gains, np.zeros_like(self._gains)])
            cost, known = self.model.cost(word)
            self._gains[row] = cost[self._home].min() - cost
            self._known.append(known)
            self._rows[word] = row
        return row


def _cut(text: str, size: int, first: int = 0) -> dict[str, int]:
    return {text[i : i + size]: first + i // size for i in range(0, len(text), size)}
