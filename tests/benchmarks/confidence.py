"""How often each rule is right on labelled pages: prints cleaners/dechaff/data/confidence.toml.

    python tests/benchmarks/confidence.py DATA/full_page.jsonl.gz > cleaners/dechaff/data/confidence.toml

Pages are cleaned by site, with the stages that remove lines. A removed line counts if its label is content or chrome; for each rule the
number of such lines and how many of them were chrome are printed. The line model is left out: it gives a chance of its own for every line.
"""

from __future__ import annotations

import argparse
from bisect import bisect_right
from collections import Counter
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from dechaff import RULES, Document, Pipeline, edits, select
from dechaff.confidence import kind
from dechaff.line_model import RULE
from dechaff.tally import counted
from dechaff_cli.engine.counts import Counts
from dechaff_train.pages import CHROME, CONTENT, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dechaff import Cleaned, Edit

_STAGES = ("language", "chrome", "repetition", "footers", "blank_lines")
_BATCH = 64


def main() -> None:
    """Clean, compare with the labels, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    read = list(rows(parser.parse_args().data))
    pages = [Document(row["id"], row["domain"], "".join(f"{line}\n" for line, _ in row["lines"])) for row in read]
    counts = Counts()
    first = Pipeline(select(_STAGES))
    for batch in _batches(pages):
        works = first.prepare(batch)
        counts.add(counted((page.site, numbers) for page, numbers in zip(batch, first.numbers(works), strict=True) if numbers is not None))
    pipeline = Pipeline(select(_STAGES), counts.settled())
    labels = iter(read)
    lines, chrome = Counter[str](), Counter[str]()
    for batch in _batches(pages):
        for page, cleaned in zip(batch, pipeline.clean(batch), strict=True):
            wanted = [label for _, label in next(labels)["lines"]]
            for edit, line in _removed(page, cleaned):
                if edit.rule != RULE and line < len(wanted) and wanted[line] in {CONTENT, CHROME}:
                    of = kind(edit.rule, edit.note)
                    lines[of] += 1
                    chrome[of] += wanted[line] == CHROME
    print("# Lines that each rule took on labelled pages, and how many of them were chrome. Printed by tests/benchmarks/confidence.py from")
    print("# the WCXB development pages (Murrough Foley 2026, CC-BY-4.0), by site. It decides nothing: reports tell doubt by it.")
    for of in sorted(lines, key=lambda of: ([*RULES].index(of[:6]), of)):
        print(f"{of} = [{lines[of]}, {chrome[of]}]")


def _batches(pages: Sequence[Document]) -> Iterator[Sequence[Document]]:
    return (pages[begin : begin + _BATCH] for begin in range(0, len(pages), _BATCH))


def _removed(page: Document, cleaned: Cleaned) -> Iterator[tuple[Edit, int]]:
    """Yield what was removed from a page, and its line, from 0."""
    starts = list(accumulate((len(line) + 1 for line in page.text.split("\n")), initial=0))
    before: list[Sequence[Edit]] = []
    for made in cleaned.layers:
        for edit, place in zip(made, edits.to_source([edit.start for edit in made], before), strict=True):
            if RULES[edit.rule].stage != "blank_lines":
                yield edit, bisect_right(starts, place) - 1
        before.append(made)


if __name__ == "__main__":
    main()
