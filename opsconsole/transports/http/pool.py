"""All targets reached over HTTP: a client for each, made from its settings."""

import asyncio
import base64
import re
import ssl
from collections.abc import Callable
from typing import cast

import aiohttp

from opsconsole import ipp
from opsconsole.clean import clean
from opsconsole.errors import Refused, Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import HttpRequest, Questions, of_kind
from opsconsole.secret import Secret
from opsconsole.transports.http.client import Client
from opsconsole.transports.http.session import HttpSession
from opsconsole.transports.http.trust import context

PER_TARGET = 4
"""Connections to one target at once."""

KEPT = 75.0
"""Seconds an idle connection is kept: longer than most exchanges' cadence."""


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})

_PATH = re.compile(r"/[!-\"$-~]*")
"""Printable ASCII without blank and `#`: what stands in a request's first line as it is."""


class Pool:
    """Opens sessions; holds what they share."""

    client = Client

    def __init__(self) -> None:
        self._usual: ssl.SSLContext | None = None
        self._sessions: set[HttpSession] = set()

    async def open(
        self, target: Target, questions: Questions, deliver: Callable[[Answer], None]
    ) -> HttpSession:
        """Fetch secrets, connect and ask the first question; raises a `TargetError`."""
        mine = of_kind(questions, HttpRequest)
        client = await self.client_of(target)
        session = HttpSession(target.id, mine, client, deliver, self._sessions.discard)
        self._sessions.add(session)
        reached = False
        try:
            await session.reach()
            reached = True
        finally:
            if not reached:
                await session.close()
        return session

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call over a connection of its own; see `HttpTransport.execute`."""
        request = self.written(target, argv)
        client = await self.client_of(target)
        try:
            part = await client.call(request)
        finally:
            await client.close()
        heard(f"{part.status} {part.date}\n".encode() + part.body)
        return 0 if 200 <= part.status < 300 else part.status

    @staticmethod
    def written(target: Target, argv: tuple[str, ...]) -> HttpRequest:
        """The request that words stand for; raises `Refused`."""
        return written(target, argv)

    async def client_of(self, target: Target) -> Client:
        """A client of its own, which is let in as the target wants; raises a `TargetError`."""
        return await self._connected(target, await credentials(target))

    async def _connected(
        self, target: Target, headers: dict[str, str], **session: object
    ) -> Client:
        """A client that says who we are in these headers, or by what `session` has."""
        connector = aiohttp.TCPConnector(
            ssl=await self.tls(target), limit=PER_TARGET, keepalive_timeout=KEPT
        )
        proxy = cast("str | None", target.settings.get("proxy"))
        url = str(target.settings.get("url", ""))
        return self.client(target.id, url, connector, headers, proxy, **session)

    async def tls(self, target: Target) -> ssl.SSLContext | bool:
        """How its certificate is looked at, as a connector takes it; raises `Unsupported`."""
        if not str(target.settings.get("url", "")).startswith("https:"):
            return True
        if any(target.settings.get(key) for key in ("ca", "cert", "insecure")):
            return await asyncio.to_thread(context, target)
        if self._usual is None:  # the system's authorities take a while to read
            self._usual = await asyncio.to_thread(context, target)
        return self._usual

    async def close(self) -> None:
        """End all sessions."""
        await asyncio.gather(*(session.close() for session in list(self._sessions)))


def written(target: Target, argv: tuple[str, ...]) -> HttpRequest:
    """The request that words stand for; raises `Refused` for words that stand for none."""
    method, path, *rest = (*argv, "", "")[: max(2, len(argv))]
    if method not in METHODS or not _PATH.fullmatch(path) or len(rest) > 1:
        said = clean(" ".join(argv[:2]), 80)
        raise Refused(f"{target.id}: {said!r} is no call: METHOD /path [body]", "argument")
    mime, body = _body(target, "".join(rest))
    return HttpRequest(path, method, (("Content-Type", mime),) if rest else (), body)


def _body(target: Target, said: str) -> tuple[str, bytes]:
    """The type of a body and its bytes: JSON as it stands, or a request of IPP in words."""
    if not said.startswith(f"{ipp.MIME} "):
        return "application/json", said.encode()
    try:
        return ipp.MIME, ipp.unworded(said.removeprefix(f"{ipp.MIME} "))
    except ValueError as error:
        raise Refused(
            f"{target.id}: no request of IPP: {clean(str(error), 80)}", "argument"
        ) from None


async def credentials(target: Target) -> dict[str, str]:
    """The headers that say who we are; raises `Unsupported` when a secret cannot be had."""
    token, password = target.settings.get("token"), target.settings.get("password")
    name = str(target.settings.get("header") or "Authorization")
    if isinstance(token, Secret):
        said = _fit(target, token, await token.reveal())
        return {name: said if "header" in target.settings else f"Bearer {said}"}
    if isinstance(password, Secret):
        pair = f"{target.user or ''}:{await password.reveal()}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    return {}


def _fit(target: Target, secret: Secret, text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    what = f"{target.id}: the token from {secret} has characters that no header may have"
    raise Unsupported(what, "store it as one line of plain text")
