"""What is learnt from: losses against hand-made cases, lists with right grades, a run that resumes where it stopped."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from lensdex_embedder.engines import EngineOptions, open_embedding_engine, open_reranking_engine
from lensdex_embedder.work import Content, Truncation
from lensdex_nano.comparison import add_comparing_layer, comparison_loss
from lensdex_nano.contrastive import contrastive_loss, relatedness
from lensdex_nano.examples import Example, draw_examples, excerpt, recolour, roughen, thin
from lensdex_nano.geometry import HIDDEN_SIZE, RERANKING_LAYERS, new_model
from lensdex_nano.inputs import InputBuilder
from lensdex_nano.learner import last_states, prepare_to_learn
from lensdex_nano.lists import ListMaker
from lensdex_nano.pool import Concept, Kinship, PoolSize, _make_concept
from lensdex_nano.reranking_training import ranking_loss
from lensdex_nano.run import Run, Schedule
from lensdex_nano.shared_prefix import read_lists
from lensdex_wire.space import Pooling


@pytest.fixture(scope="module")
def concepts() -> list[Concept]:
    return [_make_concept((5, place, PoolSize(statements=24, drawings=3))) for place in (0, 1, 2, 40)]


def test_targets_prefer_the_concept_then_the_unit_then_the_subject() -> None:
    """A row's target is on its own concept first, a little on its unit and subject, never on itself or strangers."""
    kinships = [Kinship(1, 10, 100), Kinship(1, 10, 100), Kinship(2, 10, 100), Kinship(3, 11, 100), Kinship(4, 12, 101)]
    target = relatedness(kinships, unit=0.1, subject=0.05)

    assert target[0].tolist() == pytest.approx([0, 1 / 1.15, 0.1 / 1.15, 0.05 / 1.15, 0])
    assert target[4].tolist() == [0, 0, 0, 0, 0]


def test_contrastive_loss_is_low_when_own_examples_are_near() -> None:
    """Pairs that point the same way lose less than pairs crossed over, at every vector size."""
    kinships = [Kinship(place, place, place) for place in (1, 1, 2, 2)]
    target = relatedness(kinships, unit=0, subject=0)
    own = torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])
    crossed = own[[0, 2, 1, 3]]
    good, bad = (contrastive_loss(states, target, temperature=0.1, sizes=(2,)) for states in (own, crossed))

    assert good < 0.1
    assert bad > 2


def test_ranking_loss_is_lowest_in_the_order_of_grades() -> None:
    """Scores in the order of the grades lose less than scores in the opposite order; equal grades make no pair."""
    grades = torch.tensor([[4, 3, 2, 0]])
    right = ranking_loss(torch.tensor([[3.0, 1.0, -1.0, -3.0]]), grades, pair_weight=1.0)
    wrong = ranking_loss(torch.tensor([[-3.0, -1.0, 1.0, 3.0]]), grades, pair_weight=1.0)
    level = ranking_loss(torch.zeros(1, 2), torch.tensor([[4, 4]]), pair_weight=1.0)

    assert right < wrong
    assert float(level) == pytest.approx(math.log(2))


@given(text=st.text(alphabet="ab 가나.", min_size=1, max_size=80), seed=st.integers(0, 1000))
def test_roughened_text_is_made_of_words_of_the_text(text: str, seed: int) -> None:
    """Whatever is left out, nothing is added and nothing changes its order."""
    random = np.random.default_rng(seed)
    for rough in (roughen, thin, excerpt):
        words = iter(text.split(" "))
        assert all(word in words for word in rough(text, random).split(" "))


def test_recolouring_keeps_the_shape_and_type() -> None:
    """A recoloured drawing has the size and type of the original."""
    drawing = np.full((64, 96, 3), 200, dtype=np.uint8)
    for seed in range(20):
        other = recolour(drawing, np.random.default_rng(seed))
        assert (other.shape, other.dtype) == (drawing.shape, drawing.dtype)


def test_examples_are_a_function_of_the_generator(concepts: list[Concept]) -> None:
    """The same generator gives the same examples, so a resumed run sees what an unbroken one would have seen."""
    one, two = (draw_examples(concepts, [0, 1, 2, 3] * 5, np.random.default_rng([1, 7])) for _ in range(2))

    assert [(a.text, a.kinship) for a in one] == [(b.text, b.kinship) for b in two]
    assert all(
        (a.drawing is None and b.drawing is None) or np.array_equal(a.drawing, b.drawing)
        for a, b in zip(one, two, strict=True)
    )
    assert all(example.text or example.drawing is not None for example in one)


