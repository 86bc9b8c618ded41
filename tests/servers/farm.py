"""A thousand light SSH hosts in one process: scripted answers, and faults on demand.

Run as a program it prints one JSON line (addresses, port, host key) and serves until its stdin
ends.
It is the same library as the transport's, so it complements real sshd and never replaces it.
"""

import argparse
import asyncio
import enum
import json
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import asyncssh
from asyncssh.constants import EXTENDED_DATA_STDERR

from opsconsole.transports.stream import READY
from tests.servers.port import PORT

Payload = Callable[[str, str, int], bytes]
"""What a host at an address says for an exchange, the n-th time."""


class Misdeed(enum.StrEnum):
    """What a host does wrong."""

    NONE = "none"
    SILENT = "silent"
    """Accepts the connection and never says a word."""
    BABBLE = "babble"
    """Is no SSH server: sends text."""
    HANG = "hang"
    """Lets us in, opens the session, and never answers."""
    MUTE = "mute"
    """Starts the shell, and then never answers."""
    GARBAGE = "garbage"
    """Sends bytes that never end an answer."""
    FLOOD = "flood"
    """Sends answers without a pause."""
    DIE = "die"
    """Breaks off in the middle of its third answer."""
    EXIT = "exit"
    """Ends its shell at once, with words a terminal would obey."""


def counter(address: str, exchange: str, n: int) -> bytes:
    """Answer with who, what and how often."""
    return f"{address} {exchange} {n}\n".encode()


def new_key() -> asyncssh.SSHKey:
    """Make a host key."""
    return asyncssh.generate_private_key("ssh-ed25519")  # pyright: ignore[reportUnknownMemberType] - half typed


@dataclass
class Farm:
    """Hosts by address; their misdeeds may change while they serve."""

    addresses: Sequence[str]
    port: int = PORT
    payload: Payload = counter
    misdeeds: dict[str, Misdeed] = field(default_factory=dict[str, Misdeed])
    password: str | None = None
    key: asyncssh.SSHKey = field(default_factory=new_key)
    live: int = 0
    """Sessions now."""
    peak: int = 0
    """Most connections that were not logged in at one time."""
    newcomers: int = 0
    log_ins: int = 0

    def known_hosts(self) -> str:
        """Lines that make the farm's hosts known."""
        key = self.key.export_public_key().decode().strip()
        return "".join(f"[{address}]:{self.port} {key}\n" for address in self.addresses)

    def exchange_keys(self, address: str, key: asyncssh.SSHKey | None = None) -> None:
        """Have a host exchange keys again before all it says from now on, and show `key`."""
        for conn in _Door.of(self):
            if cast("tuple[str, int]", conn.get_extra_info("sockname"))[0] == address:
                parts = vars(conn)  # the library lets nobody do such a thing
                parts["_rekey_bytes"] = 1
                if key is not None:
                    pairs = asyncssh.load_keypairs([key])
                    parts["_server_host_keys"] = {pair.algorithm: pair for pair in pairs}

    @asynccontextmanager
    async def serving(self) -> AsyncGenerator["Farm", None]:
        """Listen on all addresses; close everything at the end."""
        loop = asyncio.get_running_loop()
        options = asyncssh.SSHServerConnectionOptions(
            server_factory=lambda: _Door(self),
            server_host_keys=[self.key],
            encoding=None,
            line_editor=False,
            login_timeout=0,
        )
        acceptors: list[asyncssh.SSHAcceptor] = []
        liars: list[asyncio.Server] = []
        for address in self.addresses:
            misdeed = self.misdeeds.get(address, Misdeed.NONE)
            if misdeed in {Misdeed.SILENT, Misdeed.BABBLE}:
                liar = partial(_Liar, babbles=misdeed is Misdeed.BABBLE)
                liars.append(await loop.create_server(liar, address, self.port))
            else:
                acceptors.append(await asyncssh.listen(address, self.port, options=options))
        try:
            yield self
        finally:
            for liar_server in liars:
                liar_server.close()
            for acceptor in acceptors:
                acceptor.close()
            for acceptor in acceptors:
                await acceptor.wait_closed()
            _Door.close_all(self)
            await asyncio.sleep(0)


class _Liar(asyncio.Protocol):
    """Takes connections for something that is no SSH server."""

    def __init__(self, *, babbles: bool) -> None:
        self._babbles = babbles

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._babbles:
            cast(asyncio.Transport, transport).write(b"220 mail.example ESMTP \x1b[2J\r\n" * 2000)


