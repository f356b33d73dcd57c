"""Backends by name. Imports one only when it is asked for, so that an optional library costs only who chose it."""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from lensdex_index.engines.local.backends.base import Backend, BackendOptions
from lensdex_index.engines.parameters import Parameter
from lensdex_index.errors import InvalidBackendError


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


def _faiss() -> BackendClass:
    from lensdex_index.engines.local.backends.faiss import FaissBackend

    return FaissBackend


_LOADERS: Final[Mapping[str, Callable[[], BackendClass]]] = {"exact": _exact, "faiss": _faiss, "hnsw": _hnsw}

KNOWN_BACKENDS: Final = tuple(sorted(_LOADERS))


def backend_class(name: str) -> BackendClass:
    """Return the class of that name. Raises KeyError; callers answer with KNOWN_BACKENDS.

    Raises InvalidBackendError with the remedy where the library it needs is not installed.
    """
    load = _LOADERS[name]
    try:
        return load()
    except ModuleNotFoundError as error:
        problem = f"backend {name} needs {error.name}, which is not installed: pip install 'lensdex-index[{name}]'"
        raise InvalidBackendError(name, ",".join(KNOWN_BACKENDS), problem=problem) from error


def open_backend(name: str, options: BackendOptions) -> Backend:
    """Return an empty backend of that name. Raises as ``backend_class`` does."""
    return backend_class(name)(options)
