"""The slow answer: file systems, units, clock, identity, and the health that sums them up."""

from typing import Any

import pytest

from opsconsole.domains.system.host import (
    INTEGRATION,
    clock,
    connection,
    filesystem,
    health,
    identity,
    unit,
)
from opsconsole.errors import Malformed, Unsupported
from opsconsole.model import Value
from opsconsole.spec import Probe
from tests.domains.system.host.wires import ASSETS, INVENTORY, JOURNAL, SLOW, UPDATES, without


def rows(probe: Probe[Any], answer: bytes) -> list[dict[str, Value]]:
    keys = [column.key for column in probe.columns]
    return [dict(zip(keys, row, strict=True)) for row in probe.rows(probe.read(answer), None)]


def mounts(answer: bytes) -> dict[str, dict[str, Value]]:
    return {str(row["mount"]): row for row in rows(filesystem.PROBE, answer)}


def clocks(*lines: bytes) -> dict[str, Value]:
    (row,) = rows(clock.PROBE, without(SLOW, b"chrony:") + b"".join(b"%s\n" % x for x in lines))
    return row


def test_no_row_of_it_needs_the_answer_before() -> None:
    answers = {
        "slow": (SLOW, without(SLOW, b"chrony:")),
        "inventory": (INVENTORY, without(INVENTORY, b"module:")),
        "assets": (ASSETS, without(ASSETS, b"socket:")),
        "updates": (UPDATES, without(UPDATES, b"update:")),
        "journal": (JOURNAL, without(JOURNAL, b"journal:")),
    }
    alone = [exchange.name for exchange in INTEGRATION.exchanges if not exchange.compared]
    assert sorted(alone) == sorted(answers)
    asked = [probe for probe in INTEGRATION.probes if probe.exchange in answers]
    assert len(asked) == 11
    for probe in asked:
        now, before = map(probe.read, answers[probe.exchange])
        assert probe.rows(now, before) == probe.rows(now, None), probe.id


def test_file_systems_as_df_counts_them() -> None:
    found = mounts(SLOW)
    assert list(found) == ["/", "/srv/big disk", "/media/image", "/mnt/nas", "/mnt/old"]
    root = found["/"]
    assert root["used_percent"] == pytest.approx(600 / 9)
    assert (root["size_bytes"], root["used_bytes"]) == (1000 * 1024, 600 * 1024)
    assert root["available_bytes"] == 300 * 1024
    assert (root["inodes_percent"], root["inodes"]) == (95, 200)
    assert (root["type"], root["device"], root["state"]) == ("ext4", "/dev/sda1", "ok")
    assert (found["/srv/big disk"]["used_percent"], found["/srv/big disk"]["inodes_percent"]) == (
        95,
        None,
    )


def test_what_does_not_answer_says_so_and_keeps_its_row() -> None:
    states = {name: row["state"] for name, row in mounts(SLOW).items()}
    assert states["/media/image"] == "read only"
    assert states["/mnt/nas"] == "no answer in 3 s"
    assert states["/mnt/old"] == "df failed"
    assert mounts(SLOW)["/mnt/nas"]["used_percent"] is None
    without_timeout = mounts(SLOW.replace(b"hung:", b"unasked:"))
    assert "timeout(1)" in str(without_timeout["/mnt/nas"]["state"])


def test_a_mount_name_can_not_pass_for_numbers_of_another() -> None:
    forged = SLOW + (
        b"mount:x\\0401\\0401\\0401\\0401%\\040/ /tmp/1\\0401\\0401\\0401%\\040/ fuse rw\n"
        b"space:x 1 1 1 1% / 5 5 5 5% /tmp/1 1 1 1% /\n"
    )
    found = mounts(forged)
    assert found["/"]["used_percent"] == pytest.approx(600 / 9)
    assert found["/tmp/1 1 1 1% /"]["state"] == "not asked"


