"""Bytes in and out of containers: compressed or not, with a bound on what they unpack to, and written whole or not at all."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from contextlib import contextmanager
from hashlib import file_digest
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from dechaff_cli.corpus import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import ReadableBuffer

    from dechaff_cli import corpus

LONGEST = 128 << 20
"""Bytes of one record: a text of a hundred long books. What claims more is a fault, and would not fit the memory of several processes."""
_RATIO = 500  # what unpacks to more is no text: deflate reaches 1,032 on zeros, 250 on one page over and over, 10 on most corpora
_FREE = 256 << 20  # bytes that may unpack from anything
_GZIP_LEVEL = 6  # as gzip has it
_CHUNK = 1 << 20


def needed(module: str, extra: str, what: str) -> Any:  # noqa: ANN401  any module
    """Return a module that only some forms need.

    Raises:
        CorpusError: It is not there; the message says what installs it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        message = f"{what} needs a library that is not installed: pip install 'dechaff[{extra}]'"
        raise CorpusError(message) from error


def _zstd() -> Any:  # noqa: ANN401
    """Return the standard library's module, or what brings it to older Pythons: others take a file that was cut off for a whole one."""
    return needed("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd", "zstd", "zstd")


class _Bounded(io.RawIOBase):
    """What a compressed file unpacks to, as long as that is in proportion."""

    def __init__(self, unpacked: BinaryIO, packed: BinaryIO) -> None:
        self._unpacked, self._packed = unpacked, packed
        self._made = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: ReadableBuffer) -> int:
        try:
            data = self._unpacked.read(len(memoryview(buffer)))
        except Exception as error:
            if not isinstance(error, EOFError | zlib.error | gzip.BadGzipFile) and type(error).__name__ != "ZstdError":  # an extra's
                raise
            message = f"is cut off or damaged: {error}"
            raise CorpusError(message) from error
        memoryview(buffer)[: len(data)] = data
        self._made += len(data)
        check_ratio(self._made, self._packed.tell())
        return len(data)

    def close(self) -> None:
        self._unpacked.close()
        super().close()


@contextmanager
def content(source: corpus.Source) -> Iterator[BinaryIO]:
    """Open what a container holds, unpacked, and turn what goes wrong with it into words.

    Raises:
        CorpusError: It cannot be read, is damaged, or unpacks to too much.
    """
    with file(source) as packed:
        name = source.name.lower()
        if name.endswith((".gz", ".tgz")):
            unpacked = cast("BinaryIO", gzip.GzipFile(fileobj=packed))
        elif name.endswith((".zst", ".tzst")):
            unpacked = cast("BinaryIO", _zstd().ZstdFile(packed))
        else:
            yield packed
            return
        with io.BufferedReader(_Bounded(unpacked, packed), _CHUNK) as bounded:
            yield bounded


@contextmanager
def file(source: corpus.Source) -> Iterator[BinaryIO]:
    """Open a container as it lies, and turn what goes wrong with it into words.

    Raises:
        CorpusError: It cannot be read, or is damaged.
    """
    try:
        with source.opened() as opened:
            yield opened
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise CorpusError(message) from error
    except Exception as error:
        if not source.url or isinstance(error, CorpusError):
            raise
        message = f"cannot be read: {type(error).__name__}: {error}"  # every file system calls what goes wrong by names of its own
        raise CorpusError(message) from error


def lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield lines with their line feeds.

    Raises:
        CorpusError: One is too long to be a record.
    """
    number = 0
    while line := stream.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            message = f"line {number} is longer than {LONGEST >> 20} MiB"
            raise CorpusError(message)
        yield line


def check_ratio(unpacked: int, size: int) -> None:
    """Refuse what unpacks to far more bytes than it has.

    Raises:
        CorpusError: It does.
    """
    if unpacked > max(_FREE, _RATIO * size):
        message = f"unpacks to more than {_RATIO} times its size, which no text does; unpack it yourself if it is sound"
        raise CorpusError(message)


def digest(source: corpus.Source) -> str:
    """Return the SHA-256 of what a container holds, unpacked: the same text can be packed in many ways."""
    with content(source) as stream:
        return file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # it takes any stream of bytes


@contextmanager
def packed(out: IO[bytes], name: str) -> Iterator[BinaryIO]:
    """Open a stream that packs what is written as the name asks; the same bytes at any time."""
    lower = name.lower()
    if lower.endswith((".gz", ".tgz")):
        with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=_GZIP_LEVEL, mtime=0, filename="") as stream:
            yield cast("BinaryIO", stream)
    elif lower.endswith((".zst", ".tzst")):
        with _zstd().ZstdFile(out, "w") as stream:
            yield stream
    else:
        yield cast("BinaryIO", out)
