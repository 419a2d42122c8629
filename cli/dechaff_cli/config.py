"""Configurations: found, read, extended, and laid over one another until every file has its settings."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from dechaff import RULES, Allow, Languages, select
from dechaff.decoding import check_name
from dechaff.errors import DechaffError
from dechaff.language import known
from dechaff.patterns import Patterns
from dechaff.rules import Rule, extend, from_block, parse
from dechaff_cli.corpus import INCLUDE
from dechaff_cli.ignoring import PatternError, anchored, matches
from dechaff_cli.keys import OF_FILES, TOP, WHERE, ConfigError, check
from dechaff_cli.policy import Budget, Policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dechaff.model import Removal

NAMES = (".dechaff.toml", "dechaff.toml", "pyproject.toml")
"""What a folder's configuration is called; the first one there counts."""
_ADDED = ("overrides", "allow", "rule", "rules")
"""Keys that add to those of the configuration that a file extends; all others take their place."""
_COMMAND_LINE = "command line"  # where what it says stands, in messages
_HERE = Path()
_DEFAULTS: Mapping[str, Any] = {
    "include": list(INCLUDE),
    "exclude": [],
    "force-exclude": False,
    "respect-gitignore": True,
    "select": [],
    "ignore": [],
    "per-file-ignores": {},
    "overrides": [],
    "allow": [],
    "rule": [],
    "rules": [],
    "jobs": 0,
    "engine": "processes",
}


class _Layer(NamedTuple):
    """What one file says itself."""

    where: str
    """The file, and the table in it."""
    table: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Config:
    """One configuration, with what it extends: keys as written, paths made absolute."""

    file: Path | None
    """Where it was read; None for the defaults."""
    folder: Path
    """What its patterns are relative to."""
    table: Mapping[str, Any] = field(default_factory=lambda: dict(_DEFAULTS))
    layers: tuple[_Layer, ...] = ()
    """The files that it is made of, each after those that it extends."""

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401  a key holds what its kind says
        """Return what a key holds, or None."""
        return self.table.get(key)


class Treatment(NamedTuple):
    """How one file is cleaned."""

    rules: frozenset[str]
    allow: tuple[Allow, ...] = ()
    languages: Languages = Languages()
    removal: Removal = "careful"


