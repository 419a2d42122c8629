"""The machinery that maps a function over a corpus: bounded, in order, and with the same result whatever the partition."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from dechaff.repetition import Survey
from dechaff.tally import counted, total
from dechaff_cli.corpus import Source
from dechaff_cli.engine.batches import Batch, all_of, batches
from dechaff_cli.engine.counts import Counts, OnDisk
from dechaff_cli.engine.flow import Here, in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dechaff_cli.engine.batches import Ask

import numpy as np

_PAGES = st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.sets(st.integers(1, 6) | st.integers(2**64 - 3, 2**64 - 1))), max_size=40)


def _page(page: tuple[str, set[int]]) -> tuple[str, np.ndarray[tuple[int], np.dtype[np.uint64]]]:
    return page[0], np.array(sorted(page[1]), np.uint64)


@given(_PAGES, st.integers(0, 30), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_counts_are_the_same_whatever_fits_into_memory(pages: list[tuple[str, set[int]]], most: int, random: object) -> None:
    whole = Survey(counted(map(_page, pages)))
    random.shuffle(pages)  # type: ignore[attr-defined]
    counts = Counts(most)
    for page in pages:
        counts.add(counted([_page(page)]))
    settled = counts.settled()
    assert settled == whole.settle() == counts.settled(Survey())
    assert pickle.loads(pickle.dumps(settled)) == settled  # noqa: S301  our own
    assert counts.settled(whole) == whole.plus(whole).settle()
    assert Survey(total(list(counts.pieces()))) == whole
    assert counts.only(Survey()) == Survey(whole.rows.only(whole.rows.item == 0))
    assert counts.only(whole) == whole


def test_files_of_counts_are_merged_and_go_with_them() -> None:
    counts = Counts(1)
    for i in range(200):
        counts.add(counted([_page(("a", {1, i % 7 + 2}))]))
    settled = counts.settled()
    assert settled.of("a").pages == 200
    assert dict(zip(settled.of("a").pairs.tolist(), settled.of("a").counts.tolist(), strict=True))[1] == 200
    assert isinstance(settled, OnDisk)
    folder = settled.place.parent
    assert len(list(folder.iterdir())) < 80
    del counts
    assert settled.of("a").pages == 200
    del settled
    assert not folder.exists()


def test_no_more_documents_are_held_than_are_being_worked_on() -> None:
    taken = []

    def documents() -> Iterator[Source]:
        for i in range(100_000):
            taken.append(i)
            yield Source(Path(), str(i), 1 << 19)

    with Here(_names, _begin) as place:
        for number, (batch, parts) in enumerate(in_order(place, batches(documents(), all_of))):
            assert parts == [(batch.asked, [source.name for source in batch.documents])]
            assert taken[-1] < 2 * number + 16
            if number == 50:
                break


def _names(asked: Sequence[Ask]) -> list[str]:
    return [ask.source.name for ask in asked]


def test_what_is_done_is_passed_on_in_its_place() -> None:
    def ask(some: Sequence[Source]) -> list[Ask | None]:
        return [one if int(source.name) % 3 else None for source, one in zip(some, all_of(some), strict=True)]

    with Here(_names, _begin) as place:
        found = list(in_order(place, batches((Source(Path(), str(i), 1 << 19) for i in range(9)), ask)))
    assert [source.name for batch, _ in found for source in batch.documents] == [str(i) for i in range(9)]
    assert [name for _, parts in found for _, names in parts for name in names] == ["1", "2", "4", "5", "7", "8"]
    assert isinstance(found[0][0], Batch)


def test_an_empty_tally_adds_nothing() -> None:
    rows = counted([_page(("a", {3}))])
    assert Survey(total([rows, counted([])])) == Survey(rows)
    assert Survey(rows.part(0, 0)).settle() == Survey()


def _begin(*, apart: bool, again: bool) -> None:
    pass
