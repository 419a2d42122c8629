"""Documents in batches by size: the unit of handing out, of trying again, and of memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from dechaff_cli.corpus import Source

FILES = 256  # documents of a batch at most: what a document of 3 kB costs falls by 2 % from here to any more
BYTES = 1 << 20  # of text: handing it over costs a hundredth of cleaning it, and a process waits for others a second at the end


class Ask(NamedTuple):
    """A document that somebody is to work on."""

    source: Source
    digest: str = ""
    """The content that is known of it already, by its SHA-256."""
    record: bytes = b""
    """What came of that content, as `Outcome.packed` has it: it need not be found again, only made again."""


class Batch(NamedTuple):
    """Some documents, one after the other in the corpus."""

    documents: Sequence[Source]
    asked: Sequence[Ask]
    """Those that are to be worked on, in their order; the others are done."""


def batches(documents: Iterable[Source], ask: Callable[[Sequence[Source]], Sequence[Ask | None]]) -> Iterator[Batch]:
    """Yield documents in batches.

    Args:
        documents: In any number; only those of one batch are held.
        ask: Says what there is to do with each of some documents; None where that is nothing.
    """
    for some in _cut(documents):
        yield Batch(some, [one for one in ask(some) if one is not None])


def all_of(documents: Sequence[Source]) -> list[Ask | None]:
    """Ask for all documents, of which nothing is known."""
    return [Ask(source) for source in documents]


def _cut(documents: Iterable[Source]) -> Iterator[list[Source]]:
    batch: list[Source] = []
    size = 0
    for source in documents:
        if batch and (len(batch) == FILES or size + source.size > BYTES):
            yield batch
            batch, size = [], 0
        batch.append(source)
        size += source.size
    if batch:
        yield batch
