"""The exceptions of this library. Knows the contract's reasons and gRPC's codes; ``refusals`` chooses among them.

::

    LensdexError
    ├── InvalidRequestError                 the request must change before it can succeed
    │   ├── InvalidFieldError               a field is missing or out of its range
    │   ├── TooManyItemsError               more items in one call than the server takes
    │   ├── MessageTooLargeError            a message over gRPC's size limit; usually found before sending
    │   ├── ContentError                    one content cannot be embedded or reranked
    │   │   ├── EmptyContentError
    │   │   ├── InvalidMediaError
    │   │   ├── ImageTooLargeError
    │   │   ├── AspectRatioTooLargeError
    │   │   └── ContentTooLongError
    │   ├── VectorError                     vectors that cannot be stored or searched
    │   │   ├── InvalidVectorsError
    │   │   ├── NotFiniteVectorError
    │   │   ├── ZeroVectorError
    │   │   ├── DimensionMismatchError
    │   │   └── UnsupportedDimensionError
    │   ├── RecordError                     one record cannot be stored
    │   │   ├── InvalidIdError
    │   │   ├── DuplicateIdError
    │   │   ├── DefaultViewRequiredError
    │   │   ├── FieldTypeMismatchError
    │   │   └── RecordTooLargeError
    │   ├── FilterError                     a filter that cannot be asked; its facts name the path to the place
    │   │   ├── InvalidFilterError
    │   │   ├── FieldNotIndexedError
    │   │   └── FilterTypeMismatchError
    │   ├── InvalidPageTokenError
    │   ├── InvalidConsistencyTokenError
    │   └── InvalidBackendError
    ├── NotFoundError
    │   ├── CollectionNotFoundError
    │   ├── ViewNotFoundError
    │   ├── RecordNotFoundError
    │   ├── AliasNotFoundError
    │   ├── SnapshotNotFoundError
    │   └── MediaNotFoundError
    ├── ConflictError                       what exists stands in the way
    │   ├── CollectionExistsError
    │   ├── AliasExistsError                an alias has the name that a collection should get
    │   ├── AliasNotAllowedError            an alias where only a collection's own name is taken
    │   ├── CollectionHasAliasesError       a collection that aliases name is not deleted
    │   ├── ViewHasAliasesError             a view that is the default of aliases is not dropped
    │   ├── AliasChangedError               the alias does not name the collection that was expected
    │   ├── ViewExistsError
    │   ├── ReindexRunningError
    │   ├── InvalidSnapshotError            its file is none, cut short, changed, or of another version
    │   ├── CollectionMismatchError         an existing collection declares other views or fields than asked for
    │   ├── SpaceMismatchError              vectors of another embedding space; ``differences`` names the fields
    │   └── ViewMissingError                the record has no vector in that view
    ├── AccessDeniedError
    │   └── MediaNotAllowedError
    ├── ResourceExhaustedError
    │   ├── OverloadedError                 nothing was done; ``retry_after`` says when to come back
    │   └── ResponseTooLargeError
    ├── ServiceUnavailableError             nobody answers at that address, or not now
    │   ├── NotServingError                 starting or draining
    │   └── StoreUnavailableError
    ├── MediaUnavailableError               media at an allowed URL could not be fetched this time
    ├── DeadlineExceededError               also a TimeoutError
    ├── CallCancelledError
    └── ServerError                         not the caller's fault
        ├── InternalError
        ├── CorruptedError
        ├── UnimplementedError              the server does not have this call
        │   └── NotSupportedError           the engine behind it does not do that
        └── ProtocolError                   an answer that does not fit the contract
"""

from collections.abc import Mapping, Sequence

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_wire.errors import Refusal, Violation


