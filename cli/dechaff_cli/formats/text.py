"""Findings as lines of text: `path:line:column: CODE name`, one a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dechaff import RULES
from dechaff_cli.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dechaff import FileReport


def findings(report: FileReport, shown: str) -> Iterator[str]:
    """Yield a line for each finding of a file.

    Args:
        report: The file.
        shown: Its path as the user named it.
    """
    for finding in report.findings:
        yield f"{safe(shown)}:{finding.line}:{finding.column}: {finding.rule} {RULES[finding.rule].name}: {safe(finding.note)}"
