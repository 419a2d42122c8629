"""What stays and looks like chrome all the same: lines that a rule or the line model would have taken, had a little more spoken for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dechaff.line_model import RULE
from dechaff.pages import Doubt, Page
from dechaff.report import Suspect
from dechaff.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dechaff.pipeline import Pipeline, Work

_MOST = 12  # lines a page: more than that is a page of its own kind, and a person has seen the point
_LONGEST = 400  # code points of a line that are quoted: more than anybody reads in a list
_ALONE = 0.5
"""How likely a line is chrome that a rule names only in company, and that has none: such words are headings and values about as often."""


def suspects(pipeline: Pipeline, works: Sequence[Work]) -> list[tuple[Suspect, ...]]:
    """Return the suspicious lines of documents, at most a dozen of each, in the order of their places.

    Args:
        pipeline: What finished the documents, and was told that doubts are asked for; lines that it may not touch are left out.
        works: Finished. Of those that were left as they are, wholly in another language, no line is suspicious.
    """
    return [tuple(_of_page(pipeline, work.document)) if isinstance(work.document, Page) else () for work in works]


def _of_page(pipeline: Pipeline, page: Page) -> Iterator[Suspect]:
    (known,) = pipeline.chrome.known([page])
    found = {row: (doubt, RULE) for row, doubt in page.doubts.items()}
    for row, text in enumerate(page.lines):
        match = known.matches.get(text)
        if match is not None and match.context != "anywhere" and row not in found:
            found[row] = Doubt(_ALONE, f"{RULES[match.rule].name} names it, but it stands alone among the page's own lines"), match.rule
    if pipeline.allowed is not None:
        found = {row: one for row, one in found.items() if not pipeline.allowed(page.lines[row], page.site, one[1])}
    worst = sorted(found, key=lambda row: (-found[row][0].chance, row))[:_MOST]
    for row in sorted(worst):
        doubt, rule = found[row]
        line = page.text.count("\n", 0, int(page.rows.start[row])) + 1
        yield Suspect(line, doubt.chance, rule, doubt.note, page.lines[row].strip()[:_LONGEST])
