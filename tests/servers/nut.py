"""Real upsd with dummy-ups, and with blazer_ser on a UPS of ours that speaks Megatec over a pty."""

import contextlib
import getpass
import itertools
import os
import pty
import re
import shutil
import socket
import subprocess
import threading
import time
import tty
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    load_pem_private_key,
    pkcs12,
)

from tests.servers.authority import Authority
from tests.servers.port import PORT

_ADDRESSES = (f"127.58.{a}.{b}" for a, b in itertools.product(range(20, 200), range(1, 250)))

FOLDERS = ("/lib/nut", "/usr/lib/nut", "/usr/libexec/nut", "/usr/sbin")

USERS = """\
[ops]
  password = "ops pa\\"ss\\\\word"
  actions = SET
  instcmds = ALL
[looks]
  password = looks
"""
PASSWORD = 'ops pa"ss\\word'

RACK = {
    "ups.status": "OL CHRG", "ups.mfr": "Eaton", "ups.model": "5PX 1500", "ups.load": "30",
    "battery.charge": "95", "battery.charge.low": "20", "battery.runtime": "1800",
    "input.voltage": "231.5", "input.transfer.low": "160", "input.transfer.high": "290",
    "ups.temperature": "28.5", "ups.test.result": "Done and passed",
    "battery.date": "2021/05/01", "ambient.temperature": "24.5",
    "ambient.temperature.high.warning": "27", "ambient.temperature.high.critical": "32",
}  # fmt: skip


def program(name: str) -> str:
    """Where it is; skips the test when it is not. Debian's upsd in the path is a wrapper."""
    found = next((f"{one}/{name}" for one in FOLDERS if os.access(f"{one}/{name}", os.X_OK)), None)
    found = found or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (Debian: nut-server)")
    return found


