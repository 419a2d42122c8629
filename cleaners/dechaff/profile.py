"""Site profiles: what repetition found on the pages of a site, kept as lines that a person can read, review and commit.

A profile is a `Survey` made readable. It keeps words, not numbers: those are computed anew from the words whenever it is used.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Self

import numpy as np

from dechaff.errors import ProfileError
from dechaff.pages import line_key
from dechaff.repetition import FOOT, HEAD, Pair, Survey
from dechaff.tally import PAGE, Tally, site_number, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_FORM = 1
_FEWEST = 3  # pages of a site before it is in a profile: repetition asks for as many to share a line
_MOST_PAGES = 1_000_000_000  # beyond any site; keeps a forged count from overflowing
_HARDLY = 0.1  # of the new pages: with fewer a line would not be called the site's, as in `repetition`
_CHANGED = 0.5  # of a site's lines: index pages and articles may each lack some, but seldom half. A judgement, not a measurement


class Known(NamedTuple):
    """A pair of lines, and on how many pages of its site it stood."""

    pair: Pair
    pages: int


@dataclass(frozen=True)
class SiteProfile:
    """What is known of one site."""

    pages: int
    """How many of its pages were counted."""
    first: date
    last: date
    """When pages of it were learned first and last."""
    lines: tuple[Known, ...] = ()


class Change(NamedTuple):
    """A site whose new pages lack much of what its old ones shared."""

    site: str
    pages: int
    """How many new pages there are."""
    of: int
    """How many shared pairs the profile had."""
    gone: tuple[Pair, ...]
    """Those that hardly any of the new pages have."""


@dataclass(frozen=True)
class Profile:
    """What is known of some sites."""

    sites: Mapping[str, SiteProfile] = field(default_factory=dict)
    roots: tuple[str, ...] = ()
    """The folders that sites are folders of, relative to the file of the profile, with forward slashes."""

    @classmethod
    def parse(cls, text: str, where: str) -> Self:
        """Return the profile that a text holds.

        Args:
            text: JSON, one object a line, as `to_json` writes it; people may have edited it.
            where: What the text is called in messages.

        Raises:
            ProfileError: A line is wrong.
        """
        sites: dict[str, SiteProfile] = {}
        known: dict[str, dict[int, Known]] = {}
        roots: tuple[str, ...] | None = None
        for number, written in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
            if not written.strip():
                continue
            entry = _Entry(written, f"{where}:{number}")
            if roots is None:
                roots = _header(entry)
                continue
            site = entry.text("site")
            if "line" in entry.table:
                if site not in sites:
                    entry.refuse("site", f"has no line of its own before this one: {site!r}")
                _add(known[site], _known(entry, sites[site]), entry)
                continue
            if site in sites:
                entry.refuse("site", f"is there twice: {site!r}")
            sites[site], known[site] = _site(entry), {}
        if roots is None:
            message = (
                f'{where}: is no profile: its first line must be {{"dechaff_profile": {_FORM}, "roots": []}}; `dechaff learn` makes one'
            )
            raise ProfileError(message)
        whole = {
            name: SiteProfile(site.pages, site.first, site.last, tuple(_in_order(known[name].values()))) for name, site in sites.items()
        }
        return cls(whole, roots)

    def to_json(self) -> str:
        """Return the profile as JSON in ASCII, one object a line: sites by name, their lines from the edges of a page inward."""
        lines = [_line({"dechaff_profile": _FORM, "roots": sorted(self.roots)})]
        for name, site in sorted(self.sites.items()):
            lines.append(_line({"site": name, "pages": site.pages, "first": site.first.isoformat(), "last": site.last.isoformat()}))
            for pair, pages in _in_order(site.lines):
                lines.append(_line({"site": name, "zone": pair.zone, "pages": pages, "line": pair.line, "beside": pair.beside}))
        return "".join(f"{line}\n" for line in lines)

    def survey(self) -> Survey:
        """Return the profile as counts to clean by."""
        rows = [
            (site_number(name), item, pages)
            for name, site in self.sites.items()
            for item, pages in [(PAGE, site.pages), *((known.pair.number, known.pages) for known in site.lines)]
        ]
        if not rows:
            return Survey()
        sites, items, pages = zip(*rows, strict=True)
        return Survey(total([Tally(np.array(sites, np.uint64), np.array(items, np.uint64), np.array(pages, np.int64))]))

    def with_pages(self, new: Survey) -> Survey:
        """Return the counts of the profile and of more pages together, down to what can matter."""
        return self.survey().plus(new).settle()

    def learned(self, counts: Survey, quotes: Mapping[str, Mapping[int, Pair]], day: date) -> Profile:
        """Return the profile with more pages.

        Counts add, and a line that was shared on too few of the old pages to be in the profile counts from the new ones on.
        Sites of fewer than three pages are left out, and pages whose site is not known.

        Args:
            counts: Those of the profile and the new pages together, as `with_pages` returns them.
            quotes: By site of the new pages, the words of these counts, as far as the new pages have them; the words of the profile win.
            day: When the new pages were seen.
        """
        sites = dict(self.sites)
        for name in quotes:
            site = counts.of(name)
            if not name or site.pages < _FEWEST:
                continue
            old = self.sites.get(name)
            words = {**quotes.get(name, {}), **({known.pair.number: known.pair for known in old.lines} if old else {})}
            lines = _in_order(Known(words[pair], count) for pair, count in zip(site.pairs.tolist(), site.counts.tolist(), strict=True))
            first, last = (min(old.first, day), max(old.last, day)) if old else (day, day)
            sites[name] = SiteProfile(site.pages, first, last, tuple(lines))
        return Profile(sites, tuple(sorted(set(self.roots))))

    def changed(self, new: Survey) -> Iterator[Change]:
        """Yield the sites whose new pages lack at least half of the lines that the old ones shared.

        Args:
            new: The counts of the new pages, not settled; those of other pairs than the profile has do not matter.
        """
        for name, site in sorted(self.sites.items()):
            seen = new.of(name)
            if seen.pages < _FEWEST or not site.lines:
                continue
            on = seen.on(np.array([known.pair.number for known in site.lines], np.uint64)).tolist()
            gone = tuple(known.pair for known, pages in zip(site.lines, on, strict=True) if pages < _HARDLY * seen.pages)
            if len(gone) >= _CHANGED * len(site.lines):
                yield Change(name, seen.pages, len(site.lines), gone)


def _line(table: Mapping[str, object]) -> str:
    """Return an object on one line: in ASCII, without any character that would drive a terminal."""
    return json.dumps(table).replace("\x7f", "\\u007f")


def _in_order(lines: Iterable[Known]) -> Iterator[Known]:
    """Yield pairs as a reader meets them from the edge inward, the more frequent way first; the same whatever their order was."""
    following: dict[tuple[str, int | None], list[tuple[int, Known]]] = {}
    for known in sorted(lines, key=lambda known: (known.pair.zone != HEAD, -known.pages, known.pair.line, known.pair.beside or "")):
        beside = None if known.pair.beside is None else line_key(known.pair.beside)
        following.setdefault((known.pair.zone, beside), []).append((line_key(known.pair.line), known))
    for start in [(HEAD, None), (FOOT, None), *following]:
        ways = [start]
        while ways:
            way = ways.pop()
            met = following.pop(way, []) if way in following else []
            yield from (known for _, known in met)
            ways += [(way[0], key) for key, _ in reversed(met)]


class _Entry:
    """One line of a profile as somebody wrote it, and what is wrong with it."""

    def __init__(self, written: str, where: str) -> None:
        """Read a line.

        Raises:
            ProfileError: It is no JSON object, or has a key twice.
        """
        self.where = where
        try:
            table = json.loads(written, object_pairs_hook=self._table)
        except (ValueError, RecursionError) as error:
            message = f"{where}: not valid JSON: {error}"
            raise ProfileError(message) from error
        if not isinstance(table, dict):
            message = f"{where}: must be an object, as {{...}}"
            raise ProfileError(message)
        self.table: dict[str, Any] = table

    def _table(self, pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
        if twice := [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]:
            self.refuse(twice[0], "is there twice")
        return dict(pairs)

    def only(self, *keys: str) -> None:
        """Refuse keys that have no meaning."""
        if unknown := [key for key in self.table if key not in keys]:
            message = f"{self.where}: unknown key {unknown[0]!r}; there are {', '.join(keys)}"
            raise ProfileError(message)

    def text(self, key: str) -> str:
        """Return a string with something in it."""
        value = self.table.get(key)
        if not isinstance(value, str) or not value:
            self.refuse(key, "must be a string")
        return value

    def line(self, key: str) -> str:
        """Return a line of a page."""
        value = self.text(key)
        if "\n" in value or not line_key(value):
            self.refuse(key, "must be one line with a letter in it")
        return value

    def count(self, most: int, what: str) -> int:
        """Return a number of pages."""
        value = self.table.get("pages")
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            self.refuse("pages", f"must be a whole number from 1 to {most:,}{what}")
        return value

    def day(self, key: str) -> date:
        """Return a date."""
        try:
            return date.fromisoformat(self.text(key))
        except ValueError:
            self.refuse(key, "must be a date such as 2026-11-22")

    def refuse(self, key: str, why: str) -> NoReturn:
        """Raise an error that names the file, the line and the key."""
        message = f"{self.where}: {key}: {why}"
        raise ProfileError(message)


def _header(entry: _Entry) -> tuple[str, ...]:
    form = entry.table.get("dechaff_profile")
    if not isinstance(form, int) or isinstance(form, bool):
        message = f'{entry.where}: is no profile: it must begin with {{"dechaff_profile": {_FORM}, "roots": []}}; `dechaff learn` makes one'
        raise ProfileError(message)
    if form != _FORM:
        entry.refuse("dechaff_profile", f"is {form:.6g}, and this dechaff reads {_FORM}" if abs(form) < _MOST_PAGES else "is no form")
    entry.only("dechaff_profile", "roots")
    roots = entry.table.get("roots", [])
    if not isinstance(roots, list) or not all(isinstance(root, str) and root and "\0" not in root for root in roots):
        entry.refuse("roots", "must be a list of folders")
    return tuple(roots)


def _site(entry: _Entry) -> SiteProfile:
    entry.only("site", "pages", "first", "last")
    site = SiteProfile(entry.count(_MOST_PAGES, ""), entry.day("first"), entry.day("last"))
    if site.last < site.first:
        entry.refuse("last", "is before first")
    return site


def _known(entry: _Entry, site: SiteProfile) -> Known:
    entry.only("site", "zone", "pages", "line", "beside")
    zone = entry.text("zone")
    if zone not in {HEAD, FOOT}:
        entry.refuse("zone", f"must be {HEAD} or {FOOT}")
    if "beside" not in entry.table:
        entry.refuse("beside", "must be the line nearer to the edge of the page, or null for the edge")
    beside = None if entry.table["beside"] is None else entry.line("beside")
    return Known(Pair(zone, beside, entry.line("line")), entry.count(site.pages, ", the pages of its site"))


def _add(known: dict[int, Known], one: Known, entry: _Entry) -> None:
    number = one.pair.number
    if number in known:
        entry.refuse("line", "is there twice beside the same line; case, spaces and punctuation do not count")
    known[number] = one
