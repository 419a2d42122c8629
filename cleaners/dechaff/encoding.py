"""Stage: text that was decoded wrongly before it came to us, and its kin, with ftfy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftfy import ExplanationStep, TextFixerConfig, fix_and_explain
from ftfy.fixes import unescape_html

from dechaff.edits import Edit, replacing
from dechaff.lines import Line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from dechaff.edits import Document

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][0-9A-Za-z]{1,23});")
# Every shape that ftfy's own, slower test calls bad holds a C1 control, two characters from below the East Asian scripts side by
# side, or an unfinished ligature oe. Sound English, with its curly quotes, has none of them.
_QUICK = re.compile("[\x80-\x9f]|[\xa0-\u2e7f\ufb01\ufb02\ufffd]{2}|[Œœ](?![A-Za-z])|[\ud800-\udfff]")
# What any of these shapes has, in patterns that each begin with a plain class, which the engine finds fast.
_HINTS = (re.compile("[\x80-\x9f\ud800-\udfffŒœ]"), re.compile("[^\x00-\x7f]{2}"))
_MARKUP = re.compile(r"</?[A-Za-z!][^<>]*>")
_ESCAPE = re.compile(r"\x1b\[(?:[0-9]*;)*[0-9]*[A-Za-z]")
_MOST_ROUNDS = 5  # text damaged more than five times over was never met; the bound only makes the end certain

# What each switch would do beyond repair was measured on 51,855 sound lines: curly quotes 5 %, width 1.7 %, both wrong.
# Line breaks, controls and normal form are the next stage's, entities are decided line by line here.
_GENTLE = TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_encoding=True,
    restore_byte_a0=True,
    replace_lossy_sequences=True,
    decode_inconsistent_utf8=True,
    fix_c1_controls=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=False,
    remove_control_chars=False,
    normalization=None,
    explain=True,
)


class Encoding:
    """Finds mojibake, entities, terminal escapes and stray surrogates, line by line."""

    name = "encoding"

    def __init__(self, rules: Collection[str]) -> None:
        """Work with these rules alone."""
        self.rules = rules
        self.config = _GENTLE._replace(
            fix_encoding="ENC001" in rules,
            fix_c1_controls="ENC003" in rules,
            fix_surrogates="ENC004" in rules,
            remove_terminal_escapes="ENC005" in rules,
        )
        self.entities = "ENC002" in rules

    def find(self, documents: Sequence[Document]) -> list[list[Edit]]:
        """Return the repairs of each document."""
        return [self._in_text(document.text) for document in documents]

    def _in_text(self, text: str) -> list[Edit]:
        edits: list[Edit] = []
        lines = list(self._suspects(text))
        # A page that shows mark-up with entities in it is about them: there they are content, on other lines too.
        entities = self.entities and not any(_ENTITY.search(line.text) and _MARKUP.search(line.text) for line in lines)
        for line in lines:
            repaired, steps = self._repair(line.text, entities=entities)
            if steps and _rule(steps) in self.rules:
                edits += replacing(line.text, repaired, line.start, _rule(steps), _note(steps))
        return edits

    def _suspects(self, text: str) -> Iterator[Line]:
        """Yield the lines that a repair could change: nearly none of sound text, and that without cutting it into lines."""
        signs = [pattern for pattern, first in ((_ENTITY, "&"), (_ESCAPE, "\x1b")) if first in text]
        if not text.isascii():
            signs += _HINTS
        found: set[tuple[int, int]] = set()
        for sign in signs:
            match = sign.search(text)
            while match:
                start = text.rfind("\n", 0, match.start()) + 1
                end = text.find("\n", match.end())
                end = len(text) if end < 0 else end
                found.add((start, end))
                match = sign.search(text, end)
        for start, end in sorted(found):
            line = text[start:end]
            if "&" in line or "\x1b" in line or _QUICK.search(line):
                yield Line(start, end, line)

    def _repair(self, line: str, *, entities: bool) -> tuple[str, list[ExplanationStep]]:
        """Return the line repaired until nothing changes, and what was done to it."""
        done: list[ExplanationStep] = []
        for _ in range(_MOST_ROUNDS):
            before = line
            if entities and (plain := unescape_html(line)) != line and "\n" not in plain:
                line = plain
                done.append(ExplanationStep("apply", "unescape_html"))
            repaired, steps = fix_and_explain(line, self.config)
            if repaired != line and "\n" not in repaired:
                line = repaired
                done += steps or ()
            if line == before:
                break
        return line, done


_RULES = {"unescape_html": "ENC002", "fix_c1_controls": "ENC003", "fix_surrogates": "ENC004", "remove_terminal_escapes": "ENC005"}


def _rule(steps: Sequence[ExplanationStep]) -> str:
    """Return the rule that a repaired line is reported under: mojibake before all else, then in the order of the steps."""
    if any(step.parameter not in _RULES for step in steps) and tuple(steps) != _C1_AS_WINDOWS:
        return "ENC001"
    return _RULES.get(steps[0].parameter, "ENC003")


_C1_AS_WINDOWS = (ExplanationStep("encode", "latin-1"), ExplanationStep("decode", "windows-1252"))
_APPLIED = {
    "unescape_html": "HTML entities",
    "fix_c1_controls": "C1 control codes that windows-1252 shows as characters",
    "fix_surrogates": "surrogates",
    "remove_terminal_escapes": "terminal escape sequences",
    "restore_byte_a0": "a no-break space that had become a space",
    "replace_lossy_sequences": "a sequence that lost bytes",
    "decode_inconsistent_utf8": "UTF-8 read as something else in places",
}


def _note(steps: Sequence[ExplanationStep]) -> str:
    """Return the repair in words, such as "UTF-8 read as windows-1252, twice"."""
    causes: list[str] = []
    page = ""
    for step in steps:
        if step.action == "encode":
            page = step.parameter.removeprefix("sloppy-")
        elif step.action == "decode":
            causes.append(f"{step.parameter.upper().replace('UTF-8-VARIANTS', 'UTF-8')} read as {page}")
        else:
            causes.append(_APPLIED.get(step.parameter, step.parameter))
    times = ("", "", ", twice", ", three times", ", four times", ", five times")
    return "; ".join(f"{cause}{times[min(causes.count(cause), 5)]}" for cause in dict.fromkeys(causes))
