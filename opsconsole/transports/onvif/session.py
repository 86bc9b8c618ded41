"""A live way to one device: calls of an exchange one after the other, each answered or at fault."""

import json
import time
from collections.abc import Callable, Mapping

from yarl import URL

from opsconsole.clean import clean
from opsconsole.errors import Denied, Lost, Malformed, TargetError
from opsconsole.ports import Answer
from opsconsole.question import Part, SoapAnswer, SoapCall, joined
from opsconsole.transports.http.faults import ends_session
from opsconsole.transports.live import LiveSession
from opsconsole.transports.onvif import event, rtsp
from opsconsole.transports.onvif.client import CLOCK, Absent, Camera
from opsconsole.transports.onvif.xml import Fault, walk

Said = list[SoapAnswer]


class OnvifSession(LiveSession):
    """Cameras are weak: one is asked one thing at a time in each exchange."""

    def __init__(
        self,
        target: str,
        questions: Mapping[str, tuple[SoapCall, ...]],
        camera: Camera,
        deliver: Callable[[Answer], None],
        closed: Callable[["OnvifSession"], None],
    ) -> None:
        """`closed` is called when all is let go."""
        super().__init__(target, deliver, closed)
        self._questions = questions
        self._camera = camera

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes of answers received, and of requests sent, without headers."""
        return self._camera.received, self._camera.sent

    async def reach(self) -> None:
        """Learn its clock and services, and whether we are let in; raises a `TargetError`."""
        await self._camera.begin()
        try:
            await self._camera.ask("device", "GetDeviceInformation", {})
        except Fault as fault:
            if fault.denied:
                raise self._camera.refused("GetDeviceInformation", fault) from None

    async def _answer(self, exchange: str) -> None:
        try:
            calls = self._questions.get(exchange)
            if calls is None:
                raise self._unknown(exchange)
            now = _Round()
            said = [await self._called(call, now) for call in calls]
            await self._let_in(said)
        except TargetError as error:
            if ends_session(error) or isinstance(error, Denied):
                self.fail(error)
            else:
                self._give(Answer(exchange, b"", time.time(), error))
        else:
            parts = [Part(200, json.dumps(one, ensure_ascii=False).encode()) for one in said]
            self._give(Answer(exchange, joined(parts), time.time()))

    async def _let_in(self, said: list[Said]) -> None:
        """Where nothing is answered for want of rights, see whether we are let in at all."""
        errors = [one.error for all_ in said for one in all_ if one.error != "absent"]
        if "denied" in errors and "" not in errors:
            try:
                await self._camera.ask("device", "GetDeviceInformation", {})
            except Fault as fault:
                if fault.denied:
                    raise self._camera.refused("GetDeviceInformation", fault) from None

    async def _called(self, call: SoapCall, now: "_Round") -> Said:
        """All answers to a call."""
        if id(call) not in now.known:
            other = call.instead
            if other is not None and not self._camera.offers(call.service):
                now.known[id(call)] = await self._called(other, now)
            elif call.of is None:
                now.known[id(call)] = [await self._one(call, "", now)]
            else:
                items = _items(call, await self._called(call.of, now))
                now.known[id(call)] = [await self._one(call, one, now) for one in items]
        return now.known[id(call)]

    async def _one(self, call: SoapCall, item: str, now: "_Round") -> SoapAnswer:
        began = time.time()
        error, said = "", dict[str, object]()
        there: Mapping[str, object] = {}
        try:
            body = {key: _filled(value, item) for key, value in call.body.items()}
            said = await self._camera.ask(call.service, call.operation, body)
            at = (began + time.time()) / 2
            there = await self._also(call.also, said, now)
        except Absent:
            error, at = "absent", began
        except Fault as fault:
            error, at = _word(fault), began
        except (Malformed, Lost) as failed:
            # One operation may crash its server; only of the simplest that tells all is lost.
            if call.operation == CLOCK:
                raise
            error, at = clean(str(failed), 200), began
        return SoapAnswer(item, at, error, said, there)

    async def _also(
        self, also: str, said: Mapping[str, object], now: "_Round"
    ) -> Mapping[str, object]:
        if also == "events":
            return await event.pulled(self._camera, said)
        address = str(next(iter([*walk(said, "MediaUri.Uri"), *walk(said, "Uri")]), ""))
        if also == "picture":
            return await self._picture(self._camera.ours(address))
        return await self._stream(address, now) if also == "rtsp" else {}

    async def _picture(self, url: URL | None) -> Mapping[str, object]:
        if url is None:
            return {"status": 0}
        came = await self._camera.picture(url)
        return {
            "status": came.status,
            "bytes": len(came.body),
            "whole": came.body[:2] == b"\xff\xd8" and came.body.rstrip(b"\0")[-2:] == b"\xff\xd9",
            "modified": next(
                (one for name, one in came.headers.items() if name.lower() == "last-modified"), ""
            ),
        }

    async def _stream(self, address: str, now: "_Round") -> Mapping[str, object]:
        """Ask for it on the target's own host, whatever host the device names."""
        host = self._camera.host
        try:
            uri = URL(address, encoded=True)
            if uri.scheme != "rtsp" or not uri.host or not address.isascii():
                return {"uri": "", "answered": "no address of RTSP"}
            inner = uri.host
            uri = uri.with_user(None).with_host(host)
        except ValueError:
            return {"uri": "", "answered": "no address of RTSP"}
        answered, took = rtsp.AWAY, 0.0
        if uri.port not in now.silent:
            answered, took = await rtsp.described(uri, self._camera.who)
        if answered == rtsp.AWAY:
            now.silent.add(uri.port)
        return {"uri": str(uri), "inner": inner, "answered": answered, "took_ms": took}

    async def _let_go(self) -> None:
        await self._camera.close()


class _Round:
    """What was asked already within one exchange."""

    def __init__(self) -> None:
        self.known: dict[int, Said] = {}
        """Answers, by identity of their calls."""
        self.silent: set[int | None] = set()
        """Ports of streams where nobody listens: of 64 profiles, one waits for that."""


def _items(call: SoapCall, listed: Said) -> list[str]:
    found = [str(item) for one in listed for item in walk(one.said, call.items)]
    return list(dict.fromkeys(item for item in found if 0 < len(item) <= 200))[: call.most]


def _filled(value: object, item: str) -> object:
    return item if value == "*" else value


def _word(fault: Fault) -> str:
    return "denied" if fault.denied else "absent" if fault.absent else clean(str(fault), 200)
