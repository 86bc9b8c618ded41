"""Hosts as things that are owned: serials, drives, what waits; hostile answers and real shells."""

from pathlib import Path

import pytest

from opsconsole.domains.system.host import asset
from opsconsole.errors import Malformed, Unsupported
from tests.domains.system.host.shells import SHELLS, sampler, with_apt
from tests.domains.system.host.wires import ASSETS, UPDATES

LISTS = [*Path("/var/lib/apt/lists").glob("*Release")]
SAID = """\
Reading package lists...
The following packages will be upgraded:
  base-files libsecurity1 nginx
Inst base-files [12.4] (12.4+deb12u15 Debian:12.15/oldstable [amd64])
Inst libsecurity1 [1.0] (1.1 Debian:12.15/oldstable [amd64]) []
Inst nginx [1.22.1-9] (1.22.1-9+deb12u3 Debian-Security:12/oldstable-security [amd64])
Inst firmware-new (1.0 Ubuntu:24.04/noble-security [all])
Conf base-files (12.4+deb12u15 Debian:12.15/oldstable [amd64])"""


def test_what_a_machine_says_of_itself() -> None:
    found = asset.read(ASSETS)
    assert found.asset == ("CZ3210ABCD", "HP U30 02/14/2024", 2, "2027-05-13")
    assert found.drives == [
        ("nvme0n1", 3907029168 * 512.0, "ssd", "SAMSUNG MZVL21T0", "S676NX0R"),
        ("sda", 15628053168 * 512.0, "disk", "ST8000NM000A", "WRD0A1B2"),
    ]
    assert asset.rows(found, None) == [tuple(found.asset)]
    assert asset.drives(found, None) == [tuple(drive) for drive in found.drives]


@pytest.mark.parametrize(
    "filler",
    ["To Be Filled By O.E.M.", "Default string", "0", "None", "Not Specified", " ", "XXXX"],
)
def test_what_makers_leave_blank_is_not_known(filler: str) -> None:
    line = b"product_serial:CZ3210ABCD"
    found = asset.read(ASSETS.replace(line, b"product_serial:" + filler.encode()))
    assert found.asset.serial is None


def test_a_board_has_its_serial_elsewhere() -> None:
    board = b"kernel:Linux aarch64\n/proc/device-tree/serial-number:10000000f2a1\0\n"
    assert asset.read(board).asset == ("10000000f2a1", None, None, None)


def test_what_waits() -> None:
    assert asset.read_updates(UPDATES) == (3, 2, 1795900000.0, True)
    none = b"kernel:Linux x86_64\nrebooted:\nupdated:1795900000\n"
    assert asset.read_updates(none) == (0, 0, 1795900000.0, False)
    assert asset.read_updates(b"kernel:Linux x86_64\n") == (None, None, None, None)


@pytest.mark.parametrize(
    "line",
    [
        b"/sys/block/sda/size:" + b"9" * 400,
        b"/sys/block/sda/size:-1",
        b"/sys/block/sda/dev:\xff\xfe",
        b"/sys/block/\x1b[31m/size:8",
        b"/run/udev/data/b:::::",
        b"/sys/block/a!b/size:8\n/sys/block/a/b/size:9",
        b"updated:" + b"9" * 400,
        b"updated:soon",
        b"/etc/os-release:SUPPORT_END=tomorrow",
        b"socket:" + b"x" * 10_000,
    ],
)
def test_absurd_lines_are_survived(line: bytes) -> None:
    payload = b"kernel:Linux x86_64\n" + line + b"\n"
    found = asset.read(payload)
    waits = asset.read_updates(payload)
    shown = repr((found, waits))
    assert "\\x1b" not in shown
    assert len(shown) < 2000
    assert all(one.size_bytes is None or one.size_bytes >= 0 for one in found.drives)
    assert waits.lists_at is None
    assert found.asset.support_ends is None


def test_other_systems_say_so() -> None:
    for read in (asset.read, asset.read_updates):
        with pytest.raises(Unsupported):
            read(b"kernel:Darwin arm64\nuninventoried:\n")
        with pytest.raises(Malformed):
            read(b"nonsense\n")


@pytest.mark.skipif(not LISTS, reason="no lists of apt on this machine")
@pytest.mark.parametrize("shell", SHELLS)
def test_updates_are_counted_once_and_their_archive_is_read(shell: str, tmp_path: Path) -> None:
    with sampler(shell, environment=with_apt(tmp_path, SAID)) as running:
        running.until("vitals")
        running.ask("updates")
        running.until("updates")
        # What was told once is told again without asking.
        (tmp_path / "apt-get").write_text("#!/bin/sh\nexit 1\n")
        running.ask("updates")
        first, again = map(asset.read_updates, running.until("updates", 2))
    assert (first.updates, first.security_updates) == (4, 2)
    assert first.lists_at is not None
    assert again == first


@pytest.mark.skipif(not LISTS, reason="no lists of apt on this machine")
def test_updates_that_could_not_be_asked_are_not_known(tmp_path: Path) -> None:
    with sampler("dash", environment=with_apt(tmp_path, SAID, status=100)) as running:
        running.until("vitals")
        running.ask("updates")
        (answer,) = running.until("updates")
    assert asset.read_updates(answer).updates is None
