"""What fails a check, what is let pass, and what two reports differ in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from dechaff_cli.policy import Budget, PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from conftest import Ran

    Dechaff = Callable[..., Ran]

CHROME = "Skip to main content\nRain fell on the hill all day.\nCite this\n"  # 31 of 62 characters go, and two lines of three
BROKEN = "The patientâ€™s bilirubin fell.\nAll was well.\n"  # one line of two
FOREIGN = "Der Regen fiel den ganzen Tag auf den Hügel, und niemand kam vorbei.\n" * 5  # a remark alone


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for name, text in (("chrome", CHROME), ("broken", BROKEN), ("foreign", FOREIGN), ("clean", "Rain fell.\n")):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("files", "options", "code"),
    [
        ("clean foreign", "", 0),
        ("chrome", "", 1),
        ("broken", "", 1),
        ("chrome broken", "--exit-zero", 0),
        ("chrome", "--fail-on encoding", 0),
        ("broken", "--fail-on encoding", 1),
        ("broken", "--fail-on CHR,ENC001", 1),
        ("foreign", "--fail-on foreign-page", 1),
        ("chrome", "--max-removed 50%", 0),
        ("chrome", "--max-removed 49.9%", 1),
        ("chrome", "--max-removed 2", 0),
        ("chrome", "--max-removed 1", 1),
        ("chrome", "--max-damaged 0", 0),
        ("broken", "--max-removed 0", 0),
        ("broken", "--max-damaged 50%", 0),
        ("broken", "--max-damaged 49%", 1),
        ("broken", "--max-damaged 0", 1),
        ("broken", "--max-removed 0 --max-damaged 1", 0),
        ("broken", "--max-removed 100% --fail-on encoding", 1),
        ("chrome", "--max-removed 100% --fail-on encoding", 0),
        ("chrome missing", "--exit-zero", 2),
        ("chrome", "--max-removed 101%", 2),
        ("chrome", "--max-removed lots", 2),
    ],
)
def test_what_fails_a_check(dechaff: Dechaff, corpus: Path, files: str, options: str, code: int) -> None:
    ran = dechaff("check", *(f"{name}.txt" for name in files.split()), *options.split(), folder=corpus)
    assert ran.code == code, ran.err


@pytest.mark.usefixtures("corpus")
def test_the_share_is_that_of_the_characters(dechaff: Dechaff) -> None:
    assert len("Skip to main content\nCite this\n") / len(CHROME) == 0.5
    assert "chrome.txt: 50.0% of the characters removed, more than 10%" in dechaff("check", "chrome.txt", "--max-removed", "10%").out


@pytest.mark.parametrize("text", ["", "%", "-1", "1e3", "30 per cent", "100.1%", "2.5", "9" * 99, "٣٠%%"])
def test_what_is_no_budget(text: str) -> None:
    with pytest.raises(PolicyError, match="is no budget"):
        Budget.parse(text)


def test_many_findings_exit_with_1(dechaff: Dechaff, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Skip to main content\nRain fell on the hill.\n" * 256)
    ran = dechaff("check", "a.txt")
    assert (ran.code, len(ran.out.splitlines())) == (1, 256)


def test_statistics_and_quiet(dechaff: Dechaff, corpus: Path) -> None:
    ran = dechaff("check", ".", "--statistics", folder=corpus)
    assert "       1  CHR001 skip-link\n" in ran.err
    assert ran.err.endswith("Failed: 4 findings in 3 of 4 files; 2 fail.\n")
    assert dechaff("check", ".", "--quiet", folder=corpus).err == ""


# --- Known findings -------------------------------------------------------------------------------------------------


def test_known_findings_pass_and_new_ones_fail(dechaff: Dechaff, corpus: Path) -> None:
    assert "4 known findings" in dechaff("baseline", "write", ".", folder=corpus).err
    place = corpus / "dechaff-baseline.json"
    assert json.loads(place.read_bytes())["files"]["chrome.txt"].keys() == {"CHR001", "CHR035"}
    known = ("--baseline", "dechaff-baseline.json")
    ran = dechaff("check", ".", *known, folder=corpus)
    assert (ran.code, ran.out) == (0, "")
    assert "4 more known to the baseline" in ran.err
    (corpus / "chrome.txt").write_text("A new line.\n\n" + CHROME)  # lines move
    assert dechaff("check", ".", *known, folder=corpus).code == 0
    (corpus / "chrome.txt").write_text(CHROME + "Rain fell.\nCite this\n")  # one more of the same
    ran = dechaff("check", ".", *known, folder=corpus)
    assert (ran.code, ran.out.count("\n")) == (1, 1)
    assert ran.out.startswith("chrome.txt:5:1: CHR035")
    assert dechaff("baseline", "check", ".", folder=corpus).code == 1


def test_what_is_known_and_gone_is_told_and_pruned(dechaff: Dechaff, corpus: Path) -> None:
    (corpus / "dechaff.toml").write_text('baseline = "known/list.json"\n')
    dechaff("baseline", "write", ".", folder=corpus)
    assert dechaff("baseline", "check", ".", folder=corpus).code == 0
    (corpus / "chrome.txt").write_text("Skip to main content\nRain fell on the hill all day.\n")
    (corpus / "broken.txt").unlink()
    ran = dechaff("check", ".", folder=corpus)
    assert ran.code == 0
    assert "The baseline has 1 more than is there now" in ran.err
    ran = dechaff("baseline", "check", ".", folder=corpus)
    assert ran.code == 1
    assert ran.out.count("not needed any more: ") == 2
    assert dechaff("baseline", "prune", "chrome.txt", folder=corpus).out.count("\n") == 2
    assert dechaff("baseline", "check", ".", folder=corpus).code == 0
    assert json.loads((corpus / "known" / "list.json").read_bytes())["files"].keys() == {"../chrome.txt", "../foreign.txt"}


@pytest.mark.parametrize("command", ["write", "prune"])
@pytest.mark.parametrize(
    "words", [("--select", "CHR001"), ("--ignore", "CHR035"), ("--config", 'per-file-ignores = {"*.txt" = ["CHR035"]}')]
)
def test_what_was_not_asked_for_stays_known(dechaff: Dechaff, corpus: Path, command: str, words: tuple[str, str]) -> None:
    file = corpus / "dechaff-baseline.json"
    assert dechaff("baseline", "write", ".", folder=corpus).code == 0
    before = json.loads(file.read_text())["files"]["chrome.txt"]
    assert set(before) == {"CHR001", "CHR035"}
    (corpus / "chrome.txt").write_text("Rain fell on the hill all day.\n")
    (corpus / "broken.txt").unlink()
    assert dechaff("baseline", command, ".", *words, folder=corpus).code == 0
    after = json.loads(file.read_text())["files"]
    assert after["chrome.txt"] == {"CHR035": before["CHR035"]}
    assert ("broken.txt" in after) == (command == "write" or words == ("--select", "CHR001"))
    assert dechaff("baseline", "prune", ".", folder=corpus).code == 0
    assert "CHR0" not in file.read_text()


def test_what_no_rule_finds_any_more_is_pruned(dechaff: Dechaff, corpus: Path) -> None:
    file = corpus / "dechaff-baseline.json"
    file.write_text(json.dumps({"dechaff_baseline": 1, "files": {"clean.txt": {"OWN001": {"0" * 16: 1}}}}))
    assert dechaff("baseline", "prune", "clean.txt", folder=corpus).out == f"clean.txt: OWN001 ×1 (line {'0' * 16})\n"


def test_a_file_that_is_named_twice_counts_once(dechaff: Dechaff, corpus: Path) -> None:
    (corpus / "link").symlink_to(corpus)
    for name in ("chrome.txt", "./chrome.txt"):
        dechaff("baseline", "write", "chrome.txt", name, ".", "link", folder=corpus)
        assert "4 known findings" in dechaff("baseline", "check", ".", folder=corpus).err
        (corpus / "dechaff-baseline.json").unlink()
    assert len(dechaff("check", "chrome.txt", "link/chrome.txt", folder=corpus).out.splitlines()) == 2
    assert dechaff("diff", "chrome.txt", "chrome.txt", folder=corpus).out.count("+++ ") == 1


def test_a_baseline_of_some_files_leaves_the_others(dechaff: Dechaff, corpus: Path) -> None:
    dechaff("baseline", "write", "chrome.txt", folder=corpus)
    dechaff("baseline", "write", "broken.txt", folder=corpus)
    assert dechaff("check", ".", "--baseline", "dechaff-baseline.json", folder=corpus).code == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"dechaff_baseline": 2, "files": {}}',
        '{"dechaff_baseline": 1, "files": {"a": {"b": {"c": "1"}}}}',
        '{"files": 1}',
        "[" * 5000,
    ],
)
def test_what_is_no_baseline_says_so(dechaff: Dechaff, corpus: Path, text: str) -> None:
    (corpus / "known.json").write_text(text)
    ran = dechaff("check", ".", "--baseline", "known.json", folder=corpus)
    assert ran.code == 2
    assert "baseline write" in ran.err or "later form" in ran.err
    assert "none.json cannot be read" in dechaff("check", ".", "--baseline", "none.json", folder=corpus).err


def test_known_findings_do_not_count_against_a_budget(dechaff: Dechaff, corpus: Path) -> None:
    dechaff("baseline", "write", ".", folder=corpus)
    assert dechaff("check", ".", "--max-removed", "0", "--baseline", "dechaff-baseline.json", folder=corpus).code == 0


# --- Two reports ----------------------------------------------------------------------------------------------------


@pytest.fixture
def reports(dechaff: Dechaff, corpus: Path) -> Path:
    dechaff("clean", ".", "-o", "../out-old", "--ignore", "CHR001", "--report", "../old", folder=corpus)
    dechaff("clean", ".", "-o", "../out-new", "--report", "../new", folder=corpus)
    return corpus.parent


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 0),
        (("--max-loss", "1%"), 1),
        (("--max-loss", "10%"), 0),
        (("--max-loss", "20"), 1),
        (("--max-loss", "21"), 0),
        (("--max-shrink", "33%"), 1),
        (("--max-shrink", "34%"), 0),
        (("--max-shrink", "lots"), 2),
        (("--output-format", "yaml"), 2),
    ],
)
def test_a_budget_on_what_is_removed_more_than_before(dechaff: Dechaff, reports: Path, options: Sequence[str], code: int) -> None:
    assert dechaff("compare", reports / "old", reports / "new", *options).code == code
    assert dechaff("compare", reports / "new", reports / "old", "--max-loss", "0", "--max-shrink", "0").code == 0


def test_a_comparison_names_rules_files_and_errors(dechaff: Dechaff, reports: Path, corpus: Path) -> None:
    ran = dechaff("compare", reports / "old", reports / "new", "--max-shrink", "1")
    assert "4 files before, 4 now; 21 characters more removed (4.53%)." in ran.out
    assert "CHR001 skip-link: 0 findings, now 1; 0 lines removed, now 1" in ran.out
    assert "chrome.txt: 52 characters came out, now 31 (33.87% of the file less)" in ran.out
    assert "FAILED: 1 file beyond 1 more removed than before" in ran.out
    made = json.loads(dechaff("compare", reports / "old", reports / "new", "--output-format", "json").raw)
    assert made["rules"]["CHR001"] == {"findings": [0, 1], "lines": [0, 1]}
    summary = corpus / "summary.md"
    ran = dechaff("compare", reports / "old", reports / "new", "--output-format", "markdown", GITHUB_STEP_SUMMARY=str(summary))
    assert "| CHR001 | skip-link | 0 | 1 | 0 | 1 |" in ran.out
    assert summary.read_text() == ran.out


def test_a_comparison_fails_on_new_errors_and_passes_over_changed_files(dechaff: Dechaff, reports: Path, corpus: Path) -> None:
    (corpus / "clean.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    (corpus / "chrome.txt").write_text("Share this page\n" + CHROME)
    dechaff("clean", ".", "-o", "../out-later", "--report", "../later", folder=corpus)
    ran = dechaff("compare", reports / "new", reports / "later")
    assert ran.code == 1
    assert "clean.txt: fails now: is a PNG picture, not text" in ran.out
    assert "1 file changed in between" in ran.out
    assert "as many characters removed as before" in ran.out
    with (reports / "later" / "findings.jsonl").open("a") as findings:
        findings.write('{"path": 1}\n')
    ran = dechaff("compare", reports / "new", reports / "later")
    assert ran.code == 2
    assert "line 5: not a record" in ran.err


def test_files_that_are_missing_are_named_and_fail_a_budget(dechaff: Dechaff, reports: Path, corpus: Path) -> None:
    for name in ("clean.txt", "chrome.txt"):
        (corpus / name).unlink()
    (corpus / "later.txt").write_text("Rain fell.\n")
    dechaff("clean", ".", "-o", "../out-fewer", "--report", "../fewer", folder=corpus)
    words = ("compare", reports / "old", reports / "fewer")
    ran = dechaff(*words)
    assert ran.code == 0
    assert "2 files missing now" in ran.out
    assert "\nchrome.txt: missing now\nclean.txt: missing now\n" in ran.out
    for budget in (("--max-loss", "0%"), ("--max-shrink", "100%")):
        ran = dechaff(*words, *budget)
        assert ran.code == 1
        assert "FAILED: 2 files missing\n" in ran.out
    made = json.loads(dechaff(*words, "--output-format", "json").raw)
    assert made["missing"] == ["chrome.txt", "clean.txt"]
    assert r"| chrome\.txt |" in dechaff(*words, "--output-format", "markdown").out
    assert dechaff("compare", reports / "fewer", reports / "fewer", "--max-loss", "0").code == 0


def test_records_of_one_name_are_compared_each_with_itself(dechaff: Dechaff, tmp_path: Path) -> None:
    rows = [{"id": "x", "text": CHROME}, {"id": "x", "text": "Rain fell.\n"}]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for name, words in (("old", ("--ignore", "CHR001")), ("new", ())):
        assert dechaff("clean", "p.jsonl", "--id-column", "id", "-o", f"out-{name}", "--report", name, "--jobs", "1", *words).code == 0
    ran = dechaff("compare", "old", "new", "--max-loss", "0%")
    assert ran.code == 1
    assert "2 files before, 2 now; 21 characters more removed" in ran.out
    assert "p.jsonl#x: 52 characters came out, now 31" in ran.out
    assert "changed in between" not in ran.out
