"""`dechaff report` and `dechaff review`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dechaff_cli.exits import FINDINGS, Terminated, exit_codes, fail
from dechaff_cli.words import several

if TYPE_CHECKING:
    from dechaff_cli.reviewing import Review

Report = Annotated[Path, typer.Argument(metavar="REPORT", help="The report folder that clean wrote.", show_default=False)]


def report(
    folder: Report,
    clean: Annotated[
        Path | None,
        typer.Option(
            "--clean",
            metavar="OUT",
            help="The clean copies, for the text around the changes. [default: where they were written]",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Make the page and the summaries of a report again, without cleaning again.

    For a page of a newer version, or after the clean copies were moved. findings.jsonl says everything that is needed; copies that are
    missing or were changed are shown by their changes alone.

    Exit status: 0 when the page is written, 2 when it could not be or a record is damaged.

    \b
    Example:
      dechaff report clean-report/
    """
    with exit_codes():
        from dechaff.errors import DechaffError
        from dechaff_cli import report_folder
        from dechaff_cli.html import PAGE
        from dechaff_cli.rerun import Run, RunError
        from dechaff_cli.terminal import note, safe

        try:
            run = Run.read(folder)
            clean = clean or Path(run.output)
            run.call()  # brings the names of the rules of its configuration
        except RunError:
            if clean is None:
                note("Without run.json it is not known where the clean copies are: name them with --clean OUT.")
        except DechaffError as error:
            note(f"The configuration of the run is not at hand: its own rules are shown without their names ({safe(str(error))})")
        bad = report_folder.render(folder, clean)
        note(f"Report: {folder / PAGE}")
        if bad:
            fail([(str(folder), words) for words in bad])


def review(
    folder: Report,
    apply: Annotated[
        Path | None,
        typer.Option("--apply", metavar="FILE", help="Make the corrections that a report saved, and serve nothing.", show_default=False),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option("--labels", metavar="FILE", help="Write what was said of lines here, as dechaff-train reads it.", show_default=False),
    ] = None,
    browser: Annotated[bool, typer.Option("--browser", help="Open the report in the default browser.")] = False,
) -> None:
    """Read a report with buttons beside the lines: keep this line, keep lines like this, this is chrome.

    Each shows the rule that it would write into your configuration, and how many lines of the corpus would change. The files concerned
    are cleaned again: files in folders of this machine, not records of containers. The report is served on this machine alone, at an
    address that nobody can guess; end with Ctrl-C.

    Exit status: 0 when all is well, 1 when a correction of --apply could not be made, 2 on an error.

    \b
    Examples:
      dechaff review clean-report/
      dechaff review clean-report/ --apply corrections.json --labels labels.jsonl
    """
    with exit_codes():
        from dechaff_cli import work
        from dechaff_cli.reviewing import Review

        under = Review(folder)
        if labels is not None:
            work.refuse_inside(labels, (folder, under.run.output, *under.run.paths))
        if apply is None:
            _serve(under, labels, browser=browser)
        else:
            refused = _apply(under, apply)
            _write_labels(under, labels)
            if refused:
                raise typer.Exit(FINDINGS)


def _apply(under: Review, file: Path) -> int:
    """Make the corrections of a file, say what came of them, and return how many could not be made."""
    from dechaff_cli import corrections
    from dechaff_cli.terminal import note, put, safe

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file} cannot be read: {error.strerror if isinstance(error, OSError) else 'not UTF-8'}"
        raise corrections.CorrectionError(message) from error
    wanted = corrections.read(text)
    changed, refused = under.apply(wanted)
    for one, why in refused:
        put(f"not made: {one.kind} {safe(one.path)}:{one.line}: {safe(why)}")
    made = f"{len(set(wanted)) - len(refused)} of {len(set(wanted))} corrections made, in {under.config}"
    note(f"{made}; {several(len(changed), 'file')} {'comes' if len(changed) == 1 else 'come'} out otherwise")
    return len(refused)


def _serve(under: Review, labels: Path | None, *, browser: bool) -> None:
    import webbrowser

    from dechaff_cli.serving import Server
    from dechaff_cli.terminal import flush, note, put

    with Server(under, lambda: _write_labels(under, labels)) as server:
        put(server.address)
        flush()
        note("Open this address in a browser on this machine; end with Ctrl-C.")
        if browser:
            webbrowser.open(server.address)
        try:
            server.serve_forever()
        except Terminated:
            raise
        except KeyboardInterrupt:
            note(f"{len(under.kept())} corrections were made from this report so far.")


def _write_labels(under: Review, labels: Path | None) -> None:
    from dechaff_cli import work

    if labels is not None:
        work.write_file(labels, "".join(f"{row}\n" for row in under.labels()).encode("ascii"))
