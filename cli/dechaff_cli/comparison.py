"""Two reports of one corpus side by side: which rules take more or less than before, which files shrank, what fails that did not."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from dechaff import RULES, FileReport, RestoreError
from dechaff_cli import report_folder
from dechaff_cli.formats.cells import cell
from dechaff_cli.results import last_line
from dechaff_cli.terminal import safe
from dechaff_cli.words import several

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dechaff_cli.policy import Budget

_SHOWN = 20  # files named, worst first: what fits a screen


class _File(NamedTuple):
    """What is compared of a file."""

    sha256_in: str
    characters_in: int
    characters_out: int
    error: str | None


class Shrunk(NamedTuple):
    """A file that lost more than before."""

    share: float
    """Of its characters, that is lost beyond what was lost before."""
    path: str
    before: int
    """Code points that came out."""
    after: int


_Key = tuple[str, int]
"""The path of a file, and how many of that path stand before it: records may share a name."""


class Row(NamedTuple):
    """What a rule does in both reports."""

    code: str
    findings: tuple[int, int]
    lines: tuple[int, int]


@dataclass(slots=True)
class Comparison:
    """What differs between two reports."""

    files: tuple[int, int]
    characters_in: int
    """Code points of the files that are in both, in their present state."""
    characters_out: tuple[int, int]
    """What came out of the same files, unchanged in between, before and now."""
    rules: list[Row]
    """Rules whose counts differ."""
    shrunk: list[Shrunk]
    """Worst first."""
    errors: list[tuple[str, str]]
    """Files that fail now and did not."""
    missing: list[str]
    """Files that came out before, and of which the later report knows nothing."""
    mended: int
    changed: int
    """Files whose originals differ: what came out of them says nothing about the rules."""
    bad: list[str] = field(default_factory=list)
    """Records that are none."""

    @property
    def loss(self) -> float:
        """The share of all characters that is lost beyond what was lost before; negative if less is."""
        before, after = self.characters_out
        return (before - after) / self.characters_in if self.characters_in else 0.0

    def exceeded(self, max_loss: Budget | None, max_shrink: Budget | None) -> list[str]:
        """Return what fails, in words.

        Args:
            max_loss: How much more of the whole corpus may go: a share of its characters, or characters.
            max_shrink: The same of any one file.
        """
        words = [f"{several(len(self.errors), 'file')} that did not fail before"] if self.errors else []
        if self.missing and (max_loss is not None or max_shrink is not None):
            words.append(f"{several(len(self.missing), 'file')} missing")  # nobody knows what of them is lost
        lost = self.characters_out[0] - self.characters_out[1]
        if max_loss is not None and (self.loss if max_loss.is_share else lost) > max_loss.most:
            words.append(f"{several(lost, 'character')} ({_percent(self.loss)}) more removed than before, beyond {max_loss}")
        over = [
            one for one in self.shrunk if max_shrink and (one.share if max_shrink.is_share else one.before - one.after) > max_shrink.most
        ]
        return [*words, f"{several(len(over), 'file')} beyond {max_shrink} more removed than before"] if over else words


def compare(old: Path, new: Path) -> Comparison:
    """Return what differs between two reports.

    Args:
        old: The folder of a report, or its findings.jsonl.
        new: The same, later.

    Raises:
        RestoreError: One cannot be read.
    """
    bad: list[str] = []
    before, after = _read(old, bad), _read(new, bad)
    same = [key for key, file in after.files.items() if _same(before.files.get(key), file)]
    known = set(same)
    both = [key for key in after.files if key in before.files]
    shrunk = [
        Shrunk((was - now) / max(after.files[key].characters_in, 1), key[0], was, now)
        for key in same
        if (was := before.files[key].characters_out) > (now := after.files[key].characters_out)
    ]
    return Comparison(
        files=(len(before.files), len(after.files)),
        characters_in=sum(after.files[key].characters_in for key in same),
        characters_out=(sum(before.files[key].characters_out for key in same), sum(after.files[key].characters_out for key in same)),
        rules=[row for row in _rows(before, after) if row.findings[0] != row.findings[1] or row.lines[0] != row.lines[1]],
        shrunk=sorted(shrunk, key=lambda one: (-one.share, one.path)),
        errors=[
            (key[0], file.error)
            for key, file in sorted(after.files.items())
            if file.error is not None and (key not in before.files or before.files[key].error is None)
        ],
        missing=[key[0] for key, file in sorted(before.files.items()) if file.error is None and key not in after.files],
        mended=sum(before.files[key].error is not None and after.files[key].error is None for key in both),
        changed=sum(before.files[key].error is after.files[key].error is None and key not in known for key in both),
        bad=bad,
    )


@dataclass(slots=True)
class _Report:
    files: dict[_Key, _File] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)
    """How many files of a path there are until here."""
    findings: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)


def _read(folder: Path, bad: list[str]) -> _Report:
    report = _Report()
    for file in report_folder.read(folder):
        if isinstance(file, RestoreError):
            bad.append(f"{folder}: {file}")
        else:
            _count(report, file)
    return report


def _count(report: _Report, file: FileReport) -> None:
    report.files[file.path, report.times[file.path]] = _File(file.sha256_in, file.characters_in, file.characters_out, file.error)
    report.times[file.path] += 1
    for finding in file.findings:
        report.findings[finding.rule] += 1
        if finding.old and not finding.new:
            report.lines[finding.rule] += last_line(finding) - finding.line + 1


def _same(before: _File | None, after: _File) -> bool:
    return before is not None and before.error is None and after.error is None and before.sha256_in == after.sha256_in


def _rows(before: _Report, after: _Report) -> Iterator[Row]:
    codes = set(before.findings) | set(after.findings)
    known = {code: i for i, code in enumerate(RULES)}  # a report may come from a version with other rules
    for code in sorted(codes, key=lambda code: (known.get(code, len(known)), code)):
        yield Row(code, (before.findings[code], after.findings[code]), (before.lines[code], after.lines[code]))


def text(comparison: Comparison, failed: list[str]) -> Iterator[str]:
    """Yield a comparison as lines for a terminal."""
    yield from _headline(comparison)
    for row in comparison.rules:
        yield f"{safe(row.code)} {_name(row.code)}: {_counts(row)}"
    for one in comparison.shrunk[:_SHOWN]:
        yield f"{safe(one.path)}: {one.before:,} characters came out, now {one.after:,} ({_percent(one.share)} of the file less)"
    if len(comparison.shrunk) > _SHOWN:
        yield f"and {several(len(comparison.shrunk) - _SHOWN, 'file')} more that lose more than before"
    for path, error in comparison.errors:
        yield f"{safe(path)}: fails now: {safe(error)}"
    yield from (f"{safe(path)}: missing now" for path in comparison.missing[:_SHOWN])
    if len(comparison.missing) > _SHOWN:
        yield f"and {several(len(comparison.missing) - _SHOWN, 'file')} more that are missing"
    yield from (f"FAILED: {words}" for words in failed)


def markdown(comparison: Comparison, failed: list[str]) -> Iterator[str]:
    """Yield a comparison as Markdown."""
    yield "## dechaff: before and after"
    yield ""
    yield ("**Failed:** " + "; ".join(failed) + ".") if failed else "Within the budget."
    yield ""
    yield from _headline(comparison)
    if comparison.rules:
        yield from ("", "| rule | | findings before | now | lines removed before | now |", "|---|---|---:|---:|---:|---:|")
        for row in comparison.rules:
            counts = " | ".join(f"{count:,}" for count in (*row.findings, *row.lines))
            yield f"| {cell(safe(row.code))} | {_name(row.code)} | {counts} |"
    if comparison.shrunk:
        yield from ("", "| file | characters out before | now | less |", "|---|---:|---:|---:|")
        for one in comparison.shrunk[:_SHOWN]:
            yield f"| {cell(safe(one.path))} | {one.before:,} | {one.after:,} | {_percent(one.share)} |"
    if comparison.errors:
        yield from ("", "| fails now | why |", "|---|---|")
        yield from (f"| {cell(safe(path))} | {cell(safe(error))} |" for path, error in comparison.errors[:_SHOWN])
    if comparison.missing:
        yield from ("", "| missing now |", "|---|", *(f"| {cell(safe(path))} |" for path in comparison.missing[:_SHOWN]))


def record(comparison: Comparison, failed: list[str]) -> Iterator[str]:
    """Yield a comparison as JSON."""
    made: dict[str, Any] = {
        "passed": not failed,
        "failed": failed,
        "files": {"before": comparison.files[0], "after": comparison.files[1], "changed": comparison.changed, "mended": comparison.mended},
        "characters": {"in": comparison.characters_in, "before": comparison.characters_out[0], "after": comparison.characters_out[1]},
        "rules": {row.code: {"findings": row.findings, "lines": row.lines} for row in comparison.rules},
        "shrunk": [{"path": safe(one.path), "before": one.before, "after": one.after, "share": one.share} for one in comparison.shrunk],
        "errors": [{"path": safe(path), "message": safe(error)} for path, error in comparison.errors],
        "missing": list(map(safe, comparison.missing)),
    }
    yield json.dumps(made, indent=1)


FORMATS = {"text": text, "json": record, "markdown": markdown}


def _headline(comparison: Comparison) -> Iterator[str]:
    before, after = comparison.characters_out
    more = f"{several(abs(before - after), 'character')} {'more' if after < before else 'fewer'} removed ({_percent(abs(comparison.loss))})"
    words = more if before != after else "as many characters removed as before"
    yield f"{several(comparison.files[0], 'file')} before, {comparison.files[1]:,} now; {words}."
    if comparison.changed:
        yield f"{several(comparison.changed, 'file')} changed in between: what comes out of them is not compared."
    if comparison.missing:
        yield f"{several(len(comparison.missing), 'file')} missing now: what would come out of them is not compared."


def _counts(row: Row) -> str:
    words = f"{several(row.findings[0], 'finding')}, now {row.findings[1]:,}"
    return f"{words}; {several(row.lines[0], 'line')} removed, now {row.lines[1]:,}" if any(row.lines) else words


def _name(code: str) -> str:
    return RULES[code].name if code in RULES else "(not a rule of this version)"


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"
