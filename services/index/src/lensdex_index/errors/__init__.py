"""Why a call is refused, as exceptions that carry their facts as fields. Knows no gRPC and no message.

    LensdexIndexError
    ├── StartError                     the process cannot start; a sentence for the operator
    └── DomainError                    a call is refused; ``status`` maps each class to a code and a reason
        ├── InvalidFieldError, TooManyItemsError, InvalidIdError, DuplicateIdError, RecordTooLargeError
        ├── InvalidVectorsError, NotFiniteVectorError, ZeroVectorError, DimensionMismatchError, SpaceMismatchError
        ├── CollectionNotFoundError, CollectionExistsError, ViewNotFoundError, RecordNotFoundError, ViewMissingError
        ├── ViewExistsError, ReindexRunningError, DefaultViewRequiredError, FieldTypeMismatchError, InvalidBackendError
        ├── InvalidFilterError, FieldNotIndexedError, FilterTypeMismatchError
        ├── InvalidPageTokenError, InvalidConsistencyTokenError
        ├── ResponseTooLargeError, OverloadedError, NotServingError, DeadlineExceededError, CallCancelledError
        ├── StoreUnavailableError, CorruptedError, SnapshotNotFoundError, InvalidSnapshotError, NotSupportedError
        └── ViolationsError            several of the above, of one all-or-nothing call

Field names are the metadata keys the contract names for the reason; None means: does not apply.
"""

from lensdex_index.errors.aliases import (
    AliasChangedError,
    AliasExistsError,
    AliasNotAllowedError,
    AliasNotFoundError,
    CollectionHasAliasesError,
    ViewHasAliasesError,
)
from lensdex_index.errors.base import (
    DomainError,
    LensdexIndexError,
    StartError,
    ViolationsError,
    shown,
)
from lensdex_index.errors.collections import (
    CollectionExistsError,
    CollectionNotFoundError,
    CorruptedError,
    InvalidBackendError,
    ReindexRunningError,
    ViewExistsError,
    ViewNotFoundError,
)
from lensdex_index.errors.filters import FieldNotIndexedError, FilterTypeMismatchError, InvalidFilterError
from lensdex_index.errors.records import (
    DefaultViewRequiredError,
    DuplicateIdError,
    FieldTypeMismatchError,
    InvalidIdError,
    RecordNotFoundError,
    RecordTooLargeError,
    ViewMissingError,
)
from lensdex_index.errors.requests import (
    InvalidConsistencyTokenError,
    InvalidFieldError,
    InvalidPageTokenError,
    ResponseTooLargeError,
    TooManyItemsError,
    out_of_range,
)
from lensdex_index.errors.service import (
    CallCancelledError,
    DeadlineExceededError,
    NotServingError,
    OverloadedError,
    StoreUnavailableError,
)
from lensdex_index.errors.snapshots import InvalidSnapshotError, NotSupportedError, SnapshotNotFoundError
from lensdex_index.errors.vectors import (
    DimensionMismatchError,
    InvalidVectorsError,
    NotFiniteVectorError,
    SpaceMismatchError,
    ZeroVectorError,
)

__all__ = [
    "AliasChangedError",
    "AliasExistsError",
    "AliasNotAllowedError",
    "AliasNotFoundError",
    "CallCancelledError",
    "CollectionExistsError",
    "CollectionHasAliasesError",
    "CollectionNotFoundError",
    "CorruptedError",
    "DeadlineExceededError",
    "DefaultViewRequiredError",
    "DimensionMismatchError",
    "DomainError",
    "DuplicateIdError",
    "FieldNotIndexedError",
    "FieldTypeMismatchError",
    "FilterTypeMismatchError",
    "InvalidBackendError",
    "InvalidConsistencyTokenError",
    "InvalidFieldError",
    "InvalidFilterError",
    "InvalidIdError",
    "InvalidPageTokenError",
    "InvalidSnapshotError",
    "InvalidVectorsError",
    "LensdexIndexError",
    "NotFiniteVectorError",
    "NotServingError",
    "NotSupportedError",
    "OverloadedError",
    "RecordNotFoundError",
    "RecordTooLargeError",
    "ReindexRunningError",
    "ResponseTooLargeError",
    "SnapshotNotFoundError",
    "SpaceMismatchError",
    "StartError",
    "StoreUnavailableError",
    "TooManyItemsError",
    "ViewExistsError",
    "ViewHasAliasesError",
    "ViewMissingError",
    "ViewNotFoundError",
    "ViolationsError",
    "ZeroVectorError",
    "out_of_range",
    "shown",
]
