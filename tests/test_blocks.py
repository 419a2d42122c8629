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
