"""An export: page after page, read when the one before it has been taken. Knows the contract and a handle.

A page is read whole, in the pool, and its snapshot closed before it is sent: a caller that takes its time keeps neither
a thread nor the store's log.
"""

import asyncio
import contextlib
from typing import Final

from grpc import aio

from lensdex.index.v1 import record_streams_pb2 as pb
from lensdex_index import checks
from lensdex_index.engine import CollectionHandle
from lensdex_index.errors import NotServingError
from lensdex_index.faces import decode, encode
from lensdex_index.faces.calls import Call, Context
from lensdex_index.faces.filters import filter_of
from lensdex_index.records import Include, Limits

_PAGE_BYTES: Final = 4 * 1024 * 1024 - 64 * 1024
"""Of a message: what a stub takes that was told of no limit. A record that is larger goes alone."""
_ALL: Final = Include(metadata=True, content=True)


class Export:
    """One call of ExportRecords."""

    def __init__(self, handle: CollectionHandle, request: pb.ExportRecordsRequest, limits: Limits) -> None:
        """Raise ViewNotFoundError, and what is wrong with the filter. For the pool: a large one takes a while."""
        self._handle = handle
        self._views = checks.views_of(handle.spec, request.views)
        self._chosen = filter_of(request, handle.spec, limits)
        self._include = decode.include(request, otherwise=_ALL)
        self._max_records = limits.max_page_size
        self._max_bytes = min(_PAGE_BYTES, limits.max_response_bytes)
        self._after = request.after

    async def run(self, context: Context, call: Call) -> None:
        """Write every page. Raises NotServingError between two when draining, ViewNotFoundError for a dropped view."""
        while (page := await call.blocking(self._next_page)) is not None:
            if call.draining.is_set():
                raise NotServingError("draining")
            call.response_bytes += page.ByteSize()
            try:
                await context.write(page)
            except (aio.InternalError, aio.UsageError) as error:  # what gRPC raises a moment before it cancels us
                raise asyncio.CancelledError from error

    def _next_page(self) -> pb.ExportRecordsResponse | None:
        budget = encode.Budget(self._max_bytes, 1)
        blocks = encode.Blocks(self._views)
        page = pb.ExportRecordsResponse(collection=self._handle.spec.name)
        names = [view.name for view in self._views]
        scan = self._handle.scan(self._after, self._max_records, self._include, names, self._chosen)
        with contextlib.closing(scan) as records:
            for at, stored in enumerate(records):
                message = encode.record(stored.record, self._include)
                fits = budget.take(encode.size(message) + blocks.num_bytes(stored), 0)
                if at and not fits:
                    break
                page.records.append(message)
                blocks.add(at, stored)
                self._after = stored.record.id
        checks.check_unchanged(self._handle.spec, self._views)
        if not page.records:
            return None
        page.vectors.extend(blocks.messages())
        return page
