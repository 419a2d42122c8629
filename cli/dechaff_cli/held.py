"""What the first pass over a corpus prepared, for the second to go on with: as it is while memory lasts, then what was found of it."""

from __future__ import annotations

import pickle
import tempfile
import zlib
from typing import IO, TYPE_CHECKING, NamedTuple
from weakref import finalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dechaff.pipeline import Found
    from dechaff.pipeline import Work as Prepared
    from dechaff_cli.corpus import Source
    from dechaff_cli.reading import Read

MEMORY = 32 << 20
"""Bytes of files that one process alone holds as they are, in ten times as many of memory: small corpora are prepared once. In each of
several it would be what most of their memory goes to."""
_FILES = 5000  # and as many files at most
_FAST = 1  # zlib's least effort makes a third of what was found, in a hundredth of the time it took to find
_LENGTH = 8  # bytes before each entry of the file


class Note(NamedTuple):
    """What was found of a document, and by what it is known again."""

    digest: str
    """The SHA-256 of the bytes."""
    site: str
    found: Found


class Kept(NamedTuple):
    """What is held of some documents."""

    works: Mapping[Source, tuple[Read, Prepared]]
    """Those that are held as they are."""
    notes: Mapping[Source, Note]
    """What was found of others."""


class Held:
    """What one process prepared in one pass, for as long as it has not been asked for again.

    What was found of a document takes a twentieth of it: for a corpus of any size that goes into a file that has no name and is gone
    with the process. Where the file takes no more, or there is none, the second pass prepares what is missing again.
    """

    def __init__(self, *, again: bool, memory: int = 0) -> None:
        """Hold nothing yet.

        Args:
            again: Whether this process will be asked for the same documents; otherwise it never holds anything.
            memory: Bytes of files that are held as they are.
        """
        self.again = again
        """Whether anything is held."""
        self._memory = memory
        self._works: dict[Source, tuple[Read, Prepared]] = {}
        self._size = 0
        self._places: dict[int, int] = {}
        """Where in the file the note of each document is."""
        self._file: IO[bytes] | None = None

    def fits(self, size: int, documents: int) -> bool:
        """Return whether there is memory to hold documents as they are.

        Args:
            size: Bytes of their files.
            documents: How many.
        """
        return self.again and self._size + size <= self._memory and len(self._works) + documents <= _FILES

    def keep(self, works: Mapping[Source, tuple[Read, Prepared]]) -> None:
        """Hold documents as they are."""
        self._works.update(works)
        self._size += sum(source.size for source in works)

    def note(self, notes: Iterable[tuple[Source, Note]]) -> None:
        """Hold what was found of documents that will be asked for again, while there is a file that takes it."""
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="dechaff-", buffering=0)  # noqa: SIM115  it stays; unbuffered, no write fails later
                finalize(self, self._file.close)
            for source, note in notes:
                data = zlib.compress(pickle.dumps(note), _FAST)
                place = self._file.seek(0, 2)
                if self._file.write(len(data).to_bytes(_LENGTH) + data) < _LENGTH + len(data):
                    return  # the disk is full, and what is cut off is never read
                self._places[_key(source)] = place
        except (OSError, MemoryError):
            return

    def take(self, batch: Sequence[Source]) -> Kept:
        """Return what is held of some documents, and hold it no longer."""
        works = {source: self._works.pop(source) for source in batch if source in self._works}
        self._size -= sum(source.size for source in works)
        places = {source: place for source in batch if (place := self._places.pop(_key(source), None)) is not None}
        try:
            notes = {source: self._read(place) for source, place in places.items()}
            if places and not self._places and self._file is not None:
                self._file.truncate(0)
        except OSError:
            notes = {}
        return Kept(works, notes)

    def _read(self, place: int) -> Note:
        assert self._file is not None
        self._file.seek(place)
        data = self._file.read(int.from_bytes(self._file.read(_LENGTH)))
        note: Note = pickle.loads(zlib.decompress(data))  # noqa: S301  this process wrote it, into a file that has no name
        return note


def _key(source: Source) -> int:
    """Return a number for a document; should two have the same, content and site tell them apart."""
    return hash((source.name, source.number))
