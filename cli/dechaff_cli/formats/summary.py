"""A run in figures: added up file by file, shown as a table, as Markdown and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from heapq import nlargest
from typing import TYPE_CHECKING, Any

from rich.table import Table

from dechaff import RULES, __version__
from dechaff.rules import digest
from dechaff_cli.formats.cells import cell
from dechaff_cli.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dechaff import FileReport

_WORST = 5  # files shown among those that lost most
_FIGURES = ("bytes_in", "bytes_out", "lines_in", "lines_out", "characters_in", "characters_out")


@dataclass(slots=True)
class Summary:
    """Figures of a run. The same for any order of the files."""

    skipped: Mapping[str, int] = field(default_factory=dict)
    """Files passed over, by reason."""
    files: int = 0
    changed: int = 0
    figures: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    """Findings of each rule."""
    files_of_rule: Counter[str] = field(default_factory=Counter)
    encodings: Counter[str] = field(default_factory=Counter)
    lost: list[tuple[float, str, int, int]] = field(default_factory=list)
    """Share of the characters lost, path, characters in and out, for each changed file."""
    errors: list[tuple[str, str]] = field(default_factory=list)
    """Path and message."""

    def add(self, report: FileReport) -> None:
        """Count one file."""
        if report.error is not None:
            self.errors.append((report.path, report.error))
            return
        self.files += 1
        self.changed += report.sha256_in != report.sha256_out
        for name in _FIGURES:
            self.figures[name] += getattr(report, name)
        found = Counter(finding.rule for finding in report.findings)
        self.rules.update(found)
        self.files_of_rule.update(found.keys())
        if report.encoding:
            self.encodings[report.encoding.name] += 1
        if report.characters_in > report.characters_out:
            share = 1 - report.characters_out / report.characters_in
            self.lost.append((share, report.path, report.characters_in, report.characters_out))
            if len(self.lost) > 64 * _WORST:
                self.lost = self.worst()

    def worst(self) -> list[tuple[float, str, int, int]]:
        """Return the files that lost the largest share of their characters."""
        return nlargest(_WORST, self.lost)

    def by_rule(self) -> list[tuple[str, int, int]]:
        """Return code, findings and files of each rule that found something, in the order of the stages."""
        return [(code, self.rules[code], self.files_of_rule[code]) for code in RULES if self.rules[code]]

    def to_json(self, selected: Sequence[str]) -> str:
        """Return the figures with what made them: version, rules, digest of the rule tables."""
        record: dict[str, Any] = {
            "version": __version__,
            "rules_digest": digest(),
            "rules": list(selected),
            "files": self.files,
            "changed": self.changed,
            "skipped": dict(sorted(self.skipped.items())),
            **{name: self.figures[name] for name in _FIGURES},
            "findings": {code: {"findings": count, "files": files} for code, count, files in self.by_rule()},
            "encodings": dict(sorted(self.encodings.items())),
            "lost_most": [{"path": path, "characters_in": before, "characters_out": after} for _, path, before, after in self.worst()],
            "errors": [{"path": path, "error": error} for path, error in self.errors],
        }
        return json.dumps(record, indent=2) + "\n"

    def to_markdown(self) -> str:
        """Return the figures as Markdown tables."""
        rows = [
            "# dechaff",
            "",
            "| | in | out | removed |",
            "|---|---:|---:|---:|",
            *(f"| {what} | {before:,} | {after:,} | {_share(before, after)} |" for what, before, after in self.totals()),
            "",
            "| rule | | findings | files |",
            "|---|---|---:|---:|",
            *(f"| {code} | {RULES[code].name} | {count:,} | {files:,} |" for code, count, files in self.by_rule()),
        ]
        if self.lost:
            rows += ["", "| lost most | characters in | out | removed |", "|---|---:|---:|---:|"]
            rows += [f"| {_cell(path)} | {before:,} | {after:,} | {_share(before, after)} |" for _, path, before, after in self.worst()]
        if self.errors:
            rows += ["", "| not cleaned | why |", "|---|---|", *(f"| {_cell(path)} | {_cell(error)} |" for path, error in self.errors)]
        if self.skipped:
            rows += ["", *(f"- passed over: {count:,} {_cell(why)}" for why, count in sorted(self.skipped.items()))]
        return "\n".join(rows) + "\n"

    def totals(self) -> list[tuple[str, int, int]]:
        """Return what was counted, and how much of it went in and came out."""
        return [
            ("files", self.files + len(self.errors), self.files),
            ("lines", self.figures["lines_in"], self.figures["lines_out"]),
            ("characters", self.figures["characters_in"], self.figures["characters_out"]),
        ]

    def table(self) -> list[Table]:
        """Return the tables for a terminal."""
        total = Table("", "in", "out", "removed", box=None, pad_edge=False)
        for what, before, after in self.totals():
            total.add_row(what, f"{before:,}", f"{after:,}", _share(before, after))
        rules = Table("rule", "", "findings", "files", box=None, pad_edge=False)
        for code, count, files in self.by_rule():
            rules.add_row(code, RULES[code].name, f"{count:,}", f"{files:,}")
        tables = [total, rules]
        if self.lost:
            lost = Table("lost most", "in", "out", "removed", box=None, pad_edge=False)
            for _, path, before, after in self.worst():
                lost.add_row(safe(path), f"{before:,}", f"{after:,}", _share(before, after))
            tables.append(lost)
        for table in tables:
            for column in table.columns[-3 if table is not rules else -2 :]:
                column.justify = "right"
        return tables


def _share(before: int, after: int) -> str:
    return f"{100 * (before - after) / before:.1f} %" if before else "-"


def _cell(text: str) -> str:
    return cell(safe(text))
