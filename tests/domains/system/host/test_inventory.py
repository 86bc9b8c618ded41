"""What changes rarely: read from recorded answers of several systems, and never a secret."""

import re

import pytest

from opsconsole.difference import difference
from opsconsole.domains.system.host import INTEGRATION, inventory, news
from opsconsole.errors import Malformed, Unsupported
from tests.domains.system.host.shells import SHELLS, sampler
from tests.domains.system.host.wires import INVENTORY, without

_SECRET = re.compile(r"_key|secret|kernel\.random\.|uuid|seed")


def read(payload: bytes) -> dict[str, dict[str, str]]:
    """Values by kind and name."""
    found: dict[str, dict[str, str]] = {}
    for kind, name, value in inventory.rows(inventory.read(payload), None):
        assert name not in found.setdefault(str(kind), {}), "a name stands once"
        found[str(kind)][str(name)] = str(value)
    return found


def test_packages_that_are_installed_with_all_their_versions() -> None:
    assert read(INVENTORY)["package"] == {
        "libssl3": "3.0.15-1~deb12u1",
        "linux-image-amd64": "6.1.115-1, 6.1.119-1",
        "nginx": "1.22.1-9+deb12u1",
    }


def test_packages_of_alpine() -> None:
    apk = b"kernel:Linux x86_64\napk:P:musl\napk:V:1.2.5-r0\napk:P:lost\napk:P:zlib\napk:V:1.3\n"
    assert read(apk)["package"] == {"musl": "1.2.5-r0", "zlib": "1.3"}


def test_parameters_as_sysctl_names_them() -> None:
    assert read(INVENTORY)["sysctl"] == {
        "kernel.core_pattern": "|/usr/lib/systemd/systemd-coredump %P %u",
        "net.ipv4.conf.all.rp_filter": "2",
        "net.ipv4.ip_local_port_range": "32768 60999",
        "vm.swappiness": "60",
    }


def test_files_by_when_they_were_written_and_whose_they_are() -> None:
    assert read(INVENTORY)["file"] == {
        "/etc/a name with spaces": "2024-11-28 00:05:46 UTC, 77 B, 600 0:0",
        "/etc/fstab": "2024-11-28 00:05:45 UTC, 812 B, 644 0:0",
        "/etc/sudoers": "2024-11-28 00:05:46 UTC, 1204 B, 440 0:0",
        "/etc/with a": "2024-11-28 00:06:39 UTC, 10 B, 644 0:0",
    }


def test_accounts_and_who_may_become_root() -> None:
    found = read(INVENTORY)
    assert found["user"] == {
        "ann": "1000:1000:/srv/ann:/bin/zsh",
        "root": "0:0:/root:/bin/bash",
    }
    assert found["group"] == {"root": "0:", "sudo": "27:ann,bob"}


def test_who_listens_with_and_without_ss() -> None:
    ends = ("0.0.0.0:22", "127.0.0.53%lo:53", "[::]:22")
    wanted = {f"tcp {end}": "listens" for end in ends}
    assert read(INVENTORY)["listener"] == {**wanted, "udp 127.0.0.53%lo:53": "listens"}
    proc = (
        b"kernel:Linux armv7l\n"
        b"listen4:   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 0 0 12 1\n"
        b"listen4:   1: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 0 0 13 1\n"
        b"listen4:   2: 0100007F:1538 0100007F:A000 01 00000000:00000000 00:00000000 0 0 14 1\n"
        b"listen4:   0: 00000000000000000000000001000000:0050 0:0 0A 00000000:00000000 00:0 0 0 1\n"
    )
    assert list(read(proc)["listener"]) == [
        "tcp 0.0.0.0:22",
        "tcp 127.0.0.1:5432",
        "tcp [0000:0000:0000:0000:0000:0000:0000:0001]:80",
    ]


def test_addresses_routes_modules_and_mounts() -> None:
    found = read(INVENTORY)
    assert found["address"] == {"eth0 192.0.2.7/24": "inet", "eth0 2001:db8::7/64": "inet6"}
    assert found["route"] == {"default": "via 192.0.2.1 dev eth0"}
    assert found["module"] == {"nf_conntrack": "loaded", "xfs": "loaded"}
    assert found["mount"]["/"] == "/dev/sda1 ext4 rw,relatime,errors=remount-ro"


def test_no_secret_is_kept() -> None:
    assert not [row for row in inventory.read(INVENTORY) if "hunter2" in str(row)]
    found = read(INVENTORY)
    assert found["mount"]["/srv"] == "//files/share cifs rw,username=ops,password=***,vers=3.0"
    assert "rd.password=*** net.token=***" in found["kernel"]["boot parameters"]


def test_a_system_that_is_not_read_says_so() -> None:
    with pytest.raises(Unsupported):
        inventory.read(b"kernel:Darwin arm64\nuninventoried:\n")
    with pytest.raises(Malformed):
        inventory.read(b"nonsense\n")


def test_what_an_upgrade_changed_is_news() -> None:
    later = INVENTORY.replace(b"nginx 1.22.1-9+deb12u1", b"nginx 1.22.1-9+deb12u2")
    later = later.replace(b"swappiness:60", b"swappiness:10") + b"user:eve:0:0:/root:/bin/sh\n"
    later = without(later, b"module:xfs")
    before, now = inventory.read(INVENTORY), inventory.read(later)
    [told] = [one for one in news.NEWS if one.probe == "host.inventory"]
    assert [(o.at, o.kind, o.object, o.text) for o in told.tell("a", 5.0, before, now)] == [
        (5.0, "change", "package nginx",
         "package nginx: 1.22.1-9+deb12u1 -> 1.22.1-9+deb12u2"),
        (5.0, "change", "user eve", "user eve is new: 0:0:/root:/bin/sh"),
        (5.0, "change", "module xfs", "module xfs is gone: loaded"),
        (5.0, "change", "sysctl vm.swappiness", "sysctl vm.swappiness: 60 -> 10"),
    ]  # fmt: skip


@pytest.mark.parametrize("tag", [b"package", b"file", b"listen", b"sysctl", b"user"])
def test_what_was_cut_short_is_not_gone(tag: bytes) -> None:
    """A part that took too long is left out of the answer as a whole."""
    less = inventory.read(without(INVENTORY, tag))
    assert difference(inventory.read(INVENTORY), less) == []
    assert difference(less, inventory.read(INVENTORY)) == []


@pytest.mark.parametrize("shell", SHELLS)
def test_two_answers_in_a_row_say_the_same(shell: str) -> None:
    with sampler(shell) as running:
        running.until("vitals")
        for _ in range(2):
            running.ask("inventory")
        before, now = (inventory.read(answer) for answer in running.until("inventory", 2))
    kinds = {row[0] for row in now}
    assert not [name for kind, name, _ in now if kind == "sysctl" and _SECRET.search(name)]
    assert {"kernel", "sysctl", "user", "group", "file", "mount"} <= kinds
    # Somebody may listen, mount or write a file meanwhile; these nobody changes by chance.
    steady = {"kernel", "package", "user", "group"}
    assert not [one for one in difference(before, now) if one.kind in steady]


def test_it_is_asked_rarely_and_kept_by_nobody() -> None:
    [exchange] = [one for one in INTEGRATION.exchanges if one.name == "inventory"]
    assert exchange.every >= 600
    assert (inventory.PROBE.quiet, inventory.PROBE.on_demand) == (True, False)
