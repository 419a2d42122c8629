"""Corpus text for a page: escaped, its middle left out where it is too long, with nothing in it invisible."""

from __future__ import annotations

from itertools import groupby, takewhile
from typing import TYPE_CHECKING
from unicodedata import category, normalize

from markupsafe import Markup, escape

from dechaff_cli.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LINE = (400, 100)
"""Code points kept at either end of a line that is too long."""
_BEFORE, _AFTER = (40, 60), (60, 40)  # the same for what stands unchanged beside a repair


def fit(text: str, head: int, tail: int, show: Callable[[str], Markup] | None = None) -> Markup:
    """Return text for the page; of one that is more than a fifth too long, both ends and how much is left out between them."""
    show = show or visible
    if 5 * len(text) <= 6 * (head + tail):
        return show(text)
    return Markup('{}<span class="cut">\u2026 {:,} characters left out \u2026</span>{}').format(
        show(text[:head]), len(text) - head - tail, show(text[-tail:])
    )


def visible(text: str) -> Markup:
    """Return text for the page, with what is invisible or dangerous as escapes that cannot be taken for text."""
    return escape(text) if safe(text) == text else _coded(text, lambda character: safe(character) != character)


def _code_odd(text: str) -> Markup:
    """Return text for the page, with escapes for all that shows nothing by itself, such as odd spaces and an accent without a letter."""
    lone = text if category(text[:1] or " ").startswith("M") else ""
    return _coded(text, lambda character: (character != " " and category(character)[0] in "CZ") or character == lone[:1])


def _code_all(text: str) -> Markup:
    """Return text for the page, with escapes for all but ASCII: what looks the same before and after is told apart by its codes."""
    return _coded(text, lambda character: not character.isascii() or not character.isprintable())


def _coded(text: str, odd: Callable[[str], bool]) -> Markup:
    parts = ((coded, "".join(part)) for coded, part in groupby(text, odd))
    return Markup().join(
        Markup('<i class="code">{}</i>').format(part.encode("unicode_escape").decode("ascii")) if coded else escape(safe(part))
        for coded, part in parts
    )


def pair(old: str, new: str) -> tuple[Markup, Markup]:
    """Return both forms of a repaired text, with the part that differs set off and nothing in it invisible."""
    head = _alike(old, new)
    tail = _alike(reversed(old[head:]), reversed(new[head:]))
    composed = normalize("NFC", old) == normalize("NFC", new)

    def form(text: str, *, before: bool) -> Markup:
        part = text[head : len(text) - tail]
        changed = _code_all if composed and before else _code_odd
        if not text:
            return Markup('<i class="none">nothing</i>')
        return Markup("<bdi>{}<b>{}</b>{}</bdi>").format(
            fit(text[:head], *_BEFORE),
            Markup('<i class="none">space</i>') if part == " " else fit(part, *LINE, changed),
            fit(text[len(text) - tail :], *_AFTER),
        )

    return Markup("<del>{}</del>").format(form(old, before=True)), Markup("<ins>{}</ins>").format(form(new, before=False))


def _alike(one: Iterable[str], other: Iterable[str]) -> int:
    """Return how many characters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
