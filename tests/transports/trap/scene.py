"""A receiver at an address of its own, who sends to it, and messages byte for byte."""

import asyncio
import contextlib
import itertools
import shutil
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from opsconsole.model import Target
from opsconsole.ports import Session
from opsconsole.transports.snmp import ber
from opsconsole.transports.snmp.engine import User
from opsconsole.transports.snmp.message import AUTH, PRIV, Wrapped
from opsconsole.transports.trap import TrapTransport
from opsconsole.transports.trap.belief import Belief, wrapped
from opsconsole.transports.trap.notice import INFORM, TRAP, TRAP1, TRAP2, UPTIME
from opsconsole.trap import Heard as Told
from opsconsole.trap import Notice, unpacked
from opsconsole.varbind import ADDRESS, NAME, OCTETS, SEQUENCE, TICKS
from tests.servers.port import PORT
from tests.servers.sampler import Heard
from tests.servers.snmpd import AUTH as AUTH_PASSWORD
from tests.servers.snmpd import PRIV as PRIV_PASSWORD
from tests.transports.snmp.scene import target as asked

_ADDRESSES = (f"127.69.{a}.{b}" for a, b in itertools.product(range(20, 200), range(1, 250)))

LINK_DOWN, NAME_OF_PORT = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.2.1.31.1.1.1.1.7"
USER = User("watch", "sha256", AUTH_PASSWORD, "aes", PRIV_PASSWORD)
ENGINE = b"\x80\x00\x1f\x88\x04sender"


def program(name: str) -> str:
    """One of Net-SNMP's; skips the test when it is not there."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def receiver(folder: Path, address: str = "", user: str | None = None, **said: object) -> Target:
    """A target that listens at an address that nobody else has."""
    return asked(folder, "", user, listen=address or next(_ADDRESSES), **said)


class Ears(NamedTuple):
    """One that listens, and what it heard."""

    at: str
    session: Session
    heard: Heard

    @property
    def told(self) -> Told:
        """The newest."""
        return unpacked(self.heard.answers[-1].payload)

    @property
    def notices(self) -> list[Notice]:
        return list(self.told.notices)

    async def until(self, count: int) -> list[Notice]:
        """Wait until so many were told."""
        await self.heard.until(lambda _: bool(self.heard.answers) and len(self.notices) >= count)
        return self.notices

    async def now(self) -> Told:
        """All that it knows at this moment."""
        before = len(self.heard.answers)
        self.session.ask("traps")
        await self.heard.until(lambda all_: len(all_.answers) > before)
        return self.told


@contextlib.asynccontextmanager
async def listening(*targets: Target) -> AsyncGenerator[list[Ears], None]:
    """All of them, within the context."""
    transport = TrapTransport()
    found: list[Ears] = []
    try:
        for to in targets:
            heard = Heard()
            session = await transport.open(to, {}, 3600.0, heard)
            found.append(Ears(f"{to.settings['listen']}:{PORT}", session, heard))
        yield found
    finally:
        await transport.close()


async def ran(folder: Path, name: str, *words: str) -> tuple[int, str]:
    """Run one of Net-SNMP's programs; its status, and what it said."""
    place = {"SNMP_PERSISTENT_DIR": str(folder), "SNMPCONFPATH": str(folder), "MIBS": ""}
    process = await asyncio.create_subprocess_exec(
        program(name), *words, env=place, stdout=-1, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await process.communicate()
    said = [line for line in out.decode().splitlines() if not line.startswith("Created directory")]
    return process.returncode or 0, "\n".join(said)


def variables(*more: bytes) -> bytes:
    """Those of a trap: up for 1,234.56 s, a port that is down."""
    return b"".join(
        (
            ber.packed(SEQUENCE, ber.packed(NAME, ber.name(UPTIME)), ber.number(123_456, TICKS)),
            ber.packed(
                SEQUENCE,
                ber.packed(NAME, ber.name(TRAP)),
                ber.packed(NAME, ber.name(LINK_DOWN)),
            ),
            *more,
        )
    )


def variable(oid: str, value: bytes) -> bytes:
    return ber.packed(SEQUENCE, ber.packed(NAME, ber.name(oid)), ber.packed(OCTETS, value))


def unit(kind: int = TRAP2, request: int = 7, *more: bytes) -> bytes:
    """A PDU."""
    return ber.packed(
        kind,
        ber.number(request),
        ber.number(0),
        ber.number(0),
        ber.packed(SEQUENCE, variables(*(more or (variable(NAME_OF_PORT, b"ge7"),)))),
    )


def plain(inner: bytes, community: bytes = b"public", version: int = 1) -> bytes:
    """A message of v1 or v2c."""
    return ber.packed(SEQUENCE, ber.number(version), ber.packed(OCTETS, community), inner)


def signed(
    inner: bytes,
    boots: int,
    now: int,
    *,
    user: User = USER,
    engine: bytes = ENGINE,
    flags: int = AUTH | PRIV,
    number: int = 99,
) -> bytes:
    """A message of v3."""
    scope = ber.packed(SEQUENCE, ber.packed(OCTETS, engine), ber.packed(OCTETS, b""), inner)
    to = Wrapped(number, 0, b"", 0, 0, b"", b"", 0, b"", 0, b"", b"")
    keys = Belief("", user).keys(engine)
    return wrapped(to, flags, (engine, boots, now, user.name.encode()), keys, scope)


def older() -> bytes:
    """A trap of v1."""
    inner = ber.packed(
        TRAP1,
        ber.packed(NAME, ber.name("1.3.6.1.4.1.9999.2")),
        ber.packed(ADDRESS, b"\x0a\x01\x02\x03"),
        ber.number(6),
        ber.number(17),
        ber.number(777, TICKS),
        ber.packed(SEQUENCE, variable(NAME_OF_PORT, b"ge7")),
    )
    return plain(inner, version=0)


def samples() -> Sequence[bytes]:
    """One sound message of each kind."""
    return (
        plain(unit()), plain(unit(INFORM)), older(), signed(unit(), 3, 500),
        signed(unit(), 3, 500, flags=0, user=User("open")),
    )  # fmt: skip


KEYS = {
    "auth": "sha256",
    "auth_password": AUTH_PASSWORD,
    "priv": "aes",
    "priv_password": PRIV_PASSWORD,
}
"""Those of `USER`, as a target says them."""
