"""The two passes over a corpus: count what repeats, then clean. Both map one function over batches of files."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import connection, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from dechaff import Document, NotTextError, Pipeline, decode
from dechaff.pages import paged
from dechaff.repetition import Survey, add_quote
from dechaff.report import FileReport, describe
from dechaff.rules import extend
from dechaff.suspects import suspects
from dechaff_cli import corpus
from dechaff_cli.config import Treatment
from dechaff_cli.formats.diff import unified

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from dechaff import Cleaned
    from dechaff.decoding import Decoded
    from dechaff.model import Removal
    from dechaff.model.store import Model
    from dechaff.pipeline import Work
    from dechaff.repetition import Pair
    from dechaff.report import Suspect
    from dechaff_cli.config import Configs
    from dechaff_cli.corpus import Source

_BATCH_FILES = 64
_GARBAGE = 100_000  # allocations between looks for cycles: we make none, and looking through a corpus of lines is a tenth of the time
_HOLD = 32 << 20  # bytes of files held between the passes: beside the automaton's, this is the larger part of the memory
_HOLD_FILES = 5000  # and as many files at most
_BATCH_BYTES = 2 << 20  # enough text that handing a batch over costs nothing beside cleaning it, little enough to share out evenly


class Outcome(NamedTuple):
    """What became of one file."""

    report: FileReport
    diff: bytes
    """Unified, against the bytes of the file; empty when nothing changed or nobody asked."""
    text: str
    """The clean text, where it was asked for instead of a file."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to do with every file."""

    rules: frozenset[str]
    """All that may be in force for some file."""
    configs: Configs | None = None
    """What says how each file is cleaned; without it, by all these rules."""
    out: Path | None = None
    """Folder for the clean copies; without one nothing is written."""
    diff: bool = False
    suspects: bool = False
    """Whether to look for lines that stay and look like chrome."""
    keep_text: bool = False
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


class Read(NamedTuple):
    """A file that was read: its bytes and text, or why there are none."""

    source: Source
    raw: bytes
    decoded: Decoded | None
    error: str


def survey(files: Sequence[Source], task: Task, jobs: int, advance: Callable[[int], None] = lambda _: None) -> Survey:
    """Return the counts that a corpus is cleaned by: those of its files, and for the sites of a profile those of the profile.

    Args:
        files: All files.
        task: For its rules and its profile.
        jobs: Processes.
        advance: Told how many more files are done.
    """
    counts = count(files, task, jobs, advance) if len(files) > 1 else Survey()
    return counts.settle().knowing(task.profile)


def count(files: Sequence[Source], task: Task, jobs: int, advance: Callable[[int], None] = lambda _: None) -> Survey:
    """Return what all files share, whatever a profile says, down to what a single one has."""
    counts = Survey()
    if "REP001" in task.rules:
        for part in _whole(_survey_batch, files, jobs, task, counts, advance):
            counts.add(part)
    return counts


def quoted(files: Sequence[Source], task: Task, counts: Survey, jobs: int) -> tuple[dict[str, dict[int, Pair]], list[tuple[str, str]]]:
    """Return the words of what a survey counts, by site and number, as far as files have them; and which files have no text, and why."""
    found: dict[str, dict[int, Pair]] = {}
    errors: list[tuple[str, str]] = []
    for quotes, failed in _whole(_quote_batch, files, jobs, task, counts):
        _add_quotes(found, quotes)
        errors += failed
    return found, errors


def clean(files: Sequence[Source], task: Task, counts: Survey, jobs: int) -> Iterator[Outcome]:
    """Yield what became of each file, in their order, whatever the number of processes."""
    for outcomes, batch in _map(_clean_batch, files, jobs, task, counts):
        if isinstance(outcomes, str):
            yield from (Outcome(FileReport(source.name, error=outcomes), b"", "") for source in batch)
        else:
            yield from outcomes


