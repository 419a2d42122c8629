"""The stages in their order, and what happens to a batch of documents on the way through them."""

from __future__ import annotations

from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from dechaff import edits
from dechaff.allow import Allowed, Sparing
from dechaff.blank_lines import BlankLines
from dechaff.characters import Characters
from dechaff.chrome import Chrome
from dechaff.edits import Document, Edit
from dechaff.encoding import Encoding
from dechaff.footers import Footers
from dechaff.foreign.page import foreign_page
from dechaff.language import Languages
from dechaff.line_model import LineModel
from dechaff.pages import Page, paged
from dechaff.repetition import Repetition, Survey, numbers, quote
from dechaff.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from dechaff.allow import Allow
    from dechaff.chrome import Known
    from dechaff.model import Removal
    from dechaff.model.store import Model
    from dechaff.repetition import Pair

Of_contra = TypeVar("Of_contra", bound=Document, contravariant=True)
_REMOVING_STAGES = frozenset({"language", "chrome", "repetition", "line_model", "footers", "blank_lines"})
_REMOVING = tuple(code for code, rule in RULES.items() if rule.stage in _REMOVING_STAGES)
_MOST_ROUNDS = 64
"""Of stages that give one another work. The bound only makes the end certain."""


class Stage(Protocol[Of_contra]):
    """Anything that finds edits: a batch of documents in, the edits of each out, in order and disjoint.

    What it finds in a document must not depend on which others are in the batch. Stages that repair take any document; those that
    remove lines may take pages, which know their lines.
    """

    @property
    def name(self) -> str:
        """One of `rules.STAGES`."""
        ...

    def find(self, documents: Sequence[Of_contra], /) -> list[list[Edit]]:
        """Return the edits of each document."""
        ...


class Cleaned(NamedTuple):
    """A document and all that was done to it."""

    text: str
    layers: tuple[tuple[Edit, ...], ...]
    """The edits of every pass of a stage that found some, in the order they were made."""
    old: tuple[tuple[str, ...], ...]
    """What stood where each edit was made, one string an edit, in the same order."""
    reports: tuple[Edit, ...] = ()
    """What was seen and left alone; offsets in the text after its repairs, which are the first `repairs` layers."""
    repairs: int = 0
    foreign: bool = False
    """Whether the document is wholly in another language, and was left as it is."""


class Found(NamedTuple):
    """What preparing a document found: all it takes to prepare the same document again without looking for anything."""

    layers: tuple[tuple[Edit, ...], ...]
    reports: tuple[Edit, ...]
    repairs: int
    foreign: bool
    chrome: Known | None
    """What is known of its lines; None for a document that no line is removed from."""


