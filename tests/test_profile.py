"""Site profiles: one page with its profile is the page among its site, and a profile is what people can read and edit."""

from __future__ import annotations

import json
import shutil
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dechaff import RULES, Document, Pipeline
from dechaff.errors import ProfileError
from dechaff.pages import line_key, paged
from dechaff.profile import Known, Profile, SiteProfile
from dechaff.repetition import HEAD, Pair, Survey, quote, survey
from dechaff.tally import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from conftest import Ran
    from dechaff.pages import Page

    Dechaff = Callable[..., Ran]

DAY = date(2026, 11, 22)
_RULES = frozenset(code for code, rule in RULES.items() if rule.stage in {"characters", "chrome", "repetition", "blank_lines"})
_LINES = [
    "Harbour Portal of Liver Medicine",
    "HARBOUR portal, of liver medicine!",
    "Wards and rooms",
    "• Wards and rooms",
    "Kiosk map",
    "院内地図のご案内",
    "Rain fell on the hill all day, and nobody who lived there could remember a summer as wet as this one.",
    "The dose was doubled.",
    "Study type: interventional",
    "12",
    "\x7f \x1b[31mred\x1b[0m \u202e",
    "𝔘nder \ud800 edge",
    "",
]
_PAGES = st.lists(st.sampled_from(_LINES) | st.text(max_size=8), max_size=9).map("\n".join)
_SITES = st.lists(_PAGES, max_size=8)


def _pages(texts: Sequence[str], begin: int = 0) -> list[Page]:
    return paged([Document(f"{i}.txt", "harbour", text) for i, text in enumerate(texts, begin)])


def _learned(pages: Sequence[Page], old: Profile | None = None, day: date = DAY) -> Profile:
    old = old or Profile()
    counts = old.with_pages(survey(pages))
    return old.learned(counts, quote(pages, counts), day)


def _through_its_file(profile: Profile) -> Profile:
    return Profile.parse(profile.to_json(), "here")


@given(_SITES)
@settings(max_examples=100, deadline=None)
def test_a_profile_read_from_its_file_counts_what_the_site_counts(texts: list[str]) -> None:
    pages = _pages(texts)
    profile = _learned(pages)
    again = _through_its_file(profile)
    assert again == profile
    assert again.to_json() == profile.to_json()
    whole = survey(pages).settle()
    if len(pages) < 3:
        assert not profile.sites
    else:
        assert again.survey() == whole


@given(st.lists(_PAGES, min_size=3, max_size=8))
@settings(max_examples=25, deadline=None)
def test_a_page_with_its_profile_is_cleaned_as_among_its_site(texts: list[str]) -> None:
    documents = [Document(f"{i}.txt", "harbour", text.encode("utf-8", "replace").decode()) for i, text in enumerate(texts)]
    works = _bare().prepare(documents)
    counts = Survey(counted(("harbour", found) for found in _bare().numbers(works) if found is not None)).settle()
    profile = _through_its_file(Profile().learned(counts, _bare().quote(works, counts), DAY))
    among = Pipeline(_RULES, counts).clean(documents)
    alone = Pipeline(_RULES, Survey().knowing(profile.survey()))
    assert [alone.clean([one])[0] for one in documents] == among
    doubled = survey([*_pages(texts), *_pages(texts)]).settle()
    if profile.sites:  # what a run counts itself of a site that the profile knows makes no difference
        assert doubled.knowing(profile.survey()) == Survey().knowing(profile.survey())


@cache
def _bare() -> Pipeline:
    return Pipeline(_RULES)


