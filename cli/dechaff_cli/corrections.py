"""What a reader of a report said of a line, and what it comes to in a configuration: an allowed line, or a rule with a test of its own."""

from __future__ import annotations

import json
import re
from glob import escape
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self, get_args

from dechaff import RULES, Allow, __version__
from dechaff.errors import DechaffError
from dechaff.lines import bare
from dechaff.patterns import LONGEST
from dechaff_cli.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Collection

Kind = Literal["keep-line", "keep-alike", "chrome"]
"""**keep-line**: this line stays on its site; **keep-alike**: lines stay that differ in numbers alone, everywhere; **chrome**: lines go
that differ in numbers alone."""

_FORM = 1
_LONGEST_TEXT = 20_000  # code points of a line that somebody can want to keep: enough for a page on one line
_MOST = 10_000  # corrections in a file: more were not made by hand
_SPECIAL = re.compile(r"([\\.+*?()|\[\]{}^$])")
_DIGITS = re.compile(r"[0-9]+")
_CODE = re.compile(r"OWN(\d{3})")
_CODES = 1000  # beyond what three digits count
_WORD = re.compile(r"[a-z0-9]+")
_NAME_WORDS = 4  # of the line, in the name of a rule
_NEXT = "Rain fell on the hill."  # the content beside the chaff in a rule's own example


class CorrectionError(DechaffError):
    """A correction is none, or cannot be made."""


class Correction(NamedTuple):
    """What was said of one line."""

    kind: Kind
    path: str
    """The file it was said of, as the report names it."""
    site: str
    text: str
    """The line, without the white space at its edges."""
    line: int
    """Where it stands in the original, 1-based; 0 if nobody knows."""
    rule: str = ""
    """The code of the rule that took it, if one did."""

    @classmethod
    def from_record(cls, record: object) -> Self:
        """Return the correction that a record holds.

        Raises:
            CorrectionError: It holds none.
        """
        if not isinstance(record, dict):
            message = "a correction must be an object"
            raise CorrectionError(message)
        for key, kind in (("path", str), ("site", str), ("text", str)):
            if not isinstance(record.get(key), kind):
                message = f"a correction has {key}, a string"
                raise CorrectionError(message)
        if record.get("kind") not in get_args(Kind):
            message = f"the kind of a correction is one of {', '.join(get_args(Kind))}"
            raise CorrectionError(message)
        line = record.get("line")
        text = record["text"].strip()
        if not text or "\n" in text or len(text) > _LONGEST_TEXT:
            message = f"the text of a correction is one line of at most {_LONGEST_TEXT:,} characters"
            raise CorrectionError(message)
        number = line if isinstance(line, int) and not isinstance(line, bool) else 0
        return cls(record["kind"], record["path"], record["site"], text, number, str(record.get("rule") or ""))

    @property
    def pattern(self) -> str:
        """RE2 for the bare lines that differ from this one in numbers alone."""
        return _DIGITS.sub(lambda _: "[0-9]+", _SPECIAL.sub(r"\\\1", bare(self.text).lower()))

    def allow(self) -> Allow:
        """Return the kind of line that is to stay."""
        if self.kind == "keep-line":
            return Allow(line=self.text, sites=(escape(self.site),) if self.site else ())
        return Allow(pattern=self.pattern)

    def fault(self) -> str:
        """Return why it cannot be made a rule, or nothing."""
        if any("\ud800" <= character <= "\udfff" for character in self.text + self.site):
            return "a configuration cannot hold half a character"
        if self.kind != "keep-line" and not bare(self.text):
            return "there is nothing on the line but bullets"
        if self.kind != "keep-line" and len(bare(self.text)) > LONGEST:
            return f"no pattern is tried on lines of more than {LONGEST} characters; keep or mark shorter ones"
        return ""


def read(text: str) -> list[Correction]:
    """Return the corrections of a file that a report exported.

    Raises:
        CorrectionError: It is none.
    """
    try:
        table = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"no file of corrections: {error}"
        raise CorrectionError(message) from error
    if not isinstance(table, dict) or table.get("dechaff_corrections") != _FORM or not isinstance(table.get("corrections"), list):
        message = f'no file of corrections: it must begin with {{"dechaff_corrections": {_FORM}; a report saves one'
        raise CorrectionError(message)
    if len(table["corrections"]) > _MOST:
        message = f"more than {_MOST:,} corrections"
        raise CorrectionError(message)
    return [Correction.from_record(one) for one in table["corrections"]]


def free_code(taken: Collection[str] = ()) -> str:
    """Return a code for one more rule; nothing if there is none left.

    Args:
        taken: Codes of rules that RULES does not have.
    """
    numbers = {int(match[1]) for code in (*RULES, *taken) if (match := _CODE.fullmatch(code))}
    return next((f"OWN{number:03}" for number in range(1, _CODES) if number not in numbers), "")


def block(correction: Correction, code: str, *, within: str = "") -> str:
    """Return what a correction adds to a configuration, as TOML.

    Args:
        correction: Without a fault.
        code: The code of its rule, if it becomes one.
        within: The table that the configuration is part of, as "tool.dechaff".
    """
    prefix = f"{within}." if within else ""
    where = f"{correction.path}:{correction.line}" if correction.line else correction.path
    if correction.kind == "chrome":
        table = {**_rule(correction, code), "source": where}
        return f"[[{prefix}rule]]\n" + _table(table)
    allow = correction.allow()
    table = {"line": allow.line} if allow.line else {"pattern": allow.pattern}
    if allow.sites:
        table["sites"] = list(allow.sites)
    table |= {"why": f"kept in a review: {where}", "examples": [correction.text]}
    return f"[[{prefix}allow]]\n" + _table(table)


def _rule(correction: Correction, code: str) -> dict[str, Any]:
    text = bare(correction.text)
    words = _WORD.findall(text.lower())[:_NAME_WORDS]
    return {
        "code": code,
        "name": "-".join(["own", *words, str(int(code.removeprefix("OWN")))]),
        "effect": "remove",
        "why": "Somebody who read the report called it chrome.",
        "since": __version__,
        "longest": min(2 * len(text) + 20, LONGEST),
        "patterns": [correction.pattern],
        "examples": [{"dirty": f"{text}\n{_NEXT}\n", "clean": f"{_NEXT}\n"}],
        "keeps": [f"When we came to the words {text} we closed the book and went home.\n"],
    }


def _table(table: dict[str, Any]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in table.items())


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return str(value) if isinstance(value, int) else _string(str(value))


def _string(text: str) -> str:
    r"""Return a string of TOML with everything invisible escaped.

    >>> print(_string('say "\u200b"'))
    "say \"\u200b\""
    """
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + "".join(character if safe(character) == character else _escaped(character) for character in plain) + '"'


def _escaped(character: str) -> str:
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"
