"""Records whose labels are in two languages, each on a line of its own, as Chinese registries write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from dechaff.lines import bare

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_LABEL = re.compile(r"[^\d:：.!?]+[:：]?")
_COLONS = (":", "：")
_ENGLISH = re.compile(r"[A-Za-z]{2}")
_LONGEST = 8  # words of a label
_FEWEST = 2  # labels with a colon in either language that make a record; judgement: menus and footers have none


def bilingual(lines: Sequence[str], blank: NDArray[np.int64], is_foreign: Callable[[int], bool]) -> tuple[int, int] | None:
    """Return where the fields of such a record stand: its first label, and one past its last field; None if there is none.

    Args:
        lines: The written lines of a page.
        blank: How many blank lines stand before each.
        is_foreign: Whether a line is in another language than English.
    """
    rhythm = int(np.median(np.diff(blank))) if len(lines) > 1 else 0  # some renderers put a blank line between all lines

    def over_english(i: int) -> bool:
        below = i + 1
        near = below < len(lines) and blank[below] - blank[i] <= rhythm
        return near and _ENGLISH.search(lines[below]) is not None and not is_foreign(below)

    def is_label(i: int) -> bool:
        label, other = bare(lines[i]), bare(lines[i + 1])
        named = label.endswith(_COLONS) and _LABEL.fullmatch(label) is not None and _LABEL.fullmatch(other) is not None
        return named and len(other.split()) <= _LONGEST and is_foreign(i) and over_english(i)

    labels = [i for i in range(len(lines) - 1) if is_label(i)]
    if sum(bare(lines[i + 1]).endswith(_COLONS) for i in labels) < _FEWEST:
        return None
    end = labels[-1] + 2
    while end < len(lines) and blank[end] - blank[end - 1] <= rhythm and (not is_foreign(end) or over_english(end)):
        end += 1
    return labels[0], end
