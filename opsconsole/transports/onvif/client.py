"""One device's ONVIF client: finds its services, signs by its clock, and stays on its host."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from typing import NamedTuple

import aiohttp
from yarl import URL

from opsconsole.clean import clean
from opsconsole.errors import Denied, Lost, Malformed, TargetError
from opsconsole.transports.http.client import Client, Refusal
from opsconsole.transports.http.faults import of_failure, of_status
from opsconsole.transports.onvif import xml
from opsconsole.transports.onvif.moment import seconds, utc
from opsconsole.transports.onvif.sign import Challenge, read, token

ENTRY = "/onvif/device_service"
"""Where the device service is unless `url` has a path: the one address that ONVIF fixes."""

SMALL = 64 << 10
"""Bytes of an answer that is parsed at once; larger ones in a thread."""

CLOCK = "GetSystemDateAndTime"
"""Answered without a password, so that the others can be signed by the device's clock."""

JUMPED = 2.0
"""Seconds by which a clock was set, and does not merely drift."""

AHEAD = "ahead_s"
"""Beside the answer on the clock: seconds by which it is ahead of ours."""

NOW = "@now"
"""In a body: the time when it is sent, as ONVIF writes it."""

_REMEDY = "give it `user` and `password` of an account of the device; or they are not right"

_CAPABILITIES: Mapping[str, str] = {
    "media": "Capabilities.Media.XAddr",
    "events": "Capabilities.Events.XAddr",
    "recording": "Capabilities.Extension.Recording.XAddr",
    "search": "Capabilities.Extension.Search.XAddr",
}
"""Where devices from before `GetServices` tell their services."""


class Absent(Exception):
    """The device does not offer the service."""


class Came(NamedTuple):
    """An answer of HTTP."""

    status: int
    headers: "Mapping[str, str]"
    body: bytes
    challenges: list[str]