class Configs:
    """The settings of a run and of each of its files. Defaults < configuration < site < folder < file < command line.

    Goes to worker processes as it is: how a file is cleaned may depend on its site, which only its text tells.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        given: Mapping[str, Any],
        *,
        config: Path | None = None,
        isolated: bool = False,
        folder: Path = _HERE,
    ) -> None:
        """Read the configuration of a run.

        Args:
            paths: What is to be cleaned; the configuration nearest to all of it is that of the run.
            given: What the command line says, by key; it wins over every file.
            config: The one configuration to use, wherever the files are.
            isolated: Use no configuration at all.
            folder: What patterns and paths of the command line are relative to, and the patterns of the one configuration.

        Raises:
            ConfigError: A file is wrong, or the command line.
        """
        check(given, TOP, _COMMAND_LINE)
        if "extend" in given:
            message = f"{_COMMAND_LINE}: extend: a file extends another; --config FILE names one to use"
            raise ConfigError(message)
        given = _absolute(given, folder, folder, _COMMAND_LINE)
        self._given = {key: value for key, value in given.items() if key not in _ADDED}
        self._added = {key: value for key, value in given.items() if key in _ADDED}
        self.isolated = isolated
        self._only: Config | None = None
        self._near: dict[Path, Config] = {}
        self._sound: set[Path | None] = set()
        self._allow: dict[Path | None, tuple[Allow, ...]] = {}
        self._rules: dict[tuple[tuple[str, ...], tuple[str, ...]], frozenset[str]] = {}
        if isolated or config is not None:
            self._only = _read(config, folder) if config is not None else Config(None, Path.cwd())
        self.main = self._nearest(_common(paths))
        given_layer = _Layer(_COMMAND_LINE, given)
        self.own = _own_rules((*self.main.layers, given_layer), self.of_run("rules"))
        extend(self.own)
        _check_values(given_layer)
        self.near(_common(paths))

    def near(self, folder: Path) -> Config:
        """Return the configuration for what lies in a folder: the nearest one, alone.

        Raises:
            ConfigError: It is wrong.
        """
        config = self._nearest(folder)
        if config.file not in self._sound:  # what names rules can be judged only now that those of the user are known
            for layer in config.layers:
                _check_values(layer)
            self._sound.add(config.file)
        return config

    def _nearest(self, folder: Path) -> Config:
        if self._only is not None:
            return self._only
        folder = Path(os.path.abspath(folder))  # noqa: PTH100  a link leads to the configuration of where it stands
        passed = []
        found = None
        for place in (folder, *folder.parents):
            found = self._near.get(place) or _in_folder(place)
            passed.append(place)
            if found is not None:
                break
        found = found or Config(None, Path.cwd())
        self._near.update(dict.fromkeys(passed, found))
        return found

    def of_run(self, key: str) -> Any:  # noqa: ANN401
        """Return what is in force for the run as a whole, or None."""
        if key in _ADDED:
            return [*self.main[key], *self._added.get(key, ())]
        return self._given.get(key, self.main[key])

    def of_folder(self, folder: Path, key: str) -> Any:  # noqa: ANN401
        """Return what is in force for taking files from a folder."""
        return self._given.get(key, self.near(folder)[key])

    def of_file(self, path: Path, site: str) -> dict[str, Any]:
        """Return what is in force for one file, by key of `keys.OF_FILES`.

        Args:
            path: The file.
            site: The site of the page.
        """
        config = self.near(path.parent)
        layers = [{key: config[key] for key in OF_FILES if config[key] is not None}]
        overrides = (*config["overrides"], *self._added.get("overrides", ()))
        layers += [{key: table[key] for key in OF_FILES if key in table} for table in _matching(overrides, path, site)]
        settings: dict[str, Any] = {}
        for layer in layers:
            settings |= layer
        settings |= {key: self._given[key] for key in OF_FILES if key in self._given}
        ignores = {**config["per-file-ignores"], **self._given.get("per-file-ignores", {})}
        extra = [rule for pattern, rules in ignores.items() if matches([pattern], path) for rule in rules]
        if extra:
            settings["ignore"] = [*settings.get("ignore", []), *extra]
        return settings

    def treatment(self, path: Path, site: str) -> Treatment:
        """Return how a file is cleaned.

        Raises:
            DechaffError: The configuration names a rule that there is not.
        """
        config = self.near(path.parent)
        if config.file not in self._allow:
            self._allow[config.file] = tuple(map(_allow, (*config["allow"], *self._added.get("allow", ()))))
        settings = self.of_file(path, site)
        return Treatment(self._selected(settings), self._allow[config.file], _languages(settings), settings.get("removal", "careful"))

    def policy(self, path: Path, site: str) -> Policy:
        """Return when a file fails a check."""
        settings = self.of_file(path, site)
        fail_on = settings.get("fail-on")
        budgets = (Budget.parse(settings[key]) if key in settings else None for key in ("max-removed", "max-damaged"))
        return Policy(None if fail_on is None else (select(fail_on) if fail_on else frozenset()), *budgets)

    def rules(self) -> frozenset[str]:
        """Return the codes of all rules that may be in force for some file of the run, once its files have been found."""
        varied = self.of_run("overrides") or len({config.file for config in self._near.values()}) > 1
        if varied and "select" not in self._given:
            return frozenset(RULES)
        return self._selected({key: self.of_run(key) for key in ("select", "ignore")})

    def fingerprint(self) -> str:
        """Return all that decides how files are cleaned, once they have been found, as text that is the same for the same settings."""
        decides = (*OF_FILES, "per-file-ignores", "overrides", "allow", "root")
        tables = [self._given, self._added, self.main.table, *(self._near[folder].table for folder in sorted(self._near))]
        said = [{key: table[key] for key in decides if table.get(key)} for table in tables]
        return json.dumps([[table for table in said if table], list(map(repr, self.own))], sort_keys=True, default=str)

    def _selected(self, settings: Mapping[str, Any]) -> frozenset[str]:
        key = tuple(settings.get("select") or ()), tuple(settings.get("ignore") or ())
        if key not in self._rules:
            self._rules[key] = select(*key)
        return self._rules[key]


def _common(paths: Sequence[Path]) -> Path:
    """Return the deepest folder that holds all paths."""
    folders = [os.path.abspath(path if path.is_dir() else path.parent) for path in paths] or [os.getcwd()]  # noqa: PTH100, PTH109
    return Path(os.path.commonpath(folders))


def _near_here(file: Path) -> Path:
    """Return a path as people write it: relative where it is below the current folder."""
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def _in_folder(folder: Path) -> Config | None:
    for name in NAMES:
        file = _near_here(folder / name)
        if os.path.isfile(file) and (config := _read(file, folder, needed=name != "pyproject.toml")) is not None:  # noqa: PTH113  not an error where nobody may look
            return config
    return None


def _read(file: Path, folder: Path, *, needed: bool = True, seen: tuple[Path, ...] = ()) -> Config | None:
    """Return a configuration with what it extends.

    Args:
        file: A TOML file.
        folder: What its patterns are relative to.
        needed: Whether a file without our table is one all the same.
        seen: The files that extend it.

    Raises:
        ConfigError: It cannot be read, is no TOML, has a wrong key, or extends itself.
    """
    try:
        if seen and file.exists() and not file.is_file():
            message = f"{file}: is no file"
            raise ConfigError(message)
        table = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        message = f"{file}: cannot be read: {error.strerror}"
        raise ConfigError(message) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"{file}: not valid TOML: {error}"
        raise ConfigError(message) from error
    where = str(file)
    if file.name == "pyproject.toml":
        tools = table.get("tool")
        tools = tools if isinstance(tools, Mapping) else {}
        if "dechaff" not in tools and not needed:
            return None
        table, where = tools.get("dechaff", {}), f"{file}: [tool.dechaff]"
        if not isinstance(table, Mapping):
            message = f"{where} must be a table"
            raise ConfigError(message)
    check(table, TOP, where)
    table = _absolute(table, file.parent, folder, where)
    _refuse_pipes(table, where)
    before: Mapping[str, Any] = _DEFAULTS
    layers: tuple[_Layer, ...] = ()
    if "extend" in table:
        parent = file.parent / table.pop("extend")
        if parent.resolve() in (*seen, file.resolve()):
            message = f"{where}: extend: {parent} leads back to it"
            raise ConfigError(message)
        extended = _read(parent, parent.parent, seen=(*seen, file.resolve()))
        assert extended is not None
        before, layers = extended.table, extended.layers
    added = {key: [*before[key], *table[key]] for key in _ADDED if key in table}
    return Config(file, folder, {**before, **table, **added}, (*layers, _Layer(where, table)))


def _absolute(table: Mapping[str, Any], beside: Path, folder: Path, where: str) -> dict[str, Any]:
    """Return a table with its paths and patterns fixed to where they are relative to, so that they hold anywhere.

    Args:
        table: As TOML gives it.
        beside: What its paths are relative to.
        folder: What its patterns are relative to.
        where: File and table, for the message.

    Raises:
        ConfigError: A pattern is none.
    """
    try:
        return _tied(table, beside, Path(os.path.abspath(folder)))  # noqa: PTH100
    except PatternError as error:
        message = f"{where}: {error}"
        raise ConfigError(message) from error


def _refuse_pipes(table: Mapping[str, Any], where: str) -> None:
    for path in (*table.get("rules", ()), *(table[key] for key in ("baseline", "profile") if key in table)):
        if os.path.lexists(path) and not os.path.isfile(path):  # noqa: PTH113  not an error where nobody may look
            message = f"{where}: {path} is no file"  # a pipe or a device would be waited for, or have no end
            raise ConfigError(message)


def _tied(table: Mapping[str, Any], beside: Path, base: Path) -> dict[str, Any]:
    made = dict(table)
    if "rules" in made:
        made["rules"] = [str(beside / path) for path in made["rules"]]
    made |= {key: str(beside / made[key]) for key in ("baseline", "profile", "model", "root") if key in made}
    if "exclude" in made:
        made["exclude"] = [anchored(pattern, base) for pattern in made["exclude"]]
    if "per-file-ignores" in made:
        made["per-file-ignores"] = {anchored(pattern, base): rules for pattern, rules in made["per-file-ignores"].items()}
    if "overrides" in made:
        made["overrides"] = [_fixed(override, base) for override in made["overrides"]]
    return made


def _fixed(override: Mapping[str, Any], base: Path) -> dict[str, Any]:
    made = dict(override)
    if "files" in made:
        made["files"] = [anchored(pattern, base) for pattern in made["files"]]
    if "folders" in made:
        made["folders"] = [os.path.normpath(base / folder) for folder in made["folders"]]
    return made


def _matching(overrides: Sequence[Mapping[str, Any]], path: Path, site: str) -> Iterator[Mapping[str, Any]]:
    """Yield those overrides that hold for a file, weakest first."""
    full = os.path.abspath(path)  # noqa: PTH100
    for where in WHERE:
        found = []
        for table in overrides:
            if where == "sites" and any(fnmatchcase(site, pattern) for pattern in table.get("sites", ())):
                found.append((0, table))
            elif where == "folders":
                depths = [len(folder) for folder in table.get("folders", ()) if Path(full).is_relative_to(folder)]
                found += [(max(depths), table)] if depths else []
            elif where == "files" and table.get("files") and matches(table["files"], path):
                found.append((0, table))
        yield from (table for _, table in sorted(found, key=lambda pair: pair[0]))


def _allow(table: Mapping[str, Any]) -> Allow:
    rules = table.get("rules")
    return Allow(table.get("line", ""), table.get("pattern", ""), tuple(table.get("sites", ())), select(rules) if rules else frozenset())


def _check_values(layer: _Layer) -> None:
    """Refuse a word that names no rule, language or encoding, and what is no budget or pattern, before any file is read.

    Raises:
        ConfigError: It says where the word stands.
    """
    where, table = layer
    for key, read in _READERS.items():
        try:
            if key in table:
                read(table[key])
        except DechaffError as error:
            message = f"{where}: {key}: {error}"
            raise ConfigError(message) from error
    Patterns([(entry["pattern"], f"{where}: allow") for entry in table.get("allow", ()) if "pattern" in entry])
    for override in table.get("overrides", ()):
        _check_values(_Layer(f"{where}: overrides", override))


def _languages(settings: Mapping[str, Any]) -> Languages:
    """Return what settings say of languages."""
    return Languages(
        _kept(settings.get("keep-lang") or ("en",)), settings.get("foreign-blocks", "edges"), settings.get("language-engine", "profiles")
    )


def _kept(codes: Sequence[str]) -> tuple[str, ...]:
    """Return languages by their codes, in order.

    Raises:
        ConfigError: One is not known.
    """
    kept = tuple(sorted({code.lower() for code in codes}))
    if unknown := sorted(set(kept) - known()):
        message = f"{unknown[0]!r} is not a language that dechaff knows; it takes ISO 639 codes: {', '.join(sorted(known()))}"
        raise ConfigError(message)
    return kept


_READERS: Mapping[str, Callable[[Any], object]] = {
    **dict.fromkeys(("select", "ignore", "fail-on"), select),
    **dict.fromkeys(("max-removed", "max-damaged"), Budget.parse),
    "keep-lang": _kept,
    "encoding": check_name,
    "per-file-ignores": lambda globs: list(map(select, globs.values())),
    "allow": lambda entries: list(map(_allow, entries)),
}
"""What reads a value, and refuses one that it cannot."""


def _own_rules(layers: Sequence[_Layer], files: Sequence[str]) -> tuple[Rule, ...]:
    """Return the user's own rules, from what files and the command line say and from the files that they name."""
    own = [from_block(block, "chrome", layer.where) for layer in layers for block in layer.table.get("rule", ())]
    for name in files:
        try:
            own += parse(Path(name).read_text(encoding="utf-8"), "chrome", name)
        except (OSError, UnicodeDecodeError) as error:
            message = f"{name}: cannot be read: {error.strerror if isinstance(error, OSError) else error}"
            raise ConfigError(message) from error
    return tuple(dict.fromkeys(own))  # the same file may be named twice
