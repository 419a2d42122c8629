"""Tables of contents: lists whose entries stand again in the page, apart, as the headings of its parts do."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from dechaff.guards import guard
from dechaff.lines import bare, ends_sentence, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from dechaff.blocks import View

# Told from any other list by where its entries stand again, and by the line above it. On whole WCXB pages 338 lines of chrome go so and 11
# of content, on four sites; on the invented pages 163 and one. Without the line above 847 and 84: lists of authors, outcomes and prizes
# stand again in their order, too. Lists of 4 took 1,144 and 73 where 5 took 1,063 and 34, with headings that part .3 of the page; with
# .5 of it 873 and 19.
_FEWEST = 5  # entries, if their headings part the page
_LONGEST = 14  # words of an entry
_STANDING = 0.8  # of the entries stand again
_PARTED = 0.5  # of the page's other lines lie between the first heading and the last
_PIECE = 3  # lines from one heading to the next, by the median
# Entries that name parts of an article. No line of WCXB goes for them alone.
_ARTICLE = 4
_WHOLE = 4  # entries, if all their headings stand over running text
_SHORTEST_LIST = min(_ARTICLE, _WHOLE)
_PARTS = frozenset(
    {"abstract", "summary", "keywords", "highlights", "introduction", "background", "methods", "materials and methods"}
    | {"patients and methods", "results", "discussion", "conclusion", "conclusions", "references", "acknowledgements"}
    | {"acknowledgments", "funding", "supplementary material"}
)
"""Some of the headings that guards know: a page that has fewer of them is not looked at for their sake."""
_LONGEST_PART = 30  # code points, numbers and all
_PASSED_WORDS = 3  # of a single line between two entries that stands nowhere else, as "Figures" does
_SHORTEST = 3  # letters of an entry
_TRIED = 16  # places that an entry stands at: in lists that come again and again each would be held against all others
# A number is the entry's own only if it says so by its stop: "2 onions" is no second chapter on onions.
_NUMBERED = re.compile(r"\d{1,2}(?:\.\d{1,2})*[.)|]\s*(?=[^\W\d_])")
_COUNTED = re.compile(r"\d{1,2}(?:\.\d{1,2})*\s+(?=[^\W\d_])")
_ABOVE = 2  # lines above a list that may say what it is
_TOLD = re.compile(
    r"""
    (?:\W*)(?: (?:table\ of\ |page\ |article\ |section\ |quick\ )?(?:contents?|navigation|menu|outline|links) | toc
      | (?:in|on)\ this\ (?:page|article|guide|section|post|review|report|document|chapter|issue|story|topic).{0,20}
      | (?:jump|skip|go|navigate|scroll)\ (?:to|through|directly\ to).{0,30} | (?:what|here).{0,30}(?:guide|article|page|post|report)
      | (?:article|page|document|study|record|trial|journal|book|chapter)?\ ?(?:sections?|chapters?|outline|overview|topics?|summary)
      | (?:show|hide|view|expand|collapse|close|open|toggle)\ .{1,30} | (?:sections?|topics)\ (?:in|of)\ .{1,40}
    )\W*
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SENTENCE = 5  # words of a line with a colon that make it the beginning of a sentence; "On this page:" has three


def is_part(text: str) -> bool:
    """Return whether a bare line names a part that articles have.

    >>> is_part("2. Methods")
    True
    """
    return len(text) <= _LONGEST_PART and _name(text) in _PARTS


def _name(text: str) -> str:
    """Return what an entry and its heading, both bare, have in common: all but case, an outline number, a colon at the end."""
    text = text.lower().rstrip(": ")
    if number := _NUMBERED.match(text):
        return text[number.end() :]
    number = _COUNTED.match(text)
    return text[number.end() :] if number and text[number.end() :] in _PARTS else text


def names_parts(lines: Collection[str]) -> bool:
    """Return whether so many lines name parts of an article that a list of them may be among them."""
    return len(lines) >= _ARTICLE


def repeats(prose: NDArray[np.bool_], keys: NDArray[np.uint64]) -> bool:
    """Return whether a page has so many lines in a row, or nearly so, that stand twice: most pages have not."""
    _, which, counts = np.unique(keys, return_inverse=True, return_counts=True)
    before = np.concatenate(([0], np.cumsum((counts[which] > 1) & (keys != 0) & ~prose)))
    reach = min(2 * _WHOLE - 1, len(keys))
    return bool((before[reach:] - before[: len(before) - reach] >= _WHOLE).any())


