"""Text in one legacy code page that was read as another: found by spelling, over a whole document."""

from __future__ import annotations

import re
from operator import ne
from typing import TYPE_CHECKING, NamedTuple

from dechaff import codepages, spelling
from dechaff.mojibake.pages import shown, sound

if TYPE_CHECKING:
    from collections.abc import Sequence

_READ = ("sloppy-windows-1252", "mac-roman", "cp437", "sloppy-windows-1250", "sloppy-windows-1251", "koi8-r", "cp850")
"""What text is read as by mistake: the default of a system, its console, or its neighbour's."""
_MARKS = "†‡‰‹›⁄€™‚„“”ˆ˜\u2200-\u22ff\u2310-\u2321"  # that code pages have, but those that sound words have within: ’‘–—…•
_FRAMES = "\u0370-\u03ff\u2500-\u259f"
_SIGNS = (
    # Signs or capitals inside a word; frames, fractions or Greek letters beside a Latin one. Each pattern begins with a class, which the
    # engine finds fast.
    re.compile(
        f"[\xa1-\xac\xae-\xb6\xb8-\xbfÀ-ÖØ-Þ{_FRAMES}{_MARKS}]"
        f"(?:(?<=[a-z][À-ÖØ-Þ{_FRAMES}])"
        f"|(?=[a-z])(?<=[\xa2-\xa6\xa8\xac\xaf\xb1-\xb4\xb6\xb8\xb9\xbb-\xbe{_FRAMES}])"
        "|(?=[a-zß-ÿ])(?<=[a-zß-ÿ].))"
    ),
    re.compile(r"[\xa1-\xac\xae-\xff](?<=[\xa1-\xac\xae-\xff]{4})"),  # a word of accents alone
    re.compile("[А-Я](?<=[а-я].)"),
)
_CODE = re.compile("[0-9_]")  # what formulas and names in code have
_WORDS, _SHARE = 2, 0.05
"""Different words with such a sign, and their share of those beyond ASCII: 6 of 499 English pages have as many, none of 290 sound documents
in 29 languages, and 68 of 84 that were misread."""
TOUCHED = re.compile(
    "[\xa1-\xff\u0370-\u03ffА-Я\u2010-\u266f]"
    "(?:(?=[a-zß-ÿ])(?<=[a-zß-ÿ][\xa1-\xbf\u2010-\u266fÀ-ÖØ-Þ])"
    "|(?<=[\xa1-\xff]{4})"
    "|(?<=[а-я][А-Я])"
    "|(?=[a-z])(?<=[\u2500-\u25ff\u0370-\u03ff\xa1-\xbf])"
    "|(?<=[a-z][\u2500-\u25ff\u0370-\u03ffÀ-ÖØ-Þ]))"
)
"""What lines of a misread page have, and many of a sound one: an apostrophe is enough."""
_LETTERS = re.compile("[^\x00-\x7f]")
_GAIN = 3.0  # natural logarithm by which every changed character has to be likelier, on the average over the document,
_TOTAL = 20.0  # and all together
_LINE = 4.0  # and of a single line: less is one letter of a foreign name
_SOUND, _FITS = -3.6, -4.6
"""Likelihood, a letter, of words with accents: sound text in a language with a model has -2.4 to -3.7 (Thai and Hindi -5.1), text that one
page was mistaken in for another -4 to -13."""


class Swap(NamedTuple):
    """How a document was misread."""

    read: str
    meant: str
    languages: tuple[str, ...]

    @property
    def cause(self) -> str:
        """What was done to the text."""
        return f"{shown(self.meant)} read as {shown(self.read)}"


def likely(text: str, lines: str) -> bool:
    """Return whether enough words of a text, within some of its lines, hold what sound text does not; if not, spelling is not asked."""
    if not any(sign.search(lines) for sign in _SIGNS):
        return False
    words = {word for word in lines.split() if not word.isascii() and not _CODE.search(word)}
    odd = sum(any(sign.search(word) for sign in _SIGNS) for word in words)
    return odd >= _WORDS and odd >= _SHARE * len({word for word in text.split() if not word.isascii()})


def find(lines: Sequence[str]) -> Swap | None:
    """Return the two code pages that some lines of a document were confused by, if spelling shows it beyond doubt."""
    text = "\n".join(line for line in lines if TOUCHED.search(line))
    if not likely(text, text):
        return None
    if _fit(text, tuple(spelling.nearest(text, count=2))) > _SOUND:
        return None
    found = [swap for read in _READ if (swap := _meant(text, read))]
    return max(found, key=lambda one: one[0])[1] if found else None


def _meant(text: str, read: str) -> tuple[float, Swap] | None:
    """Return by how much a text is likelier if it was in the page that its bytes, as read with another, look like."""
    lines = [line for line in text.split("\n") if _encodes(line, read)]
    if 2 * len(lines) < text.count("\n") + 1:
        return None
    same = "\n".join(lines)
    raw = same.encode(read)
    page = codepages.codec(codepages.detect(raw))
    new = raw.decode(page, "replace")
    if page == read or not sound(new) or "\ufffd" in new:
        return None
    if page in codepages.MULTIBYTE:
        dense = 2 * len(_SOUP.findall(same)) >= len(lines) and len(_EAST_ASIAN.findall(new)) >= _MOSTLY * len(_LETTERS.findall(new))
        return (10.0 * len(new), Swap(read, page, ())) if dense else None
    languages = tuple(spelling.nearest(new, count=2))
    gain = _words(new, languages) - _words(same, tuple(spelling.nearest(same, count=2)))
    changed = sum(map(ne, same, new))
    if gain < max(_TOTAL, _GAIN * changed) or _fit(new, languages) < _FITS:
        return None
    return gain, Swap(read, page, languages)


_SOUP = re.compile("[\x80-\xff\u0152-\u017e\u0192\u02c6\u02dc\u2013-\u2122]{6}")
_EAST_ASIAN = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffef]")
_MOSTLY = 0.9


def _fit(text: str, languages: tuple[str, ...]) -> float:
    """Return the average likelihood of a letter in words with characters beyond ASCII."""
    letters = sum(character.isalpha() or character > "\x7f" for word in text.split() if not word.isascii() for character in word)
    return _words(text, languages) / (letters or 1)


def apply(line: str, swap: Swap) -> str:
    """Return a line as it was meant, if that is better spelled."""
    if not _encodes(line, swap.read):
        return line
    try:
        new = line.encode(swap.read).decode(swap.meant)
    except UnicodeDecodeError:
        return line
    if new == line or not sound(new):
        return line
    if not swap.languages:
        return new if _SOUP.search(line) else line
    gain = _words(new, swap.languages) - _words(line, swap.languages)
    return new if gain > max(_LINE, sum(map(ne, line, new))) else line


def _words(text: str, languages: tuple[str, ...]) -> float:
    """Return how likely the words with characters beyond ASCII are."""
    return spelling.likeness(" ".join(word for word in text.split() if not word.isascii()), languages)


def _encodes(line: str, page: str) -> bool:
    try:
        line.encode(page)
    except UnicodeEncodeError:
        return False
    return True
