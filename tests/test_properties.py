"""What holds for any input."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from ftfy.badness import is_bad
from hypothesis import example, given, settings
from hypothesis import strategies as st

import promises
from dechaff import RULES, Document, Edit, Pipeline, clean
from dechaff.edits import apply, to_source, undo
from dechaff.encoding import _CONTROL, _HINT, _ODD, _QUICK
from dechaff.lines import is_prose, split
from dechaff.pages import paged
from dechaff.repetition import Survey, settled, survey
from dechaff.tally import NOTHING, Tally, merged

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINES = [
    "Skip to main content",
    "Home",
    "  • About us",
    "Share",
    "Cite this",
    "© 2024 Example Portal. All rights reserved.",
    "Rain fell on the hill all day, and nobody who lived there could remember a summer as wet as this one.",
    "Study Type",
    "INTERVENTIONAL",
    "Time frame: 3 years",
    "Abstract",
    "Related articles",
    "The patientâ€™s bilirubin fell.",
    "p &lt; 0.05 &amp;amp; more",
    "一个中文页脚",
    "联系我们 版权所有",
    "TOP",
    "www.example.org",
    "Datenschutz und Impressum für alle Besucher",
    "a\u00a0b\u200bc\u00adde\u0301",
    "x\r\ny\rz\x0bq\x85\u2028w",
    "",
    "   ",
    "\t",
]
_PAGES = st.lists(st.sampled_from(_LINES) | st.text(max_size=30), max_size=25).map("\n".join)
_TEXTS = _PAGES | st.text()


@given(
    st.binary()
    | _TEXTS.map(lambda text: text.encode("utf-8", "replace"))
    | st.text(alphabet="aäбж中 \n\r", min_size=8).map(lambda text: text.encode("utf-16"))
)
@example(b"\xff\xfea")
@example(b"caf\xe9 \xe2\x80\x99 \xff\n\x80")
@example(b"a\r\nb\r\n")
@example(b"\x1b$B$3$s\x1b(B")
@settings(max_examples=400, deadline=None)  # the first legacy bytes load what tells code pages apart
def test_any_bytes_decode_and_come_back_or_are_refused(raw: bytes) -> None:
    promises.decodes_or_refuses(raw)


@given(st.binary() | _TEXTS.map(lambda text: text.encode("utf-8", "replace")))
@settings(max_examples=200, deadline=None)
def test_a_file_is_restored_to_the_last_byte_from_its_clean_copy_and_record(raw: bytes) -> None:
    promises.restores(raw)


@given(_TEXTS)
@example("一个中文页脚\nx\ny\nz\nq\nw\nA\n一个中文页脚\n\nHome")  # the blocks at both edges reach one another
@example("English | Deutsch | Français | Español\ndon\ufffdt stop \ufffdnow\ufffd")  # what a line said of the language goes with it
@settings(max_examples=300, deadline=None)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    promises.settles(text.encode("utf-8", "replace").decode())


@given(_TEXTS)
@settings(max_examples=200, deadline=None)
def test_removal_only_deletes_and_repairs_drop_no_word(text: str) -> None:
    promises.keeps(text)


@given(st.text(alphabet="ab \n\x00\x01\x1f\x7f", max_size=40))
def test_a_control_character_never_joins_two_words(text: str) -> None:
    def words(line: str) -> list[str]:
        return "".join(character if character.isalnum() else " " for character in line).split()

    assert words(clean(text, frozenset({"CHA002"})).text) == words(text)


@st.composite
def _edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(st.text(alphabet="abc\n", max_size=40))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8).map(lambda cuts: cuts[: len(cuts) // 2 * 2])))
    edits = [
        Edit(begin, end, draw(st.text(alphabet="xyz", max_size=3)), "CHR001", "") for begin, end in zip(cuts[::2], cuts[1::2], strict=True)
    ]
    return text, edits


@given(_edited())
def test_undo_restores_and_to_source_maps_kept_characters_home(edited: tuple[str, list[Edit]]) -> None:
    text, edits = edited
    changed = apply(text, edits)
    assert undo(changed, edits, [text[edit.start : edit.end] for edit in edits]) == text
    homes = to_source(range(len(changed)), [edits])
    assert homes == sorted(homes)
    for offset, home in enumerate(homes):
        if changed[offset] in "abc\n":
            assert changed[offset] == text[home]


@given(st.lists(_PAGES, max_size=6), st.data())
@settings(max_examples=100, deadline=None)
def test_a_page_knows_its_lines_as_its_text_has_them_also_after_removals(texts: list[str], data: st.DataObject) -> None:
    for page in paged([Document("a", "", text.encode("utf-8", "replace").decode()) for text in texts]):
        gone = data.draw(st.sets(st.integers(0, max(len(page.lines) - 1, 0)), max_size=len(page.lines)))
        later = page.after(page.line_removals(dict.fromkeys(gone, ("X", "")))) if gone else page
        for known in (page, later):
            blank = 0
            rows = iter(zip(*(column.tolist() for column in known.rows[:5]), known.lines, strict=True))
            for line in split(known.text):
                if not line.text or line.text.isspace():
                    blank += 1
                    continue
                start, end, before, prose, number, text = next(rows)
                assert (line.start, line.end, blank, is_prose(line.text), line.text) == (start, end, before, prose, text)
                if max(text) < "\U00020000":  # beyond, every code point counts as a letter, assigned or not
                    assert bool(number) == (re.search(r"[^\W\d_]", text) is not None)
            assert next(rows, None) is None


@given(st.lists(_PAGES, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_surveys_add_up_over_any_partition_in_any_order(texts: list[str], random: object) -> None:
    pages = paged([Document(f"{i}.txt", "site" if i % 2 else "", text) for i, text in enumerate(texts)])
    whole = survey(pages)
    parts = [survey([page]) for page in pages]
    random.shuffle(parts)  # type: ignore[attr-defined]
    total = Survey()
    for part in parts:
        total = total.plus(part)
    assert total == whole
    for most in (1, 3, 1000):  # the same again where only so many rows fit into memory
        pieces = list(merged([part.rows for part in parts], most))
        assert _joined(pieces) == whole
        assert _joined(settled(pieces)) == whole.settle()


def _joined(pieces: Iterable[Tally]) -> Survey:
    return Survey(Tally(*map(np.concatenate, zip(NOTHING, *pieces, strict=True))))


def test_what_is_shared_is_counted_by_the_share_of_a_sites_pages() -> None:
    def of(site: str, pages: int, having: int) -> Survey:
        texts = ["Harbour Kiosk Network\n" if i < having else f"Page {i}\n" for i in range(pages)]
        return survey(paged([Document(str(i), site, text) for i, text in enumerate(texts)])).settle()

    for site, pages, needed in (("a", 3, 3), ("a", 40, 4), ("a", 41, 5), ("", 3, 3), ("", 40, 10)):
        shared = of(site, pages, needed).of(site)
        assert (shared.pages, shared.needed, shared.counts.tolist()) == (pages, needed, [needed])
        assert not of(site, pages, needed - 1).of(site).pairs.size
    assert of("a", 2, 2) == Survey()


@given(st.lists(_PAGES, min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_what_is_found_in_a_document_does_not_depend_on_its_batch(texts: list[str]) -> None:
    pages = [Document(f"{i}.txt", "s", text.encode("utf-8", "replace").decode()) for i, text in enumerate(texts)]
    pipeline = _pipeline()
    assert pipeline.clean(pages) == [pipeline.clean([page])[0] for page in pages]


@cache
def _pipeline() -> Pipeline:
    return Pipeline(frozenset(RULES))


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x2600)) | st.sampled_from(_LINES))
@settings(max_examples=500)
def test_the_quick_test_misses_nothing_that_the_slow_one_calls_bad(text: str) -> None:
    assert ((_CONTROL.search(text) or _QUICK.search(text)) and _ODD.search(text) and _HINT.search(text)) or not is_bad(text)


@given(st.text())
def test_lines_are_cut_at_line_feeds_alone(text: str) -> None:
    assert "\n".join(line.text for line in split(text)) == text
    assert all(text[line.start : line.end] == line.text for line in split(text))
