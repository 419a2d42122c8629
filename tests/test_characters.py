"""Characters that nobody sees: gone where no script needs them, and everything else to the byte."""

from __future__ import annotations

import pytest

from dechaff import RULES, clean

_REPAIRS = frozenset(code for code in RULES if code.startswith(("ENC", "CHA")))


def _repaired(text: str) -> str:
    return clean(text + "\n", _REPAIRS).text.removesuffix("\n")


_LANGUAGES = [
    "The nurse’s notes — “no change” — agreed… at £3 or €4.",
    "Die Ärztin prüfte die Größe: „gut“, hieß es – ›sehr gut‹.",
    "L’hôpital de Noël a noté « une légère fièvre » où ça gênait l’œil.",
    "La niñez, ¿qué pasó? ¡Nada! El pingüino volvió al año siguiente.",
    "A função do coração não é só bater; é também sentir às avós.",
    "Perché la città è più fredda? Così è la virtù.",
    "Łódź, źdźbło, gęś i żółw — „zażółć gęślą jaźń”.",
    "Příliš žluťoučký kůň úpěl ďábelské ódy; říčka šuměla.",
    "Árvíztűrő tükörfúrógép, őszi dűnék.",
    "Iğdır’da ışık söndü; şüphe büyüdü, çığ düştü.",
    "Пациент поправился: «всё хорошо», — сказала врач. Її їжа, ґанок, ўзлёт.",
    "Η ασθενής ανέρρωσε· «όλα καλά», είπε ο γιατρός.",
    "החולה החלימה; ״הכול טוב״, אמר הרופא ב־3 במאי.",
    "تعافت المريضة، وقال الطبيب: «كل شيء بخير»؟",
    "بیمار بهبود یافت و می‌خواهد کتاب‌هایش را ببیند.",
    "रोगी ठीक हो गया; क्‍षमा, र्‌क और श्री।",
    "ක්‍රිකට් සහ ශ්‍රී ලංකා.",
    "ผู้ป่วย\u200bหาย\u200bดี",
    "អ្នកជំងឺ\u200bបាន\u200bជា\u200bសះស្បើយ",
    "ຄົນເຈັບ\u200bຫາຍດີ",
    "လူနာ\u200bသက်သာ\u200bလာသည်",
    "ནད་པ་\u200bདྲག་སོང་།",
    "ᠮᠣᠩᠭᠣᠯ\u180e\u202fᠤᠨ ᠬᠡᠯᠡ",
    "患者は回復した。「大丈夫」と医師は言った——ＡＢＣ　１２３。",
    "病人康复了，医生说：“一切都好”。葛󠄀飾区",
    "환자는 회복했다. ‘괜찮다’고 의사가 말했다.",
    "Bệnh nhân đã khỏi; bác sĩ nói: “mọi thứ đều ổn”.",
    "Sjúklingnum batnaði; „allt gott“, sagði læknirinn á þriðjudag.",
]
_FORMS = [
    "∀x ∈ ℝ: x² + y³ ≤ ½·π ± 0.3, ∑ᵢ aᵢ → ∞, |ψ⟩ ⟨φ|, √2 ≈ 1.41, f′(x) = −x″",
    "H₂O, Ca²⁺, SO₄²⁻, ¹³C, α-D-glucose, N→N, ΔG° = −5 kJ·mol⁻¹, 25 °C, 3 µm, 1 Å",
    "if (a && b) { return x < y ? '«' : '»'; }  // naïve: café != cafe\u0301s"[:-5],
    "👩‍🔬 👨‍👩‍👧‍👦 🏳️‍🌈 👍🏽 ❤️ ☎︎ 1️⃣ 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "ʔəˈβɔ̃ː ǃkʰoː tʃʰaɪ ŋ̊ — [ˈlɪvɚ]",
    "ﬁne ﬂow, Ⅳ, ㎏, ｗｉｄｅ, “curly”, ‘single’, 5′ 3″, ½",
    "\u200fעברית (abc)\u200f 12 \u2067أبجد\u2069 \u061c",
    "Ångström, Łódź, Čapek, Ñandú, São Paulo, ȘtefănescȚ",
    "x² + y³ ≤ ½·π ± 0.3 µm, 25 °C, 5′ 3″, Δx → ∞, H₂O, Ca²⁺",
    "Ελληνικό κείμενο, русский текст, עברית, العربية, हिन्दी, ไทย",
    "これは日本語の文です。联通 中文 한국어",
    "👩‍🔬 👍🏽 🏴󠁧󠁢󠁷󠁬󠁳󠁿 ❤️",
    "Það er þó ekki víst að þetta sé rétt.",
    "Hún sagði „já“ – ‘nei’ … “kannski”",
]
"""Formulas, chemistry, code, emoji, phonetics, forms of letters, and lines that mix them."""


@pytest.mark.parametrize("line", [*_LANGUAGES, *_FORMS])
def test_sound_text_stays_to_the_byte(line: str) -> None:
    assert _repaired(line) == line


@pytest.mark.parametrize(
    ("found", "clean_line"),
    [
        ("cyto\u200bkine release", "cytokine release"),
        ("inter\u00adfer\u00adon", "interferon"),
        ("alpha\u200cbeta\u200dgamma", "alphabetagamma"),
        ("русс\u200dкий", "русский"),
        ("中\u200b文", "中文"),
        ("\ufeffTitle", "Title"),
        ("word\u0001word", "word word"),
        ("word\u000bword", "word\nword"),
        ("5\u00a0mg", "5 mg"),
    ],
)
def test_what_no_script_needs_goes(found: str, clean_line: str) -> None:
    assert _repaired(found) == clean_line


@pytest.mark.parametrize("control", [chr(code) for code in (*range(1, 9), *range(0x0E, 0x20), *range(0x7F, 0x85), 0xFFFC) if code != 0x1B])
def test_a_control_never_joins_two_words(control: str) -> None:
    assert clean(f"liver{control}cells\n", frozenset({"CHA002"})).text == "liver cells\n"
