"""Stage: lines that a learned model takes for chrome by where they stand, what stands around them and how they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dechaff.edits import Edit, removing
from dechaff.lines import written
from dechaff.model import FEWEST

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dechaff.edits import Document
    from dechaff.model.decision import Removal
    from dechaff.model.look import Verdict
    from dechaff.model.store import Model

RULE = "MOD001"


class LineModel:
    """Scores the lines of pages and takes the worst, again and again until no more goes: what it leaves, it leaves again."""

    name = "line_model"

    def __init__(self, rules: Collection[str], removal: Removal = "careful", model: Model | None = None) -> None:
        """Work with these rules.

        Args:
            rules: Codes of the rules in force.
            removal: How much may go.
            model: Other weights than those that dechaff is shipped with.
        """
        self.acts = RULE in rules
        self.removal = removal
        self._model = model

    def find(self, documents: Sequence[Document]) -> list[list[Edit]]:
        """Return the lines to remove from each document."""
        found: list[list[Edit]] = [[] for _ in documents]
        pages = {k: written(document.text) for k, document in enumerate(documents)} if self.acts else {}
        pages = {k: lines for k, lines in pages.items() if len(lines) >= FEWEST}
        if not pages:
            return found
        from dechaff.model.look import Look

        gone: dict[int, dict[int, str]] = {k: {} for k in pages}
        names = [*pages]
        look: Look | None = Look(self._weights(), self.removal, [*pages.values()])
        while look is not None:
            for page, line, evidence in look.found():
                gone[names[page]][line] = evidence
            look = look.next()
        for k, notes in gone.items():
            found[k] = [removing(documents[k].text, pages[k][i], RULE, notes[i]) for i in sorted(notes)]
        return found

    def explain(self, text: str, start: int) -> Verdict | None:
        """Return what the model says of the line of a text that an offset is on; None if the page is too short or the line blank."""
        lines = written(text)
        at = next((i for i, line in enumerate(lines) if line.start <= start <= line.end), None)
        if not self.acts or at is None or len(lines) < FEWEST:
            return None
        from dechaff.model.look import Look

        return Look(self._weights(), self.removal, [lines]).verdict(at)

    def _weights(self) -> Model:
        if self._model is None:
            from dechaff.model import store

            self._model = store.load()
        return self._model
