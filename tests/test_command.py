"""The command as people use it: what is written where, what it says, and how it ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dechaff_cli.app import app

if TYPE_CHECKING:
    from collections.abc import Sequence

DIRTY = "Skip to main content\n\n\nThe patientâ€™s bilirubin fell.\n\nCite this\n"
CLEAN = "The patient’s bilirubin fell.\n"


class Ran:
    def __init__(self, process: subprocess.CompletedProcess[bytes]) -> None:
        self.code = process.returncode
        self.raw = process.stdout
        self.out = process.stdout.decode("utf-8", "surrogateescape")
        self.err = process.stderr.decode("utf-8", "surrogateescape")


def dechaff(*words: str | Path, given: bytes = b"", folder: Path | None = None) -> Ran:
    command = [sys.executable, "-m", "dechaff_cli", *(os.fspath(word) for word in words)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CI", "GITLAB_", "DECHAFF_"))}
    environment |= {"COLUMNS": "200", "NO_COLOR": "1"}
    return Ran(subprocess.run(command, input=given, capture_output=True, cwd=folder, env=environment, check=False))


@pytest.fixture
def scrapes(tmp_path: Path) -> Path:
    folder = tmp_path / "scrapes"
    (folder / "site").mkdir(parents=True)
    (folder / "site" / "a.txt").write_text(DIRTY, encoding="utf-8")
    (folder / "site" / "b.md").write_text(CLEAN, encoding="utf-8")
    (folder / "c.text").write_bytes(b"")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return folder


def test_clean_writes_copies_and_a_report_and_touches_nothing_else(scrapes: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in scrapes.rglob("*") if path.is_file()}
    ran = dechaff("clean", scrapes, "-o", tmp_path / "clean")
    assert ran.code == 0, ran.err
    assert ran.out == ""
    assert "Passed over: 1 file not named *.txt, *.text, *.md" in ran.err
    out = tmp_path / "clean"
    assert {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} == {"site/a.txt", "site/b.md", "c.text"}
    assert (out / "site" / "a.txt").read_text(encoding="utf-8") == CLEAN
    assert (out / "site" / "b.md").read_text(encoding="utf-8") == CLEAN
    assert (out / "c.text").read_bytes() == b""
    report = tmp_path / "clean-report"
    assert {path.name for path in report.iterdir()} == {
        "index.html",
        "changes.diff",
        "findings.jsonl",
        "resume.sqlite",
        "run.json",
        "summary.md",
        "summary.json",
    }
    assert {path: path.read_bytes() for path in scrapes.rglob("*") if path.is_file()} == before
    records = {record["path"]: record for record in map(json.loads, (report / "findings.jsonl").read_text().splitlines())}
    assert list(records) == ["c.text", "site/a.txt", "site/b.md"]
    first, *_ = records["site/a.txt"]["findings"]
    assert (first["line"], first["column"], first["rule"], first["old"], first["new"]) == (1, 1, "CHR001", "Skip to main content\n", "")
    figures = json.loads((report / "summary.json").read_text())
    assert figures["files"] == 3
    assert figures["changed"] == 1
    assert figures["findings"]["ENC001"] == {"findings": 1, "files": 1}


def test_the_diff_applies_with_patch(samples: Path, tmp_path: Path) -> None:
    if shutil.which("patch") is None:
        pytest.skip("patch is not installed")
    for collection in ("scrapes", "hostile"):
        source = samples / collection / "in"
        out, copy = tmp_path / collection, tmp_path / f"{collection}-copy"
        assert dechaff("clean", source, "-o", out).code == 0
        shutil.copytree(source, copy)
        with (tmp_path / f"{collection}-report" / "changes.diff").open("rb") as changes:
            done = subprocess.run(["patch", "-p1", "--binary", "-s"], stdin=changes, cwd=copy, capture_output=True, check=False)  # noqa: S607
        assert done.returncode == 0, done.stdout
        assert {path.relative_to(copy): path.read_bytes() for path in copy.rglob("*.txt")} == {
            path.relative_to(out): path.read_bytes() for path in out.rglob("*.txt")
        }


@pytest.mark.parametrize("collection", ["scrapes", "negative", "hostile"])
def test_restore_rebuilds_every_sample_to_the_last_byte(samples: Path, tmp_path: Path, collection: str) -> None:
    source = samples / collection / "in"
    assert dechaff("clean", source, "-o", tmp_path / "out", "--jobs", "2").code == 0
    ran = dechaff("restore", tmp_path / "out-report", tmp_path / "out", "-o", tmp_path / "back")
    assert ran.code == 0, ran.err
    assert {path.relative_to(source): path.read_bytes() for path in source.rglob("*.txt")} == {
        path.relative_to(tmp_path / "back"): path.read_bytes() for path in (tmp_path / "back").rglob("*.txt")
    }


def test_restore_refuses_a_copy_that_was_changed_and_a_forged_path(scrapes: Path, tmp_path: Path) -> None:
    dechaff("clean", scrapes, "-o", tmp_path / "out")
    (tmp_path / "out" / "site" / "a.txt").write_text("changed\n")
    ran = dechaff("restore", tmp_path / "out-report", tmp_path / "out", "-o", tmp_path / "back")
    assert ran.code == 2
    assert "site/a.txt: the clean copy is not the one" in ran.err
    assert not (tmp_path / "back" / "site" / "a.txt").exists()
    assert (tmp_path / "back" / "site" / "b.md").exists()
    findings = tmp_path / "out-report" / "findings.jsonl"
    findings.write_text(findings.read_text().replace('"c.text"', '"../evil.text"'))
    (tmp_path / "evil.text").write_bytes(b"")
    ran = dechaff("restore", tmp_path / "out-report", tmp_path / "out", "-o", tmp_path / "back2")
    assert ran.code == 2
    assert "is no path below a folder" in ran.err


def test_restore_takes_what_was_put_aside_from_there(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    foreign = (
        "Die Regenmesser auf den Dächern wurden ein Jahr lang jeden Morgen von uns abgelesen, und nicht einer fehlte.\r\n" * 3
    ).encode()
    (source / "de.txt").write_bytes(foreign)
    (source / "en.txt").write_text("Skip to main content\nRain fell on the hill, and the gauges on the roofs were read.\n")
    assert dechaff("clean", source, "-o", tmp_path / "out", "--quarantine", tmp_path / "aside").code == 0
    assert not (tmp_path / "out" / "de.txt").exists()
    back = ("restore", tmp_path / "out-report", tmp_path / "out", "-o")
    ran = dechaff(*back, tmp_path / "back")
    assert ran.code == 2
    assert "name that folder with --quarantine" in ran.err
    assert dechaff(*back, tmp_path / "whole", "--quarantine", tmp_path / "aside").code == 0
    assert (tmp_path / "whole" / "de.txt").read_bytes() == foreign
    (tmp_path / "aside" / "de.txt").write_bytes(foreign[:-2])
    ran = dechaff(*back, tmp_path / "again", "--quarantine", tmp_path / "aside")
    assert ran.code == 2
    assert "de.txt: the file put aside is not the one" in ran.err
    assert (tmp_path / "again" / "en.txt").exists()


def test_check_names_each_finding_and_exits_1(scrapes: Path) -> None:
    ran = dechaff("check", ".", folder=scrapes)
    assert ran.code == 1
    assert ran.out.startswith("site/a.txt:1:1: CHR001 skip-link: ")
    assert "site/a.txt:4:12: ENC001 mojibake: UTF-8 read as windows-1252" in ran.out
    assert "b.md" not in ran.out
    assert dechaff("check", "site/b.md", folder=scrapes).code == 0
    assert dechaff("check", ".", "--select", "footers", folder=scrapes).code == 0


def test_check_reads_standard_input() -> None:
    ran = dechaff("check", "-", "--stdin-filename", "page.txt", given=DIRTY.encode())
    assert ran.code == 1
    assert ran.out.startswith("page.txt:1:1: CHR001")
    assert dechaff("check", "-", given=CLEAN.encode()).code == 0
    assert dechaff("check", "-", given=b"%PDF-1.7").code == 2


def test_clean_reads_and_writes_the_standard_streams() -> None:
    ran = dechaff("clean", "-", given=DIRTY.encode())
    assert (ran.code, ran.raw.decode("utf-8"), ran.err) == (0, CLEAN, "")


def test_diff_prints_what_would_change(scrapes: Path) -> None:
    ran = dechaff("diff", "site/a.txt", folder=scrapes)
    assert ran.code == 1
    assert ran.out.startswith("--- a/a.txt\n+++ b/a.txt\n@@ -1,6 +1,1 @@\n-Skip to main content\n")
    assert dechaff("diff", "site/b.md", folder=scrapes).code == 0


def test_corpus_text_drives_neither_terminal_nor_runner(samples: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    shutil.copytree(samples / "hostile" / "in", folder)
    (folder / "::add-mask::x.txt").write_bytes(DIRTY.encode() + b"\x1b[31m\r::stop-commands::x\r\n")
    for ran in (
        dechaff("check", ".", folder=folder),
        dechaff("diff", ".", folder=folder),
        dechaff("clean", folder, "-o", tmp_path / "out"),
        dechaff("explain", "./::add-mask::x.txt:1", folder=folder),
    ):
        for line in (ran.out + ran.err).split("\n"):
            assert not line.lstrip().startswith(("::", "##["))
        assert not set(ran.out + ran.err) & set(map(chr, [*range(10), *range(11, 32), 127, *range(128, 160), 0x202E, 0x2066]))


def test_explain_says_what_happens_to_a_line(scrapes: Path) -> None:
    ran = dechaff("explain", f"{scrapes / 'site' / 'a.txt'}:1")
    assert ran.code == 0
    assert "removed: CHR001 skip-link: " in ran.out
    assert "repaired: ENC001 mojibake" in dechaff("explain", f"{scrapes / 'site' / 'a.txt'}:4").out
    assert "kept: no rule names it" in dechaff("explain", f"{scrapes / 'site' / 'b.md'}:1").out
    ran = dechaff("explain", f"{scrapes / 'site' / 'a.txt'}:99")
    assert ran.code == 2
    assert "has 7 lines, no line 99" in ran.err
    assert "skip-link" in dechaff("explain", "CHR001").out
    assert dechaff("explain", "NOPE").code == 2


def test_repetition_is_counted_by_site(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "site"
    folder.mkdir(parents=True)
    for i in range(4):
        rain = f"Rain number {i * 7} fell on the hill all day, and nobody there could remember one as wet as that."
        text = f"Hill Weather Gazette Online\n\n{rain}\n\nA weather house of the upper valley\n"
        (folder / f"{i}.txt").write_text(text)
    dechaff("clean", tmp_path / "in", "-o", tmp_path / "out")
    for i in range(4):
        assert (tmp_path / "out" / "site" / f"{i}.txt").read_text().startswith("Rain number")
    ran = dechaff("explain", f"{folder / '2.txt'}:1", "--corpus", tmp_path / "in")
    assert "on 4 of 4 pages of site, at the head" in ran.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["clean", "in"], "say where the clean copies go"),
        (["clean", "in", "-o", "in"], "is inside in"),
        (["clean", "in", "-o", "in/out"], "is inside in"),
        (["clean", "in/site", "-o", "in"], "holds in/site"),
        (["clean", "in", "-o", "full"], "is not empty; give --resume"),
        (["clean", "in", "-o", "out", "--report", "in/report"], "--report in/report is inside in"),
        (["clean", "in", "-o", "in/site/a.txt"], "is inside in"),
        (["clean", "nowhere", "-o", "out"], "nowhere: does not exist"),
        (["clean", "empty", "-o", "out"], "no file to clean below empty"),
        (["clean", "empty", "-o", "out", "--force-exclude"], "no file to clean below empty"),
        (
            ["clean", "in/site/a.txt", "-o", "out", "--force-exclude", "--exclude", "a.*"],
            "Passed over: 1 file excluded by the configuration",
        ),
        (["check", "nowhere", "--show-files"], "nowhere: does not exist"),
        (["check", "in", "--select", ", "], "--select names nothing"),
        (["check", "-", "--stdin-filename", "", "--output-format", "junit"], "--stdin-filename '' is no name of a file"),
        (["check", "-", "--stdin-filename", "/", "--output-format", "junit"], "--stdin-filename '/' is no name of a file"),
        (["explain", f"in/site/a.txt:{'9' * 5000}"], "in/site/a.txt has no line of a number of 5,000 digits"),
        (["compare", "in", "in", "--max-loss", "lots"], "or a number of characters such as 30"),
        (["restore", "in", "full", "-o", "full"], "--output full"),
        (["clean", "in", "-", "-o", "out"], "standard input goes alone"),
        (["check", "in", "--select", "CHR9x"], "no rule, prefix or stage is called 'CHR9x'"),
        (["restore", "in", "full", "-o", "back"], "cannot be read"),
    ],
)
def test_a_wrong_call_says_what_is_wrong_and_exits_2(tmp_path: Path, words: Sequence[str], message: str) -> None:
    for name in ("in/site", "full", "empty"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "in" / "site" / "a.txt").write_text(DIRTY)
    (tmp_path / "full" / "old.txt").write_text("old\n")
    ran = dechaff(*words, folder=tmp_path)
    assert ran.code == 2, ran.err
    assert message in ran.err
    assert "Traceback" not in ran.err
    assert (tmp_path / "full" / "old.txt").read_text() == "old\n"
    assert not list(tmp_path.glob("out*"))


def test_restore_does_not_offer_what_it_does_not_have(tmp_path: Path) -> None:
    for name in ("report", "clean", "full"):
        (tmp_path / name).mkdir()
    (tmp_path / "full" / "old.txt").write_text("old\n")
    ran = dechaff("restore", "report", "clean", "-o", "full", folder=tmp_path)
    assert ran.code == 2
    assert ran.err == (
        "dechaff: --output full is not empty; give --overwrite to replace files of the same names, or choose another folder.\n"
    )


def test_what_can_be_shown_is_shown_though_a_path_is_not_there(scrapes: Path) -> None:
    ran = dechaff("check", "scrapes/site/a.txt", "nowhere", "--show-files", folder=scrapes.parent)
    assert (ran.code, ran.out, ran.err) == (2, "scrapes/site/a.txt\n", "dechaff: nowhere: does not exist\n")


def test_a_comma_too_many_selects_nothing_more(scrapes: Path) -> None:
    ran = dechaff("check", "scrapes", "--select", "CHR001, ,CHR035,", folder=scrapes.parent)
    assert [line.split(": ")[1].split()[0] for line in ran.out.splitlines()] == ["CHR001", "CHR035"]


def test_in_place_says_what_it_did_and_what_it_passed_over(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Rain fell.\nCite this\n")
    (tmp_path / "in" / "picture.png").write_bytes(b"")
    ran = dechaff("clean", "in", "--in-place", folder=tmp_path)
    assert ran.err == "in/a.txt: 1 line removed, 1 finding\nPassed over: 1 file not named *.txt, *.text, *.md\n"


def test_hidden_files_are_passed_over_unless_they_are_named(tmp_path: Path) -> None:
    for name in ("in/.a.txt", "in/.git/b.txt", "in/c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(DIRTY, encoding="utf-8")
    ran = dechaff("clean", "in", "-o", "out", folder=tmp_path)
    assert "Passed over: 1 hidden file\nPassed over: 1 hidden folder\n" in ran.err
    assert [path.name for path in (tmp_path / "out").rglob("*") if path.is_file()] == ["c.txt"]
    assert dechaff("check", "in/.a.txt", "in/c.txt", "--show-files", folder=tmp_path).out == "in/.a.txt\nin/c.txt\n"


def test_bad_files_are_named_and_the_rest_is_cleaned(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text(DIRTY, encoding="utf-8")
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    (folder / "noise.txt").write_bytes(bytes(range(256)) * 20)
    (folder / "nowhere.txt").symlink_to(folder / "missing")
    (folder / "outside.txt").symlink_to(__file__)
    (folder / "twice.txt").symlink_to(folder / "good.txt")
    name = os.fsencode(folder) + b"/caf\xe9.txt"
    Path(os.fsdecode(name)).write_text(DIRTY, encoding="utf-8")
    ran = dechaff("clean", folder, tmp_path / "in" / "good.txt", "-o", tmp_path / "out")
    assert ran.code == 2
    assert "picture.txt: is a PNG picture, not text" in ran.err
    assert "noise.txt: is not text" in ran.err
    assert "would be written to the same place as" in ran.err
    assert "Passed over: 2 symbolic links" in ran.err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [os.fsdecode(b"caf\xe9.txt"), "good.txt", "twice.txt"]
    records = [json.loads(line) for line in (tmp_path / "out-report" / "findings.jsonl").read_text().splitlines()]
    assert {record["path"] for record in records if "error" in record} == {"picture.txt", "noise.txt"}
    ran = dechaff("restore", tmp_path / "out-report", tmp_path / "out", "-o", tmp_path / "back")
    assert ran.code == 0
    assert (tmp_path / "back" / os.fsdecode(b"caf\xe9.txt")).read_text(encoding="utf-8") == DIRTY


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write and read everywhere")
def test_folders_without_permission_are_named(scrapes: Path, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    assert "cannot be written to" in dechaff("clean", scrapes, "-o", tmp_path / "locked" / "out").err
    (scrapes / "site" / "a.txt").chmod(0)
    ran = dechaff("clean", scrapes, "-o", tmp_path / "out")
    assert ran.code == 2
    assert "a.txt: cannot be read: Permission denied" in ran.err


def test_overwrite_replaces_and_leaves_no_half_files(scrapes: Path, tmp_path: Path) -> None:
    dechaff("clean", scrapes, "-o", tmp_path / "out")
    (tmp_path / "out" / "site" / "a.txt").write_text("old\n")
    assert dechaff("clean", scrapes, "-o", tmp_path / "out").code == 2
    assert (tmp_path / "out" / "site" / "a.txt").read_text() == "old\n"
    assert dechaff("clean", scrapes, "-o", tmp_path / "out", "--overwrite").code == 0
    assert (tmp_path / "out" / "site" / "a.txt").read_text(encoding="utf-8") == CLEAN
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith(".tmp")]


def test_every_command_and_option_has_help() -> None:
    import typer

    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        assert command.help, name
        assert "Example" in command.help or name == "rules", name
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name} {parameter.name}"


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['dechaff', '--help']\n"
        "try:\n    from dechaff_cli.app import main; main()\nexcept SystemExit:\n    pass\nprint(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"ftfy", "langdetect", "numpy", "re2", "jinja2", "dechaff.rules", "tomllib"} & set(loaded)


def test_nothing_is_written_over_the_originals(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "summary.md").write_text("Home\nRain fell.\n")
    ran = dechaff("clean", "notes/summary.md", "-o", "out", "--report", "notes", folder=tmp_path)
    assert ran.code == 2
    assert "holds notes/summary.md" in ran.err
    assert dechaff("clean", "notes", "-o", "out", "--report", "out", folder=tmp_path).code == 2
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "sub" / "a.txt").write_text(DIRTY)
    (tmp_path / "out2").mkdir()
    (tmp_path / "out2" / "sub").symlink_to(tmp_path / "in" / "sub")
    ran = dechaff("clean", "in", "-o", "out2", "--overwrite", folder=tmp_path)
    assert ran.code == 2
    assert "is a link that leads out of" in ran.err
    assert (tmp_path / "in" / "sub" / "a.txt").read_text() == DIRTY
    assert dechaff("diff", "in/sub/a.txt", "-o", "in/sub/a.txt", folder=tmp_path).code == 2
    assert (tmp_path / "in" / "sub" / "a.txt").read_text() == DIRTY


@pytest.mark.parametrize(
    "text", ["Skip to main content\nRain fell.\nIt stopped.", "Rain fell.\n\n\n", "Home\r\nRain fell.\r\n", "\n\nRain", "Cite this"]
)
def test_the_diff_of_odd_ends_applies(tmp_path: Path, text: str) -> None:
    if shutil.which("patch") is None:
        pytest.skip("patch is not installed")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a b.txt").write_text(text, newline="")
    dechaff("clean", "in", "-o", "out", folder=tmp_path)
    with (tmp_path / "out-report" / "changes.diff").open("rb") as changes:
        done = subprocess.run(["patch", "-p1", "--binary", "-s"], stdin=changes, cwd=tmp_path / "in", capture_output=True, check=False)  # noqa: S607
    assert done.returncode == 0, done.stdout
    assert (
        not (tmp_path / "in" / "a b.txt").exists()
        or (tmp_path / "in" / "a b.txt").read_bytes() == (tmp_path / "out" / "a b.txt").read_bytes()
    )


def test_the_same_name_in_two_folders_is_checked_twice(tmp_path: Path) -> None:
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(DIRTY)
    ran = dechaff("check", "x/a.txt", "y/a.txt", folder=tmp_path)
    assert ran.code == 1
    assert "x/a.txt:1:1" in ran.out
    assert "y/a.txt:1:1" in ran.out


def test_decoding_remarks_obey_the_selection(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"Rain fell.\r\nIt stopped.\r\n")
    assert dechaff("check", "a.txt", folder=tmp_path).code == 1
    assert dechaff("check", "a.txt", "--ignore", "decoding", folder=tmp_path).code == 0


def test_copies_of_one_page_are_not_emptied(samples: Path, tmp_path: Path) -> None:
    poem = samples / "negative" / "in" / "poem-and-recipe" / "night-ward.txt"
    (tmp_path / "in" / "site").mkdir(parents=True)
    for i in range(4):
        shutil.copy(poem, tmp_path / "in" / "site" / f"{i}.txt")
    dechaff("clean", "in", "-o", "out", folder=tmp_path)
    assert (tmp_path / "out" / "site" / "2.txt").read_bytes() == poem.read_bytes()


def test_explain_prints_no_name_of_a_site_as_it_is(tmp_path: Path) -> None:
    site = tmp_path / "in" / "\x1b[31mred"
    site.mkdir(parents=True)
    for number in range(4):
        (site / f"{number}.txt").write_text(
            f"The harbour gazette of letters\n\nA trial of the {number}th drug in ward {number}\n\nRain fell on day {number} of it.\n"
        )
    ran = dechaff("explain", f"{site / '1.txt'}:1", "--corpus", tmp_path / "in")
    assert "removed: REP001" in ran.out
    assert "\x1b" not in ran.out


def test_explain_sees_the_corpus_that_cleaning_sees(scrapes: Path) -> None:
    (scrapes / "dechaff.toml").write_text('include = ["*.dat"]\nexclude = ["old"]\n')
    (scrapes / "page.dat").write_text(DIRTY, encoding="utf-8")
    ran = dechaff("explain", f"{scrapes / 'page.dat'}:1", "--corpus", scrapes)
    assert "removed: CHR001" in ran.out, ran.err
    ran = dechaff("explain", f"{scrapes / 'site' / 'a.txt'}:1", "--corpus", scrapes)
    assert ran.code == 2
    assert "is not one of the texts" in ran.err


def test_explain_says_of_every_blank_line_that_goes_that_it_goes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rain fell.\n\n\n\nSnow fell.\n")
    said = [dechaff("explain", f"{tmp_path / 'a.txt'}:{line}").out for line in (2, 3, 4)]
    assert sum("removed: BLK" in one for one in said) == 2
