"""Blocks in another language: where they begin and end on a page, and which of their lines go."""

from __future__ import annotations

import math
import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from dechaff.foreign.content import is_abstract, is_matter, is_notice, is_sentence, is_site, is_study, is_title, is_verse, protected
from dechaff.foreign.fields import bilingual
from dechaff.foreign.lines import FEW_WORDS, FOREIGN, INSIDE, SURE, Reading
from dechaff.foreign.phrases import is_beside, phrases
from dechaff.foreign.picker import is_name
from dechaff.foreign.signs import suspicious
from dechaff.guards import guard
from dechaff.language import ABSTRACT, Guess, Languages, identify
from dechaff.line_language import evidence, stripped
from dechaff.lines import bare, ends_sentence, is_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dechaff.pages import Page

_CONFIRMED = 5.0  # scores that a block adds up to: of 36,838 content lines of English pages that the model had not seen, 8 reach it alone
# Scores in the block's own language that its line beside the text has, if it has no word that only that language has: one word, or more.
# Of 1,406 first and last lines of English pages, judged in each of 54 languages, 2 and 5 in 10,000 reach them, user names left out.
_BORDER = 1.5
_PHRASE_BORDER = 0.5
_LONG_BORDER = 0.0  # the same for a block of as many lines as follows: 3 and 6 in 10,000
_LONG_PHRASE_BORDER = -1.0
_KNOWN_BORDER = -3.0  # the same if the line has such a word: none but a Welsh sentence
_LONG = 3
# These are judgement, on samples and invented pages. How much hangs on the numbers was measured on one seed of interface strings,
# 1,424 footers and 102,608 lines that must stay: with the values in brackets two footers fewer go at most, and no line more.
_TAIL = -6.5  # (-4.5, -8) score of a word or two after such a block at the end of the page, down to which they go along: Facebook, imprint
_TAIL_WORDS = 2
_TAILED = 2  # lines of a block that takes such a tail along
_ENGLISH = -6.0  # (-5, -7: one footer more) score of a line that is surely English
_CROSSED = 4  # words of such a line that may stand alone between foreign ones: Powered by WordPress
_MOST_LOST = 8.0  # (4: two footers fewer; 12) scores that a block may lose on its way to the next foreign line
_APART = 5  # (3, 8) lines in no language that stand between two foreign ones of a block: more are a table
_SHORT = 8  # (5; 12: one footer more) words of lines that may stand between a block and the edge of the page, and of a field's value
_BEYOND = 3  # (2, 5) how many such lines
_VALUES = frozenset({"registry-value", "registry-field"})
_VALUED = 2  # foreign lines to one that stands over a value: they are labels of a record
_LABELS = frozenset({"section-heading", "registry-field"})
_LABEL_WORDS = 4  # of a guarded heading or field without its value: "Conflict of interest statement" has as many
_HEADING_WORDS = 6  # of a heading over a list; judgement, half of what makes prose
_PARAGRAPH = 40  # words of a line that is no menu: with text beyond, it is part of the page's own text
_FEWEST = 3  # words of a block amid the text that is worth a remark
_LABEL = re.compile(r"[^\d:：.!?]+[:：]?")
_RUNNING = re.compile(r"(?:introduction|background|methods?|results?|findings|discussion|conclusions?|limitations)[:：]?", re.IGNORECASE)
"""Headings over running text, which is in the page's language; short lines in another are none of theirs."""
_FOLLOWS = re.compile(r"\b(?:here (?:is|are)|below|following|as follows)\b", re.IGNORECASE)
_HANDLE = re.compile(r"\A[a-z]+\Z|[^\W\d_]\d", re.ASCII)  # what users and versions are called, in letters that look like any language's
_NUMBERS = re.compile(r"[\W\d_]+")
_KEYWORDS = 6  # words of one, its bullet among them; PubMed's own lists have no longer ones
_NAME = re.compile(r"[A-Z][\w'’.-]+(?: [A-Z][\w'’.-]+){1,3}(?:, [A-Z].{0,40})?")
_NUMBERED = re.compile(r"\s*\[?([0-9]{1,3})[\].)]\s")
_DIGIT = re.compile(r"\d")


