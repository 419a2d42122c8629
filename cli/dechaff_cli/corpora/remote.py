"""Files of other machines, with fsspec: whatever file system it knows, by its address (`s3://bucket/folder`)."""

from __future__ import annotations

import errno
import re
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from uuid import uuid4

from dechaff_cli import corpus, places
from dechaff_cli.corpora import streams
from dechaff_cli.corpus import CorpusError, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_WHOLE = frozenset({"memory", "s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oci", "hf"})
"""Where a file is there when all of it is, and not before; elsewhere it is written beside its place and moved."""


def is_url(path: str) -> bool:
    """Return whether a path is that of another file system.

    >>> is_url("s3://bucket/pages"), is_url("pages/a.txt"), is_url("C:/pages")
    (True, False, False)
    """
    return _URL.match(path) is not None


def _system(url: str) -> tuple[Any, str]:
    """Return the file system of an address, and the path on it.

    Raises:
        CorpusError: There is none, or its library is not installed.
    """
    core = streams.needed("fsspec.core", "fsspec", f"{url}:")
    try:
        system, path = core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        message = f"{url}: {error}"
        raise CorpusError(message) from error
    return system, str(path)


@contextmanager
def _in_words(url: str) -> Iterator[None]:
    """Turn what goes wrong with another machine, which every library calls by names of its own, into an OSError."""
    try:
        yield
    except (CorpusError, OSError):
        raise
    except Exception as error:
        raise OSError(errno.EIO, f"{type(error).__name__}: {error}", url) from error


def find(url: str, include: Sequence[str], found: corpus.Corpus) -> None:
    """Add the files below an address to a corpus, in the order of their names; count those that are passed over.

    Args:
        url: A folder, or a file, which is taken whatever it is called.
        include: Patterns for the names of files in folders; one with a slash is compared with the path below the folder.
        found: The corpus.
    """
    try:
        system, top = _system(url)
        with _in_words(url):
            if not system.isdir(top):
                size = int(system.size(top) or 0)
                found.files.append(Source(Path(url), url.rstrip("/").rpartition("/")[2], size, url=url))
                return
            entries = system.find(top, detail=True)
    except FileNotFoundError:
        found.problems.append((url, "does not exist"))
        return
    except (CorpusError, OSError) as error:
        found.problems.append((url, f"cannot be read: {error}"))
        return
    for path, entry in sorted(entries.items()):
        name = path[len(top) :].lstrip("/")
        if any(part.startswith(".") for part in name.split("/")):
            found.skipped["hidden files"] += 1
        elif not any(fnmatch(name if "/" in pattern else name.rpartition("/")[2], pattern) for pattern in include):
            found.skipped[f"files not named {', '.join(include)}"] += 1
        else:
            whole = f"{url.rstrip('/')}/{name}"
            found.files.append(Source(Path(whole), name, int(entry.get("size") or 0), url=whole))


def opened(url: str) -> BinaryIO:
    """Open a file for reading.

    Raises:
        OSError: It cannot be read.
    """
    with _in_words(url):
        system, path = _system(url)
        return cast("BinaryIO", system.open(path, "rb"))


def read(url: str) -> bytes:
    """Return what a file holds.

    Raises:
        OSError: It cannot be read.
    """
    with _in_words(url):
        system, path = _system(url)
        return cast("bytes", system.cat_file(path))


def write(url: str, data: bytes | Path) -> None:
    """Write a file so that it is there whole or not at all.

    Args:
        url: Where it goes.
        data: What it holds, or the file of this machine that does.

    Raises:
        OSError: It could not be written.
    """
    with _in_words(url):
        system, path = _system(url)
        protocol = {system.protocol} if isinstance(system.protocol, str) else set(system.protocol)
        place = path if protocol & _WHOLE else f"{path}.dechaff-{uuid4().hex}.tmp"
        system.makedirs(path.rpartition("/")[0], exist_ok=True)
        try:
            if isinstance(data, Path):
                system.put_file(str(data), place)
            else:
                system.pipe_file(place, data)
            if place != path:
                system.mv(place, path)
        except BaseException:
            if place != path and system.exists(place):
                system.rm_file(place)
            raise


def remove(url: str) -> None:
    """Remove a file, if it is there.

    Raises:
        OSError: It cannot be removed.
    """
    with _in_words(url):
        system, path = _system(url)
        if system.exists(path):
            system.rm_file(path)


def below(folder: str, name: str) -> str:
    """Return the address of a file in a folder.

    Raises:
        CorpusError: The name leads out of the folder.
    """
    places.below(Path(), name)
    return f"{folder.rstrip('/')}/{name}"


def check_output(sources: Sequence[str], out: str, *, overwrite: bool) -> None:
    """Refuse a folder that would mix with the input or hide what is there.

    Raises:
        CorpusError: It says which folder and what to do.
    """
    place = f"{out.rstrip('/')}/"
    for source in sources:
        if place.startswith(f"{source.rstrip('/')}/") or f"{source.rstrip('/')}/".startswith(place):
            message = f"--output {out} mixes with {source}: choose a folder beside it."
            raise CorpusError(message)
    try:
        system, path = _system(out)
        with _in_words(out):
            full = system.exists(path) and bool(system.ls(path, detail=False))
    except OSError as error:
        message = f"--output {out} cannot be written to: {error}"
        raise CorpusError(message) from error
    if full and not overwrite:
        message = f"--output {out} is not empty; give --overwrite to replace files of the same names, or choose another folder."
        raise CorpusError(message)
