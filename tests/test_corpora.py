"""Corpora in containers: the same texts, whatever they are kept in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dechaff import RULES, decode
from dechaff_cli import corpus, run
from dechaff_cli.corpora import Documents

if TYPE_CHECKING:
    from pathlib import Path

TASK = run.Task(frozenset(RULES), keep_text=True)


def test_records_are_cleaned_like_files_by_one_process_and_by_several(samples: Path, tmp_path: Path) -> None:
    files = corpus.find([samples / "scrapes" / "in"]).files
    texts = {source.name: decode(source.path.read_bytes()).text for source in files}
    lines = [{"text": text, "url": f"https://{name.split('/')[0]}/x"} for name, text in texts.items()]
    (tmp_path / "pages.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    documents = Documents([corpus.Source(tmp_path / "pages.jsonl", "pages.jsonl", 0)])
    wanted = [outcome.text for outcome in run.clean(files, TASK, run.survey(files, TASK, 1), 1)]
    for jobs in (1, 2):
        outcomes = list(run.clean(documents, TASK, run.survey(documents, TASK, jobs), jobs))
        assert [outcome.report.path for outcome in outcomes] == [f"pages.jsonl#{number}" for number in range(1, len(lines) + 1)]
        assert [outcome.text for outcome in outcomes] == wanted
