"""Blocks in other languages: what goes, what stays, and what is only said."""

from __future__ import annotations

import io
import re
import runpy
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dechaff import RULES, Document, Languages, Pipeline, clean, select
from dechaff.foreign.page import foreign_page
from dechaff.foreign.picker import names
from dechaff.foreign.words import Words
from dechaff.language import TABLE
from dechaff.line_language import evidence

_RULES = select(["language", "footers"])
_TEXT = [
    "The gauges on the roofs of eleven clinics were read each morning for a year, and nobody missed a day.",
    "",
    "The two agreed to within four per cent in every month but March, when snow had blocked the funnels.",
]
_GERMAN = [
    "Die Regenmesser auf den Dächern von elf Kliniken wurden ein Jahr lang jeden Morgen abgelesen.",
    "",
    "Die beiden stimmten in jedem Monat außer dem März überein, als der Schnee die Trichter verstopft hatte.",
]
_FOOTERS = {
    "fr": ["Qui sommes-nous", "Nos engagements pour votre vie privée", "Gérer mes préférences"],
    "es": ["Trabaja con nosotros", "Preguntas frecuentes sobre el envío"],
    "id": ["Syarat penggunaan layanan kami", "Ikuti kami di media sosial"],
    "fi": ["Tietoa evästeistä", "Tilaa uutiskirjeemme"],
    "tr": ["Üyelik sözleşmesi", "Sık sorulan sorular"],
    "hu": ["Iratkozzon fel hírlevelünkre", "Adatkezelési tájékoztató"],
    "vi": ["Điều khoản sử dụng dịch vụ", "Câu hỏi thường gặp"],
    "cy": ["Cofrestrwch ar gyfer ein cylchlythyr", "Telerau ac amodau"],
    "ru": ["Подписка на новости портала", "Правила перепечатки материалов"],
    "ar": ["اشترك في نشرتنا البريدية", "سياسة ملفات الارتباط"],
    "zh": ["订阅我们的新闻", "用户服务协议"],
    "ko": ["뉴스레터 구독하기", "자주 묻는 질문"],
}


def _clean(lines: list[str], languages: Languages | None = None) -> tuple[list[str], list[str]]:
    """Return the lines that stay, and the notes of what is only reported."""
    pipeline = Pipeline(_RULES, languages=languages or Languages())
    result = pipeline.clean([Document("a", "", "\n".join(lines) + "\n")])[0]
    return result.text.split("\n")[:-1], [edit.note for edit in result.reports]


@pytest.mark.parametrize("code", _FOOTERS)
def test_a_footer_goes_and_its_language_is_named(code: str) -> None:
    text = "\n".join([*_TEXT, "", *_FOOTERS[code]]) + "\n"
    result = clean(text, _RULES)
    assert result.text.rstrip("\n") == "\n".join(_TEXT)
    notes = {edit.note for layer in result.layers for edit in layer}
    assert len(notes) == 1
    if code != "id":  # Malay and Indonesian say these in the same words
        assert f"; {code}, " in notes.pop()


@pytest.mark.parametrize("code", _FOOTERS)
def test_the_same_block_goes_from_the_head(code: str) -> None:
    assert [line for line in _clean([*_FOOTERS[code], "", *_TEXT])[0] if line] == [line for line in _TEXT if line]


@pytest.mark.parametrize(
    "tail",
    [
        [
            "Resumen",
            "Se leyeron los pluviómetros de once clínicas cada mañana durante un año y se compararon con los de las estaciones cercanas.",
        ],
        ["脐带间充质干细胞治疗肝硬化患者的临床研究"],
        ["Γιώργος Αλεξάκης, Μαρία Δημητρίου, Ελένη Παπαγιάννη"],
        ["王伟, 李娜, 张敏"],
        ["김민수, 이영희, 박지훈"],
        ["Wang Wei, Li Na, Zhang Min, Chen Jing, Liu Yang"],
        ["Klinik für Wetterkunde, Universitätsklinikum Musterstadt, Musterstr. 4, 12345 Musterstadt, Germany"],
        ["3. Weber K. Der Regen auf den Dächern der Kliniken. Z Regenkunde. 2011;12(3):33-41."],
        ["Quercus robur, Fagus sylvatica, Picea abies"],
        ["IL-1β, IL-6, TNFα, IFN-γ, κB"],
        ["Adalimumab, infliximab, tocilizumab, azathioprine"],
        ["Financiación: Fundación Lluvia y Vida, ayuda 2019/077."],
        ["Palabras clave: lluvia, tejado, medición"],
        ["setState(nextState);", "def leer_lluvia(tejado): return tejado.lluvia"],
        ["NCT09999001", "doi: 10.5555/regen.2020.12"],
    ],
    ids=lambda tail: tail[0][:20],
)
@pytest.mark.parametrize("place", ["before", "after", "amid"])
def test_content_in_another_language_stays(tail: list[str], place: str) -> None:
    page = {"before": [*tail, "", *_TEXT], "after": [*_TEXT, "", *tail], "amid": [*_TEXT, "", *tail, "", *_TEXT]}[place]
    assert _clean(page)[0] == page


