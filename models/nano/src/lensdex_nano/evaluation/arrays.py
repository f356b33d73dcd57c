"""Arrays that took long to compute, kept in files under the key they depend on. Knows not what they mean."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]


def kept(folder: Path, name: str, key: Mapping[str, str], make: Callable[[], Arrays]) -> Arrays:
    """Return the arrays of *key*: read from *folder* when they are there, else made and written.

    The file is named after *name* and a digest of *key* and holds the key; one that cannot be read is made anew.
    """
    canonical = json.dumps(dict(key), sort_keys=True)
    path = folder / f"{name}-{hashlib.sha256(canonical.encode()).hexdigest()[:16]}.npz"
    present = _read(path, canonical)
    if present is not None:
        return present
    made = make()
    folder.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    with beside.open("wb") as file:
        np.savez(file, allow_pickle=False, **{"key": np.array(canonical), **made})
    beside.replace(path)
    return made


def _read(path: Path, canonical: str) -> Arrays | None:
    try:
        # Opened here: numpy leaves a file open that turns out to be no archive.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: np.asarray(archive[name]) for name in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return None
    return arrays if str(arrays.pop("key", "")) == canonical else None
