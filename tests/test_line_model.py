"""The line model: the same whatever the batch, settled after one run, and shy of what it must not take."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dechaff import ModelError, clean, decode
from dechaff.edits import Document
from dechaff.line_model import RULE, LineModel
from dechaff.model import DEGREES, FEWEST, Removal, features, store
from dechaff.pages import paged

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

FLOOR = Path(__file__).parent / "line_model_floor.json"
_MENU = [
    "Women's Shoes",
    "Men's Shoes",
    "Handbags",
    "Jackets",
    "Coats",
    "Knitwear",
    "Dresses",
    "Skirts",
    "Watches",
    "Belts",
    "Scarves",
    "Gloves",
    "Socks",
    "Hats",
    "Wallets",
    "Swimwear",
]
_TEXT = [
    "How we keep the rain out of a leather boot",
    "By Ada Quill",
    "A boot lets water in where the upper meets the sole, because every stitch is a hole, and no wax stays in a hole for a whole winter.",
    "We soaked twelve pairs for a night and weighed them; the pairs with a welt had taken up half as much water as those without.",
    "If you walk in wet grass every day, ask for a welt, and let the boots dry for two days with paper in them before you wear them again.",
]
_LINES = st.sampled_from([*_MENU, *_TEXT, "", "Study Type", "INTERVENTIONAL", "12.5 %", "Read more »", "© 2024 Example"])
_PAGES = st.lists(_LINES, min_size=FEWEST, max_size=60).map("\n".join)


def _texts(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): decode(path.read_bytes()).text for path in sorted(folder.rglob("*.txt"))}


@given(st.lists(_PAGES, min_size=2, max_size=4))
@settings(max_examples=30, deadline=None)
def test_a_page_loses_the_same_lines_whatever_else_is_in_its_batch(texts: list[str]) -> None:
    pages = paged([Document(str(i), "", text) for i, text in enumerate(texts)])
    for removal in DEGREES:
        stage = LineModel([RULE], removal)
        assert stage.find(pages) == [stage.find([page])[0] for page in pages]


@given(_PAGES, st.sampled_from(DEGREES))
@settings(max_examples=60, deadline=None)
def test_what_is_clean_stays_as_it_is_at_every_degree(text: str, removal: Removal) -> None:
    once = clean(text, removal=removal).text
    assert clean(once, removal=removal).text == once


@given(_PAGES.filter(lambda text: text.strip() != ""), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_lines_left_are_described_as_if_the_others_had_never_been(text: str, chance: object) -> None:
    page = paged([Document("", "", text)])[0]
    known = store.load().words
    gaps = np.diff(page.rows.blank, prepend=page.rows.blank[:1]) > 0
    lines = features.describe([[line.strip() for line in page.lines]], [gaps], known)
    left = np.array([chance.random() < 0.6 for _ in page.lines])  # type: ignore[attr-defined]
    left[0] = True
    kept = features.Table(features.keep(lines, left)).found
    block = np.cumsum(gaps)[left]
    texts = [line.strip() for line, stays in zip(page.lines, left, strict=True) if stays]
    anew = features.Table(features.describe([texts], [np.diff(block, prepend=block[:1]) > 0], known)).found
    assert all((kept[name] == anew[name]).all() for name in anew)


@pytest.mark.parametrize("removal", DEGREES)
def test_titles_bylines_first_paragraphs_and_samples_without_chrome_stay(removal: Removal, samples: Path) -> None:
    page = "\n".join([*_MENU, "", *_TEXT, "", *_MENU]) + "\n"
    assert set(_TEXT) <= set(clean(page, removal=removal).text.split("\n"))
    for name, text in _texts(samples / "negative" / "in").items():
        assert clean(text, removal=removal).text == text, name


def test_names_over_posts_stay_among_buttons_that_go(samples: Path) -> None:
    text = _texts(samples / "scrapes" / "in" / "liver-forum")["thread-5521.txt"]
    gone = [text[edit.start : edit.end].strip() for edit in LineModel([RULE], "balanced").find(paged([Document("", "", text)]))[0]]
    assert "Log in   Register" in gone
    assert not {"OldTiller", "marja_k", "Nurse_Obi"} & {*gone}


@pytest.mark.parametrize("removal", DEGREES)
def test_rows_of_tables_stay_where_they_read_like_a_menu(removal: Removal) -> None:
    cells = [("Womens", "Knitwear", "Coats"), ("Mens", "Wallets", "Socks"), ("Hats", "Gloves", "Scarves")]
    tabbed, spaced = ["\n".join([*_MENU, *map(between.join, cells), *_MENU, "", *_TEXT]) + "\n" for between in ("\t\t", " ")]
    assert {*map("\t\t".join, cells)} <= {*clean(tabbed, removal=removal).text.split("\n")}
    left = {*clean(spaced, removal=removal).text.split("\n")}
    assert removal == "careful" or not left & {*map(" ".join, cells)}


@pytest.mark.parametrize("bullet", ["•\t", "-\t", "*\t"])
def test_a_bullet_and_a_tab_make_no_table(bullet: str) -> None:
    text = "\n".join([*(bullet + name for name in _MENU), "", *_TEXT]) + "\n"
    assert clean(text, removal="thorough").text.strip() == "\n".join(_TEXT)


@pytest.mark.parametrize("value", ["NCT01234567", "p < 0.001", "12.5 %", "Dose: 5 mg"])
@pytest.mark.parametrize("removal", DEGREES)
def test_values_between_rows_of_a_table_stay(removal: Removal, value: str) -> None:
    rows = [f"{one}\t\t{other}\t\tsize" for one, other in zip(_MENU[:6], _MENU[6:12], strict=True)]
    text = "\n".join([*_MENU, *rows[:3], value, *rows[3:], *_MENU, "", *_TEXT]) + "\n"
    assert value in clean(text, removal=removal).text.split("\n")


def test_a_menu_goes_and_says_why() -> None:
    found = [
        edit for layer in clean("\n".join([*_MENU, "", *_TEXT]) + "\n", removal="thorough").layers for edit in layer if edit.rule == RULE
    ]
    assert found
    assert all(edit.note.startswith("score 0.") and "from the nearest sentence" in edit.note for edit in found)


def test_a_page_of_which_more_goes_at_every_look_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = paged([Document("", "", "\n".join([*_MENU, "", *_TEXT]) + "\n")])
    found = LineModel([RULE], "thorough").find(pages)
    assert found[0]
    monkeypatch.setattr("dechaff.line_model._MOST_LOOKS", 2)
    assert LineModel([RULE], "thorough").find(pages) == found
    monkeypatch.setattr("dechaff.line_model._MOST_LOOKS", 1)  # and another would find more, or that nothing is left to find
    assert LineModel([RULE], "thorough").find(pages) == [[]]


def test_explain_says_that_a_page_did_not_settle(dechaff: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.txt"
    page.write_text("\n".join([*_MENU, "", *_TEXT]) + "\n", encoding="utf-8")
    why = "more of the page goes at every look"
    assert why not in dechaff("explain", f"{page}:3", "--removal", "thorough").out
    monkeypatch.setattr("dechaff.line_model._MOST_LOOKS", 1)
    assert why in dechaff("explain", f"{page}:3", "--removal", "thorough").out


def test_short_pages_lose_nothing_by_their_score() -> None:
    text = "\n".join(_MENU[: FEWEST - 1]) + "\n"
    assert clean(text, removal="thorough").text == text


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no line model"):
        store.read(tmp_path)
    data = Path(store.__file__).parent.parent / "data"
    (tmp_path / store.CARD).write_bytes((data / store.CARD).read_bytes())
    (tmp_path / store.ARRAYS).write_bytes(b"\0" + (data / store.ARRAYS).read_bytes()[1:])
    with pytest.raises(ModelError, match="is not the file"):
        store.read(tmp_path)


def test_help_loads_no_numpy() -> None:
    code = "import sys, dechaff_cli.app; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_degree_sinks_below_its_floor(samples: Path, accept: bool, allow_regression: bool) -> None:
    folder = samples / "scrapes"
    labels = {row["file"]: row["labels"] for row in map(json.loads, (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines())}
    now: dict[str, object] = {"weights": json.loads((Path(store.__file__).parent.parent / "data" / store.CARD).read_text())["sha256"]}
    for removal in DEGREES:
        tally: Counter[str] = Counter()
        for name, text in _texts(folder / "in").items():
            left = Counter("".join(filter(str.isalnum, line)) for line in clean(text, removal=removal).text.split("\n"))
            for number, label in sorted(labels[name].items(), key=lambda pair: (pair[1] != "keep", int(pair[0]))):
                core = "".join(filter(str.isalnum, text.split("\n")[int(number) - 1]))
                if core and label in {"keep", "drop"}:
                    tally[label] += 1
                    tally[f"{label} there"] += left[core] > 0
                    left[core] -= left[core] > 0
        now[removal] = {"kept": round(tally["keep there"] / tally["keep"], 3), "removed": round(1 - tally["drop there"] / tally["drop"], 3)}
    floor = json.loads(FLOOR.read_text(encoding="utf-8")) if FLOOR.exists() else now
    sunk = [(one, what) for one in DEGREES for what in ("kept", "removed") if now[one][what] < floor[one][what]]  # type: ignore[index]
    if accept:
        assert allow_regression or not sunk, f"{sunk} sank below {floor}: {now}; to let it, add --allow-regression"
        FLOOR.write_text(json.dumps(now, indent=2) + "\n", encoding="utf-8")
        return
    assert floor["weights"] == now["weights"], "the weights changed: run pytest with --accept"
    assert not sunk, f"{sunk} sank below {floor}: {now}"


def test_marked_pages_are_read_with_their_sites(tmp_path: Path) -> None:
    from dechaff_train.pages import read

    (tmp_path / "hill").mkdir()
    (tmp_path / "hill" / "1.txt").write_text("-\tHome\n+\tRain\n\n~\t  • fell\n", encoding="utf-8")
    (page,) = read(tmp_path, {}, whole=True)
    assert (page.domain, page.lines, page.gaps, page.labels) == ("hill", ("Home", "Rain", "• fell"), (False, False, True), (0, 1, -1))
    (tmp_path / "hill" / "2.txt").write_text("+\tRain\nfell\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"2\.txt:2: begins with no mark"):
        read(tmp_path, {}, whole=True)


@pytest.mark.parametrize("removal", DEGREES)
def test_entries_under_a_label_of_content_stay(removal: Removal) -> None:
    values = ["• Letter", "• Comment", "• Research"]
    page = "\n".join([*_TEXT, "", "Publication types", *values, "", *_MENU]) + "\n"
    assert {*values} <= {*clean(page, removal=removal).text.split("\n")}
