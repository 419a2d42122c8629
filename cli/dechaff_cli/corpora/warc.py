"""WARC and WET, with warcio: plain texts are cleaned (`conversion` and `resource` records of text/plain), all other records are carried."""

from __future__ import annotations

import gzip
import io
from base64 import b32encode
from contextlib import redirect_stderr
from hashlib import sha1
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from dechaff_cli.corpora import streams
from dechaff_cli.corpora.records import Record, named
from dechaff_cli.corpus import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dechaff_cli.columns import Columns
    from dechaff_cli.corpus import Source

PACKS = True  # its records, one by one
_CLEANED = {"conversion", "resource"}  # whose block is the document itself; that of a response begins with the headers of HTTP
_DIGESTS = ("WARC-Block-Digest", "WARC-Payload-Digest")
_CHUNK = 1 << 20


class _Whole(NamedTuple):
    """A record as warcio gives it, and its block if that was read."""

    headers: Any
    block: Any
    text: bytes | None


def read(source: Source, columns: Columns, *, whole: bool) -> Iterator[Record]:
    """Yield the records of a file.

    Raises:
        CorpusError: It is damaged, or a record is not as long as it says.
    """
    warcio = streams.needed("warcio.archiveiterator", "warc", "WARC")
    number = 0
    with streams.content(source) as stream:
        found = warcio.WARCIterator(stream, no_record_parse=True)
        while True:
            try:
                with redirect_stderr(io.StringIO()):  # it prints what we raise
                    one = next(found, None)
                if found.err_count:
                    message = f"record {number} is longer than it says"
                    raise CorpusError(message)
                if one is None:
                    return
                number += 1
                yield _record(one, number, columns, whole=whole)
                if one.raw_stream.limit and not _all_of(one.raw_stream):
                    message = f"record {number} is cut off, or shorter than it says"
                    raise CorpusError(message)
            except (ValueError, AttributeError, warcio.ArchiveLoadFailed) as error:
                message = f"is no sound WARC file after record {number}: {error}"
                raise CorpusError(message) from error


def _all_of(stream: Any) -> bool:  # noqa: ANN401
    """Read what is left of a record; return whether it is all there."""
    while stream.limit and stream.read(_CHUNK):
        pass
    return not stream.limit


def _record(one: Any, number: int, columns: Columns, *, whole: bool) -> Record:  # noqa: ANN401
    headers = one.rec_headers
    length = one.length
    if length is None or length < 0 or not hasattr(one.raw_stream, "limit"):
        message = f"record {number} does not say how long it is"
        raise CorpusError(message)
    kind = (headers.get_header("Content-Type") or "text/plain").partition(";")[0].strip().lower()
    name = named(headers.get_header(columns.id) if columns.id else None, number)
    url = (headers.get_header(columns.url or "WARC-Target-URI") or "").strip("<>")
    if one.rec_type not in _CLEANED or kind != "text/plain":
        what = f"{one.rec_type} records" if one.rec_type not in _CLEANED else f"{one.rec_type} records of {kind}"
        return Record(name, url=url, passed_over=what, whole=_Whole(headers, one.raw_stream, None) if whole else None)
    if length > streams.LONGEST:
        error = f"is longer than {streams.LONGEST >> 20} MiB"
        return Record(name, url=url, error=error, whole=_Whole(headers, one.raw_stream, None) if whole else None)
    text = one.raw_stream.read(length)
    if len(text) < length:
        message = f"record {number} is cut off, or shorter than it says"
        raise CorpusError(message)
    return Record(name, text, url, whole=_Whole(headers, None, text) if whole else None)


class _Writer:
    escaped = False

    def __init__(self, out: BinaryIO, *, packed: bool) -> None:
        self._out, self._packed = out, packed

    def add(self, record: Record, text: bytes | None) -> None:
        whole: _Whole = record.whole
        if not self._packed:
            self._write(self._out, whole, text)
            return
        with gzip.GzipFile(
            fileobj=self._out, mode="wb", mtime=0, filename=""
        ) as member:  # one a record: readers leap from record to record
            self._write(member, whole, text)

    def _write(self, out: Any, whole: _Whole, text: bytes | None) -> None:  # noqa: ANN401
        block = whole.text if text is None else text
        if block is not None and block != whole.text:
            _describe(whole.headers, block)
        out.write(whole.headers.to_bytes(encoding="utf-8"))
        if block is not None:
            out.write(block)
        else:
            while data := whole.block.read(_CHUNK):
                out.write(data)
        out.write(b"\r\n\r\n")

    def finish(self) -> None:
        pass


def _describe(headers: Any, block: bytes) -> None:  # noqa: ANN401
    """Make the headers of a record say what its new block is."""
    headers.replace_header("Content-Length", str(len(block)))
    for name in _DIGESTS:
        if headers.get_header(name) is not None:
            headers.replace_header(name, f"sha1:{b32encode(sha1(block, usedforsecurity=False).digest()).decode('ascii')}")


def writer(out: BinaryIO, source: Source, columns: Columns) -> _Writer:
    """Return what writes records to a file."""
    del columns
    return _Writer(out, packed=source.name.lower().endswith(".gz"))


def fields(record: Record, columns: Columns) -> Mapping[str, Any]:
    """Return a record as columns."""
    headers = record.whole.headers
    named = {"id": "WARC-Record-ID", "url": "WARC-Target-URI", "date": "WARC-Date"}
    found = {name: (headers.get_header(header) or "").strip("<>") for name, header in named.items()}
    return {**found, columns.text_name: None}
