"""The processes that a run has begun, for all its passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor
    from types import TracebackType


class Crew:
    """The processes of a run, while it is entered. They stay for all its passes: each goes on with what it prepared in the one before."""

    def __init__(self, jobs: int) -> None:
        """Begin with none.

        Args:
            jobs: How many there are to be; 0 for one a processor.
        """
        self.jobs = jobs
        self.executors: list[ProcessPoolExecutor] = []

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let the processes finish what they have in hand; on an interrupt, what is queued is not worked off."""
        for executor in self.executors:
            executor.shutdown(wait=False, cancel_futures=True)
        for executor in self.executors:
            executor.shutdown(wait=True)
