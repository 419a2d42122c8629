"""What the user asked for: the paths of a call, and the settings in force for them."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dechaff.profile import Profile
    from dechaff_cli.columns import Columns
    from dechaff_cli.config import Configs
    from dechaff_cli.task import Task

STDIN = "-"
_SHOWN = 200  # characters of what a command line says, in a message about it


@dataclass(frozen=True, slots=True)
class Call:
    """What the user asked for: paths, and the settings in force for them."""

    paths: tuple[str, ...]
    configs: Configs
    stdin_filename: str = STDIN
    profile: Profile | None = None
    """What is known of sites; None to go by the files of the call alone."""
    profile_file: Path | None = None
    """Where that was read."""

    @property
    def from_stdin(self) -> bool:
        """Whether the one text is standard input."""
        return STDIN in self.paths

    @property
    def sources(self) -> list[Path]:
        """The paths of files and folders of this machine."""
        return [Path(path) for path in self.paths if not _is_url(path)]

    @property
    def urls(self) -> list[str]:
        """The addresses of files and folders elsewhere."""
        return list(filter(_is_url, self.paths))

    @property
    def columns(self) -> Columns:
        """Where the records of containers keep what."""
        from dechaff_cli.columns import Columns

        text, name, url = (self.configs.of_run(f"{key}-column") or "" for key in ("text", "id", "url"))
        return Columns(text, name, url)

    @property
    def jobs(self) -> int:
        """How many processes are asked for; 0 stands for one a processor."""
        return int(self.configs.of_run("jobs"))

    def task(
        self,
        out: Path | str | None = None,
        *,
        diff: bool = False,
        report: bool = False,
        keep_text: bool = False,
        pack: bool = False,
        quarantine: Path | None = None,
    ) -> Task:
        """Return what to do with every file."""
        from dechaff.repetition import Survey
        from dechaff_cli.task import Task

        model = self.configs.of_run("model")
        return Task(
            self.configs.rules(),
            self.configs,
            out,
            diff=diff,
            report=report,
            keep_text=keep_text,
            quarantine=quarantine,
            encoding=self.configs.of_run("encoding"),
            model=None if model is None else Path(model),
            profile=Survey() if self.profile is None else self.profile.survey(),
            pack=pack,
            engine=self.configs.of_run("engine"),
        )

    @property
    def roots(self) -> list[Path]:
        """The folders that sites are folders of, whatever is named: as the configuration says, or else the profile."""
        if root := self.configs.of_run("root"):
            return [Path(root).resolve()]
        if self.profile is None or self.profile_file is None:
            return []
        return [(self.profile_file.resolve().parent / root).resolve() for root in self.profile.roots]


def said(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a command line says of settings: the arguments of a command that are named like keys of the configuration.

    Args:
        arguments: All arguments of the command by name; what is None or empty was not said.
    """
    from dechaff_cli.keys import TOP

    given = {
        name: str(value) if isinstance(value, Path) else value
        for name, value in arguments.items()
        if name.replace("_", "-") in TOP and value not in (None, [])
    }
    return {**given, "respect_gitignore": False} if arguments.get("no_respect_gitignore") else given


def call(
    paths: Sequence[str],
    config: Sequence[str] | None = None,
    *,
    isolated: bool = False,
    stdin_filename: str = STDIN,
    learning: bool = False,
    folder: str = os.curdir,
    **options: Any,  # noqa: ANN401  as many kinds as there are keys
) -> Call:
    """Return a call with its settings.

    Args:
        paths: What to clean.
        config: A configuration file, and settings as TOML.
        isolated: Use no file.
        stdin_filename: What standard input is called.
        learning: Whether the call writes the profile, and so is not to go by it.
        folder: Where the user was: what patterns and paths of the settings are relative to.
        options: What else the command line says, by key of the configuration with `_` for `-`, as `said` returns it.

    Raises:
        DechaffError: A path, a setting or a configuration is wrong.
    """
    from dechaff_cli.config import Configs
    from dechaff_cli.corpus import CorpusError

    if STDIN in paths and len(paths) > 1:
        message = "standard input goes alone, without other files"
        raise CorpusError(message)
    if not Path(stdin_filename).name:
        message = f"--stdin-filename {stdin_filename!r} is no name of a file"
        raise CorpusError(message)
    file, given = _settings(config or ())
    for name, value in options.items():
        if value is not None and value != []:
            given[name.replace("_", "-")] = _split(value, name) if name in {"select", "ignore", "fail_on", "keep_lang"} else value
    near = [Path(stdin_filename)] if STDIN in paths else [Path(folder if _is_url(path) else path) for path in paths]
    configs = Configs(near, given, config=file, isolated=isolated, folder=Path(folder))
    asked = Call(tuple(paths), configs, stdin_filename)
    profile = None if learning else configs.of_run("profile")
    return asked if profile is None else replace(asked, profile=read_profile(Path(profile)), profile_file=Path(profile))


def read_profile(file: Path) -> Profile:
    """Return the site profile of a file.

    Raises:
        ProfileError: It cannot be read, or is wrong.
    """
    from dechaff.errors import ProfileError
    from dechaff.profile import Profile

    try:
        return Profile.parse(file.read_bytes().decode("utf-8"), str(file))
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}; `dechaff learn` makes one"
        raise ProfileError(message) from error
    except UnicodeDecodeError as error:
        message = f"{file}: is no profile: not UTF-8"
        raise ProfileError(message) from error


def is_setting(word: str) -> bool:
    """Return whether a word of --config is a setting as TOML, and not a file."""
    try:
        return "=" in word and not Path(word).exists()
    except OSError:  # longer than a name can be
        return True


def _split(words: list[str], name: str) -> list[str]:
    from dechaff_cli.keys import ConfigError

    found = [word.strip() for given in words for word in given.split(",") if word.strip()]
    if not found:  # an empty selection would stand for all rules
        message = f"--{name.replace('_', '-')} names nothing"
        raise ConfigError(message)
    return found


def _settings(config: Sequence[str]) -> tuple[Path | None, dict[str, Any]]:
    """Return the configuration file and the single settings that --config names."""
    import tomllib

    from dechaff_cli.keys import ConfigError
    from dechaff_cli.terminal import clipped

    file = None
    given: dict[str, Any] = {}
    for word in config:
        if is_setting(word):
            try:
                given |= tomllib.loads(word)
            except (tomllib.TOMLDecodeError, RecursionError) as error:
                message = f"--config {clipped(word, _SHOWN)}: not valid TOML: {error}; strings need quotes"
                raise ConfigError(message) from error
        elif file is not None:
            message = f"--config {word}: {file} is there already; a file can `extend` another"
            raise ConfigError(message)
        else:
            file = Path(word)
    return file, given


def _is_url(path: str) -> bool:
    from dechaff_cli.corpora.remote import is_url

    return is_url(path)
