"""A file as a row of pieces, each put there by one change and taken by another: what happened between any two passes is read off it."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from dechaff import Finding

_CONTEXT = 3  # unchanged lines shown on either side of a change, as in a unified diff
_LONG = 1200  # code points of one line above which its middle is left out: a screen of text
_ENDS = (600, 200)  # what is shown of such a line, at its beginning and at its end
_MOST = 400_000  # code points of one file that are shown: two hundred screens

Folded = str | int | list[str | int]
"""A piece as a page has it: text that stays; how many lines that stay are folded; `[text, born, gone]` for text that some change put there
or took, with a number in place of what is left out of its middle; `[number]` for what is left out of a line that stays."""


class Piece(NamedTuple):
    """A stretch of text."""

    text: str
    born: int
    """Which finding put it there; -1 for what was in the file."""
    gone: int
    """Which finding took it; -1 for what is in the clean copy."""


def pieces(source: str, findings: Sequence[Finding]) -> list[Piece]:
    """Return a file as pieces in one order that holds for every pass: those alive after a pass are the text as it was then.

    Args:
        source: Its text as decoded.
        findings: All of them; what changed no text is passed over.

    Raises:
        ValueError: The findings do not belong to the text.
    """
    row = [Piece(source, -1, -1)]
    made = sorted((one.layer, one.start, len(one.old), number) for number, one in enumerate(findings) if one.layer >= 0)
    for _, layer in groupby(made, key=itemgetter(0)):
        row = _pass([piece for piece in row if piece.text], [number for *_, number in layer], findings)
    return row


def _pass(row: Sequence[Piece], layer: Sequence[int], findings: Sequence[Finding]) -> list[Piece]:
    """Return the pieces once the edits of one pass are made."""
    begins = list(accumulate((len(piece.text) if piece.gone < 0 else 0 for piece in row), initial=0))  # of living text before each piece
    made: list[Piece] = []
    at, cut = 0, 0  # the piece that comes next, and how much of it is there already
    for number in layer:
        edit = findings[number]
        end = edit.start + len(edit.old)
        if not begins[at] + cut <= edit.start <= end <= begins[-1]:
            message = f"the finding {edit} lies outside the text"
            raise ValueError(message)
        for place, gone in ((edit.start, -1), (end, number)):
            reached = bisect_right(begins, place, at) - 1  # beyond what is gone at this place
            if cut and reached > at:
                made.append(Piece(row[at].text[cut:], row[at].born, gone))
                at, cut = at + 1, 0
            if reached > at:
                made += row[at:reached] if gone < 0 else [Piece(*one[:2], gone if one.gone < 0 else one.gone) for one in row[at:reached]]
            rest = place - begins[reached]
            if rest > (cut if reached == at else 0):
                made.append(Piece(row[reached].text[cut if reached == at else 0 : rest], row[reached].born, gone))
            at, cut = reached, rest
        if edit.new:
            made.append(Piece(edit.new, number, -1))
    if cut:
        made.append(Piece(row[at].text[cut:], row[at].born, -1))
        at += 1
    return [*made, *row[at:]]


def folded(row: Sequence[Piece], suspicious: Collection[int]) -> tuple[list[Folded], int]:
    """Return the pieces as a page has them, what is far from any change folded; and how many pieces are left out at the end.

    Args:
        row: All pieces of a file.
        suspicious: Lines of the clean copy, 1-based, that are shown though they stay.
    """
    shown: list[Folded] = []
    room = _MOST
    line = 1  # of the clean copy
    for number, (text, born, gone) in enumerate(row):
        if room <= 0:
            return shown, sum(later.born >= 0 or later.gone >= 0 for later in row[number:])
        if born < 0 and gone < 0:
            near = [one - line for one in suspicious]
            fresh: list[Folded] = list(_kept(text, near, first=number == 0, last=number == len(row) - 1))
            room -= sum(map(_size, fresh))
            shown += fresh
        else:
            for part in (text,) if len(text) <= _LONG else _shortened(text):
                shown.append([*part, born, gone] if isinstance(part, list) else [part, born, gone])
                room -= _size(part)
        if gone < 0:
            line += text.count("\n")
    return shown, 0


def _size(one: Folded) -> int:
    text = one[0] if isinstance(one, list) else one
    return len(text) if isinstance(text, str) else 8


def _kept(text: str, wanted: Sequence[int], *, first: bool, last: bool) -> Iterator[Folded]:
    """Yield text that stays: what lies near a change or a wanted line as it is, the lines between as their number."""
    lines = text.split("\n")
    count = len(lines)
    near = [(i - _CONTEXT, i + _CONTEXT + 1) for i in wanted if 0 <= i < count]
    if not first:
        near.append((0, _CONTEXT + 1))
    if not last:
        near.append((count - 1 - _CONTEXT, count))
    elif not lines[-1]:
        near.append((count - 1, count))  # nothing stands after the last line feed
    done = 0
    for begin, end in [*_merged(near, count), (count, count)]:
        if begin == done + 1:  # one folded line takes as much room as itself
            yield from _shortened(lines[done] + ("\n" if begin < count else ""))
        elif begin > done:
            yield begin - done - (begin == count and not lines[-1])
        if begin < end:
            yield from _shortened("\n".join(lines[begin:end]) + ("\n" if end < count else ""))
        done = end


def _merged(ranges: list[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    """Return ranges of lines in order, those that touch as one."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted(ranges):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], min(end, count))
        else:
            found.append((max(begin, 0), min(end, count)))
    return found


def _shortened(text: str) -> Iterator[str | list[str | int]]:
    """Yield text without the middle of its longest lines; a number stands for what is left out."""
    if len(text) <= _LONG:
        if text:
            yield text
        return
    begin = 0
    at = 0
    for line in text.split("\n"):
        if len(line) > _LONG:
            if text[begin : at + _ENDS[0]]:
                yield text[begin : at + _ENDS[0]]
            yield [len(line) - sum(_ENDS)]
            begin = at + len(line) - _ENDS[1]
        at += len(line) + 1
    if text[begin:]:
        yield text[begin:]
