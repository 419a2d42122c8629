"""The originals of files and containers, from their clean copies and the report."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from dechaff import RestoreError
from dechaff import restore as rebuild
from dechaff_cli import corpus, places, report_folder, writing
from dechaff_cli.corpora import rewriting
from dechaff_cli.corpora.records import raw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from dechaff import FileReport
    from dechaff_cli.columns import Columns
    from dechaff_cli.corpora.records import Record


class Restored(NamedTuple):
    """What was rebuilt."""

    files: int
    exact: int
    """Containers that hold the very bytes of the originals, once unpacked."""
    others: list[str]
    """Containers whose texts are the very same, while something beside them may be written otherwise."""
    errors: list[tuple[str, str]]


def restore(report: Path, cleaned: Path, output: Path, quarantine: Path | None = None) -> Restored:
    """Rebuild what a report leads back to; a file or container that cannot be rebuilt does not stop the others.

    Args:
        report: The report folder.
        cleaned: The clean copies.
        output: The folder for the originals.
        quarantine: Where `clean --quarantine` put the files that are wholly in another language.

    Raises:
        RestoreError: There is no such report.
    """
    known = report_folder.containers(report)
    done = Restored(0, 0, [], [])
    left = dict(known)

    def container(file: FileReport | RestoreError) -> str:
        path = "" if isinstance(file, RestoreError) else file.path
        name = next((path[:at] for at, letter in enumerate(path) if letter == "#" and path[:at] in known), "")
        return "" if name and places.found(cleaned, path) else name

    for name, group in groupby(report_folder.read(report), container):
        files = _readable(group, report, done.errors)
        if not name:
            done = done._replace(files=done.files + sum(_restore(file, (cleaned, output), quarantine, done.errors) for file in files))
        elif name in left:
            done = _container(name, left.pop(name), (cleaned, output), files, done)
    for name, entry in left.items():  # those without a text
        done = _container(name, entry, (cleaned, output), iter(()), done)
    return done


def _readable(group: Iterable[FileReport | RestoreError], report: Path, errors: list[tuple[str, str]]) -> Iterator[FileReport]:
    for file in group:
        if isinstance(file, RestoreError):
            errors.append((str(report), str(file)))
        else:
            yield file


def _restore(file: FileReport, folders: tuple[Path, Path], quarantine: Path | None, errors: list[tuple[str, str]]) -> bool:
    """Rebuild a file; return whether that is done."""
    if file.error is not None:
        return False
    try:
        writing.write_below(folders[1], file.path, report_folder.original(file, folders[0], quarantine))
    except (RestoreError, corpus.CorpusError) as error:
        errors.append((file.path, str(error)))
    except OSError as error:
        errors.append((file.path, f"{error.filename or 'it'}: {error.strerror}"))
    else:
        return True
    return False


def _container(name: str, entry: tuple[Columns, str], folders: tuple[Path, Path], files: Iterator[FileReport], done: Restored) -> Restored:
    """Rebuild a container."""
    columns, digest = entry
    change = _Original(files)
    try:
        rewriting.rewrite(_source(folders[0], name), columns, places.place_below(folders[1], name), change, wanted=change.complete)
        if digest and rewriting.original(_source(folders[1], name)) == digest:
            return done._replace(exact=done.exact + 1)
    except (RestoreError, corpus.CorpusError) as error:
        done.errors.append((name, str(error)))
    except OSError as error:
        done.errors.append((name, f"{error.filename or 'it'}: {error.strerror}"))
    else:
        done.others.append(name)
    return done


def _source(folder: Path, name: str) -> corpus.Source:
    path = places.below(folder, name)
    return corpus.Source(path, name, path.stat().st_size)


class _Original:
    """Gives each record of a clean container its original text."""

    def __init__(self, files: Iterable[FileReport]) -> None:
        self._files = iter(files)

    def __call__(self, record: Record) -> bytes | None:
        file = next(self._files, None)
        if file is None:
            message = f"the report knows nothing of record {record.name}"
            raise RestoreError(message)
        if file.error is not None:
            return None
        try:
            return rebuild(raw(record), file)
        except RestoreError as error:
            message = f"record {record.name}: {error}"
            raise RestoreError(message) from error

    def complete(self) -> bool:
        """Return that all records were there.

        Raises:
            RestoreError: The report has more.
        """
        if next(self._files, None) is not None:
            message = "the clean copy lacks records that the report has"
            raise RestoreError(message)
        return True
