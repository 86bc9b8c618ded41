"""All targets that are Redis servers: a connection for each, made from its settings."""

import asyncio
import ssl
from collections.abc import Callable
from functools import partial
from typing import cast

import msgspec

from opsconsole import reply
from opsconsole.clean import clean
from opsconsole.errors import Lost, Malformed, Refused, TargetError
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Command, Questions, of_kind
from opsconsole.secret import Secret
from opsconsole.transports.http.trust import context
from opsconsole.transports.redis.asking import words
from opsconsole.transports.redis.link import Link, Words
from opsconsole.transports.redis.session import RedisSession
from opsconsole.transports.redis.wire import wire

PORT = 6379

UNFIT = frozenset(
    {"auth", "hello", "monitor", "multi", "psubscribe", "psync", "quit", "reset", "select"}
    | {"ssubscribe", "subscribe", "sync"}
)
"""Commands that change what a connection is, or answer without end."""


class Pool:
    """Opens sessions; holds what they share."""

    def __init__(self) -> None:
        self._sessions: dict[str, RedisSession] = {}

    async def open(
        self, target: Target, questions: Questions, deliver: Callable[[Answer], None]
    ) -> RedisSession:
        """Fetch secrets, connect and log in; raises a `TargetError`."""
        mine = of_kind(questions, Command, target.id)
        link = await _link(target)
        session = RedisSession(target.id, mine, link, deliver, self._forget)
        reached = False
        try:
            await link.connect()
            reached = True
        finally:
            if not reached:
                await session.close()
        self._sessions[target.id] = session
        return session

    def _forget(self, session: RedisSession) -> None:
        if self._sessions.get(session.target) is session:
            del self._sessions[session.target]

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call; see `RedisTransport.execute`.

        Over the open session where there is one: a server that takes no more clients is just the
        one where some have to go.
        """
        command = written(target, argv)
        session = self._sessions.get(target.id)
        if session is not None and not session.over:
            return await _call(target, session.link, command, heard)
        link = await _link(target)
        try:
            return await _call(target, link, command, heard)
        finally:
            await link.close()

    async def close(self) -> None:
        """End all sessions."""
        await asyncio.gather(*(session.close() for session in list(self._sessions.values())))


async def _call(target: Target, link: Link, command: Words, heard: Callable[[bytes], None]) -> int:
    await link.connect()  # what fails until here was not sent
    try:
        (part,) = await link.ask((command,))
    except TargetError as error:
        raise Lost(f"{error}: whether it was done is not known") from None
    refusal = reply.why(part)
    if refusal is not None:
        heard(f"{refusal.code} {refusal.message}".strip().encode())
        return 1
    heard(_told(target, reply.read(part, object)))
    return 0


def _told(target: Target, value: object) -> bytes:
    """A value as a reader wants it, and as a look can take it apart again."""
    match value:
        case None:
            return b""
        case bytes():
            return value
        case int():
            return b"%d" % value
        case list():
            return msgspec.json.encode(_text(cast("list[object]", value)))
        case _:
            raise Malformed(f"{target.id}: an answer of no known kind")


def _text(value: object) -> object:
    """Bytes as text, those that are none replaced."""
    if isinstance(value, list):
        return [_text(one) for one in cast("list[object]", value)]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def written(target: Target, argv: tuple[str, ...]) -> Words:
    """The command that words stand for; raises `Refused` for words that stand for none."""
    first = argv[0].lower() if argv else ""
    if not first.isalnum() and not first.replace(".", "").replace("-", "").isalnum():
        said = clean(" ".join(argv[:2]), 80)
        raise Refused(f"{target.id}: {said!r} is no command of Redis", "argument")
    if first in UNFIT or [one.lower() for one in argv[:2]] == ["client", "reply"]:
        raise Refused(f"{target.id}: {first} cannot be called from here", "argument")
    try:
        return words(*argv)
    except UnicodeEncodeError:
        raise Refused(f"{target.id}: a word of it is no text", "argument") from None


async def _link(target: Target) -> Link:
    settings = target.settings
    secret = settings.get("password")
    login: Words = ()
    if isinstance(secret, Secret):
        names = (target.user,) if target.user else ()
        login = words("AUTH", *names, await secret.reveal())
    tls: ssl.SSLContext | None = None
    if any(settings.get(key) for key in ("tls", "ca", "cert", "insecure")):
        tls = await asyncio.to_thread(context, target)
    unix = str(settings.get("socket") or "")
    make = partial(wire, target.address or target.id, target.port or PORT, unix, tls)
    return Link(target.id, make, login)
