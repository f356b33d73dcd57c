"""The ways between host and device. On CUDA neither side waits for the other but where it must. Knows tensors alone."""

from collections.abc import Callable

import torch


def placed(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    """Return *tensor*, on the host, on *device*.

    A copy from ordinary memory waits for all the device has still to do; one from pinned memory takes its turn.
    """
    if device.type != "cuda":
        return tensor.to(device)
    return (tensor if tensor.is_pinned() else tensor.pin_memory()).to(device, non_blocking=True)


def fetching(tensor: torch.Tensor) -> Callable[[], torch.Tensor]:
    """Begin to bring *tensor* to the host; return what waits for it, in any thread, and returns it."""
    if tensor.device.type != "cuda":
        return lambda: tensor
    host = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=True).copy_(tensor, non_blocking=True)
    arrived = torch.cuda.Event()  # type: ignore[no-untyped-call]  # untyped there
    arrived.record()

    def fetch() -> torch.Tensor:
        arrived.synchronize()
        return host

    return fetch