@given(_SITES, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_a_profile_does_not_depend_on_the_order_of_pages(texts: list[str], random: object) -> None:
    pages = _pages(texts)
    profile = _learned(pages)
    random.shuffle(pages)  # type: ignore[attr-defined]
    assert _learned(pages).to_json() == profile.to_json()


@given(_SITES, _SITES)
@settings(max_examples=60, deadline=None)
def test_learning_more_adds_counts_and_never_calls_shared_what_too_few_pages_have(old: list[str], new: list[str]) -> None:
    first = _learned(_pages(old))
    both = _learned(_pages(new, len(old)), _through_its_file(first), date(2027, 1, 1))
    whole = survey(_pages([*old, *new])).settle()
    if "harbour" in both.sites:
        site = both.sites["harbour"]
        assert site.pages == (len(old) if "harbour" in first.sites else 0) + len(new)
        assert all(known.pages >= both.survey().of("harbour").needed for known in site.lines)
        if site.pages == len(old) + len(new):
            assert {known.pair.number for known in site.lines} <= set(whole.of("harbour").pairs.tolist())
        assert Profile.parse(both.to_json(), "here") == both


@given(st.text(max_size=30).filter(lambda text: "\n" not in text))
def test_the_key_of_a_line_is_the_one_it_has_on_a_page(line: str) -> None:
    (page,) = paged([Document("a", "", f"Rain fell.\n{line}\nSnow fell.")])
    assert line_key(line) == (int(page.rows.key[1]) if len(page.lines) == 3 else 0)


def test_dates_widen_and_the_way_a_line_was_written_first_stays() -> None:
    pages = _pages([f"Harbour Portal\nIts own line {i}\n" for i in range(3)])
    profile = _learned(pages, day=DAY)
    louder = _pages([f"HARBOUR PORTAL\nIts other line {i}\n" for i in range(3)])
    for day in (date(2026, 12, 1), date(2026, 1, 1)):
        profile = _learned(louder, profile, day)
    site = profile.sites["harbour"]
    assert (site.pages, site.first, site.last) == (9, date(2026, 1, 1), date(2026, 12, 1))
    assert site.lines == (Known(Pair(HEAD, None, "Harbour Portal"), 9),)


def test_a_pair_is_counted_once_a_page_however_it_stands_there() -> None:
    pages = _pages(["Wards and rooms\nKiosk map\nWards and rooms\nKiosk map\n12\n12\nWards and rooms\nKiosk map\nWards and rooms\n"] * 3)
    assert max(survey(pages).of("harbour").counts) == 3


# --- The file -----------------------------------------------------------------------------------------------------------

_HEAD = '{"dechaff_profile": 1, "roots": []}\n'
_SITE = '{"site": "a", "pages": 4, "first": "2026-11-22", "last": "2026-11-22"}\n'
_LINE = '{"site": "a", "zone": "head", "pages": 4, "line": "Home", "beside": null}\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f.jsonl: is no profile"),
        ("Rain fell.\n", "f.jsonl:1: not valid JSON"),
        ("[" * 100_000, "f.jsonl:1: "),
        ("[1]\n", "f.jsonl:1: must be an object"),
        (_SITE, "f.jsonl:1: is no profile: it must begin"),
        ('{"dechaff_profile": 2}\n', "f.jsonl:1: dechaff_profile: is 2, and this dechaff reads 1"),
        ('{"dechaff_profile": ' + "9" * 5000 + "}\n", "f.jsonl:1: not valid JSON"),
        ('{"dechaff_profile": ' + "9" * 400 + "}\n", "f.jsonl:1: dechaff_profile: is no form"),
        ('{"dechaff_profile": 1, "roots": "x"}\n', "f.jsonl:1: roots: must be a list of folders"),
        ('{"dechaff_profile": 1, "root": []}\n', "f.jsonl:1: unknown key 'root'"),
        (_HEAD + _LINE, "f.jsonl:2: site: has no line of its own before this one: 'a'"),
        (_HEAD + _SITE + _SITE, "f.jsonl:3: site: is there twice: 'a'"),
        (_HEAD + _SITE.replace("4", "true", 1), "f.jsonl:2: pages: must be a whole number from 1 to"),
        (_HEAD + _SITE.replace("4", "9" * 400, 1), "f.jsonl:2: pages: must be a whole number from 1 to"),
        (_HEAD + _SITE.replace("2026-11-22", "yesterday", 1), "f.jsonl:2: first: must be a date such as"),
        (_HEAD + _SITE.replace("2026-11-22", "2027-11-22", 1), "f.jsonl:2: last: is before first"),
        (_HEAD + _SITE.replace('"a"', '""'), "f.jsonl:2: site: must be a string"),
        (_HEAD + _SITE.replace('"a"', '"a", "site": "b"'), "f.jsonl:2: site: is there twice"),
        (_HEAD + _SITE + _LINE.replace("4", "5"), "f.jsonl:3: pages: must be a whole number from 1 to 4, the pages of its site"),
        (_HEAD + _SITE + _LINE.replace("head", "middle"), "f.jsonl:3: zone: must be head or foot"),
        (_HEAD + _SITE + _LINE.replace("Home", "12"), "f.jsonl:3: line: must be one line with a letter in it"),
        (_HEAD + _SITE + _LINE.replace("Home", r"a\nb"), "f.jsonl:3: line: must be one line with a letter in it"),
        (_HEAD + _SITE + _LINE.replace('"Home"', "{}"), "f.jsonl:3: line: must be a string"),
        (_HEAD + _SITE + _LINE.replace(', "beside": null', ""), "f.jsonl:3: beside: must be the line nearer to the edge"),
        (_HEAD + _SITE + _LINE.replace("null", '"---"'), "f.jsonl:3: beside: must be one line"),
        (_HEAD + _SITE + _LINE.replace('"zone"', '"Zone"'), "f.jsonl:3: unknown key 'Zone'"),
        (_HEAD + _SITE + _LINE + _LINE.replace("Home", "HOME!"), "f.jsonl:4: line: is there twice beside the same line"),
    ],
)
def test_a_wrong_profile_says_where(dechaff: Dechaff, tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ProfileError) as error:
        Profile.parse(text, "f.jsonl")
    assert str(error.value).startswith(message)
    (tmp_path / "f.jsonl").write_text(text)
    (tmp_path / "a.txt").write_text("Rain fell.\n")
    ran = dechaff("check", "a.txt", "--profile", "f.jsonl")
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


