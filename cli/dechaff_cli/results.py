"""What a check has to say about a file: findings drawn together into results, one for each run of removed lines."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING, Literal, NamedTuple

from dechaff import RULES
from dechaff_cli.terminal import clipped, safe
from dechaff_cli.words import several

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dechaff import FileReport, Finding

Level = Literal["error", "warning", "note"]
"""**error** fails the check, **warning** is a change that the policy lets pass, **note** changes nothing."""

LEVELS: tuple[Level, ...] = ("error", "warning", "note")
"""Worst first."""

_NOTE = 200  # code points of evidence that a message holds: evidence quotes the page, and a page may have lines of a megabyte
_EXCERPT = 160  # code points of a line that an excerpt shows: what fits the width of most logs
_EXCERPT_LINES = 6  # lines of a run that an excerpt shows: enough to see what it is


class Result(NamedTuple):
    """One place of a file, and what would happen there. Lines and columns count from 1, in code points."""

    level: Level
    path: str
    """As it is shown; harmless to print."""
    line: int
    column: int
    end_line: int
    """The last line that it touches."""
    end_column: int
    """One past the last code point that it touches there."""
    rules: tuple[str, ...]
    """Codes; the first is that of most of its lines."""
    effect: str
    size: int
    """Lines that go, or places that are repaired."""
    message: str
    """One harmless line, without the place and the code."""
    excerpt: tuple[str, ...]
    """The lines that it is about, harmless and clipped."""
    findings: tuple[Finding, ...]
    fingerprint: str
    """Hexadecimal digits that stay the same while the lines move; unique in a run."""

    @property
    def rule(self) -> str:
        """The code that it goes by."""
        return self.rules[0]

    @property
    def name(self) -> str:
        """The name of that rule."""
        return RULES[self.rule].name

    @property
    def title(self) -> str:
        """Code and name."""
        return f"{self.rule} {self.name}"


class Checked(NamedTuple):
    """A file that was checked."""

    path: str
    """As it is shown; harmless to print."""
    file: str
    """The same as it is; not harmless."""
    report: FileReport
    results: tuple[Result, ...]
    over: tuple[str, ...] = ()
    """Which budgets it exceeds, in words."""
    known: int = 0
    """Findings that the baseline knows; they are in no result."""

    @property
    def failed(self) -> bool:
        """Whether the check fails because of it."""
        return bool(self.over) or any(result.level == "error" for result in self.results)


def last_line(finding: Finding) -> int:
    """Return the last line that a finding touches."""
    return finding.line + max(finding.old.count("\n") - finding.old.endswith("\n"), 0)


def gather(path: str, findings: Iterable[Finding], lines: Sequence[str], level: dict[str, Level]) -> tuple[Result, ...]:
    """Return the results of a file, in the order of their places.

    Args:
        path: The file as it is shown.
        findings: Those to show.
        lines: Its text as decoded, cut at line feeds.
        level: How bad each rule's findings are.
    """
    seen = Counter[str]()
    results = []
    for run in _runs(sorted(findings, key=lambda finding: (finding.line, finding.column, finding.layer, finding.start))):
        result = _result(safe(path), run, lines, level)
        seen[result.fingerprint] += 1
        mark = sha256(f"{path}\0{result.fingerprint}\0{seen[result.fingerprint]}".encode("utf-8", "surrogateescape"))
        results.append(result._replace(fingerprint=mark.hexdigest()[:32]))
    return tuple(results)


def _runs(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    """Yield findings that make one result: removed lines next to one another, or what one rule does in one line."""
    removed = [finding for finding in findings if _takes_lines(finding)]
    runs: list[list[Finding]] = []
    end = 0
    for finding in removed:
        if not runs or finding.line > end + 1:
            runs.append([])
        runs[-1].append(finding)
        end = max(end, last_line(finding))
    others = sorted((finding for finding in findings if not _takes_lines(finding)), key=lambda one: (one.line, one.rule))
    runs += [list(group) for _, group in groupby(others, key=lambda one: (one.line, one.rule))]
    yield from sorted(runs, key=lambda run: (run[0].line, run[0].column, run[0].rule))


def _takes_lines(finding: Finding) -> bool:
    return RULES[finding.rule].effect == "remove" and bool(finding.old)  # closing the last line takes nothing


def _result(path: str, run: Sequence[Finding], lines: Sequence[str], level: dict[str, Level]) -> Result:
    first = run[0]
    effect = RULES[first.rule].effect
    weight = Counter[str]()
    for finding in run:
        weight[finding.rule] += last_line(finding) - finding.line + 1
    written = {finding.rule for finding in run if finding.old.strip()}  # blank lines that go with others do not name the run
    codes = sorted(weight, key=lambda code: (code not in written, -weight[code], code))
    end = max(map(last_line, run))
    size = sum(weight.values()) if _takes_lines(first) else len(run)
    here = lines[first.line - 1 : end]
    return Result(
        level=min((level[code] for code in codes), key=LEVELS.index),
        path=path,
        line=first.line,
        column=first.column,
        end_line=end,
        end_column=_end_column(run, lines, end),
        rules=tuple(codes),
        effect=effect,
        size=size,
        message=_message(run, codes, weight, size),
        excerpt=_excerpt(here),
        findings=tuple(run),
        fingerprint="\0".join([codes[0], *(line.strip() for line in here)]),
    )


def _end_column(run: Sequence[Finding], lines: Sequence[str], end: int) -> int:
    """Return one past the last code point: the end of the line for what goes whole, else the end of what stood there."""
    length = len(lines[end - 1]) if end <= len(lines) else 0
    if RULES[run[0].rule].effect == "remove":
        return max(length + 1, run[0].column if end == run[0].line else 1)
    last = max(finding.column + len(finding.old) for finding in run)
    return max(run[0].column, min(last, length + 1))


def _message(run: Sequence[Finding], codes: Sequence[str], weight: Counter[str], size: int) -> str:
    first = next(finding for finding in run if finding.rule == codes[0])
    why = clipped(first.note, _NOTE)
    if not _takes_lines(first):
        return why if size == 1 else f"{why} ({size:,} places)"
    what = f"{several(size, 'line')} to remove: {why}"
    if len(codes) > 1:
        what += "; also " + ", ".join(
            f"{code} {RULES[code].name}" + (f" ×{weight[code]}" if weight[code] > 1 else "") for code in codes[1:]
        )
    return what


def _excerpt(lines: Sequence[str]) -> tuple[str, ...]:
    shown = [clipped(line, _EXCERPT) for line in lines[:_EXCERPT_LINES]]
    more = len(lines) - _EXCERPT_LINES
    return (
        (*shown, f"… and {more:,} more lines") if more > 1 else tuple(shown + [clipped(line, _EXCERPT) for line in lines[_EXCERPT_LINES:]])
    )
