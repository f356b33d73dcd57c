"""Checkpoints: what is missing is named, weights are digested by content, names and folders come to the same."""

import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lensdex_embedder.errors import CheckpointError
from lensdex_embedder.work import Content, Truncation


def _find(name: str) -> Any:
    from lensdex_embedder.engines.hf.checkpoint import find_checkpoint

    return find_checkpoint(name)


def _digest(folder: Path) -> str:
    from lensdex_embedder.engines.hf.checkpoint import digest_weights

    return digest_weights(_find(str(folder)))


@pytest.fixture
def copy(golden: Any, tmp_path: Path) -> Path:
    """A copy of the golden checkpoint that may be damaged."""
    return Path(shutil.copytree(golden.checkpoint, tmp_path / "copy"))


@pytest.mark.parametrize(
    ("removed", "named"),
    [
        (("config.json",), "config.json"),
        (("preprocessor_config.json",), "preprocessor_config.json"),
        (("tokenizer_config.json",), "tokenizer_config.json"),
        (("model.safetensors",), "model.safetensors"),
        (("tokenizer.json", "vocab.json"), "tokenizer.json"),
        (("tokenizer.json", "merges.txt"), "tokenizer.json"),
        (("chat_template.jinja",), "chat_template.jinja"),
    ],
)
def test_a_missing_file_is_named(copy: Path, removed: tuple[str, ...], named: str) -> None:
    """A folder that lacks a required file is refused with the folder and the file."""
    config = json.loads((copy / "tokenizer_config.json").read_text())
    config.pop("chat_template", None)
    (copy / "tokenizer_config.json").write_text(json.dumps(config))
    for name in removed:
        (copy / name).unlink()
    with pytest.raises(CheckpointError) as caught:
        _find(str(copy))
    assert str(copy) in str(caught.value)
    assert f"lacks {named}" in str(caught.value)


def test_all_missing_files_are_named_at_once(tmp_path: Path) -> None:
    """An empty folder is refused with everything it lacks, not with the first."""
    with pytest.raises(CheckpointError) as caught:
        _find(str(tmp_path))
    for name in (
        "config.json",
        "preprocessor_config.json",
        "tokenizer.json",
        "chat_template.jinja",
        "model.safetensors",
    ):
        assert name in str(caught.value)


@pytest.mark.parametrize("name", ["/no/such/folder", "./none", "~/none-of-this", "nothing", "a/b/c", "owner/"])
def test_names_that_are_neither(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is neither a folder nor looks like a hub name is refused as that, without asking the hub."""
    from lensdex_embedder.engines.hf import checkpoint

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checkpoint, "snapshot_download", _refuse_to_download(name))
    with pytest.raises(CheckpointError, match="no hub name either"):
        _find(name)


def _refuse_to_download(name: str) -> Callable[..., str]:
    from huggingface_hub.utils import validate_repo_id

    def download(repo: str, **_: Any) -> str:
        validate_repo_id(repo)
        pytest.fail(f"asked the hub for {name}")

    return download


@pytest.mark.parametrize("name", ["owner/has space", "owner/bad!", "-owner/x--y", "owner/.git"])
def test_names_the_hub_would_not_have(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that no hub model can have is refused as that."""
    from lensdex_embedder.engines.hf import checkpoint

    monkeypatch.setattr(checkpoint, "snapshot_download", _refuse_to_download(name))
    with pytest.raises(CheckpointError, match="no hub name either"):
        _find(name)


def test_the_digest_is_of_the_content(copy: Path, golden: Any, tmp_path: Path) -> None:
    """The digest does not change with the folder's name or the file's metadata, and does with one bit of one tensor."""
    from safetensors.torch import load_file, save_file

    expected = _digest(golden.checkpoint)
    assert expected.startswith("sha256:")
    assert len(expected) == 7 + 64
    assert _digest(copy.rename(tmp_path / "renamed")) == expected
    renamed = tmp_path / "renamed"
    tensors = load_file(renamed / "model.safetensors")
    save_file(tensors, renamed / "model.safetensors", metadata={"format": "pt", "note": "other metadata"})
    assert _digest(renamed) == expected
    name = max(tensors)
    tensors[name].view(-1)[0] += 1
    save_file(tensors, renamed / "model.safetensors", metadata={"format": "pt"})
    assert _digest(renamed) != expected


@pytest.mark.parametrize("change", ["name", "type", "shape"])
def test_the_digest_is_of_names_types_and_shapes(copy: Path, golden: Any, change: str) -> None:
    """Equal bytes under another name, type or shape are other weights."""
    from safetensors.torch import load_file, save_file

    tensors = load_file(copy / "model.safetensors")
    name = min(tensors)
    tensor = tensors.pop(name)
    import torch

    if change == "name":
        tensors["other"] = tensor
    else:
        tensors[name] = tensor.view(torch.int32) if change == "type" else tensor.reshape(-1, 1).clone()
    save_file(tensors, copy / "model.safetensors", metadata={"format": "pt"})
    assert _digest(copy) != _digest(golden.checkpoint)


def _shard(folder: Path, count: int) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    names = sorted(tensors, reverse=True)
    weight_map = {}
    for shard in range(count):
        file = f"model-{shard + 1:05}-of-{count:05}.safetensors"
        held = {name: tensors[name] for name in names[shard::count]}
        save_file(held, folder / file, metadata={"format": "pt"})
        weight_map.update(dict.fromkeys(held, file))
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))


