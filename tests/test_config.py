"""Configurations: which one counts, what wins over what, and what a wrong one says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft7Validator

from dechaff_cli import keys
from dechaff_cli.config import Configs
from dechaff_cli.ignoring import GitIgnored

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conftest import Ran

    Dechaff = Callable[..., Ran]

MENU = "Skip to main content\nRain fell on the hill.\nCite this\n"
BROKEN = "The patientâ€™s bilirubin fell.\n"
SCHEMA = Path(keys.__file__).with_name("config.schema.json")


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def found(ran: Ran) -> list[str]:
    """Return `path: code` of each finding."""
    return [f"{line.split(':')[0]}: {line.split(': ')[1].split(' ')[0]}" for line in ran.out.splitlines()]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", '[tool.dechaff]\nselect = ["CHR001"]\n'),
        ("dechaff.toml", 'select = ["CHR001"]\n'),
        (".dechaff.toml", '\ufeffselect = ["CHR001"]\n'),
    ],
)
def test_a_configuration_is_found_from_the_files_upwards(dechaff: Dechaff, tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, {name: text, "scrapes/site/a.txt": MENU})
    assert found(dechaff("check", "scrapes")) == ["scrapes/site/a.txt: CHR001"]
    assert found(dechaff("check", tmp_path / "scrapes", folder=Path("/")))[0].endswith("a.txt: CHR001")
    assert len(found(dechaff("check", "scrapes", "--isolated"))) == 2


def test_the_nearest_file_counts_alone(dechaff: Dechaff, tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pyproject.toml": '[tool.dechaff]\nselect = ["CHR001"]\nmax-removed = 99\n',
            "in/dechaff.toml": 'select = ["CHR035"]\n',
            "in/pyproject.toml": "[tool.other]\nselect = 1\n",
            "in/b.txt": MENU,
            "a.txt": MENU,
            "in/pre/.dechaff.toml": "",
            "in/pre/dechaff.toml": "wrong = 1\n",  # .dechaff.toml stands before it
            "in/pre/c.txt": MENU,
        },
    )
    ran = dechaff("check", ".")
    assert found(ran) == ["a.txt: CHR001", "in/b.txt: CHR035", "in/pre/c.txt: CHR001", "in/pre/c.txt: CHR035"]
    assert ran.code == 1  # b.txt has no budget
    write(tmp_path, {"in/pyproject.toml": '[tool.dechaff]\nselect = ["ENC"]\n'})
    (tmp_path / "in" / "dechaff.toml").unlink()
    assert found(dechaff("check", "in/b.txt")) == []


def test_a_file_extends_another(dechaff: Dechaff, tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "base/dechaff.toml": 'ignore = ["CHR001"]\nexclude = ["/old"]\nbaseline = "known.json"\n[[allow]]\nline = "Cite this"\n',
            "base/old/a.txt": MENU,
            "corpus/dechaff.toml": 'extend = "../base/dechaff.toml"\nignore = []\n[[allow]]\nline = "Share"\n',
            "corpus/a.txt": MENU,
            "corpus/old/a.txt": MENU,
        },
    )
    configs = Configs([tmp_path / "corpus"], {})
    assert configs.of_run("ignore") == []
    assert [entry["line"] for entry in configs.main["allow"]] == ["Cite this", "Share"]
    assert Path(configs.of_run("baseline")).parent.resolve() == tmp_path / "base"
    assert "known.json cannot be read" in dechaff("check", "corpus").err
    write(tmp_path, {"base/known.json": '{"dechaff_baseline": 1, "files": {}}'})
    assert found(dechaff("check", "corpus")) == ["corpus/a.txt: CHR001", "corpus/old/a.txt: CHR001"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('selekt = ["CHR"]', "unknown key 'selekt'; did you mean 'select'?"),
        ('per_file_ignores = {"a" = ["CHR"]}', "unknown key 'per_file_ignores'; did you mean 'per-file-ignores'?"),
        ('select = "CHR"', "select: must be a list of strings"),
        ("jobs = -1", "jobs: must be a whole number, 0 or more"),
        ("jobs = true", "jobs: must be a whole number, 0 or more"),
        ('output-format = "yaml"', "output-format: must be one of full, concise, "),
        ("force-exclude = 1", "force-exclude: must be true or false"),
        ("max-removed = 0.3", "max-removed: must be a share such as '30%'"),
        ('max-removed = "130%"', "'130%' is no budget"),
        ('max-damaged = "some"', "'some' is no budget"),
        ('select = ["CHR9x"]', "no rule, prefix or stage is called 'CHR9x'"),
        ('fail-on = ["nothing"]', "no rule, prefix or stage is called 'nothing'"),
        ("[[overrides]]\nselect = []", "each has one of sites, folders, files, and only one"),
        ('[[overrides]]\nsite = ["x"]', "overrides: unknown key 'site'; did you mean 'sites'?"),
        ('[[overrides]]\nsites = ["x"]\nignore = ["x"]', "no rule, prefix or stage is called 'x'"),
        ('[[allow]]\nwhy = "x"', "each has either a line or a pattern"),
        ('[[allow]]\npattern = "(x"', "allow: pattern '(x'"),
        ('[[allow]]\npattern = "x{99}"', "counts beyond 12"),
        ('[[allow]]\nline = "x"\nrules = ["x"]', "no rule, prefix or stage is called 'x'"),
        ('rules = ["none.toml"]', "cannot be read"),
        ('[[rule]]\ncode = "OWN001"', "rule OWN001: name: is missing or empty"),
        ('extend = "dechaff.toml"', "leads back to it"),
        ('extend = "none.toml"', "none.toml: cannot be read"),
        ("select = [", "not valid TOML"),
        ("exclude = ['a\\']", r"'a\\' is no pattern as in a .gitignore"),
        ("[per-file-ignores]\n'\\' = []", "is no pattern as in a .gitignore"),
    ],
)
def test_a_wrong_configuration_says_where_and_exits_2(dechaff: Dechaff, tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, {"dechaff.toml": text, "a.txt": MENU})
    ran = dechaff("check", ".")
    assert ran.code == 2, ran.err
    assert message in ran.err
    assert ran.out == ""


WORDS = {
    'select = ["NOPE"]': "select: no rule, prefix or stage is called 'NOPE'; `dechaff rules` lists them all\n",
    '[per-file-ignores]\n"*.txt" = ["NOPE"]': "per-file-ignores: no rule, prefix or stage is called 'NOPE'",
    '[[overrides]]\nsites = ["x"]\nfail-on = ["NOPE"]': "overrides: fail-on: no rule, prefix or stage is called 'NOPE'",
    'keep-lang = ["xx"]': "keep-lang: 'xx' is not a language that dechaff knows",
    'max-removed = "lots"': "max-removed: 'lots' is no budget",
    'encoding = "nothing"': "encoding: ",
    '[[allow]]\npattern = "(x"': "allow: pattern '(x'",
    '[[allow]]\nline = "x"\nrules = ["NOPE"]': "allow: no rule, prefix or stage is called 'NOPE'",
}


@pytest.mark.parametrize("text", WORDS)
@pytest.mark.parametrize(
    "place",
    [
        ({"dechaff.toml": ""}, ["in"], "dechaff.toml: "),
        ({"pyproject.toml": "[tool.dechaff]\n"}, ["in"], "pyproject.toml: [tool.dechaff]: "),
        ({"in/sub/dechaff.toml": ""}, ["in"], "in/sub/dechaff.toml: "),
        ({"in/sub/dechaff.toml": ""}, ["in/a.txt", "in/sub/b.txt"], "in/sub/dechaff.toml: "),
        ({"base.toml": "", "dechaff.toml": 'extend = "base.toml"\n'}, ["in"], "base.toml: "),
    ],
)
def test_a_wrong_word_is_found_before_anything_is_written_wherever_it_stands(
    dechaff: Dechaff, tmp_path: Path, place: tuple[Mapping[str, str], list[str], str], text: str
) -> None:
    files, paths, where = place
    first, *others = files.items()
    text_here = text.replace("[[", "[[tool.dechaff.").replace("[per", "[tool.dechaff.per") if "pyproject" in first[0] else text
    write(tmp_path, {first[0]: first[1] + text_here, **dict(others), "in/a.txt": MENU, "in/sub/b.txt": MENU})
    ran = dechaff("clean", *paths, "-o", "out")
    assert ran.code == 2
    assert ran.err.startswith(f"dechaff: {where}{WORDS[text]}"), ran.err
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out-report").exists()


def test_what_a_subfolder_says_may_name_a_rule_of_ones_own(tmp_path: Path) -> None:
    write(tmp_path, {"dechaff.toml": RULES, "in/sub/dechaff.toml": 'ignore = ["OWN001"]', "in/a.txt": MENU, "in/sub/b.txt": MENU})
    assert _apart(tmp_path, "check", "in").returncode == 1


def test_files_win_over_folders_over_sites_over_defaults_and_the_command_line_over_all(dechaff: Dechaff, tmp_path: Path) -> None:
    config = """
    ignore = ["CHR035"]
    [[overrides]]
    files = ["**/special.txt"]
    select = ["CHR035"]
    ignore = []
    [[overrides]]
    folders = ["in/one/deep"]
    select = ["ENC"]
    [[overrides]]
    folders = ["in/one"]
    select = ["CHR001", "ENC"]
    [[overrides]]
    sites = ["www.*.org"]
    select = ["BLK"]
    max-removed = "100%"
    """
    page = MENU + BROKEN
    names = ("in/a.txt", "in/one/b.txt", "in/one/deep/c.txt", "in/one/deep/special.txt")
    write(tmp_path, {"dechaff.toml": config, **dict.fromkeys(names, page), "in/d.txt": f"https://www.example.org/1\n{page}"})
    ran = dechaff("check", "in")
    assert found(ran) == [
        "in/a.txt: CHR001",
        "in/a.txt: ENC001",
        "in/one/b.txt: CHR001",
        "in/one/b.txt: ENC001",
        "in/one/deep/c.txt: ENC001",
        "in/one/deep/special.txt: CHR035",
    ]
    assert {line.split(" ")[1] for line in dechaff("check", "in", "--select", "CHR001").out.splitlines()} == {"CHR001"}
    assert len(found(dechaff("check", "in", "--select", "CHR001"))) == 5
    configs = Configs([tmp_path / "in"], {})
    assert configs.policy(tmp_path / "in" / "d.txt", "www.example.org").max_removed is not None
    assert configs.policy(tmp_path / "in" / "d.txt", "example.com").max_removed is None


def test_a_root_gives_pages_the_same_site_whatever_is_named(dechaff: Dechaff, tmp_path: Path) -> None:
    config = '[[overrides]]\nsites = ["journal"]\nselect = ["CHR035"]\n'
    write(tmp_path, {"dechaff.toml": config, "scrapes/journal/a.txt": MENU})
    assert len(found(dechaff("check", "."))) == 2
    write(tmp_path, {"dechaff.toml": 'root = "scrapes"\n' + config})
    for named in (".", "scrapes", "scrapes/journal", "scrapes/journal/a.txt"):
        assert found(dechaff("check", named)) == ["scrapes/journal/a.txt: CHR035"]


def test_per_file_ignores_and_single_settings(dechaff: Dechaff, tmp_path: Path) -> None:
    write(tmp_path, {"dechaff.toml": '[per-file-ignores]\n"/old/*.txt" = ["CHR"]\n', "old/a.txt": MENU, "new/old/a.txt": MENU})
    assert {line.split(":")[0] for line in dechaff("check", ".").out.splitlines()} == {"new/old/a.txt"}
    ran = dechaff("check", ".", "--config", 'select = ["CHR035"]', "--config", "per-file-ignores = {}")
    assert found(ran) == ["new/old/a.txt: CHR035"]
    assert "strings need quotes" in dechaff("check", ".", "--config", "select = CHR").err
    assert dechaff("check", ".", "--config", "dechaff.toml", "--config", "dechaff.toml").code == 2


def test_settings_of_the_command_line_mean_what_they_would_in_a_file_here(dechaff: Dechaff, tmp_path: Path) -> None:
    write(tmp_path, {"in/sub/a.txt": MENU, "in/b.txt": MENU, "in/dechaff.toml": '[[overrides]]\nfiles = ["a.txt"]\nselect = ["CHR001"]\n'})

    def said(setting: str) -> list[str]:
        return sorted(found(dechaff("check", "in", "--config", setting)))

    a, b = "in/sub/a.txt", "in/b.txt"
    assert said("jobs = 1") == [f"{b}: CHR001", f"{b}: CHR035", f"{a}: CHR001"]
    assert said('per-file-ignores = {"in/sub/*.txt" = ["CHR"]}') == [f"{b}: CHR001", f"{b}: CHR035"]
    assert said('overrides = [{folders = ["in/sub"], ignore = ["CHR001"]}]') == [f"{b}: CHR001", f"{b}: CHR035"]
    assert said('overrides = [{files = ["/in/*.txt"], select = ["CHR035"]}]') == [f"{b}: CHR035", f"{a}: CHR001"]
    ran = dechaff("check", "in", "--show-settings", "--config", 'overrides = [{sites = ["x"], select = ["CHR"]}]')
    assert [list(one) for one in tomllib.loads(ran.out)["overrides"]] == [["files", "select"], ["sites", "select"]]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ('extend = "nowhere.toml"', "command line: extend: a file extends another"),
        ('rule = [{code = "X"}]', "command line: rule X: name: is missing or empty"),
        ('per-file-ignores = {"a" = ["NOPE"]}', "command line: per-file-ignores: no rule"),
        ('overrides = [{files = ["a"], select = ["NOPE"]}]', "command line: overrides: select: no rule"),
        ("exclude = ['a\\']", r"command line: 'a\\' is no pattern"),
    ],
)
def test_a_wrong_setting_of_the_command_line_is_said_to_stand_there(dechaff: Dechaff, tmp_path: Path, setting: str, message: str) -> None:
    write(tmp_path, {"a.txt": MENU})
    ran = dechaff("check", "a.txt", "--config", setting)
    assert ran.code == 2
    assert f"dechaff: {message}" in ran.err, ran.err


def test_excluded_files_are_passed_over_and_named_ones_only_by_force(dechaff: Dechaff, tmp_path: Path) -> None:
    write(tmp_path, {"dechaff.toml": 'exclude = ["raw/", "*.draft.txt"]\n', "raw/a.txt": MENU, "b.draft.txt": MENU, "c.txt": MENU})
    ran = dechaff("check", ".", "--show-files")
    assert ran.out == "c.txt\n"
    assert dechaff("check", "b.draft.txt", "raw/a.txt", "--show-files").out == "b.draft.txt\nraw/a.txt\n"
    ran = dechaff("check", "b.draft.txt", "raw/a.txt", "--force-exclude")
    assert (ran.code, ran.out) == (0, "")
    assert dechaff("check", ".", "--exclude", "c.*", "--show-files").out == "b.draft.txt\nraw/a.txt\n"
    assert dechaff("check", ".", "--isolated", "--show-files").out == "b.draft.txt\nc.txt\nraw/a.txt\n"


def test_what_git_ignores_is_passed_over_as_git_says(dechaff: Dechaff, tmp_path: Path) -> None:
    files = {
        ".gitignore": "\\\nbuild/\n*.tmp.txt\n/top.txt\nin/**/deep.txt\n!kept.tmp.txt\n",
        "in/.gitignore": "local.txt\n!again.tmp.txt\n",
        **dict.fromkeys(
            (
                "top.txt",
                "in/top.txt",
                "a.tmp.txt",
                "kept.tmp.txt",
                "in/again.tmp.txt",
                "in/local.txt",
                "in/x/local.txt",
                "in/x/deep.txt",
                "build/a.txt",
                "in/build/b.txt",
                "in/c.txt",
            ),
            MENU,
        ),
    }
    write(tmp_path, files)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)  # noqa: S607
    ask = ["git", "ls-files", "-co", "--exclude-standard", "*.txt"]
    listed = subprocess.run(ask, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert sorted(dechaff("check", ".", "--show-files").out.splitlines()) == sorted(listed.stdout.splitlines())
    below = [name for name in listed.stdout.splitlines() if name.startswith("in/")]
    assert sorted(dechaff("check", "in", "--show-files").out.splitlines()) == sorted(below)
    assert len(dechaff("check", ".", "--show-files", "--no-respect-gitignore").out.splitlines()) == 11
    assert dechaff("check", "build", "--show-files").out == "build/a.txt\n"  # who names a folder wants it
    assert not GitIgnored(tmp_path / "build")(tmp_path / "build" / "a.txt", is_dir=False)


def test_settings_can_be_shown_and_read_again(dechaff: Dechaff, tmp_path: Path) -> None:
    write(
        tmp_path,
        {"dechaff.toml": 'select = ["CHR"]\n[[allow]]\npattern = "a \\"b\\""\n[per-file-ignores]\n"a*" = ["CHR001"]\n', "a.txt": MENU},
    )
    ran = dechaff("check", "a.txt", "--show-settings", "--ignore", "CHR002,CHR003")
    assert ran.out.startswith("# configuration: dechaff.toml\n")
    shown = tomllib.loads(ran.out)
    assert shown["select"] == ["CHR"]
    assert shown["ignore"] == ["CHR002", "CHR003"]
    assert shown["allow"] == [{"pattern": 'a "b"'}]
    assert '#   ignore = ["CHR002", "CHR003", "CHR001"]' in ran.out
    assert not list(Draft7Validator(keys.schema()).iter_errors(shown))


def test_the_schema_is_fresh_valid_and_says_what_the_reader_says(accept: bool) -> None:
    written = json.dumps(keys.schema(), indent=1) + "\n"
    if accept:
        SCHEMA.write_text(written)
    assert SCHEMA.read_text() == written, "run pytest with --accept"
    Draft7Validator.check_schema(keys.schema())
    validator = Draft7Validator(keys.schema())
    right = [
        'select = ["CHR"]\nmax-removed = "30%"\nmax-damaged = 5\njobs = 2\nforce-exclude = true\noutput-format = "sarif"',
        '[[overrides]]\nsites = ["x"]\nignore = ["CHR"]\n[[allow]]\nline = "x"\nrules = ["CHR"]\nwhy = "y"',
        '[per-file-ignores]\n"*.txt" = ["CHR"]',
    ]
    wrong = [
        "selekt = []",
        'select = "x"',
        "jobs = -1",
        "max-removed = 0.5",
        "[[overrides]]\nselect = []",
        "[[allow]]",
        "extend = 1",
        "[[rule]]\nx = 1",
    ]
    for text, fits in [*((text, True) for text in right), *((text, False) for text in wrong)]:
        table = tomllib.loads(text)
        assert validator.is_valid(table) == fits, text
        if "[[rule]]" not in text:
            assert _reads(table) == fits, text


def _reads(table: Mapping[str, object]) -> bool:
    try:
        keys.check(table, keys.TOP, "here")
    except keys.ConfigError:
        return False
    return True


# --- Allowed lines and rules of one's own -----------------------------------------------------------------------------


def test_allowed_lines_stay(dechaff: Dechaff, tmp_path: Path) -> None:
    allow = """
    [[allow]]
    line = "Cite this"
    why = "a chapter of ours"
    [[allow]]
    pattern = "skip to .*"
    sites = ["www.example.*"]
    [[allow]]
    line = "The patientâ€™s bilirubin fell."
    rules = ["CHR"]
    """
    write(tmp_path, {"dechaff.toml": allow, "a.txt": MENU + BROKEN, "b.txt": "https://www.example.org/1\n" + MENU})
    assert found(dechaff("check", ".")) == ["a.txt: CHR001", "a.txt: ENC001"]
    dechaff("clean", "b.txt", "-o", "out")
    assert (tmp_path / "out" / "b.txt").read_text() == (tmp_path / "b.txt").read_text()
    assert "kept: CHR035 cite-button names it, but the configuration allows it" in dechaff("explain", "a.txt:3").out


RULES = r"""
[[rule]]
code = "OWN001"
name = "kiosk-line"
effect = "remove"
why = "The portal's kiosk prints it on every page."
source = "our own crawl"
since = "2026-11"
context = "anywhere"
patterns = ['kiosk terminal \d+ of the .{1,9} portal']
examples = [{ dirty = "Kiosk terminal 12 of the Alnoor portal\nRain fell.\n", clean = "Rain fell.\n" }]
keeps = ["The kiosk terminal of the portal was cleaned.\n"]
"""


def _apart(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own: rules of one's own stay for the life of a process."""
    environment = {**{name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CI"))}, "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "dechaff_cli", *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("place", [{"dechaff.toml": RULES}, {"dechaff.toml": 'rules = ["mine.toml"]\n', "mine.toml": RULES}])
def test_own_rules_are_like_any_other(tmp_path: Path, place: Mapping[str, str]) -> None:
    page = "Rain fell.\n\nKiosk terminal 7 of the Alnoor portal\n\nIt stopped.\n"
    write(tmp_path, {**place, **{f"in/{i}.txt": page for i in range(70)}})
    ran = _apart(tmp_path, "clean", "in", "-o", "out", "--jobs", "2")
    assert ran.returncode == 0, ran.stderr
    assert "kiosk-line" in ran.stderr
    assert (tmp_path / "out" / "69.txt").read_text() == "Rain fell.\n\nIt stopped.\n"
    assert "kiosk-line" in (tmp_path / "out-report" / "index.html").read_text()
    ran = _apart(tmp_path, "rules", "test")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "1 rule of your own tried, 0 faults" in ran.stderr


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        ("Kiosk terminal 12", "Kiosk screen 12", 1, "OWN001 kiosk-line: the example "),
        ("The kiosk terminal of the portal was cleaned.", "Kiosk terminal 1 of the new portal", 1, "does not survive OWN001"),
        ("OWN001", "CHR001", 2, "CHR001 skip-link is there already; choose another code and name"),
        ('"remove"', '"repair"', 2, "a rule of your own has the effect 'remove'"),
        (r"\d+", "(?=x)", 2, "pattern"),
        ("keeps = [", "keeps = 1 #", 2, "keeps: must be a list of strings"),
        (r"'kiosk terminal \d+ of the .{1,9} portal'", "'(?:the )?kiosk .*'", 1, "does not survive OWN001"),
    ],
)
def test_a_faulty_rule_of_ones_own_is_told(tmp_path: Path, old: str, new: str, code: int, message: str) -> None:
    assert old in RULES
    write(tmp_path, {"mine.toml": RULES.replace(old, new)})
    ran = _apart(tmp_path, "rules", "test", "mine.toml")
    assert ran.returncode == code, ran.stdout + ran.stderr
    assert message in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
