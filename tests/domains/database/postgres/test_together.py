"""A real server watched by a collector with its rules: told, lost, reached again."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field, replace

import pytest

from opsconsole.alert import Alert, Alerts, Phase
from opsconsole.engine import watching
from opsconsole.estate import Estate
from opsconsole.model import Level, Sample
from opsconsole.ports import ConsoleEnd, Samples
from tests.servers.postgres import Server

pytestmark = pytest.mark.server

LOOKS = ("session", "lock", "statement", "table", "setting")


@dataclass
class Seen:
    """What was heard."""

    console: ConsoleEnd
    samples: dict[str, Sample] = field(default_factory=dict[str, Sample])
    alerts: dict[str, Alert] = field(default_factory=dict[str, Alert])

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(90):
            while not true():
                message = await self.console.receive()
                if isinstance(message, Samples):
                    self.samples.update({one.probe: one for one in message.samples})
                elif isinstance(message, Alerts):
                    self.alerts.update({one.rule: one for one in message.alerts})

    def state(self, probe: str) -> str:
        sample = self.samples.get(f"postgres.{probe}")
        if sample is None:
            return "waiting"
        return sample.fault.kind if sample.fault else "live"

    def phase(self, rule: str) -> Phase | None:
        alert = self.alerts.get(f"postgres.{rule}")
        return alert.phase if alert else None


@contextlib.asynccontextmanager
async def seen(server: Server) -> AsyncGenerator[Seen]:
    fast = {"health": 0.5, "sessions": 0.5, "statements": 0.5}
    target = replace(server.target(), intervals=fast)
    pairs = [(f"postgres.{name}", "db") for name in LOOKS]
    async with watching(Estate((target,)), pairs, judged=True) as console:
        yield Seen(console)


async def test_what_is_looked_at_comes_and_an_alert_is_raised_and_over(server: Server) -> None:
    async with seen(server) as view:
        await view.until(lambda: all(view.state(name) == "live" for name in LOOKS))
        await view.until(lambda: view.state("health") == "live")
        with contextlib.ExitStack() as crowd:
            for _ in range(34):
                crowd.enter_context(server.connect("bare"))
            await view.until(lambda: view.phase("connections-full") is Phase.OPEN)
            alert = view.alerts["postgres.connections-full"]
            assert alert.level in {Level.WARN, Level.CRIT}
        await view.until(lambda: view.phase("connections-full") is Phase.RESOLVED)


async def test_one_that_crashes_is_told_and_comes_back(server: Server) -> None:
    async with seen(server) as view:
        await view.until(lambda: view.state("health") == "live")
        server.stop(signal.SIGQUIT)
        await view.until(lambda: view.state("health") in {"lost", "unreachable"})
        await asyncio.to_thread(server.start)
        await view.until(lambda: view.state("health") == "live")
        await view.until(lambda: view.state("session") == "live")
