"""`opsconsole export`: loopback only, and scraped by a real Prometheus."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from opsconsole.alert import Alerts, Phase
from opsconsole.cli.export import Gathered, address, serving
from opsconsole.errors import UsageError
from opsconsole.exposition import CONTENT_TYPE
from opsconsole.model import Level
from tests.notify.scene import alert
from tests.servers.monitoring import prometheus

EXPORT = (sys.executable, "-m", "opsconsole", "export")


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.mark.parametrize(
    "listen",
    [
        "0.0.0.0:9464",
        ":9464",
        "10.0.0.1:9464",
        "[::]:9464",
        "web-1:9464",
        "127.0.0.1",
        "127.0.0.1:0",
    ],
)
def test_an_address_that_others_reach_is_refused(listen: str) -> None:
    with pytest.raises(UsageError, match="no password"):
        address(listen)


def test_loopback_addresses_are_taken() -> None:
    assert address("127.0.0.1:9464") == ("127.0.0.1", 9464)
    assert address("[::1]:9464") == ("::1", 9464)


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:1", 200), ("localhost", 200), ("[::1]:1", 200), ("evil.example", 403)],
)
async def test_a_name_that_a_web_page_made_up_gets_nothing(host: str, status: int) -> None:
    port = free()
    url = f"http://127.0.0.1:{port}/metrics"
    async with (
        serving(Gathered(), "127.0.0.1", port),
        ClientSession() as session,
        session.get(url, headers={"Host": host}) as answer,
    ):
        assert answer.status == status
        assert (await answer.text() == "# EOF\n") is (status == 200)
        assert (answer.headers["Content-Type"] == CONTENT_TYPE) is (status == 200)


async def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            async with serving(Gathered(), "127.0.0.1", taken.getsockname()[1]):
                pass


def test_alerts_are_kept_as_they_are_told() -> None:
    gathered = Gathered()
    gathered.take(Alerts([alert("a"), alert("b")], whole=True))
    gathered.take(Alerts([alert("a", Level.CRIT), alert("b", phase=Phase.RESOLVED)], whole=False))
    assert [(one.id, one.level) for one in gathered.alerts.values()] == [("a", Level.CRIT)]
    assert 'opsconsole_alert{target="web-1",rule="host.disk-full"' in gathered.text()
    gathered.take(Alerts([], whole=True))
    assert gathered.alerts == {}


@contextlib.contextmanager
def exporting(folder: Path, port: int) -> Generator[subprocess.Popen[bytes], None, None]:
    """This machine, exported by the command itself."""
    estate = folder / "e.toml"
    estate.write_text('[target.here]\naddress = "local"\n')
    argv = (*EXPORT, "--estate", str(estate), "--listen", f"127.0.0.1:{port}")
    process = subprocess.Popen(argv, stderr=subprocess.PIPE)
    try:
        assert process.stderr is not None
        assert b"serving http://127.0.0.1" in process.stderr.readline()
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


@pytest.mark.server
def test_a_real_prometheus_scrapes_it(tmp_path: Path) -> None:
    port = free()
    with (
        exporting(tmp_path, port) as process,
        prometheus(tmp_path, {"ops": f"127.0.0.1:{port}"}) as server,
    ):
        wanted = "/api/v1/query?query=opsconsole_host_vitals_cpu_percent"
        until = time.monotonic() + 60
        found: list[dict[str, dict[str, str]]] = []
        while not found and time.monotonic() < until:
            time.sleep(0.2)
            found = json.loads(server.get(wanted))["data"]["result"]
        assert [(one["metric"]["target"], one["metric"]["job"]) for one in found] == [
            ("here", "ops")
        ]
        up = json.loads(server.get("/api/v1/query?query=up"))["data"]["result"]
        assert [one["value"][1] for one in up] == ["1"]
        about = json.loads(server.get("/api/v1/metadata?metric=opsconsole_host_vitals_cpu_percent"))
        (kind,) = about["data"]["opsconsole_host_vitals_cpu_percent"]
        assert (kind["type"], kind["unit"]) == ("gauge", "percent")
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(60) == 0
