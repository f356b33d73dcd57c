"""How the reranker learns: from the embedding model's weights, on lists of graded documents.

The loss of a list is the cross-entropy of each judgement against the relevance its grade stands for, and the logistic
loss of every pair of documents with different grades (Burges et al. 2005, RankNet). Beside it learn, and are thrown
away or not needed afterwards: classifiers of concept and question over what goes into the last layer, the same for
query and document so that both are written alike; and where the last layer's heads look (see `comparison`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional
from transformers import Qwen3VLForConditionalGeneration, Qwen3VLModel

from lensdex_nano.comparison import CONCEPT_HEADS, QUESTION_HEADS, comparison_loss
from lensdex_nano.embedding_training import estimated_length
from lensdex_nano.examples import Example
from lensdex_nano.geometry import HIDDEN_SIZE
from lensdex_nano.inputs import InputBuilder
from lensdex_nano.learner import last_states, prepare_to_learn
from lensdex_nano.lists import RELEVANCE, GradedList, ListMaker
from lensdex_nano.pool import Concept
from lensdex_nano.run import Run, Schedule
from lensdex_nano.shared_prefix import Reading, read_lists


@dataclass(frozen=True, slots=True)
class RerankingRecipe:
    """What is set for the reranker; everything that changes the result is here."""

    seed: int = 2
    lists_per_step: int = 12
    pair_weight: float = 1.0
    """Of the pairwise loss, beside the pointwise one."""
    classifier_weight: float = 1.0
    comparison_weight: float = 0.3
    confusions: int = 10
    """How many concepts the embedder's mistakes are drawn from."""
    mined_per_concept: int = 16
    schedule: Schedule = field(default_factory=lambda: Schedule(steps=1900, learning_rate=1e-3, warm_up_steps=30))


def train_reranking(
    model: Qwen3VLForConditionalGeneration,
    concepts: Sequence[Concept],
    confusions: npt.NDArray[np.int64],
    builder: InputBuilder,
    *,
    folder: Path,
    recipe: RerankingRecipe,
) -> float:
    """Train *model* in place, resuming from *folder*; return the seconds it took in all."""
    prepare_to_learn(model)
    maker = ListMaker(concepts, confusions)
    torch.manual_seed(recipe.seed)
    subjects = Subjects(concepts).to(model.device)

    def loss(step: int) -> torch.Tensor:
        random = np.random.default_rng([recipe.seed, step])
        lists = [maker.make(random) for _ in range(recipe.lists_per_step)]
        reading = read_lists(model.model, builder.reranking([(graded.query, graded.documents) for graded in lists]))
        direction = model.lm_head.weight[builder.yes] - model.lm_head.weight[builder.no]
        logits = (reading.states @ direction).view(len(lists), -1)
        grades = torch.tensor([graded.grades for graded in lists], device=logits.device)
        return (
            ranking_loss(logits, grades, pair_weight=recipe.pair_weight)
            + recipe.classifier_weight * subjects.loss(reading, lists)
            + recipe.comparison_weight * looking_loss(reading.attention, lists)
        )

    learners = nn.ModuleDict({"model": model, "subjects": subjects})
    return Run("reranking", folder, learners, recipe.schedule, recipe=repr(recipe)).train(loss)


def ranking_loss(logits: torch.Tensor, grades: torch.Tensor, *, pair_weight: float) -> torch.Tensor:
    """Return the loss of lists: *logits* of "yes" over "no" and *grades* 0 to 4, both of shape (lists, documents)."""
    levels = torch.tensor([RELEVANCE[grade] for grade in sorted(RELEVANCE)], device=logits.device)
    pointwise = functional.binary_cross_entropy_with_logits(logits, levels[grades])
    gaps = logits[:, :, None] - logits[:, None, :]
    better = grades[:, :, None] > grades[:, None, :]
    pairwise = functional.softplus(-gaps)[better].mean() if bool(better.any()) else logits.sum() * 0
    return pointwise + pair_weight * pairwise


