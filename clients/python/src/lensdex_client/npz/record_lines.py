"""Records ↔ the lines of ``records.jsonl``. Contents stand in the JSON form of the contract. Knows no ZIP."""

import json

from google.protobuf import json_format

from lensdex.common.v1 import content_pb2
from lensdex_client.content import Content
from lensdex_client.content_codec import pack_kept, unpack_content
from lensdex_client.record import Record


def pack_line(record: Record) -> bytes:
    """Return the line of *record*."""
    line: dict[str, object] = {"id": record.id}
    if record.metadata:
        line["metadata"] = record.metadata
    if record.content.modalities():
        line["content"] = json_format.MessageToDict(pack_kept(record.content), preserving_proto_field_name=True)
    return json.dumps(line, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def unpack_line(line: bytes, record_id: str, row: int) -> Record:
    """Return the record of *line*, which must be that of *record_id*. Raises ValueError that names the row."""
    try:
        read = json.loads(line)
        told = read["id"]
        kept = read.get("content")
        message = json_format.ParseDict(kept, content_pb2.Content()) if kept else None
        content = Content() if message is None else unpack_content(message)
        metadata = dict(read.get("metadata") or {})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, json_format.ParseError) as error:
        raise ValueError(f"records.jsonl, line {row + 1}: {error}") from error
    if told != record_id:
        raise ValueError(f"records.jsonl, line {row + 1}, is of {told!r:.80}, and ids has {record_id!r:.80} there")
    return Record(record_id, metadata, content)
