"""The same work on a Ray cluster: the same bytes as a pool of processes, also where a process or a machine dies."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dechaff import RULES
from dechaff.repetition import Survey
from dechaff_cli import run, worker
from dechaff_cli.corpus import Source
from dechaff_cli.engine import RAY, batches
from dechaff_cli.task import Outcome, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conftest import Ran
    from dechaff_cli.engine.batches import Ask

    Dechaff = Callable[..., Ran]

pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own
ray: Any = pytest.importorskip("ray", exc_type=ImportError)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Begin a cluster of one machine; another can join."""
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": 80 << 20})
    ray.init(made.address, log_to_driver=False, logging_level="ERROR")
    yield made
    ray.shutdown()
    made.shutdown()


@pytest.mark.usefixtures("cluster")
def test_ray_gives_the_bytes_of_a_pool(dechaff: Dechaff, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(batches, "FILES", 5)
    shutil.copytree(samples / "scrapes" / "in", "in")
    assert dechaff("clean", "in", "-o", "pool", "--jobs", "2").code == 0
    assert dechaff("clean", "in", "-o", "ray", "--engine", "ray").code == 0
    for ours, theirs in (("pool", "ray"), ("pool-report", "ray-report")):
        one, other = (
            {path.relative_to(folder): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()} for folder in (ours, theirs)
        )
        assert one == other


def test_a_machine_may_die(cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    node = cluster.add_node(num_cpus=1, object_store_memory=80 << 20)
    monkeypatch.setattr(batches, "FILES", 2)
    monkeypatch.setattr(worker, "clean_batch", _slow)
    sources = []
    for i in range(40):
        path = tmp_path / f"{i}.txt"
        path.write_text(f"Skip to main content\nRain fell on hill {i}.\n", encoding="utf-8")
        sources.append(Source(path, path.name, 1))
    task = Task(frozenset(RULES), keep_text=True, engine=RAY)
    texts = []
    for outcome in run.clean(sources, task, Survey(), 2):
        texts.append(outcome.text)
        if len(texts) == 6:
            cluster.remove_node(node, allow_graceful=False)
    assert texts == [f"Rain fell on hill {i}.\n" for i in range(40)]


def _slow(batch: Sequence[Ask]) -> list[Outcome]:
    import time

    time.sleep(0.2)
    return CLEAN_BATCH(batch)


CLEAN_BATCH = worker.clean_batch


@pytest.mark.usefixtures("cluster")
def test_a_document_that_kills_is_the_only_one_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "FILES", 3)
    monkeypatch.setattr(worker, "clean_batch", _deadly)
    sources = []
    for i in range(6):
        path = tmp_path / f"{i}.txt"
        path.write_text("Kill me.\n" if i == 4 else "Rain fell.\n", encoding="utf-8")
        sources.append(Source(path, path.name, 1))
    outcomes = list(run.clean(sources, Task(frozenset(RULES), engine=RAY), Survey(), 1))
    assert [outcome.report.error for outcome in outcomes] == [run.LOST if i == 4 else None for i in range(6)]


def _deadly(batch: Sequence[Ask]) -> list[Outcome]:
    if any(ask.source.path.read_text(encoding="utf-8") == "Kill me.\n" for ask in batch):
        os._exit(9)
    return CLEAN_BATCH(batch)
