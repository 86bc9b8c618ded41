"""One cluster's HTTP client: sends as who we are now, bounds what comes back, keeps streams."""

import asyncio
import contextlib
import io
import re
import socket
import ssl
import time
from collections.abc import AsyncGenerator, Sequence

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from opsconsole.errors import Denied, Lost, Malformed, TargetError, Unreachable
from opsconsole.question import HttpRequest, Part, headed
from opsconsole.transports.kubernetes.access import Access, ends
from opsconsole.transports.kubernetes.account import Account
from opsconsole.transports.kubernetes.faults import Refusal, failure, refusal

LIMIT = 32 << 20
"""Bytes of an answer, unpacked; more is no answer."""

REQUESTS = 4
"""Requests at once besides streams, unless the estate says otherwise."""

OPENING = 8
"""Streams that are opened at once: each begins with a handshake."""

KEPT = 75.0
"""Seconds an idle connection is kept."""

BUFFER = 256 << 10
"""Bytes read ahead of who takes them."""

NEAR = 0.003
"""Seconds of a round trip up to which packing an answer takes longer than sending it."""

HEARTBEAT = 20.0
"""Seconds between two questions whether the other end of a WebSocket is there."""

MESSAGE = 16 << 20
"""Bytes of one message of a WebSocket."""

_LOOPBACK = re.compile(r"https?://(127\.|localhost[:/]|\[::1\])")

_SHORT = aiohttp.ClientTimeout(total=60, sock_connect=10, sock_read=30)
_ENDLESS = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=None)

_KEEPALIVE = (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))
"""A peer that is gone without a word is noticed after half a minute."""

Failed = (aiohttp.ClientError, OSError, TimeoutError, ValueError)
"""What may be raised where there is no answer; its text may hold our headers."""

_NEVER_SENT = (aiohttp.ClientConnectorError, ssl.SSLError, aiohttp.InvalidURL)


