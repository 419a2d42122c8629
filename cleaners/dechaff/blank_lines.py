"""Last stage: the blank lines that scrapes and removals leave."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dechaff.edits import Edit

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dechaff.edits import Document

_RUN = re.compile(r"\n[^\S\n]*\n((?:[^\S\n]*\n)+)")


class BlankLines:
    """Finds runs of blank lines, blank edges, and a missing last line break."""

    name = "blank_lines"

    def __init__(self, rules: Collection[str]) -> None:
        """Work with these rules alone."""
        self.rules = rules

    def find(self, documents: Sequence[Document]) -> list[list[Edit]]:
        """Return the changes to each document."""
        return [self._in_text(document.text) for document in documents]

    def _in_text(self, text: str) -> list[Edit]:
        begin, end = _body(text)
        edits = []
        if "BLK001" in self.rules:
            edits = [
                Edit(match.start(1), match.end(1), "", "BLK001", f"{_count(match[1])} too many")
                for match in _RUN.finditer(text, max(begin - 1, 0), end)
            ]
        if "BLK002" in self.rules:
            blank = [(0, begin), (end, len(text))] if begin < end else [(0, len(text))]
            edits += [Edit(start, stop, "", "BLK002", f"{_count(text[start:stop])} at the edge") for start, stop in blank if start < stop]
        if "BLK003" in self.rules and begin < end == len(text) and not text.endswith("\n"):
            edits.append(Edit(end, end, "\n", "BLK003", "the last line is not closed"))
        return sorted(edits)


def _body(text: str) -> tuple[int, int]:
    """Return where the first written line begins, and one past the line break of the last one."""
    written = text.rstrip()
    begin = text.rfind("\n", 0, len(text) - len(text.lstrip())) + 1
    close = text.find("\n", len(written))
    return (begin, len(text) if close < 0 else close + 1) if written else (0, 0)


def _count(blank: str) -> str:
    lines = max(blank.count("\n"), 1)
    return f"{lines} blank line{'s' * (lines > 1)}"
