"""Blocks of chrome, and the lists of content that have their shape."""

from __future__ import annotations

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
        ("The trials were small and they were short.", True),
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
    for between in ("\n\n", "\n"):
        others = between.join("\n".join(item) for item in _OTHERS)
        left = clean(f"{_TEXT}\n{heading}\n{others}{between}{below}", _RULES).text
        assert left.split() == f"{_TEXT}{below}".split()


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