@pytest.mark.parametrize(
    "line",
    [
        "Ελληνική Εταιρεία Μελέτης Ήπατος",
        "日本肝臓学会",
        "대한신경과학회",
        "Türk Karaciğer Araştırmaları Derneği",
        "Sociedade Portuguesa de Cardiologia",
        "Slovenská lekárska spoločnosť",
        "Вестник хирургической гастроэнтерологии",
        "Wiadomości Lekarskie",
        "HNO-Klinik, Kreiskrankenhaus Altstadt, Altstadt",
        "Ключові слова: задишка, літні",
        "Anahtar kelimeler: safra asitleri, açlık",
        "关键词 胆汁酸；禁食；队列",
        "柴胡, 黄芩, 半夏, 人参",
        "赵敏 钱伟 孙丽 周强",
        "小林 真、渡辺 由美",
        "أحمد سالم، منى الخطيب، خالد يوسف",
        "Автори заявляють про відсутність конфлікту інтересів.",
        "Tác giả cam kết không có xung đột lợi ích.",
        "Die Studie wurde von der Ethikkommission genehmigt.",
        "(受稿：2011年4月5日)",
        "«Здоровье дороже богатства»",
        "「食は命なり」",
        "Nervus vagus, plexus brachialis, arteria carotis communis",
        "Статус: Recruiting",
        "研究阶段：Phase 3",
    ],
)
def test_a_line_of_an_article_stays_alone_at_the_end(line: str) -> None:
    page = [*_TEXT, "", line]
    assert _clean(page)[0] == page


