"""Builds `cleaners/dechaff/data/language_model.npz`: how likely letters and words are in English and in 56 other Latin-script languages.

    python cleaners/training/language_model.py PACKAGES PAGES [--out FILE] [--folds 0,1,2]

PACKAGES is a folder with the distributions named in `SOURCES`, as `pip download --no-deps` and `npm pack` put them there.
PAGES is the rendering `full_page.jsonl.gz` of the WCXB development split. `--folds` leaves pages out, to measure on them.

Three kinds of text go in, each under a licence that allows it; `data/language_model.txt` beside the result names them:
letter statistics of Wikipedia in langdetect's profiles, translation catalogues of free software, and English pages.
"""

from __future__ import annotations

import argparse
import gettext
import gzip
import hashlib
import io
import json
import math
import re
import tarfile
import tomllib
import zipfile
from collections import Counter, defaultdict
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

ROOT = Path(__file__).parents[2]
OUT = ROOT / "cleaners" / "dechaff" / "data" / "language_model.npz"
WORDS = Path(__file__).with_name("language_words.toml")

SOURCES = {  # distribution: where its catalogues are
    "django": r"locale/([\w@-]+)/.*\.mo$",
    "django_allauth": r"locale/([\w@-]+)/.*\.mo$",
    "django_cms": r"locale/([\w@-]+)/.*\.mo$",
    "django_oscar": r"locale/([\w@-]+)/.*\.mo$",
    "djangorestframework": r"locale/([\w@-]+)/.*\.mo$",
    "humanize": r"locale/([\w@-]+)/.*\.mo$",
    "indico": r"translations/([\w@-]+)/.*\.mo$",
    "sphinx": r"locale/([\w@-]+)/.*\.mo$",
    "wagtail": r"locale/([\w@-]+)/.*\.mo$",
    "wtforms": r"locale/([\w@-]+)/.*\.mo$",
    "docusaurus": r"locales/([a-z]{2}(?:-\w+)?)/.*\.json$",
    "astrojs": r"translations/([\w-]+)\.json$",
    "video.js": r"dist/lang/([\w-]+)\.json$",
    "uppy": r"lib/([a-z]{2}(?:_[A-Z]{2})?)\.js$",
    "element": r"/es/locale/lang/([\w-]+)\.mjs$",
    "vuetify": r"lib/locale/([a-z]{2}(?:-\w+)?)\.js$",
}
LANGUAGES = tuple(tomllib.loads((OUT.parent / "languages.toml").read_text(encoding="utf-8"))["languages"]["latin"].split())
"""ISO 639 codes. Bosnian, Croatian and Serbian in Latin letters are one here, and the two Norwegians: their words are the same."""
_SAME = {"nb": "no", "nn": "no", "bs": "hr", "fil": "tl"}

STEP = 16
"""Units a nat: costs are whole numbers, so that their sums are exact and the same in any order."""
_MOST = 255  # units: a cost fits a byte; 16 nats are rarer than anything counted
_LETTERS_A_GRAM = 3
_WORDS_OF_PAGES = 4  # times that a word must stand in English pages, on as many as two sites: less is a typing error or a name
_PLACEHOLDER = re.compile(
    r"%\(\w+\)[-#0 +]?[\d.]*[a-zA-Z]|%\{[^}]*\}|%\d*\$?[-\d.]*[sdfixr]|\{\{[^}]*\}\}|\$?\{[^}]*\}|<[^>]*>|&[a-z#0-9]+;"
    r"|https?://\S+|:\w+:`[^`]*`|`[^`]*`|\S+@\S+"
)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'')
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def words(text: str) -> list[str]:
    """Return the words of a text as the model counts them: in lower case, in Latin letters."""
    return [word.replace("’", "'") for word in _WORD.findall(text.lower()) if word.isascii() or all(map(_latin, word))]


def _latin(letter: str) -> bool:
    return letter < "\u0250" or "\u1e00" <= letter <= "\u1eff" or letter in "'’ə"


def language(code: str) -> str:
    """Return the language of a locale."""
    low = code.replace("_", "-").lower()
    if low.startswith("sr"):
        return "hr" if "lat" in low else "sr"
    base = re.split("[-@]", low)[0]
    return _SAME.get(base, base)