@given(st.text() | st.lists(st.sampled_from([_HEAD, _SITE, _LINE, '{"site": [], "line": 1}\n', "null\n"])).map("".join))
def test_any_text_is_a_profile_or_an_error(text: str) -> None:
    try:
        profile = Profile.parse(text, "here")
    except ProfileError:
        return
    assert _through_its_file(profile) == profile


def test_text_of_pages_cannot_drive_whoever_reads_the_file() -> None:
    site = SiteProfile(3, DAY, DAY, (Known(Pair(HEAD, None, 'a\x1b[2J\x7f\x9b\u202e"\u2028'), 3),))
    profile = Profile({'x"\x07': site}, ("a\x1b",))
    text = profile.to_json()
    assert all(character.isascii() and character.isprintable() for line in text.split("\n") for character in line)
    assert Profile.parse(text, "here") == profile


# --- The command --------------------------------------------------------------------------------------------------------


def _findings(ran: Ran) -> dict[str, list[object]]:
    """Return the findings of a check by name of the file, without what only says where the file is."""
    found: dict[str, list[object]] = {}
    for line in ran.out.splitlines():
        path, _, rest = line.partition(":")
        found.setdefault(path.rpartition("/")[2], []).append(rest)
    return found


def test_a_page_of_the_samples_is_checked_as_among_its_site(dechaff: Dechaff, samples: Path, tmp_path: Path) -> None:
    shutil.copytree(samples / "scrapes" / "in", tmp_path / "in")
    among = _findings(dechaff("check", "in"))
    ran = dechaff("learn", "in", "-o", "sites.jsonl")
    assert (ran.code, ran.out) == (0, "")
    assert "of 2 sites, from " in ran.err
    assert _findings(dechaff("check", "in", "--profile", "sites.jsonl")) == among
    for folder in ("ahct-journal", "hepatrial-registry", "medabstracts"):
        assert _findings(dechaff("check", f"in/{folder}", "--profile", "sites.jsonl")).items() <= among.items()
        for page in sorted((tmp_path / "in" / folder).iterdir()):
            alone = _findings(dechaff("check", page, "--profile", tmp_path / "sites.jsonl", folder=tmp_path / "in"))
            assert alone == {name: found for name, found in among.items() if name == page.name}
    shared = [name for name, found in among.items() if any("REP001" in str(one) for one in found)]
    assert len(shared) == 4
    assert all("REP001" not in str(found) for found in _findings(dechaff("check", f"in/ahct-journal/{shared[0]}")).values())


