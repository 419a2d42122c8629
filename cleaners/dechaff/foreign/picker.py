"""Language pickers: three languages or more, each named in itself, on one line or on many."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources

from dechaff.language import is_latin
from dechaff.lines import bare

FEWEST = 3
"""Names that make a picker: two stand together in sentences and in bilingual bylines."""
_LONGEST = 1000  # code points of a picker on one line
_WORDS = 4  # of the longest name of a language
_SEPARATORS = re.compile(r"\s*[|·•,;/–—]\s*|\s{2,}|\t")
_VARIANT = re.compile(r"\s*[(（][^()（）]*[)）]\s*$|\s(?:de|do|da|del)\s[^.,;:]{3,24}$")  # where it is spoken or how it is written
_SHARE = 3  # pieces of a line of separated names to one that we know: of what languages call themselves CLDR has a third
_BEGIN = re.compile(r"[\s|·•,;/–—(（]+")  # what stands before the name of a language, or after its first word


@cache
def _autonyms() -> frozenset[str]:
    text = resources.files("dechaff").joinpath("data", "autonyms.txt").read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    return frozenset(name.strip() for line in lines for name in line.split("|")) - {""}


@cache
def _first_words() -> frozenset[str]:
    return frozenset(_BEGIN.split(name)[0] for name in (*_autonyms(), "english"))


@lru_cache(maxsize=1 << 14)
def is_name(line: str) -> bool:
    """Return whether a line is the name of a language in itself.

    >>> is_name("• Deutsch (German)")
    True
    """
    text = bare(line)
    return 0 < len(text) <= _LONGEST and _is_name(text)


@lru_cache(maxsize=1 << 14)
def names(line: str) -> tuple[int, int]:
    """Return how many languages a line names, each in itself, and how many words of the line are anything else.

    >>> names("English | Deutsch | Français")
    (3, 0)
    >>> names("The Deutsch algorithm")
    (1, 2)
    """
    text = bare(line)
    if not text or len(text) > _LONGEST or not any(map(_first_words().__contains__, _BEGIN.split(text.casefold()))):
        return 0, len(text.split())
    if _is_name(text):
        return 1, 0
    pieces = [piece for piece in _SEPARATORS.split(text) if piece]
    if len(pieces) >= FEWEST:
        known = [piece for piece in pieces if _is_name(piece)]
        rest = sum(len(piece.split()) for piece in pieces if not _is_name(piece))
        return (len(pieces), 0) if _are_names(pieces, known) else (len(known), rest)
    return _run_together(text.split())


def _are_names(pieces: list[str], known: list[str]) -> bool:
    """Return whether all pieces of a line are taken for names of languages: short, and enough of them known, in more than one script."""
    return (
        len(known) > max(FEWEST, len(pieces) // _SHARE)
        and all(len(piece.split()) <= _WORDS for piece in pieces)
        and len({is_latin(name) for name in known}) > 1
    )


def _is_name(text: str) -> bool:
    low = text.casefold()
    return low in _autonyms() or low == "english" or ((low[-1:] in ")）" or " d" in low) and _VARIANT.sub("", low) in _autonyms())


def _run_together(tokens: list[str]) -> tuple[int, int]:
    """Count names that only spaces stand between, the longest first."""
    count = rest = i = 0
    while i < len(tokens):
        size = next((size for size in range(min(_WORDS, len(tokens) - i), 0, -1) if _is_name(" ".join(tokens[i : i + size]))), 0)
        count += size > 0
        rest += size == 0
        i += size or 1
    return count, rest
