"""Text in a table of Markdown."""

from __future__ import annotations

_MEANS = frozenset("\\`*_{}[]<>()#+-.!|~@&:")
"""What Markdown, HTML in it and the mentions and emoji of code hosts give a meaning to."""


def cell(text: str) -> str:
    r"""Return harmless text that stays in its cell and is shown as it is.

    >>> print(cell("<b> | @all"))
    \<b\> \| \@all
    """
    return "".join(f"\\{character}" if character in _MEANS else character for character in text)
