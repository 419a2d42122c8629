"""What the second pass goes on with: the same comes of it whether documents are held, what was found of them, or nothing."""

from __future__ import annotations

import errno
import io
import json
import pickle
from itertools import zip_longest
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dechaff import Document, Pipeline, decode
from dechaff.allow import Allow
from dechaff.rules import RULES
from dechaff_cli import corpus, held, run, worker
from dechaff_cli.engine import Crew, batches
from dechaff_cli.task import Task

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Ran

_LINES = [
    "Skip to main content",
    "Home",
    "Products",
    "Rain fell on the hill all day, and nobody in the village could remember when it had rained for so long.",
    "The donâ€™t of the day",
    "Het weer is vandaag mooi en wij gaan naar buiten om te wandelen.",
    "Share this page",
    "1,234\u00a0visitors",
    "",
]


def _same(pipeline: Pipeline, documents: list[Document]) -> None:
    works = pipeline.prepare(documents)
    found = pickle.loads(pickle.dumps(pipeline.found(works)))  # noqa: S301  our own
    again = pipeline.prepare(documents, found)
    assert [work.cleaned() for work in again] == [work.cleaned() for work in works]
    assert pipeline.finish(again) == pipeline.finish(works)


@given(st.lists(st.lists(st.sampled_from(_LINES), max_size=12).map("\n".join), max_size=4))
@settings(deadline=None)
def test_what_was_found_in_documents_prepares_them_again(texts: list[str]) -> None:
    _same(_PIPELINE, [Document(f"{i}.txt", "", text) for i, text in enumerate(texts)])


@pytest.mark.parametrize("allow", [(), (Allow(pattern="skip to .*"),)])
def test_what_was_found_in_samples_prepares_them_again(samples: Path, allow: Any) -> None:  # noqa: ANN401
    files = sorted((samples / "scrapes" / "in").rglob("*.txt"))
    _same(Pipeline(RULES, allow=allow), [Document(file.name, "", decode(file.read_bytes()).text) for file in files])


_PIPELINE = Pipeline(RULES)


def _no_file(**_: Any) -> None:  # noqa: ANN401
    raise OSError(errno.ENOSPC, "No space left on device")


class _Full(io.BytesIO):
    """A file on a disk that takes three notes, the third in part, and then no more."""

    def write(self, data: Any) -> int:  # noqa: ANN401
        if self.tell() > 1 << 13:
            _no_file()
        return super().write(data[: 1 << 12])


@pytest.mark.parametrize("way", ["what was found", "no file for it", "a full disk", "nothing", "two processes"])
def test_the_same_bytes_come_out_whatever_is_held(
    dechaff: Callable[..., Ran], samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    source = samples / "scrapes" / "in"
    assert dechaff("clean", source, "-o", "held", "--jobs", "1").code == 0
    monkeypatch.setattr(worker, "MEMORY", 0)
    monkeypatch.setattr("dechaff_cli.engine.batches.FILES", 3)
    if way == "no file for it":
        monkeypatch.setattr(held, "tempfile", SimpleNamespace(TemporaryFile=_no_file))
    if way == "a full disk":
        monkeypatch.setattr(held, "tempfile", SimpleNamespace(TemporaryFile=lambda **_: _Full()))
    if way == "nothing":
        monkeypatch.setattr(held.Held, "note", lambda *_: None)
    assert dechaff("clean", source, "-o", "other", "--no-report", "--jobs", "2" if way == "two processes" else "1").code == 0
    made = {file.relative_to(tmp_path / "other"): file.read_bytes() for file in (tmp_path / "other").rglob("*") if file.is_file()}
    assert made == {file.relative_to(tmp_path / "held"): file.read_bytes() for file in (tmp_path / "held").rglob("*") if file.is_file()}


def test_what_was_found_is_gone_on_with(dechaff: Callable[..., Ran], samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is looked for twice, in one process or more."""
    monkeypatch.setattr(worker, "MEMORY", 0)
    prepare = Pipeline.prepare
    times: list[str] = []

    def counted(self: Pipeline, documents: Any, found: Any = ()) -> Any:  # noqa: ANN401
        times.extend(document.path for document, known in zip_longest(documents, found) if known is None)
        return prepare(self, documents, found)

    monkeypatch.setattr(Pipeline, "prepare", counted)
    assert dechaff("clean", samples / "scrapes" / "in", "-o", "out", "--jobs", "1").code == 0
    assert len(times) == len(set(times)) > 10


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_records_of_one_name_and_text_are_cleaned_by_their_sites(
    dechaff: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    monkeypatch.setattr(worker, "MEMORY", 0)
    (tmp_path / "dechaff.toml").write_text('[[allow]]\nline = "Skip to main content"\nsites = ["kept.example"]\n')
    text = "Skip to main content\nRain fell on the hill all day, and nobody could remember when it had rained for so long.\n"
    rows = [{"id": "a", "url": f"https://{site}.example/1", "text": text} for site in ("kept", "other")]
    (tmp_path / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    monkeypatch.setattr("dechaff_cli.engine.batches.FILES", 2)
    words = ("--id-column", "id", "--url-column", "url", "--jobs", jobs)
    assert dechaff("clean", "pages.jsonl", "-o", "out", *words).code == 0
    made = [json.loads(line)["text"] for line in (tmp_path / "out" / "pages.jsonl").read_text().splitlines()]
    assert [one.startswith("Skip") for one in made] == [True, False]


def test_a_process_takes_over_nothing_from_the_one_it_was_forked_from(tmp_path: Path) -> None:
    for i in range(4):
        (tmp_path / f"{i}.txt").write_text("Skip to main content\nRain fell on the hill all day.\n")
    files = corpus.find([tmp_path]).files
    run.survey(files, Task(frozenset(RULES)), 1)
    other = Task(frozenset({"CHA001"}), keep_text=True)
    with patch.object(batches, "FILES", 1), Crew(2) as crew:
        made = list(run.clean(files, other, run.survey(files, other, crew), crew))
    assert [outcome.text.startswith("Skip") for outcome in made] == [True] * 4
