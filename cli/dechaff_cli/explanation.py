"""Why: what a rule finds, and what happens to one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dechaff import RULES
from dechaff.chrome import Chrome
from dechaff.guards import guard
from dechaff_cli import corpus, run
from dechaff_cli.terminal import lines_of, safe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from dechaff import Rule


def of_rule(rule: Rule) -> Iterator[str]:
    """Yield a page about a rule: what, why, where it was seen, an example, and what it leaves alone."""
    yield f"{rule.code} {rule.name} ({rule.stage.replace('_', ' ')}, {rule.effect}, since {rule.since})"
    yield ""
    yield rule.why
    yield f"Seen: {rule.source}"
    if rule.context != "anywhere":
        where = {
            "company": "beside other chrome, three together, or at the edge of the page",
            "head": "beside other chrome or at the head of the page",
        }
        yield f"Goes only {where[rule.context]}."
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


def of_line(path: Path, number: int, folder: Path | None, rules: frozenset[str], encoding: str | None = None) -> Iterator[str]:
    """Yield what happens to a line and why.

    Args:
        path: The file.
        number: The line, 1-based, in the file's text cut at line feeds.
        folder: The corpus it is cleaned with; without one the file stands alone.
        rules: The rules in force.
        encoding: What the files are in; found for each if left out.

    Raises:
        CorpusError: There is no such file or line, or the file is not in the corpus.
    """
    found = corpus.find([path] if folder is None else [folder])
    source = next((source for source in found.files if source.path.resolve() == path.resolve()), None)
    if source is None:
        message = f"{path} " + ("does not exist" if not path.exists() else f"is not one of the files that cleaning {folder} takes")
        raise corpus.CorpusError(message)
    read = run.read(source, encoding)
    if read.decoded is None:
        message = f"{path} {read.error}"
        raise corpus.CorpusError(message)
    lines = read.decoded.text.split("\n")
    if not 1 <= number <= len(lines):
        message = f"{path} has {len(lines)} lines, no line {number}"
        raise corpus.CorpusError(message)
    task = run.Task(rules, encoding=encoding)
    outcome = next(run.clean([source], task, run.survey(found.files, task, 1), 1))
    here = [
        finding
        for finding in outcome.report.findings
        if finding.line <= number <= finding.line + max(finding.old.rstrip("\n").count("\n"), 0)
    ]
    yield f"{safe(str(path))}:{number}"
    yield from lines_of(lines[number - 1])
    changed = False
    for finding in here:
        rule = RULES[finding.rule]
        changed = changed or rule.effect != "report"
        verb = {"repair": "repaired", "remove": "removed", "report": "reported"}[rule.effect]
        yield f"{verb}: {rule.code} {rule.name}: {finding.note}"
        yield f"    {rule.why}"
        if finding.new and finding.old.strip():
            yield f"    {safe(finding.old)!r} becomes {safe(finding.new)!r}"
    if not changed:
        yield f"kept: {_why_kept(lines[number - 1], rules)}"


def _why_kept(line: str, rules: Collection[str]) -> str:
    """Return the reason in words that no rule took a line."""
    if not line.strip():
        return "a single blank line"
    if name := guard(line):
        return f"guarded as {name.replace('-', ' ')}"
    match = Chrome(rules).match(line)
    if match is None:
        return "no rule names it"
    return f"{match.rule} {RULES[match.rule].name} names it, but it stands alone among the page's own lines"
