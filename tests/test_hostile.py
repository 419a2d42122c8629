"""What a stranger may send: pages, archives, configurations, profiles, reports, weights. Each is read, or refused with a message."""

from __future__ import annotations

import gzip
import http.client
import io
import json
import os
import random
import subprocess
import sys
import tarfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dechaff.errors import RuleTableError
from dechaff.model import store
from dechaff.patterns import Patterns
from dechaff_cli.output import LOCK
from dechaff_cli.reviewing import Review
from dechaff_cli.serving import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Ran

    Dechaff = Callable[..., Ran]

DIRTY = "Skip to main content\nThe patientâ€™s bilirubin fell within a week of the first dose.\nCite this\n"
CLEAN = "The patient’s bilirubin fell within a week of the first dose.\n"
BOTTOMLESS = ["[" * 100_000, '{"a":' * 100_000]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "page.txt"
    path.parent.mkdir()
    path.write_text(DIRTY, encoding="utf-8")
    return path


@pytest.fixture
def cleaned(dechaff: Dechaff, page: Path) -> Path:
    """Return the report folder of a run."""
    assert dechaff("clean", "in", "-o", "out", "--jobs", "1").code == 0
    return page.parents[1] / "out-report"


def _refused(ran: Ran, *names: str) -> None:
    assert ran.code == 2, ran.out + ran.err
    assert "dechaff: " in ran.err
    for name in names:
        assert name in ran.err
    assert "Traceback" not in ran.err
    assert len(ran.err) < 10_000


@pytest.mark.parametrize("text", [*BOTTOMLESS, "a = " + "[" * 100_000, "a." * 5_000 + "a = 1", "a = {b = " * 10_000])
@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("dechaff.toml", ["check", "in"]),
        ("pyproject.toml", ["check", "in"]),
        ("mine.toml", ["check", "in", "--config", "mine.toml"]),
        ("mine.toml", ["rules", "test", "mine.toml"]),
        ("sites.jsonl", ["check", "in", "--profile", "sites.jsonl"]),
        ("sites.jsonl", ["learn", "in", "-o", "sites.jsonl"]),
        ("known.json", ["check", "in", "--baseline", "known.json"]),
        ("known.json", ["baseline", "write", "in", "--baseline", "known.json"]),
    ],
)
def test_settings_nested_without_end_are_refused(dechaff: Dechaff, page: Path, file: str, words: list[str], text: str) -> None:
    (page.parents[1] / file).write_text(text)
    ran = dechaff(*words)
    if file != "pyproject.toml" or ran.code == 2:  # of a project, only our own table counts
        _refused(ran, file)


@pytest.mark.parametrize("text", BOTTOMLESS)
def test_a_setting_on_the_command_line_nested_without_end_is_refused(dechaff: Dechaff, page: Path, text: str) -> None:
    assert page.exists()
    _refused(dechaff("check", "in", "--config", f"select={text}"))


WRONG = [*BOTTOMLESS, "null", "[]", "{}", "7", '"x"', '{"dechaff_run": 1}', "\x00", "", "[[1]]", '{"path": 1, "columns": 1, "sha256": 1}']


@pytest.mark.parametrize(
    ("words", "files"),
    [
        ("restore out-report out -o back --overwrite", ["findings.jsonl", "containers.jsonl"]),
        ("report out-report", ["findings.jsonl", "run.json", "summary.json"]),
        ("review out-report --apply said.json", ["findings.jsonl", "run.json", "summary.json"]),
        ("compare out-report out-report", ["findings.jsonl", "summary.json"]),
    ],
)
def test_any_file_of_a_report_may_be_forged(dechaff: Dechaff, cleaned: Path, words: str, files: list[str]) -> None:
    (cleaned.parent / "said.json").write_text('{"dechaff_corrections": 1, "corrections": []}')
    for file in files:
        whole = (cleaned / file).read_bytes() if (cleaned / file).exists() else b""
        for text in WRONG:
            (cleaned / file).write_text(text)
            ran = dechaff(*words.split())
            assert ran.code in {0, 1, 2}
            assert "Traceback" not in ran.err
            if ran.code == 2:
                _refused(ran)
        (cleaned / file).write_bytes(whole)


