"""SARIF 2.1.0, with the properties that GitHub's code scanning reads and within its limits.

Source: OASIS, Static Analysis Results Interchange Format 2.1.0; GitHub's page "SARIF support for code scanning".
"""

from __future__ import annotations

import json
import os
from heapq import heappush, heappushpop
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dechaff import RULES, __version__
from dechaff_cli.results import LEVELS
from dechaff_cli.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dechaff_cli.formats import Totals
    from dechaff_cli.results import Checked, Result

_MOST = 25_000  # results of a run that GitHub takes; it keeps the first 5,000
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LONGEST = 1000  # code points of a description: GitHub cuts at 1,024
_SEVERITIES = {"repair": "warning", "remove": "warning", "report": "recommendation"}
_LEVELS = {"repair": "warning", "remove": "warning", "report": "note"}
_BUDGET = "BUDGET"


class Sarif:
    """Keeps the worst results, as many as readers take, and writes one run at the end."""

    def __init__(self) -> None:
        """Begin with no result."""
        self._worst: list[tuple[int, int, int, dict[str, Any]]] = []  # a heap whose first is the least bad, and the last among its equals
        self._seen = 0

    def add(self, file: Checked) -> Iterator[str]:
        """Keep the results of a file."""
        for words in file.over:
            record = {
                "ruleId": _BUDGET,
                "level": "error",
                "message": {"text": words},
                "locations": [_location(file.file, {"startLine": 1})],
            }
            self._keep(len(LEVELS), 1 << 30, record)
        for result in file.results:
            self._keep(-LEVELS.index(result.level), result.size, _result(file.file, result))
        yield from ()

    def _keep(self, bad: int, size: int, record: dict[str, Any]) -> None:
        self._seen += 1
        entry = bad, size, -self._seen, record
        if len(self._worst) < _MOST:
            heappush(self._worst, entry)
        else:
            heappushpop(self._worst, entry)

    def finish(self, totals: Totals) -> Iterator[str]:
        """Yield the document."""
        worst = sorted(self._worst, reverse=True)
        rules = sorted({record["ruleId"] for *_, record in worst} - {_BUDGET})
        notes = [{"level": "error", "message": {"text": f"{safe(path)}: {safe(message)}"}} for path, message in totals.errors]
        if self._seen > len(worst):
            notes.append(
                {"level": "note", "message": {"text": f"{self._seen - len(worst):,} results are left out: readers take {_MOST:,}"}}
            )
        driver = {
            "name": "dechaff",
            "semanticVersion": __version__,
            "rules": [*map(_rule, rules), *([_budget()] if any(record["ruleId"] == _BUDGET for *_, record in worst) else [])],
        }
        index = {rule["id"]: i for i, rule in enumerate(driver["rules"])}  # type: ignore[index]
        run = {
            "tool": {"driver": driver},
            "automationDetails": {"id": "dechaff/"},
            "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": not totals.errors, "toolExecutionNotifications": notes}],
            "results": [{**record, "ruleIndex": index[record["ruleId"]]} for *_, record in worst],
        }
        yield json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)


def _rule(code: str) -> dict[str, Any]:
    rule = RULES[code]
    text = f"{rule.why} Seen: {rule.source}."[:_LONGEST]
    keeps = "\n".join(f"    {safe(line)}" for kept in rule.keeps for line in kept.rstrip("\n").split("\n"))
    return {
        "id": code,
        "name": "".join(map(str.capitalize, rule.name.split("-"))),
        "shortDescription": {"text": f"{rule.name}: {rule.effect}"},
        "fullDescription": {"text": text},
        "help": {"text": f"{text}\nThese stay:\n{keeps}", "markdown": f"{text}\n\nThese stay:\n\n{keeps}\n"},
        "defaultConfiguration": {"level": _LEVELS[rule.effect]},
        "properties": {
            "tags": [rule.stage, rule.effect],
            "precision": "high" if rule.context == "anywhere" else "medium",
            "problem.severity": _SEVERITIES[rule.effect],
        },
    }


def _budget() -> dict[str, Any]:
    text = "The file changes more than the budget of its check allows."
    return {"id": _BUDGET, "name": "Budget", "shortDescription": {"text": text}, "fullDescription": {"text": text}, "help": {"text": text}}


def _result(file: str, result: Result) -> dict[str, Any]:
    region = {"startLine": result.line, "startColumn": result.column, "endLine": result.end_line, "endColumn": result.end_column}
    record: dict[str, Any] = {
        "ruleId": result.rule,
        "level": result.level,
        "message": {"text": f"{result.title}: {result.message}"},
        "locations": [_location(file, region)],
        "partialFingerprints": {"primaryLocationLineHash": result.fingerprint},
    }
    if result.effect == "remove" and all(one.column == 1 and one.old and not one.new for one in result.findings):
        deleted = {"startLine": result.line, "startColumn": 1, "endLine": result.end_line + 1, "endColumn": 1}
        change = {"artifactLocation": {"uri": _uri(file)}, "replacements": [{"deletedRegion": deleted}]}
        record["fixes"] = [{"description": {"text": "Remove these lines."}, "artifactChanges": [change]}]
    return record


def _location(path: str, region: dict[str, int]) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(path)}, "region": region}}


def _uri(path: str) -> str:
    if PurePosixPath(path).is_absolute():
        return "file://" + quote(os.fsencode(path))
    return quote(os.fsencode(path.removeprefix("./")))


FORMATS = {"sarif": Sarif}
