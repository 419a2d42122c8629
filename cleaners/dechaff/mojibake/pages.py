"""The code pages that UTF-8 is mistaken for, and text as the bytes it was read from."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

import ftfy.bad_codecs  # noqa: F401  registers the code pages as browsers have them

EAST_ASIAN = ("gbk", "cp932", "big5", "cp949")
SINGLE = (
    "sloppy-windows-1252", "latin-1", "sloppy-windows-1250", "sloppy-windows-1251", "sloppy-windows-1253", "sloppy-windows-1254",
    "sloppy-windows-1255", "sloppy-windows-1256", "sloppy-windows-1257", "sloppy-windows-1258", "iso-8859-2", "iso-8859-15",
    "mac-roman", "cp437", "cp850", "cp852", "cp866", "koi8-r", "koi8-u", "mac-cyrillic", "cp874",
)  # fmt: skip
ASCII = "ascii"  # has nothing beyond itself, so it shows by what was lost alone
PAGES = (*SINGLE, *EAST_ASIAN)
"""Python's names of the pages that text on the web was read with, those of the West first."""

WESTERN = frozenset({"sloppy-windows-1252", "latin-1"})


def shown(page: str) -> str:
    """Return the name of a page for the user.

    >>> shown("sloppy-windows-1252")
    'windows-1252'
    """
    return page.removeprefix("sloppy-")


def _c1(error: UnicodeError) -> tuple[bytes, int]:
    """Return C1 controls as the bytes they stand for where a page defines none, as browsers decode them."""
    assert isinstance(error, UnicodeEncodeError)
    part = error.object[error.start : error.end]
    if not all("\x80" <= character <= "\x9f" for character in part):
        raise error
    return part.encode("latin-1"), error.end


codecs.register_error("dechaff-c1", _c1)


_C1 = re.compile("[\x80-\x9f]")


def raw(text: str, page: str) -> bytes | None:
    """Return the bytes that a page reads as a text, or nothing where the page has not all its characters."""
    try:
        return text.encode(page, "dechaff-c1" if _C1.search(text) else "strict")
    except UnicodeEncodeError:
        return None


_ALLOWED = re.compile("[^\x80-\x9f\ue000-\uf8ff\ufff0-\ufffb\ufdd0-\ufdef\ufffe\uffff]*")


def as_utf8(text: str, page: str) -> str | None:
    """Return a text read again as UTF-8, if all of it is valid and it changes.

    >>> as_utf8("Ð”Ð°", "sloppy-windows-1252")
    'Да'
    """
    data = raw(text, page)
    if data is None or data.isascii():
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def beyond_ascii(text: str) -> int:
    """Return how many characters of a text are not ASCII.

    >>> beyond_ascii("Да, à la carte")
    3
    """
    return len(text) - len(text.encode("ascii", "ignore"))


_RUN = re.compile("[^\x00-\x7f]+")
_SHORT = 40  # characters of a run that is worth remembering


def possible(text: str) -> tuple[str, ...]:
    """Return the pages that the first run of characters beyond ASCII can be UTF-8 in: what is UTF-8 as a whole is so between ASCII."""
    run = _RUN.search(text)
    if run is None:
        return ()
    return _possible(run[0]) if len(run[0]) <= _SHORT else _possible.__wrapped__(run[0])


@lru_cache(maxsize=1 << 14)
def _possible(run: str) -> tuple[str, ...]:
    return tuple(page for page in _leading(run[0]) if as_utf8(run, page) is not None)


@lru_cache(maxsize=1 << 12)
def _leading(character: str) -> tuple[str, ...]:
    """Return the pages in which UTF-8 can begin with the first byte of a character."""
    return tuple(page for page in PAGES if (data := raw(character, page)) and 0xC2 <= data[0] <= 0xF4)


def sound(text: str) -> bool:
    """Return whether a text has nothing in it that no page of text shows: controls, private and unassigned places."""
    return _ALLOWED.fullmatch(text) is not None
