"""`opsconsole export`: samples and alerts for a Prometheus on this machine."""

import asyncio
import contextlib
import ipaddress
import signal
import time
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from opsconsole import registry
from opsconsole.alert import Alert, Alerts, Phase
from opsconsole.clean import clean
from opsconsole.cli.asking import load_estate, only, select
from opsconsole.cli.entry import tell
from opsconsole.engine import watching
from opsconsole.errors import UsageError
from opsconsole.estate import Estate
from opsconsole.estate.table import nearest
from opsconsole.exposition import CONTENT_TYPE, Newest, exposition, keep
from opsconsole.ports import ConsoleEnd, Samples

if TYPE_CHECKING:
    from aiohttp import web

PATH = "/metrics"


def run_export(
    path: Path | None, targets: Sequence[str], probes: Sequence[str], listen: str
) -> int:
    """Serve until it is ended; returns 0, or 2 when the port is taken."""
    host, port = address(listen)
    estate = load_estate(path)
    estate = only(estate, select(estate, targets))
    pairs = _pairs(estate, probes)
    return asyncio.run(_export(estate, pairs, host, port))


def address(listen: str) -> tuple[str, int]:
    """Read `ADDRESS:PORT`; raises `UsageError` for any that others can reach."""
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not port.isdigit() or not 0 < int(port) < 65536 or not loopback:
        raise UsageError(
            f"cannot listen on {str(clean(listen))!r}: there is no password, so that only"
            " addresses of this machine will do: 127.0.0.1:9464, [::1]:9464."
            " Let a proxy with authentication serve others"
        )
    return host, int(port)


def _pairs(estate: Estate, probes: Sequence[str]) -> list[tuple[str, str]]:
    """What is looked at, besides the probes that always are."""
    known = registry.probes()
    for probe in probes:
        if probe not in known:
            near = nearest(probe, known)
            hint = f"did you mean {near[0]!r}?" if near else "all of them: opsconsole panes"
            raise UsageError(f"there is no probe {str(clean(probe))!r} ({hint})")
    return [
        (probe, target.id)
        for target in estate.targets
        for probe in probes
        if probe.partition(".")[0] == target.kind
    ]


async def _export(estate: Estate, pairs: list[tuple[str, str]], host: str, port: int) -> int:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    gathered = Gathered()
    async with watching(estate, pairs, judged=True) as console:
        listening = asyncio.get_running_loop().create_task(gathered.listen(console))
        try:
            async with serving(gathered, host, port):
                where = f"[{host}]" if ":" in host else host
                tell(f"serving http://{where}:{port}{PATH}, ctrl-c ends it", 0)
                await ended.wait()
        except OSError as error:
            return tell(f"cannot listen on {host}:{port}: {error.strerror}")
        finally:
            listening.cancel()
            await asyncio.wait([listening])
    return 0


class Gathered:
    """The newest of everything."""

    def __init__(self) -> None:
        self.newest: Newest = {}
        self.alerts: dict[str, Alert] = {}

    async def listen(self, console: ConsoleEnd) -> None:
        """Take what a collector says, for good."""
        while True:
            message = await console.receive()
            if isinstance(message, Samples):
                keep(self.newest, message.samples)
            elif isinstance(message, Alerts):
                self.take(message)

    def take(self, message: Alerts) -> None:
        """Note alerts that changed, or all of them."""
        if message.whole:
            self.alerts.clear()
        for alert in message.alerts:
            if alert.phase is Phase.RESOLVED:
                self.alerts.pop(alert.id, None)
            else:
                self.alerts[alert.id] = alert

    def text(self) -> str:
        """All of it as OpenMetrics."""
        samples = list(self.newest.values())
        return exposition(samples, registry.probes(), self.alerts.values(), time.time())


@contextlib.asynccontextmanager
async def serving(gathered: Gathered, host: str, port: int) -> AsyncGenerator[None, None]:
    """Answer `GET /metrics` within the context; raises `OSError` when the port is taken."""
    from aiohttp import web

    async def metrics(request: "web.Request") -> "web.Response":
        if not _ours(request.host):
            raise web.HTTPForbidden(text="ask for this machine by its own address\n")
        headers = {"Content-Type": CONTENT_TYPE, "X-Content-Type-Options": "nosniff"}
        response = web.Response(body=gathered.text().encode(), headers=headers)
        response.enable_compression()
        return response

    app = web.Application()
    app.router.add_get(PATH, metrics)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        await runner.cleanup()


def _ours(host: str) -> bool:
    """Whether a request was meant for a loopback address: no name that a web page made up."""
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