def test_control_characters_in_names_do_not_lose_the_numbers() -> None:
    answer = SLOW + b"mount:/dev/sdc /a\\033b ext4 rw\nspace:/dev/sdc 10 5 5 50% /a?b\n"
    assert mounts(answer)["/a\ufffdb"]["used_percent"] == 50


def test_a_later_mount_hides_the_earlier_one() -> None:
    found = mounts(SLOW + b"mount:tmpfs / tmpfs rw\n")
    assert found["/"]["type"] == "tmpfs"
    assert list(found)[-1] == "/"


def test_units_with_their_restarts_and_age() -> None:
    backup, flap = rows(unit.PROBE, SLOW)
    assert (backup["unit"], backup["active"], backup["sub"]) == (
        "backup.service",
        "failed",
        "failed",
    )
    assert backup["description"] == "Nightly backup"
    assert (backup["result"], backup["restarts"], backup["for_s"]) == ("exit-code", 0, 600)
    assert (flap["sub"], flap["restarts"], flap["for_s"]) == ("auto-restart", 17, None)


def test_no_failed_unit_is_an_empty_answer_and_no_systemd_a_fault() -> None:
    assert rows(unit.PROBE, without(SLOW, b"unit", b"property") + b"units:0\n") == []
    with pytest.raises(Unsupported, match="systemd does not answer"):
        unit.read(without(SLOW, b"unit", b"property") + b"unitless:\n")


def test_a_description_does_not_pass_for_a_unit() -> None:
    forged = SLOW + b"unit:not a unit at all\nunit:../../etc failed failed failed x\n"
    assert [row["unit"] for row in rows(unit.PROBE, forged)] == ["backup.service", "flap.service"]


def test_chrony() -> None:
    (row,) = rows(clock.PROBE, SLOW)
    assert (row["clock"], row["source"]) == ("synchronised", "chronyc")
    assert row["offset_ms"] == pytest.approx(-52.1)
    assert row["clock_distance_ms"] == pytest.approx(52.1)
    assert (row["reference"], row["stratum"]) == ("ntp1.example.net", 3)
    assert row["root_delay_ms"] == pytest.approx(1.2)
    assert row["root_dispersion_ms"] == pytest.approx(34.5)
    assert (row["frequency_ppm"], row["update_s"]) == (-12.345, 64.5)
    assert (row["at"], row["zone"]) == (1795477829, "+0100 CET")
    alone = SLOW.replace(b"64.5,Normal", b"64.5,Not synchronised")
    assert rows(clock.PROBE, alone)[0]["clock"] == "not synchronised"


def test_ntpq() -> None:
    row = clocks(
        b"ntp:leap=00, stratum=2, rootdelay=10.5, rootdisp=4.25, refid=10.0.0.1,",
        b"ntp:offset=-1.5, frequency=3.5",
    )
    assert (row["clock"], row["source"], row["stratum"]) == ("synchronised", "ntpq", 2)
    assert (row["offset_ms"], row["root_delay_ms"], row["reference"]) == (-1.5, 10.5, "10.0.0.1")
    assert clocks(b"ntp:leap=11, stratum=16")["clock"] == "not synchronised"


def test_timedatectl_and_adjtimex_know_no_reference() -> None:
    row = clocks(b"timedate:NTP=yes", b"timedate:NTPSynchronized=yes")
    assert (row["clock"], row["source"], row["offset_ms"]) == ("synchronised", "timedatectl", None)
    assert clocks(b"timedate:NTPSynchronized=no")["clock"] == "not synchronised"
    row = clocks(b"adjtimex:-o  offset:       -250 us", b"adjtimex:    status:       1 (PLL)")
    assert (row["clock"], row["source"], row["offset_ms"]) == ("synchronised", "adjtimex", -0.25)
    assert clocks(b"adjtimex:    status:       64 (UNSYNC)")["clock"] == "not synchronised"


def test_no_source_is_unknown_and_not_wrong() -> None:
    row = clocks()
    assert (row["clock"], row["source"]) == ("unknown", "none")


