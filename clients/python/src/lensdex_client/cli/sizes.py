"""Bytes for people. Knows no command."""

from typing import Final

_KILO: Final = 1024


def readable(number: int) -> str:
    """Return *number* of bytes in the unit that suits it."""
    size = float(number)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < _KILO:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= _KILO
    return f"{size:.1f} TiB"
