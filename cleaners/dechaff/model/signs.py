"""What a line is made of, counted for many lines at once: characters by kind, words, hashes.

Integers only, so that every machine agrees.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dechaff.hashes import mixed, of_runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dechaff.hashes import Hashes, Ints

LONGEST = 4000
"""Code points of a line that are looked at: no longer line is in doubt."""
_PIECE = 1 << 17  # bytes counted at once: what is made of them, up to 8 bytes for each, stays in a processor's own memory

_KINDS = {
    "upper": b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "lower": b"abcdefghijklmnopqrstuvwxyz",
    "digits": b"0123456789",
    "stops": b".!?",
    "commas": b",",
    "colons": b":;",
    "quotes": b"\"'",
    "brackets": b"()[]",
    "code": b"{}<=_\\^~`",
    "bars": b"|/",
    "arrows": b">",
    "symbols": b"@#*&+%$",
    "spaces": b" \t\r\v\f",
    "dashes": b"-",
    "foreign": bytes(range(0xC0, 0x100)),
    "inner": b"\n" + bytes(range(0x80, 0xC0)),
    "rest": b"",
}
"""Bytes by kind, none of more than one; `inner` are those that begin no character of the line."""
# The words that hold English sentences together: menus and titles have few, running text has two in five.
_FUNCTION_WORDS = (
    "a about after all also an and any are as at be been but by can could did do does during each for from had has have he her his how i "
    "if in into is it its may more most no not of on or our she should so some such than that the their them then there these they this "
    "those to under up use used was we were what when where which while who will with would you your"
)

# The last byte of a line that has one of these endings.
ENDINGS = {"letter": 0, "stop": 1, "exclamation": 2, "colon": 3, "comma": 4, "digit": 5, "bracket": 6, "quote": 7, "other": 8, "foreign": 9}
BEGINNINGS = {"upper": 0, "lower": 1, "digit": 2, "mark": 3, "other": 4, "foreign": 5}


class Signs(NamedTuple):
    """Counts for the lines of a batch, one number a line, and for their words, one number a word."""

    counts: dict[str, Ints]
    """By kind; besides those of single characters `words`, `titled`, `function`, `gaps`, `ending`, `beginning`."""
    line: Hashes
    """Hash of the words of each line, in lower case, digits all alike."""
    shape: Hashes
    """Hash of the kinds of its words."""
    word: Hashes
    """Hash of each word."""
    word_line: Ints
    """The line that each word is on."""
    first_word: Ints
    """Index of the first word of each line, and one more: the number of words."""


def count(lines: Sequence[str]) -> Signs:
    """Return the counts for some lines, at least one and none of them blank or with a line break."""
    text = ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n")) + 1
    starts = np.concatenate(([0], ends[:-1]))
    cuts = [*np.unique(np.searchsorted(starts, np.arange(0, starts[-1] + 1, _PIECE))).tolist(), len(lines)]
    return _joined([_counted(text[starts[i] : ends[j - 1]], starts[i:j] - starts[i], ends[i:j] - starts[i]) for i, j in pairwise(cuts)])


def _joined(pieces: Sequence[Signs]) -> Signs:
    """Return the counts of lines in pieces that follow one another."""
    if len(pieces) == 1:
        return pieces[0]
    lines = accumulate((len(piece.line) for piece in pieces), initial=0)
    words = [*accumulate((len(piece.word) for piece in pieces), initial=0)]
    return Signs(
        {name: np.concatenate([piece.counts[name] for piece in pieces]) for name in pieces[0].counts},
        np.concatenate([piece.line for piece in pieces]),
        np.concatenate([piece.shape for piece in pieces]),
        np.concatenate([piece.word for piece in pieces]),
        np.concatenate([piece.word_line + before for piece, before in zip(pieces, lines, strict=False)]),
        np.concatenate([*(piece.first_word[:-1] + before for piece, before in zip(pieces, words, strict=False)), words[-1:]]),
    )


def _counted(text: bytes, starts: Ints, ends: Ints) -> Signs:
    """Return the counts for lines in UTF-8 that stand between offsets, their breaks included."""
    data, size = np.frombuffer(text, np.uint8), len(starts)
    cell = np.repeat(np.arange(size) * len(_KINDS), ends - starts)  # of a table: a row for each line, a column for each kind
    cell += np.frombuffer(text.translate(_kinds()), np.uint8)
    table = np.bincount(cell, minlength=size * len(_KINDS)).reshape(size, len(_KINDS))
    counts = dict(zip(_KINDS, table.T.copy(), strict=True))
    counts["chars"] = ends - starts - counts["inner"]
    counts["letters"] = counts["upper"] + counts["lower"]
    counts["code"] += counts["arrows"]
    counts["bars"] += counts["arrows"]
    counts["ending"] = _ending_table()[data[ends - 2]]
    counts["beginning"] = _beginning_table()[data[starts]]
    counts["beginning"][_is_bullet(data, starts)] = BEGINNINGS["mark"]
    folded = np.frombuffer(bytearray(text).translate(_folding()), np.uint8)
    _unword_punctuation(data, folded)
    begins = np.flatnonzero((folded != 0) & (np.concatenate(([0], folded[:-1])) == 0))
    initial, word_line = data[begins], cell[begins] // len(_KINDS)
    capital = _is_upper(initial)
    counts["words"] = np.bincount(word_line, minlength=size)
    counts["titled"] = np.bincount(word_line[capital], minlength=size)
    stops = np.flatnonzero((data[1:-1] == ord(" ")) & _is_upper(data[2:]))
    stops = stops[_is_stop()[data[stops]]]
    counts["gaps"] = np.bincount(cell[stops] // len(_KINDS), minlength=size)
    first_word = np.concatenate(([0], np.cumsum(counts["words"])))
    word = _hash_words(folded, begins)
    function = _function_words()[(word >> np.uint64(44)).astype(np.int64)]
    counts["function"] = np.bincount(word_line[function], minlength=size)
    kind = np.where(function, 1, np.where(capital, 2, np.where(_is_digit(initial), 3, 4))).astype(np.uint64)
    tail = counts["ending"].astype(np.uint64) * np.uint64(16) + counts["beginning"].astype(np.uint64)
    return Signs(counts, _sequence(word, first_word), mixed(_sequence(kind, first_word) + tail), word, word_line, first_word)


def _hash_words(folded: NDArray[np.uint8], begins: Ints) -> Hashes:
    """Return a hash of each word; what stands between them is folded to 0."""
    return of_runs(_byte_values()[folded], begins) if len(begins) else np.zeros(0, np.uint64)


def _sequence(values: Hashes, first: Ints) -> Hashes:
    """Return a hash of each line's values in their order; 0 for a line without any."""
    found = np.zeros(len(first) - 1, np.uint64)
    has = first[1:] > first[:-1]
    if len(values):
        found[has] = of_runs(values | np.uint64(1), first[:-1][has])
    return found