def clean_text(raw: bytes, name: str, task: Task) -> Outcome:
    """Return what becomes of bytes that are in no file, cleaned on their own.

    Raises:
        NotTextError: They are not text.
    """
    found = Read(corpus.Source(Path(name), name, len(raw)), raw, decode(raw, task.encoding), "")
    pipeline = Pipelines(task, task.profile).of(Path(name), "")
    return _outcome(found, pipeline.clean([document(found)])[0], pipeline.rules, task)


def read(source: Source, encoding: str | None = None) -> Read:
    """Return a file's bytes and text, or why it has none."""
    try:
        raw = source.path.read_bytes()
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
    return Document(found.source.name, corpus.site(found.source.place or found.source.name, found.decoded.text), found.decoded.text)


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
                asked.rules, self.counts, allow=asked.allow, languages=asked.languages, removal=asked.removal, model=self._model
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


_Part = TypeVar("_Part")
_worker: tuple[Pipelines, Task] | None = None
_held: dict[tuple[Source, frozenset[str]], tuple[Read, Work]] = {}
"""What the first pass prepared and the second can go on with: a small corpus in one process is read and prepared once."""


def _start(task: Task, counts: Survey) -> None:
    """Set up this process: a pipeline is built once, not once a batch."""
    global _worker  # noqa: PLW0603  the only way to hand something to the processes of a pool once
    _worker = Pipelines(task, counts), task
    gc.set_threshold(_GARBAGE)


def _start_apart(task: Task, counts: Survey) -> None:
    """Set up a process of a pool: it does not know which files it will be handed in the second pass, so it holds none.

    Signals are for the process that the user started: it lets this one finish the files in hand, so that none is left half-written.
    Should that process be killed, this one ends too.
    """
    global _HOLD  # noqa: PLW0603
    _HOLD = 0
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if task.configs is not None:
        extend(task.configs.own)
    _start(task, counts)


def _end_with_parent() -> None:
    if (parent := parent_process()) is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _survey_batch(batch: Sequence[Source]) -> Survey:
    assert _worker is not None
    pipelines, task = _worker
    found = [one for source in batch if (one := read(source, task.encoding)).decoded]
    fits = len(_held) < _HOLD_FILES and sum(one.source.size for one, _ in _held.values()) + sum(one.source.size for one in found) <= _HOLD
    counts = Survey()
    for pipeline, pages in pipelines.shared(found):
        works = pipeline.prepare([page for _, page in pages])
        if fits:
            _held.update({(one.source, task.rules): (one, work) for (one, _), work in zip(pages, works, strict=True)})
        counts.add(pipeline.survey(works))
    return counts


def _quote_batch(batch: Sequence[Source]) -> tuple[dict[str, dict[int, Pair]], list[tuple[str, str]]]:
    assert _worker is not None
    pipelines, task = _worker
    found, held = _taken(batch, task)
    quotes: dict[str, dict[int, Pair]] = {}
    for pipeline, _, works in _prepared(found, held, pipelines):
        _add_quotes(quotes, pipeline.quote(works, pipelines.counts))
    return quotes, [(str(one.source.path), one.error) for one in found if one.decoded is None]


def _add_quotes(quotes: dict[str, dict[int, Pair]], more: dict[str, dict[int, Pair]]) -> None:
    for site, pairs in more.items():
        words = quotes.setdefault(site, {})
        for number, pair in pairs.items():
            add_quote(words, number, pair)


def _clean_batch(batch: Sequence[Source]) -> list[Outcome]:
    assert _worker is not None
    pipelines, task = _worker
    found, held = _taken(batch, task)
    outcomes = {one.source: Outcome(FileReport(one.source.name, error=one.error), b"", "") for one in found if one.decoded is None}
    for pipeline, files, works in _prepared(found, held, pipelines):
        made = pipeline.finish(works)
        doubts = _doubts(pipeline, files, made) if task.suspects else [()] * len(made)
        for one, cleaned, doubtful in zip(files, made, doubts, strict=True):
            outcomes[one.source] = _written(one, _outcome(one, cleaned, pipeline.rules, task, doubtful), cleaned, task)
    return [outcomes[source] for source in batch]


