"""The keys of a configuration: what each holds, and the JSON schema that editors check them by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from dechaff.errors import DechaffError
from dechaff.language import Blocks, Engine
from dechaff.model import DEGREES
from dechaff_cli.engine import ENGINES
from dechaff_cli.formats import CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal[
    "strings",
    "string",
    "flag",
    "count",
    "budget",
    "degree",
    "format",
    "blocks",
    "engine",
    "mapper",
    "globs",
    "allow",
    "rule",
    "overrides",
]


class ConfigError(DechaffError):
    """A configuration is wrong; the message names the file and the key."""


class Key(NamedTuple):
    """One key of a table."""

    kind: Kind
    help: str


OF_FILES: Mapping[str, Key] = {
    "select": Key("strings", "Only these rules: codes, prefixes, names or stages."),
    "ignore": Key("strings", "All rules but these."),
    "keep-lang": Key("strings", "Languages that are content, by ISO 639 codes; English alone without it."),
    "foreign-blocks": Key("blocks", "Which blocks in other languages go: those at the edges of a page, or all."),
    "language-engine": Key("engine", "What confirms their language: our own statistics, or langdetect over the whole block."),
    "removal": Key("degree", "How much may go by the score of the line model alone."),
    "fail-on": Key("strings", "Rules whose findings fail a check. Without it, all that would change a file do, unless it has a budget."),
    "max-removed": Key("budget", "A file fails if more than this goes: a share of its characters, or a number of lines."),
    "max-damaged": Key("budget", "A file fails if repairs touch more than this: a share of its lines, or a number of them."),
}
"""What can be said of some files apart from others."""

TOP: Mapping[str, Key] = {
    "extend": Key("string", "Another configuration to begin with; its path is relative to this file."),
    "include": Key("strings", "Files to take from folders, as shell patterns."),
    "exclude": Key("strings", "Files and folders to pass over, as in a .gitignore."),
    "force-exclude": Key("flag", "Pass excluded files over even when they are named one by one."),
    "respect-gitignore": Key("flag", "Pass over what git ignores."),
    **OF_FILES,
    "per-file-ignores": Key("globs", "Rules to ignore in the files that a pattern names."),
    "overrides": Key("overrides", "Other settings for some sites, folders or files. Files win over folders, folders over sites."),
    "allow": Key("allow", "Lines that stay whatever a rule says."),
    "rule": Key("rule", "Rules of your own, each with examples and look-alikes. They are read from the configuration of the run alone."),
    "rules": Key("strings", "Files with such rules; paths are relative to this file."),
    "root": Key("string", "The folder that sites are folders of, relative to this file. Without it, the folder that is named."),
    "baseline": Key("string", "The file of known findings; its path is relative to this file."),
    "profile": Key("string", "The file of what sites are known to share, from dechaff learn; its path is relative to this file."),
    "model": Key("string", "A folder with other weights for the line model, from dechaff-train; its path is relative to this file."),
    "text-column": Key("string", "The column of a container's records that holds the text; `text` without it."),
    "id-column": Key("string", "The column that names a record; its number without it."),
    "url-column": Key("string", "The column that holds a record's address, whose host is its site; `url` without it."),
    "encoding": Key("string", "What the files are in, by its WHATWG or Python name; found for each file without it."),
    "output-format": Key("format", "The form of a check."),
    "jobs": Key("count", "Processes; 0 takes one a processor."),
    "engine": Key("mapper", "What the work is done by: processes of this machine, or a Ray cluster."),
}
"""What may stand in `[tool.dechaff]` or a file of our own."""

OVERRIDES: Mapping[str, Key] = {
    "sites": Key("strings", "Shell patterns for sites."),
    "folders": Key("strings", "Folders, relative to this file; what lies below them counts too."),
    "files": Key("strings", "Files, as in a .gitignore."),
    **OF_FILES,
}
WHERE = ("sites", "folders", "files")
"""What an override holds for, weakest first."""

ALLOW: Mapping[str, Key] = {
    "line": Key("string", "The whole line."),
    "pattern": Key("string", "Instead, an RE2 pattern for the whole line without bullets, whatever its case."),
    "sites": Key("strings", "The sites it holds for, as shell patterns; without it all."),
    "rules": Key("strings", "The rules that it stops; without it all."),
    "why": Key("string", "The reason, for whoever reads this later."),
    "examples": Key("strings", "Lines that it keeps; dechaff rules test tries each."),
}

_CHOICES: Mapping[Kind, tuple[str, ...]] = {"degree": DEGREES, "blocks": get_args(Blocks), "engine": get_args(Engine), "mapper": ENGINES}
_SCHEMAS: Mapping[Kind, dict[str, Any]] = {
    "strings": {"type": "array", "items": {"type": "string", "minLength": 1}},
    "string": {"type": "string", "minLength": 1},
    "flag": {"type": "boolean"},
    "count": {"type": "integer", "minimum": 0},
    "budget": {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": r"^\s*[0-9]{1,9}(\.[0-9]{1,9})?\s*%?\s*$"}]},
    "format": {"enum": list(CHECKS)},
    **{kind: {"enum": list(choices)} for kind, choices in _CHOICES.items()},
    "globs": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string", "minLength": 1}}},
}
_RULE = ("code", "name", "effect", "why", "source", "since", "examples", "keeps", "patterns", "unless", "longest", "context", "removed")


def check(table: Mapping[str, Any], keys: Mapping[str, Key], where: str) -> None:
    """Refuse a table with an unknown key or a value of the wrong kind.

    Args:
        table: As TOML gives it.
        keys: Those it may have.
        where: File and table, for the message.

    Raises:
        ConfigError: It names the key and what to do.
    """
    for name, value in table.items():
        wrong = _fault(value, keys[name].kind, f"{where}: {name}") if name in keys else ""
        if wrong or name not in keys:
            message = f"{where}: {name}: {wrong}" if wrong else f"{where}: unknown key {name!r}{_hint(name, keys)}"
            raise ConfigError(message)


def _hint(name: str, keys: Iterable[str]) -> str:
    near = get_close_matches(name.replace("_", "-").lower(), list(keys), 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _fault(value: object, kind: Kind, where: str) -> str:
    """Return what is wrong with a value, or nothing."""
    if kind == "overrides":
        return _override(value, where)
    if kind == "allow":
        return _allow(value, where)
    fits, otherwise = _FITS[kind]
    return "" if fits(value) else otherwise


def _override(value: object, where: str) -> str:
    if not _is_tables(value):
        return "must be tables, each beginning with [[overrides]]"
    for table in value:  # type: ignore[attr-defined]
        check(table, OVERRIDES, where)
        if sum(name in table for name in WHERE) != 1:
            return f"each has one of {', '.join(WHERE)}, and only one"
    return ""


def _allow(value: object, where: str) -> str:
    if not _is_tables(value):
        return "must be tables, each beginning with [[allow]]"
    for table in value:  # type: ignore[attr-defined]
        check(table, ALLOW, where)
        if ("line" in table) == ("pattern" in table):
            return "each has either a line or a pattern"
    return ""


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(table, Mapping) for table in value)


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) and text != "" for text in value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_FITS: Mapping[Kind, tuple[Callable[[object], bool], str]] = {
    "strings": (_is_strings, "must be a list of strings"),
    "string": (_is_text, "must be a string"),
    "flag": (lambda value: isinstance(value, bool), "must be true or false"),
    "count": (_is_count, "must be a whole number, 0 or more"),
    "budget": (lambda value: _is_text(value) or _is_count(value), "must be a share such as '30%' or a number of lines"),
    "format": (CHECKS.__contains__, f"must be one of {', '.join(CHECKS)}"),
    **{kind: (choices.__contains__, f"must be one of {', '.join(choices)}") for kind, choices in _CHOICES.items()},
    "globs": (
        lambda value: isinstance(value, Mapping) and all(map(_is_strings, value.values())),
        "must be a table from patterns to lists of rules",
    ),
    "rule": (_is_tables, "must be tables, each beginning with [[rule]]"),
}


def schema() -> dict[str, Any]:
    """Return the JSON schema of a configuration."""
    one_of = [{"required": [name]} for name in WHERE]
    override = {**_table(OVERRIDES), "oneOf": one_of}
    allow = {**_table(ALLOW), "oneOf": [{"required": ["line"]}, {"required": ["pattern"]}]}
    rule = {"type": "object", "properties": {name: {} for name in _RULE}, "additionalProperties": False, "required": list(_RULE[:9])}
    items: dict[Kind, Any] = {"overrides": override, "allow": allow, "rule": rule}
    whole: dict[Kind, Any] = {kind: {"type": "array", "items": item} for kind, item in items.items()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "dechaff.toml, .dechaff.toml, or [tool.dechaff] in pyproject.toml",
        **_table(TOP, whole),
    }


def _table(keys: Mapping[str, Key], whole: Mapping[Kind, Any] | None = None) -> dict[str, Any]:
    schemas: dict[Kind, Any] = {**_SCHEMAS, **(whole or {})}
    properties = {name: {"description": key.help, **schemas[key.kind]} for name, key in keys.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}
