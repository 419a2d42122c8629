"""Tar archives of text files, plain or compressed. Nothing is unpacked to disk: members go from one archive to the other."""

from __future__ import annotations

import io
import tarfile
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from dechaff_cli.corpora import streams
from dechaff_cli.corpora.records import Record, named
from dechaff_cli.corpus import INCLUDE, CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dechaff_cli.columns import Columns
    from dechaff_cli.corpus import Source

PACKS = False
_NAMES = "utf-8"  # how the names of members are read and written: as reports spell those of files, whatever the locale


class _Whole(NamedTuple):
    """A member, and what it holds."""

    member: tarfile.TarInfo
    file: Any
    text: bytes | None


def read(source: Source, columns: Columns, *, whole: bool) -> Iterator[Record]:
    """Yield the members of an archive.

    Raises:
        CorpusError: It is damaged.
    """
    del columns
    top = _top(source)
    for number, (archive, member) in enumerate(_members(source), 1):
        if member.issparse():
            message = f"its member {member.name!r} is stored sparsely, which cannot be written again; repack the archive without --sparse"
            raise CorpusError(message)
        yield _record(archive, member, top, whole=whole)._replace(name=named(member.name, number))


def _members(source: Source) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    with streams.content(source) as stream:
        try:
            with tarfile.open(fileobj=stream, mode="r|", encoding=_NAMES) as archive:
                for member in archive:
                    archive.members = []  # type: ignore[attr-defined]  # it would remember all of them
                    yield archive, member
        except (tarfile.TarError, ValueError) as error:
            message = f"is no sound tar archive: {error}"
            raise CorpusError(message) from error


def _top(source: Source) -> str:
    """Return the one folder that all members lie in, if there is one: sites are folders of that, as if it had been named itself."""
    tops = set()
    for _, member in _members(source):
        first, _, rest = member.name.removeprefix("./").partition("/")
        if rest or not member.isdir():
            tops.add(first if rest else "")
        if len(tops) > 1:
            return ""
    top = next(iter(tops), "")
    return f"{top}/" if top else ""


def _record(archive: tarfile.TarFile, member: tarfile.TarInfo, top: str, *, whole: bool) -> Record:
    name = member.name
    record = Record(name, place=name.removeprefix("./").removeprefix(top))
    file = text = None
    if not member.isfile():
        record = record._replace(passed_over="folders" if member.isdir() else "links (or pipes, or devices)")
    else:
        file = archive.extractfile(member)
        assert file is not None
        if not any(fnmatch(name.rpartition("/")[2], pattern) for pattern in INCLUDE):
            record = record._replace(passed_over=f"members not named {', '.join(INCLUDE)}")
        elif name.startswith("/") or ".." in name.split("/"):
            record = record._replace(error="its name leads out of the archive")
        elif member.size > streams.LONGEST:
            record = record._replace(error=f"is longer than {streams.LONGEST >> 20} MiB")
        else:
            text = file.read()
            record = record._replace(text=text)
    return record._replace(whole=_Whole(member, file, text)) if whole else record


class _Writer:
    escaped = False

    def __init__(self, out: BinaryIO) -> None:
        self._archive = tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT, encoding=_NAMES)  # noqa: SIM115  closed by finish

    def add(self, record: Record, text: bytes | None) -> None:
        whole: _Whole = record.whole
        file = whole.file
        block = whole.text if text is None else text
        if block is not None:
            whole.member.size, file = len(block), io.BytesIO(block)
        self._archive.addfile(whole.member, file)
        self._archive.members = []  # type: ignore[attr-defined]  # the same

    def finish(self) -> None:
        self._archive.close()


def writer(out: BinaryIO, source: Source, columns: Columns) -> _Writer:
    """Return what writes members to an archive."""
    del source, columns
    return _Writer(out)


def fields(record: Record, columns: Columns) -> Mapping[str, Any]:
    """Return a member as columns."""
    return {"id": record.whole.member.name, columns.text_name: None}
