r"""Finds the chaff in scraped text, says why, and can undo it to the last byte.

>>> clean("Skip to main content\nRain fell on the hill.\n").text
'Rain fell on the hill.\n'
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from dechaff.allow import Allow
from dechaff.decoding import decode, encode
from dechaff.edits import Document, Edit
from dechaff.errors import DechaffError, ModelError, NotTextError, RestoreError, RuleTableError, UnknownRuleError
from dechaff.language import Languages
from dechaff.pipeline import Cleaned, Pipeline
from dechaff.report import FileReport, Finding, restore
from dechaff.rules import RULES, Rule, select

if TYPE_CHECKING:
    from dechaff.model import Removal

__version__ = "0.1.0"

__all__ = [
    "RULES",
    "Allow",
    "Cleaned",
    "DechaffError",
    "Document",
    "Edit",
    "FileReport",
    "Finding",
    "Languages",
    "ModelError",
    "NotTextError",
    "Pipeline",
    "RestoreError",
    "Rule",
    "RuleTableError",
    "UnknownRuleError",
    "clean",
    "decode",
    "encode",
    "restore",
    "select",
]


def clean(text: str, rules: frozenset[str] | None = None, removal: Removal = "careful") -> Cleaned:
    """Return one text cleaned on its own, with every edit that leads to it.

    Args:
        text: Any text.
        rules: Codes of the rules in force; all of them by default.
        removal: How much may go by the score of the line model alone: "careful", "balanced" or "thorough".
    """
    return _pipeline(frozenset(RULES) if rules is None else rules, removal).clean([Document("", "", text)])[0]


@lru_cache(maxsize=8)
def _pipeline(rules: frozenset[str], removal: Removal) -> Pipeline:
    """Return a pipeline without a corpus, made once for a selection: its patterns take a tenth of a second to compile."""
    return Pipeline(rules, removal=removal)
