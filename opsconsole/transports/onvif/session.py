"""A live way to one device: calls of an exchange one after the other, each answered or at fault."""

import json
import time
from collections.abc import Callable, Mapping

from yarl import URL

from opsconsole.clean import clean
from opsconsole.errors import Denied, Malformed, TargetError
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
            known: dict[int, Said] = {}
            said = [await self._called(call, known) for call in calls]
            self._let_in(exchange, said)
        except TargetError as error:
            if ends_session(error) or isinstance(error, Denied):
                self.fail(error)
            else:
                self._give(Answer(exchange, b"", time.time(), error))
        else:
            parts = [Part(200, json.dumps(one, ensure_ascii=False).encode()) for one in said]
            self._give(Answer(exchange, joined(parts), time.time()))

    def _let_in(self, exchange: str, said: list[Said]) -> None:
        """End it where all that needs a password was denied: it has another one by now."""
        errors = [one.error for all_ in said for one in all_ if one.error != "absent"]
        if errors and all(error == "denied" for error in errors if error) and "" not in errors:
            raise Denied(f"{self.target}: {exchange}: all of it is denied",
                         "give it `user` and `password`; or they are not right")  # fmt: skip

    async def _called(self, call: SoapCall, known: dict[int, Said]) -> Said:
        """All answers to a call; `known` has what was asked already in this exchange."""
        if id(call) not in known:
            other = call.instead
            if other is not None and not self._camera.offers(call.service):
                known[id(call)] = await self._called(other, known)
            elif call.of is None:
                known[id(call)] = [await self._one(call, "")]
            else:
                listed = await self._called(call.of, known)
                known[id(call)] = [await self._one(call, one) for one in _items(call, listed)]
        return known[id(call)]

    async def _one(self, call: SoapCall, item: str) -> SoapAnswer:
        began = time.time()
        error, said = "", dict[str, object]()
        there: Mapping[str, object] = {}
        try:
            body = {key: _filled(value, item) for key, value in call.body.items()}
            said = await self._camera.ask(call.service, call.operation, body)
            at = (began + time.time()) / 2
            there = await self._also(call.also, said)
        except Absent:
            error, at = "absent", began
        except Fault as fault:
            error, at = _word(fault), began
        except Malformed as malformed:
            if call.operation == CLOCK:
                raise
            error, at = clean(str(malformed), 200), began
        return SoapAnswer(item, at, error, said, there)

    async def _also(self, also: str, said: Mapping[str, object]) -> Mapping[str, object]:
        if also == "events":
            return await event.pulled(self._camera, said)
        address = str(next(iter([*walk(said, "MediaUri.Uri"), *walk(said, "Uri")]), ""))
        if also == "picture":
            return await self._picture(self._camera.ours(address))
        return await self._stream(address) if also == "rtsp" else {}

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

    async def _stream(self, address: str) -> Mapping[str, object]:
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
        answered, took = await rtsp.described(uri, self._camera.who)
        return {"uri": str(uri), "inner": inner, "answered": answered, "took_ms": took}

    async def _let_go(self) -> None:
        await self._camera.close()


def _items(call: SoapCall, listed: Said) -> list[str]:
    found = [str(item) for one in listed for item in walk(one.said, call.items)]
    return list(dict.fromkeys(item for item in found if 0 < len(item) <= 200))[: call.most]


def _filled(value: object, item: str) -> object:
    return item if value == "*" else value


def _word(fault: Fault) -> str:
    return "denied" if fault.denied else "absent" if fault.absent else clean(str(fault), 200)
