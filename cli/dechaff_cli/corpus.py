"""The user's files: found, read, named, and written back without ever leaving half a file."""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from dechaff.errors import DechaffError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

INCLUDE = ("*.txt", "*.text", "*.md")
STDIN = "-"
REPORT_FILES = {"findings.jsonl", "changes.diff", "index.html", "summary.md", "summary.json"}
"""What a report consists of. A folder that holds nothing else is an earlier report, and a new one takes its place."""


class CorpusError(DechaffError):
    """The folders that the user named cannot be used so."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file to clean."""

    path: Path
    """Where it is."""
    name: str
    """What it is called in reports and below the output folder: relative, with forward slashes."""
    size: int
    """Bytes."""


@dataclass(slots=True)
class Corpus:
    """The files that were found, and what was passed over."""

    files: list[Source] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    """How many files were not taken, by the reason."""
    problems: list[tuple[str, str]] = field(default_factory=list)
    """Paths that cannot be cleaned, and why."""


def find(paths: Sequence[Path], include: Sequence[str] = INCLUDE) -> Corpus:
    """Return the files below some paths, in the order of their names.

    Args:
        paths: Folders, walked through; files, taken whatever they are called.
        include: Patterns for the names of files in folders; one with a slash is compared with the path below the folder.
    """
    corpus = Corpus()
    for path in paths:
        try:
            if path.is_dir():
                corpus.files += sorted(_walk(path, path.resolve(), corpus, include), key=lambda source: source.name)
            elif path.exists():
                corpus.files.append(Source(path, path.name, path.stat().st_size))
            else:
                corpus.problems.append((str(path), "does not exist"))
        except OSError as error:
            corpus.problems.append((str(path), f"cannot be read: {error.strerror}"))
    return corpus


def _walk(folder: Path, root: Path, corpus: Corpus, include: Sequence[str], below: str = "") -> Iterator[Source]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        corpus.problems.append((str(folder), f"cannot be listed: {error.strerror}"))
        return
    for entry in entries:
        try:
            yield from _take(entry, root, corpus, include, below)
        except OSError as error:
            corpus.problems.append((entry.path, f"cannot be read: {error.strerror}"))


def _take(entry: os.DirEntry[str], root: Path, corpus: Corpus, include: Sequence[str], below: str) -> Iterator[Source]:
    """Yield what one entry of a folder holds."""
    name = below + entry.name
    path = Path(entry.path)
    if entry.is_symlink() and not _leads_inside(path, root):
        corpus.skipped["symbolic links that lead out of the folder, to a folder, or nowhere"] += 1
    elif entry.is_dir():
        if entry.name.startswith("."):
            corpus.skipped["hidden folders"] += 1
        else:
            yield from _walk(path, root, corpus, include, f"{name}/")
    elif not entry.is_file():
        corpus.skipped["pipes, sockets and devices"] += 1
    elif any(fnmatch(name if "/" in pattern else entry.name, pattern) for pattern in include):
        yield Source(path, name, entry.stat().st_size)
    else:
        corpus.skipped[f"files not named {', '.join(include)}"] += 1


def _leads_inside(link: Path, root: Path) -> bool:
    """Return whether a link leads to a file of the same folder. Links to folders are not followed: they may form a circle."""
    try:
        return not link.is_dir() and link.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):  # a circle of links is a RuntimeError before Python 3.13
        return False


def refuse_twins(corpus: Corpus) -> None:
    """Keep the first of several files that would be written to one place; the others become problems."""
    seen: dict[str, Source] = {}
    for source in corpus.files:
        first = seen.setdefault(source.name, source)
        if first is not source:
            corpus.problems.append(
                (str(source.path), f"would be written to the same place as {first.path}; clean them into folders of their own")
            )
    corpus.files = list(seen.values())


_HOST = re.compile(r"(?:[\w-]+: ?)?<?https?://(?:[^/\s@]*@)?([\w.-]+)[^\s]*>?", re.IGNORECASE)
_HOST_IN_NAME = re.compile(
    r"(?:https?[^\w.-]*_*(?:%3A)?(?:%2F)*_*)?(www\.[\w-]+(?:\.[a-z][\w-]*)*?\.[a-z]{2,})(?=[^\w.-]|_|$)|https?[^\w.-]*_+([\w-]+(?:\.[\w-]+)*?\.[a-z]{2,})(?=[^\w.-]|_|$)",
    re.IGNORECASE,
)


def site(name: str, text: str) -> str:
    """Return the site of a page: the host of a web address that is its first line or begins its file name, else its first folder.

    >>> site("trials/17.txt", "Rain fell.")
    'trials'
    >>> site("17.txt", "https://www.example.org/17")
    'www.example.org'
    """
    first = next((line for line in text[:2000].split("\n") if line.strip()), "")
    if match := _HOST.fullmatch(first.strip()):
        return match[1].lower()
    folder, _, page = name.rpartition("/")
    if match := _HOST_IN_NAME.match(page.removesuffix(".txt")):
        return (match[1] or match[2]).lower()
    return folder.split("/")[0]


def check_output(sources: Sequence[Path], out: Path, report: Path | None, *, overwrite: bool, option: str = "--output") -> None:
    """Refuse an output that would mix with the input or hide what is there.

    Raises:
        CorpusError: It says which folder and what to do.
    """
    for folder, what in ((out, option), (report, "--report")):
        if folder is None:
            continue
        place = folder.resolve()
        for source in sources:
            origin = source.resolve()
            if place == origin or (origin.is_dir() and place.is_relative_to(origin)):
                message = f"{what} {folder} is inside {source}: cleaning would take its own output for input. Choose a folder beside it."
                raise CorpusError(message)
            if origin.is_relative_to(place):
                message = f"{what} {folder} holds {source}: cleaning could overwrite the originals. Choose a folder of its own."
                raise CorpusError(message)
        if what == "--report" and place.is_relative_to(out.resolve()):
            message = f"{what} {folder} is inside {out}: the report would mix with the clean copies. Choose a folder beside it."
            raise CorpusError(message)
        if folder.exists() and not folder.is_dir():
            message = f"{what} {folder} is a file; name a folder."
            raise CorpusError(message)
        held = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        if held - (REPORT_FILES if what == "--report" else set()) and not overwrite:
            message = f"{what} {folder} is not empty; give --overwrite to replace files of the same names, or choose another folder."
            raise CorpusError(message)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            message = f"{what} {folder} cannot be written to: {error.strerror}."
            raise CorpusError(message) from error


def below(folder: Path, name: str) -> Path:
    """Return the path of a file in a folder.

    Raises:
        CorpusError: The name leads out of the folder, as one in a forged report could.
    """
    path = folder / name
    if Path(name).is_absolute() or ".." in Path(name).parts or not name:
        message = f"{name!r} is no path below a folder"
        raise CorpusError(message)
    return path


def write_below(folder: Path, name: str, data: bytes) -> None:
    """Write a file below a folder, and not through a link that leads out of it.

    Raises:
        CorpusError: The name, or a link on the way, leads out of the folder.
        OSError: It could not be written; nothing is left behind.
    """
    path = below(folder, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.parent.resolve().is_relative_to(folder.resolve()):
        message = f"{path.parent} is a link that leads out of {folder}: writing there could overwrite other files"
        raise CorpusError(message)
    write(path, data)


def write(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all.

    Raises:
        OSError: It could not be written; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=".dechaff-", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(beside).chmod(0o666 & ~umask())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def umask() -> int:
    """Return the permissions that new files are not to have."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