class Subjects(nn.Module):
    """Linear classifiers of what an example is about: its concept, and its question where it has words."""

    def __init__(self, concepts: Sequence[Concept]) -> None:
        super().__init__()
        self._concepts = {concept.kinship.concept: place for place, concept in enumerate(concepts)}
        templates = sorted({statement.template for concept in concepts for statement in concept.statements})
        self._templates = {template: place for place, template in enumerate(templates)}
        self.concept = nn.Linear(HIDDEN_SIZE, len(self._concepts))
        self.template = nn.Linear(HIDDEN_SIZE, len(templates))

    def loss(self, reading: Reading, lists: Sequence[GradedList]) -> torch.Tensor:
        """Return the cross-entropies; a list's query counts as much as its documents together."""
        queries = [graded.query for graded in lists]
        documents = [document for graded in lists for document in graded.documents]
        of_queries = self._loss(reading.query_features, queries)
        return (of_queries + self._loss(reading.document_features, documents)) / 2

    def _loss(self, features: torch.Tensor, examples: Sequence[Example]) -> torch.Tensor:
        states = functional.rms_norm(features, (HIDDEN_SIZE,))
        concepts = torch.tensor([self._concepts[example.kinship.concept] for example in examples]).to(states.device)
        loss = functional.cross_entropy(self.concept(states), concepts)
        worded = [place for place, example in enumerate(examples) if example.text]
        if not worded:
            return loss
        templates = torch.tensor([self._templates[examples[place].template] for place in worded]).to(states.device)
        return loss + functional.cross_entropy(self.template(states[worded]), templates)


def looking_loss(attention: torch.Tensor, lists: Sequence[GradedList]) -> torch.Tensor:
    """Return how far the last layer looks from where `comparison` wants it, for the pairs of these lists in order."""
    pairs = [(graded.query, document) for graded in lists for document in graded.documents]
    concepts = [float(query.kinship.concept == document.kinship.concept) for query, document in pairs]
    questions = [
        concept * float(query.template == document.template) if query.text else float("nan")
        for concept, (query, document) in zip(concepts, pairs, strict=True)
    ]
    return comparison_loss(
        attention, torch.tensor(concepts, device=attention.device), heads=CONCEPT_HEADS
    ) + comparison_loss(attention, torch.tensor(questions, device=attention.device), heads=QUESTION_HEADS)


@torch.no_grad()
def mine_confusions(
    model: Qwen3VLModel, concepts: Sequence[Concept], builder: InputBuilder, recipe: RerankingRecipe
) -> npt.NDArray[np.int64]:
    """Return for each concept the *recipe.confusions* others whose problems the embedder puts nearest to its own.

    Shape (concepts, confusions). A concept is near when some of its problems are: the mean of the ten highest cosines.
    """
    random = np.random.default_rng([recipe.seed, 1 << 30])
    vectors = []
    for concept in concepts:
        examples = [_problem(concept, random) for _ in range(recipe.mined_per_concept)]
        states = last_states(model, examples, builder.embedding, estimated_length)
        vectors.append(functional.normalize(states, dim=1).cpu().numpy())
    stacked = np.stack(vectors)
    nearness = np.zeros((len(concepts), len(concepts)))
    for place, own in enumerate(stacked):
        cosines = np.einsum("ih,cjh->cij", own, stacked).reshape(len(concepts), -1)
        nearness[place] = np.sort(cosines, axis=1)[:, -10:].mean(axis=1)
    np.fill_diagonal(nearness, -np.inf)
    return np.argsort(-nearness, axis=1, kind="stable")[:, : recipe.confusions]


def _problem(concept: Concept, random: np.random.Generator) -> Example:
    statement = concept.statements[int(random.integers(len(concept.statements)))]
    drawing = concept.drawings[int(random.integers(len(concept.drawings)))] if concept.drawings else None
    return Example(statement.text, drawing, concept.kinship, statement.template)
