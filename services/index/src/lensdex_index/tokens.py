"""Page and consistency tokens: opaque, signed, and good for one collection only. Knows no call and no message.

They are signed with the collection's epoch, which never leaves the service: nobody else can make one, and a
collection of the same name created later has another epoch.
"""

import base64
import binascii
import hashlib
import struct
from typing import Final

from lensdex_index.errors import InvalidConsistencyTokenError, InvalidPageTokenError

_MAC_BYTES: Final = 16
_LONGEST: Final = 8_192
_CONSISTENCY: Final = struct.Struct(">B8sQ")
_VERSION: Final = 1


def pack_page(epoch: bytes, call: str, position: str, *, of: str = "") -> str:
    """Return a token that lets *call*, asked for *of*, go on after *position*, which cannot be read from it."""
    payload = position.encode()
    mac = _mac(epoch, _purpose(call, of), payload)
    return _text(mac + _veiled(epoch, mac, payload))


def unpack_page(epoch: bytes, call: str, token: str, *, of: str = "") -> str:
    """Return the position in *token*; empty for an empty one. Raises InvalidPageTokenError, as for another *of*."""
    if not token:
        return ""
    raw = _raw(token)
    if raw is None or len(raw) <= _MAC_BYTES:
        raise InvalidPageTokenError
    mac, payload = raw[:_MAC_BYTES], _veiled(epoch, raw[:_MAC_BYTES], raw[_MAC_BYTES:])
    if mac != _mac(epoch, _purpose(call, of), payload):
        raise InvalidPageTokenError
    return payload.decode()


def _purpose(call: str, of: str) -> str:
    return f"page/{call}/{of}" if of else f"page/{call}"


def pack_consistency(epoch: bytes, sequence: int) -> str:
    """Return a token for the write of that sequence."""
    body = _CONSISTENCY.pack(_VERSION, _fingerprint(epoch), sequence)
    return _text(body + _mac(epoch, "consistency", body))


def unpack_consistency(epoch: bytes, collection: str, token: str, *, alias: str = "") -> int:
    """Return the sequence in *token*, presented under *alias* if any. Raises InvalidConsistencyTokenError, which says
    what it is instead.
    """
    raw = _raw(token)
    if raw is None or len(raw) != _CONSISTENCY.size + _MAC_BYTES or raw[0] != _VERSION:
        raise InvalidConsistencyTokenError(collection, "it is no consistency token")
    body, mac = raw[: _CONSISTENCY.size], raw[_CONSISTENCY.size :]
    _, fingerprint, sequence = _CONSISTENCY.unpack(body)
    if fingerprint != _fingerprint(epoch):
        detail = "it belongs to another collection, or an earlier one of that name"
        if alias:
            detail += f" (the alias {alias} names {collection} now: it has been moved if it named the other)"
        raise InvalidConsistencyTokenError(collection, detail)
    if mac != _mac(epoch, "consistency", body):
        raise InvalidConsistencyTokenError(collection, "it has been altered")
    return int(sequence)


def _mac(key: bytes, purpose: str, payload: bytes) -> bytes:
    return hashlib.blake2b(purpose.encode() + b"\0" + payload, key=key, digest_size=_MAC_BYTES).digest()


def _fingerprint(epoch: bytes) -> bytes:
    return hashlib.blake2b(b"fingerprint", key=epoch, digest_size=8).digest()


def _veiled(key: bytes, mac: bytes, payload: bytes) -> bytes:
    stream = hashlib.shake_256(key + mac).digest(len(payload))
    return bytes(left ^ right for left, right in zip(payload, stream, strict=True))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _raw(token: str) -> bytes | None:
    if len(token) > _LONGEST or not token.isascii():
        return None
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
