"""Values of an agent as they are meant: numbers, text, addresses, bits; what is absurd is None."""

import re
from collections.abc import Mapping
from ipaddress import ip_address

from opsconsole.clean import Clean, clean, clean_bytes
from opsconsole.question import Part
from opsconsole.table import why
from opsconsole.varbind import Value, rows

UPTIME, ENGINE_TIME, NAME = "1.3.6.1.2.1.1.3.0", "1.3.6.1.6.3.10.2.1.3.0", "1.3.6.1.2.1.1.5.0"
IF_ENTRY, IFX_ENTRY = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
BASE_PORT = "1.3.6.1.2.1.17.1.4.1"
"""Of the bridge: column 2 has the interface of each of its ports."""

Table = Mapping[str, Mapping[int, Value]]
"""By index in dots: values by column."""

NOTHING: Mapping[int, Value] = {}

_MAC_TEXT = re.compile(rb"[0-9A-Fa-f]{1,2}([:-][0-9A-Fa-f]{1,2}){5}")
_BITS_TEXT = re.compile(rb"([0-9A-Fa-f]{2})(?: \d+)+")


def table(part: Part, oid: str) -> Table:
    """A table that a device need not have: empty where it refuses. Raises `Malformed`."""
    return {} if why(part) is not None else rows(part, oid)


def whole(value: Value) -> int | None:
    """A number; None for what is none."""
    return value if isinstance(value, int) else None


def count(value: Value) -> int | None:
    """A number that cannot be below zero."""
    return value if isinstance(value, int) and value >= 0 else None


def words(value: Value, longest: int = 120) -> Clean:
    """Text; empty where there is none. What is no text at all is shown in hexadecimal."""
    if isinstance(value, bytes):
        raw = value.rstrip(b"\0 \r\n")
        if any(byte < 9 for byte in raw):
            return Clean(raw[: longest // 3].hex(":"))
        return clean_bytes(b" ".join(raw.split()), longest)
    return clean("" if value is None else str(value), longest)


def mac(value: Value) -> Clean:
    """A hardware address as `00:1b:…`, also where the agent wrote it as text; else empty."""
    if not isinstance(value, bytes):
        return Clean("")
    if len(value) == 6:
        return Clean(value.hex(":"))
    if _MAC_TEXT.fullmatch(value):
        pairs = re.split(rb"[:-]", value.lower())
        return Clean(":".join(pair.decode().zfill(2) for pair in pairs))
    return Clean("")


def mac_of(index: str) -> Clean:
    """The hardware address that six numbers of an index are; empty when they are none."""
    numbers = index.split(".")
    if len(numbers) != 6 or not all(n.isdigit() and int(n) < 256 for n in numbers):
        return Clean("")
    return Clean(":".join(f"{int(n):02x}" for n in numbers))


def ip_of(numbers: list[str]) -> Clean:
    """The address that four (IPv4) or sixteen (IPv6) numbers of an index are; else empty."""
    if not all(n.isdigit() and int(n) < 256 for n in numbers):
        return Clean("")
    return ip(bytes(map(int, numbers)))


def ip(value: Value) -> Clean:
    """An address from its octets, or as text; empty where it is none, or all zero."""
    if not isinstance(value, bytes) or not any(value):
        return Clean("")
    try:
        return Clean(str(ip_address(value)))
    except ValueError:
        return Clean("")


def bits(value: Value) -> frozenset[int]:
    """Numbers of the bits that are set, the first one of the first octet being 0.

    Some agents give them as a person reads them (`28 2 4`); then the hexadecimal head counts.
    """
    if not isinstance(value, bytes):
        return frozenset()
    if said := _BITS_TEXT.fullmatch(value):
        value = bytes.fromhex(said[1].decode())
    return frozenset(
        8 * at + bit for at, byte in enumerate(value[:8]) for bit in range(8) if byte & 0x80 >> bit
    )


def ports(part: Part) -> dict[int, int]:
    """Interface of each port of the bridge."""
    found: dict[int, int] = {}
    for index, row in table(part, BASE_PORT).items():
        interface = whole(row.get(2))
        if index.isdigit() and interface:
            found[int(index)] = interface
    return found
