"""The connection to Milvus: opened, timed, its failures told in our own words. Knows pymilvus and no schema."""

import logging
import time
from collections.abc import Callable
from typing import Any, Final

from pymilvus import MilvusClient
from pymilvus.client.types import LoadState

from lensdex_index.engines.abandoning import RecoveryAbandonedError
from lensdex_index.engines.milvus.failures import NotLoadedError, translated
from lensdex_index.engines.options import MilvusOptions
from lensdex_index.errors import StartError, StoreUnavailableError

STRONG: Final = "Strong"
"""Sees every write that was answered before: Milvus waits until its query nodes have them."""
EVENTUAL: Final = "Eventually"
"""Sees what there is, without waiting."""

_ATTEMPT_SECONDS: Final = 2.0
_PAUSE_SECONDS: Final = 0.2


class Connection:
    """A connection to one database of one Milvus. Thread-safe; it connects anew by itself."""

    def __init__(self, options: MilvusOptions, *, abandoned: Callable[[], bool]) -> None:
        """Raise StartError when Milvus cannot be reached within the time for one call."""
        # It logs every failure with the whole request, filters and all; we tell failures ourselves.
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL + 1)
        self._options = options
        self._client: Any = None
        until = time.monotonic() + options.timeout_seconds
        while self._client is None:
            if abandoned():
                raise RecoveryAbandonedError
            try:
                self._client = MilvusClient(
                    uri=options.address,
                    token=options.token,
                    db_name=options.database,
                    timeout=_ATTEMPT_SECONDS,
                    dedicated=True,
                )
            except Exception as error:
                # pymilvus tells a server that is away from one that refuses the token by nothing.
                if time.monotonic() >= until:
                    raise StartError(self._why()) from error
                time.sleep(_PAUSE_SECONDS)

    def call(self, method: str, *arguments: Any, of: str, **named: Any) -> Any:
        """Return what pymilvus' *method* does, about the collection that callers know as *of*.

        Raises what ``translated`` does, but NotLoadedError: then it is loaded, and StoreUnavailableError says so.
        """
        try:
            return self.attempt(method, *arguments, of=of, **named)
        except NotLoadedError:
            self._load(arguments[0], of)
            problem = "the collection is being loaded; try again a little later"
            raise StoreUnavailableError("Milvus had not loaded it", problem) from None

    def attempt(self, method: str, *arguments: Any, of: str, **named: Any) -> Any:
        """Do the same; also raises NotLoadedError."""
        with translated(of):
            return getattr(self._client, method)(*arguments, timeout=self._options.timeout_seconds, **named)

    def index(self, column: str, metric: str, index: dict[str, Any]) -> Any:
        """Return the parameters of an index as pymilvus takes them."""
        parameters = self._client.prepare_index_params()
        parameters.add_index(column, metric_type=metric, **index)
        return parameters

    def is_loaded(self, name: str, *, of: str) -> bool:
        """Return whether query nodes have the whole Milvus collection."""
        return bool(self.call("get_load_state", name, of=of)["state"] == LoadState.Loaded)

    def close(self) -> None:
        """Release it."""
        self._client.close()

    def _load(self, name: str, of: str) -> None:
        self.attempt("load_collection", name, of=of, _async=True, replica_number=self._options.replicas)

    def _why(self) -> str:
        return (
            f"Milvus at {self._options.address} does not answer, or refuses the token: see that it runs there (make "
            "milvus starts one), or name another with --milvus-address and --milvus-token"
        )
