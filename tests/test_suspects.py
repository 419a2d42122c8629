"""What stays and looks like chrome: named, with its evidence, and never a line that the user wants kept."""

from __future__ import annotations

from dechaff import RULES, Allow, Document, FileReport, Pipeline
from dechaff.decoding import Encoding
from dechaff.report import Suspect
from dechaff.suspects import suspects

ARTICLE = [
    "Cell therapy in liver failure: a randomised trial",
    "We enrolled 320 patients with liver failure at four centres and followed them for two years after infusion.",
    "Survival at one year was better in the treated group than in the control group, and the difference was large.",
    "Download",
    "No patient was lost, and there was no serious event that the investigators thought to be due to the infusion.",
    "The authors thank the nurses of all four centres for their help with the samples and with the visits at home.",
]
TEXT = "".join(f"{line}\n" for line in ARTICLE)


def found(text: str, *allow: Allow) -> tuple[Suspect, ...]:
    pipeline = Pipeline(RULES, allow=allow, doubts=True)
    works = pipeline.prepare([Document("a.txt", "", text)])
    pipeline.finish(works)
    return suspects(pipeline, works)[0]


def test_a_line_that_only_lacks_company_is_named() -> None:
    (one,) = found("A title of some kind\n\nShare\n\nRain fell on the hill, and the hay was lost.\n")
    assert (one.line, RULES[one.rule].stage) == (3, "chrome")
    assert "alone" in one.note


def test_what_the_user_allows_is_not_suspicious() -> None:
    text = "A title of some kind\n\nShare\n\nRain fell on the hill, and the hay was lost.\n"
    assert found(text, Allow(line="Share")) == ()


def test_a_line_just_above_the_cut_is_named_with_its_score() -> None:
    text = TEXT + "\n" + "Scriptorium\nFollow MedAbstracts\nOur apps\nPartners area\n"
    left = Pipeline(RULES).clean([Document("a.txt", "", text)])[0].text
    lines = left.split("\n")
    for one in found(left):
        assert 0.5 <= one.chance <= 1
        assert lines[one.line - 1] not in {ARTICLE[1], ARTICLE[2], ARTICLE[4]}
        assert one.note
        assert one.text == lines[one.line - 1].strip()


def test_they_survive_the_record() -> None:
    report = FileReport("a", encoding=Encoding("utf-8"), suspects=(Suspect(3, 0.9, "MOD001", "score 0.1", "Share"),))
    assert FileReport.from_json(report.to_json()) == report
    assert "suspects" not in FileReport("a", encoding=Encoding("utf-8")).to_json()
