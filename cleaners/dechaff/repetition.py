"""Counts of the lines that pages of one site share, and the stage that removes them from the edges of a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dechaff.guards import ask, guard
from dechaff.lines import is_prose
from dechaff.pages import line_key
from dechaff.tally import NOTHING, PAGE, UNKNOWN, Tally, counted, site_number, total

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from dechaff.edits import Edit
    from dechaff.pages import Page

HEAD, FOOT = "head", "foot"
_EDGE = {HEAD: 0x5851F42D4C957F2C, FOOT: 0x14057B7EF767814E}  # stand for the edges of a page: even numbers, which no line has for a key
_WRAP = (1 << 64) - 1  # numbers of pairs have 64 bits, as those of lines have
_FACTOR = 0xD1342543DE82EF95  # odd and without pattern, so that "a, b" and "b, a" are two pairs (Steele and Vigna, 2021)
_ZONE = 100  # written lines that a zone reaches at most: three quarters of whole WCXB pages have shorter headers and footers
_PAGES = 3  # pages of a site that must share a line; with two, 6.3 % of content words go, with three 2.8 % (CleanPortalEval)
_SHARE = 0.1  # of the pages of a site: a heading that three in a hundred articles have is theirs
_SHARE_UNKNOWN = 0.25  # where one folder may hold many sites
_STRANGERS = 3  # lines of its own that a header or footer may have among the shared ones: a breadcrumb, a date, an issue
_MOST = 0.9  # of a page's lines that may go; what shares more with other pages is a copy of them
_RECORD = 0.15  # of the written lines being fields makes a page a record: invented registry pages have .19 to .55, articles .03
_FORM_LINE = 120  # code points; longer lines are no fields
_WORDS = 5  # of a sentence: lines with a stop and fewer are names, slogans and buttons
_STOP = re.compile(r"[.。।۔][\"'”’»)\]]*\s*\Z")
_RIGHTS = re.compile(r"©|\(c\) ?(?:19|20)\d\d|\bcopyright\b|\ball rights reserved\b", re.IGNORECASE)
# Shared labels to a shared sentence of a template. On the 166 WCXB pages of 39 sites with three and more, 274 of 416 sentences that no
# author wrote still go; with 1 408 do, and with 4 237. Leaflets say more in the same words than they have headings in common.
_OUTNUMBERED = 2
_FIELD = re.compile(r"^[^:：]{2,60}[:：]\s*\S|^\S+@\S+\.\w+$")  # a label with its value, a lone e-mail address


class Survey:
    """How many pages of each site have two lines one after the other. Adds up over any partition of a corpus."""

    def __init__(self, rows: Tally = NOTHING) -> None:
        """Take what was counted.

        Args:
            rows: Of the items that are not pages, the numbers that `_pairs` gives two lines of a zone.
        """
        self.rows = rows

    def __eq__(self, other: object) -> bool:
        """Return whether all counts are the same."""
        return isinstance(other, Survey) and all(map(np.array_equal, self.rows, other.rows))

    __hash__ = None  # type: ignore[assignment]

    def plus(self, *others: Survey) -> Survey:
        """Return the survey of several parts of a corpus."""
        return Survey(total([self.rows, *(other.rows for other in others)]))

    def settle(self) -> Survey:
        """Return the survey without what can never matter, once every page is counted."""
        return Survey(total(list(settled([self.rows]))))

    def knowing(self, profile: Survey) -> Survey:
        """Return the survey with what a profile says of its sites in the place of what was counted of them.

        Not the sum: pages may be in the profile already, and what is found in a page is not to depend on which others it is cleaned with.
        """
        return profile.plus(Survey(self.rows.only(~np.isin(self.rows.site, profile.rows.site)))) if profile.rows.site.size else self

    def of(self, site: str) -> Shared:
        """Return what is counted of a site."""
        return self.numbered(site_number(site))

    def numbered(self, site: int) -> Shared:
        """Return what is counted of the site of a number."""
        begin, end = (int(np.searchsorted(self.rows.site, np.uint64(site), side)) for side in ("left", "right"))
        part = self.rows.part(begin, end)
        paged = bool(part.item.size and part.item[0] == PAGE)
        pages = int(part.pages[0]) if paged else 0
        return Shared(pages, int(_needed(np.array([pages]), site == UNKNOWN)[0]), part.item[paged:], part.pages[paged:])


class Shared(NamedTuple):
    """What is counted of one site."""

    pages: int
    needed: int
    """On how many of them a line must stand to be the site's."""
    pairs: NDArray[np.uint64]
    """The numbers of pairs of lines, in order."""
    counts: NDArray[np.int64]
    """On how many pages each stands."""

    def on(self, pairs: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return on how many pages some pairs stand."""
        if not self.pairs.size:
            return np.zeros(pairs.size, np.int64)
        at = np.minimum(np.searchsorted(self.pairs, pairs), self.pairs.size - 1)
        return np.where(self.pairs[at] == pairs, self.counts[at], 0)


def settled(pieces: Iterable[Tally]) -> Iterator[Tally]:
    """Yield the consecutive pieces of a tally without pairs on too few pages of a site, and without sites of too few pages."""
    site, pages = UNKNOWN, 0  # of the site that the piece before ended in
    for piece in pieces:
        if not piece.site.size:
            continue
        is_page = piece.item == PAGE
        before = np.maximum.accumulate(np.where(is_page, np.arange(is_page.size), -1))
        of_site = np.where(before >= 0, piece.pages[before], np.where(piece.site == site, pages, 0))
        least = np.where(is_page, _PAGES, _needed(of_site, piece.site == UNKNOWN))
        yield piece.only(piece.pages >= least)
        site, pages = int(piece.site[-1]), int(of_site[-1])


def _needed(pages: NDArray[np.int64], unknown: NDArray[np.bool_] | bool) -> NDArray[np.int64]:
    """Return on how many of a site's pages a line must stand to be the site's."""
    return np.maximum(_PAGES, np.ceil(np.where(unknown, _SHARE_UNKNOWN, _SHARE) * pages)).astype(np.int64)


def survey(pages: Sequence[Page]) -> Survey:
    """Return the counts of some pages."""
    return Survey(counted((page.site, numbers(page)) for page in pages))


def numbers(page: Page) -> NDArray[np.uint64]:
    """Return the numbers of all pairs in the zones of a page, in order, each once."""
    return np.unique(np.concatenate([_pairs(zone) for zone in _zones(page.rows.key)]))


class Pair(NamedTuple):
    """Two lines, one after the other at an edge of a page, as a person reads them."""

    zone: str
    """`HEAD` or `FOOT`."""
    beside: str | None
    """The line nearer to the edge; None for the edge itself."""
    line: str

    @property
    def number(self) -> int:
        """The number that surveys count the pair by."""
        edge = _EDGE[self.zone]
        before = edge if self.beside is None else line_key(self.beside)
        return (before * _FACTOR + line_key(self.line) + edge) & _WRAP


def quote(pages: Sequence[Page], counts: Survey) -> dict[str, dict[int, Pair]]:
    """Return the words of the pairs that a survey counts, by site and number, as far as pages have them.

    Where pages write a pair in several ways, the one that comes first in order of code points stands for all.
    """
    quoted: dict[str, dict[int, Pair]] = {}
    for page in pages:
        wanted = counts.of(page.site)
        words = quoted.setdefault(page.site, {})
        for zone in _zones(page.rows.key):
            rows = zone.rows.tolist()
            pairs = _pairs(zone)
            for i, pair, count in zip(range(len(rows)), pairs.tolist(), wanted.on(pairs).tolist(), strict=True):
                if count:
                    add_quote(words, pair, Pair(zone.name, page.lines[rows[i - 1]].strip() if i else None, page.lines[rows[i]].strip()))
    return quoted


def add_quote(words: dict[int, Pair], number: int, pair: Pair) -> None:
    """Keep the words of a pair, unless others stand for it that come first; whatever the order they are seen in."""
    known = words.get(number)
    if known is None or (pair.beside or "", pair.line) < (known.beside or "", known.line):
        words[number] = pair


class _Zone(NamedTuple):
    """The lines at one edge of a page, from the edge inward."""

    name: str
    rows: NDArray[np.int64]
    """Which rows of the page; lines without letters are left out."""
    keys: NDArray[np.uint64]


def _zones(keys: NDArray[np.uint64]) -> list[_Zone]:
    """Return the lines of both zones of a page; no line is in both."""
    middle = (keys.size + 1) // 2
    inward = ((HEAD, np.arange(min(middle, _ZONE))), (FOOT, np.arange(keys.size - 1, max(middle, keys.size - _ZONE) - 1, -1)))
    return [_Zone(name, lettered := rows[keys[rows] != 0], keys[lettered]) for name, rows in inward]


def _pairs(zone: _Zone) -> NDArray[np.uint64]:
    """Return a number for each line of a zone together with the one before it, nearer to the edge; another in each zone."""
    before = np.concatenate((np.array([_EDGE[zone.name]], dtype=np.uint64), zone.keys))
    numbers: NDArray[np.uint64] = before[:-1] * np.uint64(_FACTOR) + before[1:] + before[0]
    return numbers


class Repetition:
    """Finds, from either edge of a page inward, the lines that other pages of its site have there too."""

    name = "repetition"

    def __init__(self, rules: Collection[str], counts: Survey) -> None:
        """Work with these rules, on a corpus that was counted so."""
        self.counts = counts if "REP001" in rules else Survey()

    def find(self, pages: Sequence[Page]) -> list[list[Edit]]:
        """Return the lines to remove from each page."""
        return [self._in_page(page, shared) if (shared := self.counts.of(page.site)).pairs.size else [] for page in pages]

    def _in_page(self, page: Page, site: Shared) -> list[Edit]:
        pages, needed = site.pages, site.needed
        if pages < needed:
            return []
        walked: set[int] = set()
        found: dict[int, str] = {}
        for zone in _zones(page.rows.key):
            beside = site.on(_pairs(zone)).tolist()
            # On how many pages each line stands beside one of the neighbours that it has here.
            shared = [max(pair) for pair in zip(beside, [*beside[1:], 0], strict=False)]
            if max(shared, default=0) < needed:
                continue
            gone = _walk(zone.rows.tolist(), shared, page.lines, needed)
            walked.update(i for i, _ in gone)
            for i, count in _unsaid(gone, page):
                found[i] = f"on {count} of {pages} pages of {page.site or 'this folder'}, at the {zone.name}"
        if not found or len(walked) > _MOST * len(page.lines) or _is_record(page.lines):
            return []  # copies of one page share all their lines
        return page.line_removals({i: ("REP001", note) for i, note in found.items()})


def _walk(indexes: Sequence[int], shared: Sequence[int], lines: Sequence[str], needed: int) -> list[tuple[int, int]]:
    """Return the lines that go, as index and count: from the edge inward until the page's own text begins."""
    gone: list[tuple[int, int]] = []
    strangers = 0
    for i, count in zip(indexes, shared, strict=True):
        text = lines[i]
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


def _unsaid(gone: list[tuple[int, int]], page: Page) -> list[tuple[int, int]]:
    """Return the lines of a walk without the sentences that documents may share: what many leaflets say in the same words is still said.

    A template says something too, but between its own lines: between such as are gone by now, or among many labels that go.
    """
    said = {i for i, _ in gone if _is_sentence(page.lines[i]) and not (page.cut[i] and page.cut[i + 1])}
    labels = [place for place, (i, _) in enumerate(gone) if i not in said]
    among = labels[-1] if len(labels) >= max(1, _OUTNUMBERED * len(said)) else -1
    return [one for place, one in enumerate(gone) if place <= among or one[0] not in said]


def _is_sentence(line: str) -> bool:
    """Return whether a line says something, and not who has the rights in it; questions and calls are a menu's.

    >>> _is_sentence("Keep this medicine out of the reach of children.")
    True
    >>> _is_sentence("Copyright 2024 by the makers of these pages.")
    False
    """
    return (is_prose(line) or (_STOP.search(line) is not None and len(line.split()) >= _WORDS)) and not _RIGHTS.search(line)


def _is_record(lines: Sequence[str]) -> bool:
    """Return whether a page is a form: fields and values that many records share, and that are its content."""
    short = [line for line in lines if len(line) < _FORM_LINE]
    ask(short)
    fields = sum(guard(line) in {"registry-field", "registry-value", "identifier"} for line in short)
    return fields >= _RECORD * len(lines)
