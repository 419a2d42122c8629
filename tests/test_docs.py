"""The pages under docs/: what their blocks show is what happens."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs").glob("*.md"))
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_RUN_ELSEWHERE = {"docker", "completion", "nowhere"}
"""Blocks that tests of their own run, in `test_places.py`, or that need a machine which nobody has."""


class Block(NamedTuple):
    language: str
    name: str
    text: str
    begin: int


def blocks(page: Path) -> list[Block]:
    return [Block(match[1], match[2] or "", match[3], match.start(3)) for match in _BLOCK.finditer(page.read_text(encoding="utf-8"))]


def session(text: str, folder: Path) -> str:
    """Return a console block as it really goes."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CI", "DECHAFF_"))}
    environment |= {"PATH": f"{Path(sys.executable).parent}:{environment['PATH']}", "COLUMNS": "100", "NO_COLOR": "1"}
    script = "exec 2>&1\n"
    for line in text.splitlines():
        if line.startswith("$ "):
            command = line.removeprefix("$ ")
            again = "(exit $status); " if "$?" in command else ""
            script += f"cat <<'END'\n{line}\nEND\n{again}{command}\nstatus=$?\n"
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S607
    return done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_shows_what_happens(page: Path, tmp_path: Path, accept: bool) -> None:
    text = page.read_text(encoding="utf-8")
    for block in blocks(page):
        if block.name and block.name not in _RUN_ELSEWHERE:
            (tmp_path / block.name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / block.name).write_text(block.text, encoding="utf-8")
    for block in blocks(page):
        assert block.language in {"console", "text", "toml", "yaml"} or block.name in _RUN_ELSEWHERE, f"who runs this? {block.text}"
        if block.language == "console":
            shown = session(block.text, tmp_path)
            if accept:
                text = text.replace(f"```console\n{block.text}```", f"```console\n{shown}```")
            else:
                assert shown == block.text, "run pytest with --accept, and read the difference"
        else:
            assert block.name, f"a {block.language} block needs the name of its file"
    if accept:
        page.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#:]+)[^):]*\)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    assert all(f"({page.name})" in index for page in PAGES if page.name != "README.md")


_SCHEMAS = {
    ".pre-commit-config.yaml": "",
    ".gitlab-ci.yml": "vendor.gitlab-ci",
    ".github/workflows/scrapes.yml": "vendor.github-workflows",
    ".github/workflows/code-scanning.yml": "vendor.github-workflows",
}


@pytest.mark.parametrize(("name", "schema"), _SCHEMAS.items())
def test_files_for_runners_fit_their_published_schemas(tmp_path: Path, name: str, schema: str) -> None:
    (block,) = (block for page in PAGES for block in blocks(page) if block.name == name)
    path = tmp_path / Path(name).name
    path.write_text(block.text, encoding="utf-8")
    check, pre_commit = (str(Path(sys.executable).with_name(tool)) for tool in ("check-jsonschema", "pre-commit"))
    command = [check, "--builtin-schema", schema, str(path)] if schema else [pre_commit, "validate-config", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    if schema == "vendor.github-workflows":
        command = [check, "--builtin-schema", "custom.github-workflows-require-timeout", str(path)]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_command_is_where_the_pages_look() -> None:
    assert shutil.which("dechaff", path=str(Path(sys.executable).parent))


def test_what_is_promised_names_tests_that_there_are() -> None:
    known = {path.name for path in ROOT.glob("tests/**/*.py")}
    for path in ROOT.glob("tests/*.py"):
        known |= set(re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"\btest_\w+(?:\.py)?", (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")))
    assert not named - known