def test_identity() -> None:
    (row,) = rows(identity.PROBE, SLOW)
    assert row == {
        "hostname": "web-1",
        "os": "Debian GNU/Linux 12 (bookworm)",
        "kernel": "Linux 6.1.0-18-amd64",
        "architecture": "x86_64",
        "cores": 5,
        "cpu_model": "AMD EPYC 7763",
        "machine": "QEMU Standard PC (Q35)",
        "virtualisation": "qemu",
        "boot": "1a91effe-710f-4d41-82cd-e82a84ff955e",
        "uptime_s": 1000,
    }
    told = rows(identity.PROBE, SLOW + b"virtual:kvm\n")
    assert told[0]["virtualisation"] == "kvm"


def test_health_names_the_worst() -> None:
    (row,) = rows(health.PROBE, SLOW)
    assert (row["filesystem_used_percent"], row["fullest_filesystem"]) == (95, "/srv/big disk")
    assert (row["inodes_used_percent"], row["inodes_filesystem"]) == (95, "/")
    assert row["hung_filesystems"] == 1
    assert row["failed_units"] == 1  # the flapping one is not failed yet
    assert row["clock"] == "synchronised"
    assert row["clock_distance_ms"] == pytest.approx(52.1)
    assert (row["os"], row["kernel"]) == ("Debian GNU/Linux 12 (bookworm)", "Linux 6.1.0-18-amd64")


@pytest.mark.parametrize("tag", [b"mount:", b"space:", b"unit", b"chrony:", b"/etc/", b"/proc/"])
def test_health_stands_without_any_of_its_sources(tag: bytes) -> None:
    (row,) = rows(health.PROBE, without(SLOW, tag))
    assert len([value for value in row.values() if value is not None]) >= 6


@pytest.mark.parametrize(
    ("good", "bad", "place"),
    [
        (b"mount:/dev/sda1 / ext4 rw", b"mount:/dev/sda1 /", "/proc/self/mounts"),
        (b"-0.0521", b"nan", "the clock"),
        (b",3,1795", b",three,1795", "the clock"),
        (b"uptime:1000.00", b"uptime:long", "systemctl"),
    ],
)
def test_damage_is_named(good: bytes, bad: bytes, place: str) -> None:
    assert good in SLOW
    with pytest.raises(Malformed) as caught:
        health.read(SLOW.replace(good, bad))
    assert place in str(caught.value)


def test_an_answer_without_a_kernel_is_no_answer() -> None:
    with pytest.raises(Malformed, match="does not name a kernel"):
        health.read(without(SLOW, b"kernel:"))
    with pytest.raises(Unsupported, match="runs Darwin arm64"):
        health.read(b"unsupported:Darwin arm64\n")


def test_connections_of_both_families() -> None:
    lines = (
        b"/proc/net/sockstat:sockets: used 275\n"
        b"/proc/net/sockstat:TCP: inuse 40 orphan 1 tw 17 alloc 60 mem 9\n"
        b"/proc/net/sockstat:UDP: inuse 6 mem 2\n"
        b"/proc/net/sockstat6:TCP6: inuse 2\n"
        b"/proc/net/sockstat6:UDP6: inuse 3\n"
    )
    [found] = rows(connection.PROBE, SLOW + lines)
    assert found == {
        "sockets": 275,
        "tcp": 42,
        "tcp_time_wait": 17,
        "tcp_orphaned": 1,
        "tcp_allocated": 60,
        "tcp_pages": 9,
        "udp": 9,
    }
    [only] = rows(connection.PROBE, SLOW + b"/proc/net/sockstat:TCP: inuse 40\n")
    assert (only["tcp"], only["udp"]) == (40, None)
    assert rows(connection.PROBE, SLOW) == []
    for broken in (b"TCP: inuse", b"TCP: inuse x", b"TCP: inuse -1", b"TCP: inuse 1 tw"):
        with pytest.raises(Malformed):
            connection.PROBE.read(SLOW + b"/proc/net/sockstat:" + broken + b"\n")
