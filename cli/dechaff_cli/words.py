"""Numbers of things in words."""

from __future__ import annotations

import re

_NOUN = re.compile(r"\b(\w+)s\b")


def several(count: int, what: str) -> str:
    """Return a number of things.

    >>> several(1, "file"), several(2000, "file")
    ('1 file', '2,000 files')
    """
    return f"{count:,} {what}{'s' * (count != 1)}"


def several_such(count: int, phrase: str) -> str:
    """Return a number of things that a phrase names in the plural; its first word with an s at the end is what is counted.

    >>> several_such(1, "hidden files"), several_such(2, "files not named *.txt")
    ('1 hidden file', '2 files not named *.txt')
    """
    such = _NOUN.sub(r"\1", phrase, count=1) if count == 1 else phrase
    return f"{count:,} {such}"
