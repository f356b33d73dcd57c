"""Collection engines by name. Imports an engine only when it is asked for; knows nothing else of them."""

from collections.abc import Callable, Mapping
from typing import Final

from lensdex_index.engine import CollectionEngine
from lensdex_index.engines.options import EngineOptions
from lensdex_index.errors import StartError


def _open_local(options: EngineOptions) -> CollectionEngine:
    from lensdex_index.engines.local.engine import LocalEngine

    return LocalEngine(options)


def _open_milvus(options: EngineOptions) -> CollectionEngine:
    try:
        from lensdex_index.engines.milvus.engine import MilvusEngine
    except ModuleNotFoundError as error:
        raise StartError(
            f"the engine milvus needs {error.name}: install what it needs with `pip install lensdex-index[milvus]`"
        ) from error

    return MilvusEngine(options)


_OPENERS: Final[Mapping[str, Callable[[EngineOptions], CollectionEngine]]] = {
    "local": _open_local,
    "milvus": _open_milvus,
}

KNOWN_ENGINES: Final = tuple(sorted(_OPENERS))


def open_engine(name: str, options: EngineOptions) -> CollectionEngine:
    """Return the engine of that name, not recovered yet. Raises StartError, which lists the known ones, for another."""
    opener = _OPENERS.get(name)
    if opener is None:
        raise StartError(f"unknown engine {name!r}; known are {', '.join(KNOWN_ENGINES)}")
    return opener(options)
