"""Texts cleaned as they come, in any process: what the adapters share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from dechaff.decoding import decode_utf8
from dechaff.edits import Document
from dechaff.language import Languages
from dechaff.pipeline import Pipeline
from dechaff.report import describe
from dechaff.rules import select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dechaff.decoding import Decoded
    from dechaff.model import Removal
    from dechaff.profile import Profile
    from dechaff.report import FileReport


class Text(NamedTuple):
    """One text and where it is from."""

    name: str
    """What its record calls it."""
    url: str
    """The address of its page; empty if nobody knows it."""
    text: str


class Texts:
    """Cleans texts in batches. What it is asked for goes to other processes; each sets its pipeline up when the first text comes.

    One pass sees no corpus, so it cannot count what the pages of a site share: that is taken by a profile, or not at all.
    """

    def __init__(
        self,
        rules: Sequence[str] = (),
        ignore: Sequence[str] = (),
        *,
        removal: Removal = "careful",
        languages: Sequence[str] = ("en",),
        profile: Profile | None = None,
    ) -> None:
        """Say how texts are cleaned.

        Args:
            rules: The rules in force, by code, prefix, name or stage; all by default.
            ignore: Those that are not, named in the same way.
            removal: How much may go by the score of the line model alone.
            languages: Codes of the languages that are content.
            profile: What the pages of each site share, as `dechaff learn` found it; sites are told by the host of the address.

        Raises:
            UnknownRuleError: A rule is named that there is not.
        """
        self.rules = select(rules, ignore)
        self.removal = removal
        self.languages = Languages(tuple(sorted(languages)))
        self.profile = profile
        self._pipeline: Pipeline | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Return what was asked for: automata do not travel, and a fingerprint of this must not change by use."""
        return {**vars(self), "_pipeline": None}

    def clean(self, texts: Sequence[Text]) -> list[tuple[str, FileReport]]:
        """Return each text clean, with the record that leads back to it."""
        if self._pipeline is None:
            counts = None if self.profile is None else self.profile.survey()
            self._pipeline = Pipeline(self.rules, counts, languages=self.languages, removal=self.removal)
        read = [_read(text) for text in texts]
        pages = [Document(text.name, _site(text.url), found.decoded.text) for text, found in zip(texts, read, strict=True)]
        done = []
        for page, found, result in zip(pages, read, self._pipeline.clean(pages), strict=True):
            heard = found.decoded._replace(remarks=tuple(one for one in found.decoded.remarks if one.rule in self.rules))
            done.append((result.text, describe(page.path, page.site, found.raw, heard, result)))
        return done


class _Read(NamedTuple):
    raw: bytes
    decoded: Decoded


def _read(text: Text) -> _Read:
    """Return a text as if it had been a file of UTF-8, so that its record is one of any file."""
    raw = text.text.encode("utf-8", "surrogatepass")
    return _Read(raw, decode_utf8(raw))


def _site(url: str) -> str:
    """Return the site of a page by its address.

    >>> _site("https://www.Example.org:8080/17")
    'www.example.org'
    """
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # somebody's idea of an address
        return ""
