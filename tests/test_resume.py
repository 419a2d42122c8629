"""Runs that were killed, and corpora that change: what `--resume` leaves is what a fresh run leaves, to the byte."""

from __future__ import annotations

import ast
import errno
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import unicodedata
from contextlib import closing
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

import dechaff as library
from dechaff_cli import output, resuming, worker
from dechaff_cli.engine import batches
from dechaff_cli.manifest import Known, Manifest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran
    from dechaff_cli.task import Outcome

    Dechaff = Callable[..., Ran]

COMMAND = [sys.executable, "-m", "dechaff_cli"]
SITES = ("harbour", "quay", "pier")


def page(site: str, number: int, title: str = "") -> str:
    own = title or f"A trial of the {number}th drug"
    text = f"The patients of ward {number} slept well and their bilirubin fell by {number} units within a week of the first dose."
    return f"Skip to main content\n{site} kiosk network\nWards and rooms\n\n{own}\n\n{text}\n\nCite this\nQuay {site} 7, Port Ansel\n"


@pytest.fixture
def scrapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(batches, "FILES", 4)
    monkeypatch.chdir(tmp_path)
    for site in SITES:
        for number in range(5):
            path = tmp_path / "in" / site / f"{number}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page(site, number), encoding="utf-8")
    return tmp_path / "in"


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def same_as_fresh(dechaff: Dechaff, folder: Path, *words: str) -> None:
    """Compare what is there with what a run into new folders leaves."""
    shutil.rmtree("fresh", ignore_errors=True)
    shutil.rmtree("fresh-report", ignore_errors=True)
    dechaff("clean", "in", "-o", "fresh", *words)
    assert tree(folder) == tree(folder.parent / "fresh")
    assert tree(folder.with_name(f"{folder.name}-report")) == tree(folder.parent / "fresh-report")


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the documents that are cleaned, as they are."""
    names: list[str] = []
    clean = worker.clean_batch

    def noted(batch: list[batches.Ask]) -> list[Outcome]:
        names.extend(ask.source.name for ask in batch if not ask.record)
        return clean(batch)

    monkeypatch.setattr(worker, "clean_batch", noted)
    return names


def test_an_unchanged_corpus_is_left_alone(dechaff: Dechaff, scrapes: Path, worked: list[str]) -> None:
    out = scrapes.with_name("out")
    assert dechaff("clean", "in", "-o", "out", "--jobs", "1").code == 0
    assert len(worked) == 15
    before = {path: path.stat().st_mtime_ns for folder in ("out", "out-report") for path in scrapes.with_name(folder).rglob("*.*")}
    ran = dechaff("clean", "in", "-o", "out", "--jobs", "1", "--resume")
    assert (ran.code, len(worked)) == (0, 15)
    assert "Nothing has changed" in ran.err
    assert {path: path.stat().st_mtime_ns for path in before} == before
    same_as_fresh(dechaff, out, "--jobs", "1")


def test_only_what_changed_is_done_again(dechaff: Dechaff, scrapes: Path, worked: list[str]) -> None:
    out = scrapes.with_name("out")
    dechaff("clean", "in", "-o", "out", "--jobs", "1")
    worked.clear()
    (scrapes / "quay" / "3.txt").write_text(page("quay", 3, "Another title"), encoding="utf-8")
    assert dechaff("clean", "in", "-o", "out", "--jobs", "1", "--resume").code == 0
    assert worked == ["quay/3.txt"]
    assert b"Another title" in (out / "quay" / "3.txt").read_bytes()
    same_as_fresh(dechaff, out, "--jobs", "1")


def test_a_site_is_done_again_when_its_counts_change(dechaff: Dechaff, scrapes: Path, worked: list[str]) -> None:
    out = scrapes.with_name("out")
    dechaff("clean", "in", "-o", "out", "--jobs", "1")
    worked.clear()
    (scrapes / "quay" / "5.txt").write_text(page("quay", 5), encoding="utf-8")
    (scrapes / "pier" / "1.txt").unlink()
    dechaff("clean", "in", "-o", "out", "--jobs", "1", "--resume")
    assert sorted(worked) == [*(f"pier/{i}.txt" for i in (0, 2, 3, 4)), *(f"quay/{i}.txt" for i in range(6))]
    assert not (out / "pier" / "1.txt").exists()
    assert "on 6 of 6 pages of quay" in scrapes.with_name("out-report").joinpath("findings.jsonl").read_text()
    same_as_fresh(dechaff, out, "--jobs", "1")


@pytest.mark.parametrize("words", [("--ignore", "REP"), ("--removal", "thorough"), ("--encoding", "utf-8")])
def test_another_configuration_begins_anew(dechaff: Dechaff, scrapes: Path, worked: list[str], words: tuple[str, ...]) -> None:
    dechaff("clean", "in", "-o", "out", "--jobs", "1")
    worked.clear()
    dechaff("clean", "in", "-o", "out", "--jobs", "1", "--resume", *words)
    assert len(worked) == 15
    same_as_fresh(dechaff, scrapes.with_name("out"), "--jobs", "1", *words)
    worked.clear()
    (scrapes / "quay" / "0.txt").write_text("Other words.\n", encoding="utf-8")
    dechaff("clean", "in", "-o", "out", "--jobs", "1", "--resume", *words)
    if words[1] == "REP":
        assert worked == ["quay/0.txt"]
    same_as_fresh(dechaff, scrapes.with_name("out"), "--jobs", "1", *words)


@pytest.mark.parametrize("which", [*resuming.LIBRARIES, "unicodedata"])
def test_other_libraries_begin_anew(
    dechaff: Dechaff, scrapes: Path, worked: list[str], monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    for page in [page for page in scrapes.rglob("*.txt") if page.name != "0.txt"]:
        page.unlink()
    dechaff("clean", "in", "-o", "out", "--jobs", "1")
    worked.clear()
    dechaff("clean", "in", "-o", "out", "--jobs", "1", "--resume")
    assert not worked
    if which == "unicodedata":
        monkeypatch.setattr(unicodedata, "unidata_version", "0.1")
    else:
        version = metadata.version
        monkeypatch.setattr(metadata, "version", lambda name: "0.1" if name == which else version(name))
    dechaff("clean", "in", "-o", "out", "--jobs", "1", "--resume")
    assert len(worked) == 3


def test_the_libraries_named_are_those_that_the_cleaning_imports() -> None:
    package = Path(library.__file__).parent
    files = [file for file in package.rglob("*.py") if "adapters" not in file.parts]  # those clean without a manifest
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_bytes()))]
    found = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    found |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    modules = {name.partition(".")[0] for name in found} - sys.stdlib_module_names - {"dechaff", "__future__"}
    known = metadata.packages_distributions()
    assert {known[module][0].lower().replace("_", "-") for module in modules} == set(resuming.LIBRARIES)


def test_lost_copies_and_unreadable_files_are_seen(dechaff: Dechaff, scrapes: Path, worked: list[str]) -> None:
    out = scrapes.with_name("out")
    dechaff("clean", "in", "-o", "out", "--jobs", "1")
    worked.clear()
    (out / "pier" / "2.txt").unlink()
    dechaff("clean", "in", "-o", "out", "--jobs", "1", "--resume")
    assert worked == ["pier/2.txt"]
    (scrapes / "pier" / "2.txt").write_bytes(b"%PDF-1.4")
    ran = dechaff("clean", "in", "-o", "out", "--jobs", "1", "--resume")
    assert ran.code == 2
    assert "pier/2.txt: is a PDF document" in ran.err
    assert not (out / "pier" / "2.txt").exists()
    assert dechaff("clean", "in", "-o", "out", "--jobs", "1", "--resume").code == 2


@pytest.mark.parametrize("ended", [True, False])
def test_a_copy_that_a_power_cut_spoiled_is_made_again(dechaff: Dechaff, scrapes: Path, worked: list[str], ended: bool) -> None:
    """Its size may be right and its bytes may not, whether or not the run before came to its end."""
    assert dechaff("clean", "in", "-o", "out", "--jobs", "1").code == 0
    if not ended:
        with closing(sqlite3.connect("out-report/resume.sqlite")) as kept, kept:
            kept.execute("DELETE FROM about WHERE key = 'complete'")
    copy = Path("out/quay/2.txt")
    copy.write_bytes(b"\0" * copy.stat().st_size)
    worked.clear()
    assert dechaff("clean", "in", "-o", "out", "--jobs", "1", "--resume").code == 0
    assert worked == ["quay/2.txt"]
    same_as_fresh(dechaff, scrapes.with_name("out"), "--jobs", "1")


def test_a_copy_that_cannot_be_read_is_made_again(
    dechaff: Dechaff, scrapes: Path, worked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dechaff("clean", "in", "-o", "out", "--jobs", "1").code == 0
    worked.clear()
    with monkeypatch.context() as broken:
        read = Path.read_bytes
        broken.setattr(Path, "read_bytes", lambda path: _fail() if path.name == "2.txt" and "out" in path.parts else read(path))
        assert dechaff("clean", "in", "-o", "out", "--jobs", "1", "--resume").code == 0
    assert worked == [f"{site}/2.txt" for site in sorted(SITES)]
    same_as_fresh(dechaff, scrapes.with_name("out"), "--jobs", "1")


def _fail() -> bytes:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


_LOOK = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM seen').fetchall()"


def test_somebody_who_looks_into_the_manifest_of_a_run_takes_nothing_from_it(tmp_path: Path) -> None:
    """SQLite's last reader takes the write-ahead log away: it must see that the run still has it open."""
    look = [sys.executable, "-c", _LOOK, str(tmp_path / "resume.sqlite")]
    for run in ("a", "b"):
        with Manifest(tmp_path, "", resume=True) as manifest:
            for number in range(3):
                manifest.see([(f"{run}{number}", Known("", "", None))])
                manifest.commit()
                subprocess.run(look, check=True)
                assert (tmp_path / "resume.sqlite-wal").exists()
            shutil.copytree(tmp_path, tmp_path / run)  # as a kill leaves it
        shutil.copytree(tmp_path / run, tmp_path, dirs_exist_ok=True)
    with Manifest(tmp_path, "", resume=True) as manifest:
        assert len(manifest) == 6


