"""Blocks of chrome, and the lists of content that have their shape."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dechaff import clean, select
from dechaff.blocks import _RELATED_BEGINS, _RELATED_HEADING

_RULES = select(["CHR201", "CHR202", "CHR203"])
_TEXT = "Livers of living and of deceased donors were compared in one registry, and the results were alike.\n"


@given(st.from_regex(_RELATED_HEADING, fullmatch=True))
@settings(max_examples=2000, deadline=None)
def test_every_heading_that_the_pattern_matches_begins_as_the_quick_look_has_it(heading: str) -> None:
    assert heading[:4].lower() in _RELATED_BEGINS


@pytest.mark.parametrize(
    "counts",
    [
        ["Living donors: 34", "Deceased donors: 61", "Donors after circulatory death: 12"],
        ["Publications: 12", "Conferences: 8", "Workshops: 3"],
        ["Family members: 34", "Courses of antibiotics: 12", "Partners: 3"],
        ["Drug users: 34", "Former users: 50", "Home visits: 12"],
        ["Total transplants = 120", "Total centres = 3", "Total deaths = 40"],
        ["Total patients = 120", "Total centres = 3", "Total samples = 400"],
        ["Total patients = 120", "Total centres = 3", "Total countries = 2"],
        ["34 members", "12 courses", "3 publications", "61 deaths", "8 relapses", "2 drop-outs"],
    ],
)
def test_what_a_study_counts_stays_at_the_foot_of_its_page(counts: list[str]) -> None:
    page = _TEXT + "\n".join(counts) + "\n"
    assert clean(page, _RULES).text == page


@pytest.mark.parametrize(
    "counts",
    [
        ["Visitors today: 34", "Total visitors: 61,300", "Members: 12"],
        ["12,000 subscribers", "34,000 followers", "100 downloads"],
        ["Total patients registered = 9,870", "Total centres = 14", "Total meetings held = 57", "Total papers published = More than 25"],
        ["Total members = 4120", "Total centers across the hills = More than 60", "Total webinars conducted = 31"],
        ["Visitors: 900", "Members: 40", "Publications: 12", "Conferences: 8", "Workshops: 3", "Stations: 9"],
    ],
)
def test_what_a_site_counts_of_itself_goes(counts: list[str]) -> None:
    assert clean(_TEXT + "\n".join(counts) + "\n", _RULES).text == _TEXT


_DOMAINS = ["Memory of words", "Attention", "Language", "Mood"]
_SECTIONS = "".join(
    f"{name}\nIn the trials that we read it was measured by the same test before and after the treatment.\n" for name in _DOMAINS
)


@pytest.mark.parametrize(
    ("above", "goes"),
    [
        ("Four domains were studied in the trials that we found:", False),
        ("We looked at four domains:", False),
        ("In this article:", True),
        ("What you will find in this guide:", True),
        ("Contents", True),
        ("The trials were small and they were short.", False),
        ("Jump to section", True),
    ],
)
def test_a_list_that_a_sentence_introduces_is_no_table_of_contents(above: str, *, goes: bool) -> None:
    page = f"{_TEXT}{above}\n" + "\n".join(_DOMAINS) + f"\n{_SECTIONS}"
    assert clean(page, _RULES).text == (f"{_TEXT}{above}\n{_SECTIONS}" if goes else page)


_PARTS = ["Study details", "Who can take part", "Contacts and sites", "Outcomes that are measured", "Sponsor", "Record history"]
_VALUES = ["Phase 2", "18 to 70 years", "Ward 7", "MELD score", "Hill University", "12 May 2024"]


@pytest.mark.parametrize("number", ["", "3. ", "• "])
def test_the_outline_of_a_record_goes_though_no_sentence_stands_under_its_headings(number: str) -> None:
    record = "".join(f"{name}\nField\n{value}\nAnother field\nNone\n" for name, value in zip(_PARTS, _VALUES, strict=True))
    outline = "".join(f"{number}{name}\n" for name in _PARTS)
    assert clean(f"A trial of rain\nOn this page\n{outline}{record}", _RULES).text == f"A trial of rain\nOn this page\n{record}"


@pytest.mark.parametrize("above", ["Abstract", "Download PDF"])
def test_the_outline_of_an_article_goes_whatever_stands_under_its_headings(above: str) -> None:
    outline = "Abstract\nIntroduction\nFigures\nMethods\nResults\nReferences\n"
    article = (
        "Abstract\nRain fell.\n1. Introduction\nIt fell again.\n2. Methods\nA bucket\n3. Results\nIt was full.\nReferences\n1. Rain.\n"
    )
    left = clean(f"On rain\n{above}\n{outline}{article}", _RULES).text
    assert left == f"On rain\n{above}\nFigures\n{article}"


@pytest.mark.parametrize(
    "page",
    [
        # names of what was measured, and the table that has them again with their values
        "Outcomes\n" + "\n".join(_PARTS) + "\nTable 2\n" + "".join(f"{name}\n{i}\n" for i, name in enumerate(_PARTS)),
        # the same, cells in one line
        "Outcomes\n" + "\n".join(_PARTS) + "\nTable 2\n" + "".join(f"{name}\t{i}\n" for i, name in enumerate(_PARTS)),
        # headings of an abstract, each over its sentence, and of the article
        "".join(f"{name}\nRain fell.\n" for name in ("Background", "Methods", "Results", "Conclusions") * 2),
        # declarations that name nothing
        "".join(f"{name}\nNone\n" for name in ("Funding", "Acknowledgements", "Competing interests", "Ethics approval") * 2),
        # two copies of a list, and no heading
        "\n".join([*_PARTS, "Rain fell.", *_PARTS]) + "\n",
    ],
)
def test_lists_that_stand_again_in_other_ways_stay(page: str) -> None:
    assert clean(page, _RULES).text == page


def test_a_list_of_related_items_ends_where_rows_of_a_table_begin() -> None:
    related = ["The first bucket", "Rain gauges of the hills", "A roof for the clinic"]
    table = ["Date\tCode\tTitle", "12 May 2024\tA01\tGranted", "14 June 2024\tA02\tRenewed"]
    page = "\n".join([_TEXT.strip(), "Cited by", *related, "Legal events", *table]) + "\n"
    assert set(table) <= set(clean(page, _RULES).text.split("\n"))
    page = "\n".join([_TEXT.strip(), "Cited by", *table, *related]) + "\n"
    assert set(related) <= set(clean(page, _RULES).text.split("\n"))


_OTHERS = [
    ("Cells for the failing liver: where are we now?", "Ada Quill, Bo Reed", "Article 04 June 2020"),
    ("Portal vein embolization and progenitor cells", "Cy Moss", "Review 11 January 2019"),
    ("Mobilised cells in cirrhosis of the young", "Dee Wood, Em Vale", "Article 30 September 2017"),
]


@pytest.mark.parametrize("heading", ["Similar content being viewed by others", "People also looked at", "Trials you may also like"])
@pytest.mark.parametrize("below", ["Introduction\nLivers grow back.\n", "The remnant\n" + _TEXT])
def test_related_items_of_several_lines_go_amid_the_text(heading: str, below: str) -> None:
    others = "\n\n".join("\n".join(item) for item in _OTHERS)
    left = clean(f"{_TEXT}\n{heading}\n{others}\n\n{below}", _RULES).text
    assert left.split() == f"{_TEXT}{below}".split()


_TABLE = "Table 1 Baseline characteristics of all patients\nAge in years, mean and range 54\nDeaths by day 90, number 14\n"


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_nothing_under_them_goes_where_blank_lines_do_not_say_where_they_end(between: str) -> None:
    lines = [
        _TEXT.strip(),
        "Related articles",
        *(item[0] for item in _OTHERS),
        *_TABLE.strip().split("\n"),
        "References",
        "1. Quill A. Rain. 2020.",
    ]
    page = between.join(lines) + "\n"
    assert clean(page, _RULES).text == page


@pytest.mark.parametrize(
    "heading",
    ["Recent papers", "Most cited papers by Ada Quill", "Latest guidance", "Most recent reviews", "Patients visited", "Our services"],
)
def test_headings_of_content_head_no_list_of_other_pages(heading: str) -> None:
    page = (
        f"{_TEXT}\n{heading}\nCells for the failing liver of adults\nCells for the liver of the young\nA roof for the clinic of the hill\n"
    )
    assert clean(page, _RULES).text == page


@pytest.mark.parametrize(
    "page",
    [
        # the last tab of a record, and the record
        f"{_TEXT}Description\nDetails\nHistory\nSimilar studies\nVesicles and cells in liver failure of adults\nNumber\nR55\nOwner\nHill\n",
        # a list of words, which may be anything
        f"{_TEXT}\nRelated topics\n\nLiver\n\nCells\n\nRain\n\nIntroduction\nLivers grow back.\n",
        # items whose end nobody sees
        f"{_TEXT}\nSimilar studies\n\nCells for the failing liver of adults\n\nSponsor: Hill University\n\nRecruitment status\nOpen\n",
        # before the text has begun, one of them may be the title
        f"Similar studies\n\nCells for the failing liver of adults\n\nCells for the liver of the young\n\nAbstract\n{_TEXT}",
    ],
)
def test_what_stands_under_such_a_heading_stays_unless_it_is_surely_a_list_of_titles(page: str) -> None:
    assert clean(page, _RULES).text == page


_ABSTRACT = "".join(f"{name}\n{_TEXT}" for name in ("Background", "Methods", "Results", "Conclusions"))


@pytest.mark.parametrize("gap", ["", "\n"])
@pytest.mark.parametrize(
    ("above", "entries"),
    [
        ("Adverse events by frequency", ["Headache (12%)", "Nausea (8%)", "Dizziness (5%)", "Rash (3%)", "Fever (2%)"]),
        ("On admission", ["Haemoglobin 12.3", "Platelets 150", "Creatinine 1.2", "Albumin 3.9", "Sodium 138"]),
        ("Outline", ["09:00 Registration", "09:30 Opening", "10:00 Posters", "11:00 Lunch", "12:00 Farewell"]),
        ("In this article", ["2 onions", "3 carrots", "1 leek", "4 potatoes", "2 turnips"]),
        ("Contents", ["Introduction 4/5", "Methods 3/5", "Results 5/5", "Discussion 2/5", "References 4/5"]),
        ("A trial of rain", ["Ada Quill", "Bo Reed", "Cy Moss", "Dee Wood", "Em Vale"]),
        ("What is measured", ["Pain", "Fatigue", "Sleep", "Mood", "Appetite"]),
        ("Keywords", ["Abstract", "Introduction", "Methods", "Results"]),
        ("Research articles must have these parts, in this order:", ["Abstract", "Introduction", "Methods", "Results"]),
    ],
)
def test_entries_that_say_more_than_their_headings_stay(above: str, entries: list[str], gap: str) -> None:
    heads = [re.sub(r"[\d(].*|^\d[\d:]*", "", entry).strip() or re.sub(r"^[\d: ]+", "", entry) for entry in entries]
    parts = "".join(f"{head}\n{gap}{_TEXT}{gap}" for head in heads)
    page = f"{_ABSTRACT}{gap}{above}\n" + "".join(f"{entry}\n{gap}" for entry in entries) + parts
    assert clean(page, _RULES).text == page


def test_a_list_below_the_parts_that_it_names_stays() -> None:
    page = "".join(f"{name}\n{_TEXT}" for name in _PARTS) + "Your checklist in this guide\n" + "\n".join(_PARTS) + "\n"
    assert clean(page, _RULES).text == page
