"""Files as they are read: their bytes and text, or why there are none, and the documents they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dechaff import Document, NotTextError, decode
from dechaff_cli import corpus

if TYPE_CHECKING:
    from dechaff.decoding import Decoded
    from dechaff_cli.corpus import Source


class Read(NamedTuple):
    """A file that was read: its bytes and text, or why there are none."""

    source: Source
    raw: bytes
    decoded: Decoded | None
    error: str


def read(source: Source, encoding: str | None = None) -> Read:
    """Return the bytes and text of a document, or why it has none."""
    if source.error:
        return Read(source, b"", None, source.error)
    try:
        raw, encoding = source.raw(), None if isinstance(source.held, str) else encoding
        return Read(source, raw, decode(raw, encoding), "")
    except OSError as error:
        return Read(source, b"", None, f"cannot be read: {error.strerror}")
    except NotTextError as error:
        return Read(source, b"", None, str(error))
    except MemoryError:
        return Read(source, b"", None, f"is too large for the memory of this machine: {source.size} bytes")


def document(found: Read) -> Document:
    """Return a file that was read as a document of its site."""
    assert found.decoded is not None
    source = found.source
    site = source.site or corpus.site(source.place or source.name, found.decoded.text)
    return Document(source.name, site, found.decoded.text)
