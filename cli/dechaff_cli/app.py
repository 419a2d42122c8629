"""The command: its subcommands, options and exit codes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from dechaff_cli import calls, work
from dechaff_cli.commands import baseline, rules
from dechaff_cli.commands.check import check
from dechaff_cli.commands.clean import clean
from dechaff_cli.commands.compare import compare
from dechaff_cli.commands.learn import learn
from dechaff_cli.commands.report import report as render
from dechaff_cli.commands.report import review
from dechaff_cli.exits import FINDINGS, exit_codes, fail
from dechaff_cli.options import (  # noqa: TC001  typer reads them when the command runs
    ConfigOption,
    Encoding,
    Exclude,
    ForceExclude,
    ForeignBlocks,
    IdColumn,
    Ignore,
    Include,
    Isolated,
    Jobs,
    KeepLang,
    LanguageEngine,
    ModelFolder,
    NoGitignore,
    Paths,
    Profile,
    Removal,
    Select,
    StdinName,
    TextColumn,
    UrlColumn,
)
from dechaff_cli.words import several

_COMPLETE = "_DECHAFF_COMPLETE"
_DIGITS = 18  # of a line: no file has more lines than its size, 63 bits, can say

app = typer.Typer(
    name="dechaff",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Takes the chaff out of scraped text (site chrome, mojibake, foreign footers), says why, and can put it all back.",
)


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[bool, typer.Option("--version", help="Show the version and stop.", is_eager=True)] = False,
) -> None:
    if version:
        from dechaff import __version__

        typer.echo(f"dechaff {__version__}")
        raise typer.Exit


app.command()(clean)
app.command()(check)


@app.command()
def diff(
    paths: Paths,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the diff here, to the byte, for patch.", show_default=False)
    ] = None,
    select: Select = None,
    ignore: Ignore = None,
    encoding: Encoding = None,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    url_column: UrlColumn = None,
    keep_lang: KeepLang = None,
    foreign_blocks: ForeignBlocks = None,
    language_engine: LanguageEngine = None,
    removal: Removal = None,
    model: ModelFolder = None,
    profile: Profile = None,
    include: Include = None,
    exclude: Exclude = None,
    force_exclude: ForceExclude = None,
    no_respect_gitignore: NoGitignore = False,
    config: ConfigOption = None,
    isolated: Isolated = False,
    jobs: Jobs = None,
    stdin_filename: StdinName = "-",
) -> None:
    """Print what would change as a unified diff.

    On standard output control and direction characters are shown as escapes, since a scrape must not drive your terminal or CI runner;
    for a diff that patch applies whatever the files hold, use --output.

    Exit status: 0 when there is no difference, 1 when there is, 2 when a file could not be read.

    \b
    Examples:
      dechaff diff scrapes/trial.txt
      dechaff diff scrapes/ -o changes.diff && cd scrapes && patch -p1 < ../changes.diff
    """
    given = calls.said(locals())
    with exit_codes():
        from dechaff_cli.terminal import put, safe

        asked = calls.call(paths, config, isolated=isolated, stdin_filename=stdin_filename, **given)
        if output is not None:
            work.refuse_inside(output, asked.sources)
        errors: list[tuple[str, str]] = []
        parts = []
        differs = False
        for outcome, _ in work.each(asked, errors, diff=True):
            differs = differs or bool(outcome.diff)
            if output is not None:
                parts.append(outcome.diff)
            else:
                for line in outcome.diff.decode("utf-8", "surrogateescape").split("\n")[:-1]:
                    put(safe(line))
        if output is not None:
            work.write_file(output, b"".join(parts))
        if errors:
            fail(errors)
        if differs:
            raise typer.Exit(FINDINGS)


@app.command()
def explain(
    what: Annotated[str, typer.Argument(metavar="CODE|FILE:LINE", help="A rule, or a line of a file.", show_default=False)],
    corpus_folder: Annotated[
        Path | None,
        typer.Option(
            "--corpus", metavar="SRC", help="The folder that FILE is cleaned with: what its pages share counts too.", show_default=False
        ),
    ] = None,
    select: Select = None,
    ignore: Ignore = None,
    encoding: Encoding = None,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    url_column: UrlColumn = None,
    keep_lang: KeepLang = None,
    foreign_blocks: ForeignBlocks = None,
    language_engine: LanguageEngine = None,
    removal: Removal = None,
    model: ModelFolder = None,
    profile: Profile = None,
    config: ConfigOption = None,
    isolated: Isolated = False,
) -> None:
    """Say what a rule finds, or what happens to a line.

    \b
    Examples:
      dechaff explain CHR001
      dechaff explain scrapes/trial.txt:38
      dechaff explain scrapes/site/page.txt:2 --corpus scrapes/
    """
    given = calls.said(locals())
    with exit_codes():
        from dechaff import RULES
        from dechaff import select as selected
        from dechaff_cli import explanation
        from dechaff_cli.corpus import CorpusError
        from dechaff_cli.terminal import put

        name, _, number = what.rpartition(":")
        is_line = bool(number.isdecimal() and name)
        if is_line and len(number) > _DIGITS:
            message = f"{name} has no line of a number of {len(number):,} digits"
            raise CorpusError(message)
        near = [str(corpus_folder or name)] if is_line else ["."]
        asked = calls.call(near, config, isolated=isolated, **given)
        if is_line:
            lines = explanation.of_line(Path(name), int(number), corpus_folder, asked)
        else:
            lines = (line for code in sorted(selected([what]), key=list(RULES).index) for line in explanation.of_rule(RULES[code]))
        for line in lines:
            put(line)


app.add_typer(rules.app, name="rules")


@app.command()
def restore(
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="The report folder that clean wrote.", show_default=False)],
    cleaned: Annotated[Path, typer.Argument(metavar="OUT", help="The clean copies, unchanged since.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="BACK", help="Folder for the originals.", show_default=False)],
    quarantine: Annotated[
        Path | None,
        typer.Option("--quarantine", metavar="DIR", help="The folder that clean --quarantine put foreign files into.", show_default=False),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files of the same names in BACK.")] = False,
) -> None:
    """Rebuild the originals to the last byte.

    From the clean copies and their report; files that clean put aside come from its --quarantine folder. Every file is checked against the
    digest of its original before it is written.

    Exit status: 0 when all files were rebuilt, 2 when any could not be.

    \b
    Example:
      dechaff restore clean-report/ clean/ -o back/
    """
    with exit_codes():
        from dechaff_cli import places
        from dechaff_cli.corpora.restoring import restore as rebuild
        from dechaff_cli.terminal import note, safe

        places.check_output([cleaned, report], output, None, overwrite=overwrite)
        done = rebuild(report, cleaned, output, quarantine)
        if done.files or not (done.exact or done.others):
            note(f"{several(done.files, 'file')} restored to the last byte in {output}")
        if done.exact:
            note(f"{several(done.exact, 'container')} restored to the last byte, once unpacked")
        for name in done.others:
            note(f"{safe(name)}: restored with every text to the last byte; what stands beside them may be written otherwise")
        if done.errors:
            fail(done.errors)


app.command("report")(render)
app.command()(review)
app.command()(compare)
app.command()(learn)
app.add_typer(baseline.app, name="baseline")


@app.command()
def completion(
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh or fish.", show_default=False)],
) -> None:
    """Print what makes a shell complete the command.

    \b
    Example:
      eval "$(dechaff completion bash)"
    """
    with exit_codes():
        from typer.completion import get_completion_script  # type: ignore[attr-defined]  # named there, and in its documentation

        from dechaff_cli.keys import ConfigError
        from dechaff_cli.terminal import put

        if shell not in {"bash", "zsh", "fish"}:
            message = f"completion {shell}: must be bash, zsh or fish"
            raise ConfigError(message)
        put(get_completion_script(prog_name="dechaff", complete_var=_COMPLETE, shell=shell))


def main() -> None:
    """Run the command."""
    if _COMPLETE in os.environ:  # a shell asks what could come next
        from typer.completion import completion_init  # type: ignore[attr-defined]  # the same

        completion_init()
    app()


if __name__ == "__main__":
    main()