class LensdexError(Exception):
    """Anything that went wrong in a call, or that would have. Built from the wire's plain *refusal*."""

    def __init__(self, refusal: Refusal, request_id: str = "") -> None:
        super().__init__(refusal, request_id)
        self.refusal = refusal
        self.request_id = request_id
        """The id the services logged the call under; empty where no call was made."""
        self.message = refusal.message
        """The sentence for people."""
        self.code = refusal.code
        """The gRPC status code, also where the client refused before sending."""
        self.reason = ErrorReason.Name(refusal.reason) if refusal.reason else ""
        """The contract's reason, e.g. ``ERROR_REASON_SPACE_MISMATCH``; empty where gRPC itself refused."""
        self.metadata: Mapping[str, str] = refusal.metadata
        """The facts of the message, under the keys the contract names for the reason."""
        self.violations: Sequence[Violation] = refusal.violations
        """Everything that was wrong with an all-or-nothing call; empty otherwise."""
        self.retry_after = refusal.retry_after
        """Seconds after which the server asks to be tried again; None: it did not ask."""

    def __str__(self) -> str:
        """Return the message, the violations, the reason (else the code) and the request id."""
        label = self.reason.removeprefix("ERROR_REASON_") or self.code.name
        listed = "".join(f"; {item.field}: {item.description}" for item in self.violations)
        suffix = f", request {self.request_id}" if self.request_id else ""
        return f"{self.message}{listed} [{label}{suffix}]"


class InvalidRequestError(LensdexError):
    """The request must change before it can succeed."""


class InvalidFieldError(InvalidRequestError):
    """A request field is missing or out of its range."""


class TooManyItemsError(InvalidRequestError):
    """More items in one call than the server takes."""


class MessageTooLargeError(InvalidRequestError):
    """A message over the size limit: found before sending, or refused by gRPC itself."""


class ContentError(InvalidRequestError):
    """One content cannot be embedded or reranked."""


class EmptyContentError(ContentError):
    """A content without any text or image."""


class InvalidMediaError(ContentError):
    """Media that is not a readable picture."""


class ImageTooLargeError(ContentError):
    """A picture with more pixels than the server takes."""


class AspectRatioTooLargeError(ContentError):
    """A picture too long and thin."""


class ContentTooLongError(ContentError):
    """A content with more tokens than the model takes."""


class VectorError(InvalidRequestError):
    """Vectors that cannot be stored or searched."""


class InvalidVectorsError(VectorError):
    """A block of vectors whose bytes do not fit its shape."""


class NotFiniteVectorError(VectorError):
    """A vector with NaN or infinity."""


class ZeroVectorError(VectorError):
    """A zero vector where the metric is cosine."""


class DimensionMismatchError(VectorError):
    """Vectors of another dimension than the view's."""


class UnsupportedDimensionError(VectorError):
    """A dimension the model does not offer."""


class RecordError(InvalidRequestError):
    """One record cannot be stored."""


class InvalidIdError(RecordError):
    """A record id that is empty, too long or holds control characters."""


class DuplicateIdError(RecordError):
    """The same record id twice."""


class DefaultViewRequiredError(RecordError):
    """A record without a vector in the view ``default``."""


class FieldTypeMismatchError(RecordError):
    """Metadata of another type than its indexed field was declared with."""


class RecordTooLargeError(RecordError):
    """Metadata or kept content over the size limit."""


class FilterError(InvalidRequestError):
    """A filter that cannot be asked."""


class InvalidFilterError(FilterError):
    """A filter that says nothing, is over a limit, or asks for what its field's type does not know."""


class FieldNotIndexedError(FilterError):
    """A filter on a metadata key that the collection does not declare as an indexed field."""


class FilterTypeMismatchError(FilterError):
    """A filter that compares a field with a value of another type than it was declared with."""


class InvalidPageTokenError(InvalidRequestError):
    """A page token the call did not hand out."""


class InvalidConsistencyTokenError(InvalidRequestError):
    """A consistency token that is none, or of another collection."""


class InvalidBackendError(InvalidRequestError):
    """An unknown index backend, or a parameter it does not take."""