class Camera(Client):
    """A pool of connections to one device, and what it said of itself."""

    def __init__(
        self, target: str, url: str, connector: aiohttp.BaseConnector, who: tuple[str, str] | None
    ) -> None:
        """`who` is user and password, if there are any."""
        super().__init__(target, url, connector, {}, None)
        base = URL(url)
        self._entry = base if base.path not in {"", "/"} else base.with_path(ENTRY)
        self._services = {"device": self._entry}
        self.who = who
        self._challenges: dict[str, Challenge] = {}
        # By method: many take a token for SOAP, and want digest for pictures.
        self._open_clock = True
        """It tells its clock without a signature; where it does not, we sign by ours at first."""
        self.offset: float | None = None
        """Seconds by which the device's clock is ahead of ours."""

    async def begin(self) -> None:
        """Learn its clock and services; raises a `TargetError` for what is no such device."""
        try:
            await self.ask("device", CLOCK, {})
        except xml.Fault:
            self._open_clock = False
            try:
                await self.ask("device", CLOCK, {})
            except xml.Fault as fault:
                raise self.refused(CLOCK, fault) from None
        try:
            said = await self.ask("device", "GetServices", {"IncludeCapability": False})
        except xml.Fault:
            await self._of_before()
        else:
            self._found(said)

    def _found(self, said: object) -> None:
        names = {space: name for name, space in xml.NAMESPACES.items()}
        for one in xml.walk(said, "Service"):
            space, address = (next(iter(xml.walk(one, key)), "") for key in ("Namespace", "XAddr"))
            name = names.get(str(space))
            if name and name != "device" and (there := self.ours(str(address))):
                self._services[name] = there

    async def _of_before(self) -> None:
        try:
            said = await self.ask("device", "GetCapabilities", {"Category": "All"})
        except xml.Fault as fault:
            raise self.refused("GetCapabilities", fault) from None
        for name, path in _CAPABILITIES.items():
            if there := self.ours(str(next(iter(xml.walk(said, path)), ""))):
                self._services[name] = there

    def ours(self, address: str) -> URL | None:
        """An address that the device told, on the host of the target whatever host it names.

        A camera behind NAT tells its inner one, and a hostile one anybody's: nobody but the target
        is ever asked. Its port is believed where host and scheme are those of `url`.
        """
        base = self._entry
        if not address or len(address) > 2000:
            return None
        try:
            there = base.join(URL(address, encoded=True))
            if there.scheme not in {"http", "https"}:
                return None
            if (there.host, there.scheme) == (base.host, base.scheme):
                return there.with_user(None).with_fragment(None)
            return base.join(URL(there.raw_path_qs, encoded=True))
        except ValueError:
            return None

    @property
    def host(self) -> str:
        """The host of the target."""
        return self._entry.host or ""

    def offers(self, service: str) -> bool:
        """Whether it named such a service."""
        return service in self._services

    def refused(self, operation: str, fault: xml.Fault) -> TargetError:
        """A fault as our error."""
        what = f"{self._target}: {operation}: {clean(str(fault))}"
        return Denied(what, _REMEDY) if fault.denied else Malformed(what)

    async def ask(
        self, service: str, operation: str, body: Mapping[str, object], *, changes: bool = False
    ) -> dict[str, object]:
        """One operation and its answer.

        Raises `xml.Fault` for the device's no, `Absent`, and a `TargetError`: `Lost` where
        something that `changes` may have been done.
        """
        if service not in self._services:
            raise Absent(service)
        url, before = self._services[service], self.offset
        try:
            return await self.ask_at(url, service, operation, body, changes=changes)
        except xml.Fault as fault:
            if not fault.denied or operation == CLOCK:
                raise
            await self.ask("device", CLOCK, {})
            if abs((self.offset or 0.0) - (before or 0.0)) < JUMPED:
                raise
        # Its clock was set since we looked at it; what is denied was not done.
        return await self.ask_at(url, service, operation, body, changes=changes)

    async def ask_at(
        self,
        url: URL,
        service: str,
        operation: str,
        body: Mapping[str, object],
        *,
        changes: bool = False,
    ) -> dict[str, object]:
        """The same of an address that the device told, which `ours` has looked at."""
        where = f"{self._target}: {service} {operation}"
        open_ = operation == CLOCK and self._open_clock
        began = time.time()
        came = await self._signed(where, url, service, operation, body, open_, changes)
        try:
            if len(came.body) > SMALL:
                said = await asyncio.to_thread(xml.answer, came.body, service, operation)
            else:
                said = xml.answer(came.body, service, operation)
        except Malformed as error:
            if came.status == 401:
                raise Denied(f"{where}: status 401", _REMEDY) from None
            if not 200 <= came.status < 300:
                raise of_status(where, came.status, came.body) from None
            raise Malformed(f"{where}: {error}", error.remedy) from None
        return self._timed(said, began) if operation == CLOCK else said

    def _timed(self, said: dict[str, object], began: float) -> dict[str, object]:
        """Keep how far the clock is ahead, and put it beside what the device says of it."""
        told = seconds(said)
        if told is None:
            return {key: one for key, one in said.items() if key != AHEAD}
        self.offset = told - (began + time.time()) / 2
        return said | {AHEAD: round(self.offset, 3)}

    async def _signed(
        self,
        where: str,
        url: URL,
        service: str,
        operation: str,
        body: Mapping[str, object],
        open_: bool,
        changes: bool,
    ) -> Came:
        """Send it signed; by HTTP digest instead, and from then on, where the device wants that."""

        async def sent() -> Came:
            security = ""
            if self.who and not open_ and "POST" not in self._challenges:
                security = token(*self.who, time.time() + (self.offset or 0.0))
            filled = {key: utc(time.time()) if one == NOW else one for key, one in body.items()}
            action, data = xml.envelope(service, operation, filled, security, str(url))
            mime = f'application/soap+xml; charset=utf-8; action="{action}"'
            return await self._send(where, "POST", url, data, {"Content-Type": mime}, changes)

        came = await sent()
        return await sent() if self._challenged("POST", came) else came

    def _challenged(self, method: str, came: Came) -> bool:
        """Whether it wants digest, which can be answered from now on."""
        found = read(came.challenges) if self.who and came.status == 401 else None
        if found is not None:
            self._challenges[method] = found
        return found is not None

    async def picture(self, url: URL) -> Came:
        """What stands at the address of a snapshot, which `ours` has looked at."""
        where = f"{self._target}: GET {clean(url.path, 80)}"
        came = await self._send(where, "GET", url, b"", {}, changes=False)
        if self._challenged("GET", came):
            came = await self._send(where, "GET", url, b"", {}, changes=False)
        return came

    async def _send(
        self, where: str, method: str, url: URL, data: bytes, headers: dict[str, str], changes: bool
    ) -> Came:
        if self.who and method in self._challenges:
            said = self._challenges[method].header(*self.who, method, url.raw_path_qs)
            headers = headers | {"Authorization": said}
        self.sent += len(data)
        try:
            async with self._session.request(
                method, url, data=data or None, headers=headers, allow_redirects=False
            ) as response:
                body = await self._body(where, response)
                wanted = list(response.headers.getall("WWW-Authenticate", []))
                return Came(response.status, dict(response.headers), body, wanted)
        except (aiohttp.ClientConnectorError, ssl.SSLError, aiohttp.InvalidURL) as error:
            raise of_failure(where, error) from None
        except Refusal as refusal:
            raise refusal.error from None
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            failed = of_failure(where, error)
            raise (
                Lost(f"{failed}: whether it was done is not known") if changes else failed
            ) from (None)
