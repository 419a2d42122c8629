"""Stage: blocks in another language before or after an English text, and amid it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dechaff.edits import Edit, removing
from dechaff.foreign_blocks import Page
from dechaff.language import Languages
from dechaff.lines import written

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dechaff.edits import Document


class Footers:
    """Finds blocks in other languages than the page's own."""

    name = "footers"

    def __init__(self, rules: Collection[str], languages: Languages = Languages()) -> None:  # noqa: B008  it cannot change
        """Work with these rules alone."""
        self.rules = rules
        self.languages = languages

    def find(self, documents: Sequence[Document]) -> list[list[Edit]]:
        """Return the lines to remove from each document."""
        return [self._in_text(document.text) for document in documents]

    def remarks(self, text: str) -> list[Edit]:
        """Return what is in another language and stays, one remark a block, where it begins."""
        if "FOO003" not in self.rules:
            return []
        page = Page(text, written(text), self.languages)
        return [
            Edit(
                page.lines[block.begin].start,
                page.lines[block.begin].start,
                "",
                "FOO003",
                f"{_lines(block.end - block.begin)}; {block.guess.language}, {block.guess.probability:.0%} sure",
            )
            for block in page.amid()
        ]

    def _in_text(self, text: str) -> list[Edit]:
        lines = written(text)
        page = Page(text, lines, self.languages)
        foot = page.foot() if "FOO001" in self.rules else None
        head = page.head(foot.begin if foot else len(lines)) if "FOO002" in self.rules else None
        blocks = [(head, "FOO002"), (foot, "FOO001")]
        if self.languages.blocks == "all" and "FOO001" in self.rules:
            begin, end = head.end if head else 0, foot.begin if foot else len(lines)
            blocks[1:1] = [
                (block, "FOO001") for block in page.amid() if begin <= block.begin and block.end <= end and page.is_chrome(block)
            ]
        edits = []
        for block, rule in blocks:
            if block is not None:
                gone = page.gone(block)
                note = (
                    f"{block.place} the text, in a block of {_lines(len(gone))}; {block.guess.language}, {block.guess.probability:.0%} sure"
                )
                edits += [removing(text, lines[i], rule, note) for i in gone]
        return edits


def _lines(count: int) -> str:
    return f"{count} line{'s' * (count > 1)}"
