"""What a run keeps of every document, so that the next one need not find it again. Whole after a kill or a power cut at any moment.

It lies in the report's folder, as an SQLite database: what that has committed is in the system's hands, and survives the process. A power
cut takes the last of it: what it says is true, but the files that it says were written may be cut off.
"""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from dechaff_cli import writing
from dechaff_cli.corpus import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from numpy.typing import NDArray

    from dechaff.repetition import Shared

NAME = "resume.sqlite"
_FILES = (NAME, f"{NAME}-wal", f"{NAME}-shm")  # the last two only while a run goes on, or after it was killed
_FORM = "1"
_TABLES = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE seen (name BLOB PRIMARY KEY, digest TEXT NOT NULL, site BLOB NOT NULL, numbers BLOB);
CREATE TABLE done (name BLOB PRIMARY KEY, made_of BLOB NOT NULL, outcome BLOB NOT NULL);
"""


class Known(NamedTuple):
    """What is known of a document."""

    digest: str
    """SHA-256 of its bytes when they were last looked at."""
    site: str
    numbers: NDArray[np.uint64] | None
    """What it adds to the counts of its site."""
    made_of: bytes = b""
    """What its outcome was made of, as `made_of` has it; nothing without one."""
    outcome: bytes = b""
    """As `Outcome.packed` has it."""


def made_of(digest: str, site: Shared) -> bytes:
    """Return what the outcome of a document depends on beside the configuration: its bytes, and what is counted of its site."""
    found = blake2b(digest.encode("ascii"), digest_size=16)
    if site.pairs.size:
        for part in (np.array([site.pages]), site.pairs, site.counts):
            found.update(np.ascontiguousarray(part).tobytes())
    return found.digest()


class Manifest:
    """The database of one folder, for one configuration."""

    def __init__(self, folder: Path, configuration: str, *, resume: bool) -> None:
        """Open it.

        Args:
            folder: Where it lies; exists.
            configuration: The digest of all that decides what becomes of a document. What was kept under another one is forgotten.
            resume: Whether to go on with what is there, rather than to begin anew.

        Raises:
            CorpusError: It is no such database, or cannot be written.
        """
        self._path, self._beside = folder / NAME, folder / f".dechaff-{NAME}.tmp"
        if not resume:
            for name in _FILES:
                (folder / name).unlink(missing_ok=True)
        with ExitStack() as opened:
            try:
                self._base = opened.enter_context(closing(sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)))
                self._begin(configuration)
            except sqlite3.DatabaseError as error:
                message = f"{self._path} cannot be used to go on: {error}; clean into a new folder, or again with --overwrite"
                raise CorpusError(message) from error
            opened.pop_all()

    def _begin(self, configuration: str) -> None:
        if not self._base.execute("SELECT 1 FROM sqlite_master WHERE name = 'done'").fetchone():
            self._base.executescript(f"PRAGMA synchronous = OFF; BEGIN; {_TABLES} COMMIT;")  # there is nothing to lose yet
        about = dict(self._base.execute("SELECT key, value FROM about"))
        wanted = {"form": _FORM, "configuration": configuration}
        self.complete = "complete" in about
        """Whether the run before this one came to its end."""
        self._untouched = True
        if {key: about.get(key) for key in wanted} != wanted:
            self.complete = False
            self._base.executescript("BEGIN; DELETE FROM about; DELETE FROM seen; DELETE FROM done; COMMIT;")
            self._base.executemany("INSERT INTO about VALUES (?, ?)", wanted.items())
        self._base.execute("CREATE TEMP TABLE now (name BLOB PRIMARY KEY) WITHOUT ROWID")
        self._base.execute("BEGIN")

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Keep what there is.

        Raises:
            CorpusError: It could not be written.
        """
        try:
            self.commit()
        except sqlite3.Error as failed:
            error = error or failed
        self._base.close()
        self._beside.unlink(missing_ok=True)
        if isinstance(error, sqlite3.Error):
            message = f"{self._path} cannot be written: {error}; the clean copies made so far are whole"
            raise CorpusError(message) from error

    def __len__(self) -> int:
        """Return how many documents it knows."""
        return int(self._base.execute("SELECT count(*) FROM seen").fetchone()[0])

    def known(self, names: Sequence[str]) -> dict[str, Known]:
        """Return what is known of some documents."""
        marks = ",".join("?" * len(names))
        rows = self._base.execute(
            "SELECT name, digest, site, numbers, made_of, outcome FROM seen LEFT JOIN done USING (name) "  # noqa: S608  question marks
            f"WHERE name IN ({marks})",
            list(map(_stored, names)),
        )
        return {
            _text(name): Known(digest, _text(site), _array(numbers), made or b"", kept or b"")
            for name, digest, site, numbers, made, kept in rows
        }

    def see(self, found: Iterable[tuple[str, Known]]) -> None:
        """Keep what the first pass found of some documents."""
        self._change()
        self._base.executemany(
            "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)",
            ((_stored(name), one.digest, _stored(one.site), None if one.numbers is None else one.numbers.tobytes()) for name, one in found),
        )

    def keep(self, found: Iterable[tuple[str, bytes, bytes]]) -> None:
        """Keep what became of some documents: name, what it was made of, and outcome."""
        self._change()
        self._base.executemany("INSERT OR REPLACE INTO done VALUES (?, ?, ?)", ((_stored(name), made, kept) for name, made, kept in found))

    def mark(self, names: Iterable[str]) -> None:
        """Remember that documents are in the corpus."""
        self._base.executemany("INSERT OR IGNORE INTO now VALUES (?)", ((_stored(name),) for name in names))

    def gone(self) -> Iterator[tuple[str, bytes]]:
        """Yield the documents that are not in the corpus any longer, with their outcomes."""
        rows = self._base.execute("SELECT name, outcome FROM done WHERE name NOT IN (SELECT name FROM now)")
        yield from ((_text(name), outcome) for name, outcome in rows)

    def commit(self) -> None:
        """Keep all until here, whatever comes."""
        self._base.execute("COMMIT")
        self._base.execute("BEGIN")

    def finish(self) -> None:
        """Mark the run as complete, and write it in order and without gaps: the same bytes, whatever way led here."""
        self._base.execute("COMMIT")
        self._beside.unlink(missing_ok=True)
        self._base.execute("ATTACH ? AS made", (str(self._beside),))
        self._base.execute("PRAGMA made.synchronous = OFF")
        self._base.execute("PRAGMA made.journal_mode = OFF")
        self._base.executescript("BEGIN; " + _TABLES.replace("CREATE TABLE ", "CREATE TABLE made."))
        self._base.execute("INSERT INTO made.about SELECT key, value FROM about WHERE key != 'complete' ORDER BY key")
        self._base.execute("INSERT INTO made.about VALUES ('complete', '')")
        for table in ("seen", "done"):
            self._base.execute(
                f"INSERT INTO made.{table} SELECT * FROM {table} WHERE name IN (SELECT name FROM now) ORDER BY name"  # noqa: S608  ours
            )
        self._base.execute("COMMIT")
        self._base.execute("DETACH made")
        self._base.execute("PRAGMA journal_mode = DELETE")  # takes the files beside it away
        self._base.close()
        try:
            writing.keep(self._beside)
            self._beside.replace(self._path)
        except OSError as error:
            message = f"{self._path} cannot be written: {error.strerror}; the clean copies and the report are whole"
            raise CorpusError(message) from error
        self._base = sqlite3.connect(":memory:", isolation_level=None)  # nothing more is kept
        self._base.execute("BEGIN")

    def _change(self) -> None:
        if self._untouched:
            self._base.execute("COMMIT")
            self._base.execute("PRAGMA synchronous = FULL")
            self._base.execute("DELETE FROM about WHERE key = 'complete'")
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("BEGIN")
            self._untouched = self.complete = False


def _stored(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogatepass")


def _array(numbers: bytes | None) -> NDArray[np.uint64] | None:
    return None if numbers is None else np.frombuffer(numbers, np.uint64)
