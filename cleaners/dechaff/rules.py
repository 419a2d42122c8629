"""The rules: what each finds, why, and the examples that prove it. They live in `data/rules/<stage>.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache
from hashlib import sha256
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, get_args

from dechaff.errors import RuleTableError, UnknownRuleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Effect = Literal["repair", "remove", "report"]
"""What a rule does. **repair** changes characters and drops no word, **remove** only deletes, **report** changes nothing."""

Context = Literal["anywhere", "company", "head", "reference", "step"]
"""Where a pattern may act. **anywhere**: on its own; **company**: beside other chrome or at an edge of the page; **head**: before
anything else on the page, or beside other chrome after everything else; **reference**: right below a reference or beside what acts
anywhere; **step**: as company, but it is company to others only at the head of a page."""

STAGES = ("decoding", "encoding", "characters", "language", "chrome", "repetition", "line_model", "footers", "blank_lines")
"""The stages in the order they run; a rule table has the name of its stage."""

_CODE = re.compile(r"[A-Z]{3}[0-9]{3}")
_FORMS = (
    ("code", _CODE, "must be three capital letters and three digits"),
    ("name", re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*"), "must be lower-case words joined by hyphens"),
)


@dataclass(frozen=True, slots=True)
class Example:
    """A text that the rule changes, and what comes out of the whole pipeline."""

    dirty: str
    clean: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of chaff."""

    code: str
    """Three letters for the stage and three digits; never used again once dropped."""
    name: str
    """The chaff, not the cure; reads well after "allow"."""
    stage: str
    effect: Effect
    why: str
    """One sentence for the user."""
    source: str
    """Where the chaff was seen, or the publication."""
    since: str
    """The first version that has the rule."""
    examples: tuple[Example, ...]
    keeps: tuple[str, ...]
    """Look-alikes that the whole pipeline must leave as they are; at least one."""
    patterns: tuple[str, ...] = ()
    """RE2 patterns; one of them must match a whole bare line, whatever its case. Empty when code finds the chaff."""
    unless: tuple[str, ...] = ()
    """RE2 patterns that veto."""
    longest: int = 160
    """Code points that a line the patterns match may have."""
    context: Context = "anywhere"
    removed: str | None = None
    """The version that dropped the rule."""


def is_code(text: str) -> bool:
    """Return whether a text can be the code of a rule; what a forged report calls one need not be."""
    return _CODE.fullmatch(text) is not None


def find(code: str) -> Rule:
    """Return the rule of a code; of one that is not known here, what its code tells: one like ours, or else a rule of somebody's own.

    Reports outlive the configurations and versions they were made with.
    """
    if code in RULES:
        return RULES[code]
    like = next((rule for rule in RULES.values() if rule.code[:3] == code[:3]), None)
    stage, effect = (like.stage, like.effect) if like else ("chrome", "remove")
    return Rule(
        code, "not-known-here", stage, effect, "A rule that is not in force here: of another version or configuration.", "", "", (), ()
    )


def select(codes: Iterable[str], ignored: Iterable[str] = ()) -> frozenset[str]:
    """Return the codes of the rules that a selection names.

    Args:
        codes: Codes, prefixes of codes, names, or names of stages; nothing stands for all rules.
        ignored: The same, taken away.

    Raises:
        UnknownRuleError: A word names no rule.

    >>> sorted(select(["blank_lines"]))
    ['BLK001', 'BLK002', 'BLK003']
    """
    chosen = frozenset[str]().union(*map(_named, codes)) if (codes := tuple(codes)) else frozenset(RULES)
    return chosen.difference(*map(_named, ignored))


