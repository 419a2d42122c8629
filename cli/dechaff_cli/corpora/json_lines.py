"""JSON lines: one object a line, plain or compressed."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, BinaryIO, cast

from dechaff_cli.corpora import Record
from dechaff_cli.corpus import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dechaff_cli.corpora import Columns
    from dechaff_cli.corpus import Source


def read(source: Source, columns: Columns) -> Iterator[Record]:
    """Yield the records of a file."""
    try:
        with cast("BinaryIO", (gzip.open if source.name.lower().endswith(".gz") else open)(source.path, "rb")) as lines:
            for number, line in enumerate(lines, 1):
                yield _record(line, str(number), columns)
    except (OSError, EOFError) as error:
        message = f"cannot be read: {error}"
        raise CorpusError(message) from error


def _record(line: bytes, name: str, columns: Columns) -> Record:
    try:
        value = json.loads(line)
    except ValueError as error:
        return Record(name, error=f"is no JSON: {error}", whole=line)
    text = value.get(columns.text or "text") if isinstance(value, dict) else None
    if not isinstance(text, str):
        return Record(name, error="has no text", whole=line)
    return Record(name, text, str(value.get(columns.url or "url", "")), whole=line)
