"""What a run was asked for, kept beside its report so that the same files can be cleaned again in the same way."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from dechaff.errors import DechaffError
from dechaff_cli import calls
from dechaff_cli.corpora.remote import is_url
from dechaff_cli.keys import TOP, check

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "run.json"
_FORM = 1
_PATHS = ("model", "profile")  # options that name a file, recorded like the paths of the call; settings are recorded as they were typed


class RunError(DechaffError):
    """A report does not say how its files were cleaned."""


class Run(NamedTuple):
    """A call of clean, with its paths as the command sees them from where it is."""

    paths: tuple[str, ...]
    output: str
    config: tuple[str, ...] = ()
    isolated: bool = False
    quarantine: str | None = None
    options: Mapping[str, Any] = {}
    """By name of the parameter of `calls.call`; those that were not given are left out."""
    folder: str = os.curdir
    """Where the user was: what patterns and paths of the settings are relative to."""

    def to_json(self, folder: Path) -> str:
        """Return the record for a report folder: ASCII, with paths relative to the folder, so that all of it can be moved together."""

        def near(path: str) -> str:
            if is_url(path):
                return path
            return Path(os.path.relpath(path, folder)).as_posix()

        options = {name: near(value) if name in _PATHS else value for name, value in sorted(self.options.items())}
        record = {
            "dechaff_run": _FORM,
            "paths": [near(path) for path in self.paths],
            "output": None if near(self.output) == f"../{_usual(folder)}" else near(self.output),
            "config": [word if calls.is_setting(word) else near(word) for word in self.config],
            "isolated": self.isolated,
            "quarantine": self.quarantine and near(self.quarantine),
            "options": options,
            "folder": near(self.folder),
        }
        return json.dumps(record, indent=1) + "\n"

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return the run that a report is of.

        Raises:
            RunError: The report has no record of it, or one that is none.
        """
        file = folder / FILE
        try:
            record = json.loads(file.read_bytes())
            if record["dechaff_run"] != _FORM:
                message = f"{file} is of form {record['dechaff_run']}, and this dechaff reads {_FORM}"
                raise RunError(message)

            def here(path: str) -> str:
                if is_url(path):
                    return path
                return os.path.normpath(folder / path)

            said = dict(record["options"])
            check({name.replace("_", "-"): value for name, value in said.items()}, TOP, f"{file}: options")
            options = {name: os.path.abspath(here(value)) if name in _PATHS else value for name, value in said.items()}  # noqa: PTH100
            return cls(
                tuple(here(path) for path in record["paths"]),
                here(f"../{_usual(folder)}") if record["output"] is None else here(record["output"]),
                tuple(str(word) if calls.is_setting(word) else here(word) for word in record["config"]),
                bool(record["isolated"]),
                None if record["quarantine"] is None else here(record["quarantine"]),
                options,
                here(record["folder"]),
            )
        except OSError as error:
            message = f"{file} cannot be read: {error.strerror}; give the report folder that `dechaff clean` wrote"
            raise RunError(message) from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            message = f"{file} is no record of a run: {error!r}"
            raise RunError(message) from error

    def call(self) -> calls.Call:
        """Return the call with its settings as they are now.

        Raises:
            DechaffError: A path, a setting or a configuration is wrong.
        """
        return calls.call(self.paths, self.config, isolated=self.isolated, folder=self.folder, **self.options)


def _usual(folder: Path) -> str:
    """Return the name of the folder of clean copies that a report folder is named after: with it left out, both can be renamed."""
    return folder.resolve().name.removesuffix("-report")
