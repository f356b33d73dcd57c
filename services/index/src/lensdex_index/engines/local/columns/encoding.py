"""How values of one type lie in an array, and which entries of such an array satisfy a predicate.

Numbers compare as mathematics does: a bound between two entries is moved to one of them, never rounded. Knows neither
records nor which of them an entry belongs to.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, ClassVar, Final, Protocol

import numpy as np
import numpy.typing as npt

from lensdex_index.engines.numbers import exact, number_of, whole, whole_bounds
from lensdex_index.filters import Equals, OneOf, Predicate, Prefix, Range, Value, instant_of
from lensdex_index.records import FieldType

Entries = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

_INT64: Final = np.iinfo(np.int64)
_FEW: Final = 8
"""So many values are compared one by one; more are looked up."""
_LAST_CHARACTER: Final = chr(0x10FFFF)


class Encoding(Protocol):
    """Values of one type. Encoding is for one thread at a time; asking is for any, also meanwhile."""

    dtype: ClassVar[npt.DTypeLike]

    def encode(self, values: Sequence[Any]) -> Entries:
        """Return the entries of *values* as a record's metadata holds them, shape (values,)."""

    def satisfying(self, entries: Entries, predicate: Predicate) -> Mask:
        """Return which *entries* satisfy an Equals, OneOf, Range or Prefix that the type knows, shape (entries,)."""

    @property
    def num_bytes(self) -> int:
        """Return the bytes it takes beside its entries, roughly."""


class KeywordEncoding:
    """Texts as numbers, in the order they first came."""

    dtype: ClassVar[npt.DTypeLike] = np.int32

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._texts: list[str] = []
        self._sorted: tuple[list[str], int] = ([], 0)
        """The first so many texts in order. Replaced whole."""

    def encode(self, values: Sequence[Any]) -> Entries:
        return np.fromiter((self._code(value) for value in values), dtype=np.int32, count=len(values))

    def satisfying(self, entries: Entries, predicate: Predicate) -> Mask:
        match predicate:
            case Equals(_, value):
                codes = self._known([value])
            case OneOf(_, values):
                codes = self._known(values)
            case Prefix(_, prefix):
                codes = self._known(self._beginning_with(prefix))
            case _:
                raise AssertionError(f"keywords know no {type(predicate).__name__}: the checks let it through")
        return _either(entries, codes) if len(codes) <= _FEW else self._looked_up(entries, codes)

    @property
    def num_bytes(self) -> int:
        # A text, its key and place in the dictionary, its place in the list.
        return sum(len(text.encode()) + 150 for text in self._texts)

    def _code(self, text: str) -> int:
        code = self._codes.get(text)
        if code is None:
            code = len(self._texts)
            self._texts.append(text)
            self._codes[text] = code
        return code

    def _known(self, values: Sequence[Value]) -> list[int]:
        return [self._codes[value] for value in values if isinstance(value, str) and value in self._codes]

    def _looked_up(self, entries: Entries, codes: list[int]) -> Mask:
        # Read after the entries were: it covers their codes.
        wanted = np.zeros(len(self._texts), dtype=np.bool_)
        wanted[codes] = True
        found: Mask = wanted.take(entries)
        return found

    def _beginning_with(self, prefix: str) -> list[str]:
        texts, count = self._sorted
        now = len(self._texts)
        if now - count > max(1_000, count // 4):
            texts, count = sorted(self._texts[:now]), now
            self._sorted = (texts, count)
        low, high = bisect_left(texts, prefix), bisect_left(texts, prefix + _LAST_CHARACTER)
        while high < len(texts) and texts[high].startswith(prefix):
            high += 1
        return [*texts[low:high], *(text for text in self._texts[count:now] if text.startswith(prefix))]


class Int64Encoding:
    """Whole numbers."""

    dtype: ClassVar[npt.DTypeLike] = np.int64
    num_bytes = 0

    def encode(self, values: Sequence[Any]) -> Entries:
        return np.array([int(value) for value in values], dtype=np.int64)

    def satisfying(self, entries: Entries, predicate: Predicate) -> Mask:
        match predicate:
            case Equals(_, value):
                return _either(entries, whole([value]))
            case OneOf(_, values):
                return _either(entries, whole(values))
            case Range():
                return _between(entries, *whole_bounds(predicate))
            case _:
                raise AssertionError(f"numbers know no {type(predicate).__name__}: the checks let it through")


class TimestampEncoding(Int64Encoding):
    """Instants, as microseconds since 1970."""

    def encode(self, values: Sequence[Any]) -> Entries:
        instants = (instant_of(value) for value in values)
        return np.array([instant.microseconds for instant in instants if instant is not None], dtype=np.int64)


class DoubleEncoding:
    """Numbers."""

    dtype: ClassVar[npt.DTypeLike] = np.float64
    num_bytes = 0

    def encode(self, values: Sequence[Any]) -> Entries:
        return np.array(values, dtype=np.float64)

    def satisfying(self, entries: Entries, predicate: Predicate) -> Mask:
        match predicate:
            case Equals(_, value):
                return _either(entries, exact([value]))
            case OneOf(_, values):
                return _either(entries, exact(values))
            case Range():
                found = np.ones(len(entries), dtype=np.bool_)
                for name, bound in predicate.bounds().items():
                    found &= _compared(entries, name, number_of(bound))
                return found
            case _:
                raise AssertionError(f"numbers know no {type(predicate).__name__}: the checks let it through")


class BoolEncoding:
    """True and false."""

    dtype: ClassVar[npt.DTypeLike] = np.bool_
    num_bytes = 0

    def encode(self, values: Sequence[Any]) -> Entries:
        return np.array(values, dtype=np.bool_)

    def satisfying(self, entries: Entries, predicate: Predicate) -> Mask:
        match predicate:
            case Equals(_, value):
                return _either(entries, [value])
            case OneOf(_, values):
                return _either(entries, list(dict.fromkeys(values)))
            case _:
                raise AssertionError(f"bools know no {type(predicate).__name__}: the checks let it through")


def encoding_of(kind: FieldType) -> Encoding:
    """Return an empty encoding of the type."""
    match kind:
        case FieldType.KEYWORD:
            return KeywordEncoding()
        case FieldType.INT64:
            return Int64Encoding()
        case FieldType.DOUBLE:
            return DoubleEncoding()
        case FieldType.BOOL:
            return BoolEncoding()
        case FieldType.TIMESTAMP:
            return TimestampEncoding()


def _either(entries: Entries, values: Sequence[Any]) -> Mask:
    if len(values) > _FEW:
        return np.isin(entries, np.array(values, dtype=entries.dtype))
    found = np.zeros(len(entries), dtype=np.bool_)
    for value in values:
        found |= entries == value
    return found


def _between(entries: Entries, low: int, high: int) -> Mask:
    """Return which whole *entries* lie in low…high, both inclusive and of any size."""
    if low > high or low > _INT64.max or high < _INT64.min:
        return np.zeros(len(entries), dtype=np.bool_)
    found: Mask = entries >= low
    if high < _INT64.max:
        found &= entries <= high
    return found


def _compared(entries: Entries, name: str, bound: float) -> Mask:
    """Return which doubles satisfy one bound; one that is no double itself is moved to its neighbour."""
    near = float(bound)
    above, below = near > bound, near < bound
    found: Mask
    match name:
        case "gt":
            found = entries >= near if above else entries > near
        case "gte":
            found = entries > near if below else entries >= near
        case "lt":
            found = entries <= near if below else entries < near
        case _:
            found = entries < near if above else entries <= near
    return found
