"""A file as a row of pieces, each put there by one change and taken by another: what happened between any two passes is read off it."""

from __future__ import annotations

from itertools import groupby
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
    made = sorted(
        (number for number, one in enumerate(findings) if one.layer >= 0),
        key=lambda number: (findings[number].layer, findings[number].start, len(findings[number].old)),
    )
    for _, layer in groupby(made, key=lambda number: findings[number].layer):
        row = list(_pass(row, list(layer), findings))
    return row


def _pass(row: Sequence[Piece], layer: Sequence[int], findings: Sequence[Finding]) -> Iterator[Piece]:
    """Yield the pieces once the edits of one pass are made."""
    rest = iter(row)
    piece: Piece | None = next(rest, None)
    at = 0  # code points of living text before `piece`
    for number in layer:
        edit = findings[number]
        for begin, end, taken in ((at, edit.start, False), (edit.start, edit.start + len(edit.old), True)):
            at = begin
            while at < end or (piece is not None and piece.gone >= 0):
                if piece is None:
                    message = f"the finding {edit} lies outside the text"
                    raise ValueError(message)
                if piece.gone >= 0:
                    yield piece
                    piece = next(rest, None)
                    continue
                part = piece.text[: end - at]
                yield Piece(part, piece.born, number if taken else -1)
                at += len(part)
                left = piece.text[len(part) :]
                piece = piece._replace(text=left) if left else next(rest, None)
        if edit.new:
            yield Piece(edit.new, number, -1)
    if piece is not None and (piece.text or not layer):
        yield piece
    yield from rest


def folded(row: Sequence[Piece], suspicious: Collection[int]) -> tuple[list[Folded], int]:
    """Return the pieces as a page has them, what is far from any change folded; and how many pieces are left out at the end.

    Args:
        row: All pieces of a file.
        suspicious: Lines of the clean copy, 1-based, that are shown though they stay.
    """
    shown: list[Folded] = []
    room = _MOST
    line = 1  # of the clean copy
    for number, piece in enumerate(row):
        if room <= 0:
            return shown, sum(later.born >= 0 or later.gone >= 0 for later in row[number:])
        if piece.born < 0 and piece.gone < 0:
            fresh = list(_kept(piece.text, line, suspicious, first=number == 0, last=number == len(row) - 1))
        else:
            fresh = list(_changed(piece))
        room -= sum(map(_size, fresh))
        shown += fresh
        if piece.gone < 0:
            line += piece.text.count("\n")
    return shown, 0


def _size(one: Folded) -> int:
    text = one[0] if isinstance(one, list) else one
    return len(text) if isinstance(text, str) else 8


def _kept(text: str, line: int, suspicious: Collection[int], *, first: bool, last: bool) -> Iterator[Folded]:
    """Yield text that stays: what lies near a change or a suspicious line as it is, the lines between as their number."""
    lines = text.split("\n")
    near = [False] * len(lines)
    here = [i for i in range(len(lines)) if line + i in suspicious] if suspicious else []
    for begin, end in [
        *([] if first else [(0, _CONTEXT + 1)]),
        *([] if last else [(len(lines) - 1 - _CONTEXT, len(lines))]),
        *((i - _CONTEXT, i + _CONTEXT + 1) for i in here),
    ]:
        for i in range(max(begin, 0), min(end, len(lines))):
            near[i] = True
    if last and not near[-1] and not lines[-1]:
        near[-1] = True  # nothing stands after the last line feed
    place = 0
    for is_near, group in groupby(near):
        size = len(list(group))
        part = lines[place : place + size]
        place += size
        closing = "" if place == len(lines) else "\n"
        if is_near or size == 1:  # one folded line takes as much room as itself
            yield from _shortened("\n".join(part) + closing)
        else:
            yield size - (not closing and not part[-1])


def _shortened(text: str) -> Iterator[Folded]:
    """Yield text that stays without the middle of its longest lines."""
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


def _changed(piece: Piece) -> Iterator[Folded]:
    for one in _shortened(piece.text):
        text = one[0] if isinstance(one, list) else one
        yield [text, piece.born, piece.gone]
