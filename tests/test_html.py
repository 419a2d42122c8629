"""The report's page: corpus text stays text, nothing is loaded or run, and nothing that was removed is missing."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from dechaff import RULES, FileReport, Finding
from dechaff.decoding import Encoding
from dechaff.report import Suspect
from dechaff_cli.formats.summary import Summary
from dechaff_cli.html import page as html
from dechaff_cli.terminal import safe

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror=alert(2)> " onmouseover="alert(3)',
    "</td></tr></table></details></main><h1>Not ours</h1>",
    "</style><style>* { display: none }",
    "{{ 7 * 7 }} {% raw %} {# not a comment #}",
    "\x1b[31mred\x1b[0m \x07 and \x00",
    "\u202egnihtemos \u2066isolated",
    "&lt;b&gt; is not &amp;lt;",
    "https://evil.example/ javascript:alert(4)",
    "half a pair \ud800 and a noncharacter \ufffe",
    "<!-- never closed",
]
TAGS = frozenset(
    """html head meta title style body header nav main footer section h1 h2 h3 p a b i q code small strong span bdi del ins ul li dl div dt
    dd table caption thead tbody tr th td details summary figure figcaption svg rect line text script noscript""".split()  # noqa: SIM905  fifty quotes
)


class Page(HTMLParser):
    """What a browser would make of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[str] = [""]
        self.text = ""
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append("")
        if tag not in {"meta", "rect", "line"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"style", "script"}:
            self.text += data
            self.rows[-1] += data

    def handle_comment(self, data: str) -> None:
        pytest.fail(f"a comment: {data}")


def removal(line: int, old: str, rule: str = "CHR001", note: str = "the whole line reads so") -> Finding:
    return Finding(line, 1, rule, old, "", note, 1, 0)


def repair(line: int, old: str, new: str, rule: str = "ENC001", column: int = 1) -> Finding:
    return Finding(line, column, rule, old, new, "UTF-8 read as latin-1", 0, 0)


def file(*findings: Finding, path: str = "site/page.txt", site: str = "site", encoding: str = "utf-8") -> FileReport:
    return FileReport(path, site, Encoding(encoding), 1200, 900, "in", "out", 40, 30, 1000, 750, findings)


def page_of(*files: FileReport, summary: Summary | None = None) -> str:
    summary = summary or Summary()
    with TemporaryDirectory() as folder, html.Page(Path(folder)) as page:
        for report in files:
            summary.add(report)
            page.add(report, report.to_json().encode("ascii") + b"\n")
        page.finish(summary)
        return (Path(folder) / "index.html").read_text(encoding="utf-8")


def hostile() -> str:
    everywhere = [
        file(
            removal(1, text + "\n", note=text),
            repair(2, text, "x" + text),
            Finding(3, 1, "LAN001", "", "", text, -1, 0),
            path=text,
            site=text,
            encoding=text,
        )
        for text in HOSTILE
    ]
    unknown = file(*(removal(1, text, rule=text) for text in HOSTILE), path="unknown")
    errors = [FileReport(text, error=text) for text in HOSTILE]
    return page_of(*everywhere, unknown, *errors, summary=Summary(skipped=dict.fromkeys(HOSTILE, 2)))


def test_hostile_text_stays_text() -> None:
    page = Page(hostile())
    assert {tag for tag, _ in page.tags} <= TAGS
    assert page.open == []
    assert "Not ours" not in [attributes.get("id") for _, attributes in page.tags]
    assert [attributes.get("type") for tag, attributes in page.tags if tag == "script"] == ["application/json"] * 3 + [None]
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") or name in {"style", "src", "srcset", "action"} for name in attributes), tag
        assert (attributes.get("href") or "#").startswith("#")
    for text in HOSTILE:
        assert page.text.count(safe(text)) >= 4  # its path, line, evidence and error


def test_nothing_invisible_is_left_in_the_page() -> None:
    page = hostile()
    assert safe(page.replace("\n", "")) == page.replace("\n", "")
    page.encode("utf-8")


