"""A real MQTT broker on an address of its own, and a real device that speaks to it."""

import contextlib
import itertools
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Generator, Mapping
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.servers.port import PORT

_ADDRESSES = (f"127.92.{a}.{b}" for a, b in itertools.product(range(1, 200), range(1, 250)))

OPEN = "allow_anonymous true\n"


class Broker:
    """mosquitto; it can be killed and come back at the same address."""

    def __init__(self, folder: Path, config: str = OPEN, address: str = "") -> None:
        """`config` are lines of its file besides those that say where it listens."""
        self.program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin") or ""
        if not self.program:
            pytest.skip("mosquitto is not installed")
        self.address = address or next(_ADDRESSES)
        self.port = PORT
        self._folder = folder / self.address
        self._folder.mkdir()
        self._file = self._folder / "mosquitto.conf"
        where = f"listener {PORT} {self.address}\nuser root\nlog_type all\n"
        self._file.write_text(where + config)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it listens."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                (self.program, "-c", self._file), stdout=log, stderr=log
            )
        until = time.monotonic() + 60
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection((self.address, self.port), 5).close()
                return
            time.sleep(0.02)
        raise AssertionError(f"it does not listen: {self.log[-2000:]}")

    @property
    def log(self) -> str:
        """What it says."""
        return (self._folder / "log").read_text()

    def hang(self) -> None:
        """Stop it, so that it neither answers nor hangs up."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """End it, as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextlib.contextmanager
def broker(folder: Path, config: str = OPEN, address: str = "") -> Generator[Broker, None, None]:
    """A broker that runs within the context."""
    one = Broker(folder, config, address)
    try:
        one.start()
        yield one
    finally:
        one.kill()


class Device:
    """Publishes what it is told to, and does what is published on its command topics."""

    def __init__(self, at: Broker, will: tuple[str, str] | None = None) -> None:
        """`will` is a topic and what the broker tells on it, kept, when the device is lost."""
        self.obeys: dict[str, str] = {}
        """The topic of a command, and the one on which the device tells what it has now."""
        self.commands: list[tuple[str, str, bool]] = []
        self._acks: set[int] = set()
        self._more = threading.Condition()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._obey
        self._client.on_publish = self._noted
        self._client.on_subscribe = self._noted
        if will is not None:
            self._client.will_set(*will, qos=1, retain=True)
        self._client.connect(at.address, at.port)
        self._client.loop_start()

    def _noted(self, _client: object, _data: object, number: int, *_why: object) -> None:
        with self._more:
            self._acks.add(number)
            self._more.notify_all()

    def _until(self, number: int | None) -> None:
        with self._more:
            assert self._more.wait_for(lambda: number in self._acks, 60)

    def tell(self, topic: str, body: str | bytes, retain: bool = True) -> None:
        """Publish, and return when the broker has it."""
        self._until(self._client.publish(topic, body, qos=1, retain=retain).mid)

    def obey(self, commands: Mapping[str, str]) -> None:
        """Tell on the second topic what is published on the first."""
        self.obeys |= commands
        for topic in commands:
            self._until(self._client.subscribe(topic, qos=1)[1])

    def _obey(self, client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        self.commands.append((message.topic, message.payload.decode(), bool(message.retain)))
        if state := self.obeys[message.topic]:
            client.publish(state, message.payload, qos=1, retain=True)

    def crash(self) -> None:
        """Go without a goodbye: the broker tells its last will."""
        over = self._client.socket()
        self._client.reconnect_delay_set(600, 600)
        assert isinstance(over, socket.socket)
        over.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        """Say goodbye."""
        self._client.disconnect()
        self._client.loop_stop()


@contextlib.contextmanager
def device(at: Broker, will: tuple[str, str] | None = None) -> Generator[Device, None, None]:
    """A device that is there within the context."""
    one = Device(at, will)
    try:
        yield one
    finally:
        one.stop()
