"""Documents, edits, and the only functions that change text with them."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Document(NamedTuple):
    """A text and where it comes from."""

    path: str
    """Its name in reports; unique within a corpus."""
    site: str
    """The group of pages that repetition is counted in; empty when unknown."""
    text: str

    def after(self, edits: Sequence[Edit]) -> Self:
        """Return the document that edits make."""
        return self._replace(text=apply(self.text, edits))


class Edit(NamedTuple):
    """One change, in code points of the text that its stage received."""

    start: int
    """First code point replaced, 0-based."""
    end: int
    """One past the last code point replaced; equal to `start` for an insertion."""
    new: str
    """What stands there instead; empty for a removal."""
    rule: str
    """Code of the rule that asked for it."""
    note: str
    """The evidence, in words."""


def apply(text: str, edits: Sequence[Edit]) -> str:
    r"""Return the text with all edits made.

    Raises:
        ValueError: The edits are not sorted, overlap, or leave the text.

    >>> apply("Home\nRain fell.\n", [Edit(0, 5, "", "CHR001", "")])
    'Rain fell.\n'
    """
    pieces: list[str] = []
    done = 0
    for edit in edits:
        if not done <= edit.start <= edit.end <= len(text):
            message = f"edit {edit} is out of order or outside a text of {len(text)} code points"
            raise ValueError(message)
        pieces += text[done : edit.start], edit.new
        done = edit.end
    pieces.append(text[done:])
    return "".join(pieces)


def undo(text: str, edits: Sequence[Edit], old: Sequence[str]) -> str:
    """Return the text as it was before `apply` made the edits.

    Args:
        text: What `apply` returned.
        edits: The edits it was given.
        old: What stood where each edit was made, one string an edit.

    Raises:
        ValueError: The text does not hold what the edits put there.
    """
    pieces: list[str] = []
    done = 0  # code points of `text` used up
    source = 0  # code points of the earlier text rebuilt
    for edit, was in zip(edits, old, strict=True):
        kept = edit.start - source
        here = done + kept
        if kept < 0 or not text.startswith(edit.new, here) or here + len(edit.new) > len(text):
            message = f"edit {edit} was not made in this text"
            raise ValueError(message)
        pieces += text[done:here], was
        done = here + len(edit.new)
        source = edit.end
    pieces.append(text[done:])
    return "".join(pieces)


def to_source(offsets: Iterable[int], layers: Sequence[Sequence[Edit]]) -> list[int]:
    """Return where each code point of a changed text stood in the first text.

    Args:
        offsets: 0-based offsets in the text that the last layer made.
        layers: The edits of every pass so far, first pass first.

    Returns:
        One offset in the first text for each given; inside a replacement, the place where it begins or, as far as it reaches, the
        character at the same distance from there.
    """
    places = list(offsets)
    for edits in reversed(layers):
        if not edits:
            continue
        begins = []  # where each edit's replacement begins in the text that the layer made
        shift = 0
        for edit in edits:
            begins.append(edit.start + shift)
            shift += len(edit.new) - (edit.end - edit.start)
        for i, place in enumerate(places):
            at = bisect_right(begins, place) - 1
            if at < 0:
                continue
            edit = edits[at]
            into = place - begins[at]
            if into < len(edit.new):
                places[i] = min(edit.start + into, edit.end)
            else:
                places[i] = edit.end + into - len(edit.new)
    return places


def replacing(line: str, new: str, at: int, rule: str, note: str) -> list[Edit]:
    """Return edits that turn a line into its repaired form, word by word where the words still correspond.

    Args:
        line: The line as it is.
        new: The line as it should be.
        at: Offset of the line in its text, in code points.
        rule: Code of the rule that asks for it.
        note: The evidence.
    """
    before, after = line.split(" "), new.split(" ")
    if len(before) != len(after):
        return [_difference(line, new, at, rule, note)]
    edits = []
    for was, now in zip(before, after, strict=True):
        if was != now:
            edits.append(_difference(was, now, at, rule, note))
        at += len(was) + 1
    return edits


def _difference(was: str, now: str, at: int, rule: str, note: str) -> Edit:
    """Return the one edit that turns `was` into `now`, without what both begin and end with."""
    shortest = min(len(was), len(now))
    head = 0
    while head < shortest and was[head] == now[head]:
        head += 1
    tail = 0
    while tail < shortest - head and was[-1 - tail] == now[-1 - tail]:
        tail += 1
    return Edit(at + head, at + len(was) - tail, now[head : len(now) - tail], rule, note)
