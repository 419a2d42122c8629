"""The command as the long run calls it: in this process, or in one of its own that something can be taken from."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_LONGEST = 900  # seconds that a command may take before it counts as hanging


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: bytes
    err: str


class BrokenPromiseError(AssertionError):
    """A promise that did not hold."""


def expect(holds: object, what: str) -> None:
    """Raise if something does not hold: an assertion that no interpreter switch takes out."""
    if not holds:
        raise BrokenPromiseError(what)


def here(folder: Path, *words: str, given: bytes = b"") -> Ran:
    """Run the command in this process, in a folder; an exception that gets out is a defect and gets out here too."""
    from dechaff_cli.app import app

    streams = sys.stdin, sys.stdout, sys.stderr
    before = Path.cwd()
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace")
    sys.stdin, sys.stdout, sys.stderr = io.TextIOWrapper(io.BytesIO(given)), out, err
    os.chdir(folder)
    try:
        code = app([*words], standalone_mode=False)
        out.flush()
        err.flush()
        ran = Ran(int(code or 0), out.buffer.getvalue(), err.buffer.getvalue().decode())
    finally:
        os.chdir(before)
        sys.stdin, sys.stdout, sys.stderr = streams
    return _sound(ran, words)


def command(*words: str) -> list[str]:
    """Return the words that start it in a process of its own."""
    return [sys.executable, "-m", "dechaff_cli", *words]


def apart(
    folder: Path,
    *words: str,
    before: Callable[[], None] | None = None,
    environment: Mapping[str, str] | None = None,
    within: Sequence[str] = (),
) -> Ran:
    """Run the command in a process of its own, after something was done to that process, or within another command."""
    ran = subprocess.run(
        [*within, *command(*words)],
        cwd=folder,
        capture_output=True,
        preexec_fn=before,
        env={**os.environ, "COLUMNS": "200", **(environment or {})},
        timeout=_LONGEST,
        check=False,
    )
    return _sound(Ran(ran.returncode, ran.stdout, ran.stderr.decode("utf-8", "backslashreplace")), words)


def begun(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start the command; what it says goes to files of the folder, since nobody reads it as it runs."""
    with (folder / "stderr.txt").open("wb") as err:
        return subprocess.Popen(command(*words), cwd=folder, stdout=subprocess.DEVNULL, stderr=err)


def ended(process: subprocess.Popen[bytes], folder: Path, words: Sequence[str]) -> Ran:
    """Wait for what was begun."""
    with contextlib.closing(process.stderr or io.BytesIO()):
        code = process.wait(_LONGEST)
    return _sound(Ran(code, b"", (folder / "stderr.txt").read_text("utf-8", "backslashreplace")), words)


def _sound(ran: Ran, words: Sequence[str]) -> Ran:
    defects = ("Traceback", "Exception ignored", "a defect of dechaff")
    expect(not any(defect in ran.err for defect in defects), f"{' '.join(words)} came upon a defect:\n{ran.err}")
    return ran
