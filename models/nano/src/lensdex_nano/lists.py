"""What the reranker learns from: a query and documents of every grade, with the embedder's own mistakes among them.

Questions are also swapped between concepts, so that "the same question" has to be read off the two texts and cannot be
remembered. Knows no tokens; randomness comes only from the generator that is passed in.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from lensdex_nano.examples import Example, excerpt, recolour, thin
from lensdex_nano.pool import Concept, Statement

RELEVANCE: Final = {4: 1.0, 3: 0.6, 2: 0.25, 1: 0.08, 0: 0.0}
"""The probability of "yes" that is taught for each grade of the generator's relevance."""

_KINDS: Final = ("text+image", "ko", "en", "image")
_KIND_SHARES: Final = (0.3, 0.25, 0.25, 0.2)
_KOREAN_SHARE: Final = 0.7
_DRAWN_SHARE: Final = 0.7
"""Of the documents, as in a corpus; queries have their kinds."""
_SWAPPED_SHARE: Final = 0.3
_OWN_WORDING_SHARE: Final = 0.6
"""Of the lists whose grades 4 share the query's wording of the givens and whose grades 3 have another."""
_THIN_SHARE: Final = 0.25
_EXCERPT_SHARE: Final = 0.3
_EXCERPT_WORDS: Final = 6


@dataclass(frozen=True, slots=True)
class GradedList:
    """One query with its documents and their grades, 0 to 4, in no order.

    A query without words asks no question: its grades 3 are 4.
    """

    query: Example
    documents: tuple[Example, ...]
    grades: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Posed:
    """A statement of a concept, possibly with the question of another one."""

    concept: int
    statement: Statement


class ListMaker:
    """Makes lists; *confusions*, shape (concepts, n), names for each concept those the embedder takes for it."""

    def __init__(self, concepts: Sequence[Concept], confusions: npt.NDArray[np.int64]) -> None:
        self._concepts = concepts
        self._confusions = confusions
        self._by_template: dict[str, list[Statement]] = defaultdict(list)
        self._templates: list[list[str]] = []
        for concept in concepts:
            for statement in concept.statements:
                self._by_template[statement.template].append(statement)
            self._templates.append(sorted({statement.template for statement in concept.statements}))
        self._all_templates = sorted(self._by_template)
        subjects = np.array([concept.kinship.subject for concept in concepts])
        self._of_subject = [np.flatnonzero(subjects == subject) for subject in subjects]

    def make(self, random: np.random.Generator) -> GradedList:
        """Return a list of eight: three of grade 4, two of 3, two confused ones, and one of any concept.

        Half of the times that last one is of the query's subject.
        """
        place = int(random.integers(len(self._concepts)))
        kind = str(random.choice(_KINDS, p=_KIND_SHARES))
        own = self._templates[place]
        swapped = len(own) < 2 or random.random() < _SWAPPED_SHARE
        template = str(random.choice(self._all_templates if swapped else own))
        language = kind if kind in {"ko", "en"} else _language(random)
        query = self._posed(place, template, language, random)
        wording = query.statement.wording if random.random() < _OWN_WORDING_SHARE else None

        posed = [self._posed(place, template, _language(random), random, wording=wording) for _ in range(3)]
        for _ in range(2):
            asked = self._other(place, template, random)
            posed.append(self._posed(place, asked, _language(random), random, not_wording=wording))
        for _ in range(2):
            near = int(random.choice(self._confusions[place]))
            asked = template if random.random() < 0.3 else str(random.choice(self._templates[near]))
            posed.append(self._posed(near, asked, _language(random), random))
        any_place = int(random.integers(len(self._concepts)))
        stranger = any_place if random.random() < 0.5 else int(random.choice(self._of_subject[place]))
        asked = str(random.choice(self._templates[stranger]))
        posed.append(self._posed(stranger, asked, _language(random), random))

        asking = self._query(query, kind, random)
        documents = tuple(self._example(one, random, drawn=random.random() < _DRAWN_SHARE) for one in posed)
        return GradedList(asking, documents, tuple(self._grade(query, one, silent=not asking.text) for one in posed))

    def _other(self, place: int, template: str, random: np.random.Generator) -> str:
        own = [name for name in self._templates[place] if name != template]
        if own and random.random() < 0.7:
            return str(random.choice(own))
        while (name := str(random.choice(self._all_templates))) == template:
            pass
        return name

    def _posed(
        self,
        place: int,
        template: str,
        language: str,
        random: np.random.Generator,
        *,
        wording: str | None = None,
        not_wording: str | None = None,
    ) -> _Posed:
        """Return a statement of the concept with the question of *template*, in *wording* where there is one such."""
        spoken = [statement for statement in self._concepts[place].statements if statement.language == language]
        worded = [
            statement
            for statement in spoken
            if wording in {None, statement.wording} and statement.wording != not_wording
        ]
        asking = [statement for statement in worded or spoken if statement.template == template]
        if asking:
            return _Posed(place, _pick(asking, random))
        statement = _pick(worded or spoken, random)
        donors = self._by_template[template]
        donor = _pick([other for other in donors if other.language == language] or donors, random)
        return _Posed(place, replace(statement, text=f"{statement.situation} {donor.question}", template=template))

    def _grade(self, query: _Posed, document: _Posed, *, silent: bool) -> int:
        one, other = self._concepts[query.concept].kinship, self._concepts[document.concept].kinship
        if one.concept == other.concept:
            return 4 if silent or query.statement.template == document.statement.template else 3
        return 2 if one.unit == other.unit else int(one.subject == other.subject)

    def _query(self, posed: _Posed, kind: str, random: np.random.Generator) -> Example:
        if kind == "image" and self._concepts[posed.concept].drawings:
            return replace(self._example(posed, random, drawn=True), text="")
        if random.random() < _THIN_SHARE:
            posed = replace(posed, statement=replace(posed.statement, text=thin(posed.statement.text, random)))
        return self._example(posed, random, drawn=kind in {"text+image", "image"})

    def _example(self, posed: _Posed, random: np.random.Generator, *, drawn: bool) -> Example:
        concept = self._concepts[posed.concept]
        text = posed.statement.text
        if random.random() < _EXCERPT_SHARE:
            text = excerpt(text, random, least=_EXCERPT_WORDS)
        drawing = None
        if drawn and concept.drawings:
            drawing = recolour(concept.drawings[int(random.integers(len(concept.drawings)))], random)
        return Example(text, drawing, concept.kinship, posed.statement.template)


def _language(random: np.random.Generator) -> str:
    return "ko" if random.random() < _KOREAN_SHARE else "en"


def _pick(statements: Sequence[Statement], random: np.random.Generator) -> Statement:
    return statements[int(random.integers(len(statements)))]
