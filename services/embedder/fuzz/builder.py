"""Messages built from a fuzzer's choices, so that most of them reach the service."""

from collections.abc import Callable
from typing import Any, Final

from lensdex.common.v1 import content_pb2
from lensdex.embedder.v1 import embedder_service_pb2 as pb
from lensdex.embedder.v1 import model_pb2
from lensdex.embedder.v1 import reranker_service_pb2 as reranker_pb

PICTURE: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe0def46b8"
    "0000000049454e44ae426082"
)
"""A PNG of one pixel."""
_PREFIXES: Final = ("file:///", "data:;base64,", "data:", "http://", "https://", "")


class Builder:
    """Builds one message."""

    def __init__(self, choices: Any) -> None:
        """*choices*: a FuzzedDataProvider."""
        self._choices = choices

    def build(self, kind: Any) -> Any:
        """Return a message of *kind*."""
        if kind is reranker_pb.RerankRequest:
            return kind(query=self._content(), documents=self._some(self._content, 7), **self._options())
        if kind is pb.CountTokensRequest:
            return kind(contents=self._some(self._content, 7), instruction=self._text())
        if kind is pb.EmbedRequest:
            return kind(contents=self._some(self._content, 7), **self._options(), **self._vectors())
        if self._choices.ConsumeBool():
            return kind(options=pb.EmbedStreamOptions(**self._options(), **self._vectors()))
        return kind(item=pb.EmbedStreamItem(id=self._text(), content=self._content()))

    def _one_of(self, count: int) -> int:
        return int(self._choices.ConsumeIntInRange(0, count - 1))

    def _some(self, make: Callable[[], Any], most: int) -> list[Any]:
        return [make() for _ in range(self._one_of(most + 1))]

    def _text(self) -> str:
        return str(self._choices.ConsumeUnicodeNoSurrogates(self._one_of(41)))

    def _number(self) -> int:
        return self._one_of(301) if self._choices.ConsumeBool() else int(self._choices.ConsumeUInt(4))

    def _media(self) -> content_pb2.Media:
        place = self._one_of(len(PICTURE))
        made = (
            lambda: content_pb2.Media(data=PICTURE),
            lambda: content_pb2.Media(data=PICTURE[:place] + self._choices.ConsumeBytes(8) + PICTURE[place + 8 :]),
            lambda: content_pb2.Media(data=self._choices.ConsumeBytes(60)),
            lambda: content_pb2.Media(uri=_PREFIXES[self._one_of(len(_PREFIXES))] + self._text()),
            content_pb2.Media,
        )
        return made[self._one_of(len(made))]()

    def _video(self) -> content_pb2.Video:
        return content_pb2.Video(
            clip=self._media() if self._choices.ConsumeBool() else None,
            frames=self._some(self._media, 3),
            fps=self._choices.ConsumeFloat(),
            max_frames=self._choices.ConsumeUInt(2),
        )

    def _content(self) -> content_pb2.Content:
        return content_pb2.Content(
            texts=self._some(self._text, 2), images=self._some(self._media, 4), videos=self._some(self._video, 2)
        )

    def _options(self) -> dict[str, Any]:
        bounds = model_pb2.ImageBounds(min_tokens=self._number() % 20, max_tokens=self._number() % 20)
        return {"instruction": self._text(), "truncation": self._one_of(5), "image_bounds": bounds}

    def _vectors(self) -> dict[str, Any]:
        poolings = self._some(lambda: self._one_of(4), 3)
        return {"dimension": self._number(), "poolings": poolings, "encoding": self._one_of(4)}
