"""Words that are UTF-8 but for bytes that were lost on the way: filled where spelling leaves one answer."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from dechaff import spelling
from dechaff.mojibake.pages import EAST_ASIAN, PAGES, WESTERN, as_utf8, possible, raw, sound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MARGIN = 2.5
"""How much likelier, as a natural logarithm, the best filling has to be than the next."""
_BEAM = 24  # unfinished fillings that are followed up
_LONGEST = 80  # characters of the longest word that is filled
_PUNCTUATION = "’“”‘–—…«»„·•°£€©®\xa0"
_DROPPED = {  # the bytes that a page has no character for, and that readers leave out or replace
    "sloppy-windows-1252": frozenset(b"\x81\x8d\x8f\x90\x9d"),
    "latin-1": frozenset(range(0x80, 0xA0)),
}
_ANY = frozenset(range(0x80, 0x100))
_WILD, _ASKED = -1, ord("?")
_CAPITAL = -2.5  # a capital where no sentence begins: one word in twelve of running text
_WORDS = 300  # different words that are looked at
_SEQUENCES, _VALID, _FITS = 8, 0.1, -4.6
"""Characters of several bytes that words have to give when no line is valid as a whole, the share of the words that are, and how likely a
letter of them has to be: sound text has -2.4 to -3.7 (Hindi -5.1), noise -9."""
_RARE = 1e-4  # share of letters below which a profile has them from foreign names
_LEFT = -30.0  # a character that stays damaged
_LEAD, _LEAD_WESTERN, _LEAD_EAST_ASIAN = (
    re.compile("[^\x00-\x7f]"),
    re.compile("[\xc2-\xf4]"),
    re.compile("[\u2e80-\uffff]"),
)  # what the first byte of a character can be read as
_C1_SEEN = re.compile("[\xc2-\xf4][\x80-\x9f€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")


class Reading(NamedTuple):
    """What words of a document show together."""

    page: str
    """What it was read with."""
    languages: tuple[str, ...]
    """What it is in, by ISO 639 codes, likeliest first."""


def reading(lines: Iterable[str], known: str | None) -> Reading | None:
    """Return the page that words were read with of which no line is whole, if enough are valid UTF-8 and spelled like a language.

    Args:
        lines: What is left of the damaged lines, and those that were read again.
        known: The page, if whole lines showed it.
    """
    words = list(dict.fromkeys(word for line in lines for word in line.split() if not word.isascii()))[:_WORDS]
    best: tuple[int, str, list[str]] = (0, "", [])
    able = [(word, possible(word)) for word in words]
    for page in (known,) if known else PAGES:
        good = [new for word, pages in able if page in pages and (new := as_utf8(word, page)) and sound(new)]
        sequences = sum(character > "\x7f" for new in good for character in new)
        best = max(best, (sequences, page, good), key=lambda one: one[0])
    sequences, page, good = best
    if not known and (sequences < _SEQUENCES or len(good) < _VALID * len(words)):
        return None
    text = " ".join(good) if not known else " ".join((*good, *lines))
    languages = tuple(spelling.nearest(text, count=2))
    if not known and spelling.likeness(text, languages) < _FITS * sum(map(str.isalpha, text)):
        return None
    return Reading(page or known or "", languages)


def western_mode(text: str) -> str:
    """Return whether a text read with a Western page lost the five bytes that windows-1252 lacks, or all C1 controls of latin-1."""
    return "sloppy-windows-1252" if _C1_SEEN.search(text) else "latin-1"


def fill(line: str, page: str, languages: Sequence[str]) -> str | None:
    """Return a line with the words decoded that were read with a page, or nothing if none was.

    Args:
        line: The line.
        page: The page that the document was certainly read with.
        languages: What the document is in, by ISO 639 codes.
    """
    done = []
    start = True
    for word in line.split(" "):
        new = _word(word, page, tuple(languages), start=start)
        done.append(word if new is None else new)
        start = word.endswith((".", "!", "?", ":")) or not word
    filled = " ".join(done)
    return filled if filled != line else None


@lru_cache(maxsize=1 << 14)
def _word(word: str, page: str, languages: tuple[str, ...], *, start: bool) -> str | None:
    """Return a word read again, if its bytes are UTF-8 or can only have been one word."""
    if len(word) > _LONGEST or not _lead(page).search(word):
        return None
    items = _items(word, page)
    whole = _plain(items)
    if whole is not None:
        return whole if _at_home(whole, languages) else None
    ways = sorted(_fillings(items, page, languages, start=start), reverse=True)
    if page in EAST_ASIAN:  # what was lost is known exactly: reading it wrongly once more has to lose the same
        ways = [way for way in ways if way[1].encode("utf-8").decode(page, "replace") == word]
    if not ways or "\ufffd" in ways[0][1]:
        return None
    score, text = ways[0]
    if "\ufffd" not in word and score < spelling.likeness(f" {word} ", languages) + 2 * MARGIN:
        return None
    if len(ways) > 1 and score - ways[1][0] < MARGIN:
        return None
    return text


def _lead(page: str) -> re.Pattern[str]:
    return _LEAD_WESTERN if page in WESTERN else _LEAD_EAST_ASIAN if page in EAST_ASIAN else _LEAD


def _items(word: str, page: str) -> list[int | str]:
    """Return a word as bytes, lost ones as wild cards, and characters that the page lacks as they are."""
    items: list[int | str] = []
    for character in word:
        if character == "\ufffd":
            items.append(_WILD)
        elif (data := raw(character, page)) is not None:
            items += data
        else:
            items.append(character)
    return items


def _plain(items: Sequence[int | str]) -> str | None:
    if not all(isinstance(item, int) and item >= 0 for item in items):
        return None
    try:
        return bytes(items).decode("utf-8")  # type: ignore[arg-type]
    except UnicodeDecodeError:
        return None


def _at_home(text: str, languages: tuple[str, ...]) -> bool:
    """Return whether all characters beyond ASCII are of the document's languages, so that no word is valid UTF-8 by chance."""
    known = {character for language in languages for character, _ in alphabet(language)}
    return all(character in known or character < "\x80" or character > "\u2fff" for character in text)


