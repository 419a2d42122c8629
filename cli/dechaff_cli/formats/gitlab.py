"""GitLab's Code Quality report: an array of objects, as its documentation has them (docs/ci/testing/code_quality)."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from dechaff_cli.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dechaff_cli.formats import Totals
    from dechaff_cli.results import Checked, Level

_SEVERITIES: dict[Level, str] = {"error": "major", "warning": "minor", "note": "info"}


class GitLab:
    """Writes the array as it comes."""

    def __init__(self) -> None:
        """Begin with no result."""
        self._begun = False

    def add(self, file: Checked) -> Iterator[str]:
        """Yield the results of a file as members of the array."""
        for result in file.results:  # GitLab does not show the name of a check, so the description has it too
            description = f"{result.title}: {result.message}"
            yield self._member(file.path, result.line, description, (result.rule, _SEVERITIES[result.level], result.fingerprint))
        for words in file.over:
            yield self._member(file.path, 1, words, ("budget", "critical", _digest(file.path, words)))

    def finish(self, totals: Totals) -> Iterator[str]:
        """Yield what could not be read, and the end of the array."""
        for path, message in totals.errors:
            yield self._member(safe(path), 1, safe(message), ("unreadable", "blocker", _digest(path, message)))
        yield "]" if self._begun else "[]"

    def _member(self, path: str, line: int, description: str, check: tuple[str, str, str]) -> str:
        name, severity, fingerprint = check
        record: dict[str, Any] = {
            "description": description,
            "check_name": name,
            "fingerprint": fingerprint,
            "severity": severity,
            "location": {"path": path.removeprefix("./"), "lines": {"begin": line}},
        }
        before = "," if self._begun else "["
        self._begun = True
        return before + json.dumps(record)


def _digest(path: str, words: str) -> str:
    return sha256(f"{path}\0{words}".encode("utf-8", "surrogateescape")).hexdigest()[:32]


FORMATS = {"gitlab": GitLab}
