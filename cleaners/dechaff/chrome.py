"""Stage: lines that name themselves as chrome, by pattern and company, and blocks that a heading or their shape gives away."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from dechaff import company, guards
from dechaff.blocks import Blocks, View
from dechaff.company import Match
from dechaff.guards import guard
from dechaff.lines import bare, opening, sentences
from dechaff.patterns import Patterns
from dechaff.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping, Sequence

    from dechaff.blocks import KnownBlocks
    from dechaff.edits import Edit
    from dechaff.pages import Page

    Place = TypeVar("Place", bound=Hashable)

_SHORT = 12  # code points: no two sentences fit in less
_ONE_PIECE = 160  # code points up to which a pattern may match across sentences: "© 2024 Example. All rights reserved."
_REMEMBERED = 1 << 16  # lines: chrome repeats by its nature, and soon; 300 bytes each. On WCXB twice as many save no time
_SENTENCES = 8
"""A notice of more sentences than this is no notice."""


class Known(NamedTuple):
    """What is known of the lines of a page, whatever stands beside them."""

    matches: dict[str, Match]
    blocks: KnownBlocks


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
        self._matches: dict[str, Match] = {}
        self._seen: set[str] = set()

    def find(self, pages: Sequence[Page]) -> list[list[Edit]]:
        """Return the lines to remove from each page."""
        return [self._in_page(page, known) for page, known in zip(pages, self.known(pages), strict=True)]

    def match(self, line: str) -> Match | None:
        """Return the rule that names a line, or None; guards come first."""
        self._learn({line})
        return self._matches.get(line)

    def known(self, pages: Sequence[Page]) -> list[Known]:
        """Return what is known of the lines of pages: found out for many at once, and kept with the pages."""
        new = [page for page in pages if self not in page.known]
        self._learn({line for page in new for line in page.lines})
        for page in new:
            matches = {line: self._matches[line] for line in page.lines if line in self._matches}
            page.known[self] = Known(matches, self._blocks.known(page.lines))
        return [page.known[self] for page in pages]

    def _learn(self, lines: Collection[str]) -> None:
        """Remember which rules name the lines."""
        if len(self._seen) + len(lines) > _REMEMBERED:
            self._seen.clear()
            self._matches.clear()
            self._blocks.forget()
        new = [line for line in lines if line not in self._seen]
        texts = [bare(line) for line in new]
        self._seen.update(new)
        self._matches.update((new[i], match) for i, match in self._match(new, texts).items())
        self._blocks.learn(new, texts)

    def _in_page(self, page: Page, known: Known) -> list[Edit]:
        """Return the lines to remove, layer by layer: what goes can bring another line to the edge, or its company to an end."""
        matches = {i: known.matches[line] for i, line in enumerate(page.lines) if line in known.matches} if known.matches else {}
        kinds = self._blocks.possible(page, known.blocks)
        if not matches and not kinds:
            return []
        view = View.of(page)
        gone: dict[int, tuple[str, str]] = {}
        left: Sequence[int] = range(len(page.lines))
        while matches or kinds:
            found = {place: match for place, i in enumerate(left) if (match := matches.get(i))} if gone else dict(matches)
            for place, rule, note in self._blocks.find(view.only(left), known.blocks, kinds) if kinds else ():
                found[place] = Match(rule, "anywhere", note)
            found.update(company.answers(found, page.lines, left))
            settled = company.settled(found, view, left)
            if not settled:
                break
            gone.update((left[place], (rule, note)) for place, rule, note in settled)
            left = [i for i in left if i not in gone]
        return page.line_removals(gone)

    def _match(self, lines: Sequence[str], texts: Sequence[str]) -> dict[int, Match]:
        """Return the rules that name lines, by their index; `texts` are the same lines, bare."""
        matches = self._named({i: text for i, text in enumerate(texts) if len(text) <= _ONE_PIECE})
        openings = {i: opening(text) for i, text in enumerate(texts) if len(text) > _SHORT and i not in matches}
        openings = {i: first for i, first in openings.items() if len(first) < len(texts[i]) or len(first) > _ONE_PIECE}
        matches |= self._named(openings)
        said = {i: parts for i in matches if len(parts := sentences(texts[i])) <= _SENTENCES}
        guards.ask(lines[i] for i in said)
        named = {i: matches[i] for i in said if not guard(lines[i])}
        notices = [i for i in openings if i in named and len(said[i]) > 1]
        others = self._named({(i, j): sentence for i in notices for j, sentence in enumerate(said[i]) if j})
        for i in notices:
            each = [match for match in (named[i], *(others.get((i, j)) for j in range(1, len(said[i])))) if match]
            certain = next((match for match in each if match.context == "anywhere"), None)
            if certain and len(each) == len(said[i]):  # as good as side by side
                named[i] = certain._replace(note=f"each of its {len(each)} sentences reads so")
            else:
                del named[i]
        return named

    def _named(self, texts: Mapping[Place, str]) -> dict[Place, Match]:
        """Return the rules that name bare lines or sentences, by where these stand."""
        named: dict[Place, Match] = {}
        places = [*texts]
        for i, owners in self._patterns.whole_each([*texts.values()]).items():
            text = texts[places[i]]
            codes = [code for code in owners if len(text) <= RULES[code].longest]
            if any(RULES[code].unless for code in codes):
                vetoed = set(self._unless.whole(text))
                codes = [code for code in codes if code not in vetoed]
            if codes:
                code = next((code for code in codes if RULES[code].context == "anywhere"), codes[0])
                named[places[i]] = Match(code, RULES[code].context, "the whole line reads so")
        return named
