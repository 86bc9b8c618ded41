"""The connection of a driver: bounded in time and size, counted, without what the environment says.

libcloud's own follows redirects with its secrets, waits for a minute, reads all that comes and asks
the environment for proxies and .netrc: none of it is wanted here.
"""

import contextlib
import threading
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin, urlsplit

from libcloud.common.base import Connection
from libcloud.http import LibcloudConnection

from opsconsole.transports.libcloud.faults import Flood

CONNECTING, READING = 4.0, 12.0
"""Seconds to connect, and to wait for the next bytes of an answer."""

LIMIT = 8 << 20
"""Bytes of one answer, unpacked."""


@dataclass(slots=True)
class Meter:
    """Requests by verb and region, those that failed, and bytes of all."""

    requests: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    failed: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    throttled: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    errors: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    received: int = 0
    sent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class Way:
    """How one target is reached."""

    meter: Meter
    endpoint: str = ""
    """Asked in the place of all hosts."""
    ca: str = ""
    proxy: str = ""


class _Now(threading.local):
    """What a thread does at present: drivers make connections of their own, and deep within."""

    way: Way | None = None
    call: tuple[str, str] = ("", "")
    """Verb and region."""


_now = _Now()


@contextlib.contextmanager
def within(way: Way, verb: str, region: str) -> Generator[None, None, None]:
    """All that this thread asks within the context goes that way, and is counted as this call."""
    _now.way, _now.call = way, (verb, region)
    try:
        yield
    finally:
        _now.way = None


if TYPE_CHECKING:

    class _Base:
        """What is used of libcloud's own connection, which comes without types."""

        session: Any
        response: Any
        host: str
        ca_cert: str
        verification: Any

        def __init__(self, host: str, port: int, secure: Any, **rest: Any) -> None: ...
        def _normalize_headers(self, headers: Any) -> Any: ...
else:
    _Base = LibcloudConnection


class Wire(_Base):
    """One connection."""

    def __init__(self, host: str, port: int, secure: Any = None, **rest: Any) -> None:
        super().__init__(host, port, secure, **rest)
        way = _now.way or Way(Meter())
        self.session.timeout = CONNECTING, READING
        self.session.trust_env = False
        if way.ca:
            self.ca_cert = way.ca
        if way.proxy:
            self.session.proxies = {"http": way.proxy, "https": way.proxy}

    def request(
        self, method: str, url: str, body: Any = None, headers: Any = None, **_rest: Any
    ) -> None:
        """Make one request, and read its answer to the end or to the limit."""
        way = _now.way or Way(Meter())
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        whole = f"{way.endpoint.rstrip('/')}/{path.lstrip('/')}" if way.endpoint else ""
        self.response = self.session.request(
            method=method.lower(),
            url=whole or urljoin(self.host, url),
            data=body,
            headers=self._normalize_headers(headers=headers),
            allow_redirects=False,
            stream=True,
            verify=self.verification,
            timeout=self.session.timeout,
        )
        self._read(way.meter, len(url) + len(body or ""))

    def _read(self, meter: Meter, sent: int) -> None:
        kept = bytearray()
        for chunk in self.response.iter_content(1 << 16):
            kept += chunk
            if len(kept) > LIMIT:
                self.response.close()
                raise Flood
        self.response._content = bytes(kept)
        with meter.lock:
            meter.requests[_now.call] += 1
            meter.failed[_now.call] += self.response.status_code >= 300
            meter.throttled[_now.call] += self.response.status_code == 429
            meter.received += len(kept)
            meter.sent += sent


# Signing in is done by connections that no driver lets us choose. Nobody else here uses libcloud.
cast("Any", Connection).conn_class = Wire
