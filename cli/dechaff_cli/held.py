"""What the first pass over a corpus prepared, for the second to go on with: as it is while memory lasts, then what was found of it."""

from __future__ import annotations

import pickle
import tempfile
import zlib
from typing import IO, TYPE_CHECKING, NamedTuple
from weakref import finalize

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dechaff.pipeline import Found
    from dechaff.pipeline import Work as Prepared
    from dechaff_cli.corpus import Source
    from dechaff_cli.reading import Read

MEMORY = 32 << 20
"""Bytes of files that one process alone holds as they are, in ten times as many of memory: small corpora are prepared once. In each of
several it would be what most of their memory goes to."""
_FILES = 5000  # and as many files at most
_FAST = 1  # zlib's least effort makes a third of what was found, in a hundredth of the time it took to find


class Kept(NamedTuple):
    """What is held of some documents."""

    works: Mapping[Source, tuple[Read, Prepared]]
    """Those that are held as they are."""
    found: Mapping[str, tuple[str, Found]]
    """Of others, by their names: the SHA-256 of the content that was prepared, and what was found in it."""


_NOTHING = Kept({}, {})


class Held:
    """What one process prepared in one pass, for as long as it has not been asked for again.

    What was found of a document takes a twenty-fifth of it: for a corpus of any size that goes into a file that has no name and is gone
    with the process.
    """

    def __init__(self, *, again: bool, memory: int = 0) -> None:
        """Hold nothing yet.

        Args:
            again: Whether this process will be asked for the same documents; otherwise it never holds anything.
            memory: Bytes of files that are held as they are.
        """
        self._again, self._memory = again, memory
        self._works: dict[Source, tuple[Read, Prepared]] = {}
        self._size = 0
        self._places: dict[int, tuple[int, int]] = {}
        """Where in the file each batch is, and how long."""
        self._file: IO[bytes] | None = None

    def fits(self, size: int, documents: int) -> bool:
        """Return whether there is memory to hold documents as they are.

        Args:
            size: Bytes of their files.
            documents: How many.
        """
        return self._again and self._size + size <= self._memory and len(self._works) + documents <= _FILES

    def keep(self, works: Mapping[Source, tuple[Read, Prepared]]) -> None:
        """Hold documents as they are."""
        self._works.update(works)
        self._size += sum(source.size for source in works)

    def note(self, batch: Sequence[Source], found: Mapping[str, tuple[str, Found]]) -> None:
        """Hold what was found of the documents of a batch; nothing, where no file can take it.

        Args:
            batch: All its documents.
            found: As `Kept` has it, of those that were prepared.
        """
        if not self._again:
            return
        data = zlib.compress(pickle.dumps(found), _FAST)
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="dechaff-")  # noqa: SIM115  it stays
                finalize(self, self._file.close)
            place = self._file.seek(0, 2)
            self._file.write(data)
            self._file.flush()
        except OSError:  # a full disk: the second pass prepares it again
            return
        self._places[_key(batch)] = place, len(data)

    def take(self, batch: Sequence[Source]) -> Kept:
        """Return what is held of the documents of a batch, and hold it no longer."""
        works = {source: self._works.pop(source) for source in batch if source in self._works}
        self._size -= sum(source.size for source in works)
        place = self._places.pop(_key(batch), None) if self._places else None
        if place is None or self._file is None:
            return _NOTHING._replace(works=works)
        self._file.seek(place[0])
        found = pickle.loads(zlib.decompress(self._file.read(place[1])))  # noqa: S301  this process wrote it, into a file that has no name
        if not self._places:
            self._file.truncate(0)
        return Kept(works, found)


def _key(batch: Sequence[Source]) -> int:
    """Return a number for a batch; a second batch may have the same: what was found goes by names and contents."""
    return hash(tuple(source.name for source in batch))
