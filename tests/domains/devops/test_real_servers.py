"""A real Prometheus and a real Alertmanager, watched as a console would."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Generator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from opsconsole import registry
from opsconsole.alert import Alert, Phase
from opsconsole.engine import watching
from opsconsole.errors import Untrusted
from opsconsole.estate import Estate
from opsconsole.foreign import Inbox
from opsconsole.model import Row, Sample, Target
from opsconsole.ports import ConsoleEnd, Samples
from opsconsole.secret import Secret
from tests.servers.authority import Authority
from tests.servers.monitoring import Server, alertmanager, prometheus
from tests.transports.http.scene import opened

pytestmark = pytest.mark.server

NOWHERE = "127.77.19.1:9"
RULES = """
groups:
- name: g
  rules:
  - alert: Down
    expr: up == 0
    labels: {severity: critical}
    annotations: {summary: "{{ $labels.instance }} does not answer"}
  - alert: Slow
    expr: up == 0
    labels: {severity: warning}
"""
HOST = Target("web-1", "host", "ssh", NOWHERE.partition(":")[0])
FAST: dict[str, float] = dict.fromkeys(
    ("alerts", "silences", "status", "health", "targets", "rules"), 1.0
)


@pytest.fixture
def pair(tmp_path: Path) -> Generator[tuple[Server, Server], None, None]:
    """An Alertmanager, and a Prometheus that tells it of a host that is down."""
    with (
        alertmanager(tmp_path) as keeper,
        prometheus(tmp_path, {"self": NOWHERE}, RULES, keeper.where) as finder,
    ):
        yield keeper, finder


@dataclass(slots=True)
class Seen:
    """What was heard, and the list of alerts it makes."""

    console: ConsoleEnd
    inbox: Inbox
    samples: dict[str, Sample] = field(default_factory=dict[str, Sample])

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(90):
            while not true():
                message = await self.console.receive()
                if isinstance(message, Samples):
                    self.inbox.take(message.samples)
                    self.samples.update({one.probe: one for one in message.samples})

    def alert(self, title: str, origin: str = "am") -> Alert | None:
        found = [one for one in self.inbox.alerts if (one.title, one.origin) == (title, origin)]
        return found[0] if found else None

    def rows(self, probe: str) -> list[Row]:
        return (self.samples[probe].rows or []) if probe in self.samples else []

    def fault(self, probe: str) -> str:
        fault = self.samples[probe].fault if probe in self.samples else None
        return fault.kind if fault else ""


@contextlib.asynccontextmanager
async def seen(*targets: Target) -> AsyncGenerator[Seen, None]:
    pairs = [("prometheus.scrape", "prom"), ("prometheus.rule", "prom")]
    known = {target.id for target in targets}
    async with watching(Estate(targets), [one for one in pairs if one[1] in known]) as console:
        yield Seen(console, Inbox((*targets, HOST), registry.integrations()))


def am(server: Server) -> Target:
    return Target("am", "alertmanager", "http", settings={"url": server.url}, intervals=FAST)


def prom(server: Server) -> Target:
    return Target("prom", "prometheus", "http", settings={"url": server.url}, intervals=FAST)


async def test_alerts_come_with_their_silences_and_causes(pair: tuple[Server, Server]) -> None:
    keeper, finder = pair
    async with seen(am(keeper), prom(finder)) as view:
        await view.until(lambda: view.alert("Down") is not None)
        await view.until(lambda: bool((slow := view.alert("Slow")) and slow.cause))
        down, slow = view.alert("Down"), view.alert("Slow")
        assert down is not None
        assert slow is not None
        assert (down.target, down.why) == ("web-1", f"{NOWHERE} does not answer")
        assert (slow.cause, slow.calls, down.calls) == (down.id, False, True)
        await view.until(lambda: "prometheus.rule" in view.samples)
        assert len(view.inbox.alerts) == 2  # Prometheus tells of the same two

        matcher = {"name": "alertname", "value": "Down", "isRegex": False}
        times = {"startsAt": "2020-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z"}
        asked = {"matchers": [matcher], **times, "createdBy": "alice", "comment": "known"}
        said = json.loads(keeper.post("/api/v2/silences", json.dumps(asked).encode()))
        await view.until(lambda: bool((now := view.alert("Down")) and now.silenced))
        await view.until(lambda: bool(view.inbox.silences))
        (silence,) = view.inbox.silences
        assert silence.id == f"am:{said['silenceID']}"
        assert (silence.who, silence.reason, silence.match) == (
            "alice",
            "known",
            'alertname="Down"',
        )

        await view.until(lambda: bool(view.rows("prometheus.scrape")))
        await view.until(lambda: bool(view.rows("prometheus.rule")))
        (scrape,) = view.rows("prometheus.scrape")
        assert (scrape[2], scrape[3]) == (NOWHERE, "down")
        assert [row[1] for row in view.rows("prometheus.rule")] == ["Down", "Slow"]
        await view.until(lambda: {"alertmanager.status", "prometheus.health"} <= set(view.samples))
        assert view.rows("prometheus.health")[0][0] == "ready"
        assert view.rows("alertmanager.status")[0][1] == "disabled"


async def test_without_a_console_they_are_listed_with_who_found_them(
    pair: tuple[Server, Server], tmp_path: Path
) -> None:
    """`opsconsole alerts --live`, until the Alertmanager has heard of it."""
    path = tmp_path / "estate.toml"
    lines = [
        f'[target.{one.id}]\nkind = "{one.kind}"\nurl = "{one.settings["url"]}"\n'
        for one in (am(pair[0]), prom(pair[1]))
    ]
    path.write_text("".join(lines))
    argv = [sys.executable, "-P", "-m", "opsconsole", "alerts", "--estate", str(path)]
    environment = {**os.environ, "OPSCONSOLE_ALERTS": str(tmp_path / "alerts.json")}
    origins: dict[str, str] = {}
    async with asyncio.timeout(120):
        while origins.get("Down") != "am" or "Slow" not in origins:
            running = await asyncio.create_subprocess_exec(
                *(*argv, "--live", "4", "-o", "json"), stdout=subprocess.PIPE, env=environment
            )
            said, _ = await running.communicate()
            found = json.loads(said)["alerts"]
            origins = {one["title"]: one["origin"] for one in found}
            assert running.returncode == int(any(one["phase"] == "open" for one in found))
    assert set(origins.values()) == {"am"}, "each once, though Prometheus tells of them too"


async def test_one_that_dies_is_told_and_comes_back(pair: tuple[Server, Server]) -> None:
    keeper, finder = pair
    async with seen(am(keeper)) as view:
        await view.until(lambda: view.alert("Down") is not None)
        keeper.kill()
        await view.until(lambda: view.fault("alertmanager.alert") in {"unreachable", "lost"})
        now = view.alert("Down")
        assert now is not None
        assert now.phase is Phase.UNKNOWN
        await asyncio.to_thread(keeper.start)
        await view.until(lambda: bool((one := view.alert("Down")) and one.phase is Phase.OPEN))
    assert finder.pid


async def test_one_that_hangs_is_told_and_answers_again(pair: tuple[Server, Server]) -> None:
    keeper, _ = pair
    async with seen(am(keeper)) as view:
        await view.until(lambda: view.alert("Down") is not None)
        os.kill(keeper.pid, signal.SIGSTOP)
        await view.until(lambda: view.fault("alertmanager.alert") == "unreachable")
        os.kill(keeper.pid, signal.SIGCONT)
        await view.until(lambda: view.fault("alertmanager.alert") == "")


async def test_tls_and_a_password(tmp_path: Path) -> None:
    """As its own web configuration has them; `secret-sauce`, by bcrypt."""
    bcrypt = pytest.importorskip("bcrypt")
    hashed = bcrypt.hashpw(b"secret-sauce", bcrypt.gensalt(4)).decode()
    authority = Authority(tmp_path)
    web = tmp_path / "web.yml"
    with alertmanager(tmp_path, str(web)) as server:
        address = server.where.partition(":")[0]
        cert, key = authority.sign("server", address)
        web.write_text(
            f"tls_server_config: {{cert_file: {cert}, key_file: {key}}}\n"
            f"basic_auth_users: {{me: '{hashed}'}}\n"
        )
        await asyncio.to_thread(server.start, None)
        password = tmp_path / "password"
        password.write_text("secret-sauce")
        password.chmod(0o600)
        url = server.url.replace("http:", "https:")
        secret = Secret("file", (str(password),))
        settings = {"url": url, "ca": str(authority.path), "password": secret}
        target = replace(am(server), user="me", settings=settings)
        async with seen(target) as view:
            await view.until(lambda: "alertmanager.status" in view.samples)
            assert view.fault("alertmanager.status") == ""
        wrong = replace(target, settings={"url": url})
        with pytest.raises(Untrusted):
            async with opened(wrong):
                pass
        bare = replace(target, settings=settings | {"password": None})
        async with seen(bare) as view:
            await view.until(lambda: view.fault("alertmanager.status") == "denied")
