"""What fails a check: any change, a selection of rules, or a file that changes more than its budget."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dechaff import RULES
from dechaff.errors import DechaffError
from dechaff_cli.results import last_line
from dechaff_cli.words import several

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dechaff import FileReport, Finding
    from dechaff_cli.results import Level

_BUDGET = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(%?)")


class PolicyError(DechaffError):
    """A budget is not one."""


class Budget(NamedTuple):
    """How much may change: a share, or a count."""

    most: float
    """A share in [0, 1], or a number of lines or characters."""
    is_share: bool

    @classmethod
    def parse(cls, text: str | float, counted: str = "lines") -> Budget:
        """Return the budget that a user wrote: "30%" for a share, 30 for a count.

        Args:
            text: As it was written.
            counted: What a count is of.

        Raises:
            PolicyError: It is neither.

        >>> Budget.parse("30%")
        Budget(most=0.3, is_share=True)
        >>> Budget.parse(12)
        Budget(most=12.0, is_share=False)
        """
        match = _BUDGET.fullmatch(str(text).strip())
        if match is None or (match[2] and float(match[1]) > 100) or (not match[2] and "." in match[1]):
            message = f"{text!r} is no budget: write a share such as 30%, or a number of {counted} such as 30"
            raise PolicyError(message)
        return cls(float(match[1]) / 100, is_share=True) if match[2] else cls(float(match[1]), is_share=False)

    def __str__(self) -> str:
        """Return it as a user writes it."""
        return f"{100 * self.most:g}%" if self.is_share else f"{self.most:g}"


class Policy(NamedTuple):
    """When a file fails."""

    fail_on: frozenset[str] | None = None
    """Rules whose findings fail it; None stands for all that would change it, or for none if it has a budget."""
    max_removed: Budget | None = None
    """A share of its characters, or lines."""
    max_damaged: Budget | None = None
    """A share of its lines, or lines: those that a repair touches."""

    def levels(self) -> dict[str, Level]:
        """Return how bad a finding of each rule is by itself."""
        return {code: self._level(code) for code in RULES}

    def _level(self, code: str) -> Level:
        if self.fail_on is not None and code in self.fail_on:
            return "error"
        if RULES[code].effect == "report":
            return "note"
        return "error" if self.fail_on is None and self.max_removed is None and self.max_damaged is None else "warning"

    def exceeded(self, report: FileReport, findings: Iterable[Finding]) -> tuple[str, ...]:
        """Return which budgets the findings of a file exceed, in words."""
        removed: list[Finding] = []
        damaged = set[int]()
        for finding in findings:
            effect = RULES[finding.rule].effect
            if effect == "remove":
                removed.append(finding)
            elif effect == "repair":
                damaged.update(range(finding.line, last_line(finding) + 1))
        words = []
        if self.max_removed is not None:
            gone = sum(len(finding.old) - len(finding.new) for finding in removed)
            lines = sum(last_line(finding) - finding.line + 1 for finding in removed if finding.old)
            words += _over(self.max_removed, gone, report.characters_in, lines, "characters removed")
        if self.max_damaged is not None:
            words += _over(self.max_damaged, len(damaged), report.lines_in, len(damaged), "lines damaged")
        return tuple(words)


def _over(budget: Budget, part: int, whole: int, lines: int, what: str) -> list[str]:
    if budget.is_share:
        share = part / whole if whole else 0.0
        return [f"{100 * share:.1f}% of the {what}, more than {budget}"] if share > budget.most else []
    return [f"{several(lines, 'line')} {what.rsplit(maxsplit=1)[-1]}, more than {budget}"] if lines > budget.most else []