class Client:
    """All requests to one cluster."""

    def __init__(
        self,
        account: Account,
        requests: int = REQUESTS,
        compression: str = "auto",
        kept: float = KEPT,
    ) -> None:
        """`kept` are the seconds that an idle connection is."""
        self.target = account.target.id
        self.account = account
        self._turns = asyncio.Semaphore(requests)
        self._openings = asyncio.Semaphore(OPENING)
        self._packed: bool | None = {"on": True, "off": False}.get(compression)
        self.received = self.sent = self.requests = 0
        self.rests: dict[str, float] = {}
        """When the server wants to be asked again for a list, by its path, on the loop's clock."""
        self._heard = time.monotonic()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=kept),
            headers={"User-Agent": "opsconsole"},
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            read_bufsize=BUFFER,
        )

    def where(self, request: HttpRequest) -> str:
        """Target and request, for an error's text."""
        return f"{self.target}: {request.method} {request.path.partition('?')[0]}"

    @property
    def silent(self) -> float:
        """Seconds since the server last said anything."""
        return time.monotonic() - self._heard

    def alive(self, size: int = 0) -> None:
        """Note that the server was heard just now, saying so many bytes."""
        self.received += size
        self._heard = time.monotonic()

    async def measure(self, request: HttpRequest) -> Part:
        """Ask twice: how long the second takes says whether answers are worth packing."""
        await self.fetch(request)
        began = time.monotonic()
        part = await self.fetch(request)
        if self._packed is None:
            took, access = time.monotonic() - began, await self.account.current()
            self._packed = took > NEAR and not _LOOPBACK.match(access.server)
        return part

    async def fetch(self, request: HttpRequest, before: bytes = b"") -> Part:
        """Send one request and read all of its answer; `before` stands in front of the body, which
        saves who frames it a copy of a large one.

        Raises `Refusal` for one that is none, a `TargetError` when there was no answer.
        """
        async with self._turns, self.sending(request) as response:
            into = io.BytesIO()
            into.write(before)
            await self._answer(request, response, into)
            return Part(response.status, into.getvalue())

    async def framed(self, request: HttpRequest) -> bytes:
        """The same, framed as by `question.joined`: megabytes are never copied as a whole, which
        would stop everything for tens of milliseconds. Raises as `fetch` does.
        """
        async with self._turns, self.sending(request) as response:
            into = io.BytesIO()
            into.write(headed(0, 0))
            length = await self._answer(request, response, into)
            into.seek(0)
            into.write(headed(response.status, length))
            return into.getvalue()

    async def _answer(
        self, request: HttpRequest, response: aiohttp.ClientResponse, into: io.BytesIO
    ) -> int:
        """Add the body; returns its length. Raises `Refusal` for what is no answer."""
        length = await self._body(request, response, into)
        status = response.status
        if not 200 <= status < 300 and status not in request.statuses:
            said = into.getvalue()
            raise await self._refusal(request, response, said[len(said) - length :])
        return length

    @contextlib.asynccontextmanager
    async def streaming(self, request: HttpRequest) -> AsyncGenerator[aiohttp.ClientResponse, None]:
        """Send one whose answer goes on and on; raises as `fetch` does, also while it is read."""
        async with contextlib.AsyncExitStack() as stack:
            async with self._openings:
                response = await stack.enter_async_context(self.sending(request, endless=True))
            if response.status != 200:
                into = io.BytesIO()
                await self._body(request, response, into)
                raise await self._refusal(request, response, into.getvalue())
            yield response

    async def _refusal(
        self, request: HttpRequest, response: aiohttp.ClientResponse, body: bytes
    ) -> Refusal:
        where, after = self.where(request), response.headers.get("Retry-After")
        made = refusal(where, response.status, body, after)
        if response.status == 401 and (lapsed := self._lapsed(await self.account.current())):
            return Refusal(401, lapsed)
        return made

    def _lapsed(self, access: Access) -> Denied | None:
        """Servers say in many ways that our certificate has ended, and none of them plainly."""
        until = ends(access.cert) if access.cert else float("inf")
        if until > time.time():
            return None
        date = time.strftime("%Y-%m-%d %H:%M", time.gmtime(until))
        what = f"{self.target}: our own certificate has expired at {date} UTC"
        return Denied(what, "have a new one made, and put it into the kubeconfig")

    @contextlib.asynccontextmanager
    async def sending(
        self, request: HttpRequest, *, endless: bool = False
    ) -> AsyncGenerator[aiohttp.ClientResponse, None]:
        """The response to one request, whatever its status; refused as a stranger, it is sent once
        more with what the account says when read anew. Raises a `TargetError` for no answer.
        """
        access = await self.account.current()
        try:
            response = await self._send(request, access, endless)
            if response.status == 401:
                response.close()
                access = await self.account.renewed(access)
                response = await self._send(request, access, endless)
            try:
                yield response
            finally:
                if not response.content.at_eof():
                    response.close()
                response.release()
        except aiohttp.ClientPayloadError:
            raise Lost(f"{self.where(request)}: the answer breaks off") from None
        except Failed as error:
            made = failure(self.where(request), error)
            if not isinstance(made, Unreachable) and (lapsed := self._lapsed(access)):
                raise lapsed from None
            if request.method not in {"GET", "HEAD"} and not isinstance(error, _NEVER_SENT):
                made = Lost(f"{made}: whether it was done is not known")
            raise made from None

    @contextlib.asynccontextmanager
    async def socket(
        self, request: HttpRequest, *protocols: str
    ) -> AsyncGenerator[aiohttp.ClientWebSocketResponse, None]:
        """A WebSocket for a request; raises a `TargetError` when there is none."""
        access = await self.account.current()
        try:
            try:
                socket = await self._connect(request, access, protocols)
            except aiohttp.WSServerHandshakeError as error:
                if error.status != 401:
                    raise
                access = await self.account.renewed(access)
                socket = await self._connect(request, access, protocols)
        except aiohttp.WSServerHandshakeError as error:
            raise await self._unopened(request, error.status) from None
        except Failed as error:
            raise failure(self.where(request), error) from None
        try:
            yield socket
        finally:
            await socket.close()

    async def _connect(
        self, request: HttpRequest, access: Access, protocols: Sequence[str]
    ) -> aiohttp.ClientWebSocketResponse:
        self.requests += 1
        return await self._session.ws_connect(
            URL(f"{access.server}{request.path}", encoded=True),
            headers=CIMultiDict(access.headers),
            protocols=protocols,
            proxy=access.proxy or None,
            ssl=await self.account.tls(access),
            server_hostname=access.server_name or None,
            heartbeat=HEARTBEAT,
            max_msg_size=MESSAGE,
        )

    async def _unopened(self, request: HttpRequest, status: int) -> TargetError:
        """Why: what a server says to a handshake is not handed on; to a plain request it is."""
        try:
            await self.fetch(request)
        except Refusal as refused:
            if refused.status == status:
                return refused.error
        return refusal(self.where(request), status, b"").error

    async def _send(
        self, request: HttpRequest, access: Access, endless: bool
    ) -> aiohttp.ClientResponse:
        headers = CIMultiDict(access.headers)
        headers["Accept"] = "application/json"
        headers["Accept-Encoding"] = "gzip" if self._packed else "identity"
        for name, value in request.headers:
            headers[name] = value
        url = URL(f"{access.server}{request.path}", encoded=True)
        self.requests += 1
        response = await self._session.request(
            request.method,
            url,
            data=request.body or None,
            headers=headers,
            allow_redirects=False,
            proxy=access.proxy or None,
            ssl=await self.account.tls(access),
            server_hostname=access.server_name or None,
            timeout=_ENDLESS if endless else _SHORT,
        )
        self.sent += len(str(url)) + len(request.body)
        self.alive()
        if endless:
            _keep_alive(response)
        return response

    async def _body(
        self, request: HttpRequest, response: aiohttp.ClientResponse, into: io.BytesIO
    ) -> int:
        """Add all of it; returns how long it is. Raises `Refusal` beyond the limit."""
        size = 0
        async for piece in response.content.iter_any():
            into.write(piece)  # and nothing is put together in the end
            size += len(piece)
            self.alive(len(piece))
            if size > LIMIT:
                what = f"{self.where(request)}: more than {LIMIT >> 20} MiB"
                raise Refusal(response.status, Malformed(what, "narrow down what is asked"))
        return size

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()


def _keep_alive(response: aiohttp.ClientResponse) -> None:
    """Have the system ask after a peer that says nothing."""
    connection = response.connection
    transport = connection.transport if connection is not None else None
    plug = transport.get_extra_info("socket") if transport is not None else None
    if plug is None:
        return
    with contextlib.suppress(OSError):
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPALIVE:
            if hasattr(socket, name):
                plug.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
