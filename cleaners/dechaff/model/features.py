"""What a line's place on its page says about it, as one byte a feature, for all lines of a batch of pages at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dechaff.model import signs
from dechaff.model.sheet import Sheet, level, quotient, share

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from dechaff.model.words import Words

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

# What the features count as running text. Chosen by judgement before the first weights were trained, which are trained with them: another
# value cannot be measured without training anew.
SENTENCE_WORDS = 10
_TEXT_WORDS = 25
_FUNCTION = 4  # function words that make a line running text, if they are a fifth of its words
_FIFTH = 40  # of 200
_MOST = 255


class Lines(NamedTuple):
    """The written lines of a batch of pages and what each is by itself."""

    own: dict[str, Ints]
    """One number a line."""
    pages: Ints
    """Where the lines of each page begin, and one more: the number of lines."""
    gap: Flags
    """Whether a blank line stands before it; never before the first of a page."""
    line: NDArray[np.uint64]
    shape: NDArray[np.uint64]
    token: Ints
    """For each word, its number modulo `_BUCKETS`, by which words of one page are compared."""
    token_line: Ints


_BUCKETS = 2048


def describe(pages: Sequence[Sequence[str]], gaps: Sequence[Sequence[bool] | Flags], words: Words) -> Lines:
    """Return what the written lines of some pages are by themselves.

    Args:
        pages: The written lines of each page, stripped; no page without any.
        gaps: Whether a blank line stands before each.
        words: What is known of words.
    """
    sizes = np.array([len(page) for page in pages])
    first = np.concatenate(([0], np.cumsum(sizes)))
    seen = signs.count([line[: signs.LONGEST] for page in pages for line in page])
    gap = np.array([mark for page in gaps for mark in page], np.bool_)
    gap[first[:-1]] = False
    own = dict(seen.counts)
    own.update(words.score(seen))
    return Lines(own, first, gap, seen.line, seen.shape, (seen.word >> np.uint64(53)).astype(np.int64), seen.word_line)


def keep(lines: Lines, left: Flags) -> Lines:
    """Return the lines that are left of some pages, as `describe` would have; a page that loses all its lines is no longer there."""
    page_of = np.repeat(np.arange(len(lines.pages) - 1), np.diff(lines.pages))[left]
    sizes = np.bincount(page_of, minlength=len(lines.pages) - 1)
    # A line that stood apart from what went before it still does when that goes.
    block = np.cumsum(lines.gap)[left]
    gap = np.concatenate(([False], block[1:] != block[:-1])) if len(block) else np.zeros(0, np.bool_)
    first = np.concatenate(([0], np.cumsum(sizes[sizes > 0])))
    gap[first[:-1]] = False
    number = np.cumsum(left) - 1
    stays = left[lines.token_line]
    return Lines(
        {name: values[left] for name, values in lines.own.items()},
        first,
        gap,
        lines.line[left],
        lines.shape[left],
        lines.token[stays],
        number[lines.token_line[stays]],
    )


# Which neighbours and windows tell lines apart was asked of trees that had them all; what they left unused is left out.
_NEAR = {"3<": (-3, -1), "3>": (1, 3)}
_FAR = {"10<": (-10, -1), "10>": (1, 10), "30<": (-30, -1), "30>": (1, 30)}
_WITHOUT_NEAR = frozenset({"words", "closed"})
_NEIGHBOURS = {"words": (-1, 1, 2), "titled": (-1, 1), "odds": (-3, -2, -1, 1, 2, 3), "closed": (1,), "function": (3,)}


class Table:
    """The features of the lines of a batch."""

    found: dict[str, NDArray[np.uint8]]
    """One byte a line, by name."""

    def __init__(self, lines: Lines, wanted: Collection[str] | None = None) -> None:
        """Find the features.

        Args:
            lines: What the lines are by themselves.
            wanted: The names of those to find; all by default.
        """
        self._lines, self._wanted, self._own = lines, wanted, lines.own
        self._sheet = Sheet(lines.pages)
        self.found = {}
        self._kind = _kinds(lines.own)
        self._words = lines.own["words"]
        self._same, self._earlier = self._sheet.copies(lines.line)
        self._alike, _ = self._sheet.copies(lines.shape)
        # What is averaged over windows and pages, as numbers up to 255.
        base: dict[str, Ints | Flags | NDArray[np.uint8]] = {
            "words": level(self._words),
            "titled": share(self._own["titled"], self._words),
            "function": share(self._own["function"], self._words),
            "odds": self._own["odds"],
            "prose": self._kind.prose * 200,
            "closed": self._kind.ended * 200,
            "digits": share(self._own["digits"], self._own["chars"]),
            "copies": np.minimum(self._same - 1, 3) * 60,
            "marked": self._kind.marked * 200,
            "gaps": lines.gap * 200,
            "alike": level(self._alike),
        }
        self._base = {name: values.astype(np.uint8) for name, values in base.items()}
        self._add_own()
        self._add_windows()
        self._add_nearest()
        self._add_page()
        self._add_topic()

    def _wants(self, name: str) -> bool:
        return self._wanted is None or name in self._wanted

    def _put(self, name: str, values: Ints | NDArray[np.uint8] | Flags) -> None:
        if self._wants(name):
            self.found[name] = np.minimum(values, _MOST).astype(np.uint8)

    def _add_own(self) -> None:
        """Add what the line is by itself, and how often its page has it."""
        own, words = self._own, self._words
        for name in ("words", "titled", "function", "digits"):
            self._put(name, self._base[name])
        self._put("chars", level(own["chars"]))
        self._put("word length", share(own["letters"] + own["digits"], words, 8))
        self._put("function words", own["function"])
        self._put("upper", share(own["upper"], own["letters"]))
        for name in ("stops", "commas", "colons", "quotes", "code", "bars", "symbols", "dashes", "gaps"):
            self._put(name, level(own[name]))
        self._put("foreign", share(own["foreign"], own["chars"]))
        for name in ("ending", "beginning", "odds", "lowest", "highest"):
            self._put(name, own[name])
        self._put("gap before", self._lines.gap)
        self._put("gap after", np.concatenate((self._lines.gap[1:], [False])))
        self._put("copies", self._same)
        self._put("earlier copies", self._earlier)
        self._put("alike", self._alike)

    def _add_windows(self) -> None:
        """Add what the next lines are, and what the lines around are on average."""
        sheet = self._sheet
        inside = {window: np.maximum(sheet.window(sheet.there, *reach), 1) for window, reach in (_NEAR | _FAR).items()}
        for name, values in self._base.items():
            if name in _NEIGHBOURS:
                spread = sheet.spread(values)
                for step in _NEIGHBOURS[name]:
                    self._put(f"{name} {step:+d}", spread[sheet.rows + step])
            sums = sheet.sums(values)
            for window, reach in (({} if name in _WITHOUT_NEAR else _NEAR) | _FAR).items():
                if self._wants(f"{name} {window}"):
                    self._put(f"{name} {window}", quotient(sheet.window(sums, *reach), inside[window]))

    def _add_nearest(self) -> None:
        """Add how far it is to the nearest line of a kind, and the runs and blocks that the line stands in."""
        sheet, kind, gap = self._sheet, self._kind, self._lines.gap
        colon = self._own["ending"] == signs.ENDINGS["colon"]
        nearest = {"prose": kind.prose, "texty": kind.texty, "long": kind.long, "copy": self._same > 1, "gap": gap, "colon": colon}
        for name, flags in nearest.items():
            self._put(f"{name} since", level(sheet.since(flags)))
            self._put(f"{name} until", level(sheet.until(flags)))
        titled = (self._base["titled"] >= 120) & kind.short  # three words of five
        for name, flags in {"short": kind.short, "titled": titled, "marked": kind.marked}.items():
            before, after = sheet.reach(flags)
            run = np.where(flags, before + after + 1, 0)
            self._put(f"{name} run", level(run))
            if name != "titled":
                self._put(f"{name} run before", level(before))
                self._put(f"{name} run after", level(after))
            self._put(f"longest {name} run", level(sheet.most(run)))
        begins = gap | (np.arange(sheet.count) == sheet.begin)
        self._put("block begin", level(np.minimum(sheet.since(begins) * ~gap, _MOST)))
        self._put("block end", level(np.minimum(sheet.until(gap) - 1, _MOST)))

    def _add_page(self) -> None:
        """Add what the page is like, and the line's place on it.

        How long a page is, and its longest line, tell pages apart and not lines: trees that know it learn the pages by heart.
        """
        sheet, words = self._sheet, self._words
        many = sheet.total(np.ones(sheet.count, np.int64))
        all_words = sheet.total(words)
        index = np.arange(sheet.count) - sheet.begin
        prose, text = words * (self._kind.prose | self._kind.long), words * self._kind.texty
        all_prose, all_text = sheet.total(prose), sheet.total(text)
        self._put("page prose", share(all_prose, all_words))
        self._put("page text", share(all_text, all_words))
        for name in ("titled", "odds", "closed", "copies", "marked", "gaps", "prose"):
            self._put(f"page {name}s", quotient(sheet.total(self._base[name]), many))
        self._put("place", share(index, many))
        self._put("lines before", level(index))
        self._put("words before", share(sheet.before(words), all_words))
        self._put("prose before", share(sheet.before(prose), all_prose))
        self._put("text before", share(sheet.before(text), all_text))
        for name, values, reaches in (("prose", prose, (5, 15, 30)), ("text", text, (15,))):
            sums = sheet.sums(values)
            for reach in reaches:
                near = sheet.window(sums, -reach, reach)
                self._put(f"{name} peak {reach}", share(near, sheet.most(near)))
        self._put("longest share", share(words, sheet.most(words)))

    def _add_topic(self) -> None:
        """Add how many of the line's words the page's running text has too."""
        sheet, words = self._sheet, self._words
        met, often = _topic(self._lines, self._kind.prose | self._kind.long, sheet)
        self._put("topic met", share(met, words))
        self._put("topic often", quotient(often, np.maximum(words, 1)))
        met_sums, sums = sheet.sums(met), sheet.sums(words)
        for window in ("3<", "3>", "10<", "10>"):
            reach = (_NEAR | _FAR)[window]
            self._put(f"topic {window}", share(sheet.window(met_sums, *reach), sheet.window(sums, *reach)))

    def facts(self) -> Facts:
        """Return what a reader can check of each line's place."""
        sheet, kind, own = self._sheet, self._kind, self._own
        before, after = sheet.reach(kind.short)
        return Facts(
            kind.prose | kind.long,
            np.where(kind.short, before + after + 1, 0),
            np.minimum(sheet.since(kind.prose), sheet.until(kind.prose)),
            2 * own["titled"] > own["words"],
            self._same,
            _cells(own, sheet),
            _code(own, sheet),
        )


