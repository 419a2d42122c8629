"""One paragraph a result: the place, the rules, the evidence, and the lines themselves. For people who decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dechaff_cli.terminal import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dechaff_cli.formats import Totals
    from dechaff_cli.results import Checked

_NEW = 80  # code points of a repair that are shown: a word and what stands beside it


class Full:
    """Shows each result as it comes, its lines set off so that none can begin a line of ours."""

    def add(self, file: Checked) -> Iterator[str]:
        """Yield the results of a file."""
        for result in file.results:
            yield f"{file.path}:{result.line}:{result.column}: {result.title}: {result.message}"
            yield from (f"  | {line}".rstrip() for line in result.excerpt)
            if result.effect == "repair":
                yield from (f"  {clipped(one.old, _NEW)!r} becomes {clipped(one.new, _NEW)!r}" for one in result.findings[:1] if one.old)
            yield ""
        yield from (f"{file.path}: {words}" for words in file.over)

    def finish(self, _totals: Totals) -> Iterator[str]:
        """Yield nothing: what failed stands on standard error."""
        yield from ()


FORMATS = {"full": Full}
