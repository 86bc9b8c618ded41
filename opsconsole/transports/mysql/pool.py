"""All targets reached by MySQL's protocol: a connection for each, made from its settings."""

import asyncio
import contextlib
import ssl
from collections.abc import Callable

import msgspec

from opsconsole.errors import Lost, Refused, TargetError
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Questions, Statement, of_kind
from opsconsole.secret import Secret
from opsconsole.transports.http.trust import context
from opsconsole.transports.mysql.client import Client, Refusal
from opsconsole.transports.mysql.option import told
from opsconsole.transports.serial import SerialSession

PORT = 3306

CALL = 600.0
"""Seconds behind the time-out of every step, so that no call stays for good."""


ENDING = 2.5
"""Seconds to end a call that is given up: the executor waits little longer."""


class Pool:
    """Opens sessions, and makes calls."""

    def __init__(self) -> None:
        self._sessions: set[SerialSession] = set()

    async def open(
        self, target: Target, questions: Questions, deliver: Callable[[Answer], None]
    ) -> SerialSession:
        """Fetch secrets, connect and sign in; raises a `TargetError`."""
        mine = of_kind(questions, Statement, target.id)
        client = await made(target)
        await client.reach(asking=True)
        session = SerialSession(target.id, mine, client, deliver, self._sessions.discard)
        self._sessions.add(session)
        return session

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Run one statement over a connection of its own; see `MysqlTransport.execute`."""
        sql, *parameters = argv
        if parameters and sql.count("%s") != len(parameters):
            what = f"{target.id}: {len(parameters)} parameters do not fit {sql[:80]!r}"
            raise Refused(what, "argument")
        client = await made(target)
        await client.reach(asking=False)
        try:
            names, rows = await client.call(sql, tuple(parameters), CALL)
        except Refusal as refusal:
            heard(f"ERROR {refusal.code}: {refusal.message}\n".encode())
            return 1
        except TargetError as error:
            raise Lost(f"{error}: whether it was done is not known") from None
        except asyncio.CancelledError:
            with contextlib.suppress(TargetError, Refusal, TimeoutError):
                async with asyncio.timeout(ENDING):
                    await _end(target, client.number)
            raise
        finally:
            await client.close()
        for row in rows:
            heard(msgspec.json.encode(dict(zip(names, row, strict=False))) + b"\n")
        return 0

    async def close(self) -> None:
        """End all sessions."""
        await asyncio.gather(*(session.close() for session in list(self._sessions)))


async def _end(target: Target, number: int) -> None:
    """End what a connection of ours runs: a server does not notice that nobody waits for it."""
    client = await made(target)
    await client.reach(asking=False)
    try:
        await client.call(f"KILL QUERY {number:d}")
    finally:
        await client.close()


async def made(target: Target) -> Client:
    """A client as the target's settings want it, not connected yet; raises `Unsupported`."""
    said = await told(target)
    password = target.settings.get("password")
    secret = await password.reveal() if isinstance(password, Secret) else said.get("password", "")
    socket = str(target.settings.get("socket") or "")
    options = {
        "host": target.address,
        "port": target.port or PORT,
        "unix_socket": socket or None,
        "user": target.user or said.get("user"),
        # The driver sends it as Latin-1; so spelled, the bytes are those of UTF-8.
        "password": secret.encode().decode("latin-1"),
        "db": target.settings.get("database"),
    }
    return Client(target.id, None if socket else await _tls(target), options)


async def _tls(target: Target) -> ssl.SSLContext | None:
    if any(target.settings.get(key) for key in ("tls", "ca", "cert", "insecure")):
        return await asyncio.to_thread(context, target)
    return None
