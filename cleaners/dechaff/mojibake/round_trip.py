"""Lines that are UTF-8 from end to end once they are bytes again: by chance that happens to hardly any text."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from ftfy.badness import badness, is_bad

from dechaff import spelling
from dechaff.mojibake.pages import EAST_ASIAN, PAGES, as_utf8, beyond_ascii, possible, sound

if TYPE_CHECKING:
    from collections.abc import Sequence

_SURE, _SURE_EAST_ASIAN = 2, 3
"""Sequences from which a round trip counts by itself. Of 64,163 sound lines in 21 pages one has a round trip, of a single sequence; in
an East Asian page two characters of Chinese can be valid UTF-8 by chance."""
_FEW = 3
_RARE = re.compile("[\u0100-\u036f\u0460-\u058f\u0700-\u08ff]")
_LATIN = re.compile("[\u0000-\u024f\u1e00-\u1eff\u2000-\u2bff]*")
_GLUED = re.compile("[A-Za-z][\u2e80-\uffef]|[\u2e80-\uffef][A-Za-z]")
_BROKEN_TWICE = "\u951f"  # a surname's character, seen otherwise only where U+FFFD in UTF-8 was read as GBK
_CONTESTED, _SAMPLE = 12, 800  # lines and characters that settle which of two pages it was
_DEEPEST = 4  # text damaged more often in the same way was never met


class Trip(NamedTuple):
    """A line read again."""

    text: str
    pages: tuple[str, ...]
    """What it was read with, the last time first."""
    sequences: int
    """How many characters the first reading made from several bytes."""


def trips(text: str, known: frozenset[str] = frozenset()) -> list[Trip]:
    """Return all certain ways to read a line again, the usual pages first.

    Args:
        text: The line.
        known: Pages that other lines of the document were certainly read with: for those one sequence is enough.
    """
    return [trip for trip in _trips(text, _DEEPEST) if _certain(text, trip) or _in_company(text, trip, known)]


def _certain(text: str, trip: Trip) -> bool:
    """Return whether a line is enough to show that it was read wrongly.

    A few capitals, accents or frames can be valid UTF-8 by chance: a letter that few languages have counts only for text that looks wrong.
    """
    if trip.sequences < _needed(trip.pages[0]):
        return False
    if trip.pages[0] in EAST_ASIAN and _LATIN.fullmatch(trip.text) and not _GLUED.search(text):
        return False  # characters that a text names stand alone, letters in words
    if not _RARE.search(trip.text):
        return True
    return beyond_ascii("".join(set(trip.text))) > _FEW or is_bad(text)


def _in_company(text: str, trip: Trip, known: frozenset[str]) -> bool:
    """Return whether a single sequence is credible because other lines were read with its page.

    Two characters of an East Asian text can be one by chance, so among those only a Latin letter or sign in a Latin text counts.
    """
    page = trip.pages[0]
    if page not in known:
        return page == "gbk" and _BROKEN_TWICE in text
    return page not in EAST_ASIAN or (
        all(character < "\u0250" or "\u2000" <= character < "\u2100" for character in trip.text)
        and sum(map(str.isascii, text)) > len(text) // 2
    )


def order(found: Sequence[Sequence[Trip]]) -> dict[tuple[str, ...], int]:
    """Return the ranks of all ways in which lines of a document can be read again: the one that fits most lines is first.

    Those that fit as many are told apart by what they make of the lines: it should be spelled like a language.
    """
    votes = Counter(trip.pages for trips in found for trip in trips)
    rivals = [pages for pages, count in votes.items() if 4 * count >= 3 * max(votes.values())]
    spelled: dict[tuple[str, ...], float] = dict.fromkeys(votes, 0.0)
    if len(rivals) > 1:
        contested = [{trip.pages: trip.text for trip in trips} for trips in found if len({trip.text for trip in trips}) > 1]
        for pages in rivals:
            text = "\n".join(texts.get(pages, "") for texts in contested[:_CONTESTED])[:_SAMPLE]
            odd = badness(text) + sum("\u0530" <= character <= "\u058f" or "\u0700" <= character <= "\u08ff" for character in text)
            spelled[pages] = spelling.likeness(text, tuple(spelling.nearest(text, count=1))) - 5 * odd if text else 0.0
    usual = {page: number for number, page in enumerate(PAGES)}
    ranked = sorted(
        votes, key=lambda pages: (pages not in rivals, -spelled[pages], -votes[pages], len(pages), [usual[page] for page in pages])
    )
    return {pages: rank for rank, pages in enumerate(ranked)}


def _needed(page: str) -> int:
    return _SURE_EAST_ASIAN if page in EAST_ASIAN else _SURE


def _trips(text: str, depth: int) -> list[Trip]:
    """Return all ways to read a text again that lead to sound text, over unsound text if need be."""
    found = []
    for page in possible(text):
        new = as_utf8(text, page)
        if new is None or new == text:
            continue
        sequences = beyond_ascii(new)
        if sound(new):
            found.append(Trip(new, (page,), sequences))
        elif depth > 1:
            found += [Trip(trip.text, (page, *trip.pages), sequences) for trip in _trips(new, depth - 1)]
    return found
