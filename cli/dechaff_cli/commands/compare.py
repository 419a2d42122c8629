"""`dechaff compare`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  typer reads it when the command runs
from typing import Annotated

import typer

from dechaff_cli.exits import FAILED, FINDINGS, exit_codes
from dechaff_cli.options import OutputFile  # noqa: TC001  typer reads it when the command runs


def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The report folder of an earlier run.", show_default=False)],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The report folder of a later run over the same files.", show_default=False)],
    max_loss: Annotated[
        str | None,
        typer.Option(
            "--max-loss",
            metavar="BUDGET",
            help="Fail if more of the corpus is removed than before, beyond this: a share of its characters (0.5%) or characters.",
            show_default=False,
        ),
    ] = None,
    max_shrink: Annotated[
        str | None,
        typer.Option("--max-shrink", metavar="BUDGET", help="Fail if any file loses more than before, beyond this.", show_default=False),
    ] = None,
    output_format: Annotated[str, typer.Option("--output-format", metavar="FORM", help="text, json or markdown.")] = "text",
    output_file: OutputFile = None,
) -> None:
    """Say what a new version, rule or setting changes on the same files.

    Which rules take more or less than before, which files lose more, which fail that did not.

    Exit status: 0 within the budgets, 1 beyond one, when a file fails that did not, or when with a budget one is missing, 2 when a report
    could not be read.

    \b
    Example:
      dechaff compare clean-report/ new-report/ --max-loss 0.1% --max-shrink 5%
    """
    with exit_codes():
        from dechaff_cli import checking, comparison, work
        from dechaff_cli.keys import ConfigError
        from dechaff_cli.policy import Budget
        from dechaff_cli.terminal import note, safe

        if output_format not in comparison.FORMATS:
            message = f"--output-format {output_format}: must be one of {', '.join(comparison.FORMATS)}"
            raise ConfigError(message)
        if output_file is not None:
            work.refuse_inside(output_file, (old, new))
        budgets = [None if budget is None else Budget.parse(budget, "characters") for budget in (max_loss, max_shrink)]
        found = comparison.compare(old, new)
        failed = found.exceeded(*budgets)
        with checking.Sink(output_file) as sink:
            for line in comparison.FORMATS[output_format](found, failed):
                sink.put(line)
        checking.add_to_step("\n".join(comparison.markdown(found, failed)) + "\n")
        for words in found.bad:
            note(f"dechaff: {safe(words)}")
        if found.bad:
            raise typer.Exit(FAILED)
        if failed:
            raise typer.Exit(FINDINGS)
