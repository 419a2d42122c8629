"""The forms of containers, by the names of files. Their modules are loaded when a file of that form comes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dechaff_cli.columns import Columns
    from dechaff_cli.corpora.records import Record
    from dechaff_cli.corpus import Source

_PACKED = ("", ".gz", ".zst")
_ENDINGS = {
    "json_lines": (*(f"{ending}{packed}" for ending in (".jsonl", ".ndjson") for packed in _PACKED), ".json.gz", ".json.zst"),
    "tables": tuple(f"{ending}{packed}" for ending in (".csv", ".tsv") for packed in _PACKED),
    "parquet": (".parquet",),
    "warc": (".warc", ".warc.gz", ".wet", ".wet.gz", ".warc.wet", ".warc.wet.gz"),
    "tar": (".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst"),
}


class Writer(Protocol):
    """A container that is being written."""

    @property
    def escaped(self) -> bool:
        """Whether the records seen last are JSON in ASCII."""
        ...

    def add(self, record: Record, text: bytes | None) -> None:
        """Write a record that was read with all it holds, before the next one is read.

        Args:
            record: The record.
            text: What its text becomes, in UTF-8; None to write the record as it is.
        """
        ...

    def finish(self) -> None:
        """Write what is left."""
        ...


class Composer(Protocol):
    """A container that is being made of another form's records."""

    def add(self, row: Mapping[str, Any]) -> None:
        """Write a row of columns.

        Raises:
            CorpusError: The row does not fit those before.
        """
        ...

    def finish(self) -> None:
        """Write what is left."""
        ...


class Form(Protocol):
    """A form of containers."""

    PACKS: bool
    """Whether it packs what it writes itself; otherwise the whole file is packed as its name says."""

    def read(self, source: Source, columns: Columns, *, whole: bool) -> Iterator[Record]:
        """Yield the records of a container in order, holding few at a time.

        Args:
            source: The container.
            columns: Where its records keep what.
            whole: Whether all of each record is wanted, and not only what is cleaned.

        Raises:
            CorpusError: It is not of this form, or damaged; what was yielded before stands.
        """
        ...

    def writer(self, out: BinaryIO, source: Source, columns: Columns) -> Writer:
        """Return what writes records of a container to another one of the same form."""
        ...

    def composer(self, out: BinaryIO) -> Composer:
        """Return what writes rows of columns to a new container."""
        ...

    def fields(self, record: Record, columns: Columns) -> Mapping[str, Any]:
        """Return a record that was read with all it holds as columns, its text among them."""
        ...


def form_of(name: str) -> Form | None:
    """Return the form of a container by the name of its file; None for a file that is one text."""
    lower = name.lower()
    for module, endings in _ENDINGS.items():
        if lower.endswith(endings):
            return cast("Form", import_module(f"{__package__}.{module}"))
    return None


def is_container(name: str) -> bool:
    """Return whether a file holds many texts, by its name."""
    return name.lower().endswith(tuple(ending for endings in _ENDINGS.values() for ending in endings))


def without_ending(name: str) -> str:
    """Return the name of a container without what names its form.

    >>> without_ending("2024/pages.jsonl.gz")
    '2024/pages'
    """
    endings = (ending for endings in _ENDINGS.values() for ending in endings if name.lower().endswith(ending))
    return name[: -len(max(endings, key=len, default=""))] or name
