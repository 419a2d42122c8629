"""Both passes over a corpus with a manifest: only what is new, changed, or cleaned by counts that have changed is worked on."""

from __future__ import annotations

import json
import unicodedata
from functools import lru_cache
from hashlib import sha256
from importlib import metadata
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import dechaff
from dechaff.repetition import Survey
from dechaff.rules import digest as rules_digest
from dechaff.tally import counted
from dechaff_cli import places, run, worker
from dechaff_cli.engine.batches import Ask, batches
from dechaff_cli.engine.counts import Counts
from dechaff_cli.manifest import Known, made_of
from dechaff_cli.task import unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from dechaff_cli.corpus import Corpus, Source
    from dechaff_cli.engine import Crew
    from dechaff_cli.manifest import Manifest
    from dechaff_cli.run import Advance
    from dechaff_cli.task import Outcome, Task


LIBRARIES = ("chardetng-py", "ftfy", "google-re2", "langdetect", "numpy")
"""Those that the cleaning itself asks: another version may decide otherwise."""


def configuration(task: Task, *more: object) -> str:
    """Return the digest of what decides, beside its bytes and its site, what becomes of a document.

    Args:
        task: What to do with every document.
        more: What else decides, by what it shows of itself.
    """
    found = sha256()
    files = sorted(Path(dechaff.__file__).parent.rglob("*.py"))  # its tables are in the digest of the rules
    for path in (*files, *(sorted(task.model.iterdir()) if task.model else ())):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    made_with = [unicodedata.unidata_version, *(f"{name} {_version(name)}" for name in LIBRARIES)]
    settings = None if task.configs is None else task.configs.fingerprint()
    quarantine = task.quarantine is not None
    said = [rules_digest(), sorted(task.rules), task.encoding, task.removal, quarantine, task.diff, made_with, settings, *map(repr, more)]
    found.update(json.dumps(said).encode())
    for column in task.profile.rows:
        found.update(column.tobytes())
    return found.hexdigest()


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:  # it came in another way than by an installer
        return ""


