"""`dechaff check`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from dechaff_cli import calls, options, work
from dechaff_cli.exits import FINDINGS, exit_codes, fail

OutputFormat = Annotated[
    str | None,
    typer.Option(
        "--output-format",
        metavar="FORM",
        envvar="DECHAFF_OUTPUT_FORMAT",
        help="full, concise, json, jsonl, github, gitlab, sarif, junit or markdown. [default: github in a GitHub job, else concise]",
        show_default=False,
        show_envvar=False,
    ),
]
ExitZero = Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 whatever was found; errors still exit with 2.")]
Statistics = Annotated[bool, typer.Option("--statistics", help="Say on standard error how often each rule found something.")]
ShowSettings = Annotated[bool, typer.Option("--show-settings", help="Show the settings in force, where they stand, and stop.")]
ShowFiles = Annotated[bool, typer.Option("--show-files", help="Show the files that would be checked, and stop.")]


def check(
    paths: options.Paths,
    output_format: OutputFormat = None,
    output_file: options.OutputFile = None,
    fail_on: options.FailOn = None,
    max_removed: options.MaxRemoved = None,
    max_damaged: options.MaxDamaged = None,
    baseline: options.Baseline = None,
    exit_zero: ExitZero = False,
    select: options.Select = None,
    ignore: options.Ignore = None,
    encoding: options.Encoding = None,
    text_column: options.TextColumn = None,
    id_column: options.IdColumn = None,
    url_column: options.UrlColumn = None,
    keep_lang: options.KeepLang = None,
    foreign_blocks: options.ForeignBlocks = None,
    language_engine: options.LanguageEngine = None,
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
    stdin_filename: options.StdinName = "-",
    statistics: Statistics = False,
    show_settings: ShowSettings = False,
    show_files: ShowFiles = False,
    quiet: options.Quiet = False,
) -> None:
    """Name every change, and write nothing.

    One line a finding: path:line:column: CODE name: evidence. Lines and columns count from 1 in your file.
    Other forms draw a run of removed lines together. In a GitHub job, findings become annotations and a summary of the step.

    Exit status: 0 when all files are clean or within the policy, 1 when a file is not, 2 when one could not be read. It is never a count.

    \b
    Examples:
      dechaff check scrapes/
      dechaff check scrapes/ --select encoding,CHR001
      dechaff check scrapes/ --max-removed 30% --output-format sarif --output-file dechaff.sarif
      git diff --name-only -z main -- '*.txt' | xargs -0 dechaff check --force-exclude
    """
    given = calls.said(locals())
    with exit_codes():
        asked = calls.call(paths, config, isolated=isolated, stdin_filename=stdin_filename, **given)
        if show_settings or show_files:
            _show(asked, settings=show_settings)
            return
        from dechaff_cli import checking, formats
        from dechaff_cli.baseline import Baseline

        name = asked.configs.of_run("output-format") or formats.chosen(os.environ)
        file = asked.configs.of_run("baseline")
        known = None if file is None else Baseline.read(Path(file))
        totals = checking.check(asked, checking.Shown(name, output_file, quiet, statistics), known)
        if totals.errors:
            fail(totals.errors)
        if totals.failed and not exit_zero:
            raise typer.Exit(FINDINGS)


def _show(asked: calls.Call, *, settings: bool) -> None:
    from dechaff_cli.terminal import put, safe

    if settings:
        from dechaff_cli.settings_page import lines

        for line in lines(asked):
            put(line)
    else:
        found = work.find(asked)
        for source in found.files:
            put(safe(source.url or source.path.as_posix()))
        if found.problems:
            fail(found.problems)
