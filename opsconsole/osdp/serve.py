"""The gateway: hears its line, keeps its doors, answers as an access controller does."""

import asyncio
import contextlib
import re
import signal
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from opsconsole import __version__
from opsconsole.clean import clean
from opsconsole.errors import Unreachable
from opsconsole.osdp.digest import Door as Keeper
from opsconsole.osdp.layout import Layout
from opsconsole.osdp.line import Line
from opsconsole.osdp.panel import Panel, moment

if TYPE_CHECKING:
    from aiohttp import web

TICK_S = 0.5
MOST = 16 << 10
"""Bytes of a request."""

_ONCE = re.compile(rb"<RemoteControlDoor( [^<>]*)?><cmd>open</cmd></RemoteControlDoor>")
_ACCESS = "/ISAPI/AccessControl"


class Gateway:
    """A line and its doors."""

    def __init__(self, layout: Layout, keys: Mapping[int, str]) -> None:
        self.layout = layout
        self.url = ""
        self.panel = Panel(layout)
        self._loop = asyncio.get_running_loop()
        self.line = Line(layout, keys, self._heard, self._done)

    def _heard(self, address: int, what: str, said: bytes) -> None:
        self._loop.call_soon_threadsafe(self.hear, address, what, said)

    def _done(self, address: int, output: int, done: bool) -> None:
        self._loop.call_soon_threadsafe(
            lambda: self.panel.released(address, output, done, time.time())
        )

    def hear(self, address: int, what: str, said: bytes) -> None:
        """Take what a device says."""
        at = time.time()
        if what == "online":
            self.panel.online(address, said == b"\x01", at)
            if said == b"\x01":
                self.line.ask(address)
        elif what == "inputs":
            self.panel.inputs(address, said, at)
        elif what == "local" and said:
            self.panel.tamper(address, said[0] != 0, at)
        elif what == "card":
            self.panel.card(address, said.hex()[:40], at)

    async def watch(self) -> None:
        """Let time pass, for good."""
        while True:
            self.panel.tick(time.time())
            self.line.look(time.monotonic())
            await asyncio.sleep(TICK_S)

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, object]:
        """A status and a document; what is not known is refused as controllers do."""
        told = self._told(path) if method == "GET" else None
        if told is not None:
            return 200, told
        if (method, path) == ("POST", f"{_ACCESS}/AcsEvent"):
            return self._searched(body)
        number = path.removeprefix(f"{_ACCESS}/RemoteControl/door/")
        if method == "PUT" and number.isdecimal() and len(number) < 4 and _ONCE.fullmatch(body):
            return self._opened(int(number))
        return 403, _status(4, "Invalid Operation", "notSupport")

    def _told(self, path: str) -> object:
        name = path.removeprefix(f"{_ACCESS}/Door/param/")
        door = self.panel.door(int(name)) if name.isdecimal() and len(name) < 4 else None
        if door is not None:
            return {"DoorParam": {"doorName": door.name}}
        known: dict[str, object] = {
            f"{_ACCESS}/AcsWorkStatus": {"AcsWorkStatus": self.panel.work()},
            "/ISAPI/System/time": {"Time": {"localTime": moment(time.time())}},
            "/ISAPI/System/deviceInfo": {
                "DeviceInfo": {
                    "deviceName": self.layout.name,
                    "model": "opsconsole osdp-gateway",
                    "firmwareVersion": __version__,
                    "serialNumber": self.layout.device,
                }
            },
        }
        return known.get(path)

    def _searched(self, body: bytes) -> tuple[int, object]:
        try:
            asked = msgspec.json.decode(body, type=dict[str, dict[str, Any]])
        except (msgspec.DecodeError, RecursionError):
            return 400, _status(6, "Invalid Content", "badJsonFormat")
        return 200, {"AcsEvent": self.panel.search(asked.get("AcsEventCond", {}))}

    def _opened(self, number: int) -> tuple[int, object]:
        asked = self.panel.release(number, time.time())
        if asked is None or not self.line.output(*asked):
            return 403, _status(3, "Device Error", "no lock there, or its reader is offline")
        return 200, _status(1, "OK", "ok")


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _status(code: int, text: str, sub: str) -> object:
    return {"ResponseStatus": {"statusCode": code, "statusString": text, "subStatusCode": sub}}


async def run(layout: Layout, told: Callable[[str], None]) -> None:
    """Serve until the process is told to end; raises a `TargetError`."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with serving(layout) as gateway:
        told(gateway.url)
        await ended.wait()


@contextlib.asynccontextmanager
async def serving(layout: Layout) -> AsyncGenerator[Gateway, None]:
    """A gateway within the context; raises a `TargetError` for a port that cannot be had."""
    keys = {one.address: await one.key.reveal() for one in layout.readers if one.key}
    keeper = Keeper(layout.user, await layout.password.reveal())
    gateway = Gateway(layout, keys)
    watching = asyncio.get_running_loop().create_task(gateway.watch())
    try:
        async with _site(gateway, keeper):
            yield gateway
    finally:
        watching.cancel()
        await asyncio.wait([watching])
        await asyncio.to_thread(gateway.line.close)


@contextlib.asynccontextmanager
async def _site(gateway: Gateway, keeper: Keeper) -> AsyncGenerator[None, None]:
    from aiohttp import web

    async def handle(request: "web.Request") -> "web.Response":
        said = request.headers.get("Authorization", "")
        why = keeper.judge(request.method, request.raw_path, said) if said else "nothing"
        if why:
            challenge = {"WWW-Authenticate": keeper.challenge(why == "stale")}
            return web.Response(status=401, headers=challenge)
        body = await request.read()
        status, document = gateway.answer(request.method, request.path, body)
        return web.Response(
            status=status, body=msgspec.json.encode(document), content_type="application/json"
        )

    host, port = gateway.layout.host, gateway.layout.port
    app = web.Application(client_max_size=MOST)
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
            gateway.url = f"http://{_shown(host)}:{runner.addresses[0][1]}"
        except OSError as error:
            raise Unreachable(f"cannot listen on {host}:{port}: {clean(str(error))}") from None
        yield
    finally:
        await runner.cleanup()
