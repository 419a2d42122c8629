"""Batches on their way: handed out few at a time, taken back in their order, and tried again where a process died."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Protocol, Self

from dechaff.errors import DechaffError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType

    from dechaff_cli.engine.batches import Ask, Batch

    Work = Callable[[Sequence[Ask]], Any]

_AHEAD = 4  # batches for each process beyond the one whose turn it is: one slow batch may take as long as four before others wait for it


class EngineError(DechaffError):
    """What is to do the work is not there."""


class LostError(Exception):
    """The process that worked on a batch died."""


class Pending(Protocol):
    """A batch that is being worked on."""

    def result(self) -> Any:  # noqa: ANN401  whatever the work returns
        """Wait for what comes of it.

        Raises:
            LostError: The process died.
        """
        ...


class Begin(Protocol):
    """What sets a process up before its first batch of a pass."""

    def __call__(self, *, apart: bool, again: bool) -> None:
        """Set this process up.

        Args:
            apart: Whether it is another one than the user started.
            again: Whether it works on the same batches in the next pass.
        """
        ...


class Place(Protocol):
    """Where batches are worked on, while it is entered."""

    slots: int
    """How many at the same time."""

    def submit(self, asked: Sequence[Ask], /) -> Pending:
        """Begin to work on a batch."""
        ...

    def alone(self, asked: Sequence[Ask], /) -> Any:  # noqa: ANN401
        """Return what comes of a batch in a process that is new and works on nothing else.

        Raises:
            LostError: It died.
        """
        ...

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Finish what is in hand and drop what is queued."""
        ...


class Here:
    """This process: a batch is worked on when its turn comes."""

    slots = 1

    def __init__(self, work: Work, begin: Begin) -> None:
        """Take the work."""
        self._work, self._begin = work, begin

    def __enter__(self) -> Self:
        """Set this process up."""
        self._begin(apart=False, again=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Leave it as it is."""

    def submit(self, asked: Sequence[Ask]) -> Pending:
        """Put a batch by until somebody asks for it."""
        return _Later(self._work, asked)

    def alone(self, asked: Sequence[Ask]) -> Any:  # noqa: ANN401
        """Return what comes of a batch."""
        return self._work(asked)


class _Later:
    def __init__(self, work: Work, asked: Sequence[Ask]) -> None:
        self._work, self._asked = work, asked

    def result(self) -> Any:  # noqa: ANN401
        return self._work(self._asked)


class _Nothing:
    def result(self) -> None:
        """Return nothing: all of the batch is done."""


def in_order(place: Place, batches: Iterable[Batch]) -> Iterator[tuple[Batch, list[tuple[Sequence[Ask], Any]]]]:
    """Yield each batch with what came of it, in order.

    A batch whose process died is tried once more by itself, in a new process; if that dies too, each of its documents is.

    Args:
        place: Where the work is done; entered.
        batches: In any number; only as many are held as are being worked on or wait for an earlier one.

    Yields:
        A batch, and what came of its documents: of all that were asked for in one piece, or of each by itself; None for one that
        killed its process twice.
    """
    coming = iter(batches)
    waiting: deque[tuple[Batch, Pending]] = deque()
    for batch in coming:
        waiting.append((batch, place.submit(batch.asked) if batch.asked else _Nothing()))
        if len(waiting) > place.slots * _AHEAD:
            yield _taken(place, *waiting.popleft())
    while waiting:
        yield _taken(place, *waiting.popleft())


def _taken(place: Place, batch: Batch, pending: Pending) -> tuple[Batch, list[tuple[Sequence[Ask], Any]]]:
    if not batch.asked:
        return batch, []
    try:
        return batch, [(batch.asked, pending.result())]
    except LostError:
        return batch, list(_again(place, batch.asked))


def _again(place: Place, asked: Sequence[Ask]) -> Iterator[tuple[Sequence[Ask], Any]]:
    try:
        yield asked, place.alone(asked)
    except LostError:
        if len(asked) == 1:
            yield asked, None
        else:
            for one in asked:
                yield from _again(place, [one])
