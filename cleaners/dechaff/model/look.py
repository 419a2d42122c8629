"""Looks at pages: what the lines that are left score, which of them go, which stay all the same, and why."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dechaff import guards
from dechaff.foreign.picker import is_name
from dechaff.guards import guard
from dechaff.language import script_letters
from dechaff.lines import is_row
from dechaff.model import FEWEST, decision, features
from dechaff.model.sheet import NOWHERE, Sheet

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dechaff.model import Removal
    from dechaff.model.features import Flags, Ints, Lines
    from dechaff.model.store import Model
    from dechaff.pages import Page


_COMMON = frozenset({None, "figure-or-date"})
_RECORD = 0.06
"""Share of guarded lines, other than figures, from which a page may be a record or a paper."""
_NAMES = "byline"
_KINDS = 2
"""Kinds of guarded lines, names left out, that a record or a paper has at least. With both, 41 of 42 invented ones of 33 sites are known,
and one in twenty of the WCXB pages is taken for one; by the share alone, for as many known, one in twelve: lists of people or prices."""
_ASKED = 64  # lines of a page that are asked for their guard: at .06, four of them make it a record
_DOUBTFUL = 5  # one to four that a line is content: of the lines of invented records that stay, most below it are chrome
_LABELS = frozenset({"registry-field", "section-heading"})
_VALUES = 12  # entries of a list under a label
_NEAR = 3  # lines either side that are asked whether a guarded line stands alone


class Verdict(NamedTuple):
    """What the model says of a line."""

    chance: float
    """The probability that the line is content."""
    reason: str
    """What a reader can check, in words."""
    goes: bool
    kept: str = ""
    """Why it stays though its score would let it go."""


class Look:
    """One look at some pages: the lines that are left of them, their scores, and which of them go."""

    def __init__(self, model: Model, removal: Removal, pages: Sequence[Page]) -> None:
        """Look at pages for the first time.

        Args:
            model: The weights.
            removal: How much may go.
            pages: None without a written line.
        """
        self.model, self.removal = model, removal
        self.texts = [line for page in pages for line in page.lines]
        self.numbers = np.concatenate([np.arange(len(page.lines)) for page in pages])
        self.owners = np.arange(len(pages))
        gaps = [np.diff(page.rows.blank, prepend=page.rows.blank[:1]) > 0 for page in pages]
        self._look(features.describe([[line.strip() for line in page.lines] for page in pages], gaps, model.words))

    def _look(self, lines: Lines) -> None:
        self.lines = lines
        table = features.Table(lines, self.model.forest.names)
        score = self.model.forest.score(table.found)
        self.facts = table.facts()
        self.chances = decision.chance(self.model, score)
        self.goes = decision.doomed(self.model, self.removal, score, lines.own["words"], lines.pages)
        self.kept: dict[int, str] = {}
        self._hold_back(decision.surety(score, lines.own["words"]))
        self._protect()

    def _asked(self, begin: int, end: int) -> list[str]:
        """Return the lines of a page that tell whether it is a record; long pages are asked here and there."""
        return self.texts[begin : end : max((end - begin) // _ASKED, 1)]

    def _hold_back(self, surety: Ints) -> None:
        """Take from records and papers, whose short lines are content, no more than the careful degree does; a little more if thorough.

        Of the content lines of 384 invented ones, by weights that never saw their sites, the thorough degree so keeps 98.9 %, without
        this 96.3, and with the cut of the careful degree 99.1; of their chrome 58, 72 and 52 % go.
        """
        cut = self.model.careful
        if self.removal == "thorough":
            cut = (cut + self.model.balanced) // 2
        unsure = self.goes & (surety >= cut)
        edges = [(begin, end) for begin, end in pairwise(self.lines.pages.tolist()) if unsure[begin:end].any()]
        guards.ask(line for begin, end in edges for line in self._asked(begin, end))
        for begin, end in edges:
            if self._is_record(begin, end):
                self.goes[begin:end] &= ~unsure[begin:end]

    def _is_record(self, begin: int, end: int) -> bool:
        """Return whether many lines of a page are guarded, for more than one reason."""
        asked = self._asked(begin, end)
        kinds = [kind for line in asked if (kind := guard(line)) not in _COMMON]
        return len(kinds) >= _RECORD * len(asked) and len({*kinds} - {_NAMES}) >= _KINDS

    def _protect(self) -> None:
        """Take back what stays whatever its score: titles, first paragraphs, headings, guarded lines, tables, code."""
        own, pages = self.lines.own, self.lines.pages.tolist()
        named = (own["commas"] > 0) | (own["digits"] > 0)
        for begin, end in pairwise(pages):
            part = slice(begin, end)
            if not self.goes[part].any():
                continue
            first, title, below = decision.lead(self.chances[part], own["words"][part], self.facts.prose[part], named[part])
            for i, name in ((first, "the first paragraph"), (title, "the title"), *((i, "a byline or a date") for i in below)):
                if i >= 0 and self.goes[begin + i]:
                    self._spare(begin + i, f"it may be {name}")
        for flags, why in (
            (self._rows(), "it is a row of a table"),
            (self._foreign(), "it is in another script"),
            (self.facts.cell, "it stands among the figures of a table"),
            (self.facts.code, "it stands among lines of code"),
            (self._heads(), "it stands right above a paragraph"),
        ):
            for i in np.flatnonzero(self.goes & flags).tolist():
                self._spare(i, why)
        self._protect_guarded()

    def _protect_guarded(self) -> None:
        """Take back guarded lines in company, and what stands under a label of content."""
        guards.ask(self.texts[i] for i in np.flatnonzero(self.goes).tolist())
        guarded = {i: kind for i in np.flatnonzero(self.goes).tolist() if (kind := guard(self.texts[i]))}
        lone = self._alone(guarded)
        for i, kind in guarded.items():
            if i not in lone:
                self._spare(i, f"guarded as {kind.replace('-', ' ')}")
        firsts = frozenset(self.lines.pages[:-1].tolist())
        for i in np.flatnonzero(self.goes).tolist():
            if self._is_value(i, firsts):
                self._spare(i, "it stands under a label of content")

    def _is_value(self, i: int, firsts: Collection[int]) -> bool:
        """Return whether a line is the first under a heading or a field of a record that stays, or of the list that begins there.

        Args:
            i: Its index.
            firsts: Those of the first lines of pages.
        """
        mark = _mark(self.texts[i])
        above = i - 1
        while above not in firsts and mark and i - above <= _VALUES and _mark(self.texts[above]) == mark:
            above -= 1
        return i not in firsts and above >= 0 and not self.goes[above] and guard(self.texts[above]) in _LABELS

    def _rows(self) -> Flags:
        """Return those of the lines that go which tabs part into cells, as renderers write the rows of tables.

        On WCXB two in three are content, and much of what is labelled chrome is a table too. On held-out sites that gains .0006 of F1 at
        the thorough degree, and saves .12 % of the content words at the balanced one.
        """
        rows = np.zeros(len(self.goes), np.bool_)
        where = np.flatnonzero(self.goes)
        rows[where] = [is_row(self.texts[i]) for i in where.tolist()]
        return rows

    def _foreign(self) -> Flags:
        """Return those of the lines that go which are in another script than English, names of languages left out.

        Other stages see what they are: they are names and titles too, and of the lines of WCXB that go one in 500 is such a line, most of
        them names of languages.
        """
        foreign = np.zeros(len(self.goes), np.bool_)
        where = np.flatnonzero(self.goes & (self.lines.own["foreign"] > 0))
        foreign[where] = [_in_other_script(self.texts[i]) and not is_name(self.texts[i]) for i in where.tolist()]
        return foreign

    def _heads(self) -> Flags:
        """Return the short lines above running text that is more likely content than not: headings, labels, names over the date of a post.

        On held-out sites they cost .0001 of F1 and save .16 % of the content words at the thorough degree.
        """
        text = self.facts.prose & (2 * self.chances >= decision.WHOLE)
        above = self._next(text)
        above |= self._next(above & (self.lines.own["digits"] > 0))
        return np.asarray(above & ~self.facts.prose)

    def _next(self, flags: Flags) -> Flags:
        """Return which lines are followed by one of those on their page."""
        found = np.append(flags[1:], False)
        found[self.lines.pages[1:] - 1] = False
        return found

    def _alone(self, guarded: Collection[int]) -> frozenset[int]:
        """Return guarded lines amid lines that all go, and beside no more than one of their like.

        A date, a name or a label in a menu is the menu's; the fields of a record, references and cells stand together, or beside content.
        """
        marked = np.zeros(len(self.goes), np.int64)
        marked[[*guarded]] = 1
        sheet = Sheet(self.lines.pages)
        stay = sheet.window(sheet.sums((~self.goes).astype(np.int64)), -_NEAR, _NEAR)
        alike = sheet.window(sheet.sums(marked), -_NEAR, _NEAR) - marked
        return frozenset(i for i in guarded if stay[i] == 0 and alike[i] <= 1)

    def _spare(self, i: int, why: str) -> None:
        self.goes[i] = False
        self.kept[i] = why

    def found(self) -> list[tuple[int, int, str]]:
        """Return the lines that go: which page and which of its lines, as they were counted at first, and the evidence."""
        where = np.flatnonzero(self.goes)
        page = self.owners[np.searchsorted(self.lines.pages, where, side="right") - 1]
        return list(zip(page.tolist(), self.numbers[where].tolist(), self._evidence(where), strict=True))

    def doubtful(self) -> list[tuple[int, int, float, str]]:
        """Return the lines that only the cut keeps, though they are chrome by far more likely: page, line, chance of chrome, evidence.

        Of pages that lose nothing in this look, which is the last at them; as few lines as are never cut are not judged either.
        """
        sizes = np.diff(self.lines.pages)
        settled = (sizes >= FEWEST) & ~np.logical_or.reduceat(self.goes, self.lines.pages[:-1])
        where = np.flatnonzero(np.repeat(settled, sizes) & (_DOUBTFUL * self.chances < decision.WHOLE))
        where = np.array([i for i in where.tolist() if i not in self.kept], np.int64)
        page = self.owners[np.searchsorted(self.lines.pages, where, side="right") - 1]
        chances = [round(1 - chance / decision.WHOLE, 3) for chance in self.chances[where].tolist()]
        return list(zip(page.tolist(), self.numbers[where].tolist(), chances, self._evidence(where), strict=True))

    def next(self) -> Look | None:
        """Return the next look at the pages that lost something, or None."""
        if not self.goes.any():
            return None
        sizes = np.diff(self.lines.pages)
        changed = np.logical_or.reduceat(self.goes, self.lines.pages[:-1])
        left = ~self.goes & np.repeat(changed, sizes)
        if not left.any():
            return None
        stays = np.add.reduceat(left, self.lines.pages[:-1], dtype=np.int64) > 0
        self.owners = self.owners[stays]
        self.texts = [self.texts[i] for i in np.flatnonzero(left)]
        self.numbers = self.numbers[left]
        self._look(features.keep(self.lines, left))
        return self

    def verdict(self, i: int) -> Verdict:
        """Return what is said of a line of the only page."""
        (evidence,) = self._evidence(np.array([i]))
        return Verdict(int(self.chances[i]) / decision.WHOLE, evidence, bool(self.goes[i]), self.kept.get(i, ""))

    def _evidence(self, where: Ints) -> list[str]:
        """Return in words what speaks for the scores of some lines."""
        facts = self.facts
        columns = (self.chances, self.lines.own["words"], facts.prose, facts.titled, facts.run, facts.copies, facts.distance)
        said = []
        for chance, words, prose, titled, run, copies, distance in zip(*(column[where].tolist() for column in columns), strict=True):
            kind = "text" if prose else "title-case line" if titled and words > 1 else "line"
            size = "1 word" if words == 1 else f"{words} words"
            among = f" in a run of {run}" if run > 1 else ""
            stands = f", stands {copies} times on the page" if copies > 1 else ""
            far = (
                "no other sentence on the page"
                if distance >= NOWHERE
                else f"{distance} line{'s' * (distance > 1)} from the nearest sentence"
            )
            said.append(f"score {chance / decision.WHOLE:.3f}: {kind} of {size}{among}{stands}, {far}")
        return said


def _mark(line: str) -> str:
    """Return the bullet of a line; nothing if it has none."""
    first = line.strip()[:1]
    return "" if first.isalnum() else first


def _in_other_script(line: str) -> bool:
    """Return whether most letters of a line are in another script than English is written in."""
    return 2 * script_letters(line)[0] > sum(map(str.isalpha, line))
