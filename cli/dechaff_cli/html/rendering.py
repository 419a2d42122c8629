"""The page as a document: template, style, script and policy, and the tables that stand in it as plain markup."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from dechaff import __version__, rules
from dechaff.rules import STAGES
from dechaff.rules import digest as rules_digest
from dechaff_cli.html.figures import histogram
from dechaff_cli.html.unscripted import SIGNS, of_file, share
from dechaff_cli.html.visible import LINE, fit, visible
from dechaff_cli.words import several_such

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markupsafe import Markup

    from dechaff import FileReport
    from dechaff.rules import Effect
    from dechaff_cli.formats.summary import Summary
    from dechaff_cli.html.figures import Figures
    from dechaff_cli.html.page import Lines
    from dechaff_cli.html.shards import Block

_OPEN = 5  # files whose changes are unfolded from the start; more would bury the list of files
_TOP = 10  # lines and sites that the overview shows: they mostly tell the whole story
_ERRORS = 200  # files listed as not cleaned: a whole folder without permissions must not swamp the page
_SCRIPT = ("core", "text", "address", "list", "overview", "lines", "files", "diff", "changes", "correct", "keys", "start")
"""The parts of the script, in the order they stand in the page."""


class _Rule(NamedTuple):
    """A row of the rule table."""

    code: str
    name: str
    effect: Effect
    why: str
    findings: int
    files: int
    width: str
    """Of its bar, in hundredths of the longest."""
    often: Markup | None
    """A line that it removed more than once, if there is one: the most frequent."""


class Data(NamedTuple):
    """What the script reads."""

    digest: str
    """What names the run."""
    outside: bool
    """Whether it reads files beside the page."""
    json: str
    """What it is to know beside the files."""
    blocks: list[Block]
    """The files, as far as they stand in the page."""


def page(summary: Summary, figures: Figures, lines: Lines, data: Data, shown: Sequence[FileReport], left_out: int) -> str:  # noqa: PLR0913, PLR0917
    """Return the page.

    Args:
        summary: The figures of the run.
        figures: Its files.
        lines: The lines that tell most of it.
        data: What the script reads.
        shown: The files whose changes stand in the page for readers without script.
        left_out: How many other files have changes.
    """
    files = [of_file(f"file-{number}", report) for number, report in enumerate(shown, 1)]
    numbers = {path: i for i, path in enumerate(figures.columns["path"])}
    style, script = _style(), _script()
    nonce = b64encode(sha256(f"shards of {data.digest}".encode()).digest()[:16]).decode("ascii")
    sites = [site for site in figures.by_site() if site.name]
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            version=__version__,
            digest=rules_digest(),
            style=style,
            script=script,
            policy=_policy(style, script, nonce if data.outside else ""),
            nonce=nonce if data.outside else "",
            blocks=data.blocks,
            data=data.json,
            summary=summary,
            totals=[(what, before, after, share(before, after)) for what, before, after in summary.totals()[1:]],
            errors=summary.errors[:_ERRORS],
            more_errors=len(summary.errors[_ERRORS:]),
            over=summary.over[:_ERRORS],
            more_over=len(summary.over[_ERRORS:]),
            numbers=numbers,
            stages=list(_stages(_rules(summary, lines))),
            by_stage=_by_stage(figures),
            linked=frozenset(code for code, _, _ in summary.by_rule()),
            encodings=sorted(summary.encodings.items(), key=lambda pair: (-pair[1], pair[0])),
            languages=_languages(figures),
            sites=sites[:_TOP],
            more_sites=len(sites[_TOP:]),
            worst=[(lost, path, before, after) for lost, path, before, after in summary.worst()],
            often=lines.often[:_TOP],
            once=lines.once[:_TOP],
            count_once=lines.count_once,
            doubtful=lines.doubtful[:_TOP],
            count_doubtful=lines.count_doubtful,
            bars=histogram(figures.shares),
            changed=len(figures.shares),
            middle=figures.middle,
            files=files,
            left_out=left_out,
            unfold=len(files) <= _OPEN,
        )
    )


@cache
def _style() -> str:
    return resources.files(__package__).joinpath("style.css").read_text(encoding="utf-8")


@cache
def _script() -> str:
    """Return the script: its parts one after the other, in a scope of their own."""
    folder = resources.files(__package__).joinpath("script")
    parts = (folder.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPT)
    return '"use strict";\n{\n' + "".join(parts) + "}\n"


def _policy(style: str, script: str, nonce: str) -> str:
    """Return what the page may do: run its own script, use its own style, and read its shards; nothing else, and nothing from elsewhere."""
    shards = f" 'nonce-{nonce}'" if nonce else ""
    return (
        f"default-src 'none'; script-src 'sha256-{_hash(script)}'{shards}; style-src 'sha256-{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode("utf-8")).digest()).decode("ascii")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("dechaff_cli", "html"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "visible": visible,
        "line": lambda text: fit(text, *LINE),
        "figure": "{:,}".format,
        "such": lambda phrase, count: several_such(count, phrase),
        "percent": _percent,
        "hundredths": _hundredths,
    }
    environment.globals["name"] = lambda code: rules.find(code).name
    environment.globals["sign"] = SIGNS
    return environment


def _percent(of_one: float) -> str:
    return f"{_hundredths(of_one)}\N{NO-BREAK SPACE}%"


def _hundredths(of_one: float) -> str:
    return f"{100 * of_one:.1f}"


def _rules(summary: Summary, lines: Lines) -> list[_Rule]:
    rows = summary.by_rule()
    most = max((count for _, count, _ in rows), default=1)
    return [
        _Rule(
            code,
            rules.find(code).name,
            rules.find(code).effect,
            rules.find(code).why,
            count,
            files,
            _hundredths(count / most),
            fit(lines.of_rule[code].text, 60, 20) if code in lines.of_rule else None,
        )
        for code, count, files in rows
    ]


def _stages(rows: Sequence[_Rule]) -> Iterator[tuple[str, list[_Rule]]]:
    for stage, group in groupby(rows, key=lambda rule: rules.find(rule.code).stage):
        yield stage, list(group)


def _by_stage(figures: Figures) -> list[tuple[str, str, int, str]]:
    """Return stage, kind of change, how many, and the width of its bar, for what each stage removed and repaired."""
    rows: list[tuple[str, str, int]] = []
    for stage in STAGES:
        rows += [(stage, "remove", figures.removed[stage])] if figures.removed[stage] else []
        rows += [(stage, "repair", figures.repaired[stage])] if figures.repaired[stage] else []
    most = max((count for _, _, count in rows), default=1)
    return [(stage, kind, count, _hundredths(count / most)) for stage, kind, count in rows]


def _languages(figures: Figures) -> list[tuple[str, int, int, int]]:
    """Return language, files wholly in it, lines of it that went, and blocks of it that stay; the most frequent first."""
    rows = [(code, found["LAN001"], found["FOO001"] + found["FOO002"], found["FOO003"]) for code, found in figures.languages.items()]
    return sorted(rows, key=lambda row: (-sum(row[1:]), row[0]))
