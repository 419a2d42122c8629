"""Which language a line, a block or a page is in: scripts counted exactly, function words, and langdetect on what they leave open."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

_LETTERS = re.compile(r"[^\W\d_]+")
# Letters of other scripts than Latin. Alone or in pairs Greek ones are symbols of English science: three make a word.
_OTHER = re.compile(
    "[\u0400-\u1dbf\u1f00-\u1fff\u2c00-\u2c5f\u2c80-\u2dff\u2e80-\u2fdf\u3005-\u3007\u3021-\ua6ff\ua800-\uab2f\uab70-\ufaff\ufb13-\ufdff\ufe70-\ufefc\uff66-\uffdc\U00010800-\U0001d3ff\U0001e800-\U0001efff\U00020000-\U0003ffff]"
    "|[\u0370-\u03ff]{3,}"
)
_FUNCTION_WORDS = {
    "en": "the of and to in is that for with was were are be by this from which not have has had been at as on or an it its these their than "
    "between after we our you your they can may will would but also into such more all about when who what how if no there other use any each",
    "de": "der die das und ist mit für auf von dem den des ein eine einer eines nicht sich auch als bei nach aus zu zum zur oder wir sie ihr "
    "über sind werden wird durch unter diese dieser dieses alle unsere ihre kann können haben hat im am wie mehr",
    "fr": "le les des du et est une dans pour sur par avec aux ce cette ces qui que nous vous votre notre sont pas plus ou au en être ont été "
    "leur leurs son ses tous toute tout sans où",
    "es": "el los las de del y en un una es por para con que se su sus al lo como más este esta estos estas son sobre nuestro nuestra todos "
    "también está sin ser ha",
    "pt": "os as de do da dos das e em um uma é por para com que se seu sua ao aos à no na nos nas mais este esta são sobre nosso nossa todos "
    "também não ou pelo pela",
    "it": "il lo gli le di del della dei delle e è in un una per con che si sono al alla ai nel nella dal dalla più questo questa tutti tutte "
    "nostro nostra anche non come",
    "nl": "de het een en van op te dat voor met zijn niet aan er ook als bij naar uit door over onze uw wij deze dit wordt worden meer alle "
    "kunt heeft",
    "sv": "och att det som en på är av för med till den har inte om ett vi kan du från alla våra din eller här",
    "da": "og at det som en på er af for med til den har ikke om et vi kan du fra alle vores din eller her",
    "pl": "i w na z do się nie to że jest o od za po przez dla oraz lub są jak nasze wszystkie prawa tej tego być",
    "cs": "a v na se je že s z do o k pro jsou nebo jako naše všechna tento této být není",
    "hu": "a az és hogy nem is egy van meg ez csak vagy mint minden jog fenntartva ön",
    "ro": "și în de la cu pe nu este un o din pentru care sunt mai sau prin toate noastre",
    "fi": "ja on ei se että oli kun tai mutta niin kuin ovat tämä kaikki oikeudet myös",
    "tr": "ve bir bu için ile de da olarak daha çok en gibi tüm hakları saklıdır veya olan",
    "id": "dan yang di dengan untuk dari ini pada adalah tidak dalam kami anda semua hak atau oleh ke akan",
    "vi": "và của các là cho có trong được với một những không này để người về tôi chúng bạn",
}
_WORDS_OF = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}
ENGLISH = _WORDS_OF["en"]
_FOREIGN = frozenset[str]().union(*(words for language, words in _WORDS_OF.items() if language != "en")) - ENGLISH
# Function words elsewhere that are names, abbreviations or words in English and scientific text too.
_AMBIGUOUS = frozenset("a an i o e y s z k v de da di do du das der den die la le il el lo en et es un una von van per on er at det om som is is in is no na en te ten on po is as le ha has kun can in to su man me dos del among so den see kan si se al ai out due man med".split())
FOREIGN = _FOREIGN - _AMBIGUOUS
_LETTERS_A_WORD = 4  # non-Latin letters that weigh as one function word; East Asian text has 2.2 letters a word
_FOREIGN_DOCUMENT = 8  # words of evidence without which a page is not called foreign: a name or a motto is not a language
_RATIO = 3  # times as much evidence for other languages as for English (measured: no English page of 1,313 falls below)
_SURE = 0.9  # probability that langdetect must give; on pooled text it gives the true language 0.99 and more
_SAMPLE = 4000  # code points shown to langdetect: its answer has settled long before


class Guess(NamedTuple):
    """A language, by ISO 639 code or by the name of its script, and how sure that is."""

    language: str
    probability: float


@lru_cache(maxsize=1 << 16)
def evidence(line: str) -> tuple[int, int, int]:
    """Return three counts for a line: English function words, those of other languages, letters of other scripts."""
    other = sum(map(len, _OTHER.findall(line))) if not line.isascii() else 0
    found = _LETTERS.findall(line.lower())
    english = sum(word in ENGLISH for word in found)
    return english, sum(word in FOREIGN for word in found), other


def letters(line: str) -> int:
    """Return how many letters a line has, of any script."""
    return sum(map(len, _LETTERS.findall(line)))


def script(text: str) -> str:
    """Return the script that most letters outside Latin are in, as Unicode names it, in lower case.

    >>> script("Copyright 北京")
    'cjk'
    """
    names = Counter(unicodedata.name(letter, "unknown").split()[0].split("-")[0].lower() for run in _OTHER.findall(text) for letter in run)
    return min(names, key=lambda name: (-names[name], name), default="latin")


def foreign_page(text: str) -> Guess | None:
    """Return the language of a page that is wholly in another language than English, else None."""
    english = foreign = other = 0
    for line in text.split("\n"):
        if line:
            counts = evidence(line)
            english += counts[0]
            foreign += counts[1]
            other += counts[2]
    weight = foreign + other // _LETTERS_A_WORD
    if weight < _FOREIGN_DOCUMENT or weight <= _RATIO * english:
        return None
    if other // _LETTERS_A_WORD > foreign:
        return Guess(script(text), 1.0)
    return identify(text)


def identify(text: str) -> Guess | None:
    """Return the language of a pooled text that is surely not English, else None. Deterministic."""
    # A second to load its profiles, so only what scripts and function words leave open comes here.
    from langdetect import DetectorFactory, detect_langs  # noqa: PLC0415
    from langdetect.lang_detect_exception import LangDetectException  # noqa: PLC0415

    DetectorFactory.seed = 0
    try:
        best = detect_langs(text[:_SAMPLE].lower())[0]
    except LangDetectException:
        return None
    if best.lang == "en" or best.prob < _SURE:
        return None
    return Guess(best.lang, round(best.prob, 3))
