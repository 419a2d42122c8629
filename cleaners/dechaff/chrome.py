"""Stage: lines that name themselves as chrome, by pattern and company, and blocks that a heading or their shape gives away."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from dechaff import blocks
from dechaff.blocks import Row, Shape, shape
from dechaff.edits import Edit, removing
from dechaff.guards import guard
from dechaff.lines import bare, sentences, written
from dechaff.patterns import Patterns
from dechaff.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dechaff.edits import Document
    from dechaff.lines import Line
    from dechaff.rules import Context

_COMPANY = 3
"""Lines that may also be content go together from this many on: two field labels without values do stand side by side."""
_PAIR = 2
"""The same at an edge of the page, where fields are rarer and menus more common."""
_SHORT = 12  # code points: no two sentences fit in less
_ONE_PIECE = 160  # code points up to which a pattern may match across sentences: "© 2024 Example. All rights reserved."
_REMEMBERED = 1 << 18  # lines: chrome repeats by its nature, and a line costs 300 bytes to remember
_SENTENCES = 8
"""A notice of more sentences than this is no notice."""


class Match(NamedTuple):
    """A line that a rule names."""

    rule: str
    context: Context
    note: str


class Chrome:
    """Finds chrome line by line, then asks what stands beside it."""

    name = "chrome"

    def __init__(self, rules: Collection[str]) -> None:
        """Work with these rules alone."""
        self.rules = frozenset(code for code in rules if code in RULES and RULES[code].stage == self.name)
        table = [RULES[code] for code in RULES if code in self.rules]
        self._patterns = Patterns([(pattern, rule.code) for rule in table for pattern in rule.patterns])
        self._unless = Patterns([(pattern, rule.code) for rule in table for pattern in rule.unless])
        self._look = lru_cache(maxsize=_REMEMBERED)(self._look_at)

    def find(self, documents: Sequence[Document]) -> list[list[Edit]]:
        """Return the lines to remove from each document."""
        return [self._in_text(document.text) for document in documents]

    def _in_text(self, text: str) -> list[Edit]:
        """Return the lines to remove, layer by layer: what goes can bring another line to the edge, or its company to an end."""
        lines = written(text)
        looks = [self._look(line.text) for line in lines]
        apart = [0]  # how often blank lines have come between two written ones, up to each
        for before, line in pairwise(lines):
            apart.append(apart[-1] + (line.start > before.end + 1))
        left = list(range(len(lines)))
        gone: dict[int, tuple[str, str]] = {}
        while found := self._layer(lines, looks, apart, left):
            gone.update(found)
            left = [i for i in left if i not in gone]
        return [removing(text, lines[i], *gone[i]) for i in sorted(gone)]

    def _layer(
        self, lines: Sequence[Line], looks: Sequence[tuple[Match | None, Shape]], apart: Sequence[int], left: Sequence[int]
    ) -> dict[int, tuple[str, str]]:
        """Return which of the lines that are left go: index, rule and evidence."""
        rows = [
            Row(lines[i].text, looks[i][1], before is not None and apart[i] == apart[before])
            for before, i in pairwise([None, *left])
            if i is not None
        ]
        matches = [looks[i][0] for i in left]
        for i, rule, note in blocks.find(rows, self.rules):
            matches[i] = Match(rule, "anywhere", note)
        return {left[i]: (rule, note) for begin, end in _runs(matches) for i, rule, note in _settle(matches, begin, end, len(left))}

    def match(self, line: str) -> Match | None:
        """Return the rule that names a line, or None; guards come first."""
        return self._look(line)[0]

    def _look_at(self, line: str) -> tuple[Match | None, Shape]:
        text = bare(line)
        return self._match(line, text), shape(line, text)

    def _match(self, line: str, text: str) -> Match | None:
        said = sentences(text) if len(text) > _SHORT else [text]
        if len(said) == 1:
            found = self._named(text)
        elif len(said) <= _SENTENCES:
            found = self._named(text) if len(text) <= _ONE_PIECE else None
            found = found or self._notice(said)
        else:
            found = None
        return None if found is None or guard(line) else found

    def _named(self, text: str) -> Match | None:
        codes = [code for code in self._patterns.whole(text) if len(text) <= RULES[code].longest]
        if any(RULES[code].unless for code in codes):
            vetoed = set(self._unless.whole(text))
            codes = [code for code in codes if code not in vetoed]
        if not codes:
            return None
        code = next((code for code in codes if RULES[code].context == "anywhere"), codes[0])
        return Match(code, RULES[code].context, "the whole line reads so")

    def _notice(self, said: Sequence[str]) -> Match | None:
        """Return the rule of the first of several sentences, if each of them is chrome by itself."""
        first: Match | None = None
        for sentence in said:
            found = self._named(sentence)
            if found is None or found.context != "anywhere":
                return None
            first = first or found
        return first and first._replace(note=f"each of its {len(said)} sentences reads so")


def _runs(matches: Sequence[Match | None]) -> list[tuple[int, int]]:
    """Return where matched lines stand together: pairs of first index and one past the last."""
    runs = []
    begin = None
    for i, match in enumerate([*matches, None]):
        if match is None:
            if begin is not None:
                runs.append((begin, i))
            begin = None
        elif begin is None:
            begin = i
    return runs


def _settle(matches: Sequence[Match | None], begin: int, end: int, total: int) -> list[tuple[int, str, str]]:
    """Return the lines of one run that go: index, rule and evidence.

    A word that may also be a heading, a label or a value goes beside a line that is certainly chrome, or with a second such word at an
    edge of the page, or among three of more than one kind. Alone it stays: it may be a title, or the last value of a record.
    """
    run = [match for match in matches[begin:end] if match is not None]
    certain = next((match for match in run if match.context == "anywhere"), None)
    at_head, at_foot = begin == 0, end == total
    support = ""
    if certain:
        support = f"beside {certain.rule}"
    elif at_head and at_foot:
        pass  # a page of such words alone is a list of words
    elif (at_head or at_foot) and len(run) >= _PAIR:
        support = f"{len(run)} such lines {'before' if at_head else 'after'} everything else on the page"
    elif len(run) >= _COMPANY and len({match.rule for match in run}) > 1:
        support = f"among {len(run)} such lines"
    gone = []
    for i, match in enumerate(run, begin):
        if match.context == "anywhere":
            gone.append((i, match.rule, match.note))
        elif match.context == "head" and at_head and len(run) >= _PAIR and not (at_foot and not certain):
            gone.append((i, match.rule, f"{match.note}; before anything else on the page"))
        elif support and (match.context == "company" or (certain and at_foot)):
            gone.append((i, match.rule, f"{match.note}; {support}"))
    return gone
