"""Documents with their written lines as arrays: what stages that look at whole pages ask of a line, asked of all lines at once."""

from __future__ import annotations

from functools import cache, cached_property
from itertools import compress
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dechaff.edits import Document, Edit
from dechaff.hashes import mixed, of_runs
from dechaff.lines import LONG_WORDS, PROSE_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_KNOWN = 0x20000  # code points looked up in tables: the two planes in use; beyond them lie East Asian characters, which are letters
_SPACE, _WORD, _LETTER, _STOP, _CLOSER, _STRANGE = (1 << bit for bit in range(6))
_STOPS, _CLOSERS = ".!?…。！？", "\"'”’)]"
# Where letters with accents and of other scripts are, from the first of a range to the last.
_STRANGERS = ((0xC0, 0x24F), (0x370, 0x1FFF), (0x2C00, 0x2DFF), (0x3040, 0xD7FF), (0xF900, 0xFFEF), (0x10000, _KNOWN))
_MOST_CLOSERS = 3  # quotes and brackets after a full stop
_PIECE = 1 << 18  # code points taken at once: what a processor's own memory holds, and no more memory for a long text than for a short one


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


class Doubt(NamedTuple):
    """What speaks against a line that stays."""

    chance: float
    """How likely it is chrome, from 0 to 1."""
    note: str
    """The evidence."""


class Page(Document):
    """A document that knows its written lines, also after some of them have been removed."""

    rows: Rows
    cut: NDArray[np.bool_]
    """Where lines are gone: before each row, and after the last."""
    known: dict[object, Any]
    """What stages keep of its lines, each under itself; lines that are gone may still be in it."""
    doubts: Mapping[int, Doubt] = {}
    """What the stage that looked at it last had against rows that it left, where somebody asked for that."""

    @cached_property
    def lines(self) -> list[str]:
        """The written lines, without their breaks."""
        return [self.text[start:end] for start, end in zip(self.rows.start.tolist(), self.rows.end.tolist(), strict=True)]

    def line_removals(self, found: Mapping[int, tuple[str, str]]) -> list[Edit]:
        """Return the edits that take lines out, each with its line break; `found` holds rule and evidence by row."""
        rows = sorted(found)
        places = zip(rows, self.rows.start[rows].tolist(), self.rows.end[rows].tolist(), strict=True)
        return [Edit(start, min(end + 1, len(self.text)), "", *found[row]) for row, start, end in places]

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
        changed.known = self.known
        changed.rows = rows._replace(start=rows.start + shift, end=rows.end + shift)
        edges = np.concatenate(([-1], np.flatnonzero(kept), [kept.size]))
        cuts = np.concatenate(([0], np.cumsum(self.cut)))[edges + 1]  # those before each edge
        changed.cut = (np.diff(edges) > 1) | (np.diff(cuts) > 0)
        changed.lines = list(compress(self.lines, kept.tolist()))
        if self.doubts:
            places = np.cumsum(kept) - 1
            changed.doubts = {int(places[row]): doubt for row, doubt in self.doubts.items() if kept[row]}
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
        page.cut = np.zeros(edges[i + 1] - edges[i] + 1, bool)
        page.known = {}
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
    codes = np.minimum(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4"), _KNOWN)
    kind = _tables()[0].take(codes)
    ends = np.flatnonzero(codes == ord("\n"))
    starts = np.concatenate(([0], ends[:-1] + 1))
    visible = np.flatnonzero((kind & _SPACE) == 0)
    firsts, stops = np.searchsorted(visible, starts), np.searchsorted(visible, ends)
    written = np.flatnonzero(stops > firsts)
    last = visible[stops[written] - 1]
    present = np.bitwise_or.reduceat(kind, starts)[written]
    keys = np.where((present & _LETTER) != 0, _keys(codes, kind, starts)[written], np.uint64(0))
    starts, ends = starts[written], ends[written]
    prose = _prose(kind, starts, ends, last)
    return Rows(starts, ends, written - np.arange(written.size), prose, keys, (present & _STRANGE) != 0)


def _prose(kind: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which lines are running text; `last` is where their last visible characters stand."""
    spaces = kind & _SPACE
    begins = np.flatnonzero((spaces == 0) & (np.concatenate(([_SPACE], spaces[:-1])) != 0))
    words = np.searchsorted(begins, ends) - np.searchsorted(begins, starts)
    last = last.copy()
    for _ in range(_MOST_CLOSERS):
        last -= ((kind[last] & _CLOSER) != 0) & (last > starts)
    closed = (kind[last] & _STOP) != 0
    long = ends - starts >= 2 * PROSE_WORDS
    prose: NDArray[np.bool_] = long & ((words >= LONG_WORDS) | ((words >= PROSE_WORDS) & closed))
    return prose


def _keys(codes: NDArray[np.uint32], kind: NDArray[np.uint8], starts: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return a number for what is left of each line without case and punctuation."""
    of_word = (kind & _WORD) != 0
    return of_runs(_tables()[1].take(codes), starts, np.cumsum(of_word) - of_word) | np.uint64(1)


@cache
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    """Return what kind each code point is, and its value in keys: the same for both cases of a letter, 0 if it is none."""
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
    return kinds, np.where(kinds & _WORD, mixed(same), np.uint64(0))
