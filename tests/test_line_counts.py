"""Which lines go all over a corpus: the same lists as all meetings held in memory would give, whatever is held."""

from __future__ import annotations

import io
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dechaff.lines import words
from dechaff_cli.html import line_counts, meetings
from dechaff_cli.html.line_counts import Line, LineCounts, Lists, Seen, normal

_SEEN = st.builds(
    Seen,
    st.sampled_from(["Share this", "• share this", "Home", "Rain fell on the hill all day.", "Cookies", "\ud83d"]),
    st.sampled_from(["CHR001", "CHR004", "MOD001"]),
    st.sampled_from([0.5, 0.951, 1.0]),
    st.sampled_from(["the whole line reads so", "score 0.049"]),
)
_FILES = st.lists(st.tuples(st.integers(0, 3), st.lists(_SEEN, max_size=6)), max_size=12)


def _lists(files: list[tuple[int, list[Seen]]], most: int) -> tuple[Lists, tuple[list[Line], int]]:
    """Return the lists, from all meetings in memory and line by line."""
    met: defaultdict[str, list[tuple[int, int, Seen]]] = defaultdict(list)
    for number, (site, lines) in enumerate(files):
        for line in lines:
            met[normal(line.text)].append((number, site, line))
    rows = {key: _line(of) for key, of in met.items()}  # in the order in which they were met first
    cost = {key: words(of[0][2].text) for key, of in met.items()}
    often = sorted((row for row in rows.values() if row.times > 1), key=lambda row: (-row.files, -row.times))
    once = sorted(
        (key for key, row in rows.items() if row.files == 1), key=lambda key: -cost[key] * (1000 - round(rows[key].chance * 1000))
    )
    worst = sorted(rows.values(), key=lambda row: -row.files * round(row.chance * 1000))
    of_rule: dict[str, Line] = {}
    for row in sorted(rows.values(), key=lambda row: -row.times):
        if row.times > 1:
            of_rule.setdefault(row.rule, row)
    return Lists(often[:most], [rows[key] for key in once[:most]], of_rule, len(once)), (worst[:most], len(rows))


def _line(met: list[tuple[int, int, Seen]]) -> Line:
    best = max((seen for _, _, seen in met), key=lambda seen: seen.chance)  # the first of equals
    files = [*dict.fromkeys(number for number, _, _ in met)]
    sites = {site for _, site, _ in met}
    return Line(best.text.strip(), best.rule, best.chance, best.note, len(met), len(files), len(sites), tuple(files[:5]))


@pytest.mark.parametrize("recent", [0, 1 << 16])
@given(files=_FILES, most=st.integers(0, 4), held=st.integers(1, 9))
@settings(deadline=None)
def test_the_lists_are_those_of_all_meetings_held_in_memory(files: list[tuple[int, list[Seen]]], most: int, held: int, recent: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(meetings, "_HELD", held)
        patched.setattr(line_counts, "_RECENT", recent)
        counts = LineCounts(io.BytesIO(), io.BytesIO())
        for number, (site, lines) in enumerate(files):
            counts.add(number, site, lines)
        lists, worst = _lists(files, most)
        assert counts.lists(most) == lists
        assert counts.worst(most) == worst
