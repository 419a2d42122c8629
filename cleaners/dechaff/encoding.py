"""Stage: text that was decoded wrongly before it came to us, and its kin: each room of `mojibake` finds one kind."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from ftfy import ExplanationStep, TextFixerConfig, fix_and_explain
from ftfy.badness import is_bad

from dechaff.edits import Edit, replacing
from dechaff.lines import Line, split
from dechaff.mojibake import entities, losses, replacements, round_trip, swaps
from dechaff.mojibake.accents import LOST
from dechaff.mojibake.pages import shown
from dechaff.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from dechaff.edits import Document

_CONTROL = re.compile("[\x1b\x80-\x9f\ud800-\udfff]")
# Every other shape that ftfy's own, slower test calls bad holds two characters from below the East Asian scripts side by side, an
# unfinished ligature oe, or a letter that lost its second half to a space. Sound English, with its curly quotes, has none of them.
_QUICK = re.compile("[\xa0-\u2e7f\ufb01\ufb02\ufffd](?:(?<=[\xa0-\u2e7f\ufb01\ufb02\ufffd]{2})|(?<=[Œœ])(?![A-Za-z])|(?= )(?<=[a-z][ÂÃ]))")
# Characters that any sound text may have, and that no damage consists of alone: a line with no other is not looked at further.
_ODD = re.compile("[^\x00-\x7f’“”‘–—…•·\xa0]")
# Of the lines with others those are suspect that have what ftfy's shapes have, or what East Asian pages and lost bytes leave: a
# character of theirs or a replacement; icons and variation selectors are neither. A class comes first: the engine finds it fast.
_HINT = re.compile(
    _ODD.pattern + "(?:(?=[^\x00-\x7f])|(?<=[^\x00-\x7f].)|(?= )(?<=[a-z][ÂÃ])"
    "|(?<=[\x80-\x9f\ud800-\udfffŒœ\u2e80-\ud7ff\uf900-\ufdff\ufe20-\ufefe\uff00-\ufffd]))"
)
_ESCAPE = re.compile(r"\x1b\[(?:[0-9]*;)*[0-9]*[A-Za-z]")
_SAMPLES = 2  # a page is about mark-up where a third of its lines with entities are samples; judgement, on pages that teach HTML
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
    """Finds mojibake, entities, terminal escapes, stray surrogates and characters that were lost, over each document as a whole."""

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

    def find(self, documents: Sequence[Document]) -> list[list[Edit]]:
        """Return the repairs of each document."""
        return [self._in_text(document.text) for document in documents]

    def weighs(self, text: str) -> bool:
        """Return whether what is repaired in a text may depend on which lines it has: no line of most texts is in doubt."""
        page = DamagedText(text)
        return bool(page.suspects) or ("ENC001" in self.rules and swaps.likely(text, page.unusual))

    def _in_text(self, text: str) -> list[Edit]:
        page = DamagedText(text)
        swapped = "ENC001" in self.rules and swaps.likely(text, page.unusual)
        if swapped:
            page.widen()
        if page.suspects:
            self._repair(page, swapped=swapped)
        edits: list[Edit] = []
        for suspect in page.suspects:
            if suspect.text != suspect.line.text and (rule := suspect.rule()) in self.rules:
                edits += replacing(suspect.line.text, suspect.text, suspect.line.start, rule, suspect.note())
        return edits

    def _repair(self, page: DamagedText, *, swapped: bool) -> None:
        if "ENC002" in self.rules:
            page.unescape()
        if "ENC001" in self.rules:
            page.read_again()
            page.fill_losses()
        for suspect in page.suspects:
            self._with_ftfy(suspect)
        if swapped:
            page.undo_swap()
        if "ENC006" in self.rules:
            page.fill_replacements()

    def _with_ftfy(self, suspect: Suspect) -> None:
        """Repair what ftfy knows of: text that it calls bad, and controls."""
        if _CONTROL.search(suspect.text) or (_QUICK.search(suspect.text) and is_bad(suspect.text)):
            repaired, steps = fix_and_explain(suspect.text, self.config)
            suspect.put(repaired, _rule(steps or ()), *_causes(steps or ()))


class Suspect:
    """A line that a repair may change, and what was done to it so far."""

    def __init__(self, line: Line) -> None:
        """Begin with a line as it was found."""
        self.line = line
        self.text = line.text
        self.done: list[tuple[str, str]] = []

    def put(self, text: str, rule: str, *causes: str) -> None:
        """Take another text for the line, if it is another, and remember why."""
        if text != self.text and "\n" not in text:
            self.text = text
            self.done += [(rule, cause) for cause in causes]

    def rule(self) -> str:
        """Return the rule that the line is reported under: mojibake before all else, then the first."""
        rules = [rule for rule, _ in self.done]
        return "ENC001" if "ENC001" in rules else rules[0]

    def note(self) -> str:
        """Return the repair in words, such as "UTF-8 read as windows-1252, twice"."""
        counts = Counter(cause for _, cause in self.done)
        return "; ".join(f"{cause}{_TIMES[min(count, 5)]}" for cause, count in counts.items())


_TIMES = ("", "", ", twice", ", three times", ", four times", ", five times")


class DamagedText:
    """The suspects of a document together: what one shows with certainty makes weaker signs in others credible."""

    def __init__(self, text: str) -> None:
        """Begin with a document's text."""
        self.source = text
        odd = [] if text.isascii() else list(_lines(text, _ODD))
        self.unusual = "\n".join([line.text for line in odd])
        """The lines that can be damaged."""
        marked = [line for sign, first in ((entities.ENTITY, "&"), (_ESCAPE, "\x1b")) if first in text for line in _lines(text, sign)]
        hinting = [line for line in odd if _HINT.search(line.text)] if _HINT.search(self.unusual) else []
        self.suspects = [Suspect(line) for line in sorted({*marked, *hinting})]
        self.known: Counter[str] = Counter()

    def widen(self) -> None:
        """Suspect all lines that could be damaged where others are: in sound documents they are too many to look at."""
        had = {one.line.start for one in self.suspects}
        more = [Suspect(line) for line in _lines(self.source, swaps.TOUCHED) if line.start not in had]
        self.suspects = sorted(self.suspects + more, key=lambda one: one.line.start)

    def unescape(self) -> None:
        """Write entities as the characters they stand for, but in samples of mark-up and code, and on pages that are about them."""
        escaped = [one for one in self.suspects if entities.ENTITY.search(one.text)]
        others = [one for one in escaped if not entities.is_sample(one.text)]
        if _SAMPLES * (len(escaped) - len(others)) < len(others) or len(others) == len(escaped):
            for suspect in others:
                suspect.put(entities.plain(suspect.text), "ENC002", "HTML entities")

    def read_again(self) -> None:
        """Read lines again as UTF-8 that are so from end to end, until there are none."""
        left = [one for one in self.suspects if not one.text.isascii()]
        for _ in range(_MOST_ROUNDS):
            found = [round_trip.trips(one.text, frozenset(self.known)) for one in left]
            ranks = round_trip.order(found) if any(found) else {}
            met = len(self.known)
            for suspect, trips in zip(left, found, strict=True):
                if trips:
                    trip = min(trips, key=lambda trip: ranks[trip.pages])
                    self.known.update(trip.pages)
                    suspect.put(trip.text, "ENC001", *(f"UTF-8 read as {shown(page)}" for page in trip.pages))
            if met == len(self.known):  # no new page, so only lines that changed can change again
                left = [one for one, trips in zip(left, found, strict=True) if trips]
            if not any(found):
                return

    def fill_losses(self) -> None:
        """Read words again in lines that lost bytes, with the page that other lines were certainly read with."""
        known = self.known.most_common(1)[0][0] if self.known else None
        if known:
            self.widen()
        if all(one.text.isascii() for one in self.suspects):
            return
        if (reading := losses.reading([one.text for one in self.suspects], known, self.source, self.now)) is None:
            return
        self.widen()
        for suspect in self.suspects:
            if new := reading.fill(suspect.text):
                suspect.put(new.text, "ENC001", f"UTF-8 read as {shown(reading.page)}" + ", and bytes lost" * new.lossy)

    def undo_swap(self) -> None:
        """Read lines again that one legacy code page was mistaken in for another."""
        if swap := swaps.find([one.text for one in self.suspects]):
            for suspect in self.suspects:
                suspect.put(swaps.apply(suspect.text, swap), "ENC001", swap.cause)

    def fill_replacements(self) -> None:
        """Fill replacement characters where what stands around them leaves one answer."""
        holed = [one for one in self.suspects if LOST in one.text]
        if holed:
            known = replacements.evidence(self.source, self.languages)
            for suspect in holed:
                suspect.put(replacements.fill(suspect.text, known), "ENC006", "a replacement character, filled from what stands around it")

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """What the document is in as far as it can be read, by ISO 639 codes, likeliest first."""
        return tuple(nearest(self.now(), count=2))

    def now(self) -> str:
        """Return the document as far as it is repaired."""
        repaired = {one.line.start: one.text for one in self.suspects}
        return "\n".join(repaired.get(line.start, line.text) for line in split(self.source))


