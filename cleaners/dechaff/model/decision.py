"""Where to cut a page: from the scores of its lines to the lines that go, by degree of removal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dechaff.model import FEWEST
from dechaff.model.features import SENTENCE_WORDS
from dechaff.model.forest import SCALE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dechaff.model import Removal
    from dechaff.model.features import Flags, Ints
    from dechaff.model.store import Model

CHANCES = 1024
"""Places of the table that turns a score into a probability."""
STEP = SCALE >> 6  # one place of the table: sixty-fourths of a unit of log-odds, eight units either side of even odds
WHOLE = 65535
"""What stands for a probability of one."""
_HALF_POWER = 0.6
"""A line of n words must be surer by 0.6 log n: what is lost with it weighs by its words. Of the powers 0, .3 and .6 the last
takes most chrome for the same share of content words on held-out sites (60 % against 58 % and 54 % of lines, at 99.8 %)."""
_WEIGHTS = 1 << 12
_WORTH = 0.01
"""Gain in expected F1 below which a page stays as it is. Without it every look at a page finds something more to take."""
_LEAD = 30
"""Lines above the first paragraph among which the title is looked for: authors, addresses, dates and buttons stand between the two."""
_BYLINES = 12
"""Lines below a title in which names and dates stand."""
_TITLE_WORDS = 3
_PARAGRAPH_WORDS = 15


def chance(model: Model, score: NDArray[np.int32]) -> Ints:
    """Return the calibrated probability that each line is content, in 1/`WHOLE`."""
    place = np.clip(score // STEP + CHANCES // 2, 0, CHANCES - 1)
    return model.chances[place].astype(np.int64)


def surety(score: NDArray[np.int32], words: Ints) -> Ints:
    """Return what the cuts of the two careful degrees are compared with: the score, and more for every word that may be lost."""
    return np.asarray(score + _weights()[np.minimum(words, _WEIGHTS - 1)], np.int64)


def _weights() -> Ints:
    """Return 0.6 SCALE log(n + 1) for all numbers of words, rounded down to 64 steps so that no two machines disagree."""
    exact = _HALF_POWER * SCALE * np.log1p(np.arange(_WEIGHTS))
    return (np.asarray(exact, np.int64) >> 6 << 6).astype(np.int64)


def doomed(model: Model, removal: Removal, score: NDArray[np.int32], words: Ints, pages: Ints) -> Flags:
    """Return which lines the score alone would take.

    Args:
        model: The weights.
        removal: The degree.
        score: In steps of 1/`SCALE`, one a line.
        words: How many words each line has.
        pages: Where the lines of each page begin, and one more.
    """
    if removal != "thorough":
        gone = surety(score, words) < (model.careful if removal == "careful" else model.balanced)
    else:
        chances = chance(model, score)
        gone = np.zeros(len(score), np.bool_)
        for begin, end in zip(pages[:-1].tolist(), pages[1:].tolist(), strict=True):
            gone[begin:end] = _worst(chances[begin:end], words[begin:end])
    small = np.diff(pages) < FEWEST
    return np.asarray(gone & ~np.repeat(small, np.diff(pages)))


def _worst(chances: Ints, words: Ints) -> Flags:
    """Return the lines to leave out so that the expected F1 of what is kept is highest, over the words of a page.

    With S words kept, of which T are expected to be content, and G expected on the whole page, F1 is 2 T / (S + G).
    """
    order = np.argsort(-chances, kind="stable")
    kept = np.cumsum(words[order])
    right = np.cumsum((chances * words)[order])
    score = right / (kept * WHOLE + right[-1] + 1)  # one division of whole numbers below 2^53: the same everywhere
    best = int(np.argmax(score))
    if score[best] - score[-1] < _WORTH:
        return np.zeros(len(words), np.bool_)
    # Lines as likely as the last one kept stay with it: their order is an accident.
    return np.asarray(chances < chances[order[best]])


def lead(chances: Ints, words: Ints, prose: Flags, named: Flags) -> tuple[int, int, list[int]]:
    """Return the first paragraph of a page, its title, and the bylines and dates between the two, as indexes; -1 for none.

    The first paragraph is the first running text that is more likely content than not; the title the likeliest line above it.

    Args:
        chances: The probability that each line is content, in 1/`WHOLE`.
        words: How many words each line has.
        prose: Which lines are running text.
        named: Which lines could be names or dates: those with a comma or a digit.
    """
    paragraphs = np.flatnonzero(prose & (words >= _PARAGRAPH_WORDS) & (2 * chances >= WHOLE))
    first = int(paragraphs[0]) if len(paragraphs) else -1
    end = first if first >= 0 else min(len(words), _LEAD)
    begin = max(0, end - _LEAD)
    heads = begin + np.flatnonzero((words[begin:end] >= _TITLE_WORDS) & (words[begin:end] < 4 * SENTENCE_WORDS))
    if not len(heads):
        return first, -1, []
    title = int(heads[np.argmax(chances[heads])])
    below = np.flatnonzero((named & (words >= _TITLE_WORDS))[title + 1 : min(end, title + 1 + _BYLINES)])
    return first, title, (title + 1 + below).tolist()
