"""All targets reached by Oracle's protocol: a connection for each, made from its settings."""

import asyncio
import re
import ssl
from collections.abc import Callable

import msgspec

from opsconsole.errors import Lost, Refused, TargetError, Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Questions, Statement, of_kind
from opsconsole.secret import Secret
from opsconsole.transports.http.trust import context
from opsconsole.transports.oracle.client import Client, Refusal, options
from opsconsole.transports.serial import SerialSession

CALL = 600.0
"""Seconds behind the time-out of every step, so that no call stays for good."""

MARKED = 31
"""ORA-00031: the session is marked for kill, which is what was asked for."""

_PLACE = re.compile(r":([a-z][a-z0-9_]*)\b", re.ASCII)


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
        await client.reach()
        session = SerialSession(target.id, mine, client, deliver, self._sessions.discard)
        self._sessions.add(session)
        return session

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Run one statement over a connection of its own; see `OracleTransport.execute`."""
        sql, *parameters = argv
        if len(set(_PLACE.findall(sql))) != len(parameters):
            what = f"{target.id}: {len(parameters)} parameters do not fit {sql[:80]!r}"
            raise Refused(what, "argument")
        client = await made(target)
        await client.reach()
        try:
            names, rows = await client.call(sql, tuple(parameters), seconds=CALL + 2, given_up=CALL)
        except Refusal as refusal:
            heard(f"ERROR {refusal.code}: {refusal.message}\n".encode())
            return 0 if refusal.code == MARKED else 1
        except TargetError as error:
            raise Lost(f"{error}: whether it was done is not known") from None
        finally:
            await client.close()
        for row in rows:
            heard(msgspec.json.encode(dict(zip(names, row, strict=False))) + b"\n")
        return 0

    async def close(self) -> None:
        """End all sessions."""
        await asyncio.gather(*(session.close() for session in list(self._sessions)))


async def made(target: Target) -> Client:
    """A client as the target's settings want it, not connected yet; raises `Unsupported`."""
    if bool(target.settings.get("service_name")) == bool(target.settings.get("sid")):
        what = f"{target.id}: says neither or both of `service_name` and `sid`"
        raise Unsupported(what, 'give the target one: service_name = "orders.example.net"')
    password = target.settings.get("password")
    secret = await password.reveal() if isinstance(password, Secret) else ""
    return Client(target.id, options(target, secret, await _tls(target)))


async def _tls(target: Target) -> ssl.SSLContext | None:
    if any(target.settings.get(key) for key in ("tls", "ca", "cert", "insecure")):
        return await asyncio.to_thread(context, target)
    return None