@lru_cache(maxsize=16)
def alphabet(language: str) -> tuple[tuple[str, bytes], ...]:
    """Return the letters and signs beyond ASCII that a language's text has, each with its UTF-8."""
    letters = {letter for letter, share in spelling.model(language).singles.items() if letter > "\x7f" and share > _RARE}
    letters |= {letter.upper() for letter in letters if len(letter.upper()) == 1}
    if language == "vi":
        letters |= set(map(chr, range(0x1EA0, 0x1EFA)))
    if language == "ro":
        letters |= set("șțȘȚ")
    return tuple((letter, letter.encode("utf-8")) for letter in sorted(letters | set(_PUNCTUATION)))


def _fillings(items: Sequence[int | str], page: str, languages: tuple[str, ...], *, start: bool) -> Iterator[tuple[float, str]]:
    """Yield words that the items can have been, with the logarithm of their likelihood."""
    letters = sorted({pair for language in languages for pair in alphabet(language)})
    model = spelling.model(languages[0])
    states: dict[int, list[tuple[float, str]]] = {0: [(0.0, "")]}
    for at in range(len(items)):
        here = sorted(states.pop(at, ()), reverse=True)[:_BEAM]
        if not here:
            continue
        for character, end, cost in _next(items, at, page, letters):
            states.setdefault(end, []).extend((score + cost + _step(model, text, character), text + character) for score, text in here)
    for _, text in states.get(len(items), ()):
        odd = "\ufffd" in text
        capital = _CAPITAL if text[:1].isupper() and text[:1] > "\x7f" and not start and not text.isupper() else 0.0
        yield spelling.likeness(f" {text} ", languages) + capital + _LEFT * odd, text


def _next(items: Sequence[int | str], at: int, page: str, letters: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, int, float]]:
    """Yield the characters that can begin at an item, where each ends, and what it costs."""
    item = items[at]
    if isinstance(item, str):
        yield item, at + 1, 0.0
        return
    if 0 <= item < 0x80:
        yield chr(item), at + 1, 0.0
        return
    size = 2 if 0xC2 <= item < 0xE0 else 3 if 0xE0 <= item < 0xF0 else 4
    part = items[at : at + size]
    if item >= 0 and all(isinstance(one, int) and 0x80 <= one < 0xC0 for one in part[1:]) and len(part) == size:
        try:
            yield bytes(part).decode("utf-8"), at + size, 0.0  # type: ignore[arg-type]
        except UnicodeDecodeError:
            pass
        else:
            return
    for letter, data in letters:
        end = _matched(items, at, data, page)
        if end > at:
            yield letter, end, 0.0
    yield "\ufffd", at + 1, _LEFT


def _matched(items: Sequence[int | str], at: int, data: bytes, page: str) -> int:
    """Return where a character's bytes end among the items, or the beginning if they are others."""
    lost = _DROPPED.get(page, _ANY)
    here = at
    for byte in data:
        item = items[here] if here < len(items) else None
        if item == byte or (byte in lost and (item == _WILD or (item == _ASKED and page in WESTERN))):
            here += 1
        elif byte in lost and page in WESTERN and here > at:
            continue
        else:
            return at
    return here


def _step(model: spelling.Model, text: str, character: str) -> float:
    """Return the logarithm of how likely a character is to come next, roughly, to follow up the best beginnings only."""
    folded = spelling.fold(character)
    before = spelling.fold(text[-2:])
    padded = f" {before}"
    last = padded[-1] if padded[-1].isalpha() else " "
    if not character.isalpha():
        return -5.0 if character > "\x7f" else 0.0
    return model.step(padded[-2] if len(padded) > 1 and last != " " else "", last, folded)
