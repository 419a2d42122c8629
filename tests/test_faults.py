"""What a run does when the system takes something away: a message, a status, whole files, and no process left waiting."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dechaff_cli import held, worker
from dechaff_cli.passes import Passes

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

    Dechaff = Callable[..., Ran]

resource = pytest.importorskip("resource", reason="limits are set as on Unix")

COMMAND = [sys.executable, "-m", "dechaff_cli", "clean", "in", "-o", "out"]
_TEXT = "The patient was seen in the clinic, and nothing else happened there in the whole of that long and rainy week.\n"


@pytest.fixture
def scrapes(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(70):
        (folder / f"{number}.txt").write_text(f"Skip to main content\n{_TEXT}Visit {number}.\nCite this\n")
    (folder / "large.txt").write_text(_TEXT * 3000)
    return tmp_path


def _make_larger(folder: Path) -> None:
    """Add pages until they fill several batches: what fits one is worked on without processes."""
    for number in range(4):
        shutil.copy(folder / "in" / "large.txt", folder / "in" / f"large-{number}.txt")


def _run(folder: Path, limit: int, value: int, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [*COMMAND, *words],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(limit, (value, value)),
        timeout=300,
        check=False,
    )
    return done.returncode, done.stderr.decode()


def _assert_whole(folder: Path) -> None:
    for copy in (folder / "out").iterdir():
        assert not copy.name.startswith(".dechaff-")
        text = copy.read_text()
        assert text == (_TEXT * 3000 if copy.name.startswith("large") else f"{_TEXT}Visit {copy.stem}.\n")


@pytest.mark.parametrize("most", [16, 32])
def test_few_open_files_are_a_message_and_no_hang(scrapes: Path, most: int) -> None:
    _make_larger(scrapes)
    code, said = _run(scrapes, resource.RLIMIT_NOFILE, most, "--jobs", "2")
    assert code in {0, 2}
    assert (code == 0) == ("Report: " in said)
    assert "Traceback" not in said
    _assert_whole(scrapes)


def test_a_copy_that_does_not_fit_is_named_and_stops_no_other(scrapes: Path) -> None:
    code, said = _run(scrapes, resource.RLIMIT_FSIZE, 200_000, "--no-report")
    assert code == 2
    assert "dechaff: large.txt: its clean copy cannot be written: File too large" in said
    _assert_whole(scrapes)
    assert len(list((scrapes / "out").iterdir())) == 70


@pytest.mark.parametrize("most", [8_000, 40_000, 60_000])
def test_a_report_that_does_not_fit_is_a_message_and_the_copies_stay(scrapes: Path, most: int) -> None:
    (scrapes / "in" / "large.txt").unlink()
    code, said = _run(scrapes, resource.RLIMIT_FSIZE, most)
    assert code == 2
    assert "dechaff: " in said
    assert "out-report" in said
    assert "Traceback" not in said
    _assert_whole(scrapes)
    assert not [path.name for path in (scrapes / "out-report").iterdir() if path.name.startswith(".dechaff-")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_are_passed_over_and_folders_may_be_named_like_files(scrapes: Path) -> None:
    os.mkfifo(scrapes / "in" / "pipe.txt")
    (scrapes / "in" / "folder.txt").mkdir()
    (scrapes / "in" / "folder.txt" / "page.txt").write_text("Rain fell.\n")
    code, said = _run(scrapes, resource.RLIMIT_CORE, 0)
    assert code == 0
    assert "Passed over: 1 special file (pipes, sockets, devices)" in said
    assert (scrapes / "out" / "folder.txt" / "page.txt").read_text() == "Rain fell.\n"


@pytest.fixture(params=["nothing", "what was found"])
def between(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """Return a list of what is done between the two passes, in which no document is held from one to the other."""
    do: list[Callable[[], object]] = []
    survey, start = Passes.survey, worker.start

    def then(self: Passes) -> object:
        counts = survey(self)
        for one in do:
            one()
        return counts

    def forgetful(*given: Any, **named: Any) -> None:  # noqa: ANN401  whatever it takes
        start(*given, **named)
        monkeypatch.setattr(worker, "_held", held.Held(again=False))

    monkeypatch.setattr(Passes, "survey", then)
    monkeypatch.setattr(worker, "MEMORY", 0)
    if request.param == "nothing":
        monkeypatch.setattr(worker, "start", forgetful)
    return do


def _records(folder: Path) -> dict[str, Any]:
    lines = (folder / "out-report" / "findings.jsonl").read_text().splitlines()
    return {record["path"]: record for record in map(json.loads, lines)}


@pytest.mark.parametrize("change", ["deleted", "made a folder", "not text any more"])
def test_a_file_that_goes_between_the_passes_is_named_and_stops_no_other(
    dechaff: Dechaff, scrapes: Path, between: list[Callable[[], object]], change: str
) -> None:
    one = scrapes / "in" / "7.txt"
    between.append(lambda: one.write_bytes(b"%PDF-1.4") if change == "not text any more" else one.unlink())
    if change == "made a folder":
        between.append(one.mkdir)
    ran = dechaff("clean", "in", "-o", "out", "--jobs", "1")
    assert ran.code == 2
    assert "7.txt: " in ran.err
    assert "error" in _records(scrapes)["7.txt"]
    _assert_whole(scrapes)
    assert len(list((scrapes / "out").iterdir())) == 70
    assert dechaff("restore", "out-report", "out", "-o", "back").code == 0


def test_a_file_that_changes_between_the_passes_is_cleaned_as_it_is_then(
    dechaff: Dechaff, scrapes: Path, between: list[Callable[[], object]]
) -> None:
    after = f"Skip to main content\n{_TEXT}Visit 7, and later another one.\nCite this\n"
    between.append(lambda: (scrapes / "in" / "7.txt").write_text(after))
    assert dechaff("clean", "in", "-o", "out", "--jobs", "1").code == 0
    assert dechaff("restore", "out-report", "out", "-o", "back").code == 0
    assert (scrapes / "back" / "7.txt").read_text() == after


def test_a_file_that_may_not_be_read_any_more_is_named(scrapes: Path) -> None:
    """Root may read anything, unless it gives up that right."""
    words = COMMAND
    if os.geteuid() == 0:
        words = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--", *COMMAND]
        if subprocess.run([*words[:4], "true"], capture_output=True, check=False).returncode:
            pytest.skip("cannot give up the rights of root here")
    (scrapes / "in" / "7.txt").chmod(0)
    ran = subprocess.run([*words, "--jobs", "1"], cwd=scrapes, capture_output=True, timeout=300, check=False)
    assert ran.returncode == 2
    assert b"7.txt: cannot be read: Permission denied" in ran.stderr
    _assert_whole(scrapes)
    assert len(list((scrapes / "out").iterdir())) == 70


def test_a_folder_that_may_not_be_written_any_more_is_a_message(
    dechaff: Dechaff, scrapes: Path, between: list[Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the permission was lost between the passes: root would have it still."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "out")

    between.append(lambda: monkeypatch.setattr("tempfile.mkstemp", refuse))
    ran = dechaff("clean", "in", "-o", "out", "--jobs", "1")
    assert ran.code == 2
    assert "Permission denied" in ran.err
    assert "Traceback" not in ran.err
    _assert_whole(scrapes)


def test_too_little_memory_is_a_message(dechaff: Dechaff, scrapes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def finish(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("dechaff.Pipeline.finish", finish)
    ran = dechaff("clean", "in", "-o", "out", "--jobs", "1")
    assert ran.code == 2
    assert "the memory of this machine does not suffice" in ran.err
    _assert_whole(scrapes)


def test_little_memory_leaves_whole_files(scrapes: Path) -> None:
    code, said = _run(scrapes, resource.RLIMIT_AS, 700 << 20, "--jobs", "1")
    assert code in {0, 2}
    assert "Traceback" not in said
    _assert_whole(scrapes)


def test_a_clock_that_goes_wrong_changes_nothing(dechaff: Dechaff, scrapes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert dechaff("clean", "in", "-o", "out", "--jobs", "1").code == 0
    ticks = iter(range(4_000_000_000, 0, -40_000_000))
    with monkeypatch.context() as patched:
        patched.setattr(time, "time", lambda: float(next(ticks, 0)))
        for file in (scrapes / "in").iterdir():
            os.utime(file, (0, 0))
        assert dechaff("clean", "in", "-o", "again", "--jobs", "1").code == 0
    for name in ("index.html", "findings.jsonl", "changes.diff", "summary.json"):
        assert (scrapes / "out-report" / name).read_bytes() == (scrapes / "again-report" / name).read_bytes()
    one = scrapes / "in" / "7.txt"
    one.write_text(one.read_text().replace("Visit 7.", "Visit 8."))
    os.utime(one, (0, 0))
    assert dechaff("clean", "in", "-o", "again", "--jobs", "1", "--resume").code == 0
    assert "Visit 8." in (scrapes / "again" / "7.txt").read_text()


def _children(process: int | str) -> list[str]:
    try:
        return Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:  # it has ended
        return []


def _workers(process: int | str) -> list[str]:
    """Return the processes that work for one: neither what keeps account of shared memory, nor what others are forked from."""
    found = []
    for child in _children(process):
        with suppress(OSError):
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"forkserver" in command:
                found += _children(child)
            elif b"resource_tracker" not in command:
                found.append(child)
    return found


def test_a_killed_worker_changes_nothing(scrapes: Path) -> None:
    _make_larger(scrapes)
    process = subprocess.Popen([*COMMAND, "--jobs", "2"], cwd=scrapes, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if not Path(f"/proc/{process.pid}/task/{process.pid}/children").exists():
        process.kill()
        pytest.skip("needs to know the processes of a process")
    until = time.monotonic() + 120
    while process.poll() is None and not _workers(process.pid) and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.3)  # it is at work by now, and what was about to become another program has become it
    worker = _workers(process.pid)[-1]
    os.kill(int(worker), signal.SIGKILL)
    assert process.poll() is None
    assert process.wait(300) == 0
    _assert_whole(scrapes)
    assert len(list((scrapes / "out").iterdir())) == 75


@pytest.mark.parametrize("words", [("clean", "in", "--in-place"), ("learn", "in", "-o", "sites.jsonl"), ("baseline", "write", "in")])
def test_what_cannot_be_made_again_is_on_the_disk_before_it_takes_its_place(
    dechaff: Dechaff, scrapes: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    for number in range(1, 70):
        (scrapes / "in" / f"{number}.txt").unlink()
    (scrapes / "in" / "large.txt").unlink()
    happened: list[tuple[str, int]] = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(handle: int) -> None:
        happened.append(("synced", os.fstat(handle).st_ino))
        fsync(handle)

    def noted_replace(self: Path, target: Path) -> Path:
        happened.append(("renamed", self.stat().st_ino))
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    assert dechaff(*words, "--jobs", "1").code == 0
    renamed = [inode for what, inode in happened if what == "renamed"]
    assert renamed
    for inode in renamed:
        assert happened.index(("synced", inode)) < happened.index(("renamed", inode))


def test_a_manifest_that_does_not_fit_leaves_nothing_behind(dechaff: Dechaff, scrapes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        """As a database on a disk that is full just when all else is done."""

        def __init__(self, base: sqlite3.Connection) -> None:
            self._base = base

        def __getattr__(self, name: str) -> object:
            return getattr(self._base, name)

        def execute(self, sql: str, *given: Any) -> object:  # noqa: ANN401  whatever it takes
            if sql == "DETACH made":
                message = "database or disk is full"
                raise sqlite3.OperationalError(message)
            return self._base.execute(sql, *given)

    connect = sqlite3.connect
    monkeypatch.setattr("sqlite3.connect", lambda *given, **named: Full(connect(*given, **named)))
    ran = dechaff("clean", "in", "-o", "out", "--jobs", "1")
    assert ran.code == 2
    assert "resume.sqlite cannot be written: database or disk is full" in ran.err
    assert not [path.name for path in (scrapes / "out-report").iterdir() if path.name.startswith(".dechaff-")]
    _assert_whole(scrapes)
