"""CSV: a header, and rows with a column of text. Rows that do not change keep their bytes."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, NamedTuple

from dechaff_cli.corpora import streams
from dechaff_cli.corpora.records import Record, check_columns, named, plain
from dechaff_cli.corpus import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dechaff_cli.columns import Columns
    from dechaff_cli.corpus import Source

PACKS = False
_DELIMITERS = ",;\t|"  # likeliest first
_BYTES: Any = {
    "encoding": "utf-8",
    "errors": "surrogateescape",
}  # what is not UTF-8 goes through untouched, and is decoded as a file would be
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_Quoting = Literal[0, 1]
_QUOTING: tuple[_Quoting, ...] = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)
csv.field_size_limit(streams.LONGEST)


class _Whole(NamedTuple):
    """A row as it is read: its bytes, its cells, and the header with the sign between its cells."""

    raw: str
    row: list[str]
    header: list[str]
    delimiter: str


class _Lines:
    """Lines that remember what the reader of rows has taken since it was last asked."""

    def __init__(self, stream: BinaryIO) -> None:
        self._lines = streams.lines(stream)
        self._taken: list[str] = []
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self._size += len(line)
            if self._size > streams.LONGEST:
                message = f"a row is longer than {streams.LONGEST >> 20} MiB, or its quotation mark is never closed"
                raise CorpusError(message)
            self._taken.append(line.decode(**_BYTES))
            yield self._taken[-1]

    def taken(self) -> str:
        raw = "".join(self._taken)
        self._taken, self._size = [], 0
        return raw


def read(source: Source, columns: Columns, *, whole: bool) -> Iterator[Record]:
    """Yield the rows of a file.

    Raises:
        CorpusError: It is damaged, or has no such text column.
    """
    with streams.content(source) as stream:
        lines = _Lines(stream)
        taking = iter(lines)
        first = next(taking, "")
        if first.encode(**_BYTES).startswith(_WIDE):
            message = "is UTF-16: convert it to UTF-8 first"
            raise CorpusError(message)
        first = first.removeprefix("\ufeff")
        delimiter = _delimiter(first, columns.text_name)
        try:
            rows = csv.reader(_chained(first, taking), delimiter=delimiter, strict=True)
            header = next(rows, [])
            check_columns(columns, header)
            raw = lines.taken()
            if whole:
                yield Record("", passed_over="headers", whole=_Whole(raw, [], header, delimiter))
            for number, row in enumerate(rows, 1):
                record = _record(row, number, header, columns)
                raw = lines.taken()
                yield record._replace(whole=_Whole(raw, row, header, delimiter)) if whole else record
        except csv.Error as error:
            message = f"is no CSV from line {rows.line_num} on: {error}"
            raise CorpusError(message) from error


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def _delimiter(first: str, column: str) -> str:
    """Return the sign between cells: the one that makes the column stand in the header."""
    for sign in _DELIMITERS:
        with suppress(csv.Error):  # whoever reads the rows meets it again, and can say where
            if column in next(csv.reader([first], delimiter=sign), []):
                return sign
    return _DELIMITERS[0]


def _record(row: Sequence[str], number: int, header: Sequence[str], columns: Columns) -> Record:
    name = str(number)
    if not row:
        return Record(name, passed_over="blank lines")
    if len(row) != len(header):
        return Record(name, error=f"has {len(row)} cells, its header has {len(header)}")
    cells = dict(zip(header, row, strict=True))
    name = named(_text(cells.get(columns.id, "")), number)
    return Record(name, cells[columns.text_name].encode(**_BYTES), _text(cells.get(columns.url_name, "")))


def _text(cell: str) -> str:
    return cell.encode(**_BYTES).decode("utf-8", "replace")


class _Writer:
    escaped = False

    def __init__(self, out: BinaryIO, columns: Columns) -> None:
        self._out, self._column = out, columns.text_name

    def add(self, record: Record, text: bytes | None) -> None:
        whole: _Whole = record.whole
        raw = whole.raw
        if text is not None and text != record.text:
            at = len(whole.header) - 1 - whole.header[::-1].index(self._column)
            new = [text.decode(**_BYTES) if place == at else cell for place, cell in enumerate(whole.row)]
            ending = raw[len(raw.rstrip("\r\n")) :]  # the last row may have none
            style = next((style for style in _QUOTING if _written(whole.row, whole.delimiter, style, ending) == raw), _QUOTING[0])
            raw = _written(new, whole.delimiter, style, ending)
        self._out.write(raw.encode(**_BYTES))

    def finish(self) -> None:
        pass


def writer(out: BinaryIO, source: Source, columns: Columns) -> _Writer:
    """Return what writes rows to a file."""
    del source
    return _Writer(out, columns)


def _written(row: Sequence[str], delimiter: str, quoting: _Quoting, ending: str) -> str:
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=delimiter, quoting=quoting, lineterminator="\r\n").writerow(row)  # it quotes the signs of this end alone
    return line.getvalue().removesuffix("\r\n") + ending


def fields(record: Record, columns: Columns) -> Mapping[str, Any]:
    """Return a row as columns."""
    del columns
    whole: _Whole = record.whole
    return {name: _text(cell) for name, cell in zip(whole.header, whole.row, strict=False)}


class _Composer:
    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._header: list[str] | None = None

    def add(self, row: Mapping[str, Any]) -> None:
        if self._header is None:
            self._header = list(row)
            self._write(self._header)
        if unknown := [name for name in row if name not in self._header]:
            message = f"has a column {unknown[0]!r} that the first record has not: CSV has one header; --to jsonl takes such records"
            raise CorpusError(message)
        self._write([_cell(row.get(name)) for name in self._header])

    def _write(self, row: Sequence[str]) -> None:
        self._out.write(_written(row, ",", csv.QUOTE_MINIMAL, "\n").encode("utf-8", "surrogatepass"))

    def finish(self) -> None:
        pass


def composer(out: BinaryIO) -> _Composer:
    """Return what writes columns to a new file."""
    return _Composer(out)


def _cell(value: object) -> str:
    """Return a value as a cell: words as they are, none as an empty cell, all else as JSON has it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=plain)
