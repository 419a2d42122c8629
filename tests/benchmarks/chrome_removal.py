"""How well chrome goes and content stays on WCXB pages: dechaff by degree, and other people's line rules written anew, on the same text.

    python tests/benchmarks/chrome_removal.py DATA [--rendering full_page] [--models DIR] [--scores FILE]

DATA holds the files of labelled lines and gold.jsonl.gz. With --models, DIR/f0 to DIR/f4 are weights from dechaff-train --without-fold 0
to 4, and every page is cleaned by weights that never saw its site; without it the shipped weights are measured on pages they were learned
from. Only stages that remove lines are run: a repaired word would count as a lost one. Repetition counts the pages of each domain. F1,
precision and recall are of the words of a page, averaged over pages, those without any text included; kept and removed are shares of the
words on content lines and of the chrome lines, titles not counted.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dechaff import Document, Pipeline, select
from dechaff.model import DEGREES, store
from dechaff.repetition import Survey
from dechaff.tally import counted
from dechaff_train.pages import CHROME, CONTENT, FOLDS, Page, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dechaff.model import Removal

_WORD = re.compile(r"\w+")
_STAGES = ("language", "chrome", "repetition", "line_model", "footers", "blank_lines")
_RENDERINGS = ("full_page", "resiliparse_main", "trafilatura")
_BATCH = 64
_FUNCTION = frozenset(
    [
        "the",
        "be",
        "to",
        "of",
        "and",
        "that",
        "have",
        "with",
        "a",
        "in",
        "is",
        "it",
        "for",
        "on",
        "as",
        "at",
        "by",
        "this",
        "are",
        "was",
        "or",
        "an",
        "not",
        "from",
        "but",
        "they",
        "we",
        "you",
        "he",
        "she",
        "his",
        "her",
        "its",
    ]
)


class Labelled(NamedTuple):
    """A page as the data has it."""

    fold: int
    site: str
    lines: list[str]
    labels: list[int | None]
    title: tuple[str, ...]
    """Its words, if the gold text leaves them out."""
    gold: list[str]


def words(text: str) -> list[str]:
    """Return the words of a text as the score counts them."""
    return _WORD.findall(text.lower())


def c4(lines: Sequence[str]) -> list[str]:
    """Keep lines of three words and more that end as sentences do and hold no code (Raffel et al. 2020)."""
    return [
        line
        for line in lines
        if line.rstrip().endswith((".", "!", "?", '"'))
        and len(line.split()) >= 3
        and not re.search(r"javascript|lorem ipsum|[{]", line, re.IGNORECASE)
    ]


def refined_web(lines: Sequence[str]) -> list[str]:
    """Drop lines in capitals, of digits, of one word, and counters, as RefinedWeb's line-wise rules do (Penedo et al. 2023)."""
    counter = re.compile(
        r"\d+\s+(?:likes?|shares?|comments?|retweets?|reposts?|quotes|bookmarks|upvotes|downvotes|downloads|views|followers)", re.IGNORECASE
    )
    return [
        line
        for line in lines
        if len(line.split()) > 1
        and sum(c.isupper() for c in line) <= 0.5 * len(line)
        and not re.fullmatch(r"[\W\d_]+", line)
        and not counter.fullmatch(line.strip())
    ]


def justext(lines: Sequence[str]) -> list[str]:
    """Class lines by length and share of function words, then by their neighbours: jusText's text part (Pomikalek 2011)."""
    kinds = [_justext_kind(line) for line in lines]
    ahead, behind = _nearest_class(kinds), _nearest_class(kinds[::-1])[::-1]
    found = []
    for i, kind in enumerate(kinds):
        near = "near" in {kinds[i - 1] if i else "", kinds[i + 1] if i + 1 < len(kinds) else ""}
        around = {ahead[i], behind[i]}
        good = kind == "good" or (kind in {"short", "near"} and around == {"good"})
        good = good or (kind == "near" and "good" in around) or (kind == "short" and near and "good" in around)
        if good:
            found.append(lines[i])
    return found


def _nearest_class(kinds: Sequence[str]) -> list[str]:
    """Return for each line the class of the nearest line before it that has one by itself."""
    found, last = [], "bad"
    for kind in kinds:
        found.append(last)
        last = kind if kind in {"good", "bad"} else last
    return found


def _justext_kind(line: str) -> str:
    if len(line) < 30:
        return "short"
    said = words(line)
    share = sum(word in _FUNCTION for word in said) / max(len(said), 1)
    if share >= 0.32:
        return "good" if len(line) > 100 else "near"
    return "near" if share >= 0.3 else "bad"


def read(data: Path, rendering: str) -> list[Labelled]:
    """Return the pages of a rendering with their gold text."""
    gold = {row["id"]: row for row in rows(data / "gold.jsonl.gz")}
    pages = []
    for row in rows(data / f"{rendering}.jsonl.gz"):
        want = gold[row["id"]]
        title = tuple(words(want["title"] or ""))
        if title in {tuple(words(line)) for line in want["main_content"].split("\n")}:
            title = ()
        fold = Page(row["id"], row["domain"], True, (), (), ()).fold
        lines, labels = [line for line, _ in row["lines"]], [label for _, label in row["lines"]]
        pages.append(Labelled(fold, row["domain"], lines, labels, title, words(want["main_content"])))
    return pages


