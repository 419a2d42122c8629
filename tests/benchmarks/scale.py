"""Prints what a run costs as corpora, processes and machines grow: the table of the README's section on scale.

    python tests/benchmarks/scale.py PAGES [jobs] [files] [memory] [growth] [ray] [kills] [--large BYTES] [--documents N]

PAGES is a JSON-lines file of pages with `text` or `lines`, plain or gzipped, as the corpora below are synthesised from real ones: each page
again and again, with its number in its lines that are not shared, on sites of fifty pages. Processor time is that of all processes, their
children included; memory is the largest sum of their proportional sets (PSS), so that what processes share counts once. Ratios are those of
runs in turn, A B A B.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DECHAFF = [sys.executable, "-m", "dechaff_cli"]
SITE = 50  # pages of a synthesised site
MB = 1e6


class Cost(NamedTuple):
    """What a command cost."""

    wall: float
    """Seconds."""
    processor: float
    """Seconds, of all its processes."""
    memory: float
    """MB, of all its processes at once; 0 where nobody looked."""


def pages(path: Path) -> list[list[str]]:
    """Return the lines of real pages."""
    found = []
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            found.append([text[0] for text in row["lines"]] if "lines" in row else row["text"].split("\n"))
    return found


def documents(real: list[list[str]], longest: int = sys.maxsize) -> Iterator[tuple[str, str]]:
    """Yield pages without end, as site and text: a site is fifty turns of one page, whose long lines are other ones each time."""
    number = 0
    while True:
        page = real[(number // SITE) % len(real)]
        lines = [f"{line} {number}" if len(line) > 60 else line for line in page]
        text = "\n".join(lines)
        yield f"site-{number // SITE}.example", text if len(text) <= longest else text[: text.rfind("\n", 0, longest) + 1]
        number += 1


def write_files(
    real: list[list[str]], folder: Path, *, count: int = sys.maxsize, size: int = sys.maxsize, longest: int = sys.maxsize
) -> float:
    """Write pages to files, a folder a site, until there are so many or so many bytes; return the megabytes."""
    written = 0
    for number, (site, text) in enumerate(documents(real, longest)):
        if number == count or written >= size:
            break
        if not number % SITE:
            (folder / site).mkdir(parents=True)
        written += (folder / site / f"{number}.txt").write_bytes(text.encode("utf-8", "surrogatepass"))
    return written / MB


def write_lines(real: list[list[str]], path: Path, count: int, longest: int) -> float:
    """Write pages to one file of JSON lines; return its megabytes."""
    with path.open("w", encoding="utf-8") as out:
        for number, (site, text) in enumerate(documents(real, longest)):
            if number == count:
                break
            out.write(json.dumps({"url": f"https://{site}/{number}", "text": text}) + "\n")
    return path.stat().st_size / MB


def cost(command: list[str], *, watched: bool = False) -> Cost:
    """Run a command, and return what it cost."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    largest = 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        done = threading.Event()

        def watch() -> None:
            nonlocal largest
            while not done.wait(0.5):
                largest = max(largest, sum(map(_memory, _family(process.pid))))

        watcher = threading.Thread(target=watch)
        if watched:
            watcher.start()
        status = process.wait()
        done.set()
        if watched:
            watcher.join()
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if status:
        print(f"  status {status}: {' '.join(command)}")
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, largest)


def _family(process: int) -> list[int]:
    """Return a process and all below it."""
    found = [process]
    for one in found:
        for listed in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += map(int, listed.read_text().split())
            except OSError:
                continue
    return found


