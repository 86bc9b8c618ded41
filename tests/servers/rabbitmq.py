"""A real RabbitMQ with its management API on an address of its own, ended by pid."""

import base64
import contextlib
import itertools
import json
import os
import signal
import socket
import struct
import subprocess
import time
import urllib.request
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.port import PORT
from tests.servers.redis import program

_ADDRESSES = (f"127.65.{a}.{b}" for a, b in itertools.product(range(20, 200), range(1, 250)))
LIB = Path("/usr/lib/rabbitmq/lib")
LOCAL = "127.0.0.1"
"""Where Erlang finds itself, whatever address it serves."""


def free() -> int:
    """A port of loopback which nobody has."""
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """One node that knows nobody."""

    def __init__(self, folder: Path) -> None:
        self.address = next(_ADDRESSES)
        self._api = next(_ADDRESSES)
        self._dist, self._epmd = free(), free()
        self.url = f"http://{self._api}:{PORT}"
        self._folder = folder
        found = sorted(LIB.glob("rabbitmq_server-*/sbin/rabbitmq-server"))
        if not found:
            pytest.skip("rabbitmq-server is not installed")
        self._program = str(found[-1])
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Return when it answers."""
        folder = self._folder
        (folder / "plugins").write_text("[rabbitmq_management].")
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = {self.address}:{PORT}\nmanagement.tcp.ip = {self._api}\n"
            f"management.tcp.port = {PORT}\ndisk_free_limit.absolute = 50MB\n"
            "collect_statistics_interval = 1000\nloopback_users = none\n"
        )
        env = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ} | {
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"ops{self._dist}@localhost",
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_DIST_PORT": str(self._dist),
            "ERL_EPMD_ADDRESS": LOCAL,
            "ERL_EPMD_PORT": str(self._epmd),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none"
            ),
        }
        # Its own would stay behind as a daemon.
        names = (program("epmd"), "-address", LOCAL, "-port", str(self._epmd))
        self._run(names, env)
        self._run((self._program,), env)
        until = time.monotonic() + 150
        while time.monotonic() < until and self._processes[-1].poll() is None:
            with contextlib.suppress(OSError):
                self.ask("GET", "/api/overview")
                return
            time.sleep(0.2)
        raise AssertionError(f"it does not answer: {(folder / 'out').read_text()[-2000:]}")

    def _run(self, argv: tuple[str, ...], env: dict[str, str]) -> None:
        with (self._folder / "out").open("ab") as log:
            self._processes.append(
                subprocess.Popen(argv, stdout=log, stderr=log, env=env, start_new_session=True)
            )

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Call its API as its administrator."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data, method=method)
        request.add_header("Authorization", f"Basic {base64.b64encode(b'guest:guest').decode()}")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as answer:
            said = answer.read()
        return json.loads(said) if said else None

    def publish(self, queue: str, number: int) -> None:
        """Put messages into a queue."""
        message: dict[str, object] = {"properties": {}, "routing_key": queue, "payload": "x",
                   "payload_encoding": "string"}  # fmt: skip
        for _ in range(number):
            said = self.ask("POST", "/api/exchanges/%2F/amq.default/publish", message)
            assert said == {"routed": True}

    def stop(self) -> None:
        """End it and all it started."""
        for process in reversed(self._processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._processes.clear()


@contextlib.contextmanager
def rabbitmq(folder: Path) -> Generator[Server, None, None]:
    """One that answers."""
    one = Server(folder)
    try:
        one.start()
        yield one
    finally:
        one.stop()


def _text(value: bytes, size: str = ">I") -> bytes:
    return struct.pack(size, len(value)) + value


def _method(kind: int, number: int, arguments: bytes) -> bytes:
    payload = struct.pack(">HH", kind, number) + arguments
    return struct.pack(">BHI", 1, 0, len(payload)) + payload + b"\xce"


@contextlib.contextmanager
def client(of: Server, label: str) -> Generator[socket.socket, None, None]:
    """A client that says hello (AMQP 0-9-1) and then nothing."""
    properties = _text(b"connection_name", ">B") + b"S" + _text(label.encode())
    start_ok = _text(properties) + _text(b"PLAIN", ">B") + _text(b"\0guest\0guest") + b"\x02en"
    with socket.create_connection((of.address, PORT), timeout=30) as made:
        made.sendall(b"AMQP\0\0\x09\x01")
        made.recv(4096)
        made.sendall(_method(10, 11, start_ok))
        made.recv(4096)
        tuned = _method(10, 31, struct.pack(">HIH", 10, 131072, 0))
        made.sendall(tuned + _method(10, 40, b"\x01/\0\0"))
        assert made.recv(4096)[7:11] == struct.pack(">HH", 10, 41)
        yield made


def agree(made: socket.socket) -> bytes:
    """Wait for the server to close a connection, and say yes; returns its words."""
    said = made.recv(4096)
    made.sendall(_method(10, 51, b""))
    return said
