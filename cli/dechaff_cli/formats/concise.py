"""One line a finding: `path:line:column: CODE name: evidence`. For eyes, editors and grep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dechaff import RULES
from dechaff_cli.terminal import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dechaff_cli.formats import Totals
    from dechaff_cli.results import Checked

_NOTE = 200  # code points of evidence: it may quote the page


class Concise:
    """Shows each finding as it comes."""

    def add(self, file: Checked) -> Iterator[str]:
        """Yield a line for each finding of a file."""
        findings = [finding for result in file.results for finding in result.findings]
        for finding in sorted(findings, key=lambda one: (one.line, one.column, one.layer, one.start)):
            yield f"{file.path}:{finding.line}:{finding.column}: {finding.rule} {RULES[finding.rule].name}: {clipped(finding.note, _NOTE)}"
        yield from (f"{file.path}: {words}" for words in file.over)

    def finish(self, _totals: Totals) -> Iterator[str]:
        """Yield nothing: what failed stands on standard error."""
        yield from ()


FORMATS = {"concise": Concise}
