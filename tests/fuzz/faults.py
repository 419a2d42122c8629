"""What is taken from a run while it works, and what it has to leave: each function raises where a promise does not hold."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from commands import Ran, apart, begun, command, ended, expect, here

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

_NO_ROOT = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--")  # root may read anything until it gives that up
Tree = dict[str, bytes]


class Case(NamedTuple):
    """A corpus in a folder, `in`, and what an undisturbed run makes of it."""

    folder: Path
    """One of its own: the fault may change the corpus in it."""
    chance: random.Random
    include: tuple[str, ...]
    seconds: float
    """What an undisturbed run takes, about."""
    undisturbed: Tree
    code: int
    """Its exit status."""


class NotHereError(Exception):
    """The fault cannot be had on this system or with this corpus."""


def tree(folder: Path) -> Tree:
    """Return all files below a folder; not what a run keeps for the next one, which knows the times of files."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("resume.sqlite")
    }


def left(folder: Path) -> Tree:
    """Return the clean copies and the report of a run in a folder."""
    return {f"{name}/{path}": data for name in ("out", "out-report") for path, data in tree(folder / name).items()}


def same(one: Mapping[str, bytes], other: Mapping[str, bytes], what: str) -> None:
    """Raise if two trees differ, and say where."""
    names = [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]
    expect(not names, f"{what}: {len(names)} files differ: {', '.join(names[:5])}")


def _clean(case: Case, *words: str) -> list[str]:
    return ["clean", "in", "-o", "out", *case.include, *words]


def _goes_on(case: Case, *words: str) -> None:
    ran = here(case.folder, *_clean(case, "--jobs", "1", "--resume", *words))
    expect(ran.code == case.code, f"resumed: exit status {ran.code} instead of {case.code}: {ran.err}")
    same(left(case.folder), case.undisturbed, "resumed and undisturbed")


def _whole(case: Case) -> None:
    """Raise if there is half a file, or a copy that an undisturbed run would not write."""
    for name, data in left(case.folder).items():
        expect(not Path(name).name.startswith(".dechaff-"), f"{name} was left")
        if name.startswith("out/") and not name.endswith(".lock"):
            expect(case.undisturbed.get(name) == data, f"{name} is not what an undisturbed run writes")


def _refused(ran: Ran) -> None:
    expect(ran.code in {0, 2}, f"exit status {ran.code}: {ran.err}")
    expect(ran.code == 0 or "dechaff: " in ran.err, f"failed without a word: {ran.err!r}")


def _writing(case: Case, process: subprocess.Popen[bytes]) -> None:
    """Wait until a run has made its folder, and hears signals."""
    until = time.monotonic() + 60
    while process.poll() is None and not (case.folder / "out-report").exists() and time.monotonic() < until:
        time.sleep(0.01)


def killed(case: Case) -> None:
    """Kill the run at a random moment, up to three times, then go on."""
    jobs = case.chance.choice("12")
    for _ in range(case.chance.randint(1, 3)):
        process = begun(case.folder, *_clean(case, "--resume", "--jobs", jobs))
        if case.chance.random() < 0.7:
            _writing(case, process)
        time.sleep(case.chance.uniform(0, case.seconds))
        process.kill()
        process.wait()
    _goes_on(case)


def interrupted(case: Case) -> None:
    """Interrupt the run or ask it to end, then go on."""
    number, code = case.chance.choice(((signal.SIGINT, 130), (signal.SIGTERM, 143)))
    words = _clean(case, "--jobs", case.chance.choice("12"))
    process = begun(case.folder, *words)
    _writing(case, process)
    time.sleep(case.chance.uniform(0, case.seconds))
    process.send_signal(number)
    ran = ended(process, case.folder, words)
    at_the_end = -number  # the interpreter itself has it, once all is done; for a shell that is the same
    expect(ran.code in {code, at_the_end, case.code}, f"exit status {ran.code} on signal {number}: {ran.err}")
    _whole(case)
    _goes_on(case)


def worker_killed(case: Case) -> None:
    """Kill a process of the pool: its batch is tried again."""
    words = _clean(case, "--jobs", "2")
    process = begun(case.folder, *words)
    until = time.monotonic() + case.chance.uniform(0, case.seconds)
    children: list[str] = []
    while process.poll() is None and not (children and time.monotonic() > until):
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        time.sleep(0.01)
    if children:
        with contextlib.suppress(OSError):
            os.kill(int(case.chance.choice(children)), signal.SIGKILL)
    ran = ended(process, case.folder, words)
    if "no process can be started" in ran.err:  # the one that starts the others was it
        expect(ran.code == 2, f"exit status {ran.code}: {ran.err}")
        _goes_on(case)
        return
    expect(ran.code == case.code, f"exit status {ran.code} instead of {case.code}: {ran.err}")
    same(left(case.folder), case.undisturbed, "with a worker killed and undisturbed")


