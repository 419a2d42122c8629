"""Where people use the command: pre-commit, a GitHub action, a container, a shell. Each is run as they run it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parent.parent
SCRIPTS = Path(sys.executable).parent
DIRTY = "Skip to main content\nThe patientâ€™s bilirubin fell.\n"
CLEAN = "The patient’s bilirubin fell.\n"
WHAT_IS_BUILT = ("cleaners", "cli", "action.yml", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")


def run(words: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    bare = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GITHUB_", "CI", "INPUT_", "DECHAFF_", "PRE_COMMIT", "GIT_"))
    }
    bare |= {"PATH": f"{SCRIPTS}:{bare['PATH']}", "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(list(words), cwd=folder, env={**bare, **(environment or {})}, capture_output=True, text=True, check=False)


def example(page: str, name: str) -> str:
    """Return a block of a page under docs/."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return text.split(f" {name}\n", 1)[1].split("```", 1)[0]


def steps(action: Path) -> list[str]:
    """Return the scripts of an action, as its runner hands them to the shell: to install it, and to check."""
    import yaml

    return [step["run"] for step in yaml.safe_load(action.read_text(encoding="utf-8"))["runs"]["steps"]]


def run_step(script: str, folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    place = folder / "step.sh"
    place.write_text(script, encoding="utf-8")
    return run(["bash", "--noprofile", "--norc", "-eo", "pipefail", place], folder, environment)


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "init.defaultBranch=main"]
    done = run(["git", *who, *words], folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository that holds the project as it is now."""
    folder = tmp_path_factory.mktemp("dechaff")
    for name in WHAT_IS_BUILT:
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(place, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "now")
    git(folder, "tag", "v0.1.0")  # what the examples ask for
    return folder


def test_the_hooks_find_and_mend_in_a_repository(clone: Path, tmp_path: Path) -> None:
    config = example("pre-commit.md", ".pre-commit-config.yaml").replace("https://github.com/OWNER/dechaff", str(clone))
    config += "      - id: dechaff-fix\n        stages: [manual]\n"
    files = {
        "a.txt": DIRTY,
        "b.txt": CLEAN,
        "raw/c.txt": DIRTY,
        "code.py": "# Cite this\n",
        ".pre-commit-config.yaml": config,
        "dechaff.toml": 'exclude = ["raw"]\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    cache = {"PRE_COMMIT_HOME": str(tmp_path.parent / f"{tmp_path.name}-cache")}
    installed = run([SCRIPTS / "pre-commit", "install-hooks"], tmp_path, cache)
    if installed.returncode:
        pytest.skip(f"pre-commit cannot install here: {installed.stdout[-300:]}")
    start = [str(SCRIPTS / "pre-commit"), "run", "--all-files"]
    check, fix = [*start, "dechaff-check"], [*start, "dechaff-fix", "--hook-stage", "manual"]
    done = run(check, tmp_path, cache)
    assert done.returncode == 1
    assert "a.txt:1:1: CHR001 skip-link" in done.stdout
    assert "c.txt" not in done.stdout
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == DIRTY
    done = run(fix, tmp_path, cache)
    assert done.returncode == 1
    assert "files were modified by this hook" in done.stdout
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == CLEAN
    assert (tmp_path / "raw" / "c.txt").read_text(encoding="utf-8") == DIRTY
    git(tmp_path, "add", "-A")
    for hook in (check, fix):
        done = run(hook, tmp_path, cache)
        assert done.returncode == 0, done.stdout


def test_what_is_offered_fits_the_published_schemas() -> None:
    assert run([SCRIPTS / "pre-commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml"], ROOT).returncode == 0
    done = run([SCRIPTS / "check-jsonschema", "--builtin-schema", "vendor.github-actions", ROOT / "action.yml"], ROOT)
    assert done.returncode == 0, done.stdout


def test_no_input_of_the_action_reaches_a_shell_as_text(tmp_path: Path) -> None:
    action = (ROOT / "action.yml").read_text(encoding="utf-8")
    for line in action.splitlines():
        if "${{ inputs." in line:
            assert re.fullmatch(r"        INPUT_[A-Z_]+: \$\{\{ inputs\.[a-z-]+ \}\}", line)
    for script in steps(ROOT / "action.yml"):
        assert "${{" not in script
        (tmp_path / "step.sh").write_text(script, encoding="utf-8")
        done = run([SCRIPTS / "shellcheck", "--shell", "bash", tmp_path / "step.sh"], ROOT)
        assert done.returncode == 0, done.stdout


@pytest.fixture
def job(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "in put").mkdir()
    (tmp_path / "in put" / "a.txt").write_text(DIRTY, encoding="utf-8")
    places = {name: str(tmp_path / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "RUNNER_TEMP")}
    return {**places, "GITHUB_ACTIONS": "true", "GITHUB_WORKFLOW": "scrapes", "GITHUB_WORKSPACE": str(tmp_path)}


def test_the_action_checks_annotates_and_summarizes(tmp_path: Path, job: dict[str, str]) -> None:
    inputs = {
        "INPUT_PATHS": "in put\n\n",
        "INPUT_ARGS": "--ignore\nencoding\n",
        "INPUT_CONFIG": "",
        "INPUT_OUTPUT_FORMAT": "",
        "INPUT_OUTPUT_FILE": "",
    }
    done = run_step(steps(ROOT / "action.yml")[1], tmp_path, {**job, **inputs})
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error file=in put/a.txt,line=1,endLine=1,col=1,endColumn=21,title=dechaff CHR001 skip-link::CHR001")
    assert done.stdout.count("\n") == 1
    assert (tmp_path / "github_output").read_text() == "status=1\n"
    assert "| CHR001 | skip-link | 1 | 1 |" in (tmp_path / "github_step_summary").read_text()
    done = run_step(
        steps(ROOT / "action.yml")[1],
        tmp_path,
        {**job, **inputs, "INPUT_OUTPUT_FORMAT": "sarif", "INPUT_OUTPUT_FILE": "x.sarif", "INPUT_ARGS": "--exit-zero"},
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "x.sarif").exists()


@pytest.mark.parametrize(("name", "written"), [("scrapes.yml", False), ("code-scanning.yml", True)])
def test_the_examples_for_github_run(tmp_path: Path, job: dict[str, str], name: str, written: bool) -> None:
    import yaml

    (tmp_path / "in put").rename(tmp_path / "scrapes")
    workflow = yaml.safe_load(example("github.md", f".github/workflows/{name}"))
    given = next(step["with"] for step in workflow["jobs"]["dechaff"]["steps"] if step["uses"].startswith("OWNER/"))
    inputs = {f"INPUT_{key.upper().replace('-', '_')}": value for key, value in given.items()}
    done = run_step(steps(ROOT / "action.yml")[1], tmp_path, {**job, **inputs})
    assert (done.returncode, bool(done.stdout)) == ((0, False) if written else (1, True)), done.stderr
    assert (tmp_path / "dechaff.sarif").exists() == written


@pytest.mark.usefixtures("job")
def test_the_example_for_gitlab_runs(tmp_path: Path) -> None:
    import yaml

    (tmp_path / "in put").rename(tmp_path / "scrapes")
    job_file = yaml.safe_load(example("gitlab.md", ".gitlab-ci.yml"))
    done = run(["bash", "-c", job_file["dechaff"]["script"][1]], tmp_path, {"CI_PROJECT_DIR": str(tmp_path)})
    assert done.returncode == 1, done.stderr
    assert (tmp_path / job_file["dechaff"]["artifacts"]["reports"]["codequality"]).read_text().startswith("[{")


@pytest.mark.parametrize(
    "hostile", ["$(touch gone)", "`touch gone`", "; touch gone", "x\n--output-file\n$(touch gone)", "'; touch gone; '", "--exit-zero"]
)
@pytest.mark.parametrize("name", ["INPUT_PATHS", "INPUT_ARGS", "INPUT_CONFIG", "INPUT_OUTPUT_FORMAT"])
def test_hostile_inputs_of_the_action_run_nothing(tmp_path: Path, job: dict[str, str], name: str, hostile: str) -> None:
    fake = tmp_path / "fake"
    fake.mkdir()
    (fake / "dechaff").write_text('#!/bin/sh\nprintf "%s\\n" "$@" > words\n')  # what the script hands over is what matters here
    (fake / "dechaff").chmod(0o755)
    done = run_step(steps(ROOT / "action.yml")[1], tmp_path, {**job, "PATH": f"{fake}:{os.environ['PATH']}", name: hostile})
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "gone").exists()
    words = (tmp_path / "words").read_text().splitlines()
    assert all(part in words for part in hostile.splitlines())
    assert (hostile.splitlines()[0] in words[words.index("--") :]) == (name == "INPUT_PATHS")


def test_the_action_installs_itself(clone: Path, tmp_path: Path, job: dict[str, str]) -> None:
    done = run_step(steps(clone / "action.yml")[0], tmp_path, {**job, "GITHUB_ACTION_PATH": str(clone)})
    if done.returncode:
        pytest.skip(f"pip cannot install here: {done.stderr[-300:]}")
    (scripts,) = (tmp_path / "github_path").read_text().splitlines()
    done = run([Path(scripts) / "dechaff", "check", "in put", "--exit-zero", "--output-format", "concise"], tmp_path)
    assert (done.returncode, done.stdout.count("\n")) == (0, 2)


def test_the_container_runs_the_command() -> None:
    if shutil.which("docker") is None or run(["docker", "info"], ROOT).returncode:
        pytest.skip("no docker here")
    text = (ROOT / "docs" / "docker.md").read_text(encoding="utf-8")
    script = text.split("```sh docker\n")[1].split("```")[0]
    done = run(["bash", "-ec", script], ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("Rain fell.\n")


def test_bash_completes_commands_and_options(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "completion.md").read_text(encoding="utf-8")
    setup = text.split("```bash completion\n")[1].split("```")[0]
    for words, wanted in (("ch", "check"), ("check --output-f", "--output-format"), ("baseline p", "prune")):
        asked = f"COMP_WORDS=(dechaff {words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _dechaff_completion dechaff"
        done = run(["bash", "-c", f'{setup}\n{asked}; printf "%s\\n" "${{COMPREPLY[@]}}"'], tmp_path)
        assert wanted in done.stdout.split(), done.stderr
    for shell in ("zsh", "fish"):
        assert "_DECHAFF_COMPLETE" in run([SCRIPTS / "dechaff", "completion", shell], tmp_path).stdout
    assert run([SCRIPTS / "dechaff", "completion", "tcsh"], tmp_path).returncode == 2
