"""The documents of a corpus, one after the other, whatever they are kept in."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from dechaff_cli.columns import Columns
from dechaff_cli.corpora.forms import form_of, is_container
from dechaff_cli.corpus import CorpusError, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dechaff_cli.corpora.records import Record

_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@\s]*@)?([^/?#:@\s\[\]]+)", re.IGNORECASE)  # RFC 3986, 3.2


class Documents:
    """The documents of a corpus, in order: files as they are found, containers record by record. Each iteration reads them anew."""

    def __init__(self, files: Sequence[Source], columns: Columns = Columns()) -> None:  # noqa: B008  it cannot change
        """Take what was found.

        Args:
            files: Files and containers.
            columns: Where records keep what.
        """
        self._files = files
        self._columns = columns
        self.streamed = any(is_container(source.name) for source in files)
        """Whether there are containers: how many documents they hold is only known when they have been read."""
        self.skipped = Counter[str]()
        """How many records the last iteration passed over, by what they are."""

    def __iter__(self) -> Iterator[Source]:
        """Yield the documents; in place of what cannot be read, a document that says so."""
        self.skipped = skipped = Counter[str]()
        for source in self._files:
            if not is_container(source.name):
                yield source
                continue
            try:
                for number, record in enumerate(records(source, self._columns, whole=False), 1):
                    if record.passed_over:
                        skipped[record.passed_over] += 1
                    else:
                        yield document(source, record, number)
            except CorpusError as error:
                yield replace(source, error=str(error))


def records(source: Source, columns: Columns, *, whole: bool) -> Iterator[Record]:
    """Yield the records of a container, as `forms.Form.read` does.

    Raises:
        CorpusError: It is not of the form that its name says, or damaged; the message says after which record.
    """
    form = form_of(source.name)
    assert form is not None
    last = ""
    try:
        for record in form.read(source, columns, whole=whole):
            last = record.name or last
            yield record
    except CorpusError as error:
        message = f"{error}; that is after record {last}" if last else str(error)
        raise CorpusError(message) from error


def document(source: Source, record: Record, number: int) -> Source:
    """Return a record of a container as a document."""
    return Source(
        source.path,
        name(source, record),
        0 if record.text is None else len(record.text),
        place=record.place or source.place,
        record=record.name,
        number=number,
        held=record.text,
        site=host(record.url),
        error=record.error,
        url=source.url,
    )


def name(source: Source, record: Record) -> str:
    """Return what reports call a record."""
    return f"{source.name}#{record.name}"


def host(url: str) -> str:
    """Return the host of a web address, or nothing.

    >>> host("https://reader@WWW.example.org:443/17?to=//other.org")
    'www.example.org'
    """
    match = _HOST.match(url)
    return match[1].lower() if match else ""