def _memory(process: int) -> float:
    """Return the proportional set of a process in MB."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1000


def clean(source: Path, out: Path, *words: str) -> list[str]:
    """Return the command that cleans into new folders."""
    for folder in (out, out.with_name(f"{out.name}-report")):
        shutil.rmtree(folder, ignore_errors=True)
    return [*DECHAFF, "clean", str(source), "-o", str(out), "--isolated", *words]


def in_turn(*runs: Callable[[], Cost], times: int = 3) -> list[list[Cost]]:
    """Run things in turn, and return the costs of each."""
    costs: list[list[Cost]] = [[] for _ in runs]
    for _ in range(times):
        for each, one in zip(costs, runs, strict=True):
            each.append(one())
    return costs


def ratio(above: list[Cost], below: list[Cost], field: str = "wall") -> str:
    """Return the median of the ratios of pairs, and how far they lie apart."""
    ratios = [getattr(one, field) / getattr(other, field) for one, other in zip(above, below, strict=True)]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def jobs(real: list[list[str]], work: Path, _: argparse.Namespace) -> None:
    """Two processes against one."""
    size = write_files(real, work / "in", size=24_000_000)
    one, two = in_turn(*(lambda n=n: cost(clean(work / "in", work / "out", "--jobs", str(n))) for n in (1, 2)))
    print(f"two jobs against one, {size:.0f} MB: wall {ratio(one, two)}; processor time {ratio(one, two, 'processor')}")
    print(f"  one job: {size / statistics.median(run.processor for run in one):.2f} MB per processor second")


def files(real: list[list[str]], work: Path, asked: argparse.Namespace) -> None:
    """Many small files against cp."""
    count = asked.documents // 10
    size = write_files(real, work / "in", count=count, longest=2600)

    def copy() -> Cost:
        shutil.rmtree(work / "copy", ignore_errors=True)
        return cost(["cp", "-r", str(work / "in"), str(work / "copy")])

    copied, cleaned = in_turn(copy, lambda: cost(clean(work / "in", work / "out", "--jobs", "2")), times=1)
    print(f"{count:,} files of {size / count * 1000:.1f} kB with two jobs against cp -r: wall {ratio(cleaned, copied)}")
    again = cost([*DECHAFF, "clean", str(work / "in"), "-o", str(work / "out"), "--isolated", "--jobs", "2", "--resume"])
    share = again.processor / cleaned[0].processor
    print(f"  again with --resume: {again.wall / copied[0].wall:.2f} times cp -r, {share:.3f} of the processor time")


def memory(real: list[list[str]], work: Path, asked: argparse.Namespace) -> None:
    """The memory of a small and of a large corpus."""
    figures = []
    for number, size in enumerate((asked.large // 20, asked.large)):
        written = write_files(real, work / f"in-{number}", size=size)
        run = cost(clean(work / f"in-{number}", work / "out", "--jobs", "2"), watched=True)
        figures.append(run.memory)
        print(f"peak memory of all processes, two jobs, {written:,.0f} MB: {run.memory:.0f} MB; {run.processor / written:.2f} s a MB")
        shutil.rmtree(work / f"in-{number}")
    print(f"  the larger needs {figures[1] / figures[0]:.2f} times the memory of the smaller")


def growth(real: list[list[str]], work: Path, asked: argparse.Namespace) -> None:
    """The cost of a document as there are more of them."""
    each = []
    for count in (asked.documents // 100, asked.documents):
        write_lines(real, work / "in.jsonl", count, 1500)
        run = cost(clean(work / "in.jsonl", work / "out", "--jobs", "2"), watched=True)
        each.append(run.processor / count)
        print(f"{count:,} documents: {each[-1] * 1000:.2f} processor milliseconds each, {run.memory:.0f} MB")
    print(f"  grows by {each[1] / each[0] - 1:.1%}")


def ray(real: list[list[str]], work: Path, _: argparse.Namespace) -> None:
    """Ray against the pool."""
    size = write_files(real, work / "in", size=24_000_000)
    subprocess.run(["ray", "start", "--head", "--num-cpus", "2", "--include-dashboard", "false"], check=True, stdout=subprocess.DEVNULL)  # noqa: S607
    try:
        pool, cluster = in_turn(
            lambda: cost(clean(work / "in", work / "pool", "--jobs", "2")),
            lambda: cost(clean(work / "in", work / "ray", "--jobs", "2", "--engine", "ray")),
        )
    finally:
        subprocess.run(["ray", "stop"], check=False, stdout=subprocess.DEVNULL)  # noqa: S607
    same = all(tree(work / f"pool{end}") == tree(work / f"ray{end}") for end in ("", "-report"))
    figures = f"wall throughput {ratio(pool, cluster)}; {'the same bytes' if same else 'OTHER BYTES'}"
    print(f"Ray with two workers against the pool, {size:.0f} MB: {figures}")


def kills(real: list[list[str]], work: Path, _: argparse.Namespace) -> None:
    """Runs killed at ten moments, each then resumed."""
    write_files(real, work / "in", size=3_000_000)
    whole = cost(clean(work / "in", work / "whole", "--jobs", "2"))
    same = 0
    moments = []
    for number in range(10):
        moment = random.Random(number).uniform(0, whole.wall)  # noqa: S311  a moment
        with subprocess.Popen(
            clean(work / "in", work / "out", "--jobs", "2"), stderr=subprocess.DEVNULL, start_new_session=True
        ) as process:
            try:
                process.wait(moment)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL) if number % 2 else process.kill()
        moments.append(f"{moment / whole.wall:.0%}")
        cost([*DECHAFF, "clean", str(work / "in"), "-o", str(work / "out"), "--isolated", "--jobs", "2", "--resume"])
        same += all(tree(work / f"whole{end}") == tree(work / f"out{end}") for end in ("", "-report"))
    print(f"killed at {', '.join(moments)} of a run, then --resume: {same} of 10 give the bytes of an undisturbed run, reports included")


def tree(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


RUNS = {run.__name__: run for run in (jobs, files, memory, growth, ray, kills)}


def main() -> None:
    """Print what was asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("what", nargs="*", choices=[*RUNS, []], default=list(RUNS))
    parser.add_argument("--large", type=int, default=2_000_000_000, help="bytes of the larger corpus for memory; the other is a twentieth")
    parser.add_argument("--documents", type=int, default=1_000_000, help="documents of the larger corpus for growth; files are a tenth")
    parser.add_argument("--work", type=Path, help="where corpora are written; the system's temporary folder without it")
    asked = parser.parse_args()
    real = pages(asked.pages)
    print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}")
    for name in asked.what:
        with tempfile.TemporaryDirectory(prefix="scale-", dir=asked.work) as folder:
            RUNS[name](real, Path(folder), asked)


if __name__ == "__main__":
    main()
