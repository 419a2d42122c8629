"""Stage: blocks in another language before or after an English text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from dechaff.edits import Edit, removing
from dechaff.guards import guard
from dechaff.language import ABSTRACT, Guess, evidence, identify, letters, script
from dechaff.lines import LONG_WORDS, bare, words, written

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dechaff.edits import Document
    from dechaff.lines import Line

Kind = Literal["foreign", "neutral", "content"]

_SHARE = 0.3  # of a line's letters in another script, from which the line is not English
_ENGLISH = 2  # English function words that make a line with other scripts English all the same
_CAPITALS = 5  # letters of a word in capitals, up to which it has no language: TOP, RSS, FAQ
_BLOCK_LETTERS = 4  # letters outside Latin that a block has at least: fewer are a name or a symbol
_HEAD_LINES = 3  # foreign lines over a text that can be a menu: one is a foreign title, two a title and its authors
_HEAD_WORDS = 12  # words of the longest line of a menu; a foreign abstract's is longer
_ABSTRACT_LETTERS = 120  # letters in another script on one line that make it a paragraph
_LATIN_WORDS = 12  # words that langdetect must see before it is asked; below, it calls half of all English lines foreign
_NEUTRAL = re.compile(
    r"""
      (?: (?:copyright|©|\(c\)|all\ rights\ reserved|e-?mail|tel|fax|www) \b | © ) .{0,80}
    | (?:https?://|www\.)\S+ | \S+@\S+\.\w+ | \S+\.(?:com|org|net|edu|gov|info|io|[a-z]{2})(?:/\S*)?
    | [\W\d_]+
    """,
    re.IGNORECASE | re.VERBOSE,
)
_REFERENCE = re.compile(
    r"""
      \A\[?\d{1,3}[\].、．]\s*\S.*[;,.，；。].*(?:19|20)\d\d
    | \[[JMDCNPSR](?:/OL)?\]
    | (?:19|20)\d\d\s*[,;，；年]\s*\d+\s*[(（]
    | doi\s*[:：]
    | (?:19|20)\d\d.{0,12}[:：]\s*\d+\s*[-–—]\s*\d+
    """,
    re.IGNORECASE | re.VERBOSE,
)


# Words of a site's own footer or menu, in the languages that most English scrapes have around them.
_SITE = re.compile(
    r"""
      版权|版權|著作権|备案|備案|公网安备|icp|联系我们|聯繫|联系方式|首页|首頁|关于|關於|登录|登錄|注册|註冊|帮助|隐私|隱私|网站|網站|地址|邮编|电话|服务|平台|返回
    | お問い合わせ|プライバシー|利用規約|サイト|ログイン|ホーム|会員|無断転載
    | 개인정보|이용약관|회사소개|문의|로그인|사이트|저작권|주소|홈페이지
    | конфиденциальн|соглашени|контакт|права\ защищены|войти|регистрац|главная|о\ нас|о\ сайте|сайт|подписк|карта\ сайта|контакти
    | حقوق|اتصل|الخصوصية|الرئيسية|شروط|الموقع|تسجيل|من\ نحن|تماس|ورود
    | זכויות|צור\ קשר|פרטיות|תנאי|אודות|כניסה
    | δικαιώματα|επικοινωνία|απορρήτου|όροι|αρχική|σχετικά
    | สงวนลิขสิทธิ์|ติดต่อ|นโยบาย|ข้อกำหนด|หน้าแรก|เกี่ยวกับ
    | सर्वाधिकार|संपर्क|गोपनीयता|हमारे\ बारे
    | datenschutz|impressum|nutzungsbedingungen|kontakt|anmelden|startseite|alle\ rechte
    | mentions\ légales|confidentialité|conditions|plan\ du\ site|contactez|accueil|droits\ réservés|connexion
    | aviso\ legal|privacidad|términos|contacto|derechos\ reservados|mapa\ (?:del\ sitio|do\ site)|inicio|iniciar
    | privacidade|termos|fale\ conosco|contato|direitos\ reservados|política|início|entrar
    | informativa|cookie|diritti\ riservati|contatti|note\ legali|chi\ siamo
    | privacyverklaring|voorwaarden|rechten\ voorbehouden|polityka|regulamin|prawa\ zastrzeżone|gizlilik|hakları\ saklıdır|iletişim
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ADDRESS = re.compile(r"https?://|\bwww\.|©|\(c\)|copyright|\S+@\S+\.\w+|\+?\d[\d ()-]{8,}\d", re.IGNORECASE)
# What an article says of itself in another language: its authors' places and dates, and places of work without a site's words.
_ARTICLE = re.compile(
    r"作者单位|通信作者|通讯作者|收稿日期|基金项目|所属|責任著者|교신저자|大学|大學|医院|醫院|病院|研究所|대학교|병원|университет|институт|клиника|больниц|кафедр"
    r"|universit|universid|hochschule|klinik|hôpital|hospital|institut|facult|fakult",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"\w.{25,}[.。！？!?؟।]\s*$")
_LONGEST = 2000  # code points: no footer has a longer line, and these patterns take its square
_ENTRIES = 2  # entries that make a menu: a name, a place or a title stands alone
_ENTRY_WORDS = 3  # of a menu's entry, and letters in scripts that need no spaces: a title and a line of verse have more
_ENTRY_LETTERS = 24


class Footers:
    """Finds foreign blocks that touch the first or the last line of an English page."""

    name = "footers"

    def __init__(self, rules: Collection[str]) -> None:
        """Work with these rules alone."""
        self.rules = rules

    def find(self, documents: Sequence[Document]) -> list[list[Edit]]:
        """Return the lines to remove from each document."""
        return [self._in_text(document.text) for document in documents]

    def _in_text(self, text: str) -> list[Edit]:
        if kind(_last_line(text)) == "content" and kind(_first_line(text)) == "content":
            return []  # most pages: nothing foreign at either edge
        lines = written(text)
        foot = _foot(lines) if "FOO001" in self.rules else range(0)
        head = _head(lines[: foot.start] if foot else lines) if "FOO002" in self.rules else range(0)
        edits = []
        for block, rule, place in ((head, "FOO002", "before"), (foot, "FOO001", "after")):
            guess = _confirm([lines[i].text for i in block])
            if guess and len(block) < len(lines) and _is_chrome([lines[i].text for i in block]):
                lines_of = f"{len(block)} line{'s' * (len(block) > 1)}"
                note = f"in a block of {lines_of} {place} the text; {guess.language}, {guess.probability:.0%} sure"
                edits += [removing(text, lines[i], rule, note) for i in block]
        return edits


def _first_line(text: str) -> str:
    return text.lstrip().partition("\n")[0]


def _last_line(text: str) -> str:
    body = text.rstrip()
    return body[body.rfind("\n") + 1 :]


def _foot(lines: Sequence[Line]) -> range:
    """Return the lines of a block at the end: from its first foreign line to the last of the page."""
    begin = len(lines)
    for i in range(len(lines) - 1, -1, -1):
        found = kind(lines[i].text)
        if found == "content":
            break
        if found == "foreign":
            begin = i
    block = range(begin, len(lines))
    return range(0) if _is_content(lines, block) else block


def _head(lines: Sequence[Line]) -> range:
    """Return the lines of a block at the beginning: menus alone, since foreign titles and authors stand there too."""
    end = 0
    foreign = 0
    for i, line in enumerate(lines):
        found = kind(line.text)
        if found == "content" or words(line.text) > _HEAD_WORDS or evidence(line.text)[2] > 3 * _HEAD_WORDS:
            break
        if found == "foreign":
            foreign += 1
            end = i + 1
    block = range(end)
    return range(0) if foreign < _HEAD_LINES or _is_content(lines, block) else block


def _is_content(lines: Sequence[Line], block: range) -> bool:
    """Return whether a foreign block belongs to the article: an abstract in a second language, references."""
    if any(ABSTRACT.fullmatch(bare(lines[i].text)) for i in block) or (
        block and block.start and ABSTRACT.fullmatch(bare(lines[block.start - 1].text))
    ):
        return True
    paragraphs = [i for i in block if evidence(lines[i].text)[2] >= _ABSTRACT_LETTERS or (words(lines[i].text) >= 2 * LONG_WORDS)]
    return bool(paragraphs) and len(block) <= 2


def _is_chrome(block: Sequence[str]) -> bool:
    """Return whether a block is a site's: it says so, or is a menu of short lines. A poem or a second abstract is foreign too."""
    if any(_ARTICLE.search(line) and not _SITE.search(line) for line in block):
        return False
    if any(_SITE.search(line) or _ADDRESS.search(line) for line in block):
        return True
    foreign = [line for line in block if kind(line) == "foreign"]
    entries = sum(len(line.split()) <= _ENTRY_WORDS and evidence(line)[2] <= _ENTRY_LETTERS for line in foreign)
    return entries >= max(_ENTRIES, len(foreign) / 2) and not any(_SENTENCE.search(line) for line in block)


@lru_cache(maxsize=1 << 16)
def kind(line: str) -> Kind:
    """Return whether a line is in another language, in none, or part of the text.

    >>> kind("www.example.org"), kind("联系我们"), kind("Rain fell on the roof.")
    ('neutral', 'foreign', 'content')
    """
    if len(line) > _LONGEST:
        return "content"
    text = bare(line)
    total = letters(text)
    english, foreign, other = evidence(text)
    if other and other >= _SHARE * total and english < _ENGLISH:
        return "content" if _REFERENCE.search(text) or (other < total / 2 and guard(text) in {"affiliation", "byline"}) else "foreign"
    if total == 0 or _NEUTRAL.fullmatch(text) or (text.isupper() and len(text) <= _CAPITALS):
        return "neutral"
    if english == 0 and guard(text) is None and (foreign or _accented(text)):
        return "foreign"
    return "content"


def _accented(text: str) -> bool:
    """Return whether a word in lower case has a letter that English lacks: names have theirs in capitalised words."""
    return any(word.islower() and not word.isascii() for word in text.split())


def _confirm(block: Sequence[str]) -> Guess | None:
    """Return the language of a block, or None if there is none or it is not sure: scripts decide, then langdetect over all of it."""
    counts = [evidence(line) for line in block]
    other = sum(count[2] for count in counts)
    pooled = " ".join(line for line in block if kind(line) == "foreign")
    if other >= _BLOCK_LETTERS and 2 * other >= letters(pooled):
        return Guess(script(pooled), 1.0)
    if words(pooled) < _LATIN_WORDS:
        return None
    return identify(pooled)
