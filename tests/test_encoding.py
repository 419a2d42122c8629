"""Bytes and mojibake: what is restored, and what only looks damaged."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dechaff import RULES, NotTextError, clean, decode, encode
from dechaff.errors import UnknownEncodingError
from dechaff.mojibake import replacements
from dechaff.mojibake.pages import SINGLE

_ENCODING = frozenset(code for code in RULES if code.startswith("ENC"))
_RUSSIAN = "Пациентам назначили лечение, и через неделю печень работала лучше.\nДозу препарата снизили вдвое.\n"
_FRENCH = "Le médecin a noté une légère élévation de la bilirubine après la première séance.\n"


_QUOTED = "The treatment didn’t help; she said that “nothing has changed” and the nurse’s notes agreed.\n"


def _repaired(text: str) -> str:
    return clean(text, _ENCODING).text


@pytest.mark.parametrize("page", ["cp866", "koi8-r", "windows-1251", "iso-8859-5", "mac-cyrillic", "cp855"])
def test_russian_is_read_in_any_of_its_pages(page: str) -> None:
    decoded = decode(_RUSSIAN.encode(page))
    assert decoded.text == _RUSSIAN
    assert encode(decoded.text, decoded.encoding) == _RUSSIAN.encode(page)


def test_contractions_and_quotes_make_english_windows_1252() -> None:
    text = "The patient’s liver didn’t recover; “no change”, the nurse wrote.\n"
    assert decode(text.encode("cp1252")).encoding.name == "windows-1252"


def test_a_file_cut_inside_a_character_loses_that_character_alone() -> None:
    raw = "Die Größe der Leber\nfiel auf die Hälfté".encode()[:-1]
    decoded = decode(raw)
    assert decoded.text.endswith("Hälft")
    assert encode(decoded.text, decoded.encoding) == raw


def test_a_forced_encoding_is_taken_or_refused_by_name() -> None:
    assert decode("Größe".encode("cp850"), "cp850").text == "Größe"
    with pytest.raises(UnknownEncodingError, match="did you mean 'windows-1252'"):
        decode(b"x", "windows-1522")
    with pytest.raises(UnknownEncodingError):
        decode(b"x", "base64")
    with pytest.raises(NotTextError, match="byte 0xFC at offset 2, line 2"):
        decode(b"a\n\xfcb", "utf-8")


@pytest.mark.parametrize("page", [page for page in SINGLE if page != "iso-8859-15"])
def test_utf8_read_as_any_single_byte_page_comes_back(page: str) -> None:
    text = _FRENCH if page == "latin-1" else _RUSSIAN
    try:
        damaged = text.encode().decode(page)
    except UnicodeDecodeError:
        pytest.skip(f"{page} has no character for some byte")
    assert _repaired(damaged) == text


@pytest.mark.parametrize("page", ["gbk", "big5", "cp949", "cp932"])
def test_french_read_as_an_east_asian_page_comes_back(page: str) -> None:
    assert _repaired(_FRENCH.encode().decode(page, "replace")) == _FRENCH


def test_a_page_that_was_read_as_another_is_found_by_spelling() -> None:
    text = _RUSSIAN * 2
    assert _repaired(text.encode("koi8-r").decode("cp1251")) == text


@pytest.mark.parametrize(
    "text",
    [
        "ID3 is a metadata container that stands before the sound.\n",
        "RIFF files hold chunks, and AVI is one of them.\n",
        "RIFF or AVI files hold chunks.\n",
        "GIF87 and GIF89a are two versions of one format.\n",
        "GIF89a\nis the second version.\n",
        "BZh9 is how an archive of bzip2 begins.\n",
        "OggS is said before each page.\n",
        "PAR1 is written at both ends.\n",
        "%PDF-1.7 was the last that one company made alone.\n",
        "SQLite format 3 has pages.\n",
    ],
)
def test_a_text_about_a_format_is_text(text: str) -> None:
    assert decode(text.encode()).text == text


@pytest.mark.parametrize(
    "raw",
    [
        b"ID3\x03\x00\x00\x00\x00\x0f\x76TIT2",
        b"RIFF\x24\x08\x00\x00WAVEfmt ",
        b"RIFF\x1a\x2b\x01\x00WEBPVP8 ",
        b"GIF89a\x10\x00\x20\x00\xf7\x00\x00",
        b"BZh91AY&SY\x5b\xd3",
        b"OggS\x00\x02\x00\x00",
        b"PAR1\x15\x04\x15\x20",
        b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
        b"%PDF-1.7\r",
        b"\xca\xfe\xba\xbe\x00\x00\x00\x41",
        b"\xcf\xfa\xed\xfe\x07\x00\x00\x01",
    ],
)
def test_what_a_format_begins_with_is_refused(raw: bytes) -> None:
    with pytest.raises(NotTextError, match="not text"):
        decode(raw + b"It rained. " * 90)


def test_replacement_characters_are_filled_in_english_where_one_answer_is_left() -> None:
    assert _repaired(_QUOTED.translate(dict.fromkeys(map(ord, "’“”"), "\ufffd"))) == _QUOTED


@pytest.mark.parametrize("line", ["He paid \ufffd5 for it.", "One \ufffd two", "\ufffd\ufffd\ufffd", "4\ufffd4 cm"])
def test_replacement_characters_with_several_answers_stay(line: str) -> None:
    assert "’" not in _repaired(line)
    assert "–" not in _repaired(line)


@pytest.mark.parametrize(
    "line",
    [
        "The hazard ratio was 0\ufffd82 (95% CI 0\ufffd71 to 0\ufffd95).",
        "It fell in 12\ufffd16 and in the rest (p=0\ufffd03).",
        "We gave 12\ufffd5 mg a day to 20\ufffd30 of them.",
        "Each got 1\ufffd106 cells, or 12\ufffd106 of them.",
        "Two by ten: 2\ufffd10 per well in a 3\ufffd4 design.",
        "She is 5\ufffd11 tall.",
        "Seen on 12\ufffd05\ufffd2020 and on 13\ufffd05\ufffd2020.",
        "A mean of 2\ufffd35 and a range of 3.5\ufffd4.5.",
    ],
)
def test_what_was_lost_between_digits_is_not_taken_for_a_dash_where_it_may_be_a_point_or_a_sign(line: str) -> None:
    assert _repaired(f"They fell ill in 1998\ufffd2004 and got well.\n{line}").split("\n")[1] == line


@pytest.mark.parametrize(
    "line", ["In 1998–2004 it rained.", "See pages 176–179.", "At 20–30 degrees.", "About 1,200–1,500 men.", "For $5–$10."]
)
def test_whole_numbers_that_rise_are_a_range(line: str) -> None:
    text = f"They fell ill and got well again.\n{line}"
    assert _repaired(text.replace("–", "\ufffd")) == text


def test_an_entity_escaped_any_number_of_times_is_plain_at_once() -> None:
    once = clean("p &" + "amp;" * 60 + "lt; 0.05\n").text
    assert once == "p < 0.05\n"


@given(
    st.sampled_from(["â€™", "Ã©", "&amp;", "\ufffd", "é", "’", "鈥檚", "Ð´Ð°", "a", " ", "\n"]).flatmap(
        lambda _: st.text(alphabet="âÃ©€™Ð´鈥檚\ufffd&amp; \n")
    )
)
@settings(max_examples=150, deadline=None)
def test_repairing_twice_is_repairing_once(text: str) -> None:
    once = _repaired(text)
    assert _repaired(once) == once


@pytest.mark.parametrize(
    ("damaged", "sound"),
    [
        ("The caf\ufffds were shut.", "The cafés were shut."),
        ("It\ufffds the Caf\ufffd\n", "It’s the Café\n"),
        ("She said \ufffdno\ufffd and left.", "She said “no” and left."),
        ("A film of the \ufffd90s", "A film of the ’90s"),
    ],
)
def test_a_lost_accent_is_no_apostrophe(damaged: str, sound: str) -> None:
    assert _repaired(damaged) == sound


@pytest.mark.parametrize("line", ["Harris\ufffdBenedict estimates are used.", "It was a coup\ufffd", "Ros\ufffd\ufffds"])
def test_what_two_characters_would_fit_stays_lost(line: str) -> None:
    assert _repaired(line) == line


def test_odd_letters_beside_digits_are_no_misread_page() -> None:
    text = "Posted 19hΩ120 by jo\nPosted 1dΩ398 by al\nThe resistance was 4kΩ, then 12kΩ.\n"
    assert _repaired(text) == text


_PAGE = "The nurse’s notes said “no change” again.\nIt didn’t help; the patient’s sister — a doctor — left.\nWe’ll see, she said.\n"


@pytest.mark.parametrize("page", ["gbk", "big5", "cp949", "cp932", "ascii"])
def test_english_read_as_an_east_asian_page_comes_back_without_its_quotation_marks(page: str) -> None:
    damaged = _PAGE.replace(" — a doctor —", "").encode().decode(page, "replace")
    assert _repaired(damaged) == _PAGE.replace(" — a doctor —", "")


def test_letters_that_profiles_count_as_others_come_back_and_lost_ones_of_other_scripts_stay() -> None:
    """A word-joiner is three bytes, so what stands behind it in Persian loses its last letter: "ها", "های" and others would fit."""
    text = "وزیر گفت که این برنامه برای ایران نیز مفید است.\nوی افزود که زمینه\u200cهای دیگر نیز بررسی می\u200cشود.\n"
    damaged = text.encode().decode("gbk", "replace")
    for new, was, broken in zip(_repaired(damaged).split(), text.split(), damaged.split(), strict=True):
        assert new == (broken if "\ufffd" in broken else was)


def test_a_dash_that_was_lost_is_open_without_another_in_the_document() -> None:
    damaged = _PAGE.encode().decode("cp949", "replace")
    assert "\ufffd\ufffd\ufffd a doctor" in _repaired(damaged)
    assert "sister — a doctor — left" in _repaired("One way — the other was closed — stayed.\n" + damaged)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Die Größe der Leber fiel auf die Hälfte, sagte die Ärztin.\nFür die Patienten wäre es schön.\n"),
        ("cs", "Pacienti dostávali léčbu každý týden a játra fungovala lépe.\nLékařka řekla, že dávka byla příliš vysoká.\n"),
        ("ro", "După o săptămână ficatul pacienților a funcționat mai bine.\nDoza a fost redusă în fiecare zi.\n"),
        ("pl", "Po tygodniu wątroba pacjentów pracowała lepiej.\nDawkę leku zmniejszono o połowę.\n"),
    ],
)
@pytest.mark.parametrize("page", ["gbk", "cp949", "cp932"])
def test_words_that_lost_bytes_are_filled_rightly_or_not_at_all(language: str, text: str, page: str) -> None:
    assert language
    damaged = text.encode().decode(page, "replace")
    for new, was, broken in zip(_repaired(damaged).split(), text.split(), damaged.split(), strict=True):
        assert new in {was, broken}


@pytest.mark.parametrize(
    "text",
    [
        "He wore a T恤 and sang 卡拉OK.\nThe 3G网 was slow; Hello猫Kitty bags sold well.\n",
        "The character 眉 means eyebrow, 猫 means cat, and 茅 is in Maotai.\n",
        "U+FFFD looks like \ufffd or \ufffd\ufffd\ufffd in a terminal.\n",
        "SELKÄ\xa0EDELLÄ\xa0MAAHAN\n",
        "ВІКІ is Ukrainian for WIKI\n",
        "HÅØYA ER BLÅØYD\n",
        "├┤a┼┐a┼┐a┼┐a┼┐a\n",
    ],
)
def test_a_few_characters_that_happen_to_be_utf8_stay(text: str) -> None:
    assert _repaired(text) == text


def test_what_happens_to_be_utf8_stays_damaged_no_longer_beside_certain_damage() -> None:
    assert _repaired("voilÃ le travail, mÃ©decin\n") == "voilà le travail, médecin\n"


@pytest.mark.parametrize(
    ("found", "meant"),
    [
        ("p &lt; 0.05, and a < b; caf&eacute;s &amp; bars", "p < 0.05, and a < b; cafés & bars"),
        ("R&amp;amp;D &amp;lt; 3&#37; &#x2019;90s", "R&D < 3% ’90s"),
        ("http://example.org/?a=1&amp;b=2&copy=3", "http://example.org/?a=1&b=2&copy=3"),
        ("one&#10;two &hellip;", "one&#10;two …"),
        ("&lt;p&gt;A paragraph of a feed.&lt;/p&gt;", "<p>A paragraph of a feed.</p>"),
    ],
)
def test_entities_are_written_as_characters_line_by_line(found: str, meant: str) -> None:
    assert _repaired(f"1 < 2\n{found}\n3 > 2\n") == f"1 < 2\n{meant}\n3 > 2\n"


@pytest.mark.parametrize(
    "sample",
    [
        "Write <b>&amp;</b> to show an ampersand.",
        'text = text.replace("&amp;", and_sign)',
        "if (a &amp;&amp; b &lt; c) {",
        "std::vector&lt;int&gt; v = f(&amp;x);",
    ],
)
def test_samples_of_markup_and_code_stay_while_other_lines_are_repaired(sample: str) -> None:
    text = "Smith &amp; Weber\np &lt; 0.05\nR&amp;D\n"
    assert _repaired(f"{text}{sample}\n") == f"Smith & Weber\np < 0.05\nR&D\n{sample}\n"


def test_a_page_about_markup_keeps_its_entities() -> None:
    text = "<p>Tom &amp; Jerry</p>\nThe entity &amp; stands for an ampersand.\n"
    assert _repaired(text) == text


def test_around_a_lost_character_only_so_much_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """With all of a line of a megabyte for each of its lost characters, time would grow with the square of the line."""
    seen: list[int] = []
    mark = replacements._mark  # noqa: SLF001  nothing else sees what is looked at

    def noted(before: str, after: str, known: replacements.Evidence, *, quoted: bool) -> str:
        seen.append(len(before) + len(after))
        return mark(before, after, known, quoted=quoted)

    monkeypatch.setattr(replacements, "_mark", noted)
    filled = replacements.fill("I don\ufffdt know. " * 500, replacements.Evidence(("en",), "", doubles=False))
    assert filled == "I don’t know. " * 500
    assert len(seen) == 500
    assert max(seen) <= 4000
