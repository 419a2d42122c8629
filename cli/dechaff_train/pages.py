"""Labelled pages: read, labelled anew where titles and bylines are concerned, and varied as extractors and earlier cleaning would."""

from __future__ import annotations

import gzip
import json
import random
import re
from dataclasses import dataclass
from hashlib import md5, sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

CONTENT, CHROME, UNSURE = 1, 0, -1
FOLDS = 5
_WORD = re.compile(r"\w+")
_DATE = re.compile(
    r"""
      \b (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6} \.? ,? \ ? \d
    | \b \d{1,2} (?:st|nd|rd|th)? \ (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)
    | \b (?:19|20)\d\d [-/.] \d\d? [-/.] \d\d? \b
    | \b \d\d? [-/.] \d\d? [-/.] (?:19|20)\d\d \b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BYLINE = re.compile(r"(?:(?:written |posted |published |reviewed |story |words |text )?by:?|author:?) +\S.{2,80}", re.IGNORECASE)
_LONGEST_BYLINE = 120  # code points
_BELOW_TITLE = 15  # lines between a title and the text in which bylines and dates stand
_BULLET = re.compile(r"^[•*·▪-]\s+")


@dataclass(frozen=True, slots=True)
class Page:
    """A page, or what is left of one."""

    name: str
    domain: str
    whole: bool
    """Whether it is all that its site shows, neither extracted nor cropped."""
    lines: tuple[str, ...]
    """Its written lines, stripped."""
    gaps: tuple[bool, ...]
    """Whether a blank line stands before each."""
    labels: tuple[int, ...]
    varied: bool = False
    """Whether other hands than a renderer's made it so."""
    marked: bool = False
    """Whether it is of a folder of marked pages."""

    @property
    def fold(self) -> int:
        """Return the fold that its domain is dealt to, so that no site is on both sides of a split."""
        return int(md5(self.domain.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def read(path: Path, titles: Mapping[str, str], *, whole: bool) -> list[Page]:
    """Return labelled pages.

    Args:
        path: A folder of marked pages, as `marked` takes them; or JSON lines, gzipped or not, each a row with `id`, `domain`, and
            `lines`: pairs of a text and its label, 1 for content, 0 for chrome, anything else for neither. A row may have a `title` of
            its own.
        titles: Titles by `id`.
        whole: Whether the pages are whole.

    Raises:
        ValueError: A line of a marked page has no mark.
    """
    pages = []
    for row in marked(path) if path.is_dir() else rows(path):
        lines, gaps, labels, gap = [], [], [], False
        for text, label in row["lines"]:
            if not text.strip():
                gap = True
                continue
            lines.append(text.strip())
            gaps.append(gap and len(lines) > 1)
            labels.append(label if label in {CONTENT, CHROME} else UNSURE)
            gap = False
        if lines:
            title = row.get("title") or titles.get(row["id"]) or ""
            labels = with_titles(lines, labels, title)
            site = row["domain"] or row["id"]
            pages.append(Page(row["id"], site, whole, tuple(lines), tuple(gaps), tuple(labels), marked=path.is_dir()))
    return pages


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a file of JSON lines, gzipped or not."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


_MARKS = {"+": CONTENT, "-": CHROME, "~": UNSURE}


def marked(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the text files of a folder as records: a folder in it for each site, and before every written line its mark and a tab.

    The marks are `+` for content, `-` for chrome and `~` for neither.

    Raises:
        ValueError: A line has no mark, or there is no page.
    """
    found = sorted(folder.glob("*/*.txt"))
    if not found:
        message = f"{folder} holds no page: each is a text file in a folder for its site"
        raise ValueError(message)
    for path in found:
        lines: list[tuple[str, int]] = []
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            mark, tab, text = line.partition("\t")
            if line.strip() and not (tab and mark in _MARKS):
                message = f"{path}:{number}: begins with no mark (+, - or ~) and a tab"
                raise ValueError(message)
            lines.append((text, _MARKS.get(mark, UNSURE)))
        yield {"id": path.relative_to(folder).as_posix(), "domain": path.parent.name, "lines": lines}


def with_titles(lines: Sequence[str], labels: Sequence[int], title: str) -> list[int]:
    """Return labels by which the title, the byline and the date above a text are content, as people who keep texts want them.

    The copy of the title nearest to the text is the title; the others are neither. Without a copy, a line that begins the title, or is
    begun by it, counts: browsers are given "Title | Site".
    """
    changed = list(labels)
    wanted = _WORD.findall(title.lower())
    if not wanted:
        return changed
    said = [_WORD.findall(line.lower()) for line in lines]
    copies = [i for i, words in enumerate(said) if words == wanted] or [i for i, words in enumerate(said) if _begins(words, wanted)]
    if not copies:
        return changed
    first = next((i for i, label in enumerate(labels) if label == CONTENT), 0)
    nearest = min(copies, key=lambda i: abs(i - first))
    for i in copies:
        if changed[i] != CONTENT:
            changed[i] = UNSURE
    changed[nearest] = CONTENT
    end = next((i for i in range(nearest + 1, len(labels)) if labels[i] == CONTENT), nearest)
    if end - nearest <= _BELOW_TITLE:
        for i in range(nearest + 1, end):
            line = lines[i]
            if changed[i] == CHROME and len(line) <= _LONGEST_BYLINE and (_DATE.search(line) or _BYLINE.fullmatch(line)):
                changed[i] = CONTENT
    return changed


def _begins(words: Sequence[str], title: Sequence[str]) -> bool:
    """Return whether the words of a line begin a title, or are begun by it with little more."""
    shorter = min(len(words), len(title))
    return len(words) > 2 and len(words) < len(title) + 4 and words[:shorter] == title[:shorter]


def varied(page: Page) -> Iterator[Page]:
    """Yield a page and what other hands would have left of it.

    A whole page also comes half cleaned, with some of its chrome gone, and as a crop; an extracted one also with nearly all its chrome
    gone: the model must know a page that is clean already, and what it leaves itself. Bullets and blank lines are where extractors differ.
    """
    yield page
    everything = range(len(page.lines))
    if not page.whole:
        chance = _random(page, "clean")
        yield from _part(page, [i for i in everything if page.labels[i] != CHROME or chance.random() < 0.15], chance)
        return
    chance = _random(page, "drop")
    rate = chance.choice([0.3, 0.6, 0.85, 0.95])
    left: list[int] = []
    i = 0
    while i < len(page.lines):
        end = i + 1
        size = chance.choice([1, 3, 10])
        while end < len(page.lines) and end - i < size and page.labels[end] == page.labels[i]:
            end += 1
        if page.labels[i] == CONTENT or chance.random() > rate:
            left += range(i, end)
        i = end
    yield from _part(page, left, chance)
    chance = _random(page, "crop")
    size = chance.choice([6, 12, 25, 60, 120])
    if len(page.lines) > size:
        content = [i for i in everything if page.labels[i] == CONTENT] or [0]
        begin = chance.choice(content) - chance.randrange(size) if chance.random() < 0.7 else chance.randrange(len(page.lines))
        begin = max(0, min(len(page.lines) - size, begin))
        yield from _part(page, list(everything[begin : begin + size]), chance)


def _random(page: Page, what: str) -> random.Random:
    """Return chance that is the same on every machine and in every order of pages."""
    return random.Random(int.from_bytes(sha256(f"{page.name}|{what}".encode()).digest()[:8], "big"))  # noqa: S311


def _part(page: Page, left: Sequence[int], chance: random.Random) -> Iterator[Page]:
    """Yield the lines that are left of a page, in one of the ways that extractors write bullets and blank lines."""
    if not left:
        return
    lines = [page.lines[i] for i in left]
    block = 0
    blocks = [block := block + gap for gap in page.gaps]
    gaps = [k > 0 and blocks[i] != blocks[left[k - 1]] for k, i in enumerate(left)]
    if chance.random() < 0.4:
        lines = [_BULLET.sub("", line) or line for line in lines]
    spacing = chance.random()
    if spacing < 0.2:
        gaps = [False] * len(left)
    elif spacing < 0.3:
        gaps = [k > 0 for k in range(len(left))]
    yield Page(
        page.name, page.domain, False, tuple(lines), tuple(gaps), tuple(page.labels[i] for i in left), varied=True, marked=page.marked
    )