def _doubts(pipeline: Pipeline, files: Sequence[Read], made: Sequence[Cleaned]) -> list[tuple[Suspect, ...]]:
    """Return the lines of each clean text that stay and look like chrome; none of a page that was left as it is."""
    pages = [document(one)._replace(text=cleaned.text) for one, cleaned in zip(files, made, strict=True) if not cleaned.foreign]
    found = iter(suspects(pipeline, paged(pages)))
    return [() if cleaned.foreign else next(found) for cleaned in made]


def _taken(batch: Sequence[Source], task: Task) -> tuple[list[Read], dict[Source, Work]]:
    """Return files that were read, and what the first pass held of them."""
    held = {source: known for source in batch if (known := _held.pop((source, task.rules), None))}
    found = [held[source][0] if source in held else read(source, task.encoding) for source in batch]
    return found, {source: work for source, (_, work) in held.items()}


def _prepared(
    found: Sequence[Read], held: Mapping[Source, Work], pipelines: Pipelines
) -> Iterator[tuple[Pipeline, list[Read], list[Work]]]:
    """Yield files that have a text with their documents as far as they can be prepared, those of one pipeline together."""
    for pipeline, pages in pipelines.shared([one for one in found if one.decoded]):
        new = iter(pipeline.prepare([page for one, page in pages if one.source not in held]))
        works = [held[one.source] if one.source in held else next(new) for one, _ in pages]
        yield pipeline, [one for one, _ in pages], works


def _written(found: Read, outcome: Outcome, cleaned: Cleaned, task: Task) -> Outcome:
    """Return what became of a file once its clean copy is written, if one is wanted."""
    source = found.source
    try:
        if task.quarantine is not None and cleaned.foreign:
            corpus.write_below(task.quarantine, source.name, found.raw)
        elif task.out is not None:
            corpus.write_below(task.out, source.name, outcome.text.encode("utf-8"))
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
    diff = unified(page.path, found.raw, found.decoded.text, cleaned) if task.diff and report.findings else b""
    return Outcome(report, diff, cleaned.text)


def _map(
    work: Callable[[Sequence[Source]], _Part], files: Sequence[Source], jobs: int, task: Task, counts: Survey
) -> Iterator[tuple[_Part | str, Sequence[Source]]]:
    """Yield what a function makes of each batch, in order: in this process, or in several."""
    batches = list(_batches(files))
    jobs = min(jobs or os.cpu_count() or 1, len(batches))
    if jobs <= 1:
        _start(task, counts)
        yield from ((work(batch), batch) for batch in batches)
        return
    with ProcessPoolExecutor(jobs, initializer=_start_apart, initargs=(task, counts)) as pool:
        parts = deque((pool.submit(work, batch), batch) for batch in batches)
        try:
            while parts:
                part, batch = parts.popleft()  # what has been handed on is not held
                try:
                    yield part.result(), batch
                except BrokenProcessPool:
                    yield "a worker process died; run again with --jobs 1 to find the file that kills it", batch
        finally:
            pool.shutdown(wait=True, cancel_futures=True)  # on an interrupt, what is queued is not worked off


def _whole(  # noqa: PLR0913, PLR0917  what `_map` takes, and whom to tell
    work: Callable[[Sequence[Source]], _Part],
    files: Sequence[Source],
    jobs: int,
    task: Task,
    counts: Survey,
    advance: Callable[[int], None] = lambda _: None,
) -> Iterator[_Part]:
    """Yield what a function makes of each batch, where nothing may be missing.

    Raises:
        CorpusError: A worker process died.
    """
    for part, batch in _map(work, files, jobs, task, counts):
        if isinstance(part, str):
            message = f"the lines that pages share could not be counted: {part}"
            raise corpus.CorpusError(message)
        yield part
        advance(len(batch))


def _batches(files: Sequence[Source]) -> Iterator[list[Source]]:
    batch: list[Source] = []
    size = 0
    for source in files:
        if batch and (len(batch) == _BATCH_FILES or size + source.size > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(source)
        size += source.size
    if batch:
        yield batch
