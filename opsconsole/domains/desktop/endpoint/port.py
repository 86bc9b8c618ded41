"""Network ports of an endpoint by IF-MIB: which are connected, how fast, what they lose."""

from collections.abc import Mapping

from opsconsole.clean import Clean, clean
from opsconsole.domains.desktop.agent import Answer, number
from opsconsole.domains.desktop.endpoint import mib
from opsconsole.domains.desktop.naming import told_apart
from opsconsole.model import Column, Quantity, Row
from opsconsole.varbind import Value

_LOOPBACK = 24
_LINES = frozenset({100, 101, 102, 103, 104})
"""Ports that speak, and carry no packets: they are lines."""

_TYPES = {
    1: "other", 6: "Ethernet", 23: "PPP", 53: "virtual", 71: "Wi-Fi", 131: "tunnel", 135: "VLAN",
    161: "bundle",
}  # fmt: skip
"""`IANAifType`"""

_OFF, _UP = 2, 1


def _status(row: Mapping[int, Value]) -> Clean:
    """A socket in which nothing is plugged is no fault of a telephone."""
    if row.get(7) == _OFF:
        return Clean("off")
    if row.get(8) is None:
        return Clean("unknown")
    return Clean("up") if row.get(8) == _UP else Clean("not connected")


def _speed(row: Mapping[int, Value], more: Mapping[int, Value]) -> int | None:
    """Bits per second; `ifSpeed` ends at its own largest number, and 0 is not known."""
    fast = number(more.get(15))
    slow = number(row.get(5))
    if fast:
        return fast * 1_000_000
    return slow if slow and 0 < slow < (1 << 32) - 1 else None


def _mac(value: Value) -> Clean:
    return Clean(value.hex(":")) if isinstance(value, bytes) and len(value) == 6 else Clean("")


def _sum(*values: Value) -> int | None:
    known = [count for value in values if (count := number(value)) is not None and count >= 0]
    return sum(known) if known else None


def _own(row: Mapping[int, Value]) -> bool:
    """Whether its maker gave it an address: what software thinks up says so in its first byte."""
    address = row.get(6)
    return isinstance(address, bytes) and len(address) == 6 and any(address) and not address[0] & 2


def connected(one: Answer) -> int:
    """Ports of its own that are connected."""
    return sum(_own(row) and _status(row) == "up" for _, row in _ports(one))


def mac(one: Answer) -> Clean:
    """The address of its first port of its own, of one that is connected if there is one."""
    own = sorted((row for _, row in _ports(one) if _own(row)), key=lambda row: _status(row) != "up")
    return next((_mac(row.get(6)) for row in own), Clean(""))


def _ports(one: Answer) -> list[tuple[str, Mapping[int, Value]]]:
    return [
        (index, row)
        for index, row in one.table(mib.INTERFACE).items()
        if row.get(3) != _LOOPBACK and row.get(3) not in _LINES
    ]


COLUMNS: tuple[Column, ...] = (
    Column("port", "PORT", Quantity.TEXT, "ifName, ifDescr"),
    Column("status", "STATUS", Quantity.STATE, "ifOperStatus, ifAdminStatus"),
    Column("speed_bits_per_s", "SPEED", Quantity.BITS_PER_S, "ifHighSpeed, ifSpeed"),
    Column("errors", "ERRORS", Quantity.COUNT, "ifInErrors and ifOutErrors", history=True),
    Column("discards", "DISCARDS", Quantity.COUNT, "ifInDiscards and ifOutDiscards", history=True),
    Column("mac", "MAC", Quantity.TEXT, "ifPhysAddress"),
    Column("type", "TYPE", Quantity.TEXT, "ifType"),
    Column("alias", "ALIAS", Quantity.TEXT, "ifAlias"),
    Column("index", "INDEX", Quantity.TEXT, "ifIndex"),
)


def rows(one: Answer, _before: Answer | None) -> list[Row]:
    """One row per port that carries packets; no loopback."""
    found = _ports(one)
    extra = one.table(mib.INTERFACE_X)
    nothing: Mapping[int, Value] = {}
    called = [
        (one.text(extra.get(index, nothing).get(1)) or one.text(row.get(2)), index)
        for index, row in found
    ]
    names = told_apart([(name or f"port {index}", index) for name, index in called])
    return [
        (
            *(name, _status(row), _speed(row, extra.get(index, nothing))),
            *(_sum(row.get(14), row.get(20)), _sum(row.get(13), row.get(19)), _mac(row.get(6))),
            clean(_TYPES.get(kind, f"type {kind}") if (kind := number(row.get(3))) else ""),
            *(one.text(extra.get(index, nothing).get(18), 80), clean(index, 20)),
        )
        for name, (index, row) in zip(names, found, strict=True)
    ]
