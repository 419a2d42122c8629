"""The report as people use it, in a real browser: what they click, type and hear, and that nothing of a page they scraped comes alive."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from dechaff import FileReport, Finding
from dechaff.decoding import Encoding
from dechaff.report import Suspect
from dechaff_cli.app import app
from dechaff_cli.formats.summary import Summary
from dechaff_cli.html import shards
from dechaff_cli.html.page import Page as ReportPage
from dechaff_cli.reviewing import Review
from dechaff_cli.serving import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Dialog, Page

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return the system's browser; skip the test where there is none."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield started
        started.close()


class Watched:
    """A page, and all that it did beside being shown."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.on("dialog", self.dialog)
        page.on("request", lambda request: self.asked.append(request.url))

    def dialog(self, dialog: Dialog) -> None:
        self.said.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, report: Path, address: str = "") -> Page:
        # a page that is open already only changes its address
        self.page.goto("about:blank")
        self.page.goto((report / "index.html").as_uri() + address)
        self.page.wait_for_selector("html[data-ready]", state="attached")
        return self.page


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    seen = Watched(context.new_page())
    yield seen
    context.close()
    assert seen.said == []
    assert all(url.startswith(("file:", "about:", "blob:", "http://127.0.0.1:")) for url in seen.asked)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Path:
    """Return the report of the samples."""
    folder = tmp_path_factory.mktemp("report")
    app(["clean", str(samples / "scrapes" / "in"), "-o", str(folder / "clean"), "--jobs", "1", "--isolated"], standalone_mode=False)
    return folder / "clean-report"


def until(page: Page, truth: str, argument: object = None) -> None:
    """Wait until something is true; the browser's own way of waiting evaluates strings, which the page forbids."""
    for _ in range(200):
        if page.evaluate(truth, argument):
            return
        page.wait_for_timeout(25)
    pytest.fail(f"never true: {truth}; {page.locator('body').inner_text()[:800]}")


def count(page: Page) -> int:
    return int(re.split(r"\D", page.locator("p.count").inner_text())[0])


def test_from_the_overview_to_a_line_in_its_file(watched: Watched, report: Path) -> None:
    page = watched.open(report)
    assert "of the text was chaff" in page.locator("h1").inner_text()
    link = page.locator("#often tbody a").first
    text = link.inner_text().strip()
    link.click()
    page.wait_for_selector("table.changes")
    assert page.evaluate("document.activeElement.querySelector('.t').textContent.trim()") == text
    page.go_back()
    page.locator("#once").wait_for()
    page.locator("#once a", has_text="See more").click()
    page.wait_for_selector("ul.virtual li")
    assert count(page) > 10


def test_filters_stand_in_the_address(watched: Watched, report: Path) -> None:
    page = watched.open(report, "#?view=files&rule=ENC001")
    some = count(page)
    assert 0 < some < 25
    page.select_option('[name="stage"]', "footers")
    until(page, "location.hash.includes('stage=footers')")
    assert count(page) < some
    page.fill('[name="q"]', "no such words anywhere")
    until(page, "document.querySelector('p.count').textContent.startsWith('0 of')")
    page.locator("a.clear").click()
    until(page, "document.querySelector('p.count').textContent === '25 files'")
    page.fill('[name="q"]', "get trial alerts")  # stands in what was removed, not in a path
    until(page, "document.querySelector('p.count').textContent.startsWith('1 of')")
    address = page.evaluate("location.hash")
    again = watched.open(report, address)
    until(again, "document.querySelector('p.count').textContent.startsWith('1 of')")
    assert again.input_value('[name="q"]') == "get trial alerts"


def test_the_keyboard_leads_everywhere(watched: Watched, report: Path) -> None:
    page = watched.open(report)
    for key in "fjj":
        page.keyboard.press(key)
        page.wait_for_timeout(60)
    page.keyboard.press("Enter")
    page.wait_for_selector("#file-title")
    first = page.locator("#file-title").inner_text()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.matches('tr.change')")
    line = page.evaluate("document.activeElement.rowIndex")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.rowIndex") > line
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.rowIndex") == line
    page.keyboard.press("]")
    until(page, "first => document.querySelector('#file-title').textContent !== first", first)
    page.keyboard.press("[")
    until(page, "first => document.querySelector('#file-title').textContent === first", first)
    page.keyboard.press("i")
    page.wait_for_selector("table.split")
    page.keyboard.press("?")
    assert page.locator("dialog").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    page.wait_for_selector("#files-title")
    page.keyboard.press("/")
    until(page, "document.activeElement.name === 'q'")


def kinds(findings: list[dict[str, str]]) -> set[str]:
    return {one["rule"] for one in findings} | {"repaired" for one in findings if one["old"] and one["new"]}