def score(pages: Sequence[Labelled], cleaned: Sequence[Sequence[str]]) -> dict[str, float]:
    """Return F1, precision and recall, averaged over pages, and the shares of content words kept and of chrome lines removed."""
    sums: dict[str, float] = defaultdict(float)
    for page, lines in zip(pages, cleaned, strict=True):
        have = Counter(said for line in lines if (said := tuple(words(line))) and said != page.title)
        got = Counter(word for said, count in have.items() for word in said * count)
        want = Counter(page.gold)
        both = sum((got & want).values())
        precision, recall = both / max(sum(got.values()), 1), both / max(sum(want.values()), 1)
        sums["f1"] += 2 * precision * recall / (precision + recall) if both else not got and not want
        sums["precision"] += precision
        sums["recall"] += recall
        for wanted in (CONTENT, CHROME):
            for line, label in zip(page.lines, page.labels, strict=True):
                said = tuple(words(line))
                if label == wanted and said != page.title:
                    there = have[said] > 0
                    have[said] -= there
                    weight = len(said) if wanted == CONTENT else 1
                    sums[f"all {wanted}"] += weight
                    sums[f"left {wanted}"] += weight * there
    return {
        **{name: round(sums[name] / len(pages), 4) for name in ("f1", "precision", "recall")},
        "content_kept": round(sums[f"left {CONTENT}"] / max(sums[f"all {CONTENT}"], 1), 5),
        "chrome_removed": round(1 - sums[f"left {CHROME}"] / max(sums[f"all {CHROME}"], 1), 4),
    }


def documents(pages: Sequence[Labelled]) -> list[Document]:
    """Return pages as dechaff takes them."""
    return [Document(str(i), page.site, "\n".join(page.lines) + "\n") for i, page in enumerate(pages)]


def batched(members: Sequence[int]) -> list[Sequence[int]]:
    """Return pages a few at a time."""
    return [members[begin : begin + _BATCH] for begin in range(0, len(members), _BATCH)]


def shared(pages: Sequence[Labelled]) -> Survey:
    """Return what the pages of each domain share."""
    found = documents(pages)
    pipeline = Pipeline(select(_STAGES))
    seen = [(found[i].site, pipeline.numbers(pipeline.prepare([found[i]]))[0]) for i in range(len(pages))]
    return Survey(counted((site, numbers) for site, numbers in seen if numbers is not None)).settle()


def dechaff(pages: Sequence[Labelled], counts: Survey, removal: Removal, models: Path | None) -> list[list[str]]:
    """Return what dechaff leaves of pages, each fold cleaned by its own weights if there are some."""
    found = documents(pages)
    out: dict[int, list[str]] = {}
    groups: dict[int, list[int]] = defaultdict(list)
    for i, page in enumerate(pages):
        groups[page.fold if models else 0].append(i)
    for fold, members in sorted(groups.items()):
        model = store.read(models / f"f{fold}") if models else None
        pipeline = Pipeline(select(_STAGES), counts, removal=removal, model=model)
        for batch in batched(members):
            for i, one in zip(batch, pipeline.clean([found[i] for i in batch]), strict=True):
                out[i] = one.text.split("\n")
    return [out[i] for i in range(len(pages))]


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--rendering", action="append", choices=_RENDERINGS, help="may be repeated; all by default")
    arguments.add_argument("--models", type=Path, help=f"folder with weights f0 to f{FOLDS - 1}")
    arguments.add_argument("--fold", type=int, choices=range(FOLDS), help="one fold of sites alone")
    arguments.add_argument("--scores", type=Path, help="write the figures of dechaff to this file, as dechaff-train --scores takes them")
    asked = arguments.parse_args()
    rules: dict[str, Callable[[Sequence[str]], Sequence[str]]] = {
        "nothing removed": lambda lines: lines,
        "RefinedWeb-like rules": refined_web,
        "C4 line rules": c4,
        "jusText's text part": justext,
    }
    scores: dict[str, dict[str, dict[str, float]]] = {}
    for rendering in asked.rendering or _RENDERINGS:
        pages = [page for page in read(asked.data, rendering) if asked.fold in {None, page.fold}]
        print(f"{rendering}, {len(pages)} pages\n{'':22}   F1      P       R      content   chrome\n{'':49} kept      removed")
        for name, rule in rules.items():
            show(name, score(pages, [rule(page.lines) for page in pages]))
        scores[rendering] = {}
        counts = shared(pages)
        for removal in DEGREES:
            scores[rendering][removal] = score(pages, dechaff(pages, counts, removal, asked.models))
            show(f"dechaff {removal}", scores[rendering][removal])
    if asked.scores:
        asked.scores.write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")


def show(name: str, row: Mapping[str, float]) -> None:
    """Print a row of the table."""
    kept, gone = row["content_kept"], row["chrome_removed"]
    print(f"{name:22} {row['f1']:.4f}  {row['precision']:.4f}  {row['recall']:.4f}   {kept:8.3%}  {gone:8.2%}", flush=True)


if __name__ == "__main__":
    main()
