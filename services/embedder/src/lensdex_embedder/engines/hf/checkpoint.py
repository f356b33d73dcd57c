"""A checkpoint: from what the operator named to files on disk, and a digest of the weights. Knows no model class."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, RepositoryNotFoundError

from lensdex_embedder.errors import CheckpointError

REQUIRED: Final = ("config.json", "preprocessor_config.json", "tokenizer_config.json")
TOKENIZER_FILES: Final = (("tokenizer.json",), ("vocab.json", "merges.txt"))
_CHUNK_BYTES: Final = 8 * 1024 * 1024
_PATTERNS: Final = ("*.json", "*.jinja", "*.txt", "*.safetensors")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint on disk, complete."""

    name: str
    """What the operator named; for a folder, the last part of its path."""
    revision: str
    """Commit on the hub; empty for a folder."""
    folder: Path
    weights: tuple[Path, ...]
    """The safetensors files, sorted."""


def find_checkpoint(name_or_folder: str, *, revision: str = "") -> Checkpoint:
    """Return the checkpoint of that hub name (downloading it, or from the hub's cache) or in that folder.

    Raises CheckpointError when it cannot be had or lacks a file; the message names what is missing.
    """
    folder = Path(name_or_folder).expanduser()
    if folder.is_dir():
        return _complete(name=folder.resolve().name, revision="", folder=folder)
    if folder.is_absolute() or name_or_folder.startswith((".", "~")) or name_or_folder.count("/") != 1:
        raise CheckpointError(f"{name_or_folder} is no folder, and no hub name either (those look like owner/name).")
    try:
        downloaded = Path(snapshot_download(name_or_folder, revision=revision or None, allow_patterns=list(_PATTERNS)))
    except RepositoryNotFoundError as error:
        raise CheckpointError(f"the hub has no model {name_or_folder}, or it is private: {error}") from error
    except HFValidationError as error:
        raise CheckpointError(f"{name_or_folder} is no folder, and no hub name either: {error}") from error
    except (HfHubHTTPError, OSError) as error:
        raise CheckpointError(
            f"{name_or_folder} is neither in the hub's cache nor can it be downloaded: {error}"
        ) from error
    return _complete(name=name_or_folder, revision=downloaded.name, folder=downloaded)


def digest_weights(checkpoint: Checkpoint) -> str:
    """Return ``sha256:…`` over name, stored type, shape and bytes of every tensor, in the order of names.

    Reads every weight file once (about a second per gigabyte). Independent of where the files came from and how the
    tensors are sharded. Raises CheckpointError when a file is not safetensors.
    """
    tensors: dict[str, tuple[Path, str, str, int, int]] = {}
    for path in checkpoint.weights:
        for name, (dtype, shape, start, end) in _header(path).items():
            tensors[name] = (path, dtype, shape, start, end)
    digest = hashlib.sha256()
    for name in sorted(tensors):
        path, dtype, shape, start, end = tensors[name]
        for text in (name, dtype, shape, str(end - start)):
            digest.update(f"{len(text)}:{text}".encode())
        with path.open("rb") as file:
            file.seek(start)
            remaining = end - start
            while remaining > 0:
                chunk = file.read(min(_CHUNK_BYTES, remaining))
                if not chunk:
                    raise CheckpointError(f"{path.name} is truncated inside the tensor {name}.")
                digest.update(chunk)
                remaining -= len(chunk)
    return f"sha256:{digest.hexdigest()}"


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in *path*. Raises CheckpointError when it holds none."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CheckpointError(f"{path.name} is no JSON: {error}") from error
    if not isinstance(read, dict):
        raise CheckpointError(f"{path.name} holds no JSON object.")
    return read


def _complete(*, name: str, revision: str, folder: Path) -> Checkpoint:
    missing = [file for file in REQUIRED if not (folder / file).is_file()]
    if not any(all((folder / file).is_file() for file in files) for files in TOKENIZER_FILES):
        missing.append("tokenizer.json (or vocab.json and merges.txt)")
    has_template = (folder / "chat_template.jinja").is_file() or (folder / "chat_template.json").is_file()
    if not has_template and "tokenizer_config.json" not in missing:
        has_template = "chat_template" in read_json(folder / "tokenizer_config.json")
    if not has_template:
        missing.append("chat_template.jinja (or chat_template.json)")
    weights = _weights(folder, missing)
    if missing:
        raise CheckpointError(f"the checkpoint {folder} lacks {', '.join(missing)}.")
    return Checkpoint(name=name, revision=revision, folder=folder, weights=weights)


def _weights(folder: Path, missing: list[str]) -> tuple[Path, ...]:
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        shards = sorted(set(read_json(index).get("weight_map", {}).values()))
        if not shards:
            raise CheckpointError(f"{index.name} names no weights.")
        missing.extend(shard for shard in shards if not (folder / shard).is_file())
        return tuple(folder / shard for shard in shards)
    if not (folder / "model.safetensors").is_file():
        missing.append("model.safetensors (weights in other formats are not loaded: they can run code)")
    return (folder / "model.safetensors",)


def _header(path: Path) -> dict[str, tuple[str, str, int, int]]:
    """Return name → (type, shape, first byte, byte after the last) of a safetensors file."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > path.stat().st_size:
                raise CheckpointError(f"{path.name} is no safetensors file, or truncated.")
            header = json.loads(file.read(length))
        base = 8 + length
        return {
            name: (entry["dtype"], str(entry["shape"]), *(base + offset for offset in entry["data_offsets"]))
            for name, entry in header.items()
            if name != "__metadata__"
        }
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        raise CheckpointError(f"{path.name} is no safetensors file: {error}") from error
