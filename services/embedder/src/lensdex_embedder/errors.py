"""What can go wrong, as facts: no gRPC, no messages. ``status`` maps each class to a code and a reason.

EmbedderError
├── InvalidFieldError            a request field out of its range
│   ├── TooManyItemsError
│   ├── UnsupportedDimensionError
│   ├── InvalidIdError           a stream item's id
│   └── DuplicateIdError
├── ContentError                 one content (or document) is refused; its neighbours are not affected
│   ├── EmptyContentError
│   ├── InvalidMediaError
│   ├── ImageTooLargeError
│   ├── AspectRatioTooLargeError
│   ├── MediaNotAllowedError
│   ├── MediaNotFoundError
│   ├── MediaUnavailableError
│   └── ContentTooLongError
├── OverloadedError              full; nothing was done; try again later
├── NotServingError              starting or draining
├── DeadlineExceededError        expired before it was computed
├── EngineFailedError            the model raised; a fault of ours
└── CheckpointError              a checkpoint that cannot be loaded; the process does not start
"""


class EmbedderError(Exception):
    """Anything the embedder refuses or fails, with its facts as attributes and a sentence for people as its text."""


class InvalidFieldError(EmbedderError):
    """A request field is missing or out of its range."""

    def __init__(
        self, field: str, message: str, *, value: str = "", minimum: int | None = None, maximum: int | None = None
    ) -> None:
        super().__init__(message)
        self.field = field
        self.value = value
        self.minimum = minimum
        self.maximum = maximum


class TooManyItemsError(EmbedderError):
    """More items in one call than the limit."""

    def __init__(self, field: str, *, count: int, maximum: int) -> None:
        super().__init__(f"{count} {field} in one call; at most {maximum}. Split the call.")
        self.field = field
        self.count = count
        self.maximum = maximum


class UnsupportedDimensionError(EmbedderError):
    """A dimension the model does not offer."""

    def __init__(self, dimension: int, *, minimum: int, maximum: int) -> None:
        super().__init__(f"dimension {dimension} is not offered; ask for {minimum} to {maximum}, or 0 for {maximum}.")
        self.dimension = dimension
        self.minimum = minimum
        self.maximum = maximum


class InvalidIdError(InvalidFieldError):
    """An item's id that is empty or too long: its answer could not be told from others'."""

    def __init__(self, *, num_bytes: int, maximum: int) -> None:
        super().__init__("item.id", f"the id of an item has {num_bytes} bytes; give it 1 to {maximum}.")
        self.num_bytes = num_bytes
        self.maximum_bytes = maximum


class DuplicateIdError(InvalidFieldError):
    """The id of an item whose namesake is not answered yet."""

    def __init__(self, item_id: str) -> None:
        super().__init__("item.id", f"the id {item_id!r} belongs to an item that is not answered yet.", value=item_id)
        self.item_id = item_id


class ContentError(EmbedderError):
    """One content is refused; its neighbours are not affected."""


class EmptyContentError(ContentError):
    """A content without any text or media."""

    def __init__(self, content: str = "the content") -> None:
        super().__init__(f"{content} is empty: give it at least one non-empty text, one image or one video.")


class InvalidMediaError(ContentError):
    """Media that is not a readable picture or clip."""

    def __init__(
        self,
        media: str,
        detail: str,
        *,
        kind: str = "picture",
        num_bytes: int | None = None,
        maximum_bytes: int | None = None,
    ) -> None:
        """*num_bytes* and *maximum_bytes*: of a file over the limit."""
        super().__init__(f"{media} cannot be read as a {kind}: {detail}.")
        self.media = media
        self.detail = detail
        self.num_bytes = num_bytes
        self.maximum_bytes = maximum_bytes


class ImageTooLargeError(ContentError):
    """A picture, or its file, over a limit that is checked before decoding."""

    def __init__(self, media: str, *, width: int, height: int, maximum: int) -> None:
        super().__init__(
            f"{media} declares {width} × {height} = {width * height} pixels; at most {maximum}. Scale it down."
        )
        self.media = media
        self.width = width
        self.height = height
        self.maximum = maximum


class AspectRatioTooLargeError(ContentError):
    """A picture that is too long for its width, or too wide for its height."""

    def __init__(self, media: str, *, ratio: float, maximum: int) -> None:
        super().__init__(f"{media} has sides in the ratio {ratio:.1f} to 1; at most {maximum} to 1. Crop or pad it.")
        self.media = media
        self.ratio = ratio
        self.maximum = maximum


class MediaNotAllowedError(ContentError):
    """A media URI the operator does not allow."""

    def __init__(self, media: str, scheme: str) -> None:
        super().__init__(f"{media}: this server does not open {scheme!r} URIs there; send the picture's bytes.")
        self.media = media
        self.scheme = scheme


class MediaNotFoundError(ContentError):
    """An allowed media URI under which nothing can be read."""

    def __init__(self, media: str) -> None:
        super().__init__(f"{media}: nothing can be read under that URI.")
        self.media = media


class MediaUnavailableError(ContentError):
    """An allowed media URI that could not be fetched this time."""

    def __init__(self, media: str, detail: str) -> None:
        super().__init__(f"{media} could not be fetched: {detail}. Try again, or send its bytes.")
        self.media = media
        self.detail = detail


class ContentTooLongError(ContentError):
    """A content over the model's length that may not, or cannot, be cut."""

    def __init__(self, *, tokens: int, maximum: int, remedy: str) -> None:
        super().__init__(f"the content takes {tokens} tokens; at most {maximum}. {remedy}")
        self.tokens = tokens
        self.maximum = maximum
        self.remedy = remedy


class OverloadedError(EmbedderError):
    """The server is full; nothing was done."""

    def __init__(self, resource: str, *, maximum: int, retry_after: float) -> None:
        super().__init__(f"the server is full: {resource} would exceed {maximum}. Try again in {retry_after:.2f} s.")
        self.resource = resource
        self.maximum = maximum
        self.retry_after = retry_after


class NotServingError(EmbedderError):
    """The server is starting or draining."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the server is {state}.")
        self.state = state


class DeadlineExceededError(EmbedderError):
    """The deadline passed before the work was started; it was not done."""

    def __init__(self) -> None:
        super().__init__("the deadline passed before the work was done; what was not started was not done.")


class EngineFailedError(EmbedderError):
    """The model, or what prepares its input, raised. The cause is chained, for the log only."""

    def __init__(self) -> None:
        super().__init__("the model failed on this. This is a bug.")


class CheckpointError(EmbedderError):
    """A checkpoint that cannot be loaded."""
