"""Cores, memory, pressure, disks and interfaces: rows of the parts that vitals sum up."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.domains.system.host import cpu, disk, interface, memory, pressure
from opsconsole.model import Value
from opsconsole.spec import Probe
from tests.domains.system.host.wires import LATER, SMALL, big, without


def table(
    probe: Probe[Any], now: bytes, before: bytes | None = None
) -> dict[str, dict[str, Value]]:
    """Rows by their first column."""
    old = None if before is None else probe.read(before)
    keys = [column.key for column in probe.columns]
    return {
        str(row[0]): dict(zip(keys, row, strict=True)) for row in probe.rows(probe.read(now), old)
    }


def test_cores() -> None:
    cores = table(cpu.PROBE, LATER, SMALL)
    assert list(cores) == ["0", "1"]
    assert cores["0"]["cpu_percent"] == cores["0"]["user_percent"] == 100
    assert cores["1"]["cpu_percent"] is None  # no tick passed: nothing to divide by


def test_a_core_that_came_has_no_rate_and_one_that_went_no_row() -> None:
    cores = table(cpu.PROBE, without(LATER, b"stat:cpu1"), without(SMALL, b"stat:cpu0"))
    assert {core: row["cpu_percent"] for core, row in cores.items()} == {"0": None}


def test_iowait_that_steps_back_is_the_kernels_estimate_and_no_reset() -> None:
    stepped = LATER.replace(b"cpu0 700 10 200 3900 200", b"cpu0 700 10 200 3900 195")
    row = table(cpu.PROBE, stepped, SMALL)["0"]
    assert (row["cpu_percent"], row["iowait_percent"]) == (100, 0)


def test_a_system_that_tells_four_times_has_no_iowait() -> None:
    before, now = (
        b"uptime:1.00 0\nstat:cpu0 100 0 0 100\n",
        b"uptime:2.00 0\nstat:cpu0 150 0 0 150\n",
    )
    row = table(cpu.PROBE, now, before)["0"]
    assert (row["cpu_percent"], row["iowait_percent"], row["steal_percent"]) == (50, None, None)


def test_big_hosts_have_all_their_parts() -> None:
    assert len(table(cpu.PROBE, big())) == 64
    assert len(table(disk.PROBE, big())) == 32
    assert len(table(interface.PROBE, big())) == 24


def test_memory() -> None:
    (row,) = table(memory.PROBE, LATER, SMALL).values()
    assert row["memory_used_percent"] == 75
    assert row["used_bytes"] == 750_000 * 1024
    assert row["cached_bytes"] == 120_000 * 1024
    assert (row["slab_bytes"], row["committed_bytes"]) == (None, None)
    assert (row["swap_used_percent"], row["swap_used_bytes"]) == (25, 100_000 * 1024)
    assert (row["swap_in_pages_per_s"], row["swap_out_pages_per_s"]) == (5, 30)
    assert row["oom_kills_since_boot"] == 9
    assert row["huge_pages_total_bytes"] == 4 * 2048 * 1024
    assert row["huge_pages_free_bytes"] == 2048 * 1024


def test_a_host_without_swap_has_no_share_of_it() -> None:
    none = SMALL.replace(b"SwapTotal:        400000", b"SwapTotal:             0")
    (row,) = table(memory.PROBE, none).values()
    assert (row["swap_used_percent"], row["swap_total_bytes"]) == (None, 0)


def test_no_memory_is_no_row() -> None:
    assert table(memory.PROBE, without(SMALL, b"meminfo:")) == {}


def test_pressure_of_the_time_between_two_answers() -> None:
    rows = table(pressure.PROBE, LATER, SMALL)
    assert list(rows) == ["cpu", "memory", "io"]
    assert rows["cpu"]["some_percent"] == pytest.approx(25)  # 0.5 s of 2 s
    assert (rows["cpu"]["some_10s_percent"], rows["io"]["full_300s_percent"]) == (1.5, 0.18)


def test_old_kernels_have_no_pressure() -> None:
    assert table(pressure.PROBE, without(SMALL, b"pressure/")) == {}


def test_disks() -> None:
    rows = table(disk.PROBE, LATER, SMALL)
    assert list(rows) == ["sda", "nvme0n1", "dm-0"]
    sda = rows["sda"]
    assert (sda["reads_per_s"], sda["writes_per_s"]) == (20, 5)
    assert (sda["read_bytes_per_s"], sda["write_bytes_per_s"]) == (102_400, 10_240)
    assert (sda["await_ms"], sda["read_await_ms"], sda["write_await_ms"]) == (4, 2.5, 10)
    assert (sda["utilisation_percent"], sda["queue"], sda["in_flight"]) == (50, 0.1, 1)
    assert (rows["dm-0"]["await_ms"], rows["dm-0"]["utilisation_percent"]) == (None, 0)


def test_utilisation_never_passes_all_of_the_time() -> None:
    late = LATER.replace(b"1600 1 10000", b"1600 1 19000")
    assert table(disk.PROBE, late, SMALL)["sda"]["utilisation_percent"] == 100


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        ("sda sda1 sda12 sdb1", "sda sdb1"),
        ("nvme0n1 nvme0n1p1 nvme1n1p2", "nvme0n1 nvme1n1p2"),
        ("mmcblk0 mmcblk0p1 mmcblk0boot0", "mmcblk0 mmcblk0boot0"),
        ("md0 md0p1 md127 dm-0 dm-10", "md0 md127 dm-0 dm-10"),
        ("xvda1 vda vda1 vdaa vdaa2", "xvda1 vda vdaa"),
        ("loop0 ram1 zram0 sr0 fd0", ""),
    ],
)
def test_partitions_of_a_listed_disk_are_left_out(names: str, kept: str) -> None:
    assert disk.wanted(tuple(names.encode().split())) == frozenset(kept.encode().split())


def test_volumes_count_only_where_nothing_is_below_them() -> None:
    assert disk.bottom((b"sda", b"dm-0", b"md1")) == {b"sda"}
    assert disk.bottom((b"dm-0",)) == {b"dm-0"}


def test_interfaces() -> None:
    rows = table(interface.PROBE, LATER, SMALL)
    assert list(rows) == ["lo", "eth0", "bond0"]
    eth0 = rows["eth0"]
    assert (eth0["link"], eth0["speed_bits_per_s"], eth0["hardware"]) == ("up", 10**9, True)
    assert (eth0["receive_bits_per_s"], eth0["transmit_bits_per_s"]) == (1_000_000, 2_000_000)
    assert eth0["utilisation_percent"] == pytest.approx(0.2)
    assert (eth0["receive_packets_per_s"], eth0["transmit_packets_per_s"]) == (50, 100)
    assert (eth0["receive_errors_per_s"], eth0["transmit_errors_per_s"]) == (0.5, 0)
    assert (eth0["receive_drops_per_s"], eth0["transmit_drops_per_s"]) == (0, 0.5)
    assert (eth0["received_bytes"], eth0["transmitted_bytes"]) == (1_250_000, 2_500_000)
    assert (rows["lo"]["link"], rows["bond0"]["hardware"]) == (None, False)


@pytest.mark.parametrize("speed", ["-1", "-", "0", "4294967295", "99999999999999"])
def test_an_unknown_speed_is_unknown(speed: str) -> None:
    answer = SMALL.replace(b"eth0 up 1000 +", f"eth0 down {speed} +".encode())
    eth0 = table(interface.PROBE, answer)["eth0"]
    assert (eth0["link"], eth0["speed_bits_per_s"]) == ("down", None)


def test_numbers_may_touch_the_name() -> None:
    touching = SMALL.replace(b" eth0: 1000000", b" eth0:1000000")
    assert table(interface.PROBE, touching)["eth0"]["received_bytes"] == 1_000_000


@given(st.integers(1, 10**12), st.integers(0, 10**12))
def test_no_share_of_the_processor_is_over_a_hundred(user: int, idle: int) -> None:
    before = (0, 0, 0, 0)
    whole, *_ = cpu.shares((user, 0, 0, 0), before)
    assert whole == 100
    busy, *_ = cpu.shares((user, 0, 0, idle), before)
    assert busy is not None
    assert 0 <= busy <= 100
