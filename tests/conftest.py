"""Options of the test run, and where its data is."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


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
