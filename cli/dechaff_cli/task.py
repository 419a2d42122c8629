"""What is asked of a pass over a corpus, and what becomes of each file."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from dechaff.repetition import Survey
from dechaff.report import FileReport
from dechaff_cli.engine import PROCESSES

if TYPE_CHECKING:
    from pathlib import Path

    from dechaff.model import Removal
    from dechaff_cli.config import Configs

_LEVEL = 1  # of zlib: half the size for a tenth of what the level after that takes


@dataclass(frozen=True, slots=True)
class Task:
    """What to do with every file."""

    rules: frozenset[str]
    """All that may be in force for some file."""
    configs: Configs | None = None
    """What says how each file is cleaned; without it, by all these rules."""
    out: Path | str | None = None
    """Folder for the clean copies, or the address of one; without one nothing is written."""
    diff: bool = False
    report: bool = False
    """Whether to find what only a report shows: the lines that stay and look like chrome, and every change amid its text."""
    keep_text: bool = False
    pack: bool = False
    """Whether outcomes are kept for a later run."""
    quarantine: Path | None = None
    """Folder for files that are wholly in another language, as they were; they get no clean copy."""
    encoding: str | None = None
    """What the files are in; found for each if left out."""
    removal: Removal = "careful"
    """How much may go by the score of the line model, where `configs` does not say."""
    model: Path | None = None
    """Folder with other weights for it than those that dechaff is shipped with."""
    profile: Survey = field(default_factory=Survey)
    """What is known of sites beforehand; it stands for what the files of these sites would say."""
    engine: str = PROCESSES
    """What the work is done by."""


class Outcome(NamedTuple):
    """What became of one file."""

    report: FileReport
    diff: bytes
    """Unified, against the bytes of the file; empty when nothing changed or nobody asked."""
    text: str
    """The clean text, where it was asked for instead of a file; that of a record always, since its container is written elsewhere."""
    record: bytes = b""
    """The report as JSON, where it was made already."""
    packed: bytes = b""
    """Report and diff in little room, where they are kept for a later run."""
    told: str = ""
    """What the page of the report is told of it, where that was asked for and its clean copy is written."""


def packed(outcome: Outcome) -> Outcome:
    """Return what became of a file with the form that is kept."""
    record = outcome.report.to_json().encode("ascii")
    return outcome._replace(record=record, packed=zlib.compress(record + b"\n" + outcome.diff, _LEVEL))


def unpacked(kept: bytes) -> Outcome:
    """Return what became of a file from the form that was kept; without its text."""
    record, _, diff = zlib.decompress(kept).partition(b"\n")
    return Outcome(FileReport.from_json(record.decode("ascii")), diff, "", record, kept)
