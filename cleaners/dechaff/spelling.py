"""How much a piece of text looks like a language, by the letters that follow one another: langdetect's counts, read as a model."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib import resources
from math import log
from typing import NamedTuple

# fmt: off
LATIN = (
    "af", "ca", "cs", "cy", "da", "de", "en", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "lt",
    "lv", "nl", "no", "pl", "pt", "ro", "sk", "sl", "so", "sq", "sv", "sw", "tl", "tr", "vi",
)
OTHERS = ("ar", "bg", "bn", "el", "fa", "gu", "he", "hi", "kn", "mk", "ml", "mr", "ne", "pa", "ru", "ta", "te", "th", "uk", "ur")
# fmt: on
"""Languages of langdetect's profiles by the script they are in; those that write without an alphabet have no spelling."""

_WORD = re.compile(r"[^\W\d_]+")
_WEIGHTS = (0.75, 0.2, 0.05)
"""Of the three-, two- and one-letter counts: the usual interpolation, its first weight high because the profiles keep frequent triples."""
_EDGE = 0.15  # share of word ends among all that follows a letter: a word has five to six letters
_UNSEEN = 2e-6  # probability of a letter that the profile does not have: they drop what is rarer than one in 100,000
_SAMPLE = 1500  # code points that settle which language a text is nearest to
_FOLD = str.maketrans({"\u0219": "\u015f", "\u021b": "\u0163", "\u06cc": "\u064a", "ς": "σ"})  # as the profiles have them
_VIETNAMESE = re.compile("[\u1ea0-\u1eff]")  # the profiles count these letters as one


class Model(NamedTuple):
    """The letters of one language."""

    singles: dict[str, float]
    """Share of each letter among all."""
    pairs: dict[str, float]
    """Probability of the second letter after the first."""
    triples: dict[str, float]
    """Probability of the third letter after the first two."""

    def score(self, word: str) -> float:
        """Return the natural logarithm of the probability of a folded word, its end included."""
        three, two, one = _WEIGHTS
        total = 0.0
        former, last = "", " "
        for letter in (*word, " "):
            pair = self.pairs.get(last + letter, 0.0)
            triple = self.triples.get(former + last + letter, 0.0) if former else pair
            total += log(three * triple + two * pair + one * self.singles.get(letter, _EDGE if letter == " " else 0.0) + _UNSEEN)
            former, last = last, letter
        return total

    def knows(self, letter: str) -> bool:
        """Return whether a folded letter is one of the language's."""
        return letter in self.singles


def fold(word: str) -> str:
    """Return a word as the models have it: in lower case, look-alike letters as one.

    >>> fold("Ănsași")
    'ănsaşi'
    """
    return _VIETNAMESE.sub("\u1ec3", word.lower().translate(_FOLD))


@lru_cache(maxsize=64)
def model(language: str) -> Model:
    """Return the model of a language, by its ISO 639 code."""
    profile = resources.files("langdetect").joinpath("profiles", language).read_text(encoding="utf-8")
    counts: dict[str, int] = {}
    for gram, count in json.loads(profile)["freq"].items():
        folded = fold(gram)
        if len(folded) == len(gram):
            counts[folded] = counts.get(folded, 0) + count
    letters = sum(count for gram, count in counts.items() if len(gram) == 1) or 1
    edges = sum(count for gram, count in counts.items() if len(gram) == 2 and gram[0] == " ") or 1
    after = {" ": edges, **counts}
    return Model(
        {gram: count / letters for gram, count in counts.items() if len(gram) == 1},
        {gram: min(1.0, count / after[gram[0]]) for gram, count in counts.items() if len(gram) == 2 and gram[0] in after},
        {gram: min(1.0, count / after[gram[:2]]) for gram, count in counts.items() if len(gram) == 3 and gram[:2] in after},
    )


def words(text: str) -> list[str]:
    """Return the folded words of a text.

    >>> words("Die Größe, 3 mg")
    ['die', 'größe', 'mg']
    """
    return [fold(word) for word in _WORD.findall(text)]


def nearest(text: str, among: tuple[str, ...] = (*LATIN, *OTHERS), count: int = 3) -> list[str]:
    """Return the languages whose spelling is nearest to that of a text, nearest first."""
    found = words(text[:_SAMPLE])
    scores = {language: sum(map(model(language).score, found)) for language in among}
    return sorted(scores, key=lambda language: (-scores[language], language))[:count]
