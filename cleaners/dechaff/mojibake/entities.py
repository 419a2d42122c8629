"""Characters in their HTML spelling."""

from __future__ import annotations

import re

from ftfy.fixes import unescape_html

ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][0-9A-Za-z]{1,23});")
_AMPERSANDS = re.compile(r"&(?:amp;|#0{0,4}38;|#[xX]0{0,4}26;)+")
"""An ampersand that was escaped any number of times over: taken at once, since a round for each would take their square."""
MARKUP = re.compile(r"</?[A-Za-z!][^<>]*>")
_LITERAL = re.compile(rf"([\"'`])(?:{ENTITY.pattern})+\1")
_STATEMENT, _BRACKET = re.compile(r"[;{}]\s*\Z"), re.compile(r"[=(){}\[\]]")
_BREAKS = re.compile("[\x00-\x08\n-\r\x0e-\x1f\x7f\x85\u2028\u2029\ud800-\udfff\ufffd]")


def is_sample(line: str) -> bool:
    r"""Return whether a line with entities shows mark-up or code, which has them as content.

    >>> is_sample("Write <b>&amp;</b> for it."), is_sample('s.replace("&amp;", "x")'), is_sample("if (a &lt; b) {")
    (True, True, True)
    >>> is_sample("p &lt; 0.05 (n = 3)")
    False
    """
    if MARKUP.search(line) or _LITERAL.search(line):
        return True
    end = _STATEMENT.search(line)
    return end is not None and not ENTITY.fullmatch(line[line.rfind("&") :].rstrip()) and _BRACKET.search(line) is not None


def plain(line: str) -> str:
    """Return a line with its entities as characters, until there are none; those of controls and line breaks stay.

    >>> plain("p &amp;amp;lt; 0.05&#10;")
    'p < 0.05&#10;'
    """
    while True:
        new = ENTITY.sub(_character, _AMPERSANDS.sub("&", line))
        if new == line:
            return line
        line = new


def _character(match: re.Match[str]) -> str:
    new: str = unescape_html(match[0])
    return match[0] if _BREAKS.search(new) or len(new) > len(match[0]) else new
