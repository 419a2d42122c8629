"""dechaff as a function for `map` of Hugging Face [datasets](https://huggingface.co/docs/datasets)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dechaff.adapters.texts import Text, Texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Dechaff:
    """Cleans one column of batches of rows: `dataset.map(Dechaff(), batched=True)`, with `num_proc` and streaming as ever.

    A row's site is the host of its address. What the pages of a site share is only found with a profile: a map sees each row once.
    Its fingerprint is what was asked for, so that the cache of a dataset knows when nothing has changed.
    """

    def __init__(self, *rules: str, text: str = "text", url: str = "url", record: str | None = "dechaff", **asked: Any) -> None:  # noqa: ANN401
        """Say how rows are cleaned.

        Args:
            rules: As for `Texts`.
            text: The column to clean; what is None in it stays so.
            url: The column that holds the address of the page, if there is one.
            record: The column for the record of what was done, a line as in findings.jsonl; None to keep none.
            asked: What else `Texts` takes.
        """
        self.texts = Texts(rules, **asked)
        self.text = text
        self.url = url
        self.record = record

    def __call__(self, rows: Mapping[str, Sequence[Any]]) -> dict[str, list[str | None]]:
        """Return the columns that change, for a batch of rows by column.

        Raises:
            TypeError: The rows are no batch: `map` was called without `batched=True`.
        """
        texts = rows[self.text]
        if isinstance(texts, str):
            message = "Dechaff takes rows in batches: dataset.map(Dechaff(), batched=True)"
            raise TypeError(message)
        urls = rows.get(self.url) or [""] * len(texts)
        asked = [Text(url or "", url or "", text) for url, text in zip(urls, texts, strict=True) if text is not None]
        done = iter(self.texts.clean(asked))
        columns: dict[str, list[str | None]] = {self.text: [], **({self.record: []} if self.record is not None else {})}
        for text in texts:
            clean, report = (None, None) if text is None else next(done)
            columns[self.text].append(clean)
            if self.record is not None:
                columns[self.record].append(None if report is None else report.to_json())
        return columns
