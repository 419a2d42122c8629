"""The changes of some files as plain markup, for readers without script: all that is known without the clean copies."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from dechaff import RULES
from dechaff_cli.html.visible import LINE, fit, pair, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dechaff import FileReport, Finding
    from dechaff.rules import Effect

_PLACES = 8  # line or column numbers listed before they are only counted
_INLINE = 80  # code points of a repair that still fit beside one another

SIGNS: dict[Effect, tuple[str, str]] = {
    "remove": ("\N{MINUS SIGN}", "removed"),
    "repair": ("~", "repaired"),
    "report": ("i", "reported"),
}
"""Sign and word for each effect: no colour has to tell them apart."""


class _Row(NamedTuple):
    """A line of a file's table."""

    line: int | None
    """None for the further lines of a removal: only its beginning is on record."""
    text: Markup


class _Group(NamedTuple):
    """Rows with the same rule and evidence."""

    code: str
    note: Markup
    rows: list[_Row]


class _Block(NamedTuple):
    """Groups that read as one: a run of removed lines, or repairs of one kind."""

    effect: Effect
    groups: list[_Group]


class _Remark(NamedTuple):
    """What decoding remarked, once for all lines it remarked it on."""

    code: str
    note: Markup
    lines: str


class _Blank(NamedTuple):
    """All that one rule did to a file's blank lines."""

    code: str
    effect: Effect
    text: str
    lines: str


class File(NamedTuple):
    """One file as the page shows it."""

    anchor: str
    report: FileReport
    share: float
    counts: list[tuple[str, str, int]]
    """Sign, words and figure of each kind of change that was made."""
    remarks: list[_Remark]
    blocks: list[_Block]
    blanks: list[_Blank]


def effect_of(finding: Finding) -> Effect:
    """Return what the rule does; of a rule that this version does not have, what it did."""
    if finding.rule in RULES:
        return RULES[finding.rule].effect
    if finding.new:
        return "repair"
    return "remove" if finding.old else "report"


def share(before: int, after: int) -> float:
    """Return how much is gone; a text that grew has lost nothing."""
    return max(0.0, 1 - after / before) if before else 0.0


def of_file(anchor: str, report: FileReport) -> File:
    """Return a file as the page shows it."""
    remarks = [finding for finding in report.findings if finding.rule.startswith("DEC")]
    blanks = [finding for finding in report.findings if _is_blank(finding)]
    others = [finding for finding in report.findings if not _is_blank(finding) and not finding.rule.startswith("DEC")]
    kinds = Counter(map(effect_of, others))
    kinds["repair"] += len(remarks)
    counts = [(*SIGNS[effect], kinds[effect]) for effect in SIGNS if kinds[effect]]
    if blank := sum(_height(finding) for finding in blanks if not finding.new):
        counts.append(("\N{MINUS SIGN}", f"blank line{'s' * (blank > 1)}", blank))
    return File(
        anchor,
        report,
        share(report.characters_in, report.characters_out),
        counts,
        list(_remarks(remarks)),
        _blocks(others),
        list(_blanks(blanks)),
    )


def _is_blank(finding: Finding) -> bool:
    return finding.rule.startswith("BLK")


def _height(finding: Finding) -> int:
    """Return how many lines a removal took; white space after the last line feed is a line too."""
    return max(finding.old.count("\n"), 1)


def _remarks(findings: Iterable[Finding]) -> Iterator[_Remark]:
    lines = defaultdict[tuple[str, str], list[int]](list)
    for finding in findings:
        lines[finding.rule, finding.note].append(finding.line)
    for (code, note), where in lines.items():
        yield _Remark(code, visible(note), "" if where == [1] else _places("line", where))


def _blanks(findings: Iterable[Finding]) -> Iterator[_Blank]:
    """Yield one row for what was removed and one for what was added: blank lines are many, and all alike."""
    of_rule: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        of_rule[finding.rule].append(finding)
    for code, found in sorted(of_rule.items()):
        effect = effect_of(found[0])
        height = sum(map(_height, found))
        text = f"{height:,} blank line{'s' * (height > 1)}" if effect == "remove" else found[0].note
        yield _Blank(code, effect, text, _places("line", [finding.line for finding in found]))


def _places(what: str, numbers: Sequence[int]) -> str:
    """Return words for where something is: each number once, the last of many only counted."""
    once = sorted(set(numbers))
    more = f" and {len(once) - _PLACES:,} more" if len(once) > _PLACES else ""
    return f"{what}{'s' * (len(once) > 1)} {', '.join(map(str, once[:_PLACES]))}{more}"


def _blocks(findings: Iterable[Finding]) -> list[_Block]:
    """Return the changes in the order of the user's lines, those that read as one together."""
    blocks: list[_Block] = []
    end = 0  # line below the last change
    last: tuple[str, str] | None = None
    for (line, code, note), same in groupby(findings, key=lambda finding: (finding.line, finding.rule, finding.note)):
        found = list(same)
        effect = effect_of(found[0])
        alike = last == (code, note)
        if not blocks or blocks[-1].effect != effect or not (line <= end or (alike and effect != "remove")):
            blocks.append(_Block(effect, []))
            alike = False
        rows = list(_rows(found, effect))
        if alike:
            blocks[-1].groups[-1].rows.extend(rows)
        else:
            # a report has nothing but its evidence, which stands where others have their text
            blocks[-1].groups.append(_Group(code, visible(note if effect != "report" else ""), rows))
        end, last = line + (_height(found[-1]) if effect == "remove" else 1), (code, note)
    return blocks


def _rows(findings: Sequence[Finding], effect: Effect) -> Iterator[_Row]:
    """Yield the rows of changes that share line, rule and evidence."""
    if effect == "repair":
        yield _Row(findings[0].line, _repairs(findings))
        return
    for finding in findings:
        if effect == "report":
            yield _Row(finding.line, visible(finding.note))
            continue
        first, *others = finding.old.removesuffix("\n").split("\n")
        from_column = Markup(" <small>from column {}</small>").format(finding.column) if finding.column > 1 else ""
        yield _Row(finding.line, _removed(first) + from_column)
        yield from (_Row(None, _removed(line)) for line in others)


def _removed(line: str) -> Markup:
    return Markup("<del><bdi>{}</bdi></del>").format(fit(line, *LINE)) if line.strip() else Markup('<i class="none">blank</i>')


def _repairs(findings: Sequence[Finding]) -> Markup:
    """Return all repairs of a line by one rule, each different one once, with its columns."""
    columns = defaultdict[tuple[str, str], list[int]](list)
    for finding in findings:
        columns[finding.old, finding.new].append(finding.column)
    return Markup(" ").join(
        Markup('<span class="{}">{} <span class="to">\N{RIGHTWARDS ARROW}</span> {} <small>{}{}</small></span>').format(
            "pair" if len(old) + len(new) <= _INLINE else "pair long",
            *pair(old, new),
            f"{len(where)} times, " if len(where) > 1 else "",
            _places("column", where),
        )
        for (old, new), where in columns.items()
    )
