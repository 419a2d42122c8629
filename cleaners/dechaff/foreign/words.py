"""Lists of words in many languages, looked for anywhere in a line: of most lines an automaton says at once that they have none."""

from __future__ import annotations

import re
from functools import cached_property

import re2

from dechaff.language import TABLE

LONGEST = 2000
"""Code points that are looked at: no title, notice or reference is longer."""
_MEMORY = 64 << 20  # bytes that an automaton may grow to; they keep to a tenth of it on 100,000 lines in 57 languages
_ASSERTION = re.compile(r"\(\?<?[!=](?:[^()]|\([^()]*\))*\)|\\b")
_PIECE = re.compile(r"\[(?:\\.|[^\]\\])*\]|\\.|[^\\\[]+")
_WIDER = {r"\w": r"\S", r"\d": r"\pN", r"\s": "."}  # RE2 knows these classes in ASCII alone


class Words:
    """The words of one list of `data/languages.toml`: regular expressions, in any case.

    Python's `re` tries every alternative at every letter, and the lists have hundreds. So RE2 comes first, with a pattern that matches
    wherever the list does and a little more: without look-around and edges of words, and with letters folded.
    """

    def __init__(self, name: str) -> None:
        """Take a list by its name; it is compiled when the first line is asked about."""
        self._source = "|".join(TABLE[name]["words"])

    @cached_property
    def _exact(self) -> re.Pattern[str]:
        return re.compile(self._source, re.IGNORECASE)

    @cached_property
    def _wider(self) -> re2._Regexp[bytes]:
        options = re2.Options()
        options.max_mem = _MEMORY
        options.never_capture = True
        return re2.compile("".join(map(_widened, _PIECE.findall(_ASSERTION.sub("", self._source)))).encode(), options)

    def within(self, line: str) -> bool:
        """Return whether a line has one of the words."""
        text = line[:LONGEST]
        return self._wider.search(_folded(text).encode("utf-8", "surrogatepass")) is not None and self._exact.search(text) is not None


def _folded(text: str) -> str:
    """Return a text with all letters alike that `re` takes for the same in any case: the two Turkish letters too."""
    return text.casefold().replace("i\u0307", "i").replace("ı", "i")


def _widened(piece: str) -> str:
    if piece[0] == "[":
        return _folded(piece).replace(r"\d", r"\pN")
    return _WIDER.get(piece, piece) if piece[0] == "\\" else _folded(piece)
