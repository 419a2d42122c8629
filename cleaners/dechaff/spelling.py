"""How much a piece of text looks like a language, by the letters that follow one another: langdetect's counts, read as a model."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from math import log

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
_MOST_STEPS = 1 << 14  # remembered of a language: it has some thousands, but a text can be any
_FIRST = 40  # different words that leave few languages open
_SAMPLE = 1500  # code points that settle which language a text is nearest to
# Natural logarithms of how likely symbols are, where they stand at home and where they do not.
_COMMON, _ODD, _NEVER, _UNDEFINED, _FRAME = -4.0, -11.0, -14.0, -25.0, -4.0
_CONTRACTION, _PRICE, _MISPLACED, _HUMP = -2.0, -2.0, -4.0, -6.0
_SYMBOLS = {**dict.fromkeys("’“”„«»–—…‘\xa0", -4.0), **dict.fromkeys("•·°§©®™£€¿¡º№", -6.0), **dict.fromkeys("±²³½¼¾×µª¹¢¥†‡‰‹›‚¶", -8.0)}
_SYMBOL = re.compile(r"(?s)(?<=(.))([^\x00-\x7f\w]|[\u0300-\u036f\xb2\xb3\xb9\xbc-\xbe])(?=(.))")
_FOLD = (("\u0219", "\u015f"), ("\u021b", "\u0163"), ("\u06cc", "\u064a"), ("ς", "σ"))  # as the profiles have them
_VIETNAMESE = re.compile("[\u1ea0-\u1eff]")  # the profiles count these letters as one


class Model:
    """The letters of one language."""

    def __init__(self, counts: dict[str, int]) -> None:
        """Take how often a text has each letter, and each two and three in a row; a space is the edge of a word."""
        self._counts = counts
        short = [(gram, count) for gram, count in counts.items() if len(gram) < 3]
        self._letters = sum(count for gram, count in short if len(gram) == 1) or 1
        self._words = sum(count for gram, count in short if len(gram) == 2 and gram[0] == " ") or 1
        self._steps: dict[str, float] = {}

    @property
    def letters(self) -> dict[str, float]:
        """The share of each letter among all."""
        return {gram: count / self._letters for gram, count in self._counts.items() if len(gram) == 1}

    def score(self, word: str) -> float:
        """Return the natural logarithm of the probability of a folded word, its end included."""
        known, total, last = self._steps.get, 0.0, " "
        for letter in (*word, " "):
            gram = last + letter
            step = known(gram)
            total += self.step(gram) if step is None else step
            last = gram[-2:]
        return total

    def step(self, gram: str) -> float:
        """Return the natural logarithm of the probability of the last letter of a folded gram after the one or two before it."""
        if len(self._steps) > _MOST_STEPS:
            self._steps.clear()
        three, two, one = _WEIGHTS
        letter = gram[-1]
        single = _EDGE if letter == " " else self._counts.get(letter, 0) / self._letters
        pair = self._after(gram[-2], gram[-2:])
        triple = self._after(gram[:2], gram) if len(gram) > 2 else pair
        found = self._steps[gram] = log(three * triple + two * pair + one * single + _UNSEEN)
        return found

    def _after(self, first: str, gram: str) -> float:
        """Return the probability of a gram once its beginning stands."""
        count = self._counts.get(gram, 0)
        before = self._words if first == " " else self._counts.get(first, 0)
        return min(1.0, count / before) if count and before else 0.0


def fold(word: str) -> str:
    """Return a word as the models have it: in lower case, look-alike letters as one.

    >>> fold("Ănsași")
    'ănsaşi'
    """
    word = word.lower()
    for letter, known in _FOLD:
        word = word.replace(letter, known)
    return _VIETNAMESE.sub("\u1ec3", word)


@lru_cache(maxsize=64)
def model(language: str) -> Model:
    """Return the model of a language, by its ISO 639 code."""
    profile = resources.files("langdetect").joinpath("profiles", language).read_text(encoding="utf-8")
    counts: dict[str, int] = json.loads(profile)["freq"]
    folded = fold("\n".join(counts)).split("\n")
    for gram, new in [(gram, new) for gram, new in zip(counts, folded, strict=True) if gram != new]:
        count = counts.pop(gram)
        if len(new) == len(gram):
            counts[new] = counts.get(new, 0) + count
    return Model(counts)


def words(text: str) -> list[str]:
    """Return the folded words of a text.

    >>> words("Die Größe, 3 mg")
    ['die', 'größe', 'mg']
    """
    return fold("\n".join(_WORD.findall(text))).split()


def nearest(text: str, among: tuple[str, ...] = (*LATIN, *OTHERS), count: int = 3) -> list[str]:
    """Return the languages whose spelling is nearest to that of a text, nearest first."""
    found = list(dict.fromkeys(words(text[:_SAMPLE])))
    latin = sum(word[0] < "\u0250" for word in found)
    left = [one for one in among if (one in LATIN) == (2 * latin >= len(found))] or list(among)
    for some, most in ((found[:_FIRST], 2 * count + 2), (found, count)):
        scores = {language: sum(map(model(language).score, some)) for language in left}
        left = sorted(scores, key=lambda language: (-scores[language], language))[:most]
    return left


def likeness(text: str, languages: tuple[str, ...]) -> float:
    """Return the logarithm of how likely the text is in the language that fits it best."""
    words = _WORD.findall(text)
    folded = [fold(word) for word in words]
    best = max(sum(_spelled(language, word) for word in folded) for language in languages)
    odd = (word for word in words if not word.isascii() and not word[1:].islower())
    humps = sum(former.islower() and latter.isupper() for word in odd for former, latter in pairwise(word))
    total: float = best + _HUMP * humps + sum(_symbol(*found) for found in _SYMBOL.findall(f" {text} "))
    return total


@lru_cache(maxsize=1 << 16)
def _spelled(language: str, word: str) -> float:
    return model(language).score(word)


@lru_cache(maxsize=1 << 12)
def _symbol(before: str, symbol: str, after: str) -> float:  # noqa: PLR0911  one answer a kind of place
    """Return the logarithm of how likely a symbol is between two characters: contractions, quotes and signs have their places."""
    kind = unicodedata.category(symbol)
    if "\u2500" <= symbol <= "\u25ff":
        return _FRAME if not (before.isalpha() or after.isalpha()) else _NEVER
    if kind in {"Mn", "Mc"}:
        return _COMMON if before.isalpha() or unicodedata.category(before).startswith("M") else _NEVER
    if symbol == "\ufffd" or kind in {"Cc", "Cn", "Co"}:
        return _UNDEFINED
    if symbol == "’" and before.isalpha() and after.isalpha():
        return _CONTRACTION
    if symbol in "£€¥" and after.isdigit():
        return _PRICE
    cost = _SYMBOLS.get(symbol, _ODD)
    if symbol in "°º²³" and not (before.isdigit() or before.isalpha()):
        cost += _MISPLACED
    if before.isalpha() and after.isalpha() and symbol not in "·–—":
        return cost + 1.5 * _MISPLACED
    if (symbol in "‘„‚«‹¿¡" and before.isalnum()) or (symbol in "’”»›…™®" and before.isspace()):
        cost += _MISPLACED
    return cost
