"""The forms a result is shown in: one small file each.

A form of a check takes in files one by one, in the order of the run, and yields lines: some at once, the rest at the end.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dechaff_cli.results import Checked

CHECKS = {
    "full": "full",
    "concise": "concise",
    "json": "records",
    "jsonl": "records",
    "github": "github",
    "gitlab": "gitlab",
    "sarif": "sarif",
    "junit": "junit",
    "markdown": "markdown",
}
"""The forms of a check, and the room of each."""
_ROOTS = {"github": "GITHUB_WORKSPACE", "gitlab": "CI_PROJECT_DIR", "sarif": "GITHUB_WORKSPACE"}
"""Forms whose readers look for files below a folder that the runner names."""


@dataclass(slots=True)
class Totals:
    """What a check comes to."""

    files: int = 0
    touched: int = 0
    """Files with findings."""
    failed: int = 0
    """Files that fail it."""
    findings: int = 0
    known: int = 0
    """Findings that the baseline knows."""
    errors: list[tuple[str, str]] = field(default_factory=list)
    """Path and message of what could not be checked."""
    unused: Sequence[str] = ()
    """Entries of the baseline that nothing was found for, in words."""

    @property
    def passed(self) -> bool:
        """Whether nothing fails and everything could be read."""
        return not self.failed and not self.errors


class Format(Protocol):
    """One form of a check."""

    def add(self, file: Checked) -> Iterable[str]:
        """Take in a file; yield what can be shown at once."""
        ...

    def finish(self, totals: Totals, /) -> Iterable[str]:
        """Yield the rest."""
        ...


def named(name: str) -> Format:
    """Return a form of a check, ready to take in files."""
    module = import_module(f"dechaff_cli.formats.{CHECKS[name]}")
    return cast("Format", module.FORMATS[name]())


def chosen(environment: Mapping[str, str]) -> str:
    """Return the form for a run where nobody chose one: annotations in a GitHub job, else lines of text."""
    in_job = environment.get("GITHUB_ACTIONS") == "true" and environment.get("GITHUB_WORKFLOW")
    return "github" if in_job else "concise"


def place(path: Path, name: str, environment: Mapping[str, str]) -> str:
    """Return a path as the readers of a form expect it: forward slashes, relative to the folder they look in where it is below it.

    Args:
        path: The file as the user named it.
        name: The form.
        environment: Where runners say which folder that is; without that it is the current one.
    """
    if name not in _ROOTS:
        return path.as_posix()
    root = Path(os.path.realpath(environment.get(_ROOTS[name]) or Path.cwd()))
    real = Path(os.path.realpath(path))
    return real.relative_to(root).as_posix() if real.is_relative_to(root) else path.as_posix()
