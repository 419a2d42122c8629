"""dechaff inside other people's pipelines, each run by the real library; what is not installed is skipped, and says so."""

from __future__ import annotations

import json
import pickle
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

import dechaff
from dechaff.adapters.texts import Text, Texts
from dechaff.profile import Known, Profile, SiteProfile
from dechaff.repetition import FOOT, HEAD, Pair

if TYPE_CHECKING:
    from pathlib import Path

DIRTY = "Skip to main content\nThe patientâ€™s bilirubin fell.\n"
CLEAN = "The patient’s bilirubin fell.\n"
PAGES = [
    DIRTY,
    "Harbour Kiosk Network\nBile ducts grown from stem cells\nThe ducts carried bile for six weeks in mice.\nQuay 7, Port Ansel\n",
    "",
    "Nothing to do here.\n",
    "Cut off \ud83d here.\r\nA line.\r\n",
]
URLS = ["https://a.example/1", "https://harbour.example/2", "", "https://harbour.example/3", None]
PROFILE = Profile(
    {
        "harbour.example": SiteProfile(
            3,
            date(2026, 11, 22),
            date(2026, 11, 22),
            (Known(Pair(HEAD, None, "Harbour Kiosk Network"), 3), Known(Pair(FOOT, None, "Quay 7, Port Ansel"), 3)),
        )
    }
)
OF_THE_SITE = "Bile ducts grown from stem cells\nThe ducts carried bile for six weeks in mice.\n"


def expected(profile: Profile | None = None) -> list[str]:
    counts = None if profile is None else profile.survey()
    pipeline = dechaff.Pipeline(frozenset(dechaff.RULES), counts)
    sites = ["a.example", "harbour.example", "", "harbour.example", ""]
    texts = [dechaff.decode(text.encode("utf-8", "surrogatepass")).text for text in PAGES]
    return [pipeline.clean([dechaff.Document("", site, text)])[0].text for site, text in zip(sites, texts, strict=True)]


def test_texts_are_cleaned_with_a_record_that_leads_back() -> None:
    done = Texts().clean([Text("a", "", text) for text in PAGES])
    assert [text for text, _ in done] == expected()
    for page, (text, report) in zip(PAGES, done, strict=True):
        kept = dechaff.FileReport.from_json(report.to_json())
        assert dechaff.restore(text.encode(), kept) == page.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    "begin", ["%PDF-1.4\n", "ID3 is a tree.", "PK\x03\x04", "\0" * 40, "R\0a\0i\0n\0", "\x1b$B is a shift.", "ÿØÿà", "\ufeff"]
)
def test_a_text_is_read_as_text_whatever_it_looks_like(begin: str) -> None:
    text = f"{begin} It rained in Zürich.\n"
    [(_, report)] = Texts(["CHR"]).clean([Text("a", "", text)])
    assert report.error is None
    assert report.characters_in == len(text) - text.startswith("\ufeff")
    assert report.encoding is not None
    assert report.encoding.name == "utf-8"


def test_what_a_site_shares_goes_by_a_profile_alone() -> None:
    page = Text("", "https://harbour.example/2", PAGES[1])
    assert [text for text, _ in Texts().clean([page] * 5)] == [PAGES[1]] * 5
    assert Texts(profile=PROFILE).clean([page])[0][0] == OF_THE_SITE
    assert Texts(profile=PROFILE, ignore=["REP001"]).clean([page])[0][0] == PAGES[1]


def test_use_changes_nothing_that_travels() -> None:
    texts = Texts(profile=PROFILE)
    before = pickle.dumps(texts)
    texts.clean([Text("", "", DIRTY)])
    assert pickle.dumps(texts) == before
    assert pickle.loads(before).clean([Text("", "", DIRTY)])[0][0] == CLEAN  # noqa: S301  our own


@pytest.mark.parametrize("profile", [None, PROFILE])
@pytest.mark.filterwarnings("ignore")  # not ours to mend
def test_a_step_of_datatrove(tmp_path: Path, profile: Profile | None) -> None:
    pytest.importorskip("datatrove", exc_type=ImportError)
    pytest.importorskip("orjson", reason="its writer needs it")
    from datatrove.data import Document
    from datatrove.executor.local import LocalPipelineExecutor
    from datatrove.pipeline.writers.jsonl import JsonlWriter

    from dechaff.adapters.datatrove import Dechaff

    documents = [Document(text, str(i), metadata={"url": url}) for i, (text, url) in enumerate(zip(PAGES[:-1], URLS, strict=False))]
    step = Dechaff(profile=profile)
    writer = JsonlWriter(str(tmp_path / "out"), compression=None)
    executor = LocalPipelineExecutor([documents, step, writer], tasks=1, logging_dir=str(tmp_path / "logs"))
    executor.run()
    rows = [json.loads(line) for line in (tmp_path / "out" / "00000.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row.get("text", "") for row in rows] == expected(profile)[:-1]
    assert [row["id"] for row in rows] == ["0", "1", "2", "3"]
    report = dechaff.FileReport.from_json(rows[0]["metadata"]["dechaff"])
    assert [finding.rule for finding in report.findings] == ["CHR001", "ENC001"]
    assert dechaff.restore(rows[0]["text"].encode(), report) == DIRTY.encode()


def test_a_step_of_datatrove_travels() -> None:
    pytest.importorskip("datatrove", exc_type=ImportError)
    pytest.importorskip("orjson", reason="its writer needs it")
    from datatrove.data import Document

    from dechaff.adapters.datatrove import Dechaff

    step: Any = Dechaff("CHR", record=None)
    list(step.run([Document(DIRTY, "0")]))
    (document,) = pickle.loads(pickle.dumps(step)).run([Document(DIRTY, "0")])  # noqa: S301  our own
    assert (document.text, document.metadata) == ("The patientâ€™s bilirubin fell.\n", {})


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("jobs", [None, 2])
def test_a_function_for_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int | None) -> None:
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path))
    datasets = pytest.importorskip("datasets", exc_type=ImportError)
    from dechaff.adapters.datasets import Dechaff

    given = datasets.Dataset.from_dict({"text": [*PAGES[:-1], None], "url": URLS, "n": list(range(5))})
    made = given.map(Dechaff(profile=PROFILE), batched=True, num_proc=jobs)
    assert made["text"][:] == [*expected(PROFILE)[:-1], None]
    assert made["n"][:] == list(range(5))
    report = dechaff.FileReport.from_json(made["dechaff"][0])
    assert dechaff.restore(made["text"][0].encode(), report) == DIRTY.encode()
    assert made["dechaff"][4] is None


@pytest.mark.filterwarnings("ignore")
def test_a_map_streams_and_knows_when_nothing_has_changed() -> None:
    datasets = pytest.importorskip("datasets", exc_type=ImportError)
    from datasets.fingerprint import Hasher

    from dechaff.adapters.datasets import Dechaff

    function = Dechaff("CHR", record=None, text="body")
    before = Hasher.hash(function)
    streamed = datasets.IterableDataset.from_generator(lambda: ({"body": text} for text in PAGES[:3])).map(function, batched=True)
    assert [row["body"] for row in streamed] == ["The patientâ€™s bilirubin fell.\n", PAGES[1], ""]
    function({"body": [DIRTY]})
    assert Hasher.hash(function) == before == Hasher.hash(Dechaff("CHR", record=None, text="body"))
    assert Hasher.hash(Dechaff("CHR001", record=None, text="body")) != before
    with pytest.raises(TypeError, match="batched=True"):
        function({"body": DIRTY})