def test_pages_move_to_quarantine_and_back(dechaff: Dechaff, scrapes: Path) -> None:
    foreign = "Der Patient wurde am dritten Tag entlassen und die Leberwerte sanken danach weiter auf normale Werte.\n" * 5
    words = ("clean", "in", "-o", "out", "--quarantine", "aside", "--jobs", "1")
    dechaff(*words)
    path = scrapes / "quay" / "1.txt"
    path.write_text(foreign, encoding="utf-8")
    dechaff(*words, "--resume")
    assert not scrapes.with_name("out").joinpath("quay/1.txt").exists()
    assert scrapes.with_name("aside").joinpath("quay/1.txt").read_text(encoding="utf-8") == foreign
    path.write_text(page("quay", 1), encoding="utf-8")
    dechaff(*words, "--resume")
    assert scrapes.with_name("out").joinpath("quay/1.txt").exists()
    assert not scrapes.with_name("aside").joinpath("quay/1.txt").exists()


def test_records_of_containers_go_on_too(dechaff: Dechaff, scrapes: Path, worked: list[str]) -> None:
    rows = [{"text": page(site, number), "url": f"https://{site}.example/{number}"} for site in SITES for number in range(4)]
    lines = [json.dumps(row) for row in rows]
    shutil.rmtree(scrapes)
    scrapes.mkdir()
    (scrapes / "pages.jsonl").write_text("\n".join([*lines, ""]))
    include = ("--include", "*.jsonl", "--jobs", "1")
    dechaff("clean", "in", "-o", "out", *include)
    assert "Nothing has changed" in dechaff("clean", "in", "-o", "out", *include, "--resume").err
    worked.clear()
    lines[5] = json.dumps({**rows[5], "text": page("quay", 1, "Another title")})
    (scrapes / "pages.jsonl").write_text("\n".join([*lines, ""]))
    dechaff("clean", "in", "-o", "out", *include, "--resume")
    assert worked == ["pages.jsonl#6"]
    same_as_fresh(dechaff, scrapes.with_name("out"), *include)