RUN = {
    "dechaff_run": 1,
    "paths": ["../in"],
    "output": None,
    "config": [],
    "isolated": False,
    "quarantine": None,
    "options": {},
    "folder": "..",
}


@pytest.mark.parametrize(
    "forged",
    [
        {"options": {"learning": True, "nothing": 1}},
        {"options": {"jobs": "many", "select": 7}},
        {"options": {"select": [7]}},
        {"options": {"profile": 7}},
        {"options": {"removal": {"a": 1}}},
        {"paths": [7]},
        {"paths": 7},
        {"config": [["x"]]},
        {"output": 7},
        {"output": ["x"]},
        {"quarantine": {}},
    ],
)
def test_a_forged_record_of_a_run_is_refused(dechaff: Dechaff, cleaned: Path, forged: dict[str, Any]) -> None:
    (cleaned / "run.json").write_text(json.dumps({**RUN, **forged}))
    correction = {"kind": "keep-line", "path": "page.txt", "line": 1, "text": "Skip to main content", "site": "", "rule": "CHR001"}
    (cleaned.parent / "said.json").write_text(json.dumps({"dechaff_corrections": 1, "corrections": [correction]}))
    ran = dechaff("review", "out-report", "--apply", "said.json")
    assert ran.code in {1, 2}
    assert "Traceback" not in ran.err


def test_a_forged_run_does_not_write_over_originals(dechaff: Dechaff, cleaned: Path, page: Path) -> None:
    (cleaned / "run.json").write_text(json.dumps({**RUN, "output": "../in"}))
    correction = {"kind": "chrome", "path": "page.txt", "line": 2, "text": "x", "site": "", "rule": ""}
    for kind in ("keep-line", "keep-like", "chrome"):
        said = {**correction, "kind": kind, "text": "Cite this", "line": 3, "rule": "CHR035"}
        (cleaned.parent / "said.json").write_text(json.dumps({"dechaff_corrections": 1, "corrections": [said]}))
        dechaff("review", "out-report", "--apply", "said.json")
    assert page.read_text(encoding="utf-8") == DIRTY


def _card() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((Path(store.__file__).parents[1] / "data" / store.CARD).read_text())
    return loaded


FORGED: list[Callable[[dict[str, Any]], Any]] = [
    lambda _: [],
    lambda _: 7,
    lambda card: {**card, "arrays": []},
    lambda card: {**card, "arrays": dict.fromkeys(card["arrays"], 7)},
    lambda card: {**card, "arrays": {name: [] for name in card["arrays"]}},
    lambda card: {**card, "arrays": {name: ["int8", -1] for name in card["arrays"]}},
    lambda card: {**card, "arrays": {name: ["int8", 1 << 60] for name in card["arrays"]}},
    lambda card: {**card, "arrays": {name: ["int8", "x"] for name in card["arrays"]}},
    lambda card: {**card, "arrays": {name: ["object", 1] for name in card["arrays"]}},
    lambda card: {**card, "arrays": {name: ["int8", 0] for name in card["arrays"]}},
    lambda card: {**card, "arrays": {name: ["uint16", 3] for name in card["arrays"]}},
    lambda card: {**card, "features": 7},
    lambda card: {**card, "features": ["unknown"]},
    lambda card: {**card, "features": [*card["features"]][::-1]},
    lambda card: {**card, "bias": "x"},
    lambda card: {**card, "careful": None},
    lambda card: {**card, "careful": 10**30},
    lambda card: {**card, "bias": 10**30},
]


@pytest.mark.parametrize("forge", FORGED)
def test_other_weights_are_arrays_or_refused(dechaff: Dechaff, page: Path, forge: Callable[[dict[str, Any]], Any]) -> None:
    data = Path(store.__file__).parents[1] / "data"
    folder = page.parents[1] / "weights"
    folder.mkdir()
    (folder / store.ARRAYS).write_bytes((data / store.ARRAYS).read_bytes())
    (folder / store.CARD).write_text(json.dumps(forge(_card())))
    page.write_text(DIRTY * 20, encoding="utf-8")
    ran = dechaff("check", "in", "--model", "weights")
    assert ran.code in {1, 2}
    if ran.code == 2:
        _refused(ran, "weights")


