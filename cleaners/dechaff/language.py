"""Which language a line, a block or a page is in: scripts counted exactly, function words, and langdetect on what they leave open."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

# Letters of other scripts than Latin. Alone or in pairs Greek ones are symbols of English science: three make a word.
_OTHER = re.compile(
    "[\u0400-\u1dbf\u1f00-\u1fff\u2c00-\u2c5f\u2c80-\u2dff\u2e80-\u2fdf\u3005-\u3007\u3021-\ua6ff\ua800-\uab2f\uab70-\ud7ff\uf900-\ufaff"
    "\ufb13-\ufdff\ufe70-\ufefc\uff66-\uffdc\U00010800-\U0001d3ff\U0001e800-\U0001efff\U00020000-\U0003ffff]"
    "|[\u0370-\u03ff]{3,}"
)
TABLE: dict[str, Any] = tomllib.loads(resources.files("dechaff").joinpath("data", "languages.toml").read_text(encoding="utf-8"))
_WORDS_OF = {language: frozenset(words.split()) for language, words in TABLE["function_words"].items()}
ENGLISH = _WORDS_OF["en"]
_FOREIGN = frozenset[str]().union(*(words for language, words in _WORDS_OF.items() if language != "en")) - ENGLISH
FOREIGN_WORDS = _FOREIGN - frozenset(TABLE["ambiguous"]["words"].split())
_HEADINGS, _SPACELESS_HEADINGS = ("|".join(TABLE["abstract"][name]) for name in ("headings", "spaceless"))
ABSTRACT = re.compile(rf"(?:{_HEADINGS})\s*(?:[:：.．。|—–-].*|/\s*\w+(?:\s*[:：.].*)?)?|(?:{_SPACELESS_HEADINGS})\s.*", re.IGNORECASE)
"""Matches the whole of a line that heads an abstract in another language, with text after it or without."""
_SURE = 0.9  # probability that langdetect must give; on pooled text it gives the true language 0.99 and more
_SAMPLE = 2000  # code points that are enough to tell a language: langdetect's answer has settled long before


# The language that a script is first thought of, and letters that only others have: enough to name a block, not to sort languages.
_MAINLY = dict(pair.split(":") for pair in TABLE["scripts"]["mainly"].split())
_TELLING = {
    name: [(frozenset(letters), code) for letters, code in (pair.split(":") for pair in pairs.split())]
    for name, pairs in TABLE["scripts"]["telling"].items()
}
_USES = {name: frozenset([_MAINLY[name], *more.split()]) for name, more in TABLE["scripts"]["also"].items()} | {
    name: frozenset([code]) for name, code in _MAINLY.items() if name not in TABLE["scripts"]["also"]
}


Blocks = Literal["edges", "all"]
Engine = Literal["profiles", "langdetect"]


class Languages(NamedTuple):
    """What is asked of the stages that look at languages."""

    kept: tuple[str, ...] = ("en",)
    """ISO 639 codes of the languages that are content here."""
    blocks: Blocks = "edges"
    """Which foreign blocks go: those at the edges of a page, or those amid its text too."""
    engine: Engine = "profiles"
    """What confirms the language of a block in Latin letters."""


def known() -> frozenset[str]:
    """Return the ISO 639 codes of all languages that can be told apart: by their words, or by their script."""
    return frozenset(TABLE["languages"]["latin"].split()).union(*_USES.values())


class Guess(NamedTuple):
    """A language, by ISO 639 code or by the name of its script, and how sure that is."""

    language: str
    probability: float


SPACELESS = re.compile("[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Matches a letter of a script that puts no spaces between words."""


def is_latin(word: str) -> bool:
    """Return whether a word is in Latin letters, those of Azeri and Vietnamese among them."""
    return word.isascii() or all(letter < "\u0250" or "\u1e00" <= letter <= "\u1eff" or letter in "’ə" for letter in word)


@lru_cache(maxsize=1 << 12)
def _script_of(letter: str) -> str:
    return unicodedata.name(letter, "unknown").split()[0].split("-")[0].lower()


def script_letters(text: str, kept: Collection[str] = ("en",)) -> tuple[int, str]:
    """Return how many letters are in scripts that no kept language is written in, and the language that most of them are in.

    >>> script_letters("Copyright 北京")
    (2, 'zh')
    >>> script_letters("Copyright 北京", ("en", "zh"))
    (0, '')
    """
    if text.isascii():
        return 0, ""
    names = Counter(_script_of(letter) for run in _OTHER.findall(text) for letter in run)
    for name in [name for name in names if _USES.get(name, frozenset()) & frozenset(kept)]:
        del names[name]
    if not names:
        return 0, ""
    most = min(names, key=lambda name: (-names[name], name))
    if most == "cjk" and names["hiragana"] + names["katakana"]:
        return sum(names.values()), "ja"
    return sum(names.values()), next((code for letters, code in _TELLING.get(most, ()) if letters & set(text)), _MAINLY.get(most, most))


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
