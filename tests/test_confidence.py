"""How sure a removal is said to be."""

from __future__ import annotations

from dechaff import RULES, Document, Finding, Pipeline
from dechaff.confidence import confidence, measured
from dechaff.decoding import decode
from dechaff.report import describe


def removal(rule: str, note: str = "", old: str = "Share\n", new: str = "") -> Finding:
    return Finding(1, 1, rule, old, new, note, 0, 0)


def test_a_rule_that_was_often_right_is_surer_than_one_hardly_seen() -> None:
    often, wrong, never = (confidence(removal(code)) for code in ("CHR004", "CHR201", "OWN001"))
    assert often is not None
    assert wrong is not None
    assert never is not None
    assert 0.99 < often < 1
    assert never < wrong < often


def test_blocks_in_several_languages_are_measured_apart() -> None:
    one, several = (confidence(removal("FOO001", f"after the text, in a block of 3 lines; {code}, 100% sure")) for code in ("de", "mul"))
    assert one is not None
    assert several is not None
    assert several < one


def test_what_removes_no_words_has_none() -> None:
    assert confidence(removal("BLK001", old="\n")) is None
    assert confidence(removal("ENC001", old="Ã©", new="é")) is None
    assert confidence(removal("LAN001", old="")) is None


def test_the_model_says_itself_how_sure_it_is() -> None:
    text = "Menu\nShop\nBasket\nAccount\nDeals\nBrands\nOutlet\nGift cards\nWish list\nTrack order\nStores\nCareers\nPress\nHelp\n"
    body = "The patients were followed for two years after the infusion, and none of them was lost to the investigators.\n" * 3
    text = text + body + text
    cleaned = Pipeline(RULES, removal="balanced").clean([Document("a", "", text)])[0]
    raw = text.encode()
    found = [one for one in describe("a", "", raw, decode(raw), cleaned).findings if one.rule == "MOD001"]
    assert found
    for one in found:
        sure = confidence(one)
        assert sure is not None
        assert f"score {1 - sure:.3f}" in one.note


def test_every_measured_rule_is_one() -> None:
    assert {of[:6] for of in measured()} <= set(RULES)
    assert all(0 < chrome <= lines for lines, chrome in measured().values())
