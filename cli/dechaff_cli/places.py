"""Where results go: folders that may be used, and paths below them that lead nowhere else."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from dechaff_cli.corpus import CorpusError, remote

if TYPE_CHECKING:
    from collections.abc import Sequence

REPORT_FILES = {
    *("findings.jsonl", "containers.jsonl", "changes.diff", "index.html", "summary.md", "summary.json"),
    *("data", "run.json", "corrections.jsonl"),
    *("resume.sqlite", "resume.sqlite-wal", "resume.sqlite-shm"),
}
"""What a report consists of. A folder that holds nothing else is an earlier report, and a new one takes its place."""


def check_output(sources: Sequence[Path], out: Path, report: Path | None, *, overwrite: bool, option: str = "--output") -> None:
    """Make the folders of an output, and refuse one that would mix with the input or hide what is there.

    Raises:
        CorpusError: It says which folder and what to do; no folder was made.
    """
    folders = [(folder, what) for folder, what in ((out, option), (report, "--report")) if folder is not None]
    for folder, what in folders:
        refuse_mixing(sources, folder, what)
        if folder is report and folder.resolve().is_relative_to(out.resolve()):
            message = f"{what} {folder} is inside {out}: the report would mix with the clean copies. Choose a folder beside it."
            raise CorpusError(message)
        if folder.exists() and not folder.is_dir():
            message = f"{what} {folder} is a file; name a folder."
            raise CorpusError(message)
        held = {path.name for path in folder.iterdir() if not path.name.startswith(".dechaff")} if folder.is_dir() else set()
        if held - (REPORT_FILES if what == "--report" else set()) and not overwrite:
            message = f"{what} {folder} is not empty; give --overwrite to replace files of the same names, or choose another folder."
            if report is not None:  # by which a run can be gone on with
                message = message.replace("--overwrite to", "--resume to go on with what is there, --overwrite to")
            raise CorpusError(message)
    made: list[Path] = []
    for folder, what in folders:
        try:
            made += make_folder(folder)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            for one in reversed(made):
                one.rmdir()
            message = f"{what} {folder} cannot be written to: {error.strerror}."
            raise CorpusError(message) from error


def refuse_mixing(sources: Sequence[Path], folder: Path, what: str) -> None:
    """Refuse a folder for an output that lies in a source, or a source in it.

    Raises:
        CorpusError: It says which, and what to do.
    """
    place = folder.resolve()
    for source in sources:
        origin = source.resolve()
        if place == origin or (origin.is_dir() and place.is_relative_to(origin)):
            message = f"{what} {folder} is inside {source}: cleaning would take its own output for input. Choose a folder beside it."
            raise CorpusError(message)
        if origin.is_relative_to(place):
            message = f"{what} {folder} holds {source}: cleaning could overwrite the originals. Choose a folder of its own."
            raise CorpusError(message)


def make_folder(folder: Path) -> list[Path]:
    """Make a folder and those above it, however many; return those that were not there, outermost first.

    Raises:
        OSError: One cannot be made.
    """
    missing = []
    for place in (folder, *folder.parents):
        if place.exists():
            break
        missing.append(place)
    for place in reversed(missing):
        place.mkdir(exist_ok=True)  # another process may be making the same one
    return missing[::-1]


def below(folder: Path, name: str) -> Path:
    """Return the path of a file in a folder.

    Args:
        folder: The folder.
        name: The name as reports have it.

    Raises:
        CorpusError: The name leads out of the folder, as one in a forged report could, or no file can have it.
    """
    try:
        here = os.fsdecode(name.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        here = ""
    if not here or "\0" in here or Path(here).is_absolute() or ".." in Path(here).parts:
        message = f"{name!r} is no path below a folder"
        raise CorpusError(message)
    return folder / here


def found(folder: Path, name: str) -> Path | None:
    """Return a file in a folder, by its name as reports have it; None if there is none, as when no file can be called so."""
    try:
        path = below(folder, name)
        return path if path.is_file() else None
    except (CorpusError, OSError):  # the name is too long, or the folder closed
        return None


def place_below(folder: Path | str, name: str) -> Path | str:
    """Return the place of a file that may be written below a folder, or below the address of one; the folders above it are made.

    Raises:
        CorpusError: The name, or a link on the way, leads out of the folder.
        OSError: A folder cannot be made.
    """
    if isinstance(folder, str):
        return str(remote().below(folder, name))
    path = below(folder, name)
    make_folder(path.parent)
    if not path.parent.resolve().is_relative_to(folder.resolve()):
        message = f"{path.parent} is a link that leads out of {folder}: writing there could overwrite other files"
        raise CorpusError(message)
    return path
