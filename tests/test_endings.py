"""How the command ends when things go wrong: always with a message and a status, never with half a file or a process left behind."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dechaff import RULES, Document
from dechaff.blank_lines import BlankLines
from dechaff.repetition import Survey
from dechaff_cli import reading, run, worker, writing
from dechaff_cli.corpus import Source
from dechaff_cli.engine import batches
from dechaff_cli.task import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conftest import Ran
    from dechaff.edits import Edit

    Dechaff = Callable[..., Ran]

DIRTY = "Skip to main content\n\n\nThe patientâ€™s bilirubin fell.\n\nCite this\n"
COMMAND = [sys.executable, "-m", "dechaff_cli"]
FULL = Path("/dev/full")


def test_standard_input_goes_alone(dechaff: Dechaff, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(DIRTY, encoding="utf-8")
    for command in ("check", "diff", "clean"):
        ran = dechaff(command, "-", "a.txt", *(("-o", "out") if command == "clean" else ()), given=b"Rain fell.\n")
        assert ran.code == 2
        assert "standard input goes alone" in ran.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("clean - --report r", "--report r goes with --output alone"),
        ("clean a.txt --in-place --report r", "--report r goes with --output alone"),
        ("clean a.txt -o out --report r --no-report", "--report r goes with --output alone"),
        ("clean a.txt -o out --in-place", "choose one"),
        ("clean - --in-place", "standard input goes alone"),
    ],
)
def test_options_that_do_not_go_together_are_refused(dechaff: Dechaff, tmp_path: Path, words: str, message: str) -> None:
    (tmp_path / "a.txt").write_text(DIRTY, encoding="utf-8")
    ran = dechaff(*words.split())
    assert ran.code == 2
    assert message in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_refused_report_leaves_no_folder(dechaff: Dechaff, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(DIRTY, encoding="utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    for report in ("full", "in/report", "in/a.txt", "full/mine.txt/deeper"):
        assert dechaff("clean", "in", "-o", "new/out", "--report", report).code == 2
        assert not (tmp_path / "new").exists()


def test_in_place_changes_what_it_must_and_nothing_else(dechaff: Dechaff, tmp_path: Path) -> None:
    files = {"a.txt": DIRTY, "b.txt": "Rain fell.\n", "c.md": "Cite this\r\nRain fell.\r\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    (tmp_path / "a.txt").chmod(0o640)
    (tmp_path / "link.txt").symlink_to("c.md")
    before = (tmp_path / "b.txt").stat().st_mtime_ns
    ran = dechaff("clean", ".", "--in-place")
    assert ran.code == 0
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "The patient’s bilirubin fell.\n"
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "b.txt").stat().st_mtime_ns == before
    assert (tmp_path / "c.md").read_bytes() == b"Rain fell.\n"
    assert (tmp_path / "link.txt").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.txt", "c.md", "link.txt"]


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "words", ["check .", "diff .", "clean -", "rules", "explain CHR001", "check . --output-format sarif", "check . --show-settings"]
)
def test_a_full_disk_is_a_message_and_no_traceback(tmp_path: Path, words: str) -> None:
    (tmp_path / "a.txt").write_text(DIRTY * 200, encoding="utf-8")
    with FULL.open("w") as full:
        done = subprocess.run(
            [*COMMAND, *words.split()], stdout=full, stderr=subprocess.PIPE, input=DIRTY.encode(), cwd=tmp_path, check=False
        )
    assert done.returncode == 2
    assert b"standard output cannot be written: No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
def test_messages_that_cannot_be_written_stop_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(DIRTY, encoding="utf-8")
    with FULL.open("w") as full:
        done = subprocess.run([*COMMAND, "clean", "a.txt", "-o", "out"], stderr=full, cwd=tmp_path, check=False)
    assert done.returncode == 0
    assert (tmp_path / "out" / "a.txt").read_text(encoding="utf-8") == "The patient’s bilirubin fell.\n"


def test_a_reader_that_goes_away_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(DIRTY * 2500, encoding="utf-8")
    with subprocess.Popen([*COMMAND, "check", "."], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
    assert process.returncode == 2


def test_names_are_the_same_in_any_locale(tmp_path: Path) -> None:
    (tmp_path / "in" / "sité").mkdir(parents=True)
    (tmp_path / "in" / "sité" / "naïve-肝.txt").write_text(DIRTY, encoding="utf-8")
    (tmp_path / "in" / os.fsdecode(b"caf\xe9.txt")).write_text(DIRTY, encoding="utf-8")
    with tarfile.open(tmp_path / "in" / "pages.tar", "w", encoding="utf-8") as archive:
        for file in ("sité/naïve-肝.txt", "caf\udce9.txt"):
            member = tarfile.TarInfo(file)
            member.size = len(DIRTY.encode())
            archive.addfile(member, io.BytesIO(DIRTY.encode()))
    take = ["--include", "*.txt", "--include", "*.tar"]
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    records = []
    for name, locale in (("utf8", {}), ("c", plain)):
        environment = {**os.environ, **locale}
        words = ["clean", "in", "-o", name, *take]
        done = subprocess.run([*COMMAND, *words], cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        records.append((tmp_path / f"{name}-report" / "findings.jsonl").read_bytes())
        done = subprocess.run([*COMMAND, "check", "in", *take], cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert done.returncode == 1, done.stderr
        words = ["restore", f"{name}-report", name, "-o", f"{name}-back"]
        done = subprocess.run([*COMMAND, *words], cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / f"{name}-back" / "sité" / "naïve-肝.txt").read_text(encoding="utf-8") == DIRTY
        with tarfile.open(tmp_path / f"{name}-back" / "pages.tar", encoding="utf-8") as archive:
            assert archive.getnames() == ["sité/naïve-肝.txt", "caf\udce9.txt"]
    assert records[0] == records[1]


_FORGED: list[object] = [
    1,
    None,
    [],
    {},
    {"path": 1, "error": "x"},
    {"path": "a.txt", "error": 1},
    {"path": "a.txt", "findings": 1},
    "not JSON",
    "[" * 100_000,
    '{"path": ' + "9" * 5000 + "}",
]


_FORGED_KEYS: list[tuple[str, object]] = [
    ("sha256_out", 1),
    ("encoding", []),
    ("encoding", {"name": []}),
    ("bytes_in", "x"),
    ("path", "b\0.txt"),
    ("path", "\ud800"),
]
_FORGED_FINDINGS: list[tuple[str, object]] = [
    ("start", -1),
    ("start", "0"),
    ("start", 10**9),
    ("start", True),
    ("layer", 1.5),
    ("old", None),
    ("new", 7),
    ("extra", 1),
]


def test_a_forged_record_is_told_and_stops_no_other(dechaff: Dechaff, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        (tmp_path / "in" / f"{name}.txt").write_text(DIRTY, encoding="utf-8")
    dechaff("clean", "in", "-o", "out")
    place = tmp_path / "out-report" / "findings.jsonl"
    first, second = place.read_text().splitlines()
    good = json.loads(first)
    forged: list[object] = [*_FORGED]
    forged += [{**good, key: value} for key, value in _FORGED_KEYS]
    forged += [{**good, "findings": [{**good["findings"][0], key: value}]} for key, value in _FORGED_FINDINGS]
    forged.append({**good, "encoding": {"name": "utf-8", "patches": [[0.5, "x", "?"]]}})
    forged.append({**good, "encoding": {"name": "utf-8", "patches": [[-5, 99, "AAAA"]]}})
    forged.append({**good, "encoding": {"name": "zlib"}})
    lines = [record if isinstance(record, str) else json.dumps(record) for record in forged]
    place.write_bytes("\n".join([*lines, "\udcff", second]).encode("utf-8", "surrogateescape") + b"\n")
    ran = dechaff("restore", "out-report", "out", "-o", "back")
    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert [path.name for path in (tmp_path / "back").iterdir()] == ["b.txt"]
    assert (tmp_path / "back" / "b.txt").read_text(encoding="utf-8") == DIRTY
    assert len(ran.err.splitlines()) == len(lines) + 2  # one that is no UTF-8, and what was restored


def test_a_narrow_terminal_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "page-with-a-long-name.txt").write_text(DIRTY, encoding="utf-8")
    environment = {**os.environ, "COLUMNS": "20"}
    done = subprocess.run(
        [*COMMAND, "clean", "in", "-o", "out"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    for words in ("CHR001", "skip-link", "page-with-a-long-name.txt", "removed", "findings", "characters"):
        assert words in done.stderr
    assert "…" not in done.stderr


def test_folders_may_be_nested_deeper_than_the_stack(dechaff: Dechaff, tmp_path: Path) -> None:
    here = os.getcwd()  # noqa: PTH109
    os.chdir(tmp_path)
    try:
        Path("in").mkdir()
        os.chdir("in")
        for _ in range(1200):
            Path("d").mkdir()
            os.chdir("d")
        Path("a.txt").write_text(DIRTY, encoding="utf-8")
    finally:
        os.chdir(here)
    ran = dechaff("clean", "in", "-o", "out")
    assert ran.code == 0, ran.err
    assert (tmp_path / "out" / ("d/" * 1200) / "a.txt").read_text(encoding="utf-8") == "The patient’s bilirubin fell.\n"
    subprocess.run(["rm", "-rf", "in", "out"], cwd=tmp_path, check=True)  # noqa: S607  pytest's own clean-up goes by recursion


def test_a_file_and_a_folder_of_one_name_collide(dechaff: Dechaff, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two" / "n.txt" / "deep").mkdir(parents=True)
    (tmp_path / "one" / "n.txt").write_text(DIRTY, encoding="utf-8")
    (tmp_path / "two" / "n.txt" / "deep" / "a.txt").write_text(DIRTY, encoding="utf-8")
    for order in (("one", "two"), ("two", "one")):
        ran = dechaff("clean", *order, "-o", f"out-{order[0]}")
        assert ran.code == 2
        assert "where there can be only one of it and" in ran.err
        assert len([path for path in (tmp_path / f"out-{order[0]}").rglob("*.txt") if path.is_file()]) == 1


# --- Signals and processes ----------------------------------------------------------------------------------------------


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Return a corpus that takes longer to clean than a test waits before it interrupts."""
    folder = tmp_path / "in"
    folder.mkdir()
    text = "".join(f"Rain number {i} fell on the hill, and the patientâ€™s bilirubin rose to {i} mg.\nCite this\n" for i in range(60))
    for i in range(400):
        (folder / f"{i:03}.txt").write_text(f"Page {i:03}\n{text}", encoding="utf-8")
    return folder