def test_the_policy_allows_our_script_and_style_and_nothing_else() -> None:
    page = hostile()
    own = []
    for pattern in ("<style>(.*?)</style>", "<script>(.*?)</script>"):
        (text,) = re.findall(pattern, page, re.DOTALL)
        own.append((text, b64encode(sha256(text.encode("utf-8")).digest()).decode("ascii")))
    (style, style_hash), (script, script_hash) = own
    policies = [attributes["content"] for tag, attributes in Page(page).tags if tag == "meta" and "http-equiv" in attributes]
    assert policies == [
        f"default-src 'none'; script-src 'sha256-{script_hash}'; style-src 'sha256-{style_hash}'; base-uri 'none'; form-action 'none'"
    ]
    assert "url(" not in style
    assert "@import" not in style
    for danger in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "import("):
        assert danger not in script


def test_corpus_text_ends_no_block_of_data() -> None:
    for text in re.findall('<script type="application/json" id="[a-z0-9-]+">(.*?)</script>', hostile(), re.DOTALL):
        assert "<" not in text
        assert text.isascii()
        json.loads(text)


def test_the_same_run_gives_the_same_bytes() -> None:
    files = [file(removal(1, "Home\n"), removal(2, "Menu\n"), path=f"{number}.txt") for number in range(9)]
    assert page_of(*files) == page_of(*files)


def test_every_anchor_is_there_once() -> None:
    tags = Page(page_of(file(removal(1, "Home\n")), file(repair(1, "Ã©", "é"), path="b"))).tags
    names = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(names) == len(set(names))
    assert {(attributes["href"] or "")[1:] for tag, attributes in tags if tag == "a"} <= set(names)


def test_every_removed_line_is_on_the_page() -> None:
    lines = [f"{'  ' * (number % 3)}• Entry {number} of the menu\t|" for number in range(1, 300)]
    report = file(*(removal(number, f"{line}\n") for number, line in enumerate(lines, 1)), removal(400, "First\nSecond\n\nThird", "CHR201"))
    rows = Page(page_of(report)).rows
    for number, line in enumerate(lines, 1):
        assert any(row.startswith(f"{number}−{safe(line)}") for row in rows)
    assert [any(row.startswith(start) for row in rows) for start in ("400−First", "−Second", "−blank", "−Third")] == [True] * 4


def test_a_run_of_removed_lines_is_one_block() -> None:
    rules = [(3, "CHR001"), (4, "CHR001"), (5, "CHR002"), (7, "CHR002")]
    page = page_of(file(*(removal(number, "Home\n", rule) for number, rule in rules)))
    assert page.count('<tbody class="remove">') == 2
    assert page.count('rowspan="2"') == 1


def test_a_long_line_is_shortened() -> None:
    page = Page(page_of(file(removal(1, "begin " + "m" * 6000 + " end\n"), removal(2, "s" * 600 + "\n"))))
    assert "begin mmm" in page.text
    assert "mmm end" in page.text
    assert "5,510 characters left out" in page.text
    assert "m" * 500 not in page.text
    assert "s" * 600 in page.text


def test_the_change_in_a_long_line_is_visible() -> None:
    page = page_of(file(repair(1, "a" * 3000 + "â€™" + "b" * 3000, "a" * 3000 + "’" + "b" * 3000)))
    assert "<b>â€™</b>" in page
    assert "<b>’</b>" in page
    assert len(Page(page).text) < 6000


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Ã©", "é", "Ã© → é"),
        ("\u200b", "", r"\u200b → nothing"),
        ("\xa0", " ", r"\xa0 → space"),
        ("e\u0301", "é", r"e\u0301 → é"),
        ("\u1112\u1161\u11ab", "한", r"\u1112\u1161\u11ab → 한"),
        ("\r", "\n", r"\r → \n"),
    ],
)
def test_a_repair_can_be_seen(old: str, new: str, shown: str) -> None:
    assert shown in Page(page_of(file(repair(1, old, new)))).text


def test_repairs_of_a_line_share_a_row() -> None:
    page = Page(page_of(file(repair(8, "Ã©", "é", column=4), repair(8, "Ã©", "é", column=30))))
    assert sum(row.startswith("8~") for row in page.rows) == 1
    assert "2 times, columns 4, 30" in page.text


