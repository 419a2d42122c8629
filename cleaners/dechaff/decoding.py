"""Bytes to text, and back to the last byte: byte order marks, UTF-8, its wide relatives, mixed lines, legacy code pages."""

from __future__ import annotations

import codecs
import re
from base64 import b64decode, b64encode
from operator import index
from typing import NamedTuple

from dechaff.codepages import FALLBACK, codec, detect, nearest_name
from dechaff.errors import NotTextError, UnknownEncodingError

UTF8 = "utf-8"

_MARKS = (  # longest first: UTF-32 begins with the mark of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What the formats' specifications prescribe for the first bytes. Where that could begin a text about the format, what follows must be
# what only the format has there: a version, a size, a block; `_` stands for a byte that no line of ASCII has.
_SIGNATURES = tuple(
    (re.compile(pattern.replace(b"_", rb"[^\t\n\v\f\r\x20-\x7e]"), re.DOTALL), what)
    for pattern, what in (
        (rb"%PDF-\d\.\d[ \t]*(?:[\r\n]|\Z)", "a PDF document"),
        (rb"\x89PNG\r\n", "a PNG picture"),
        (rb"\xff\xd8\xff", "a JPEG picture"),
        (rb"GIF8[79]a.{0,6}[\0-\x08\x0e-\x1f]", "a GIF picture"),
        (rb"II\*\0|MM\0\*", "a TIFF picture"),
        (rb"RIFF(?=.{0,3}_).{4}(?:WEBP|WAVE|AVI )", "a RIFF container (WebP, WAV or AVI)"),
        (rb"PK\x03\x04", "a ZIP archive or an office document"),
        (rb"PK\x05\x06", "an empty ZIP archive"),
        (rb"\x1f\x8b", "gzip-compressed data"),
        (rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)", "bzip2-compressed data"),
        (rb"\xfd7zXZ\0", "xz-compressed data"),
        (rb"\x28\xb5\x2f\xfd", "zstd-compressed data"),
        (rb"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (rb"Rar!\x1a\x07", "a RAR archive"),
        (rb"\x7fELF", "an ELF program"),
        (rb"MZ\x90\0", "a Windows program"),
        (rb"\xca\xfe\xba\xbe\0", "a Java class or a Mach-O program"),
        (rb"\xcf\xfa\xed\xfe.{1,3}\0", "a Mach-O program"),
        (rb"\0asm", "a WebAssembly module"),
        (rb"SQLite format 3\0", "an SQLite database"),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
        (rb"OggS\0", "an Ogg stream"),
        (rb"ID3[\x02-\x04]", "an MP3 stream"),
        (rb"PAR1[\0-\x08\x0e-\x1f]", "a Parquet file"),
    )
)
# Bytes that no encoding of text on the web uses, but for NUL in UTF-16 and escape in ISO-2022.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b\x85"))
_MOST_CONTROLS = 0.02  # of all bytes: the binaries of the public set have 0.093 and more, its damaged texts 0.001 at most
_HIGH = re.compile(rb"[\x80-\xff]")
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_SHIFTS = re.compile(rb"\x1b(?:\$[@AB]|\$\([CDO]|\$\)[ACG]|\([BIJ])")  # escape sequences of ISO-2022-JP, -KR and -CN
_CUT = re.compile(rb"(?:[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})\Z")  # a character without its end


class Patch(NamedTuple):
    """Bytes of the file that encoding its text does not give back."""

    at: int
    """Offset in the re-encoded bytes."""
    length: int
    """How many re-encoded bytes it replaces."""
    raw: bytes
    """What stands in the file instead."""


class Encoding(NamedTuple):
    """How a file's bytes became text: all that is needed to make the bytes again."""

    name: str
    """WHATWG or Python name, such as "utf-8" or "windows-1252"."""
    mark: bytes = b""
    """The byte order mark."""
    newline: str = "\n"
    """CR LF when every line of the file ends so; the text then has line feeds alone."""
    patches: tuple[Patch, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the record as JSON values; bytes as base64."""
        record: dict[str, object] = {"name": self.name}
        if self.mark:
            record["mark"] = self.mark.hex()
        if self.newline != "\n":
            record["newline"] = self.newline
        if self.patches:
            record["patches"] = [[patch.at, patch.length, b64encode(patch.raw).decode("ascii")] for patch in self.patches]
        return record

    @classmethod
    def from_json(cls, record: dict[str, object]) -> Encoding:
        """Return the record that `to_json` wrote."""
        patches: list[tuple[int, int, str]] = record.get("patches", [])  # type: ignore[assignment]
        return cls(
            str(record["name"]),
            bytes.fromhex(str(record.get("mark", ""))),
            str(record.get("newline", "\n")),
            tuple(Patch(index(at), index(length), b64decode(raw)) for at, length, raw in patches),  # a forged record may hold anything,
        )


class Remark(NamedTuple):
    """Something about the encoding that the user should know."""

    line: int
    """1-based."""
    rule: str
    note: str


class Decoded(NamedTuple):
    """A file's text and how it was found."""

    text: str
    encoding: Encoding
    remarks: tuple[Remark, ...]


def decode(raw: bytes, encoding: str | None = None) -> Decoded:
    r"""Return the text of a file.

    Args:
        raw: Its bytes.
        encoding: The encoding they are in, by its WHATWG or Python name; found by itself if left out.

    Raises:
        NotTextError: The bytes are a picture, an archive, a program, otherwise not text, or not valid in the encoding named.
        UnknownEncodingError: There is no encoding by that name.

    >>> decode(b"\xef\xbb\xbfRain fell.\r\n").text
    'Rain fell.\n'
    """
    if encoding is not None:
        return _forced(raw, check_name(encoding))
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return _marked(raw, mark, name)
    for signature, what in _SIGNATURES:
        if signature.match(raw):
            message = f"is {what}, not text; leave it out or convert it first"
            raise NotTextError(message)
    if wide := _wide_name(raw):
        return _finish(raw, _wide(raw, wide), wide, b"", [Remark(1, "DEC002", f"stored as {wide} without a byte order mark")])
    if shifted := _shifted_name(raw):
        return _finish(raw, raw.decode(shifted), shifted, b"", [Remark(1, "DEC003", f"shift sequences of {shifted}")])
    controls = len(raw) - len(raw.translate(None, _CONTROLS))
    if controls > _MOST_CONTROLS * len(raw) and controls > 1:
        message = f"is not text: {controls} of its {len(raw)} bytes are control codes; leave it out or convert it first"
        raise NotTextError(message)
    return _utf8(raw, raw, b"", [])


def decode_utf8(raw: bytes) -> Decoded:
    r"""Return the text of bytes that a program held as text: UTF-8 whatever they look like, but for halves of UTF-16 pairs among it.

    >>> decode_utf8("PK\x03\x04 is how a ZIP archive begins.\n".encode()).encoding.name
    'utf-8'
    """
    return _marked(raw, codecs.BOM_UTF8, UTF8) if raw.startswith(codecs.BOM_UTF8) else _utf8(raw, raw, b"", [])


def encode(text: str, encoding: Encoding) -> bytes:
    r"""Return the bytes that `decode` read.

    >>> encode("naïve\n", Encoding("windows-1252", newline="\r\n"))
    b'na\xefve\r\n'
    """
    raw = _plain_bytes(text, encoding)
    pieces: list[bytes] = []
    done = 0
    for patch in encoding.patches:
        pieces += raw[done : patch.at], patch.raw
        done = patch.at + patch.length
    return b"".join((*pieces, raw[done:]))


def _plain_bytes(text: str, encoding: Encoding) -> bytes:
    if encoding.newline != "\n":
        text = text.replace("\n", encoding.newline)
    return encoding.mark + text.encode(codec(encoding.name), "replace")


def check_name(encoding: str) -> str:
    """Return the name of an encoding in lower case.

    Raises:
        UnknownEncodingError: There is no encoding of text by that name.

    >>> check_name("Windows-1252")
    'windows-1252'
    """
    name = encoding.strip().lower()
    try:
        b"".decode(codec(name))  # fails for codecs that are not of text, such as base64
        "".encode(codec(name))
    except (LookupError, ValueError):
        near = nearest_name(name)
        message = f"no encoding is called {encoding!r}{f'; did you mean {near!r}?' if near else ''}"
        raise UnknownEncodingError(message) from None
    return name


def _forced(raw: bytes, name: str) -> Decoded:
    """Return the text of bytes in the encoding that the user named."""
    mark = next((mark for mark, marked in _MARKS if marked == name and raw.startswith(mark)), b"")
    try:
        text = raw[len(mark) :].decode(codec(name))
    except UnicodeDecodeError as error:
        at = error.start + len(mark)
        line = raw.count(b"\n", 0, at) + 1
        message = f"is not valid {name}: byte 0x{raw[at]:02X} at offset {at}, line {line}; name another encoding, or none to have it found"
        raise NotTextError(message) from error
    remarks = [] if name == UTF8 else [Remark(1, "DEC003", f"read as {name}, as asked")]
    return _finish(raw, text, name, mark, remarks)


def _marked(raw: bytes, mark: bytes, name: str) -> Decoded:
    """Return the text of a file that begins with a byte order mark."""
    remarks = [Remark(1, "DEC001", f"begins with the byte order mark of {name}")]
    if name == UTF8:
        return _utf8(raw, raw[len(mark) :], mark, remarks)
    remarks.append(Remark(1, "DEC002", f"stored as {name}"))
    return _finish(raw, _wide(raw[len(mark) :], name), name, mark, remarks)


def _utf8(raw: bytes, body: bytes, mark: bytes, remarks: list[Remark]) -> Decoded:
    """Return the text of bytes that are UTF-8, mostly UTF-8, or in a legacy code page."""
    for name, rule, note in ((UTF8, "", ""), ("utf-8-variants", "DEC004", "UTF-8 in the forms that Java and old databases write")):
        if _decodes(body, name):
            return _finish(raw, body.decode(name), UTF8, mark, [*remarks, Remark(1, rule, note)] if rule else remarks)
    if (cut := _CUT.search(body)) and _decodes(body[: cut.start()], UTF8) and not body[: cut.start()].isascii():
        remark = Remark(body.count(b"\n") + 1, "DEC004", "the file ends inside a character, whose first bytes are left out")
        return _finish(raw, body[: cut.start()].decode(UTF8), UTF8, mark, [*remarks, remark])
    lines = body.split(b"\n")
    if mark or _holds_utf8(body, lines):
        return _mixed(raw, lines, mark, remarks)
    name = detect(body)
    return _finish(raw, _decode_as(body, name), name, mark, [*remarks, Remark(1, "DEC003", f"not UTF-8; its letters read as {name}")])


def _mixed(raw: bytes, lines: list[bytes], mark: bytes, remarks: list[Remark]) -> Decoded:
    """Return the text of a UTF-8 file in which some lines are not UTF-8."""
    legacy = [line for line in lines if not _decodes(line, UTF8) and not _SEQUENCE.search(line)]
    name = detect(b"\n".join(legacy)) if legacy else FALLBACK
    pieces = []
    for number, line in enumerate(lines, 1):
        if _decodes(line, UTF8):
            pieces.append(line.decode(UTF8))
        elif _SEQUENCE.search(line):
            pieces.append(_decode_as(line, UTF8))
            remarks.append(Remark(number, "DEC004", f"bytes that are not UTF-8, read as {FALLBACK}"))
        else:
            pieces.append(_decode_as(line, name))
            remarks.append(Remark(number, "DEC004", f"a line in {name} in a file of UTF-8"))
    return _finish(raw, "\n".join(pieces), UTF8, mark, remarks)


def _finish(raw: bytes, text: str, name: str, mark: bytes, remarks: list[Remark]) -> Decoded:
    """Return the text with uniform line ends, and a record that gives back the very bytes."""
    newline = "\n"
    if (breaks := text.count("\r\n")) and breaks == text.count("\n") == text.count("\r"):
        newline = "\r\n"
        text = text.replace("\r\n", "\n")
        remarks = [*remarks, Remark(1, "DEC005", f"all {breaks} lines end in carriage return and line feed")]
    encoding = Encoding(name, mark, newline)
    made = _plain_bytes(text, encoding)
    if made != raw:
        encoding = encoding._replace(patches=_patches(made, raw))
    return Decoded(text, encoding, tuple(remarks))


def _patches(made: bytes, raw: bytes) -> tuple[Patch, ...]:
    """Return what turns the re-encoded bytes into the file's, line by line where the lines correspond."""
    ours, theirs = made.split(b"\n"), raw.split(b"\n")
    if len(ours) != len(theirs):
        return (Patch(0, len(made), raw),)
    patches = []
    at = 0
    for our, their in zip(ours, theirs, strict=True):
        if our != their:
            patches.append(Patch(at, len(our), their))
        at += len(our) + 1
    return tuple(patches)


def _decodes(body: bytes, name: str) -> bool:
    try:
        body.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _holds_utf8(body: bytes, lines: list[bytes]) -> bool:
    """Return whether bytes that are not UTF-8 throughout are UTF-8 for a good part.

    Either three quarters of the high bytes stand in well-formed sequences (by chance a third do at most), or a quarter of the
    lines with high bytes are well-formed from end to end.
    """
    high = len(_HIGH.findall(body))
    if 4 * sum(map(len, _SEQUENCE.findall(body))) >= 3 * high:
        return True
    marked = [line for line in lines if _HIGH.search(line)]
    return 4 * sum(_decodes(line, UTF8) for line in marked) >= len(marked)


def _read_single_bytes(error: UnicodeError) -> tuple[str, int]:
    """Return what the default code page makes of undecodable bytes: a handler for `bytes.decode`, so that nothing is lost."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode(codec(FALLBACK)), error.end


codecs.register_error("dechaff-single-bytes", _read_single_bytes)


def _decode_as(body: bytes, name: str) -> str:
    """Return the text in an encoding; what is undefined in it is read byte by byte."""
    return body.decode(codec(name), "dechaff-single-bytes")


def _shifted_name(raw: bytes) -> str | None:
    """Return the form of ISO-2022 that the escape sequences in some bytes belong to."""
    if not _SHIFTS.search(raw):
        return None
    names = ("iso2022_kr",) if b"\x1b$)C" in raw else ("iso2022_jp_2",)  # the Japanese codec passes Korean shifts over
    return next((name for name in names if _decodes(raw, name)), None)


def _wide_name(raw: bytes) -> str | None:
    """Return the UTF-16 or UTF-32 form of bytes without a mark, judged by where their zero bytes stand."""
    sample = raw[: 1 << 16]
    if b"\0" not in sample:
        return None
    units = len(sample) // 4
    if units and len(raw) % 4 == 0:
        for name, zeros in (("utf-32-le", (2, 3)), ("utf-32-be", (0, 1))):
            # the two high bytes of nearly every character outside the emoji planes
            if all(sample[i::4].count(0) >= 0.9 * units for i in zeros) and _reads_as(raw, name):
                return name
    pairs = len(sample) // 2
    for name, high, low in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        # spaces, line breaks and digits have a zero high byte in any script; a zero low byte is rare in all
        if sample[high::2].count(0) > max(0.02 * pairs, 4 * sample[low::2].count(0)) and _reads_as(raw, name):
            return name
    return None


def _reads_as(raw: bytes, name: str) -> bool:
    """Return whether nine tenths of the first characters are printable or white space: UTF-16 read from noise gives a half."""
    text = _wide(raw[: 1 << 16], name)
    return sum(map(str.isprintable, text)) + sum(map(str.isspace, text)) >= 0.9 * len(text)


def _wide(body: bytes, name: str) -> str:
    """Return the text of UTF-16 or UTF-32; a character cut in half becomes U+FFFD, its bytes stay in the record."""
    return body.decode(name, "replace")
