"""Plain data → what ``json.dumps`` takes. Knows no command."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import numpy as np

from lensdex_client.errors import LensdexError
from lensdex_wire.space import Space


def plain(value: Any) -> Any:
    """Return *value* as dictionaries, lists, texts and numbers. Of bytes, their number is left."""
    if isinstance(value, LensdexError):
        return {"message": value.message, "reason": value.reason, "code": value.code.name, **_facts(value)}
    if is_dataclass(value) and not isinstance(value, type):
        own = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        return {**own, "fingerprint": value.fingerprint()} if isinstance(value, Space) else own
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(item) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return len(value)
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _facts(error: LensdexError) -> dict[str, Any]:
    return {"metadata": dict(error.metadata), "request_id": error.request_id}