class Pipeline:
    """All stages, set up once for a selection of rules and a corpus."""

    def __init__(  # noqa: PLR0913  a parameter for each thing that can be asked
        self,
        rules: Collection[str],
        counts: Survey | None = None,
        *,
        allow: Sequence[Allow] = (),
        languages: Languages = Languages(),  # noqa: B008  it cannot change
        removal: Removal = "careful",
        model: Model | None = None,
        doubts: bool = False,
    ) -> None:
        """Set up the stages.

        Args:
            rules: Codes of the rules in force.
            counts: What the survey of the corpus counted; without it nothing is taken for repeated.
            allow: Lines that no stage may touch.
            languages: Which languages are content, and which foreign blocks go.
            removal: How much may go by the score of the line model alone.
            model: Other weights for it than those that dechaff is shipped with.
            doubts: Whether `suspects` is to be asked of what was cleaned.
        """
        self.rules, self.removal, self.model = frozenset(rules), removal, model
        self.languages = languages
        self.chrome = _chrome(self.rules)
        self.line_model = LineModel(self.rules, removal, model, doubts=doubts)
        self.footers = Footers(self.rules, languages)
        self.encoding = Encoding(self.rules)
        self.repairs: tuple[Stage[Document], ...] = (self.encoding, Characters(self.rules))
        self.removals: tuple[Stage[Page], ...] = (
            self.chrome,
            Repetition(self.rules, counts or Survey()),
            self.line_model,
            self.footers,
        )
        self.last: tuple[Stage[Document], ...] = (BlankLines(self.rules),)
        self.allowed = Allowed(allow) if allow else None
        if self.allowed is not None:
            self.repairs = tuple(Sparing(stage, self.allowed) for stage in self.repairs)
            self.removals = tuple(Sparing(stage, self.allowed) for stage in self.removals)
            self.last = tuple(Sparing(stage, self.allowed) for stage in self.last)

    def prepare(self, documents: Sequence[Document], found: Sequence[Found | None] = ()) -> list[Work]:
        """Return documents as far as they can be cleaned without their corpus: repaired, and without the chrome that names itself.

        Args:
            documents: Any.
            found: What `found` returned for each at another time; None for one that is not known, nothing if none is.
        """
        works = [Work(document) for document in documents]
        both = list(zip_longest(works, found))
        self._prepare_again([(work, one) for work, one in both if one is not None])
        self._prepare([work for work, one in both if one is None])
        return works

    def _prepare(self, works: Sequence[Work]) -> None:
        for work in works:
            self._look_for_language(work)
        _until_settled(self.repairs, [work for work in works if not work.foreign])
        for work in works:
            work.repairs = work.looked = len(work.layers)
            if work.layers:  # mojibake hides a language
                self._look_for_language(work)
        left = [work for work in works if not work.foreign]
        _find_lines(left)
        _once(self.removals[0], left)

    def found(self, works: Sequence[Work]) -> list[Found]:
        """Return what preparing documents found; it can be kept in a fraction of what the documents take."""
        return [
            Found(
                tuple(work.layers),
                tuple(work.reports),
                work.repairs,
                work.foreign,
                work.document.known.get(self.chrome) if isinstance(work.document, Page) else None,
            )
            for work in works
        ]

    def _prepare_again(self, known: Sequence[tuple[Work, Found]]) -> None:
        for work, one in known:
            for layer in one.layers[: one.repairs]:
                work.make(layer)
            work.reports, work.repairs, work.looked, work.foreign = [*one.reports], one.repairs, one.repairs, one.foreign
        _find_lines([work for work, one in known if not one.foreign])
        for work, one in known:
            if isinstance(work.document, Page):
                if one.chrome is not None:
                    work.document.known[self.chrome] = one.chrome
                for layer in one.layers[one.repairs :]:
                    work.make(layer)
                work.settle(self.removals[0])

    def numbers(self, works: Sequence[Work]) -> list[NDArray[np.uint64] | None]:
        """Return what each prepared document adds to the counts that repetition is judged by; None for one that does not count.

        `tally.counted` counts them with their sites.
        """
        counts = "REP001" in self.rules
        return [numbers(work.document) if counts and isinstance(work.document, Page) else None for work in works]

    def quote(self, works: Sequence[Work], counts: Survey) -> dict[str, dict[int, Pair]]:
        """Return the words of what a survey counts, by site and number, as far as prepared documents have them."""
        return quote([work.document for work in works if isinstance(work.document, Page)], counts)

    def finish(self, works: Sequence[Work]) -> list[Cleaned]:
        """Return the clean text of prepared documents, with every edit that leads to it."""
        pages = left = [work for work in works if not work.foreign]
        chrome, *others = self.removals
        for _ in range(_MOST_ROUNDS):
            _until_settled((*others, chrome), left)  # chrome has been looked for, and is again wherever something goes
            left = self._repaired_again(left)
            if not left:
                break
            _find_lines(left)
            _once(chrome, left)
        for work in pages:
            assert isinstance(work.document, Page)
            found = self.footers.remarks(work.document)
            homes = edits.to_source([edit.start for edit in found], work.layers[work.repairs :])
            work.reports += [edit._replace(start=home, end=home) for edit, home in zip(found, homes, strict=True)]
        for stage in self.last:
            _once(stage, pages)
        return [work.cleaned() for work in works]

    def clean(self, documents: Sequence[Document]) -> list[Cleaned]:
        """Return the clean text of each document, with every edit that leads to it."""
        return self.finish(self.prepare(documents))

    def _repaired_again(self, works: Sequence[Work]) -> list[Work]:
        """Repair documents whose doubtful lines read otherwise now that others are gone; return those that this changed."""
        doubtful = [work for work in works if len(work.layers) > work.looked and self.encoding.weighs(work.document.text)]
        pages = [work.document for work in doubtful]
        before = [len(work.layers) for work in doubtful]
        for work in doubtful:
            work.document = Document(*work.document)
        _until_settled(self.repairs, doubtful)
        changed = []
        for work, page, layers in zip(doubtful, pages, before, strict=True):
            if len(work.layers) > layers:
                changed.append(work)
            else:
                work.document = page
            work.looked = len(work.layers)
        return changed

    def _look_for_language(self, work: Work) -> None:
        """Mark a page that is wholly in another language: it is reported, and left as it is."""
        if not any(map(self.rules.__contains__, _REMOVING)):
            return
        guess = foreign_page(work.document.text, self.languages)
        work.foreign = guess is not None
        if guess and "LAN001" in self.rules:
            work.reports.append(Edit(0, 0, "", "LAN001", f"{guess.language}, {guess.probability:.0%} sure"))


