"""Stage: lines that name themselves as chrome, by pattern and company, and blocks that a heading or their shape gives away."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from dechaff import guards
from dechaff.blocks import Blocks, View
from dechaff.guards import guard
from dechaff.lines import bare, is_prose, opening, sentences, words
from dechaff.patterns import Patterns
from dechaff.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping, Sequence

    from dechaff.blocks import KnownBlocks
    from dechaff.edits import Edit
    from dechaff.pages import Page
    from dechaff.rules import Context

    Place = TypeVar("Place", bound=Hashable)

_COMPANY = 3
"""Lines that may also be content go together from this many on: two field labels without values do stand side by side."""
_PAIR = 2
"""The same at an edge of the page, where fields are rarer and menus more common."""
_REFERENCE_WORD = "CHR075"  # its words are names of databases, too: only a reference above tells which
_BUTTON = "CHR107"  # its words are steps of manuals, too
_POLL = "CHR071"
_ANSWERS = frozenset({"yes", "no", "partly", "partially", "somewhat", "not really", "very", "yes, partly"})
_LIST = 10
"""Entries that a list under a heading may have above its last ones: journals ask for 3 to 10 keywords."""
_ENTRY = 6  # words: the longest keywords of PubMed's own lists have no more
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


class Around(NamedTuple):
    """What stands around the lines of a run, among the lines that are left."""

    above: Sequence[str]
    """The nearest first; none at the head of the page."""
    below: str
    """Empty at the foot of the page."""
    apart: bool
    """Whether blank lines set the run off from the line above it more than its own lines from each other."""
    lifted: bool
    """The same for the line below."""


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
            found.update(_answers(found, page.lines, left))
            settled = [why for run in _runs(sorted(found.items())) for why in _settle(run, _around(run, view, left))]
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


def _runs(found: Sequence[tuple[int, Match]]) -> list[list[tuple[int, Match]]]:
    """Return matched lines that stand together."""
    runs: list[list[tuple[int, Match]]] = []
    for place, match in found:
        if not runs or runs[-1][-1][0] != place - 1:
            runs.append([])
        runs[-1].append((place, match))
    return runs


def _answers(found: Mapping[int, Match], lines: Sequence[str], left: Sequence[int]) -> dict[int, Match]:
    """Return the answers below the polls that were found: elsewhere they are values of a record."""
    answers: dict[int, Match] = {}
    for poll, match in found.items():
        place = poll + 1
        while match.rule == _POLL and place < len(left) and bare(lines[left[place]]).lower() in _ANSWERS:
            answers[place] = Match(_POLL, "anywhere", "an answer to the poll above it")
            place += 1
    return answers


def _around(run: Sequence[tuple[int, Match]], view: View, left: Sequence[int]) -> Around:
    """Return what stands around a run."""
    first, last = run[0][0], run[-1][0]
    blank = [view.blank[left[place]] for place in range(max(first - 1, 0), min(last + 2, len(left)))]
    gaps = [after - before for before, after in pairwise(blank)]
    inside = max(gaps[first > 0 : len(gaps) - (last + 1 < len(left))], default=0)
    above = [view.lines[i] for i in reversed(left[max(first - _LIST - 1, 0) : first])]
    below = view.lines[left[last + 1]] if last + 1 < len(left) else ""
    return Around(above, below, bool(above) and gaps[0] > inside, bool(below) and gaps[-1] > inside)


def _ends_list(around: Around) -> bool:
    """Return whether a run at the foot ends a list of keywords, themes or answers: a heading, a label or a colon opens it."""
    if around.apart:
        return False
    for distance, line in enumerate(around.above):
        kind = guard(line)
        if kind == "section-heading" or (kind == "registry-field" and not distance) or line.rstrip().endswith(":"):
            return True
        if is_prose(line) or words(line) > _ENTRY:
            return False
    return False


def _support(run: Sequence[tuple[int, Match]], around: Around) -> str:
    """Return what speaks for the lines of a run that are not certainly chrome; nothing, if nothing does."""
    certain = next((match for _, match in run if match.context == "anywhere"), None)
    if certain:
        return f"beside {certain.rule}"
    at_head, at_foot = not around.above, not around.below
    idle = {_REFERENCE_WORD} if at_head else {_REFERENCE_WORD, _BUTTON}  # no manual begins with its steps
    loose = [match.rule for _, match in run if match.rule not in idle]
    if at_head and at_foot:
        return ""  # a page of such words alone is a list of words
    if (at_head or at_foot) and len(loose) >= _PAIR:
        return "" if at_foot and _ends_list(around) else f"{len(loose)} such lines {'before' if at_head else 'after'} everything else"
    if len(loose) >= _COMPANY and len(set(loose)) > 1:
        return f"among {len(loose)} such lines"
    return ""


def _settle(run: Sequence[tuple[int, Match]], around: Around) -> list[tuple[int, str, str]]:
    """Return the lines of one run that go: place, rule and evidence.

    A word that may also be a heading, a label or a value goes beside a line that is certainly chrome, or with a second such word at an
    edge of the page, or among three of more than one kind. Alone it stays: it may be a title, or the last value of a record. What ends
    a list under a heading at the foot of the page has no support from the edge: keywords stand there, one a line. Nor has the last line
    of a run at the head that stands over running text: it is its heading, and a single line above it the title of the page. Buttons
    that may be steps of a manual support nothing but at the head; nor do link words of references, which go right below a reference or
    beside what is certain.

    Args:
        run: Places and matches of lines that stand together.
        around: What stands around them.
    """
    certain = any(match.context == "anywhere" for _, match in run)
    at_head, at_foot = not around.above, not around.below
    if at_head and not certain and not around.lifted and is_prose(around.below):
        run = run[:-1]
    support = _support(run, around)
    below_reference = bool(around.above) and guard(around.above[0]) in {"citation", "identifier"}
    gone = []
    for i, match in run:
        below_reference = below_reference and match.rule == _REFERENCE_WORD
        why = "right below a reference" if below_reference else support
        if match.context == "anywhere":
            gone.append((i, match.rule, match.note))
        elif match.context == "head" and at_head and why:
            gone.append((i, match.rule, f"{match.note}; before anything else on the page"))
        elif match.rule == _REFERENCE_WORD and not (certain or below_reference):
            continue
        elif why and (match.context == "company" or (certain and at_foot)):
            gone.append((i, match.rule, f"{match.note}; {why}"))
    return gone
