"""Corpora as people keep them: containers of many records beside folders of files.

A form reads records from a container and writes them to one; it knows nothing of cleaning. A corpus is read record by record as often as it
is passed over, and its cleaned records are written beside a third reading, so that no more of a container is held than is being cleaned.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from dechaff_cli.corpora.forms import form_of
from dechaff_cli.corpus import CorpusError, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@\s]*@)?([^/?#:@\s\[\]]+)", re.IGNORECASE)  # RFC 3986, 3.2


class Columns(NamedTuple):
    """Where a record keeps what. What names none is found as each form says."""

    text: str = ""
    id: str = ""
    url: str = ""


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
    """Why it is left as it is, where it is no text and need not be one."""
    error: str = ""
    """Why it cannot be cleaned, where it should be a text."""
    whole: Any = None
    """All of it, as its form has it; what a form writes again unchanged."""


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
        self.streamed = any(form_of(source.name) for source in files)
        """Whether there are containers: how many documents they hold is only known when they have been read."""

    def __iter__(self) -> Iterator[Source]:
        """Yield the documents; in place of what cannot be read, a document that says so."""
        for source in self._files:
            form = form_of(source.name)
            if form is None:
                yield source
                continue
            try:
                for record in form.read(source, self._columns):
                    if not record.passed_over:
                        yield document(source, record)
            except CorpusError as error:
                yield Source(source.path, source.name, 0, source.place, error=str(error))


def document(source: Source, record: Record) -> Source:
    """Return a record of a container as a document."""
    size = 0 if record.text is None else len(record.text)
    name = f"{source.name}#{record.name}"
    place = record.place or source.place
    return Source(source.path, name, size, place, record.name, record.text, host(record.url), record.error)


def host(url: str) -> str:
    """Return the host of a web address, or nothing.

    >>> host("https://reader@WWW.example.org:443/17?to=//other.org")
    'www.example.org'
    """
    match = _HOST.match(url)
    return match[1].lower() if match else ""