@lru_cache(maxsize=4)
def _chrome(rules: frozenset[str]) -> Chrome:
    """Return the stage for a selection, made once: both passes over a corpus use its automaton and what it remembers."""
    return Chrome(rules)


class Work:
    """A document on its way through the stages."""

    def __init__(self, document: Document) -> None:
        """Begin with a document as it was read."""
        self.document = document
        self.layers: list[tuple[Edit, ...]] = []
        self.old: list[tuple[str, ...]] = []
        self.reports: list[Edit] = []
        self.repairs = 0
        self.looked = 0
        """How many layers it had when its damage was last looked for."""
        self.foreign = False
        self.settled: dict[str, str] = {}
        """The text that a stage left behind, for those that look again by themselves until they find nothing more."""

    def rest(self) -> None:
        """Let go of what can be had again: the lines of a page by themselves are half of what it takes."""
        if isinstance(self.document, Page):
            vars(self.document).pop("lines", None)

    def settle(self, stage: Stage[Any]) -> None:
        """Remember what a stage left behind, if it is one that looks at what it leaves by itself, until it finds nothing more."""
        if isinstance(stage, (Chrome, LineModel)):
            self.settled[stage.name] = self.document.text

    def cleaned(self) -> Cleaned:
        """Return what became of the document."""
        return Cleaned(self.document.text, tuple(self.layers), tuple(self.old), tuple(self.reports), self.repairs, self.foreign)

    def make(self, found: Sequence[Edit]) -> None:
        """Make the edits of one pass, and remember what stood there."""
        text = self.document.text
        self.layers.append(tuple(found))
        self.old.append(tuple(text[edit.start : edit.end] for edit in found))
        self.document = self.document.after(found)


def _find_lines(works: Sequence[Work]) -> None:
    """Make pages of repaired documents: from here on, lines are removed."""
    for work, page in zip(works, paged([work.document for work in works]), strict=True):
        work.document = page


def _once(stage: Stage[Any], works: Sequence[Work]) -> list[Work]:
    """Make the edits of one stage; return the documents that had any."""
    changed = []
    works = [work for work in works if work.settled.get(stage.name) is not work.document.text]
    for work, found in zip(works, stage.find([work.document for work in works]), strict=True):
        if found:
            work.make(found)
            changed.append(work)
        work.settle(stage)
    return changed


def _until_settled(stages: Sequence[Stage[Any]], works: Iterable[Work]) -> None:
    """Run stages over documents again and again, until they find nothing more.

    A removal can bring a line to the page's edge and so make another one chrome: each round takes such a layer off.
    """
    left = list(works)
    for _ in range(_MOST_ROUNDS):
        changed = {id(work) for stage in stages for work in _once(stage, left)}
        left = [work for work in left if id(work) in changed]
        if not left:
            return
