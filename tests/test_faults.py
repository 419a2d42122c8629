"""What a run does when the system takes something away: a message, a status, whole files, and no process left waiting."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

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
        assert text == (_TEXT * 3000 if copy.name == "large.txt" else f"{_TEXT}Visit {copy.stem}.\n")


@pytest.mark.parametrize("most", [16, 32])
def test_few_open_files_are_a_message_and_no_hang(scrapes: Path, most: int) -> None:
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
    assert "Passed over: 1 pipes, sockets and devices" in said
    assert (scrapes / "out" / "folder.txt" / "page.txt").read_text() == "Rain fell.\n"
