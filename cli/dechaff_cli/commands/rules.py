"""`dechaff rules`: list them, and test those of the user's own."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  typer reads it when the command runs
from typing import Annotated

import typer

from dechaff_cli import calls
from dechaff_cli.exits import FINDINGS, exit_codes
from dechaff_cli.options import ConfigOption, Ignore, Isolated, Select  # noqa: TC001  typer reads them when the command runs
from dechaff_cli.words import several

app = typer.Typer(rich_markup_mode=None, invoke_without_command=True)


@app.callback()
def rules(
    context: typer.Context,
    select: Select = None,
    ignore: Ignore = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="All rules as a Markdown page, with examples and look-alikes.")] = False,
    config: ConfigOption = None,
    isolated: Isolated = False,
) -> None:
    """List the rules: code, name, effect, and why. Those of your own configuration are among them.

    \b
    Examples:
      dechaff rules
      dechaff rules --select chrome
      dechaff rules test
    """
    if context.invoked_subcommand:
        return
    with exit_codes():
        from dechaff import RULES
        from dechaff_cli.terminal import put, safe

        if markdown:
            from dechaff_cli.formats import rules_page

            put(rules_page.markdown().rstrip("\n"))
            return
        chosen = calls.call(["."], config, isolated=isolated, select=select, ignore=ignore).configs.rules()
        if not chosen:
            return
        wide = max(len(RULES[code].name) for code in chosen)
        stage = ""
        for code, rule in RULES.items():
            if code in chosen:
                if rule.stage != stage:
                    put(("\n" if stage else "") + rule.stage.replace("_", " "))
                    stage = rule.stage
                put(f"  {code}  {rule.name:{wide}}  {rule.effect:6}  {safe(rule.why)}")


@app.command("test")
def try_own(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Files with rules. [default: those of the configuration]", show_default=False),
    ] = None,
    config: ConfigOption = None,
    isolated: Isolated = False,
) -> None:
    """Try your own rules: each example must come clean by its own rule alone, and each look-alike must survive all rules.

    Exit status: 0 when all do, 1 when one does not, 2 when a table is wrong.

    \b
    Example:
      dechaff rules test my-rules.toml
    """
    with exit_codes():
        from dechaff_cli import rule_test
        from dechaff_cli.terminal import note, put

        configs = calls.call(["."], config, isolated=isolated, rules=[str(file) for file in files or []]).configs
        allowed = [table for table in configs.main["allow"] if table.get("examples")] if not files else []
        faults = [fault for rule in configs.own for fault in rule_test.faults(rule)]
        faults += [fault for table in allowed for fault in rule_test.allow_faults(table)]
        for fault in faults:
            put(fault)
        kept = f" and {several(len(allowed), 'allowed line')}" if allowed else ""
        tried = f"{several(len(configs.own), 'rule')} of your own{kept} tried"
        note(f"{tried}, {several(len(faults), 'fault')}")
        if faults:
            raise typer.Exit(FINDINGS)