class Block(NamedTuple):
    """Lines in another language, side by side."""

    begin: int
    """Index of its first line among the written lines."""
    end: int
    """One past its last."""
    guess: Guess
    place: str
    """`before`, `after` or `amid` the text."""


class Blocks:
    """The blocks in other languages on one page, found from its edges or anywhere."""

    def __init__(self, page: Page, languages: Languages) -> None:
        """Take the page; none of its lines is judged before it is asked for."""
        self._page = page
        self._read = Reading(page, languages)
        self._blank = page.rows.blank
        self.lines = page.lines
        self.languages = languages

    def foot(self) -> Block | None:
        """Return the foreign block at the end of the page."""
        return self._edge(range(len(self.lines) - 1, -1, -1), "after")

    def head(self, most: int) -> Block | None:
        """Return the foreign block at the beginning of the page, among its first lines."""
        block = self._edge(range(most), "before")
        return block and block._replace(end=min(block.end, most))

    def amid(self) -> list[Block]:
        """Return the foreign blocks anywhere on the page, as far as they are sure by themselves."""
        found = []
        for begin, end in self._runs():
            block = self._confirmed(begin, end)
            if block is not None and sum(self._read.glance(i).words for i in range(begin, end)) >= _FEWEST:
                found.append(Block(begin, end, block[2], "amid"))
        return found

    def _runs(self) -> list[tuple[int, int]]:
        """Return where foreign lines stand together, neutral ones between them: pairs of first index and one past the last."""
        runs: list[tuple[int, int]] = []
        for i in suspicious(self._page):
            if not self._read.is_foreign(i):
                continue
            if runs and all(self._read.glance(j).kind == "neutral" for j in range(runs[-1][1], i)):
                runs[-1] = (runs[-1][0], i + 1)
            else:
                runs.append((i, i + 1))
        return runs

    def is_chrome(self, block: Block) -> bool:
        """Return whether a block amid the text is a site's to its first line: under no heading, no abstract, no title, no quotation."""
        return self._judged(block) == block and self._read.see(block.begin, block.guess.language).score >= _BORDER

    def _edge(self, order: range, place: str) -> Block | None:
        """Return the block at one edge, whose lines are looked at in this order, from the edge inwards."""
        outer = self._first_foreign(order)
        if outer is None:
            return None
        inner = self._grow(order[outer:])
        if inner is None:
            return None
        begin, end = sorted((order[outer], inner))
        block = self._confirmed(begin, end + 1)
        if block is None:
            return None
        begin, end = self._borders(*block[:2], block[2].language, place)
        if end <= begin:
            return None
        return self._judged(Block(begin, end, block[2], place))

    def _first_foreign(self, order: range) -> int | None:
        """Return how many lines stand between the edge and the first foreign line, if they are few and short."""
        beyond = 0
        for count, i in enumerate(order):
            if self._read.is_foreign(i):
                return count
            seen = self._read.glance(i)
            if seen.kind != "neutral" or _NUMBERS.fullmatch(bare(self.lines[i])):
                beyond += 1
                if beyond > _BEYOND or seen.words > _SHORT:
                    return None
        return None

    def _grow(self, order: range) -> int | None:
        """Return the innermost line of the block that begins with the first of these lines: where the scores add up to the most."""
        total = best = 0.0
        inner = None
        crossed = False
        apart = 0
        for i in order:
            seen = self._read.see(i)
            apart = 0 if seen.score >= FOREIGN else apart + 1
            if apart > _APART:
                break
            english = seen.score <= _ENGLISH
            if english and (crossed or seen.words > _CROSSED):
                break
            crossed = english
            total += seen.score
            if seen.score >= FOREIGN and total >= best:
                best, inner = total, i
            if total < best - _MOST_LOST:
                break
        return inner if best >= FOREIGN else None

    def _confirmed(self, begin: int, end: int) -> tuple[int, int, Guess] | None:
        """Return the block with its language, if all its lines together are sure of it."""
        foreign = [i for i in range(begin, end) if self._read.is_foreign(i)]
        scripts = [self._read.glance(i).language for i in foreign if self._read.glance(i).kind == "script"]
        latin = [i for i in foreign if self._read.glance(i).kind == "latin"]
        if 2 * len(scripts) >= len(foreign):
            code = max(sorted(set(scripts)), key=scripts.count)
            return begin, end, Guess(code, 1.0)
        code = self._pooled(latin)
        seen = [self._read.see(i, code) for i in latin]
        total = sum(max(0.0, one.score) for one in seen) + SURE * len(scripts)
        if total < _CONFIRMED or not any(one.known or one.score >= SURE for one in seen):
            return None
        if self.languages.engine == "langdetect":
            guess = identify(" ".join(stripped(self.lines[i]) for i in latin))
            return None if guess is None else (begin, end, guess)
        return begin, end, Guess(code, sure(total))

    def _pooled(self, lines: Sequence[int]) -> str:
        """Return the language that some lines together are likeliest in."""
        pooled = " ".join(stripped(self.lines[i]) for i in lines)
        return evidence(pooled[:1500], "", self.languages.kept).language

    def _borders(self, begin: int, end: int, language: str, place: str) -> tuple[int, int]:
        """Return the block with its inner border and its outer one where its own language says."""
        after = place == "after"
        foreign = sum(self._read.is_foreign(i) for i in range(begin, end))
        least = (_LONG_BORDER, _LONG_PHRASE_BORDER) if foreign >= _LONG else (_BORDER, _PHRASE_BORDER)
        while end > begin and not self._is_border(begin if after else end - 1, language, least):
            begin, end = (begin + 1, end) if after else (begin, end - 1)
        if end <= begin:
            return begin, end
        while after and begin > 0 and (self._is_border(begin - 1, language, least) or is_beside(self.lines[begin - 1])):
            begin -= 1
        while not after and end < len(self.lines) and (self._is_border(end, language, least) or is_beside(self.lines[end])):
            end += 1
        if end <= begin:
            return begin, end
        rhythm = self._rhythm(begin, end)
        if after:
            begin = self._paragraph(begin, -1, language, rhythm)
            return begin, self._outwards(end - 1, 1, language, tail=foreign >= _TAILED) + 1
        end = self._paragraph(end - 1, 1, language, rhythm) + 1
        return self._outwards(begin, -1, language), end

    def _is_border(self, i: int, language: str, least: tuple[float, float]) -> bool:
        """Return whether a line is foreign enough to stand beside English: by its script, or in the block's own language.

        Args:
            i: Its index.
            language: That language.
            least: The score that it needs without a word that only this language has: as one word, as more.
        """
        seen = self._read.see(i, language)
        if is_row(self.lines[i]) and _DIGIT.search(self.lines[i]):  # a field and its date, or a row of figures
            return False
        if seen.kind == "script":
            return True
        if seen.language != language:
            return seen.score >= _CONFIRMED
        if seen.known:
            return seen.score >= _KNOWN_BORDER
        handle = _HANDLE.search(stripped(self.lines[i])) is not None
        return seen.score >= (max(FOREIGN, least[0]) if handle else least[seen.words > 1])

    def _paragraph(self, border: int, step: int, language: str, rhythm: int) -> int:
        """Return the border moved to the edge of its paragraph, if no line up to there is English.

        Args:
            border: The block's line beside the text.
            step: Which way the text lies.
            language: The block's.
            rhythm: How many blank lines stand between lines of a paragraph.
        """
        i = border
        while 0 <= i + step < len(self.lines) and self._gap(min(i, i + step)) <= rhythm:
            i += step
            if not self._goes_along(i, language):
                return border
        at_edge = not 0 <= i + step < len(self.lines)
        return border if at_edge else i

    def _rhythm(self, begin: int, end: int) -> int:
        """Return how many blank lines stand between the lines of a block: what a list has between its entries is no end of it."""
        gaps = [self._gap(i) for i in range(begin, end - 1)]
        return min(gaps) if len(gaps) >= _LONG - 1 else 0

    def _gap(self, i: int) -> int:
        """Return how many blank lines stand between a line and the next."""
        return int(self._blank[i + 1] - self._blank[i])

    def _outwards(self, border: int, step: int, language: str, *, tail: bool = False) -> int:
        """Return the outermost line that goes with the block: neutral and short lines between it and the edge of the page."""
        i = border
        while 0 <= i + step < len(self.lines) and (
            self._goes_along(i + step, language) or is_beside(self.lines[i + step]) or (tail and self._is_tail(i + step))
        ):
            i += step
        return i

    def _is_tail(self, i: int) -> bool:
        line = self.lines[i]
        seen = self._read.see(i)
        return seen.score >= _TAIL and seen.words <= _TAIL_WORDS and not seen.english and not (protected(line) or guard(line))

    def _goes_along(self, i: int, language: str) -> bool:
        """Return whether a line beside foreign ones goes with them: it is no English, no content, and says nothing."""
        line = self.lines[i]
        seen = self._read.see(i, language)
        if language == "mul" and is_name(line):
            return True
        if protected(line) or guard(line):
            return False
        if language == "mul":
            return seen.words <= FEW_WORDS and seen.score > _ENGLISH
        if seen.kind == "neutral":
            return not _NUMBERS.fullmatch(bare(line))
        return seen.score >= FOREIGN or (seen.score >= INSIDE and seen.english == 0 and seen.words <= FEW_WORDS)

    def _without_fields(self, block: Block) -> Block:
        """Return a block as far as it is no part of a record with labels in two languages."""
        if self._fields is None:
            return block
        first, end = self._fields
        if block.place == "before":
            return block._replace(end=max(block.begin, min(block.end, first)))
        return block._replace(begin=min(block.end, max(block.begin, end)))

    @cached_property
    def _fields(self) -> tuple[int, int] | None:
        return bilingual(self.lines, self._blank, self._read.is_foreign)

    def _is_name_again(self, i: int) -> bool:
        """Return whether a line is as short as a name, and stands right above or below a name in English letters."""
        beside = [j for j in (i - 1, i + 1) if 0 <= j < len(self.lines) and not self._gap(min(i, j))]
        return self._read.glance(i).words <= FEW_WORDS and not self._is_own(i) and any(_NAME.fullmatch(bare(self.lines[j])) for j in beside)

    def _goes_on(self, i: int) -> bool:
        """Return whether a line has the number after that of the line above: it is the next reference, or the next step."""
        here, above = (_NUMBERED.match(self.lines[j]) if j >= 0 else None for j in (i, i - 1))
        return here is not None and above is not None and int(here[1]) == int(above[1]) + 1

    def _without_keywords(self, block: Block) -> Block:
        """Return a block after the text without the keywords in another language, under their heading, that it begins with."""
        if block.place == "before" or not ABSTRACT.fullmatch(bare(self.lines[block.begin])):
            return block
        i = block.begin + 1
        mark = self.lines[i].strip()[:1] if i < block.end else ""
        if mark.isalnum():
            return block
        while i < block.end and self._is_keyword(i, mark) and self._gap(i - 1) <= self._gap(block.begin):
            i += 1
        return block._replace(begin=i)

    def _is_keyword(self, i: int, mark: str) -> bool:
        line = self.lines[i].strip()
        return line[:1] == mark and len(line.split()) <= _KEYWORDS and not ends_sentence(line)

    def _judged(self, block: Block) -> Block | None:
        """Return the block, as far as no heading has it for its content, unless it is content or the page's own text."""
        if self._is_content(block):
            return None
        block = self._without_content(block)
        if block.begin == block.end or self._is_content(block):
            return None
        return block if len(self.gone(block)) < len(self.lines) else None

    def _without_content(self, block: Block) -> Block:
        """Return a block without the fields, the entries, the keywords and the matter of a heading that it begins or ends with."""
        block = self._without_fields(block)
        while block.place != "before" and block.begin < block.end and self._goes_on(block.begin):
            block = block._replace(begin=block.begin + 1)
        if block.begin < block.end:
            block = self._without_keywords(block)
        if block.begin < block.end and self._is_labelled(block):
            block = block._replace(begin=next((i for i in range(block.begin, block.end) if self._is_own(i)), block.end))
        return block

    def _is_content(self, block: Block) -> bool:
        """Return whether a block is content, or the page's own text."""
        inside = range(block.begin, block.end)
        foreign = [i for i in inside if self._read.is_foreign(i)]
        text = [self.lines[i] for i in inside]
        above = self.lines[block.begin - 1] if block.begin else ""
        told = [self.lines[i] for i in foreign]
        seen = [self._read.glance(i) for i in foreign]
        if not foreign or is_abstract(text, [self._read.glance(i) for i in inside], above) or is_sentence(told, seen):
            return True
        if is_title(told, seen) or is_study(told) or is_verse(told) or (self._is_announced(block) and is_matter(told, seen, block.guess)):
            return True
        if block.guess.language != "mul" and _VALUED * sum(map(self._is_label, foreign)) >= len(foreign):
            return True
        if block.place == "before" and len(foreign) == 1 and self._is_name_again(foreign[0]):
            return True
        return self._beyond(block) and any(one.words >= _PARAGRAPH for one in seen)

    def _is_labelled(self, block: Block) -> bool:
        """Return whether the line above a block is a heading of articles or a field of records that lacks its value: the block is that."""
        above = bare(self.lines[self._above(block)])
        if block.place == "before" or not _LABEL.fullmatch(above) or _RUNNING.fullmatch(above):
            return False
        return len(above.split()) <= _LABEL_WORDS and guard(above) in _LABELS

    def _is_announced(self, block: Block) -> bool:
        """Return whether a block has no line of a site's own, and the line above says that it follows, or is a heading after a sentence."""
        i = self._above(block)
        above = bare(self.lines[i])
        if block.place == "before" or any(map(self._is_own, range(i, block.end))):
            return False
        if above.endswith((":", "：")) or _FOLLOWS.search(above):
            return True
        headed = i > 0 and ends_sentence(self.lines[i - 1])
        return headed and len(above.split()) <= _HEADING_WORDS and _LABEL.fullmatch(above) is not None

    def _above(self, block: Block) -> int:
        """Return the line above a block, and above foreign ones in whose midst its border was drawn; its first if there is none."""
        return next((i for i in range(block.begin - 1, -1, -1) if not self._read.is_foreign(i)), block.begin)

    def _is_own(self, i: int) -> bool:
        """Return whether a line is a site's own whatever stands beside it: its name and rights, a notice, an entry of any site's menu."""
        line = self.lines[i]
        known = bool(phrases(line, self.languages.kept)) or is_beside(line) or is_name(line)
        return known or is_site(line) or is_notice(line) or stripped(line) != bare(line)

    def _is_label(self, i: int) -> bool:
        """Return whether the next line is the value of a field, which makes this line its label."""
        return i + 1 < len(self.lines) and guard(self.lines[i + 1]) in _VALUES and self._read.glance(i + 1).words <= _SHORT

    def _beyond(self, block: Block) -> bool:
        """Return whether text stands between a block and the edge of the page."""
        rest = range(block.end, len(self.lines)) if block.place == "after" else range(block.begin)
        return any(self._read.glance(i).kind != "neutral" and self._read.glance(i).words > FEW_WORDS for i in rest)

    def gone(self, block: Block) -> list[int]:
        """Return the lines of a block that go: all but those that are English or content."""
        return [i for i in range(block.begin, block.end) if self._is_foreign_chrome(i, block.guess.language)]

    def _is_foreign_chrome(self, i: int, language: str) -> bool:
        seen = self._read.see(i, language)
        if seen.kind == "neutral" and protected(self.lines[i]):
            return False
        return seen.score >= 0 or self._stays_foreign(i, language)

    def _stays_foreign(self, i: int, language: str) -> bool:
        seen = self._read.see(i, language)
        if language == "mul":
            return seen.words <= FEW_WORDS or is_name(self.lines[i])
        return is_beside(self.lines[i]) or (
            not seen.english and (seen.words <= FEW_WORDS or seen.score > _ENGLISH) and not protected(self.lines[i])
        )


def sure(score: float) -> float:
    """Return the probability that scores add up to, in hundredths."""
    return round(min(0.999, 1 / (1 + math.exp(-score))), 3)
