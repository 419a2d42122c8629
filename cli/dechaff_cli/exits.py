"""How the command ends: its exit codes, and what turns errors and signals into them."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

FINDINGS, FAILED, INTERRUPTED, TERMINATED = 1, 2, 130, 143
"""What a caller may rely on; the last two are 128 and the number of the signal, as shells have it."""


class Terminated(KeyboardInterrupt):
    """Somebody asked the process to end. It ends as on an interrupt: worker processes and temporary files go first."""


def fail(errors: Sequence[tuple[str, str]]) -> NoReturn:
    """Name what could not be done on standard error, and end with that status."""
    from dechaff_cli.terminal import note, safe

    for path, error in errors:
        note(f"dechaff: {safe(path)}: {safe(error)}")
    raise typer.Exit(FAILED)


@contextmanager
def exit_codes() -> Iterator[None]:
    """Turn our own errors and the system's into a message and an exit status; anything else is a bug and keeps its traceback."""
    from dechaff.errors import DechaffError
    from dechaff_cli.terminal import OutputError, flush, note, safe

    _hear_termination()
    try:
        try:
            yield
        finally:
            flush()
    except OutputError as error:
        _drop_output()
        if not error.nobody_reads:
            note(f"dechaff: {safe(str(error))}")
        raise typer.Exit(FAILED) from error
    except DechaffError as error:
        note(f"dechaff: {safe(str(error))}")
        raise typer.Exit(FAILED) from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        note(f"dechaff: {safe(where)}{safe(error.strerror or str(error))}")
        raise typer.Exit(FAILED) from error
    except MemoryError as error:
        note("dechaff: the memory of this machine does not suffice; --jobs 1 needs least, and what is written is whole")
        raise typer.Exit(FAILED) from error
    except KeyboardInterrupt as interrupt:
        ended = isinstance(interrupt, Terminated)
        note(f"dechaff: {'ended' if ended else 'interrupted'}; what is written is whole")
        raise typer.Exit(TERMINATED if ended else INTERRUPTED) from interrupt


def _hear_termination() -> None:
    def end(_signal: int, _frame: FrameType | None) -> None:
        raise Terminated

    with suppress(ValueError):  # not in the main thread: then whoever embeds us hears the signals
        signal.signal(signal.SIGTERM, end)


def _drop_output() -> None:
    """Point standard output nowhere: what is still buffered would fail once more at the end of the process."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