class _Kinds(NamedTuple):
    """Which lines are of which kind."""

    ended: Flags
    """They end as sentences do."""
    prose: Flags
    """They are sentences."""
    texty: Flags
    """They read like running text."""
    long: Flags
    """They are paragraphs."""
    short: Flags
    """None of all that."""
    marked: Flags
    """They begin with a bullet."""


def _kinds(own: dict[str, Ints]) -> _Kinds:
    words, ending = own["words"], own["ending"]
    ended = (ending == signs.ENDINGS["stop"]) | (ending == signs.ENDINGS["exclamation"])
    prose = (words >= SENTENCE_WORDS) & (ended | (ending == signs.ENDINGS["quote"]))
    texty = (own["function"] >= _FUNCTION) & (share(own["function"], words) >= _FIFTH)
    return _Kinds(ended, prose, texty, (words >= _TEXT_WORDS) & texty, ~prose & ~texty, own["beginning"] == signs.BEGINNINGS["mark"])


def _topic(lines: Lines, text: Flags, sheet: Sheet) -> tuple[Ints, Ints]:
    """Return how many of each line's words the other running text of its page has, and the sum of how often, as levels."""
    place = sheet.page[lines.token_line] * _BUCKETS + lines.token
    in_text = text[lines.token_line]
    counts = np.bincount(place[in_text], minlength=len(sheet.sizes) * _BUCKETS)
    other = counts[place] - in_text
    met = np.bincount(lines.token_line[other > 0], minlength=sheet.count)
    often = np.bincount(lines.token_line, weights=level(np.maximum(other, 0)), minlength=sheet.count)  # sums of bytes: exact in a double
    return met, often.astype(np.int64)


