"""Chrome that only shows as a block: related items under their heading, a site's statistics, a table of contents of links."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from dechaff.guards import guard
from dechaff.lines import bare, is_prose, key, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

RELATED, STATISTICS, CONTENTS = "CHR201", "CHR202", "CHR203"

_RELATED_HEADING = re.compile(
    r"""
    (?: see\ also
      | (?:(?:view|show|browse|more|other|our)\ )?
        (?:related|similar|recommended|suggested|popular|trending|most[ -](?:read|cited|viewed|popular|recent|downloaded)
          |latest|recent(?:ly\ viewed)?)
        \ (?:(?:clinical|recent|research|news|medical|scientific|journal)\ )?
        (?:articles?|posts?|stories|news|reads|trials?|studies|content|items?|pages?|links?|topics?
          |videos?|documents?|records?|searches|products?|recipes?|questions|threads?|discussions)
        (?:\ (?:in|from|by|on|for)\ .{1,60})?
      | (?:articles|papers|studies|trials|pages|posts|stories)\ (?:related\ to|similar\ to|like)\ this.{0,30}
      | you\ (?:may|might)\ also\ (?:like|be\ interested\ in|enjoy)
      | people\ also\ (?:read|viewed|ask(?:ed)?|search(?:ed)?\ for)
      | readers\ also\ (?:read|liked) | others?\ (?:also\ )?(?:read|viewed)
      | most\ (?:read|popular|viewed|cited|downloaded) | trending(?:\ now)? | recommended\ for\ you
      | read\ next | up\ next | what\ to\ read\ next | further\ stories
      | more\ (?:from|like)\ (?:this|the).{0,40} | more\ (?:articles|news|stories|posts).{0,40}
      | cited\ by | citing\ (?:articles|literature|papers)
    ) \s* (?:\(\s*\d+\s*\))? [:.…]*
    """,
    re.IGNORECASE | re.VERBOSE,
)
# The first four letters of all that the pattern above matches: nearly every line is told apart by them alone.
_RELATED_BEGINS = frozenset(
    {"see ", "view", "show", "brow", "more", "othe", "our ", "rela", "simi", "reco", "sugg", "popu", "tren", "most", "late", "rece"}
    | {"arti", "pape", "stud", "tria", "page", "post", "stor", "you ", "peop", "read", "up n", "what", "furt", "cite", "citi"},
)
_LONGEST_HEADING = 100  # code points
_LONGEST_ITEM = 45  # words; the longest title under "See also" in the seeds has 24
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
# What a site, a registry or a society counts of itself, and a study does not.
_COUNTED = re.compile(
    r"""
    \b (?: cases?\ enrolled | visitors? | members? | users? | subscribers? | followers | partners? | manuscripts? | publications?
         | journals | abstracts?\ presented | downloads? | page\ ?views | conferences? | webinars? | workshops | courses | donors ) \b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HELD = re.compile(r"\b(?:centres|centers|countries|meetings|papers|conducted|held|published|presented)\b", re.IGNORECASE)
_STUDIED = re.compile(
    r"\b(?:identified|screened|included|excluded|removed|assessed|participants?|patients?|subjects?|samples?)\b", re.IGNORECASE
)
_DIGIT = re.compile(r"\d")
_LONGEST_STATISTIC = 160  # code points; longer lines are neither counts nor headings
_STATISTICS = 3  # lines from which a block counts; two counts stand together in many abstracts
_CONTENTS = 4  # lines from which repeated headings are a table of contents
_CONTENTS_WORDS = 14  # words a heading has at most


class Shape(NamedTuple):
    """What a line looks like, whatever stands beside it."""

    prose: bool
    """Running text."""
    heads_list: bool
    """A heading such as "Related articles"."""
    counted: str
    """What the line counts, if it is a count; else empty."""
    key: str
    """What it shares with the same heading elsewhere; empty if it is too long for a heading."""


class Row(NamedTuple):
    """A written line of a page."""

    text: str
    shape: Shape
    follows: bool
    """Whether it stands directly below the one before, without a blank line."""


def shape(line: str, text: str) -> Shape:
    """Return what a line looks like.

    Args:
        line: The line.
        text: The same, bare.
    """
    if len(text) > _LONGEST_STATISTIC:
        return Shape(is_prose(line), heads_list=False, counted="", key="")
    return Shape(is_prose(line), _heads_list(text), _counted(text), key(line) if text.count(" ") < _CONTENTS_WORDS else "")


def find(rows: Sequence[Row], rules: Collection[str]) -> Iterator[tuple[int, str, str]]:
    """Yield the lines of chrome blocks: index in `rows`, rule, evidence.

    Args:
        rows: The written lines of a page.
        rules: Codes of the rules in force.
    """
    if RELATED in rules:
        yield from _related(rows)
    if STATISTICS in rules:
        yield from _statistics(rows)
    if CONTENTS in rules:
        yield from _contents(rows)