def test_side_by_side_and_between_stages(watched: Watched, report: Path) -> None:
    records = [json.loads(line) for line in (report / "findings.jsonl").read_text().splitlines()]
    number = next(i for i, record in enumerate(records) if {"CHR001", "repaired"} <= kinds(record["findings"]))
    page = watched.open(report, f"#?file={number}&mode=split")
    removed = page.locator("tbody.remove tr").first
    assert removed.locator("td.left").inner_text().strip()
    assert removed.locator("td.right").inner_text() == ""
    assert page.locator("tbody.repair td.left del").count() > 0
    assert page.locator("tbody.repair td.right ins").count() > 0
    assert page.locator("tbody.repair td.left ins, tbody.repair td.right del").count() == 0
    options = page.locator('[name="to"] option').all_inner_texts()
    assert options[0] == "as it was read"
    page.select_option('[name="to"]', label=next(words for words in options if "encoding" in words))
    until(page, "document.querySelectorAll('tbody.remove tr').length === 0")
    assert page.locator("tbody.repair tr").count() > 0
    page.select_option('[name="from"]', label=options[1])
    page.wait_for_selector(".nothing")


def test_it_can_be_read_without_script(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((report / "index.html").as_uri())
    assert page.locator("#tabs").is_hidden()
    assert page.locator("details").count() > 10
    page.locator("summary").nth(3).click()
    assert page.locator("details[open] td.t").first.is_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, report: Path, scheme: Literal["light", "dark"]) -> None:
    rules = {"runOnly": ["color-contrast"]} if scheme == "dark" else {}  # all that the colours decide
    views = ["", "#?view=files", "#?view=lines&kind=doubtful", "#?file=7", "#?file=22&mode=split&show=spaces", "#?view=corrections"]
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    for address in views if scheme == "light" else views[::3]:
        Watched(page).open(report, address)
        found = axe.run(page, options={"resultTypes": ["violations"], **rules}).response["violations"]
        bad = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}]
        assert bad == [], address or "overview"
    context.close()


HOSTILE = (
    "<script>alert({n})</script>",
    '<img src=x onerror="alert({n})">',
    "</script><script>alert({n})</script>",
    "</noscript><iframe src=https://evil.example/{n}></iframe>",
    "<svg/onload=alert({n})>",
    "javascript:alert({n})",
    '"><a href="https://evil.example/{n}" autofocus onfocus=alert({n})>',
    "</style><style>@import 'https://evil.example/{n}.css'</style>",
    "<!--{n}",
    "]]>{n}<![CDATA[",
    "{{{{ {n} * 7 }}}} ${{alert({n})}} {{% raw %}}",
    "\x1b[31m{n}\x07\x00\x08",
    "\u202e{n}gnihtemos\u2066\u2069",
    "\ud800{n}\udfff",
    "\u2028{n}\u2029",
    "__proto__ constructor {n} toString",
    "\\u003cscript\\u003ealert({n})",
    "<meta http-equiv=refresh content='0;url=https://evil.example/{n}'>",
    "<base href=https://evil.example/{n}>",
    "' onmouseover=alert({n}) x='",
)


LOOK = """() => ({
  alive: document.querySelectorAll("#view script, #view img, #view iframe, #view base, #view meta, #view style").length,
  links: [...document.querySelectorAll("#view a")].map((link) => link.getAttribute("href")),
  text: document.querySelector("tbody.remove .t").innerText,
})"""


def page_of(folder: Path, *files: FileReport) -> Path:
    summary = Summary()
    with ReportPage(folder) as page:
        for file in files:
            summary.add(file)
            page.add(file, file.to_json().encode("ascii"))
        page.finish(summary)
    return folder


def removal(line: int, text: str, rule: str = "CHR001", note: str = "the whole line reads so") -> Finding:
    return Finding(line, 1, rule, text, "", note, 1, line)


def test_hostile_text_does_nothing(watched: Watched, tmp_path: Path) -> None:
    texts = [shape.format(n=n) for n in range(10) for shape in HOSTILE]
    assert len(texts) == 200
    files = [
        FileReport(
            f"{text}/{number}",
            text,
            Encoding(text),
            9,
            9,
            "in",
            "out",
            9,
            9,
            90,
            60,
            (
                removal(1, f"{text}\n", note=text),
                Finding(2, 1, "ENC001", text, f"x{text}", text, 0, 9),
                Finding(3, 1, "LAN001", "", "", text, -1, 0),
                removal(4, f"{text}\n", rule=text),
            ),
            suspects=(Suspect(3, 0.9, "MOD001", text, text),),
        )
        for number, text in enumerate(texts)
    ]
    folder = page_of(tmp_path, *files, *(FileReport(text, error=text) for text in texts))
    page = watched.open(folder)
    for view in (
        "#?view=files",
        "#?view=lines&kind=once",
        "#?view=lines&kind=often",
        "#?view=lines&kind=doubtful",
        "#?view=files&q=%3Cscript",
    ):
        page.evaluate("address => { location.hash = address }", view)
        page.wait_for_selector("ul.virtual li")
        page.mouse.move(600, 500)
    for number, text in enumerate(texts):
        page.evaluate("number => { location.hash = `#?file=${number}` }", number)
        until(page, "n => document.querySelector('#file-title')?.textContent.endsWith(`/${n}`)", number)
        seen = page.evaluate(LOOK)
        assert seen["alive"] == 0
        assert all(link is None or link.startswith("#") for link in seen["links"])
        if text.isascii() and text.isprintable():
            assert text in seen["text"]
    assert page.title().startswith("<base") or "dechaff report" in page.title()


