"""What a process does with a batch of files: read, prepare and count them, or clean and write them."""

from __future__ import annotations

import gc
import os
from hashlib import sha256
from itertools import chain
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from dechaff import Document, Pipeline, decode
from dechaff.errors import DechaffError
from dechaff.model import FEWEST
from dechaff.repetition import add_quote
from dechaff.report import FileReport, again, describe
from dechaff.rules import extend
from dechaff.suspects import suspects
from dechaff_cli import corpus, writing
from dechaff_cli.config import Treatment
from dechaff_cli.formats.diff import unified
from dechaff_cli.held import MEMORY, Held, Note
from dechaff_cli.html import changes
from dechaff_cli.reading import Read, document, read
from dechaff_cli.task import Outcome, packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from dechaff import Cleaned
    from dechaff.model.store import Model
    from dechaff.pipeline import Found
    from dechaff.pipeline import Work as Prepared
    from dechaff.repetition import Pair, Survey
    from dechaff.report import Suspect
    from dechaff_cli.engine.batches import Ask
    from dechaff_cli.held import Kept
    from dechaff_cli.task import Task

_Made = TypeVar("_Made")
_GARBAGE = 100_000  # allocations between looks for cycles: we make none, and looking through a corpus of lines is a tenth of the time


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


def clean_text(raw: bytes, name: str, task: Task) -> Outcome:
    """Return what becomes of bytes that are in no file, cleaned on their own.

    Raises:
        NotTextError: They are not text.
    """
    found = Read(corpus.Source(Path(name), name, len(raw)), raw, decode(raw, task.encoding), "")
    pipeline = Pipelines(task, task.profile).of(Path(name), "")
    return _outcome(found, pipeline.clean([document(found)])[0], pipeline.rules, task)


_worker: tuple[Pipelines, Task] | None = None
_process = 0
"""The one that this is: what another one has set up before this one was forked from it is not this one's."""
_held = Held(again=False)


def start(task: Task, counts: Survey, *, apart: bool, again: bool) -> None:
    """Set up a process: a pipeline is built once, not once a batch.

    Args:
        task: The task.
        counts: What pages share.
        apart: As for `flow.Begin`.
        again: The same.
    """
    global _worker, _held, _process  # noqa: PLW0603  the only way to hand something to the processes of a pool once
    if _worker is None or _process != os.getpid() or not (apart or _worker[1] is task):  # another run may have prepared it otherwise
        _process = os.getpid()
        _held = Held(again=again, memory=0 if apart else MEMORY)
    if apart and task.configs is not None:
        extend(task.configs.own)
    _worker = Pipelines(task, counts), task
    gc.set_threshold(_GARBAGE)


def load(task: Task) -> None:
    """Load what every process needs, whatever the corpus, by cleaning a page that all stages look at."""
    Pipelines(task, task.profile).of(Path(), "").clean([Document("", "", _PAGE)])


_PAGE = (
    FEWEST * "Rain fell on the hill all day, and nobody could remember when it had rained for so long.\n" + "Datenschutz und Impressum\n"
)


class Seen(NamedTuple):
    """What the first pass finds of one document."""

    digest: str
    """The SHA-256 of its bytes; nothing if it has no text."""
    site: str
    numbers: NDArray[np.uint64] | None
    """What it adds to the counts; None if it does not count."""


def survey_batch(batch: Sequence[Ask]) -> list[Seen | None]:
    """Return what is found of each document; None where its content is what is known of it already."""

    def unseen(_ask: Ask, _why: str) -> list[Seen | None]:
        return [Seen("", "", None)]  # cleaning will say why

    return list(chain(*_pieces(_survey, batch, unseen)))


def _survey(batch: Sequence[Ask]) -> list[Seen | None]:
    assert _worker is not None
    pipelines, task = _worker
    found = [read(ask.source, task.encoding) for ask in batch]
    digests = [sha256(one.raw).hexdigest() if one.decoded else "" for one in found]
    new = [one for ask, one, digest in zip(batch, found, digests, strict=True) if ask.digest != digest and one.decoded]
    fits = _held.fits(sum(one.source.size for one in new), len(new))
    content = {id(one): digest for one, digest in zip(found, digests, strict=True)}
    seen: dict[int, tuple[str, NDArray[np.uint64] | None]] = {}
    for pipeline, pages in pipelines.shared(new):
        works = pipeline.prepare([page for _, page in pages])
        if fits:
            _held.keep({one.source: (one, work) for (one, _), work in zip(pages, works, strict=True)})
        elif _held.again:
            what = pipeline.found(works)
            _held.note((one.source, Note(content[id(one)], page.site, each)) for (one, page), each in zip(pages, what, strict=True))
        for (one, page), numbers in zip(pages, pipeline.numbers(works), strict=True):
            seen[id(one)] = page.site, numbers
        for work in works:
            work.rest()
    return [
        None if ask.digest and ask.digest == digest else Seen(digest, *seen.get(id(one), ("", None)))
        for ask, one, digest in zip(batch, found, digests, strict=True)
    ]


