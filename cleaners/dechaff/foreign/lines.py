"""What each line of a page says of its language: by what it is, by what it is content for, and by what stands around it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from dechaff.foreign.content import protected
from dechaff.foreign.phrases import phrases
from dechaff.foreign.picker import FEWEST, is_name, names
from dechaff.guards import guard
from dechaff.line_language import Evidence, evidence
from dechaff.lines import bare

if TYPE_CHECKING:
    from dechaff.language import Languages
    from dechaff.pages import Page

FOREIGN = 1.0
"""Score from which a line can begin or end a block: 132 of 36,838 content lines of English pages reach it; the block must be sure too."""
INSIDE = -4.0
"""Score down to which a short line between or beside foreign ones goes with them."""
SURE = 8.0
"""Score of a line that its script or its phrase alone decides."""
FEW_WORDS = 3
"""Words of a line that has no language of its own: Facebook, Login, Web Blog."""
_FIELD = -2.0  # the most that a line scores that reads like a field or a heading of an English page
_FIELDS = frozenset(
    {"identifier", "publication-data", "registry-field", "registry-value", "figure-or-date", "section-heading", "statement"}
)
_STRANGE = 3  # names in a row that we do not know: of what languages call themselves CLDR has a third
_MORE_WORDS = re.compile(rf"(?:[\W_]*+[^\W_]++){{{FEW_WORDS + 1}}}")
_PICKED = Evidence("script", SURE, "mul", 1, 0, 1)


class Reading:
    """The lines of one page, each read for its language when it is first asked for."""

    def __init__(self, page: Page, languages: Languages) -> None:
        """Take the lines."""
        self.lines = page.lines
        self._kept = languages.kept
        self._glances: dict[int, Evidence] = {}

    def see(self, i: int, language: str = "") -> Evidence:
        """Return what a line says of its language, or of a given one."""
        return _PICKED if self.glance(i) is _PICKED else look(self.lines[i], language, self._kept)

    def glance(self, i: int) -> Evidence:
        """Return the same but for its score, which what makes a line content may lower: for the kind, the words, and the most of it."""
        found = self._glances.get(i)
        if found is None:
            found = self._glances[i] = _PICKED if self._in_picker(i) else _unguarded(self.lines[i], self._kept)
        return found

    def is_foreign(self, i: int) -> bool:
        """Return whether a line can begin or end a block."""
        return self.glance(i).score >= FOREIGN and self.see(i).score >= FOREIGN

    def _in_picker(self, i: int) -> bool:
        """Return whether a line is part of a list of languages, each named in itself; a name we do not know counts between two we do."""
        name = _naming(self.lines[i])
        if name is None:
            return False
        before = self._names_beside(i, -1)
        if not (name or before):
            return False
        after = self._names_beside(i, 1)
        if not (name or after):
            return False
        found = {*before, *after, name} - {""}
        return len(found) >= FEWEST and len(found - {"english"}) >= FEWEST - 1

    def _names_beside(self, i: int, step: int) -> list[str]:
        """Return the names of languages that stand in a row on one side of a line, three at most."""
        found: list[str] = []
        strange = 0
        while 0 <= i + step < len(self.lines) and len(found) < FEWEST and strange <= len(found) + _STRANGE:
            i += step
            name = _naming(self.lines[i])
            if name is None:
                break
            if name:
                found.append(name)
            else:
                strange += 1
        return found


@lru_cache(maxsize=1 << 14)
def _naming(line: str) -> str | None:
    """Return the language that a line names in itself, nothing if it may be a name that we do not know, None if it is too long for one."""
    if is_name(line):
        return bare(line).casefold()
    return None if _MORE_WORDS.match(line) else ""


@lru_cache(maxsize=1 << 16)
def _named(line: str, kept: tuple[str, ...]) -> Evidence | None:
    """Return what a line says by what it is: phrases of footers, or names of languages."""
    known = phrases(line, kept)
    if known:
        return Evidence(evidence(line, "", kept).kind, SURE, known, len(line.split()), 0, 1)
    count, rest = names(line)
    return Evidence("script", SURE, "mul", count, 0, count) if count >= FEWEST and count > rest else None


def _unguarded(line: str, kept: tuple[str, ...]) -> Evidence:
    """Return what a line says of its language."""
    return _named(line, kept) or evidence(line, "", kept)


@lru_cache(maxsize=1 << 16)
def look(line: str, language: str, kept: tuple[str, ...]) -> Evidence:
    """Return what a line says of its language, or of a given one, with what is content for other reasons counted as English."""
    named = _named(line, kept)
    if named:
        return named
    seen = evidence(line, language, kept)
    if seen.kind == "latin" and seen.score > _FIELD and guard(line) in _FIELDS:
        return seen._replace(score=_FIELD)
    if seen.score > INSIDE and seen.kind != "neutral" and protected(line):
        return seen._replace(score=-SURE)
    return seen
