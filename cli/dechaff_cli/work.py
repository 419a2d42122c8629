"""What the commands share: files found, cleaned and reported, and the ways a run ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dechaff import FileReport
    from dechaff_cli.corpus import Corpus
    from dechaff_cli.run import Outcome, Task

from contextlib import nullcontext

FAILED = 2


def write_diff(output: Path, diff: bytes, paths: Sequence[str]) -> None:
    """Write a diff to the file that the user named, unless it is one of the files that the diff is about."""
    from dechaff_cli import corpus

    for path in paths:
        if output.resolve().is_relative_to(Path(path).resolve()):
            message = f"--output {output} is inside {path}: choose a file beside it"
            raise corpus.CorpusError(message)
    try:
        corpus.write(output, diff)
    except OSError as error:
        message = f"--output {output} cannot be written: {error.strerror}"
        raise corpus.CorpusError(message) from error


def fail(errors: Sequence[tuple[str, str]]) -> None:
    """Name what could not be done on standard error, and end with that status."""
    from dechaff_cli.terminal import note, safe

    for path, error in errors:
        note(f"dechaff: {safe(path)}: {safe(error)}")
    raise typer.Exit(FAILED)


def selection(select: list[str] | None, ignore: list[str] | None) -> frozenset[str]:
    """Return the codes of the rules that --select and --ignore leave."""
    from dechaff import select as selected

    return selected(*([word.strip() for words in given or () for word in words.split(",")] for given in (select, ignore)))


def encoding(name: str | None) -> str | None:
    """Return the name that --encoding gives, once it is known to be one."""
    from dechaff.decoding import check_name

    return None if name is None else check_name(name)


def find(paths: Sequence[Path], include: list[str] | None) -> Corpus:
    """Return the files below some paths; no file at all is an error."""
    from dechaff_cli import corpus

    found = corpus.find(paths, tuple(include) if include else corpus.INCLUDE)
    if not found.files and not found.problems:
        patterns = ", ".join(include or corpus.INCLUDE)
        message = f"no file to clean below {', '.join(map(str, paths))}: looked for {patterns}. Name others with --include GLOB."
        raise corpus.CorpusError(message)
    return found


def clean_folder(found: Corpus, task: Task, folder: Path | None, jobs: int) -> None:
    """Clean what was found, write the report, and say on standard error what was done."""
    from dechaff_cli.formats.summary import Summary
    from dechaff_cli.report_folder import PAGE, ReportFolder
    from dechaff_cli.terminal import note, stderr

    summary = Summary(skipped=found.skipped, errors=list(found.problems))
    with ReportFolder(folder, sorted(task.rules)) if folder else nullcontext() as writing:
        for outcome in cleaned(found, task, jobs):
            summary.add(outcome.report)
            if writing:
                writing.add(outcome)
        if writing:
            writing.finish(summary)
    for table in summary.table():
        stderr().print(table)
        note("")
    say_skipped(found)
    if folder:
        note(f"Report: {folder / PAGE}")
    if summary.errors:
        fail(summary.errors)


def say_skipped(found: Corpus) -> None:
    """Say on standard error what was passed over, and why."""
    from dechaff_cli.terminal import note

    for why, count in sorted(found.skipped.items()):
        note(f"Passed over: {count:,} {why}")


def from_stdin(task: Task, name: str) -> Outcome:
    """Return what becomes of standard input."""
    from dechaff import FileReport, NotTextError
    from dechaff_cli.run import Outcome, clean_text

    try:
        return clean_text(sys.stdin.buffer.read(), name, task)
    except NotTextError as error:
        return Outcome(FileReport(name, error=str(error)), b"", "")


def cleaned(found: Corpus, task: Task, jobs: int) -> Iterator[Outcome]:
    """Yield what becomes of each file, with a progress bar for those who watch."""
    from dechaff_cli import run
    from dechaff_cli.terminal import progress

    with progress() as bar:
        counting = bar.add_task("counting", total=len(found.files))
        counts = run.survey(found.files, task, jobs, lambda more: bar.advance(counting, more))
        bar.remove_task(counting)
        cleaning = bar.add_task("cleaning", total=len(found.files))
        for outcome in run.clean(found.files, task, counts, jobs):
            yield outcome
            bar.advance(cleaning)


def each(
    paths: Sequence[str],
    include: list[str] | None,
    select: list[str] | None,
    ignore: list[str] | None,
    encoded: str | None,
    jobs: int,
    stdin_filename: str,
    errors: list[tuple[str, str]],
    *,
    with_diff: bool = False,
) -> Iterator[tuple[Outcome, str]]:
    """Yield what would become of each file and its name as the user gave it; what cannot be read is added to the errors."""
    from dechaff_cli import corpus, run

    task = run.Task(selection(select, ignore), diff=with_diff, encoding=encoding(encoded))
    if list(paths) == [corpus.STDIN]:
        outcome = from_stdin(task, stdin_filename)
        if outcome.report.error is not None:
            errors.append((stdin_filename, outcome.report.error))
        else:
            yield outcome, stdin_filename
        return
    found = find([Path(path) for path in paths], include)
    errors += found.problems
    for source, outcome in zip(found.files, cleaned(found, task, jobs), strict=True):
        if outcome.report.error is not None:
            errors.append((str(source.path), outcome.report.error))
        else:
            yield outcome, str(source.path)
    say_skipped(found)


def changes(report: FileReport) -> bool:
    """Return whether any finding of a file is more than a remark."""
    from dechaff import RULES

    return any(RULES[finding.rule].effect != "report" for finding in report.findings)
