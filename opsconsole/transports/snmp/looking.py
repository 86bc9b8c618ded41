"""Calls that only read, for actions: what suits a kind of agent, and waiting until it says so."""

import asyncio
from collections.abc import Callable, Iterable
from typing import NamedTuple

from opsconsole.clean import clean
from opsconsole.errors import Refused
from opsconsole.transports.snmp import ber
from opsconsole.transports.snmp.agent import Agent
from opsconsole.transports.snmp.choosing import peek, read_columns, read_objects
from opsconsole.varbind import bindings, shown

BELOW, FIRST = "BELOW", "FIRST"
"""Before the names below which all is read, and those below which only the first object is."""

PAUSE = 0.25
"""Seconds between two looks at what is awaited."""


class Seeking(NamedTuple):
    """Objects by name, all below some names, and the first below others."""

    objects: list[bytes]
    below: list[bytes]
    first: list[bytes]


class Awaiting(NamedTuple):
    """An object, and values of which it shall have one before time is up."""

    seconds: float
    oid: str
    values: tuple[str, ...]


def understood(target: str, argv: tuple[str, ...]) -> Seeking | Awaiting | None:
    """What `SEEK OID… BELOW OID… FIRST OID…` and `AWAIT SECONDS OID VALUE…` mean; None for
    another call. Raises `Refused`.
    """
    try:
        match argv:
            case ("SEEK", *words) if words:
                return _seeking(words)
            case ("AWAIT", seconds, oid, *values) if values:
                ber.name(oid)
                return Awaiting(float(seconds), oid, tuple(values))
            case _:
                return None
    except (ValueError, OverflowError) as error:
        raise Refused(f"{target}: {clean(str(error))}", "argument") from None


def _seeking(words: Iterable[str]) -> Seeking:
    found = Seeking([], [], [])
    where = found.objects
    for word in words:
        if word in {BELOW, FIRST}:
            where = found.below if word == BELOW else found.first
        else:
            where.append(ber.name(word))
    return found


async def look(agent: Agent, which: Seeking | Awaiting, heard: Callable[[bytes], None]) -> int:
    """Make it. `SEEK` tells the variables that are there as they came, for `varbind.bindings`: one
    that is refused costs no other. `AWAIT` is 1 when time was up.
    """
    if isinstance(which, Awaiting):
        return await _awaited(agent, which, heard)
    items = await read_objects(agent, which.objects)
    items += await read_columns(agent, which.below)
    items += await peek(agent, which.first)
    heard(b"".join(item.raw for item in items))
    return 0


async def _awaited(agent: Agent, what: Awaiting, heard: Callable[[bytes], None]) -> int:
    loop = asyncio.get_running_loop()
    until = loop.time() + what.seconds
    name = [ber.name(what.oid)]
    while True:
        body = b"".join(item.raw for item in await read_objects(agent, name))
        said = "".join(shown(one) for one in bindings(body))
        if said in what.values:
            heard(f"{what.oid} {said}\n".encode())
            return 0
        if loop.time() >= until:
            heard(f"{what.oid} {said or 'nothing'}, not {' or '.join(what.values)}\n".encode())
            return 1
        await asyncio.sleep(PAUSE)
