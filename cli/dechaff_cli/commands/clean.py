"""`dechaff clean`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  typer reads it when the command runs
from typing import Annotated

import typer

from dechaff_cli import calls, options, work
from dechaff_cli.exits import exit_codes, fail

_NO_RESUME = "--resume goes with --output and its report, and not with --overwrite, which begins anew"


def clean(
    paths: options.Paths,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="OUT", help="Folder for the clean copies, under the same relative paths.", show_default=False
        ),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="DIR", help="Folder for the diff report. [default: OUT-report]", show_default=False)
    ] = None,
    no_report: Annotated[bool, typer.Option("--no-report", help="Write no report. Without one the originals cannot be restored.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files of the same names in OUT and in the report.")] = False,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Go on with a run that was ended, or bring OUT and its report up to date: only what has changed is done again."
        ),
    ] = False,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="FORM",
            help="Write the corpus as text, jsonl, csv (both also .gz and .zst) or parquet. [default: the form it is in]",
            show_default=False,
        ),
    ] = None,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Write over the files themselves, with no report: keep them in version control.")
    ] = False,
    select: options.Select = None,
    ignore: options.Ignore = None,
    encoding: options.Encoding = None,
    text_column: options.TextColumn = None,
    id_column: options.IdColumn = None,
    url_column: options.UrlColumn = None,
    keep_lang: options.KeepLang = None,
    foreign_blocks: options.ForeignBlocks = None,
    language_engine: options.LanguageEngine = None,
    quarantine: Annotated[
        Path | None,
        typer.Option(
            "--quarantine",
            metavar="DIR",
            help="Folder for files that are wholly in another language: they go there as they are, not to OUT.",
            show_default=False,
        ),
    ] = None,
    removal: options.Removal = None,
    model: options.ModelFolder = None,
    profile: options.Profile = None,
    include: options.Include = None,
    exclude: options.Exclude = None,
    force_exclude: options.ForceExclude = None,
    no_respect_gitignore: options.NoGitignore = False,
    config: options.ConfigOption = None,
    isolated: options.Isolated = False,
    jobs: options.Jobs = None,
    engine: options.EngineName = None,
    stdin_filename: options.StdinName = "-",
) -> None:
    """Write clean copies, and a report that says why.

    The originals are never touched, unless you say --in-place. The report holds index.html to look at, changes.diff for patch,
    findings.jsonl with one record a file, and summary.md and summary.json.

    Exit status: 0 when all files were written, changed or not; 2 when any could not be; the rest are written all the same.

    \b
    Examples:
      dechaff clean scrapes/ -o clean/
      dechaff clean scrapes/ -o clean/ --ignore footers --jobs 4
      dechaff clean scrapes/ -o clean/ --resume
      curl -s https://example.org/page.txt | dechaff clean - > page.txt
    """
    given = calls.said(locals())
    with exit_codes():
        from dechaff_cli import corpus
        from dechaff_cli.corpora import converting
        from dechaff_cli.output import Output, clean_into, named
        from dechaff_cli.rerun import Run
        from dechaff_cli.terminal import put_bytes

        if to is not None:
            converting.check(to)
        if resume and (overwrite or output is None or no_report):
            raise corpus.CorpusError(_NO_RESUME)
        refused = _refused(output, report, quarantine, to, no_report=no_report, in_place=in_place, from_stdin=calls.STDIN in paths)
        if refused:
            raise corpus.CorpusError(refused)
        asked = calls.call(paths, config, isolated=isolated, stdin_filename=stdin_filename, **given)
        if asked.from_stdin:
            outcome = work.from_stdin(asked.task(), stdin_filename)
            if outcome.report.error is not None:
                fail([(stdin_filename, outcome.report.error)])
            put_bytes(outcome.text.encode("utf-8"))
            return
        found = work.find(asked)
        if in_place or output is None:
            work.clean_in_place(found, asked.task(keep_text=True), asked.jobs)
            return
        kept = Output(*named(output, report, no_report=no_report), quarantine, overwrite=overwrite, resume=resume, to=to)
        said = {name: value for name, value in given.items() if name not in {"jobs", "engine"}}
        aside = None if quarantine is None else str(quarantine)
        clean_into(kept, found, asked, Run(tuple(paths), str(kept.folder), tuple(config or ()), isolated, aside, said))


def _refused(
    output: str | None, report: Path | None, quarantine: Path | None, to: str | None, *, no_report: bool, in_place: bool, from_stdin: bool
) -> str:
    """Return why options of clean do not go together, or nothing."""
    if quarantine is not None and output is None:
        return f"--quarantine {quarantine} goes with --output: it takes the files that get no clean copy there"
    if to is not None and (output is None or quarantine is not None):
        return f"--to {to} goes with --output, and without --quarantine"
    if from_stdin and (output is not None or in_place):
        return "standard input goes alone, to standard output: dechaff clean - > page.txt"
    if report is not None and (from_stdin or in_place or no_report):
        return f"--report {report} goes with --output alone: a report leads from the clean copies back to the originals"
    if in_place and output is not None:
        return f"--in-place writes over the originals, --output {output} beside them: choose one"
    return "" if output is not None or in_place or from_stdin else "say where the clean copies go: --output OUT"