def contents(page: View) -> Iterator[tuple[int, str]]:
    """Yield the lines of a list that all stand again in the page, in the same order and apart, as the headings of its parts do.

    Each with the evidence.
    """
    names = ["" if prose or line.count(" ") >= _LONGEST else _name(bare(line)) for line, prose in zip(page.lines, page.prose, strict=True)]
    stands: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        if len(name) >= _SHORTEST:
            stands.setdefault(name, []).append(i)
    entries = [i for i, name in enumerate(names) if len(stands.get(name, ())) > 1]
    for run in _runs(entries, names, page.lines):
        if run[0] and _announces(page.lines[run[0] - 1]):
            continue
        heads = _heads(names, run, stands)
        told = _is_told(page.lines, run[0])
        if _part_article(page.lines, heads) or (told and (_part_page(len(page.lines), run, heads) or _over_text(page, run, heads))):
            for i in heads:
                yield i, f"one of {len(heads)} entries in a row that stand again in their order, apart, as headings do"


def _heads(names: Sequence[str], run: Sequence[int], stands: Mapping[str, Sequence[int]]) -> dict[int, int]:
    """Return where the entries of a list stand again, one below the other and not in another list; without those that do not."""
    inside = range(run[0], run[-1] + 1)
    others = {names[i] for i in run}
    found: dict[int, int] = {}
    last = run[-1]
    for i in run:
        places = stands[names[i]]
        begin = bisect_right(places, last)
        for place in places[begin : begin + _TRIED]:
            beside = [at for at in (place - 1, place + 1) if 0 <= at < len(names) and at not in inside]
            if not any(names[at] in others for at in beside):
                found[i] = last = place
                break
    return found


def _part_article(lines: Sequence[str], heads: Mapping[int, int]) -> bool:
    """Return whether most entries name the parts that all articles have: of those so many never stand in a row but in a list."""
    named = sum(guard(lines[i]) == "section-heading" for i in heads)
    return named >= _ARTICLE and 2 * named >= len(heads)


def _part_page(size: int, run: Sequence[int], heads: Mapping[int, int]) -> bool:
    """Return whether the headings part a page of so many lines, or most of it, into pieces."""
    inside = run[-1] + 1 - run[0]
    if len(heads) < max(_FEWEST, _STANDING * inside):
        return False
    places = [*heads.values()]
    gaps = sorted(after - before for before, after in pairwise(places))
    return places[-1] - places[0] >= _PARTED * (size - inside) and gaps[0] > 1 and gaps[len(gaps) // 2] >= _PIECE


def _over_text(page: View, run: Sequence[int], heads: Mapping[int, int]) -> bool:
    """Return whether all entries stand again right over running text."""
    over = [place + 1 < len(page.prose) and page.prose[place + 1] for place in heads.values()]
    return len(heads) >= max(_WHOLE, _STANDING * (run[-1] + 1 - run[0])) and all(over)


def _is_told(lines: Sequence[str], begin: int) -> bool:
    """Return whether a line right above a list says that it is one of the page's parts."""
    return any(_TOLD.fullmatch(bare(line)) for line in lines[max(begin - _ABOVE, 0) : begin])


def _announces(line: str) -> bool:
    """Return whether a line says that the list under it is content: it begins a sentence, or is a field of a record.

    >>> _announces("Four domains were studied in the trials that we found:")
    True
    >>> _announces("What you will find in this guide:")
    False
    """
    text = bare(line)
    introduces = text.endswith((":", "：")) and words(text) >= _SENTENCE and not _TOLD.fullmatch(text)
    return introduces or guard(line) == "registry-field" or _name(text) == "keywords"


def _runs(places: Sequence[int], names: Sequence[str], lines: Sequence[str]) -> Iterator[Sequence[int]]:
    """Yield places that follow one another, or leave out one line between them that may pass, as many as make a list; each name once."""
    run: list[int] = []
    met: set[str] = set()
    for place in places:
        goes_on = bool(run) and (place == run[-1] + 1 or (place == run[-1] + 2 and _passes(lines[place - 1])))
        if not goes_on or names[place] in met:
            if len(run) >= _SHORTEST_LIST:
                yield run
            run, met = [], set()
        run.append(place)
        met.add(names[place])
    if len(run) >= _SHORTEST_LIST:
        yield run


def _passes(line: str) -> bool:
    """Return whether a line may stand between two entries, and stand nowhere else: another heading, and neither text nor a value."""
    return len(line.split()) <= _PASSED_WORDS and not ends_sentence(line) and guard(line) in {None, "section-heading"}
