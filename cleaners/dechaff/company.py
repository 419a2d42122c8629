"""Which of the lines that rules name go: those that name themselves, and beside them those that could be content anywhere else."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from dechaff.guards import guard
from dechaff.lines import bare, is_prose, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dechaff.blocks import View
    from dechaff.rules import Context

_COMPANY = 3
"""Lines that may also be content go together from this many on: two field labels without values do stand side by side."""
_PAIR = 2
"""The same at an edge of the page, where fields are rarer and menus more common."""
_POLL = "CHR071"
_ANSWERS = frozenset({"yes", "no", "partly", "partially", "somewhat", "not really", "very", "yes, partly"})
_LIST = 10
"""Entries that a list under a heading may have above its last ones: journals ask for 3 to 10 keywords."""
_ENTRY = 6  # words: the longest keywords of PubMed's own lists have no more


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


def answers(found: Mapping[int, Match], lines: Sequence[str], left: Sequence[int]) -> dict[int, Match]:
    """Return the answers below the polls that were found: elsewhere they are values of a record.

    Args:
        found: What rules name, by its place among the lines that are left.
        lines: All lines of the page.
        left: The indexes of those that are left.
    """
    below: dict[int, Match] = {}
    for poll, match in found.items():
        place = poll + 1
        while match.rule == _POLL and place < len(left) and bare(lines[left[place]]).lower() in _ANSWERS:
            below[place] = Match(_POLL, "anywhere", "an answer to the poll above it")
            place += 1
    return below


def settled(found: Mapping[int, Match], view: View, left: Sequence[int]) -> list[tuple[int, str, str]]:
    """Return the lines of a page that go: place, rule and evidence.

    Args:
        found: What rules name, by its place among the lines that are left.
        view: All lines of the page.
        left: The indexes of those that are left.
    """
    gone: list[tuple[int, str, str]] = []
    for run in _runs(sorted(found.items())):
        if all(match.context == "anywhere" for _, match in run):
            gone.extend((place, match.rule, match.note) for place, match in run)
        else:
            gone.extend(_settle(run, _around(run, view, left)))
    return gone


def _runs(found: Sequence[tuple[int, Match]]) -> list[list[tuple[int, Match]]]:
    """Return matched lines that stand together."""
    runs: list[list[tuple[int, Match]]] = []
    for place, match in found:
        if not runs or runs[-1][-1][0] != place - 1:
            runs.append([])
        runs[-1].append((place, match))
    return runs


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
    idle = {"reference"} if at_head else {"reference", "step"}  # no manual begins with its steps
    loose = [match.rule for _, match in run if match.context not in idle]
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
    of a run at the head that stands over running text: it is its heading, and a single line above it the title of the page. What may
    be a step of a manual supports nothing but at the head; nor do link words of references, which go right below a reference or beside
    what is certain.

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
        below_reference = below_reference and match.context == "reference"
        why = "right below a reference" if below_reference else support
        placed = {"head": at_head or (certain and at_foot), "reference": certain or below_reference}
        if match.context == "anywhere":
            gone.append((i, match.rule, match.note))
        elif why and placed.get(match.context, True):
            gone.append((i, match.rule, f"{match.note}; {why}"))
    return gone
