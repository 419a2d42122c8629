"""The folder a run leaves beside its clean copies: findings, diff, summaries and a page to look at."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Self

from dechaff import FileReport, RestoreError, restore
from dechaff_cli import corpus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from dechaff_cli.columns import Columns
    from dechaff_cli.formats.summary import Summary
    from dechaff_cli.run import Outcome

FINDINGS, DIFF, PAGE, SUMMARY, FIGURES = "findings.jsonl", "changes.diff", "index.html", "summary.md", "summary.json"
CONTAINERS = "containers.jsonl"
"""One record a container: what restoring it takes beside the findings. Only there if there were any."""
_PAGE_TEXT = 1 << 20  # code points of removed and repaired text that the page shows: browsers open 20 MB of table at once without stutter
_CHANGE = 120  # code points that a change costs beside its text


class Mark(NamedTuple):
    """How far a report is."""

    findings: int
    diff: int
    shown: int
    left_out: int
    room: int


class ReportFolder:
    """Takes in files one by one as they are cleaned; its files appear whole at the end, or not at all."""

    def __init__(self, folder: Path, rules: Sequence[str]) -> None:
        """Begin a report.

        Args:
            folder: Where it goes; exists.
            rules: The rules in force, for the record.
        """
        self._folder = folder
        self._rules = rules
        self._open = ExitStack()
        self._shown: list[FileReport] = []
        self._left_out = 0
        self._room = _PAGE_TEXT
        self._containers: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        """Open what is written as the run goes on."""
        self._findings, self._diff = (self._beside() for _ in range(2))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Leave nothing half-written."""
        try:
            self._open.close()
        finally:
            for file in (self._findings, self._diff):
                Path(file.name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            message = f"the report in {self._folder} cannot be written: {error.strerror}; the clean copies made so far are whole"
            raise corpus.CorpusError(message) from error

    def _beside(self) -> IO[bytes]:
        return self._open.enter_context(
            tempfile.NamedTemporaryFile(prefix=".dechaff-", suffix=".tmp", dir=self._folder, delete=False),
        )

    def add(self, outcome: Outcome) -> None:
        """Write down one document."""
        self._diff.write(outcome.diff)
        self.add_report(outcome.report)

    def add_container(self, name: str, columns: Columns, digest: str) -> None:
        """Write down a container whose records have been written down.

        Args:
            name: What its records' names begin with.
            columns: Where they keep what.
            digest: SHA-256 of what it held, unpacked; nothing where its form has more than one way to say the same.
        """
        self._containers.append({"path": name, "columns": columns._asdict(), "sha256": digest})

    def add_conversion(self, to: str) -> None:
        """Write down that the corpus was written in another form."""
        self._containers.append({"to": to})

    def mark(self) -> Mark:
        """Return how far the report is."""
        return Mark(self._findings.tell(), self._diff.tell(), len(self._shown), self._left_out, self._room)

    def back_to(self, mark: Mark) -> None:
        """Forget what was written down since."""
        for file, size in ((self._findings, mark.findings), (self._diff, mark.diff)):
            file.seek(size)
            file.truncate()
        del self._shown[mark.shown :]
        self._left_out, self._room = mark.left_out, mark.room

    def add_report(self, report: FileReport) -> None:
        """Write down what is known of one document."""
        self._findings.write(report.to_json().encode("ascii") + b"\n")
        if not report.findings and report.error is None:
            return
        cost = sum(len(finding.old) + len(finding.new) + len(finding.note) + _CHANGE for finding in report.findings)
        if cost <= self._room:
            self._room -= cost
            self._shown.append(report)
        else:
            self._left_out += 1

    def finish(self, summary: Summary) -> None:
        """Put all files in their places."""
        from dechaff_cli.html import render  # noqa: PLC0415  the template engine is only needed here

        for file, name in ((self._findings, FINDINGS), (self._diff, DIFF)):
            file.close()
            Path(file.name).chmod(0o666 & ~corpus.umask())
            Path(file.name).replace(self._folder / name)
        if self._containers:
            lines = "".join(json.dumps(container) + "\n" for container in self._containers)
            corpus.write(self._folder / CONTAINERS, lines.encode("ascii"))
        corpus.write(self._folder / FIGURES, summary.to_json(self._rules).encode("utf-8"))
        corpus.write(self._folder / SUMMARY, summary.to_markdown().encode("utf-8"))
        corpus.write(self._folder / PAGE, render(summary, self._shown, self._left_out).encode("utf-8"))


def containers(folder: Path) -> dict[str, tuple[Columns, str]]:
    """Return columns and digest of each container of a report, by name.

    Raises:
        RestoreError: The record of one is wrong.
    """
    from dechaff_cli.columns import Columns  # noqa: PLC0415  only here

    path = (folder if folder.is_dir() else folder.parent) / CONTAINERS
    found: dict[str, tuple[Columns, str]] = {}
    try:
        for line in path.read_text("utf-8").splitlines() if path.exists() else ():
            record = json.loads(line)
            if "to" in record:
                message = f"the corpus was written as {record['to']}; restoring takes clean copies in the form that the originals have"
                raise RestoreError(message)
            found[str(record["path"])] = Columns(**record["columns"]), str(record["sha256"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        message = f"{path} cannot be read: {error}"
        raise RestoreError(message) from error
    return found


def read(folder: Path) -> Iterator[FileReport | RestoreError]:
    """Yield the files of a report; in place of a record that is none, what is wrong with it.

    Raises:
        RestoreError: There is no such report, or it cannot be read.
    """
    path = folder / FINDINGS if folder.is_dir() else folder
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    yield FileReport.from_json(line.decode("utf-8"))
                except (RestoreError, UnicodeDecodeError) as error:
                    yield RestoreError(f"line {number}: {error}")
    except OSError as error:
        message = f"{os.fspath(path)} cannot be read: {error.strerror}; give the report folder that `dechaff clean` wrote"
        raise RestoreError(message) from error


def original(file: FileReport, cleaned: Path, quarantine: Path | None) -> bytes:
    """Return the bytes of the file that a record tells of.

    Args:
        file: The record.
        cleaned: The folder of the clean copies.
        quarantine: Where `clean --quarantine` put the files that are wholly in another language.

    Raises:
        RestoreError: What is there does not lead back to the very same bytes, or nothing is there.
        CorpusError: The name in the record leads out of its folder.
        OSError: A file cannot be read.
    """
    copy = corpus.below(cleaned, file.path)
    if copy.exists() or (quarantine is None and not any(finding.rule == "LAN001" for finding in file.findings)):
        return restore(copy.read_bytes(), file)
    if quarantine is None:
        message = "it has no clean copy: it is wholly in another language; if clean put it aside, name that folder with --quarantine"
        raise RestoreError(message)
    raw = corpus.below(quarantine, file.path).read_bytes()
    if sha256(raw).hexdigest() != file.sha256_in:
        message = "the file put aside is not the one that the report was written for"
        raise RestoreError(message)
    return raw
