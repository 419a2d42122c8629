"""The page of a report: one file that opens from disk, runs no script and shows corpus text as nothing but text."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter, defaultdict
from functools import cache
from hashlib import sha256
from importlib import resources
from itertools import groupby, takewhile
from statistics import median
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import category, normalize

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from dechaff import RULES, __version__
from dechaff.rules import digest
from dechaff_cli.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from dechaff import FileReport, Finding
    from dechaff.rules import Effect
    from dechaff_cli.formats.summary import Summary

_OPEN = 5  # files whose changes are unfolded from the start; more would bury the list of files
_TOP = 10  # most frequent removed lines
_ERRORS = 200  # files listed as not cleaned: a whole folder without permissions must not swamp the page
_PLACES = 8  # line or column numbers listed before they are only counted
_INLINE = 80  # code points of a repair that still fit beside one another
_BINS = 10

_LINE = (400, 100)  # code points kept at either end of a line that is too long
_BEFORE, _AFTER = (40, 60), (60, 40)  # the same for what stands unchanged beside a repair


class _Bar(NamedTuple):
    """A bar of the histogram, in units of its drawing."""

    x: int
    y: float
    height: float
    files: int


class _Rule(NamedTuple):
    """A row of the rule table."""

    code: str
    name: str
    effect: Effect
    why: str
    findings: int
    files: int
    width: str
    """Of its bar, in hundredths of the longest."""
    often: Markup | None
    """The line that it removed most often, if any more than once."""
    often_count: int


class _Top(NamedTuple):
    """One of the most frequent removed lines."""

    line: Markup
    times: int
    files: int
    code: str


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


class _File(NamedTuple):
    """One file as the page shows it."""

    anchor: str
    report: FileReport
    share: float
    counts: list[tuple[str, str, int]]
    """Sign, words and figure of each kind of change that was made."""
    remarks: list[_Remark]
    blocks: list[_Block]
    blanks: list[_Blank]


def render(summary: Summary, shown: Sequence[FileReport], left_out: int) -> str:
    """Return the page; the same for the same run, whenever and wherever it is made.

    Args:
        summary: The figures of the whole run.
        shown: Files whose findings are shown in full. Those that failed are passed over: the summary has them.
        left_out: How many files with findings are not among them.
    """
    read = [report for report in shown if report.error is None]
    files = [_file(f"file-{number}", report) for number, report in enumerate(read, 1)]
    anchors = {file.report.path: file.anchor for file in files}
    changed = [file.share for file in files if file.report.sha256_in != file.report.sha256_out]
    tally = _Tally(read)
    style = resources.files(__name__).joinpath("style.css").read_text(encoding="utf-8")
    page = _environment().get_template("page.html.jinja")
    return page.render(
        version=__version__,
        digest=digest(),
        style=style,
        style_hash=b64encode(sha256(style.encode("utf-8")).digest()).decode("ascii"),
        summary=summary,
        totals=[(what, before, after, _share(before, after)) for what, before, after in summary.totals()[1:]],
        errors=summary.errors[:_ERRORS],
        more_errors=len(summary.errors[_ERRORS:]),
        stages=[(stage, list(rules)) for stage, rules in groupby(_rules(summary, tally), key=lambda rule: RULES[rule.code].stage)],
        linked=frozenset(code for code, _, _ in summary.by_rule()),
        encodings=sorted(summary.encodings.items(), key=lambda pair: (-pair[1], pair[0])),
        worst=[(share, path, before, after, anchors.get(path)) for share, path, before, after in summary.worst()],
        top=tally.top(),
        bars=_histogram(changed),
        changed=len(changed),
        middle=median(changed) if changed else 0.0,
        files=files,
        left_out=left_out,
        unfold=len(files) <= _OPEN,
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("dechaff_cli", "html"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"visible": _visible, "figure": "{:,}".format, "percent": _percent, "hundredths": _hundredths}
    environment.globals["name"] = _name
    environment.globals["sign"] = _SIGNS
    return environment


_SIGNS: dict[Effect, tuple[str, str]] = {"remove": ("\N{MINUS SIGN}", "removed"), "repair": ("~", "repaired"), "report": ("i", "reported")}


def _name(code: str) -> str:
    return RULES[code].name if code in RULES else ""


def _effect(finding: Finding) -> Effect:
    """Return what the rule does; of a rule that this version does not have, what it did."""
    if finding.rule in RULES:
        return RULES[finding.rule].effect
    if finding.new:
        return "repair"
    return "remove" if finding.old else "report"


def _share(before: int, after: int) -> float:
    """Return how much is gone; a text that grew has lost nothing."""
    return max(0.0, 1 - after / before) if before else 0.0


def _percent(share: float) -> str:
    return f"{_hundredths(share)}\N{NO-BREAK SPACE}%"


def _hundredths(share: float) -> str:
    return f"{100 * share:.1f}"


class _Tally:
    """Which lines were removed how often, over all files that are shown."""

    def __init__(self, reports: Iterable[FileReport]) -> None:
        self._count = Counter[tuple[str, str]]()
        self._files = Counter[tuple[str, str]]()
        self._most: dict[str, tuple[str, int]] = {}
        for report in reports:
            here = Counter(
                (line.strip(), finding.rule)
                for finding in report.findings
                if _effect(finding) == "remove" and not _is_blank(finding)
                for line in finding.old.split("\n")
                if line.strip()
            )
            self._count.update(here)
            self._files.update(here.keys())
        self._sorted = sorted(self._count, key=lambda key: (-self._count[key], -self._files[key], key))
        for line, code in self._sorted:
            self._most.setdefault(code, (line, self._count[line, code]))

    def top(self) -> list[_Top]:
        """Return the lines removed most often; one that was removed but once says nothing about the corpus."""
        keys = [key for key in self._sorted[:_TOP] if self._count[key] > 1]
        return [_Top(_fit(key[0], *_LINE), self._count[key], self._files[key], key[1]) for key in keys]

    def most(self, code: str) -> tuple[Markup | None, int]:
        """Return the line that a rule removed most often, and how often."""
        line, count = self._most.get(code, ("", 0))
        return (_fit(line, 60, 20), count) if count > 1 else (None, 0)


def _rules(summary: Summary, tally: _Tally) -> list[_Rule]:
    rows = summary.by_rule()
    most = max((count for _, count, _ in rows), default=1)
    return [
        _Rule(code, RULES[code].name, RULES[code].effect, RULES[code].why, count, files, _hundredths(count / most), *tally.most(code))
        for code, count, files in rows
    ]


def _histogram(shares: Sequence[float]) -> list[_Bar]:
    counts = Counter(min(int(share * _BINS), _BINS - 1) for share in shares)
    most = max(counts.values(), default=1)
    # the drawing is 400 by 150, its base line at 120
    return [_Bar(12 + 38 * i, round(120 - 92 * counts[i] / most, 1), round(92 * counts[i] / most, 1), counts[i]) for i in range(_BINS)]


def _file(anchor: str, report: FileReport) -> _File:
    remarks = [finding for finding in report.findings if finding.rule.startswith("DEC")]
    blanks = [finding for finding in report.findings if _is_blank(finding)]
    others = [finding for finding in report.findings if not _is_blank(finding) and not finding.rule.startswith("DEC")]
    kinds = Counter(map(_effect, others))
    kinds["repair"] += len(remarks)
    counts = [(*_SIGNS[effect], kinds[effect]) for effect in _SIGNS if kinds[effect]]
    if blank := sum(_height(finding) for finding in blanks if not finding.new):
        counts.append(("\N{MINUS SIGN}", f"blank line{'s' * (blank > 1)}", blank))
    return _File(
        anchor,
        report,
        _share(report.characters_in, report.characters_out),
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
        yield _Remark(code, _visible(note), "" if where == [1] else _places("line", where))


def _blanks(findings: Iterable[Finding]) -> Iterator[_Blank]:
    """Yield one row for what was removed and one for what was added: blank lines are many, and all alike."""
    of_rule: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        of_rule[finding.rule].append(finding)
    for code, found in sorted(of_rule.items()):
        effect = _effect(found[0])
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
        effect = _effect(found[0])
        alike = last == (code, note)
        if not blocks or blocks[-1].effect != effect or not (line <= end or (alike and effect != "remove")):
            blocks.append(_Block(effect, []))
            alike = False
        rows = list(_rows(found, effect))
        if alike:
            blocks[-1].groups[-1].rows.extend(rows)
        else:
            # a report has nothing but its evidence, which stands where others have their text
            blocks[-1].groups.append(_Group(code, _visible(note if effect != "report" else ""), rows))
        end, last = line + (_height(found[-1]) if effect == "remove" else 1), (code, note)
    return blocks


def _rows(findings: Sequence[Finding], effect: Effect) -> Iterator[_Row]:
    """Yield the rows of changes that share line, rule and evidence."""
    if effect == "repair":
        yield _Row(findings[0].line, _repairs(findings))
        return
    for finding in findings:
        if effect == "report":
            yield _Row(finding.line, _visible(finding.note))
            continue
        first, *others = finding.old.removesuffix("\n").split("\n")
        from_column = Markup(" <small>from column {}</small>").format(finding.column) if finding.column > 1 else ""
        yield _Row(finding.line, _removed(first) + from_column)
        yield from (_Row(None, _removed(line)) for line in others)


def _removed(line: str) -> Markup:
    return Markup("<del><bdi>{}</bdi></del>").format(_fit(line, *_LINE)) if line.strip() else Markup('<i class="none">blank</i>')


def _repairs(findings: Sequence[Finding]) -> Markup:
    """Return all repairs of a line by one rule, each different one once, with its columns."""
    columns = defaultdict[tuple[str, str], list[int]](list)
    for finding in findings:
        columns[finding.old, finding.new].append(finding.column)
    return Markup(" ").join(
        Markup('<span class="{}">{} <span class="to">\N{RIGHTWARDS ARROW}</span> {} <small>{}{}</small></span>').format(
            "pair" if len(old) + len(new) <= _INLINE else "pair long",
            *_pair(old, new),
            f"{len(where)} times, " if len(where) > 1 else "",
            _places("column", where),
        )
        for (old, new), where in columns.items()
    )


def _pair(old: str, new: str) -> tuple[Markup, Markup]:
    """Return both forms of a repaired text, with the part that differs set off and nothing in it invisible."""
    head = _alike(old, new)
    tail = _alike(reversed(old[head:]), reversed(new[head:]))
    composed = normalize("NFC", old) == normalize("NFC", new)

    def form(text: str, *, before: bool) -> Markup:
        part = text[head : len(text) - tail]
        changed = _code_all if composed and before else _code_odd
        if not text:
            return Markup('<i class="none">nothing</i>')
        return Markup("<bdi>{}<b>{}</b>{}</bdi>").format(
            _fit(text[:head], *_BEFORE),
            Markup('<i class="none">space</i>') if part == " " else _fit(part, *_LINE, changed),
            _fit(text[len(text) - tail :], *_AFTER),
        )

    return Markup("<del>{}</del>").format(form(old, before=True)), Markup("<ins>{}</ins>").format(form(new, before=False))


def _alike(one: Iterable[str], other: Iterable[str]) -> int:
    """Return how many characters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _fit(text: str, head: int, tail: int, show: Callable[[str], Markup] | None = None) -> Markup:
    """Return text for the page; of one that is more than a fifth too long, both ends and how much is left out between them."""
    show = show or _visible
    if 5 * len(text) <= 6 * (head + tail):
        return show(text)
    return Markup('{}<span class="cut">\u2026 {:,} characters left out \u2026</span>{}').format(
        show(text[:head]), len(text) - head - tail, show(text[-tail:])
    )


def _visible(text: str) -> Markup:
    """Return text for the page, with what is invisible or dangerous as escapes that cannot be taken for text."""
    return escape(text) if safe(text) == text else _coded(text, lambda character: safe(character) != character)


def _code_odd(text: str) -> Markup:
    """Return text for the page, with escapes for all that shows nothing by itself, such as odd spaces and an accent without a letter."""
    lone = text if category(text[:1] or " ").startswith("M") else ""
    return _coded(text, lambda character: (character != " " and category(character)[0] in "CZ") or character == lone[:1])


def _code_all(text: str) -> Markup:
    """Return text for the page, with escapes for all but ASCII: what looks the same before and after is told apart by its codes."""
    return _coded(text, lambda character: not character.isascii() or not character.isprintable())


def _coded(text: str, odd: Callable[[str], bool]) -> Markup:
    parts = ((coded, "".join(part)) for coded, part in groupby(text, odd))
    return Markup().join(
        Markup('<i class="code">{}</i>').format(part.encode("unicode_escape").decode("ascii")) if coded else escape(safe(part))
        for coded, part in parts
    )
