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
from dechaff_cli import corpus, places, writing
from dechaff_cli.html import PAGE
from dechaff_cli.html.shards import DATA

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from types import TracebackType

    from dechaff_cli.columns import Columns
    from dechaff_cli.formats.summary import Summary
    from dechaff_cli.html.page import Page
    from dechaff_cli.rerun import Run
    from dechaff_cli.task import Outcome

FINDINGS, DIFF, SUMMARY, FIGURES, RUN = "findings.jsonl", "changes.diff", "summary.md", "summary.json", "run.json"
_ALWAYS = (FINDINGS, DIFF, SUMMARY, FIGURES, RUN, PAGE)
CONTAINERS = "containers.jsonl"
"""One record a container: what restoring it takes beside the findings. Only there if there were any."""


class Mark(NamedTuple):
    """How far a report is."""

    findings: int
    diff: int


class ReportFolder:
    """Takes in files one by one as they are cleaned; its files appear whole at the end, or not at all."""

    def __init__(self, folder: Path, rules: Sequence[str], clean: Path | None = None, run: Run | None = None) -> None:
        """Begin a report.

        Args:
            folder: Where it goes; exists.
            rules: The rules in force, for the record.
            clean: The folder of the clean copies.
            run: What was asked for, for whoever cleans the same files again.
        """
        from dechaff_cli.html.page import Page  # noqa: PLC0415  the template engine is only needed where a report is made

        self._folder, self._rules, self._clean, self._run = folder, rules, clean, run
        self._open = ExitStack()
        self._page: Page | None = self._open.enter_context(Page(folder, clean))
        self._containers: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        """Open what is written as the run goes on."""
        self._findings, self._diff = (self._beside() for _ in range(2))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Leave nothing half-written."""
        try:
            self._open.close()
        except OSError as failed:  # what was still to be written
            error = error or failed
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
        self.add_report(outcome.report, outcome.record, outcome.told)

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
        return Mark(self._findings.tell(), self._diff.tell())

    def back_to(self, mark: Mark) -> None:
        """Forget what was written down since."""
        if mark.findings != self._findings.tell():
            self._page = None  # it has counted what is taken back: it counts again at the end
        for file, size in ((self._findings, mark.findings), (self._diff, mark.diff)):
            file.seek(size)
            file.truncate()

    def add_report(self, report: FileReport, record: bytes = b"", told: str = "") -> None:
        """Write down what is known of one document.

        Args:
            report: Its report.
            record: The same as JSON, where somebody made that already.
            told: What the page is told of it, likewise.
        """
        line = (record or report.to_json().encode("ascii")) + b"\n"
        self._findings.write(line)
        if self._page is not None:
            self._page.add(report, line, told)

    def finish(self, summary: Summary) -> None:
        """Put all files in their places."""
        for file, name in ((self._findings, FINDINGS), (self._diff, DIFF)):
            file.close()
            Path(file.name).chmod(0o666 & ~writing.umask())
            Path(file.name).replace(self._folder / name)
        if self._containers:
            lines = "".join(json.dumps(container) + "\n" for container in self._containers)
            writing.write(self._folder / CONTAINERS, lines.encode("ascii"))
        else:
            (self._folder / CONTAINERS).unlink(missing_ok=True)
        if self._run is not None:
            writing.write(self._folder / RUN, self._run.to_json(self._folder).encode("ascii"))
        page = self._page or self._open.enter_context(_counted(self._folder, self._clean))
        _finish(self._folder, page, summary, self._rules)


class Renewed(NamedTuple):
    """What an earlier summary does not know, since some files were cleaned again."""

    paths: Collection[str] = ()
    over: Sequence[tuple[str, str]] = ()
    """Those of these files that are over their budget."""
    rules: Sequence[str] | None = None
    """The rules in force now."""


def render(folder: Path, clean: Path | None, renewed: Renewed = Renewed()) -> list[str]:  # noqa: B008  it cannot change
    """Make the page and the summaries of a report again, from its records; return what is wrong with records that are none.

    Args:
        folder: The report folder.
        clean: The folder of the clean copies; without them the changes are shown without the text around them.
        renewed: What is otherwise than the summary there says.

    Raises:
        RestoreError: There is no such report, or it cannot be read.
        CorpusError: Something cannot be written.
    """
    from dechaff_cli.formats.summary import Summary  # noqa: PLC0415  they need tables and templates
    from dechaff_cli.html.page import Page  # noqa: PLC0415

    bad: list[str] = []
    summary = Summary()
    try:
        with Page(folder, clean) as page:
            for report in read(folder):
                if isinstance(report, RestoreError):
                    bad.append(str(report))
                    continue
                summary.add(report)
                page.add(report, report.to_json().encode("ascii") + b"\n")
            before = summary.recall(folder / FIGURES)
            rules = before if renewed.rules is None else renewed.rules
            summary.over = sorted([one for one in summary.over if one[0] not in renewed.paths] + [*renewed.over])
            _finish(folder, page, summary, rules)
    except OSError as error:
        message = f"the report in {folder} cannot be written: {error.strerror}"
        raise corpus.CorpusError(message) from error
    return bad


def _counted(folder: Path, clean: Path | None) -> Page:
    """Return the page of a report that has taken in all its records."""
    from dechaff_cli.html.page import Page  # noqa: PLC0415

    page = Page(folder, clean)
    for report in read(folder):
        if isinstance(report, FileReport):
            page.add(report, report.to_json().encode("ascii") + b"\n")
    return page


def _finish(folder: Path, page: Page, summary: Summary, rules: Sequence[str]) -> None:
    lines = page.finish(summary)
    writing.write(folder / FIGURES, summary.to_json(rules).encode("utf-8"))
    writing.write(folder / SUMMARY, summary.to_markdown(lines).encode("utf-8"))


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


def is_whole(folder: Path) -> bool:
    """Return whether a folder holds all that every report has."""
    return all((folder / name).is_file() for name in _ALWAYS)


def keep(folder: Path) -> None:
    """Wait until a report is on the disk: nothing else can undo a run.

    Raises:
        CorpusError: It cannot be written there.
    """
    for path in (*(folder / name for name in (*_ALWAYS, CONTAINERS)), *(folder / DATA).glob("*")):
        try:
            if path.is_file():
                writing.keep(path)
        except OSError as error:
            message = f"{path} cannot be written: {error.strerror}; the clean copies are whole"
            raise corpus.CorpusError(message) from error


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
    copy = places.below(cleaned, file.path)
    if copy.exists() or (quarantine is None and not any(finding.rule == "LAN001" for finding in file.findings)):
        return restore(copy.read_bytes(), file)
    if quarantine is None:
        message = "it has no clean copy: it is wholly in another language; if clean put it aside, name that folder with --quarantine"
        raise RestoreError(message)
    raw = places.below(quarantine, file.path).read_bytes()
    if sha256(raw).hexdigest() != file.sha256_in:
        message = "the file put aside is not the one that the report was written for"
        raise RestoreError(message)
    return raw
