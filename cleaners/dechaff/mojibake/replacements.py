"""U+FFFD, where what stands around it leaves one answer to what was lost."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from dechaff import spelling
from dechaff.mojibake import accents
from dechaff.mojibake.accents import LOST
from dechaff.mojibake.likelihood import alphabet
from dechaff.mojibake.losses import MARGIN

if TYPE_CHECKING:
    from collections.abc import Sequence

_HOLE = re.compile("(?<!\ufffd)\ufffd(?!\ufffd)")  # several in a row are more than one character, or one of several bytes
_ENDINGS = re.compile(r"(?:s|t|re|ve|ll|d|m)(?![^\W_])", re.IGNORECASE)
_WORD_BEFORE, _WORD_AFTER = re.compile(r"[^\W\d_]*\Z"), re.compile(r"[^\W\d_]*")
_WORD = re.compile("[^\\W\\d_]*\ufffd[^\\W_\ufffd]*")
_DASH = re.compile("(?<= )[–—](?= )")
_DOUBLE = re.compile("[“”]")
_STRAIGHT, _INSIDE = re.compile('(?<![^\\s([])"(?=[^\\W_])'), re.compile("[.,]\ufffd(?![^\\W_])")
_CLIPPED = re.compile("(?:em|til|tis|twas|cause|n|round|bout|cuz)(?![^\\W_])|[0-9]0s(?![^\\W_])", re.IGNORECASE)
"""What English begins with an apostrophe."""
# A number, a hole and a number: possessive, so that a run of digits is read twice at most, however long it is.
_NUMBERS = re.compile("(?<![\\d.,])([\\d.,]++)\ufffd(?=(\\d[\\d.,]*+))")
_CHAINED = re.compile("\ufffd\\d[\\d.,]*+\ufffd")
_DECIMAL = re.compile("(?<![\\d.,])0\ufffd\\d")
_WHOLE = re.compile(r"\d{2,9}|\d{1,3}(?:,\d{3}){1,2}")
_POWER = re.compile(r"10(?:[2-9]|1\d)")
"""A power of ten that lost its raised digits: "12 x 106 cells"."""
_SHORT = 2  # letters of the parts that a dash joins
# How much likelier the best letters have to be than the next: a wrong letter is worse than a missing one. Of 1,420 lines in 29 language
# sets that lost characters 437 come back exactly, and 49 words wrongly; with 4 447 and 86, with 6 423 and 34.
_SURE = 5.0
_BEAM = 24  # unfinished words that are followed up; with 8, and with 48, the same lines come back
_MOST_HOLES = 3  # in a word that spelling alone fills
_NEAR = 2000  # code points on either side that are looked at: more than any quotation takes, and a line of a megabyte stays linear
_LONG_WORD = 100  # code points: longer than any word or number


class Evidence(NamedTuple):
    """What the intact parts of a document show of its habits."""

    languages: tuple[str, ...]
    """What it is in, likeliest first."""
    dash: str
    """The one dash that it sets between spaces; empty if both or none."""
    doubles: bool
    """Whether what is quoted stands in curly double quotes: unless intact ones are straight, and none ends behind a stop."""
    decimals: bool = False
    """Whether a number begins with 0 and a hole, as in 0\\ufffd82: what it lost between digits is raised decimal points."""


def evidence(text: str, languages: Sequence[str]) -> Evidence:
    """Return what a document shows of its habits."""
    dashes = set(_DASH.findall(text))
    double = _STRAIGHT.search(text) is None or _INSIDE.search(text) is not None
    dash = dashes.pop() if len(dashes) == 1 else ""
    return Evidence(tuple(languages), dash, bool(_DOUBLE.search(text)) or double, _DECIMAL.search(text) is not None)


def fill(line: str, known: Evidence) -> str:
    """Return a line with those replacement characters filled that can only have been one character."""
    if "en" in known.languages:
        return _english(line, known)
    return _WORD.sub(lambda match: _spelled(match[0], known.languages[0]), line)


def _english(line: str, known: Evidence) -> str:
    line = accents.restore(line)
    pieces: list[str] = []
    done = 0
    quoted = False
    ranges = frozenset() if known.decimals else _ranges(line)
    for match in _HOLE.finditer(line):
        before, after = line[max(0, match.start() - _NEAR) : match.start()], line[match.end() : match.end() + _NEAR]
        new = "–" if match.start() in ranges else _mark(before, after, known, quoted=quoted)
        if new in {"“", "”"}:
            quoted = new == "“"
        pieces += line[done : match.start()], new or LOST
        done = match.end()
    return "".join((*pieces, line[done:]))


def _mark(before: str, after: str, known: Evidence, *, quoted: bool) -> str:  # noqa: PLR0911  one answer a kind of place
    """Return what stood between two parts of an English line, or nothing if that is open."""
    last, following = before[-1:] or " ", after[:1] or " "
    if last.isalpha() and following.isalpha():
        return _inside(before, after)
    if last.isdigit() and following in "$£":
        return "–"
    if last.isspace() and following.isspace():
        return known.dash if before.strip() and after.strip() else ""
    if (last.isspace() or last in '([—"') and (following.isalnum() or following in "[($") and LOST not in after[:2]:
        if _CLIPPED.match(after):
            return "’" if not _closed(after) else ""
        return "“" if known.doubles and _closed(after) else ""
    if (last.isalpha() or last in ".,!?)%") and (following.isspace() or following in ".,;:)!?]"):
        if quoted or (last in ".,!?" and known.doubles):
            return "”"
        return "’" if last == "s" and re.match(" [a-z]", after) and not re.search("(?:^|[\\s(])\ufffd[^\\W_]", before) else ""
    return ""


def _ranges(line: str) -> frozenset[int]:
    """Return which holes can only have been the dash of a range: between whole numbers that rise, the first of two digits or more.

    Numbers of one digit are as often sizes, heights and powers (3x4, 5'11, 1x106), and with a decimal point lost 2.10 rises too. One pair
    that is no range makes all of its line doubtful: what stood between the others was likely the same.
    """
    found = {match.end(1): (match[1], match[2].rstrip(".,")) for match in _NUMBERS.finditer(line)}
    if any(_falls(*pair) for pair in found.values()) or _CHAINED.search(line):
        return frozenset()
    whole = {at: pair for at, pair in found.items() if all(map(_WHOLE.fullmatch, pair))}
    return frozenset(at for at, pair in whole.items() if not _is_power(*pair))


def _falls(left: str, right: str) -> bool:
    """Return whether two numbers are no range: the second is not the larger one, or one begins as the digits after a point may."""
    low, high = (re.sub(r"\D", "", number)[:9] for number in (left, right))
    return low.startswith("0") or (len(high) > 1 and high.startswith("0")) or not low or int(low) >= int(high)


def _is_power(left: str, right: str) -> bool:
    return len(left) < len(right) and _POWER.fullmatch(right) is not None


def _inside(before: str, after: str) -> str:
    """Return what stood between two letters of an English text: an apostrophe, a dash, or an accented letter."""
    head, tail = _WORD_BEFORE.search(before[-_LONG_WORD:]), _WORD_AFTER.match(after[:_LONG_WORD])
    assert head
    assert tail
    left, right = head[0], tail[0]
    apart = _likely(left) + _likely(right)
    letter = max(((_likely(left + one + right), one) for one in _ACCENTS), default=(-99.0, ""))
    if _ENDINGS.match(after) and not right[len(right.rstrip()) :]:
        return "’" if apart - 2 > letter[0] + MARGIN else ""
    if left in {"O", "D", "L", "d", "l", "o", "y"} and right[:1].isalpha():
        return "’" if left in "OD" and right[:1].isupper() else ""
    if left[:1].isupper() and right[:1].isupper():
        return ""  # two names can be joined by a shorter dash
    if len(left) >= _SHORT and len(right) >= _SHORT and apart - 2 > letter[0] + MARGIN:
        return "—"
    return ""


_ACCENTS = "éèêëáàâãäåíìîïóòôöõøúùûüñçß"


@lru_cache(maxsize=1 << 14)
def _likely(word: str) -> float:
    return spelling.model("en").score(spelling.fold(word))


def _closed(after: str) -> bool:
    """Return whether a quotation that begins here ends on the same line, before another begins."""
    ends = re.search("(?<=[^\\W_.,!?…)%])\ufffd(?![^\\W_])|(?<=[.,!?…)%])\ufffd(?![^\\W_])|”", after)
    begins = re.search("(?:^|(?<=[\\s(\\[]))[\ufffd“](?=[^\\W_])", after)
    return ends is not None and (begins is None or ends.start() < begins.start())


@lru_cache(maxsize=1 << 14)
def _spelled(word: str, language: str) -> str:
    """Return a word of another language with its lost letters, if spelling leaves no doubt of them."""
    holes = word.count(LOST)
    if holes > _MOST_HOLES or len(word) <= holes + 1:
        return word
    letters = [letter for letter, _ in alphabet(language) if letter.isalpha() and (letter.islower() or word.startswith(LOST))]
    ways = [(0.0, "")]
    for position, part in enumerate(word.split(LOST)):
        fillers = letters if position else [""]
        ways = [(0.0, text + filler + part) for _, text in ways for filler in fillers]
        ways = sorted(((_score(text, language), text) for _, text in ways), reverse=True)[:_BEAM]
    if len(ways) < 2 or ways[0][0] - ways[1][0] < _SURE:
        return word
    return ways[0][1]


@lru_cache(maxsize=1 << 14)
def _score(text: str, language: str) -> float:
    capital = -2.5 if text[:1].isupper() and text[:1] > "\x7f" else 0.0
    return spelling.likeness(f" {text} ", (language,)) + capital
