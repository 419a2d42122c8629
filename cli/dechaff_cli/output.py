"""The folders that a run writes into: one run at a time, and nothing left of one that was killed."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from dechaff_cli import corpus, work
from dechaff_cli.corpora import converting
from dechaff_cli.corpora.remote import is_url
from dechaff_cli.corpus import CorpusError
from dechaff_cli.manifest import NAME, Manifest
from dechaff_cli.resuming import configuration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dechaff_cli.corpus import Corpus
    from dechaff_cli.rerun import Run
    from dechaff_cli.work import Call

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


def clean_into(output: Output, found: Corpus, asked: Call, to: str | None, run: Run | None = None) -> None:
    """Clean what was found into folders.

    Args:
        output: The folders.
        found: The corpus.
        asked: The call, for its settings.
        to: Another form to write it in; None for its own.
        run: What was asked for, for whoever cleans the same files again.

    Raises:
        CorpusError: The folders cannot be used so.
    """
    corpus.refuse_twins(found)
    if to is not None:
        converting.refuse_twins(found, to)
    _check(output, asked)
    report = output.report
    written = to is None  # where they are cleaned
    task = asked.task(
        output.folder if written else None,
        diff=report is not None,
        report=report is not None,
        keep_text=not written,
        pack=report is not None,
        quarantine=output.quarantine,
    )
    with ExitStack() as held:
        if isinstance(output.folder, Path):
            held.enter_context(only_writer(output.folder))
        if output.resume or output.overwrite:
            for place in output.places:
                sweep(place)
        manifest = None
        if report is not None and isinstance(output.folder, Path):
            made_by = configuration(task, asked.roots, asked.columns)
            manifest = held.enter_context(Manifest(report, made_by, resume=output.resume))
        work.clean_folder(found, task, output.folder, report, asked.jobs, to, manifest, run)


def _check(output: Output, asked: Call) -> None:
    folder, report = output.folder, output.report
    here = asked.sources
    if isinstance(folder, str):
        if output.resume:
            message = f"--resume goes on with what is on this machine, not with {folder}"
            raise CorpusError(message)
        corpus.remote().check_output(asked.paths, folder, overwrite=output.overwrite)
        if report is not None:
            corpus.check_output(here, report, None, overwrite=output.overwrite, option="--report")
    else:
        here = _check_folder(output, folder, here)
    if output.quarantine is not None:
        corpus.check_output(here, output.quarantine, None, overwrite=output.overwrite or output.resume, option="--quarantine")


def _check_folder(output: Output, folder: Path, sources: list[Path]) -> list[Path]:
    """Check a folder of this machine; return it with the sources."""
    report = output.report
    if output.resume and folder.is_dir() and any(folder.iterdir()) and not (report and (report / NAME).is_file()):
        message = f"--resume: nothing in {report} tells what {folder} holds; clean into a new folder"
        raise CorpusError(message)
    corpus.check_output(sources, folder, report, overwrite=output.overwrite or output.resume)
    return [*sources, folder]


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder.

    Raises:
        CorpusError: Another run writes into it.
    """
    lock = FileLock(folder / LOCK, timeout=_PATIENCE)
    try:
        lock.acquire()
    except Timeout as error:
        message = f"another run is writing into {folder}; wait for its end, or choose another folder"
        raise CorpusError(message) from error
    try:
        yield
    finally:
        (folder / LOCK).unlink(missing_ok=True)  # while it is held: whoever waits for it looks again
        lock.release()


def sweep(folder: Path) -> None:
    """Remove the files that a killed run was about to put in their places."""
    for path in folder.rglob(".dechaff-*.tmp*"):
        path.unlink(missing_ok=True)
