"""The machines of a [Ray](https://docs.ray.io) cluster: the same functions over the same batches, as tasks.

Files are read and written where the tasks run, under the same paths: the machines share a file system, and have the same dechaff.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from dechaff_cli.engine.flow import EngineError, LostError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from dechaff_cli.engine.batches import Ask
    from dechaff_cli.engine.flow import Begin, Pending, Work

_TRIES = 2  # more than the one that a process may die of by itself: with a machine, all that it was working on is lost at once
_begun = ""
"""What this process is set up for."""


class Cluster:
    """A running cluster, the one that RAY_ADDRESS or the machine knows of; without one, processes of this machine."""

    def __init__(self, work: Work, jobs: int, begin: Begin) -> None:
        """Connect.

        Args:
            work: What is done with a batch.
            jobs: Tasks at the same time; 0 for as many as the cluster has processors.
            begin: What sets a process up.

        Raises:
            EngineError: Ray is not installed.
        """
        try:
            import ray  # noqa: PLC0415  an extra
        except ImportError as error:
            message = "--engine ray needs Ray: pip install 'dechaff[ray]', here and on every machine of the cluster"
            raise EngineError(message) from error
        self._ray = ray
        if not ray.is_initialized():
            quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
            try:
                ray.init("auto", **quiet)
            except ConnectionError:
                ray.init("local", num_cpus=jobs or os.cpu_count(), include_dashboard=False, **quiet)
        self.slots = jobs or int(ray.cluster_resources().get("CPU", 1))
        self._work = work
        self._begin = ray.put((begin, Path.cwd()))
        self._open: set[Any] = set()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Drop what is queued, and let tasks that run finish: none leaves half a file behind."""
        for reference in self._open:
            self._ray.cancel(reference, force=False)

    def submit(self, asked: Sequence[Ask]) -> Pending:
        """Queue a batch; Ray tries it again by itself where a process or a machine dies."""
        return _Task(self, self._task(asked, _TRIES))

    def alone(self, asked: Sequence[Ask]) -> Any:  # noqa: ANN401
        """Return what comes of a batch in a process that works on nothing else: every process of Ray has one task at a time."""
        return _Task(self, self._task(asked, 0)).result()

    def _task(self, asked: Sequence[Ask], tries: int) -> Any:  # noqa: ANN401
        task = self._ray.remote(max_retries=tries)(_done)
        reference = task.remote(self._work, asked, [self._begin])  # in a list it is not fetched for every batch
        self._open.add(reference)
        return reference

    def fetch(self, reference: Any) -> Any:  # noqa: ANN401
        """Wait for what comes of a task.

        Raises:
            LostError: Its process died, each time.
        """
        try:
            return self._ray.get(reference)
        except self._ray.exceptions.RayTaskError:
            raise
        except self._ray.exceptions.RayError as error:
            raise LostError from error
        finally:
            self._open.discard(reference)


class _Task:
    def __init__(self, cluster: Cluster, reference: Any) -> None:  # noqa: ANN401
        self._cluster, self._reference = cluster, reference

    def result(self) -> Any:  # noqa: ANN401
        return self._cluster.fetch(self._reference)


def _done(work: Work, asked: Sequence[Ask], setup: list[Any]) -> Any:  # noqa: ANN401
    """Return what comes of a batch, in a process of the cluster."""
    global _begun  # noqa: PLW0603  it lives as long as the process, which works on many batches
    import ray  # noqa: PLC0415

    if _begun != setup[0].hex():
        begin, folder = ray.get(setup[0])
        os.chdir(folder)
        begin(apart=True, again=False)
        _begun = setup[0].hex()
    return work(asked)
