"""How much chrome goes and how much content stays, on labelled lines: never less than last time."""

from __future__ import annotations

import json
import re
import runpy
import unicodedata
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from dechaff import RULES, decode
from dechaff_cli import corpus, run
from dechaff_cli.task import Task

FLOOR = Path(__file__).parent / "floor.json"
LABELLED_FLOOR = Path(__file__).parent / "labelled_floor.json"
"""By weights that have learned from these very pages: it shows what gets worse, not how good they are."""


def _core(line: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFKC", line).casefold() if character.isalnum())


def _score(folder: Path, labels: Path) -> dict[str, Any]:
    task = Task(frozenset(RULES), keep_text=True)
    files = corpus.find([folder]).files
    texts = {outcome.report.path: outcome.text for outcome in run.clean(files, task, run.survey(files, task, 1), 1)}
    pipeline = Task(frozenset(code for code in RULES if RULES[code].effect == "repair"), keep_text=True)
    repaired = {outcome.report.path: outcome for outcome in run.clean(files, pipeline, run.survey([], pipeline, 1), 1)}
    tally: Counter[str] = Counter()
    lost = []
    digest = sha256(labels.read_bytes())
    for row in map(json.loads, labels.read_text(encoding="utf-8").splitlines()):
        raw = (folder / row["file"]).read_bytes()
        digest.update(raw)
        source = decode(raw).text.split("\n")
        mended = repaired[row["file"]].text.split("\n")
        have = Counter(map(_core, texts[row["file"]].split("\n")))
        for want in ("keep", "drop"):
            for number, label in row["labels"].items():
                # A repaired line counts as itself, where repairs moved no line; a line that repairs broke counts with all its parts.
                line = mended[int(number) - 1] if len(mended) == len(source) else source[int(number) - 1]
                parts = [part for part in map(_core, re.split("[\v\f\r\x85\u2028\u2029]", line)) if part]
                if label == want and parts:
                    there = all(have[part] > 0 for part in parts)
                    have.subtract(parts if there else ())
                    tally[want] += 1
                    tally[f"{want} there"] += there
                    if want == "keep" and not there:
                        lost.append(f"{row['file']}:{number}: {source[int(number) - 1]}")
    return {
        "data": digest.hexdigest(),
        "content_kept": round(tally["keep there"] / tally["keep"], 4),
        "chrome_removed": round(1 - tally["drop there"] / tally["drop"], 4),
        "lost": lost,
    }


def test_no_less_content_stays_and_no_less_chrome_goes_than_before(samples: Path, accept: bool, allow_regression: bool) -> None:
    now = _score(samples / "scrapes" / "in", samples / "scrapes" / "labels.jsonl")
    floor = json.loads(FLOOR.read_text(encoding="utf-8"))
    same_data = floor["data"] == now["data"]
    sunk = [name for name in ("content_kept", "chrome_removed") if now[name] < floor[name]]
    if accept:
        assert allow_regression or not (sunk and same_data), f"{sunk} sank below {floor}: {now}; to let it, add --allow-regression"
        FLOOR.write_text(json.dumps(now, indent=2) + "\n", encoding="utf-8")
        return
    assert same_data, "samples or labels changed: run pytest with --accept"
    assert not sunk, f"{sunk} sank below {floor}: {now}"


def test_no_less_of_the_labelled_pages_stays_and_goes_than_before(samples: Path, accept: bool, allow_regression: bool) -> None:
    bench = runpy.run_path(str(Path(__file__).parent / "benchmarks" / "labelled_pages.py"))
    digest = sha256()
    for path in sorted((samples / "labelled").glob("*/*.txt")):
        digest.update(path.read_bytes())
    kept = bench["score"]("careful")
    now = {
        "data": digest.hexdigest(),
        "content_kept": round(bench["share"](kept.lines, 1, there=True), 4),
        "chrome_removed": round(bench["share"](kept.lines, 0, there=False), 3),
    }
    floor = json.loads(LABELLED_FLOOR.read_text(encoding="utf-8"))
    sunk = [name for name in ("content_kept", "chrome_removed") if now[name] < floor[name]]
    if accept:
        assert allow_regression or not (sunk and floor["data"] == now["data"]), f"{sunk} sank: {now}; to let it, add --allow-regression"
        LABELLED_FLOOR.write_text(json.dumps(now, indent=2) + "\n", encoding="utf-8")
        return
    assert floor["data"] == now["data"], "samples/labelled changed: run pytest with --accept"
    assert not sunk, f"{sunk} sank below {floor}: {now}"


def test_the_users_own_scrapes_come_out_right(shared: Path, tmp_path: Path) -> None:
    task = Task(frozenset(RULES), out=tmp_path)
    files = corpus.find([shared / "seeds"]).files
    wrong = []
    texts = {outcome.report.path: (tmp_path / outcome.report.path) for outcome in run.clean(files, task, run.survey(files, task, 1), 1)}
    for row in map(json.loads, (shared / "seeds" / "labels.jsonl").read_text(encoding="utf-8").splitlines()):
        source = (shared / "seeds" / row["file"]).read_text(encoding="utf-8").split("\n")
        have = Counter(map(_core, texts[row["file"]].read_text(encoding="utf-8").split("\n")))
        for want in ("keep", "drop"):
            for number, label in row["labels"].items():
                text = _core(source[int(number) - 1])
                if label == want:
                    there = have[text] > 0
                    have[text] -= there
                    if there != (want == "keep"):
                        wrong.append(f"{row['file']}:{number}")
    assert not wrong


@pytest.mark.parametrize("name", ["dev"])
def test_public_files_of_known_encoding_come_back_to_the_last_byte(shared: Path, name: str) -> None:
    import gzip
    from base64 import b64decode

    from dechaff import FileReport, NotTextError, clean, restore
    from dechaff.report import describe

    refused = 0
    with gzip.open(shared / "data" / "bytes" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            raw = b64decode(row["bytes"])
            try:
                decoded = decode(raw)
            except NotTextError:
                refused += row["truth"] is not None
                continue
            cleaned = clean(decoded.text)
            record = FileReport.from_json(describe(row["file"], "", raw, decoded, cleaned).to_json())
            assert restore(cleaned.text.encode("utf-8"), record) == raw, row["file"]
    assert refused <= 1  # a test file of a thousand zero bytes and one word
