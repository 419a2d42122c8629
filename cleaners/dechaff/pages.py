"""Documents with their written lines as arrays: what stages that look at whole pages ask of a line, asked of all lines at once."""

from __future__ import annotations

from functools import cache, cached_property
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dechaff.edits import Document, Edit
from dechaff.lines import LONG_WORDS, PROSE_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_KNOWN = 0x20000  # code points looked up in tables: the two planes in use; beyond them lie East Asian characters, which are letters
_SPACE, _WORD, _LETTER, _STOP, _CLOSER, _STRANGE = (1 << bit for bit in range(6))
_STOPS, _CLOSERS = ".!?…。！？", "\"'”’)]"
# Where letters with accents and of other scripts are, from the first of a range to the last.
_STRANGERS = ((0xC0, 0x24F), (0x370, 0x1FFF), (0x2C00, 0x2DFF), (0x3040, 0xD7FF), (0xF900, 0xFFEF), (0x10000, _KNOWN))
_MOST_CLOSERS = 3  # quotes and brackets after a full stop
_RANKS = 4096  # characters after which the factors of a key begin again: longer lines are told apart all the same
_PIECE = 1 << 18  # code points taken at once: what a processor's own memory holds, and no more memory for a long text than for a short one
_SEED = 0x9E3779B97F4A7C15  # the golden ratio in 64 bits, as splitmix64 has it (Steele, Lea and Flood, 2014)


class Rows(NamedTuple):
    """The lines of a text that have something on them, a row each, in their order."""

    start: NDArray[np.int64]
    """Code points of the text before the line."""
    end: NDArray[np.int64]
    """Code points of the text before the line's break."""
    blank: NDArray[np.int64]
    """Blank lines of the text before the line."""
    prose: NDArray[np.bool_]
    """Whether it is running text, as `lines.is_prose` says."""
    key: NDArray[np.uint64]
    """The same for lines that differ in case, spaces and punctuation alone; 0 without letters."""
    strange: NDArray[np.bool_]
    """Whether it has a letter that English lacks: with an accent, or of another script."""

    def only(self, which: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Rows:
        """Return some of the rows."""
        return Rows._make(column[which] for column in self)


class Page(Document):
    """A document that knows its written lines, also after some of them have been removed."""

    rows: Rows

    @cached_property
    def lines(self) -> list[str]:
        """The written lines, without their breaks."""
        return [self.text[start:end] for start, end in zip(self.rows.start.tolist(), self.rows.end.tolist(), strict=True)]

    def line_removal(self, row: int, rule: str, note: str) -> Edit:
        """Return the edit that takes a line out, with its line break."""
        return Edit(int(self.rows.start[row]), min(int(self.rows.end[row]) + 1, len(self.text)), "", rule, note)

    def after(self, edits: Sequence[Edit]) -> Page:
        """Return the page that edits make, which take out whole lines or change blank ones."""
        changed = super().after(edits)
        assert isinstance(changed, Page)
        starts, ends = (np.array([edit[i] for edit in edits]) for i in (0, 1))
        grown = np.cumsum([0, *(len(edit.new) - (edit.end - edit.start) for edit in edits)])
        before = np.searchsorted(starts, self.rows.start, side="right")
        kept = self.rows.start >= np.concatenate(([0], ends))[before]
        shift = grown[before][kept]
        rows = self.rows.only(kept)
        changed.rows = rows._replace(start=rows.start + shift, end=rows.end + shift)
        changed.lines = list(compress(self.lines, kept.tolist()))
        return changed


def paged(documents: Sequence[Document]) -> list[Page]:
    """Return documents with their lines, found in one go."""
    if not documents:
        return []
    joined = "\n".join(document.text for document in documents) + "\n"
    pieces = []
    at = 0
    blank = 0
    while at < len(joined):
        stop = joined.find("\n", min(at + _PIECE, len(joined) - 1)) + 1
        piece = _piece(joined[at:stop])
        pieces.append(piece._replace(start=piece.start + at, end=piece.end + at, blank=piece.blank + blank))
        blank += joined.count("\n", at, stop) - piece.start.size
        at = stop
    rows = Rows._make(np.concatenate(column) for column in zip(*pieces, strict=True))
    begins = np.cumsum([0, *(len(document.text) + 1 for document in documents)])
    edges = np.searchsorted(rows.start, begins)
    blanks = np.cumsum([0, *(document.text.count("\n") + 1 for document in documents)]) - edges
    found = []
    for i, document in enumerate(documents):
        page = Page(*document)
        own = rows.only(slice(edges[i], edges[i + 1]))
        page.rows = own._replace(start=own.start - begins[i], end=own.end - begins[i], blank=own.blank - blanks[i])
        found.append(page)
    return found


def line_key(line: str) -> int:
    """Return the key that a line has among the rows of any page; 0 without letters.

    Args:
        line: A line without its break.
    """
    keys = _piece(f"{line}\n").key
    return int(keys[0]) if keys.size else 0


def _piece(text: str) -> Rows:
    """Return the written lines of some text that ends with a line break."""
    codes = np.minimum(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64), _KNOWN)
    kind = _tables()[0][codes]
    ends = np.flatnonzero(codes == ord("\n"))
    starts = np.concatenate(([0], ends[:-1] + 1))
    visible = np.flatnonzero((kind & _SPACE) == 0)
    firsts, stops = np.searchsorted(visible, starts), np.searchsorted(visible, ends)
    written = np.flatnonzero(stops > firsts)
    starts, ends = starts[written], ends[written]
    last = visible[stops[written] - 1]
    strange = _count(np.flatnonzero((kind & _STRANGE) != 0), starts, ends) > 0
    keys = _keys(codes, kind, starts, ends)
    return Rows(starts, ends, written - np.arange(written.size), _prose(kind, starts, ends, last), keys, strange)


