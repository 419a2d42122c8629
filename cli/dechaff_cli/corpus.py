"""The user's files: found, read, named, and written back without ever leaving half a file."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from dechaff.errors import DechaffError
from dechaff_cli.columns import Columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import ModuleType

INCLUDE = ("*.txt", "*.text", "*.md")


class CorpusError(DechaffError):
    """The folders that the user named cannot be used so."""


@dataclass(frozen=True, slots=True)
class Source:
    """One document to clean: a file, or a record of a container. A container is one too, until its records are read."""

    path: Path
    """The file; for a record that of its container."""
    name: str
    """What it is called in reports and below the output folder: relative, with forward slashes."""
    size: int
    """Bytes."""
    place: str = ""
    """Where it lies below the folder that sites are folders of, if that is not the folder it was found in."""
    record: str = ""
    """What the record is called within its container; nothing for a file."""
    number: int = 0
    """Which record it is, from 1: two may have one name and one text."""
    held: bytes | str | None = field(default=None, repr=False)
    """What a record holds: it goes to whoever cleans it; a file is read there."""
    site: str = ""
    """The site, where the container knows the address; otherwise name and text tell."""
    error: str = ""
    """Why a record, or what is left of a container, has no text."""
    url: str = ""
    """Its address, if it is on another file system; `path` then only stands for it."""

    @property
    def shown(self) -> str:
        """Where it is, for people: the path of the file, and the record within it."""
        place = self.url or str(self.path)
        return f"{place}#{self.record}" if self.record else place

    def opened(self) -> BinaryIO:
        """Open the file for reading.

        Raises:
            OSError: It cannot be read.
        """
        return remote().opened(self.url) if self.url else self.path.open("rb")

    def light(self) -> Source:
        """Return it without what it holds."""
        return self if self.held is None else replace(self, held=None)

    def raw(self) -> bytes:
        """Return its bytes; of a text those of UTF-8, lone surrogates included.

        Raises:
            OSError: The file cannot be read.
        """
        if self.held is None:
            return remote().read(self.url) if self.url else self.path.read_bytes()
        return self.held.encode("utf-8", "surrogatepass") if isinstance(self.held, str) else self.held


def remote() -> ModuleType:
    """Return what reads and writes other file systems; hardly any run needs it."""
    return import_module("dechaff_cli.corpora.remote")


@dataclass(slots=True)
class Corpus:
    """The files that were found, and what was passed over."""

    files: list[Source] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    """How many files were not taken, by the reason."""
    problems: list[tuple[str, str]] = field(default_factory=list)
    """Paths that cannot be cleaned, and why."""
    columns: Columns = field(default_factory=Columns)
    """Where the records of its containers keep what."""


def find(
    paths: Sequence[Path],
    include: Sequence[str] = INCLUDE,
    passed_over: Callable[[Path], Callable[[Path, bool], str]] = lambda _: lambda _path, _is_dir: "",
) -> Corpus:
    """Return the files below some paths, in the order of their names.

    Args:
        paths: Folders, walked through; files, taken whatever they are called.
        include: Patterns for the names of files in folders; one with a slash is compared with the path below the folder.
        passed_over: Says, for a folder given here, why a path below it is not taken (and whether that path is a folder); nothing if it is.
    """
    corpus = Corpus()
    for path in paths:
        try:
            if path.is_dir():
                corpus.files += sorted(_Walk(path, corpus, include, passed_over(path)), key=lambda source: source.name)
            elif path.exists():
                corpus.files.append(Source(path, spelled(path.name), path.stat().st_size))
            else:
                corpus.problems.append((str(path), "does not exist"))
        except OSError as error:
            corpus.problems.append((str(path), f"cannot be read: {error.strerror}"))
    return corpus


def spelled(name: str) -> str:
    """Return a file name as reports have it, the same in any locale: its bytes as UTF-8, those that are none as lone surrogates."""
    return os.fsencode(name).decode("utf-8", "surrogateescape")


class _Walk:
    """A way through a folder; how deep it leads is bounded by the file system alone."""

    def __init__(self, top: Path, corpus: Corpus, include: Sequence[str], passed_over: Callable[[Path, bool], str]) -> None:
        self._top = top
        self._root = top.resolve()
        self._corpus = corpus
        self._include = include
        self._passed_over = passed_over

    def __iter__(self) -> Iterator[Source]:
        """Yield the files to clean; count the others, and name what cannot be read."""
        folders = [(os.fspath(self._top), "")]
        while folders:
            folder, below = folders.pop()
            try:
                entries = list(os.scandir(folder))
            except OSError as error:
                self._corpus.problems.append((folder, f"cannot be listed: {error.strerror}"))
                continue
            for entry in entries:
                name = below + spelled(entry.name)
                try:
                    if entry.is_dir(follow_symlinks=False):
                        folders += [(entry.path, f"{name}/")] if self._enters(entry) else []
                    else:
                        yield from self._take(entry, name)
                except OSError as error:
                    self._corpus.problems.append((entry.path, f"cannot be read: {error.strerror}"))

    def _enters(self, entry: os.DirEntry[str]) -> bool:
        """Return whether a folder is walked through; one that is not is counted."""
        if entry.name.startswith("."):
            self._corpus.skipped["hidden folders"] += 1
        elif why := self._passed_over(Path(entry.path), True):
            self._corpus.skipped[f"folders {why}"] += 1
        else:
            return True
        return False

    def _take(self, entry: os.DirEntry[str], name: str) -> Iterator[Source]:
        """Yield what an entry holds, if it is a file to clean; count it if not."""
        path = Path(entry.path)
        if entry.name.startswith("."):
            self._corpus.skipped["hidden files"] += 1
        elif entry.is_symlink() and not _leads_inside(path, self._root):
            self._corpus.skipped["symbolic links out of the folder, to a folder, or to nothing"] += 1
        elif not entry.is_file():
            self._corpus.skipped["special files (pipes, sockets, devices)"] += 1
        elif not any(fnmatch(name if "/" in pattern else entry.name, pattern) for pattern in self._include):
            self._corpus.skipped[f"files not named {', '.join(self._include)}"] += 1
        elif why := self._passed_over(path, False):
            self._corpus.skipped[f"files {why}"] += 1
        else:
            yield Source(path, name, entry.stat().st_size)


def _leads_inside(link: Path, root: Path) -> bool:
    """Return whether a link leads to a file of the same folder. Links to folders are not followed: they may form a circle."""
    try:
        return not link.is_dir() and link.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):  # a circle of links is a RuntimeError before Python 3.13
        return False


def refuse_twins(
    corpus: Corpus, place: Callable[[Source], str] = lambda source: source.name, shares: Callable[[Source], bool] = lambda _: False
) -> None:
    """Keep the first of several files that would be written to one place, or one below the other; the others become problems.

    Args:
        corpus: The files.
        place: Where a file is written, below the output folder.
        shares: Whether it is written there together with others of which that is said too.
    """
    files: dict[str, Source] = {}
    folders: dict[str, Source] = {}
    kept = []
    for source in corpus.files:
        name = place(source)
        above = list(_above(name))
        first = files.get(name) or folders.get(name) or next((files[folder] for folder in above if folder in files), None)
        if first is not None and not (place(first) == name and shares(first) and shares(source)):
            where = "to the same place as" if place(first) == name else "where there can be only one of it and"
            corpus.problems.append((source.shown, f"would be written {where} {first.shown}; clean them into folders of their own"))
            continue
        files.setdefault(name, source)
        folders.update(dict.fromkeys(above, source))
        kept.append(source)
    corpus.files = kept


def _above(name: str) -> Iterator[str]:
    """Yield the folders that a file lies in."""
    at = name.rfind("/")
    while at > 0:
        yield name[:at]
        at = name.rfind("/", 0, at)


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
    >>> site("www.example.org.md", "Rain fell."), site("www.example.org", "Rain fell.")
    ('www.example.org', 'www.example.org')
    """
    first = next((line for line in text[:2000].split("\n") if line.strip()), "")
    if match := _HOST.fullmatch(first.strip()):
        return match[1].lower()
    folder, _, page = name.rpartition("/")
    stem, _, ending = page.rpartition(".")
    if match := _HOST_IN_NAME.match(stem if f"*.{ending}" in INCLUDE else page):
        return (match[1] or match[2]).lower()
    return folder.split("/")[0]
