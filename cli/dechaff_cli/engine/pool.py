"""A pool of processes on this machine."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, connection, parent_process
from typing import TYPE_CHECKING, Any, Self

from dechaff_cli.corpus import CorpusError
from dechaff_cli.engine.flow import LostError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from types import TracebackType

    from dechaff_cli.engine.batches import Ask
    from dechaff_cli.engine.flow import Pending, Work


class Pool:
    """Processes that work on a batch each. When one dies, the executor gives up all that it has: a new one takes what comes."""

    def __init__(self, work: Work, jobs: int, begin: Callable[[bool], None]) -> None:
        """Take the work; processes begin with the first batches."""
        self.slots = jobs
        self._work, self._begin = work, begin
        self._executor = self._new(jobs)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let the processes finish what they have in hand; on an interrupt, what is queued is not worked off."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def submit(self, asked: Sequence[Ask]) -> Pending:
        """Queue a batch.

        Raises:
            CorpusError: The system grants no more processes or open files.
        """
        try:
            return _Queued(self._submit(asked))
        except OSError as error:
            for process in active_children():  # those that were begun wait for one that will not come
                process.kill()
            message = f"no process can be started to work in: {error.strerror}; try --jobs 1"
            raise CorpusError(message) from error

    def _submit(self, asked: Sequence[Ask]) -> Future[Any]:
        try:
            return self._executor.submit(self._work, asked)
        except BrokenProcessPool:
            self._executor.shutdown(wait=True, cancel_futures=True)
            self._executor = self._new(self.slots)
            return self._executor.submit(self._work, asked)

    def alone(self, asked: Sequence[Ask]) -> Any:  # noqa: ANN401
        """Return what comes of a batch in a process of its own."""
        with self._new(1) as executor:
            return _Queued(executor.submit(self._work, asked)).result()

    def _new(self, jobs: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(jobs, initializer=_start, initargs=(self._begin,))


class _Queued:
    def __init__(self, future: Future[Any]) -> None:
        self._future = future

    def result(self) -> Any:  # noqa: ANN401
        try:
            return self._future.result()
        except BrokenProcessPool as error:
            raise LostError from error


def _start(begin: Callable[[bool], None]) -> None:
    """Set up a process of the pool.

    Signals are for the process that the user started: it lets this one finish the files in hand, so that none is left half-written.
    Should that process be killed, this one ends too.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    begin(False)


def _end_with_parent() -> None:
    if (parent := parent_process()) is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
