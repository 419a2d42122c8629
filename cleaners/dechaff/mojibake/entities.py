"""Characters in their HTML spelling."""

from __future__ import annotations

import re

from ftfy.fixes import unescape_html

ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][0-9A-Za-z]{1,23});")
_AMPERSANDS = re.compile(r"&(?:amp;|#0{0,4}38;|#[xX]0{0,4}26;)+")
"""An ampersand that was escaped any number of times over: taken at once, since a round for each would take their square."""
MARKUP = re.compile(r"</?[A-Za-z!][^<>]*>")


def plain(line: str) -> str:
    """Return a line with its entities as characters, until there are none.

    >>> plain("p &amp;amp;lt; 0.05")
    'p < 0.05'
    """
    while True:
        new = unescape_html(_AMPERSANDS.sub("&", line))
        if new == line or "\n" in new or len(new) > len(line):
            return line
        line = new
