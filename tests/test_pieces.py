"""A file as pieces: the text after every pass can be read off them, whatever was done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from dechaff import RULES, Finding
from dechaff_cli import corpus, run
from dechaff_cli.html.changes import packed
from dechaff_cli.html.pieces import Folded, Piece, folded, pieces
from dechaff_cli.task import Task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ALPHABET = "ab \n\u200b"


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[str], list[Finding]]:
    """Return the texts after each pass, the first as it was, and the findings that lead from one to the next."""
    texts = [draw(st.text(ALPHABET, max_size=30))]
    findings: list[Finding] = []
    for layer in range(draw(st.integers(0, 4))):
        text, made, at = texts[-1], "", 0
        while at <= len(text) and draw(st.booleans()):
            start = draw(st.integers(at, len(text)))
            end = draw(st.integers(start, len(text)))
            new = draw(st.text(ALPHABET, max_size=4))
            if text[start:end] or new:
                findings.append(Finding(1, 1, "ENC001", text[start:end], new, "", layer, start))
                made += text[at:start] + new
                at = end
                if end == start:
                    break  # two changes at one place are one
        texts.append(made + text[at:])
    return texts, findings


@given(histories())
def test_the_text_after_each_pass_is_what_is_alive_then(history: tuple[list[str], list[Finding]]) -> None:
    texts, findings = history
    row = pieces(texts[0], findings)

    def alive(piece: Piece, layer: int) -> bool:
        born = piece.born < 0 or findings[piece.born].layer <= layer
        return born and not (piece.gone >= 0 and findings[piece.gone].layer <= layer)

    for layer, text in enumerate(texts, -1):
        assert "".join(piece.text for piece in row if alive(piece, layer)) == text


def breaks(shown: Sequence[Folded], side: int) -> int:
    """Return how many line feeds stand on one side: 1 for the original, 2 for the clean copy."""
    count = 0
    for one in shown:
        if isinstance(one, int):
            count += one
        elif isinstance(one, str):
            count += one.count("\n")
        elif len(one) == 3 and isinstance(one[0], str) and one[side] == -1:
            count += one[0].count("\n")
    return count


@given(st.lists(st.sampled_from(["kept", "", "gone"]), max_size=60), st.sets(st.integers(1, 60), max_size=3))
def test_folding_loses_no_line_number(lines: list[str], suspicious: set[int]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    findings = [
        Finding(number, 1, "CHR001", "gone\n", "", "", 0, sum(len(line) + 1 for line in lines[: number - 1]))
        for number, line in enumerate(lines, 1)
        if line == "gone"
    ]
    shown, left = folded(pieces(text, findings), suspicious)
    assert left == 0
    assert breaks(shown, 1) == text.count("\n")
    assert breaks(shown, 2) == text.count("\n") - len(findings)


def test_what_is_far_from_a_change_is_folded_and_long_lines_are_cut() -> None:
    text = "".join(f"line {number}\n" for number in range(100)) + "m" * 9000 + "\n"
    at = text.index("line 50\n")
    shown, _ = folded(pieces(text, [Finding(51, 1, "CHR001", "line 50\n", "", "", 0, at)]), ())
    assert shown == [47, "line 47\nline 48\nline 49\n", ["line 50\n", -1, 0], "line 51\nline 52\nline 53\nline 54\n", 46]
    shown, _ = folded(pieces(text, [Finding(101, 1, "CHR001", text[-9001:], "", "", 0, len(text) - 9001)]), ())
    assert [8200, -1, 0] in shown
    assert len(packed(shown)) < 2000


def test_a_file_of_endless_changes_is_cut_and_the_rest_counted() -> None:
    text = "x" * 1000 + "\n"
    findings = [Finding(number + 1, 1, "CHR001", text, "", "", 0, number * len(text)) for number in range(1000)]
    shown, left = folded(pieces(text * 1000, findings), ())
    assert left == 1000 - len(shown) > 0
    assert len(packed(shown)) < 1 << 20


def test_the_samples_are_told_exactly(samples: Path) -> None:
    task = Task(frozenset(RULES), keep_text=True)
    from dechaff.report import source

    for collection in ("scrapes", "hostile", "footers"):
        files = corpus.find([samples / collection / "in"]).files
        for outcome in run.clean(files, task, run.survey(files, task, 1), 1):
            findings = outcome.report.findings
            text = source(outcome.text, findings)
            row = pieces(text, findings)
            assert "".join(piece.text for piece in row if piece.born < 0) == text
            assert "".join(piece.text for piece in row if piece.gone < 0) == outcome.text
            json.loads(packed(folded(row, ())[0]))
