"""Lines as the rules see them: where they start, what is left without bullets, what they look like."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import NamedTuple

# What renderers put before and after the words of a list item, a menu entry or a button.
_LEAD = " \t\n\r\v\f\xa0\u3000•·▪▫◦‣⁃●○■□◆◇▶►▸▹▼▾▲△←→↑↓⇒✓✔✕×›»>|*\u200b"
_TRAIL = " \t\n\r\v\f\xa0\u3000•·▪◦›»>|▶►▸▹▼▾▲→↓↗\u200b"
_LONGEST_MARKED = 2000  # code points: nobody bullets a longer line, and a line of dashes alone would take its square
_DASHES = "-–—+×"  # the same, if a space sets them off
_MARKS = frozenset(_LEAD + _TRAIL + _DASHES)


class Line(NamedTuple):
    """One line of a text, without its line break."""

    start: int
    """Code points before the line, 0-based."""
    end: int
    """Code points before the line break, or before the end of the text."""
    text: str


def split(text: str) -> list[Line]:
    r"""Return the lines of a text, cut at line feeds only.

    `str.splitlines` also cuts at U+0085, which occurs *inside* mojibake.

    >>> split("a\nbc")
    [Line(start=0, end=1, text='a'), Line(start=2, end=4, text='bc')]
    """
    pieces = text.split("\n")
    ends = list(accumulate((len(piece) + 1 for piece in pieces), initial=-1))
    return [Line(end + 1, end + 1 + len(piece), piece) for end, piece in zip(ends, pieces, strict=False)]


def bare(line: str) -> str:
    """Return the line without bullets, arrows and separators at its edges, its white space folded to single spaces.

    >>> bare("   • Home  page » ")
    'Home page'
    """
    text = line.strip()
    if text[:1] not in _MARKS and text[-1:] not in _MARKS and "  " not in text and text.isprintable():
        return text  # most lines; what is printable has no white space but U+0020
    if len(line) > _LONGEST_MARKED:
        return " ".join(line.split())
    text = line.lstrip(_LEAD)
    while text[:1] in _DASHES and text[1:2].isspace():
        text = text[1:].lstrip(_LEAD)
    text = text.rstrip(_TRAIL)
    while text[-1:] in _DASHES and text[-2:-1].isspace():
        text = text[:-1].rstrip(_TRAIL)
    return " ".join(text.split())


_WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’)\]]*$")
_SENTENCE_GAP = re.compile(r"[.!?]([\"'”’)\]]*\s+)(?=[^\W_\"'“‘(\[])")
_CLOSED = re.compile(r"[.!?][\"'”’)\]]+\s")
_CLOSERS = 4  # code points at the end of a line that hold its full stop and the quotes and brackets after it
PROSE_WORDS = 12
"""Words from which a line that ends as a sentence does counts as prose. On whole WCXB pages 73 % of prose lines are content,
against 29 % of all lines: enough to say where a page's own text may begin, never to decide by itself."""
LONG_WORDS = 25
"""Words from which a line counts as prose however it ends."""


def words(line: str) -> int:
    """Return how many words a line has.

    >>> words("TNF-α, 3.5 mg")
    5
    """
    return len(_WORD.findall(line))


def is_prose(line: str) -> bool:
    """Return whether a line is running text rather than a label, a cell or a menu entry.

    >>> is_prose("Share this article")
    False
    """
    if len(line) < 2 * PROSE_WORDS:
        return False
    count = len(line.split())
    return count >= LONG_WORDS or (count >= PROSE_WORDS and ends_sentence(line))


def ends_sentence(line: str) -> bool:
    """Return whether a line ends as a sentence does: with a stop, quotes and brackets after it or none.

    >>> ends_sentence('"Rain fell."')
    True
    """
    return _SENTENCE_END.search(line.rstrip()[-_CLOSERS:]) is not None


def sentences(line: str) -> list[str]:
    """Return the sentences of a line.

    >>> sentences("Rain fell. Nobody came.")
    ['Rain fell.', 'Nobody came.']
    """
    if not _may_end(line):
        return [line]
    gaps = [gap.span(1) for gap in _SENTENCE_GAP.finditer(line)]
    return [line[begin:end] for begin, end in zip([0, *(end for _, end in gaps)], [*(begin for begin, _ in gaps), len(line)], strict=True)]


def opening(line: str) -> str:
    """Return the first sentence of a line, which is the line if it has one alone."""
    gap = _SENTENCE_GAP.search(line) if _may_end(line) else None
    return line[: gap.start(1)] if gap else line


def _may_end(line: str) -> bool:
    """Return whether a sentence may end within a line, which most lines show at a glance that none does."""
    if "." not in line and "?" not in line and "!" not in line:
        return False
    return ". " in line or "? " in line or "! " in line or _CLOSED.search(line) is not None


_KEYED = re.compile(r"\s*\d{1,3} {2,}[^\W_]")


def is_row(line: str) -> bool:
    r"""Return whether tabs part a line into cells, or a number is set off from its text; a bullet before a tab is no cell.

    >>> is_row("Sponsor\tHill University"), is_row("•\tHome"), is_row("2  the folder does not exist")
    (True, False, True)
    """
    cells = [cell for cell in line.split("\t") if cell.strip()]
    if len(cells) > 1:
        return len(cells) > 2 or any(map(str.isalnum, cells[0]))
    return _KEYED.match(line) is not None
