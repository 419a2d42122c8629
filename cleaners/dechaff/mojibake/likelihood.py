"""How likely a word that was guessed in part is: by the words and letters of its language."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from dechaff import spelling
from dechaff.language_model import model
from dechaff.mojibake.marks import PUNCTUATION, marks_score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_PARTS = re.compile(r"[^\W\d_]+")
_READ, _SAMPLE = 20_000, 300  # code points, and different words of them, that settle a language
_COUNTED_OFTEN = 2  # vocabulary words with a letter that is not a foreign name's
_RARE = 1e-4  # share of letters below which a profile has them from foreign names
# Natural logarithms.
_CAPITAL = -2.5  # a capital where no sentence begins: one word in twelve of running text
_HUMP = -25.0  # a capital after a small letter: names of products alone
_INTACT = -6.0  # a word that stands elsewhere in the document
_USUAL = 4.0  # a dash alone, where the document has no other
_LATIN, _NOT_LATIN = re.compile("[\u0080-\u024f\u1e00-\u1eff]"), re.compile("[^\u0080-\u024f\u1e00-\u1eff]")
_FOLDED = {  # letters that langdetect's profiles have as others, by language
    "el": "ς",
    "fa": "\u06cc\u200c",
    "ro": "șțȘȚ",
    "ur": "\u06cc\u200c",
    "vi": "".join(map(chr, range(0x1EA0, 0x1EFA))),
}
_CEDILLAS = str.maketrans("şţŞŢ", "șțȘȚ")  # which older Romanian text has for want of the letters with a comma, seldom beside them
_CEDILLA = -4.0
_COUNTED = 1.0  # a word of the vocabulary


def languages_of(text: str) -> tuple[str, ...]:
    """Return what a text is likeliest in, by ISO 639 codes: one language of Latin letters, or two of others.

    The next language of Latin letters is 2.5 to 15 behind, a natural logarithm a word, in three lines of any of 19 languages.
    """
    found = list(dict.fromkeys(spelling.words(text[:_READ])))[:_SAMPLE]
    latin = [word for word in found if word[0] < "\u0250" or "\u1e00" <= word[0] <= "\u1eff"]
    if 2 * len(latin) < len(found) or not latin:
        return tuple(spelling.nearest(text, count=2))
    return (model().languages[int(np.sum([_costs(word)[0] for word in latin], axis=0).argmin())],)


@lru_cache(maxsize=1 << 14)
def _costs(word: str) -> tuple[NDArray[np.int32], int]:
    """Return the cost of a word in each language, and the languages that it was counted in."""
    return model().cost(word)


def has_vocabulary(languages: Sequence[str]) -> bool:
    """Return whether words of the likeliest of some languages are known, not only its letters: those in Latin letters are."""
    return languages[0] in model().index


@cache
def alphabet(language: str) -> tuple[tuple[str, bytes], ...]:
    """Return the letters and marks beyond ASCII that text in a language has, each with its UTF-8."""
    foreign = _NOT_LATIN if language in spelling.LATIN else _LATIN
    letters = {letter for letter, share in _profile(language).items() if letter > "\x7f" and share > _RARE and not foreign.match(letter)}
    if language in model().index:
        letters |= {letter for letter, count in model().letters(language).items() if count >= _COUNTED_OFTEN}
    letters |= {letter.upper() for letter in letters if len(letter.upper()) == 1}
    if "ı" in letters:
        letters.add("İ")
    letters |= set(_FOLDED.get(language, ""))
    return tuple((letter, letter.encode("utf-8")) for letter in sorted(letters | set(PUNCTUATION)))


def _profile(language: str) -> dict[str, float]:
    return spelling.model(language).letters if language in (*spelling.LATIN, *spelling.OTHERS) else {}


@lru_cache(maxsize=1 << 14)
def word_score(word: str, languages: tuple[str, ...]) -> float:
    """Return the logarithm of how likely a word without marks is, in the language that has it rather."""
    return max((_in_language(word, language) for language in languages), default=-8.0 * len(word))


def _in_language(word: str, language: str) -> float:
    """Return how likely a word is in one language: by its letters, and rather if it is in the vocabulary.

    The letters were counted on running text, the vocabulary on user interfaces: it tells what is a word, not how frequent it is.
    """
    folded = word.lower()
    spelled = spelling.model(language).score(spelling.fold(word)) if language in (*spelling.LATIN, *spelling.OTHERS) else None
    if not (folded[0] < "\u0250" or "\u1e00" <= folded[0] <= "\u1eff") or language not in model().index:
        return spelled if spelled is not None else -8.0 * len(word)
    ways = {folded, folded.translate(_CEDILLAS)} if language == "ro" else {folded}
    column = model().index[language]
    costs = [(int(cost[column]), counted >> column & 1) for cost, counted in map(_costs, ways)]
    found = -min(costs)[0] / 16
    if spelled is None:
        return found
    return max(spelled, (spelled + found) / 2) + _COUNTED if any(counted for _, counted in costs) else spelled


def score(  # noqa: PLR0913  what is known of the document, and of the place
    text: str,
    languages: tuple[str, ...],
    intact: frozenset[str] = frozenset(),
    dash: str = "",
    *,
    start: bool = False,
    quoted: str = "",
) -> float:
    """Return the logarithm of how likely some text between two spaces is.

    Args:
        text: The text, marks and all.
        languages: What it can be in.
        intact: Words in lower case that stand in the same document undamaged.
        dash: What the document sets between spaces, if that is one dash alone.
        start: Whether it may begin a sentence.
        quoted: The mark that opened a quotation before, if it has not been closed.
    """
    total = _USUAL if dash and text == dash else 0.0
    for part in _PARTS.findall(text):
        likely = word_score(part, languages)
        total += max(likely, _INTACT) if part.lower() in intact else likely
        if part[0].isupper() and not start and not (len(part) > 1 and part.isupper()):
            total += _CAPITAL
        total += _CEDILLA * (len(set(part) & set("şţŞŢ")) if languages[0] == "ro" else 0)
        if not part.isupper():
            total += _HUMP * sum(other.isupper() and (one.islower() or other > "\x7f") for one, other in pairwise(part))
        start = False
    return total + marks_score(text, languages[0], quoted)
