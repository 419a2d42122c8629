"""Stage: characters that nobody sees or that stand for others: normal form, controls, odd spaces, invisible characters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from dechaff.edits import Edit, replacing
from dechaff.lines import split

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from dechaff.edits import Document

# Spaces that only typesetting tells from U+0020: U+1680 has a visible stroke, U+3000 is the space of East Asian text.
# A single class is what the engine finds fast; what kind it is, is asked of the few that are found.
_ANY_CLASS = (
    r"[\r\v\f\x85\u2028\u2029\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufff9-\ufffc\xa0\u2000-\u200a\u202f\u205f"
    r"\u200b-\u200d\u2060\ufeff\u180e\xad]"
)
_ANY = re.compile(rf"{_ANY_CLASS}{_ANY_CLASS}*+\n?")
_ODD = re.compile(
    r"""
      (?P<CHA001> \r\n? | [\v\f\x85\u2028\u2029] )
    | (?P<CHA002> [\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufff9-\ufffc]+ )
    | (?P<CHA003> [\xa0\u2000-\u200a\u202f\u205f] )
    | (?P<CHA004> [\u200b-\u200d\u2060\ufeff\u180e] )
    | (?P<CHA005> \xad+ )
    """,
    re.VERBOSE,
)
# Scripts in which joiners and zero-width spaces do no work: beside anything else they stay. By the Unicode Standard, chapters 9
# to 16 and 23, joiners shape Arabic, Syriac, Mongolian and the Indic scripts, U+200B parts the words of Khmer, Thai, Lao,
# Myanmar and Tibetan, and emoji sequences are joined by U+200D.
_PLAIN = re.compile(
    "[\\s!-~\xa1-\u02ff\u0300-\u036f\u0370-\u052f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u20cf\u2150-\u218f"
    "\u3001-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffef]"
)
_MOST_MARKS = 60  # on one letter; the Stream-Safe text format (Unicode Standard, annex 15) has 30 at most, and no script needs more
_MARK = r"[^\x00-\u02ff\u2000-\u20cf\u2100-\u2bff\w]"  # what can be a mark: none is a letter, or among punctuation and symbols
_CROWD = re.compile(f"{_MARK}{_MARK}{{{_MOST_MARKS},}}")  # where there can be more
_MONGOLIAN = re.compile("[\u1800-\u18af]")


class Characters:
    """Finds characters to normalise, one rule a kind."""

    name = "characters"

    def __init__(self, rules: Collection[str]) -> None:
        """Work with these rules alone."""
        self.rules = rules

    def find(self, documents: Sequence[Document]) -> list[list[Edit]]:
        """Return the repairs of each document."""
        return [self._in_text(document.text) for document in documents]

    def _in_text(self, text: str) -> list[Edit]:
        edits = []
        for run in _ANY.finditer(text):
            alone = run.end() - run.start() == 1
            for match in (run,) if alone else _ODD.finditer(text, run.start(), run.end()):
                rule = _rule(run[0]) if alone else match.lastgroup or ""
                new = _REPAIRS[rule](match)
                if new is not None and rule in self.rules:
                    edits.append(Edit(match.start(), match.end(), new, rule, _name(match[0])))
        # What stood between a letter and its accent has to go first, so composing waits for a pass that finds nothing else.
        if not edits and "CHA006" in self.rules and not _is_composed(text):
            for line in split(text):
                composed = _composed(line.text)
                if composed != line.text:
                    edits += replacing(line.text, composed, line.start, "CHA006", "letters and accents stored apart")
        return edits


def _is_composed(text: str) -> bool:
    """Return whether a text is in normal form C, as far as that can be told in time linear in it."""
    return text.isascii() or (_CROWD.search(text) is None and unicodedata.is_normalized("NFC", text))


def _composed(text: str) -> str:
    """Return a text in normal form C, but for crowds of marks: to put them in order takes the square of their number."""
    pieces: list[str] = []
    done = 0
    for crowd in _CROWD.finditer(text):
        start = crowd.start()
        for marked, run in groupby(crowd[0], lambda character: unicodedata.combining(character) > 0):
            end = start + len(list(run))
            if marked and end - start > _MOST_MARKS:
                pieces += unicodedata.normalize("NFC", text[done:start]), text[start:end]
                done = end
            start = end
    return "".join((*pieces, unicodedata.normalize("NFC", text[done:])))


def _line_break(_: re.Match[str]) -> str:
    return "\n"


def _control(match: re.Match[str]) -> str:
    """Return nothing, or a space where two words would else run together."""
    before, after = _around(match)
    return " " if before.isalnum() and after.isalnum() else ""


def _space(match: re.Match[str]) -> str | None:
    before, after = _around(match)
    if match[0] == "\u202f" and (_MONGOLIAN.match(before) or _MONGOLIAN.match(after)):
        return None
    return " "


def _zero_width(match: re.Match[str]) -> str | None:
    before, after = _around(match)
    needed = any(character and not _PLAIN.match(character) for character in (before, after))
    return None if needed else ""


def _soft_hyphen(_: re.Match[str]) -> str:
    return ""


_REPAIRS: dict[str, Callable[[re.Match[str]], str | None]] = {
    "CHA001": _line_break,
    "CHA002": _control,
    "CHA003": _space,
    "CHA004": _zero_width,
    "CHA005": _soft_hyphen,
}


def _around(match: re.Match[str]) -> tuple[str, str]:
    """Return the characters before and after a match, empty at the edges of the text."""
    text, start, end = match.string, match.start(), match.end()
    return text[start - 1 : start] if start else "", text[end : end + 1]


@lru_cache(maxsize=256)
def _rule(found: str) -> str:
    """Return the rule that a character comes under."""
    match = _ODD.match(found)
    assert match
    return match.lastgroup or ""


@lru_cache(maxsize=256)
def _name(found: str) -> str:
    """Return the characters as code points, a run of one of them counted."""
    first = found[0]
    called = f"U+{ord(first):04X} {unicodedata.name(first, '')}".rstrip()
    return called if len(found) == 1 else f"{called} and {len(found) - 1} more"