@pytest.mark.parametrize("text", BOTTOMLESS)
def test_a_card_of_weights_nested_without_end_is_refused(dechaff: Dechaff, page: Path, text: str) -> None:
    folder = page.parents[1] / "weights"
    folder.mkdir()
    (folder / store.ARRAYS).write_bytes(b"")
    (folder / store.CARD).write_text(text)
    _refused(dechaff("check", "in", "--model", "weights"), "weights")


EVIL = [
    "(a+)+",
    "(a|a)*",
    "(.*a){12}",
    "(a*)*(a*)*",
    "((a{1,12}){1,12}){1,12}",
    "(x+x+)+y",
    "(?:" * 400 + "a" + ")*" * 400,
    "(" * 900 + "a" + ")" * 900,
]


@pytest.mark.parametrize("pattern", EVIL)
def test_a_pattern_from_a_stranger_is_refused_or_takes_linear_time(pattern: str) -> None:
    """The test hangs where it does not hold."""
    try:
        patterns = Patterns([(pattern, "own")])
    except RuleTableError:
        return
    lines = ["a" * length + "!" for length in (1, 30, 390)] + ["a" * 1_000_000]
    assert patterns.whole_each(lines) == {at: found for at, line in enumerate(lines) if (found := patterns.whole(line))}


GLOBS = ["*a" * 100 + "b", "**/" * 60 + "b", "[a-z]*" * 60 + "!", "*" * 200 + "b", "?*" * 100 + "b", "{a,b}*" * 50, "!(" * 100]


@pytest.mark.parametrize("glob", GLOBS)
def test_a_shell_pattern_from_a_stranger_takes_no_exponential_time(dechaff: Dechaff, page: Path, glob: str) -> None:
    """The test hangs where it does not hold."""
    folder = page.parent
    for _ in range(6):
        folder = folder / ("a" * 100)
    folder.mkdir(parents=True)
    (folder / f"{'a' * 200}.txt").write_text(DIRTY, encoding="utf-8")
    (page.parent / ".gitignore").write_text(glob + "\n")
    quoted = json.dumps(glob)
    (page.parents[1] / "dechaff.toml").write_text(
        f'exclude = [{quoted}]\n[per-file-ignores]\n{quoted} = ["CHR001"]\n[[overrides]]\nsites = [{quoted}]\nfiles = [{quoted}]\n'
        f'ignore = ["CHR001"]\n[[allow]]\nline = "TOP"\nwhy = "x"\nsites = [{quoted}]\n'
    )
    ran = dechaff("check", "in", "--jobs", "1", "--include", "*.txt", "--include", glob)
    assert ran.code in {1, 2}
    assert "Traceback" not in ran.err


NAMES = (".gitignore", "dechaff.toml", ".dechaff.toml", "pyproject.toml", "page.md")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_and_devices_where_files_were_expected_are_not_read(page: Path) -> None:
    """What waits for a pipe hangs, what reads a device to its end needs all memory there is."""
    resource = pytest.importorskip("resource")
    for kind in ("pipes", "zeros"):
        folder = page.parent / kind
        folder.mkdir()
        for name in NAMES:
            if kind == "pipes":
                os.mkfifo(folder / name)
            else:
                (folder / name).symlink_to("/dev/zero")
        (folder / "page.txt").write_text(DIRTY, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "dechaff_cli", "check", "in/pipes", "in/zeros", "in", "--jobs", "1"],
        cwd=page.parents[1],
        capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30)),
        timeout=300,
        check=False,
    )
    assert ran.returncode == 1, ran.stderr.decode()
    assert ran.stdout.count(b"CHR001") == 3  # each page once, though the last folder holds the others


def test_a_file_is_written_in_the_place_of_a_link_and_not_through_it(dechaff: Dechaff, page: Path) -> None:
    folder = page.parents[1]
    for name, link in (("soft", Path.symlink_to), ("hard", Path.hardlink_to)):
        victim = folder / f"{name}.victim"
        victim.write_text("mine")
        out = folder / f"out-{name}"
        out.mkdir()
        (folder / f"out-{name}-report").mkdir()
        link(out / "page.txt", victim)
        link(out / LOCK, victim)
        for report in ("findings.jsonl", "index.html", "changes.diff", "run.json", "summary.md", "summary.json"):
            link(folder / f"out-{name}-report" / report, victim)
        dechaff("clean", "in", "-o", f"out-{name}", "--overwrite", "--jobs", "1")
        assert victim.read_text() == "mine"


