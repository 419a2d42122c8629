"""What a container holds, whatever its form: records, and the columns that say where each keeps what."""

from __future__ import annotations

from base64 import b64encode
from datetime import date, time
from typing import TYPE_CHECKING, Any, NamedTuple

from dechaff_cli.corpus import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dechaff_cli.columns import Columns

WITHOUT_TEXT = "records without a text"
"""What rows are whose text is missing."""
_LONGEST_NAME = 200  # code points: longer than addresses and DOIs are, as long as a file name may be
_SHOWN = 12  # columns that a message names: what fits two lines of a terminal


class Record(NamedTuple):
    """One record of a container."""

    name: str
    """Its identifier, or its number from 1; what names it within its container."""
    text: str | bytes | None = None
    """What is to be cleaned; None where it has no text."""
    url: str = ""
    """Its address, if the container knows it."""
    place: str = ""
    """Where it lies in an archive of files."""
    passed_over: str = ""
    """What it is, in the plural, where it is no text and need not be one."""
    error: str = ""
    """Why it cannot be cleaned, where it should be a text."""
    whole: Any = None
    """All of it, as its form has it; what a form writes again unchanged."""


def raw(record: Record) -> bytes:
    """Return the bytes of a record's text; of a string those of UTF-8, lone surrogates included."""
    text = record.text or b""
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text


def named(identifier: object, number: int) -> str:
    """Return what a record is called: its identifier if that can stand in a line of a report, else its number."""
    name = "" if identifier is None else str(identifier)
    return name if 0 < len(name) <= _LONGEST_NAME and name.isprintable() else str(number)


def of_text(name: str, text: object, url: str = "") -> Record:
    """Return the record of what stands in the text column."""
    if text is None:
        return Record(name, url=url, passed_over=WITHOUT_TEXT)
    if not isinstance(text, str | bytes):
        return Record(name, url=url, error=f"its text is no string but {type(text).__name__}")
    return Record(name, text, url)


def check_columns(columns: Columns, header: Sequence[str]) -> None:
    """Refuse a table that lacks a column which somebody named, or the text.

    Raises:
        CorpusError: It says which columns there are.
    """
    if columns.text_name not in header:
        raise CorpusError(missing(columns.text_name, header))
    for name, option in ((columns.id, "--id-column"), (columns.url, "--url-column")):
        if name and name not in header:
            message = f"has no column {name!r}, which {option} names"
            raise CorpusError(message)


def missing(column: str, known: Iterable[str]) -> str:
    """Return the message that a column is not there."""
    names = list(known)
    shown = ", ".join(repr(name) for name in names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    return f"has no column {column!r}; it has {shown or 'none'}. Name the one that holds the text with --text-column"


def plain(value: object) -> str:
    """Return what JSON and CSV have no sign for, in the usual words: dates as ISO 8601 has them, bytes in base64."""
    if isinstance(value, date | time):
        return value.isoformat()
    return b64encode(value).decode("ascii") if isinstance(value, bytes) else str(value)
