"""Declares the two operators torchvision's import expects, just before torchvision is first imported.

For environments of peers, whose workers are fresh processes: a `.pth` file beside it imports it in each.
"""

import importlib.abc
import sys
from importlib.machinery import ModuleSpec

kept: list[object] = []
"""The declarations last as long as the library that made them."""


class _BeforeTorchvision(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:  # noqa: ARG002  the protocol's
        if fullname == "torchvision":
            sys.meta_path.remove(self)
            import torch

            library = torch.library.Library("torchvision", "DEF")
            library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
            library.define(
                "qnms(Tensor dets, Tensor scores, float iou_threshold, float dets_scale, int dets_zero_point) -> Tensor"
            )
            kept.append(library)
        return None


sys.meta_path.insert(0, _BeforeTorchvision())
