"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def _taking(name: str, metavar: str, help_text: str) -> Any:  # noqa: ANN401  as typer says of it
    """Return an option that takes a value, and whose help says what holds without it."""
    return typer.Option(name, metavar=metavar, help=help_text, show_default=False)


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
Include = Annotated[list[str] | None, _taking("--include", "GLOB", "Files to take from folders. [default: *.txt, *.text, *.md]")]
Exclude = Annotated[list[str] | None, _taking("--exclude", "GLOB", "Files and folders to pass over, as in a .gitignore.")]
ForceExclude = Annotated[
    bool | None, typer.Option("--force-exclude", help="Pass excluded files over even when they are named one by one.", show_default=False)
]
NoGitignore = Annotated[bool, typer.Option("--no-respect-gitignore", help="Take files that git ignores too.")]
ConfigOption = Annotated[
    list[str] | None,
    _taking(
        "--config",
        "FILE|KEY=VALUE",
        "The one configuration to use, or a single setting in TOML, such as 'max-removed = \"30%\"'. May be repeated.",
    ),
]
Isolated = Annotated[bool, typer.Option("--isolated", help="Use no configuration file at all.")]
Removal = Annotated[
    str | None,
    _taking(
        "--removal",
        "careful|balanced|thorough",
        "How much may go by the score of the line model alone: what is nearly sure, what is likely, or what leaves each page best. "
        "[default: careful]",
    ),
]
ModelFolder = Annotated[Path | None, _taking("--model", "DIR", "Weights of your own for the line model, as dechaff-train wrote them.")]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", min=0, help="Processes; 0 takes one a processor. The result is the same for any number.", show_default=False
    ),
]
EngineName = Annotated[
    str | None,
    _taking(
        "--engine",
        "NAME",
        "What does the work: processes of this machine, or ray, a cluster that shares a file system. [default: processes]",
    ),
]
Encoding = Annotated[str | None, _taking("--encoding", "NAME", "What the files are in, as windows-1250. [default: found for each file]")]
TextColumn = Annotated[
    str | None, _taking("--text-column", "NAME", "The column that holds the text, in JSON lines, Parquet and CSV. [default: text]")
]
IdColumn = Annotated[str | None, _taking("--id-column", "NAME", "The column that names a record. [default: its number]")]
UrlColumn = Annotated[str | None, _taking("--url-column", "NAME", "The column with its address, whose host is its site. [default: url]")]
KeepLang = Annotated[
    list[str] | None, _taking("--keep-lang", "CODES", "Languages that are content here, as in en,de. May be repeated. [default: en]")
]
ForeignBlocks = Annotated[
    str | None, _taking("--foreign-blocks", "WHICH", "Which blocks in other languages go: edges (of a page) or all. [default: edges]")
]
LanguageEngine = Annotated[
    str | None,
    _taking("--language-engine", "NAME", "What confirms their language: profiles (our own statistics) or langdetect. [default: profiles]"),
]
StdinName = Annotated[str, typer.Option("--stdin-filename", metavar="NAME", help="What to call standard input in messages.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on standard error but errors.")]
FailOn = Annotated[
    list[str] | None,
    _taking(
        "--fail-on",
        "RULE",
        "Fail on findings of these rules alone; named as for --select. [default: all that would change a file, if it has no budget]",
    ),
]
MaxRemoved = Annotated[
    str | None,
    _taking("--max-removed", "BUDGET", "Fail on files that lose more: a share of their characters (30%) or a number of lines (30)."),
]
MaxDamaged = Annotated[
    str | None,
    _taking("--max-damaged", "BUDGET", "Fail on files where repairs touch more: a share of their lines (5%) or a number of them (5)."),
]
Baseline = Annotated[Path | None, _taking("--baseline", "FILE", "Findings to let pass, as `dechaff baseline write` wrote them.")]
Profile = Annotated[Path | None, _taking("--profile", "FILE", "What the pages of each site share, as `dechaff learn` wrote it.")]
OutputFile = Annotated[Path | None, _taking("--output-file", "FILE", "Write the result here.")]