def test_blank_lines_are_folded_and_remarks_come_first() -> None:
    report = file(
        Finding(1, 1, "DEC001", "", "", "begins with a mark", -1, 0),
        removal(1, "Home\n"),
        removal(2, "\n\n", "BLK001"),
        removal(9, "\n", "BLK001"),
        Finding(12, 5, "BLK003", "", "\n", "the last line is not closed", 3, 0),
    )
    text = Page(page_of(report)).text
    text = text[text.index("File by file") :]
    assert "3 blank lines at lines 2, 9" in text
    places = [text.index(words) for words in ("begins with a mark", "Home", "3 blank lines at", "the last line is not closed")]
    assert places == sorted(places)


def test_files_are_unfolded_while_they_are_few() -> None:
    files = [file(removal(1, "Home\n"), path=f"{number}.txt") for number in range(6)]
    assert page_of(*files[:5]).count(" open>") == 5
    assert page_of(*files).count(" open>") == 0


def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "_PLAIN_TEXT", 500)
    text = Page(page_of(*(file(removal(1, "Home\n"), path=f"{number}.txt") for number in range(1237)))).text
    assert "1,234 more files with findings are left out" in text
    assert "findings.jsonl" in text


def test_errors_come_first_and_unchanged_files_are_counted() -> None:
    same = FileReport("same.txt", sha256_in="in", sha256_out="in", encoding=Encoding("utf-8"), characters_in=5, characters_out=5)
    text = Page(page_of(file(removal(1, "Home\n")), same, FileReport("bad.bin", error="is not text"))).text
    assert text.index("is not text") < text.rindex("Totals") < text.index("How much went, and") < text.index("site/page.txt")
    assert "1 changed, 1 unchanged" in text


def test_the_most_frequent_lines_are_named() -> None:
    files = [file(removal(1, "  Share on X\n", "CHR014"), removal(2, f"Own line {number}\n"), path=f"{number}.txt") for number in range(3)]
    page = Page(page_of(*files))
    assert any(re.match(rf"Share on X3199\.\d\xa0%CHR014 {RULES['CHR014'].name}", row) for row in page.rows)


def test_a_line_that_several_rules_found_is_credited_to_the_surest() -> None:
    doubt = removal(1, "Share\n", "MOD001", "score 0.400: line of 1 word")
    sure = removal(1, "share\n", "CHR014", "the whole line reads so")
    for order in ((doubt, sure), (sure, doubt)):
        page = Page(page_of(*(file(one, path=f"{number}.txt") for number, one in enumerate(order))))
        assert any(re.match(rf"share21\d\d\.\d\xa0%CHR014 {RULES['CHR014'].name}", row) for row in page.rows)


def test_findings_that_do_not_fit_the_clean_copy_stand_alone(tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    clean.mkdir()
    (clean / "page.txt").write_bytes(b"Rain fell.\n")
    digest = sha256(b"Rain fell.\n").hexdigest()
    forged = replace(file(Finding(9, 1, "CHR001", "Home\n", "", "", 1, 999), path="page.txt"), sha256_out=digest)
    with html.Page(tmp_path, clean) as page:
        page.add(forged, forged.to_json().encode("ascii"))
        page.finish(Summary(files=1))
    assert '"bare":1' in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_lines_that_went_once_come_in_the_order_of_what_they_would_cost() -> None:
    long = "We thank the nurses of all four centres for their help with the samples"
    rows = Page(page_of(file(removal(1, "Home\n"), removal(9, f"{long}\n", "CHR201"), removal(20, "Own menu\n")))).rows
    places = [next(i for i, row in enumerate(rows) if row.startswith(f"{text}11")) for text in (long, "Own menu", "Home")]
    assert places == sorted(places)


def test_what_stays_and_looks_like_chrome_is_named() -> None:
    report = replace(file(removal(1, "Home\n")), suspects=(Suspect(3, 0.91, "MOD001", "score 0.090: line of 2 words", "Other journals"),))
    text = Page(page_of(report)).text
    assert text.index("Kept, but suspicious") < text.index("Other journals") < text.index("91.0\xa0%")


def test_nothing_to_show() -> None:
    assert "No file was cleaned" in Page(page_of()).text
    empty = FileReport("empty.txt", encoding=Encoding("utf-8"))
    assert "There was nothing to clean" in Page(page_of(empty)).text
