"""The two passes over a corpus: count what repeats, then clean. Both map one function over batches of files."""

from __future__ import annotations

import gc
import os
import zlib
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from dechaff import Document, NotTextError, Pipeline, decode
from dechaff.repetition import Survey, add_quote
from dechaff.report import FileReport, again, describe
from dechaff.rules import extend
from dechaff.suspects import suspects
from dechaff.tally import counted
from dechaff_cli import corpus
from dechaff_cli.config import Treatment
from dechaff_cli.engine import PROCESSES, RAY, Crew, place
from dechaff_cli.engine.batches import Ask, all_of, batches
from dechaff_cli.engine.counts import Counts
from dechaff_cli.engine.flow import in_order
from dechaff_cli.formats.diff import unified
from dechaff_cli.html import changes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from dechaff import Cleaned
    from dechaff.decoding import Decoded
    from dechaff.model import Removal
    from dechaff.model.store import Model
    from dechaff.pipeline import Work as Prepared
    from dechaff.repetition import Pair
    from dechaff.report import Suspect
    from dechaff_cli.config import Configs
    from dechaff_cli.corpus import Source
    from dechaff_cli.engine.batches import Batch
    from dechaff_cli.engine.flow import Work

    Advance = Callable[[int, int], None]
    Jobs = int | Crew

LOST = "ended the process that worked on it, and those that tried again"
_LEVEL = 1  # of zlib: half the size for a tenth of what the level after that takes
_GARBAGE = 100_000  # allocations between looks for cycles: we make none, and looking through a corpus of lines is a tenth of the time
_HOLD = 32 << 20  # bytes of files held between the passes: beside the automaton's, this is the larger part of the memory
_HOLD_FILES = 5000  # and as many files at most


class Outcome(NamedTuple):
    """What became of one file."""

    report: FileReport
    diff: bytes
    """Unified, against the bytes of the file; empty when nothing changed or nobody asked."""
    text: str
    """The clean text, where it was asked for instead of a file; that of a record always, since its container is written elsewhere."""
    record: bytes = b""
    """The report as JSON, where it was made already."""
    packed: bytes = b""
    """Report and diff in little room, where they are kept for a later run."""
    told: str = ""
    """What the page of the report is told of it, where that was asked for and its clean copy is written."""


def packed(outcome: Outcome) -> Outcome:
    """Return what became of a file with the form that is kept."""
    record = outcome.report.to_json().encode("ascii")
    return outcome._replace(record=record, packed=zlib.compress(record + b"\n" + outcome.diff, _LEVEL))


def unpacked(kept: bytes) -> Outcome:
    """Return what became of a file from the form that was kept; without its text."""
    record, _, diff = zlib.decompress(kept).partition(b"\n")
    return Outcome(FileReport.from_json(record.decode("ascii")), diff, "", record, kept)


@dataclass(frozen=True, slots=True)
class Task:
    """What to do with every file."""

    rules: frozenset[str]
    """All that may be in force for some file."""
    configs: Configs | None = None
    """What says how each file is cleaned; without it, by all these rules."""
    out: Path | str | None = None
    """Folder for the clean copies, or the address of one; without one nothing is written."""
    diff: bool = False
    report: bool = False
    """Whether to find what only a report shows: the lines that stay and look like chrome, and every change amid its text."""
    keep_text: bool = False
    pack: bool = False
    """Whether outcomes are kept for a later run."""
    quarantine: Path | None = None
    """Folder for files that are wholly in another language, as they were; they get no clean copy."""
    encoding: str | None = None
    """What the files are in; found for each if left out."""
    removal: Removal = "careful"
    """How much may go by the score of the line model, where `configs` does not say."""
    model: Path | None = None
    """Folder with other weights for it than those that dechaff is shipped with."""
    profile: Survey = field(default_factory=Survey)
    """What is known of sites beforehand; it stands for what the files of these sites would say."""
    engine: str = PROCESSES
    """What the work is done by."""


