"""Stage: blocks in another language before or after an English text, and amid it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dechaff.edits import Edit
from dechaff.foreign.blocks import Blocks
from dechaff.language import Languages

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dechaff.pages import Page


class Footers:
    """Finds blocks in other languages than the page's own."""

    name = "footers"

    def __init__(self, rules: Collection[str], languages: Languages = Languages()) -> None:  # noqa: B008  it cannot change
        """Work with these rules alone."""
        self.rules = rules
        self.languages = languages

    def find(self, pages: Sequence[Page]) -> list[list[Edit]]:
        """Return the lines to remove from each page."""
        return [self._in_page(page) for page in pages]

    def remarks(self, page: Page) -> list[Edit]:
        """Return what is in another language and stays, one remark a block, where it begins."""
        if "FOO003" not in self.rules:
            return []
        found = []
        for block in Blocks(page, self.languages).amid():
            at = int(page.rows.start[block.begin])
            note = f"{_lines(block.end - block.begin)}; {block.guess.language}, {block.guess.probability:.0%} sure"
            found.append(Edit(at, at, "", "FOO003", note))
        return found

    def _in_page(self, page: Page) -> list[Edit]:
        blocks = Blocks(page, self.languages)
        foot = blocks.foot() if "FOO001" in self.rules else None
        head = blocks.head(foot.begin if foot else len(page.lines)) if "FOO002" in self.rules else None
        taken = [(head, "FOO002"), (foot, "FOO001")]
        if self.languages.blocks == "all" and "FOO001" in self.rules:
            begin, end = head.end if head else 0, foot.begin if foot else len(page.lines)
            taken[1:1] = [
                (block, "FOO001") for block in blocks.amid() if begin <= block.begin and block.end <= end and blocks.is_chrome(block)
            ]
        edits = []
        for block, rule in taken:
            if block is not None:
                gone = blocks.gone(block)
                note = (
                    f"{block.place} the text, in a block of {_lines(len(gone))}; {block.guess.language}, {block.guess.probability:.0%} sure"
                )
                edits += page.line_removals(dict.fromkeys(gone, (rule, note)))
        return edits if len(edits) < len(page.lines) else []  # what is left of a page when nothing would be is its text


def _lines(count: int) -> str:
    return f"{count} line{'s' * (count > 1)}"