def _heads_list(text: str) -> bool:
    if text[:4].lower() not in _RELATED_BEGINS:
        return False
    return len(text) <= _LONGEST_HEADING and _RELATED_HEADING.fullmatch(text) is not None


def _related(rows: Sequence[Row]) -> Iterator[tuple[int, str, str]]:
    """Yield a heading such as "Related trials" and the titles under it, as far as they go on in one shape."""
    done = 0
    first_prose = next((i for i, row in enumerate(rows) if row.shape.prose), len(rows))
    for i in [i for i, row in enumerate(rows) if row.shape.heads_list]:
        if i < done:
            continue
        # Before the page's own text has begun, what follows such a heading may be the page's title.
        end = _list_end(rows, i, begun=first_prose < i)
        items = end - i - 1
        if _FEWEST_ITEMS <= items <= _MOST_ITEMS:
            heading = bare(rows[i].text)
            for j in range(i, end):
                yield j, RELATED, f"one of {items} items under {heading!r}" if j > i else f"heads a list of {items} other pages"
        done = end


def _list_end(rows: Sequence[Row], heading: int, *, begun: bool) -> int:
    """Return one past the last item of the list under a heading; the heading itself if it is not sure where the list ends.

    Items go on in the shape of the first: marked by bullets, or set tight. The end is sure where that shape ends, at the end of the
    page, or if most items carry the identifier of a record.
    """
    begin = end = heading + 1
    if begin < len(rows) and _is_marked(rows[begin].text):
        while end < min(len(rows), begin + _MOST_ITEMS + 1) and _is_item(rows[end].text, ends_freely=True):
            if not _is_marked(rows[end].text) and not (rows[end].follows and rows[end].text[:2].isspace()):
                break
            end += 1
        return end
    if _is_marked(rows[heading].text):
        return heading
    tight = end + 1 < len(rows) and rows[end + 1].follows
    while end < min(len(rows), begin + _MOST_ITEMS + 1) and _is_item(rows[end].text) and (end == begin or not tight or rows[end].follows):
        end += 1
    alike = sum(bool(_RECORD.search(row.text)) for row in rows[begin:end]) >= 0.75 * (end - begin)
    sure = end == len(rows) or (tight and end - begin > _FEWEST_ITEMS and not rows[end].follows)
    return end if alike or (begun and sure) else heading


def _is_marked(line: str) -> bool:
    return _LIST_MARK.match(line) is not None


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


def _statistics(rows: Sequence[Row]) -> Iterator[tuple[int, str, str]]:
    """Yield a block of counts that a site gives of itself before or after its text."""
    if sum(bool(row.shape.counted) for row in rows) < _STATISTICS:
        return
    prose = [i for i, row in enumerate(rows) if row.shape.prose] or [len(rows)]
    i = 0
    while i < len(rows):
        end = i
        while end < len(rows) and rows[end].shape.counted:
            end += 1
        if end - i >= _STATISTICS and _is_own(rows[i:end]) and not prose[0] < i < end <= prose[-1]:
            size = end - i
            for j in range(i, end):
                yield j, STATISTICS, f"one of {size} counts in a row at the edge of the page"
        i = max(end, i + 1)


def _is_own(block: Sequence[Row]) -> bool:
    """Return whether a site counts itself: all lines give totals, or most count what no study does."""
    if any(guard(row.text) for row in block):
        return False
    if all(bare(row.text)[:6].lower() == "total " for row in block):
        return any(_COUNTED.search(row.shape.counted) or _HELD.search(row.shape.counted) for row in block)
    counted = sum(bool(_COUNTED.search(row.shape.counted)) for row in block)
    return 2 * counted >= len(block) and not any(_STUDIED.search(row.text) for row in block)


def _counted(text: str) -> str:
    """Return what a bare line counts, or nothing."""
    if not _DIGIT.search(text):
        return ""
    match = _STATISTIC.fullmatch(text)
    return next(filter(None, match.groups())) if match else ""


def _contents(rows: Sequence[Row]) -> Iterator[tuple[int, str, str]]:
    """Yield a run of lines that all stand again in the page, there as headings over text."""
    counts = Counter(row.shape.key for row in rows)
    if sum(count > 1 for name, count in counts.items() if name) < _CONTENTS:
        return
    heads = [i for i in range(len(rows) - 1) if rows[i + 1].shape.prose]
    headed: dict[str, list[int]] = {}
    for i in heads:
        headed.setdefault(rows[i].shape.key, []).append(i)
    above = set(heads)

    def elsewhere(i: int) -> bool:
        name = rows[i].shape.key
        return bool(name) and i not in above and any(abs(j - i) > 1 for j in headed.get(name, ()))

    i = 0
    while i < len(rows):
        end = i
        while end < len(rows) and elsewhere(end):
            end += 1
        if end - i >= _CONTENTS and len({row.shape.key for row in rows[i:end]}) == end - i:
            for j in range(i, end):
                yield j, CONTENTS, f"one of {end - i} headings in a row that stand again over their text"
        i = max(end, i + 1)
