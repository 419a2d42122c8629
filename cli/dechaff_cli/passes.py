"""Both passes over what was found, with a progress bar for those who watch."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from dechaff_cli import run
from dechaff_cli.corpora import Documents
from dechaff_cli.engine import Crew
from dechaff_cli.resuming import Resuming
from dechaff_cli.terminal import is_watched, progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from dechaff.repetition import Survey
    from dechaff_cli.corpus import Corpus, Source
    from dechaff_cli.manifest import Manifest
    from dechaff_cli.run import Advance
    from dechaff_cli.task import Outcome, Task


class Passes:
    """A corpus on its way: counted, then cleaned; with a manifest, only as far as there is anything to do."""

    def __init__(self, found: Corpus, task: Task, jobs: int, manifest: Manifest | None = None) -> None:
        """Begin with nothing done.

        Args:
            found: The corpus; told what records were passed over.
            task: What to do with every document.
            jobs: Processes.
            manifest: What is known from an earlier run, and what a later one is to know.
        """
        self._found, self._task, self._crew = found, task, Crew(jobs)
        self._documents = Documents(found.files, found.columns)
        self._failed: set[str] = set()
        self._resuming = None if manifest is None else Resuming(self._documents, task, self._crew, manifest)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the processes."""
        self._crew.__exit__(kind, error, trace)

    def survey(self) -> Survey:
        """Return the counts that the corpus is cleaned by."""
        with self._bar("counting") as advance:
            if self._resuming is not None:
                return self._resuming.survey(advance)
            return run.survey(self._documents, self._task, self._crew, advance, self._failed)

    def nothing_to_do(self) -> bool:
        """Return whether all is as a run before this one left it; once surveyed."""
        return self._resuming is not None and self._resuming.nothing_to_do(self._found)

    def clean(self, counts: Survey) -> Iterator[tuple[Source, Outcome]]:
        """Yield each document, without what it holds, and what becomes of it, in order.

        Args:
            counts: What `survey` returned.
        """
        with self._bar("cleaning") as advance:
            for source, outcome in self._each(counts):
                yield source, outcome
                advance(1, source.size)
        self._found.skipped += self._documents.skipped

    def finish(self) -> None:
        """Make the manifest say that all is done."""
        if self._resuming is not None:
            self._resuming.finish()

    def _each(self, counts: Survey) -> Iterator[tuple[Source, Outcome]]:
        if self._resuming is not None:
            yield from self._resuming.clean(counts)
            return
        handed: deque[Source] = deque()  # as many as are being cleaned
        for outcome in run.clean(_remembered(self._documents, handed), self._task, counts, self._crew, self._failed):
            yield handed.popleft(), outcome

    @contextmanager
    def _bar(self, what: str) -> Iterator[Advance]:
        """Show a progress bar where somebody watches; give what moves it."""
        if not is_watched():
            yield lambda *_: None
            return
        total = None if self._documents.streamed else sum(source.size for source in self._found.files)
        done = 0
        with progress() as bar:
            task = bar.add_task(what, total=total, documents=0)

            def advance(documents: int, size: int) -> None:
                nonlocal done
                done += documents
                bar.update(task, advance=size, documents=done)

            yield advance


def _remembered(documents: Iterable[Source], handed: deque[Source]) -> Iterator[Source]:
    """Yield documents; remember each without what it holds, until somebody takes it."""
    for source in documents:
        handed.append(source.light())
        yield source