def test_lists_hold_every_kind_of_document_with_its_grade(concepts: list[Concept]) -> None:
    """Three documents ask the query's question of its concept, two another one, and the rest are of other concepts."""
    maker = ListMaker(concepts, np.array([[1, 2], [0, 2], [0, 1], [0, 1]]))
    random = np.random.default_rng(3)
    for _ in range(60):
        graded = maker.make(random)
        own = graded.query.kinship.concept
        assert graded.grades[:3] == (4, 4, 4)
        assert [document.kinship.concept == own for document in graded.documents[:7]] == [True] * 5 + [False] * 2
        same = [document.template == graded.query.template for document in graded.documents[:5]]
        assert same == [True, True, True, False, False]
        for document, grade in zip(graded.documents[3:], graded.grades[3:], strict=True):
            if document.kinship.concept != own:
                assert grade < 3
            elif document.template != graded.query.template:
                assert grade == (3 if graded.query.text else 4)


def test_a_list_without_words_asks_no_question(concepts: list[Concept]) -> None:
    """A query that is a picture alone has no grade 3: which question it belongs to cannot be seen."""
    maker = ListMaker(concepts, np.array([[1, 2], [0, 2], [0, 1], [0, 1]]))
    random = np.random.default_rng(4)
    silent = [graded for graded in (maker.make(random) for _ in range(80)) if not graded.query.text]

    assert silent
    assert all(graded.query.drawing is not None and 3 not in graded.grades for graded in silent)


def test_pairs_read_with_a_shared_prefix_are_those_read_whole(checkpoint: Path, concepts: list[Concept]) -> None:
    """What a list's pairs share is computed once, and every last state is as if each pair had been read alone."""
    from transformers import Qwen3VLForConditionalGeneration

    def example(place: int, text: str, *, drawn: bool) -> Example:
        return Example(text, concepts[place].drawings[0] if drawn else None, concepts[place].kinship, "")

    # Pictures first in every document, in some, in none; a document that begins like its query's end.
    lists = [
        (example(0, "a triangle", drawn=True), [example(1, "one", drawn=True), example(2, "two three", drawn=True)]),
        (example(1, "직각삼각형", drawn=False), [example(0, "넷", drawn=False), example(1, "", drawn=True)]),
        (example(2, "", drawn=True), [example(0, "= 5", drawn=False), example(0, "\n= 5, and more", drawn=False)]),
    ]
    model = Qwen3VLForConditionalGeneration.from_pretrained(checkpoint, dtype=torch.float32)
    prepare_to_learn(model)
    builder = InputBuilder(checkpoint)
    with torch.no_grad():
        together = read_lists(model.model, builder.reranking(lists))
        alone = [
            read_lists(model.model, builder.reranking([(query, [document])])).states[0]
            for query, documents in lists
            for document in documents
        ]
    engine = open_reranking_engine("hf", EngineOptions(str(checkpoint), "", "cpu", "float32", 8192, 4, 1800))
    direction = model.lm_head.weight[builder.yes] - model.lm_head.weight[builder.no]
    served = []
    for query, documents in lists:
        prepared = engine.prepare_query(_content(query), instruction="")
        pairs = [
            engine.prepare_pair(prepared, _content(document), truncation=Truncation.REFUSE) for document in documents
        ]
        served.extend(engine.score(pairs))

    assert nn.functional.cosine_similarity(together.states, torch.stack(alone)).min() > 0.999
    assert torch.sigmoid(together.states @ direction).tolist() == pytest.approx(served, abs=0.01)
    assert together.attention.shape == (6, 6, 2)


def test_heads_lose_least_where_they_should_look() -> None:
    """A matching pair should look at the query's end, another at the first token, one that is unknown anywhere."""
    back, first, nowhere = [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]
    same = torch.tensor([1.0, 0.0, float("nan")])
    right = comparison_loss(torch.tensor([[back], [first], [nowhere]]), same, heads=(0,))
    wrong = comparison_loss(torch.tensor([[first], [back], [nowhere]]), same, heads=(0,))

    assert float(right) == pytest.approx(0, abs=1e-3)
    assert wrong > 10
    assert float(comparison_loss(torch.tensor([[nowhere]]), same[2:], heads=(0,))) == 0


