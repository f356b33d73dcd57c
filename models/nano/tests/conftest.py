"""A nano checkpoint that has learnt nothing, small enough to be made for every run of the tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from lensdex_embedder.engines.hf.torchvision_ops import declare_missing_operators
from lensdex_nano.vocabulary import learn_vocabulary
from lensdex_problems import make_item

# Before a test module imports transformers' models: as `__main__` does.
declare_missing_operators()


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that loads as embedding and as reranking checkpoint: random weights, a vocabulary of 600 tokens."""
    from lensdex_nano import geometry

    vocabulary = tmp_path_factory.mktemp("vocabulary")
    texts = [make_item(3, "train", place).text for place in range(200)]
    learn_vocabulary([*texts, *["yes", "no"] * 500], vocabulary, size=600)
    folder = tmp_path_factory.mktemp("checkpoints") / "nano"
    geometry.write_skeleton(folder, vocabulary)
    geometry.write_weights(folder, geometry.new_model(vocabulary, seed=1))
    return folder
