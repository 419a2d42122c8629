"""How sure it is that a line is in another language than those that are kept: scripts counted exactly, and one score for Latin letters."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from dechaff.language import ENGLISH, SPACELESS, TABLE, is_latin, script_letters
from dechaff.language_score import TOKENS, score
from dechaff.lines import bare

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["neutral", "script", "latin"]

# The shares and the least score are judgement. With the values in brackets one footer of 1,424 more or fewer goes whole on one seed of
# interface strings, and none of 102,608 lines that must stay is lost.
_SHARE = 0.3  # (0.2, 0.4) of a line's letters in another script, from which the line is not English
_PROSE = 2  # English function words that make a line with other scripts English all the same
_ENGLISH_SHARE = 0.1  # (0.05, 0.15) of a line's words that are English function words, from which it is English around a quotation
_MIXED = 0.6  # (0.3, 1.2) the least score of a line with letters of another script and no function word of English: a brand among them
_LETTERS_A_WORD = 2.2  # in Chinese and Japanese: dictionaries' words, weighed by use
_SYLLABIC_A_WORD = 5.6  # in Thai, Lao, Burmese, Khmer, vowel signs counted: letters to each word of the English of 2,134 messages
_KANA = "\u3040"  # the first letter of East Asia; those of other scripts without spaces come before it
_LETTERS = 3  # of a word in another alphabet: fewer are symbols, as in μm and κB
_CAPITALS = 5  # letters of a word in capitals, up to which it has no language: TOP, RSS, FAQ
_LONGEST = 2000  # code points: no footer has a longer line
_SURE = 8.0  # nats: the score of a line whose script alone decides, and the most that any line can have

# What stands in lines of every language, and says nothing of theirs.
_NO_LANGUAGE = re.compile(
    r"""
      \bcopyright\b | © | \(c\)(?=\W) | ℗ | ®
    | (?:https?://|www\.)[^\s]+ | [^\s@]{1,64}@[^\s@]+\.[a-z]{2,}
    | \b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|edu|gov|info|io|eu|co)\b(?:/[^\s]*)?
    | \ball\ rights\ reserved\b | \be-?mail\b | \btel\b | \bfax\b | \bcookies?\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Without one of these in its lower case, a line of ASCII has none of that.
_HINTS = (
    *("copyright", "(c)", "http", "www.", "@", "rights", "mail", "tel", "fax", "cookie"),
    *(".org", ".net", ".edu", ".gov", ".info", ".io", ".eu", ".co"),
)
LETTERS = re.compile(r"[^\W\d_]+")
# The original of a name or a word, in brackets after two words or more: "Borscht (борщ), kvass (квас)" is as English as it is without.
_GLOSS = re.compile("(?<=[A-Za-z\xc0-\u024f\u1e00-\u1eff] )[(（][^()（）A-Za-z]{1,80}[)）]")
_GLOSSED = 2
STRONG = frozenset(TABLE["strong_english"]["words"].split())
"""Function words of English that are hardly words of another language."""


class Evidence(NamedTuple):
    """What a line by itself says of its language."""

    kind: Kind
    """`neutral` without words of any language, `script` in other letters than Latin, `latin` otherwise."""
    score: float
    """Logarithm of the odds that it is in another language than English; 0 for a neutral line."""
    language: str
    """The likeliest one but English; empty for a neutral line."""
    words: int
    """How many it has; two East Asian letters are about one."""
    english: int
    """Function words that are English and nothing else."""
    known: int
    """Words that are counted in that language and not in English, or written with accents in lower case."""


NEUTRAL = Evidence("neutral", 0.0, "", 0, 0, 0)


def stripped(line: str) -> str:
    """Return a line without what says nothing of its language: copyright signs, addresses, bullets.

    >>> stripped("• Copyright © 2024 Haus der Leber")
    '2024 Haus der Leber'
    """
    text = bare(line)
    if len(text) > _LONGEST:
        text = text[:_LONGEST]
    if text.isascii():
        low = text.lower()
        if not any(hint in low for hint in _HINTS):
            return " ".join(text.split())
    return " ".join(_NO_LANGUAGE.sub(" ", text).split())


