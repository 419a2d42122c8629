"""How much content stays and how much chrome goes on the invented biomedical pages of samples/labelled, by degree of removal.

    python tests/benchmarks/labelled_pages.py [--models DIR] [--lost] [--left N]

With --models, DIR/f0 to DIR/f4 are weights from dechaff-train --without-fold 0 to 4, and every page is cleaned by weights that never saw
its site; without it the shipped weights are measured on pages they were learned from. Sites have two pages, so that nothing goes for its
repetition. A line that stands on a page as content and as chrome is taken for content as long as one of it is left.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from dechaff import RULES, Document, Pipeline
from dechaff.model import DEGREES, Removal, store
from dechaff_train.pages import CHROME, CONTENT, FOLDS, UNSURE, Page, marked

PAGES = Path(__file__).parents[2] / "samples" / "labelled"


class Kept(NamedTuple):
    """What became of the lines of some pages."""

    lines: Counter[tuple[int, bool]]
    """How many of a label are still there, or are not."""
    words: Counter[tuple[int, bool]]
    """The same in words."""
    lost: list[str]
    """Lines of content that are not."""
    left: list[str]
    """Lines of chrome that are."""


def score(removal: Removal, models: Path | None = None, pages: Path = PAGES) -> Kept:
    """Return what is left of marked pages, each fold cleaned by its own weights if there are some."""
    kept = Kept(Counter(), Counter(), [], [])
    groups = defaultdict(list)
    for row in marked(pages):
        fold = Page(row["id"], row["domain"], True, (), (), ()).fold
        groups[fold if models else 0].append(row)
    for fold, rows in sorted(groups.items()):
        model = store.read(models / f"f{fold}") if models else None
        documents = [Document(row["id"], row["domain"], "\n".join(text for text, _ in row["lines"])) for row in rows]
        for row, cleaned in zip(rows, Pipeline(frozenset(RULES), removal=removal, model=model).clean(documents), strict=True):
            _count(kept, row["id"], row["lines"], cleaned.text)
    return kept


def _count(kept: Kept, name: str, lines: list[tuple[str, int]], text: str) -> None:
    have = Counter(map(_core, text.split("\n")))
    for wanted in (CONTENT, UNSURE, CHROME):
        for line, label in lines:
            core = _core(line)
            if label != wanted or not core:
                continue
            there = have[core] > 0
            have[core] -= there
            kept.lines[label, there] += 1
            kept.words[label, there] += len(line.split())
            if label == CONTENT and not there:
                kept.lost.append(f"{name}: {line.strip()}")
            elif label == CHROME and there:
                kept.left.append(f"{name}: {line.strip()}")


def _core(line: str) -> str:
    return "".join(filter(str.isalnum, line.casefold()))


def share(counts: Counter[tuple[int, bool]], label: int, *, there: bool) -> float:
    """Return the share of a label's lines or words that are still there, or are not."""
    return counts[label, there] / max(counts[label, True] + counts[label, False], 1)


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--models", type=Path, help=f"folder with weights f0 to f{FOLDS - 1}")
    arguments.add_argument("--lost", action="store_true", help="list the lines of content that go")
    arguments.add_argument("--left", type=int, default=0, metavar="N", help="list the first N lines of chrome that stay")
    asked = arguments.parse_args()
    print("          content lines  words     chrome lines")
    for removal in DEGREES:
        kept = score(removal, asked.models)
        lines, words = share(kept.lines, CONTENT, there=True), share(kept.words, CONTENT, there=True)
        print(f"{removal:9} {lines:13.2%} {words:8.2%} {share(kept.lines, CHROME, there=False):13.1%}", flush=True)
        for line in (kept.lost if asked.lost else []) + kept.left[: asked.left]:
            print(f"          {line!a}")


if __name__ == "__main__":
    main()
