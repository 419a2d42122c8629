"""Prints how much damage to text the encoding stage repairs, what it harms and what it costs, on the data that stands beside the project.

    python tests/benchmarks/mojibake.py ../shared [--part K/N] [--folds 2,3,4]

Three tables: documents in 29 language sets by how they were damaged (`--part 0/4` takes every fourth);
characters that English lost to U+FFFD, put into the WCXB gold text by this script, in the named fifths of its domains (the rules were
written looking at 0 and 1); and processor time on whole English pages, beside ftfy's.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import statistics
import time
import unicodedata
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftfy import TextFixerConfig, fix_and_explain, fix_text

from dechaff import RULES, Document
from dechaff.edits import apply
from dechaff.encoding import Encoding
from dechaff.mojibake.pages import EAST_ASIAN, SINGLE, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STAGE = Encoding(frozenset(RULES))
_DEEPEST = 8  # rounds of the stage, each over what the last one left
_ROUNDS = 3  # in turn; the first also loads the models, which a run does once
_LOSSES = {"as asked": "[’“”–—é]", "with others that are not filled": "[‘’“”–—é…™®©°]"}
_GENTLE = TextFixerConfig(
    unescape_html=False, fix_latin_ligatures=False, fix_character_width=False, uncurl_quotes=False, fix_line_breaks=False,
    remove_control_chars=False, normalization=None,
)  # fmt: skip


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _repaired(text: str) -> str:
    for _ in range(_DEEPEST):
        edits = _STAGE.find([Document("", "", text)])[0]
        if not edits:
            return text
        text = apply(text, edits)
    return text


def _same(line: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", line)).strip()


def _group(chain: str) -> str:
    single = {f"utf8>{shown(page)}" for page in SINGLE} | {"utf8>macroman", "utf8>latin-1 x2", "utf8>cp1252 x2", "utf8>cp1252 x3"}
    east = {f"utf8>{page}" for page in EAST_ASIAN}
    return (
        "= UTF-8 read as a single-byte page" if chain in single else "= UTF-8 read as an East Asian page" if chain in east else "= the rest"
    )


def chains(shared: Path, part: int, parts: int) -> None:
    """Print the share of damaged lines that come back exactly, by the way of damage, and the sound lines that change."""
    damaged: Counter[str] = Counter()
    exact: Counter[str] = Counter()
    sound: Counter[str] = Counter()
    for number, row in enumerate(_rows(shared / "data" / "mojibake" / "dev.jsonl.gz")):
        if number % parts != part:
            continue
        left = set(map(_same, _repaired(row["text"].encode("utf-8", "replace").decode()).split("\n")))
        for line, bad in zip(row["truth"], row["damaged"], strict=False):
            if bad:
                names = (row["chain"], _group(row["chain"]), "ALL")
                damaged.update(names)
                exact.update(dict.fromkeys(names, int(_same(line) in left)))
            else:
                sound["lines"] += 1
                sound["harmed"] += _same(line) not in left
    for name in sorted(damaged, key=lambda name: (name == "ALL", name.startswith("="), name)):
        print(f"{name:40s} {damaged[name]:6d} lines {100 * exact[name] / damaged[name]:6.1f} % exact")
    print(f"{'sound lines':40s} {sound['lines']:6d} lines {sound['harmed']:6d} harmed\n")


def losses(shared: Path, folds: set[int]) -> None:
    """Print the share of characters lost to U+FFFD that are filled, and of the fills that are right."""
    for name, pattern in _LOSSES.items():
        lost: Counter[str] = Counter()
        filled: Counter[str] = Counter()
        right: Counter[str] = Counter()
        for row in _rows(shared / "data" / "wcxb" / "gold.jsonl.gz"):
            text = row["main_content"]
            bad = re.sub(pattern, "\ufffd", text)
            if _fold(row["domain"]) not in folds or bad == text or "\ufffd" in text:
                continue
            new = apply(bad, _STAGE.find([Document("", "", bad)])[0])
            if len(new) != len(text):  # other damage in the source was repaired too, so places moved
                continue
            for was, now in ((was, now) for was, hole, now in zip(text, bad, new, strict=True) if was != hole):
                for key in (was, "ALL"):
                    lost[key] += 1
                    filled[key] += now != "\ufffd"
                    right[key] += was == now
        print(f"U+FFFD in English, {name} {pattern}")
        for key, count in lost.most_common():
            share, good = 100 * filled[key] / count, 100 * right[key] / (filled[key] or 1)
            print(f"{key:4s}{count:7d} lost {share:6.1f} % filled {good:6.1f} % of them right")
    print()


def _fold(domain: str) -> int:
    return int(hashlib.md5(domain.encode(), usedforsecurity=False).hexdigest(), 16) % 5


def _seconds(act: Callable[[str], object], texts: list[str]) -> float:
    """Return the processor time of an act on some texts."""
    begun = time.process_time()
    for text in texts:
        act(text)
    return time.process_time() - begun


def speed(shared: Path) -> None:
    """Print the processor time on English pages beside ftfy's, and where the gentle ftfy repairs a line that the stage leaves otherwise."""
    texts = ["\n".join(line for line, _ in row["lines"]) for row in _rows(shared / "data" / "wcxb" / "full_page.jsonl.gz")]
    size = sum(len(text.encode()) for text in texts) / 1e6
    sample = texts[::6]
    share = len("".join(sample)) / len("".join(texts))
    print(f"{len(texts)} pages, {size:.1f} MB, against ftfy.fix_text on every sixth:")
    ratios = []
    for number in range(1, _ROUNDS + 1):
        stage = _seconds(lambda text: _STAGE.find([Document("", "", text)]), texts)
        theirs = _seconds(fix_text, sample) / share
        ratios.append(theirs / stage)
        print(f"  round {number}: stage {stage:.2f} s, {size / stage:.1f} MB/s; ftfy {theirs:.1f} s, {ratios[-1]:.1f} times as long")
    print(f"  median {statistics.median(ratios):.1f} times")
    acts = other = 0
    for text in sample:
        lines = set(apply(text, _STAGE.find([Document("", "", text)])[0]).split("\n"))
        for line in text.split("\n"):
            if not line.isascii() and (fixed := fix_and_explain(line, _GENTLE).text) != line:
                acts += 1
                if fixed not in lines:
                    other += 1
                    print(f"  ftfy {ascii(fixed)[:110]}")
    print(f"lines that the gentle ftfy changes: {acts}, of those otherwise here: {other}")


def main() -> None:
    """Print the tables."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("shared", type=Path)
    ask.add_argument("--part", default="0/1")
    ask.add_argument("--folds", default="2,3,4")
    asked = ask.parse_args()
    speed(asked.shared)
    losses(asked.shared, set(map(int, asked.folds.split(","))))
    part, parts = map(int, asked.part.split("/"))
    chains(asked.shared, part, parts)


if __name__ == "__main__":
    main()
