"""The two passes over a corpus: count what repeats, then clean. Both map one function over batches of files."""

from __future__ import annotations

import os
from contextlib import nullcontext
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from dechaff.repetition import Survey
from dechaff.report import FileReport
from dechaff.tally import counted
from dechaff_cli import worker
from dechaff_cli.engine import RAY, Crew, place
from dechaff_cli.engine.batches import Ask, all_of, batches
from dechaff_cli.engine.counts import Counts
from dechaff_cli.engine.flow import in_order
from dechaff_cli.task import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from dechaff.repetition import Pair
    from dechaff_cli.corpus import Source
    from dechaff_cli.engine.batches import Batch
    from dechaff_cli.engine.flow import Work
    from dechaff_cli.task import Task

    Advance = Callable[[int, int], None]
    Jobs = int | Crew

LOST = "ended the process that worked on it, and those that tried again"


def survey(files: Iterable[Source], task: Task, jobs: Jobs, advance: Advance = lambda *_: None, failed: set[str] | None = None) -> Survey:
    """Return the counts that a corpus is cleaned by: those of its files, and for the sites of a profile those of the profile.

    Args:
        files: All documents; read again from the start by every pass, and never held whole.
        task: For its rules and its profile.
        jobs: Processes: how many, or those of another pass.
        advance: Told how many more documents and bytes are done.
        failed: Takes the names of documents that could not be counted, for `clean`.
    """
    if len(list(islice(files, 2))) < 2:
        return task.profile
    return count(files, task, jobs, advance, failed).settled().knowing(task.profile)


def count(files: Iterable[Source], task: Task, jobs: Jobs, advance: Advance = lambda *_: None, failed: set[str] | None = None) -> Counts:
    """Return what all files share, whatever a profile says, down to what a single one has."""
    counts = Counts()
    if "REP001" not in task.rules:
        return counts
    for batch, parts in mapped(worker.survey_batch, batches(files, all_of), jobs, task, Survey()):
        for asked, seen in parts:
            if seen is not None:
                counts.add(counted((one.site, one.numbers) for one in seen if one.numbers is not None))
            elif failed is not None:
                failed.update(ask.source.name for ask in asked)
        advance(len(batch.documents), sum(source.size for source in batch.documents))
    return counts


def quoted(files: Iterable[Source], task: Task, counts: Survey, jobs: Jobs) -> tuple[dict[str, dict[int, Pair]], list[tuple[str, str]]]:
    """Return the words of what a survey counts, by site and number, as far as files have them; and which files have no text, and why."""
    found: dict[str, dict[int, Pair]] = {}
    errors: list[tuple[str, str]] = []
    for _, parts in mapped(worker.quote_batch, batches(files, all_of), jobs, task, counts):
        for asked, part in parts:
            quotes, failed = part or ({}, [(ask.source.shown, LOST) for ask in asked])
            worker.add_quotes(found, quotes)
            errors += failed
    return found, errors


def clean(files: Iterable[Source], task: Task, counts: Survey, jobs: Jobs, failed: Collection[str] = ()) -> Iterator[Outcome]:
    """Yield what became of each document, in their order, whatever the number of processes.

    Args:
        files: All documents.
        task: What to do with them.
        counts: What `survey` returned for them.
        jobs: Processes.
        failed: The names of those that could not be counted: they are not cleaned either.
    """

    def ask(some: Sequence[Source]) -> list[Ask | None]:
        return [None if source.name in failed else Ask(source) for source in some]

    for batch, parts in mapped(worker.clean_batch, batches(files, ask), jobs, task, counts):
        found = iter([outcome for asked, outcomes in parts for outcome in (outcomes or [lost(one.source) for one in asked])])
        yield from (lost(source) if source.name in failed else next(found) for source in batch.documents)


def lost(source: Source) -> Outcome:
    """Return what became of a document that ended the process that worked on it, twice."""
    return Outcome(FileReport(source.name, error=LOST), b"", "")


def mapped(
    work: Work, some: Iterator[Batch], jobs: Jobs, task: Task, counts: Survey
) -> Iterator[tuple[Batch, list[tuple[Sequence[Ask], Any]]]]:
    """Yield batches with what a function makes of them, in order, as `in_order` does: in this process, in several, or on a cluster."""
    crew = jobs if isinstance(jobs, Crew) else Crew(jobs)
    first = list(islice(some, crew.jobs or os.cpu_count() or 1))
    worker.Pipelines(task, counts)  # what is wrong with the task is said here and not by a process that ends
    if task.engine == RAY:  # another machine cannot read this one's files
        counts = Survey(counts.rows.in_memory())
    begin, load = partial(worker.start, task, counts), partial(worker.load, task)
    with nullcontext() if crew is jobs else crew, place(task.engine, work, crew, len(first), begin, load) as where:
        yield from in_order(where, chain(first, some))
