"""How surely words in Latin letters are of another language than those that are kept: what letters, words and capitals say, added up."""

from __future__ import annotations

import math
import re
from operator import mul
from typing import TYPE_CHECKING, NamedTuple

from dechaff.language import ENGLISH, TABLE, is_latin

if TYPE_CHECKING:
    from dechaff.language_model import LanguageModel

TOKENS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
"""Matches a word of letters, apostrophes inside it."""
_CODE = re.compile(r"[a-z][A-Z]|[_={}<>\[\]]|\w\.\w|\w\(")
_KINDS = ("their_words", "shared_words", "english_words", "new_words", "new_names")
_THEIRS, _SHARED, _OURS, _NEW_WORDS, _NEW_NAMES = range(len(_KINDS))
FEATURES = (
    "bias",
    *_KINDS,
    *("count_their_words", "count_english_words", "count_new_names", "count_new_words"),
    *("accents", "function_words", "capitals_inside", "mostly_capitals", "all_capitals", "length", "code"),
)
"""What the score of a line in Latin letters is a sum of, each weighed by `line_weights` in the table."""
_WEIGHTS: tuple[float, ...] = tuple(TABLE["line_weights"][name] for name in FEATURES)
STEP = 16  # units a nat in the table
_MOST = 30.0  # nats of likelihood ratio that one kind of word can add
_LONGER = 5  # letters of a word that says what a text is about
_FEWEST = 2  # such words
# Share of them that the catalogues lack. So have 27 of 33 titles of no medical subject, and 10 of 405 lines of other interfaces.
_MOST_OF_THEM = 2 / 3
# Words that must be counted of a language before the lack of one tells anything: of a dozen, most have fewer than 120, and Asturian 542.
# Eight lone lines of theirs go again that were taken for titles, of 2,880 footers in Latin letters.
_CATALOGUE = 600


class Score(NamedTuple):
    """What the words of a line add up to."""

    odds: float
    """Their logarithm, that the line is in another language."""
    language: str
    """The likeliest one but those that are kept."""
    known: int
    """Words that are counted in that language and not in a kept one, or written with accents in lower case."""


def score(text: str, language: str, kept: tuple[str, ...]) -> Score | None:
    """Return what a line's words in Latin letters add up to, or None if it has none; the arguments are those of `features`."""
    from dechaff.language_model import model  # noqa: PLC0415  numpy and the table, for lines that need them

    found = features(model(), text, language, kept)
    return found and Score(sum(map(mul, _WEIGHTS, found[0])), *found[1:])


def unheard_of(text: str, language: str, share: float = _MOST_OF_THEM, catalogue: int = _CATALOGUE) -> bool:
    """Return whether most longer words of a text, two at least, are in no catalogue of the language: it is not the language of sites.

    Of a language that the model has counted few words of, nothing is unheard of.

    >>> unheard_of("Medición de la nieve en tejados planos", "es")
    True
    >>> unheard_of("Nuestra política de privacidad y cookies", "es")
    False
    """
    from dechaff.language_model import model  # noqa: PLC0415  as above

    found = [token.lower().replace("’", "'") for token in TOKENS.findall(text) if len(token) >= _LONGER and is_latin(token)]
    if len(found) < _FEWEST:
        return False
    if model().counted(language) < catalogue:
        return False
    _, _, counted, _ = model().seen_from(("en",)).judge(found, language)
    return 1 - sum(counted) / len(found) >= share


def features(table: LanguageModel, text: str, language: str, kept: tuple[str, ...]) -> tuple[tuple[float, ...], str, int] | None:
    """Return what the score of a line is made of, the language that it is of, and how many of its words only that language has.

    Args:
        table: The statistics.
        text: The line, as `stripped` returns it.
        language: Judge it as a line of this language; empty for the likeliest.
        kept: Codes of the languages that are no chaff.

    Returns:
        Values in the order of `FEATURES`. None if no word is in Latin letters.
    """
    ascii_only = text.isascii()
    # What is said twice tells nothing more: "word word word" is no sentence of Afrikaans.
    tokens = [*dict.fromkeys(token for token in TOKENS.findall(text) if ascii_only or is_latin(token))]
    if not tokens:
        return None
    low = [token.lower().replace("’", "'") for token in tokens]
    best, gains, theirs, ours = table.seen_from(kept).judge(low, language)
    sums, counts = [0] * len(_KINDS), [0] * len(_KINDS)
    capitals = 0
    for token, gain, is_theirs, is_ours in zip(tokens, gains, theirs, ours, strict=True):
        capital = token[0].isupper()
        capitals += capital
        kind = (_SHARED if is_ours else _THEIRS) if is_theirs else _OURS if is_ours else _NEW_NAMES if capital else _NEW_WORDS
        sums[kind] += gain
        counts[kind] += 1
    accents = 0 if ascii_only else sum(not token.isascii() and token.islower() and "’" not in token for token in tokens)
    inside = capitals - tokens[0][0].isupper()
    values = (
        1.0,
        *(max(-_MOST, min(_MOST, value / STEP)) for value in sums),
        min(4.0, counts[_THEIRS]),
        min(4.0, counts[_OURS]),
        min(4.0, counts[_NEW_NAMES]),
        min(4.0, counts[_NEW_WORDS]),
        min(3.0, accents),
        min(3.0, sum(map(ENGLISH.__contains__, low))) if "en" in kept else 0.0,
        min(4.0, inside),
        float(2 * inside > len(tokens)),
        min(3.0, sum(token.isupper() and len(token) > 1 for token in tokens)),
        math.log(len(tokens)),
        float(_CODE.search(text) is not None),
    )
    return values, table.languages[best], counts[_THEIRS] + accents
