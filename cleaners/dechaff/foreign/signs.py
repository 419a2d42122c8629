"""Which lines of a page may be in another language: two signs of it, found over the whole text before any line is looked at."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import re2

from dechaff.language import FOREIGN_WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dechaff.pages import Page

_FEWEST = 2  # signs: words with accents, letters of other scripts, different function words of other languages; a name alone has one
_ACCENT = re.compile("[\xc0-\u024f]")
_OTHER = re.compile("[\u0370-\u1fff\u2c00-\u2dff\u3040-\ud7ff\uf900-\uffef\U00010000-\U0003ffff]")
_CONTINUES, _HIGH_BITS = 0x80, 0xC0  # how a byte of UTF-8 begins that begins no letter


def suspicious(page: Page) -> list[int]:
    """Return the written lines that have signs of another language, in their order."""
    rows = page.rows
    if not rows.start.size:
        return []
    counts = np.bincount(np.searchsorted(rows.start, _places(page.text), side="right") - 1, minlength=rows.start.size)
    return [i for i in np.flatnonzero(rows.strange | (counts >= _FEWEST)).tolist() if _signs(page.lines[i]) >= _FEWEST]


def _places(text: str) -> NDArray[np.int64]:
    """Return the code points where function words of other languages begin, and where some more only seem to."""
    data = text.encode("utf-8", "surrogatepass")
    places = np.array([found.start() for found in _function_words().finditer(data)], dtype=np.int64)
    if places.size and len(data) > len(text):
        places -= np.searchsorted(np.flatnonzero((np.frombuffer(data, np.uint8) & _HIGH_BITS) == _CONTINUES), places)
    return places


@cache
def _function_words() -> re2._Regexp[bytes]:
    """Return the pattern of all of them; RE2 knows the edges of words in ASCII alone."""
    words = [rf"{_edge(word[0])}{re.escape(word)}{_edge(word[-1])}" for word in sorted(FOREIGN_WORDS)]
    return re2.compile(f"(?i){'|'.join(words)}".encode())


def _edge(letter: str) -> str:
    return r"\b" if letter.isascii() else ""


def _signs(line: str) -> int:
    """Return how many signs of another language a line has."""
    signs = len(FOREIGN_WORDS.intersection(line.lower().split()))
    if not line.isascii():
        signs += sum(1 for word in line.split() if not word.isascii() and _ACCENT.search(word)) + len(_OTHER.findall(line))
    return signs