class _Door(asyncssh.SSHServer):
    """Lets everybody in who has a key, or the password if there is one."""

    _open: "dict[int, set[asyncssh.SSHServerConnection]]" = {}  # noqa: RUF012 - by farm

    def __init__(self, farm: Farm) -> None:
        self._farm = farm
        self._new = True
        self._conn: asyncssh.SSHServerConnection | None = None

    @classmethod
    def of(cls, farm: Farm) -> "set[asyncssh.SSHServerConnection]":
        return cls._open.get(id(farm), set())

    @classmethod
    def close_all(cls, farm: Farm) -> None:
        for conn in cls._open.pop(id(farm), set()):
            conn.abort()

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._conn = conn
        self._open.setdefault(id(self._farm), set()).add(conn)
        self._farm.newcomers += 1
        self._farm.peak = max(self._farm.peak, self._farm.newcomers)

    def _settled(self) -> None:
        if self._new:
            self._new = False
            self._farm.newcomers -= 1

    def connection_lost(self, exc: Exception | None) -> None:
        self._settled()
        if self._conn is not None:
            self._open.get(id(self._farm), set()).discard(self._conn)

    def auth_completed(self) -> None:
        self._settled()
        self._farm.log_ins += 1

    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return self._farm.password is None

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return self._farm.password is not None

    def validate_password(self, username: str, password: str) -> bool:
        return password == self._farm.password

    def session_requested(self) -> asyncssh.SSHServerSession[bytes]:
        return _Shell(self._farm)


class _Shell(asyncssh.SSHServerSession[bytes]):
    """Acts as `/bin/sh` that was handed a sampler."""

    def __init__(self, farm: Farm) -> None:
        self._farm = farm
        self._misdeed = Misdeed.NONE
        self._address = ""
        self._said = b""
        self._counts: dict[str, int] = {}
        self._interval = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan
        self._address = cast("tuple[str, int]", chan.get_extra_info("sockname"))[0]
        self._misdeed = self._farm.misdeeds.get(self._address, Misdeed.NONE)
        self._farm.live += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self._farm.live -= 1
        if self._timer is not None:
            self._timer.cancel()

    def exec_requested(self, command: str) -> bool:
        return command == "exec /bin/sh"

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        """Read the interval from the first write; each later line is a verb."""
        if self._misdeed is Misdeed.HANG:
            return
        if self._misdeed is Misdeed.EXIT:
            self._write(b"This account is \x1b]0;mine\x07currently not available.\r\n")
            self._channel.exit(1)
            return
        if self._interval:
            *verbs, self._said = (self._said + data).split(b"\n")
            for verb in verbs:
                self._answer(verb.decode(), EXTENDED_DATA_STDERR)
            return
        self._said += data
        if (at := self._said.find(b"\nINTERVAL=")) >= 0:
            self._interval = float(self._said[at + 10 :].split(b"\n", 1)[0])
            self._said = b""
            self._begin()

    def _begin(self) -> None:
        ready = f"\n--opsconsole {READY}--\n".encode()
        self._write(ready)
        self._write(ready, EXTENDED_DATA_STDERR)
        match self._misdeed:
            case Misdeed.MUTE:
                return
            case Misdeed.GARBAGE:
                self._pour(b"\x00\xff\x1b[2J" * 4096)
            case Misdeed.FLOOD:
                self._pour(b"x\n--opsconsole vitals--\n" * 500)
            case _:
                self._push()

    def _push(self) -> None:
        if self._misdeed is Misdeed.DIE and self._counts.get("vitals", 0) == 2:
            self._write(b"half an ans")
            self._channel.get_extra_info("connection").abort()
            return
        self._answer("vitals", None)
        self._timer = asyncio.get_running_loop().call_later(self._interval, self._push)

    def _pour(self, data: bytes) -> None:
        self._write(data)
        self._timer = asyncio.get_running_loop().call_later(0.001, self._pour, data)

    def _answer(self, exchange: str, datatype: asyncssh.DataType) -> None:
        n = self._counts[exchange] = self._counts.get(exchange, 0) + 1
        payload = self._farm.payload(self._address, exchange, n)
        self._write(payload + f"--opsconsole {exchange}--\n".encode(), datatype)

    def _write(self, data: bytes, datatype: asyncssh.DataType = None) -> None:
        if not self._channel.is_closing():
            self._channel.write(data, datatype)  # pyright: ignore[reportUnknownMemberType] - half typed

    def eof_received(self) -> bool:
        return False


def addresses(count: int, network: str = "127.78") -> list[str]:
    """Return that many loopback addresses."""
    return [f"{network}.{n // 250}.{n % 250 + 1}" for n in range(count)]


async def _serve(count: int) -> None:
    async with Farm(addresses(count)).serving() as farm:
        key = farm.key.export_public_key().decode().strip()
        print(json.dumps({"addresses": farm.addresses, "port": farm.port, "key": key}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=1000)
    asyncio.run(_serve(parser.parse_args().hosts))
