"""Where cleaned documents go: files were written where they were cleaned, records go to a container like the one they come from."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

from dechaff_cli import corpus, places, writing
from dechaff_cli.corpora import rewriting
from dechaff_cli.corpora.forms import form_of
from dechaff_cli.terminal import note, safe
from dechaff_cli.words import several

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from dechaff_cli.account import Account
    from dechaff_cli.columns import Columns
    from dechaff_cli.corpora.rewriting import Part
    from dechaff_cli.corpus import Corpus, Source
    from dechaff_cli.task import Outcome


def write(found: Corpus, cleaned: Iterable[tuple[Source, Outcome]], out: Path | str, account: Account) -> None:
    """Write what was cleaned, and add it up.

    Args:
        found: The corpus.
        cleaned: Its documents and what became of them, in order.
        out: The folder of the clean copies.
        account: What they are added to.
    """
    for part in rewriting.by_file(found.files, cleaned):
        source = part.source
        outcomes = account.adding(part.outcomes)
        if form_of(source.name) is None:
            for _ in outcomes:
                pass
            continue
        with account.whole(source.name):
            change = rewriting.Cleaning(source, outcomes)
            seen = rewriting.rewrite(source, found.columns, places.place_below(out, source.name), change)
            if account.writing:
                account.writing.add_container(source.name, seen, rewriting.original(source))


def overwrite(found: Corpus, cleaned: Iterable[tuple[Source, Outcome]], errors: list[tuple[str, str]]) -> None:
    """Write clean text over the files it came from, and say which; a container of which nothing changes is left as it is.

    Args:
        found: The corpus.
        cleaned: Its documents and what became of them, in order.
        errors: Takes what could not be cleaned or written.
    """
    for part in rewriting.by_file(found.files, cleaned):
        figures = Counter[str]()
        sound = _sound(part, figures, errors)
        try:
            if part.source.url:
                errors.append((part.source.url, "is not on this machine, where --in-place writes; clean it with --output"))
            elif form_of(part.source.name) is None:
                _overwrite_file(part.source, sound)
            else:
                _overwrite_container(part.source, sound, found.columns)
        except (corpus.CorpusError, OSError) as error:
            why = f"cannot be written: {error.strerror}" if isinstance(error, OSError) else str(error)
            errors.append((str(part.source.path), why))
            continue
        if figures["changed"]:
            note(f"{safe(str(part.source.path))}: {several(figures['lines'], 'line')} removed, {several(figures['findings'], 'finding')}")


def _sound(part: Part, figures: Counter[str], errors: list[tuple[str, str]]) -> Iterator[Outcome]:
    """Yield what became of a file or of the records of a container, adding it up; name those that could not be cleaned."""
    for outcome in part.outcomes:
        report = outcome.report
        if report.error is None:
            figures.update(changed=report.sha256_in != report.sha256_out)
            figures.update(lines=report.lines_in - report.lines_out, findings=len(report.findings))
        elif report.path != part.source.name or form_of(part.source.name) is None:
            errors.append((f"{part.source.path}{report.path.removeprefix(part.source.name)}", report.error))
        yield outcome


def _overwrite_file(source: Source, outcomes: Iterable[Outcome]) -> None:
    path = source.path.resolve()
    for outcome in outcomes:
        report = outcome.report
        if report.error is None and report.sha256_in != report.sha256_out:
            there = sha256(path.read_bytes()).hexdigest()
            if there == report.sha256_out:  # it has two names
                continue
            if there != report.sha256_in:
                message = "was changed while it was being cleaned, and is left as it is"
                raise corpus.CorpusError(message)
            writing.write(path, outcome.text.encode("utf-8"), path.stat().st_mode & 0o7777, lasting=True)


def _overwrite_container(source: Source, outcomes: Iterable[Outcome], columns: Columns) -> None:
    path = source.path.resolve()
    change = rewriting.Cleaning(source, outcomes)
    rewriting.rewrite(source, columns, path, change, mode=path.stat().st_mode & 0o7777, wanted=lambda: change.changed > 0)