def _named(word: str) -> frozenset[str]:
    found = frozenset(
        rule.code
        for rule in RULES.values()
        if word in {rule.stage, rule.stage.replace("_", "-"), rule.name} or rule.code.startswith(word.upper())
    )
    if not found or not word:
        known = [*STAGES, *RULES, *(rule.name for rule in RULES.values())]
        near = get_close_matches(word.lower(), known, 1) or get_close_matches(word.upper(), known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        message = f"no rule, prefix or stage is called {word!r}{hint}; `dechaff rules` lists them all"
        raise UnknownRuleError(message)
    return found


@cache
def digest() -> str:
    """Return the SHA-256 of all data that decides what is found, as hexadecimal digits."""
    total = sha256()
    data = resources.files("dechaff").joinpath("data")
    for table in (
        "guards.toml",
        "languages.toml",
        "footer_phrases.toml",
        "autonyms.txt",
        "language_model.npz",
        "line_model.bin",
        "line_model.json",
        *(f"rules/{stage}.toml" for stage in STAGES),
    ):
        total.update(data.joinpath(table).read_bytes())
    return total.hexdigest()


def parse(text: str, stage: str, where: str) -> list[Rule]:
    """Return the rules of one table.

    Args:
        text: TOML with an array `rule`.
        stage: The stage that the table belongs to.
        where: Name of the table, for messages.

    Raises:
        RuleTableError: The table is not valid TOML, or a block lacks a key, has an unknown one or a wrong value.
    """
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        message = f"{where}: not valid TOML: {error}"
        raise RuleTableError(message) from error
    if unknown := set(table) - {"rule"}:
        message = f"{where}: unknown table {min(unknown)!r}; every block begins with [[rule]]"
        raise RuleTableError(message)
    blocks = table.get("rule", [])
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        message = f"{where}: rule: must be blocks that begin with [[rule]]"
        raise RuleTableError(message)
    return [from_block(block, stage, where) for block in blocks]


_KEYS = frozenset(field.name for field in fields(Rule)) - {"stage"}
_LISTS = ("keeps", "patterns", "unless")
_NEEDED = ("code", "name", "effect", "why", "source", "since", "examples", "keeps")


def from_block(block: Mapping[str, Any], stage: str, where: str) -> Rule:
    """Return the rule of one block of a table.

    Args:
        block: Its keys.
        stage: The stage that the table belongs to.
        where: Name of the table, for messages.

    Raises:
        RuleTableError: The block lacks a key, has an unknown one or a wrong value.
    """
    for key, what in _faults(block):
        message = f"{where}: rule {block.get('code', '?')}: {key}: {what}"
        raise RuleTableError(message)
    lists = {key: tuple(block.get(key, ())) for key in _LISTS}
    examples = tuple(Example(example["dirty"], example["clean"]) for example in block["examples"])
    return Rule(**{**block, **lists, "examples": examples, "stage": stage})


def _faults(block: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a block: the key, and what to do about it."""
    for key in block:
        if key not in _KEYS:
            near = get_close_matches(key, _KEYS, 1)
            yield key, f"unknown key{f'; did you mean {near[0]!r}?' if near else ''}"
    yield from ((key, wrong) for key, value in block.items() if (wrong := _wrong_kind(key, value)))
    for key in _NEEDED:
        if not block.get(key):
            yield key, "at least one look-alike must survive" if key == "keeps" else "is missing or empty"
    for key, form, what in _FORMS:
        if not form.fullmatch(block[key]):
            yield key, what
    for key, values in (("effect", get_args(Effect)), ("context", get_args(Context))):
        if block.get(key, values[0]) not in values:
            yield key, f"must be one of {', '.join(values)}"
    if any(set(example) != {"dirty", "clean"} for example in block["examples"]):
        yield "examples", "each has the keys dirty and clean"


def _wrong_kind(key: str, value: object) -> str:
    if key in _LISTS:
        return "" if isinstance(value, list) and all(isinstance(text, str) for text in value) else "must be a list of strings"
    if key == "examples":
        tables = isinstance(value, list) and all(isinstance(table, dict) and all(map(_is_text, table.values())) for table in value)
        return "" if tables else "must be a list of tables"
    if key == "longest":
        return "" if isinstance(value, int) and not isinstance(value, bool) else "must be a number"
    return "" if _is_text(value) else "must be a string"


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _load() -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    tables = resources.files("dechaff").joinpath("data", "rules")
    for stage in STAGES:
        name = f"{stage}.toml"
        for rule in parse(tables.joinpath(name).read_text(encoding="utf-8"), stage, name):
            if rule.code in rules:
                message = f"{name}: rule {rule.code}: code: already used in {rules[rule.code].stage}.toml"
                raise RuleTableError(message)
            rules[rule.code] = rule
    return {code: rule for code, rule in rules.items() if rule.removed is None}


_table = _load()

RULES: Mapping[str, Rule] = MappingProxyType(_table)
"""Every rule in force by its code, in the order of the stages."""


def extend(own: Iterable[Rule]) -> None:
    """Put rules of the user's own beside ours, for this process: they are selected, applied, explained and reported like any other.

    Args:
        own: Rules by pattern; the same rule may be given again.

    Raises:
        RuleTableError: A code or name is taken, or a rule does not remove lines by pattern.
    """
    for rule in own:
        if RULES.get(rule.code) == rule:
            continue
        for other in RULES.values():
            if rule.code == other.code or rule.name == other.name:
                message = f"rule {rule.code} {rule.name}: {other.code} {other.name} is there already; choose another code and name"
                raise RuleTableError(message)
        if rule.effect != "remove" or rule.stage != "chrome" or not rule.patterns:
            message = f"rule {rule.code} {rule.name}: a rule of your own has the effect 'remove' and at least one pattern"
            raise RuleTableError(message)
        _table[rule.code] = rule
    ordered = sorted(_table.items(), key=lambda pair: STAGES.index(pair[1].stage))
    _table.clear()
    _table.update(ordered)
