"""`dechaff baseline`: write, prune and check the file of known findings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from dechaff_cli import calls, options, work
from dechaff_cli.exits import FINDINGS, exit_codes, fail
from dechaff_cli.words import several

if TYPE_CHECKING:
    from dechaff_cli.baseline import Baseline
    from dechaff_cli.formats import Totals

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Let known findings pass, so that a check fails on new ones. The file names them by path, rule and text of the line.\n\n"
    "Example:\n\n  dechaff baseline write scrapes/ && dechaff check scrapes/ --baseline dechaff-baseline.json",
)


@app.command()
def write(
    paths: options.Paths,
    file: options.Baseline = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    config: options.ConfigOption = None,
    isolated: options.Isolated = False,
    jobs: options.Jobs = None,
) -> None:
    """Make all findings of some files known; what is known of other files stays.

    \b
    Example:
      dechaff baseline write scrapes/
    """
    with exit_codes():
        from dechaff_cli.terminal import note

        asked = calls.call(paths, config, isolated=isolated, select=select, ignore=ignore, jobs=jobs)
        place = _place(asked, file)
        baseline, totals = _checked(asked, place, new=not place.exists())
        baseline.take()
        work.write_file(place, baseline.to_json().encode("ascii"))
        note(f"{several(baseline.size, 'known finding')} in {place}")
        if asked.configs.of_run("baseline") is None:
            note(f"A check lets them pass with --baseline {place}, or with baseline = {str(place)!r} in the configuration.")
        if totals.errors:
            fail(totals.errors)


@app.command()
def prune(
    paths: options.Paths,
    file: options.Baseline = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    config: options.ConfigOption = None,
    isolated: options.Isolated = False,
    jobs: options.Jobs = None,
) -> None:
    """Forget findings that are not there any more, and those of files that are gone.

    \b
    Example:
      dechaff baseline prune scrapes/
    """
    with exit_codes():
        from dechaff_cli.terminal import note, put

        asked = calls.call(paths, config, isolated=isolated, select=select, ignore=ignore, jobs=jobs)
        place = _place(asked, file)
        baseline, totals = _checked(asked, place)
        gone = baseline.prune(asked.configs.rules())
        for entry in gone:
            put(str(entry))
        if gone:
            work.write_file(place, baseline.to_json().encode("ascii"))
        note(f"{_entries(len(gone))} taken out; {several(baseline.size, 'known finding')} in {place}")
        if totals.errors:
            fail(totals.errors)


@app.command()
def check(
    paths: options.Paths,
    file: options.Baseline = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    config: options.ConfigOption = None,
    isolated: options.Isolated = False,
    jobs: options.Jobs = None,
) -> None:
    """Say whether the file fits: name what it knows that is not there any more, and count what is new.

    Exit status: 0 when it fits, 1 when it does not, 2 when a file could not be read.

    \b
    Example:
      dechaff baseline check scrapes/
    """
    with exit_codes():
        from dechaff_cli.terminal import note, put

        asked = calls.call(paths, config, isolated=isolated, select=select, ignore=ignore, jobs=jobs)
        place = _place(asked, file)
        baseline, totals = _checked(asked, place)
        unused = list(baseline.unused(asked.configs.rules()))
        for entry in unused:
            put(f"not needed any more: {entry}")
        note(f"{several(totals.known, 'known finding')}, {totals.findings:,} new, {_entries(len(unused))} not needed any more")
        if totals.errors:
            fail(totals.errors)
        if unused or totals.findings:
            raise typer.Exit(FINDINGS)


def _entries(count: int) -> str:
    return f"{count:,} entr{'y' if count == 1 else 'ies'}"


def _place(asked: calls.Call, file: Path | None) -> Path:
    from dechaff_cli import baseline

    return file or Path(asked.configs.of_run("baseline") or baseline.NAME)


def _checked(asked: calls.Call, place: Path, *, new: bool = False) -> tuple[Baseline, Totals]:
    """Return a baseline that has seen all findings of a call."""
    from dechaff_cli import checking
    from dechaff_cli.baseline import Baseline
    from dechaff_cli.formats import Totals

    baseline = Baseline(place.parent, {}) if new else Baseline.read(place)
    totals = Totals()
    for _ in checking.files(asked, checking.Shown("concise", quiet=True), baseline, totals):
        pass
    return baseline, totals
