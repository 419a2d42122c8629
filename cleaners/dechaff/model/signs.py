"""What a line is made of, counted for many lines at once: characters by kind, words, hashes.

Integers only, so that every machine agrees.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Hashes = NDArray[np.uint64]

LONGEST = 4000
"""Code points of a line that are looked at: four counters of 16 bits share a machine word, and no line this long is in doubt."""

_KINDS = (
    ("chars", "upper", "lower", "digits"),
    ("stops", "commas", "colons", "quotes"),
    ("brackets", "code", "bars", "symbols"),
    ("spaces", "dashes", "foreign", "letters"),
)
_OF_KIND = {
    "upper": b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "lower": b"abcdefghijklmnopqrstuvwxyz",
    "letters": b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "digits": b"0123456789",
    "stops": b".!?",
    "commas": b",",
    "colons": b":;",
    "quotes": b"\"'",
    "brackets": b"()[]",
    "code": b"{}<>=_\\^~`",
    "bars": b"|/>",
    "symbols": b"@#*&+%$",
    "spaces": b" \t\r\v\f",
    "dashes": b"-",
}
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
    """Return the counts for some lines, none of them blank or with a line break."""
    data = np.frombuffer(("\n".join(lines) + "\n").encode("utf-8", "surrogatepass"), np.uint8)
    ends = np.flatnonzero(data == ord("\n"))
    starts = np.concatenate(([0], ends[:-1] + 1))
    counts: dict[str, Ints] = {}
    for names, table in zip(_KINDS, _packed(), strict=True):
        sums = np.add.reduceat(table[data], starts)
        for place, name in enumerate(names):
            counts[name] = ((sums >> np.uint64(16 * place)) & np.uint64(0xFFFF)).astype(np.int64)
    counts["ending"] = _ending_table()[data[ends - 1]]
    counts["beginning"] = _beginning_table()[data[starts]]
    counts["beginning"][_is_bullet(data, starts)] = BEGINNINGS["mark"]
    of_word = _word_table()[data]
    _unword_punctuation(data, of_word)
    begins = np.flatnonzero(of_word & ~np.concatenate(([False], of_word[:-1])))
    line_of = np.zeros(len(data), np.int64)
    line_of[starts[1:]] = 1
    word_line = np.cumsum(line_of)[begins]
    counts["words"] = np.bincount(word_line, minlength=len(lines))
    capital = _upper_table()[data]
    counts["titled"] = np.bincount(word_line[capital[begins]], minlength=len(lines))
    gap = _stop_table()[data[:-2]] & (data[1:-1] == ord(" ")) & capital[2:]
    counts["gaps"] = np.bincount(np.cumsum(line_of)[np.flatnonzero(gap)], minlength=len(lines))
    first_word = np.concatenate(([0], np.cumsum(counts["words"])))
    word = _hash_words(data, of_word, begins)
    function = _function_words()[(word >> np.uint64(44)).astype(np.int64)]
    counts["function"] = np.bincount(word_line[function], minlength=len(lines))
    kind = np.where(function, 1, np.where(capital[begins], 2, np.where(_digit_table()[data[begins]], 3, 4))).astype(np.uint64)
    tail = counts["ending"].astype(np.uint64) * np.uint64(16) + counts["beginning"].astype(np.uint64)
    return Signs(counts, _sequence(word, first_word), mixed(_sequence(kind, first_word) + tail), word, word_line, first_word)


_MULTIPLIER = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio, odd: Knuth's multiplicative hashing
_INVERSE = pow(_MULTIPLIER, -1, 1 << 64)
_LEAST_POWERS = 1 << 16


def mixed(values: Hashes) -> Hashes:
    """Return hashes whose upper bits depend on all bits of the values."""
    values = (values ^ (values >> np.uint64(32))) * np.uint64(_MULTIPLIER)
    return np.asarray((values ^ (values >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9))


@lru_cache(maxsize=4)
def _powers(base: int, size: int) -> Hashes:
    steps = np.full(size, base, np.uint64)
    steps[0] = 1
    return np.multiply.accumulate(steps)


def _power_tables(size: int) -> tuple[Hashes, Hashes]:
    size = 1 << max(size, _LEAST_POWERS).bit_length()
    return _powers(_MULTIPLIER, size), _powers(_INVERSE, size)


def _hash_words(data: NDArray[np.uint8], of_word: NDArray[np.bool_], begins: Ints) -> Hashes:
    """Return a polynomial hash of each word: the sum of its bytes times powers, shifted back to the word's own beginning."""
    if not len(begins):
        return np.zeros(0, np.uint64)
    power, inverse = _power_tables(len(data))
    terms = np.where(of_word, _byte_values()[data], np.uint64(0)) * power[: len(data)]
    return mixed(np.add.reduceat(terms, begins) * inverse[begins])


