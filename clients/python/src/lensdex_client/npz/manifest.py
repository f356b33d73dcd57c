"""What an NPZ file of ours says of its vectors: the member ``lensdex.json``. Knows no ZIP."""

import json
from dataclasses import dataclass
from typing import Final

from google.protobuf import json_format

from lensdex.index.v1 import collection_pb2
from lensdex_client.collection import Collection, View
from lensdex_client.collection_calls import pack_collection, unpack_collection

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """Where the vectors of a file come from."""

    collection: Collection
    """With the one view they are of."""

    @property
    def view(self) -> View:
        """The view, with its space."""
        return self.collection.views[0]

    def pack(self) -> bytes:
        """Return the member's bytes."""
        described = json_format.MessageToDict(pack_collection(self.collection), preserving_proto_field_name=True)
        return json.dumps({"format": FORMAT, "collection": described}, ensure_ascii=False, indent=2).encode() + b"\n"


def unpack_manifest(data: bytes) -> Manifest:
    """Return what *data* says. Raises ValueError for another format and for what is none."""
    try:
        described = json.loads(data)
        version = described["format"]
        message = json_format.ParseDict(described["collection"], collection_pb2.Collection())
        collection = unpack_collection(message)
    except (ValueError, KeyError, TypeError, json_format.ParseError) as error:
        raise ValueError(f"lensdex.json cannot be read: {error}") from error
    if version != FORMAT:
        raise ValueError(f"lensdex.json is of format {version}; this version reads {FORMAT}")
    if len(collection.views) != 1:
        raise ValueError(f"lensdex.json names {len(collection.views)} views, not the one its vectors are of")
    return Manifest(collection)
