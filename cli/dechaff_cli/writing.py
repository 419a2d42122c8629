"""Files written so that they are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from dechaff_cli.corpus import remote
from dechaff_cli.places import make_folder, place_below

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def beside(
    path: Path | str, mode: int | None = None, wanted: Callable[[], bool] = lambda: True, *, lasting: bool = False
) -> Iterator[BinaryIO]:
    """Open a new file; it takes its place when the block ends well and it is wanted, and otherwise leaves nothing behind.

    A file of another file system is made here first, since few of them can take one back.

    Args:
        path: Where it goes, or the address.
        mode: Its permissions; those of any new file by default.
        wanted: Asked when it is complete, whether it is to take its place.
        lasting: Whether it must be on the disk before it takes its place: where it stands for what cannot be made again.

    Raises:
        OSError: It cannot be written.
    """
    handle, temporary = tempfile.mkstemp(prefix=".dechaff-", suffix=".tmp", dir=path.parent if isinstance(path, Path) else None)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            if lasting:  # a rename may reach the disk before what is renamed
                file.flush()
                os.fsync(handle)
        Path(temporary).chmod(0o666 & ~umask() if mode is None else mode)
        if wanted() and isinstance(path, Path):
            Path(temporary).replace(path)
        elif wanted():
            remote().write(path, Path(temporary))
    finally:
        Path(temporary).unlink(missing_ok=True)


def keep(path: Path) -> None:
    """Wait until a file is on the disk.

    Raises:
        OSError: It cannot be written there.
    """
    with path.open("rb+") as file:
        os.fsync(file)


def write(path: Path, data: bytes, mode: int | None = None, *, lasting: bool = False) -> None:
    """Write a file, and make the folders above it.

    Args:
        path: Where it goes.
        data: What it holds.
        mode: As for `beside`.
        lasting: The same.

    Raises:
        OSError: It could not be written; nothing is left behind.
    """
    make_folder(path.parent)
    with beside(path, mode, lasting=lasting) as file:
        file.write(data)


def write_below(folder: Path | str, name: str, data: bytes) -> None:
    """Write a file below a folder, and not through a link that leads out of it.

    Args:
        folder: The folder; the address of one on another file system.
        name: The name as reports have it.
        data: What the file holds.

    Raises:
        CorpusError: The name, or a link on the way, leads out of the folder.
        OSError: It could not be written; nothing is left behind.
    """
    place = place_below(folder, name)
    if isinstance(place, Path):
        with beside(place) as file:
            file.write(data)
    else:
        remote().write(place, data)


def umask() -> int:
    """Return the permissions that new files are not to have."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
