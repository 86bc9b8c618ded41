"""A real CUPS scheduler and a real IPP Everywhere printer on loopback, ended by pid."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from opsconsole import ipp

LOCAL = "127.0.0.1"
"""cupsd talks to who comes over loopback only by this name, or `localhost`."""

PDF = b"%PDF-1.4\n%%EOF\n"
PRINT_JOB = b"\0\2"
"""The operation that prints, which the console itself never asks for."""

_BUS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={folder}/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/>
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/></policy></busconfig>
"""
_BUS_ADDRESS = "DBUS_SYSTEM_BUS_ADDRESS"
_WORD = Path(tempfile.gettempdir(), "ops-print-bus")
_AVAHI = "[server]\nallow-interfaces=lo\nuse-ipv4=yes\nuse-ipv6=no\nenable-dbus=yes\n"
_OPEN = "Order allow,deny\nAllow all\n"
_CUPSD = f"""\
LogLevel warn
MaxLogSize 0
DefaultAuthType Basic
WebInterface No
Browsing Off
BrowseLocalProtocols none
<Location />\n{_OPEN}</Location>
<Location /admin>\n{_OPEN}</Location>
<Policy default>
JobPrivateAccess all
JobPrivateValues none
SubscriptionPrivateAccess all
SubscriptionPrivateValues none
<Limit All>\nOrder deny,allow\n</Limit>
</Policy>
"""


def free() -> int:
    """A port of loopback which nobody has."""
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        port: int = probe.getsockname()[1]
        return port


def program(name: str) -> str:
    """Its path; a skip that names it where it is not installed."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


class Running:
    """Programs that were started; `stop` ends the last one first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []

    def run(self, argv: Sequence[str], **env: str) -> None:
        """Start one."""
        with (self.folder / "out").open("ab") as log:
            self._processes.append(
                subprocess.Popen(
                    argv, stdout=log, stderr=log, env=os.environ | env, start_new_session=True
                )
            )

    def until(self, ready: Path | str) -> None:
        """Wait for a file, or for who answers at a URL."""
        end = time.monotonic() + 60
        while time.monotonic() < end and self._processes[-1].poll() is None:
            if isinstance(ready, Path):
                if ready.exists():
                    return
            else:
                with contextlib.suppress(OSError):
                    ask(ready, "/ipp/print", "Get-Jobs", ("uri", "printer-uri", "ipp://localhost/"))
                    return
            time.sleep(0.05)
        said = (self.folder / "out").read_text("utf-8", "replace")[-1500:]
        raise AssertionError(f"it does not start: {said}")

    def stop(self) -> None:
        """End all, and wait for them."""
        for process in reversed(self._processes):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)


@contextlib.contextmanager
def room() -> Generator[Running, None, None]:
    """A folder that other accounts may enter, as cupsd wants it, and what runs in it."""
    folder = Path(tempfile.mkdtemp(prefix="ops-print-"))
    folder.chmod(0o755)
    running = Running(folder)
    try:
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def ask(url: str, path: str, operation: str, *given: ipp.Given) -> ipp.Answer:
    """One request, by Python's own client."""
    return posted(url, path, ipp.request(operation, *given))


def posted(url: str, path: str, body: bytes) -> ipp.Answer:
    """The answer to these bytes."""
    head = {"Content-Type": ipp.MIME}
    request = urllib.request.Request(url + path, body, head, method="POST")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return ipp.read(answer.read())


def printed(url: str, path: str, uri: str, name: str, user: str = "ann") -> int:
    """Send a document; the number of its job."""
    request = bytearray(
        ipp.request(
            "Get-Jobs",
            *(("uri", "printer-uri", uri), ("name", "requesting-user-name", user)),
            *(("name", "job-name", name), ("mime", "document-format", "application/pdf")),
        )
    )
    request[2:4] = PRINT_JOB
    answer = posted(url, path, bytes(request) + PDF)
    assert answer.fine, answer.message
    number = next(answer.of(ipp.JOB)).number("job-id")
    assert number is not None
    return number


