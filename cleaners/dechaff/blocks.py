"""Chrome that only shows as a block: related items under their heading, a site's statistics, a table of contents of links."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from dechaff.guards import guard
from dechaff.lines import bare, is_prose, key, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from dechaff.lines import Line

RELATED, STATISTICS, CONTENTS = "CHR201", "CHR202", "CHR203"

_RELATED_HEADING = re.compile(
    r"""
    (?: see\ also
      | (?:(?:view|show|browse|more|other|our)\ )?
        (?:related|similar|recommended|suggested|popular|trending|most[ -](?:read|cited|viewed|popular|recent|downloaded)
          |latest|recent(?:ly\ viewed)?)
        \ (?:(?:clinical|recent|research|news|medical|scientific|journal)\ )?
        (?:articles?|papers?|publications?|posts?|stories|news|reading|reads|trials?|studies|content|items?|pages?|links?|topics?
          |videos?|documents?|records?|searches|products?|recipes?|questions|threads?|discussions)
        (?:\ (?:in|from|by|on|for)\ .{1,60})?
      | (?:articles|papers|studies|trials|pages|posts|stories)\ (?:related\ to|similar\ to|like)\ this.{0,30}
      | you\ (?:may|might)\ also\ (?:like|be\ interested\ in|enjoy)
      | people\ also\ (?:read|viewed|ask(?:ed)?|search(?:ed)?\ for)
      | readers\ also\ (?:read|liked) | others?\ (?:also\ )?(?:read|viewed)
      | most\ (?:read|popular|viewed|cited|downloaded) | trending(?:\ now)? | recommended\ (?:for\ you|reading) | related
      | read\ next | up\ next | what\ to\ read\ next | further\ stories
      | more\ (?:from|like)\ (?:this|the).{0,40} | more\ (?:articles|news|stories|posts).{0,40}
      | cited\ by | citing\ (?:articles|literature|papers)
    ) \s* (?:\(\s*\d+\s*\))? [:.…]*
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST_ITEM = 45  # words; titles of related trials and articles in the seeds and on saved journal pages have 4 to 32
_FIELD_WORDS = 3  # the longest field labels of registries that come without a colon
_FEWEST_ITEMS = 2
_MOST_ITEMS = 40  # lines; longer lists under such a heading are the page's content: an index, a search result
_STATISTIC = re.compile(
    r"""
    (?: (?:total|number\ of|no\.?\ of|all|registered|active)\ (?P<what>[^\d=:]{3,70}) \s* [=:–-] \s*
        (?:more\ than|over|about|nearly|around|approximately)? \s* \d[\d.,\ ]*\+? [km]?
      | \d[\d.,]*\+?\ ?[km]?\+? \s+ (?P<whom>[^\d=:]{3,50})
      | (?P<who>[^\d=:]{3,50}) \s* [=:] \s* (?:more\ than|over|about|nearly|around|approximately)? \s* \d[\d.,]*\+? [km]?
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What a site, a registry or a society counts of itself. Patients and samples are not here: a study counts them too.
_COUNTED = re.compile(
    r"""
    \b (?: cases?\ enrolled | visitors? | visits | members? | users? | subscribers? | followers | cent(?:er|re)s | countries | hospitals
         | institutions? | partners? | manuscripts? | publications? | papers | articles | journals | abstracts? | citations? | downloads?
         | page\ ?views | views | records | entries | datasets | databases | conferences? | webinars? | meetings | workshops | courses
         | projects | collaborations | researchers | experts | volunteers | donors | registrations? | trials\ registered ) \b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DIGIT = re.compile(r"\d")
_LONGEST_STATISTIC = 160  # code points
_STATISTICS = 3  # lines from which a block counts; two counts stand together in many abstracts
_CONTENTS = 4  # lines from which repeated headings are a table of contents
_CONTENTS_WORDS = 14  # words a heading has at most


def find(lines: Sequence[Line], rules: Collection[str]) -> Iterator[tuple[int, str, str]]:
    """Yield the lines of chrome blocks: index in `lines`, rule, evidence.

    Args:
        lines: The written lines of a page.
        rules: Codes of the rules in force.
    """
    prose = [is_prose(line.text) for line in lines]
    if RELATED in rules:
        yield from _related(lines, prose)
    if STATISTICS in rules:
        yield from _statistics(lines, prose)
    if CONTENTS in rules:
        yield from _contents(lines, prose)


@lru_cache(maxsize=1 << 16)
def is_related_heading(line: str) -> bool:
    """Return whether a line heads a list of other pages."""
    return len(line) < 160 and _RELATED_HEADING.fullmatch(bare(line)) is not None


def _related(lines: Sequence[Line], prose: Sequence[bool]) -> Iterator[tuple[int, str, str]]:
    """Yield a heading such as "Related trials" and the titles under it, as far as they go on in one shape."""
    i = 0
    while i < len(lines):
        if not is_related_heading(lines[i].text):
            i += 1
            continue
        # Before the page's own text has begun, what follows such a heading may be the page's title.
        end = _list_end(lines, i, begun=any(prose[:i]))
        items = end - i - 1
        if _FEWEST_ITEMS <= items <= _MOST_ITEMS:
            heading = bare(lines[i].text)
            for j in range(i, end):
                yield j, RELATED, f"one of {items} items under {heading!r}" if j > i else f"heads a list of {items} other pages"
        i = max(end, i + 1)


def _list_end(lines: Sequence[Line], heading: int, *, begun: bool) -> int:
    """Return one past the last item of the list under a heading; the heading itself if it is not sure where the list ends.

    Items go on in the shape of the first: marked by bullets, or set tight. The end is sure where that shape ends, at the end of the
    page, or if most items carry the identifier of a record.
    """
    begin = heading + 1
    marked = begin < len(lines) and _is_marked(lines[begin].text)
    if marked:
        end = begin
        while end < len(lines) and (_is_marked(lines[end].text) or (_follows(lines, end) and lines[end].text[:2].isspace())):
            if not _is_item(lines[end].text, ends_freely=True):
                break
            end += 1
        return end
    if _is_marked(lines[heading].text):
        return heading
    end = begin
    tight = end + 1 < len(lines) and _follows(lines, end + 1)
    while end < len(lines) and _is_item(lines[end].text) and (end == begin or not tight or _follows(lines, end)):
        end += 1
    records = sum(bool(_RECORD.search(line.text)) for line in lines[begin:end])
    alike = records >= 0.75 * (end - begin)
    sure = end == len(lines) or (tight and end - begin > _FEWEST_ITEMS and not _follows(lines, end))
    return end if alike or (begun and sure) else heading


def _is_marked(line: str) -> bool:
    return _LIST_MARK.match(line) is not None


def _follows(lines: Sequence[Line], i: int) -> bool:
    """Return whether a line stands directly below the one before it."""
    return 0 < i < len(lines) and lines[i].start == lines[i - 1].end + 1


def _is_item(line: str, *, ends_freely: bool = False) -> bool:
    """Return whether a line can be the title of another page: no sentence, no field, no heading over content."""
    text = bare(line)
    if words(text) > _LONGEST_ITEM or (is_prose(text) and text.endswith(".") and not ends_freely):
        return False
    guarded = guard(line)
    if guarded == "registry-field":
        return ":" not in text and words(text) > _FIELD_WORDS  # the head of a table of other trials reads like a field
    return guarded not in {"section-heading", "statement", "affiliation"}


_LIST_MARK = re.compile(r"\s*(?:[•·▪◦‣*›»>–-]\s|\d{1,2}[.)]\s)")
_RECORD = re.compile(r"\b(?:NCT\d{8}|ISRCTN\d+|ChiCTR[\w-]+|EUCTR[\d-]+|10\.\d{4,9}/)", re.IGNORECASE)


def _statistics(lines: Sequence[Line], prose: Sequence[bool]) -> Iterator[tuple[int, str, str]]:
    """Yield a block of counts that a site gives of itself before or after its text."""
    i = 0
    while i < len(lines):
        end = i
        counted = 0
        while end < len(lines) and (match := _statistic(lines[end].text)):
            counted += bool(_COUNTED.search(match))
            end += 1
        size = end - i
        if size >= _STATISTICS and 2 * counted >= size and not (any(prose[:i]) and any(prose[end:])):
            for j in range(i, end):
                yield j, STATISTICS, f"one of {size} counts in a row at the edge of the page"
        i = max(end, i + 1)


@lru_cache(maxsize=1 << 15)
def _statistic(line: str) -> str | None:
    """Return what a line counts, or None."""
    if len(line) > _LONGEST_STATISTIC or not _DIGIT.search(line):
        return None
    match = _STATISTIC.fullmatch(bare(line))
    return next(filter(None, match.groups())) if match else None


def _contents(lines: Sequence[Line], prose: Sequence[bool]) -> Iterator[tuple[int, str, str]]:
    """Yield a run of lines that all stand again in the page, there as headings over text."""
    keys = [_heading_key(line.text) for line in lines]
    if sum(count > 1 for name, count in Counter(keys).items() if name) < _CONTENTS:
        return
    places: dict[str, list[int]] = {}
    for i, name in enumerate(keys):
        if name:
            places.setdefault(name, []).append(i)

    def heads(i: int) -> bool:
        return i + 1 < len(lines) and prose[i + 1]

    def elsewhere(i: int) -> bool:
        here = places.get(keys[i], ())
        return len(here) > 1 and not heads(i) and any(abs(j - i) > 1 and heads(j) for j in here)

    i = 0
    while i < len(lines):
        end = i
        while end < len(lines) and elsewhere(end):
            end += 1
        if end - i >= _CONTENTS and len(set(keys[i:end])) == end - i:
            for j in range(i, end):
                yield j, CONTENTS, f"one of {end - i} headings in a row that stand again over their text"
        i = max(end, i + 1)


@lru_cache(maxsize=1 << 16)
def _heading_key(line: str) -> str:
    """Return the key of a line that is short enough to be a heading, else nothing."""
    return key(line) if len(line.split()) <= _CONTENTS_WORDS else ""
