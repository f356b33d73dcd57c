"""Which hosts media may come from, and which addresses may be spoken to. Pure: it resolves and opens nothing."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import SplitResult

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Host:
    """One entry of an allow-list: a scheme, a name or all names below one, and a port."""

    scheme: str
    name: str
    """ASCII, lower case."""
    below: bool
    """Whether it stands for all names below *name*, and not for *name* itself."""
    port: int

    @classmethod
    def parse(cls, entry: str) -> Self:
        """Return the entry *entry* writes: ``example.org``, ``*.example.org``, ``example.org:8443``, ``http://host``.

        Without a scheme it is https. Raises ValueError, saying what is wrong.
        """
        scheme, _, rest = entry.strip().rpartition("://")
        scheme = scheme.lower() or "https"
        if scheme not in _PORTS:
            raise ValueError(f"{entry!r}: only https and http can be allowed")
        name, separator, port = rest.rpartition(":") if not rest.endswith("]") else (rest, "", "")
        if not separator:
            name, port = rest, str(_PORTS[scheme])
        below = name.startswith("*.")
        name = ascii_name(name.removeprefix("*.").strip("[]")) or ""
        if not name or "*" in name or "/" in name or not port.isdigit() or not 0 < int(port) < 1 << 16:
            raise ValueError(
                f"{entry!r} is no host: write a name, *.name for all below it, and :port if it is not {443}"
            )
        return cls(scheme, name, below, int(port))

    def covers(self, scheme: str, name: str, port: int) -> bool:
        """Return whether the entry allows a URL with these parts."""
        if (scheme, port) != (self.scheme, self.port):
            return False
        return name.endswith(f".{self.name}") if self.below else name == self.name


def ascii_name(name: str) -> str | None:
    """Return a host's name as it is resolved: ASCII, lower case, without a final dot; None when it is none."""
    try:
        return (
            name.encode("idna").decode("ascii").lower().rstrip(".") if not name.isascii() else name.lower().rstrip(".")
        )
    except UnicodeError:
        return None


def target(parts: SplitResult) -> tuple[str, str, int] | None:
    """Return scheme, name and port of a URL; None when it cannot be asked for: another scheme, a user, no host."""
    try:
        name, port = ascii_name(parts.hostname or ""), parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not name or "@" in parts.netloc or "\\" in parts.netloc:
        return None
    return parts.scheme, name, port or _PORTS[parts.scheme]


def allowed(hosts: Sequence[Host], scheme: str, name: str, port: int) -> bool:
    """Return whether one of *hosts* covers the three."""
    return any(host.covers(scheme, name, port) for host in hosts)


def is_public(text: str) -> bool:
    """Return whether an address belongs to the internet at large, and not to this machine, a private net or a cloud's
    own services. An IPv6 address that carries an IPv4 one is judged by both.
    """
    try:
        address: Address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(one.is_global and not one.is_multicast and not one.is_reserved for one in (address, *_within(address)))


def _within(address: Address) -> list[Address]:
    """Return the IPv4 addresses that an IPv6 one stands for: mapped, 6to4, Teredo's both ends.

    NAT64's are reserved themselves, and so never public.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()))
    return [one for one in found if one is not None]
