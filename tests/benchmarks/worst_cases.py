"""What hostile text costs: `python tests/benchmarks/worst_cases.py [most kilobytes] [--stages]` prints seconds a megabyte by kind and size.

Time that grows no faster than the text keeps the figures of a row level; each row ends with the factor from its first size to its last.
With `--stages` a row is a stage, and of each size it has the dearest kind: what one stage costs alone, beside what every one does.
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from dechaff import RULES, NotTextError, clean, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SIZES = (10, 100, 1000, 10_000)  # kilobytes


def kinds() -> dict[str, str]:
    """Return pieces that are repeated to the size asked for, by name; a line feed in the piece makes many lines of it."""
    return {
        "one word": "a",
        "one word, accents": "é",
        "spaces": " ",
        "blank lines": "\n",
        "short lines": "ab\n",
        "one line": "Rain fell on the hill. ",
        "brackets": "([{",
        "brackets, lines": "((((((((((((((((((((\n",
        "quotes": "\"'",
        "dashes": "- – — ",
        "pipes": "| ",
        "pipes, lines": "| a | b | c |\n",
        "entities": "&amp;amp;lt;",
        "ampersands": "&",
        "escapes": "\x1b[",
        "combining marks": "e\u0301\u0302",
        "replacement": "don\ufffdt ",
        "replacement alone": "\ufffd",
        "mojibake": "â€™ Ã© ",
        "mojibake, one word": "Ã©",
        "mojibake, lines": "The patientâ€™s cafÃ©\n",
        "East Asian mojibake": "鈥檚 茅",
        "Chinese": "版权所有",
        "Chinese, lines": "版权所有 联系我们\n",
        "Russian, lines": "Политика конфиденциальности\n",
        "German, lines": "Datenschutz und Impressum für alle\n",
        "Thai": "ติดต่อเรา",
        "zero width": "a\u200b",
        "bidi": "\u202ea\u202c",
        "controls": "a\x01",
        "carriage returns": "a\r",
        "capitals": "Aa ",
        "full stops": ". ",
        "full stops, no spaces": "a.",
        "sentences of chrome": "All rights reserved. ",
        "chrome lines": "Share this page\n",
        "headings and text": "Background\nA sentence of twelve words stands here so that it reads as running text.\n",
        "one heading": "Related articles\n",
        "figures": "1,234 views\n",
        "privacy terms": "privacy policy & terms of use | ",
        "commas": "A, B and ",
        "names": "Ann B, Cid D; ",
        "colons": "a: ",
        "web addresses": "www.example.org/",
        "numbers": "0123456789",
        "unassigned": "\u0378",
        "emoji": "👩‍⚕️",
        "surrogate bytes": "\udc80",
    }


def rows(most: int) -> Iterator[tuple[str, list[float]]]:
    """Yield for every kind the seconds a megabyte at each size up to the most kilobytes."""
    rules = frozenset(RULES)
    for name, piece in kinds().items():
        costs: list[float] = []
        for size in (size for size in _SIZES if size <= most):
            costs.append(_cost(_repeated(piece, size), lambda data: clean(decode(data).text, rules)))
            if costs[-1] * size / 1000 > 100:  # seconds: larger ones are not worth waiting for
                break
        yield name, costs


def stages(most: int) -> Iterator[tuple[str, list[float]]]:
    """Yield for every stage the seconds a megabyte that its dearest kind of text takes, at each size."""
    sizes = [size for size in _SIZES if size <= most]
    for stage in sorted({rule.stage for rule in RULES.values()}):
        rules = frozenset(code for code, rule in RULES.items() if rule.stage == stage)

        def alone(data: bytes, stage: str = stage, rules: frozenset[str] = rules) -> object:
            return decode(data) if stage == "decoding" else clean(data.decode("utf-8", "replace"), rules)

        costs = {name: [_cost(_repeated(piece, size), alone) for size in sizes] for name, piece in kinds().items()}
        dearest = max(costs, key=lambda name: costs[name][-1])
        yield f"{stage}: {dearest}", costs[dearest]


def _repeated(piece: str, size: int) -> bytes:
    """Return so many kilobytes of a piece."""
    raw = piece.encode("utf-8", "surrogateescape")
    return raw * (size * 1000 // len(raw))


def _cost(data: bytes, work: Callable[[bytes], object]) -> float:
    """Return the processor seconds a megabyte; of what is refused, those until it is."""
    begin = time.process_time()
    with suppress(NotTextError):
        work(data)
    return (time.process_time() - begin) * 1e6 / len(data)


def main() -> None:
    """Print the table."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    most = numbers[0] if numbers else 1000
    sizes = [size for size in _SIZES if size <= most]
    for piece in kinds().values():
        _cost(_repeated(piece, 1), lambda data: clean(decode(data).text))  # what is loaded once is no part of it
    print("seconds a megabyte".ljust(40), *(f"{size:>8} kB" for size in sizes), "  factor")
    for name, costs in (stages if "--stages" in sys.argv else rows)(most):
        print(name.ljust(40), *(f"{cost:11.2f}" for cost in costs), f"{costs[-1] / max(costs[0], 0.01):8.2f}", flush=True)


if __name__ == "__main__":
    main()
