"""The settings in force, as TOML, with where they stand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dechaff_cli.keys import OF_FILES, TOP
from dechaff_cli.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dechaff_cli.calls import Call


def lines(asked: Call) -> Iterator[str]:
    """Yield the settings of a run; for files that were named, also those of each that differ."""
    configs = asked.configs
    yield f"# configuration: {safe(str(configs.main.file)) if configs.main.file else 'none; these are the defaults'}"
    run = {key: configs.of_run(key) for key in TOP if key != "extend"}
    yield from _toml(run)
    for path in asked.sources if not asked.from_stdin else ():
        if path.is_file():
            own = configs.of_file(path, "")
            yield f"# {safe(path.as_posix())}: {safe(str(configs.near(path.parent).file or 'defaults'))}"
            yield from (f"#   {line}" for line in _toml({key: own.get(key) for key in OF_FILES if own.get(key) != run[key]}))


def _toml(table: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{key} = {_value(value)}" for key, value in table.items() if value is not None)


def _value(value: object) -> str:
    """Return a value in TOML; strings of JSON in ASCII are strings of TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_value(one)}" for key, one in value.items()) + " }" if value else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)
