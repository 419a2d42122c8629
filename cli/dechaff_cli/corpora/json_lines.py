"""JSON lines: one object a line, plain or compressed. Of a record that changes, only the text is written anew; all else keeps its bytes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from dechaff_cli.corpora import streams
from dechaff_cli.corpora.records import Record, missing, named, of_text, plain
from dechaff_cli.corpus import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dechaff_cli.columns import Columns
    from dechaff_cli.corpus import Source

PACKS = False
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*+")
_ESCAPED = re.compile(rb"\\u(?!00[0-7])")
_MARK = "\ufeff"


def read(source: Source, columns: Columns, *, whole: bool) -> Iterator[Record]:
    """Yield the records of a file.

    Raises:
        CorpusError: It is damaged, or its first record has no such text column.
    """
    first = True
    with streams.content(source) as stream:
        for number, line in enumerate(streams.lines(stream), 1):
            record = _record(line, number, columns)
            if first and not record.passed_over:
                first = False
                _check(record, line, columns)
            yield record._replace(whole=line) if whole else record


def _check(record: Record, line: bytes, columns: Columns) -> None:
    """Refuse a file by its first record: one of other columns, or one value over many lines."""
    if not record.error:
        return
    if (known := _keys(line)) and columns.text_name not in known:
        raise CorpusError(missing(columns.text_name, known))
    if line.lstrip(b"\xef\xbb\xbf \t").startswith(b"["):
        message = "is a JSON array, where one object a line was expected"
        raise CorpusError(message)


def _keys(line: bytes) -> list[str]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return []
    return list(value) if isinstance(value, dict) else []


def _record(line: bytes, number: int, columns: Columns) -> Record:
    name = str(number)
    if not line.strip():
        return Record(name, passed_over="blank lines")
    try:
        value = json.loads(line)
    except UnicodeDecodeError as error:
        return Record(name, error=f"is not UTF-8: {error}")
    except (ValueError, RecursionError) as error:
        return Record(name, error=f"is no JSON: {error}")
    if not isinstance(value, dict):
        return Record(name, error="is no JSON object")
    if columns.id:
        name = named(_at(value, columns.id), number)
    url = _at(value, columns.url_name)
    if columns.text_name not in value:
        return Record(name, error=missing(columns.text_name, value))
    return of_text(name, value[columns.text_name], url if isinstance(url, str) else "")


def _at(value: Mapping[str, Any], column: str) -> Any:  # noqa: ANN401  whatever JSON holds
    """Return what a column holds; one with dots may lie within others."""
    if column in value:
        return value[column]
    outer, _, inner = column.partition(".")
    within = value.get(outer)
    return _at(within, inner) if inner and isinstance(within, dict) else None


class _Writer:
    def __init__(self, out: BinaryIO, columns: Columns) -> None:
        self._out, self._column = out, columns.text_name
        self.escaped = columns.escaped

    def add(self, record: Record, text: bytes | None) -> None:
        line: bytes = record.whole
        if not line.isascii():
            self.escaped = False
        elif _ESCAPED.search(line):
            self.escaped = True
        new = record.text if text is None else text.decode("utf-8", "surrogatepass")
        if isinstance(new, str) and new != record.text:
            line = _with_text(line, self._column, new, ascii_only=self.escaped)
        self._out.write(line)

    def finish(self) -> None:
        pass


def writer(out: BinaryIO, source: Source, columns: Columns) -> _Writer:
    """Return what writes records to a file; non-ASCII letters are escaped where the records last seen escape theirs."""
    del source
    return _Writer(out, columns)


def _with_text(line: bytes, column: str, text: str, *, ascii_only: bool) -> bytes:
    """Return a line with another text; of a column that is there twice, the last one counts, as it does for whoever reads it."""
    whole = line.decode("utf-8", "surrogatepass")
    at = _after(whole, int(whole.startswith(_MARK)), "{")
    start = end = 0
    while whole[at] != "}":
        key, at = _DECODER.raw_decode(whole, at)
        at = _after(whole, at, ":")
        _, after = _DECODER.raw_decode(whole, at)
        if key == column:
            start, end = at, after
        at = _after(whole, after, ",") if whole[_after(whole, after)] == "," else _after(whole, after)
    token = json.dumps(text, ensure_ascii=ascii_only or any("\ud800" <= letter <= "\udfff" for letter in text))
    return f"{whole[:start]}{token}{whole[end:]}".encode("utf-8", "surrogatepass")


def _after(text: str, at: int, sign: str = "") -> int:
    """Return where the next thing begins, after white space and a sign."""
    at = _SPACE.match(text, at).end()  # type: ignore[union-attr]  # matches anywhere
    if sign:
        assert text[at] == sign
        at = _SPACE.match(text, at + 1).end()  # type: ignore[union-attr]  # the same
    return at


def fields(record: Record, columns: Columns) -> Mapping[str, Any]:
    """Return a record as columns."""
    del columns
    value: dict[str, Any] = json.loads(record.whole)
    return value


class _Composer:
    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def add(self, row: Mapping[str, Any]) -> None:
        line = json.dumps(row, ensure_ascii=False, default=plain)
        self._out.write(line.encode("utf-8", "surrogatepass") + b"\n")

    def finish(self) -> None:
        pass


def composer(out: BinaryIO) -> _Composer:
    """Return what writes columns to a new file."""
    return _Composer(out)
