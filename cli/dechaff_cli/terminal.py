"""What reaches a terminal or a CI log: corpus text made harmless, tables and progress on standard error."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

# Controls, surrogates, invisible and direction-changing characters: what could drive a terminal or hide text in a log.
_UNSAFE = re.compile(
    "[\0-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# What drives a CI runner: GitHub reads :: at the start of a line, behind spaces too, and ##[ anywhere; Azure reads ##vso[.
_COMMAND = re.compile(r"(?:(?<=\A)|(?<=\n))(\s*):(?=:)|()#(?=#(?:\[|vso\[))")


def safe(text: str) -> str:
    r"""Return text that can drive neither a terminal nor a CI runner: what could, as visible escapes.

    >>> safe("red \x1b[31m")
    'red \\x1b[31m'
    >>> safe(" ::stop-commands::x")
    ' \\x3a:stop-commands::x'
    """
    visible = _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)
    return _COMMAND.sub(lambda match: f"{match[1]}\\x3a" if match[1] is not None else "\\x23", visible)


def stderr() -> Console:
    """Return the console for summaries and messages."""
    return Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def note(message: str) -> None:
    """Print one message on standard error."""
    stderr().print(message)


def put(line: str) -> None:
    """Print one line of the result on standard output; what the terminal's encoding lacks is escaped."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def progress() -> Progress:
    """Return a progress bar on standard error, shown only where somebody is watching."""
    console = stderr()
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def lines_of(text: str) -> Iterator[str]:
    """Yield the lines of corpus text, each made harmless and set off so that none can begin a line of our output."""
    return (f"  | {safe(line)}" for line in text.split("\n"))
