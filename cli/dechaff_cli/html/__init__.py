"""The page of a report: it opens from disk without a network, shows corpus text as nothing but text, and can be read without script.

It takes in file by file, and holds no more of them than figures: changes and the words of lines wait on disk until all is known.
"""

from __future__ import annotations

import tempfile
from base64 import b64encode
from contextlib import ExitStack
from functools import cache
from hashlib import sha256
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from jinja2 import Environment, PackageLoader, StrictUndefined

from dechaff import __version__, rules
from dechaff.report import source
from dechaff.rules import STAGES
from dechaff.rules import digest as rules_digest
from dechaff_cli import corpus
from dechaff_cli.html.changes import changes, packed
from dechaff_cli.html.figures import Figures, histogram
from dechaff_cli.html.line_counts import Line, LineCounts, removed, suspicious
from dechaff_cli.html.shards import Shards
from dechaff_cli.html.unscripted import SIGNS, of_file, share
from dechaff_cli.html.visible import LINE, fit, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from markupsafe import Markup

    from dechaff import FileReport
    from dechaff.rules import Effect
    from dechaff_cli.formats.summary import Summary
    from dechaff_cli.html.shards import Block

PAGE = "index.html"
_PLAIN_TEXT = 1 << 20  # code points of changes that stand in the page as plain markup too, for readers without script
_CHANGE = 120  # code points that a change costs there beside its text
_OPEN = 5  # files whose changes are unfolded there from the start; more would bury the list of files
_TOP = 10  # lines and sites that the overview shows: they mostly tell the whole story
_LINES = 1000  # lines of each kind that can be looked through
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


class Page:
    """Takes in the files of a run in their order, and makes the page of them."""

    def __init__(self, folder: Path, clean: Path | None = None) -> None:
        """Begin.

        Args:
            folder: The report folder.
            clean: The folder of the clean copies, for the text around the changes; None if nobody knows.
        """
        self._folder, self._clean = folder, clean
        self._figures = Figures()
        self._shown: list[FileReport] = []
        self._left_out = 0
        self._room = _PLAIN_TEXT
        self._digest = sha256()
        self._open = ExitStack()
        shards, gone, left = (self._open.enter_context(tempfile.TemporaryFile(dir=folder)) for _ in range(3))  # noqa: SIM115  it is one
        self._shards, self._removed, self._doubtful = Shards(folder, shards), LineCounts(gone), LineCounts(left)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let go of what waits on disk."""
        self._open.close()

    def add(self, report: FileReport, record: bytes, told: str = "") -> None:
        """Take in a file.

        Args:
            report: The file.
            record: Its line of findings.jsonl.
            told: What `changes` returned for it, where somebody asked that already.
        """
        self._digest.update(record)
        number = len(self._figures.columns["path"])
        lines = list(removed(report))
        site = self._figures.add(report, lines)
        self._removed.add(number, site, lines)
        self._doubtful.add(number, site, suspicious(report))
        self._shards.add(told or changes(report, self._text(report)))
        if report.error is not None or not report.findings:
            return
        cost = sum(len(finding.old) + len(finding.new) + len(finding.note) + _CHANGE for finding in report.findings)
        if cost <= self._room:
            self._room -= cost
            self._shown.append(report)
        else:
            self._left_out += 1

    def _text(self, report: FileReport) -> str | None:
        """Return the text of a file as decoded, if its clean copy is there and still the one that the report was written for."""
        if self._clean is None or report.error is not None:
            return None
        try:
            raw = corpus.below(self._clean, report.path).read_bytes()
            return source(raw.decode("utf-8"), report.findings) if sha256(raw).hexdigest() == report.sha256_out else None
        except (OSError, ValueError, corpus.CorpusError):
            return None

    def finish(self, summary: Summary) -> Lines:
        """Write the page and what belongs to it; return the lines that tell most of the run.

        Args:
            summary: The figures of the run.

        Raises:
            OSError: Something cannot be written.
        """
        digest = self._digest.hexdigest()[:32]
        lines = Lines(
            self._removed.often(_LINES),
            self._removed.once(_LINES),
            self._doubtful.worst(_LINES),
            self._removed.of_rule(),
            self._removed.count_once(),
            len(self._doubtful),
        )
        blocks = list(self._shards.finish(self._figures.columns, digest))
        page = self._rendered(summary, digest, lines, blocks, packed(self._data(summary, digest, lines)))
        corpus.write(self._folder / PAGE, page.encode("utf-8"))
        return lines

    def _data(self, summary: Summary, digest: str, lines: Lines) -> dict[str, Any]:
        """Return what the script is to know beside the files."""
        number = {path: i for i, path in enumerate(self._figures.columns["path"])} if summary.over else {}
        lists = {"often": lines.often, "once": lines.once, "doubtful": lines.doubtful}
        listed = {
            name: [
                [one.text, self._figures.rules(one.rule), one.chance, one.note, one.times, one.files, one.sites, one.examples]
                for one in rows
            ]
            for name, rows in lists.items()
        }
        return {
            "digest": digest,
            "rules": [_rule(code) for code in self._figures.rules.words],
            "stages": list(STAGES),
            "sites": self._figures.sites.words,
            "encodings": self._figures.encodings.words,
            "begins": self._shards.begins,
            "outside": self._shards.outside,
            "count": len(self._figures.columns["path"]),
            "errors": self._figures.errors,
            "over": {number[path]: why for path, why in summary.over if path in number},
            "lines": listed,
            "once": lines.count_once,
            "doubtful": lines.count_doubtful,
        }

    def _rendered(self, summary: Summary, digest: str, lines: Lines, blocks: list[Block], data: str) -> str:
        figures, outside = self._figures, self._shards.outside
        files = [of_file(f"file-{number}", report) for number, report in enumerate(self._shown, 1)]
        numbers = {path: i for i, path in enumerate(figures.columns["path"])}
        style, script = _style(), _script()
        nonce = b64encode(sha256(f"shards of {digest}".encode()).digest()[:16]).decode("ascii")
        sites = [site for site in figures.by_site() if site.name]
        return (
            _environment()
            .get_template("page.html.jinja")
            .render(
                version=__version__,
                digest=rules_digest(),
                style=style,
                script=script,
                policy=_policy(style, script, nonce if outside else ""),
                nonce=nonce if outside else "",
                blocks=blocks,
                data=data,
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
                left_out=self._left_out,
                unfold=len(files) <= _OPEN,
            )
        )


class Lines(NamedTuple):
    """Lines that tell most of a run, worst or most frequent first."""

    often: list[Line]
    once: list[Line]
    doubtful: list[Line]
    of_rule: dict[str, Line]
    """What each rule removed most often, more than once."""
    count_once: int
    """How many were removed in one file alone."""
    count_doubtful: int


def _rule(code: str) -> list[str]:
    rule = rules.find(code)
    return [code, rule.name, rule.stage, rule.effect, rule.why]


@cache
def _style() -> str:
    return resources.files(__name__).joinpath("style.css").read_text(encoding="utf-8")


@cache
def _script() -> str:
    """Return the script: its parts one after the other, in a scope of their own."""
    folder = resources.files(__name__).joinpath("script")
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