def catalogues(folder: Path, names: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield every translated string of some packages: its language, the English one, the translation."""
    for path in sorted(folder.iterdir()):
        name = path.name.split("-")[0]
        if name not in names:
            continue
        for member, data in _members(path):
            found = re.search(SOURCES[name], member)
            if not found:
                continue
            for source, text in _strings(member, data()):
                yield language(found[1]), _tidy(source), _tidy(text)


def _members(path: Path) -> Iterator[tuple[str, object]]:
    if path.suffix == ".whl":
        archive = zipfile.ZipFile(path)
        for member in archive.namelist():
            yield member, lambda member=member: archive.read(member)
    else:
        with tarfile.open(path) as tar:
            for entry in tar.getmembers():
                if entry.isfile():
                    yield entry.name, lambda entry=entry: tar.extractfile(entry).read()


def _strings(member: str, data: bytes) -> Iterator[tuple[str, str]]:
    if member.endswith(".mo"):
        for key, text in gettext.GNUTranslations(io.BytesIO(data))._catalog.items():
            source = (key[0] if isinstance(key, tuple) else key).split("\x04")[-1]
            if source and text and text != source:
                yield source, text
        return
    for double, single in _STRING.findall(data.decode("utf-8")):
        text = (double or single).replace("\\'", "'").replace("\\n", " ")
        if not re.fullmatch(r"[\w.$/-]*", text, re.ASCII):
            yield text, text


def _tidy(text: str) -> str:
    return " ".join(_PLACEHOLDER.sub(" ", text).split())


def pages(path: Path, folds: set[int], *, content: bool = False) -> Iterator[tuple[str, str]]:
    """Yield domain and text of every page that is in English, from the folds given; on request only the lines labelled content."""
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            if int(hashlib.md5(row["domain"].encode()).hexdigest(), 16) % 5 not in folds:
                continue
            text = "\n".join(line for line, label in row["lines"] if label == 1 or not content)
            found = words(text)
            if sum(word in {"the", "of", "and", "to"} for word in found) >= 0.05 * len(found):
                yield row["domain"], text


class Letters:
    """Counts of one, two and three letters in a row, and the cost of each third letter after its two."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self.counts: tuple[Counter[str], Counter[str], Counter[str]] = Counter(), Counter(), Counter()
        self.after: Counter[str] = Counter()
        self.follow: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.total = self.size = 1.0

    def add_words(self, counted: Counter[str], weight: float) -> None:
        """Add the letters of counted words."""
        for word, count in counted.items():
            text = f" {word} "
            for size in (1, 2, 3):
                for i in range(len(text) - size + 1):
                    self.counts[size - 1][text[i : i + size]] += weight * count

    def add_profile(self, profile: dict[str, int], total: float) -> None:
        """Add a langdetect profile, scaled so that its trigrams sum to `total`."""
        lower: Counter[str] = Counter()
        for gram, count in profile.items():
            if len(gram.lower()) == len(gram):  # the Turkish capital of i has two code points in lower case
                lower[gram.lower()] += count
        scale = total / sum(count for gram, count in lower.items() if len(gram) == 3)
        for gram, count in lower.items():
            self.counts[len(gram) - 1][gram] += scale * count

    def settle(self, alphabet: Sequence[str]) -> Letters:
        """Add up what the probabilities need, when all text is in."""
        ones, twos, threes = self.counts
        self.size = len(alphabet)
        self.total = sum(ones[letter] for letter in alphabet) or 1
        for gram, count in twos.items():
            self.after[gram[0]] += count
        for gram, count in threes.items():
            self.follow[gram[:2]] += count
            self.kinds[gram[:2]] += 1
        return self

    def first(self, letter: str) -> float:
        """Return the probability of a letter."""
        return 0.999 * self.counts[0][letter] / self.total + 0.001 / self.size

    def second(self, gram: str) -> float:
        """Return the probability of the second letter after the first."""
        return (self.counts[1][gram] + 20 * self.first(gram[1])) / (self.after[gram[0]] + 20)

    def third(self, gram: str) -> float:
        """Return the probability of the third letter after the first two."""
        spare = 2 + self.kinds[gram[:2]]
        return (self.counts[2][gram] + spare * self.second(gram[1:])) / (self.follow[gram[:2]] + spare)


def main() -> None:
    """Build the table."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("packages", type=Path)
    ask.add_argument("pages", type=Path)
    ask.add_argument("--out", type=Path, default=OUT)
    ask.add_argument("--folds", default="0,1,2,3,4", help="of the pages' domains, five in all")
    ask.add_argument("--without", default="", help="packages to leave out, so that their strings can be measured on")
    asked = ask.parse_args()

    counted: dict[str, Counter[str]] = {code: Counter() for code in LANGUAGES}
    seen: dict[str, set[str]] = defaultdict(set)
    for code, source, text in catalogues(asked.packages, set(SOURCES) - set(asked.without.split(","))):
        for lang, said in ((code, text), ("en", source)):
            if lang in counted and said not in seen[lang]:
                seen[lang].add(said)
                counted[lang].update(words(said))
    english: Counter[str] = Counter()
    sites: dict[str, set[str]] = defaultdict(set)
    for domain, text in pages(asked.pages, set(map(int, asked.folds.split(",")))):
        found = words(text)
        english.update(found)
        for word in set(found):
            sites[word].add(domain)
    english = Counter({word: count for word, count in english.items() if count >= _WORDS_OF_PAGES and len(sites[word]) > 1})
    by_hand = tomllib.loads(WORDS.read_text(encoding="utf-8"))["words"]
    for code, text in by_hand.items():
        for word in set(words(text)):
            counted[code][word] += max(2, round(sum(counted[code].values()) / 2000))
    # A translation that was never made stands in the catalogue as English: its words are no words of that language.
    for code in LANGUAGES[1:]:
        for word in [word for word, count in counted[code].items() if count < 2 and english[word] > 200]:
            del counted[code][word]
    ui = counted["en"]
    scale = 0.25 * sum(english.values()) / max(1, sum(ui.values()))  # interfaces are a fifth of the English that edges are made of
    for word, count in ui.items():
        english[word] += max(1, round(count * scale))
    counted["en"] = english

    np.savez_compressed(asked.out, **table(counted))
    print(f"{asked.out}: {asked.out.stat().st_size:,} bytes")


def table(counted: dict[str, Counter[str]]) -> dict[str, np.ndarray]:
    """Return the arrays of the model."""
    letters = {code: Letters() for code in LANGUAGES}
    for code in LANGUAGES:
        profile = resources.files("langdetect").joinpath("profiles", code)
        total = sum(counted[code].values())
        letters[code].add_words(counted[code], 1.0 if not profile.is_file() else 200_000 / max(total, 50_000))
        if profile.is_file():
            letters[code].add_profile(json.loads(profile.read_text(encoding="utf-8"))["freq"], 1_000_000)
    alphabet = sorted({gram for code in LANGUAGES for gram in letters[code].counts[0] if gram.isalpha() and _latin(gram)} | {" ", "'"})
    every = Counter(gram for code in LANGUAGES for gram in letters[code].counts[2] if set(gram) <= set(alphabet) and "  " not in gram)
    trigrams = sorted(gram for gram in every if gram[1] != " ")
    bigrams = sorted(
        {gram[1:] for gram in trigrams} | {a + b for a in alphabet for b in alphabet if any(letters[c].counts[1][a + b] for c in LANGUAGES)}
    )
    three = np.zeros((len(trigrams), len(LANGUAGES)), np.uint8)
    two = np.zeros((len(bigrams) + 1, len(LANGUAGES)), np.uint8)
    for column, code in enumerate(LANGUAGES):
        counts = letters[code].settle(alphabet)
        three[:, column] = [_cost(counts.third(gram)) for gram in trigrams]
        # Two letters back is all that is known where three were never seen together in any language.
        two[:-1, column] = [_cost(0.1 * counts.second(gram)) for gram in bigrams]
        two[-1, column] = _MOST
    vocabulary = sorted({word for code in LANGUAGES for word, count in counted[code].items()})
    rows, columns, costs = [], [], []
    spare_cost = []
    where = {word: i for i, word in enumerate(vocabulary)}
    for column, code in enumerate(LANGUAGES):
        total = sum(counted[code].values())
        kinds_of_words = len(counted[code])
        spare_cost.append(_cost(kinds_of_words / (total + kinds_of_words)) if total else 0)
        for word, count in counted[code].items():
            rows.append(where[word])
            columns.append(column)
            costs.append(_cost(count / (total + kinds_of_words)))
    order = np.lexsort((columns, rows))
    rows_array = np.array(rows)[order]
    return {
        "languages": np.array(LANGUAGES),
        "alphabet": np.array("".join(alphabet)),
        "trigrams": np.array("".join(trigrams)),
        "trigram_costs": three,
        "bigrams": np.array("".join(bigrams)),
        "bigram_costs": two,
        "words": np.frombuffer("\n".join(vocabulary).encode(), np.uint8),
        "word_starts": np.searchsorted(rows_array, np.arange(len(vocabulary) + 1)).astype(np.uint32),
        "word_languages": np.array(columns, np.uint8)[order],
        "word_costs": np.array(costs, np.uint8)[order],
        "new_word_costs": np.array(spare_cost, np.uint8),
    }


def _cost(probability: float) -> int:
    return min(_MOST, round(-STEP * math.log(probability))) if probability > 0 else _MOST


if __name__ == "__main__":
    main()
