"""The samples come out as they always did; a change is read in review and noted in the changelog."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import pytest

from dechaff import RULES
from dechaff_cli import corpus, run, writing
from dechaff_cli.engine import batches
from dechaff_cli.task import Outcome, Task

if TYPE_CHECKING:
    from pathlib import Path

COLLECTIONS = ("scrapes", "footers", "negative", "hostile")
_ALL = Task(frozenset(RULES), keep_text=True)


def _cleaned(folder: Path) -> dict[str, Outcome]:
    files = corpus.find([folder]).files
    outcomes = run.clean(files, _ALL, run.survey(files, _ALL, 1), 1)
    return {outcome.report.path: outcome for outcome in outcomes}


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_samples_come_out_as_before(collection: str, samples: Path, accept: bool) -> None:
    golden = samples / collection
    made = {path: outcome.text.encode("utf-8") for path, outcome in _cleaned(golden / "in").items()}
    records = "".join(outcome.report.to_json() + "\n" for outcome in _cleaned(golden / "in").values()).encode("ascii")
    if accept:
        for path, text in made.items():
            writing.write(golden / "out" / path, text)
        writing.write(golden / "findings.jsonl", records)
    there = {path.relative_to(golden / "out").as_posix(): path.read_bytes() for path in sorted((golden / "out").rglob("*.txt"))}
    assert set(made) == set(there)
    for path, text in made.items():
        change = difflib.unified_diff(there[path].decode().split("\n"), text.decode().split("\n"), "golden", "now", lineterm="")
        assert text == there[path], f"{path}: read this, then run pytest with --accept\n" + "\n".join(change)
    assert records == (golden / "findings.jsonl").read_bytes(), "the findings changed: run pytest with --accept and read the difference"


def test_what_is_clean_stays_as_it_is(samples: Path) -> None:
    folder = samples / "negative" / "in"
    for path, outcome in _cleaned(folder).items():
        assert outcome.text.encode("utf-8") == (folder / path).read_bytes(), path


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_clean_samples_are_clean(collection: str, samples: Path) -> None:
    folder = samples / collection / "out"
    for path, outcome in _cleaned(folder).items():
        assert outcome.text.encode("utf-8") == (folder / path).read_bytes(), path


def test_every_file_is_the_same_whatever_the_order_jobs_and_batches(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = corpus.find([samples / "scrapes" / "in"]).files
    one = [*run.clean(files, _ALL, run.survey(files, _ALL, 1), 1)]
    monkeypatch.setattr(batches, "FILES", 3)
    other = [*run.clean(files[::-1], _ALL, run.survey(files[::-1], _ALL, 2), 2)]
    assert one == other[::-1]


@pytest.mark.xfail(strict=True, reason="known failures: a fix that comes by accident is noticed here")
@pytest.mark.parametrize("name", ["gbk-mojibake"])
def test_known_failures_still_fail(name: str, samples: Path) -> None:
    folder = samples / "known-failures"
    made = _cleaned(folder / "in")[f"wild/{name}.txt"].text
    assert made == (folder / "wanted" / "wild" / f"{name}.txt").read_text(encoding="utf-8")
