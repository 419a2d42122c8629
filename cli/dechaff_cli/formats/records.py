"""Results as JSON, whole or line by line; pure ASCII, so that nothing in them can break a line or drive whatever prints it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dechaff import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dechaff_cli.formats import Totals
    from dechaff_cli.results import Checked, Result


class Json:
    """One object: results in the order of the files, and what the check comes to. Written as it comes, so that no run is too long."""

    def __init__(self) -> None:
        """Begin with no result."""
        self._begun = False

    def add(self, file: Checked) -> Iterator[str]:
        """Yield the results of a file as members of the array."""
        for record in _records(file):
            yield ("," if self._begun else '{"results": [') + json.dumps(record)
            self._begun = True

    def finish(self, totals: Totals) -> Iterator[str]:
        """Yield the end of the array and the totals."""
        yield ("" if self._begun else '{"results": [') + "],"
        yield json.dumps(_totals(totals))[1:]


class JsonLines:
    """One object a line: each result, and at the end what the check comes to."""

    def add(self, file: Checked) -> Iterator[str]:
        """Yield the results of a file."""
        return map(json.dumps, _records(file))

    def finish(self, totals: Totals) -> Iterator[str]:
        """Yield the totals."""
        yield json.dumps(_totals(totals))


def _records(file: Checked) -> Iterator[dict[str, Any]]:
    yield from map(_record, file.results)
    yield from ({"path": file.path, "level": "error", "code": None, "message": words} for words in file.over)


def _record(result: Result) -> dict[str, Any]:
    return {
        "path": result.path,
        "line": result.line,
        "column": result.column,
        "end_line": result.end_line,
        "end_column": result.end_column,
        "level": result.level,
        "code": result.rule,
        "name": result.name,
        "effect": result.effect,
        "lines": result.size,
        "message": result.message,
        "excerpt": list(result.excerpt),
        "findings": [
            {"line": one.line, "column": one.column, "code": one.rule, "old": _whole(one.old), "new": _whole(one.new)}
            for one in result.findings
        ],
        "fingerprint": result.fingerprint,
    }


def _whole(text: str) -> str:
    """Return text that every reader of JSON takes: half a surrogate pair, which many refuse, as a visible escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _totals(totals: Totals) -> dict[str, Any]:
    return {
        "version": __version__,
        "passed": totals.passed,
        "files": totals.files,
        "failed": totals.failed,
        "findings": totals.findings,
        "known": totals.known,
        "unused": list(totals.unused),
        "errors": [{"path": _whole(path), "message": _whole(message)} for path, message in totals.errors],
    }


FORMATS = {"json": Json, "jsonl": JsonLines}
