"""How likely a mark is where it stands: quotation marks, dashes and signs, by the habits of the language."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

PUNCTUATION = "’“”‘–—‑…«»„·•°£€©®™\xa0"
# Natural logarithms, of the order of one over how many characters of running text stand so: a wrong mark is worse than a missing one.
_AT_HOME, _LIKELY, _ABROAD, _SELDOM, _NOWHERE = -3.0, -5.5, -6.5, -9.0, -12.0
_UNDEFINED = -25.0  # what no text has
_APART = -60.0  # a space that may not break, in the middle of a word: it would make two of any
_JOINED = -4.0  # a vowel sign: a letter of Indic words, seldom written in Arabic and Hebrew ones
_CONTRACTION = -2.0  # an apostrophe within a word,
_ELIDING = frozenset({"br", "ca", "en", "fr", "ga", "it", "oc", "tr"})  # in languages that shorten words or part their endings by it
_NO_CONTRACTION = -6.0
_CONTRACTED = re.compile(r"(?<=\b[ODLdlo]’)[^\W\d_]|(?:s|t|re|ve|ll|d|m)\b|\W|$", re.IGNORECASE)  # what follows an apostrophe in English
_PAIRS = {  # what opens and closes a quotation, by the Unicode CLDR: first choice, second choice
    "“”‘’": "en",
    "«»“”": "fr es it pt ca el no ar fa ur",
    "””»»": "sv fi",
    "“”»«": "da",
    "“”„”": "nl lv",
    "“”«»": "tr",
    "“”“”": "vi",
    "„”«»": "pl ro hu hr",
    "„“»«": "cs sk sl de is",
    "„“«»": "et lt bg mk",
    "«»„“": "ru uk",
    "””“”": "he",
}
_QUOTES = {language: pairs for pairs, languages in _PAIRS.items() for language in languages.split()}
_SHORT_DASH = frozenset({"cs", "da", "de", "et", "fi", "is", "nl", "no", "sk", "sv"})  # languages that set – between spaces, and no —
_QUOTING = "“”„«»‘’"
_QUOTED = re.compile(f"(?<=(.))([{_QUOTING}])(?=(.))", re.DOTALL)
_DASHES = "–—‑…"
_OPENS, _CLOSES = " ([{/—–-“„«‘\xa0", " .,;:!?)]}/—–-”“»’…\xa0"
_SIGNS = {"•": _SELDOM, "·": _SELDOM, "£": _SELDOM, "€": _SELDOM, "©": _SELDOM, "®": _SELDOM, "™": _SELDOM, "°": _NOWHERE}
_FRENCH_SPACED = ":;!?»"


def marks_score(text: str, language: str, quoted: str) -> float:
    """Return the logarithm of how likely the marks of a text between two spaces are.

    Args:
        text: The text.
        language: What it is in, by its ISO 639 code.
        quoted: The mark that opened a quotation before, if it has not been closed.
    """
    total = 0.0
    padded = f" {text} "
    for place, character in enumerate(text, 1):
        if character > "\x7f" and not character.isalpha():
            total += placed(padded[place - 1], character, padded[place + 1], language, quoted)
            if character == "’" and language == "en" and not _CONTRACTED.match(text, place):
                total += _NO_CONTRACTION
            quoted = opened(padded[place - 1], character, padded[place + 1], quoted)
    return total


def still_open(text: str, quoted: str) -> str:
    """Return the mark that a quotation is open with after a text between two spaces, given what was open before.

    >>> still_open("„Sabrinie", ""), still_open("Sabrinie”,", "„")
    ('„', '')
    """
    for mark in () if text.isascii() else _QUOTED.finditer(f" {text} "):
        quoted = opened(mark[1], mark[2], mark[3], quoted)
    return quoted


def opened(before: str, mark: str, after: str, quoted: str) -> str:
    """Return the mark that a quotation is open with after a character, given what stands around it and what was open before."""
    if mark not in _QUOTING or (before.isalnum() and after.isalnum()):
        return quoted
    if quoted:
        return quoted if mark in "‘’" and quoted not in "‘’" else ""
    return mark if before in _OPENS and after not in _CLOSES else ""


@lru_cache(maxsize=1 << 12)
def placed(before: str, mark: str, after: str, language: str, quoted: str = "") -> float:
    """Return the logarithm of how likely a mark is between two characters; the edge of a word is a space."""
    kind = unicodedata.category(mark)
    if kind in {"Mn", "Mc"}:
        return _JOINED if before.isalpha() or unicodedata.category(before)[0] == "M" else _NOWHERE
    if kind in {"Cc", "Cn", "Co"} or mark == "\ufffd":
        return _UNDEFINED
    opening, closing = before in _OPENS and after not in _CLOSES, after in _CLOSES and before not in _OPENS
    if mark == "’" and before.isalpha() and after.isalpha():
        return _CONTRACTION if language in _ELIDING else _ABROAD
    if mark in _QUOTING and (opening or closing):
        return _quote(mark, _QUOTES.get(language, "“”‘’"), quoted, opening=opening)
    if mark in _DASHES:
        return _dash(before, mark, after, language)
    return _sign(before, mark, after, language)


def _quote(mark: str, pairs: str, quoted: str, *, opening: bool) -> float:
    """Return how likely a quotation mark is where one opens or closes, given the pairs of the language and what is open."""
    if not opening and quoted:  # what closes a quotation is decided by what opened it
        closer = pairs[1] if quoted == pairs[0] else pairs[3] if quoted == pairs[2] else "’" if quoted == "‘" else "”"
        return _AT_HOME if mark == closer else _ABROAD if mark == "’" else _NOWHERE
    first, second = (pairs[0], pairs[2]) if opening else (pairs[1], pairs[3])
    if mark == first:
        return _AT_HOME if opening else _AT_HOME - 1.0
    if mark in (second, "’") or mark in ("“„«‘" if opening else "”»"):
        return _LIKELY if opening and mark == second else _ABROAD
    return _NOWHERE


def _dash(before: str, mark: str, after: str, language: str) -> float:
    """Return how likely a dash or an ellipsis is between two characters."""
    if before == after == " ":
        short, long = (-3.0, -7.0) if language in _SHORT_DASH else (-3.0, -3.5)
        return {"–": short, "—": long, "…": -6.0}.get(mark, _NOWHERE)
    if mark == "…":
        return _ABROAD if after in _CLOSES and before not in _OPENS else _SELDOM
    if mark == "‑":
        return -8.0 if before.isalnum() and after.isalnum() else _NOWHERE
    if (before.isdigit() or before in "%°") and after.isdigit():
        return -2.0 if mark == "–" else _ABROAD
    return _SELDOM if " " in (before, after) else -6.0 if mark == "—" else _ABROAD


def _sign(before: str, mark: str, after: str, language: str) -> float:
    """Return how likely any other sign is between two characters."""
    alone = before == after == " "
    if mark == "\xa0":
        french = language == "fr" and ((before == "«" and after != " ") or (after in _FRENCH_SPACED and before != " "))
        return _AT_HOME if french or (before.isdigit() and after.isalnum()) else _APART
    if (mark == "°" and before.isdigit()) or (mark in "£€" and (before.isdigit() or after.isdigit())):
        return _AT_HOME
    if (mark in "®™" and before.isalpha()) or (alone and mark in "©®•·"):
        return -6.0
    return _SIGNS.get(mark, -11.0)
