"""What dechaff promises of any input, said once: properties, fuzzing and the long run all ask it here.

Each function raises AssertionError where its promise is broken, and returns whether the input was one that it could ask about.
"""

from __future__ import annotations

import itertools
import unicodedata

from dechaff import RULES, FileReport, NotTextError, clean, decode, encode, restore
from dechaff.edits import apply
from dechaff.report import describe, source


def decodes_or_refuses(raw: bytes) -> bool:
    """Any bytes are refused, or become text that becomes the same bytes again."""
    try:
        decoded = decode(raw)
    except NotTextError:
        return False
    assert encode(decoded.text, decoded.encoding) == raw
    decoded.text.encode("utf-8")
    assert type(decoded.encoding).from_json(decoded.encoding.to_json()) == decoded.encoding
    return True


def restores(raw: bytes) -> bool:
    """The clean copy and its record give back the original, to the last byte; findings point into the user's file."""
    try:
        decoded = decode(raw)
    except NotTextError:
        return False
    cleaned = clean(decoded.text)
    report = describe("a.txt", "", raw, decoded, cleaned)
    record = FileReport.from_json(report.to_json())
    assert record == report
    assert restore(cleaned.text.encode("utf-8"), record) == raw
    assert source(cleaned.text, record.findings) == decoded.text
    lines = decoded.text.split("\n")
    for finding in record.findings:
        assert 1 <= finding.line <= len(lines)
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1
        if finding.layer == 0 and RULES[finding.rule].stage == "encoding":
            assert lines[finding.line - 1][finding.column - 1 :].startswith(finding.old)
    return True


def settles(text: str) -> None:
    """Cleaning what is clean changes nothing."""
    once = clean(text).text
    assert clean(once).text == once


def keeps(text: str) -> None:
    """Removals only delete, edits are sorted and apart, and what changes characters drops none that is of a word."""
    now = text
    for layer in clean(text).layers:
        before, now = now, apply(now, layer)
        assert all(former.end <= latter.start for former, latter in itertools.pairwise(layer))
        if all(RULES[edit.rule].effect == "remove" for edit in layer):
            assert is_subsequence(now, before)
        for edit in layer:
            if RULES[edit.rule].effect == "remove":
                assert edit.new == ""
            elif edit.rule.startswith("CHA"):
                was = before[edit.start : edit.end]
                assert [*filter(str.isalnum, unicodedata.normalize("NFC", was))] == [*filter(str.isalnum, edit.new)]


def is_subsequence(short: str, long: str) -> bool:
    """Return whether one text is what is left of the other when characters are taken out."""
    rest = iter(long)
    return all(character in rest for character in short)