def test_the_comparing_layer_starts_as_an_addition(checkpoint: Path, tmp_path: Path) -> None:
    """A reranker starts with every weight of the embedder, and its new layer looks from like states to like."""
    embedder = new_model(checkpoint, seed=3)
    reranker = new_model(checkpoint, seed=4, layers=RERANKING_LAYERS)
    add_comparing_layer(reranker, embedder, seed=5)

    weights = reranker.state_dict()
    assert all(torch.equal(weights[name], tensor) for name, tensor in embedder.state_dict().items())
    assert set(weights) - set(embedder.state_dict()) == {name for name in weights if ".layers.4." in name}
    attention: Any = reranker.model.language_model.layers[-1].self_attn
    states = torch.randn(8, HIDDEN_SIZE, generator=torch.Generator().manual_seed(1))
    queries, keys = attention.q_proj(states).view(8, 6, 32), attention.k_proj(states).view(8, 2, 32)
    for head in range(6):
        likeness = nn.functional.cosine_similarity(queries[:, None, head], keys[None, :, head // 3], dim=-1)
        assert likeness.diag().min() > 0.99
        assert likeness.argmax(dim=1).tolist() == list(range(8))


def test_learning_sees_what_serving_computes(checkpoint: Path, concepts: list[Concept]) -> None:
    """The trainer's last hidden states and the embedder's vectors are the same up to bfloat16."""
    from transformers import Qwen3VLForConditionalGeneration

    drawing = concepts[0].drawings[0]
    examples = [
        Example("a triangle with a right angle", None, concepts[0].kinship, ""),
        Example("", drawing, concepts[0].kinship, ""),
        Example("직각삼각형", drawing, concepts[0].kinship, ""),
    ]
    model = Qwen3VLForConditionalGeneration.from_pretrained(checkpoint, dtype=torch.float32)
    prepare_to_learn(model)
    with torch.no_grad():
        builder = InputBuilder(checkpoint)
        learnt = last_states(model.model, examples, builder.embedding, lambda example: len(example.text))
    engine = open_embedding_engine("hf", EngineOptions(str(checkpoint), "", "cpu", "float32", 8192, 4, 1800))
    prepared = [engine.prepare(_content(example), instruction="", truncation=Truncation.REFUSE) for example in examples]
    served = [pooled.vectors[Pooling.LAST_TOKEN] for pooled in engine.embed(prepared)]

    for ours, theirs in zip(learnt.numpy(), served, strict=True):
        assert ours @ theirs / np.linalg.norm(ours) / np.linalg.norm(theirs) > 0.99


def _content(example: Example) -> Content:
    from PIL import Image

    pictures = () if example.drawing is None else (Image.fromarray(example.drawing),)
    return Content((example.text,) if example.text else (), pictures)


def test_a_run_resumes_where_it_stopped(tmp_path: Path) -> None:
    """Broken off and resumed, a run ends with the weights of one that was not; another recipe starts afresh."""

    def trained(folder: Path, *, stop_at: int | None, recipe: str = "a") -> torch.Tensor:
        torch.manual_seed(0)
        model = nn.Linear(3, 1)

        def loss(step: int) -> torch.Tensor:
            if step == stop_at:
                raise KeyboardInterrupt
            inputs = torch.from_numpy(np.random.default_rng([1, step]).normal(size=(4, 3))).float()
            return model(inputs).square().mean()

        run = Run("test", folder, model, Schedule(steps=20, learning_rate=0.05, warm_up_steps=2), recipe=recipe)
        if stop_at is None:
            run.train(loss)
        else:
            with pytest.raises(KeyboardInterrupt):
                run.train(loss)
        return model.weight.detach().clone()

    unbroken = trained(tmp_path / "one", stop_at=None)
    trained(tmp_path / "two", stop_at=11)
    assert torch.allclose(trained(tmp_path / "two", stop_at=None), unbroken)
    assert not torch.allclose(trained(tmp_path / "two", stop_at=3, recipe="b"), unbroken)