def test_in_place_leaves_other_names_of_a_file_alone(dechaff: Dechaff, page: Path) -> None:
    other = page.parents[1] / "other.txt"
    other.hardlink_to(page)
    assert dechaff("clean", "in", "--in-place").code == 0
    assert page.read_text(encoding="utf-8") == CLEAN
    assert other.read_text(encoding="utf-8") == DIRTY


def test_a_link_in_the_output_that_leads_out_of_it_is_not_followed(dechaff: Dechaff, page: Path) -> None:
    (page.parent / "site").mkdir()
    page.rename(page.parent / "site" / "page.txt")
    elsewhere, out = page.parents[1] / "elsewhere", page.parents[1] / "out"
    elsewhere.mkdir()
    out.mkdir()
    (out / "site").symlink_to(elsewhere)
    for more in ((), ("--resume",)):
        ran = dechaff("clean", "in", "-o", "out", "--overwrite" if not more else "--resume", "--jobs", "1")
        assert ran.code == 2
        assert "leads out of" in ran.err
        assert not list(elsewhere.iterdir())


def test_links_and_odd_members_of_an_archive_reach_nothing_outside(dechaff: Dechaff, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret")
    with tarfile.open(tmp_path / "p.tar", "w") as archive:
        for name, kind, target in (
            ("a.txt", tarfile.SYMTYPE, "../secret.txt"),
            ("b.txt", tarfile.LNKTYPE, str(secret)),
            ("d", tarfile.SYMTYPE, ".."),
            ("c.txt", tarfile.FIFOTYPE, ""),
            ("e.txt", tarfile.CHRTYPE, ""),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, target
            archive.addfile(member)
        for name in ("d/page.txt", "page.txt", "page.txt"):
            member = tarfile.TarInfo(name)
            member.size = len(DIRTY.encode())
            archive.addfile(member, io.BytesIO(DIRTY.encode()))
    for more in ((), ("--to", "text"), ("--to", "jsonl")):
        out = tmp_path / "deep" / f"out{''.join(more).strip('-')}"
        dechaff("clean", "p.tar", "-o", out, "--jobs", "1", *more)
    written = [path for path in (tmp_path / "deep").rglob("*") if path.is_file()]
    assert not any(b"a secret" in path.read_bytes() for path in written)
    assert {path.name for path in tmp_path.iterdir()} == {"p.tar", "secret.txt", "deep"}
    assert dechaff("clean", "p.tar", "--in-place", "--jobs", "1").code == 0
    assert secret.read_text() == "a secret"


@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/evil", "a/../../evil", "..", ".", "", "a\x00b", "\ud800", "x" * 5000, "con/../../evil", "a//../..//evil"]
)
def test_an_identifier_names_no_file_outside_the_output(dechaff: Dechaff, tmp_path: Path, name: str) -> None:
    (tmp_path / "p.jsonl").write_text(json.dumps({"id": name, "text": DIRTY}) + "\n" + json.dumps({"id": "good", "text": DIRTY}) + "\n")
    out = tmp_path / "deep" / "er" / "out"
    ran = dechaff("clean", "p.jsonl", "-o", out, "--to", "text", "--id-column", "id", "--jobs", "1")
    assert ran.code in {0, 2}
    assert "Traceback" not in ran.err
    assert not [path for path in tmp_path.rglob("*evil*") if not path.is_relative_to(out)]
    assert {path.name for path in tmp_path.iterdir()} == {"p.jsonl", "deep"}
    assert any(path.read_text(encoding="utf-8") == CLEAN for path in out.rglob("*") if path.is_file())


def _archive() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for number in range(3):
            member = tarfile.TarInfo(f"{number}.txt")
            member.size = len(DIRTY.encode())
            archive.addfile(member, io.BytesIO(DIRTY.encode()))
    return made.getvalue()


def _parquet() -> bytes:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    made = io.BytesIO()
    parquet.write_table(pa.table({"text": [DIRTY] * 5, "n": list(range(5))}), made, row_group_size=2)
    return made.getvalue()


def _warc() -> bytes:
    head = b"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:uuid:%d>\r\nContent-Type: text/plain\r\n"
    record = head + b"Content-Length: %d\r\n\r\n%s\r\n\r\n"
    return b"".join(record % (number, len(DIRTY.encode()), DIRTY.encode()) for number in range(3))


CONTAINERS: dict[str, Callable[[], bytes]] = {
    "p.parquet": _parquet,
    "p.wet": _warc,
    "p.tar": _archive,
    "p.tar.gz": lambda: gzip.compress(_archive(), mtime=0),
    "p.jsonl.gz": lambda: gzip.compress((json.dumps({"text": DIRTY}) + "\n").encode() * 5, mtime=0),
    "p.csv": f'text,n\n"{DIRTY}",1\n"{DIRTY}",2\n'.encode,
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_lengths_that_lie_are_a_message(dechaff: Dechaff, tmp_path: Path, name: str) -> None:
    whole = CONTAINERS[name]()
    chance = random.Random(name)  # noqa: S311  which bytes
    for turn in range(40):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 1, 4))):
            data[chance.randrange(len(data))] = chance.choice((0, 0x7F, 0xFF, chance.randrange(256)))
        (tmp_path / name).write_bytes(data)
        ran = dechaff("clean", name, "-o", f"out{turn}", "--jobs", "1", "--no-report")
        assert ran.code in {0, 2}, ran.err
        assert "Traceback" not in ran.err
        if ran.code == 0 and name != "p.parquet":
            assert (tmp_path / f"out{turn}" / name).exists()