def test_two_runs_do_not_write_into_one_folder(dechaff: Dechaff, scrapes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_PATIENCE", 0.1)
    out = scrapes.with_name("out")
    out.mkdir()
    with FileLock(out / output.LOCK):
        ran = dechaff("clean", "in", "-o", "out", "--overwrite")
        assert ran.code == 2
        assert "another run is writing into out" in ran.err
        assert [path.name for path in out.iterdir()] == [output.LOCK]
    assert dechaff("clean", "in", "-o", "out").code == 0
    assert sorted(path.name for path in out.iterdir()) == sorted(SITES)


def test_resume_says_what_it_needs(dechaff: Dechaff, scrapes: Path) -> None:
    for words in (("-o", "out", "--no-report"), ("-o", "out", "--overwrite"), ("--in-place",)):
        ran = dechaff("clean", "in", "--resume", *words)
        assert ran.code == 2
        assert "--resume goes with --output and its report" in ran.err
    out = scrapes.with_name("out")
    out.mkdir()
    (out / "mine.txt").write_text("Rain fell.\n")
    ran = dechaff("clean", "in", "-o", "out", "--resume")
    assert ran.code == 2
    assert "clean into a new folder" in ran.err
    assert "--resume to go on" in dechaff("clean", "in", "-o", "out").err
    (out / "mine.txt").unlink()
    report = scrapes.with_name("out-report")
    report.mkdir(exist_ok=True)
    (report / "resume.sqlite").write_bytes(b"not a database, but something else of some length" * 40)
    (out / "mine.txt").write_text("Rain fell.\n")
    ran = dechaff("clean", "in", "-o", "out", "--resume")
    assert ran.code == 2
    assert "cannot be used to go on" in ran.err


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_killed_run_goes_on(dechaff: Dechaff, scrapes: Path, jobs: str) -> None:
    for site in SITES:
        for number in range(5, 120):
            (scrapes / site / f"{number}.txt").write_text(page(site, number), encoding="utf-8")
    out = scrapes.with_name("out")
    words = [*COMMAND, "clean", "in", "-o", "out", "--jobs", jobs, "--resume"]
    chance = random.Random(7)  # noqa: S311  moments
    for _ in range(3):
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=scrapes.parent) as process:
            until = time.monotonic() + 60
            while process.poll() is None and not (out.exists() and any(out.iterdir())) and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 2))
            process.kill()
    assert dechaff("clean", "in", "-o", "out", "--jobs", jobs, "--resume").code == 0
    same_as_fresh(dechaff, out)


