"""Lines that the user wants left as they are, whatever a rule says."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from dechaff.edits import Document
from dechaff.lines import bare
from dechaff.patterns import Patterns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dechaff.edits import Edit
    from dechaff.pipeline import Stage


class Allow(NamedTuple):
    """One kind of line that stays."""

    line: str = ""
    """The whole line, without the white space at its edges."""
    pattern: str = ""
    """RE2, instead: must match the whole bare line, whatever its case."""
    sites: tuple[str, ...] = ()
    """Shell patterns for the sites it holds for; none for all."""
    rules: frozenset[str] = frozenset()
    """Codes of the rules that it stops; none for all."""


class Allowed:
    """Says of a line whether it stays."""

    def __init__(self, table: Sequence[Allow]) -> None:
        """Make one.

        Raises:
            RuleTableError: RE2 refuses a pattern.
        """
        self._exact: dict[str, list[Allow]] = {}
        for entry in table:
            if entry.line:
                self._exact.setdefault(entry.line.strip(), []).append(entry)
        self._patterns = Patterns([(entry.pattern, entry) for entry in table if entry.pattern])

    def __call__(self, line: str, site: str, rule: str) -> bool:
        """Return whether a rule leaves a line of a site alone.

        >>> Allowed([Allow(line="Share", sites=("*.example.org",))])("  Share ", "www.example.org", "CHR010")
        True
        """
        return any(
            (not entry.rules or rule in entry.rules) and (not entry.sites or any(fnmatchcase(site, shape) for shape in entry.sites))
            for entry in (*self._exact.get(line.strip(), ()), *self._patterns.whole(bare(line)))
        )


Of_contra = TypeVar("Of_contra", bound=Document, contravariant=True)


class Sparing(Generic[Of_contra]):
    """A stage that leaves allowed lines alone and is otherwise the one it is made from.

    What the stage thinks of the neighbours of such a line does not change: to allow a line is to keep that line, no other.
    """

    def __init__(self, stage: Stage[Of_contra], allowed: Allowed) -> None:
        """Make one.

        Args:
            stage: What finds the edits.
            allowed: What stays. An edit of several lines stays undone if one of them is allowed.
        """
        self._stage = stage
        self._allowed = allowed

    @property
    def name(self) -> str:
        """The name of the stage."""
        return self._stage.name

    def find(self, documents: Sequence[Of_contra]) -> list[list[Edit]]:
        """Return the edits of each document that nothing forbids."""
        return [
            [edit for edit in found if not self._spares(document, edit)]
            for document, found in zip(documents, self._stage.find(documents), strict=True)
        ]

    def _spares(self, document: Document, edit: Edit) -> bool:
        begin = document.text.rfind("\n", 0, edit.start) + 1
        end = document.text.find("\n", max(edit.end - 1, edit.start))
        lines = document.text[begin : end if end >= 0 else None].split("\n")
        return any(self._allowed(line, document.site, edit.rule) for line in lines)