@pytest.fixture
def watched() -> Iterator[list[str]]:
    """Return what happens that no configuration may cause: programs, connections, code, and files outside the folder."""
    seen: list[str] = []
    on = [True]
    forbidden = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork"}
    forbidden |= {"socket.connect", "pickle.find_class", "webbrowser.open"}

    def hear(event: str, given: tuple[Any, ...]) -> None:
        if on[0] and (event in forbidden or (event == "open" and isinstance(given[0], str) and set(str(given[1] or "")) & set("wxa+"))):
            seen.append(f"{event} {given[0]!r}")

    sys.addaudithook(hear)
    yield seen
    on[0] = False


def test_a_configuration_and_a_profile_run_nothing_and_write_nothing(dechaff: Dechaff, page: Path, watched: list[str]) -> None:
    folder = page.parents[1]
    evil = "$(touch pwned) `touch pwned` {{ ''.__class__ }} __import__('os').system('touch pwned') %(x)s !!python/object | touch pwned"
    blocks = [
        f"extend = 'base.toml'\nprofile = 'sites.jsonl'\nbaseline = 'known.json'\nexclude = [{json.dumps(evil)}]\nroot = '$(touch pwned)'",
        f"[[allow]]\nline = {json.dumps(evil)}\nwhy = {json.dumps(evil)}",
        f"[[allow]]\npattern = 'TOP'\nwhy = {json.dumps(evil)}\nsites = [{json.dumps(evil)}]",
        f'[[rule]]\ncode = "OWN001"\nname = "own-line"\neffect = "remove"\nwhy = "x"\nsource = {json.dumps(evil)}\nsince = "1"',
        'patterns = ["kiosk"]\nkeeps = ["Rain fell."]\nexamples = [{ dirty = "Kiosk\\nRain fell.\\n", clean = "Rain fell.\\n" }]',
    ]
    (folder / "dechaff.toml").write_text("\n".join(blocks))
    (folder / "base.toml").write_text('removal = "thorough"\n')
    sites = [
        {"dechaff_profile": 1, "roots": ["$(touch pwned)"]},
        {"site": evil, "pages": 4, "first": "2026-11-20", "last": "2026-11-22"},
        {"site": evil, "zone": "head", "pages": 4, "line": evil, "beside": None},
    ]
    (folder / "sites.jsonl").write_text("".join(json.dumps(one) + "\n" for one in sites))
    (folder / "known.json").write_text(json.dumps({"dechaff_baseline": 1, "files": {evil: {"CHR001": {evil: 1}}}}))
    page.write_text(f"{evil}\nKiosk\n{DIRTY}", encoding="utf-8")
    before = {path for path in folder.rglob("*") if path.is_file()}
    watched.clear()
    for words in (
        ["check", "in"],
        ["diff", "in"],
        ["explain", "in/page.txt:1"],
        ["rules", "test"],
        ["check", "in", "--output-format", "sarif"],
    ):
        ran = dechaff(*words)
        assert ran.code in {0, 1}, ran.err
    assert not [event for event in watched if "/dev/null" not in event]
    assert {path for path in folder.rglob("*") if path.is_file()} == before


