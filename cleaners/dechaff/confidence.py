"""How sure a removal is: the model's own score for the lines it takes, for all others how often their rule was right on labelled pages."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from dechaff.line_model import RULE
from dechaff.rules import RULES

if TYPE_CHECKING:
    from dechaff.report import Finding

_SCORE = re.compile(r"score (\d\.\d{3})")
_SCORE_ENDS = len("score 0.000")
_PRIOR = (20, 19)
"""Lines, and chrome among them, that every rule is credited with beforehand: a rule that was right once is not yet right always.
All rules together were right on 31,749 of 32,263 lines, 98.4 %; one in twenty wrong is the more careful guess for one hardly seen."""


def confidence(finding: Finding) -> float | None:
    """Return how likely the text that a finding removed is chrome, from 0 to 1; None for blank lines and for what removes nothing."""
    if finding.new or not finding.old or finding.old.isspace():
        return None
    return _chance(finding.rule, finding.note[:_SCORE_ENDS] if finding.rule == RULE else finding.note)


@lru_cache(maxsize=1 << 14)  # every view of a file asks again; of the scores there are a thousand
def _chance(rule: str, note: str) -> float | None:
    if rule in RULES and RULES[rule].effect != "remove":
        return None
    if rule == RULE and (score := _SCORE.match(note)):
        return round(1 - float(score[1]), 3)
    lines, chrome = measured().get(kind(rule, note), (0, 0))
    return round((chrome + _PRIOR[1]) / (lines + _PRIOR[0]), 3)


def kind(rule: str, note: str) -> str:
    """Return what a removal is measured as: its rule; blocks in several languages apart, since lists of names look like them."""
    return f"{rule}-mul" if "; mul, " in note else rule


@cache
def measured() -> dict[str, tuple[int, int]]:
    """Return by kind of removal how many lines went on labelled pages, and how many of them were chrome."""
    table = tomllib.loads(resources.files("dechaff").joinpath("data", "confidence.toml").read_text(encoding="utf-8"))
    return {of: (lines, chrome) for of, (lines, chrome) in table.items()}
