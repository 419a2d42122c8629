"""What pages of one site share: its template goes, what it says again and again stays."""

from __future__ import annotations

import pytest

from dechaff import Document, Pipeline, select
from dechaff.pages import paged
from dechaff.repetition import survey

_RULES = select(["repetition"])


def _left(head: list[str], foot: list[str]) -> list[list[str]]:
    """Return what stays of the shared lines on four pages that are otherwise unlike."""
    texts = []
    for name, days in (("Amoxilan", 24), ("Bedroxin", 8), ("Cortavel", 56), ("Duramine", 3)):
        body = [f"{name} is given to adults who have had {days} days of fever, and it is taken with water until it has gone."]
        texts.append("\n".join([*head, f"What {name} is for", *body, f"How to store {name}", *foot]) + "\n")
    pages = [Document(str(i), "leaflets", text) for i, text in enumerate(texts)]
    cleaned = Pipeline(_RULES, survey(paged(pages))).clean(pages)
    return [[line for line in result.text.split("\n") if line in {*head, *foot}] for result in cleaned]


@pytest.mark.parametrize(
    "said",
    [
        ["Keep this medicine out of the sight and reach of children."],
        ["Do not use this medicine after the expiry date on the box.", "Do not throw away any medicines with household waste."],
        [
            "If any of the side effects gets serious, please tell your doctor or the nurse on the ward at once, even at night.",
            "Further information",
            "This leaflet does not contain all that is known about the medicine.",
        ],
    ],
)
def test_sentences_that_many_documents_share_stay(said: list[str]) -> None:
    for left in _left([], said):
        assert [line for line in left if line.endswith(".")] == [line for line in said if line.endswith(".")]


@pytest.mark.parametrize(
    "foot",
    [
        ["Opening hours", "Your donation helps us keep this page free.", "Where we are", "Our sponsors", "Imprint"],
        ["Leaflets A to Z", "Leaflets by illness", "Copyright 2024 by the leaflet people of the valley."],
        ["Leaflets A to Z", "Would you like to know more?", "Leaflets by illness"],
    ],
)
def test_a_notice_amid_the_labels_of_a_template_goes_with_them(foot: list[str]) -> None:
    assert _left(["Leaflets of the valley", "All our leaflets"], foot) == [[], [], [], []]


def test_a_sentence_on_the_inner_side_of_a_template_stays() -> None:
    inner = "Do not throw away any medicines with household waste."
    assert _left([], [inner, "Leaflets A to Z", "Leaflets by illness", "Where we are"]) == [[inner]] * 4
