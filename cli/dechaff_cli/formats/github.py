"""Annotations of a GitHub job: workflow commands, at most as many as GitHub shows, worst first.

Source: `actions/toolkit`, packages/core/src/command.ts (escaping) and docs/problem-matchers.md (limits).
"""

from __future__ import annotations

from collections import Counter
from heapq import merge, nsmallest
from typing import TYPE_CHECKING

from dechaff_cli.results import LEVELS
from dechaff_cli.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dechaff_cli.formats import Totals
    from dechaff_cli.results import Checked, Level, Result

_SHOWN = 10  # annotations of a level that GitHub shows for a step; the rest it drops without a word
_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}


class GitHub:
    """Keeps the worst results, and says at the end how many more there are."""

    def __init__(self) -> None:
        """Begin with no result."""
        self._worst: dict[Level, list[tuple[tuple[int, str, int], str]]] = {level: [] for level in LEVELS}
        self._count = Counter[str]()

    def add(self, file: Checked) -> Iterator[str]:
        """Keep what is worse than what there is."""
        here = [(level, _annotation(level, file.path, words)) for level in LEVELS for words in (file.over if level == "error" else ())]
        for level, line in here:
            self._keep(level, (-(1 << 30), file.path, 0), line)
        for result in file.results:
            self._keep(result.level, (-result.size, file.path, result.line), _annotated(result))
        yield from ()

    def _keep(self, level: Level, order: tuple[int, str, int], line: str) -> None:
        self._count[level] += 1
        self._worst[level] = nsmallest(_SHOWN, merge(self._worst[level], [(order, line)]))

    def finish(self, totals: Totals) -> Iterator[str]:
        """Yield the commands and a last line that counts what is not shown."""
        for path, message in totals.errors:
            self._keep("error", (-(1 << 31), path, 0), _annotation("error", safe(path), safe(message)))
        for level in LEVELS:
            yield from (line for _, line in self._worst[level])
        hidden = {level: self._count[level] - _SHOWN for level in LEVELS if self._count[level] > _SHOWN}
        if hidden:
            words = ", ".join(f"{count:,} more {_COMMANDS[level]}{'s' * (count > 1)}" for level, count in hidden.items())
            yield f"dechaff: GitHub shows {_SHOWN} annotations of a kind; there are {words}"


def _annotated(result: Result) -> str:
    place = [("line", str(result.line)), ("endLine", str(result.end_line))]
    if result.line == result.end_line:  # GitHub refuses columns on an annotation of several lines
        place += [("col", str(result.column)), ("endColumn", str(result.end_column))]
    return _command(
        result.level, [("file", result.path), *place, ("title", f"dechaff {result.title}")], f"{result.title}: {result.message}"
    )


def _annotation(level: Level, path: str, words: str) -> str:
    return _command(level, [("file", path), ("title", "dechaff")], words)


def _command(level: Level, properties: list[tuple[str, str]], message: str) -> str:
    given = ",".join(f"{name}={_property(value)}" for name, value in properties)
    return f"::{_COMMANDS[level]} {given}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMATS = {"github": GitHub}
