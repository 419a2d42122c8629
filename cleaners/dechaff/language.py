"""Which language a line, a block or a page is in: scripts counted exactly, function words, and langdetect on what they leave open."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

_LETTERS = re.compile(r"[^\W\d_]+")
# Letters of other scripts than Latin. Alone or in pairs Greek ones are symbols of English science: three make a word.
_OTHER = re.compile(
    "[\u0400-\u1dbf\u1f00-\u1fff\u2c00-\u2c5f\u2c80-\u2dff\u2e80-\u2fdf\u3005-\u3007\u3021-\ua6ff\ua800-\uab2f\uab70-\ufaff"
    "\ufb13-\ufdff\ufe70-\ufefc\uff66-\uffdc\U00010800-\U0001d3ff\U0001e800-\U0001efff\U00020000-\U0003ffff]"
    "|[\u0370-\u03ff]{3,}"
)
_TABLE = tomllib.loads(resources.files("dechaff").joinpath("data", "languages.toml").read_text(encoding="utf-8"))
_WORDS_OF = {language: frozenset(words.split()) for language, words in _TABLE["function_words"].items()}
ENGLISH = _WORDS_OF["en"]
_FOREIGN = frozenset[str]().union(*(words for language, words in _WORDS_OF.items() if language != "en")) - ENGLISH
FOREIGN = _FOREIGN - frozenset(_TABLE["ambiguous"]["words"].split())
ABSTRACT = re.compile(rf"(?:{'|'.join(_TABLE['abstract']['headings'])})\b.*", re.IGNORECASE)
"""Matches a line that begins as an abstract in another language does."""
_LETTERS_A_WORD = 4  # non-Latin letters that weigh as one function word; East Asian text has 2.2 letters a word
_FOREIGN_DOCUMENT = 8  # words of evidence without which a page is not called foreign: a name or a motto is not a language
_ENGLISH_TEXT = 25  # English function words that make a text, whatever else stands beside it: three sentences have as many
_FEW_WORDS = 12  # words that langdetect must see; below, it calls half of all English lines foreign
_SCARCE = 0.02  # share of words, and of letters; English prose has 0.3 function words a word, Croatian and Lithuanian 0.04 accents a letter
_ACCENTED = re.compile("[\xc0-\u024f\u1e00-\u1eff]+")
_RATIO = 3  # times as much evidence for other languages as for English; English WCXB pages (725) have a seventh at most
_SURE = 0.9  # probability that langdetect must give; on pooled text it gives the true language 0.99 and more
_SAMPLE = 2000  # code points that are enough to tell a language: langdetect's answer has settled long before


class Guess(NamedTuple):
    """A language, by ISO 639 code or by the name of its script, and how sure that is."""

    language: str
    probability: float


@lru_cache(maxsize=1 << 16)
def evidence(line: str) -> tuple[int, int, int]:
    """Return three counts for a line: English function words, those of other languages, letters of other scripts."""
    other = sum(map(len, _OTHER.findall(line))) if not line.isascii() else 0
    found = _LETTERS.findall(line.lower())
    english = sum(word in ENGLISH for word in found)
    return english, sum(word in FOREIGN for word in found), other


def letters(line: str) -> int:
    """Return how many letters a line has, of any script."""
    return sum(map(len, _LETTERS.findall(line)))


def script(text: str) -> str:
    """Return the script that most letters outside Latin are in, as Unicode names it, in lower case.

    >>> script("Copyright 北京")
    'cjk'
    """
    names = Counter(unicodedata.name(letter, "unknown").split()[0].split("-")[0].lower() for run in _OTHER.findall(text) for letter in run)
    return min(names, key=lambda name: (-names[name], name), default="latin")


def foreign_page(text: str) -> Guess | None:
    """Return the language of a page that is wholly in another language than English, else None."""
    text = _sample(text)
    found = text.lower().split()
    english = sum(map(ENGLISH.__contains__, found))
    foreign = sum(map(FOREIGN.__contains__, found))
    other = 0 if text.isascii() else sum(map(len, _OTHER.findall(text)))
    if english >= _ENGLISH_TEXT:
        return None
    weight = foreign + other // _LETTERS_A_WORD
    if weight < _FOREIGN_DOCUMENT or weight <= _RATIO * english:
        # A language whose function words are not listed shows by having hardly any English ones, and letters that English lacks.
        plain = len(found) >= _FEW_WORDS and english < _SCARCE * len(found)
        return identify(text) if plain and sum(map(len, _ACCENTED.findall(text))) >= _SCARCE * len(text) else None
    if other // _LETTERS_A_WORD > foreign:
        return Guess(script(text), 1.0)
    return identify(text)


def _sample(text: str) -> str:
    """Return a text, or its beginning, middle and end: a page that is wholly in one language shows it there."""
    if len(text) <= 3 * _SAMPLE:
        return text
    middle = (len(text) - _SAMPLE) // 2
    return f"{text[:_SAMPLE]} {text[middle : middle + _SAMPLE]} {text[-_SAMPLE:]}"


def identify(text: str) -> Guess | None:
    """Return the language of a pooled text that is surely not English, else None. Deterministic."""
    # A second to load its profiles, so only what scripts and function words leave open comes here.
    from langdetect import DetectorFactory, detect_langs  # noqa: PLC0415
    from langdetect.lang_detect_exception import LangDetectException  # noqa: PLC0415

    DetectorFactory.seed = 0
    try:
        best = detect_langs(text[:_SAMPLE].lower())[0]
    except LangDetectException:
        return None
    if best.lang == "en" or best.prob < _SURE:
        return None
    return Guess(best.lang, round(best.prob, 3))
