"""Writes `cleaners/dechaff/data/autonyms.txt`: what languages call themselves, from the Unicode CLDR that Babel carries.

pip install babel && python cleaners/training/autonyms.py
"""

from __future__ import annotations

from pathlib import Path

from babel import Locale, localedata

OUT = Path(__file__).parent.parent / "dechaff" / "data" / "autonyms.txt"
HEAD = """\
# What languages call themselves, in lower case: Unicode CLDR (Unicode License V3, https://www.unicode.org/license.txt), by cleaners/training/autonyms.py.
# Below the rule, forms that language pickers use beside those.
"""
BY_HAND = """
bahasa indonesia | bahasa melayu | bahasa malaysia | basa jawa | basa sunda | basa bali | tagalog | filipino | tiếng việt
简体中文 | 繁體中文 | 中文（简体） | 中文（繁體） | 中文 (简体) | 中文 (繁體) | 简体 | 繁體 | 正體中文 | 漢語 | 文言 | 日本語 | 한국어
ελληνικά | русский язык | українська мова | беларуская мова | српски / srpski | srpskohrvatski | bosanski | hrvatski | slovenčina | slovenščina
português (brasil) | português do brasil | brasileiro | português europeu | español (españa) | español (latinoamérica) | castellano | valencià
français (canada) | deutsch (schweiz) | schwyzerdütsch | plattdüütsch | norsk | norsk bokmål | norsk nynorsk | nynorsk | bokmål | latine | latina
azərbaycan | azərbaycan dili | oʻzbekcha | o'zbek | türkmençe | қазақша | кыргызча | татарча | башҡортса | монгол | тоҷикӣ | پښتو | کوردی | سۆرانی | kurdî
עברית | العربية | العربية المصرية | فارسی | دری | اردو | سنڌي | ייִדיש | हिन्दी | मराठी | नेपाली | संस्कृतम् | বাংলা | অসমীয়া | ਪੰਜਾਬੀ | ગુજરાતી | ଓଡ଼ିଆ
தமிழ் | తెలుగు | ಕನ್ನಡ | മലയാളം | සිංහල | ไทย | ລາວ | မြန်မာဘာသာ | ភាសាខ្មែរ | ქართული | հայերեն | አማርኛ | kiswahili | hausa | yorùbá | igbo
esperanto | interlingua | ido | volapük | euskara | galego | asturianu | aragonés | occitan | brezhoneg | cymraeg | gaeilge | gàidhlig | lëtzebuergesch
alemannisch | armãneashti | avañe'ẽ | aymar aru | bamanankan | bislama | boarisch | chamoru | chavacano | dolnoserbski | hornjoserbsce | hornjoserbšćina
emiliàn e rumagnòl | estremeñu | nordfriisk | gagauz | gĩkũyũ | ʻōlelo hawaiʻi | hawaiʻi | ilokano | iñupiatun | kalaallisut | kapampangan | kaszëbsczi
kernowek | kongo | kriyòl gwiyannen | kreyòl ayisyen | ladino | latgaļu | lea faka-tonga | ligure | limburgs | lingua franca nova | livvinkarjala | lojban
luganda | malagasy | māori | te reo māori | mirandés | nāhuatl | nedersaksies | novial | nouormand | papiamentu | picard | pälzisch | qırımtatarca | ripoarisch
romani čhib | rumantsch | runa simi | žemaitėška | scots | seeltersk | setswana | sesotho | sesotho sa leboa | ślůnski | soomaaliga | sranantongo
tarandíne | tetun | tok pisin | xitsonga | tshivenda | siswati | isixhosa | isizulu | chishona | kinyarwanda | ikirundi | chichewa | fulfulde | lingála | wolof
vahcuengh | vepsän kel’ | võro | walon | west-vlams | winaray | zazaki | zeêuws | gagana samoa | vosa vakaviti | reo tahiti | cebuano | hiligaynon | bikol central
sakha tyla | саха тыла | чӑвашла | удмурт | коми | марий | мокшень | эрзянь | буряад | хальмг | тыва дыл | осетинский | ирон | аԥсшәа | авар | лезги | нохчийн
къарачай-малкъар | къумукъ | лакку | русиньскый | словѣньскъ | ⰔⰎⰑⰂⰡⰐⰠⰔⰍⰟ | ܐܪܡܝܐ | ދިވެހިބަސް | བོད་ཡིག | རྫོང་ཁ | ትግርኛ | ᏣᎳᎩ | ᐃᓄᒃᑎᑐᑦ | ئۇيغۇرچە
भोजपुरी | मैथिली | पालि | नेपाल भाषा | गोंयची कोंकणी | অসমীয়া | মণিপুরী | تۆرکجه | گیلکی | مازِرونی | لۊری شومالی | کٲشُر | پنجابی | سرائیکی | بلوچی | مصرى
sardu | sicilianu | napulitano | vèneto | lumbaart | piemontèis | furlan | corsu | malti | shqip | íslenska | føroyskt | lietuvių | latviešu | eesti | suomi
"""


def main() -> None:
    """Write the file."""
    names = set()
    for code in localedata.locale_identifiers():
        locale = Locale.parse(code)
        names.update(filter(None, [locale.languages.get(locale.language)]))
    lines = sorted({" ".join(name.casefold().split()) for name in names} - {"english"})
    OUT.write_text(f"{HEAD}{chr(10).join(lines)}\n# ---{BY_HAND}", encoding="utf-8")


if __name__ == "__main__":
    main()
