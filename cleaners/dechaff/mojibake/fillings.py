"""What the bytes of a word can have been, some of them lost: all UTF-8 that fits, the likeliest first."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from dechaff import spelling
from dechaff.mojibake.likelihood import alphabet, score
from dechaff.mojibake.marks import placed
from dechaff.mojibake.pages import ASCII, EAST_ASIAN, WESTERN, raw

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BEAM = 24  # unfinished fillings that are followed up
_DROPPED = {  # the bytes that a page has no character for, and that readers leave out or replace
    "sloppy-windows-1252": frozenset(b"\x81\x8d\x8f\x90\x9d"),
    "latin-1": frozenset(range(0x80, 0xA0)),
}
_EXACT = frozenset((ASCII, *EAST_ASIAN))  # pages of which it is known what they lose
_ANY = frozenset(range(0x80, 0x100))
_WILD, _ASKED = -1, ord("?")
_LEFT = -30.0  # a character that stays damaged
_FOREIGN = -12.0  # a symbol or emoji, of which all is left but the byte that says so
_SYMBOL_LEADS = b"\xe2\xf0"  # of the first bytes these alone are of symbols and emoji


class Filling(NamedTuple):
    """One way to fill a word."""

    score: float
    """The logarithm of its likelihood."""
    text: str


class Voice(NamedTuple):
    """How a document speaks."""

    languages: tuple[str, ...]
    """What it is in, by ISO 639 codes, likeliest first."""
    intact: frozenset[str] = frozenset()
    """Its undamaged words in lower case."""
    dash: str = ""
    """The one dash that it sets between spaces; empty if both or none."""


def items(word: str, page: str) -> list[int | str]:
    """Return a word as bytes, lost ones as wild cards, and characters that the page lacks as they are."""
    found: list[int | str] = []
    for character in word:
        if character == "\ufffd":
            found.append(_WILD)
        elif (data := raw(character, page)) is not None:
            found += data
        else:
            found.append(character)
    return found


def fillings(word: str, page: str, voice: Voice, *, start: bool, quoted: str) -> list[Filling]:
    """Return what a word can have been before it was read with a page, likeliest first; what stays damaged is U+FFFD in it."""
    parts = items(word, page)
    letters = _letters(voice.languages)
    states: dict[int, list[tuple[float, str]]] = {0: [(0.0, "")]}
    for at in range(len(parts)):
        here = sorted(states.pop(at, ()), reverse=True)[:_BEAM]
        if not here:
            continue
        for character, end, cost in _next(parts, at, page, letters):
            states.setdefault(end, []).extend(
                (likely + cost + _step(voice.languages[0], text, character), text + character) for likely, text in here
            )
    found = [
        Filling(score(text, *voice, start=start, quoted=quoted) + _LEFT * text.count("\ufffd"), text)
        for _, text in sorted(states.get(len(parts), ()), reverse=True)[: 2 * _BEAM]
    ]
    if page in _EXACT:  # what was lost is known exactly: reading it wrongly once more has to lose the same
        found = [one for one in found if one.text.encode("utf-8").decode(page, "replace") == word]
    return sorted(found, reverse=True)


@lru_cache(maxsize=64)
def _letters(languages: tuple[str, ...]) -> tuple[tuple[str, bytes], ...]:
    return tuple(sorted({pair for language in languages for pair in alphabet(language)}))


def _next(parts: Sequence[int | str], at: int, page: str, letters: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, int, float]]:
    """Yield the characters that can begin at an item, where each ends, and what it costs."""
    item = parts[at]
    if isinstance(item, str):
        yield item, at + 1, 0.0
        return
    if 0 <= item < 0x80:
        yield chr(item), at + 1, 0.0
        return
    if item >= 0 and (whole := _whole(parts, at, item)):
        yield whole, at + len(whole.encode()), 0.0
        return
    for letter, data in letters:
        end = _matched(parts, at, data, page)
        if end > at:
            yield letter, end, 0.0
    if item == _WILD and page in _EXACT:
        for lead in _SYMBOL_LEADS:
            if (whole := _whole(parts, at, lead)) and _is_lost(lead, whole.encode()[1], page) and not whole.isalpha():
                yield whole, at + len(whole.encode()), _FOREIGN
    yield "\ufffd", at + 1, _LEFT


def _whole(parts: Sequence[int | str], at: int, lead: int) -> str:
    """Return the character that begins with a byte if all that have to follow it are there."""
    size = 2 if 0xC2 <= lead < 0xE0 else 3 if 0xE0 <= lead < 0xF0 else 4
    rest = [part for part in parts[at + 1 : at + size] if isinstance(part, int) and 0x80 <= part < 0xC0]
    try:
        return bytes((lead, *rest)).decode("utf-8") if len(rest) == size - 1 else ""
    except UnicodeDecodeError:
        return ""


def _matched(parts: Sequence[int | str], at: int, data: bytes, page: str) -> int:
    """Return where a character's bytes end among the items, or the beginning if they are others."""
    lost = _DROPPED.get(page, _ANY)
    here = at
    for place, byte in enumerate(data):
        item = parts[here] if here < len(parts) else None
        if item == byte:
            here += 1
        elif byte in lost and (item == _WILD or (item == _ASKED and page in WESTERN)):
            here += 1
            following = data[place + 1] if place + 1 < len(data) else parts[here] if here < len(parts) else None
            if page in _EXACT and not _is_lost(byte, following, page):
                return at
        elif byte in lost and page in WESTERN and here > at:
            continue
        else:
            return at
    return here


@lru_cache(maxsize=1 << 16)
def _is_lost(byte: int, following: int | str | None, page: str) -> bool:
    """Return whether a page has no character for a byte before another; one that was lost itself, or none, tells nothing."""
    pair = bytes((byte, following)) if isinstance(following, int) and following >= 0 else bytes((byte,))
    return pair.decode(page, "replace").startswith("\ufffd")


def _step(language: str, text: str, character: str) -> float:
    """Return the logarithm of how likely a character is to come next, roughly, to follow up the best beginnings only."""
    before = text[-1:] or " "
    if not character.isalpha():
        return placed(before, character, "a", language) if character > "\x7f" and character != "\ufffd" else 0.0
    if language not in (*spelling.LATIN, *spelling.OTHERS):
        return 0.0
    hump = -8.0 if character.isupper() and before.islower() else 0.0
    last = spelling.fold(before) if before.isalpha() else " "
    former = spelling.fold(text[-2]) if len(text) > 1 and last != " " and text[-2].isalpha() else " " if last != " " else ""
    return spelling.model(language).step(former + last + spelling.fold(character)) + hump