@lru_cache(maxsize=1 << 16)
def evidence(line: str, language: str = "", kept: tuple[str, ...] = ("en",)) -> Evidence:
    """Return what a line says of its language.

    Args:
        line: The line.
        language: Judge it as a line of this language, not of its likeliest.
        kept: ISO 639 codes of the languages that are no chaff here; the score is against the likeliest of them.
    """
    if "en" in kept and (plain := plain_english(line, kept)):
        return plain
    text = stripped(line)
    other, script = script_letters(text, kept)
    if other:
        text = _unglossed(text)
        other, script = script_letters(text, kept)
    tokens = TOKENS.findall(text)
    runs = [*map(len, LETTERS.findall(text))]
    total = sum(runs)
    strong = sum(token.lower() in STRONG for token in tokens)
    if other and other >= _SHARE * total and strong < _PROSE:
        return Evidence("script", _SURE, script, max(len(text.split()), _spaceless_words(text)), strong, len(tokens))
    if total < 2 or max(runs) < 2 or (text.isupper() and len(text) <= _CAPITALS):
        return NEUTRAL
    if strong >= _PROSE and "en" in kept and strong >= _ENGLISH_SHARE * len(tokens):
        return Evidence("latin", -_SURE, "en", len(tokens), strong, 0)
    seen = _in_latin_letters(text, language, kept, len(tokens), strong)
    return seen if strong or not other or seen is NEUTRAL else _mixed(seen, tokens, script)


def _in_latin_letters(text: str, language: str, kept: tuple[str, ...], words: int, strong: int) -> Evidence:
    """Return what the words of a line in Latin letters say."""
    found = score(text, language, kept)
    return NEUTRAL if found is None else Evidence("latin", max(-_SURE, min(_SURE, found.odds)), found.language, words, strong, found.known)


def _mixed(seen: Evidence, tokens: Sequence[str], script: str) -> Evidence:
    """Return what a line says that has words in another script among those in Latin letters, which may be brands."""
    if any(map(_is_lower_case, tokens)) and not any(token.lower() in ENGLISH for token in tokens):
        return Evidence("script", _SURE, script, len(tokens), 0, len(tokens))
    return seen._replace(score=_MIXED, language=script) if seen.score < _MIXED else seen


def _unglossed(text: str) -> str:
    """Return a line without what only repeats its words in their own letters.

    >>> _unglossed("Dr Pavel Orlov (Павел Орлов)")
    'Dr Pavel Orlov  '
    """
    without = _GLOSS.sub(" ", text)
    return without if len(LETTERS.findall(without)) >= _GLOSSED else text


def _is_lower_case(token: str) -> bool:
    """Return whether a word is in lower case in another alphabet, as names are not: what stands around it is no English."""
    return len(token) >= _LETTERS and token.islower() and token[0] != token[0].title() and not any(map(is_latin, token))


def _spaceless_words(text: str) -> int:
    """Return about how many words there are in scripts that put no spaces between them."""
    letters = SPACELESS.findall(text)
    syllabic = sum(1 for letter in letters if letter < _KANA)
    return round((len(letters) - syllabic) / _LETTERS_A_WORD + syllabic / _SYLLABIC_A_WORD)


def plain_english(line: str, kept: tuple[str, ...]) -> Evidence | None:
    """Return the evidence of a line whose function words alone show that it is English: nearly every line of prose, at little cost."""
    found = line.lower().split()
    strong = sum(map(STRONG.__contains__, found))
    if strong < max(_PROSE, _ENGLISH_SHARE * len(found)) or script_letters(line, kept)[0]:
        return None
    return Evidence("latin", -_SURE, "en", len(found), strong, 0)
