"""Calls to an agent word by word: what is written to it, and what is read before and after."""

import socket
from collections.abc import Callable

from opsconsole.clean import clean
from opsconsole.errors import Lost, Refused, Unreachable
from opsconsole.question import Snmp, SnmpGet, SnmpWalk
from opsconsole.table import why
from opsconsole.transports.snmp import ber
from opsconsole.transports.snmp.agent import Agent
from opsconsole.transports.snmp.asking import answer, compiled
from opsconsole.transports.snmp.message import GET, SET, status_name
from opsconsole.varbind import (
    ADDRESS,
    COUNTER,
    GAUGE,
    INTEGER,
    NAME,
    OCTETS,
    SEQUENCE,
    TICKS,
    bindings,
    shown,
)

_NUMBERS = {"i": INTEGER, "u": GAUGE, "c": COUNTER, "t": TICKS}
TYPES = "i INTEGER, u Gauge32, c Counter32, t TimeTicks, s text, x hexadecimal, a address, o OID"
"""Letters as Net-SNMP has them."""


MOST = 100_000
"""Objects of one subtree that a call reads."""

HERE = "HERE"
"""Asks nothing: says by which address of ours the agent is reached."""


def looked(target: str, argv: tuple[str, ...]) -> list[Snmp] | None:
    """What `READ OID…` and `WALK OID…` ask; None for another call. Raises `Refused`."""
    match argv:
        case ("READ", *oids) if oids:
            asked: list[Snmp] = [SnmpGet(tuple(oids))]
        case ("WALK", *oids) if oids:
            asked = [SnmpWalk(oid, limit=MOST) for oid in oids]
        case _:
            return None
    try:
        compiled(asked)
    except ValueError as error:
        raise Refused(f"{target}: {clean(str(error))}", "argument") from None
    return asked


async def look(agent: Agent, asked: list[Snmp], heard: Callable[[bytes], None]) -> int:
    """Read them; `heard` gets the variables as they came, for `varbind.bindings`.

    A subtree that the agent refuses has none.
    """
    for one in compiled(asked):
        part = await answer(agent, one)
        if why(part) is None:
            heard(part.body)
    return 0


def here(agent: Agent) -> str:
    """Our own address on the way to the agent; raises `Unreachable`."""
    family, peer = agent.place
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(peer)
        except OSError:
            raise Unreachable(f"{agent.target}: there is no way to it from here") from None
        address: str = probe.getsockname()[0]
        return address


def written(target: str, argv: tuple[str, ...]) -> tuple[int, bytes]:
    """What `GET OID…` and `SET OID TYPE VALUE…` are as a PDU; raises `Refused`."""
    try:
        match argv:
            case ("GET", *oids) if oids:
                return GET, ber.asked(map(ber.name, oids))
            case ("SET", *words) if words and len(words) % 3 == 0:
                triples = zip(words[::3], words[1::3], words[2::3], strict=True)
                return SET, b"".join(_set(*triple) for triple in triples)
            case _:
                said = clean(" ".join(argv[:1]), 40)
                wrong = f"{said!r} is no call: `GET OID…` or `SET OID TYPE VALUE…`"
    except (ValueError, OverflowError) as error:
        wrong = clean(str(error))
    raise Refused(f"{target}: {wrong}", "argument")


def _set(oid: str, kind: str, value: str) -> bytes:
    return ber.packed(SEQUENCE, ber.packed(NAME, ber.name(oid)), _value(kind, value))


def _value(kind: str, value: str) -> bytes:
    if kind in _NUMBERS:
        number = int(value)
        low, high = (-(1 << 31), 1 << 31) if kind == "i" else (0, 1 << 32)
        if not low <= number < high:
            raise ValueError(f"{number} is out of the range of {kind}")
        return ber.number(number, _NUMBERS[kind])
    match kind:
        case "s":
            return ber.packed(OCTETS, value.encode())
        case "x":
            return ber.packed(OCTETS, bytes.fromhex(value))
        case "o":
            return ber.packed(NAME, ber.name(value))
        case "a":
            numbers = bytes(map(int, value.split(".")))
            if len(numbers) != 4:
                raise ValueError(f"{value!r} is no IPv4 address")
            return ber.packed(ADDRESS, numbers)
        case _:
            raise ValueError(f"{kind!r} is no type; there are: {TYPES}")


async def call(agent: Agent, argv: tuple[str, ...], heard: Callable[[bytes], None]) -> int:
    """Make it; 0, or the error status with its name in `heard`.

    A `SET` is sent once: sent twice it might be done twice.
    """
    kind, asked = written(agent.target, argv)
    if kind == SET:
        await agent.request(GET, 0, 0, ber.asked([ber.name("1.3.6.1.2.1.1.3.0")]))
    try:
        found = await agent.request(kind, 0, 0, asked, tries=1 if kind == SET else 0)
    except Unreachable as error:
        if kind != SET:
            raise
        raise Lost(f"{error}: whether it was done is not known") from None
    if found.status:
        heard(f"{status_name(found.status)} at {found.place}\n".encode())
        return found.status if 0 < found.status < 256 else 255
    for bound in bindings(found.body):
        heard(f"{bound.name} {shown(bound)}\n".encode())
    return 0
