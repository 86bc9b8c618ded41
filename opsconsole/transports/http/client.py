"""One target's HTTP client: sends a request, bounds what comes back, follows no stranger."""

import ssl
from typing import Any, NamedTuple

import aiohttp
from yarl import URL

from opsconsole.clean import Clean, clean
from opsconsole.errors import Lost, Malformed, TargetError, Unsupported
from opsconsole.question import HttpRequest, Part
from opsconsole.transports.http.faults import of_failure, of_status

LIMIT = 8 << 20
"""Bytes of an answer, unpacked; more is no answer."""

REDIRECTS = 3
"""Redirects in a row, within the same server."""

CHUNK = 64 << 10

PATIENCE = aiohttp.ClientTimeout(total=60, sock_connect=10, sock_read=30)
"""Behind the time-out of every exchange, so that no request stays for good."""

_MOVED = frozenset({301, 302, 303, 307, 308})


class Refusal(Exception):
    """An answer that cannot be taken, from a server that is there."""

    def __init__(self, status: int, error: TargetError) -> None:
        super().__init__(str(error))
        self.status = status
        self.error = error


class Answered(NamedTuple):
    """What came back for a call."""

    status: int
    body: bytes
    date: Clean
    """The server's own time, as it said it."""


class Client:
    """A pool of connections to one target."""

    def __init__(
        self,
        target: str,
        url: str,
        connector: aiohttp.BaseConnector,
        headers: dict[str, str],
        proxy: str | None,
        **session: Any,  # of the library's own session: how it signs in
    ) -> None:
        self._target = target
        self._base = URL(url.rstrip("/"))
        self._proxy = proxy
        self._who = headers
        self.received: int = 0
        self.sent: int = 0
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers={"User-Agent": "opsconsole", "Accept": "application/json, */*"},
            timeout=PATIENCE,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            **session,
        )

    async def fetch(self, request: HttpRequest) -> Part:
        """Send one request and read all of its answer.

        Raises `Refusal` for one that is none, a `TargetError` when there was no answer.
        """
        where = f"{self._target}: {request.method} {request.path.partition('?')[0]}"
        try:
            part = await self._follow(where, request)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise of_failure(where, error) from None  # its text may hold our headers
        if not 200 <= part.status < 300 and part.status not in request.statuses:
            raise Refusal(part.status, of_status(where, part.status, part.body))
        return part

    async def call(self, request: HttpRequest) -> "Answered":
        """Send one request that may change something; any status is an answer, also a redirect.

        Raises `Lost` when it may have been done, another `TargetError` when it was not sent.
        """
        where = f"{self._target}: {request.method} {request.path.partition('?')[0]}"
        try:
            async with self._session.request(
                request.method,
                URL(f"{self._base}{request.path}", encoded=True),
                data=request.body or None,
                headers=self._who | dict(request.headers),
                allow_redirects=False,
                proxy=self._proxy,
            ) as response:
                body = await self._body(where, response)
                date = clean(response.headers.get("Date", ""), 40)
                return Answered(response.status, body, date)
        except (aiohttp.ClientConnectorError, ssl.SSLError, aiohttp.InvalidURL) as error:
            raise of_failure(where, error) from None
        except Refusal as error:
            raise Lost(str(error)) from None
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise Lost(f"{of_failure(where, error)}: whether it was done is not known") from None

    async def _follow(self, where: str, request: HttpRequest) -> Part:
        url = URL(f"{self._base}{request.path}", encoded=True)
        for _ in range(1 + REDIRECTS):
            async with self._session.request(
                request.method,
                url,
                data=request.body or None,
                headers=self._who | dict(request.headers),
                allow_redirects=False,
                proxy=self._proxy,
            ) as response:
                self.sent += len(str(url)) + len(request.body)
                if response.status not in _MOVED:
                    return Part(response.status, await self._body(where, response))
                url = self._moved(where, url, response)
        raise Malformed(f"{where}: redirects in a circle")

    def _moved(self, where: str, url: URL, response: aiohttp.ClientResponse) -> URL:
        """Where a redirect leads, unless that is another server: it would get our secrets."""
        try:
            there = url.join(URL(response.headers.get("Location", "")))
        except ValueError:
            raise Malformed(f"{where}: redirects to an address that cannot be") from None
        if there.origin() != url.origin() or response.method not in {"GET", "HEAD"}:
            what = f"{where}: redirects to {there.origin()}, which is not followed"
            raise Unsupported(what, f'if that is right, write url = "{there.origin()}"')
        return there

    async def _body(self, where: str, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for chunk in response.content.iter_chunked(CHUNK):
            body += chunk
            self.received += len(chunk)
            if len(body) > LIMIT:
                response.close()
                what = f"{where}: more than {LIMIT >> 20} MiB"
                error = Malformed(what, "narrow down what is asked, or something else is there")
                raise Refusal(response.status, error)
        return bytes(body)

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()
