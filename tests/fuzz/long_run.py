"""Random corpora through all commands with faults: `python tests/fuzz/long_run.py --minutes 120 [--seed N] [--keep DIR]`.

Each round makes a corpus and asks every promise of it, undisturbed and with one fault. A round that fails leaves its corpus and the reason
in DIR/ROUND, and `--seed N --only ROUND` runs it again: all but the moments of kills is decided by seed and round.
"""

from __future__ import annotations

import argparse
import csv
import gc
import gzip
import io
import json
import random
import shutil
import sys
import tarfile
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from commands import expect, here
from faults import FAULTS, OF_FILES, Case, NotHereError, left, same, tree
from random_corpora import FORMS, Corpus, corpus

import promises
from dechaff import NotTextError, decode

if TYPE_CHECKING:
    from collections.abc import Iterator

csv.field_size_limit(1 << 30)
_LARGE = 300_000  # bytes: of larger documents the promises are asked by way of the command alone
_CONTAINERS = ("--include", "*.txt", "--include", "*.jsonl", "--include", "*.tar", "--include", "*.gz", "--include", "*.csv")


def _records(name: str, data: bytes) -> Iterator[bytes]:
    """Yield the texts of a container."""
    data = gzip.decompress(data) if name.endswith(".gz") else data
    if ".tar" in name:
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            for member in tar:
                file = tar.extractfile(member)
                yield file.read() if file else b""
    elif ".csv" in name:
        yield from (row[1].encode("utf-8", "surrogatepass") for row in csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
    else:
        for line in data.split(b"\n"):
            try:
                yield json.loads(line)["text"].encode("utf-8", "surrogatepass")
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                yield line


def _came_back(was: dict[str, bytes], back: dict[str, bytes], said: str, failed: set[str]) -> None:
    for name, data in was.items():
        if name in failed:
            continue
        expect(name in back, f"{name} did not come back")
        now = back[name]
        if name.endswith(".txt"):
            expect(now == data, f"{name} came back otherwise than it was")
        elif f"{name}: restored with every text" in said:
            expect([*_records(name, now)] == [*_records(name, data)], f"the texts of {name} came back otherwise than they were")
        else:
            unpacked = [gzip.decompress(one) if name.endswith(".gz") else one for one in (now, data)]
            expect(unpacked[0] == unpacked[1], f"{name} came back otherwise than it was, once unpacked")


def _undisturbed(made: Corpus, folder: Path, chance: random.Random) -> Case:
    """Ask what an undisturbed run promises."""
    include = () if made.form == "folder" else _CONTAINERS
    made.write(folder / "in")
    begin = time.monotonic()
    words = ["clean", "in", "-o", "out", *include, "--jobs", "1"]
    ran = here(folder, *words)
    seconds = time.monotonic() - begin + 1.5
    expect(ran.code in {0, 2}, f"exit status {ran.code}: {ran.err}")
    results = left(folder)
    reports = [json.loads(line) for line in results["out-report/findings.jsonl"].splitlines()]
    failed = {report["path"] for report in reports if report.get("error")}
    expect(not failed or ran.code == 2, f"exit status {ran.code} with {failed}")
    expect(ran.code == 0 or "dechaff: " in ran.err, f"failed without a word: {ran.err!r}")
    was = tree(folder / "in")
    same(was, dict(made.files), "the corpus after cleaning and before")
    unread = {name for name in was if name not in tree(folder / "out")}
    expect(not unread or ran.code == 2, f"{unread} not written, exit status {ran.code}")
    restored = here(folder, "restore", "out-report", "out", "-o", "back")
    expect(restored.code == 0, f"restore: exit status {restored.code}: {restored.err}")
    _came_back(was, tree(folder / "back"), restored.err, failed | unread)

    checked = here(
        folder,
        "check",
        "in",
        *include,
        "--jobs",
        "1",
        "--output-format",
        chance.choice(("concise", "full", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown")),
    )
    found = any(report.get("findings") for report in reports)
    expect(
        checked.code == (2 if ran.code == 2 else int(found)), f"check: {checked.code}, clean: {ran.code}, findings: {found}: {checked.err}"
    )
    shown = here(folder, "diff", "in", *include, "--jobs", "1")
    expect(shown.code in {checked.code, 0}, f"diff: exit status {shown.code}: {shown.err}")
    return Case(folder, chance, include, seconds, results, ran.code)


def _again(case: Case) -> None:
    """Ask for the same in other batches, unchanged by going on, and of what is clean."""
    from dechaff_cli.engine import batches

    folder = case.folder
    clean = ["clean", "in", "-o", "out", *case.include, "--jobs", "1"]
    going = here(folder, *clean, "--resume")
    expect(going.code == case.code, f"going on with what is done: exit status {going.code}")
    same(left(folder), case.undisturbed, "after going on with what is done")
    files, size = batches.FILES, batches.BYTES
    other = folder / "batches"
    other.mkdir()
    (other / "in").symlink_to(folder / "in")
    try:
        batches.FILES, batches.BYTES = case.chance.choice((1, 2, 7)), case.chance.choice((1000, 1 << 20))
        ran = here(other, *clean)
    finally:
        batches.FILES, batches.BYTES = files, size
    expect(ran.code == case.code, f"in other batches: exit status {ran.code}")
    same(left(other), case.undisturbed, "in other batches")

    learned = here(folder, "learn", "in", "-o", "sites.jsonl", *case.include, "--jobs", "1", "--date", "2026-11-22")
    expect(learned.code == case.code or (learned.code == 2 and "dechaff: " in learned.err), f"learn: {learned.code}: {learned.err}")
    once = here(folder, "clean", "in", "-o", "once", *case.include, "--jobs", "1", "--profile", "sites.jsonl")
    expect(once.code == case.code, f"with a profile: exit status {once.code}: {once.err}")
    if not tree(folder / "once"):
        return
    twice = here(folder, "clean", "once", "-o", "twice", *case.include, "--jobs", "1", "--profile", "sites.jsonl")
    expect(twice.code in {0, case.code}, f"the second time: exit status {twice.code}: {twice.err}")
    now, then = tree(folder / "twice"), tree(folder / "once")
    same({name: data for name, data in then.items() if name in now}, now, "cleaned twice and once, with a profile")


def _texts(made: Corpus) -> int:
    """Ask the promises of each document by itself; return how many were refused."""
    refused = 0
    for raw in made.texts:
        if len(raw) > _LARGE:
            continue
        if not promises.decodes_or_refuses(raw):
            refused += 1
            continue
        promises.restores(raw)
        try:
            text = decode(raw).text
        except NotTextError:
            continue
        promises.keeps(text)
        promises.settles(text)
    return refused


class Figures:
    """What was done and found."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.counts: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.forms: Counter[str] = Counter()
        self.memory: list[int] = []

    def sample(self) -> None:
        """Note how much memory this process holds."""
        gc.collect()
        self.memory.append(int(Path("/proc/self/statm").read_text().split()[1]) * 4 // 1024)

    def lines(self) -> Iterator[str]:
        """Yield them for people."""
        yield ", ".join(f"{count:,} {what}" for what, count in self.counts.items())
        yield "faults: " + ", ".join(f"{count} {what}" for what, count in sorted(self.faults.items()))
        yield "forms: " + ", ".join(f"{count} {what}" for what, count in sorted(self.forms.items()))
        if tenths := [self.memory[at] for at in range(0, len(self.memory), max(len(self.memory) // 10, 1))]:
            yield f"memory of this process in MB, at each tenth: {', '.join(map(str, tenths))}; at the end {self.memory[-1]}"


def _round(number: int, seed: int, folder: Path, figures: Figures) -> None:
    chance = random.Random(f"{seed}/{number}")  # noqa: S311  no secrets
    fault = [*FAULTS][number % len(FAULTS)]
    made = corpus(chance, FORMS if fault not in OF_FILES else ("folder", "mixed"))
    figures.forms[made.form] += 1
    figures.counts["documents"] += len(made.texts)
    figures.counts["bytes"] += sum(map(len, made.files.values()))
    figures.counts["refused"] += _texts(made)
    case = _undisturbed(made, folder / "whole", chance)
    _again(case)
    made.write(folder / "fault" / "in")
    try:
        FAULTS[fault](case._replace(folder=folder / "fault"))
        figures.faults[fault] += 1
    except NotHereError:
        figures.faults[f"{fault} (not to be had)"] += 1


def main() -> int:
    """Run rounds until the time is up; return the exit status."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--minutes", type=float, default=120)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", type=int, help="one round")
    asked.add_argument("--keep", type=Path, default=Path("long-run"), help="where rounds that fail are kept")
    given = asked.parse_args()
    figures = Figures()
    until = time.monotonic() + given.minutes * 60
    number = given.only or 0
    while time.monotonic() < until:
        with tempfile.TemporaryDirectory(prefix="long-run-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            folder.chmod(0o755)
            try:
                _round(number, given.seed, folder, figures)
            except Exception:  # noqa: BLE001  whatever it is, the next round is run
                figures.counts["differences"] += 1
                kept = given.keep / str(number)
                shutil.rmtree(kept, ignore_errors=True)
                shutil.copytree(folder, kept, symlinks=True, ignore_dangling_symlinks=True)
                (kept / "why.txt").write_text(f"--seed {given.seed} --only {number}\n{traceback.format_exc()}")
                print(f"round {number}: {traceback.format_exc().splitlines()[-1][:300]}", flush=True)
        figures.counts["rounds"] += 1
        figures.sample()
        number += 1
        if given.only is not None:
            break
        if not number % 15:
            print(f"after {(given.minutes * 60 - until + time.monotonic()) / 60:.0f} minutes", *figures.lines(), sep="\n  ", flush=True)
    print(*figures.lines(), sep="\n")
    return int(bool(figures.counts["differences"]))


if __name__ == "__main__":
    sys.exit(main())