def _scrapes(folder: Path, head: str, numbers: range, site: str = "harbour") -> None:
    (folder / site).mkdir(parents=True, exist_ok=True)
    for i in numbers:
        words = ("doubled", "halved", "kept", "stopped", "lowered", "raised")[i % 6]
        (folder / site / f"{i}.txt").write_text(f"{head}\nThe dose in arm {chr(97 + i)} was {words} after the first month of the trial.\n")


def test_every_command_goes_by_the_profile(dechaff: Dechaff, tmp_path: Path) -> None:
    _scrapes(tmp_path / "scrapes", "Harbour Kiosk Network", range(5))
    assert dechaff("learn", "scrapes", "-o", "known/sites.jsonl", "--date", "2026-01-02").code == 0
    assert '"first": "2026-01-02"' in (tmp_path / "known" / "sites.jsonl").read_text()
    _scrapes(tmp_path / "scrapes", "Harbour Kiosk Network", range(7, 8))
    page = "scrapes/harbour/7.txt"
    assert dechaff("check", page).code == 0
    assert "1:1: REP001 site-template-line: on 5 of 5 pages of harbour" in dechaff("check", page, "--profile", "known/sites.jsonl").out
    (tmp_path / "dechaff.toml").write_text('profile = "known/sites.jsonl"\n')
    assert dechaff("check", page, folder=tmp_path / "scrapes" / "harbour" / "..", COLUMNS="200").code == 2  # no such page from there
    assert "REP001" in dechaff("check", "7.txt", folder=tmp_path / "scrapes" / "harbour").out
    assert "\n-Harbour Kiosk Network\n" in dechaff("diff", page).out
    assert "removed: REP001" in dechaff("explain", f"{page}:1").out
    assert dechaff("clean", page, "-o", "out").code == 0
    assert (tmp_path / "out" / "7.txt").read_text().startswith("The dose")
    given = (tmp_path / page).read_bytes()
    assert dechaff("clean", "-", given=given).raw == given  # whose site nothing tells
    assert dechaff("clean", "-", "--stdin-filename", "harbour/7.txt", given=given).raw.startswith(b"The dose")
    assert "REP001" not in dechaff("check", page, "--isolated").out
    assert "none.jsonl cannot be read" in dechaff("check", page, "--profile", "none.jsonl").err


def test_what_a_person_takes_out_of_a_profile_stays_on_the_pages(dechaff: Dechaff, tmp_path: Path) -> None:
    _scrapes(tmp_path / "scrapes", "Harbour Kiosk Network", range(5))
    _scrapes(tmp_path / "scrapes", "Lantern Reading Room", range(5), "lantern")
    dechaff("learn", "scrapes")
    file = tmp_path / "dechaff-profile.jsonl"
    file.write_text("".join(line for line in file.read_text().splitlines(keepends=True) if "Kiosk" not in line))
    assert {line.split("/")[1] for line in dechaff("check", "scrapes", "--profile", file).out.splitlines()} == {"lantern"}
    _scrapes(tmp_path / "scrapes", "Quay Museum Rooms", range(5), "new")  # a site that the profile does not know is counted
    assert {line.split("/")[1] for line in dechaff("check", "scrapes", "--profile", file).out.splitlines()} == {"lantern", "new"}


