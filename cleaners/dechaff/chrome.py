"""Stage: lines that name themselves as chrome, by pattern and company, and blocks that a heading or their shape gives away."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dechaff.blocks import Blocks, View
from dechaff.guards import guard
from dechaff.lines import bare, sentences
from dechaff.patterns import Patterns
from dechaff.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dechaff.edits import Edit
    from dechaff.pages import Page
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
        rule_table = [RULES[code] for code in RULES if code in self.rules]
        self._patterns = Patterns([(pattern, rule.code) for rule in rule_table for pattern in rule.patterns])
        self._unless = Patterns([(pattern, rule.code) for rule in rule_table for pattern in rule.unless])
        self._blocks = Blocks(self.rules)
        self._known: dict[str, Match | None] = {}

    def find(self, pages: Sequence[Page]) -> list[list[Edit]]:
        """Return the lines to remove from each page."""
        self._learn({line for page in pages for line in page.lines})
        return [self._in_page(page) for page in pages]

    def match(self, line: str) -> Match | None:
        """Return the rule that names a line, or None; guards come first."""
        self._learn({line})
        return self._known[line]

    def _learn(self, lines: Collection[str]) -> None:
        """Remember which rules name the lines."""
        if len(self._known) + len(lines) > _REMEMBERED:
            self._known.clear()
            self._blocks.forget()
        new = [line for line in lines if line not in self._known]
        texts = [bare(line) for line in new]
        self._known.update(zip(new, self._match(new, texts), strict=True))
        self._blocks.learn(new, texts)

    def _in_page(self, page: Page) -> list[Edit]:
        """Return the lines to remove, layer by layer: what goes can bring another line to the edge, or its company to an end."""
        matches = {i: match for i, line in enumerate(page.lines) if (match := self._known[line])}
        view = View.of(page)
        kinds = self._blocks.possible(view)
        gone: dict[int, tuple[str, str]] = {}
        left: Sequence[int] = range(len(page.lines))
        while matches or kinds:
            found = {place: match for place, i in enumerate(left) if (match := matches.get(i))} if gone else dict(matches)
            for place, rule, note in self._blocks.find(view.only(left), kinds) if kinds else ():
                found[place] = Match(rule, "anywhere", note)
            settled = [why for run in _runs(sorted(found.items())) for why in _settle(run, len(left))]
            if not settled:
                break
            gone.update((left[place], (rule, note)) for place, rule, note in settled)
            left = [i for i in left if i not in gone]
        return [page.line_removal(i, *gone[i]) for i in sorted(gone)]

    def _match(self, lines: Sequence[str], texts: Sequence[str]) -> list[Match | None]:
        """Return the rule that names each line; `texts` are the same lines, bare."""
        said = [sentences(text) if len(text) > _SHORT else [text] for text in texts]
        named = self._named([text if len(text) <= _ONE_PIECE else "" for text in texts])
        notices = [
            i
            for i, (text, parts) in enumerate(zip(texts, said, strict=True))
            if not named[i] and (len(parts) > 1 or len(text) > _ONE_PIECE) and len(parts) <= _SENTENCES
        ]
        firsts = self._named([said[i][0] for i in notices])
        for i, first in zip(notices, firsts, strict=True):
            if first:
                named[i] = first if len(said[i]) == 1 else self._notice(first, said[i])
        return [None if match is None or len(said[i]) > _SENTENCES or guard(lines[i]) else match for i, match in enumerate(named)]

    def _named(self, texts: Sequence[str]) -> list[Match | None]:
        """Return the rule that names each bare line or sentence."""
        named: list[Match | None] = [None] * len(texts)
        for i, owners in enumerate(self._patterns.whole_each(texts)):
            if not owners:
                continue
            codes = [code for code in owners if len(texts[i]) <= RULES[code].longest]
            if any(RULES[code].unless for code in codes):
                vetoed = set(self._unless.whole(texts[i]))
                codes = [code for code in codes if code not in vetoed]
            if codes:
                code = next((code for code in codes if RULES[code].context == "anywhere"), codes[0])
                named[i] = Match(code, RULES[code].context, "the whole line reads so")
        return named

    def _notice(self, first: Match, said: Sequence[str]) -> Match | None:
        """Return the rule of the first of several sentences, if each of them is chrome by itself."""
        others = self._named(said[1:]) if first.context == "anywhere" else [None]
        if not all(found and found.context == "anywhere" for found in others):
            return None
        return first._replace(note=f"each of its {len(said)} sentences reads so")


def _runs(found: Sequence[tuple[int, Match]]) -> list[list[tuple[int, Match]]]:
    """Return matched lines that stand together."""
    runs: list[list[tuple[int, Match]]] = []
    for place, match in found:
        if not runs or runs[-1][-1][0] != place - 1:
            runs.append([])
        runs[-1].append((place, match))
    return runs


def _settle(run: Sequence[tuple[int, Match]], total: int) -> list[tuple[int, str, str]]:
    """Return the lines of one run that go: place, rule and evidence.

    A word that may also be a heading, a label or a value goes beside a line that is certainly chrome, or with a second such word at an
    edge of the page, or among three of more than one kind. Alone it stays: it may be a title, or the last value of a record.

    Args:
        run: Places and matches of lines that stand together.
        total: Lines of the page.
    """
    certain = next((match for _, match in run if match.context == "anywhere"), None)
    at_head, at_foot = run[0][0] == 0, run[-1][0] == total - 1
    support = ""
    if certain:
        support = f"beside {certain.rule}"
    elif at_head and at_foot:
        pass  # a page of such words alone is a list of words
    elif (at_head or at_foot) and len(run) >= _PAIR:
        support = f"{len(run)} such lines {'before' if at_head else 'after'} everything else on the page"
    elif len(run) >= _COMPANY and len({match.rule for _, match in run}) > 1:
        support = f"among {len(run)} such lines"
    gone = []
    for i, match in run:
        if match.context == "anywhere":
            gone.append((i, match.rule, match.note))
        elif match.context == "head" and at_head and len(run) >= _PAIR and not (at_foot and not certain):
            gone.append((i, match.rule, f"{match.note}; before anything else on the page"))
        elif support and (match.context == "company" or (certain and at_foot)):
            gone.append((i, match.rule, f"{match.note}; {support}"))
    return gone
