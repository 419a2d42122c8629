"""Chrome that only shows as a block: related items under their heading, a site's statistics, a table of contents of links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dechaff.contents import contents, is_part, names_parts, repeats
from dechaff.guards import guard
from dechaff.lines import bare, is_prose, is_row, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from dechaff.pages import Page

RELATED, STATISTICS, CONTENTS = "CHR201", "CHR202", "CHR203"

_RELATED_HEADING = re.compile(
    r"""
    (?: see\ also
      | (?:(?:view|show|browse|more|other|our)\ )?
        (?:related|similar|recommended|suggested|popular|trending|most[ -](?:read|cited|viewed|popular|recent|downloaded)
          |latest|recent(?:ly\ (?:viewed|registered|added|updated))?)
        \ (?:(?:clinical|recent|research|news|medical|scientific|journal)\ )?
        (?:articles?|posts?|stories|news|reads|trials?|studies|content|items?|pages?|links?|topics?
          |videos?|documents?|records?|searches|products?|recipes?|questions|threads?|discussions)
        (?:\ (?:in|from|by|on|for)\ .{1,60} | \ being\ viewed\ by\ others)?
      | (?:related|similar|recommended|suggested)\ (?:(?:news|press|clinical)\ )?
        (?:releases?|reviews|papers|works|answers|subjects|coverage|protocols|experts|profiles)
      | (?:articles|papers|studies|trials|pages|posts|stories)\ (?:related\ to|similar\ to|like)\ this.{0,30}
      | (?:(?:articles|papers|studies|trials|stories|pages|posts)\ )?you\ (?:may|might)\ also\ (?:like|enjoy|be\ interested\ in)
      | (?:other\ )?(?:people|others|readers|users|visitors|customers|patients|viewers)(?:\ of\ this\ \w{4,20}|\ who\ [\w ]{4,40})?
        \ also\ (?:read|liked|viewed|bought|visited|downloaded|looked\ at|ask(?:ed)?|search(?:ed)?\ for)
      | others?\ (?:read|viewed) | also\ read | (?:explore|discover)\ (?:related|similar)\ \w{4,20}
      | most\ (?:read|popular|viewed|cited|downloaded)(?:\ (?:this|last|past)\ (?:week|month|year))?
      | trending(?:\ now)? | recommended\ for\ you
      | (?:keep\ reading|read\ (?:this\ )?next|up\ next|what\ to\ read\ next|further\ stories)
      | more\ (?:from|like)\ (?:this|the).{0,40} | more\ (?:articles|news|stories|posts).{0,40} | more\ on\ this\ (?:topic|story|subject)
      | cited\ by | citing\ (?:articles|literature|papers)
    ) \s* (?:\(\s*\d+\s*\))? [:.…]*
    """,
    re.IGNORECASE | re.VERBOSE,
)
# The first four letters of all that the pattern above matches: nearly every line is told apart by them alone.
_RELATED_BEGINS = frozenset(
    {"see ", "view", "show", "brow", "more", "othe", "our ", "rela", "simi", "reco", "sugg", "popu", "tren", "most", "late", "rece"}
    | {"arti", "pape", "stud", "tria", "page", "post", "stor", "you ", "peop", "read", "up n", "what", "furt", "cite", "citi"}
    | {"user", "visi", "cust", "pati", "also", "expl", "disc", "keep"},
)
_LONGEST_HEADING = 100  # code points
_LONGEST_ITEM = 45  # words; the longest title under "See also" in the seeds has 24
_FIELD_WORDS = 3  # the longest field labels of registries that come without a colon
_FEWEST_ITEMS = 2
# Lines; longer lists under such a heading may be the page's content: an index, a search result. On every third whole WCXB page 1,200 lines
# of chrome and 82 of content go so, with 20 lines 661 and 78, with 80 1,798 and 82: judgement, not measured to be the best.
_MOST_ITEMS = 40
# What the author of an article chose goes under it too: on WCXB it heads 94 lines of content on seven sites, and 29 of chrome on four.
_CHOSEN = re.compile(r"see also\b", re.IGNORECASE)
_RECORDS = 0.75  # of the items have the number of a record; chosen on the invented registry pages, and WCXB has no such list to measure it
_PARTS = frozenset({"section-heading", "statement"})  # what is no item, and begins something else
_TITLE_WORDS = 4  # of a title of another page
_LINES_OF_ITEM = 3  # at most: a title, its authors, where and when it came out
_CAPTION = re.compile(r"\W*(?:table|fig(?:ure|\.)?)\s?\d", re.IGNORECASE)
_MENU = 3  # short lines above an entry
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
_COUNT_ENDS = frozenset(".,+kmKM")
# What only a site counts of itself: nobody studies its own downloads.
_VISITS = re.compile(
    r"""
      \b (?: visitors? | (?:page|article|abstract|profile)\ ?views | downloads? | subscribers? | followers | registered\ members ) \b
    | \A (?: (?:registered|active|online|new|our) \ )* users \Z
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What a society or a registry counts of itself, and a study or the report of a grant now and then.
_COUNTED = re.compile(
    r"""
    \b (?: cases?\ enrolled | members? | users? | partners? | manuscripts? | publications? | journals | abstracts?\ presented
         | conferences? | webinars? | workshops | courses ) \b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HELD = re.compile(r"\b(?:meetings|papers|conducted|held|published|presented)\b", re.IGNORECASE)
_SPREAD = re.compile(r"\b(?:centres|centers|countries)\b", re.IGNORECASE)
_STUDIED = re.compile(
    r"\b(?:identified|screened|included|excluded|removed|assessed|participants?|patients?|subjects?|samples?)\b", re.IGNORECASE
)
_DIGIT = re.compile(r"\d")
_LONGEST_STATISTIC = 160  # code points; longer lines are neither counts nor headings
_STATISTICS = 3  # lines from which a block counts; two counts stand together in many abstracts
_LONG_LIST = 6  # lines: what a study counts in so many has other words in most; judgement


def _may_count(text: str) -> bool:
    """Return whether a bare line begins or ends as those that `_STATISTIC` matches: most lines are told apart by that alone."""
    return text[:1].isdecimal() or text[-1:].isdecimal() or (text[-1:] in _COUNT_ENDS and _DIGIT.search(text) is not None)


class View(NamedTuple):
    """The written lines of a page, or those of them that are left."""

    lines: list[str]
    blank: list[int]
    """Blank lines of the page before each."""
    prose: list[bool]
    key: list[int]

    @classmethod
    def of(cls, page: Page) -> View:
        """Return all lines of a page."""
        return cls(page.lines, page.rows.blank.tolist(), page.rows.prose.tolist(), page.rows.key.tolist())

    def only(self, which: Sequence[int]) -> View:
        """Return some of the lines, in their order."""
        if len(which) == len(self.lines):
            return self
        lines, blank, prose, keys = ([column[i] for i in which] for column in self)
        return View(lines, blank, prose, keys)  # type: ignore[arg-type]

    def is_tight(self) -> bool:
        """Return whether most lines stand directly below the one before."""
        return 2 * (self.blank[-1] - self.blank[0]) < len(self.blank)

    def follows(self, i: int) -> bool:
        """Return whether a line stands directly below the one before."""
        return i > 0 and self.blank[i] == self.blank[i - 1]


class KnownBlocks(NamedTuple):
    """The lines of a page that may make a block."""

    headings: frozenset[str]
    """Those that read like the heading of a list of other pages."""
    counted: dict[str, str]
    """Those that read like a count, and what they count."""
    parts: frozenset[str]
    """Those that name parts of an article."""


class Blocks:
    """Finds the blocks of a page. What single lines look like is remembered: pages of one corpus share many."""

    def __init__(self, rules: Collection[str]) -> None:
        """Work with these rules alone."""
        self.rules = frozenset(rules) & {RELATED, STATISTICS, CONTENTS}
        self._headings: set[str] = set()
        self._parts: set[str] = set()
        self._counted: dict[str, str] = {}

    def learn(self, lines: Iterable[str], texts: Iterable[str]) -> None:
        """Look at lines that pages may have.

        Args:
            lines: The lines.
            texts: The same, bare.
        """
        for line, text in zip(lines, texts, strict=True):
            if text[:4].lower() in _RELATED_BEGINS and len(text) <= _LONGEST_HEADING and _RELATED_HEADING.fullmatch(text):
                self._headings.add(line)
            if is_part(text):
                self._parts.add(line)
            if len(text) <= _LONGEST_STATISTIC and _may_count(text) and (match := _STATISTIC.fullmatch(text)):
                self._counted[line] = next(filter(None, match.groups()))

    def forget(self) -> None:
        """Forget all lines."""
        self._headings.clear()
        self._parts.clear()
        self._counted.clear()

    def known(self, lines: Sequence[str]) -> KnownBlocks:
        """Return what is remembered of a page's lines."""
        counted = {line: self._counted[line] for line in lines if line in self._counted}
        headings, parts = self._headings.intersection(lines), self._parts.intersection(lines)
        return KnownBlocks(frozenset(headings), counted, frozenset(parts))

    def possible(self, page: Page, known: KnownBlocks) -> frozenset[str]:
        """Return the rules that a page may give work to: most pages have no such block, and that shows at little cost."""
        found = set()
        if known.headings:
            found.add(RELATED)
        if known.counted and sum(map(known.counted.__contains__, page.lines)) >= _STATISTICS:
            found.add(STATISTICS)
        if names_parts(known.parts) or repeats(page.rows.prose, page.rows.key):
            found.add(CONTENTS)
        return frozenset(found & self.rules)

    def find(self, page: View, known: KnownBlocks, rules: Collection[str]) -> Iterator[tuple[int, str, str]]:
        """Yield the lines of chrome blocks: index in the page, rule, evidence.

        Args:
            page: The page, as far as nothing has been removed yet.
            known: Which of its lines may make one.
            rules: Codes of the rules that it may give work to.
        """
        if RELATED in rules:
            yield from _related(page, [i for i, line in enumerate(page.lines) if line in known.headings])
        if STATISTICS in rules:
            yield from _statistics(page, known.counted)
        if CONTENTS in rules:
            yield from ((i, CONTENTS, note) for i, note in contents(page))


def _related(page: View, headings: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    """Yield a heading such as "Related trials" and the titles under it, as far as they go on in one shape."""
    done = 0
    others = frozenset(headings)
    first_prose = page.prose.index(True) if True in page.prose else len(page.lines)
    for i in headings:
        if i < done:
            continue
        # Before the page's own text has begun, what follows such a heading may be the page's title.
        end = _list_end(page, i, others, begun=first_prose < i)
        items = end - i - 1
        heading = bare(page.lines[i])
        if _CHOSEN.match(heading) and not _are_records(page.lines[i + 1 : end]):
            continue
        if _FEWEST_ITEMS <= items <= _MOST_ITEMS:
            for j in range(i, end):
                yield j, RELATED, f"one of {items} items under {heading!r}" if j > i else f"heads a list of {items} other pages"
        done = end


def _list_end(page: View, heading: int, headings: Collection[int], *, begun: bool) -> int:
    """Return one past the last item of the list under a heading; the heading itself if it is not sure where the list ends.

    Items go on in the shape of the first: marked by bullets, or set tight, in cells or in none. The end is sure where that shape ends, at
    the end of the page, or if most items carry the identifier of a record.
    """
    lines = page.lines
    begin = end = heading + 1
    last = min(len(lines), begin + _MOST_ITEMS + 1)
    if begin < len(lines) and _is_marked(lines[begin]):
        while end < last and _is_item(lines[end], ends_freely=True):
            if not _is_marked(lines[end]) and not (page.follows(end) and lines[end][:2].isspace()):
                break
            end += 1
        return end
    if _is_marked(lines[heading]):
        return heading
    tight = end + 1 < len(lines) and page.follows(end + 1)
    in_cells = begin < len(lines) and is_row(lines[begin])
    while end < last and _is_item(lines[end]) and is_row(lines[end]) == in_cells and (end == begin or not tight or page.follows(end)):
        end += 1
    if _are_records(lines[begin:end]):
        return end
    if not begun:
        return heading
    sure = end == len(lines) or (tight and end - begin > _FEWEST_ITEMS and not page.follows(end))
    ends = [end if sure else heading, _loose_end(page, begin, last, headings)]
    return max(end if _are_titles(lines[begin:end]) or not _is_entry(page, heading) else heading for end in ends)


def _loose_end(page: View, begin: int, last: int, headings: Collection[int]) -> int:
    """Return one past the last item of a list with blank lines in it; its beginning if it is not sure where it ends.

    It goes on in groups of one size, up to where something begins that is certainly no item, or to the end of the page. An item has
    several lines in many lists: a title, its authors, a date. The heading over the text that follows such a list is not told from an
    item, and stays. Where blank lines stand between all lines of a page, or none do, nothing says where such a list ends.
    """
    lines = page.lines
    end = group = begin
    size = 0
    in_cells = begin < last and is_row(lines[begin])
    while end < last and not page.prose[end] and end not in headings and _is_item(lines[end]) and is_row(lines[end]) == in_cells:
        if end > begin and not page.follows(end):
            if size and end - group != size:
                break
            size, group = end - group, end
        end += 1
    text = end < len(lines) and page.prose[end]
    if size and (end - group != size or text):
        end = group
    certain = end == group or end == len(lines) or end in headings or guard(lines[end]) in _PARTS
    shaped = size > 1 or (size == 1 and page.is_tight())
    found = lines[begin:end]
    others = any(line.rstrip().endswith((":", "：")) or _CAPTION.match(line) for line in found)  # fields of a record, a table
    return end if certain and shaped and not others and _are_titles(found) else begin


def _are_titles(items: Sequence[str]) -> bool:
    """Return whether so many lines are as long as titles that each item may have one."""
    return _LINES_OF_ITEM * sum(words(line) >= _TITLE_WORDS for line in items) >= len(items)


def _is_entry(page: View, i: int) -> bool:
    """Return whether a line may be an entry of a menu: short lines stand right above it."""
    above = range(i - _MENU, i)
    return i >= _MENU and all(page.follows(j + 1) and words(page.lines[j]) <= _FIELD_WORDS for j in above)


def _are_records(items: Sequence[str]) -> bool:
    """Return whether most items carry the identifier of a record."""
    return sum(bool(_RECORD.search(line)) for line in items) >= _RECORDS * len(items)


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


def _statistics(page: View, counted: Mapping[str, str]) -> Iterator[tuple[int, str, str]]:
    """Yield a block of counts that a site gives of itself before or after its text.

    Args:
        page: The page.
        counted: What lines that are counts count.
    """
    lines = page.lines
    for i, end in _runs([i for i, line in enumerate(lines) if line in counted], _STATISTICS):
        amid = any(page.prose[:i]) and any(page.prose[end:])
        if not amid and _is_own(lines[i:end], [counted[line] for line in lines[i:end]]):
            for j in range(i, end):
                yield j, STATISTICS, f"one of {end - i} counts in a row at the edge of the page"


def _is_own(lines: Sequence[str], counted: Sequence[str]) -> bool:
    """Return whether a site counts itself: most lines say so, or many do of a long list, or all give totals of what societies have."""
    if any(map(guard, lines)):
        return False
    visits = sum(_VISITS.search(what) is not None for what in counted)
    own = [_VISITS.search(what) or _COUNTED.search(what) for what in counted]
    if all(bare(line)[:6].lower() == "total " for line in lines):
        held = [is_own or _HELD.search(what) for what, is_own in zip(counted, own, strict=True)]
        return any(held) and sum(bool(one or _SPREAD.search(what)) for what, one in zip(counted, held, strict=True)) >= len(lines) - 1
    if any(map(_STUDIED.search, lines)):
        return False
    return 2 * visits > len(lines) or (visits > 0 and len(lines) >= _LONG_LIST and 2 * sum(map(bool, own)) >= len(lines))


def _runs(places: Sequence[int], fewest: int) -> Iterator[tuple[int, int]]:
    """Yield where so many places or more follow one another: the first, and one past the last."""
    begin = 0
    for i in range(1, len(places) + 1):
        if i == len(places) or places[i] != places[i - 1] + 1:
            if i - begin >= fewest:
                yield places[begin], places[i - 1] + 1
            begin = i