class Read(NamedTuple):
    """A file that was read: its bytes and text, or why there are none."""

    source: Source
    raw: bytes
    decoded: Decoded | None
    error: str


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
    for batch, parts in mapped(survey_batch, batches(files, all_of), jobs, task, Survey()):
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
    for _, parts in mapped(_quote_batch, batches(files, all_of), jobs, task, counts):
        for asked, part in parts:
            quotes, failed = part or ({}, [(ask.source.shown, LOST) for ask in asked])
            _add_quotes(found, quotes)
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

    for batch, parts in mapped(clean_batch, batches(files, ask), jobs, task, counts):
        found = iter([outcome for asked, outcomes in parts for outcome in (outcomes or [lost(one.source) for one in asked])])
        yield from (lost(source) if source.name in failed else next(found) for source in batch.documents)


def lost(source: Source) -> Outcome:
    """Return what became of a document that ended the process that worked on it, twice."""
    return Outcome(FileReport(source.name, error=LOST), b"", "")


def clean_text(raw: bytes, name: str, task: Task) -> Outcome:
    """Return what becomes of bytes that are in no file, cleaned on their own.

    Raises:
        NotTextError: They are not text.
    """
    found = Read(corpus.Source(Path(name), name, len(raw)), raw, decode(raw, task.encoding), "")
    pipeline = Pipelines(task, task.profile).of(Path(name), "")
    return _outcome(found, pipeline.clean([document(found)])[0], pipeline.rules, task)


def read(source: Source, encoding: str | None = None) -> Read:
    """Return the bytes and text of a document, or why it has none."""
    if source.error:
        return Read(source, b"", None, source.error)
    try:
        raw, encoding = source.raw(), None if isinstance(source.held, str) else encoding
        return Read(source, raw, decode(raw, encoding), "")
    except OSError as error:
        return Read(source, b"", None, f"cannot be read: {error.strerror}")
    except NotTextError as error:
        return Read(source, b"", None, str(error))
    except MemoryError:
        return Read(source, b"", None, f"is too large for the memory of this machine: {source.size} bytes")


def document(found: Read) -> Document:
    """Return a file that was read as a document of its site."""
    assert found.decoded is not None
    source = found.source
    site = source.site or corpus.site(source.place or source.name, found.decoded.text)
    return Document(source.name, site, found.decoded.text)


class Pipelines:
    """One pipeline for each way that files are cleaned, set up when the first such file comes."""

    def __init__(self, task: Task, counts: Survey) -> None:
        """Set up none yet.

        Raises:
            ModelError: The folder that the task names holds no weights.
        """
        self._task = task
        self.counts = counts
        self._made: dict[Treatment, Pipeline] = {}
        self._model: Model | None = None
        if task.model is not None:
            from dechaff.model import store  # noqa: PLC0415  read once, and only if asked for

            self._model = store.read(task.model)

    def of(self, path: Path, site: str) -> Pipeline:
        """Return the pipeline of a file."""
        configs = self._task.configs
        asked = Treatment(self._task.rules, removal=self._task.removal) if configs is None else configs.treatment(path, site)
        if asked not in self._made:
            self._made[asked] = Pipeline(
                asked.rules,
                self.counts,
                allow=asked.allow,
                languages=asked.languages,
                removal=asked.removal,
                model=self._model,
                doubts=self._task.report,
            )
        return self._made[asked]

    def shared(self, found: Sequence[Read]) -> list[tuple[Pipeline, list[tuple[Read, Document]]]]:
        """Return files that were read with their documents, those of one pipeline together."""
        groups: dict[int, tuple[Pipeline, list[tuple[Read, Document]]]] = {}
        for one in found:
            page = document(one)
            pipeline = self.of(one.source.path, page.site)
            groups.setdefault(id(pipeline), (pipeline, []))[1].append((one, page))
        return list(groups.values())


