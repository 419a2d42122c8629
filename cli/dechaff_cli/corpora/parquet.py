"""Parquet, with pyarrow: rows come and go in batches; schema, types and the other columns stay as they are."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from dechaff_cli.corpora import streams
from dechaff_cli.corpora.records import Record, check_columns, named, of_text
from dechaff_cli.corpus import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dechaff_cli.columns import Columns
    from dechaff_cli.corpus import Source

PACKS = True  # its columns, each by itself
_BATCH = 4 << 20  # bytes of a batch of rows: a thousand pages; larger ones are no faster
_GROUP = 64 << 20  # bytes of a row group: what readers of Parquet like to take at once, and what is held while it is written
_MOST_ROWS = 1024
_FIRST_ROWS = 16  # that tell how large rows are once unpacked: a value that stands in all of them is stored once
_LEARNED = 1000  # records that a new file's types are taken from


class _Row(NamedTuple):
    """A row: the batch that it stands in, and where."""

    batch: Any
    at: int


def _pyarrow() -> Any:  # noqa: ANN401  has no types
    return streams.needed("pyarrow", "parquet", "Parquet")


@contextmanager
def _opened(source: Source) -> Iterator[Any]:
    """Open a file.

    Raises:
        CorpusError: It is damaged.
    """
    pa = _pyarrow()
    streams.needed("pyarrow.parquet", "parquet", "Parquet")
    try:
        with streams.file(source) as file:
            yield pa.parquet.ParquetFile(file, buffer_size=1 << 20)  # a page at a time, and not a whole row group
    except (pa.ArrowException, UnicodeDecodeError) as error:
        message = f"is no sound Parquet file: {str(error).splitlines()[0]}"
        raise CorpusError(message) from error


def read(source: Source, columns: Columns, *, whole: bool) -> Iterator[Record]:
    """Yield the rows of a file.

    Raises:
        CorpusError: It is damaged, or has no such text column.
    """
    with _opened(source) as table:
        names = table.schema_arrow.names
        _check(table.schema_arrow, columns)
        wanted = None if whole else [name for name in dict.fromkeys([columns.text_name, columns.id, columns.url_name]) if name in names]
        number = unpacked = 0
        for batch in _batches(table, wanted):
            unpacked += batch.nbytes
            streams.check_ratio(unpacked, source.size)
            ids, urls = (_column(batch, name) for name in (columns.id, columns.url_name))
            for at, text in enumerate(batch.column(columns.text_name)):
                number += 1
                name = named(None if ids is None else ids[at].as_py(), number)
                url = "" if urls is None else str(urls[at].as_py() or "")
                record = of_text(name, text.as_py(), url)
                yield record._replace(whole=_Row(batch, at)) if whole else record


def _check(schema: Any, columns: Columns) -> None:  # noqa: ANN401
    """Refuse a file without a column of texts."""
    check_columns(columns, schema.names)
    if len(set(schema.names)) < len(schema.names):
        message = "has two columns of one name"
        raise CorpusError(message)
    kind = schema.field(columns.text_name).type
    kind = getattr(kind, "value_type", kind)  # of a dictionary
    types = _pyarrow().types
    texts = (types.is_null, types.is_string, types.is_large_string, types.is_string_view, types.is_binary, types.is_large_binary)
    if not any(fits(kind) for fits in texts):
        message = f"its column {columns.text_name!r} holds {kind}, no text"
        raise CorpusError(message)


def _column(batch: Any, name: str) -> Any:  # noqa: ANN401
    return batch.column(name) if name in batch.schema.names else None


def _batches(table: Any, wanted: list[str] | None) -> Iterator[Any]:  # noqa: ANN401
    """Yield batches of rows, none of two row groups, each small however large its rows are."""
    for group in range(table.num_row_groups):
        first = next(table.iter_batches(_FIRST_ROWS, row_groups=[group], columns=wanted, use_threads=False), None)
        if first is None:
            continue
        said = table.metadata.row_group(group)
        size = max(first.nbytes // len(first), said.total_byte_size // max(said.num_rows, 1), 1)
        rows = max(1, min(_MOST_ROWS, _BATCH // size))
        yield from table.iter_batches(rows, row_groups=[group], columns=wanted, use_threads=False)


class _Writer:
    escaped = False

    def __init__(self, out: BinaryIO, source: Source, columns: Columns) -> None:
        self._pa = _pyarrow()
        with _opened(source) as table:
            self._schema = table.schema_arrow
            groups = [0] if table.num_row_groups else []
            sound = any(True for _ in table.iter_batches(1, row_groups=groups, use_threads=False))
            said = table.metadata
            self._groups = [said.row_group(at).num_rows for at in range(said.num_row_groups)][::-1]
            first = said.row_group(0) if sound else None  # to ask for a codec that nobody knows ends the process
            packed = {} if first is None else {_path(first, at): _codec(first, at) for at in range(first.num_columns)}
        self._column = self._schema.names.index(columns.text_name)
        self._out = self._pa.parquet.ParquetWriter(out, self._schema, compression=packed or "snappy")
        self._texts: list[str | bytes | None] = []
        self._batch: Any = None
        self._held: list[Any] = []
        self._rows = 0

    def add(self, record: Record, text: bytes | None) -> None:
        row: _Row = record.whole
        if row.batch is not self._batch:
            self._close_batch()
            self._batch = row.batch
        if text is None:
            self._texts.append(record.text)
        else:
            self._texts.append(text.decode("utf-8") if isinstance(record.text, str) else text)

    def _close_batch(self) -> None:
        """Hold the batch with its new texts until its row group is complete, or large."""
        if self._batch is None:
            return
        column = self._pa.array(self._texts, type=self._schema.field(self._column).type)
        self._held.append(self._batch.set_column(self._column, self._schema.field(self._column), column))
        self._rows += len(self._texts)
        self._texts, self._batch = [], None
        while self._groups and not self._groups[-1]:
            self._groups.pop()
        if self._rows == self._groups[-1]:
            self._groups.pop()
            self._write()
        elif sum(batch.nbytes for batch in self._held) > _GROUP:
            self._groups[-1] -= self._rows
            self._write()

    def _write(self) -> None:
        table = self._pa.Table.from_batches(self._held, self._schema)
        self._out.write_table(table, row_group_size=max(len(table), 1))
        self._held, self._rows = [], 0

    def finish(self) -> None:
        self._close_batch()
        self._out.close()


def writer(out: BinaryIO, source: Source, columns: Columns) -> _Writer:
    """Return what writes rows to a file of the same schema, packed alike, in the same row groups unless they are large."""
    return _Writer(out, source, columns)


def _path(group: Any, at: int) -> str:  # noqa: ANN401
    return str(group.column(at).path_in_schema)


def _codec(group: Any, at: int) -> str:  # noqa: ANN401
    codec = str(group.column(at).compression)
    return "none" if codec == "UNCOMPRESSED" else codec


def fields(record: Record, columns: Columns) -> Mapping[str, Any]:
    """Return a row as columns."""
    del columns
    row: _Row = record.whole
    return {name: row.batch.column(at)[row.at].as_py() for at, name in enumerate(row.batch.schema.names)}


class _Composer:
    def __init__(self, out: BinaryIO) -> None:
        self._pa = _pyarrow()
        streams.needed("pyarrow.parquet", "parquet", "Parquet")
        self._file = out
        self._out: Any = None
        self._rows: list[Mapping[str, Any]] = []
        self._done = 0

    def add(self, row: Mapping[str, Any]) -> None:
        self._rows.append(row)
        if len(self._rows) == _LEARNED:
            self._write()

    def _write(self) -> None:
        try:
            if self._out is None:
                names = dict.fromkeys(name for row in self._rows for name in row)
                table = self._pa.table({name: [row.get(name) for row in self._rows] for name in names})
                self._out = self._pa.parquet.ParquetWriter(self._file, table.schema)
            else:
                known = set(self._out.schema.names)
                if unknown := next((name for row in self._rows for name in row if name not in known), None):
                    message = f"has a column {unknown!r} that its first {_LEARNED:,} records have not; --to jsonl takes such records"
                    raise CorpusError(message)
                table = self._pa.Table.from_pylist(self._rows, schema=self._out.schema)
            self._out.write_table(table)
        except (self._pa.ArrowException, OverflowError, UnicodeEncodeError) as error:
            message = f"has columns of more than one type among records {self._done + 1:,} to {self._done + len(self._rows):,}: {error}"
            raise CorpusError(message) from error
        self._done += len(self._rows)
        self._rows = []

    def finish(self) -> None:
        if self._rows or self._out is None:
            self._write()
        self._out.close()


def composer(out: BinaryIO) -> _Composer:
    """Return what writes columns to a new file, with the types of its first records."""
    return _Composer(out)
