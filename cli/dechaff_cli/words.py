"""Numbers of things in words."""

from __future__ import annotations


def several(count: int, what: str) -> str:
    """Return a number of things.

    >>> several(1, "file"), several(2000, "file")
    ('1 file', '2,000 files')
    """
    return f"{count:,} {what}{'s' * (count != 1)}"