# Lists and bylines in scripts without capitals, whose shape alone tells them from a menu.
_LISTS = {
    "authors": [
        "Иво Стоянов, Мария Колева, Петър Ганев",
        "Նարեկ Ավագյան, Անահիտ Պետրոսյան, Տիգրան Մելքոնյան",
        "ნინო გელაშვილი, გიორგი ბერიძე, ანა კობახიძე",
        "रमेश जोशी, सुनीता वर्मा, अनिल मिश्र",
        "রহিম উদ্দিন, সালমা বেগম, কামাল হোসেন",
        "முருகன் வேலு, கலா ராஜன், செல்வி குமார்",
        "สมศรี วงศ์ดี, ประเสริฐ ทองคำ, มาลี ศรีสุข",
        "ማርታ ከበደ፣ ዮሐንስ ታደሰ፣ ሰላም በቀለ",
        "שרה גולן, אבי מזרחי, תמר ליבוביץ",
        "ليلى حداد، سامي نجار، هدى عيسى",
        "زهرا کریمی، علی مرادی، مریم صادقی",
        "石井 健太、森 由紀、岡田 誠",
        "А. Серік, Б. Нұрлан, Г. Айжан",
    ],
    "herbs and drugs": [
        "当归, 川芎, 白芍, 熟地黄",
        "生薬（柴胡、黄芩、半夏）",
        "ромашка аптечная, зверобой продырявленный, мята перечная",
        "अश्वगंधा, तुलसी, हल्दी, आँवला",
        "ขมิ้นชัน, ฟ้าทะลายโจร, กระชาย",
        "인삼, 감초, 당귀, 천궁",
        "βαλεριάνα, χαμομήλι, φασκόμηλο",
        "بابونج، زعتر، مرمية، يانسون",
        "アスピリン、イブプロフェン、ナプロキセン",
        "阿司匹林、布洛芬、萘普生",
        "አስፒሪን፣ ፓራሲታሞል፣ አይቡፕሮፌን",
    ],
    "keywords": [
        "Кілт сөздер: қар, төбе, жауын",
        "คำสำคัญ: หิมะ, หลังคา, การวัด",
        "कुंजी शब्द: हिमपात, छत, मापन",
        "საკვანძო სიტყვები: თოვლი, სახურავი, გაზომვა",
        "Հիմնաբառեր: ձյուն, տանիք, չափում",
    ],
    "affiliations": [
        "Катедра по вътрешни болести, Медицински университет, Плевен",
        "ภาควิชาอายุรศาสตร์ โรงพยาบาลกลาง กรุงเทพฯ",
        "चिकित्सा विभाग, नगर अस्पताल, जयपुर",
        "המחלקה לילדים, בית החולים העמק, עפולה",
        "Ներքին հիվանդությունների բաժանմունք, բժշկական կենտրոն, Գյումրի",
    ],
    "references": [
        "[4] 沈浩. 屋顶积雪测量[J]. 气象学报, 2013, 21(4): 44-49.",
        "12. 장민호. 지붕의 강설. 한국기상학회지 2010;20:155-60",
        "8. جوشي ر. الثلوج على الأسطح. مجلة الطب 2011;7(1):33-40.",
        "Серік А. Төбедегі қар. Метеорология. 2015; 3(1): 5-9.",
    ],
    "titles": [
        "Η θεραπεία της κίρρωσης με βότανα: ανασκόπηση",
        "טיפול בשחמת הכבד בצמחי מרפא",
        "การรักษาโรคตับแข็งด้วยสมุนไพร",
        "यकृत रोग का जड़ी-बूटियों से उपचार",
        "Лікування цирозу печінки травами",
    ],
    "quotations": ["«Тише едешь — дальше будешь»", "「七転び八起き、人生ずっと旅」", "«درهم وقاية خير من قنطار علاج»"],
    "declarations": ["Автори: О. Ткаченко", "著者：石井健太", "저자: 장민호", "著者に開示すべき利益相反はない"],
    "English with the words in their own letters": [
        "Dr Pavel Orlov (Павел Орлов)",
        "Borscht (борщ), kvass (квас) and kefir (кефир)",
        "Tolstoy's War and Peace (Война и мир)",
        "Sanatorium Zarya (санаторий)",
        "Xiao Chai Hu Tang (小柴胡汤)",
        "Seoul National Roof Hospital (서울)",
        "The Greek word ἧπαρ means the liver",
        "Nikolai Pirogov, surgeon (хирург)",
    ],
}


@pytest.mark.parametrize("line", [line for lines in _LISTS.values() for line in lines])
@pytest.mark.parametrize("place", ["before", "after", "over the last line"])
def test_lists_and_bylines_of_any_script_stay_at_the_edges(line: str, place: str) -> None:
    page = {"before": [line, "", *_TEXT], "after": [*_TEXT, "", line], "over the last line": [*_TEXT, "", line, "", "© 2014"]}[place]
    assert _clean(page)[0] == page


@pytest.mark.parametrize(
    "line",
    [
        "Нарисовать, стереть круг, повернуть",
        "চিত্র আঁকা, মোছা, ঘোরানো যায়",
        "画像を描く、消す、回す",
        "図形の一部分だけの描画、消去、回転",
        "Snow API мәтіні",
        "Roof Gauge Company түгел",
    ],
)
def test_a_clause_with_commas_and_a_line_around_english_names_go(line: str) -> None:
    assert _clean([*_TEXT, "", line])[0] == [*_TEXT, ""]


@pytest.mark.parametrize(
    "title",
    [
        "Der Schlaf der Bauern im Mittelalter",
        "La mesure de la neige sur les toits plats",
        "El sueño de los campesinos en la Edad Media",
        "Misura della neve sui tetti piani",
        "Pomiar śniegu na dachach płaskich",
        "Sneeuwmeting op platte daken",
        "Ankeriaan vaellus Itämerellä keväällä",
        "Hómérés lapos tetőkön télen",
        "Vandringar hos ål i norra Östersjön",
    ],
)
def test_a_title_of_any_subject_stays_alone(title: str) -> None:
    assert _clean([title, "", *_TEXT])[0] == [title, "", *_TEXT]
    assert _clean([*_TEXT, "", title])[0] == [*_TEXT, "", title]


def test_labels_in_another_language_over_values_stay() -> None:
    page = [*_TEXT, "", "Статус", "Recruiting", "Фаза", "Phase 2"]
    assert _clean(page)[0] == page


def test_nothing_goes_where_nothing_would_be_left() -> None:
    text = "一个中文页脚\nx\ny\nz\nq\nw\nA\n一个中文页脚\n\nHome\n"
    assert clean(text).text == text


