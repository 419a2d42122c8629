"""A check: files one by one through policy and baseline into a form, and what it comes to."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, NamedTuple, Self

from dechaff import RULES
from dechaff.report import source as text_of
from dechaff_cli import work
from dechaff_cli.formats import Totals, named, place
from dechaff_cli.formats.markdown import Markdown, verdict
from dechaff_cli.results import Checked, gather
from dechaff_cli.terminal import note, put, safe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from dechaff_cli.baseline import Baseline
    from dechaff_cli.calls import Call
    from dechaff_cli.corpus import Source
    from dechaff_cli.task import Outcome

_SUMMARY = 900_000  # bytes: GitHub drops the summary of a step that is longer than 1,024 KiB, whole
_CUT = "\n\n(cut: the summary of a step has a limit)\n"


class Sink:
    """Where the lines of a result go: to standard output as they come, or to a file that is there whole or not at all."""

    def __init__(self, file: Path | None) -> None:
        """Begin.

        Args:
            file: The file; None for standard output.
        """
        self._file = file
        self._open = ExitStack()
        self._kept = None if file is None else self._open.enter_context(TemporaryFile())  # noqa: SIM115  the stack closes it

    def __enter__(self) -> Self:
        """Take lines from here on."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Write the file, unless something went wrong."""
        with self._open:
            if self._kept is not None and self._file is not None and error is None:
                self._kept.seek(0)
                work.write_file(self._file, self._kept.read())

    def put(self, line: str) -> None:
        """Take a line."""
        if self._kept is None:
            put(line)
        else:
            self._kept.write(line.encode("utf-8", "backslashreplace") + b"\n")


class Shown(NamedTuple):
    """How a check is shown."""

    form: str
    output: Path | None = None
    """A file for the results; standard output if None."""
    quiet: bool = False
    """Say nothing on standard error."""
    statistics: bool = False
    """Say there how often each rule found something."""


def check(asked: Call, shown: Shown, baseline: Baseline | None) -> Totals:
    """Check files, show the results, and return what it comes to.

    Args:
        asked: The call.
        shown: The form of the results, and where they go.
        baseline: Findings to let pass.

    Raises:
        DechaffError: The results cannot be written.
    """
    form = named(shown.form)
    summary = Markdown()
    totals = Totals()
    found = Counter[str]()
    with Sink(shown.output) as sink:
        for file in files(asked, shown, baseline, totals):
            for line in form.add(file):
                sink.put(line)
            list(summary.add(file))
            found.update(finding.rule for result in file.results for finding in result.findings)
        if baseline is not None:
            totals.unused = [str(entry) for entry in baseline.unused()]
        placed = [(place(Path(path), shown.form, os.environ), message) for path, message in totals.errors]
        for line in form.finish(replace(totals, errors=placed)):
            sink.put(line)
    add_to_step("\n".join(summary.finish(totals)) + "\n")
    if shown.statistics:
        for code in filter(found.__contains__, RULES):
            note(f"{found[code]:>8,}  {code} {RULES[code].name}")
    if not shown.quiet:
        _say(totals)
    return totals


def files(asked: Call, shown: Shown, baseline: Baseline | None, totals: Totals) -> Iterator[Checked]:
    """Yield each file with its results, and count it.

    Raises:
        CorpusError: The results would be written over one of the files.
    """
    for outcome, source in work.each(asked, totals.errors, shown.output, keep_text=True, quiet=shown.quiet):
        file = checked(asked, outcome, source, shown.form, baseline)
        totals.files += 1
        totals.touched += bool(file.results)
        totals.failed += file.failed
        totals.findings += sum(len(result.findings) for result in file.results)
        totals.known += file.known
        yield file


def checked(asked: Call, outcome: Outcome, source: Source, name: str, baseline: Baseline | None) -> Checked:
    """Return a file with its results."""
    report = outcome.report
    policy = asked.configs.policy(source.path, report.site)
    path = Path(source.shown)
    lines = text_of(outcome.text, report.findings).split("\n") if report.findings else []
    rules = asked.configs.treatment(source.path, report.site).rules
    new = report.findings if baseline is None else baseline.new(path, report.findings, lines, rules)
    shown = source.shown if source.url else place(path, name, os.environ)
    results = gather(shown, new, lines, policy.levels())
    return Checked(safe(shown), shown, report, results, policy.exceeded(report, new), len(report.findings) - len(new))


def _say(totals: Totals) -> None:
    """Say on standard error what a check comes to."""
    note(verdict(totals))
    if totals.unused:
        note(f"The baseline has {len(totals.unused):,} more than is there now; `dechaff baseline prune` takes it out.")


def add_to_step(text: str) -> None:
    """Add Markdown to the summary of a GitHub job's step, if there is one, within what its limit leaves."""
    if not (name := os.environ.get("GITHUB_STEP_SUMMARY")):
        return
    file = Path(name)
    try:
        room = _SUMMARY - (file.stat().st_size if file.exists() else 0)
        data = text.encode("utf-8", "backslashreplace")
        if len(data) > room:
            data = data[: max(room - len(_CUT), 0)].rpartition(b"\n")[0] + _CUT.encode()
        with file.open("ab") as summary:
            summary.write(data if room > len(_CUT) else b"")
    except OSError as error:
        note(f"dechaff: the summary {safe(name)} cannot be written: {error.strerror}")
