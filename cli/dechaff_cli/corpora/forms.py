"""The forms of containers, by the names of files. Their modules are loaded when a file of that form comes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dechaff_cli.corpora import Columns, Record
    from dechaff_cli.corpus import Source

_COMPRESSED = ("", ".gz", ".zst")
_MODULES = {f"{ending}{packed}": "json_lines" for ending in (".jsonl", ".ndjson") for packed in _COMPRESSED}


class Form(Protocol):
    """A form of containers."""

    def read(self, source: Source, columns: Columns, /) -> Iterator[Record]:
        """Yield the records of a container in order, holding few at a time.

        Raises:
            CorpusError: It is not of this form, or damaged; what was yielded before stands.
        """
        ...


def form_of(name: str) -> Form | None:
    """Return the form of a container by the name of its file; None for a file that is one text."""
    lower = name.lower()
    for ending, module in _MODULES.items():
        if lower.endswith(ending):
            return cast("Form", import_module(f"{__package__}.{module}"))
    return None
