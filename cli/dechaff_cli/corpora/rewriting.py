"""Containers written again with other texts: cleaned ones, or the original ones."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple, Protocol

from dechaff_cli import writing
from dechaff_cli.corpora import documents, streams
from dechaff_cli.corpora.forms import form_of
from dechaff_cli.corpora.records import raw
from dechaff_cli.corpus import CorpusError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from dechaff_cli.columns import Columns
    from dechaff_cli.corpora.records import Record
    from dechaff_cli.corpus import Source
    from dechaff_cli.task import Outcome


class _Finishing(Protocol):
    def finish(self) -> None: ...


def rewrite(  # noqa: PLR0913  where from, how, where to
    source: Source,
    columns: Columns,
    place: Path | str,
    change: Callable[[Record], bytes | None],
    *,
    mode: int | None = None,
    wanted: Callable[[], bool] = lambda: True,
) -> Columns:
    """Write a container again, in the same form, whole or not at all.

    Args:
        source: The container.
        columns: Where its records keep what.
        place: Where the new one goes.
        change: Returns the new text of each record that is a text, in UTF-8; None to keep the record as it is.
        mode: The permissions of the new one, which takes the place of the original; those of any new file by default.
        wanted: Asked when it is complete, whether it is to take its place.

    Returns:
        The columns, with what was seen of how the records are written.

    Raises:
        CorpusError: The container is damaged.
        OSError: The new one cannot be written.
    """
    form = form_of(source.name)
    assert form is not None
    with (
        writing.beside(place, mode, wanted, lasting=mode is not None) as file,
        nullcontext(file) if form.PACKS else streams.packed(file, source.name) as out,
    ):
        writer = form.writer(out, source, columns)
        with finished(writer):
            for record in documents.records(source, columns, whole=True):
                writer.add(record, None if record.passed_over else change(record))
    return columns._replace(escaped=writer.escaped)


def original(source: Source) -> str:
    """Return the digest by which a container is known again: of what it holds, unpacked; nothing where equal tables have unequal bytes."""
    return "" if source.name.lower().endswith(".parquet") else streams.digest(source)


@contextmanager
def finished(writer: _Finishing) -> Iterator[None]:
    """Finish what is being written; where something went wrong, whatever can be finished, since all of it is dropped."""
    try:
        yield
    except BaseException:
        with suppress(Exception):
            writer.finish()
        raise
    writer.finish()


class Cleaning:
    """Gives each record of a container what became of it, as the outcomes come."""

    def __init__(self, source: Source, outcomes: Iterable[Outcome]) -> None:
        """Begin with the first record.

        Args:
            source: The container.
            outcomes: Those of its records, in order.
        """
        self._source = source
        self._outcomes = iter(outcomes)
        self.changed = 0

    def __call__(self, record: Record) -> bytes | None:
        """Return the clean text of the next record; None for one that could not be cleaned.

        Raises:
            CorpusError: The container cannot be read to its end, or is not the one that was cleaned.
        """
        outcome = next(self._outcomes, None)
        if outcome is not None and outcome.report.error is not None and outcome.report.path == self._source.name:
            raise CorpusError(outcome.report.error)
        if outcome is None or outcome.report.path != documents.name(self._source, record) or not _is_of(outcome, record):
            message = "was changed while it was being cleaned"
            raise CorpusError(message)
        if outcome.report.error is not None:
            return None
        self.changed += outcome.report.sha256_in != outcome.report.sha256_out
        return outcome.text.encode("utf-8")


def _is_of(outcome: Outcome, record: Record) -> bool:
    """Return whether an outcome is that of the text that a record holds."""
    if outcome.report.error is not None or record.text is None:
        return outcome.report.error is not None
    return sha256(raw(record)).hexdigest() == outcome.report.sha256_in


class Part(NamedTuple):
    """What became of one file, or of the records of one container."""

    source: Source
    outcomes: Iterator[Outcome]


def by_file(files: Iterable[Source], cleaned: Iterable[tuple[Source, Outcome]]) -> Iterator[Part]:
    """Yield each file with the outcomes of what it holds; those that nobody takes are passed over."""
    pairs = iter(cleaned)
    ahead = next(pairs, None)

    def outcomes(path: Path) -> Iterator[Outcome]:
        nonlocal ahead
        while ahead is not None and ahead[0].path == path:
            outcome, ahead = ahead[1], None
            yield outcome
            ahead = next(pairs, None)

    for file in files:
        part = outcomes(file.path)
        yield Part(file, part)
        for _ in part:
            pass
