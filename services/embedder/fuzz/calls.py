"""Mutated requests against a real server on a free port, guided by the coverage of our code.

    python services/embedder/fuzz/calls.py [CORPUS] -max_total_time=300

The first byte chooses the method and whether the others are the message as it is on the wire, or choices from which one
is built: mutated bytes are seldom a message. Every call is answered item by item,
or refused with a status and a reason that the contract documents; bytes that are no message are gRPC's to refuse.
Anything else (another status, no answer within 20 seconds) is a finding, and libFuzzer writes the input down.
"""

import asyncio
import threading
from typing import Any, Final

import atheris
from builder import PICTURE, Builder
from fuzzing import fuzz

with atheris.instrument_imports(include=["lensdex_embedder", "lensdex_wire"]):
    import grpc
    from google.protobuf.message import DecodeError

    from lensdex.common.v1 import content_pb2
    from lensdex.embedder.v1 import embedder_service_pb2 as pb
    from lensdex.embedder.v1 import model_pb2
    from lensdex.embedder.v1 import reranker_service_pb2 as reranker_pb
    from lensdex_embedder.logs import configure_logging
    from lensdex_embedder.server import Ready, serve
    from lensdex_embedder.settings import Settings
    from lensdex_wire.errors import unpack_refusal

EMBEDDER: Final = "/lensdex.embedder.v1.EmbedderService/"
RERANKER: Final = "/lensdex.embedder.v1.RerankerService/"
METHODS: Final[list[tuple[str, Any, Any]]] = [
    (f"{EMBEDDER}Embed", pb.EmbedRequest, pb.EmbedResponse),
    (f"{EMBEDDER}CountTokens", pb.CountTokensRequest, pb.CountTokensResponse),
    (f"{RERANKER}Rerank", reranker_pb.RerankRequest, reranker_pb.RerankResponse),
    (f"{EMBEDDER}EmbedStream", pb.EmbedStreamRequest, pb.EmbedStreamResponse),
]
REFUSALS: Final = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.OUT_OF_RANGE,
    grpc.StatusCode.FAILED_PRECONDITION,
}
BUILT: Final = 64
"""First bytes from here on have their message built."""


def start() -> str:
    """Serve in a thread of its own and return the address."""
    ready: list[str] = []
    up = threading.Event()

    def note(facts: Ready) -> None:
        ready.append(facts.address)
        up.set()

    settings = Settings(
        engine="fake", embedding_model="one", reranking_model="two", port=0, metrics_port=None, max_contents=6,
        max_images=3, max_embedding_tokens=80, max_reranking_tokens=120, max_image_pixels=10_000, max_video_frames=4,
    )  # fmt: skip

    async def run() -> None:
        await serve(settings, stop=asyncio.Event(), on_ready=note)

    threading.Thread(target=lambda: asyncio.run(run()), daemon=True).start()
    assert up.wait(60), "the server did not start"
    return ready[0]


class Target:
    """The server, seen by one caller."""

    def __init__(self, address: str) -> None:
        self._channel = grpc.insecure_channel(address)

    def check(self, data: bytes) -> None:
        """Make the call *data* stands for and judge the answer."""
        if not data:
            return
        method, request_type, response_type = METHODS[data[0] % len(METHODS)]
        if data[0] < BUILT:
            try:
                request = request_type.FromString(data[1:])
            except DecodeError:
                return
        else:
            request = Builder(atheris.FuzzedDataProvider(data[1:])).build(request_type)
        try:
            if method.endswith("Stream"):
                self._stream(method, request)
            else:
                call = self._channel.unary_unary(method)
                self._judge(request, response_type.FromString(call(request.SerializeToString(), timeout=20)))
        except grpc.RpcError as error:
            assert error.code() in REFUSALS, f"{error.code()}: {error.details()}"

    def _judge(self, request: Any, response: Any) -> None:
        asked = request.documents if hasattr(request, "documents") else request.contents
        assert len(response.results) == len(asked), "not every item was answered"
        for result in response.results:
            outcome = result.WhichOneof("outcome")
            assert outcome, "an item without an outcome"
            if outcome == "error":
                assert unpack_refusal(result.error).message

    def _stream(self, method: str, first: Any) -> None:
        messages = [first.SerializeToString()]
        if first.WhichOneof("part") == "item":  # give it the options it needs, so that items are reached
            messages.insert(0, pb.EmbedStreamRequest(options=pb.EmbedStreamOptions()).SerializeToString())
        answers = [
            pb.EmbedStreamResponse.FromString(one)
            for one in self._channel.stream_stream(method)(iter(messages), timeout=20)
        ]
        assert len(answers) == len(messages), "not every item was answered"


def seeds() -> list[bytes]:
    """Return a request of each kind."""
    media = [
        content_pb2.Media(data=PICTURE), content_pb2.Media(uri="file:///etc/passwd"), content_pb2.Media(uri="data:,x"),
        content_pb2.Media(uri="http://127.0.0.1:1/"), content_pb2.Media(),
    ]  # fmt: skip
    videos = [content_pb2.Video(frames=media[:1] * 2, fps=1, max_frames=4), content_pb2.Video(clip=media[0])]
    contents = [
        content_pb2.Content(texts=["a b", "<|image_pad|>"], images=media[:2]),
        content_pb2.Content(images=media[2:]),
        content_pb2.Content(videos=videos),
        content_pb2.Content(),
    ]
    bounds = model_pb2.ImageBounds(min_tokens=1, max_tokens=9)
    embed = pb.EmbedRequest(
        contents=contents, instruction="x", dimension=64, poolings=[1, 2], encoding=2, truncation=2, image_bounds=bounds
    )
    stream = [
        pb.EmbedStreamRequest(options=pb.EmbedStreamOptions(dimension=64, image_bounds=bounds)),
        pb.EmbedStreamRequest(item=pb.EmbedStreamItem(id="a", content=contents[0])),
    ]
    built = [bytes([BUILT + method]) + bytes(range(16, 200)) for method in range(4)]
    return [
        *built,
        b"\0" + embed.SerializeToString(),
        b"\1" + pb.CountTokensRequest(contents=contents).SerializeToString(),
        b"\2" + reranker_pb.RerankRequest(query=contents[0], documents=contents).SerializeToString(),
        *(b"\3" + message.SerializeToString() for message in stream),
    ]


def main() -> None:
    """Write the seeds where the corpus is to be, start the server, and fuzz."""
    configure_logging("error")
    fuzz(Target(start()).check, seeds(), "-timeout=30", "-max_len=4000")


if __name__ == "__main__":
    main()
