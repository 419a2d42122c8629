"""A run into folders: clean copies and report, one run at a time, and nothing left of one that was killed."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from dechaff_cli import corpus, places, work
from dechaff_cli.account import Account
from dechaff_cli.corpora import cleaning, converting
from dechaff_cli.corpora.remote import is_url
from dechaff_cli.corpus import CorpusError
from dechaff_cli.exits import fail
from dechaff_cli.formats.summary import Summary
from dechaff_cli.manifest import NAME, Manifest
from dechaff_cli.passes import Passes
from dechaff_cli.report_folder import ReportFolder, is_whole, keep
from dechaff_cli.resuming import configuration
from dechaff_cli.terminal import note, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dechaff_cli.calls import Call
    from dechaff_cli.corpus import Corpus, Source
    from dechaff_cli.rerun import Run
    from dechaff_cli.task import Outcome, Task

LOCK = ".dechaff.lock"
_PATIENCE = 5  # seconds: the processes of a killed run end within one, and hold its lock so long


@dataclass(frozen=True, slots=True)
class Output:
    """Where the results of a run go."""

    folder: Path | str
    """For the clean copies; the address of one on another machine."""
    report: Path | None
    quarantine: Path | None
    overwrite: bool
    """Whether what is there may be replaced."""
    resume: bool
    """Whether to go on with what is there."""
    to: str | None = None
    """Another form to write the corpus in; None for its own."""

    @property
    def places(self) -> list[Path]:
        """All folders of this machine."""
        return [place for place in (self.folder, self.report, self.quarantine) if isinstance(place, Path)]


def named(folder: str, report: Path | None, *, no_report: bool) -> tuple[Path | str, Path | None]:
    """Return the folder of the clean copies and that of the report, by what a command line says.

    Raises:
        CorpusError: Nobody says where the report of an output on another machine goes.
    """
    if not is_url(folder):
        place = Path(folder) if Path(folder).name else Path(folder).resolve()
        return place, None if no_report else report or place.with_name(f"{place.name}-report")
    if report is None and not no_report:
        message = f"--output {folder} is on another machine: say where the report goes here, --report DIR, or --no-report"
        raise CorpusError(message)
    return folder, report


def clean_into(output: Output, found: Corpus, asked: Call, run: Run) -> None:
    """Clean what was found into folders, write the report, and say on standard error what was done.

    Args:
        output: The folders.
        found: The corpus.
        asked: The call, for its settings.
        run: What was asked for, for whoever cleans the same files again.

    Raises:
        CorpusError: The folders cannot be used so.
    """
    if not found.files:  # folders and a report of nothing would only be in the way of the next try
        if not found.problems:
            raise CorpusError(work.nothing(asked, found))
        fail(found.problems)
    corpus.refuse_twins(found)
    if output.to is not None:
        converting.refuse_twins(found, output.to)
    _check(output, asked)
    reported, written = output.report is not None, output.to is None  # files of the same form are written where they are cleaned
    task = asked.task(
        output.folder if written else None,
        diff=reported,
        report=reported,
        keep_text=not written,
        pack=reported,
        quarantine=output.quarantine,
    )
    with ExitStack() as held:
        if isinstance(output.folder, Path):
            held.enter_context(only_writer(output.folder))
        if output.resume or output.overwrite:
            for place in output.places:
                sweep(place)
        manifest = None
        if output.report is not None and isinstance(output.folder, Path):
            made_by = configuration(task, asked.roots, asked.columns)
            manifest = held.enter_context(Manifest(output.report, made_by, resume=output.resume))
        passes = held.enter_context(Passes(found, task, asked.jobs, manifest))
        counts = passes.survey()
        if passes.nothing_to_do() and output.report is not None and is_whole(output.report):
            note(f"Nothing has changed: {output.folder} and its report are as the last run left them.")
            return
        summary = _write(output, found, task, passes.clean(counts), run)
        if output.report is not None:
            keep(output.report)
        passes.finish()
    _say(summary, found, output.report)


def _write(output: Output, found: Corpus, task: Task, cleaned: Iterable[tuple[Source, Outcome]], run: Run) -> Summary:
    """Write the clean copies that are not written yet, and the report; return the figures."""
    over: list[tuple[str, str]] = []

    def judged() -> Iterator[tuple[Source, Outcome]]:
        for source, outcome in cleaned:
            over.extend(work.over_budget(source, outcome.report, task))
            yield source, outcome

    clean = output.folder if isinstance(output.folder, Path) and output.to is None else None
    with ReportFolder(output.report, sorted(task.rules), clean, run) if output.report else nullcontext() as writing:
        account = Account(Summary(errors=list(found.problems)), writing)
        if output.to is None:
            cleaning.write(found, judged(), output.folder, account)
        else:
            converting.write(found, judged(), output.folder, account, output.to)
        account.summary.skipped = found.skipped
        account.summary.over = sorted(over)
        if writing:
            writing.finish(account.summary)
    return account.summary


def _say(summary: Summary, found: Corpus, report: Path | None) -> None:
    """Say what a run comes to, and name what failed."""
    for table in summary.table():
        show(table)
        note("")
    work.say_skipped(found)
    if report is not None:
        from dechaff_cli.html import PAGE  # noqa: PLC0415  the template engine comes with it

        note(f"Report: {report / PAGE}")
    if summary.errors:
        fail(summary.errors)


def _check(output: Output, asked: Call) -> None:
    folder, report = output.folder, output.report
    here = asked.sources
    if isinstance(folder, str):
        if output.resume:
            message = f"--resume goes on with what is on this machine, not with {folder}"
            raise CorpusError(message)
        corpus.remote().check_output(asked.paths, folder, overwrite=output.overwrite)
        if report is not None:
            places.check_output(here, report, None, overwrite=output.overwrite, option="--report")
    else:
        here = _check_folder(output, folder, here)
    if output.quarantine is not None:
        here = here if report is None else [*here, report]
        places.check_output(here, output.quarantine, None, overwrite=output.overwrite or output.resume, option="--quarantine")


def _check_folder(output: Output, folder: Path, sources: list[Path]) -> list[Path]:
    """Check a folder of this machine; return it with the sources."""
    report = output.report
    if output.resume and folder.is_dir() and any(folder.iterdir()) and not (report and (report / NAME).is_file()):
        message = f"--resume: nothing in {report} tells what {folder} holds; clean into a new folder"
        raise CorpusError(message)
    places.check_output(sources, folder, report, overwrite=output.overwrite or output.resume)
    return [*sources, folder]


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder.

    Raises:
        CorpusError: Another run writes into it.
    """
    file = folder / LOCK
    if file.is_symlink() or (file.exists() and file.stat().st_nlink > 1):  # none of ours; most versions of filelock empty what it leads to
        file.unlink()
    lock = FileLock(file, timeout=_PATIENCE)
    try:
        lock.acquire()
    except Timeout as error:
        message = f"another run is writing into {folder}; wait for its end, or choose another folder"
        raise CorpusError(message) from error
    try:
        yield
    finally:
        file.unlink(missing_ok=True)  # while it is held: whoever waits for it looks again
        lock.release()


def sweep(folder: Path) -> None:
    """Remove the files that a killed run was about to put in their places."""
    for path in folder.rglob(".dechaff-*.tmp*"):
        path.unlink(missing_ok=True)