_hold = _HOLD
_worker: tuple[Pipelines, Task] | None = None
_held: dict[tuple[Source, frozenset[str]], tuple[Read, Prepared]] = {}
"""What the first pass prepared and the second can go on with: a small corpus in one process is read and prepared once."""


def _start(task: Task, counts: Survey, *, apart: bool, share: float) -> None:
    """Set up a process: a pipeline is built once, not once a batch.

    Args:
        task: The task.
        counts: What pages share.
        apart: As for `flow.Begin`.
        share: The same.
    """
    global _worker, _hold  # noqa: PLW0603  the only way to hand something to the processes of a pool once
    _hold = int(_HOLD * share)
    if apart and task.configs is not None:
        extend(task.configs.own)
    _worker = Pipelines(task, counts), task
    gc.set_threshold(_GARBAGE)


class Seen(NamedTuple):
    """What the first pass finds of one document."""

    digest: str
    """The SHA-256 of its bytes; nothing if it has no text."""
    site: str
    numbers: NDArray[np.uint64] | None
    """What it adds to the counts; None if it does not count."""


def survey_batch(batch: Sequence[Ask]) -> list[Seen | None]:
    """Return what is found of each document; None where its content is what is known of it already."""
    assert _worker is not None
    pipelines, task = _worker
    found = [read(ask.source, task.encoding) for ask in batch]
    digests = [sha256(one.raw).hexdigest() if one.decoded else "" for one in found]
    new = [one for ask, one, digest in zip(batch, found, digests, strict=True) if ask.digest != digest and one.decoded]
    fits = len(_held) < _HOLD_FILES and sum(one.source.size for one, _ in _held.values()) + sum(one.source.size for one in new) <= _hold
    seen: dict[int, tuple[str, NDArray[np.uint64] | None]] = {}
    for pipeline, pages in pipelines.shared(new):
        works = pipeline.prepare([page for _, page in pages])
        if fits:
            _held.update({(one.source, task.rules): (one, work) for (one, _), work in zip(pages, works, strict=True)})
        for (one, page), numbers in zip(pages, pipeline.numbers(works), strict=True):
            seen[id(one)] = page.site, numbers
        for work in works:
            work.rest()
    return [
        None if ask.digest and ask.digest == digest else Seen(digest, *seen.get(id(one), ("", None)))
        for ask, one, digest in zip(batch, found, digests, strict=True)
    ]


def _quote_batch(batch: Sequence[Ask]) -> tuple[dict[str, dict[int, Pair]], list[tuple[str, str]]]:
    assert _worker is not None
    pipelines, task = _worker
    found, held = _taken(batch, task)
    quotes: dict[str, dict[int, Pair]] = {}
    for pipeline, _, works in _prepared([one for one in found if one.decoded], held, pipelines):
        _add_quotes(quotes, pipeline.quote(works, pipelines.counts))
    return quotes, [(one.source.shown, one.error) for one in found if one.decoded is None]


def _add_quotes(quotes: dict[str, dict[int, Pair]], more: dict[str, dict[int, Pair]]) -> None:
    for site, pairs in more.items():
        words = quotes.setdefault(site, {})
        for number, pair in pairs.items():
            add_quote(words, number, pair)


def clean_batch(batch: Sequence[Ask]) -> list[Outcome]:
    """Return what becomes of each document; what came of the same content before is made again and not found again."""
    assert _worker is not None
    pipelines, task = _worker
    found, held = _taken(batch, task)
    outcomes = {id(one): Outcome(FileReport(one.source.name, error=one.error), b"", "") for one in found if one.decoded is None}
    for ask, one in zip(batch, found, strict=True):
        if ask.record and one.decoded is not None and sha256(one.raw).hexdigest() == ask.digest:
            known = unpacked(ask.record)
            outcomes[id(one)] = known._replace(text=again(one.decoded.text, known.report.findings))
    for pipeline, files, works in _prepared([one for one in found if id(one) not in outcomes], held, pipelines):
        made = pipeline.finish(works)
        doubts = suspects(pipeline, works) if task.report else [()] * len(made)
        for one, cleaned, doubtful in zip(files, made, doubts, strict=True):
            outcome = _written(one, _outcome(one, cleaned, pipeline.rules, task, doubtful), cleaned, task)
            outcomes[id(one)] = packed(outcome) if task.pack else outcome
    return [outcomes[id(one)] for one in found]


