"""Pages that are wholly in another language: they are reported and left as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dechaff.language import FOREIGN_WORDS, Guess, Languages, script_letters
from dechaff.line_language import LETTERS, STRONG, evidence, plain_english

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LETTERS_A_WORD = 4  # non-Latin letters that weigh as one function word; East Asian text has 2.2 letters a word
_FEWEST = 8  # words of another language without which a page is not called foreign: a name or a motto is not a language
_ENGLISH_TEXT = 25  # words that only English has and that make a text: three sentences have as many
_SOME = 8  # such words that tell a page of short lines, where there are fewer words of other languages
_PLAIN = 0.02  # and their share of all words: English prose has a fifth, menus a twentieth
_RATIO = 4  # times as many words of other languages as of English; English WCXB pages (725) have a seventh at most
_LITTLE = 3  # words that only English has, up to which as many words of another language are enough
_OF_FEWER = 2  # times as many, if they stand on fewer lines than the English ones: navigation of one language and a notice of another
_ONE_LINE = 200  # words of one line that count: one letter written a thousand times is no page
_SAMPLE = 2000  # code points at the beginning, the middle and the end: a page that is wholly in one language shows it there


def foreign_page(text: str, languages: Languages = Languages()) -> Guess | None:  # noqa: B008  it cannot change
    """Return the language of a page that is wholly in a language that is not kept, else None."""
    text = _sample(text)
    found = text.lower().split()
    weight = sum(map(FOREIGN_WORDS.__contains__, found))
    strong = sum(map(STRONG.__contains__, found))
    if "en" in languages.kept:
        most = _RATIO * strong if strong >= _ENGLISH_TEXT else strong if strong >= max(_SOME, _PLAIN * len(found)) else -1
        others = len(text.encode("utf-8", "surrogatepass")) - len(text)  # a byte at least for each letter of another script
        if weight + others // _LETTERS_A_WORD > most:
            weight += script_letters(text, languages.kept)[0] // _LETTERS_A_WORD
        if weight <= most:
            return None  # nearly every page: nothing else is looked at
    return _judged([part for line in text.split("\n") for part in _parts(line) if part and not part.isspace()], languages.kept)


def _judged(parts: Sequence[str], kept: tuple[str, ...]) -> Guess | None:
    """Return the language of a text, by all its lines, as long as they leave it open."""
    ours = theirs = strong = 0
    balance = 0  # lines of other languages less those of ours
    weights: dict[str, int] = {}
    most = {part: _most_words(part) for part in parts}
    left = sum(map(most.__getitem__, parts))
    # English prose shows at a glance: with it first, few pages need another look.
    for part in sorted(parts, key=lambda part: plain_english(part, kept) is None):
        seen = evidence(part, "", kept)
        words = min(seen.words, _ONE_LINE)
        strong += seen.english
        if seen.score > 0:
            theirs += words
            weights[seen.language] = weights.get(seen.language, 0) + words
        else:
            ours += words
        balance += (seen.score > 0) - (seen.kind != "neutral" and seen.score <= 0)
        left -= most[part]
        if theirs + left < max(_FEWEST, (_RATIO if strong > _LITTLE else 1) * ours):
            return None
    if theirs < max(_FEWEST, (_RATIO if strong > _LITTLE else _OF_FEWER if balance < 0 else 1) * ours):
        return None
    language = min(weights, key=lambda code: (-weights[code], code))
    return Guess(language, round(weights[language] / (theirs + ours), 3))


def _most_words(part: str) -> int:
    """Return the most words of another language that a line can be found to have."""
    return min(len(LETTERS.findall(part)) if part.isascii() else (len(part) + 1) // 2, _ONE_LINE)


def _parts(line: str) -> Iterator[str]:
    """Yield a line in pieces of the length that lines are judged at."""
    for begin in range(0, len(line), _SAMPLE // 2):
        yield line[begin : begin + _SAMPLE // 2]


def _sample(text: str) -> str:
    """Return a text, or its beginning, middle and end."""
    if len(text) <= 3 * _SAMPLE:
        return text
    middle = (len(text) - _SAMPLE) // 2
    return f"{text[:_SAMPLE]}\n{text[middle : middle + _SAMPLE]}\n{text[-_SAMPLE:]}"
