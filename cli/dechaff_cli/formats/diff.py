"""Unified diff against the bytes of the file, so that `patch` can apply it."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from dechaff.edits import to_source
from dechaff.lines import split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dechaff import Cleaned

_CONTEXT = 3  # lines, as diff -u has them
_OPEN = b"\n\\ No newline at end of file\n"


def unified(name: str, raw: bytes, text: str, cleaned: Cleaned) -> bytes:
    """Return the diff from a file to its clean copy, from the edits themselves: nothing is compared twice.

    Args:
        name: Path for the header, below `a/` and `b/`.
        raw: The bytes of the file.
        text: Their text, as decoded.
        cleaned: What became of it.
    """
    old, new = _lines(raw), _lines(cleaned.text.encode("utf-8"))
    starts = [line.start for line in split(text)]
    aligned = len(starts) == raw.count(b"\n") + 1  # not so in UTF-16, where the bytes of a line feed stand elsewhere
    pairs = list(_same(old, new, starts, cleaned)) if aligned else []
    hunks = b"".join(_hunks(old, new, pairs))
    return b"--- " + _quoted(f"a/{name}") + b"\n+++ " + _quoted(f"b/{name}") + b"\n" + hunks if hunks else b""


def _lines(raw: bytes) -> list[bytes]:
    """Return lines with their line feeds; the last may have none."""
    *closed, last = raw.split(b"\n")
    return [line + b"\n" for line in closed] + ([last] if last else [])


def _same(old: Sequence[bytes], new: Sequence[bytes], starts: Sequence[int], cleaned: Cleaned) -> Iterator[tuple[int, int]]:
    """Yield the lines that both have, as pairs of indexes."""
    places = to_source([line.start for line in split(cleaned.text)][: len(new)], cleaned.layers)
    done = 0
    for j, place in enumerate(places):
        i = bisect_right(starts, place) - 1
        if done <= i < len(old) and old[i] == new[j]:
            yield i, j
            done = i + 1


def _hunks(old: Sequence[bytes], new: Sequence[bytes], pairs: Sequence[tuple[int, int]]) -> Iterator[bytes]:
    changes = []  # ranges in old and new that are not the same
    i = j = 0
    for same_old, same_new in [*pairs, (len(old), len(new))]:
        if same_old > i or same_new > j:
            changes.append((i, same_old, j, same_new))
        i, j = same_old + 1, same_new + 1
    k = 0
    while k < len(changes):
        last = k
        while last + 1 < len(changes) and changes[last + 1][0] - changes[last][1] <= 2 * _CONTEXT:
            last += 1
        yield _hunk(old, new, changes[k : last + 1])
        k = last + 1


def _hunk(old: Sequence[bytes], new: Sequence[bytes], changes: Sequence[tuple[int, int, int, int]]) -> bytes:
    before = min(_CONTEXT, changes[0][0])
    begin_old, begin_new = changes[0][0] - before, changes[0][2] - before
    end_old = min(changes[-1][1] + _CONTEXT, len(old))
    end_new = changes[-1][3] + end_old - changes[-1][1]
    body = []
    at = begin_old
    for first, last, first_new, last_new in changes:
        body += [_line(b" ", line) for line in old[at:first]]
        body += [_line(b"-", line) for line in old[first:last]]
        body += [_line(b"+", line) for line in new[first_new:last_new]]
        at = last
    body += [_line(b" ", line) for line in old[at:end_old]]
    ranges = f"-{_range(begin_old, end_old)} +{_range(begin_new, end_new)}"
    return f"@@ {ranges} @@\n".encode() + b"".join(body)


def _range(begin: int, end: int) -> str:
    """Return a range as the format has it: 1-based, an empty one by the line before it."""
    return f"{begin + (end > begin)},{end - begin}"


def _line(sign: bytes, line: bytes) -> bytes:
    return sign + (line if line.endswith(b"\n") else line + _OPEN)


def _quoted(name: str) -> bytes:
    """Return a file name as git and patch read it: in C quotes if it holds anything odd, closed by a tab if it holds a space."""
    raw = name.encode("utf-8", "surrogateescape")
    if all(32 <= byte < 127 and byte not in b'"\\' for byte in raw):
        return raw + b"\t" if b" " in raw else raw
    return b'"' + b"".join(bytes([byte]) if 32 <= byte < 127 and byte not in b'"\\' else b"\\%03o" % byte for byte in raw) + b'"'
