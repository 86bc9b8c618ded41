"""All controllers: a client for each that proves who we are without sending the password."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import msgspec
from aiohttp import DigestAuthMiddleware

from opsconsole.clean import clean
from opsconsole.errors import Malformed, Refused
from opsconsole.model import Target
from opsconsole.question import HttpRequest, IsapiRequest, Part
from opsconsole.secret import Secret
from opsconsole.transports.http.client import Client, Refusal
from opsconsole.transports.http.pool import Pool as HttpPool
from opsconsole.transports.http.pool import written as plain
from opsconsole.transports.isapi.document import document

_READ = re.compile(r"/ISAPI/[!-~]*")
_SEARCH = "/ISAPI/AccessControl/AcsEvent?format=json"
_OPEN = re.compile(r"/ISAPI/AccessControl/RemoteControl/door/[1-9]\d{0,2}")
_ONCE = re.compile(r"<RemoteControlDoor( [^<>]*)?><cmd>open</cmd></RemoteControlDoor>")
_REBOOT = "/ISAPI/System/reboot"

_DONE = frozenset({1, 7})
"""`statusCode` of an answer: done; done once it has restarted."""

Log = dict[str, Any]  # of a stranger: looked at by type at each step


class Controller(Client):
    """A client that reads both languages of ISAPI, and remembers since when a state is seen."""

    def __init__(self, *all_: Any, **session: Any) -> None:  # Any: as of `Client`
        super().__init__(*all_, **session)
        self._kept: dict[HttpRequest, tuple[float, Part]] = {}
        self._seen: dict[HttpRequest, list[tuple[object, float]]] = {}

    async def fetch(self, request: HttpRequest) -> Part:
        """The answer as `question.IsapiRequest` says; raises as `Client.fetch` does."""
        keep = request.keep if isinstance(request, IsapiRequest) else 0.0
        kept = self._kept.get(request)
        if kept and time.monotonic() < kept[0]:
            return kept[1]
        part = await self._fetched(request)
        if keep:
            self._kept[request] = (time.monotonic() + keep, part)
        return part

    async def _fetched(self, request: HttpRequest) -> Part:
        began = time.time()
        part = await super().fetch(request)
        at = (began + time.time()) / 2
        said = self._read(request, part)
        if isinstance(request, IsapiRequest) and request.newest and (there := behind(said)):
            part = await super().fetch(replace(request, body=_turned(request.body, there)))
            said = self._read(request, part)
        since = self._since(request, said, at)
        return Part(part.status, msgspec.json.encode({"at": at, "since": since, "said": said}))

    def _read(self, request: HttpRequest, part: Part) -> object:
        where = f"{self._target}: {request.method} {request.path.partition('?')[0]}"
        try:
            return document(where, part.body)
        except Malformed as error:
            if part.status in request.statuses:
                return None  # a page that says so in HTML
            raise Refusal(part.status, error) from None

    def _since(self, request: HttpRequest, said: object, at: float) -> list[float]:
        """Since when each item of the list has had its value, as far as it was seen."""
        keys = request.since if isinstance(request, IsapiRequest) else ()
        for key in keys:
            said = cast("Log", said).get(key) if isinstance(said, dict) else None
        if not keys or not isinstance(said, list):
            return []
        before = self._seen.get(request, [])
        now = [
            before[i] if i < len(before) and before[i][0] == value else (value, at)
            for i, value in enumerate(cast("list[object]", said))
        ]
        self._seen[request] = now
        return [when for _, when in now]


def behind(said: object) -> int:
    """Where the last page of a log begins that was told from its oldest entry on; 0 for none."""
    found = cast("Log", said).get("AcsEvent") if isinstance(said, dict) else None
    log = cast("Log", found) if isinstance(found, dict) else {}
    entries, total = log.get("InfoList"), log.get("totalMatches")
    if not isinstance(entries, list) or not isinstance(total, int):
        return 0
    numbers = [
        number
        for one in cast("list[object]", entries)
        if isinstance(one, dict) and isinstance(number := cast("Log", one).get("serialNo"), int)
    ]
    oldest_first = len(numbers) > 1 and numbers[0] < numbers[-1]
    return max(0, total - len(numbers)) if oldest_first else 0


def _turned(body: bytes, position: int) -> bytes:
    """The same search from another place on."""
    asked: Log = msgspec.json.decode(body)
    asked["AcsEventCond"]["searchResultPosition"] = position
    return msgspec.json.encode(asked)


class Pool(HttpPool):
    """Opens sessions; what differs from HTTP is how one signs in, and that few calls go out."""

    client = Controller

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call; see `IsapiTransport`."""
        status, head, said = await self._called(target, argv)
        if argv[1] == _SEARCH and not status and (there := behind(said)):
            body = _turned(argv[2].encode(), there).decode()
            status, head, said = await self._called(target, (*argv[:2], body))
        heard(head + b"\n" + msgspec.json.encode(said))
        return status or _refused(said)

    async def _called(self, target: Target, argv: tuple[str, ...]) -> tuple[int, bytes, object]:
        told = bytearray()
        status = await super().call(target, argv, told.extend)
        head, _, body = bytes(told).partition(b"\n")
        try:
            return status, head, document(target.id, body)
        except Malformed:
            if not status and argv[0] == "GET":
                raise
            return status, head, None

    async def client_of(self, target: Target) -> Client:
        """One that proves who it is by digest; raises a `TargetError`."""
        password = target.settings.get("password")
        if not isinstance(password, Secret):
            return await self._connected(target, {})
        digest = DigestAuthMiddleware(target.user or "", await password.reveal())
        return await self._connected(target, {}, middlewares=(digest,))

    @staticmethod
    def written(target: Target, argv: tuple[str, ...]) -> HttpRequest:
        """The request that words stand for; raises `Refused` for all but a few."""
        request = plain(target, argv)
        method, path, body = request.method, request.path, request.body.decode()
        if method == "PUT" and _OPEN.fullmatch(path) and _ONCE.fullmatch(body):
            return replace(request, headers=(("Content-Type", "application/xml"),))
        if (
            (method == "GET" and _READ.fullmatch(path) and not body)
            or (method == "POST" and path == _SEARCH and _is_search(body))
            or (method == "PUT" and path == _REBOOT and not body)
        ):
            return request
        said = clean(" ".join(argv[:3]), 120)
        raise Refused(
            f"{target.id}: {said!r} is not sent: only reading, opening once and a restart are",
            "argument",
        )


def _is_search(body: str) -> bool:
    try:
        asked: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return False
    one = cast("Log", asked) if isinstance(asked, dict) else {}
    return isinstance(one.get("AcsEventCond"), dict)


def _refused(said: object) -> int:
    """The controller's own code of an answer that says no, though HTTP says yes."""
    one = cast("Log", said) if isinstance(said, dict) else {}
    inner = one.get("ResponseStatus", one)
    code = cast("Log", inner).get("statusCode") if isinstance(inner, dict) else None
    number = int(code) if isinstance(code, int | str) and str(code).isdecimal() else 1
    return 0 if number in _DONE else min(number, 255) or 1
