"""A real Prometheus and a real Alertmanager, each on an address of its own, ended by pid."""

import contextlib
import itertools
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Generator, Mapping
from pathlib import Path

import pytest

from tests.servers.port import PORT

_ADDRESSES = (f"127.77.{a}.{b}" for a, b in itertools.product(range(20, 200), range(1, 250)))

ROUTES = """
route: {receiver: nobody, group_wait: 1s}
receivers: [{name: nobody}]
inhibit_rules:
- source_matchers: ['alertname="Down"']
  target_matchers: ['severity="warning"']
  equal: [instance]
"""


def program(name: str) -> str:
    """Where it is; skips the test when it is not."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


class Server:
    """One of them; it can be killed and come back at the same address."""

    def __init__(self, folder: Path, name: str, *flags: str) -> None:
        self.where = f"{next(_ADDRESSES)}:{PORT}"
        self.url = f"http://{self.where}"
        self._argv = (program(name), *flags, f"--web.listen-address={self.where}")
        self._log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, path: str | None = "/-/ready") -> None:
        """Return when it answers; without a path, when it listens."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._argv, stdout=log, stderr=log)
        until = time.monotonic() + 60
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(OSError):
                if path is not None:
                    self.get(path)
                else:
                    address, port = self.where.split(":")
                    socket.create_connection((address, int(port))).close()
                return
            time.sleep(0.1)
        raise AssertionError(f"it does not answer: {self._log.read_text()[-2000:]}")

    def kill(self) -> None:
        """End it, as a crash does."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait()
            self._process = None

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.url + path, timeout=5) as answer:
            data: bytes = answer.read()
        return data

    def post(self, path: str, body: bytes) -> bytes:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, body, headers)
        with urllib.request.urlopen(request, timeout=5) as answer:
            data: bytes = answer.read()
        return data


@contextlib.contextmanager
def alertmanager(folder: Path, web: str = "") -> Generator[Server, None, None]:
    """An Alertmanager without peers; `web` is its file for TLS and passwords."""
    config = folder / "am.yml"
    config.write_text(ROUTES)
    more = (f"--web.config.file={web}",) if web else ()
    flags = (f"--config.file={config}", f"--storage.path={folder / 'am'}")
    server = Server(folder, "prometheus-alertmanager", *flags, "--cluster.listen-address=", *more)
    try:
        if not web:
            server.start()
        yield server
    finally:
        server.kill()


@contextlib.contextmanager
def prometheus(
    folder: Path, scrapes: Mapping[str, str], rules: str = "", alerts: str = ""
) -> Generator[Server, None, None]:
    """A Prometheus that scrapes `scrapes` (job to address) each second, and tells `alerts`."""
    jobs = "".join(
        f"- {{job_name: {job}, static_configs: [{{targets: ['{at}']}}]}}\n"
        for job, at in scrapes.items()
    )
    (folder / "rules.yml").write_text(rules or "groups: []")
    tell = f"alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{alerts}']}}]}}]}}\n"
    config = folder / "prometheus.yml"
    config.write_text(
        "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
        f"rule_files: [rules.yml]\n{tell if alerts else ''}scrape_configs:\n{jobs}"
    )
    flags = (f"--config.file={config}", f"--storage.tsdb.path={folder / 'tsdb'}")
    server = Server(folder, "prometheus", *flags)
    try:
        server.start()
        yield server
    finally:
        server.kill()
