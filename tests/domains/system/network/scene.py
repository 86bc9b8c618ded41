"""Answers of agents to the questions of a network device, and rows of them by column."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from opsconsole.domains.system.network import INTEGRATION
from opsconsole.model import Target
from opsconsole.ports import Session
from opsconsole.question import Part, Snmp, SnmpGet, SnmpWalk, joined
from opsconsole.spec import Probe
from opsconsole.transports.snmp import SnmpTransport, ber
from opsconsole.varbind import OCTETS
from tests.servers.agent import Object, bound
from tests.servers.sampler import Heard

RECORDINGS = Path(__file__).parents[5] / "shared" / "recordings" / "snmp"

Table = list[dict[str, Any]]


def recording(name: str, ending: str = "snmprec") -> Path:
    """A recorded device; skips the test where there are none."""
    path = RECORDINGS / f"{name}.{ending}"
    if not path.exists():
        pytest.skip("no recordings of devices beside this checkout")
    return path


def text(oid: str, value: str | bytes) -> Object:
    raw = value if isinstance(value, bytes) else value.encode()
    return ber.name(oid), ber.packed(OCTETS, raw)


def number(oid: str, value: int, tag: int = 2) -> Object:
    return ber.name(oid), ber.number(value, tag)


def answered(questions: Sequence[Snmp], objects: Sequence[Object]) -> bytes:
    """What a sound agent with these objects answers to an exchange."""
    known = dict(objects)
    parts: list[Part] = []
    for one in questions:
        if isinstance(one, SnmpGet):
            names = [ber.name(oid) for oid in one.oids]
            found = [(name, known.get(name, b"\x80\x00")) for name in names]
        else:
            assert isinstance(one, SnmpWalk)
            roots = [f"{one.oid}.{column}" for column in one.columns] or [one.oid]
            found = [
                (name, value)
                for root in map(ber.name, roots)
                for name, value in objects
                if name.startswith(root) and name != root
            ]
        parts.append(Part(0, bound(found)))
    return joined(parts)


def table(probe: Probe[Any], payload: bytes, before: bytes | None = None) -> Table:
    """Rows by the keys of their columns."""
    earlier = probe.read(before) if before is not None else None
    keys = [column.key for column in probe.columns]
    found = probe.rows(probe.read(payload), earlier)
    return [dict(zip(keys, row, strict=True)) for row in found]


@asynccontextmanager
async def watched(to: Target) -> AsyncGenerator[tuple[Session, Heard], None]:
    """A session to a device, within the context."""
    transport, heard = SnmpTransport(), Heard()
    try:
        yield await transport.open(to, INTEGRATION.questions, 1.0, heard), heard
    finally:
        await transport.close()


async def asked(session: Session, heard: Heard, exchange: str) -> bytes:
    """The next answer to it; raises what is at fault."""
    count = len(heard.answers)
    session.ask(exchange)
    await heard.until(lambda all_: len(all_.answers) > count, 60)
    one = heard.answers[count]
    if one.error is not None:
        raise one.error
    return one.payload