class Facts(NamedTuple):
    """What a reader can check of a line's place, one value a line."""

    prose: Flags
    """Whether it is a sentence or a paragraph."""
    run: Ints
    """Lines in the run of short ones that it stands in; 0 for others."""
    distance: Ints
    """Lines to the nearest sentence; `NOWHERE` if the page has no other."""
    titled: Flags
    """Whether most of its words begin with a capital."""
    copies: Ints
    """How often the page has it."""
    cell: Flags
    """Whether it is short and stands among figures, as the cells of a table do."""
    code: Flags
    """Whether it stands among lines of code."""


_CELLS = 3  # figures among the six nearest lines that make a short line a cell of their table
_CELL_WORDS = 8


def _cells(own: dict[str, Ints], sheet: Sheet) -> Flags:
    """Return which lines are short and stand among figures."""
    figure = (own["digits"] > 0) & (own["letters"] <= 2 * own["digits"])
    near = sheet.window(sheet.sums(figure.astype(np.int64)), -3, 3) - figure
    return np.asarray((near >= _CELLS) & (own["words"] <= _CELL_WORDS))


_CODE = 3  # of a line and the six nearest: "[search]" among settings is one of them, "Next >" among links is not


def _code(own: dict[str, Ints], sheet: Sheet) -> Flags:
    """Return which lines stand among lines of code: those with more braces, equals signs and the like than bars, slashes and arrows."""
    coded = own["code"] > own["bars"]
    return np.asarray(sheet.window(sheet.sums(coded.astype(np.int64)), -3, 3) >= _CODE)
