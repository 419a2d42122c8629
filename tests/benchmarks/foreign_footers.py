"""Prints how many foreign footers go, and what English goes with them, on the data that stands beside the project.

    python tests/benchmarks/foreign_footers.py ../shared [--seed N] [--frac F] [--all-rules] [--table FILE --folds 3,4]

The footers are interface strings, put by `bench/footers.py` around English pages of the WCXB development split. The shipped language model
has counted English words on those pages; for a figure on pages it has not seen, build a table without some folds of their domains
(`python cleaners/training/language_model.py PACKAGES PAGES --folds 0,1,2 --out FILE`) and measure with that table on the other folds.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib.util
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

STAGES = ("language", "footers")


def bench(shared: Path) -> ModuleType:
    """Return the module that writes the pages and scores what is left of them."""
    path = shared / "bench" / "footers.py"
    sys.path.insert(0, str(path.parent))  # it imports its look-alikes from there
    spec = importlib.util.spec_from_file_location("bench_footers", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(  # noqa: PLR0913  the options of the command
    shared: Path, folder: Path, seed: int, frac: float, folds: str = "", *, all_rules: bool = False
) -> list[Any]:
    """Write pages, clean them, print the table; return the documents that lost English lines."""
    from dechaff import RULES, Document, Pipeline, select

    module = bench(shared)
    if folds:
        chosen = set(map(int, folds.split(",")))
        every = module.bodies
        domains = _domains(shared)
        vars(module)["bodies"] = lambda half: [body for body in every(half) if _fold(domains.get(body[0], body[0])) in chosen]
    module.write(str(folder), 1, seed, frac)
    (folder / "out").mkdir()
    pipeline = Pipeline(frozenset(RULES) if all_rules else select(STAGES))
    size = 0
    begun = time.process_time()
    for path in sorted((folder / "in").iterdir()):
        text = path.read_text(encoding="utf-8")
        size += path.stat().st_size
        (folder / "out" / path.name).write_text(pipeline.clean([Document(path.name, "", text)])[0].text, encoding="utf-8")
    print(f"{size / 1e6 / (time.process_time() - begun):.2f} MB a processor second, files read and written")
    lost: list[Any] = module.score(str(folder), str(folder / "out"))
    return lost


def _domains(shared: Path) -> dict[str, str]:
    with gzip.open(shared / "data" / "wcxb" / "full_page.jsonl.gz", "rt", encoding="utf-8") as rows:
        return {f"dev_{row['id']}": row["domain"] for row in map(json.loads, rows)}


def _fold(domain: str) -> int:
    return int(hashlib.md5(domain.encode(), usedforsecurity=False).hexdigest(), 16) % 5


def main() -> None:
    """Print the table."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("shared", type=Path)
    ask.add_argument("--seed", type=int, default=20)
    ask.add_argument("--frac", type=float, default=1.0)
    ask.add_argument("--all-rules", action="store_true")
    ask.add_argument("--table", type=Path)
    ask.add_argument("--folds", default="")
    asked = ask.parse_args()
    if asked.table:
        import numpy as np

        from dechaff import language_model

        table = language_model.LanguageModel(np.load(asked.table))
        vars(language_model)["model"] = lambda: table
    with tempfile.TemporaryDirectory() as folder:
        for document in measure(asked.shared, Path(folder), asked.seed, asked.frac, asked.folds, all_rules=asked.all_rules):
            print("lost", document)


if __name__ == "__main__":
    main()