def _count(places: NDArray[np.int64], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many places lie in each line."""
    return np.searchsorted(places, ends) - np.searchsorted(places, starts)


def _prose(kind: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which lines are running text; `last` is where their last visible characters stand."""
    spaces = kind & _SPACE
    words = _count(np.flatnonzero((spaces == 0) & (np.concatenate(([_SPACE], spaces[:-1])) != 0)), starts, ends)  # where one begins
    last = last.copy()
    for _ in range(_MOST_CLOSERS):
        last -= ((kind[last] & _CLOSER) != 0) & (last > starts)
    closed = (kind[last] & _STOP) != 0
    long = ends - starts >= 2 * PROSE_WORDS
    prose: NDArray[np.bool_] = long & ((words >= LONG_WORDS) | ((words >= PROSE_WORDS) & closed))
    return prose


def _keys(codes: NDArray[np.int64], kind: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return a number for what is left of each line without case and punctuation: a sum over its characters, by rank."""
    values = _tables()[1]
    inside = np.flatnonzero(kind & _WORD)
    first, stop = np.searchsorted(inside, starts), np.searchsorted(inside, ends)
    if not inside.size:
        return np.zeros(starts.size, dtype=np.uint64)
    rank = (np.arange(inside.size) - np.repeat(first, stop - first)) % _RANKS
    parts = values[codes[inside]] * _factors()[rank]
    sums = np.concatenate((np.zeros(1, dtype=np.uint64), np.cumsum(parts)))  # of integers that wrap round: exact in any order
    letters = np.flatnonzero(kind & _LETTER)
    return np.where(_count(letters, starts, ends) > 0, (sums[stop] - sums[first]) | np.uint64(1), np.uint64(0))


@cache
def _factors() -> NDArray[np.uint64]:
    """Return an odd factor for each rank."""
    return _scrambled(np.arange(_RANKS, dtype=np.uint64) + np.uint64(_KNOWN)) | np.uint64(1)


def _scrambled(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return numbers without pattern for numbers with one: splitmix64."""
    mixed = (numbers + np.uint64(1)) * np.uint64(_SEED)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@cache
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    """Return what kind each code point is, and its value in keys: the same for both cases of a letter."""
    kinds = np.zeros(_KNOWN + 1, dtype=np.uint8)
    same = np.arange(_KNOWN + 1, dtype=np.uint64)
    for code, character in enumerate(map(chr, range(_KNOWN))):
        if character.isalnum():
            kinds[code] = _WORD | (0 if character.isdecimal() else _LETTER)
            lower = character.lower()
            if lower != character:
                same[code] = ord(lower[0])
        elif character.isspace():
            kinds[code] = _SPACE
    kinds[_KNOWN] = _WORD | _LETTER
    for first, last in _STRANGERS:
        kinds[first : last + 1] |= _STRANGE
    kinds[[ord(character) for character in _STOPS]] |= _STOP
    kinds[[ord(character) for character in _CLOSERS]] |= _CLOSER
    return kinds, _scrambled(same)
