"""Known findings: a file of what a corpus is allowed to hold, so that a check fails on what is new.

A finding is known by path, rule, the text of its line, and how many like it the file has: it stays known while lines move.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from dechaff import RULES
from dechaff.errors import DechaffError
from dechaff_cli import corpus
from dechaff_cli.results import last_line
from dechaff_cli.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from dechaff import Finding

NAME = "dechaff-baseline.json"
"""What the file is called unless somebody says otherwise."""
_FORM = 1
_DIGITS = 16  # of the digest of a line: by chance two of a billion lines share them once in forty runs


class BaselineError(DechaffError):
    """The file of known findings cannot be used."""


class Entry(NamedTuple):
    """What is known to be in a file: so many findings of one rule in lines of one text."""

    path: str
    """Relative to the folder of the baseline, with forward slashes."""
    rule: str
    digest: str
    times: int

    def __str__(self) -> str:
        """Return it in words."""
        return f"{safe(self.path)}: {self.rule} ×{self.times} (line {self.digest})"


class Baseline:
    """Known findings, and which of them have been found."""

    def __init__(self, folder: Path, known: Mapping[tuple[str, str, str], int]) -> None:
        """Begin with nothing found.

        Args:
            folder: What its paths are relative to.
            known: How many findings are known by path, rule and digest of the line.
        """
        self._folder = Path(os.path.realpath(folder))
        self._known = Counter(known)
        self._found = Counter[tuple[str, str, str]]()
        self._seen: dict[str, Collection[str]] = {}
        """The rules in force for each file that was checked, by its name."""

    @classmethod
    def read(cls, file: Path) -> Self:
        """Return the baseline of a file.

        Raises:
            BaselineError: It is not there, or is none.
        """
        try:
            record = json.loads(file.read_bytes())
            known = {
                (_text(path), _text(rule), _text(digest)): _count(count)
                for path, rules in record["files"].items()
                for rule, digests in rules.items()
                for digest, count in digests.items()
            }
            if record["dechaff_baseline"] != _FORM:
                message = f"{file} is of a later form; a newer dechaff can read it"
                raise BaselineError(message)
        except OSError as error:
            message = f"{file} cannot be read: {error.strerror}; `dechaff baseline write` makes one"
            raise BaselineError(message) from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            message = f"{file} is no baseline: {error!r}; `dechaff baseline write` makes one"
            raise BaselineError(message) from error
        return cls(file.parent, known)

    def new(self, path: Path, findings: Sequence[Finding], lines: Sequence[str], rules: Collection[str]) -> list[Finding]:
        """Return the findings of a file that are not known.

        Args:
            path: The file.
            findings: All of them.
            lines: Its text as decoded, cut at line feeds.
            rules: The codes of the rules in force for it.
        """
        name = self._name(path)
        self._seen[name] = rules
        fresh = []
        for finding in findings:
            key = name, finding.rule, _digest(finding, lines)
            self._found[key] += 1
            if self._found[key] > self._known[key]:
                fresh.append(finding)
        return fresh

    def unused(self, gone: Collection[str] = ()) -> Iterator[Entry]:
        """Yield what is known of the files that were checked and was not found, though its rule was in force or there is none any more.

        Args:
            gone: The codes of the rules of which to yield also what is known of files that are not there any more.
        """
        for (path, rule, digest), count in sorted(self._known.items()):
            left = count - self._found[path, rule, digest]
            if left > 0 and (self._was_asked(path, rule) or (gone and _is_one(rule, gone) and not self._is_there(path))):
                yield Entry(path, rule, digest, left)

    def _was_asked(self, path: str, rule: str) -> bool:
        return path in self._seen and _is_one(rule, self._seen[path])

    def _is_there(self, path: str) -> bool:
        """Return whether a file is there; of a record, its container."""
        ends = [at for at, letter in enumerate(path) if letter == "#"]
        return any(os.path.lexists(self._folder / os.fsdecode(path[:end].encode("utf-8", "surrogateescape"))) for end in (*ends, len(path)))

    def take(self) -> None:
        """Make what was found in the files that were checked all that is known of them, as far as rules were in force."""
        kept = {key: count for key, count in self._known.items() if not self._was_asked(key[0], key[1])}
        self._known = Counter({**kept, **self._found})

    def prune(self, rules: Collection[str]) -> list[Entry]:
        """Forget what is not found any more, and return it.

        Args:
            rules: The codes of the rules in force for the run.
        """
        unused = list(self.unused(rules))
        for entry in unused:
            self._known[entry.path, entry.rule, entry.digest] -= entry.times
        return unused

    def to_json(self) -> str:
        """Return what is known: sorted, one finding a line, so that two people's changes merge."""
        files: dict[str, dict[str, dict[str, int]]] = {}
        for (path, rule, digest), count in sorted(self._known.items()):
            if count > 0:
                files.setdefault(path, {}).setdefault(rule, {})[digest] = count
        return json.dumps({"dechaff_baseline": _FORM, "files": files}, indent=1) + "\n"

    @property
    def size(self) -> int:
        """How many findings are known."""
        return sum(self._known.values())

    def _name(self, path: Path) -> str:
        return corpus.spelled(Path(os.path.relpath(os.path.realpath(path), self._folder)).as_posix())


def _is_one(rule: str, rules: Collection[str]) -> bool:
    """Return whether a rule is one of some rules, or of none that there is: what nothing finds is not there."""
    return rule in rules or rule not in RULES


def _digest(finding: Finding, lines: Sequence[str]) -> str:
    text = "\n".join(line.strip() for line in lines[finding.line - 1 : last_line(finding)])
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise TypeError(value)
    return value
