"""Corpora that nobody would write: pages of invented building blocks, damaged samples, noise, and hostile lines, in every form."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping, Sequence

FORMS = ("folder", "jsonl", "jsonl.gz", "csv", "csv.gz", "tar", "tar.gz", "mixed")
_ROOT = Path(__file__).parents[2]
_LINES = (Path(__file__).parent / "lines.txt").read_text(encoding="utf-8").splitlines()
_SAMPLES = tuple(path.read_bytes() for path in sorted((_ROOT / "samples").glob("*/in/**/*.txt")))
_SYLLABLES = ("ba", "ner", "to", "lis", "gra", "mo", "ven", "du", "pek", "sa", "rin", "hol", "ti", "cum", "é", "ß", "-", "’")
_COMMON = """
    the of and to in patients was were liver cells dose with after that for trial blood weeks group had no effect on a by from which during
    treatment hospital children water measured not rose fell study nine days when each their it older younger first second only
"""
_WORDS = _COMMON.split()
_FOREIGN = (
    "Все права защищены и охраняются законом",
    "Связаться с нами по телефону или по почте",
    "本网站所有内容版权归本站所有 未经许可不得转载",
    "联系我们 关于本站 网站地图",
    "Alle Angaben ohne Gewähr, Änderungen bleiben vorbehalten",
    "Tous droits réservés, reproduction interdite sans autorisation",
    "سياسة الخصوصية وشروط الاستخدام",
    "すべての内容は当院に帰属します",
    "Todos os direitos reservados, consulte os termos de utilização",
    "모든 권리 보유 문의하기",
    "Tüm hakları saklıdır, izinsiz kopyalanamaz",
)
_PIECES = (
    *(
        "a",
        "é",
        " ",
        "\n",
        "ab\n",
        "([{",
        "\"'",
        "| a ",
        "&amp;amp;lt;",
        "&",
        "\x1b[",
        "e\u0301\u0302",
        "don\ufffdt ",
        "\ufffd",
        "â€™ Ã© ",
        "Ã©",
    ),
    *(
        "鈥檚 茅",
        "版权所有",
        "ติดต่อเรา",
        "a\u200b",
        "\u202ea\u202c",
        "a\x01",
        "a\r",
        ". ",
        "All rights reserved. ",
        "1,234 views\n",
        "A, B and ",
    ),
    *(
        "www.example.org/",
        "0123456789",
        "\u0378",
        "👩‍⚕️",
        "a: ",
        "=HYPERLINK(1)\n",
        "::error::\n",
        "]]>",
        "</script>",
        "```\n",
        "Home > ",
        "\x85\u2028",
    ),
)
_PAGES = (("utf-8", "cp1252"), ("utf-8", "latin-1"), ("utf-8", "cp1251"), ("utf-8", "gbk"), ("utf-8", "cp437"), ("cp1252", "utf-8"))
_LEGACY = (
    "cp1252",
    "utf-16",
    "utf-16-be",
    "utf-32",
    "shift_jis",
    "gb18030",
    "koi8-r",
    "cp1251",
    "utf-8-sig",
    "iso2022_jp",
    "big5",
    "cp949",
)
_SIGNS = (*range(32, 127), *range(160, 1500), 0x200B, 0xFEFF, 0xFFFD, 0x1F600)
_NAMES = ("a", "page", "Ä", "一页", "x y", "-n", "#1", "a&b", "'q'", "%0A", "www.example.org_p", "I", "ı", "b\u202ea", "e\u0301")


class Corpus(NamedTuple):
    """What was made."""

    form: str
    files: Mapping[str, bytes]
    """By path below the folder."""
    texts: list[bytes]
    """What the documents are: whole files, members of archives, texts of records."""

    def write(self, folder: Path) -> None:
        """Write the files."""
        for name, data in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def corpus(chance: random.Random, forms: Sequence[str] = FORMS) -> Corpus:
    """Return a corpus of a few dozen documents, in one of some forms."""
    form = chance.choice(forms)
    documents = _documents(chance)
    texts = [raw for _, raw in documents]
    if form == "folder":
        return Corpus(form, dict(documents), texts)
    if form == "mixed":
        at = [chance.randrange(len(documents) + 1) for _ in range(2)]
        low, high = min(at), max(at)
        files = dict(documents[:low])
        files["all.jsonl"] = _json_lines(documents[low:high], chance)
        files["more/all.tar"] = _tar(documents[high:])
        return Corpus(form, files, texts)
    kind, _, packed = form.partition(".")
    data = {"jsonl": lambda: _json_lines(documents, chance), "csv": lambda: _csv(documents), "tar": lambda: _tar(documents)}[kind]()
    return Corpus(form, {f"all.{form}": gzip.compress(data, mtime=0) if packed else data}, texts)


def _documents(chance: random.Random) -> list[tuple[str, bytes]]:
    """Return documents by their names below a folder: some sites with templates, and what stands in none."""
    found: dict[str, bytes] = {}
    for number in range(chance.randint(1, 4)):
        head = [_title(chance) for _ in range(chance.randint(0, 5))]
        foot = [_title(chance) for _ in range(chance.randint(0, 5))]
        site = f"{chance.choice(_NAMES)}{number}"
        for page in range(chance.randint(1, 9)):
            body = _page(chance)
            found[f"{site}/{page}.txt"] = "\n".join([*head, *body, *foot, ""]).encode("utf-8", "surrogateescape")
    for number in range(chance.randint(0, 8)):
        found[f"{chance.choice(_NAMES)}{number}.txt"] = chance.choice(_KINDS)(chance)
    return list(found.items())


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(1, 4))) if chance.random() < 0.2 else chance.choice(_WORDS)


def _sentence(chance: random.Random) -> str:
    return " ".join(_word(chance) for _ in range(chance.randint(4, 25))).capitalize() + chance.choice(".?!.:…")


def _title(chance: random.Random) -> str:
    return " ".join(_word(chance).capitalize() for _ in range(chance.randint(1, 5)))


def _line(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.4:
        return _sentence(chance)
    if kind < 0.75:
        return chance.choice(_LINES)
    if kind < 0.85:
        return chance.choice(_FOREIGN)
    if kind < 0.92:
        return _garbled(f"{_sentence(chance)[:-1]} caf\u00e9 \u2019 \u201cna\u00efve\u201d \u2013 {chance.choice(_FOREIGN)}", chance)
    if kind < 0.97:
        return _title(chance)
    return "".join(
        chr(chance.choice((*range(32, 127), *range(160, 1500), 0x200B, 0xFEFF, 0xFFFD, 0x1F600))) for _ in range(chance.randint(0, 60))
    )


def _garbled(text: str, chance: random.Random) -> str:
    """Return a text in mojibake, once or twice."""
    for _ in range(chance.randint(1, 2)):
        was, read = chance.choice(_PAGES)
        text = text.encode(was, "ignore").decode(read, chance.choice(("ignore", "replace")))
    return text


def _page(chance: random.Random) -> list[str]:
    lines = [_line(chance) for _ in range(chance.randint(0, 30))]
    if chance.random() < 0.3:
        lines += [chance.choice(_FOREIGN) for _ in range(chance.randint(1, 8))]
    return lines


def _damaged(chance: random.Random) -> bytes:
    """Return a sample with lines moved and bytes changed, lost or doubled."""
    lines = chance.choice(_SAMPLES).split(b"\n")
    for _ in range(chance.randint(0, 6)):
        lines.insert(chance.randrange(len(lines)), lines.pop(chance.randrange(len(lines))))
    raw = bytearray(b"\n".join(lines))
    for _ in range(chance.randint(0, 12) if raw else 0):
        at = chance.randrange(len(raw))
        raw[at : at + chance.randint(0, 3)] = bytes(chance.randrange(256) for _ in range(chance.randint(0, 3)))
        if not raw:
            break
    return bytes(raw[: chance.randint(0, len(raw))] if chance.random() < 0.2 else raw)


def _legacy(chance: random.Random) -> bytes:
    return "\n".join(_page(chance)).encode(chance.choice(_LEGACY), chance.choice(("ignore", "replace")))


def _noise(chance: random.Random) -> bytes:
    return chance.randbytes(chance.choice((1, 7, 100, 3000)))


def _mixed(chance: random.Random) -> bytes:
    return b"\n".join(_line(chance).encode(chance.choice(_LEGACY[:1] + _LEGACY[4:]), "ignore") for _ in range(chance.randint(1, 30)))


def _hostile(chance: random.Random) -> bytes:
    piece = "".join(chance.choice(_PIECES) for _ in range(chance.choice((1, 1, 2, 3))))
    return (piece * (chance.choice((100, 2000, 20_000)) // len(piece) + 1)).encode("utf-8")


def _huge(chance: random.Random) -> bytes:
    lines = [_line(chance) for _ in range(200)]
    return "\n".join(chance.choice(lines) for _ in range(chance.choice((500, 3000)))).encode("utf-8", "surrogateescape")


def _spaces(chance: random.Random) -> bytes:
    return b"".join(chance.choice((b"\n", b" ", b"\t", b"\r\n", b"\xc2\xa0", b"\x0c")) for _ in range(chance.randint(0, 50)))


_KINDS: tuple[Callable[[random.Random], bytes], ...] = (_damaged, _damaged, _legacy, _noise, _mixed, _hostile, _huge, _spaces)


def _json_lines(documents: list[tuple[str, bytes]], chance: random.Random) -> bytes:
    rows = []
    for name, raw in documents:
        site = name.partition("/")[0]
        row = {"id": name, "text": raw.decode("utf-8", chance.choice(("replace", "surrogateescape"))), "url": f"https://{site}/", "n": 1e3}
        rows.append(json.dumps(row, ensure_ascii=chance.random() < 0.5 or not _encodable(row["text"])))
    wrong = ("{", "[]", "null", '{"text": 7}', '{"text": null}', '{"t": "x"}', "[" * 100_000, '{"text": "\\ud800"}', "\x00", "7")
    for _ in range(chance.choice((0, 0, 1, 3))):
        rows.insert(chance.randint(int(chance.random() < 0.9 and bool(rows)), len(rows)), chance.choice(wrong))
    return ("\n".join(rows) + chance.choice(("\n", ""))).encode("utf-8")


def _encodable(text: object) -> bool:
    return isinstance(text, str) and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _csv(documents: list[tuple[str, bytes]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["id", "text", "url"])
    writer.writerows(
        [name, raw.decode("utf-8", "replace").replace("\x00", ""), f"https://{name.partition('/')[0]}/"] for name, raw in documents
    )
    return text.getvalue().encode("utf-8")


def _tar(documents: list[tuple[str, bytes]]) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, raw in documents:
            member = tarfile.TarInfo(name)
            member.size = len(raw)
            tar.addfile(member, io.BytesIO(raw))
    return archive.getvalue()
