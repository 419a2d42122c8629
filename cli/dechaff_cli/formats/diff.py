"""Unified diff against the bytes of the file, so that `patch` can apply it."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import IO, TYPE_CHECKING

from dechaff.edits import to_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dechaff import Cleaned, Finding

_CONTEXT = 3  # lines, as diff -u has them
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_OPEN = b"\n\\ No newline at end of file\n"


def unified(name: str, raw: bytes, text: str, cleaned: Cleaned, findings: Sequence[Finding]) -> bytes:
    """Return the diff from a file to its clean copy, from the edits themselves: nothing is compared twice.

    Args:
        name: Path for the header, below `a/` and `b/`.
        raw: The bytes of the file.
        text: Their text, as decoded.
        cleaned: What became of it.
        findings: The same, placed in the text.
    """
    old, new = _lines(raw), _lines(cleaned.text.encode("utf-8"))
    aligned = text.count("\n") == raw.count(b"\n")  # not so in UTF-16, where the bytes of a line feed stand elsewhere
    changes = list(_changes(_grown(old, raw, text, cleaned, findings))) if aligned else [(0, len(old), 0, len(new))]
    if changes and changes[-1][1] >= len(old):  # a last line without a line feed counts as a line only if it has characters
        changes[-1] = (*changes[-1][:3], len(new))
    hunks = b"".join(_hunks(old, new, changes))
    return b"--- " + _quoted(f"a/{name}") + b"\n+++ " + _quoted(f"b/{name}") + b"\n" + hunks if hunks else b""


class Sections:
    """The diffs of single files in a diff of many, in their order."""

    def __init__(self, file: IO[bytes]) -> None:
        """Begin.

        Args:
            file: What `unified` returned for one file after the other.
        """
        self._file = file
        self._next = file.readline()

    def of(self, name: str) -> bytes:
        """Return the diff of a file if it comes next, else nothing."""
        if self._next != b"--- " + _quoted(f"a/{name}") + b"\n":
            return b""
        lines = [self._next, self._file.readline()]
        line = self._file.readline()
        while match := _HUNK.match(line):
            lines.append(line)
            left = [int(match[1] or 1), int(match[2] or 1)]
            line = self._file.readline()
            while line and (any(left) or line.startswith(b"\\")):
                left[0] -= line[:1] in {b" ", b"-"}
                left[1] -= line[:1] in {b" ", b"+"}
                lines.append(line)
                line = self._file.readline()
        self._next = line
        return b"".join(lines)


def _lines(raw: bytes) -> list[bytes]:
    """Return lines with their line feeds; the last may have none."""
    *closed, last = raw.split(b"\n")
    return [line + b"\n" for line in closed] + ([last] if last else [])


def _changes(grown: Mapping[int, int]) -> Iterator[tuple[int, int, int, int]]:
    """Yield ranges of old and of new lines that may differ; between them, line stands for line."""
    shift = 0
    changed = sorted(grown)
    k = 0
    while k < len(changed):
        begin = k
        while k + 1 < len(changed) and changed[k + 1] == changed[k] + 1:
            k += 1
        growth = sum(grown[i] for i in changed[begin : k + 1])
        yield changed[begin], changed[k] + 1, changed[begin] + shift, changed[k] + 1 + shift + growth
        shift += growth
        k += 1


def _grown(old: Sequence[bytes], raw: bytes, text: str, cleaned: Cleaned, findings: Sequence[Finding]) -> dict[int, int]:
    """Return by old line that may differ how many lines more, or fewer, stand there now."""
    plain = text.encode("utf-8")
    grown: dict[int, int] = {}
    if plain != raw:  # a line whose very bytes differ is changed by being read
        grown = {i: 0 for i, (line, new) in enumerate(zip(old, plain.split(b"\n"), strict=False)) if line.removesuffix(b"\n") != new}
    others: dict[int, list[Finding]] = {}
    for one in findings:
        if one.column == 1 and not one.new and one.old.find("\n") == len(one.old) - 1 >= 0:  # a whole line goes
            grown[one.line - 1] = grown.get(one.line - 1, 0) - 1
        elif one.layer >= 0:
            others.setdefault(one.layer, []).append(one)
    starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0)) if others else []
    for layer, found in others.items():
        ends = to_source([one.start + max(len(one.old) - 1, 0) for one in found], cleaned.layers[:layer])
        for one, end in zip(found, ends, strict=True):
            line, until = one.line - 1, bisect_right(starts, end) - 1
            if one.old.endswith("\n") and one.column > 1:
                until += 1  # what is left of the line runs into the next
            for touched in range(line, min(until, len(old) - 1) + 1):
                grown.setdefault(touched, 0)
            line = min(line, len(old) - 1)
            grown[line] = grown.get(line, 0) + one.new.count("\n") - one.old.count("\n")
    return grown


def _hunks(old: Sequence[bytes], new: Sequence[bytes], changes: Sequence[tuple[int, int, int, int]]) -> Iterator[bytes]:
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
