"""Stage: lines that a learned model takes for chrome by where they stand, what stands around them and how they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dechaff.model import FEWEST
from dechaff.pages import Doubt

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dechaff.edits import Edit
    from dechaff.model import Removal
    from dechaff.model.look import Verdict
    from dechaff.model.store import Model
    from dechaff.pages import Page

RULE = "MOD001"
_MOST_LOOKS = 32
"""At a page. Of 1,497 pages of WCXB none takes more than 14 at any degree; one made for it took a look for every few of its lines."""


class LineModel:
    """Scores the lines of pages and takes the worst, again and again until no more goes: what it leaves, it leaves again.

    A page of which more goes at every look is left as it is.
    """

    name = "line_model"

    def __init__(self, rules: Collection[str], removal: Removal = "careful", model: Model | None = None, *, doubts: bool = False) -> None:
        """Work with these rules.

        Args:
            rules: Codes of the rules in force.
            removal: How much may go.
            model: Other weights than those that dechaff is shipped with.
            doubts: Whether pages are told which of the lines that stay it takes for chrome, the cut being further down.
        """
        self.acts = RULE in rules
        self._doubts = doubts
        self.removal = removal
        self._model = model

    def find(self, documents: Sequence[Page]) -> list[list[Edit]]:
        """Return the lines to remove from each page."""
        found: list[list[Edit]] = [[] for _ in documents]
        for document in documents:
            document.doubts = {}
        pages = [k for k, page in enumerate(documents) if len(page.lines) >= FEWEST] if self.acts else []
        if not pages:
            return found
        from dechaff.model.look import Look

        gone: dict[int, dict[int, str]] = {k: {} for k in pages}
        doubts: dict[int, dict[int, Doubt]] = {k: {} for k in pages}
        look = Look(self._weights(), self.removal, [documents[k] for k in pages])
        for _ in range(_MOST_LOOKS):
            for page, line, evidence in look.found():
                gone[pages[page]][line] = evidence
            for page, line, chance, evidence in look.doubtful() if self._doubts else ():
                doubts[pages[page]][line] = Doubt(chance, evidence)
            following = look.next()
            if following is None:
                break
            look = following
        else:  # another time it would begin with what is left, and find more
            for page in look.owners.tolist():
                gone[pages[page]], doubts[pages[page]] = {}, {}
        for k, notes in gone.items():
            found[k] = documents[k].line_removals({i: (RULE, note) for i, note in notes.items()})
            documents[k].doubts = doubts[k]
        return found

    def explain(self, page: Page, start: int) -> Verdict | None:
        """Return what the model says of the line that begins at an offset; None if the page is too short, or no line begins there."""
        starts = page.rows.start
        at = int(starts.searchsorted(start))
        if not self.acts or at == starts.size or starts[at] != start or starts.size < FEWEST:
            return None
        from dechaff.model.look import Look

        return Look(self._weights(), self.removal, [page]).verdict(at)

    def _weights(self) -> Model:
        if self._model is None:
            from dechaff.model import store

            self._model = store.load()
        return self._model
