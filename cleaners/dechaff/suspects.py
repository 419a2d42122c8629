"""What stays and looks like chrome all the same: lines that a rule or the line model would have taken, had a little more spoken for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dechaff.line_model import RULE
from dechaff.report import Suspect
from dechaff.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dechaff.chrome import Match
    from dechaff.pages import Page
    from dechaff.pipeline import Pipeline

_MOST = 12  # lines a page: more than that is a page of its own kind, and a person has seen the point


_LONGEST = 400  # code points of a line that are quoted: more than anybody reads in a list
_ALONE = 0.5
"""How likely a line is chrome that a rule names only in company, and that has none: such words are headings and values about as often."""


def suspects(pipeline: Pipeline, pages: Sequence[Page]) -> list[tuple[Suspect, ...]]:
    """Return the suspicious lines of each page, at most a dozen of a page, in the order of their places.

    Args:
        pipeline: What cleaned the pages: its rules, degree and weights are asked once more, and the lines that it may not touch left out.
        pages: Clean.
    """
    known = pipeline.chrome.known(pages)
    found: list[dict[int, tuple[float, str, str]]] = [
        dict(_named(of_page.matches, page)) for of_page, page in zip(known, pages, strict=True)
    ]
    for owner, row, chance, evidence in pipeline.line_model.doubtful(pages):
        found[owner][row] = max((chance, RULE, evidence), found[owner].get(row, (0.0, "", "")))
    return [tuple(_placed(pipeline, page, lines)) for page, lines in zip(pages, found, strict=True)]


def _named(matches: Mapping[str, Match], page: Page) -> Iterator[tuple[int, tuple[float, str, str]]]:
    for row, line in enumerate(page.lines):
        match = matches.get(line)
        if match is not None and match.context != "anywhere":
            yield row, (_ALONE, match.rule, f"{RULES[match.rule].name} names it, but it stands alone among the page's own lines")


def _placed(pipeline: Pipeline, page: Page, lines: dict[int, tuple[float, str, str]]) -> Iterator[Suspect]:
    free = [row for row in lines if pipeline.allowed is None or not pipeline.allowed(page.lines[row], page.site, lines[row][1])]
    worst = sorted(free, key=lambda row: (-lines[row][0], row))[:_MOST]
    for row in sorted(worst):
        yield Suspect(row + int(page.rows.blank[row]) + 1, *lines[row], page.lines[row].strip()[:_LONGEST])
