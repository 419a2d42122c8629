"""The command: its subcommands, options and exit codes."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dechaff_cli import work
from dechaff_cli.work import FAILED

if TYPE_CHECKING:
    from collections.abc import Iterator


FINDINGS, INTERRUPTED = 1, 130

app = typer.Typer(
    name="dechaff",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Takes the chaff out of scraped text (site chrome, mojibake, foreign footers), says why, and can put it all back.",
)

Paths = Annotated[list[str], typer.Argument(metavar="SRC...", help="Folders, files, or - for standard input.", show_default=False)]
Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        help="Only these rules: codes (CHR001), prefixes (CHR), names, or stages (encoding). May be repeated, or joined by commas.",
    ),
]
Ignore = Annotated[list[str] | None, typer.Option("--ignore", help="All rules but these; named as for --select.")]
Include = Annotated[
    list[str] | None,
    typer.Option("--include", metavar="GLOB", help="Files to take from folders. [default: *.txt, *.text, *.md]", show_default=False),
]
Jobs = Annotated[
    int, typer.Option("--jobs", "-j", min=0, help="Processes; 0 takes one a processor. The result is the same for any number.")
]
Encoded = Annotated[
    str | None,
    typer.Option(
        "--encoding", metavar="NAME", help="What the files are in, as windows-1250. [default: found for each file]", show_default=False
    ),
]
StdinName = Annotated[str, typer.Option("--stdin-filename", metavar="NAME", help="What to call standard input in messages.")]


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[bool, typer.Option("--version", help="Show the version and stop.", is_eager=True)] = False,
) -> None:
    if version:
        from dechaff import __version__

        typer.echo(f"dechaff {__version__}")
        raise typer.Exit


@app.command()
def clean(
    paths: Paths,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="OUT", help="Folder for the clean copies, under the same relative paths.", show_default=False
        ),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="DIR", help="Folder for the diff report. [default: OUT-report]", show_default=False)
    ] = None,
    no_report: Annotated[bool, typer.Option("--no-report", help="Write no report. Without one the originals cannot be restored.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files of the same names in OUT and in the report.")] = False,
    include: Include = None,
    select: Select = None,
    ignore: Ignore = None,
    encoding: Encoded = None,
    jobs: Jobs = 0,
    stdin_filename: StdinName = "-",
) -> None:
    """Write clean copies, and a report that says why.

    The originals are never touched. The report holds index.html to look at, changes.diff for patch,
    findings.jsonl with one record a file, and summary.md and summary.json.

    Exit status: 0 when all files were written, changed or not; 2 when any could not be; the rest are written all the same.

    \b
    Examples:
      dechaff clean scrapes/ -o clean/
      dechaff clean scrapes/ -o clean/ --ignore footers --jobs 4
      curl -s https://example.org/page.txt | dechaff clean - > page.txt
    """
    with _exit_codes():
        from dechaff_cli import corpus, run

        rules = work.selection(select, ignore)
        encoding = work.encoding(encoding)
        if paths == [corpus.STDIN] and output is None:
            outcome = work.from_stdin(run.Task(rules, encoding=encoding), stdin_filename)
            if outcome.report.error is not None:
                work.fail([(stdin_filename, outcome.report.error)])
            sys.stdout.buffer.write(outcome.text.encode("utf-8"))
        elif output is None:
            message = "say where the clean copies go: --output OUT"
            raise corpus.CorpusError(message)
        elif corpus.STDIN in paths:
            message = "standard input goes alone, to standard output: dechaff clean - > page.txt"
            raise corpus.CorpusError(message)
        else:
            output = output if output.name else output.resolve()
            folder = None if no_report else report or output.with_name(f"{output.name}-report")
            sources = [Path(path) for path in paths]
            found = work.find(sources, include)
            corpus.refuse_twins(found)
            corpus.check_output(sources, output, folder, overwrite=overwrite)
            work.clean_folder(found, run.Task(rules, out=output, diff=folder is not None, encoding=encoding), folder, jobs)


@app.command()
def check(
    paths: Paths,
    include: Include = None,
    select: Select = None,
    ignore: Ignore = None,
    encoding: Encoded = None,
    jobs: Jobs = 0,
    stdin_filename: StdinName = "-",
) -> None:
    """Name every change, and write nothing.

    One line a finding: path:line:column: CODE name: evidence. Lines and columns count from 1 in your file.

    Exit status: 0 when all files are clean, 1 when any rule would repair or remove something, 2 when a file could not be read.

    \b
    Examples:
      dechaff check scrapes/
      dechaff check scrapes/ --select encoding,CHR001
      git diff --name-only main | grep '[.]txt$' | xargs dechaff check
    """
    with _exit_codes():
        from dechaff_cli.formats import text
        from dechaff_cli.terminal import put

        dirty = 0
        errors: list[tuple[str, str]] = []
        for outcome, shown in work.each(paths, include, select, ignore, encoding, jobs, stdin_filename, errors):
            for line in text.findings(outcome.report, shown):
                put(line)
            dirty += work.changes(outcome.report)
        if errors:
            work.fail(errors)
        if dirty:
            raise typer.Exit(FINDINGS)


@app.command()
def diff(
    paths: Paths,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the diff here, to the byte, for patch.", show_default=False)
    ] = None,
    include: Include = None,
    select: Select = None,
    ignore: Ignore = None,
    encoding: Encoded = None,
    jobs: Jobs = 0,
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
    with _exit_codes():
        from dechaff_cli.terminal import put, safe

        errors: list[tuple[str, str]] = []
        parts = []
        differs = False
        for outcome, _ in work.each(paths, include, select, ignore, encoding, jobs, stdin_filename, errors, with_diff=True):
            differs = differs or bool(outcome.diff)
            if output is not None:
                parts.append(outcome.diff)
            else:
                for line in outcome.diff.decode("utf-8", "surrogateescape").split("\n")[:-1]:
                    put(safe(line))
        if output is not None:
            work.write_diff(output, b"".join(parts), paths)
        if errors:
            work.fail(errors)
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
    encoding: Encoded = None,
) -> None:
    """Say what a rule finds, or what happens to a line.

    \b
    Examples:
      dechaff explain CHR001
      dechaff explain scrapes/trial.txt:38
      dechaff explain scrapes/site/page.txt:2 --corpus scrapes/
    """
    with _exit_codes():
        from dechaff import RULES
        from dechaff import select as selected
        from dechaff_cli import explanation
        from dechaff_cli.terminal import put

        name, _, number = what.rpartition(":")
        if number.isdecimal() and name:
            lines = explanation.of_line(Path(name), int(number), corpus_folder, work.selection(select, ignore), work.encoding(encoding))
        else:
            lines = (line for code in sorted(selected([what]), key=list(RULES).index) for line in explanation.of_rule(RULES[code]))
        for line in lines:
            put(line)


@app.command()
def rules(
    select: Select = None,
    ignore: Ignore = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="All rules as a Markdown page, with examples and look-alikes.")] = False,
) -> None:
    """List the rules: code, name, effect, and why.

    \b
    Examples:
      dechaff rules
      dechaff rules --select chrome
    """
    with _exit_codes():
        from dechaff import RULES
        from dechaff_cli.terminal import put

        if markdown:
            from dechaff_cli.formats import rules_page

            put(rules_page.markdown().rstrip("\n"))
            return
        chosen = work.selection(select, ignore)
        if not chosen:
            return
        wide = max(len(RULES[code].name) for code in chosen)
        stage = ""
        for code, rule in RULES.items():
            if code in chosen:
                if rule.stage != stage:
                    put(("\n" if stage else "") + rule.stage.replace("_", " "))
                    stage = rule.stage
                put(f"  {code}  {rule.name:{wide}}  {rule.effect:6}  {rule.why}")


@app.command()
def restore(
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="The report folder that clean wrote.", show_default=False)],
    cleaned: Annotated[Path, typer.Argument(metavar="OUT", help="The clean copies, unchanged since.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="BACK", help="Folder for the originals.", show_default=False)],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files of the same names in BACK.")] = False,
) -> None:
    """Rebuild the originals to the last byte.

    From the clean copies and their report. Every file is checked against the digest of its original before it is written.

    Exit status: 0 when all files were rebuilt, 2 when any could not be.

    \b
    Example:
      dechaff restore clean-report/ clean/ -o back/
    """
    with _exit_codes():
        from dechaff import RestoreError
        from dechaff import restore as rebuild
        from dechaff_cli import corpus, report_folder
        from dechaff_cli.terminal import note

        corpus.check_output([cleaned, report], output, None, overwrite=overwrite)
        errors: list[tuple[str, str]] = []
        done = 0
        for file in report_folder.read(report):
            if file.error is not None:
                continue
            try:
                corpus.write_below(output, file.path, rebuild(corpus.below(cleaned, file.path).read_bytes(), file))
                done += 1
            except (RestoreError, corpus.CorpusError) as error:
                errors.append((file.path, str(error)))
            except OSError as error:
                errors.append((file.path, f"{error.filename or 'it'}: {error.strerror}"))
        note(f"{done} files restored to the last byte in {output}")
        if errors:
            work.fail(errors)


def main() -> None:
    """Run the command."""
    app()


@contextmanager
def _exit_codes() -> Iterator[None]:
    """Turn the errors we raise on purpose into a message and an exit status; anything else is a bug and keeps its traceback."""
    from dechaff.errors import DechaffError

    try:
        yield
    except DechaffError as error:
        from dechaff_cli.terminal import note, safe

        note(f"dechaff: {safe(str(error))}")
        raise typer.Exit(FAILED) from error
    except KeyboardInterrupt as interrupt:
        from dechaff_cli.terminal import note

        note("dechaff: interrupted; what is written is whole")
        raise typer.Exit(INTERRUPTED) from interrupt


if __name__ == "__main__":
    main()