@contextlib.contextmanager
def cupsd(*queues: str, closed: str = "") -> Generator[str, None, None]:
    """A scheduler with queues that print into nothing; gives its URL. `closed` is a path for
    which it wants an account."""
    with room() as running:
        folder, port = running.folder, free()
        for name in ("etc", "spool", "cache", "state", "log"):
            (folder / name).mkdir()
        wants = f"<Location {closed}>\nAuthType Basic\nRequire user @SYSTEM\n</Location>\n"
        conf = f"Listen {LOCAL}:{port}\n{_CUPSD}{wants if closed else ''}"
        (folder / "cupsd.conf").write_text(conf)
        (folder / "cups-files.conf").write_text(
            f"ServerRoot {folder}/etc\nRequestRoot {folder}/spool\nCacheDir {folder}/cache\n"
            f"StateDir {folder}/state\nAccessLog {folder}/log/access\nUser lp\nGroup lp\n"
            f"ErrorLog {folder}/log/error\nPageLog {folder}/log/page\nFileDevice Yes\n"
            "SystemGroup root\n"
        )
        argv = ("-f", "-c", f"{folder}/cupsd.conf", "-s", f"{folder}/cups-files.conf")
        running.run((program("cupsd"), *argv))
        url = f"http://{LOCAL}:{port}"
        running.until(url)
        for name in queues:
            made = ("-h", f"{LOCAL}:{port}", "-p", name, "-E", "-v", "file:///dev/null")
            raw = (program("lpadmin"), *made, "-m", "raw")
            subprocess.run(raw, check=True, capture_output=True, timeout=60)
        yield url


@dataclass(frozen=True)
class Printer:
    """A printer that runs."""

    url: str
    hold: Path
    """While this file is there, a job prints and prints."""


_PRINTS = "#!/bin/sh\nwhile [ -e {hold} ]; do sleep 0.05; done\n"


@contextlib.contextmanager
def printer(name: str) -> Generator[Printer, None, None]:
    """An IPP Everywhere printer with a message bus and an mDNS responder of its own, which it
    wants; where one runs already, with that."""
    with room() as running:
        hold, prints = running.folder / "hold", running.folder / "prints"
        prints.write_text(_PRINTS.format(hold=hold))
        prints.chmod(0o755)
        folder, port, env = running.folder, free(), dict[str, str]()
        argv = (
            *(program("ippeveprinter"), "-p", str(port), "-d", str(folder), "-M", "Acme"),
            *("-m", "LaserJet 42", "-l", "Floor 3", "-s", "20,10", "-n", "localhost"),
            *("-f", "application/pdf", "-c", str(prints), name),
        )
        found = _responder()
        if found is not None:
            env = found
        else:
            if os.geteuid():
                pytest.skip("ippeveprinter wants avahi-daemon, which only root may start")
            (folder / "bus.conf").write_text(_BUS.format(folder=folder))
            (folder / "avahi.conf").write_text(_AVAHI)
            env = {_BUS_ADDRESS: f"unix:path={folder}/bus"}
            conf = f"--config-file={folder}/bus.conf"
            running.run((program("dbus-daemon"), conf, "--nofork", "--nopidfile"))
            running.until(folder / "bus")
            avahi = (program("avahi-daemon"), "-f", f"{folder}/avahi.conf")
            running.run((*avahi, "--no-drop-root", "--no-chroot"), **env)
            running.until(Path("/run/avahi-daemon/socket"))
            _WORD.write_text(f"{folder}/bus")
        running.run(argv, **env)
        url = f"http://localhost:{port}"
        running.until(url)
        yield Printer(url, hold)


def _responder() -> dict[str, str] | None:
    """How to find the mDNS responder of this machine; None where none runs.

    There can be one only: one that another test has started is on a bus of that test's own, of
    which that test left word.
    """
    try:
        os.kill(int(Path("/run/avahi-daemon/pid").read_text()), 0)
    except (OSError, ValueError):
        return None
    with contextlib.suppress(OSError):
        bus = Path(_WORD.read_text())
        return {_BUS_ADDRESS: f"unix:path={bus}"} if bus.exists() else {}
    return {}


def form(url: str) -> None:
    """Fill in a page of the printer: how much of each supply there is."""
    with urllib.request.urlopen(url, timeout=20) as answer:
        assert answer.status == 200