def _children(parent: int) -> Iterator[int]:
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            yield int(place.parent.name)


@pytest.fixture
def _heeded() -> Iterator[None]:
    """Let what is started here heed an interrupt, which those that a shell starts in the background are told to ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.usefixtures("_heeded")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("group", [False, True])
def test_a_signal_leaves_whole_files_and_no_process(tmp_path: Path, large: Path, number: signal.Signals, code: int, group: bool) -> None:
    words = [*COMMAND, "clean", str(large), "-o", str(tmp_path / "out"), "--jobs", "2"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True) as process:
        workers: Sequence[int] = ()
        until = time.monotonic() + 60
        while not list((tmp_path / "out").glob("*.txt")) and time.monotonic() < until:
            time.sleep(0.02)
            workers = list(_children(process.pid)) or workers
        (os.killpg if group else os.kill)(process.pid, number)
        _, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    assert b"Traceback" not in err
    assert workers
    assert not [worker for worker in workers if Path(f"/proc/{worker}").exists()]
    written = list((tmp_path / "out").glob("*"))
    assert written
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith(".tmp")]
    sizes = {path.stat().st_size for path in written}
    assert min(sizes) > 0.9 * max(sizes)  # pages differ in their number alone
    assert not (tmp_path / "out-report" / "findings.jsonl").exists()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_workers_end_with_a_killed_parent(tmp_path: Path, large: Path) -> None:
    words = [*COMMAND, "clean", str(large), "-o", str(tmp_path / "out"), "--jobs", "2"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        until = time.monotonic() + 60
        while len(workers := list(_children(process.pid))) < 2 and time.monotonic() < until:
            time.sleep(0.02)
        process.kill()
    while any(Path(f"/proc/{worker}").exists() for worker in workers) and time.monotonic() < until:
        time.sleep(0.02)
    assert not [worker for worker in workers if Path(f"/proc/{worker}").exists()]


def test_a_dead_worker_is_an_error_and_no_hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = []
    for i in range(12):
        path = tmp_path / f"{i}.txt"
        path.write_text(DIRTY, encoding="utf-8")
        sources.append(Source(path, path.name, 1))
        path.write_text(DIRTY if i != 5 else "Kill me.\n", encoding="utf-8")
    monkeypatch.setattr(batches, "FILES", 3)
    monkeypatch.setattr(worker, "read", _read)
    outcomes = list(run.clean(sources, Task(frozenset(RULES), keep_text=True), Survey(), 2))
    assert [outcome.report.path for outcome in outcomes] == [source.name for source in sources]
    assert [bool(outcome.report.error) for outcome in outcomes] == [i == 5 for i in range(12)]
    assert {outcome.text for outcome in outcomes} == {"The patient’s bilirubin fell.\n", ""}
    failed: set[str] = set()  # what could not be counted is not cleaned either, whatever happens the next time
    counts = run.survey(sources, Task(frozenset(RULES)), 2, failed=failed)
    assert failed == {"5.txt"}
    sources[5].path.write_text(DIRTY, encoding="utf-8")
    assert [bool(one.report.error) for one in run.clean(sources, Task(frozenset(RULES)), counts, 2, failed)] == [i == 5 for i in range(12)]


def _read(source: Source, encoding: str | None = None) -> reading.Read:
    found = READ(source, encoding)
    if found.raw == b"Kill me.\n":
        os._exit(9)
    return found


READ = reading.read


def test_in_place_leaves_a_file_alone_that_somebody_saved_meanwhile(
    dechaff: Dechaff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text(DIRTY, encoding="utf-8")
    (tmp_path / "b.txt").write_text(DIRTY, encoding="utf-8")
    real = writing.write

    def write(path: Path, *words: Any, **more: Any) -> None:  # noqa: ANN401
        real(path, *words, **more)
        (tmp_path / "b.txt").write_text(f"{DIRTY}And one more paragraph.\n", encoding="utf-8")

    monkeypatch.setattr(writing, "write", write)
    ran = dechaff("clean", tmp_path, "--in-place", "--jobs", "1")
    assert ran.code == 2
    assert "b.txt: was changed while it was being cleaned" in ran.err
    assert (tmp_path / "b.txt").read_text(encoding="utf-8").endswith("And one more paragraph.\n")


def test_results_are_not_written_over_what_they_are_about(dechaff: Dechaff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scrapes = tmp_path / "in"
    scrapes.mkdir()
    (scrapes / "a.txt").write_text(DIRTY, encoding="utf-8")
    (scrapes / "b.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    (tmp_path / "c.json").write_text('{"dechaff_corrections": 1, "corrections": []}')
    assert dechaff("clean", scrapes / "a.txt", "-o", "one").code == 0
    assert dechaff("clean", scrapes / "a.txt", "-o", "two").code == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for words in (
        ("check", scrapes, "--output-file", scrapes / "b.txt"),
        ("diff", scrapes, "-o", scrapes / "a.txt"),
        ("compare", "one-report", "two-report", "--output-file", "one-report/findings.jsonl"),
        ("review", "one-report", "--apply", "c.json", "--labels", scrapes / "a.txt"),
        ("clean", scrapes, "-o", "three", "--quarantine", "three-report"),
    ):
        ran = dechaff(*words)
        assert ran.code == 2, words
        assert "choose" in ran.err.lower(), ran.err
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_defect_at_one_file_is_named_and_stops_no_other(
    dechaff: Dechaff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    for i in range(6):
        (tmp_path / f"{i}.txt").write_text(DIRTY if i != 3 else f"{DIRTY}Trip me.\n", encoding="utf-8")
    monkeypatch.setattr(batches, "FILES", 4)
    monkeypatch.setattr(BlankLines, "find", _find)
    ran = dechaff("clean", *(tmp_path / f"{i}.txt" for i in range(6)), "-o", "out", "--jobs", jobs)
    assert ran.code == 2
    assert "3.txt: cannot be cleaned for a defect of dechaff: ZeroDivisionError in test_endings.py, line" in ran.err
    assert sorted(path.name for path in (tmp_path / "out").glob("*.txt")) == [f"{i}.txt" for i in (0, 1, 2, 4, 5)]
    assert dechaff("restore", "out-report", "out", "-o", "back").code == 0
    ran = dechaff("learn", tmp_path / "3.txt", tmp_path / "4.txt", "-o", "profile.jsonl")
    assert ran.code == 0, ran.err


def _find(stage: BlankLines, documents: Sequence[Document]) -> list[list[Edit]]:
    if any("Trip me" in document.text for document in documents):
        raise ZeroDivisionError
    return FIND(stage, documents)


FIND = BlankLines.find