def _limited(case: Case, limit: int, most: int, *words: str) -> None:
    ran = apart(case.folder, *_clean(case, *words), before=lambda: resource.setrlimit(limit, (most, most)))
    _refused(ran)
    if ran.code == 0:
        same(left(case.folder), case.undisturbed, "limited and undisturbed")


def large_files(case: Case) -> None:
    """Let no file be larger than so much."""
    _limited(case, resource.RLIMIT_FSIZE, case.chance.choice((4096, 20_000, 60_000, 200_000, 1_000_000)))
    _whole_or_missing(case)


def few_handles(case: Case) -> None:
    """Let few files be open at once."""
    _limited(case, resource.RLIMIT_NOFILE, case.chance.randint(14, 40), "--jobs", case.chance.choice("12"))
    _whole_or_missing(case)


def little_memory(case: Case) -> None:
    """Cap the address space."""
    _limited(case, resource.RLIMIT_AS, case.chance.randint(350, 900) << 20, "--jobs", "1")
    _whole_or_missing(case)


def _whole_or_missing(case: Case) -> None:
    _whole(case)
    if (case.folder / "out").exists():
        _goes_on(case)


def disk_full(case: Case) -> None:
    """Write to a small file system that fills up."""
    small = case.folder / "small"
    small.mkdir()
    size = case.chance.choice((64, 150, 300, 600, 1200, 2400))
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", small], capture_output=True, check=False).returncode:  # noqa: S607
        raise NotHereError
    try:
        ran = apart(case.folder, "clean", "in", "-o", "small/out", *case.include)
        _refused(ran)
        for path, data in tree(small / "out").items():
            expect(case.undisturbed.get(f"out/{path}") == data, f"{path} is not what an undisturbed run writes")
        waste = [path.name for path in small.rglob(".dechaff-*")]
        expect(not waste, f"left on the full disk: {waste}")
        if ran.code != case.code:
            expect("space" in ran.err or "disk is full" in ran.err or "full" in ran.err, f"does not say that the disk is full: {ran.err}")
    finally:
        subprocess.run(["umount", small], check=True)  # noqa: S607


def unreadable(case: Case) -> None:
    """Take the right to read a file: it is named, and the others come out as without it."""
    one = _some(case)
    path = case.folder / "in" / one
    without = case.folder / "without"
    shutil.copytree(case.folder / "in", without / "in")
    (without / "in" / one).unlink()
    path.chmod(0)
    ran = apart(case.folder, *_clean(case), within=_NO_ROOT if os.geteuid() == 0 else ())
    expect(ran.code == 2, f"exit status {ran.code}: {ran.err}")
    expect("Permission denied" in ran.err, f"not told that it cannot be read: {ran.err}")
    here(without, *_clean(case))
    same(tree(case.folder / "out"), tree(without / "out"), "with an unreadable file and without it")


def _some(case: Case) -> str:
    files = sorted(tree(case.folder / "in"))
    if len(files) < 2:
        raise NotHereError
    return case.chance.choice(files)


def _between(case: Case, change: Callable[[], object]) -> Ran:
    """Run the command with something done between its two passes."""
    from dechaff_cli import worker
    from dechaff_cli.held import Held
    from dechaff_cli.passes import Passes

    survey, held = Passes.survey, worker._held  # noqa: SLF001  nobody else can come between them

    def then(self: Passes) -> object:
        counts = survey(self)
        change()
        return counts

    Passes.survey = then  # type: ignore[assignment,method-assign]
    start = worker.start
    if case.chance.random() < 0.7:  # else small corpora are read once

        def forgetful(*given: object, **named: object) -> None:
            start(*given, **named)  # type: ignore[arg-type]
            worker._held = Held(again=False)  # noqa: SLF001

        worker.start = forgetful
    try:
        return here(case.folder, *_clean(case, "--jobs", "1"))
    finally:
        Passes.survey, worker.start, worker._held = survey, start, held  # type: ignore[method-assign]  # noqa: SLF001


def removed_midway(case: Case) -> None:
    """Delete a file between the passes."""
    path = case.folder / "in" / _some(case)
    _refused(_between(case, path.unlink))
    _whole(case)


