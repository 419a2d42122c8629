"""What a run adds up to, file by file: its figures and its report, which can be taken back for a container that could not be written."""

from __future__ import annotations

from contextlib import contextmanager
from copy import deepcopy
from typing import TYPE_CHECKING

from dechaff import FileReport
from dechaff_cli.corpus import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dechaff_cli.formats.summary import Summary
    from dechaff_cli.report_folder import ReportFolder
    from dechaff_cli.task import Outcome


class Account:
    """The figures of a run and its report, if there is one."""

    def __init__(self, summary: Summary, writing: ReportFolder | None) -> None:
        """Begin with what is known before the first file."""
        self.summary = summary
        self.writing = writing

    def add(self, outcome: Outcome) -> None:
        """Take in one document."""
        self.summary.add(outcome.report)
        if self.writing:
            self.writing.add(outcome)

    def adding(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """Yield outcomes; take each in."""
        for outcome in outcomes:
            self.add(outcome)
            yield outcome

    @contextmanager
    def whole(self, name: str) -> Iterator[None]:
        """Keep what is added meanwhile only if the container it is about is written; otherwise the error takes its place.

        Args:
            name: What reports call the container.
        """
        before = deepcopy(self.summary)
        mark = self.writing.mark() if self.writing else None
        try:
            yield
        except (CorpusError, OSError) as error:
            self.summary = before
            if self.writing and mark is not None:
                self.writing.back_to(mark)
            why = f"cannot be written: {error.strerror}" if isinstance(error, OSError) else str(error)
            self._add_error(name, why)

    def _add_error(self, name: str, why: str) -> None:
        report = FileReport(name, error=why)
        self.summary.add(report)
        if self.writing:
            self.writing.add_report(report)
