"""All controllers: a client for each that signs in once, and signs out when it is let go."""

import asyncio
import contextlib
import re
from dataclasses import replace

import aiohttp
import msgspec
from yarl import URL

from opsconsole.errors import Refused, TargetError
from opsconsole.model import Target
from opsconsole.question import HttpRequest
from opsconsole.secret import Secret
from opsconsole.transports.http.client import Client, Refusal
from opsconsole.transports.http.faults import of_failure, of_status
from opsconsole.transports.http.pool import Pool as HttpPool
from opsconsole.transports.http.pool import written as plain

ROOT = "/redfish/v1/"

_TOKEN = re.compile(r"[!-~]{1,4096}")
_ETAG = re.compile(r'(W/)?"[!#-~]{0,200}"')

FAREWELL = 3.0
"""Seconds to sign out: a controller that is gone is not waited for."""


class SignedIn(Client):
    """A client that ends its session at the controller when it is closed: they have few."""

    _leaves = ""
    """Path of the session; empty without one."""

    async def sign_in(self, path: str, user: str, password: str) -> None:
        """Have a token in the place of the password; without one it stays at the password.

        Raises a `TargetError` when the controller refuses both, or does not answer.
        """
        where = f"{self._target}: POST {path}"
        url = URL(f"{self._base}{path}", encoded=True)
        words = {"UserName": user, "Password": password}
        try:
            async with self._session.post(
                url, json=words, allow_redirects=False, proxy=self._proxy
            ) as response:
                token = response.headers.get("X-Auth-Token", "")
                if response.status == 401:
                    raise of_status(where, 401, b"")
                leaves = response.headers.get("Location", "")
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise of_failure(where, error) from None
        if _TOKEN.fullmatch(token):
            self._who = {"X-Auth-Token": token}
            self._leaves = _path(url, leaves)

    async def close(self) -> None:
        """Sign out, then close all connections."""
        path, self._leaves = self._leaves, ""
        if path:
            with contextlib.suppress(TargetError, TimeoutError):
                async with asyncio.timeout(FAREWELL):
                    await self.call(HttpRequest(path, "DELETE"))
        await super().close()


def _path(url: URL, location: str) -> str:
    """The path of a session that was made, unless it is said to be on another server."""
    try:
        there = url.join(URL(location))
    except ValueError:
        return ""
    return there.raw_path if location and there.host == url.host else ""


class Pool(HttpPool):
    """Opens sessions; what differs from HTTP is how one signs in, and the version of a call."""

    client = SignedIn

    async def client_of(self, target: Target) -> Client:
        """One that has signed in, where the controller has sessions; raises a `TargetError`."""
        client = await super().client_of(target)
        if isinstance(client, SignedIn) and isinstance(target.settings.get("password"), Secret):
            async with contextlib.AsyncExitStack() as unless:
                unless.push_async_callback(client.close)
                await self._sign_in(target, client)
                unless.pop_all()
        return client

    async def _sign_in(self, target: Target, client: SignedIn) -> None:
        """Have a token in the place of the password; leave it at that where there are none."""
        try:
            root = await client.fetch(HttpRequest(ROOT))
        except Refusal as refusal:
            raise refusal.error from None
        path = _sessions(root.body)
        password = target.settings["password"]
        if not path or not isinstance(password, Secret):
            return
        await client.sign_in(path, target.user or "", await password.reveal())

    @staticmethod
    def written(target: Target, argv: tuple[str, ...]) -> HttpRequest:
        """The request that words stand for, with `If-Match` where a version is named."""
        if len(argv) < 4:
            return plain(target, argv)
        *words, etag = argv
        if not _ETAG.fullmatch(etag):
            raise Refused(f"{target.id}: {etag[:80]!r} is no version of a document", "argument")
        made = plain(target, tuple(words))
        return replace(made, headers=(*made.headers, ("If-Match", etag)))


def _sessions(body: bytes) -> str:
    """Where sessions are made, as the service's own root says."""
    try:
        root = msgspec.json.decode(body, type=_Root)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return root.links.sessions.path


class _Link(msgspec.Struct):
    path: str = msgspec.field(default="", name="@odata.id")


class _Links(msgspec.Struct):
    sessions: _Link = msgspec.field(default_factory=_Link, name="Sessions")


class _Root(msgspec.Struct):
    links: _Links = msgspec.field(default_factory=_Links, name="Links")