class Resuming:
    """One run over a corpus, some of whose documents are done."""

    def __init__(self, documents: Iterable[Source], task: Task, jobs: Crew, manifest: Manifest) -> None:
        """Begin with what there is."""
        self._documents, self._task, self._jobs, self._manifest = documents, task, jobs, manifest
        self._failed: set[str] = set()
        self._asking: dict[int, Known] = {}
        """What is known of the documents that are being looked at: records of one name may be several."""
        self.changed = 0
        """Documents whose content is not what was known; once counted."""
        self.all = 0

    def survey(self, advance: Advance) -> Survey:
        """Return the counts that the corpus is cleaned by; documents whose content is known are only read."""
        several = len(list(islice(self._documents, 2))) > 1 and "REP001" in self._task.rules
        if not several and not len(self._manifest):
            return self._task.profile
        counts = Counts()
        for batch, parts in run.mapped(worker.survey_batch, batches(self._documents, self._known), self._jobs, self._task, Survey()):
            for asked, seen in parts:
                if seen is None:
                    self._failed.update(ask.source.name for ask in asked)
                    continue
                found = [
                    self._asking.pop(id(ask.source), None) if one is None else Known(*one) for ask, one in zip(asked, seen, strict=True)
                ]
                new = [(ask.source.name, Known(*one)) for ask, one in zip(asked, seen, strict=True) if one is not None]
                if new:
                    self._manifest.see(new)
                    self.changed += len(new)
                counts.add(counted((one.site, one.numbers) for one in found if one is not None and one.numbers is not None))
            for source in batch.documents:
                self._asking.pop(id(source), None)
            self.all += len(batch.documents)
            self._manifest.mark(source.name for source in batch.documents)
            self._manifest.commit()
            advance(len(batch.documents), sum(source.size for source in batch.documents))
        return counts.settled().knowing(self._task.profile) if several else self._task.profile

    def _known(self, some: Sequence[Source]) -> list[Ask | None]:
        known = self._manifest.known([source.name for source in some])
        self._asking.update((id(source), known[source.name]) for source in some if source.name in known)
        return [Ask(source, known[source.name].digest if source.name in known else "") for source in some]

    def nothing_to_do(self, found: Corpus) -> bool:
        """Return whether the survey found what the run before, which came to its end, left; and its output is all there."""
        task, manifest = self._task, self._manifest
        return (
            manifest.complete
            and not (self.changed or self._failed or found.problems)
            and self.all == len(manifest)
            and isinstance(task.out, Path)
            and all(self._stands(source) for source in found.files)
        )

    def _stands(self, source: Source) -> bool:
        """Return whether there is what was made of a file or a container."""
        assert isinstance(self._task.out, Path)
        known = self._manifest.known([source.name]).get(source.name)
        return bool(places.found(self._task.out, source.name)) if known is None else self._is_there(source.name, known.outcome)

    def clean(self, counts: Survey) -> Iterator[tuple[Source, Outcome]]:
        """Yield each document, without what it holds, and what became of it, in order."""

        @lru_cache(maxsize=1024)
        def made(digest: str, site: str) -> bytes:
            return made_of(digest, counts.of(site))

        kept: dict[str, bytes] = {}  # of files, whose names are theirs alone, on the way to be passed on

        def ask(some: Sequence[Source]) -> list[Ask | None]:
            known = self._manifest.known([source.name for source in some])
            return [self._asked(source, known.get(source.name), made, kept) for source in some]

        for batch, parts in run.mapped(worker.clean_batch, batches(self._documents, ask), self._jobs, self._task, counts):
            new = [
                (ask.source, outcome)
                for asked, outcomes in parts
                for ask, outcome in zip(asked, outcomes or [run.lost(one.source) for one in asked], strict=True)
            ]
            good = [(source.name, one) for source, one in new if one.report.error is None]
            if not self.all:  # there was no first pass
                self._manifest.see((name, Known(one.report.sha256_in, one.report.site, None)) for name, one in good)
            self._manifest.keep((name, made(one.report.sha256_in, one.report.site), one.packed) for name, one in good)
            self._manifest.mark(source.name for source in batch.documents)
            self._manifest.commit()
            worked = iter(new)
            asked_for = {id(ask.source) for ask in batch.asked}
            for source in batch.documents:
                if id(source) in asked_for:
                    yield source.light(), next(worked)[1]
                elif source.name in kept:
                    yield source.light(), unpacked(kept.pop(source.name))
                else:
                    yield source.light(), run.lost(source)

    def _asked(self, source: Source, known: Known | None, made: Callable[[str, str], bytes], kept: dict[str, bytes]) -> Ask | None:
        """Return what there is to do with a document; what is done already is added to what is kept."""
        if source.name in self._failed:
            return None
        if known is None or not known.outcome:
            return Ask(source)
        done = known.made_of == made(known.digest, known.site)
        if source.held is not None or self._task.out is None:
            return Ask(source, known.digest, known.outcome) if done else Ask(source)
        if done and self._is_there(source.name, known.outcome):
            kept[source.name] = known.outcome
            return None
        for folder in self._folders:  # it may go to another one now, or to none
            places.below(folder, source.name).unlink(missing_ok=True)
        return Ask(source)

    @property
    def _folders(self) -> list[Path]:
        return [folder for folder in (self._task.out, self._task.quarantine) if isinstance(folder, Path)]

    def _is_there(self, name: str, outcome: bytes) -> bool:
        """Return whether the file that was written of a document is where it was put, and can be read."""
        report = unpacked(outcome).report
        wanted = ((report.bytes_out, report.sha256_out), (report.bytes_in, report.sha256_in))
        try:  # a power cut can leave a file as long as it was and without what it held
            return any(
                (path := places.found(folder, name)) is not None
                and path.stat().st_size == size
                and sha256(path.read_bytes()).hexdigest() == digest
                for folder, (size, digest) in zip(self._folders, wanted, strict=False)
            )
        except OSError:
            return False

    def finish(self) -> None:
        """Remove what was made of documents that are not there any longer, and mark the run as complete."""
        for name, outcome in self._manifest.gone():
            report = unpacked(outcome).report
            for folder, size in zip(self._folders, (report.bytes_out, report.bytes_in), strict=False):
                path = places.found(folder, name)
                if path is not None and path.stat().st_size == size:  # what somebody has put in its place stays
                    path.unlink()
        self._manifest.finish()
