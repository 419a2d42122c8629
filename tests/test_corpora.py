"""Corpora in containers: the same texts, whatever they are kept in, and what stands beside them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import tarfile
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dechaff import RULES, decode
from dechaff_cli import corpus, run
from dechaff_cli.corpora import Documents, streams
from dechaff_cli.task import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

TASK = Task(frozenset(RULES), keep_text=True)
DIRTY = "Skip to main content\n\nThe patientâ€™s bilirubin fell.\n\nCite this\n"
CLEAN = "The patient’s bilirubin fell.\n"
LAST = "Rain fell on the hill.\n"
FORMS = (
    "p.jsonl",
    "p.jsonl.gz",
    "p.jsonl.zst",
    "p.json.gz",
    "p.ndjson",
    "p.csv",
    "p.tsv",
    "p.csv.gz",
    "p.parquet",
    "p.warc.gz",
    "p.wet",
    "p.tar",
    "p.tgz",
)
COLUMNS = ("p.jsonl", "p.jsonl.gz", "p.csv", "p.parquet")


def zstd() -> Any:  # noqa: ANN401  a module
    return import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")


def packed(name: str, data: bytes) -> bytes:
    if name.endswith((".gz", ".tgz")):
        return gzip.compress(data, mtime=0)
    return bytes(zstd().compress(data)) if name.endswith(".zst") else data


def keep(file: Path, rows: Sequence[tuple[str, str]]) -> None:
    """Keep texts, each with the address of its page, in a container of the form that its name says."""
    name = file.name
    tables = [{"url": f"https://{site}/{n}", "text": text, "n": n} for n, (site, text) in enumerate(rows)]
    if ".json" in name or ".ndjson" in name:
        file.write_bytes(packed(name, "".join(json.dumps(row) + "\n" for row in tables).encode()))
    elif ".csv" in name or ".tsv" in name:
        table = io.StringIO(newline="")
        writer = csv.DictWriter(table, ["url", "text", "n"], delimiter="\t" if ".tsv" in name else ",")
        writer.writeheader()
        writer.writerows(tables)
        file.write_bytes(packed(name, table.getvalue().encode()))
    elif ".parquet" in name:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table({key: [row[key] for row in tables] for key in ("url", "text", "n")}), file, row_group_size=2)
    elif ".tar" in name or ".tgz" in name:
        with tarfile.open(file, "w:gz" if ".tgz" in name else "w") as archive:
            for n, (site, text) in enumerate(rows):
                member = tarfile.TarInfo(f"top/{site}/{n}.txt")
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
    else:
        warc(file, [("conversion", f"https://{site}/{n}", text.encode()) for n, (site, text) in enumerate(rows)])


def warc(file: Path, records: Sequence[tuple[str, str, bytes]]) -> None:
    from warcio.warcwriter import WARCWriter

    with file.open("wb") as out:
        writer = WARCWriter(out, gzip=file.name.endswith(".gz"))
        for kind, url, block in records:
            plain = "text/plain" if kind == "conversion" else "application/http; msgtype=response"
            writer.write_record(writer.create_warc_record(url, kind, payload=io.BytesIO(block), length=len(block), warc_content_type=plain))


def source(file: Path) -> corpus.Source:
    return corpus.Source(file, file.name, file.stat().st_size)


def texts(file: Path) -> list[str]:
    """Return the texts of a container, by the readers of others where there are some."""
    name = file.name
    raw = b"" if name.endswith((".parquet", ".tar", ".tgz")) else file.read_bytes()
    raw = gzip.decompress(raw) if name.endswith(".gz") else zstd().decompress(raw) if name.endswith(".zst") else raw
    if ".json" in name or ".ndjson" in name:
        return [json.loads(line)["text"] for line in raw.splitlines()]
    if ".csv" in name or ".tsv" in name:
        return [row["text"] for row in csv.DictReader(io.StringIO(raw.decode(), newline=""), delimiter="\t" if ".tsv" in name else ",")]
    if ".parquet" in name:
        import pyarrow.parquet as pq

        return list(pq.read_table(file)["text"].to_pylist())
    if ".tar" in name or ".tgz" in name:
        with tarfile.open(file) as archive:
            members = [archive.extractfile(member) for member in archive if member.isfile()]
            return [member.read().decode() for member in members if member]
    from warcio.archiveiterator import ArchiveIterator

    with file.open("rb") as stream:
        return [
            one.content_stream().read().decode() for one in ArchiveIterator(stream, check_digests="raise") if one.rec_type == "conversion"
        ]


_LINES = [
    "Skip to main content",
    "Cite this",
    "Ask the liver line",
    "Home | Trials | About the portal",
    "It’s rain &amp; 雨.",
    "a\r\nb",
    '"q", x',
    "",
]
_PAGES = st.lists(
    st.tuples(st.sampled_from(["a.org", "b.org"]), st.lists(st.sampled_from(_LINES) | st.text(max_size=9), max_size=9).map("\n".join))
)


@given(_PAGES)
@settings(max_examples=12, deadline=None)
def test_cleaned_texts_are_those_of_a_folder_of_the_same_texts(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("corpus")
    for n, (site, text) in enumerate(rows):
        (folder / "in" / site).mkdir(parents=True, exist_ok=True)
        (folder / "in" / site / f"{n}.txt").write_bytes(text.encode())
    files = sorted(corpus.find([folder / "in"]).files, key=lambda one: int(one.path.stem)) if rows else []
    wanted = [(outcome.text, outcome.report.error) for outcome in run.clean(files, TASK, run.survey(files, TASK, 1), 1)]
    for name in ("p.jsonl", "p.csv", "p.parquet", "p.wet", "p.tar"):
        keep(folder / name, rows)
        documents = Documents([source(folder / name)])
        found = list(run.clean(documents, TASK, run.survey(documents, TASK, 1), 1))
        assert [(outcome.text, outcome.report.error) for outcome in found] == wanted, name


def test_records_are_cleaned_like_files_by_one_process_and_by_several(samples: Path, tmp_path: Path) -> None:
    files = corpus.find([samples / "scrapes" / "in"]).files
    keep(tmp_path / "p.jsonl", [(file.name.split("/")[0], decode(file.path.read_bytes()).text) for file in files])
    documents = Documents([source(tmp_path / "p.jsonl")])
    wanted = [outcome.text for outcome in run.clean(files, TASK, run.survey(files, TASK, 1), 1)]
    for jobs in (1, 2):
        outcomes = list(run.clean(documents, TASK, run.survey(documents, TASK, jobs), jobs))
        assert [outcome.report.path for outcome in outcomes] == [f"p.jsonl#{number}" for number in range(1, len(files) + 1)]
        assert [outcome.text for outcome in outcomes] == wanted


@pytest.mark.parametrize("name", FORMS)
def test_a_container_is_cleaned_restored_and_cleaned_in_place(dechaff: Callable[..., Any], tmp_path: Path, name: str) -> None:
    rows = [("a.org", DIRTY), ("b.org", CLEAN), ("a.org", ""), ("b.org", "x\r\n" + DIRTY), ("b.org", LAST)]
    keep(tmp_path / name, rows)
    before = (tmp_path / name).read_bytes()
    ran = dechaff("clean", name, "-o", "out", "--jobs", "1")
    assert (ran.code, ran.out) == (0, ""), ran.err
    assert texts(tmp_path / "out" / name) == [CLEAN, CLEAN, "", "x\n\n" + CLEAN, LAST]
    records = [json.loads(line) for line in (tmp_path / "out-report" / "findings.jsonl").read_text().splitlines()]
    assert len(records) == len(rows)
    assert [record["site"] for record in records] == [site for site, _ in rows]
    assert not list(tmp_path.glob("**/.dechaff-*"))
    ran = dechaff("restore", "out-report", "out", "-o", "back")
    assert ran.code == 0, ran.err
    assert texts(tmp_path / "back" / name) == [text for _, text in rows]
    assert (tmp_path / name).read_bytes() == before
    if ".tar" not in name and ".tgz" not in name and ".parquet" not in name:
        assert "1 container restored to the last byte" in ran.err
    ran = dechaff("clean", "--in-place", name, "--jobs", "1")
    assert ran.code == 0, ran.err
    assert texts(tmp_path / name) == [CLEAN, CLEAN, "", "x\n\n" + CLEAN, LAST]
    before = (tmp_path / name).read_bytes()
    assert dechaff("clean", "--in-place", name, "--jobs", "1").code == 0
    assert (tmp_path / name).read_bytes() == before


def test_of_json_lines_only_the_text_changes(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    lines = [
        '{"a": 1.50, "n": 12345678901234567890123, "body" : %s, "deep": {"body": "Home\\n", "x": [1e5, null]}, "\\u00e9": "\\/"}',
        ' {"body":"Skip to main content\\n", "body": %s }\r',
        "",
        '{"body": null, "id": 3}',
        '{"meta": {"url": "https://x.org/"}, "body": %s}',
    ]
    shown = [json.dumps(DIRTY), json.dumps(DIRTY, ensure_ascii=False), "", "", json.dumps(LAST)]
    new = [json.dumps(CLEAN), json.dumps(CLEAN, ensure_ascii=False), "", "", json.dumps(LAST)]
    (tmp_path / "p.jsonl").write_bytes("\n".join(line.replace("%s", text) for line, text in zip(lines, shown, strict=True)).encode())
    ran = dechaff("clean", "p.jsonl", "-o", "out", "--text-column", "body", "--url-column", "meta.url", "--jobs", "1")
    assert ran.code == 0, ran.err
    assert "Passed over: 1 blank line\n" in ran.err
    assert "Passed over: 1 record without a text" in ran.err
    assert (tmp_path / "out" / "p.jsonl").read_bytes().decode() == "\n".join(
        line.replace("%s", text) for line, text in zip(lines, new, strict=True)
    )
    records = [json.loads(line) for line in (tmp_path / "out-report" / "findings.jsonl").read_text().splitlines()]
    assert [record["path"] for record in records] == ["p.jsonl#1", "p.jsonl#2", "p.jsonl#5"]
    assert records[-1]["site"] == "x.org"
    assert dechaff("restore", "out-report", "out", "-o", "back").code == 0
    assert (tmp_path / "back" / "p.jsonl").read_bytes() == (tmp_path / "p.jsonl").read_bytes()


def test_of_csv_only_rows_with_other_text_are_written_anew(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    header = b'\xef\xbb\xbf"no";text;who\r\n'
    kept = b'7;;\'odd" caf\xe9\r\n\r\n8;;"x"\r\n'
    quoted = '"9";"' + DIRTY + '";"last"\r\n'
    plain = "1;" + '"' + DIRTY + '"' + ";who\r\n"
    (tmp_path / "p.csv").write_bytes(header + kept + quoted.encode() + plain.encode())
    ran = dechaff("clean", "p.csv", "-o", "out", "--id-column", "no", "--jobs", "1")
    assert ran.code == 0, ran.err
    wanted = header + kept + quoted.replace(DIRTY, CLEAN).encode() + plain.replace(DIRTY, CLEAN).encode()
    assert (tmp_path / "out" / "p.csv").read_bytes() == wanted
    assert dechaff("restore", "out-report", "out", "-o", "back").code == 0
    assert (tmp_path / "back" / "p.csv").read_bytes() == (tmp_path / "p.csv").read_bytes()


def test_a_last_row_without_a_line_feed_stays_without_one(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_bytes(f'text,n\n"{LAST}","1\r"\n"{DIRTY}","2\r"'.encode())
    assert dechaff("clean", "p.csv", "-o", "out", "--jobs", "1").code == 0
    assert (tmp_path / "out" / "p.csv").read_bytes() == f'text,n\n"{LAST}","1\r"\n"{CLEAN}","2\r"'.encode()
    ran = dechaff("restore", "out-report", "out", "-o", "back")
    assert "1 container restored to the last byte" in ran.err
    assert (tmp_path / "back" / "p.csv").read_bytes() == (tmp_path / "p.csv").read_bytes()


def test_of_parquet_schema_types_and_other_columns_stay(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    from datetime import UTC, datetime
    from decimal import Decimal

    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = [
        pa.field("n", pa.int16(), nullable=False, metadata={"unit": "pages"}),
        pa.field("text", pa.dictionary(pa.int32(), pa.string())),
        pa.field("when", pa.timestamp("ms", "UTC")),
        pa.field("price", pa.decimal128(9, 2)),
        pa.field("deep", pa.struct([("tags", pa.list_(pa.string())), ("raw", pa.binary())])),
        pa.field("map", pa.map_(pa.string(), pa.float32())),
    ]
    kept: list[tuple[str | None, Any]] = [(DIRTY, {"tags": ["x", None], "raw": b"\0"}), (None, None), (LAST, {"tags": [], "raw": None})]
    rows: list[dict[str, Any]] = [
        {"n": n, "text": text, "when": datetime(2026, 1, n, tzinfo=UTC), "price": Decimal("1.50"), "deep": deep, "map": [("a", 0.5)]}
        for n, (text, deep) in enumerate(kept, 1)
    ]
    schema = pa.schema(fields, metadata={"made": "by hand"})
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), tmp_path / "p.parquet", row_group_size=2, compression="zstd")
    ran = dechaff("clean", "p.parquet", "-o", "out", "--jobs", "1")
    assert ran.code == 0, ran.err
    assert "Passed over: 1 record without a text" in ran.err
    out = pq.ParquetFile(tmp_path / "out" / "p.parquet")
    assert out.schema_arrow.equals(pq.read_schema(tmp_path / "p.parquet"), check_metadata=True)
    assert out.schema_arrow.equals(schema)
    assert out.read().to_pylist() == [{**row, "text": CLEAN if row["text"] == DIRTY else row["text"]} for row in rows]
    assert [out.metadata.row_group(at).num_rows for at in range(out.num_row_groups)] == [2, 1]
    assert out.metadata.row_group(0).column(0).compression == "ZSTD"
    assert dechaff("restore", "out-report", "out", "-o", "back").code == 0
    back, before = (pq.read_table(folder / "p.parquet") for folder in (tmp_path / "back", tmp_path))
    assert back.schema.equals(before.schema, check_metadata=True)
    assert back.to_pylist() == before.to_pylist()


def test_of_warc_all_but_plain_texts_is_carried_and_counted(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<a>Skip to main content</a>"
    warc(
        tmp_path / "p.warc.gz",
        [
            ("warcinfo", "", b"software: x\r\n"),
            ("request", "https://a.org/", b"GET / HTTP/1.1\r\n\r\n"),
            ("response", "https://a.org/", page),
            ("conversion", "https://a.org/", DIRTY.encode()),
            ("metadata", "https://a.org/", b"fetchTimeMs: 3\r\n"),
        ],
    )
    ran = dechaff("clean", "p.warc.gz", "-o", "out", "--id-column", "WARC-Record-ID", "--jobs", "1")
    assert ran.code == 0, ran.err
    for kind in ("warcinfo", "request", "response", "metadata"):
        assert f"Passed over: 1 {kind} record\n" in ran.err
    before, after = (gzip.decompress((folder / "p.warc.gz").read_bytes()) for folder in (tmp_path, tmp_path / "out"))
    assert page in after
    assert len(before) - len(after) == len(DIRTY.encode()) - len(CLEAN.encode())
    assert texts(tmp_path / "out" / "p.warc.gz") == [CLEAN]
    assert "#<urn:uuid:" in (tmp_path / "out-report" / "findings.jsonl").read_text()
    assert dechaff("restore", "out-report", "out", "-o", "back").code == 0
    assert gzip.decompress((tmp_path / "back" / "p.warc.gz").read_bytes()) == before


def test_of_tar_folders_links_and_pictures_are_carried(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "p.tar", "w") as archive:
        for name, kind in (("top", tarfile.DIRTYPE), ("top/link.txt", tarfile.SYMTYPE), ("top/hard.txt", tarfile.LNKTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "a.org/1.txt"
            archive.addfile(member)
        for name, data in (("top/a.org/1.txt", DIRTY.encode()), ("top/a.org/x.png", b"\x89PNG\r\n"), ("top/a.org/1.txt", LAST.encode())):
            member = tarfile.TarInfo(name)
            member.size, member.mode, member.mtime, member.uname = len(data), 0o640, 17, "reader"
            archive.addfile(member, io.BytesIO(data))
    ran = dechaff("clean", "p.tar", "-o", "out", "--jobs", "1")
    assert ran.code == 0, ran.err
    assert "Passed over: 2 links (or pipes, or devices)" in ran.err
    with tarfile.open(tmp_path / "p.tar") as before, tarfile.open(tmp_path / "out" / "p.tar") as after:
        for old, new in zip(before, after, strict=True):
            assert {**old.get_info(), "size": 0, "chksum": 0} == {**new.get_info(), "size": 0, "chksum": 0}
        assert [member.size for member in after] == [0, 0, 0, len(CLEAN.encode()), 6, len(LAST)]


def cut_off(name: str) -> Callable[[Path], None]:
    def make(file: Path) -> None:
        keep(file, [("a.org", DIRTY + str(n) * 500) for n in range(40)])
        file.write_bytes(file.read_bytes()[:-20] if not name.endswith(("tar", "wet")) else file.read_bytes()[:-12000])

    return make


def lying(by: int) -> Callable[[Path], None]:
    def make(file: Path) -> None:
        keep(file, [("a.org", DIRTY), ("a.org", LAST)])
        length = len(DIRTY.encode())
        file.write_bytes(file.read_bytes().replace(b"Content-Length: %d\r\n" % length, b"Content-Length: %d\r\n" % (length + by), 1))

    return make


def raw(data: bytes) -> Callable[[Path], None]:
    def make(file: Path) -> None:
        file.write_bytes(data)

    return make


DAMAGED: list[tuple[str, Callable[[Path], None], str]] = [
    *((name, cut_off(name), "") for name in FORMS if name.endswith((".gz", ".zst", ".parquet", ".tar", ".tgz", ".wet"))),
    ("p.wet", lying(-4), "longer than it says"),
    ("p.wet", lying(7), "after record 1"),
    ("p.wet", lying(70000), "cut off"),
    ("p.wet", raw(b"no WARC at all\n"), "no sound WARC"),
    ("p.parquet", raw(b"PAR1 and nothing more PAR1"), "no sound Parquet"),
    ("p.jsonl.gz", raw(b"\x1f\x8bnonsense and more nonsense"), ""),
    ("p.jsonl.zst", raw(b"nonsense and more nonsense"), "damaged"),
    ("p.tar", raw(b"nonsense" * 200), "no sound tar"),
    ("p.csv", raw(b'text\n"never closed\n'), "no CSV from line"),
    ("p.csv", raw(b"text,id\rhello,1\r"), "no CSV from line 1 on"),
    ("p.csv", raw("text\nx\n".encode("utf-16")), "UTF-16"),
    ("p.csv", raw(b""), "has no column 'text'; it has none"),
    ("p.csv", raw(b"body,id\nx,1\n"), "has no column 'text'; it has 'body', 'id'. Name the one that holds the text with --text-column"),
    ("p.jsonl", raw(b'{"body": "x"}\n'), "has no column 'text'; it has 'body'"),
    ("p.json.gz", raw(gzip.compress(b'[{"text": "x"},\n{"text": "y"}]\n')), "is a JSON array, where one object a line was expected"),
    ("p.csv", raw(b'text\nx\n"y\n'), "; that is after record 1"),
]


@pytest.mark.parametrize(("name", "make", "message"), DAMAGED)
def test_a_damaged_container_is_named_and_left_out_and_the_rest_is_done(
    dechaff: Callable[..., Any], tmp_path: Path, name: str, make: Callable[[Path], None], message: str
) -> None:
    (tmp_path / "in").mkdir()
    make(tmp_path / "in" / name)
    keep(tmp_path / "in" / "after.jsonl", [("a.org", DIRTY)])
    ran = dechaff("clean", f"in/{name}", "in/after.jsonl", "-o", "out", "--jobs", "1")
    assert ran.code == 2, ran.err
    assert f"dechaff: {name}: " in ran.err
    assert message in ran.err
    assert "Traceback" not in ran.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["after.jsonl"]
    assert texts(tmp_path / "out" / "after.jsonl") == [CLEAN]
    records = [json.loads(line) for line in (tmp_path / "out-report" / "findings.jsonl").read_text().splitlines()]
    assert [(record["path"], "error" in record) for record in records] == [(name, True), ("after.jsonl#1", False)]
    assert name.encode() not in (tmp_path / "out-report" / "changes.diff").read_bytes()
    assert json.loads((tmp_path / "out-report" / "summary.json").read_text())["files"] == 1
    assert dechaff("check", f"in/{name}", "--jobs", "1").code == 2
    assert dechaff("restore", "out-report", "out", "-o", "back").code == 0


def test_a_wrong_record_is_named_and_carried_as_it_is(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    wrong = [
        b'{"text": "x"',
        b"[1]",
        b'{"text": 7}',
        b'{"body": "x"}',
        b'{"text": "caf\xe9"}',
        b"[" * 100_000,
        b'{"text": "\\u0000\\u0001\\u0002"}',
    ]
    good = json.dumps({"text": DIRTY}).encode()
    (tmp_path / "p.jsonl").write_bytes(b"\n".join([good, *wrong, good]) + b"\n")
    ran = dechaff("clean", "p.jsonl", "-o", "out", "--jobs", "1")
    assert ran.code == 2
    for number, why in enumerate(
        ["is no JSON", "is no JSON object", "its text is no string but int", "has no column 'text'", "is not UTF-8"], 2
    ):
        assert f"dechaff: p.jsonl#{number}: {why}" in ran.err
    clean = json.dumps({"text": CLEAN}).encode()
    assert (tmp_path / "out" / "p.jsonl").read_bytes() == b"\n".join([clean, *wrong, clean]) + b"\n"
    assert dechaff("restore", "out-report", "out", "-o", "back").code == 0
    assert (tmp_path / "back" / "p.jsonl").read_bytes() == (tmp_path / "p.jsonl").read_bytes()
    (tmp_path / "p.csv").write_bytes(b"text,n\nx\n" + b'"Skip to main content\nRain fell.\n",2\n')
    ran = dechaff("clean", "p.csv", "-o", "out2", "--jobs", "1")
    assert "dechaff: p.csv#1: has 1 cells, its header has 2" in ran.err
    assert (tmp_path / "out2" / "p.csv").read_bytes() == b'text,n\nx\n"Rain fell.\n",2\n'


@pytest.mark.parametrize("name", ["/etc/evil.txt", "../../evil.txt", "top/../../evil.txt"])
def test_members_that_lead_out_of_an_archive_are_refused_and_never_written(dechaff: Callable[..., Any], tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "p.tar", "w") as archive:
        for one in (name, "top/a.txt"):
            member = tarfile.TarInfo(one)
            member.size = len(DIRTY.encode())
            archive.addfile(member, io.BytesIO(DIRTY.encode()))
    for form in ((), ("--to", "text")):
        out = tmp_path / "deep" / "er" / f"out{len(form)}"
        ran = dechaff("clean", "p.tar", "-o", out, "--jobs", "1", *form)
        assert ran.code == 2
        assert f"p.tar#{name}: its name leads out of the archive" in ran.err
    assert [path.read_text(encoding="utf-8") for path in (tmp_path / "deep" / "er" / "out2").rglob("*.txt")] == [CLEAN]
    assert not list(tmp_path.rglob("evil.txt"))


@pytest.mark.parametrize("name", ["p.jsonl.gz", "p.jsonl.zst", "p.csv.gz", "p.tgz", "p.warc.gz"])
def test_what_unpacks_out_of_proportion_is_refused(
    dechaff: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    keep(tmp_path / name, [("a.org", "0" * 3_000_000)])
    monkeypatch.setattr(streams, "_FREE", 1 << 20)
    ran = dechaff("clean", name, "-o", "out", "--jobs", "1")
    assert ran.code == 2
    assert "unpacks to more than 500 times its size" in ran.err
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("name", ["p.jsonl", "p.csv", "p.tar", "p.wet"])
def test_a_record_longer_than_memory_allows_is_refused(
    dechaff: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    keep(tmp_path / name, [("a.org", "Rain fell.\n" * 500)])
    monkeypatch.setattr(streams, "LONGEST", 4096)
    ran = dechaff("check", name, "--jobs", "1")
    assert ran.code == 2
    assert "longer than" in ran.err


@pytest.mark.parametrize(
    "what",
    [("p.parquet", "pyarrow", "parquet"), ("p.jsonl.zst", "zstd", "zstd"), ("p.warc", "warcio", "warc")],
)
def test_what_is_not_installed_is_named(
    dechaff: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: tuple[str, str, str]
) -> None:
    name, module, extra = what
    keep(tmp_path / name, [("a.org", LAST)])

    def absent(wanted: str) -> Any:  # noqa: ANN401  a module
        if module in wanted:
            raise ImportError(wanted)
        return import_module(wanted)

    monkeypatch.setattr(streams, "import_module", absent)
    ran = dechaff("check", name, "--jobs", "1")
    assert ran.code == 2
    assert f"needs a library that is not installed: pip install 'dechaff[{extra}]'" in ran.err


def test_a_folder_gives_its_texts_and_the_containers_that_include_names(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(DIRTY, encoding="utf-8")
    keep(tmp_path / "in" / "p.jsonl", [("a.org", DIRTY)])
    assert dechaff("check", "in", "--show-files").out == "in/a.txt\n"
    ran = dechaff("clean", "in", "-o", "out", "--include", "*.txt", "--include", "*.jsonl", "--jobs", "1")
    assert ran.code == 0, ran.err
    assert (tmp_path / "out" / "a.txt").read_text(encoding="utf-8") == CLEAN
    assert texts(tmp_path / "out" / "p.jsonl") == [CLEAN]
    ran = dechaff("restore", "out-report", "out", "-o", "back")
    assert "1 file restored to the last byte" in ran.err
    assert (tmp_path / "back" / "p.jsonl").read_bytes() == (tmp_path / "in" / "p.jsonl").read_bytes()


def test_check_diff_explain_and_baseline_know_records(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    rows = [{"text": LAST, "doi": "10.1/x"}, {"text": DIRTY, "doi": "10.1/y"}, {"text": LAST, "doi": "evil\n::add-mask::"}]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    ran = dechaff("check", "p.jsonl", "--id-column", "doi", "--jobs", "1")
    assert ran.code == 1
    assert ran.out.startswith("p.jsonl#10.1/y:1:1: CHR001 skip-link")
    assert dechaff("check", "p.jsonl", "--jobs", "1").out.startswith("p.jsonl#2:1:1: CHR001 skip-link")
    diff = dechaff("diff", "p.jsonl", "--jobs", "1")
    assert "--- a/p.jsonl#2" in diff.out
    ran = dechaff("explain", "p.jsonl#2:1")
    assert "removed: CHR001 skip-link" in ran.out
    assert "removed: CHR001" in dechaff("explain", "p.jsonl#10.1/y:1", "--id-column", "doi").out
    assert dechaff("explain", "p.jsonl#9:1").code == 2
    assert dechaff("baseline", "write", "p.jsonl", "--jobs", "1").code == 0
    assert dechaff("check", "p.jsonl", "--baseline", "dechaff-baseline.json", "--jobs", "1").code == 0
    assert dechaff("baseline", "prune", "p.jsonl", "--jobs", "1").out == ""


@pytest.mark.parametrize("name", ["p.jsonl", "p.csv", "p.parquet", "p.warc.gz", "p.tar"])
@pytest.mark.parametrize("form", ["text", "jsonl", "jsonl.gz", "jsonl.zst", "csv", "parquet"])
def test_a_corpus_is_written_in_another_form(dechaff: Callable[..., Any], tmp_path: Path, name: str, form: str) -> None:
    keep(tmp_path / name, [("a.org", DIRTY), ("b.org", LAST)])
    ran = dechaff("clean", name, "-o", "out", "--to", form, "--jobs", "1")
    assert ran.code == 0, ran.err
    if form == "text":
        files = sorted((tmp_path / "out").rglob("*.txt"))
        assert [file.read_text(encoding="utf-8") for file in files] == [CLEAN, LAST]
    else:
        assert texts(tmp_path / "out" / f"p.{form}") == [CLEAN, LAST]
    assert dechaff("restore", "out-report", "out", "-o", "back").code == 2
    if name == "p.parquet" and form == "jsonl":
        rows = [json.loads(line) for line in (tmp_path / "out" / "p.jsonl").read_text(encoding="utf-8").splitlines()]
        assert rows == [{"url": "https://a.org/0", "text": CLEAN, "n": 0}, {"url": "https://b.org/1", "text": LAST, "n": 1}]


def test_a_folder_of_texts_becomes_one_container(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    for name, text in (("a.org/1.txt", DIRTY), ("b.org/2.txt", LAST), ("b.org/3.txt", "\0\1\2\3\4")):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")
    ran = dechaff("clean", "in", "-o", "out", "--to", "jsonl", "--jobs", "1")
    assert ran.code == 2
    rows = [json.loads(line) for line in (tmp_path / "out" / "in.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows == [{"id": "a.org/1.txt", "text": CLEAN}, {"id": "b.org/2.txt", "text": LAST}]


def test_records_that_fit_no_table_fail_with_a_hint(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text('{"text": "a", "x": 1}\n{"text": "b", "y": {"z": []}}\n')
    ran = dechaff("clean", "p.jsonl", "-o", "out", "--to", "csv", "--jobs", "1")
    assert ran.code == 2
    assert "has a column 'y' that the first record has not" in ran.err
    assert not list((tmp_path / "out").iterdir())
    (tmp_path / "p.jsonl").write_text('{"text": "a", "x": 1}\n{"text": "b", "x": "one"}\n')
    ran = dechaff("clean", "p.jsonl", "-o", "out", "--to", "parquet", "--jobs", "1")
    assert ran.code == 2
    assert "has columns of more than one type among records 1 to 2" in ran.err


def test_containers_that_would_become_one_are_told(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    keep(tmp_path / "p.jsonl", [("a.org", DIRTY)])
    keep(tmp_path / "p.csv", [("a.org", DIRTY)])
    ran = dechaff("clean", "p.jsonl", "p.csv", "-o", "out", "--to", "jsonl", "--jobs", "1")
    assert ran.code == 2
    assert "dechaff: p.csv: would be written to the same place as p.jsonl" in ran.err
    assert texts(tmp_path / "out" / "p.jsonl") == [CLEAN]
    assert dechaff("clean", "p.csv", "-o", "out2", "--to", "xml").code == 2
    assert dechaff("clean", "p.csv", "--in-place", "--to", "jsonl").code == 2


def test_a_container_that_changes_meanwhile_is_not_written(
    dechaff: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dechaff_cli.corpora import rewriting

    keep(tmp_path / "p.jsonl", [("a.org", DIRTY)])
    real = rewriting.rewrite

    def late(source: corpus.Source, *rest: Any, **more: Any) -> None:  # noqa: ANN401  whatever it takes
        keep(tmp_path / "p.jsonl", [("a.org", LAST)])
        real(source, *rest, **more)

    monkeypatch.setattr(rewriting, "rewrite", late)
    ran = dechaff("clean", "p.jsonl", "-o", "out", "--jobs", "1")
    assert ran.code == 2
    assert "p.jsonl: was changed while it was being cleaned" in ran.err
    assert not list((tmp_path / "out").iterdir())


@pytest.fixture
def memory() -> Iterator[Any]:
    """Yield a file system that is not that of this machine."""
    import fsspec

    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


def test_any_file_system_that_fsspec_knows_is_read_and_written(dechaff: Callable[..., Any], tmp_path: Path, memory: Any) -> None:  # noqa: ANN401
    keep(tmp_path / "p.jsonl.gz", [("a.org", DIRTY), ("b.org", LAST)])
    keep(tmp_path / "p.parquet", [("a.org", DIRTY)])
    for name in ("p.jsonl.gz", "p.parquet"):
        memory.pipe_file(f"/in/deep/{name}", (tmp_path / name).read_bytes())
    memory.pipe_file("/in/a.org/1.txt", DIRTY.encode())
    memory.pipe_file("/in/a.org/.hidden.txt", DIRTY.encode())
    words = ("memory://in", "--include", "*.txt", "--include", "*.jsonl.gz", "--include", "*.parquet", "--jobs", "1")
    assert "say where the report goes" in dechaff("clean", *words, "-o", "memory://out").err
    ran = dechaff("clean", *words, "-o", "memory://out", "--report", "report")
    assert ran.code == 0, ran.err
    assert "Passed over: 1 hidden file\n" in ran.err
    assert sorted(memory.find("/out")) == ["/out/a.org/1.txt", "/out/deep/p.jsonl.gz", "/out/deep/p.parquet"]
    assert memory.cat_file("/out/a.org/1.txt").decode() == CLEAN
    (tmp_path / "got.jsonl.gz").write_bytes(memory.cat_file("/out/deep/p.jsonl.gz"))
    assert texts(tmp_path / "got.jsonl.gz") == [CLEAN, LAST]
    ran = dechaff("clean", *words, "-o", "memory://out", "--report", "report")
    assert ran.code == 2
    assert "--output memory://out is not empty" in ran.err
    assert "mixes with memory://in" in dechaff("clean", *words, "-o", "memory://in/out", "--no-report").err
    assert dechaff("clean", "memory://in/a.org/1.txt", "--in-place").code == 2
    ran = dechaff("check", *words)
    assert ran.out.startswith("memory://in/a.org/1.txt:1:1: CHR001")
    assert "memory://in/deep/p.parquet#1:1:1: CHR001" in ran.out
    ran = dechaff("clean", *words, "-o", "here", "--to", "jsonl")
    assert "memory://in/deep/p.parquet: would be written to the same place as memory://in/deep/p.jsonl.gz" in ran.err
    assert texts(tmp_path / "here" / "deep" / "p.jsonl") == [CLEAN, LAST]
    ran = dechaff("check", "memory://nowhere", "nothing://x/y")
    assert ran.code == 2
    assert "dechaff: memory://nowhere: does not exist" in ran.err
    assert "dechaff: nothing://x/y: cannot be read: " in ran.err


def test_a_file_system_that_moves_gets_whole_files_and_no_others(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in" / "a.org").mkdir(parents=True)
    (tmp_path / "in" / "a.org" / "1.txt").write_text(DIRTY, encoding="utf-8")
    keep(tmp_path / "in" / "p.jsonl", [("a.org", DIRTY)])
    cut_off("p.csv.gz")(tmp_path / "in" / "p.csv.gz")
    ran = dechaff(
        "clean",
        f"file://{tmp_path}/in",
        "-o",
        f"file://{tmp_path}/out",
        "--no-report",
        "--jobs",
        "2",
        *(word for name in ("*.txt", "*.jsonl", "*.csv.gz") for word in ("--include", name)),
    )
    assert ran.code == 2
    assert "p.csv.gz: is cut off or damaged" in ran.err
    out = tmp_path / "out"
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()) == ["a.org/1.txt", "p.jsonl"]
    assert (out / "a.org" / "1.txt").read_text(encoding="utf-8") == CLEAN
    assert texts(out / "p.jsonl") == [CLEAN]


@pytest.mark.parametrize("name", COLUMNS)
def test_a_container_is_taken_up_where_a_run_left_it(dechaff: Callable[..., Any], tmp_path: Path, name: str) -> None:
    rows = [("a.org", DIRTY), ("a.org", LAST), ("b.org", DIRTY + LAST)]
    keep(tmp_path / name, rows)
    words = ("--url-column", "url", "--jobs", "1")
    assert dechaff("clean", name, "-o", "out", *words).code == 0
    assert "Nothing has changed" in dechaff("clean", name, "-o", "out", "--resume", *words).err
    keep(tmp_path / name, [("a.org", LAST), *rows[1:]])
    assert dechaff("clean", name, "-o", "out", "--resume", *words).code == 0
    assert dechaff("clean", name, "-o", "anew", *words).code == 0
    assert texts(tmp_path / "out" / name) == [LAST, LAST, f"{CLEAN}\n{LAST}"]
    for file in (f"out/{name}", "out-report/findings.jsonl", "out-report/changes.diff"):
        assert (tmp_path / file).read_bytes() == (tmp_path / file.replace("out", "anew", 1)).read_bytes()
    (tmp_path / "out" / name).unlink()
    assert dechaff("clean", name, "-o", "out", "--resume", *words).code == 0
    assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "anew" / name).read_bytes()


def test_records_of_one_name_are_not_taken_for_one_another(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    def write(*pages: str) -> None:
        (tmp_path / "p.jsonl").write_text("".join(json.dumps({"id": "x", "text": text}) + "\n" for text in pages))

    write(DIRTY, LAST, DIRTY)
    words = ("--id-column", "id", "--jobs", "1")
    assert dechaff("clean", "p.jsonl", "-o", "out", *words).code == 0
    assert texts(tmp_path / "out" / "p.jsonl") == [CLEAN, LAST, CLEAN]
    write(LAST, DIRTY, LAST)
    assert dechaff("clean", "p.jsonl", "-o", "out", "--resume", *words).code == 0
    assert texts(tmp_path / "out" / "p.jsonl") == [LAST, CLEAN, LAST]
    assert dechaff("restore", "out-report", "out", "-o", "back").code == 0
    assert (tmp_path / "back" / "p.jsonl").read_bytes() == (tmp_path / "p.jsonl").read_bytes()
    assert dechaff("clean", "p.jsonl", "-o", "many", "--to", "text", *words).code == 2
    assert not list((tmp_path / "many").rglob("*.txt"))


def test_restore_refuses_a_container_that_was_changed(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    keep(tmp_path / "p.jsonl", [("a.org", DIRTY), ("b.org", LAST)])
    assert dechaff("clean", "p.jsonl", "-o", "out", "--jobs", "1").code == 0
    whole = (tmp_path / "out" / "p.jsonl").read_bytes()
    first, second = whole.splitlines(keepends=True)
    for changed, why in (
        (first, "the clean copy lacks records that the report has"),
        (whole + second, "the report knows nothing of record 3"),
        (second + first, "record 1: the clean copy is not the one"),
    ):
        (tmp_path / "out" / "p.jsonl").write_bytes(changed)
        ran = dechaff("restore", "out-report", "out", "-o", "back", "--overwrite")
        assert ran.code == 2
        assert f"dechaff: p.jsonl: {why}" in ran.err
        assert not list((tmp_path / "back").iterdir())


def test_letters_are_escaped_as_the_other_records_of_a_file_have_them(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    for name, ascii_only in (("a.jsonl", True), ("b.jsonl", False)):
        lines = [json.dumps({"text": text}, ensure_ascii=ascii_only) for text in (DIRTY, LAST, "Ünder the hill.\n")]
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
        assert dechaff("clean", name, "-o", f"out-{name}", "--jobs", "1").code == 0
        assert (f"{CLEAN}".encode() in (tmp_path / f"out-{name}" / name).read_bytes().replace(b"\\n", b"\n")) != ascii_only
        assert "1 container restored" in dechaff("restore", f"out-{name}-report", f"out-{name}", "-o", f"back-{name}").err


@pytest.mark.parametrize("other", ["pages/1.txt", "pages", "pages/deeper.jsonl"])
def test_texts_of_two_kinds_are_not_written_over_one_another(dechaff: Callable[..., Any], tmp_path: Path, other: str) -> None:
    folder = tmp_path / "in"
    (folder / other).parent.mkdir(parents=True, exist_ok=True)
    keep(folder / "pages.jsonl", [("one.example", "Rain fell.\n")])
    if other.endswith(".jsonl"):
        keep(folder / other, [("one.example", "Snow fell.\n")])
    else:
        (folder / other).write_text("Snow fell.\n")
    ran = dechaff("clean", "in", "-o", "out", "--to", "text", "--include", "*")
    assert ran.code == 2
    assert "would be written" in ran.err
    assert len([path for path in (tmp_path / "out").rglob("*") if path.is_file()]) == 1


def test_a_container_is_not_lost_to_the_texts_of_a_folder_of_its_name(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Rain fell.\n")
    (tmp_path / "in" / "b.txt").write_text("Rain fell again.\n")
    keep(tmp_path / "in" / "in.csv", [("one.example", "Snow fell.\n")])
    ran = dechaff("clean", "in", "-o", "out", "--to", "jsonl", "--include", "*.txt", "--include", "*.csv")
    assert ran.code == 2
    assert "in.csv: would be written to the same place as" in ran.err
    assert texts(tmp_path / "out" / "in.jsonl") == ["Rain fell.\n", "Rain fell again.\n"]


def test_a_file_called_like_a_record_is_restored_beside_its_namesake(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    keep(folder / "p.jsonl", [("one.example", DIRTY), ("one.example", LAST)])
    (folder / "p.jsonl#1.txt").write_text(DIRTY, encoding="utf-8")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert dechaff("clean", "in", "-o", "out", "--include", "*.txt", "--include", "*.jsonl").code == 0
    ran = dechaff("restore", "out-report", "out", "-o", "back")
    assert ran.code == 0, ran.err
    assert {path.name: path.read_bytes() for path in (tmp_path / "back").iterdir()} == before


def test_records_may_have_names_that_no_file_can_have(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    source = tmp_path / "p.jsonl"
    rows = [{"id": 100 * letter, "text": DIRTY} for letter in "日月"]  # 300 bytes each
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    before = source.read_bytes()
    assert dechaff("clean", "p.jsonl", "-o", "out", "--id-column", "id").code == 0
    ran = dechaff("restore", "out-report", "out", "-o", "back")
    assert ran.code == 0, ran.err
    assert (tmp_path / "back" / "p.jsonl").read_bytes() == before
    source.write_text(json.dumps(rows[0]) + "\n")
    ran = dechaff("clean", "p.jsonl", "-o", "out", "--id-column", "id", "--resume")
    assert ran.code == 0, ran.err
    assert len((tmp_path / "out" / "p.jsonl").read_text().splitlines()) == 1


def test_a_report_of_files_is_not_taken_for_one_of_another_form(dechaff: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(DIRTY, encoding="utf-8")
    assert dechaff("clean", "in", "-o", "out", "--to", "jsonl").code == 0
    assert dechaff("clean", "in", "-o", "out", "--overwrite").code == 0
    ran = dechaff("restore", "out-report", "out", "-o", "back")
    assert ran.code == 0, ran.err
    assert (tmp_path / "back" / "a.txt").read_text(encoding="utf-8") == DIRTY