@pytest.fixture
def server(cleaned: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.chdir(cleaned.parent)
    with Server(Review(Path("out-report"))) as started:
        threading.Thread(target=started.serve_forever, daemon=True).start()
        yield started
        started.shutdown()


def _asked(server: Server, method: str, path: str, body: bytes = b"", **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders(body)
    status = connection.getresponse().status
    connection.close()
    return status


def test_the_review_is_read_by_its_own_page_alone(server: Server) -> None:
    home, port, token = f"/{server.token}/", server.server_port, server.token
    assert _asked(server, "GET", home) == 200
    near = (f"127.0.0.1.:{port}", "127.0.0.1", f"[::1]:{port}", f"127.0.0.1:{port}.evil.example", "")
    for host in (f"localhost:{port}", f"evil.example:{port}", *near):
        assert _asked(server, "GET", home, Host=host) == 403, host
    for path in ("/", f"/{token}", f"http://evil.example{home}", f"/{token[:-1]}/", "*", f"/{token.swapcase()}/"):
        assert _asked(server, "GET", path) in {403, 404}, path
    for name in (
        *("..%2f..%2fdechaff.toml", "....//x", "data/..\\findings.jsonl", "/etc/passwd", "data/files-0.js/../../findings.jsonl"),
        *("data/files-0.js%00.txt", "index.html", "run.json", "resume.sqlite", "data/", "data/files-1.js;x", "data/files-%EF%BC%90.js"),
    ):
        assert _asked(server, "GET", home + name) == 404, name
    for method in ("PUT", "DELETE", "OPTIONS", "HEAD", "TRACE", "PATCH"):
        assert _asked(server, method, home) in {403, 404, 501}, method


def test_the_review_is_corrected_by_its_own_page_alone(server: Server, cleaned: Path) -> None:
    where = f"/{server.token}/review/add"
    body = json.dumps({"kind": "keep-line", "path": "page.txt", "line": 3, "text": "Cite this", "site": "", "rule": "CHR035"}).encode()
    own = {"Origin": f"http://{server.host}", "Content_Type": "application/json", "Content_Length": str(len(body))}
    near = (f"http://{server.host}.evil.example", f"http://{server.host}/", f"http://localhost:{server.server_port}")
    for origin in ("null", "", f"https://{server.host}", *near):
        assert _asked(server, "POST", where, body, **{**own, "Origin": origin}) == 403, origin
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=utf-7", ""):
        assert _asked(server, "POST", where, body, **{**own, "Content_Type": kind}) == 400, kind
    for site in ("cross-site", "same-site", "x"):
        assert _asked(server, "POST", where, body, **{**own, "Sec_Fetch_Site": site}) == 403, site
    for length in ("-1", "0", "1e9", "99999999999999999999", "x", ""):
        assert _asked(server, "POST", where, b"", **{**own, "Content_Length": length}) in {400, 413}, length
    for text in (b"[" * 100_000, b"null", b"{}", b"\xff", b'{"kind": "keep-line"}'):
        assert _asked(server, "POST", where, text, **{**own, "Content_Length": str(len(text))}) in {400, 409}, text[:20]
    assert not (cleaned.parent / "dechaff.toml").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("key", ['extend = "it"', 'rules = ["it"]', 'baseline = "it"', 'profile = "it"'])
def test_a_configuration_names_no_pipe(dechaff: Dechaff, page: Path, key: str) -> None:
    """The test hangs where it does not hold."""
    os.mkfifo(page.parents[1] / "it")
    (page.parents[1] / "dechaff.toml").write_text(key)
    _refused(dechaff("check", "in"), "is no file")