def changed_midway(case: Case) -> None:
    """Change a file between the passes: what is written leads back to what was read, then or before."""
    name = _some(case)
    path = case.folder / "in" / name
    before, after = path.read_bytes(), case.chance.choice((b"", b"Rain fell.\n", path.read_bytes()[: case.chance.randint(0, 500)]))
    _refused(_between(case, lambda: path.write_bytes(after)))
    ran = here(case.folder, "restore", "out-report", "out", "-o", "back")
    expect(ran.code == 0, f"restore after a file changed: {ran.err}")
    back = case.folder / "back" / name
    if back.exists() and not name.endswith("gz"):
        expect(back.read_bytes() in {before, after}, f"{name} came back as neither what it was nor what it became")


def folder_instead(case: Case) -> None:
    """Put a folder in the place of a file between the passes."""
    path = case.folder / "in" / _some(case)

    def swap() -> None:
        path.unlink()
        path.mkdir()

    _refused(_between(case, swap))
    _whole(case)


def two_runs(case: Case) -> None:
    """Start two runs into one folder: one does the work, the other does nothing or the same."""
    words = _clean(case)
    first = subprocess.Popen(command(*words), cwd=case.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(case.chance.uniform(0, case.seconds))
    second = subprocess.run(command(*words), cwd=case.folder, capture_output=True, check=False, timeout=900)
    codes = {first.wait(900), second.returncode}
    expect(b"Traceback" not in second.stderr, second.stderr.decode("utf-8", "replace"))
    expect(codes <= {case.code, 2}, f"exit statuses {codes}")
    _goes_on(case)


def elsewhere(case: Case) -> None:
    """Run in another locale, time zone and hash order, with more processes."""
    environment = case.chance.choice(
        (
            {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
            {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
            {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": str(case.chance.randint(1, 9999))},
        )
    )
    ran = apart(case.folder, *_clean(case, "--jobs", case.chance.choice("12")), environment=environment)
    expect(ran.code == case.code, f"exit status {ran.code} instead of {case.code} with {environment}: {ran.err}")
    same(left(case.folder), case.undisturbed, f"with {environment} and without")


def clocks(case: Case) -> None:
    """Change a file but neither its size nor its time, with times of long ago and of the future; then go on."""
    name = _some(case)
    path = case.folder / "in" / name
    when = case.chance.choice((0, 1_000_000_000, 4_000_000_000))
    for file in (case.folder / "in").rglob("*"):
        os.utime(file, (when, when))
    here(case.folder, *_clean(case, "--jobs", "1"))
    same(left(case.folder), case.undisturbed, "with other times and without")
    data = path.read_bytes()
    path.write_bytes(data[::-1])
    os.utime(path, (when, when))
    fresh = case.folder / "fresh"
    shutil.copytree(case.folder / "in", fresh / "in")
    code = here(fresh, *_clean(case, "--jobs", "1")).code
    ran = here(case.folder, *_clean(case, "--jobs", "1", "--resume"))
    expect(ran.code == code, f"exit status {ran.code} instead of {code}: {ran.err}")
    stale = set() if name.endswith(".txt") else {f"out/{name}"}  # the copy of a container that cannot be read any more stays
    same(
        {path: data for path, data in left(case.folder).items() if path not in stale},
        {path: data for path, data in left(fresh).items() if path not in stale},
        "after a change that no time or size tells, and fresh",
    )


def tampered(case: Case) -> None:
    """Change one byte of a clean copy or of the report: nothing but an original comes back."""
    here(case.folder, *_clean(case, "--jobs", "1"))
    copies = [path for path in sorted((case.folder / "out").rglob("*")) if path.is_file() and path.stat().st_size]
    path = case.chance.choice([*copies, case.folder / "out-report" / "findings.jsonl"])
    data = bytearray(path.read_bytes())
    if not data:
        raise NotHereError
    data[case.chance.randrange(len(data))] ^= 1 << case.chance.randrange(8)
    path.write_bytes(data)
    ran = here(case.folder, "restore", "out-report", "out", "-o", "back")
    _refused(ran)
    for name, back in tree(case.folder / "back").items():
        if name.endswith(".txt"):
            expect(back == (case.folder / "in" / name).read_bytes(), f"{name} came back otherwise than it was")


FAULTS: dict[str, Callable[[Case], None]] = {
    fault.__name__: fault
    for fault in (
        *(killed, interrupted, worker_killed, large_files, few_handles, little_memory, disk_full, unreadable, removed_midway),
        *(changed_midway, folder_instead, two_runs, elsewhere, clocks, tampered),
    )
}

OF_FILES = {fault.__name__ for fault in (unreadable, removed_midway, changed_midway, folder_instead, clocks)}
"""What needs files that can be told apart."""