def test_sharded_weights(copy: Path, golden: Any, open_hf: Any) -> None:
    """Weights in several files have the digest of the same weights in one, and load; a missing file is named."""
    _shard(copy, 3)
    assert _digest(copy) == _digest(golden.checkpoint)
    assert open_hf(copy).facts.weights_digest == _digest(golden.checkpoint)
    (copy / "model-00002-of-00003.safetensors").unlink()
    with pytest.raises(CheckpointError, match="lacks model-00002-of-00003"):
        _find(str(copy))


@pytest.mark.parametrize("index", ["{}", '{"weight_map": {}}', "[]", "{", '{"metadata": 1}'])
def test_a_broken_index(copy: Path, index: str) -> None:
    """An index that names no weights, or is no JSON, is refused with its name."""
    (copy / "model.safetensors.index.json").write_text(index)
    with pytest.raises(CheckpointError, match=r"model\.safetensors\.index\.json"):
        _find(str(copy))


@pytest.mark.parametrize("keep", [0, 4, 100, 5_000, -1000, -1])
def test_truncated_weights(copy: Path, open_hf: Any, keep: int) -> None:
    """Weights that end too early are refused, by the digest and by loading, and never filled up."""
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:keep])
    with pytest.raises(CheckpointError):
        _digest(copy)
    with pytest.raises(CheckpointError):
        open_hf(copy)


@pytest.mark.parametrize("header", [b"[]", b"{", b'{"a": 1}', b'{"a": {"dtype": "F32"}}', b"\xff"])
def test_weights_that_are_none(copy: Path, header: bytes) -> None:
    """A file that is no safetensors file is refused with its name."""
    (copy / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
    with pytest.raises(CheckpointError, match=r"model\.safetensors"):
        _digest(copy)


def test_missing_tensors_are_not_made_up(copy: Path, open_hf: Any) -> None:
    """A checkpoint that lacks tensors is refused with the first of them, where random ones would go unnoticed."""
    from safetensors.torch import load_file, save_file

    tensors = load_file(copy / "model.safetensors")
    name = next(name for name in sorted(tensors) if "layers.1.mlp.up_proj" in name)
    del tensors[name]
    save_file(tensors, copy / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(CheckpointError, match=r"lacks 1 of the model's weights.*up_proj"):
        open_hf(copy)


def test_tensors_of_another_shape(copy: Path, open_hf: Any) -> None:
    """A checkpoint whose tensors do not fit its configuration is refused."""
    config = json.loads((copy / "config.json").read_text())
    config["text_config"]["intermediate_size"] *= 2
    (copy / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError):
        open_hf(copy)


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({"model_type": "bert"}, "bert"),
        ({"model_type": "qwen2_5_vl"}, "qwen2_5_vl"),
        ({"model_type": "no_such_model"}, "no_such_model"),
        ({}, "nameless"),
    ],
)
def test_another_model(copy: Path, open_hf: Any, config: dict[str, str], named: str) -> None:
    """A checkpoint of another model is refused with what it is and what would run."""
    (copy / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match=rf"{named} model; Lensdex runs qwen3_vl"):
        open_hf(copy)


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json", "preprocessor_config.json", "tokenizer.json"])
def test_files_that_are_no_json(copy: Path, open_hf: Any, name: str) -> None:
    """A file that is cut off in the middle is refused as a checkpoint that cannot be loaded."""
    (copy / name).write_text((copy / name).read_text()[:20])
    with pytest.raises(CheckpointError):
        open_hf(copy)