def test_what_stands_over_a_sentence_is_no_label() -> None:
    sentence = "Start your visit to the eleven roofs with a look at the gauges, which were all read on the first day of May."
    assert _clean(["Қазір", "Кез келген күн", sentence, "", *_TEXT])[0] == [sentence, "", *_TEXT]


def test_a_long_sentence_that_speaks_of_no_site_stays_alone() -> None:
    sentence = (
        "Os pluviómetros foron lidos cada mañá durante un ano nos tellados de once clínicas, e ninguén faltou nin un só día á súa cita."
    )
    page = [*_TEXT, "", sentence]
    kept, notes = _clean(page)
    assert kept == page
    assert len(notes) == 1


def test_a_block_amid_the_text_is_reported_and_goes_on_request() -> None:
    page = [*_TEXT, "", "Abonnez-vous à notre lettre d'information", "Gérer mes préférences de cookies", "", *_TEXT]
    kept, notes = _clean(page)
    assert kept == page
    assert len(notes) == 1
    assert notes[0].startswith("2 lines; fr, ")
    kept, notes = _clean(page, Languages(blocks="all"))
    assert "Gérer mes préférences de cookies" not in kept
    assert [line for line in kept if line] == [line for line in [*_TEXT, *_TEXT] if line]
    assert not notes


def test_kept_languages_are_content() -> None:
    footer = _FOOTERS["fr"]
    both = Languages(("de", "en"))
    page = [*_GERMAN, "", *footer]
    assert _clean(page)[0] == page  # wholly foreign: nothing is touched
    assert [line for line in _clean(page, both)[0] if line] == [line for line in _GERMAN if line]
    assert _clean([*_TEXT, "", *_GERMAN], both) == ([*_TEXT, "", *_GERMAN], [])
    chinese = [*_TEXT, "", *_FOOTERS["zh"]]
    assert _clean(chinese, Languages(("en", "zh")))[0] == chinese
    assert _clean(chinese, both)[0] != chinese


def test_langdetect_can_be_asked_instead() -> None:
    page = [*_TEXT, "", *_FOOTERS["hu"]]
    assert [line for line in _clean(page, Languages(engine="langdetect"))[0] if line] == [line for line in _TEXT if line]


