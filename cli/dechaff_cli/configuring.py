"""Blocks written into the user's configuration: at its end, checked before anything is overwritten."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dechaff.errors import DechaffError
from dechaff_cli import corpus, writing
from dechaff_cli.keys import TOP, ConfigError, check

if TYPE_CHECKING:
    from dechaff_cli.calls import Call

_NEW = "dechaff.toml"
_PYPROJECT = "pyproject.toml"


def place(asked: Call) -> Path:
    """Return the configuration of a call, or where one would be read: here if its files lie below, else beside them.

    Raises:
        ConfigError: The call reads none.
    """
    if asked.configs.main.file is not None:
        return asked.configs.main.file
    if asked.configs.isolated:
        message = "the files were cleaned with --isolated, so no configuration holds for them: clean them again without it"
        raise ConfigError(message)
    folders = [os.path.abspath(path if path.is_dir() else path.parent) for path in asked.sources]  # noqa: PTH100  where a link stands counts
    common = Path(os.path.commonpath(folders))
    return Path(_NEW) if common.is_relative_to(Path.cwd()) else common / _NEW


def within(file: Path) -> str:
    """Return the table of a file that holds our keys."""
    return "tool.dechaff" if file.name == _PYPROJECT else ""


def own_codes(file: Path) -> list[str]:
    """Return the codes of the rules that a configuration holds itself."""
    table = _ours(_text(file), file)
    return [str(rule.get("code")) for rule in table.get("rule", []) if isinstance(rule, dict)]


def add(file: Path, blocks: list[str]) -> None:
    """Write blocks to the end of a configuration.

    Raises:
        ConfigError: With them it would be none, and is left as it is.
        CorpusError: It cannot be written.
    """
    before = _text(file)
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    text = before + gap + "\n".join(blocks)
    try:
        check(_ours(text, file), TOP, str(file))
    except (DechaffError, ValueError) as error:
        message = f"{file} cannot take these blocks at its end: {error}. Write allow and rule as [[allow]] and [[rule]] blocks there."
        raise ConfigError(message) from error
    try:
        mode = file.stat().st_mode & 0o7777 if file.exists() else None
        writing.write(file.resolve(), text.encode("utf-8"), mode, lasting=True)
    except OSError as error:
        message = f"{file} cannot be written: {error.strerror}"
        raise corpus.CorpusError(message) from error


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file} cannot be read: {error.strerror if isinstance(error, OSError) else 'not UTF-8'}"
        raise ConfigError(message) from error


def _ours(text: str, file: Path) -> dict[str, Any]:
    table = tomllib.loads(text)
    ours: dict[str, Any] = table.get("tool", {}).get("dechaff", {}) if within(file) else table
    return ours
