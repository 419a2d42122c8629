"""The command dechaff-train: from pages with a label for every line to the weights of the line model."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from dechaff.model import store
from dechaff.model.forest import SCALE
from dechaff_train import fit, pages

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

# Where the two careful degrees cut, in units of log-odds plus 0.6 log words: over held-out sites of WCXB, each cut by a model that never
# saw them, careful keeps 99.8 % of the content words of whole pages.
CAREFUL, BALANCED = -2.0, 0.0
EMPHASIS = 5.0
"""Of 1, 5 and 15, on the first 192 of the invented pages and on whole pages of WCXB, each by weights that never saw the site: at .2 % of
the content lines lost 21, 25 and 27 % of the chrome that rules leave goes, and the F1 of the thorough degree is .8054, .8054 and .8008."""


@app.command()
def train(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for line_model.bin and line_model.json.", show_default=False)
    ],
    whole: Annotated[
        list[Path] | None,
        typer.Option("--whole", metavar="PATH", help="Whole pages: all that their sites show. May be repeated.", show_default=False),
    ] = None,
    extracted: Annotated[
        list[Path] | None,
        typer.Option("--extracted", metavar="PATH", help="Pages as an extractor left them. May be repeated.", show_default=False),
    ] = None,
    titles: Annotated[
        Path | None, typer.Option("--titles", metavar="FILE", help="Rows with id and title, for pages without one.", show_default=False)
    ] = None,
    source: Annotated[str, typer.Option("--source", help="What the pages are and whom to thank; goes into line_model.json.")] = "",
    scores: Annotated[
        Path | None,
        typer.Option("--scores", metavar="FILE", help="JSON with what was measured; goes into line_model.json.", show_default=False),
    ] = None,
    without_fold: Annotated[
        int | None,
        typer.Option("--without-fold", min=0, max=4, help="Leave out a fifth of the sites, to measure on it.", show_default=False),
    ] = None,
    careful: Annotated[float, typer.Option(help="Where --removal careful cuts, in log-odds plus 0.6 log words.")] = CAREFUL,
    balanced: Annotated[float, typer.Option(help="Where --removal balanced cuts.")] = BALANCED,
    emphasis: Annotated[float, typer.Option(min=0, help="What a page of a folder weighs, beside 1 for one of a file.")] = EMPHASIS,
    threads: Annotated[int, typer.Option(min=1, help="The same number gives the same weights to the last bit.")] = 1,
) -> None:
    """Train the line model.

    Pages are rows of JSON lines, gzipped or not: id, domain, and lines, a list of pairs of a text and its label: 1 for content, 0 for
    chrome, anything else for neither. Or they are text files in a folder for each site, whose written lines all begin with a mark and a
    tab: + for content, - for chrome, ~ for neither. dechaff clean --model DIR takes the result.

    \b
    Example:
      dechaff-train --whole full_page.jsonl.gz --extracted trafilatura.jsonl.gz --titles gold.jsonl.gz -o weights/
    """
    titled = {row["id"]: row.get("title") or "" for row in pages.rows(titles)} if titles else {}
    try:
        read = [page for path in whole or () for page in pages.read(path, titled, whole=True)]
        read += [page for path in extracted or () for page in pages.read(path, titled, whole=False)]
    except ValueError as error:  # a line without a mark
        raise typer.BadParameter(str(error)) from error
    if not any(page.whole for page in read):
        message = "the words are learned from whole pages: name a file with --whole"
        raise typer.BadParameter(message)
    named = [*(whole or ()), *(extracted or ()), *([titles] if titles else [])]
    digest = sha256()
    for path in named:
        if path.is_dir():  # the folder of a page is its site
            for part in sorted(path.glob("*/*.txt")):
                digest.update(part.relative_to(path).as_posix().encode() + b"\0" + part.read_bytes())
        else:
            digest.update(path.read_bytes())
    folds = [fold for fold in range(pages.FOLDS) if fold != without_fold]
    _say(f"{len(read):,} pages")
    fitted = fit.fit([page for page in read if page.fold in folds], folds, emphasis, threads, _say)
    card = {
        "source": source,
        "data_sha256": digest.hexdigest(),
        "data_files": [path.name for path in named],
        "trees": fit.TREES,
        "emphasis": emphasis,
        "threads": threads,
        "without_fold": without_fold,
        "scores": json.loads(scores.read_text(encoding="utf-8")) if scores else {},
        "careful": round(careful * SCALE),
        "balanced": round(balanced * SCALE),
        "bias": fitted.bias,
        "features": fitted.names,
    }
    body, text = store.pack(fitted.arrays, card)
    output.mkdir(parents=True, exist_ok=True)
    (output / store.ARRAYS).write_bytes(body)
    (output / store.CARD).write_bytes(text)
    _say(f"{len(body):,} bytes in {output / store.ARRAYS}")


def _say(text: str) -> None:
    typer.echo(text, err=True)


def main() -> None:
    """Run the command."""
    app()
