"""What the page knows of the changes of one file, as JSON: each with its rule and evidence, and the text around them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dechaff.confidence import confidence
from dechaff_cli.html.pieces import Piece, folded, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dechaff import FileReport
    from dechaff_cli.html.pieces import Folded

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode  # what is given here holds itself nowhere


def packed(value: object) -> str:
    """Return JSON that is safe inside a page and inside a script: ASCII, without a character that ends or begins either."""
    return _encode(value).replace("<", "\\u003c").replace("\x7f", "\\u007f")


def as_json(report: FileReport, text: str | None) -> str:
    """Return what the page is told of a file.

    Args:
        report: Its record.
        text: Its text as decoded; without it the changes stand without what is around them.
    """
    whys: dict[tuple[str, str, float | None], int] = {}
    made: dict[str, Any] = {
        "c": [
            (whys.setdefault((one.rule, one.note, confidence(one)), len(whys)), one.layer, one.line, one.column) for one in report.findings
        ],
        "w": [why[: 2 + (why[2] is not None)] for why in whys],
    }
    if report.error is None:
        row, left = _row(report, text)
        made["t"] = row
        if left:
            made["left"] = left
        if text is None and report.findings:
            made["bare"] = 1
    if report.suspects:
        made["s"] = [(one.line, one.rule, one.chance, one.note) for one in report.suspects]
    return packed(made)


def _row(report: FileReport, text: str | None) -> tuple[list[Folded], int]:
    row = list(_alone(report)) if text is None else pieces(text, report.findings)
    return folded(row, {one.line for one in report.suspects})


def _alone(report: FileReport) -> Iterator[Piece]:
    """Yield the changes of a file whose text is not at hand, each as if it stood on a line of its own."""
    for number, one in enumerate(report.findings):
        if one.layer >= 0:
            if one.old:
                yield Piece(one.old, -1, number)
            if one.new:
                yield Piece(one.new, number, -1)
            if not one.old.endswith("\n") and not one.new.endswith("\n"):
                yield Piece("\n", -1, -1)
