"""The sockets: one for the API, which may fall and rise again, and one for the tests' commands."""

import asyncio
import contextlib
import ssl
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any  # settings are of any kind

import msgspec
from aiohttp import web

from tests.servers.kubernetes.api import Api
from tests.servers.kubernetes.cluster import Cluster, Settings
from tests.servers.kubernetes.control import Control
from tests.servers.kubernetes.controllers import Controllers
from tests.servers.kubernetes.refusal import Json


class Options(msgspec.Struct):
    """How a server is to be started."""

    address: str
    control: str
    port: int
    ring: int = 10_000
    settings: Json = msgspec.field(default_factory=dict[str, Any])
    certificate: str = ""
    key: str = ""
    clients: str = ""
    """The authority whose client certificates are let in."""


@dataclass(slots=True)
class Serving:
    """A server that runs in the loop of whoever calls."""

    options: Options
    cluster: Cluster = field(init=False)
    context: ssl.SSLContext | None = None
    connections: int = 0
    """How many were taken for the API so far."""
    _listening: asyncio.Server | None = None
    _handlers: web.Server | None = None
    _commands: web.Server | None = None
    _control: asyncio.Server | None = None
    _controllers: Controllers | None = None

    async def start(self) -> None:
        """Listen on both sockets."""
        told = self.options
        self.cluster = Cluster(Settings(**told.settings), told.ring)
        if told.certificate:
            self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.certify(told.certificate, told.key, told.clients)
        self._controllers = Controllers(self.cluster)
        control = Control(self.cluster, self, self._controllers)
        loop = asyncio.get_running_loop()
        self._commands = web.Server(control.handle)
        await self.rise()
        self._control = await loop.create_server(self._commands, told.control, told.port)

    def certify(self, certificate: str, key: str, clients: str = "") -> None:
        """Use these files for connections from now on."""
        assert self.context is not None
        self.context.load_cert_chain(certificate, key)
        if clients:
            self.context.load_verify_locations(clients)
            self.context.verify_mode = ssl.CERT_OPTIONAL

    async def rise(self) -> None:
        """Listen for requests of the API."""
        told = self.options
        loop = asyncio.get_running_loop()
        self._handlers = web.Server(Api(self.cluster).handle, handler_cancellation=True)
        self._listening = await loop.create_server(
            self._connection, told.address, told.port, ssl=self.context, backlog=1024
        )

    def _connection(self) -> asyncio.BaseProtocol:
        assert self._handlers is not None
        self.connections += 1
        return self._handlers()

    async def fall(self) -> None:
        """End every connection, and refuse new ones."""
        if self._listening is not None:
            self._listening.close()
        self.cluster.hang_up()
        if self._handlers is not None:
            await self._handlers.shutdown(1)

    async def stop(self) -> None:
        """End all of it."""
        await self.fall()
        if self._control is not None:
            self._control.close()
        if self._commands is not None:
            await self._commands.shutdown(1)
        if self._controllers is not None:
            await self._controllers.stop()


async def serve(
    options: Options, stopped: Callable[[], Awaitable[object]], started: Callable[[], None]
) -> None:
    """Serve until `stopped` returns."""
    serving = Serving(options)
    await serving.start()
    started()
    await stopped()
    await serving.stop()


def main() -> None:
    """As a process of its own, which ends with its standard input."""
    options = msgspec.json.decode(sys.argv[1], type=Options)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        await serve(options, lambda: loop.run_in_executor(None, sys.stdin.read), _ready)

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run())


def _ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