def test_records_of_one_name_are_counted_for_themselves(dechaff: Dechaff, scrapes: Path) -> None:
    rows = [{"id": "same", "text": page("quay", number), "url": "https://quay.example/"} for number in range(9)]
    shutil.rmtree(scrapes)
    scrapes.mkdir()
    include = ("--include", "*.jsonl", "--jobs", "1", "--id-column", "id")
    for lines in (rows, [*rows, {**rows[0], "text": "Rain fell.\n"}]):
        (scrapes / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in lines))
        dechaff("clean", "in", "-o", "out", *include, "--resume")
        shutil.rmtree("fresh", ignore_errors=True)
        shutil.rmtree("fresh-report", ignore_errors=True)
        dechaff("clean", "in", "-o", "fresh", *include)
        assert tree(scrapes.with_name("out")) == tree(scrapes.with_name("fresh"))
        for name in ("findings.jsonl", "changes.diff"):
            assert (
                scrapes.with_name("out-report").joinpath(name).read_bytes() == scrapes.with_name("fresh-report").joinpath(name).read_bytes()
            )


def test_a_lost_report_is_made_again(dechaff: Dechaff, scrapes: Path) -> None:
    dechaff("clean", "in", "-o", "out", "--jobs", "1")
    scrapes.with_name("out-report").joinpath("findings.jsonl").unlink()
    ran = dechaff("clean", "in", "-o", "out", "--jobs", "1", "--resume")
    assert ran.code == 0
    assert "Nothing has changed" not in ran.err
    same_as_fresh(dechaff, scrapes.with_name("out"), "--jobs", "1")


def test_a_record_that_goes_may_be_called_what_no_file_can_be(dechaff: Dechaff, scrapes: Path) -> None:
    rows = [{"id": name, "text": f"Rain fell on {name}.\n"} for name in ("x/../y", "z")]
    file = scrapes.parent / "in" / "a.jsonl"
    words = ("--include", "*.txt", "--include", "*.jsonl", "--id-column", "id", "--jobs", "1")
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert dechaff("clean", "in", "-o", "out", *words).code == 0
    file.write_text(json.dumps(rows[1]) + "\n")
    ran = dechaff("clean", "in", "-o", "out", "--resume", *words)
    assert ran.code == 0, ran.err
    same_as_fresh(dechaff, scrapes.with_name("out"), *words)
