"""What was found in each file and in all of them; to and from JSON, and back from a clean text to the file it came from."""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from dechaff import decoding, edits
from dechaff.decoding import Decoded, Encoding
from dechaff.edits import Edit
from dechaff.errors import RestoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dechaff.pipeline import Cleaned


class Finding(NamedTuple):
    """One change, placed in the file the user gave."""

    line: int
    """1-based, in the file's text cut at line feeds."""
    column: int
    """1-based, in code points."""
    rule: str
    old: str
    """What stood there."""
    new: str
    """What stands there now."""
    note: str
    """The evidence."""
    layer: int
    """Which pass of the pipeline made the change, from 0; -1 for what changed no text."""
    start: int
    """Where it was made, in code points of the text that the pass received."""


class Suspect(NamedTuple):
    """A line that stays, and what speaks against it."""

    line: int
    """1-based, in the clean text cut at line feeds."""
    chance: float
    """How likely it is chrome, from 0 to 1."""
    rule: str
    """Code of the rule that came near to taking it."""
    note: str
    """The evidence."""
    text: str
    """The line itself; of a long one its beginning."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file: what went in, what came out, all that was found, or why it could not be read."""

    path: str
    """Relative to the folder that was cleaned, with forward slashes."""
    site: str = ""
    encoding: Encoding | None = None
    bytes_in: int = 0
    bytes_out: int = 0
    sha256_in: str = ""
    sha256_out: str = ""
    lines_in: int = 0
    lines_out: int = 0
    characters_in: int = 0
    characters_out: int = 0
    findings: tuple[Finding, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    """Lines that stay and look like chrome, where somebody asked for them."""
    error: str | None = None

    def to_json(self) -> str:
        """Return one line of ASCII: corpus text in it can neither drive a terminal nor break a line."""
        record: dict[str, Any] = {"path": self.path}
        if self.error is not None:
            return json.dumps({**record, "error": self.error})
        for name in _PLAIN:
            record[name] = getattr(self, name)
        record["encoding"] = self.encoding.to_json() if self.encoding else None
        lists = f'"findings": [{", ".join(map(_finding_to_json, self.findings))}]'
        if self.suspects:
            lists += f', "suspects": {json.dumps([suspect._asdict() for suspect in self.suspects])}'
        return f"{json.dumps(record)[:-1]}, {lists}}}"

    @classmethod
    def from_json(cls, line: str) -> FileReport:
        """Return the record that `to_json` wrote.

        Raises:
            RestoreError: The line is not such a record.
        """
        try:
            record = json.loads(line)
            if "error" in record:
                return cls(_checked(record["path"], str), error=_checked(record["error"], str))
            return cls(
                path=_checked(record["path"], str),
                encoding=Encoding.from_json(_checked(record["encoding"], dict)),
                findings=tuple(_rows(Finding, _FINDING, record["findings"])),
                suspects=tuple(_rows(Suspect, _SUSPECT, record.get("suspects", []))),
                **{name: cast("Any", _checked(record[name], int if name in _NUMBERS else str)) for name in _PLAIN},
            )
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            message = f"not a record of findings.jsonl: {error!r} in {line[:80]!r}"
            raise RestoreError(message) from error


_PLAIN = ("site", "bytes_in", "bytes_out", "sha256_in", "sha256_out", "lines_in", "lines_out", "characters_in", "characters_out")
_NUMBERS = frozenset(_PLAIN) - {"site", "sha256_in", "sha256_out"}
_FINDING = (int, int, str, str, str, str, int, int)
_SUSPECT = (int, float, str, str, str)
_Kind = TypeVar("_Kind")
_Row = TypeVar("_Row", Finding, Suspect)
_quoted = json.JSONEncoder().encode  # for a string, it is one call


def _checked(value: object, kind: type[_Kind]) -> _Kind:
    """Return a value of a record that somebody may have forged, if it is what it should be."""
    if not isinstance(value, kind) or isinstance(value, bool):
        message = f"{value!r:.80} is no {kind.__name__}"
        raise TypeError(message)
    return value


def _finding_to_json(one: Finding) -> str:
    """Return what `json.dumps` says of the fields by name, in a quarter of the time: there are more findings than anything else."""
    return (
        f'{{"line": {one.line}, "column": {one.column}, "rule": {_quoted(one.rule)}, "old": {_quoted(one.old)}, '
        f'"new": {_quoted(one.new)}, "note": {_quoted(one.note)}, "layer": {one.layer}, "start": {one.start}}}'
    )


def _rows(kind: type[_Row], types: tuple[type, ...], records: object) -> Iterator[_Row]:
    """Yield what a list of records says, if all of it has the types that it should have."""
    for record in _checked(records, list):
        row = kind(**record)
        if tuple(map(type, row)) != types:
            message = f"{record!r:.80} is no {kind.__name__}"
            raise TypeError(message)
        yield row


def describe(  # noqa: PLR0913, PLR0917  what went in, what came out, and where it belongs
    path: str, site: str, raw: bytes, decoded: Decoded, cleaned: Cleaned, suspects: tuple[Suspect, ...] = ()
) -> FileReport:
    """Return the report of a file.

    Args:
        path: Its name in the report.
        site: The site it counts for.
        raw: Its bytes.
        decoded: Their text.
        cleaned: What the pipeline made of the text.
        suspects: Lines of the clean text that look like chrome.
    """
    out = cleaned.text.encode("utf-8")
    return FileReport(
        path=path,
        site=site,
        encoding=decoded.encoding,
        bytes_in=len(raw),
        bytes_out=len(out),
        sha256_in=sha256(raw).hexdigest(),
        sha256_out=sha256(out).hexdigest(),
        lines_in=_lines(decoded.text),
        lines_out=_lines(cleaned.text),
        characters_in=len(decoded.text),
        characters_out=len(cleaned.text),
        findings=tuple(sorted(_place(decoded, cleaned), key=lambda finding: (finding.line, finding.column, finding.layer, finding.start))),
        suspects=suspects,
    )


def _lines(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n") and bool(text))


def _place(decoded: Decoded, cleaned: Cleaned) -> Iterator[Finding]:
    """Yield all findings, placed in the text as it was decoded."""
    for remark in decoded.remarks:
        yield Finding(remark.line, 1, remark.rule, "", "", remark.note, -1, 0)
    starts = [*accumulate((len(line) + 1 for line in decoded.text.split("\n")), initial=0)]
    before: list[Sequence[Edit]] = []
    for layer, (made, old) in enumerate(zip(cleaned.layers, cleaned.old, strict=True)):
        if layer == cleaned.repairs:
            yield from _seen(cleaned.reports, before, starts)
        for edit, was, place in zip(made, old, edits.to_source([edit.start for edit in made], before), strict=True):
            line = bisect_right(starts, place)
            yield Finding(line, place - starts[line - 1] + 1, edit.rule, was, edit.new, edit.note, layer, edit.start)
        before.append(made)
    if len(cleaned.layers) == cleaned.repairs:
        yield from _seen(cleaned.reports, before, starts)


def _seen(reports: Sequence[Edit], before: Sequence[Sequence[Edit]], starts: Sequence[int]) -> Iterator[Finding]:
    for edit, place in zip(reports, edits.to_source([edit.start for edit in reports], before), strict=True):
        line = bisect_right(starts, place)
        yield Finding(line, place - starts[line - 1] + 1, edit.rule, "", "", edit.note, -1, edit.start)


def restore(clean: bytes, file: FileReport) -> bytes:
    """Return the bytes of the file that a clean copy was made from.

    Args:
        clean: The clean copy.
        file: Its record.

    Raises:
        RestoreError: The copy was changed since, or the record does not lead back to the very same bytes.
    """
    if file.encoding is None or sha256(clean).hexdigest() != file.sha256_out:
        message = "the clean copy is not the one that the report was written for; clean the original again"
        raise RestoreError(message)
    try:
        raw = decoding.encode(source(clean.decode("utf-8"), file.findings), file.encoding)
    except (ValueError, LookupError) as error:
        message = f"the record does not fit the clean copy: {error}"
        raise RestoreError(message) from error
    if sha256(raw).hexdigest() != file.sha256_in:
        message = "what the record rebuilds is not the original; the report was edited or is damaged"
        raise RestoreError(message)
    return raw


def again(text: str, findings: Iterable[Finding]) -> str:
    """Return the clean text that findings were made in on the way from a decoded text: the way back of `source`."""
    made = sorted((finding for finding in findings if finding.layer >= 0), key=lambda finding: (finding.layer, finding.start))
    for _, layer in groupby(made, key=lambda finding: finding.layer):
        text = edits.apply(
            text, [Edit(finding.start, finding.start + len(finding.old), finding.new, finding.rule, "") for finding in layer]
        )
    return text


def source(text: str, findings: Iterable[Finding]) -> str:
    """Return the decoded text that a clean text was made from."""
    made = sorted(
        (finding for finding in findings if finding.layer >= 0), key=lambda finding: (-finding.layer, finding.start, finding.line)
    )
    for _, layer in groupby(made, key=lambda finding: finding.layer):
        group = list(layer)
        text = edits.undo(
            text,
            [Edit(finding.start, finding.start + len(finding.old), finding.new, finding.rule, "") for finding in group],
            [finding.old for finding in group],
        )
    return text
