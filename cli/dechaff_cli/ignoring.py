"""What is passed over: patterns of the user's, and what git ignores. Both as git reads them, by pathspec."""

from __future__ import annotations

import os
from functools import lru_cache
from itertools import chain, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dechaff.errors import DechaffError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pathspec import GitIgnoreSpec

_GITIGNORE = ".gitignore"


class PatternError(DechaffError):
    """A pattern is none that git would take."""


def anchored(pattern: str, base: Path) -> str:
    """Return a pattern of a .gitignore in a folder as one in the root folder, which means the same.

    Raises:
        PatternError: Git would not take it.

    >>> anchored("/draft/*.txt", Path("/home/ann"))
    '/home/ann/draft/*.txt'
    >>> anchored("old.txt", Path("/home/ann"))
    '/home/ann/**/old.txt'
    """
    if not _is_pattern(pattern):
        message = f"{pattern!r} is no pattern as in a .gitignore"
        raise PatternError(message)
    sign, pattern = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
    root = base.as_posix().rstrip("/")
    for character in "\\[]*?":
        root = root.replace(character, f"\\{character}")
    here = pattern.removeprefix("./")
    tied = "/" in here.rstrip("/")
    return f"{sign}{root}/{'' if tied else '**/'}{here.lstrip('/')}"


def _is_pattern(pattern: str) -> bool:
    try:
        _spec([pattern])
    except ValueError:
        return False
    return True


def matches(patterns: Sequence[str], path: Path, *, is_dir: bool = False) -> bool:
    """Return whether anchored patterns name a path, or a folder that it lies in."""
    return bool(patterns) and _remembered(tuple(patterns)).match_file(_seen(path) + "/" * is_dir)


@lru_cache(maxsize=1 << 10)
def _remembered(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    return _spec(patterns)


def _spec(lines: Iterable[str]) -> GitIgnoreSpec:
    """Return what the lines of a .gitignore name.

    Raises:
        ValueError: One is no pattern.
    """
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  most runs pass nothing over

    return GitIgnoreSpec.from_lines(lines)


def _seen(path: Path) -> str:
    """Return an absolute path as patterns see it: without its first slash."""
    return os.path.abspath(path).replace(os.sep, "/").lstrip("/")  # noqa: PTH100  a link is ignored where it stands


class GitIgnored:
    """Says what git ignores below a folder that the user named.

    The folder itself was named, so it counts as wanted: where a file above it ignores the whole folder, that file has no say in it.
    """

    def __init__(self, root: Path) -> None:
        """Read what the folders above have to say.

        Args:
            root: The folder.
        """
        root = Path(os.path.abspath(root))  # noqa: PTH100
        above: list[Path] = []
        for folder in root.parents if not (root / ".git").exists() else ():
            above.append(folder)
            if (folder / ".git").exists():
                break
        else:
            above = []  # in no repository: only what stands below the folder counts
        said = [say for folder in above for say in _in(folder) if not say(root, is_dir=True)]
        self._in_force = {root: (*_in(root), *said)}
        """What has a say in a folder's entries, the nearest first."""

    def __call__(self, path: Path, *, is_dir: bool) -> bool:
        """Return whether git ignores a path below the folder, of no other; the nearest .gitignore that says anything about it is right."""
        path = Path(os.path.abspath(path))  # noqa: PTH100
        verdicts = (say(path, is_dir=is_dir) for say in self._says(path.parent))
        return next((verdict for verdict in verdicts if verdict is not None), False)

    def _says(self, folder: Path) -> tuple[_Say, ...]:
        new = list(takewhile(lambda one: one not in self._in_force, chain([folder], folder.parents)))
        for one in reversed(new):
            self._in_force[one] = (*_in(one), *self._in_force[one.parent])
        return self._in_force[folder]


class _Say(NamedTuple):
    """A .gitignore."""

    folder: Path
    spec: GitIgnoreSpec

    def __call__(self, path: Path, *, is_dir: bool) -> bool | None:
        """Return whether it ignores a path below its folder; None if it says nothing about it."""
        return self.spec.check_file(path.relative_to(self.folder).as_posix() + "/" * is_dir).include


def _in(folder: Path) -> list[_Say]:
    """Return what a folder itself has to say."""
    spec = _read(folder / _GITIGNORE)
    return [] if spec is None else [_Say(folder, spec)]


def _read(file: Path) -> GitIgnoreSpec | None:
    if not os.path.isfile(file):  # noqa: PTH113  a pipe or a device among scrapes would be waited for, or have no end
        return None
    try:
        lines = file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    return _spec(filter(_is_pattern, lines))  # git passes over a line that is none, too


def passing_over(excluded: Callable[[Path], Sequence[str]], *, respect_gitignore: bool) -> Callable[[Path], Callable[[Path, bool], str]]:
    """Return what says, for each folder that the user named, why a path below it is passed over; nothing for what is taken.

    Args:
        excluded: The anchored patterns in force in a folder.
        respect_gitignore: Whether to ask git's files.
    """

    def below(root: Path) -> Callable[[Path, bool], str]:
        git = GitIgnored(root) if respect_gitignore else None

        def why(path: Path, is_dir: bool) -> str:
            if matches(excluded(path.parent), path, is_dir=is_dir):
                return "excluded by the configuration"
            return "ignored by git" if git is not None and git(path, is_dir=is_dir) else ""

        return why

    return below
