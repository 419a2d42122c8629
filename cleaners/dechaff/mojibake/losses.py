"""Words that are UTF-8 but for bytes that were lost on the way: filled where spelling leaves one answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dechaff import spelling
from dechaff.mojibake.fillings import Filling, Voice, fillings, items
from dechaff.mojibake.likelihood import alphabet, has_vocabulary, languages_of, score
from dechaff.mojibake.marks import still_open
from dechaff.mojibake.pages import ASCII, EAST_ASIAN, PAGES, WESTERN, as_utf8, beyond_ascii, possible, sound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MARGIN = 2.5
"""How much likelier, as a natural logarithm, the best filling has to be than the next."""
_MARGIN_OF_ENDINGS = 4.0  # raises the share of right ones from 96.8 to 98.5 % in six languages that nothing was set on
_LONGEST = 80  # characters of the longest word that is filled
_MOST_LOST = 12  # bytes of a word that is filled: four quotation marks; what lost more has no one answer, and takes long to look at
_READ = 1 << 18  # code points of a document that show how it speaks
_WORD = re.compile(r"[^\W\d_]+")
_WORDS = 300  # different words that are looked at
_SEQUENCES, _VALID, _FITS = 8, 0.1, -4.6
"""Characters of several bytes that words have to give when no line is valid as a whole, the share of the words that are, and how likely a
letter of them has to be: sound text has -2.4 to -3.7 (Hindi -5.1), noise -9."""
_EXPLAINED, _TRIED = 0.75, 60
"""Share of the words with East Asian characters or U+FFFD amid Latin text that a page can have made, of so many that are tried."""
_PROOFS = 2  # sides on which East Asian characters that it turns into letters or marks touch Latin letters
_LEAD, _LEAD_WESTERN, _LEAD_EAST_ASIAN = (
    re.compile("[^\x00-\x7f]"),
    re.compile("[\xc2-\xf4]"),
    re.compile("[\u2e80-\uffff]"),
)  # what the first byte of a character can be read as
_C1_SEEN = re.compile("[\xc2-\xf4][\x80-\x9f€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_GLUED_BEFORE, _GLUED_AFTER = re.compile("(?<=[A-Za-z])[\u2e80-\uffef]"), re.compile("[\u2e80-\uffef](?=[A-Za-z])")
_SYMBOL = re.compile("[\u2000-\u2bff\ufe0f\U0001f000-\U0001faff]")  # that any text can have, emoji among them
_EAST = re.compile("[\u2e80-\uffef]")
_APOSTROPHE, _ONE = re.compile("(?<=[A-Za-z])\ufffd{3}(?=[A-Za-z])"), re.compile("(?<!\ufffd)\ufffd(?!\ufffd)")
_DASH = re.compile("(?<= )[–—](?= )")
_PLAIN_WORD = re.compile("[A-Za-z]{2,}")
_ENDS = (".", "!", "?", ":", ".”", "?”", "!”")


class Filled(NamedTuple):
    """A line with words read again."""

    text: str
    lossy: bool
    """Whether any of them had lost bytes."""


class Reading:
    """How the words of a document were read, and are read again."""

    def __init__(self, page: str, voice: Voice) -> None:
        """Take the page that they were certainly read with, and what the document is in."""
        self.page, self.voice = page, voice
        self._known: dict[tuple[str, bool, str], str | None] = {}

    def fill(self, line: str) -> Filled | None:
        """Return a line with the words decoded that were read with the page, or nothing if none was."""
        lead = _lead(self.page)
        if not lead.search(line):
            return None
        done = []
        start, quoted, lossy = True, "", False
        for word in line.split(" "):
            new = self._word(word, start=start, quoted=quoted) if lead.search(word) else None
            lossy |= new is not None and not lossy and _plain(items(word, self.page)) is None
            done.append(word if new is None else new)
            start = done[-1].endswith(_ENDS) or not word
            quoted = still_open(done[-1], quoted)
        filled = " ".join(done)
        return Filled(filled, lossy) if filled != line else None

    def _word(self, word: str, *, start: bool, quoted: str) -> str | None:
        """Return a word read again, if its bytes are UTF-8 or can only have been one word."""
        if len(word) > _LONGEST or word.count("\ufffd") > _MOST_LOST:
            return None
        place = word, start, quoted
        if place not in self._known:
            ways = _ways(word, self.page, self.voice, start=start, quoted=quoted)
            open_ = len(ways) > 1 and ways[0].score - ways[1].score < _needed(ways[0].text, ways[1].text)
            self._known[place] = ways[0].text if ways and not open_ else None
        return self._known[place]


def reading(lines: Sequence[str], known: str | None, source: str, now: Callable[[], str]) -> Reading | None:
    """Return the page that words were read with of which no line is whole, if enough are valid UTF-8 and spelled like a language.

    Args:
        lines: What is left of the damaged lines, and those that were read again.
        known: The page, if whole lines showed it.
        source: The document as it was found.
        now: Returns it as far as it is repaired, for the words and dashes that are intact in it.
    """
    words = list(dict.fromkeys(word for line in lines for word in line.split() if not word.isascii()))[:_WORDS]
    if known:
        page, good = known, _decoded(words, known)
    else:
        able = [(word, possible(word)) for word in words]
        readings = ((page, _decoded([word for word, pages in able if page in pages], page)) for page in PAGES)
        page, good = max(readings, key=lambda one: beyond_ascii("".join(one[1])))
        if beyond_ascii("".join(good)) < _SEQUENCES or len(good) < _VALID * len(words):
            return _amid_latin(lines, words, now) or _all_lost(lines, words, now)
        text = " ".join(good)
        if spelling.likeness(text, tuple(spelling.nearest(text, count=2))) < _FITS * sum(map(str.isalpha, text)):
            return None
    voice = _voice(now(), lines, languages_of(" ".join((*good, *_plain_words(lines)))))
    return Reading(_western_mode(source) if page in WESTERN else page, voice)


def _decoded(words: Iterable[str], page: str) -> list[str]:
    return [new for word in words if (new := as_utf8(word, page)) and sound(new)]


def _plain_words(lines: Iterable[str]) -> list[str]:
    return [word for line in lines for word in line.split() if word.isascii() and _PLAIN_WORD.search(word)]


def _voice(source: str, lines: Iterable[str], languages: tuple[str, ...]) -> Voice:
    """Return how a document speaks: of the lines that may be damaged only the words without characters beyond ASCII are intact."""
    suspect = set(lines)
    intact = [line for line in source[:_READ].split("\n") if line not in suspect] + _plain_words(suspect)
    dashes = set(_DASH.findall(source))
    words = frozenset(_WORD.findall("\n".join(intact)[:_READ].lower()))
    return Voice(languages, words, dashes.pop() if len(dashes) == 1 else "")


def _amid_latin(lines: Sequence[str], words: Sequence[str], now: Callable[[], str]) -> Reading | None:
    """Return the East Asian page that Latin text was read with, if it explains what stands in its words."""
    odd = [word for word in words if _LEAD_EAST_ASIAN.search(word)][:_TRIED]
    marked = [word for word in odd if _EAST.search(word)]
    joined = sum(_touching(word) > 0 or "\ufffd" in word for word in marked)
    if sum(map(_touching, marked)) < _PROOFS or 2 * joined < len(marked):
        return None
    if any(len(word) > _LONGEST or word.count("\ufffd") > _MOST_LOST for word in odd):
        return None
    pages = [page for page in EAST_ASIAN if sum(_may_be_from(word, page) for word in odd) >= _EXPLAINED * len(odd)]
    text = " ".join(_plain_words(lines))
    if not pages or not text:
        return None
    voice = Voice(languages_of(text))
    best = (0, 0.0, "")
    for page in pages:
        ways = {word: found[0] for word in odd if (found := _ways(word, page, voice, start=True, quoted="")) and _is_latin(found[0].text)}
        if len(ways) >= _EXPLAINED * len(odd) and sum(map(_touching, ways)) >= _PROOFS:
            best = max(best, (len(ways), sum(way.score for way in ways.values()), page))
    return Reading(best[2], _voice(now(), lines, voice.languages)) if best[2] else None


def _may_be_from(word: str, page: str) -> bool:
    """Return whether a word can have been read with an East Asian page: it is UTF-8 again, or shows that bytes were lost."""
    return "\ufffd" in word or as_utf8(word, page) is not None


def _all_lost(lines: Sequence[str], words: Sequence[str], now: Callable[[], str]) -> Reading | None:
    """Return that a text lost all bytes beyond ASCII, one by one, if an apostrophe between letters has become three U+FFFD.

    In single-byte pages an apostrophe is one byte, in East Asian ones two: three are UTF-8.
    """
    odd = [word for word in words if "\ufffd" in word][:_TRIED]
    if not any(_APOSTROPHE.search(word) for word in odd) or _ONE.search(source := now()) or _EAST.search(source):
        return None
    return Reading(ASCII, _voice(now(), lines, languages_of(" ".join(_plain_words(lines)))))


def _touching(word: str) -> int:
    """Return on how many sides East Asian characters touch Latin letters."""
    return len(_GLUED_BEFORE.findall(word)) + len(_GLUED_AFTER.findall(word))


def _is_latin(text: str) -> bool:
    return all(character < "\u0250" or "\u1e00" <= character < "\u1f00" or _SYMBOL.match(character) for character in text)


def _western_mode(text: str) -> str:
    """Return whether a text read with a Western page lost the five bytes that windows-1252 lacks, or all C1 controls of latin-1."""
    return "sloppy-windows-1252" if _C1_SEEN.search(text) else "latin-1"


def _needed(best: str, next_best: str) -> float:
    """Return how much likelier the best filling has to be than the next: more where the last letter, and so the grammar, is open."""
    one, other = (re.sub(r"\W+\Z", "", text) for text in (best, next_best))
    return _MARGIN_OF_ENDINGS if one != other and one[:-1] == other[:-1] else MARGIN


def _ways(word: str, page: str, voice: Voice, *, start: bool, quoted: str) -> tuple[Filling, ...]:
    """Return what a word can have been, likeliest first, if that is better than what it is."""
    whole = _plain(items(word, page))
    if whole is not None:
        return (Filling(score(whole, *voice, start=start, quoted=quoted), whole),) if _at_home(whole, voice.languages) else ()
    if page in EAST_ASIAN and not has_vocabulary(voice.languages):
        return ()  # the letters of a language alone fill one word in ten to one in three wrongly
    ways = fillings(word, page, voice, start=start, quoted=quoted)
    if not ways or "\ufffd" in ways[0].text:
        return ()
    if "\ufffd" not in word and ways[0].score < score(word, *voice, start=start, quoted=quoted) + 2 * MARGIN:
        return ()
    return tuple(ways[:2])


def _lead(page: str) -> re.Pattern[str]:
    return _LEAD_WESTERN if page in WESTERN else _LEAD_EAST_ASIAN if page in (ASCII, *EAST_ASIAN) else _LEAD


def _plain(parts: Sequence[int | str]) -> str | None:
    if not all(isinstance(part, int) and part >= 0 for part in parts):
        return None
    try:
        return bytes(parts).decode("utf-8")  # type: ignore[arg-type]
    except UnicodeDecodeError:
        return None


def _at_home(text: str, languages: tuple[str, ...]) -> bool:
    """Return whether all characters beyond ASCII are of the document's languages, so that no word is valid UTF-8 by chance."""
    known = {character for language in languages for character, _ in alphabet(language)}
    return all(character in known or character < "\xc0" or character > "\u2fff" or _SYMBOL.match(character) for character in text)
