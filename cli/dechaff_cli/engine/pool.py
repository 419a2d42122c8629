"""A pool of processes on this machine."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, connection, get_context, parent_process
from typing import TYPE_CHECKING, Any, Self

from dechaff_cli.corpus import CorpusError
from dechaff_cli.engine.flow import LostError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from types import TracebackType

    from dechaff_cli.engine.batches import Ask
    from dechaff_cli.engine.crew import Crew
    from dechaff_cli.engine.flow import Begin, Pending, Work

_ARENAS, _MAPPED_FROM = -8, -3  # glibc's M_ARENA_MAX and M_MMAP_THRESHOLD
_FORKS = sys.platform == "linux"
"""Whatever the default of this Python: what is loaded before is loaded once and shared, which saves two processes a tenth."""
_LARGE = 1 << 20  # bytes: what comes of a batch is larger, hardly any page is


class Pool:
    """Processes that work on a batch each, one after the other: while each batch has something to do, it comes to the same in each pass."""

    def __init__(self, work: Work, jobs: int, begin: Begin, crew: Crew, load: Callable[[], None]) -> None:
        """Take the work; processes begin with the first batches."""
        self.slots = jobs
        self._work, self._begin, self._crew = work, begin, crew
        self._begun: set[int] = set()
        self._next = 0
        _keep_little()
        if _FORKS and not crew.executors:
            load()
        crew.executors += [_process() for _ in range(jobs - len(crew.executors))]

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Leave the processes for the next pass."""

    def submit(self, asked: Sequence[Ask]) -> Pending:
        """Queue a batch.

        Raises:
            CorpusError: The system grants no more processes or open files.
        """
        number = self._next % self.slots
        self._next += 1
        try:
            return self._queued(number, asked)
        except BrokenProcessPool:  # it died of an earlier batch
            self._crew.executors[number].shutdown(wait=True, cancel_futures=True)
            self._crew.executors[number] = _process()
            self._begun.discard(number)
            return self._queued(number, asked)
        except OSError as error:
            for process in active_children():  # those that were begun wait for one that will not come
                process.kill()
            message = f"no process can be started to work in: {error.strerror}; try --jobs 1"
            raise CorpusError(message) from error

    def _queued(self, number: int, asked: Sequence[Ask]) -> Pending:
        executor = self._crew.executors[number]
        if number not in self._begun:
            executor.submit(self._begin, apart=True, again=True)
            self._begun.add(number)
        return _Queued(executor.submit(self._work, asked))

    def alone(self, asked: Sequence[Ask]) -> Any:  # noqa: ANN401
        """Return what comes of a batch in a process of its own."""
        with _process() as executor:
            executor.submit(self._begin, apart=True, again=False)
            return _Queued(executor.submit(self._work, asked)).result()


def _process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, get_context("fork" if _FORKS else None), _start)


class _Queued:
    def __init__(self, future: Future[Any]) -> None:
        self._future = future

    def result(self) -> Any:  # noqa: ANN401
        try:
            return self._future.result()
        except BrokenProcessPool as error:
            raise LostError from error


def _start() -> None:
    """Set up a process of the pool.

    Signals are for the process that the user started: it lets this one finish the files in hand, so that none is left half-written.
    Should that process be killed, this one ends too.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _keep_little()


def _keep_little() -> None:
    """Have the C library give back at once what large results took, and hold no heap for each thread; of other systems, nothing.

    Of two processes and the one that hands out to them it saves 70 to 120 MB in 720, after 300 MB of pages.
    """
    tune = getattr(ctypes.CDLL(None), "mallopt", None)
    if tune is not None:
        tune(_ARENAS, 1)
        tune(_MAPPED_FROM, _LARGE)


def _end_with_parent() -> None:
    if (parent := parent_process()) is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
