"""Options of the test run, and where its data is."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

import dechaff as library
from dechaff import pipeline, rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
collect_ignore = ["fuzz"]  # a program of its own


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("dechaff")
    group.addoption(
        "--accept", action="store_true", help="rewrite golden files and floors from what the code does now; read the difference"
    )
    group.addoption("--allow-regression", action="store_true", help="with --accept: let a floor sink")


@pytest.fixture(scope="session")
def accept(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--accept"))


@pytest.fixture(scope="session")
def allow_regression(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--allow-regression"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of data that stands beside the project where it is developed; skip the test elsewhere."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the data beside the project is not here")
    return folder


@pytest.fixture(scope="session")
def samples() -> Path:
    return ROOT / "samples"


@pytest.fixture(scope="session")
def schemas(shared: Path) -> Path:
    """Return the folder of published schemas; skip the test where it is not."""
    folder = shared / "data" / "schemas"
    if not folder.is_dir():
        pytest.skip("the published schemas are not here")
    return folder


_OURS = dict(rules._table)  # noqa: SLF001


def _forget_own_rules() -> None:
    """Forget the rules that a configuration added to this process, as another process would: by code another test has other patterns."""
    if rules._table != _OURS:  # noqa: SLF001
        rules._table.clear()  # noqa: SLF001
        rules._table.update(_OURS)  # noqa: SLF001
        pipeline._chrome.cache_clear()  # noqa: SLF001
        library._pipeline.cache_clear()  # noqa: SLF001


@pytest.fixture(autouse=True)
def _own_rules_end_with_the_test() -> Iterator[None]:
    yield
    _forget_own_rules()


@pytest.fixture
def another_process() -> Callable[[], None]:
    """Return what forgets the rules that a configuration added to this process."""
    return _forget_own_rules


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode("utf-8", "surrogateescape")


RUNNER = ("GITHUB_", "CI", "GITLAB_", "DECHAFF_")
"""What the environment of the test run must not tell the command under test."""


@pytest.fixture
def dechaff(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Callable[..., Ran]:
    """Return what runs the command in this process, in the test's own folder: a second faster than a process of its own."""
    from dechaff_cli.app import app

    def run(*words: str | Path, given: bytes = b"", folder: Path = tmp_path, **environment: str) -> Ran:
        for name in [name for name in os.environ if name.startswith(RUNNER)]:
            monkeypatch.delenv(name)
        for name, value in {"COLUMNS": "200", "NO_COLOR": "1", **environment}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        capsysbinary.readouterr()
        code = app([os.fspath(word) for word in words], standalone_mode=False)
        out, err = capsysbinary.readouterr()
        return Ran(int(code or 0), out, err.decode("utf-8", "surrogateescape"))

    return run