class Upsd:
    """A server with its drivers, on an address of its own."""

    def __init__(self, folder: Path, *, more: str = "") -> None:
        """`more` are lines of upsd.conf."""
        self.address = next(_ADDRESSES)
        self.port = PORT
        # A socket's path has 108 characters at most.
        self.folder = folder
        self._drivers: dict[str, subprocess.Popen[bytes]] = {}
        self._upsd: subprocess.Popen[bytes] | None = None
        self._config = ""
        self._write("upsd.conf", f"LISTEN {self.address} {PORT}\nSTATEPATH {folder}\n"
                                 f"MAXAGE 60\n{more}\n")  # fmt: skip
        self._write("upsd.users", USERS)

    def certify(self, authority: Authority) -> None:
        """Give it a certificate, in a database of NSS, which Debian's upsd is built with."""
        cert, key = authority.sign("upsd", self.address)
        whole, place = self.folder / "upsd.p12", f"sql:{self.folder}"
        private = load_pem_private_key(key.read_bytes(), None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        loaded = pkcs12.serialize_key_and_certificates(
            b"upsd", private,
            x509.load_pem_x509_certificate(cert.read_bytes()), None,
            BestAvailableEncryption(b"p"),
        )  # fmt: skip
        whole.write_bytes(loaded)
        for argv in (
            (program("certutil"), "-N", "-d", place, "--empty-password"),
            (program("pk12util"), "-i", str(whole), "-d", place, "-W", "p", "-K", ""),
            (program("certutil"), "-A", "-n", "ca", "-t", "C,,", "-d", place, "-i",
             str(authority.path)),
        ):  # fmt: skip
            subprocess.run(argv, check=True, capture_output=True, timeout=60)
        self._write("upsd.conf", (self.folder / "upsd.conf").read_text() +
                    f'CERTPATH {self.folder}\nCERTIDENT upsd ""\n')  # fmt: skip

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o640)

    def device(self, name: str, values: Mapping[str, str]) -> Path:
        """Write what a dummy tells."""
        path = self.folder / f"{name}.dev"
        path.write_text("".join(f"{key}: {value}\n" for key, value in values.items()))
        return path

    def add(self, name: str, values: Mapping[str, str], about: str = "") -> None:
        """A UPS of dummy-ups."""
        path = self.device(name, values)
        self.configure(name, "dummy-ups", str(path), f'desc = "{about}"' if about else "")

    def configure(self, name: str, driver: str, port: str, *more: str) -> None:
        """A section of ups.conf, and its driver."""
        lines = [f"[{name}]", f"driver = {driver}", f"port = {port}", *filter(None, more)]
        self._config += "\n".join(lines) + "\n"
        self._write("ups.conf", self._config)
        with (self.folder / f"{name}.log").open("wb") as log:
            self._drivers[name] = subprocess.Popen(
                (program(driver), "-F", "-u", getpass.getuser(), "-a", name),
                env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self._wait(lambda: any(self.folder.glob(f"*-{name}")), name)

    def _wait(self, true: Callable[[], bool], log: str) -> None:
        until = time.monotonic() + 60
        while not true():
            if time.monotonic() > until:
                raise AssertionError((self.folder / f"{log}.log").read_text()[-2000:])
            time.sleep(0.02)

    @property
    def _environment(self) -> dict[str, str]:
        place = str(self.folder)
        names = ("NUT_CONFPATH", "NUT_STATEPATH", "NUT_ALTPIDPATH")
        return {**os.environ, **dict.fromkeys(names, place)}

    def start(self) -> None:
        """Return when it answers with data of all its UPS."""
        with (self.folder / "upsd.log").open("ab") as log:
            self._upsd = subprocess.Popen(
                (program("upsd"), "-F", "-u", getpass.getuser()),
                env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self._wait(self._answers, "upsd")

    def _answers(self) -> bool:
        try:
            # Commands are what a driver tells last.
            return all("\nCMD " in self.say(f"LIST CMD {name}") for name in self._drivers)
        except OSError:
            return False

    def say(self, *lines: str) -> str:
        """Say lines on a connection of their own; the answer to the last one."""
        with socket.create_connection((self.address, self.port), timeout=30) as sock:
            stream = sock.makefile("rwb")
            answer = ""
            for line in lines:
                stream.write(line.encode() + b"\n")
                stream.flush()
                answer = stream.readline().decode()
                while answer.startswith("BEGIN") and "\nEND LIST" not in answer:
                    answer += stream.readline().decode()
        return answer

    def set(self, name: str, variable: str, value: str) -> None:
        """Change what a dummy tells, as upsrw does; return when upsd tells it."""
        password = PASSWORD.replace("\\", "\\\\").replace('"', '\\"')
        said = self.say("USERNAME ops", f'PASSWORD "{password}"',
                        f'SET VAR {name} {variable} "{value}"')  # fmt: skip
        assert said.startswith("OK"), said
        self.until(name, variable, value)

    def get(self, name: str, variable: str) -> str:
        """What upsd tells."""
        return self.say(f"GET VAR {name} {variable}").split('"')[1]

    def until(self, name: str, variable: str, value: str) -> None:
        """Wait until upsd tells that."""
        self._wait(lambda: f'"{value}"' in self.say(f"GET VAR {name} {variable}"), "upsd")

    def end_driver(self, name: str) -> None:
        """As a driver that crashes; upsd knows when it says so."""
        self._end(self._drivers.pop(name))
        self._wait(lambda: self.say(f"LIST VAR {name}").startswith("ERR"), "upsd")

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop(self) -> None:
        """End the server alone."""
        if self._upsd is not None:
            self._end(self._upsd)
            self._upsd = None

    def close(self) -> None:
        """End all that it started."""
        self.stop()
        for process in self._drivers.values():
            self._end(process)


class Megatec:
    """A UPS that speaks the Megatec protocol over a pty, as cheap ones do over a serial line."""

    def __init__(self) -> None:
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self.input_v = 231.0
        self.battery_v = 13.6
        self.load = 12
        self.bits = {"fail": 0, "low": 0, "bypass": 0, "bad": 0, "line": 0, "test": 0, "off": 0,
                     "beep": 1}  # fmt: skip
        self.heard: list[str] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        buffer = b""
        while True:
            try:
                got = os.read(self._master, 256)
            except OSError:
                return
            buffer += got
            while b"\r" in buffer:
                line, _, buffer = buffer.partition(b"\r")
                answer = self._answer(line.decode("ascii", "replace"))
                if answer:
                    os.write(self._master, answer.encode() + b"\r")

    def _answer(self, said: str) -> str:
        if said == "Q1":
            bits = "".join(str(bit) for bit in self.bits.values())
            return (f"({self.input_v:05.1f} {self.input_v:05.1f} 230.0 {self.load:03d} 50.0 "
                    f"{self.battery_v:04.1f} 25.0 {bits}")  # fmt: skip
        if said == "F":
            return "#230.0 004 12.00 50.0"
        if said == "I":
            return "#Opsconsole      Bench      1.0       "
        self.heard.append(said)
        if re.fullmatch(r"T(L|\d\d)?", said):
            self.bits["test"] = 1
        elif said == "CT":
            self.bits["test"] = 0
        elif said == "Q":
            self.bits["beep"] ^= 1
        elif said.startswith("S"):
            self.bits["off"] = 1
        elif said == "C":
            self.bits["off"] = 0
        return ""

    def close(self) -> None:
        """Hang up."""
        os.close(self._slave)
        os.close(self._master)
        self._thread.join(10)


@contextlib.contextmanager
def upsd(
    folder: Path,
    dummies: Sequence[str] = ("rack1", "rack2"),
    *,
    megatec: Megatec | None = None,
    authority: Authority | None = None,
    more: str = "",
) -> Generator[Upsd, None, None]:
    """A server with dummies, and a UPS `bench` on the pty where there is one."""
    one = Upsd(folder, more=more)
    try:
        if authority is not None:
            one.certify(authority)
        for name in dummies:
            one.add(name, RACK, f"{name} of the test")
        if megatec is not None:
            one.configure("bench", "blazer_ser", megatec.port, "pollinterval = 1",
                          "override.battery.runtime = 600")  # fmt: skip
        one.start()
        yield one
    finally:
        one.close()
