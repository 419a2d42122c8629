"""What sites say of themselves at the foot or the head of a page, word for word in many languages: `data/footer_phrases.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

from dechaff.lines import bare

_LONGEST = 200  # code points of a line of phrases
_SEPARATORS = re.compile(r"\s*[|·•,;/–—]\s*|\s{2,}|\s+-\s+|\t")


def phrases(line: str, kept: tuple[str, ...]) -> str:
    """Return the language whose footer phrases a line consists of, or nothing."""
    text = bare(line).strip(" .:!©").casefold()
    if not text or len(text) > _LONGEST:
        return ""
    pieces = [piece for piece in _SEPARATORS.split(text) if piece] if text not in _phrases() else [text]
    if not pieces:
        return ""
    codes = [_phrases().get(piece, ()) for piece in pieces if piece not in _beside()]
    if not codes or not all(codes):
        return ""
    common = next((code for code in codes[0] if all(code in other for other in codes)), codes[0][0])
    return "" if common in kept else common


def is_beside(line: str) -> bool:
    """Return whether a line is one of the English words of sites that go along with a block in another language."""
    return bare(line).strip(" .:!").casefold() in _beside()


@cache
def _beside() -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in _table()["beside"]["en"].split("|"))


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(resources.files("dechaff").joinpath("data", "footer_phrases.toml").read_text(encoding="utf-8"))


@cache
def _phrases() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code, text in _table()["phrases"].items():
        for phrase in text.split("|"):
            name = " ".join(phrase.split()).casefold()
            found[name] = (*found.get(name, ()), code)
    return found