def test_large_reports_load_what_is_looked_at(watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "_INSIDE", 0)
    monkeypatch.setattr(shards, "_SHARD", 2000)
    monkeypatch.setattr(shards, "_PER_LIST", 50_000)
    files = [
        FileReport(f"site/{n}.txt", "site", Encoding("utf-8"), 9, 9, "in", "out", 9, 8, 90, 60, (removal(n + 1, f"Own line {n}\n"),))
        for n in range(3000)
    ]
    folder = page_of(tmp_path, *files)
    made = sorted(path.name for path in (folder / "data").iterdir())
    assert len(made) > 50
    page = watched.open(folder, "#?view=files&sort=path")
    assert sum("changes-" in url for url in watched.asked) == 0
    assert page.locator("ul.virtual li").count() < 60
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    until(page, "[...document.querySelectorAll('ul.virtual .path')].some(one => one.textContent === 'site/2999.txt')")
    assert page.locator("ul.virtual li").count() < 120
    page.locator("a.row", has_text="site/2999.txt").click()
    page.wait_for_selector("table.changes")
    assert "Own line 2999" in page.locator("tbody.remove .t").first.inner_text()
    assert sum("changes-" in url for url in watched.asked) == 1
    page.evaluate("location.hash = '#?view=files&q=own+line+1234'")
    until(page, "document.querySelector('p.count')?.textContent.startsWith('1 of')")
    first = folder / "data" / "changes-0.js"
    first.write_text(re.sub('"[0-9a-f]{32}"', '"' + "0" * 32 + '"', first.read_text(), count=1))
    page = watched.open(folder, "#?file=0")
    assert "belongs to another run" in page.locator("[role=alert]").inner_text()


@pytest.fixture
def scrapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a corpus and its report, the present one."""
    monkeypatch.chdir(tmp_path)
    for number in range(4):
        place = tmp_path / "scrapes" / "journal" / f"{number}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        text = "Skip to main content\n\nThe patient’s bilirubin fell in the second week after the infusion of cells.\n\nCite this\n"
        near = text.replace("\n\nCite", "\nCite") + "Readers of the gazette\n"  # three lines from a change, which are shown
        place.write_text(text if number else near, encoding="utf-8")
    app(["clean", "scrapes", "-o", "clean", "--jobs", "1"], standalone_mode=False)
    return tmp_path


def test_a_review_keeps_a_line_and_the_next_run_honours_it(watched: Watched, scrapes: Path) -> None:
    with Server(Review(Path("clean-report"))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = watched.page
        page.goto(server.address)
        page.wait_for_selector("html[data-ready]", state="attached")
        page.goto(server.address + "#?file=1")
        row = page.locator("tr.change", has_text="Cite this")
        row.hover()
        row.get_by_role("button", name="Keep this line").click()
        until(page, "document.querySelector('dialog [role=status]').textContent.includes('4 lines in 4 files')")
        assert 'line = "Cite this"' in page.locator("dialog pre").inner_text()
        with page.expect_navigation():
            page.get_by_role("button", name="Write it and clean again").click()
        page.wait_for_selector("html[data-ready]", state="attached")
        assert page.locator("tr.change", has_text="Cite this").count() == 0
        page.goto(server.address + "#?file=0")
        until(page, "document.querySelector('#file-title').textContent === 'journal/0.txt'")
        kept = page.locator("tr", has_text="Readers of the gazette")
        kept.hover()
        kept.get_by_role("button", name="This is chrome").click()
        until(page, "document.querySelector('dialog [role=status]').textContent.includes('1 line in 1 file ')")
        with page.expect_navigation():
            page.get_by_role("button", name="Write it and clean again").click()
        server.shutdown()
    assert "Cite this" in (scrapes / "clean" / "journal" / "2.txt").read_text()
    assert "gazette" not in (scrapes / "clean" / "journal" / "0.txt").read_text()
    app(["clean", "scrapes", "-o", "again", "--jobs", "1"], standalone_mode=False)
    assert (scrapes / "again-report" / "findings.jsonl").read_bytes() == (scrapes / "clean-report" / "findings.jsonl").read_bytes()


def test_corrections_of_a_report_on_disk_can_be_saved_and_applied(watched: Watched, scrapes: Path) -> None:
    page = watched.open(scrapes / "clean-report", "#?file=1")
    row = page.locator("tr.change", has_text="Cite this")
    row.hover()
    row.get_by_role("button", name="Keep lines like this").click()
    page.get_by_role("button", name="Add to the corrections").click()
    page.get_by_role("link", name="Corrections 1").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save corrections.json").click()
    saved.value.save_as(scrapes / "corrections.json")
    app(["review", "clean-report", "--apply", "corrections.json"], standalone_mode=False)
    copies = list((scrapes / "clean").rglob("*.txt"))
    assert len(copies) == len(list((scrapes / "scrapes").rglob("*.txt")))
    assert copies
    assert all("Cite this" in path.read_text() for path in copies)