def test_learning_again_merges_and_fresh_starts_anew(dechaff: Dechaff, tmp_path: Path) -> None:
    _scrapes(tmp_path / "one", "Harbour Kiosk Network", range(4))
    _scrapes(tmp_path / "one", "Lantern Reading Room", range(2), "few")
    (tmp_path / "one" / "loose.txt").write_text("Rain fell.\n")
    _scrapes(tmp_path / "two", "Harbour Kiosk Network", range(2))
    file = tmp_path / "sites.jsonl"

    def sites() -> dict[str, int]:
        return {name: site.pages for name, site in Profile.parse(file.read_text(), "").sites.items()}

    ran = dechaff("learn", "one", "one/harbour", "one/harbour/1.txt", "one", "-o", file)
    assert ran.code == 0
    assert sites() == {"harbour": 4}
    assert "Nothing learned from 1 site of one or two pages." in ran.err
    assert "Nothing learned from 1 page of no known site" in ran.err
    first = file.read_text()
    dechaff("learn", "two", "-o", file)
    assert sites() == {"harbour": 6}
    assert json.loads(file.read_text().splitlines()[0])["roots"] == ["one", "two"]
    dechaff("learn", "one/harbour", "one", "-o", file, "--fresh")  # in either order
    assert file.read_text() == first
    dechaff("learn", "two", "-o", file)
    dechaff("learn", "two/harbour/0.txt", "-o", file)  # its site is known by the folder
    assert sites() == {"harbour": 7}
    dechaff("learn", "one", "-o", file, "--fresh", "--jobs", "2")
    assert file.read_text() == first


def test_a_site_that_changed_its_template_is_reported(dechaff: Dechaff, tmp_path: Path) -> None:
    _scrapes(tmp_path / "old", "Harbour Kiosk Network", range(5))
    _scrapes(tmp_path / "same", "Harbour Kiosk Network", range(5))
    _scrapes(tmp_path / "new", "The Harbour, Reading and Resting", range(5))
    dechaff("learn", "old", "-o", "sites.jsonl")
    assert dechaff("learn", "same", "-o", "sites.jsonl").out == ""
    ran = dechaff("learn", "new", "-o", "sites.jsonl")
    assert ran.out.splitlines() == [
        "harbour: its template may have changed: 1 of its 1 shared lines are on hardly any of its 5 new pages",
        "  gone from the head: Harbour Kiosk Network",
    ]
    assert "Resting" in (tmp_path / "sites.jsonl").read_text()


def test_a_call_that_cannot_learn_says_why(dechaff: Dechaff, tmp_path: Path) -> None:
    _scrapes(tmp_path / "in", "Harbour Kiosk Network", range(4))
    for words, message in (
        (("-",), "not from standard input"),
        (("in", "--date", "soon"), "must be a date such as"),
        (("in", "--ignore", "REP001"), "nothing to learn without the rule REP001"),
        (("in", "-o", "in/harbour/1.txt", "--fresh"), "not valid JSON"),
        (("in", "-o", "in/harbour/1.txt"), "not valid JSON"),
        (("none",), "does not exist"),
    ):
        ran = dechaff("learn", *words)
        assert (ran.code, message in ran.err) == (2, True), ran.err
    (tmp_path / "in" / "harbour" / "9.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    ran = dechaff("learn", "in", "-o", "sites.jsonl")
    assert ran.code == 2
    assert "9.txt" in ran.err
    assert '"pages": 4' in (tmp_path / "sites.jsonl").read_text()


def test_nothing_but_a_profile_is_written_over(dechaff: Callable[..., Ran], tmp_path: Path) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("What nobody has twice.\n")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "dechaff.toml").write_text('profile = "../precious.txt"\n')
    (tmp_path / "in" / "a.txt").write_text("Rain fell.\n")
    for words in (("--fresh",), ()):
        ran = dechaff("learn", tmp_path / "in", *words)
        assert ran.code == 2
        assert "precious.txt" in ran.err
    assert precious.read_text() == "What nobody has twice.\n"
