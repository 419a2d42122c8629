"""Reports made again and corrected: what is written where, what is tried first, and who is refused."""

from __future__ import annotations

import http.client
import json
import os
import threading
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dechaff.lines import bare
from dechaff.patterns import Patterns
from dechaff_cli import held, work
from dechaff_cli.corrections import Correction, CorrectionError, block, free_code, read
from dechaff_cli.html import shards
from dechaff_cli.rerun import Run
from dechaff_cli.reviewing import Review
from dechaff_cli.serving import Server
from dechaff_train import pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Ran

TEXT = (
    "Skip to main content\n\nThe patient’s bilirubin fell in week {n} after the infusion of the cells.\n\nCite this\n\nGazette {n} of 12\n"
)


@pytest.fixture
def run(dechaff: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    for number in range(5):
        place = tmp_path / "scrapes" / "journal" / f"{number}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(TEXT.format(n=number), encoding="utf-8")
    (tmp_path / "scrapes" / "other.txt").write_text("Rain fell.\n\nCite this\n\n", encoding="utf-8")
    assert dechaff("clean", "scrapes", "-o", "clean").code == 0
    monkeypatch.chdir(tmp_path)
    return dechaff


def said(kind: str, text: str, path: str = "journal/0.txt", site: str = "journal", line: int = 5) -> dict[str, Any]:
    return {"kind": kind, "path": path, "site": site, "text": text, "line": line, "rule": "CHR035"}


def saved(folder: Path, *corrections: dict[str, Any]) -> Path:
    file = folder / "corrections.json"
    file.write_text(json.dumps({"dechaff_corrections": 1, "report": "", "corrections": corrections}))
    return file


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_report_made_again_is_the_same(run: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(tmp_path / "clean-report")
    ran = run("report", "clean-report")
    assert ran.code == 0, ran.err
    assert contents(tmp_path / "clean-report") == before
    monkeypatch.setattr(shards, "_INSIDE", 0)
    assert run("report", "clean-report").code == 0
    large = contents(tmp_path / "clean-report")
    assert {"data/files-0.js", "data/changes-0.js"} <= set(large)
    assert "nonce" in large["index.html"].decode()
    monkeypatch.undo()
    assert run("report", "clean-report").code == 0
    assert contents(tmp_path / "clean-report") == before


def test_a_report_without_its_clean_copies_still_shows_the_changes(run: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "clean").rename(tmp_path / "moved")
    assert run("report", "clean-report").code == 0
    page = (tmp_path / "clean-report" / "index.html").read_text()
    assert '"bare":1' in page
    assert "Skip to main content" in page
    assert "bilirubin" not in page
    assert run("report", "clean-report", "--clean", "moved").code == 0
    assert "bilirubin" in (tmp_path / "clean-report" / "index.html").read_text()


@pytest.mark.parametrize("at_hand", [True, False])
def test_rules_of_ones_own_are_shown_as_removals(
    run: Callable[..., Ran], another_process: Callable[[], None], tmp_path: Path, at_hand: bool
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[[rule]]\ncode = "OWN001"\nname = "gazette"\neffect = "remove"\nwhy = "A gazette."\nsource = "us"\nsince = "2026-11"\n'
        'patterns = [\'gazette \\d+ of 12\']\nexamples = [{ dirty = "Gazette 1 of 12\\nRain fell.\\n", clean = "Rain fell.\\n" }]\n'
        'keeps = ["Gazette of the hill.\\n"]\n',
    )
    assert run("clean", "scrapes", "-o", "other", "--config", "own.toml").code == 0
    another_process()
    if not at_hand:
        own.unlink()
    made = contents(tmp_path / "other-report")["index.html"].decode()
    ran = run("report", "other-report")
    assert ran.code == 0
    assert ("is not at hand" in ran.err) == (not at_hand)
    again = contents(tmp_path / "other-report")["index.html"].decode()
    assert (made == again) == at_hand
    assert f'"OWN001","{"gazette" if at_hand else "not-known-here"}","chrome","remove"' in again


def test_what_was_not_read_and_passed_over_is_remembered(run: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "scrapes" / "picture.png").write_bytes(b"\x89PNG")
    (tmp_path / "scrapes" / "bad.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    assert run("clean", "scrapes", "-o", "clean", "--overwrite", "--config", 'max-removed = "5%"').code == 2
    before = contents(tmp_path / "clean-report")
    assert "Over budget" in before["index.html"].decode()
    assert json.loads(before["summary.json"])["over_budget"]
    assert run("report", "clean-report").code == 0
    assert contents(tmp_path / "clean-report") == before


def test_the_summary_tells_the_story_in_ten_lines(run: Callable[..., Ran], tmp_path: Path) -> None:
    assert run("report", "clean-report").code == 0
    lines = (tmp_path / "clean-report" / "summary.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 14
    assert "of the characters removed" in lines[0]
    assert any("`Skip to main content` (5 files, CHR001)" in line for line in lines)


def test_a_run_is_the_same_from_wherever_it_is_looked_at(run: Callable[..., Ran], tmp_path: Path) -> None:
    draft = tmp_path / "scrapes" / "journal" / "draft" / "9.txt"
    draft.parent.mkdir()
    draft.write_text(TEXT.format(n=9), encoding="utf-8")
    settings = ("--config", 'root = "scrapes/journal"', "--config", 'per-file-ignores = {"scrapes/other.txt" = ["CHR"]}')
    words = ("scrapes", "--exclude", "scrapes/journal/draft", "--profile", "sites.jsonl", *settings)
    assert run("learn", "scrapes", "-o", "sites.jsonl").code == 0
    assert run("clean", *words, "-o", "here").code == 0
    (tmp_path / "elsewhere" / "scrapes").mkdir(parents=True)
    runs = []
    for folder in (tmp_path, tmp_path / "elsewhere"):
        os.chdir(folder)
        again = Run.read(Path(os.path.relpath(tmp_path / "here-report"))).call()
        assert again.profile_file == tmp_path / "sites.jsonl"
        assert again.roots == [tmp_path / "scrapes" / "journal"]
        files = work.find(again).files
        runs.append([(file.name, again.configs.treatment(file.path, "journal").rules) for file in files])
    assert runs[0] == runs[1]
    assert [name for name, _ in runs[0]] == [*(f"journal/{number}.txt" for number in range(5)), "other.txt"]
    assert "CHR001" in runs[0][0][1]
    assert "CHR001" not in runs[0][-1][1]


def test_corrections_come_out_as_a_whole_run_would_have_them(run: Callable[..., Ran], tmp_path: Path) -> None:
    corrections = saved(tmp_path, said("keep-line", "Cite this"), said("chrome", "Gazette 0 of 12", line=7))
    ran = run("review", "clean-report", "--apply", corrections, "--labels", "labels.jsonl")
    assert ran.code == 0, ran.out + ran.err
    assert "2 of 2 corrections made" in ran.err
    assert "Gazette" not in (tmp_path / "clean" / "journal" / "3.txt").read_text()
    assert "Cite this" in (tmp_path / "clean" / "journal" / "3.txt").read_text()
    assert "Cite this" not in (tmp_path / "clean" / "other.txt").read_text()  # another site
    assert run("rules", "test").code == 0
    assert run("clean", "scrapes", "-o", "again").code == 0
    assert contents(tmp_path / "again") == contents(tmp_path / "clean")
    whole, part = contents(tmp_path / "again-report"), contents(tmp_path / "clean-report")
    for name in ("findings.jsonl", "changes.diff", "index.html", "summary.md", "summary.json"):
        assert whole[name] == part[name], name
    (page,) = pages.read(tmp_path / "labels.jsonl", {}, whole=True)
    assert (page.name, page.domain) == ("journal/0.txt", "journal")
    assert dict(zip(page.lines, page.labels, strict=True)) == {
        "Skip to main content": -1,
        "The patient’s bilirubin fell in week 0 after the infusion of the cells.": -1,
        "Cite this": 1,
        "Gazette 0 of 12": 0,
    }


def test_a_review_says_that_it_takes_no_containers(run: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "clean-report" / "containers.jsonl").touch()
    refused = run("review", "clean-report")
    assert refused.code == 2
    assert "records in containers" in refused.err


@pytest.mark.usefixtures("run")
def test_lines_alike_differ_in_numbers_alone(tmp_path: Path) -> None:
    review = Review(Path("clean-report"))
    kept = review.propose(Correction.from_record(said("keep-alike", "Cite this")))
    assert (kept.lines, len(kept.paths), kept.faults) == (6, 6, ())
    gone = review.propose(Correction.from_record(said("chrome", "Gazette 3 of 12")))
    assert (gone.lines, len(gone.paths), gone.faults) == (5, 5, ())
    assert not (tmp_path / "dechaff.toml").exists()


def test_a_correction_that_fails_its_own_test_is_not_written(run: Callable[..., Ran], tmp_path: Path) -> None:
    wrong = [said("chrome", "Sponsor: Thalassa General Hospital"), said("chrome", "• • •"), said("keep-line", "stands nowhere")]
    ran = run("review", "clean-report", "--apply", saved(tmp_path, *wrong))
    assert ran.code == 1
    assert ran.out.count("not made:") == 3
    assert not (tmp_path / "dechaff.toml").exists()


def test_an_existing_configuration_is_added_to(run: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n\n[tool.dechaff]\nremoval = "balanced"\n')
    assert (
        run("review", "clean-report", "--apply", saved(tmp_path, said("keep-line", "Cite this"), said("chrome", "Gazette 1 of 12"))).code
        == 0
    )
    ours = tomllib.loads((tmp_path / "pyproject.toml").read_text())["tool"]["dechaff"]
    assert ours["removal"] == "balanced"
    assert ours["allow"][0]["examples"] == ["Cite this"]
    assert ours["rule"][0]["code"] == "OWN001"
    before = (tmp_path / "pyproject.toml").read_text().replace("[[tool.dechaff.allow]]", "[[x]]")
    (tmp_path / "pyproject.toml").write_text(before.replace('removal = "balanced"', 'allow = [{ line = "x" }]'))
    ran = run("review", "clean-report", "--apply", saved(tmp_path, said("keep-line", "Skip to main content")))
    assert ran.code == 2
    assert "cannot take these blocks" in ran.err


def test_an_allowed_line_is_tried_too(run: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "dechaff.toml").write_text('[[allow]]\npattern = "gazette [0-9]"\nexamples = ["Gazette 7", "Gazette of 7"]\n')
    ran = run("rules", "test")
    assert ran.code == 1
    assert "does not keep its example 'Gazette of 7'" in ran.out


HOSTILE = ['say "x" \\ \x1b[0m', "a\u202eb\u200b", "[[rule]]\x85", "'''\"\"\"", "𝔘 = {1}", "C:\\new\\table"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", ["keep-line", "keep-alike", "chrome"])
def test_any_line_can_be_written_down(kind: str, text: str) -> None:
    one = Correction.from_record(said(kind, text, path=text, site=text))
    table = tomllib.loads(block(one, free_code()))
    (entry,) = table["rule" if kind == "chrome" else "allow"]
    if kind == "keep-line":
        assert entry["line"] == text.strip()
    else:
        (pattern,) = entry["patterns"] if kind == "chrome" else [entry["pattern"]]
        assert Patterns([(pattern, kind)]).whole(bare(text)) == [kind]
        assert not Patterns([(pattern, kind)]).whole(bare(text) + " and more")
    assert block(one, free_code()).isprintable() or all(line.isprintable() for line in block(one, free_code()).splitlines())
    assert one._replace(text="half \ud800").fault()


@pytest.mark.parametrize(
    "record", [None, [], {}, said("keep", "x"), said("chrome", ""), said("chrome", "a\nb"), {**said("chrome", "x"), "path": 1}]
)
def test_what_is_no_correction_is_refused(record: object) -> None:
    with pytest.raises(CorrectionError):
        Correction.from_record(record)
    with pytest.raises(CorrectionError):
        read(json.dumps({"dechaff_corrections": 1, "corrections": [record]}))


@pytest.fixture
def server(run: Callable[..., Ran]) -> Iterator[Server]:  # noqa: ARG001  it makes the report
    with Server(Review(Path("clean-report"))) as started:
        threading.Thread(target=started.serve_forever, daemon=True).start()
        yield started
        started.shutdown()


def ask(server: Server, method: str, path: str, body: object = None, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, None if body is None else json.dumps(body), given)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_only_the_report_itself_is_served_and_only_to_its_reader(server: Server) -> None:
    home = f"/{server.token}/"
    status, page = ask(server, "GET", home)
    assert status == 200
    assert "connect-src 'self'" in page
    assert 'name="dechaff-review"' in page
    assert ask(server, "GET", "/")[0] == 404
    assert ask(server, "GET", "/x/")[0] == 404
    assert ask(server, "GET", "nothing")[0] == 404
    assert ask(server, "GET", home, Host="evil.example")[0] == 403
    assert ask(server, "GET", home, Sec_Fetch_Site="cross-site")[0] == 403
    for path in ("findings.jsonl", "../dechaff.toml", "data/../findings.jsonl", "%2e%2e/x", "data/changes-9.js"):
        assert ask(server, "GET", home + path)[0] == 404, path


def test_corrections_come_from_the_report_alone(server: Server, tmp_path: Path) -> None:
    home, own = f"/{server.token}/review/", {"Origin": f"http://{server.host}", "Content_Type": "application/json"}
    correction = said("keep-line", "Cite this")
    assert ask(server, "POST", home + "add", correction, **{**own, "Origin": "https://evil.example"})[0] == 403
    assert ask(server, "POST", home + "add", correction, Content_Type="application/json")[0] == 403
    assert ask(server, "POST", home + "add", correction, **{**own, "Content_Type": "text/plain"})[0] == 400
    assert ask(server, "POST", "/x/review/add", correction, **own)[0] == 404
    assert ask(server, "POST", home + "add", said("keep-line", "x" * 200_000), **own)[0] == 413
    assert ask(server, "POST", home + "add", ["no correction"], **own)[0] == 409
    assert not (tmp_path / "dechaff.toml").exists()
    status, told = ask(server, "POST", home + "preview", correction, **own)
    assert status == 200
    assert json.loads(told)["lines"] == 5
    assert not (tmp_path / "dechaff.toml").exists()
    assert ask(server, "POST", home + "add", correction, **own)[0] == 200
    assert "Cite this" in (tmp_path / "dechaff.toml").read_text()


def test_two_reviews_in_one_process_do_not_mix_what_they_prepared(
    run: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "_FILES", 2)
    (tmp_path / "dechaff.toml").write_text("jobs = 1\n")
    assert run("clean", "scrapes", "-o", "clean", "--overwrite").code == 0
    for text in ("Cite this", "Skip to main content"):
        changed, refused = Review(tmp_path / "clean-report").apply([Correction("keep-line", "journal/0.txt", "journal", text, 1)])
        assert (len(changed), refused) == (5, [])
    for number in range(5):
        assert "Skip to main content" in (tmp_path / "clean" / "journal" / f"{number}.txt").read_text()


def test_a_review_that_cannot_be_kept_changes_no_settings(run: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "clean-report" / "corrections.jsonl").mkdir()
    ran = run("review", "clean-report", "--apply", saved(tmp_path, said("keep-line", "Cite this")))
    assert ran.code == 2
    assert "corrections.jsonl cannot be written" in ran.err
    assert not (tmp_path / "dechaff.toml").exists()


def test_a_configuration_without_room_for_another_rule_is_told() -> None:
    assert free_code([f"OWN{number:03}" for number in range(1, 999)]) == "OWN999"
    assert not free_code([f"OWN{number:03}" for number in range(1, 1000)])
