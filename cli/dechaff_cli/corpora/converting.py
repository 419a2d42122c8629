"""Corpora written in another form than the one they are kept in."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dechaff_cli import corpus, places, writing
from dechaff_cli.corpora import rewriting, streams
from dechaff_cli.corpora.documents import records
from dechaff_cli.corpora.forms import form_of, is_container, without_ending
from dechaff_cli.corpora.records import WITHOUT_TEXT
from dechaff_cli.corpus import CorpusError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from dechaff_cli.account import Account
    from dechaff_cli.columns import Columns
    from dechaff_cli.corpora.forms import Composer
    from dechaff_cli.corpora.records import Record
    from dechaff_cli.corpus import Corpus, Source
    from dechaff_cli.task import Outcome

    _Add = Callable[[Record, bytes | None, Mapping[str, Any]], None]

TEXT = "text"
FORMS = (TEXT, "jsonl", "jsonl.gz", "jsonl.zst", "csv", "csv.gz", "csv.zst", "parquet")
"""What --to takes: the endings of the new files, or files of text."""


def check(to: str) -> None:
    """Refuse a form that nothing is written in.

    Raises:
        CorpusError: It says which there are.
    """
    if to not in FORMS:
        message = f"--to {to}: must be one of {', '.join(FORMS)}"
        raise CorpusError(message)


def refuse_twins(found: Corpus, to: str) -> None:
    """Keep the first of what would be written to one place, or into the folder of the other's texts; the others become problems."""
    corpus.refuse_twins(found, lambda source: _written(source, to), lambda source: to != TEXT and not is_container(source.name))


def write(found: Corpus, cleaned: Iterable[tuple[Source, Outcome]], out: Path | str, account: Account, to: str) -> None:
    """Write what was cleaned in another form, and add it up.

    Args:
        found: The corpus.
        cleaned: Its documents and what became of them, in order.
        out: The folder of the new files.
        account: What they are added to.
        to: One of `FORMS`.

    Raises:
        CorpusError: A new file cannot be made of the texts.
    """
    if account.writing:
        account.writing.add_conversion(to)
    try:
        _write(found, cleaned, out, account, to)
    except OSError as error:
        message = f"--output {out} cannot be written: {error.strerror}"
        raise CorpusError(message) from error


def _write(found: Corpus, cleaned: Iterable[tuple[Source, Outcome]], out: Path | str, account: Account, to: str) -> None:
    with ExitStack() as opened:
        texts: dict[str, Composer] = {}  # one new file for the texts of each folder that was named
        for part in rewriting.by_file(found.files, cleaned):
            source = part.source
            outcomes = account.adding(part.outcomes)
            if is_container(source.name):
                with account.whole(source.name):
                    _container(source, found.columns, outcomes, (out, to))
                continue
            for outcome in outcomes:
                if outcome.report.error is not None:
                    continue
                if to == TEXT:
                    writing.write_below(out, source.name, outcome.text.encode("utf-8"))
                    continue
                name = _written(source, to)
                if name not in texts:
                    texts[name] = opened.enter_context(_composed(out, name))
                texts[name].add({"id": source.name, found.columns.text_name: outcome.text})


def _written(source: Source, to: str) -> str:
    """Return the name of the new file that a text, a container, or the texts of a folder become; of the folder that a container becomes."""
    if is_container(source.name):
        name = without_ending(source.name)
    elif to == TEXT:
        name = source.name
    else:
        folder = source.path.resolve().parents[source.name.count("/")]
        name = folder.name or "texts"
    return name if to == TEXT else f"{name}.{to}"


@contextmanager
def _composed(out: Path | str, name: str) -> Iterator[Composer]:
    form = form_of(name)
    assert form is not None
    with writing.beside(places.place_below(out, name)) as file, nullcontext(file) if form.PACKS else streams.packed(file, name) as stream:
        composer = form.composer(stream)
        with rewriting.finished(composer):
            yield composer


def _container(source: Source, columns: Columns, outcomes: Iterable[Outcome], where: tuple[Path | str, str]) -> None:
    """Write the records of a container in another form; what is no text has no place there, but for rows whose text is missing."""
    out, to = where
    form = form_of(source.name)
    assert form is not None
    change = rewriting.Cleaning(source, outcomes)
    with _files(out, source) if to == TEXT else _rows(out, _written(source, to)) as add:
        for record in records(source, columns, whole=True):
            text = None if record.passed_over else change(record)
            if text is not None or record.passed_over == WITHOUT_TEXT:
                shown = None if text is None else text.decode("utf-8")
                add(record, text, {**form.fields(record, columns), columns.text_name: shown})


@contextmanager
def _rows(out: Path | str, name: str) -> Iterator[_Add]:
    """Yield what writes records to a new container."""
    with _composed(out, name) as composer:
        yield lambda _, __, row: composer.add(row)


@contextmanager
def _files(out: Path | str, source: Source) -> Iterator[_Add]:
    """Yield what writes the text of each record to a file of its own; all of them go again if the container turns out to be damaged."""
    written: dict[str, Path | str] = {}

    def add(record: Record, text: bytes | None, _: Mapping[str, Any]) -> None:
        if text is None:
            return
        name = f"{without_ending(source.name)}/{record.place or quote(record.name, safe=' ') + '.txt'}"
        if name in written:
            message = f"holds two records called {record.name!r}; name another column with --id-column"
            raise CorpusError(message)
        written[name] = places.place_below(out, name)
        writing.write_below(out, name, text)

    try:
        yield add
    except BaseException:
        for place in written.values():
            if isinstance(place, Path):
                place.unlink(missing_ok=True)
            else:
                corpus.remote().remove(place)
        raise
