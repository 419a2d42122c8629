"""Cuts the power of a disk under a run: `python tests/fuzz/power_cut.py FOLDER [--times 20] [--seed N]`, as root on Linux.

FOLDER holds text files, 100 MB at most. Each time a new ext4 is made in a file, the texts are copied to it, and at a random moment of a
run, or some seconds after it, the file system is shut down without its log being flushed: what the kernel had not written by then is lost,
as when the power goes. It is mounted again, and then: sources are as they were, or under --in-place each as it was or clean and whole; the
run that goes on, or that is begun again, ends with the same bytes as an undisturbed one.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import random
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from commands import command, expect, here
from faults import left, same, tree

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHUT_DOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN, linux/fs/ext4/ext4.h
_NO_LOG_FLUSH = struct.pack("I", 2)
_COMMIT = 1  # seconds between commits of ext4's log, 5 by default: more of them fall into a short run
_SIZE = 1 << 28
_PATIENCE = 20  # seconds
_MIDWAY = 0.7
_AFTER = (2, 12)  # seconds: names are on the disk after one, what files hold after up to thirty
_WAYS = {"clean": ("clean", "in", "-o", "out"), "in place": ("clean", "--in-place", "in")}


def _system(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(words, capture_output=True, check=False)


@contextmanager
def _mounted(image: Path, where: Path) -> Iterator[Path]:
    _system("mount", "-o", f"loop,commit={_COMMIT}", str(image), str(where)).check_returncode()
    try:
        yield where
    finally:
        until = time.monotonic() + _PATIENCE
        while (busy := _system("umount", str(where)).returncode) and time.monotonic() < until:
            time.sleep(0.1)  # a process that was killed is not gone at once
        if busy:
            _system("umount", "--lazy", str(where))


def _cut(where: Path) -> None:
    expect(os.path.ismount(where), f"{where} is no file system of its own")
    handle = os.open(where, os.O_RDONLY)
    try:
        fcntl.ioctl(handle, _SHUT_DOWN, _NO_LOG_FLUSH)
    finally:
        os.close(handle)


def _run_until_cut(where: Path, words: tuple[str, ...], moment: float) -> bool:
    """Cut the power at a moment of a run; return whether it was still going on."""
    process = subprocess.Popen([*command(*words)], cwd=where, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        time.sleep(moment)
        going = process.poll() is None
        _cut(where)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return going


def _undisturbed(texts: Path, folder: Path, way: str) -> tuple[dict[str, bytes], float]:
    """Return what a run leaves that nothing disturbs, and how long it takes."""
    shutil.copytree(texts, folder / "in")
    begun = time.monotonic()
    subprocess.run(command(*_WAYS[way]), cwd=folder, check=True, capture_output=True)
    seconds = time.monotonic() - begun
    return _there(folder), seconds


def _there(folder: Path) -> dict[str, bytes]:
    return {**left(folder), **{f"in/{name}": data for name, data in tree(folder / "in").items()}}


def _check(where: Path, way: str, sources: dict[str, bytes], wanted: dict[str, bytes], found: Counter[str]) -> None:
    """Ask the promises of what the disk has after the cut, then of the run that goes on."""
    there = tree(where / "in")
    for name in (name for name in there if Path(name).name.startswith(".dechaff-")):
        found["temporary files left"] += 1
        (where / "in" / name).unlink()
    for name, data in sources.items():
        expect(there.get(name) in {data, wanted[f"in/{name}"]}, f"in/{name} is neither as it was nor clean")
        found["sources clean already"] += way == "in place" and there[name] != data
    for name, data in tree(where / "out").items():
        found["copies whole" if wanted.get(f"out/{name}") == data else "copies cut off or empty"] += 1
    ran = here(where, *_WAYS[way], *(("--resume",) if way == "clean" else ()))
    expect(ran.code == 0, f"going on: exit status {ran.code}: {ran.err}")
    after = _there(where)
    for name in [name for name in after if Path(name).name.startswith(".dechaff-")]:
        found["temporary files left"] += 1
        del after[name]
    same(after, wanted, "gone on and undisturbed")


def main() -> None:
    """Cut, and say what was found."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--times", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=1)
    asked = arguments.parse_args()
    chance = random.Random(asked.seed)  # noqa: S311
    for way, words in _WAYS.items():
        with tempfile.TemporaryDirectory() as folder:
            wanted, seconds = _undisturbed(asked.folder, Path(folder), way)
        found: Counter[str] = Counter()
        for _ in range(asked.times):
            with tempfile.TemporaryDirectory() as folder:
                image, where = Path(folder) / "disk", Path(folder) / "mounted"
                with image.open("wb") as disk:
                    disk.truncate(_SIZE)
                where.mkdir()
                _system("mkfs.ext4", "-q", "-F", str(image)).check_returncode()
                with _mounted(image, where):
                    shutil.copytree(asked.folder, where / "in")
                    sources = tree(where / "in")
                    os.sync()
                    moment = chance.uniform(0.2, 1.1) * seconds if chance.random() < _MIDWAY else seconds + chance.uniform(*_AFTER)
                    going = _run_until_cut(where, words, moment)
                    found["cut midway" if going else "cut after the end"] += 1
                with _mounted(image, where):
                    _check(where, way, sources, wanted, found)
            found["held"] += 1
        print(f"{way}: {asked.times} cuts, {', '.join(f'{name}: {count}' for name, count in sorted(found.items()))}", flush=True)


if __name__ == "__main__":
    main()