@pytest.mark.parametrize("device", ["cuda:0", "tpu", "meta", "cuda:x"])
def test_devices(device: str) -> None:
    """A device that is not there, or that nobody knows, is refused with its name."""
    import torch

    from lensdex_embedder.engines.hf.model import choose_device

    if device.startswith("cuda:0") and torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    with pytest.raises(CheckpointError, match=device):
        choose_device(device)


def test_auto_device_and_dtype() -> None:
    """`auto` is the first CUDA device in bfloat16 where there is one, else the CPU in float32."""
    import torch

    from lensdex_embedder.engines.hf.model import choose_device, choose_dtype

    device = choose_device("auto")
    assert device.type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert choose_dtype("auto", torch.device("cpu")) is torch.float32
    assert choose_dtype("auto", torch.device("cuda:0")) is torch.bfloat16
    assert choose_dtype("float16", device) is torch.float16


HUB = """
import json, sys
from lensdex_embedder.engines.hf.checkpoint import digest_weights, find_checkpoint
from lensdex_embedder.errors import CheckpointError
from lensdex_embedder.work import Content, Truncation
try:
    found = find_checkpoint(sys.argv[1], revision=sys.argv[2])
    print(json.dumps([found.name, found.revision, digest_weights(found)]))
except CheckpointError as error:
    print(json.dumps(str(error)))
"""
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_a_hub_name_from_the_cache(golden: Any, tmp_path: Path) -> None:
    """Offline, a hub name is found in the hub's cache, with its commit and the digest of the same weights in a folder.

    A name, or a revision, that is not in the cache is refused and named.
    """
    repository = tmp_path / "hub" / "models--owner--name"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(COMMIT)
    snapshot = repository / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (repository / "blobs").mkdir()
    for file in golden.checkpoint.iterdir():  # as the hub's own cache: links to blobs
        shutil.copy(file, repository / "blobs" / f"blob-{file.name}")
        (snapshot / file.name).symlink_to(Path("..") / ".." / "blobs" / f"blob-{file.name}")

    environ = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(tmp_path / "hub")}

    def asks(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", HUB, *arguments]
        return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)

    cases = [("owner/name", ""), ("owner/name", COMMIT), ("owner/other", ""), ("owner/name", "f" * 40)]
    answers = []
    for process in [asks(*case) for case in cases]:
        out, _ = process.communicate(timeout=60)
        answers.append(json.loads(out))
    assert answers[0] == answers[1] == ["owner/name", COMMIT, _digest(golden.checkpoint)]
    assert "owner/other is neither in the hub's cache" in answers[2]
    assert "owner/name is neither in the hub's cache" in answers[3]


def test_a_checkpoint_without_yes_and_no_cannot_rerank(copy: Path) -> None:
    """A vocabulary without the words the score is made of is refused for reranking."""
    from lensdex_embedder.engines import EngineOptions, open_reranking_engine

    for name in copy.iterdir():
        if name.suffix == ".json" and '"yes"' in name.read_text(encoding="utf-8"):
            name.write_text(name.read_text(encoding="utf-8").replace('"yes"', '"yes-no-more"'), encoding="utf-8")
    with pytest.raises(CheckpointError, match="'yes'"):
        open_reranking_engine("hf", EngineOptions(str(copy), "", "cpu", "float32", 512, 4, 1800))


@pytest.mark.parametrize(("pixels", "tokens"), [(25 * 1024, 25), (16_777_216, 1800), (500, 1)])
def test_a_checkpoint_trained_on_small_pictures_lowers_the_bound(
    copy: Path, open_hf: Callable[..., Any], pixels: int, tokens: int
) -> None:
    """The checkpoint's own largest picture bounds every picture, the operator's bound where that is smaller."""
    from PIL import Image

    path = copy / "preprocessor_config.json"
    written = json.loads(path.read_text())
    written["size"]["longest_edge"] = pixels
    path.write_text(json.dumps(written))
    engine = open_hf(copy)
    assert engine.facts.max_image_tokens == tokens
    content = Content((), (Image.new("RGB", (2000, 2000), "white"),))
    count = engine.count(content, instruction="").num_image_tokens
    prepared = engine.prepare(content, instruction="", truncation=Truncation.REFUSE)
    assert count == prepared.cost.num_image_tokens
    assert 0.6 * tokens <= count <= tokens
