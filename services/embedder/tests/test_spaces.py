"""The embedding space a server reports: what changes its fingerprint, and what does not."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from lensdex.embedder.v1 import embedder_service_pb2 as pb
from lensdex_wire.space_codec import unpack_space


@pytest.fixture
def fingerprints(serving: Any) -> Any:
    """Ask a real server that runs an engine for its fingerprints, by pooling, and for the model's facts."""

    async def ask(engine: Any, **settings: Any) -> tuple[dict[int, str], Any]:
        server = await serving(engine=engine, reranking_model="", **settings)
        info = await server.embedder.GetEmbedderInfo(pb.GetEmbedderInfoRequest())
        return {item.space.pooling: item.fingerprint for item in info.spaces}, info.model

    return ask


async def test_poolings_are_different_spaces(fingerprints: Any, embedding_engine: Any) -> None:
    """Each pooling is a space of its own; which is the default changes neither."""
    first, _ = await fingerprints(embedding_engine)
    second, _ = await fingerprints(embedding_engine, default_pooling="mean")
    assert len(set(first.values())) == 2
    assert first == second


async def test_the_type_of_the_computation_is_provenance(
    fingerprints: Any, embedding_engine: Any, open_hf: Any, golden: Any
) -> None:
    """float32 and bfloat16 are the same space, and the model says which it is."""
    expected, float32 = await fingerprints(embedding_engine)
    actual, bfloat16 = await fingerprints(open_hf(golden.checkpoint, dtype="bfloat16"))
    assert actual == expected
    assert (float32.dtype, bfloat16.dtype) == ("float32", "bfloat16")


async def test_the_folders_name_and_limits_are_provenance(
    fingerprints: Any, embedding_engine: Any, open_hf: Any, golden: Any, tmp_path: Path
) -> None:
    """The same checkpoint in another folder, with another length limit, is the same space."""
    copy = Path(shutil.copytree(golden.checkpoint, tmp_path / "elsewhere"))
    expected, _ = await fingerprints(embedding_engine)
    actual, model = await fingerprints(open_hf(copy, max_tokens=100), max_embedding_tokens=100)
    assert actual == expected
    assert (model.name, model.revision) == ("elsewhere", "")


async def test_other_weights_are_another_space(
    fingerprints: Any, embedding_engine: Any, open_hf: Any, golden: Any, tmp_path: Path
) -> None:
    """One value of one tensor changed is another space."""
    from safetensors.torch import load_file, save_file

    copy = Path(shutil.copytree(golden.checkpoint, tmp_path / "copy"))
    tensors = load_file(copy / "model.safetensors")
    tensors[min(tensors)].view(-1)[0] += 1
    save_file(tensors, copy / "model.safetensors", metadata={"format": "pt"})
    expected, _ = await fingerprints(embedding_engine)
    actual, _ = await fingerprints(open_hf(copy))
    assert not set(actual.values()) & set(expected.values())


async def test_another_template_is_another_space(
    fingerprints: Any, embedding_engine: Any, open_hf: Any, golden: Any, tmp_path: Path
) -> None:
    """Another chat template with the same weights is another space."""
    copy = Path(shutil.copytree(golden.checkpoint, tmp_path / "copy"))
    template = (copy / "chat_template.jinja").read_text()
    assert "<|im_start|>assistant" in template
    (copy / "chat_template.jinja").write_text(template.replace("<|im_start|>assistant", "<|im_start|>model"))
    expected, _ = await fingerprints(embedding_engine)
    actual, _ = await fingerprints(open_hf(copy))
    assert not set(actual.values()) & set(expected.values())


async def test_a_dimension_is_a_space(serving: Any, text: Any) -> None:
    """Vectors cut to another dimension are another space, which the block says."""
    server = await serving()
    blocks = [
        (await server.embedder.Embed(pb.EmbedRequest(contents=[text("a")], dimension=dimension))).blocks[0]
        for dimension in (0, 128, 64)
    ]
    whole, same, cut = (unpack_space(block.space) for block in blocks)
    assert whole.fingerprint() == same.fingerprint() != cut.fingerprint()
    assert list(whole.differences(cut)) == ["dimension"]


async def test_an_instruction_is_provenance(serving: Any, text: Any) -> None:
    """Another instruction answers in the same space: a query's differs from its corpus's on purpose."""
    server = await serving()
    spaces = [
        (await server.embedder.Embed(pb.EmbedRequest(contents=[text("a")], instruction=instruction))).blocks[0].space
        for instruction in ("", "one", "another")
    ]
    assert spaces[0] == spaces[1] == spaces[2]


def test_the_rerankers_template_is_not_the_embedders(embedding_engine: Any, reranking_engine: Any) -> None:
    """Both roles name their own recipe in the template's version, with a digest of the checkpoint's template."""
    versions = [engine.facts.template_version for engine in (embedding_engine, reranking_engine)]
    assert [version.partition(":")[0] for version in versions] == ["qwen3-vl-embedding/1", "qwen3-vl-reranking/1"]
    assert versions[0].partition(":")[2] != versions[1].partition(":")[2]
    assert json.dumps(versions)  # plain text