def _is_upper(data: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray(data - ord("A") < len(_KINDS["upper"]))  # below "A" it wraps round


def _is_digit(data: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray(data - ord("0") < len(_KINDS["digits"]))


@lru_cache(maxsize=1)
def _function_words() -> NDArray[np.bool_]:
    table = np.zeros(1 << 20, np.bool_)
    folded = np.frombuffer(f" {_FUNCTION_WORDS}".encode().translate(_folding()), np.uint8)
    begins = np.flatnonzero(folded[:-1] == 0) + 1
    table[(_hash_words(folded, begins) >> np.uint64(44)).astype(np.int64)] = True
    return table


@lru_cache(maxsize=1)
def _kinds() -> bytes:
    """Return the place of each byte's kind among `_KINDS`, as `bytes.translate` takes it."""
    table = bytearray([len(_KINDS) - 1]) * 256
    for place, members in enumerate(_KINDS.values()):
        for byte in members:
            table[byte] = place
    return bytes(table)


@lru_cache(maxsize=1)
def _folding() -> bytes:
    """Return what stands for each byte in words: letters whatever their case, all digits alike, 0 for what is in none."""
    table = bytearray(256)
    table[0x80:] = range(0x80, 0x100)
    for lower, upper in zip(_KINDS["lower"], _KINDS["upper"], strict=True):
        table[lower] = table[upper] = lower
    for digit in _KINDS["digits"]:
        table[digit] = ord("0")
    return bytes(table)


@lru_cache(maxsize=1)
def _byte_values() -> Hashes:
    """Return what a folded byte counts in a hash."""
    values = mixed(np.arange(1, 257, dtype=np.uint64))
    values[0] = 0
    return values


@lru_cache(maxsize=1)
def _is_stop() -> NDArray[np.bool_]:
    table = np.zeros(256, np.bool_)
    table[list(_KINDS["stops"])] = True
    return table


@lru_cache(maxsize=1)
def _ending_table() -> Ints:
    table = np.full(256, ENDINGS["other"], np.int64)
    members = {
        "letter": _KINDS["upper"] + _KINDS["lower"],
        "stop": b".",
        "exclamation": b"!?",
        "colon": b":",
        "comma": b",;",
        "digit": _KINDS["digits"],
        "bracket": b")]",
        "quote": _KINDS["quotes"],
        "foreign": bytes(range(0x80, 0x100)),
    }
    for name, some in members.items():
        table[list(some)] = ENDINGS[name]
    return table


@lru_cache(maxsize=1)
def _beginning_table() -> Ints:
    table = np.full(256, BEGINNINGS["other"], np.int64)
    for name, members in (
        ("upper", _KINDS["upper"]),
        ("lower", _KINDS["lower"]),
        ("digit", _KINDS["digits"]),
        ("mark", b"*-+>|#"),
        ("foreign", bytes(range(0x80, 0x100))),
    ):
        table[list(members)] = BEGINNINGS[name]
    return table


def _is_bullet(data: NDArray[np.uint8], starts: Ints) -> NDArray[np.bool_]:
    """Return which lines begin with a bullet or an arrow: U+2022, U+00B7, and what lies between U+2100 and U+2FFF."""
    padded = np.concatenate((data, np.zeros(2, np.uint8)))
    lead, middle, last = padded[starts], padded[starts + 1], padded[starts + 2]
    wide = (lead == 0xE2) & ((middle > 0x80) | (last == 0xA2))
    return np.asarray(wide | ((lead == 0xC2) & (middle == 0xB7)))


def _unword_punctuation(data: NDArray[np.uint8], folded: NDArray[np.uint8]) -> None:
    """Take out of words what UTF-8 leads in with C2 (no-break space, guillemets, signs) and E2 (dashes, quotes, bullets, arrows)."""
    for lead, size in ((0xC2, 2), (0xE2, 3)):
        at = np.flatnonzero(data == lead)
        for step in range(size):
            folded[at + step] = 0