def _taken(batch: Sequence[Ask], task: Task) -> tuple[list[Read], dict[Source, Prepared]]:
    """Return files that were read, and what the first pass held of them."""
    held = {ask.source: known for ask in batch if (known := _held.pop((ask.source, task.rules), None))}
    found = [held[ask.source][0] if ask.source in held else read(ask.source, task.encoding) for ask in batch]
    return found, {source: work for source, (_, work) in held.items()}


def _prepared(
    found: Sequence[Read], held: Mapping[Source, Prepared], pipelines: Pipelines
) -> Iterator[tuple[Pipeline, list[Read], list[Prepared]]]:
    """Yield files that have a text with their documents as far as they can be prepared, those of one pipeline together."""
    for pipeline, pages in pipelines.shared(found):
        new = iter(pipeline.prepare([page for one, page in pages if one.source not in held]))
        works = [held[one.source] if one.source in held else next(new) for one, _ in pages]
        yield pipeline, [one for one, _ in pages], works


def _written(found: Read, outcome: Outcome, cleaned: Cleaned, task: Task) -> Outcome:
    """Return what became of a file once its clean copy is written, if one is wanted."""
    assert found.decoded is not None
    source = found.source
    if source.held is not None:
        return outcome
    try:
        if task.quarantine is not None and cleaned.foreign:
            corpus.write_below(task.quarantine, source.name, found.raw)
        elif task.out is not None:
            corpus.write_below(task.out, source.name, outcome.text.encode("utf-8"))
            if task.report and isinstance(task.out, Path):
                outcome = outcome._replace(told=changes.as_json(outcome.report, found.decoded.text))
    except corpus.CorpusError as error:
        return Outcome(FileReport(source.name, error=str(error)), b"", "")
    except OSError as error:
        return Outcome(FileReport(source.name, error=f"its clean copy cannot be written: {error.strerror}"), b"", "")
    return outcome if task.keep_text else outcome._replace(text="")


def _outcome(found: Read, cleaned: Cleaned, rules: frozenset[str], task: Task, doubtful: tuple[Suspect, ...] = ()) -> Outcome:
    assert found.decoded is not None
    heard = found.decoded._replace(remarks=tuple(remark for remark in found.decoded.remarks if remark.rule in rules))
    page = document(found)
    report = describe(page.path, page.site, found.raw, heard, cleaned, doubtful)
    diff = unified(page.path, found.raw, found.decoded.text, cleaned, report.findings) if task.diff and report.findings else b""
    return Outcome(report, diff, cleaned.text)


def mapped(
    work: Work, some: Iterator[Batch], jobs: Jobs, task: Task, counts: Survey
) -> Iterator[tuple[Batch, list[tuple[Sequence[Ask], Any]]]]:
    """Yield batches with what a function makes of them, in order, as `in_order` does: in this process, in several, or on a cluster."""
    crew = jobs if isinstance(jobs, Crew) else Crew(jobs)
    first = list(islice(some, crew.jobs or os.cpu_count() or 1))
    Pipelines(task, counts)  # what is wrong with the task is said here and not by a process that ends
    if task.engine == RAY:  # another machine cannot read this one's files
        counts = Survey(counts.rows.in_memory())
    with nullcontext() if crew is jobs else crew, place(task.engine, work, crew, len(first), partial(_start, task, counts)) as where:
        yield from in_order(where, chain(first, some))
