"""What stands in another language on an English page and is content: abstracts, titles, references, people and the places they work at."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from dechaff.foreign.words import LONGEST, Words
from dechaff.guards import guard
from dechaff.language import ABSTRACT, SPACELESS, TABLE, is_latin, script_letters
from dechaff.language_score import unheard_of
from dechaff.lines import bare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dechaff.language import Guess
    from dechaff.line_language import Evidence

_REFERENCE = re.compile(
    r"""
      \A\[?\d{1,3}[\].、．]\s*\S.*[;,.，；。].*(?:19|20)\d\d
    | \[[JMDCNPSR](?:/OL)?\]
    | (?:19|20)\d\d\s*[,;，；年]\s*\d+\s*[(（]
    | doi\s*[:：]
    | (?:19|20)\d\d.{0,12}[:：]\s*\d+\s*[-–—]\s*\d+
    | \A[^\W\d_][^\d(]{2,80}\([12]\d{3}\)\.\s
    | [.,:;]\s*(?:19|20)\d\d\.\Z
    | [.,:;].*\s\(\s*(?:19|20)\d\d\s*\)\.?\Z
    | \bISSN\b
    | \b(?:vol(?:ume|umen|umul)?|tome?|jahrgang|cilt|sayı|n[úu]m(?:ero)?|rocznik|zeszyt|выпуск|том)\b\.?\s*\d
    | \bn[°º]\s*\d | \bp(?:p|ages?|[áa]gs?|[áa]ginas?)\.?\s*\d+\s*[-–]\s*\d
    | \A\d{1,2}\s*/\s*(?:19|20)\d\d\Z | \A\(\w{3,12}\s(?:19|20)\d\d\)\Z
    | [:：]\s*(?:19|20)\d\d\Z | \b\d{1,2}\.?\s\w{3,12}\s(?:19|20)\d\d\Z
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ARTICLE = Words("article")
_MEDICINE = Words("medicine")
_PLACE = re.compile(r"(?:\b\d{4,6}\b|,)[^,]*,[^,]*\Z")  # ends as an address does: a post code or a town, then a country
_COUNTRY = re.compile(rf"\b(?:{TABLE['countries']['names'].replace(chr(10), ' ').strip()})\.?\Z", re.IGNORECASE)
_SITE = Words("site")
_STATEMENT = re.compile(rf"(?=.*[:：])(?:{'|'.join(TABLE['statement']['words'])})\w*\b.{{0,30}}[:：]", re.IGNORECASE)
_DECLARATION = Words("declaration")
_COLON = re.compile(r"[:：]\s*\S")
_NOTICE = Words("notice")
# Links to the page before and the page after stand between spaced guillemets too, in four words or fewer.
_QUOTED = re.compile("\\A(?:[\"“„«»'‘](?! ).{12,}(?<! )[\"”“»«'’]\\.?|[«»] (?:[^\\s|]+ ){5,}[«»]\\.?|[「『].{4,}[」』])\\Z")
_INITIALS = re.compile(r"(?:^|[ ,])[A-Z]{1,3}[.,]?(?=[,;]|$|\s*(?:and|&)\s)")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_SYLLABIC = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff]")
_HAN_NAME = re.compile("[\u4e00-\u9fff\u3005]{1,3} [\u4e00-\u9fff\u3005\u3041-\u30fa]{1,3}")
# A label in other letters, and a value of English words.
_FIELD = re.compile(r"[^\x00-\u024f]\S*(?: \S+){0,4}? ?[:：] ?(?=[\x20-\x7e]*[A-Za-z]{4})[\x20-\x7e]+\Z")
_COMMA = re.compile("[,;] |[，；、،؛፣፤]")
# An entry of a list: two words, and no object of a verb.
_ITEM = re.compile(r"\s*[^\s\d,;:：.。!?！？を]{1,24}(?: [^\s\d,;:：.。!?！？を]{1,24})?\s*")
_STOP = re.compile(r"[.!?…。！？؟।۔][\"'”’»)]*\s*\Z")
_SPLIT = re.compile(r"\s*[,;，、；،؛፣፤·]\s*|\s+(?:and|und|et|y|e|og|och|и|και|&)\s+")
_PARTICLES = frozenset(TABLE["names"]["particles"].split())
_MARKS = re.compile(r"[\d*†‡§¶#()\[\]]+")
_LATIN_BINOMIAL = re.compile(
    r"(?:\A|,\s)[A-Z][a-z]+(?:us|um|a|is|es|i|ae|on|ma|ix|ax|ex|os|as|er)?\s[a-z]+(?:us|um|a|is|i|ae|ii|ens|ans|ides|ea|cus|or|ne|os|es|e)(?=,|\Z|\s\()"
)
_ENDINGS = re.compile(
    r"(?:mab|nib|vir|pril|sartan|statin|olol|azole|cillin|mycin|floxacin|prazole|limus|purine|mofetil|uracil|tide|gliptin|ine|ate|one|ide|ol)s?\Z"
)
_SYMBOL = re.compile(
    r"\A(?=\S*[A-Za-z\d-]|\S\Z)[\w()/-]*?(?<![\u0370-\u03ff])[\u0370-\u03ff]{1,2}(?![\u0370-\u03ff])|\A[A-Z]{2}[\w-]*\d|\A\S*\d[A-Z]"
)  # IL-1β, CD34
_LATIN_PHRASE = re.compile(
    r"\b(?:in vivo|ex vivo|in vitro|in situ|post mortem|ad libitum|per os|in silico"
    r"|vastus|gastrocnemius|arteria|vena|[Mm]usculus|[MAVN]\. [a-z]{4,})\b"
)
# The numbers from here on say what the look-alikes of the samples and of the footers' bench have; where they are judgement among those, the
# values in brackets were measured on one seed of interface strings, 1,424 footers and 102,608 lines that must stay: no line more is lost.
_PARAGRAPH = 25  # words of one line that make it a paragraph under a heading of an abstract
_ALONE = 60  # (40: two footers fewer go; 80) words of one line that make a paragraph, where a block has no more than two lines
_LONG = 40  # (30, 60) words of one line that make a paragraph anywhere
_SENTENCE = 20  # (15: six footers fewer go; 30: five more, and four lines that must stay) words of a sentence that stands alone
_TEXT = 2  # such paragraphs that make a text of its own
_RUN_ON = 2  # lines that end amid a sentence; buttons and notices never do
_TOLD = 3  # lines of a block among which one at least tells of a study; a hospital's own footer names it once among more
_FEW_LINES = 2  # lines of a foreign title, with its authors or without
_TITLE_WORDS = 4  # words from which a line can be a title
_TITLE_LETTERS = 7  # the same in letters of scripts without spaces: menus have four
_NAME_WORDS, _NAME_LETTERS = 3, 5  # the same of a line with a word of medicine: 日本肝臓学会
# Of a block's longer words that no catalogue has, where something announces it; film titles and verse have so many and no more. Of 4,028
# footers of interface strings in 89 locales (four seeds) 14 are so under what may announce them, in languages of 2,000 words and more, and
# 6 with three fifths.
_ANNOUNCED = 1 / 2
# Words counted of a language whose catalogues tell so much of a block; 20 languages have so many. Of 6,722 Latin footers of eight words and
# more (twelve seeds) 94.94 % go whole, with 2,400 94.82, without this rule 94.93; on four of them 94.0 with 600, where 2,400 gave 94.4.
_CATALOGUE = 3000
_ITEMS = 3  # entries of a list
_LONGER = 3  # times as many letters as the shortest entry of a list has, in Chinese and Japanese: herbs, drugs and names have two to six
_LONGER_SYLLABIC = 5  # the same in Thai, Lao, Burmese and Khmer, where names of herbs have three to twelve
_COMMAS = 2  # of a place of work: the institution, the town, the country
_CAPITALS = 0.6  # share of an address's words
_CAPITALISED = 0.9  # (0.8: one footer fewer goes; 1) share of the words of names that begin with a capital, particles left out
_FULL_NAMES = 0.6  # (0.4, 0.8) share of the entries of a list of people that are of two words and more
_BINOMIALS = 0.6  # share of the entries of a list of species that are Latin names of two words; judgement
_TERMS = 0.5  # (0.3, 0.7) share of the entries of a list of terms that are symbols or end as names of drugs do
_SHORTEST = 8  # words of an abstract's first line, where its heading stands over it and little else is there
_SURNAMES = frozenset(TABLE["names"]["han"].split()[0])
_KOREAN = frozenset(TABLE["names"]["hangul"].split()[0])


def is_notice(line: str) -> bool:
    """Return whether a line speaks of the page itself or the reader's computer, as no abstract does."""
    return _NOTICE.within(line)


def is_abstract(block: Sequence[str], seen: Sequence[Evidence], above: str) -> bool:
    """Return whether a block is an abstract in a second language, or keywords of one.

    Args:
        block: Its lines.
        seen: What each says of its language.
        above: The line before the block; empty if there is none.
    """
    paragraphs = sum(one.words >= _LONG and not is_notice(line) and not is_site(line) for one, line in zip(seen, block, strict=True))
    if paragraphs >= max(_TEXT, len(block) / 2):
        return True
    if len(block) <= _FEW_LINES and any(one.words >= _ALONE for one in seen) and not any(map(is_notice, block)):
        return True
    least = _SHORTEST if len(block) <= _FEW_LINES + 1 else _PARAGRAPH
    heads = [ABSTRACT.fullmatch(bare(line)) is not None for line in (above, *block)]
    lengths = [0, *(one.words for one in seen), 0]
    return any(head and max(lengths[i : i + 2]) >= least for i, head in enumerate(heads))


def is_sentence(told: Sequence[str], seen: Sequence[Evidence]) -> bool:
    """Return whether a block is one long sentence in Latin letters that speaks of no site: a motto, a summary, a quotation.

    In other letters such a line is as rare, and no page that was looked at had one that was its own.

    Args:
        told: Its foreign lines.
        seen: What each says of its language.
    """
    if len(told) != 1 or seen[0].kind != "latin" or seen[0].words < _SENTENCE or not _STOP.search(told[0]):
        return False
    return not (is_notice(told[0]) or is_site(told[0]))


def is_study(block: Sequence[str]) -> bool:
    """Return whether a block tells of a study, and of no site.

    A third of its lines are phrases with words of research or places of work, an abstract's headings, or what authors declare.

    >>> is_study(["作者单位：北京大学第一医院感染科", "收稿日期：2019-03-01"])
    True
    >>> is_study(["某某大学附属第一医院", "版权所有"])
    False
    """
    if any(map(is_site, block)):
        return False
    told = [line for line in block if _is_subject(line) or _STATEMENT.match(bare(line)) or ABSTRACT.fullmatch(bare(line)) is not None]
    return _TOLD * sum(not is_notice(line) for line in told) >= max(len(block), 1)


def is_verse(block: Sequence[str]) -> bool:
    """Return whether a block is verse or a quotation set in lines: most run on into the next, which a site's own lines do not.

    >>> is_verse(["Am Fenster steht ein Krug,", "der Krug ist leer;", "der Abend geht."])
    True
    """
    if any(map(is_notice, block)):
        return False
    return sum(line.rstrip().endswith((",", ";", "，", "；", "、")) for line in block) >= max(_RUN_ON, (len(block) - 1) / 2)


def is_title(block: Sequence[str], seen: Sequence[Evidence]) -> bool:
    """Return whether a block is the title of an article, with its authors or without.

    Args:
        block: Its foreign lines.
        seen: What each says of its language.
    """
    if len(block) > _FEW_LINES + 1 or any(is_site(line) or is_notice(line) for line in block):
        return False
    subjects = [line for line in block if _is_subject(line)]
    if subjects:
        return not any(_STOP.search(line) for line in block if line not in subjects)
    return len(block) == 1 and _is_headline(block[0], seen[0])


def _is_headline(line: str, seen: Evidence) -> bool:
    """Return whether a line in Latin letters has the shape of a title, and words that no site has of itself."""
    text = bare(line)
    return (
        seen.kind == "latin"
        and len(text.split()) >= _TITLE_WORDS
        and text[0].isupper()
        and not _STOP.search(text)
        and unheard_of(text, seen.language)
    )


def is_matter(block: Sequence[str], seen: Sequence[Evidence], guess: Guess) -> bool:
    """Return whether half of the longer words of a block in Latin letters are in no catalogue of interfaces: dishes, titles, items, verse.

    A few footers of other interfaces are so too; under what announces it, that is enough.

    Args:
        block: Its foreign lines.
        seen: What each says of its language.
        guess: The block's language.
    """
    return all(one.kind == "latin" for one in seen) and unheard_of("\n".join(block), guess.language, _ANNOUNCED, _CATALOGUE)


def _is_subject(line: str) -> bool:
    """Return whether a line is what an article is about, or who stands behind it: too long for a menu's entry, or a name.

    >>> [_is_subject(line) for line in ("Wiadomości Lekarskie", "日本肝臓学会", "Медицинские услуги")]
    [True, True, False]
    """
    found = line.split()
    letters = len(SPACELESS.findall(line)) + len(_HANGUL.findall(line))
    if is_article(line) and (len(found) >= _TITLE_WORDS or letters >= _TITLE_LETTERS):
        return True
    if not _MEDICINE.within(line):
        return False
    return len(found) >= _NAME_WORDS or letters >= _NAME_LETTERS or (len(found) > 1 and all(word.istitle() for word in found))


def is_site(line: str) -> bool:
    """Return whether a line has words or addresses of a site."""
    return _SITE.within(line)


def is_article(line: str) -> bool:
    """Return whether a line has words of research or of a place where it is done."""
    return _ARTICLE.within(line)


@lru_cache(maxsize=1 << 14)
def protected(line: str) -> bool:
    """Return whether a line in another language is content by itself: a reference, people, a place of work, names of species or drugs.

    >>> protected("Hacettepe Üniversitesi Tıp Fakültesi, Sıhhiye, 06100 Ankara, Turkey")
    True
    >>> protected("Die Autoren geben an, dass kein Interessenkonflikt besteht.")
    True
    >>> protected("Tüm hakları saklıdır")
    False
    """
    text = bare(line)[:LONGEST]
    if _REFERENCE.search(text) or _STATEMENT.match(text) or _DECLARATION.within(text) or _QUOTED.match(line.strip()):
        return True
    if _COLON.search(text) and ABSTRACT.fullmatch(text):
        return True
    if "," in text and (_COUNTRY.search(text) or (guard(text) == "affiliation" and script_letters(text)[0] == 0)):
        return True
    if guard(text) == "citation" or _is_workplace(text):
        return True
    return is_people(text) or _is_terms(text) or _is_list(text) or (_FIELD.match(text) is not None and not is_site(text))


def _is_workplace(text: str) -> bool:
    """Return whether a line is the address of a hospital or a university: commas, numbers, capitals, and such a word."""
    if not is_article(text) or is_site(text) or text.count(",") < _COMMAS or _PLACE.search(text) is None:
        return False
    cased = [word for word in text.split() if word[0].isupper() or word[0].islower()]
    return sum(word[0].isupper() for word in cased) >= _CAPITALS * len(cased)


def is_people(text: str) -> bool:
    """Return whether a line lists people: two names or more, of capitalised words and initials, or East Asian ones by their surnames."""
    pieces = [piece for piece in (_MARKS.sub(" ", piece).strip(" .:") for piece in _SPLIT.split(text)) if piece]
    if len(pieces) >= 2 and all(_is_han_name(piece) for piece in pieces):
        return True
    if len(pieces) == 1 and len(text.split()) >= _ITEMS and all(_is_han_name(name) for name in text.split()):
        return True
    if len(pieces) < 2 or any(len(piece.split()) > 6 for piece in pieces):
        return False
    tokens = [token for piece in pieces for token in piece.split()]
    cased = [token for token in tokens if token.lower() not in _PARTICLES]
    if not cased or sum(token[0].isupper() for token in cased) < _CAPITALISED * len(cased):
        return False
    several = sum(len(piece.split()) >= 2 for piece in pieces)
    return several >= max(2, _FULL_NAMES * len(pieces)) or len(_INITIALS.findall(text)) >= 2


def _is_han_name(piece: str) -> bool:
    if _HAN_NAME.fullmatch(piece):
        return True
    name = piece.replace(" ", "")
    if not 2 <= len(name) <= 4:
        return False
    return (len(name) <= 3 and name[0] in _SURNAMES and all("\u4e00" <= letter <= "\u9fff" for letter in name)) or (
        len(name) == 3 and name[0] in _KOREAN and all("\uac00" <= letter <= "\ud7a3" for letter in name)
    )


def _is_list(text: str) -> bool:
    """Return whether a line enumerates: people, substances, keywords. A menu has bars or nothing between its entries, a sentence an end.

    >>> _is_list("柴胡, 黄芩, 半夏, 人参")
    True
    >>> _is_list("Start | Nachrichten | Wetter")
    False
    """
    pieces = _COMMA.split(text)
    return len(pieces) >= _ITEMS and all(map(_ITEM.fullmatch, pieces)) and _are_alike(pieces) and not (is_site(text) or is_notice(text))


def _are_alike(pieces: Sequence[str]) -> bool:
    """Return whether a few pieces between commas are as long as each other, as entries of a list are and parts of a sentence are not."""
    for letters, most in ((_EAST_ASIAN, _LONGER), (_SYLLABIC, _LONGER_SYLLABIC)):
        sizes = [size for size in (len(letters.findall(piece)) for piece in pieces) if size]
        if 2 * len(sizes) > len(pieces):
            return max(sizes) <= most * min(sizes)
    return len(pieces) > _ITEMS or len({len(piece.split()) for piece in pieces}) == 1 or all(map(is_latin, pieces))


def _is_terms(text: str) -> bool:
    """Return whether a line lists species, drugs or anatomy, whose words are Latin or nobody's."""
    pieces = [piece.strip(" .") for piece in re.split(r"[,;]", text) if piece.strip(" .")]
    if len(_LATIN_BINOMIAL.findall(text)) >= max(2, _BINOMIALS * len(pieces)):
        return True
    if len(_LATIN_PHRASE.findall(text)) >= 2:
        return True
    if len(pieces) >= 3 and sum(bool(_SYMBOL.search(piece)) for piece in pieces) >= _TERMS * len(pieces):
        return True
    return len(pieces) >= 3 and sum(bool(_ENDINGS.search(piece.lower())) and len(piece.split()) <= 2 for piece in pieces) >= _TERMS * len(
        pieces
    )
