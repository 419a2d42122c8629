"""The shipped model: one file of arrays, and beside it a readable one that says what they are, how they score and whom to thank."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from dechaff.errors import ModelError
from dechaff.model.decision import CHANCES
from dechaff.model.features import Table, describe
from dechaff.model.forest import Forest
from dechaff.model.words import BITS, Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

ARRAYS, CARD = "line_model.bin", "line_model.json"
_TYPES = {"int8", "uint8", "int16", "uint16"}
_DEEPEST = 8  # levels of a tree: the way through one is kept in a byte
_FAR = 1 << 30  # no score comes near it, and added to any it stays within 32 bits


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that scores a line and turns the score into a decision."""

    words: Words
    forest: Forest
    chances: NDArray[np.uint16]
    """The calibrated probability of content by score, in 1/65535; see `decision.chance`."""
    careful: int
    balanced: int
    """Where the two careful degrees cut, in steps of `forest.SCALE`; see `decision`."""


def pack(arrays: Mapping[str, NDArray[Any]], card: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """Return the two files of a model."""
    body = b"".join(np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes() for array in arrays.values())
    shapes = {name: [str(array.dtype), *array.shape] for name, array in arrays.items()}
    text = json.dumps({**card, "arrays": shapes, "sha256": sha256(body).hexdigest()}, indent=1, ensure_ascii=True)
    return body, (text + "\n").encode("ascii")


def unpack(body: bytes, text: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return the arrays and the card of a model.

    Raises:
        ModelError: The two do not belong together.
        ValueError: An array is of no type that we have.
    """
    card = json.loads(text)
    if sha256(body).hexdigest() != card["sha256"]:
        message = f"{ARRAYS} is not the file that {CARD} describes: install dechaff anew"
        raise ModelError(message)
    arrays: dict[str, NDArray[Any]] = {}
    at = 0
    for name, (kind, *shape) in card["arrays"].items():
        if kind not in _TYPES:
            message = f"{CARD}: array {name}: unknown type {kind!r}"
            raise ValueError(message)
        form = np.dtype(kind).newbyteorder("<")
        size = int(np.prod(shape)) * form.itemsize
        arrays[name] = np.frombuffer(body, form, int(np.prod(shape)), at).astype(kind).reshape(shape)
        at += size
    return arrays, card


def assemble(arrays: Mapping[str, NDArray[Any]], card: Mapping[str, Any]) -> Model:
    """Return the model that arrays and card hold.

    Raises:
        ValueError: They are of no form that can be scored by.
    """
    trees, depth = arrays["columns"].shape
    forms = {
        "words": ("int8", (1 << BITS,)),
        "columns": ("uint8", (trees, depth)),
        "borders": ("uint8", (trees, depth)),
        "leaves": ("int16", (trees, 1 << min(depth, _DEEPEST))),
        "chances": ("uint16", (CHANCES,)),
    }
    numbers = [card[name] for name in ("bias", "careful", "balanced")]
    names, words = tuple(map(str, card["features"])), Words(arrays["words"])
    sound = (
        trees > 0 < depth
        and all((str(arrays[name].dtype), arrays[name].shape) == form for name, form in forms.items())
        and all(isinstance(number, int) and abs(number) < _FAR for number in numbers)
        and arrays["columns"].max() < len(names)
        and {*names} <= {*Table(describe([["Rain fell."]], [[False]], words), names).found}
    )
    if not sound:
        message = "its arrays or numbers are not those of trees"
        raise ValueError(message)
    return Model(words, Forest(names, arrays["columns"], arrays["borders"], arrays["leaves"], numbers[0]), arrays["chances"], *numbers[1:])


def read(folder: Path) -> Model:
    """Return the model that training wrote to a folder.

    Raises:
        ModelError: There is none, or it is damaged.
    """
    try:
        return assemble(*unpack((folder / ARRAYS).read_bytes(), (folder / CARD).read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        message = f"{folder} holds no line model: {ARRAYS} and {CARD} are what training writes ({error})"
        raise ModelError(message) from error


@cache
def load() -> Model:
    """Return the model that dechaff is shipped with."""
    data = resources.files("dechaff").joinpath("data")
    return assemble(*unpack(data.joinpath(ARRAYS).read_bytes(), data.joinpath(CARD).read_bytes()))
