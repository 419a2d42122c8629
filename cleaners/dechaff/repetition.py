"""Counts of the lines that pages of one site share, and the stage that removes them from the edges of a page."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from dechaff.edits import Edit, removing
from dechaff.guards import guard
from dechaff.lines import is_prose, key, written

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from dechaff.edits import Document
    from dechaff.lines import Line

HEAD, FOOT = "head", "foot"
_EDGE = "\n"  # stands for the edge of the page where a neighbour is asked for; no key holds a line break
_ZONE = 100  # written lines that a zone reaches at most: three quarters of whole WCXB pages have shorter headers and footers
_PAGES = 3  # pages of a site that must share a line; with two, 6.3 % of content words go, with three 2.8 % (CleanPortalEval)
_SHARE = 0.1  # of the pages of a site: a heading that three in a hundred articles have is theirs
_SHARE_UNKNOWN = 0.25  # where one folder may hold many sites
_STRANGERS = 3  # lines of its own that a header or footer may have among the shared ones: a breadcrumb, a date, an issue
_MOST = 0.9  # of a page's lines that may go; what shares more with other pages is a copy of them
_RECORD = 0.15  # of the written lines being fields makes a page a record: invented registry pages have .19 to .55, articles .03
_FORM_LINE = 120  # code points; longer lines are no fields
_FIELD = re.compile(r"^[^:：]{2,60}[:：]\s*\S|^\S+@\S+\.\w+$")  # a label with its value, a lone e-mail address


class Pair(NamedTuple):
    """Two lines that follow one another, in a zone of the pages of a site."""

    site: str
    zone: str
    first: str
    second: str


@dataclass(frozen=True)
class Survey:
    """How many pages of each site have two lines one after the other. Adds up over any partition of a corpus."""

    pages: Counter[str] = field(default_factory=Counter)
    pairs: Counter[Pair] = field(default_factory=Counter)

    def add(self, other: Survey) -> None:
        """Count the pages of another part of the corpus too."""
        self.pages.update(other.pages)
        self.pairs.update(other.pairs)

    def settle(self) -> Survey:
        """Return the survey without what can never matter, once every page is counted."""
        return Survey(self.pages, Counter({pair: count for pair, count in self.pairs.items() if count >= self.needed(pair.site)}))

    def needed(self, site: str) -> int:
        """Return on how many pages of a site a line must stand to be the site's."""
        share = _SHARE if site else _SHARE_UNKNOWN
        return max(_PAGES, -int(-share * self.pages[site] // 1))


def survey(documents: Iterable[Document]) -> Survey:
    """Return the counts of some documents, each a page of its site."""
    counts = Survey()
    for document in documents:
        counts.pages[document.site] += 1
        for zone, inward in _zones(written(document.text)):
            neighbours = [_EDGE, *(name for line in inward if (name := key(line.text)))]
            counts.pairs.update(
                {Pair(document.site, zone, one, other) for one, other in pairwise(neighbours)},
            )
    return counts


def _zones(lines: Sequence[Line]) -> list[tuple[str, Sequence[Line]]]:
    """Return the lines of both zones of a page, from its edge inward; no line is in both."""
    middle = (len(lines) + 1) // 2
    return [(HEAD, lines[: min(middle, _ZONE)]), (FOOT, lines[max(middle, len(lines) - _ZONE) :][::-1])]


class Repetition:
    """Finds, from either edge of a page inward, the lines that other pages of its site have there too."""

    name = "repetition"

    def __init__(self, rules: Collection[str], counts: Survey) -> None:
        """Work with these rules, on a corpus that was counted so."""
        self.counts = counts if "REP001" in rules else Survey()

    def find(self, documents: Sequence[Document]) -> list[list[Edit]]:
        """Return the lines to remove from each document."""
        if not self.counts.pairs:
            return [[] for _ in documents]
        return [self._in_document(document) for document in documents]

    def _in_document(self, document: Document) -> list[Edit]:
        pages, needed = self.counts.pages[document.site], self.counts.needed(document.site)
        if pages < needed:
            return []
        lines = written(document.text)
        found: dict[int, str] = {}
        zones = [] if _is_record(lines) else _zones(lines)
        for zone, inward in zones:
            indexes = range(len(inward)) if zone == HEAD else range(len(lines) - 1, len(lines) - 1 - len(inward), -1)
            named = [(i, name) for i, line in zip(indexes, inward, strict=True) if (name := key(line.text))]
            shared = self._shared(document.site, zone, [name for _, name in named])
            for i, count in _walk([i for i, _ in named], shared, lines, needed):
                found[i] = f"on {count} of {pages} pages of {document.site or 'this folder'}, at the {zone}"
        if len(found) > _MOST * len(lines):
            return []  # copies of one page share all their lines
        return [removing(document.text, lines[i], "REP001", found[i]) for i in sorted(found)]

    def _shared(self, site: str, zone: str, names: Sequence[str]) -> list[int]:
        """Return for each line of a zone on how many pages it stands there beside one of the neighbours it has here."""
        row = [_EDGE, *names]
        beside = [self.counts.pairs[Pair(site, zone, one, other)] for one, other in pairwise(row)]
        return [max(pair) for pair in zip(beside, [*beside[1:], 0], strict=False)]


def _walk(indexes: Sequence[int], shared: Sequence[int], lines: Sequence[Line], needed: int) -> list[tuple[int, int]]:
    """Return the lines that go, as index and count: from the edge inward until the page's own text begins."""
    gone: list[tuple[int, int]] = []
    strangers = 0
    for i, count in zip(indexes, shared, strict=True):
        text = lines[i].text
        if guard(text) or (is_prose(text) and count < needed):
            break  # a form begins here, or the text: what pages share further in is theirs
        if count >= needed and not _FIELD.search(text):
            gone.append((i, count))
            strangers = 0
        else:
            strangers += 1
            if strangers > _STRANGERS:
                break
    return gone


def _is_record(lines: Sequence[Line]) -> bool:
    """Return whether a page is a form: fields and values that many records share, and that are its content."""
    fields = sum(guard(line.text) in {"registry-field", "registry-value", "identifier"} for line in lines if len(line.text) < _FORM_LINE)
    return fields >= _RECORD * len(lines)
