"""dechaff as a step of a [datatrove](https://github.com/huggingface/datatrove) pipeline."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from dechaff.adapters.texts import Text, Texts

try:
    from datatrove.pipeline.base import PipelineStep
except ImportError as error:
    message = "a step for datatrove needs datatrove: pip install 'dechaff[datatrove]'"
    raise ImportError(message) from error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BATCH = 64  # documents looked at together: array code over their lines is what makes a page cheap


class Dechaff(PipelineStep):  # type: ignore[misc]  # the library says nothing of its types
    """Cleans each document's text, and keeps in its metadata what was done and why.

    A document's site is the host of the address in its metadata. What the pages of a site share is only found with a profile:
    a pipeline sees each document once, and the tasks of an executor do not see one another's.
    """

    type = "✂️ - FORMAT"
    name = "🌾 dechaff"

    def __init__(self, *rules: str, url: str = "url", record: str | None = "dechaff", **asked: Any) -> None:  # noqa: ANN401
        """Say how documents are cleaned.

        Args:
            rules: As for `Texts`.
            url: The key of the metadata that holds the address of the page.
            record: The key of the metadata for the record of what was done, a line as in findings.jsonl; None to keep none.
            asked: What else `Texts` takes.
        """
        super().__init__()
        self.texts = Texts(rules, **asked)
        self.url = url
        self.record = record

    def run(self, data: Iterable[Any] | None, rank: int = 0, world_size: int = 1) -> Iterator[Any]:  # noqa: ARG002  datatrove's own names
        """Yield the documents, clean and in their order."""
        documents = iter(data or ())
        while batch := list(islice(documents, _BATCH)):
            with self.track_time("batch"):
                done = self.texts.clean([Text(str(one.id), str(one.metadata.get(self.url) or ""), one.text) for one in batch])
            for document, (text, report) in zip(batch, done, strict=True):
                document.text = text
                if self.record is not None:
                    document.metadata[self.record] = report.to_json()
                self.stat_update("total")
                self.stat_update("changed" if report.findings else "unchanged")
                self.update_doc_stats(document)
                yield document
