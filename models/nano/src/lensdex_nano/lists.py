"""What the reranker learns from: a query and documents of every grade, with the embedder's own mistakes among them.

Questions are also swapped between concepts, so that "the same question" has to be read off the two texts and cannot be
remembered. Knows no tokens; randomness comes only from the generator that is passed in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from lensdex_nano.examples import Example, recolour, thin
from lensdex_nano.pool import Concept, Statement

RELEVANCE: Final = {4: 1.0, 3: 0.6, 2: 0.25, 1: 0.08, 0: 0.0}
"""The probability of "yes" that is taught for each grade of the generator's relevance."""


@dataclass(frozen=True, slots=True)
class GradedList:
    """One query with its documents and their grades, 0 to 4, in no order."""

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
        self._templates = [sorted({statement.template for statement in concept.statements}) for concept in concepts]

    def make(self, random: np.random.Generator) -> GradedList:
        """Return a list of six: two of grade 4, two of 3 (where there are other questions), two confused ones."""
        place = int(random.integers(len(self._concepts)))
        swapped = len(self._templates[place]) < 2 or random.random() < 0.5
        asking = self._asking(random) if swapped else None
        query = self._posed(place, asking, random)
        template = query.statement.template
        documents = [self._posed(place, asking or template, random) for _ in range(2)]
        documents.extend(self._posed(place, self._other(place, template, random), random) for _ in range(2))
        for _ in range(2):
            near = int(random.choice(self._confusions[place]))
            documents.append(self._posed(near, template if random.random() < 0.3 else None, random))
        grades = tuple(self._grade(query, document) for document in documents)
        return GradedList(
            self._query(query, random), tuple(self._document(document, random) for document in documents), grades
        )

    def _asking(self, random: np.random.Generator) -> str:
        """Choose a template of any concept whose question shall be asked."""
        donor = int(random.integers(len(self._concepts)))
        return str(random.choice(self._templates[donor]))

    def _other(self, place: int, template: str, random: np.random.Generator) -> str:
        own = [name for name in self._templates[place] if name != template]
        if own and random.random() < 0.6:
            return str(random.choice(own))
        while (name := self._asking(random)) == template:
            pass
        return name

    def _posed(self, place: int, template: str | None, random: np.random.Generator) -> _Posed:
        statement = self._pick(place, None, random)
        if template is None or template == statement.template:
            return _Posed(place, statement)
        donor = self._pick(self._place_of(template), template, random, language=statement.language)
        text = f"{statement.situation} {donor.question}"
        return _Posed(place, replace(statement, text=text, template=template))

    def _pick(
        self, place: int, template: str | None, random: np.random.Generator, *, language: str | None = None
    ) -> Statement:
        statements = [
            statement
            for statement in self._concepts[place].statements
            if template in {None, statement.template} and language in {None, statement.language}
        ]
        return statements[int(random.integers(len(statements)))]

    def _place_of(self, template: str) -> int:
        return next(place for place, names in enumerate(self._templates) if template in names)

    def _grade(self, query: _Posed, document: _Posed) -> int:
        one, other = self._concepts[query.concept].kinship, self._concepts[document.concept].kinship
        if one.concept == other.concept:
            return 4 if query.statement.template == document.statement.template else 3
        return 2 if one.unit == other.unit else int(one.subject == other.subject)

    def _query(self, posed: _Posed, random: np.random.Generator) -> Example:
        concept = self._concepts[posed.concept]
        lot = random.random()
        drawn = bool(concept.drawings) and lot < 0.5
        text = "" if drawn and lot < 0.15 else posed.statement.text
        if random.random() < 0.3 and text:
            text = thin(text, random)
        return self._example(posed, text, random, drawn=drawn)

    def _document(self, posed: _Posed, random: np.random.Generator) -> Example:
        drawn = bool(self._concepts[posed.concept].drawings) and random.random() < 0.5
        return self._example(posed, posed.statement.text, random, drawn=drawn)

    def _example(self, posed: _Posed, text: str, random: np.random.Generator, *, drawn: bool) -> Example:
        concept = self._concepts[posed.concept]
        drawing = recolour(concept.drawings[int(random.integers(len(concept.drawings)))], random) if drawn else None
        return Example(text, drawing, concept.kinship, posed.statement.template)