def quote_batch(batch: Sequence[Ask]) -> tuple[dict[str, dict[int, Pair]], list[tuple[str, str]]]:
    """Return the words of what a survey counts, as far as the documents have them; and which have no text, and why."""
    quotes: dict[str, dict[int, Pair]] = {}
    failed: list[tuple[str, str]] = []
    for found, errors in _pieces(_quote, batch, lambda ask, why: ({}, [(ask.source.shown, why)])):
        add_quotes(quotes, found)
        failed += errors
    return quotes, failed


def _quote(batch: Sequence[Ask]) -> tuple[dict[str, dict[int, Pair]], list[tuple[str, str]]]:
    assert _worker is not None
    pipelines, task = _worker
    found, held = _taken(batch, task)
    quotes: dict[str, dict[int, Pair]] = {}
    for pipeline, _, works in _prepared([one for one in found if one.decoded], held, pipelines):
        add_quotes(quotes, pipeline.quote(works, pipelines.counts))
    return quotes, [(one.source.shown, one.error) for one in found if one.decoded is None]


def clean_batch(batch: Sequence[Ask]) -> list[Outcome]:
    """Return what becomes of each document; what came of the same content before is made again and not found again."""
    return list(chain(*_pieces(_clean, batch, lambda ask, why: [Outcome(FileReport(ask.source.name, error=why), b"", "")])))


def _clean(batch: Sequence[Ask]) -> list[Outcome]:
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


def _pieces(work: Callable[[Sequence[Ask]], _Made], batch: Sequence[Ask], failed: Callable[[Ask, str], _Made]) -> list[_Made]:
    """Return what is made of a batch: in one piece, or of each document by itself if a defect of ours shows at one of them.

    Args:
        work: Makes it of any part of the batch.
        batch: Some documents.
        failed: Makes it of a document at which `work` fails, and of the reason in words.
    """
    try:
        return [work(batch)]
    except (DechaffError, OSError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, the other documents have no part in it
        if len(batch) > 1:
            return [made for ask in batch for made in _pieces(work, [ask], failed)]
        at = extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} in {Path(at.filename).name}, line {at.lineno}"
        return [failed(batch[0], f"cannot be cleaned for a defect of dechaff: {where}; please report it with the file")]


def _taken(batch: Sequence[Ask], task: Task) -> tuple[list[Read], Kept]:
    """Return files that were read, and what the first pass held of them."""
    held = _held.take([ask.source for ask in batch])
    return [held.works[ask.source][0] if ask.source in held.works else read(ask.source, task.encoding) for ask in batch], held


def _prepared(found: Sequence[Read], held: Kept, pipelines: Pipelines) -> Iterator[tuple[Pipeline, list[Read], list[Prepared]]]:
    """Yield files that have a text with their documents as far as they can be prepared, those of one pipeline together."""
    for pipeline, pages in pipelines.shared(found):
        works = {id(one): held.works[one.source][1] for one, _ in pages if one.source in held.works}
        left = [(one, page) for one, page in pages if id(one) not in works]
        made = pipeline.prepare([page for _, page in left], [_known(one, page.site, held) for one, page in left])
        works |= {id(one): work for (one, _), work in zip(left, made, strict=True)}
        yield pipeline, [one for one, _ in pages], [works[id(one)] for one, _ in pages]


def _known(one: Read, site: str, held: Kept) -> Found | None:
    """Return what was found of a file, if it is what it was then."""
    note = held.notes.get(one.source)
    return note.found if note is not None and note.site == site and note.digest == sha256(one.raw).hexdigest() else None


def _written(found: Read, outcome: Outcome, cleaned: Cleaned, task: Task) -> Outcome:
    """Return what became of a file once its clean copy is written, if one is wanted."""
    assert found.decoded is not None
    source = found.source
    if source.held is not None:
        return outcome
    try:
        if task.quarantine is not None and cleaned.foreign:
            writing.write_below(task.quarantine, source.name, found.raw)
        elif task.out is not None:
            writing.write_below(task.out, source.name, outcome.text.encode("utf-8"))
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


def add_quotes(quotes: dict[str, dict[int, Pair]], more: dict[str, dict[int, Pair]]) -> None:
    """Add the words of some documents to those of others."""
    for site, pairs in more.items():
        words = quotes.setdefault(site, {})
        for number, pair in pairs.items():
            add_quote(words, number, pair)
