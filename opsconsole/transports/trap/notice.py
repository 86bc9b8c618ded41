"""What is in a trap or an inform: the forms of v1 and of v2 and v3, and an acknowledgement."""

from typing import NamedTuple

from opsconsole.errors import Malformed
from opsconsole.transports.snmp.ber import packed
from opsconsole.transports.snmp.message import RESPONSE, integer, octets
from opsconsole.varbind import (
    ADDRESS,
    NAME,
    SEQUENCE,
    TICKS,
    Bound,
    Value,
    bindings,
    element,
    text,
)

TRAP1, INFORM, TRAP2 = 0xA4, 0xA6, 0xA7
"""Tags of PDUs."""

UPTIME, TRAP = "1.3.6.1.2.1.1.3.0", "1.3.6.1.6.3.1.1.4.1.0"
AGENT = "1.3.6.1.6.3.18.1.3.0"
"""snmpTrapAddress: a forwarder tells by it whom a trap is from."""

GENERIC = "1.3.6.1.6.3.1.1.5"
"""Of the six traps that v1 knows by number."""

_SPECIFIC = 6
_HEAD = frozenset({UPTIME, TRAP, AGENT})

MOST = 1024
"""Bytes of variables that are kept of one."""


class Said(NamedTuple):
    """One trap or inform, taken apart."""

    kind: int
    oid: str
    uptime: int | None
    agent: str
    body: bytes
    cut: bool
    content: bytes
    """Of the whole PDU; that of an acknowledgement is the same."""


class Scope(NamedTuple):
    """A scoped PDU: for which context, and where the PDU begins."""

    engine: bytes
    name: bytes
    at: int


def scope(content: bytes) -> Scope:
    """Take a scoped PDU apart, given by its elements. Raises `Malformed`."""
    try:
        engine, at = octets(content, 0, len(content))
        name, at = octets(content, at, len(content))
    except IndexError:
        raise Malformed("cut short") from None
    return Scope(engine, name, at)


def said(data: bytes, at: int, end: int, *, first: bool) -> Said:
    """What the PDU at `at` says; `first` is for v1. Raises `Malformed` when it is no such thing."""
    try:
        kind, start, stop = element(data, at, end)
        if kind == TRAP1 and first:
            return _older(data, start, stop)
        if kind in {TRAP2, INFORM} and not first:
            return _newer(kind, data, start, stop)
    except IndexError:
        raise Malformed("cut short") from None
    raise Malformed("neither a trap nor an inform")


def acknowledged(content: bytes) -> bytes:
    """The answer to an inform of that content."""
    return packed(RESPONSE, content)


def _newer(kind: int, data: bytes, start: int, stop: int) -> Said:
    _, at = integer(data, start, stop)
    _, at = integer(data, at, stop)
    _, at = integer(data, at, stop)
    tag, at, end = element(data, at, stop)
    if tag != SEQUENCE:
        raise Malformed("without variables")
    found = {one.name: one for one in bindings(data[at:end])}
    oid = found.get(TRAP)
    if oid is None or not isinstance(oid.value, str):
        raise Malformed("without snmpTrapOID: it says not what happened")
    uptime = found[UPTIME].value if UPTIME in found else None
    body, cut = _kept(data[at:end])
    return Said(
        kind,
        oid.value,
        uptime if isinstance(uptime, int) else None,
        _address(found.get(AGENT)),
        body,
        cut,
        data[start:stop],
    )


def _older(data: bytes, start: int, stop: int) -> Said:
    tag, at, end = element(data, start, stop)
    if tag != NAME:
        raise Malformed("a trap of v1 without its enterprise")
    enterprise = text(data[at:end])
    tag, at, end = element(data, end, stop)
    if tag != ADDRESS or end - at != 4:
        raise Malformed("a trap of v1 without its address")
    agent = ".".join(map(str, data[at:end]))
    generic, at = integer(data, end, stop)
    specific, at = integer(data, at, stop)
    tag, at, end = element(data, at, stop)
    if tag != TICKS or end - at > 5:
        raise Malformed("a trap of v1 without its time")
    uptime = int.from_bytes(data[at:end], "big")
    tag, at, end = element(data, end, stop)
    if tag != SEQUENCE:
        raise Malformed("without variables")
    bindings(data[at:end])
    body, cut = _kept(data[at:end])
    if 0 <= generic < _SPECIFIC:
        oid = f"{GENERIC}.{generic + 1}"
    else:
        oid = f"{enterprise}.0.{specific & 0xFFFFFFFF}"
    here = "" if agent == "0.0.0.0" else agent  # noqa: S104 - that of nobody
    return Said(TRAP1, oid, uptime, here, body, cut, data[start:stop])


def _address(bound: Bound | None) -> str:
    value: Value = bound.value if bound is not None else None
    if not isinstance(value, bytes) or len(value) != 4 or not any(value):
        return ""
    return ".".join(map(str, value))


def _kept(body: bytes) -> tuple[bytes, bool]:
    """Variables besides those that every trap has, as many as are kept; whether some are not."""
    kept: list[bytes] = []
    size, at = 0, 0
    while at < len(body):
        _, start, stop = element(body, at, len(body))
        _, name, end = element(body, start, stop)
        if text(body[name:end]) not in _HEAD:
            size += stop - at
            if size > MOST:
                return b"".join(kept), True
            kept.append(body[at:stop])
        at = stop
    return b"".join(kept), False