@pytest.mark.parametrize("lines", [_GERMAN, *(footer * 5 for code, footer in _FOOTERS.items())], ids=["prose", *_FOOTERS])
def test_a_page_wholly_in_another_language_is_left_as_it_is(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    assert foreign_page(text)
    result = clean(text)
    assert result.text == text
    assert {edit.rule for edit in result.reports} == {"LAN001"}


def test_a_picker_is_three_names_of_languages() -> None:
    assert names("English | Deutsch | Français") == (3, 0)
    assert names("中文 日本語 한국어 English") == (4, 0)
    assert names("We speak Deutsch and Français at home")[0] < 3
    assert [line for line in _clean([*_TEXT, "", "Deutsch", "Suomi", "Українська"])[0] if line] == [line for line in _TEXT if line]
    two = [*_TEXT, "", "Deutsch", "Suomi"]
    assert _clean(two)[0] == two


@pytest.mark.parametrize("name", ["article", "medicine", "site", "notice", "declaration"])
def test_the_automaton_passes_over_no_word(name: str) -> None:
    words = Words(name)
    plain = [word for text in TABLE[name]["words"] for word in text.split("|") if word.isalpha()]
    lines = [
        *plain,
        *(line for lines in (*_LISTS.values(), *_FOOTERS.values()) for line in lines),
        "İLETİŞİM",
        "GIZLILIK",
        "ΝΌΣΟΣ",
        "\u212aontakt",
    ]
    for line in lines:
        for said in (line, line.upper(), line.title(), f"x {line}"):
            assert words.within(said) == (re.search("|".join(TABLE[name]["words"]), said, re.IGNORECASE) is not None)


_LINES = st.sampled_from(
    [*_TEXT, *_GERMAN, *(line for footer in _FOOTERS.values() for line in footer), "TOP", "12.5", "Deutsch", "Suomi", "中文"]
)
_PAGES = st.lists(_LINES | st.text(max_size=20), max_size=14)


@given(_PAGES)
@settings(max_examples=150, deadline=None)
def test_whole_lines_go_and_a_second_look_finds_no_more(lines: list[str]) -> None:
    text = "\n".join(lines).encode("utf-8", "replace").decode()
    once = clean(text, _RULES)
    assert clean(once.text, _RULES).text == once.text
    left = iter(text.split("\n"))
    assert all(line in left for line in once.text.split("\n") if line)


@given(st.lists(_LINES | st.text(max_size=40), min_size=1, max_size=6), st.sampled_from(["", "de", "fr", "xx"]))
@settings(max_examples=150, deadline=None)
def test_a_line_scores_the_same_in_any_company(lines: list[str], code: str) -> None:
    first = [evidence.__wrapped__(line, code) for line in lines]
    assert [evidence.__wrapped__(line, code) for line in lines[::-1]] == first[::-1]
    assert all(-8 <= seen.score <= 8 for seen in first)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")  # of the bench, not ours
def test_no_fewer_footers_go_than_before(shared: Path, tmp_path: Path) -> None:
    path = Path(__file__).parent / "benchmarks" / "foreign_footers.py"
    measure = runpy.run_path(str(path))["measure"]
    printed = io.StringIO()
    with redirect_stdout(printed):
        lost = measure(shared, tmp_path / "bench", seed=7, frac=0.2)
    table = {line[:34].strip(): line for line in printed.getvalue().split("\n")}
    recall = {name: float(table[name].split("block recall")[1].split("%")[0]) for name in ("latin", "nonlatin", "pos-picker")}
    # 90.6 to 92.9, 99.0 to 99.4 and 98 to 100 % in full runs of six seeds; a fifth of the pages has three points of chance in it.
    assert recall["latin"] >= 87
    assert recall["nonlatin"] >= 97
    assert recall["pos-picker"] >= 90
    assert not any("foreigndoc" in kind for kind, *_ in lost)
    assert sum(len(lines) for *_, lines in lost) <= 3


def test_the_rules_of_these_stages_are_all_exercised_here() -> None:
    assert {code for code in RULES if code[:3] in {"FOO", "LAN"}} == {"FOO001", "FOO002", "FOO003", "LAN001"}


_ABSTRACT = [
    "Sleep in shift workers: a cohort study",
    "Abstract",
    "We followed 320 nurses for two winters and asked them about sleep every month by telephone, and nobody was lost.",
]


@pytest.mark.parametrize(
    ("heading", "content"),
    [
        ("Funding", ["Deutsche Forschungsgemeinschaft", "Bundesministerium für Bildung und Forschung"]),
        ("Keywords", ["失眠", "护士", "轮班"]),
        ("Key words:", ["сон", "медсестры", "сменная работа"]),
        ("Public title", ["Вакцина против гриппа у детей"]),
        ("Substances", ["柴胡", "黄芩", "半夏"]),
        ("Locations", ["Landeskrankenhaus Feldkirch", "Kepler Universitätsklinikum"]),
    ],
)
def test_what_stands_under_a_heading_of_articles_or_a_field_is_its_content(heading: str, content: list[str]) -> None:
    page = [*_ABSTRACT, heading, *content]
    assert _clean(page)[0] == page
    assert _clean([*page, "关于我们", "联系我们", "版权所有"])[0] == page


@pytest.mark.parametrize(
    "last",
    [
        "Keywords",
        "Keywords: sleep, nurses",
        "Recruitment status: Completed",
        "Last refreshed on 3 May 2021",
        "Phase 2",
        "References (12)",
        _TEXT[0],
    ],
)
def test_under_a_heading_or_a_field_with_its_value_a_footer_goes(last: str) -> None:
    page = [*_ABSTRACT, last]
    assert _clean([*page, "关于我们", "期刊导航", "联系我们", "版权所有"])[0] == page


@pytest.mark.parametrize(
    "content",
    [
        ["Winter menu", "Ossobuco alla milanese", "Risotto allo zafferano", "Tagliatelle al ragù di cinghiale"],
        ["Further reading in German", "Landschaft bei Abendlicht", "Die Mühlen am oberen Fluss", "Vom Handwerk der Glockengießer"],
        ["Proverbs", "De appel valt niet ver van de boom", "Een gewaarschuwd mens telt voor twee"],
        [
            "Here is the verse as it was sung.",
            "Sur le pont du moulin un bal se donne",
            "Marion demande à sa tante d'y danser",
            "La tante refuse et la ferme",
        ],
        ["Films of the week", "La nuit du chasseur", "Le souffle au coeur", "Les enfants du moulin"],
        ["The items of the Polish version:", "Czuję się zmęczony", "Mam trudności z zasypianiem", "Boli mnie głowa"],
    ],
)
def test_what_a_heading_or_a_colon_announces_stays_if_no_site_says_it_of_itself(content: list[str]) -> None:
    page = [*_TEXT, *content]
    assert _clean(page)[0] == page


@pytest.mark.parametrize(
    "footer",
    [
        ["Suivez-nous", "Mentions légales", "Plan du site"],
        ["Über uns", "Newsletter abonnieren", "Datenschutzerklärung"],
        ["Preguntas frecuentes sobre el envío", "Trabaja con nosotros", "Política de privacidad"],
    ],
)
@pytest.mark.parametrize("last", ["One more thing", "The rest is here:", "The rest is here.", "More is said below."])
def test_what_a_site_says_of_itself_goes_whatever_stands_above_it(footer: list[str], last: str) -> None:
    page = [*_TEXT, last]
    assert _clean([*page, *footer])[0] == page


_RECORD = (
    "注册号：\nRegistration number:\nHX290\n研究课题：\nStudy title:\n脐带细胞治疗肝硬化\nCord cells for cirrhosis\n"
    "研究目的：\nObjectives:\n"
    "To learn whether cells that are given three times help adults with cirrhosis more than cells that are given once, or not at all.\n"
    "纳入标准：\nInclusion criteria:\n"
    "Adults of eighteen to seventy years whose cirrhosis was shown by a biopsy or a scan in the year before, and who can come.\n"
    "样本量：\nSample size:\n46\n是否共享数据：\nIPD sharing\n否\nNo\n"
)


@pytest.mark.parametrize("gap", ["", "\n"])
def test_labels_of_a_record_in_two_languages_stay_beside_menus_that_go(gap: str) -> None:
    menu = "用户登录\n新用户注册\n忘记密码\n联系我们\n"
    foot = "返回列表\n友情链接：\n循证肝病网\n版权所有\n"
    assert clean(f"{menu}{gap}{_RECORD}\n{foot}").text == _RECORD


def test_keywords_in_a_second_language_stay_above_a_footer_that_goes() -> None:
    text = "Cells were given to forty adults with cirrhosis, and their livers were looked at again after one year of rest.\n"
    keywords = "Schlüsselwörter\n* Leberzirrhose\n* Nachbeobachtung\n"
    footer = "Anzeige\nInhalte entdecken\nZeitschriften A–Z\nBücher A–Z\nIhre Datenschutzwahl\nNutzungsbedingungen\n"
    left = clean(f"{text}\n{keywords}\n{footer}").text
    assert left.startswith(f"{text}\n{keywords}")
    assert "Inhalte entdecken" not in left


def test_a_field_with_a_date_stays_above_a_footer_that_goes() -> None:
    text = "Itch without a rash keeps women awake, and the drug that has a licence is slow to act on it in most of them.\n"
    field = "- RECORD\t3-okt-2013 - 12-mrt-2015\n"
    footer = "Indien u gegevens niet vindt, kunt u mailen\nIndienen van wijzigingen\nDeze site is geoptimaliseerd\nTerug naar boven\n"
    assert field in clean(f"{text}{field}\n{footer}").text


def test_a_name_in_its_own_letters_stays_below_itself() -> None:
    page = (
        "Shirin Daneshvar, MD\n쉬린 다네쉬바르\n\nAssociate Professor of Transplant Surgery\n"
        "She studies how livers grow back after part of one has been given away, and teaches surgeons in their first year.\n"
    )
    assert clean(page).text == page


@pytest.mark.parametrize("sign", ["• ", "- ", "– ", "§ "])
@pytest.mark.parametrize("heading", ["Zusammenfassung", "Schlüsselwörter"])
def test_an_abstract_in_a_second_language_stays_to_its_end_though_its_lines_begin_with_a_sign(heading: str, sign: str) -> None:
    abstract = [
        f"{sign}Hintergrund: Die Leber wächst nach einer Operation wieder nach, aber niemand weiß, wie lange das dauert.",
        f"{sign}Methoden: Vierzig Erwachsene mit Zirrhose erhielten Zellen und wurden ein Jahr lang beobachtet.",
        "Ergebnisse: Nach einem Jahr waren die Leberwerte bei dreißig von ihnen besser als zuvor.",
    ]
    page = "\n".join(["On rain", *_TEXT, "", heading, *abstract]) + "\n"
    assert clean(page, _RULES).text == page
