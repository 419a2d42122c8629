"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

TAKING, HOW = "Which files", "How they are cleaned"

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="SRC...", help="Folders, files, addresses such as s3://bucket/folder, or - for standard input.", show_default=False
    ),
]
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
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="GLOB", help="Files and folders to pass over, as in a .gitignore.", show_default=False),
]
ForceExclude = Annotated[
    bool | None, typer.Option("--force-exclude", help="Pass excluded files over even when they are named one by one.", show_default=False)
]
NoGitignore = Annotated[bool, typer.Option("--no-respect-gitignore", help="Take files that git ignores too.")]
ConfigOption = Annotated[
    list[str] | None,
    typer.Option(
        "--config",
        metavar="FILE|KEY=VALUE",
        help="The one configuration to use, or a single setting in TOML, such as 'max-removed = \"30%\"'. May be repeated.",
        show_default=False,
    ),
]
Isolated = Annotated[bool, typer.Option("--isolated", help="Use no configuration file at all.")]
Removal = Annotated[
    str | None,
    typer.Option(
        "--removal",
        metavar="careful|balanced|thorough",
        help="How much may go by the score of the line model alone: what is nearly sure, what is likely, or what leaves each page best. "
        "[default: careful]",
        show_default=False,
    ),
]
ModelFolder = Annotated[
    Path | None,
    typer.Option("--model", metavar="DIR", help="Weights of your own for the line model, as dechaff-train wrote them.", show_default=False),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", min=0, help="Processes; 0 takes one a processor. The result is the same for any number.", show_default=False
    ),
]
EngineName = Annotated[
    str | None,
    typer.Option(
        "--engine",
        metavar="NAME",
        help="What does the work: processes of this machine, or ray, a cluster that shares a file system. [default: processes]",
        show_default=False,
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding", metavar="NAME", help="What the files are in, as windows-1250. [default: found for each file]", show_default=False
    ),
]
TextColumn = Annotated[
    str | None,
    typer.Option(
        "--text-column",
        metavar="NAME",
        help="The column that holds the text, in JSON lines, Parquet and CSV. [default: text]",
        show_default=False,
    ),
]
IdColumn = Annotated[
    str | None,
    typer.Option("--id-column", metavar="NAME", help="The column that names a record. [default: its number]", show_default=False),
]
UrlColumn = Annotated[
    str | None,
    typer.Option(
        "--url-column", metavar="NAME", help="The column with its address, whose host is its site. [default: url]", show_default=False
    ),
]
KeepLang = Annotated[
    list[str] | None,
    typer.Option(
        "--keep-lang",
        metavar="CODES",
        help="Languages that are content here, as in en,de. May be repeated. [default: en]",
        show_default=False,
    ),
]
ForeignBlocks = Annotated[
    str | None,
    typer.Option(
        "--foreign-blocks",
        metavar="WHICH",
        help="Which blocks in other languages go: edges (of a page) or all. [default: edges]",
        show_default=False,
    ),
]
LanguageEngine = Annotated[
    str | None,
    typer.Option(
        "--language-engine",
        metavar="NAME",
        help="What confirms their language: profiles (our own statistics) or langdetect. [default: profiles]",
        show_default=False,
    ),
]
StdinName = Annotated[str, typer.Option("--stdin-filename", metavar="NAME", help="What to call standard input in messages.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on standard error but errors.")]
FailOn = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-on",
        metavar="RULE",
        help="Fail on findings of these rules alone; named as for --select. [default: all that would change a file, if it has no budget]",
        show_default=False,
    ),
]
MaxRemoved = Annotated[
    str | None,
    typer.Option(
        "--max-removed",
        metavar="BUDGET",
        help="Fail on files that lose more: a share of their characters (30%) or a number of lines (30).",
        show_default=False,
    ),
]
MaxDamaged = Annotated[
    str | None,
    typer.Option(
        "--max-damaged",
        metavar="BUDGET",
        help="Fail on files where repairs touch more: a share of their lines (5%) or a number of them (5).",
        show_default=False,
    ),
]
Baseline = Annotated[
    Path | None,
    typer.Option("--baseline", metavar="FILE", help="Findings to let pass, as `dechaff baseline write` wrote them.", show_default=False),
]
Profile = Annotated[
    Path | None,
    typer.Option("--profile", metavar="FILE", help="What the pages of each site share, as `dechaff learn` wrote it.", show_default=False),
]
OutputFile = Annotated[Path | None, typer.Option("--output-file", metavar="FILE", help="Write the result here.", show_default=False)]