def _lines(text: str, sign: re.Pattern[str]) -> Iterator[Line]:
    """Yield the lines of a text that have a sign, without cutting the others out."""
    match = sign.search(text)
    while match:
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        end = len(text) if end < 0 else end
        yield Line(start, end, text[start:end])
        match = sign.search(text, end)


_RULES = {"fix_c1_controls": "ENC003", "fix_surrogates": "ENC004", "remove_terminal_escapes": "ENC005"}
_C1_AS_WINDOWS = (ExplanationStep("encode", "latin-1"), ExplanationStep("decode", "windows-1252"))
_APPLIED = {
    "fix_c1_controls": "C1 control codes that windows-1252 shows as characters",
    "fix_surrogates": "surrogates",
    "remove_terminal_escapes": "terminal escape sequences",
    "restore_byte_a0": "a no-break space that had become a space",
    "replace_lossy_sequences": "a sequence that lost bytes",
    "decode_inconsistent_utf8": "UTF-8 read as something else in places",
}


def _rule(steps: Sequence[ExplanationStep]) -> str:
    """Return the rule that some of ftfy's steps come under: mojibake before all else, then the first."""
    if any(step.parameter not in _RULES for step in steps) and tuple(steps) != _C1_AS_WINDOWS:
        return "ENC001"
    return _RULES.get(steps[0].parameter, "ENC003") if steps else "ENC001"


def _causes(steps: Sequence[ExplanationStep]) -> list[str]:
    """Return ftfy's steps in words."""
    causes: list[str] = []
    page = ""
    for step in steps:
        if step.action == "encode":
            page = shown(step.parameter)
        elif step.action == "decode":
            causes.append(f"{step.parameter.upper().replace('UTF-8-VARIANTS', 'UTF-8')} read as {page}")
        else:
            causes.append(_APPLIED.get(step.parameter, step.parameter))
    return causes
