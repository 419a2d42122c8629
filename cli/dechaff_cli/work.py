"""What the commands share: the files of a call found, cleaned, and written."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dechaff_cli.exits import fail
from dechaff_cli.words import several_such

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dechaff import FileReport
    from dechaff_cli.calls import Call
    from dechaff_cli.corpus import Corpus, Source
    from dechaff_cli.task import Outcome, Task


def find(asked: Call) -> Corpus:
    """Return the files below the paths of a call; no file at all is an error."""
    from dechaff_cli import corpus
    from dechaff_cli.ignoring import matches, passing_over

    configs = asked.configs
    include = tuple(configs.of_run("include"))

    def excluded(folder: Path) -> list[str]:
        return list(configs.of_folder(folder, "exclude"))

    found = corpus.find(asked.sources, include, passing_over(excluded, respect_gitignore=configs.of_run("respect-gitignore")))
    found.files, found.columns = placed(found.files, asked.roots), asked.columns
    for url in asked.urls:
        corpus.remote().find(url, include, found)
    for folder in {source.path.parent for source in found.files}:  # one that was named may lie beyond what was walked through
        configs.near(folder)
    if configs.of_run("force-exclude"):
        kept = [source for source in found.files if not matches(excluded(source.path.parent), source.path)]
        found.skipped += Counter({"files excluded by the configuration": len(found.files) - len(kept)})
        found.files = kept
    elif not found.files and not found.problems:
        raise corpus.CorpusError(nothing(asked, found))
    return found


def nothing(asked: Call, found: Corpus) -> str:
    """Return the message that there is nothing to clean, and what was passed over."""
    include = ", ".join(asked.configs.of_run("include"))
    message = f"no file to clean below {', '.join(asked.paths)}: looked for {include}. Name others with --include GLOB."
    if found.skipped:
        message += f" Passed over: {'; '.join(several_such(count, why) for why, count in sorted(found.skipped.items()))}."
    return message


def placed(files: Sequence[Source], roots: Sequence[Path]) -> list[Source]:
    """Return files with their places below the deepest of some folders that holds each."""
    from dechaff_cli.corpus import spelled

    found = []
    for source in files:
        path = source.path.resolve() if roots else source.path
        root = max((root for root in roots if path.is_relative_to(root)), key=lambda root: len(root.parts), default=None)
        found.append(source if root is None else replace(source, place=spelled(path.relative_to(root).as_posix())))
    return found


def over_budget(source: Source, report: FileReport, task: Task) -> list[tuple[str, str]]:
    """Return the path of a file and how far it is beyond its budget, if it is."""
    if task.configs is None or report.error is not None:
        return []
    words = task.configs.policy(source.path, report.site).exceeded(report, report.findings)
    return [(report.path, "; ".join(words))] if words else []


def clean_in_place(found: Corpus, task: Task, jobs: int) -> None:
    """Write clean text over the files it came from, and say which."""
    from dechaff_cli.corpora import cleaning

    errors = list(found.problems)
    cleaning.overwrite(found, cleaned(found, task, jobs), errors)
    say_skipped(found)
    if errors:
        fail(errors)


def say_skipped(found: Corpus) -> None:
    """Say on standard error what was passed over, and why."""
    from dechaff_cli.terminal import note

    for why, count in sorted(found.skipped.items()):
        note(f"Passed over: {several_such(count, why)}")


def from_stdin(task: Task, name: str) -> Outcome:
    """Return what becomes of standard input."""
    from dechaff import FileReport, NotTextError
    from dechaff_cli.task import Outcome
    from dechaff_cli.worker import clean_text

    try:
        return clean_text(sys.stdin.buffer.read(), name, task)
    except NotTextError as error:
        return Outcome(FileReport(name, error=str(error)), b"", "")


def cleaned(found: Corpus, task: Task, jobs: int) -> Iterator[tuple[Source, Outcome]]:
    """Yield each document, without what it holds, and what becomes of it."""
    from dechaff_cli.passes import Passes

    with Passes(found, task, jobs) as passes:
        yield from passes.clean(passes.survey())


def each(
    asked: Call,
    errors: list[tuple[str, str]],
    results: Path | None = None,
    *,
    diff: bool = False,
    keep_text: bool = False,
    quiet: bool = False,
) -> Iterator[tuple[Outcome, Source]]:
    """Yield what would become of each document and where it is.

    Args:
        asked: The call.
        errors: Takes what cannot be read.
        results: The file that the results go to, if there is one.
        diff: Whether their diffs are wanted.
        keep_text: Whether their clean texts are.
        quiet: Whether to say nothing of what was passed over.

    Raises:
        CorpusError: The results would be written over one of the files.
    """
    from dechaff_cli.corpus import CorpusError, Source

    if asked.from_stdin:
        outcome = from_stdin(asked.task(diff=diff, keep_text=keep_text), asked.stdin_filename)
        if outcome.report.error is not None:
            errors.append((asked.stdin_filename, outcome.report.error))
        else:
            yield outcome, Source(Path(asked.stdin_filename), asked.stdin_filename, 0)
        return
    found = find(asked)
    if len(asked.paths) > 1:
        found.files = _once(found.files)
    if results is not None:
        for source in found.files:
            if source.path.name == results.name and source.path.resolve() == results.resolve():
                message = f"{results} is one of the files that the results are about; choose another"
                raise CorpusError(message)
    errors += found.problems
    task = asked.task(diff=diff, keep_text=keep_text)
    for source, outcome in cleaned(found, task, asked.jobs):
        if outcome.report.error is not None:
            errors.append((source.shown, outcome.report.error))
        else:
            yield outcome, source
    if not quiet:
        say_skipped(found)


def _once(files: Sequence[Source]) -> list[Source]:
    """Return files without those that were named before; a link is a file of its own."""
    known: dict[str, Source] = {}
    for source in files:
        known.setdefault(source.url or os.path.join(os.path.realpath(source.path.parent), source.path.name), source)  # noqa: PTH118
    return list(known.values())


def refuse_inside(output: Path, folders: Iterable[str | Path]) -> None:
    """Keep a result out of the folders that it is about.

    Raises:
        CorpusError: It is in one.
    """
    from dechaff_cli import corpus

    for folder in folders:
        if output.resolve().is_relative_to(Path(folder).resolve()):
            message = f"{output} is inside {folder}: choose a file beside it"
            raise corpus.CorpusError(message)


def write_file(output: Path, data: bytes) -> None:
    """Write a result to the file that the user named.

    Raises:
        CorpusError: It cannot be written.
    """
    from dechaff_cli import corpus, writing

    try:
        writing.write(output, data, lasting=True)
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}"
        raise corpus.CorpusError(message) from error
