"""From labelled pages to weights: odds of words, trees over features, and the table that turns scores into probabilities."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dechaff.model import decision, features, signs, words
from dechaff.model.forest import NEVER, SCALE, Forest
from dechaff.model.words import Words
from dechaff_train.pages import CHROME, CONTENT, FOLDS, Page, varied

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_BATCH = 20_000  # lines described at a time
_SAMPLE = 300  # lines of one page that are learned from: pages of thousands of lines say the same thing again and again
_VARIED = 0.6  # what a line of a varied page weighs beside one of a page as it was
_SMOOTH = 2.0  # sites whose even odds are added to what was counted of a word
_WORD_STEPS = 16
SHARPENED = 1.3
"""How much further from even odds than learned the probabilities are put. The lines of a page stand or fall together, so that a cut by
expected F1 wants more of what is likely: over held-out sites 1.3 gains .0015 of F1 on 1.0, and is as good as 1.6, which loses more."""

DEPTH = 6
TREES = {
    "iterations": 200,
    "depth": DEPTH,
    "learning_rate": 0.14,
    "l2_leaf_reg": 5,
    "rsm": 0.3,
    "border_count": 64,
    "bootstrap_type": "Bernoulli",
    "subsample": 0.6,
    "leaf_estimation_iterations": 1,
    "boosting_type": "Plain",
    "score_function": "L2",
    "random_seed": 1,
}
"""Settings of CatBoost. With three times the trees the score of held-out sites is the same."""


class Fitted(NamedTuple):
    """Weights and what they are made of."""

    arrays: dict[str, NDArray[Any]]
    names: tuple[str, ...]
    bias: int


class Odds:
    """On how many sites each word was seen in content and in chrome, by fold."""

    def __init__(self, pages: Iterable[Page]) -> None:
        """Count the words of whole pages: the same pages extracted add nothing."""
        self.seen = np.zeros((FOLDS, 2, 1 << words.BITS))
        sites: dict[str, list[Page]] = defaultdict(list)
        for page in pages:
            if page.whole:
                sites[page.domain].append(page)
        for site in sites.values():
            self._add(site)

    def _add(self, site: Sequence[Page]) -> None:
        labels = np.array([label for page in site for label in page.labels])
        seen = signs.count([text[: signs.LONGEST] for page in site for text in page.lines])
        found = words.places(seen)
        place = np.concatenate((found.word, found.pair[found.paired], found.line))
        label = np.concatenate((labels[seen.word_line], labels[seen.word_line[:-1]][found.paired], labels))
        content = np.bincount(place[label == CONTENT], minlength=1 << words.BITS)
        chrome = np.bincount(place[label == CHROME], minlength=1 << words.BITS)
        met = content + chrome > 0
        self.seen[site[0].fold, 0, met] += content[met] / (content + chrome)[met]
        self.seen[site[0].fold, 1, met] += chrome[met] / (content + chrome)[met]

    def words(self, folds: Collection[int]) -> Words:
        """Return the weights of words as some folds have them."""
        content, chrome = self.seen[sorted(folds)].sum(0)
        prior = content.sum() / max(chrome.sum(), 1.0)
        odds = np.log((content + _SMOOTH * prior) / (chrome + _SMOOTH) / max(prior, 1e-9))
        return Words(np.clip(np.rint(_WORD_STEPS * odds), -127, 127).astype(np.int8))


def fit(pages: Sequence[Page], folds: Collection[int], emphasis: float, threads: int, say: Callable[[str], None]) -> Fitted:
    """Return weights learned from the pages of some folds, marked ones counting so many times as much as others.

    Trees see each page with word weights that other folds gave: those of its own would tell them the labels.
    """
    odds = Odds(pages)
    names: tuple[str, ...] = ()
    parts = []
    for fold in sorted(folds):
        other = [one for one in folds if one != fold] or list(folds)
        names, *part = table((page for page in pages if page.fold == fold), odds.words(other), emphasis)
        parts.append(part)
    values, labels, weights = (np.concatenate(column, -1) for column in zip(*parts, strict=True))
    say(f"{values.shape[1]:,} lines, {values.shape[0]} features")
    columns, borders, leaves, bias = _grow(values, labels, weights / weights.mean(), threads)
    used = sorted(set(columns[borders < NEVER].tolist()))
    numbers = np.zeros(len(names), np.uint8)
    numbers[used] = np.arange(len(used))
    arrays: dict[str, NDArray[Any]] = {
        "words": odds.words(folds).weights,
        "columns": numbers[columns],
        "borders": borders,
        "leaves": leaves,
        "chances": chances(),
    }
    return Fitted(arrays, tuple(names[i] for i in used), bias)


def table(pages: Iterable[Page], known: Words, emphasis: float) -> tuple[tuple[str, ...], NDArray[np.uint8], NDArray[np.int64], Floats]:
    """Return the features, labels and weights of the lines to learn from: names, (features, lines), (lines), (lines)."""
    values, labels, weights = [], [], []
    names: tuple[str, ...] = ()
    for batch in _batches(one for page in pages for one in varied(page)):
        found = features.Table(features.describe([page.lines for page in batch], [page.gaps for page in batch], known)).found
        names = tuple(found)
        chosen = np.concatenate(_sampled(batch))
        label = np.array([label for page in batch for label in page.labels])
        chosen = chosen[(label[chosen] == CONTENT) | (label[chosen] == CHROME)]
        values.append(np.stack([found[name][chosen] for name in names]))
        labels.append(label[chosen])
        weights.append(np.concatenate([_weighed(page) * (emphasis if page.marked else 1.0) for page in batch])[chosen])
    return names, np.concatenate(values, 1), np.concatenate(labels), np.concatenate(weights)


def _batches(pages: Iterable[Page]) -> Iterator[list[Page]]:
    batch: list[Page] = []
    size = 0
    for page in pages:
        batch.append(page)
        size += len(page.lines)
        if size > _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _sampled(batch: Sequence[Page]) -> list[NDArray[np.int64]]:
    """Return the indexes of the lines of a batch that are learned from: evenly spread over each page."""
    chosen = []
    begin = 0
    for page in batch:
        size = len(page.lines)
        chosen.append(begin + (np.arange(size) if size <= _SAMPLE else np.arange(_SAMPLE) * size // _SAMPLE))
        begin += size
    return chosen


def _weighed(page: Page) -> Floats:
    """Return what the lines of a page weigh: the square root of their words, and a page no more than the root of its sum."""
    root = np.sqrt(np.array([max(len(line.split()), 1) for line in page.lines], np.float64))
    share = max(len(page.lines) / _SAMPLE, 1.0)
    return np.asarray(root / np.sqrt(root.sum()) * share * (_VARIED if page.varied else 1.0))


def _grow(
    values: NDArray[np.uint8], labels: NDArray[np.int64], weights: Floats, threads: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.int16], int]:
    """Return trees in whole numbers: columns, borders, leaves and bias, as `Forest` has them."""
    from catboost import CatBoostClassifier, Pool  # noqa: PLC0415  an extra: cleaning does without

    grown = CatBoostClassifier(**TREES, thread_count=threads, verbose=0, allow_writing_files=False)
    grown.fit(Pool(np.ascontiguousarray(values.T).astype(np.float32), labels, weight=weights))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trees.json"
        grown.save_model(str(path), format="json")
        described = json.loads(path.read_text(encoding="utf-8"))
    trees = [tree for tree in described["oblivious_trees"] if tree["splits"]]
    columns = np.zeros((len(trees), DEPTH), np.uint8)
    borders = np.full((len(trees), DEPTH), NEVER, np.uint8)
    leaves = np.zeros((len(trees), 1 << DEPTH), np.int16)
    scale, bias = described["scale_and_bias"]
    for tree, column, border, leaf in zip(trees, columns, borders, leaves, strict=True):
        for level, split in enumerate(tree["splits"]):
            column[level], border[level] = split["float_feature_index"], int(split["border"])
        leaf[: len(tree["leaf_values"])] = np.rint(np.array(tree["leaf_values"]) * scale * SCALE)
    return columns, borders, leaves, round((bias[0] if isinstance(bias, list) else bias) * SCALE)


def chances() -> NDArray[np.uint16]:
    """Return the probability for every step of a score."""
    steps = (np.arange(decision.CHANCES) - decision.CHANCES // 2 + 0.5) * decision.STEP / SCALE
    return np.rint(decision.WHOLE / (1 + np.exp(-SHARPENED * steps))).astype(np.uint16)


def forest(fitted: Fitted) -> Forest:
    """Return the trees as the stage uses them."""
    return Forest(fitted.names, fitted.arrays["columns"], fitted.arrays["borders"], fitted.arrays["leaves"], fitted.bias)