def _sequence(values: Hashes, first: Ints) -> Hashes:
    """Return a hash of each line's values in their order; 0 for a line without any."""
    if not len(values):
        return np.zeros(len(first) - 1, np.uint64)
    power, inverse = _power_tables(len(values))
    sums = np.concatenate(([np.uint64(0)], np.cumsum((values | np.uint64(1)) * power[: len(values)], dtype=np.uint64)))
    return mixed((sums[first[1:]] - sums[first[:-1]]) * inverse[first[:-1]])


def hash_word(word: str) -> int:
    """Return the hash that `count` gives a word.

    >>> hash_word("Home") == hash_word("home")
    True
    """
    return int(count([word]).word[0])


@lru_cache(maxsize=1)
def _function_words() -> NDArray[np.bool_]:
    table = np.zeros(1 << 20, np.bool_)
    data = np.frombuffer((_FUNCTION_WORDS + " ").encode(), np.uint8)
    of_word = data != ord(" ")
    begins = np.flatnonzero(of_word & ~np.concatenate(([False], of_word[:-1])))
    table[(_hash_words(data, of_word, begins) >> np.uint64(44)).astype(np.int64)] = True
    return table


@lru_cache(maxsize=1)
def _packed() -> list[Hashes]:
    """Return a table for each group of kinds: what a byte adds to its four counters."""
    tables = []
    for names in _KINDS:
        table = np.zeros(256, np.uint64)
        for place, name in enumerate(names):
            if name == "chars":
                members = [byte for byte in range(256) if not 0x80 <= byte < 0xC0 and byte != ord("\n")]
            elif name == "foreign":
                members = list(range(0xC0, 0x100))
            else:
                members = list(_OF_KIND[name])
            table[members] += np.uint64(1 << (16 * place))
        tables.append(table)
    return tables


def _of(members: bytes) -> NDArray[np.bool_]:
    table = np.zeros(256, np.bool_)
    table[list(members)] = True
    return table


@lru_cache(maxsize=1)
def _word_table() -> NDArray[np.bool_]:
    return _of(_OF_KIND["letters"] + _OF_KIND["digits"] + bytes(range(0x80, 0x100)))


@lru_cache(maxsize=1)
def _upper_table() -> NDArray[np.bool_]:
    return _of(_OF_KIND["upper"])


@lru_cache(maxsize=1)
def _digit_table() -> NDArray[np.bool_]:
    return _of(_OF_KIND["digits"])


@lru_cache(maxsize=1)
def _stop_table() -> NDArray[np.bool_]:
    return _of(_OF_KIND["stops"])


@lru_cache(maxsize=1)
def _byte_values() -> Hashes:
    """Return what a byte counts in a hash: letters whatever their case, all digits alike."""
    folded = np.arange(256, dtype=np.uint64)
    folded[list(_OF_KIND["upper"])] += np.uint64(32)
    folded[list(_OF_KIND["digits"])] = ord("0")
    return mixed(folded + np.uint64(1))


@lru_cache(maxsize=1)
def _ending_table() -> Ints:
    table = np.full(256, ENDINGS["other"], np.int64)
    members = {
        "letter": _OF_KIND["letters"],
        "stop": b".",
        "exclamation": b"!?",
        "colon": b":",
        "comma": b",;",
        "digit": _OF_KIND["digits"],
        "bracket": b")]",
        "quote": _OF_KIND["quotes"],
        "foreign": bytes(range(0x80, 0x100)),
    }
    for name, some in members.items():
        table[list(some)] = ENDINGS[name]
    return table


@lru_cache(maxsize=1)
def _beginning_table() -> Ints:
    table = np.full(256, BEGINNINGS["other"], np.int64)
    for name, members in (
        ("upper", _OF_KIND["upper"]),
        ("lower", _OF_KIND["lower"]),
        ("digit", _OF_KIND["digits"]),
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


def _unword_punctuation(data: NDArray[np.uint8], of_word: NDArray[np.bool_]) -> None:
    """Take out of words what UTF-8 leads in with C2 (no-break space, guillemets, signs) and E2 (dashes, quotes, bullets, arrows)."""
    for lead, size in ((0xC2, 2), (0xE2, 3)):
        at = np.flatnonzero(data == lead)
        for step in range(size):
            of_word[np.minimum(at + step, len(data) - 1)] = False
