"""What reaches a terminal or a CI log: corpus text made harmless, tables and progress on standard error."""

from __future__ import annotations

import errno
import re
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from rich.console import Console
from rich.measure import Measurement

from dechaff.errors import DechaffError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress
    from rich.table import Table

# Controls, surrogates and non-characters, invisible and direction-changing characters: what could drive a terminal, hide text in a log,
# or stand in no XML.
_UNSAFE = re.compile(
    "[\0-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef"
    "\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
# What drives a CI runner: GitHub reads :: at the start of a line, behind spaces too, and ##[ anywhere; Azure reads ##vso[, TeamCity
# ##teamcity[.
_COMMAND = re.compile(r"\A(\s*):(?=:)|()#(?=#(?:vso|teamcity)?\[)")
_WIDEST = 10_000  # columns that a table may ask for
_ELLIPSIS = "…"


class OutputError(DechaffError):
    """Standard output takes no more: the disk is full, or nobody reads it any longer."""

    def __init__(self, error: OSError) -> None:
        """Say why."""
        super().__init__(f"standard output cannot be written: {error.strerror}")
        self.nobody_reads = error.errno == errno.EPIPE


def safe(text: str) -> str:
    r"""Return text that can drive neither a terminal nor a CI runner: what could, as visible escapes.

    >>> safe("red \x1b[31m")
    'red \\x1b[31m'
    >>> safe(" ::stop-commands::x")
    ' \\x3a:stop-commands::x'
    """
    visible = _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)
    return _COMMAND.sub(lambda match: f"{match[1]}\\x3a" if match[1] is not None else "\\x23", visible)


def clipped(text: str, longest: int) -> str:
    """Return harmless text of a bounded length.

    Args:
        text: Any text.
        longest: Code points of it that are shown; escapes of what could do harm come on top.

    >>> clipped("Rain fell on the hill.", 9)
    'Rain fell…'
    """
    return safe(text[:longest]) + _ELLIPSIS * (len(text) > longest)


def stderr() -> Console:
    """Return the console for summaries and messages."""
    return Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def note(message: str) -> None:
    """Print one message on standard error; if that cannot be written, there is nobody to tell."""
    with suppress(OSError):
        stderr().print(message)


def show(table: Table) -> None:
    """Print a table on standard error, as wide as it is: a narrow terminal folds its lines, and loses none of them."""
    console = stderr()
    console.width = Measurement.get(console, console.options.update(width=_WIDEST), table).maximum
    with suppress(OSError):
        console.print(table)


def put(line: str) -> None:
    """Print one line of the result on standard output; what the terminal's encoding lacks is escaped.

    Raises:
        OutputError: It cannot be written.
    """
    encoding = sys.stdout.encoding or "utf-8"
    with _written():
        sys.stdout.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def put_bytes(data: bytes) -> None:
    """Write bytes to standard output as they are.

    Raises:
        OutputError: They cannot be written.
    """
    with _written():
        sys.stdout.buffer.write(data)


def flush() -> None:
    """Write out what is buffered.

    Raises:
        OutputError: It cannot be written.
    """
    with _written():
        sys.stdout.flush()


@contextmanager
def _written() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(error) from error


def is_watched() -> bool:
    """Return whether somebody may be watching standard error."""
    return stderr().is_terminal


def progress() -> Progress:
    """Return a progress bar over bytes on standard error, for those who watch; its tasks say how many `documents`."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415  few runs are watched

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[documents]:,} documents"),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=stderr(),
        transient=True,
    )


def lines_of(text: str) -> Iterator[str]:
    """Yield the lines of corpus text, each made harmless and set off so that none can begin a line of our output."""
    return (f"  | {safe(line)}" for line in text.split("\n"))
