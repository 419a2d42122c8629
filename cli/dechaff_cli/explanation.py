"""Why: what a rule finds, and what happens to one line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dechaff import RULES, edits
from dechaff.allow import Allowed
from dechaff.chrome import Chrome
from dechaff.guards import guard
from dechaff.line_model import LineModel
from dechaff.pages import paged
from dechaff_cli import corpus, reading, run, work, worker
from dechaff_cli.corpora import Documents
from dechaff_cli.corpora.forms import is_container
from dechaff_cli.results import last_line
from dechaff_cli.terminal import lines_of, safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dechaff import Document, Pipeline, Rule
    from dechaff.rules import Context
    from dechaff_cli.calls import Call
    from dechaff_cli.config import Treatment

_WHERE: dict[Context, str] = {
    "company": "beside other chrome, three together, or at the edge of the page",
    "head": "beside other chrome or at the head of the page",
    "reference": "beside other chrome or right below a reference",
    "step": "beside other chrome, among three of other rules, or at the edge of the page",
}


def of_rule(rule: Rule) -> Iterator[str]:
    """Yield a page about a rule: what, why, where it was seen, an example, and what it leaves alone."""
    yield f"{rule.code} {rule.name} ({rule.stage.replace('_', ' ')}, {rule.effect}, since {rule.since})"
    yield ""
    yield rule.why
    yield f"Seen: {rule.source}"
    if rule.context != "anywhere":
        yield f"Goes only {_WHERE[rule.context]}."
    for example in rule.examples[:1]:
        yield ""
        yield "This:"
        yield from lines_of(example.dirty.rstrip("\n"))
        yield "becomes:"
        yield from lines_of(example.clean.rstrip("\n"))
    yield ""
    yield "These stay:"
    for text in rule.keeps:
        yield from lines_of(text.rstrip("\n"))


def of_line(path: Path, number: int, folder: Path | None, asked: Call) -> Iterator[str]:
    """Yield what happens to a line and why.

    Args:
        path: The file.
        number: The line, 1-based, in the file's text cut at line feeds.
        folder: The corpus it is cleaned with; without one the file stands alone.
        asked: The call, for its settings.

    Raises:
        CorpusError: There is no such file or line, or the file is not in the corpus.
    """
    file, record = _within(path)
    found = work.find(replace(asked, paths=(str(folder or file),)))
    documents = Documents(found.files, found.columns)
    source = next((source for source in documents if source.record == record and source.path.resolve() == file.resolve()), None)
    if source is None:
        message = f"{path} " + ("does not exist" if not file.exists() else f"is not one of the texts that cleaning {folder or file} takes")
        raise corpus.CorpusError(message)
    read = reading.read(source, asked.configs.of_run("encoding"))
    if read.decoded is None:
        message = f"{path} {read.error}"
        raise corpus.CorpusError(message)
    lines = read.decoded.text.split("\n")
    if not 1 <= number <= len(lines):
        message = f"{path} has {len(lines)} lines, no line {number}"
        raise corpus.CorpusError(message)
    task = asked.task()
    counts = run.survey(documents, task, 1)
    outcome = next(run.clean([source], task, counts, 1))
    here = [finding for finding in outcome.report.findings if finding.line <= number <= last_line(finding)]
    yield f"{safe(str(path))}:{number}"
    yield from lines_of(lines[number - 1])
    changed = False
    for finding in here:
        rule = RULES[finding.rule]
        changed = changed or rule.effect != "report"
        verb = {"repair": "repaired", "remove": "removed", "report": "reported"}[rule.effect]
        yield f"{verb}: {rule.code} {rule.name}: {safe(finding.note)}"
        yield f"    {rule.why}"
        if finding.new and finding.old.strip():
            yield f"    {safe(finding.old)!r} becomes {safe(finding.new)!r}"
    if not changed:
        yield f"kept: {_why_kept(lines[number - 1], outcome.report.site, asked.configs.treatment(file, outcome.report.site))}"
        page = reading.document(read)
        yield from _score(page, number, worker.Pipelines(task, counts).of(file, page.site))


def _within(path: Path) -> tuple[Path, str]:
    """Return the file that a path leads to, and the record within it, if it is a container."""
    name = str(path)
    if path.exists():
        return path, ""
    for at, letter in enumerate(name):
        if letter == "#" and is_container(name[:at]) and Path(name[:at]).exists():
            return Path(name[:at]), name[at + 1 :]
    return path, ""


def _score(document: Document, number: int, pipeline: Pipeline) -> Iterator[str]:
    """Yield what the line model says of a line that stays, on the page as it is when all else is gone."""
    stage = LineModel(pipeline.rules, pipeline.removal, pipeline.model)
    cleaned = pipeline.clean([document])[0]
    page = paged([document._replace(text=cleaned.text)])[0]
    starts = page.rows.start.tolist()
    for start, place in zip(starts, edits.to_source(starts, cleaned.layers), strict=True):
        if document.text.count("\n", 0, place) == number - 1:
            verdict = stage.explain(page, start)
            if verdict is not None:
                endless = verdict.goes and not stage.find([page])[0]
                why = "more of the page goes at every look, so nothing of it does" if endless else verdict.kept
                yield f"line model: {verdict.reason}{f'; {why}' if why else ''}"
            return


def _why_kept(line: str, site: str, treatment: Treatment) -> str:
    """Return the reason in words that no rule took a line."""
    if not line.strip():
        return "a single blank line"
    if name := guard(line):
        return f"guarded as {name.replace('-', ' ')}"
    match = Chrome(treatment.rules).match(line)
    if match is None:
        return "no rule names it"
    if Allowed(treatment.allow)(line, site, match.rule):
        return f"{match.rule} {RULES[match.rule].name} names it, but the configuration allows it"
    return f"{match.rule} {RULES[match.rule].name} names it, but it stands alone among the page's own lines"
