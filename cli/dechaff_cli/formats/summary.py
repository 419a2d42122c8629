"""A run in figures: added up file by file, shown as a table, as Markdown and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from heapq import nlargest
from typing import TYPE_CHECKING, Any

from rich.table import Table

from dechaff import RULES, __version__
from dechaff.rules import digest, find, is_code
from dechaff_cli.formats.cells import cell
from dechaff_cli.terminal import clipped, safe
from dechaff_cli.words import several, several_such

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from dechaff import FileReport
    from dechaff_cli.html.page import Lines

_NAMED = 3  # of each kind: a line of a pull request holds no more
_SHOWN = 80  # code points of a corpus line that such a line holds
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
    over: list[tuple[str, str]] = field(default_factory=list)
    """Path of each file that changes more than its budget, and how much."""

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
        stages = [rule.stage for rule in RULES.values()]
        codes = sorted(filter(is_code, self.rules), key=lambda code: (stages.index(find(code).stage), code not in RULES, code))
        return [(code, self.rules[code], self.files_of_rule[code]) for code in codes if self.rules[code]]

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
            "over_budget": [{"path": path, "why": why} for path, why in self.over],
            "errors": [{"path": path, "error": error} for path, error in self.errors],
        }
        return json.dumps(record, indent=2) + "\n"

    def recall(self, file: Path) -> list[str]:
        """Take from an earlier summary what the files themselves do not tell; return the rules that were in force.

        Args:
            file: What `to_json` wrote. One that is none tells nothing.
        """
        try:
            record = json.loads(file.read_bytes())
            self.skipped = {str(why): int(count) for why, count in record["skipped"].items()}
            known = dict(self.errors)
            self.errors[:0] = [(one["path"], one["error"]) for one in record["errors"] if one["path"] not in known]
            self.over = [(one["path"], one["why"]) for one in record.get("over_budget", [])]
            return [str(code) for code in record["rules"]]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return []

    def to_markdown(self, lines: Lines | None = None) -> str:
        """Return the story of the run in ten lines or so, for a pull request.

        Args:
            lines: The lines that tell most of it.
        """
        gone = _share(self.figures["characters_in"], self.figures["characters_out"])
        rows = [f"# dechaff: {gone} of the characters removed" if self.changed else "# dechaff: nothing to clean", ""]
        ins = ", ".join(f"{before:,} {what} in and {after:,} out" for what, before, after in self.totals()[1:])
        rows.append(f"{several(self.files, 'file')}, {self.changed:,} changed; {ins}.")
        rows.append("")
        if self.errors:
            rows.append(f"- **Not cleaned:** {_listed([f'{_code(path)}: {_cell(why)}' for path, why in self.errors])}")
        if self.over:
            rows.append(f"- **Over budget:** {_listed([f'{_code(path)}: {_cell(why)}' for path, why in self.over])}")
        if lines and lines.often:
            often = [f"{_code(one.text)} ({several(one.files, 'file')}, {one.rule})" for one in lines.often]
            rows.append(f"- **Removed most often:** {_listed(often)}")
        if lines and lines.once:
            once = [f"{_code(one.text)} ({one.rule}, confidence {100 * one.chance:.0f} %)" for one in lines.once]
            rows.append(f"- **Removed only once, read these first:** {_listed(once, lines.count_once)}")
        if lines and lines.doubtful:
            doubtful = [f"{_code(one.text)} ({several(one.files, 'file')})" for one in lines.doubtful]
            rows.append(f"- **Kept, but suspicious:** {_listed(doubtful, lines.count_doubtful)}")
        if self.lost:
            lost = [f"{_code(path)} ({_share(before, after)})" for _, path, before, after in self.worst()]
            rows.append(f"- **Lost most:** {_listed(lost)}")
        if found := sorted(self.by_rule(), key=lambda row: -row[1]):
            rules = [f"{code} {find(code).name} ({count:,} in {several(files, 'file')})" for code, count, files in found]
            rows.append(f"- **Rules:** {_listed(rules)}")
        if self.encodings:
            rows.append(f"- **Encodings:** {_listed([f'{_code(name)} ({count:,})' for name, count in self.encodings.most_common()])}")
        if self.skipped:
            rows.append(f"- **Passed over:** {_listed([several_such(count, _cell(why)) for why, count in sorted(self.skipped.items())])}")
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
            rules.add_row(code, find(code).name, f"{count:,}", f"{files:,}")
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


def _code(text: str) -> str:
    """Return corpus text as it may stand in Markdown: as code that no backtick in it can end."""
    return f"`{clipped(text.strip(), _SHOWN).replace('`', chr(0x2CB))}`"


def _listed(words: Sequence[str], of: int = 0) -> str:
    """Return the first few of some words, and how many more there are."""
    more = max(of, len(words)) - _NAMED
    return "; ".join(words[:_NAMED]) + (f"; and {more:,} more" if more > 0 else "")
