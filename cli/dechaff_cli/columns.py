"""Which columns of a container's records hold what."""

from __future__ import annotations

from typing import NamedTuple


class Columns(NamedTuple):
    """Where a record keeps what. What is left empty is found as each form says."""

    text: str = ""
    id: str = ""
    url: str = ""
    escaped: bool = False
    """Whether JSON is written in ASCII where the records themselves do not tell."""

    @property
    def text_name(self) -> str:
        """The column of the text."""
        return self.text or "text"

    @property
    def url_name(self) -> str:
        """The column of the address."""
        return self.url or "url"
