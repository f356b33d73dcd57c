"""Backends by name. Imports one only when it is asked for, so that an optional library costs only who chose it."""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from lensdex_index.engines.local.backends.base import Backend, BackendOptions, Parameter


class BackendClass(Protocol):
    """What a backend's class offers before it is opened."""

    PARAMETERS: Mapping[str, Parameter]

    def __call__(self, options: BackendOptions) -> Backend: ...


def _exact() -> BackendClass:
    from lensdex_index.engines.local.backends.exact import ExactBackend

    return ExactBackend


def _hnsw() -> BackendClass:
    from lensdex_index.engines.local.backends.hnsw import HnswBackend

    return HnswBackend


_LOADERS: Final[Mapping[str, Callable[[], BackendClass]]] = {"exact": _exact, "hnsw": _hnsw}

KNOWN_BACKENDS: Final = tuple(sorted(_LOADERS))


def backend_class(name: str) -> BackendClass:
    """Return the class of that name. Raises KeyError; callers answer with KNOWN_BACKENDS."""
    return _LOADERS[name]()


def open_backend(name: str, options: BackendOptions) -> Backend:
    """Return an empty backend of that name. Raises KeyError; callers answer with KNOWN_BACKENDS."""
    return backend_class(name)(options)
