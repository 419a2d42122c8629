"""The forms of a check: read by what others wrote, within the limits of their readers, and deaf to whatever a scrape says."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from io import BytesIO
from itertools import cycle, islice
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from dechaff import FileReport, Finding
from dechaff_cli import formats
from dechaff_cli.formats import CHECKS, Totals
from dechaff_cli.policy import Policy
from dechaff_cli.results import Checked, gather

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Ran

    Dechaff = Callable[..., Ran]

PAGE = """Skip to main content
Home > Trials > Liver
A- A A+

Cell therapy in liver failure: a randomised trial
320 patients were enrolled. The authorâ€™s dose was 2 mg.
Cite this
© 2024 Example Portal. All rights reserved.
"""

_ODD = [
    "::error file=/etc/passwd::Not ours",
    "  ::stop-commands::pause",
    "::set-output name=token::x",
    "##[error]Not ours",
    "##vso[task.setvariable variable=a]b",
    "##teamcity[buildProblem description='x']",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example/\x1b\\link\x1b]8;;\x1b\\",
    "\x9b31mC1 control\x9c",
    "\u202egnihtemos\u202c \u2066isolated\u2069",
    "[red]markup[/red] [link=https://evil.example/]x[/link]",
    "]]> <!-- --> <![CDATA[ </failure></testcase>",
    "a\x00b\x01c\x08d",
    "half a pair \ud800 and \udfff, \ufffe and \uffff",
    "| cell | <img src=x onerror=alert(1)> `code` @everyone",
    "%0A::error::smuggled%0D",
    "\r::error::after a carriage return",
    "\u2028::error::after a line separator \u2029 \x85 \x0b::error::x \x0c::error::x",
    "section_start:1:x\r\x1b[0K",
    "invisible \u200b\u200d\u2060\ufeff\U000e0041 text",
    "M" * (1 << 20),
]


def _hostile() -> Iterator[str]:
    """Yield 300 lines that try to be more than text, half of them in the company of words that make them chrome."""
    for number, odd in enumerate(islice(cycle(_ODD), 300)):
        yield (odd if len(odd) > 1000 and number > len(_ODD) else "") or odd[: 1 << 20 if number < len(_ODD) else 300]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    lines = list(_hostile())
    assert len(lines) == 300
    text = "\n".join(part for line in lines for part in ("Share this page", line, "Skip to main content"))
    (folder / "plain.txt").write_bytes(text.encode("utf-8", "surrogatepass"))
    for i, line in enumerate(lines[: len(_ODD) - 1]):
        name = re.sub(r"[/\0\ud800-\udfff]", "_", line)[:60]
        (folder / f"{name}{i}.txt").write_text("Skip to main content\nCite this\n")
    (folder / "binary.txt").write_bytes(b"\x89PNG\r\n\x1a\n::error::")
    return folder


@pytest.mark.parametrize("form", CHECKS)
def test_hostile_text_does_nothing_in_any_form(dechaff: Dechaff, hostile: Path, tmp_path: Path, form: str) -> None:
    summary = tmp_path / "summary.md"
    ran = dechaff("check", hostile, "--output-format", form, folder=hostile, GITHUB_STEP_SUMMARY=str(summary))
    assert ran.code == 2  # one file is no text
    for text in (ran.raw.decode("utf-8"), ran.err, summary.read_text(encoding="utf-8")):
        assert not [c for c in set(text) - {"\n"} if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}]
        assert max(map(len, text.split("\n"))) < 20_000
    for line in (ran.out + ran.err).split("\n"):
        assert not line.lstrip().startswith("::") or (form == "github" and re.match(r"::(?:error|warning|notice) file=[^:,]*,", line))
        assert "##[" not in line
        assert "##vso[" not in line
        assert "##teamcity[" not in line
        for odd in ("stop-commands", "gnihtemos", "MMMM", "markup", "]]>", "half a pair"):
            assert not line.startswith(odd)
    if form in {"json", "gitlab", "sarif"}:
        json.loads(ran.raw)
    if form == "jsonl":
        assert all(map(json.loads, ran.out.splitlines()))
    if form == "junit":
        suites = ET.fromstring(ran.raw)  # noqa: S314  our own
        assert {"failure", "error"} >= {child.tag for case in suites.iter("testcase") for child in case}
    assert not re.search(r"(?<!\\)[<`]", summary.read_text(encoding="utf-8"))


def test_a_run_of_removed_lines_is_one_result(dechaff: Dechaff, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    results = json.loads(dechaff("check", "page.txt", "--output-format", "json").raw)["results"]
    assert [(one["line"], one["end_line"], one["effect"]) for one in results] == [(1, 4, "remove"), (6, 6, "repair"), (7, 8, "remove")]
    assert [len(one["findings"]) for one in results] == [4, 1, 2]
    assert results[0]["excerpt"][:2] == ["Skip to main content", "Home > Trials > Liver"]
    assert len({one["fingerprint"] for one in results}) == 3


def test_fingerprints_stay_while_lines_move(dechaff: Dechaff, tmp_path: Path) -> None:
    def prints(text: str) -> list[str]:
        (tmp_path / "page.txt").write_text(text, encoding="utf-8")
        return [one["fingerprint"] for one in json.loads(dechaff("check", "page.txt", "--output-format", "json").raw)["results"]]

    text = "Rain fell on the hill.\nCite this\nIt stopped.\nSkip to main content\nNobody came.\nSkip to main content\n"
    before = prints(text)
    assert len(set(before)) == 3
    assert prints("A new first line.\n" + text) == before


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_json_holds_no_half_pair_wherever_a_file_is_named(dechaff: Dechaff, tmp_path: Path, form: str) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / os.fsdecode(b"th\xe9.txt")).write_text(PAGE, encoding="utf-8")
    ran = dechaff("check", ".", "--output-format", form)
    assert ran.code == 2
    assert "\\udc" not in ran.out.replace("\\\\udc", "")  # what is left is shown as an escape
    (error,) = json.loads(ran.out if form == "json" else ran.out.splitlines()[-1])["errors"]
    assert error["path"] == "caf\\udce9.txt"
    assert "PNG" in error["message"]


# --- SARIF ---------------------------------------------------------------------------------------------------------


def test_sarif_is_valid_by_the_published_schema(dechaff: Dechaff, hostile: Path, samples: Path, schemas: Path) -> None:
    from jsonschema import Draft4Validator

    validator = Draft4Validator(json.loads((schemas / "sarif-schema-2.1.0.json").read_text(encoding="utf-8")))
    for folder in (hostile, samples / "scrapes" / "in", samples / "negative" / "in"):
        ran = dechaff("check", folder, "--output-format", "sarif", "--max-removed", "1", "--isolated")
        assert not list(validator.iter_errors(json.loads(ran.raw)))


def test_sarif_has_what_code_scanning_reads(dechaff: Dechaff, tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "pagé#1.txt").write_text(PAGE, encoding="utf-8")
    ran = dechaff("check", ".", "--output-format", "sarif", GITHUB_WORKSPACE=str(tmp_path))
    document = json.loads(ran.raw)
    (run,) = document["runs"]
    assert (document["version"], document["$schema"]) == ("2.1.0", "https://json.schemastore.org/sarif-2.1.0.json")
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["automationDetails"]["id"].startswith("dechaff/")
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["id"]
        for key in ("shortDescription", "fullDescription"):
            assert 0 < len(rule[key]["text"]) <= 1024
        assert rule["help"]["text"]
        assert len(rule["name"]) <= 255
        assert rule["properties"]["precision"] in {"very-high", "high", "medium", "low"}
        assert rule["properties"]["problem.severity"] in {"error", "warning", "recommendation"}
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert len(result["partialFingerprints"]["primaryLocationLineHash"]) == 32
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "a%20b/pag%C3%A9%231.txt"
        assert unquote(place["artifactLocation"]["uri"]) == "a b/pagé#1.txt"
        assert place["region"]["endColumn"] >= 1
    by_line = {result["locations"][0]["physicalLocation"]["region"]["startLine"]: result for result in run["results"]}
    deleted = by_line[7]["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"]
    assert deleted == {"startLine": 7, "startColumn": 1, "endLine": 9, "endColumn": 1}
    assert by_line[6]["locations"][0]["physicalLocation"]["region"] == {"startLine": 6, "startColumn": 39, "endLine": 6, "endColumn": 42}


def test_sarif_is_read_by_a_reader_of_others(dechaff: Dechaff, samples: Path, tmp_path: Path) -> None:
    from sarif import loader

    ran = dechaff("check", samples / "scrapes" / "in", "--output-format", "sarif", "--output-file", "out.sarif")
    assert ran.raw == b""
    read = loader.load_sarif_file(str(tmp_path / "out.sarif"))
    assert read.get_distinct_tool_names() == ["dechaff"]
    assert read.get_result_count() == len(json.loads((tmp_path / "out.sarif").read_bytes())["runs"][0]["results"]) > 50
    assert {record["Severity"] for record in read.get_records()} == {"error", "note"}  # what is only reported is a note


def _many(count: int, *, rule: str = "CHR001") -> Checked:
    """Return a file in which every second line is removed, the later ones in longer runs."""
    lines = []
    findings = []
    for i in range(count):
        for _ in range(1 + (i % 97 == 96)):
            lines.append("Skip to main content")
            findings.append(Finding(len(lines), 1, rule, "Skip to main content\n", "", "the whole line reads so", 0, 0))
        lines.append("Rain fell.")
    report = FileReport("page.txt", characters_in=1, lines_in=len(lines), findings=tuple(findings))
    return Checked("page.txt", "page.txt", report, gather("page.txt", findings, lines, Policy().levels()))


def _written(form: str, *files: Checked, totals: Totals | None = None) -> str:
    made = formats.named(form)
    lines = [line for file in files for line in made.add(file)]
    return "\n".join([*lines, *made.finish(totals or Totals())])


def test_sarif_keeps_as_many_results_as_readers_take_worst_first() -> None:
    run = json.loads(_written("sarif", _many(25_200)))["runs"][0]
    assert len(run["results"]) == 25_000
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"]["endLine"] == 194  # the first run of two
    assert "200 results are left out" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


# --- GitHub --------------------------------------------------------------------------------------------------------


def _read_command(line: str) -> tuple[str, dict[str, str], str]:
    """Return a workflow command as the runner reads it: `%25` last, each property cut at commas."""

    def plain(text: str, *, is_property: bool) -> str:
        for code, character in (("%2C", ","), ("%3A", ":")) if is_property else ():
            text = text.replace(code, character)
        return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")

    match = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
    assert match, line
    properties = dict(pair.split("=", 1) for pair in match[2].split(","))
    return match[1], {name: plain(value, is_property=True) for name, value in properties.items()}, plain(match[3], is_property=False)


def test_github_lines_are_escaped_as_the_toolkit_does(dechaff: Dechaff, tmp_path: Path) -> None:
    name = "100%,a:b\n::error::x.txt"
    (tmp_path / name).write_text("Skip to main content\nRain fell.\n")
    ran = dechaff("check", ".", "--output-format", "github")
    (line,) = ran.out.splitlines()
    command, properties, message = _read_command(line)
    assert command == "error"
    assert properties["file"] == "100%,a:b\\n::error::x.txt"  # a line break cannot be in an annotation's file
    assert (properties["line"], properties["endLine"], properties["col"], properties["endColumn"]) == ("1", "1", "1", "21")
    assert message == "CHR001 skip-link: 1 line to remove: the whole line reads so"


def test_github_gets_ten_of_a_kind_worst_first_and_the_count_of_the_rest() -> None:
    lines = _written("github", _many(1000)).splitlines()
    assert len(lines) == 11
    assert lines[-1] == "dechaff: GitHub shows 10 annotations of a kind; there are 990 more errors"
    for line in lines[:10]:
        _, properties, _ = _read_command(line)
        assert int(properties["endLine"]) == int(properties["line"]) + 1
        assert "col" not in properties  # GitHub refuses columns on several lines


def test_levels_follow_the_policy(dechaff: Dechaff, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    (tmp_path / "de.txt").write_text("Der Regen fiel den ganzen Tag auf den Hügel, und niemand kam vorbei.\n" * 5, encoding="utf-8")
    ran = dechaff("check", ".", "--output-format", "github", "--fail-on", "encoding")
    assert [_read_command(line)[0] for line in ran.out.splitlines()] == ["error", "warning", "warning", "notice"]


def test_a_github_job_gets_annotations_and_a_summary_unasked(dechaff: Dechaff, tmp_path: Path) -> None:
    (tmp_path / "scrapes").mkdir()
    (tmp_path / "scrapes" / "page.txt").write_text(PAGE, encoding="utf-8")
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    job = {"GITHUB_ACTIONS": "true", "GITHUB_WORKFLOW": "ci", "GITHUB_WORKSPACE": str(tmp_path), "GITHUB_STEP_SUMMARY": str(summary)}
    ran = dechaff("check", "page.txt", folder=tmp_path / "scrapes", **job)
    assert ran.out.startswith("::error file=scrapes/page.txt,line=1,endLine=4,")
    assert summary.read_text(encoding="utf-8").startswith("before\n## dechaff\n\nFailed: 7 findings in 1 of 1 file; 1 fails.\n")
    assert dechaff("check", "page.txt", "--output-format", "concise", folder=tmp_path / "scrapes", **job).out.startswith("page.txt:1:1:")
    assert dechaff("check", "page.txt", folder=tmp_path / "scrapes", **job, DECHAFF_OUTPUT_FORMAT="gitlab").out.startswith("[{")
    summary.write_text("x" * 899_990)
    dechaff("check", "page.txt", folder=tmp_path / "scrapes", **job)
    assert summary.stat().st_size <= 900_000


# --- GitLab, JUnit, JSON, text ----------------------------------------------------------------------------------------


def test_gitlab_has_the_documented_fields(dechaff: Dechaff, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE * 2, encoding="utf-8")
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    ran = dechaff("check", tmp_path, "--output-format", "gitlab", CI_PROJECT_DIR=str(tmp_path))
    assert not ran.raw.startswith(b"\xef\xbb\xbf")
    records = json.loads(ran.raw)
    for record in records:
        assert set(record) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert record["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert set(record["location"]) == {"path", "lines"}
        assert isinstance(record["location"]["lines"]["begin"], int)
        assert record["location"]["path"] in {"page.txt", "picture.txt"}
    assert len({record["fingerprint"] for record in records}) == len(records) > 5
    assert records[0]["description"].startswith(records[0]["check_name"])
    (tmp_path / "page.txt").write_text("Rain fell.\n")
    (tmp_path / "picture.txt").unlink()
    assert json.loads(dechaff("check", tmp_path, "--output-format", "gitlab").raw) == []


def test_junit_is_valid_by_the_published_schema(dechaff: Dechaff, hostile: Path, samples: Path, schemas: Path) -> None:
    from xmlschema import XMLSchema

    schema = XMLSchema(schemas / "junit.xsd")
    for folder in (hostile, samples / "scrapes" / "in", samples / "negative" / "in"):
        schema.validate(BytesIO(dechaff("check", folder, "--output-format", "junit", "--isolated").raw))
    schema.validate(BytesIO(_written("junit").encode()))


def test_junit_is_read_by_a_reader_of_others(dechaff: Dechaff, tmp_path: Path) -> None:
    from junitparser import Error, Failure, JUnitXml

    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    (tmp_path / "clean.txt").write_text("Rain fell.\n")
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    read = JUnitXml.fromstring(dechaff("check", ".", "--output-format", "junit").raw)
    suites = {suite.name: suite for suite in read}
    assert (suites["page.txt"].tests, suites["page.txt"].failures) == (3, 3)
    assert [case.name for case in suites["clean.txt"]] == ["No errors found"]
    assert [[type(one) for one in case.result] for case in suites["picture.txt"]] == [[Error]]
    assert all(isinstance(one, Failure) for case in suites["page.txt"] for one in case.result)


def test_full_shows_the_lines_set_off(dechaff: Dechaff, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    out = dechaff("check", "page.txt", "--output-format", "full").out
    assert out.startswith("page.txt:1:1: CHR001 skip-link: 4 lines to remove: the whole line reads so; also ")
    assert "\n  | Home > Trials > Liver\n" in out
    assert "'â€™' becomes '’'" in out


def test_markdown_shows_rules_lines_and_files(dechaff: Dechaff, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}_1.txt").write_text(PAGE, encoding="utf-8")
    out = dechaff("check", ".", "--output-format", "markdown").out
    assert "| CHR001 | skip-link | 2 | 2 |" in out
    assert "| Skip to main content | CHR001 | 2 |" in out
    assert "| a\\_1\\.txt |" in out


def test_output_file_is_whole_and_never_over_the_input(dechaff: Dechaff, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    ran = dechaff("check", ".", "--output-format", "json", "--output-file", "out/result.json")
    assert (ran.code, ran.raw) == (1, b"")
    assert json.loads((tmp_path / "out" / "result.json").read_bytes())["failed"] == 1
    ran = dechaff("check", ".", "--output-file", "page.txt")
    assert ran.code == 2
    assert (tmp_path / "page.txt").read_text(encoding="utf-8") == PAGE


@pytest.mark.parametrize("form", CHECKS)
def test_the_number_of_processes_changes_no_byte(dechaff: Dechaff, samples: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from dechaff_cli.engine import batches

    monkeypatch.setattr(batches, "FILES", 4)
    one, four = (dechaff("check", samples / "scrapes" / "in", "--output-format", form, "--jobs", jobs) for jobs in ("1", "4"))
    assert one == four
    assert one.code == 1
