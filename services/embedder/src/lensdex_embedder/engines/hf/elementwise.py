"""What happens to numbers between matrix products: norms, rotations, gates. Knows tensors; no layers.

On CUDA each function is one pass over memory, made by PyTorch's compiler: run one operation at a time, these moved as
many bytes as the matrix products took time. Where there is no compiler (it needs Triton and a C compiler) they run one
operation at a time, to the same results but for rounding.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import structlog
import torch
from torch.nn import functional

_log = structlog.get_logger()


def normed(states: torch.Tensor, weight: torch.Tensor, eps: float) -> torch.Tensor:
    """Return *states*, each row over its root mean square, times *weight*; shape (rows, size)."""
    wide = states.float()
    wide = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + eps)
    return weight * wide.to(states.dtype)


def added_and_normed(
    states: torch.Tensor, added: torch.Tensor, weight: torch.Tensor, eps: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the sum of *states* and *added*, and that sum normed."""
    total = states + added
    return total, normed(total, weight, eps)


def turned(
    heads: tuple[torch.Tensor, torch.Tensor],
    weights: tuple[torch.Tensor, torch.Tensor],
    eps: float,
    angles: tuple[torch.Tensor, torch.Tensor],
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return queries and keys, shapes (rows, heads, head size), normed by their *weights* and rotated.

    *angles* are cosines and sines, shape (rows, 1, head size).
    """
    queries, keys = (
        rotated(normed(states, weight, eps), *angles) for states, weight in zip(heads, weights, strict=True)
    )
    return queries, keys


def turned_widely(states: torch.Tensor, cosines: torch.Tensor, sines: torch.Tensor) -> torch.Tensor:
    """Return the heads of *states*, shape (rows, heads, head size), rotated in single precision, in their own type."""
    return rotated(states.float(), cosines, sines).to(states.dtype)


def gated(gate: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
    """Return *states* times the SiLU of *gate*; shapes (rows, size)."""
    return functional.silu(gate) * states


def rotated(states: torch.Tensor, cosines: torch.Tensor, sines: torch.Tensor) -> torch.Tensor:
    """Return *states* turned by their positions' angles: the last axis is rotated in pairs half its length apart."""
    first, second = states.chunk(2, dim=-1)
    return states * cosines + torch.cat((-second, first), dim=-1) * sines


@dataclass(frozen=True, slots=True)
class Elementwise:
    """The functions of this module, as a device runs them."""

    normed: Callable[..., torch.Tensor] = normed
    added_and_normed: Callable[..., tuple[torch.Tensor, torch.Tensor]] = added_and_normed
    turned: Callable[..., tuple[torch.Tensor, torch.Tensor]] = turned
    turned_widely: Callable[..., torch.Tensor] = turned_widely
    gated: Callable[..., torch.Tensor] = gated


def elementwise_on(device: torch.device) -> Elementwise:
    """Return the functions for *device*, compiled where it is a CUDA device and its compiler works.

    They are compiled when they are called first, for any number of rows but one, and once more for one: within the
    self-test, before anybody is served.
    """
    if device.type != "cuda":
        return Elementwise()
    plain = Elementwise()
    compiled = Elementwise(**{field.name: _compiled(getattr(plain, field.name)) for field in fields(Elementwise)})
    try:
        compiled.gated(*torch.ones(2, 4, 4, device=device))
    except Exception as error:  # noqa: BLE001  whatever keeps a compiler from working
        _log.warning("small operations are not compiled; embedding will be slower", error=str(error)[:300])
        return plain
    return compiled


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    # Without `fullgraph`: past the compiler's limit of variants it runs uncompiled, where otherwise it would raise.
    made = torch.compile(function)

    def run(*arguments: Any) -> Any:
        for argument in arguments:
            for tensor in argument if isinstance(argument, tuple) else (argument,):
                if isinstance(tensor, torch.Tensor) and tensor.dim() > 1:
                    torch._dynamo.maybe_mark_dynamic(tensor, 0)  # noqa: SLF001  where PyTorch documents it
        return made(*arguments)

    return run