class NotFoundError(LensdexError):
    """What was named does not exist."""


class CollectionNotFoundError(NotFoundError):
    """No such collection."""


class ViewNotFoundError(NotFoundError):
    """The collection has no such view."""


class RecordNotFoundError(NotFoundError):
    """No such record."""


class AliasNotFoundError(NotFoundError):
    """No such alias."""


class SnapshotNotFoundError(NotFoundError):
    """No such snapshot."""


class MediaNotFoundError(NotFoundError):
    """Nothing can be read where the media should lie."""


class ConflictError(LensdexError):
    """What exists stands in the way."""


class CollectionExistsError(ConflictError):
    """A collection of that name exists."""


class AliasExistsError(ConflictError):
    """An alias has the name that a collection should get."""


class AliasNotAllowedError(ConflictError):
    """An alias where only a collection's own name is taken."""


class CollectionHasAliasesError(ConflictError):
    """A collection that aliases name is not deleted: move or delete them first."""


class ViewHasAliasesError(ConflictError):
    """A view that is the default of aliases is not dropped: give them another or delete them first."""


class AliasChangedError(ConflictError):
    """The alias does not name the collection that was expected; nothing was changed."""


class ViewExistsError(ConflictError):
    """The collection has a view of that name."""


class ReindexRunningError(ConflictError):
    """The view is being reindexed already."""


class InvalidSnapshotError(ConflictError):
    """A file that is no snapshot, is cut short or changed, of another version, or cannot be restored there."""


class CollectionMismatchError(ConflictError):
    """An existing collection declares other views or fields than asked for. Raised by the client."""


class SpaceMismatchError(ConflictError):
    """Vectors of another embedding space than the view's, or of none."""

    @property
    def differences(self) -> Mapping[str, tuple[str, str]]:
        """The fields that differ: name → (what the view expects, what the vectors are)."""
        names = [name for name in self.metadata.get("fields", "").split(",") if name]
        facts = self.metadata
        return {name: (facts.get(f"expected_{name}", ""), facts.get(f"actual_{name}", "")) for name in names}


class ViewMissingError(ConflictError):
    """The record exists but has no vector in the view."""


class AccessDeniedError(LensdexError):
    """Not allowed: by the service's operator, by missing credentials, or by the client's own media root."""


class MediaNotAllowedError(AccessDeniedError):
    """A media URI outside what the operator or the media root allows."""


class ResourceExhaustedError(LensdexError):
    """A limit was reached. Worth trying again only when ``retry_after`` is set."""


class OverloadedError(ResourceExhaustedError):
    """The server is full; nothing was done."""


class ResponseTooLargeError(ResourceExhaustedError):
    """The answer would exceed the response budget: ask for less per call."""


class ServiceUnavailableError(LensdexError):
    """Nobody answers at that address, or not now."""


class NotServingError(ServiceUnavailableError):
    """The service is starting or draining."""


class StoreUnavailableError(ServiceUnavailableError):
    """The store cannot take writes; reads go on. Or it is another process and cannot be reached."""


class MediaUnavailableError(LensdexError):
    """Media at an allowed URL could not be fetched this time."""


class DeadlineExceededError(LensdexError, TimeoutError):
    """The call's deadline passed before its answer came."""


class CallCancelledError(LensdexError):
    """The call was cancelled, by this side or by the server."""


class ServerError(LensdexError):
    """A fault on the other side."""


class InternalError(ServerError):
    """The server met a fault of its own; its log has the trace under ``metadata["incident"]``."""


class CorruptedError(ServerError):
    """A stored file fails its check and is not served."""


class UnimplementedError(ServerError):
    """The server does not have this call: another version, or another service at that address."""


class NotSupportedError(UnimplementedError):
    """The engine that keeps the index's collections does not do that."""


class ProtocolError(ServerError):
    """An answer that does not fit the contract."""
