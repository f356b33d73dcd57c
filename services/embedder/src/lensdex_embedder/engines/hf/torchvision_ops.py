"""Lets torchvision be imported beside a CPU build of torch. Knows no model.

There is no CPU build of torchvision. Its Python part, which resizes and normalises, needs no compiled code, but its
import registers fake kernels for two compiled operators and fails where their schemas do not exist. Declaring the two
schemas first is all it takes; they are never called. On a GPU build the compiled extension declares them and this does
nothing.
"""

import importlib.util
from functools import lru_cache
from pathlib import Path

import torch

_SCHEMAS = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold, float dets_scale, int dets_zero_point) -> Tensor",
}


@lru_cache(maxsize=1)
def declare_missing_operators() -> torch.library.Library | None:
    """Declare the operators torchvision's import expects, unless its extension does. Idempotent.

    Returns the library that holds the declarations (it must stay referenced; the cache does that), or None.
    """
    if _extension_loads():
        return None
    library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]  # untyped there
    for schema in _SCHEMAS.values():
        library.define(schema)  # type: ignore[no-untyped-call]  # as above
    return library


def _extension_loads() -> bool:
    """Whether torchvision's compiled extension can be loaded into this torch."""
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None:
        return False
    for extension in Path(spec.origin).parent.glob("_C*.so"):
        try:
            torch.ops.load_library(str(extension))  # type: ignore[no-untyped-call]  # as above
        except OSError:
            continue
        return True
    return False
