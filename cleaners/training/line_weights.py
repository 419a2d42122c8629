"""Fits the weights of `[line_weights]` in `data/languages.toml`, and prints them: logistic regression on lines that the model has not seen.

    python cleaners/training/language_model.py PACKAGES PAGES --folds 0,1,2 --without wagtail,django_oscar,uppy --out FILE
    python cleaners/training/line_weights.py FILE PACKAGES PAGES

Foreign lines are the strings of the three packages left out, at most 400 a language; English lines are the content of the pages of folds 3 and 4:
their chrome has language pickers and menus in other languages.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from pathlib import Path

import numpy as np
from language_model import LANGUAGES, catalogues, pages

from dechaff import language_model
from dechaff.language_score import FEATURES, features
from dechaff.line_language import stripped

LEFT_OUT = {"wagtail", "django_oscar", "uppy"}
_A_LANGUAGE = 400
_LONGEST = 300  # code points
_SHRINK = 1.0  # ridge: the weights hardly depend on it between 0.1 and 10


def main() -> None:
    """Fit and print."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("table", "packages", "pages"):
        ask.add_argument(name, type=Path)
    asked = ask.parse_args()
    model = language_model.LanguageModel(np.load(asked.table))
    strings: dict[str, set[str]] = defaultdict(set)
    for code, source, text in catalogues(asked.packages, LEFT_OUT):
        if code in LANGUAGES[1:] and source != text and sum(map(str.isalpha, text)) >= 3 and len(text) < _LONGEST:
            strings[code].add(text)
    draw = random.Random(3)
    foreign = [text for code in sorted(strings) for text in draw.sample(sorted(strings[code]), min(_A_LANGUAGE, len(strings[code])))]
    english = sorted(
        {
            line.strip()
            for _, text in pages(asked.pages, {3, 4}, content=True)
            for line in text.split("\n")
            if sum(map(str.isalpha, line)) >= 2
        }
    )
    rows, truth = [], []
    for label, lines in ((1.0, foreign), (0.0, english)):
        for line in lines:
            found = features(model, stripped(line), "", ("en",))
            if found is not None:
                rows.append(found[0])
                truth.append(label)
    weights = fit(np.array(rows), np.array(truth))
    print(f"# {int(sum(truth)):,} foreign lines, {len(truth) - int(sum(truth)):,} English ones")
    for name, weight in zip(FEATURES, weights, strict=True):
        print(f"{name} = {weight:.3f}")


def fit(values: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return the weights of a logistic regression, by Newton's method."""
    weights = np.zeros(values.shape[1])
    ridge = np.full(len(weights), _SHRINK)
    ridge[0] = 0  # the bias comes first
    for _ in range(40):
        chance = 1 / (1 + np.exp(-np.clip(values @ weights, -30, 30)))
        slope = values.T @ (truth - chance) - ridge * weights
        curve = (values * (chance * (1 - chance) + 1e-6)[:, None]).T @ values + np.diag(ridge + 1e-9)
        weights += np.linalg.solve(curve, slope)
    return weights


if __name__ == "__main__":
    main()
