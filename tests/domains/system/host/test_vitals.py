"""Vitals: two answers in, exact rates out; what is missing is unknown, what is damaged is named."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsconsole.domains.system.host import INTEGRATION, vitals, wire
from opsconsole.errors import Malformed, TargetError, Unsupported
from opsconsole.model import Value
from opsconsole.spec import Probe
from tests.domains.system.host.wires import (
    ASSETS,
    INVENTORY,
    JOURNAL,
    LATER,
    LVS,
    PROCESSES,
    SERVICES,
    SLOW,
    SMALL,
    UPDATES,
    big,
    without,
)

COUNTED_SECONDS = 2.0


def values(now: bytes, before: bytes | None = None) -> dict[str, Value]:
    reading = vitals.read(now)
    (row,) = vitals.PROBE.rows(reading, None if before is None else vitals.read(before))
    return {column.key: value for column, value in zip(vitals.PROBE.columns, row, strict=True)}


def test_a_first_answer_has_levels_and_no_rates() -> None:
    first = values(SMALL)
    assert first["cpu_percent"] is None
    assert first["receive_bits_per_s"] is None
    assert first["oom_kills"] is None
    assert (first["cores"], first["load1"], first["load5"], first["load15"]) == (2, 0.5, 1.5, 2.5)
    assert first["load_per_core"] == 0.75
    assert first["memory_used_percent"] == 75
    assert first["memory_available_bytes"] == 250_000 * 1024
    assert first["memory_total_bytes"] == 1_000_000 * 1024
    assert first["swap_used_percent"] == 25
    assert (first["running"], first["blocked"]) == (3, 1)
    assert (first["descriptors_percent"], first["conntrack_percent"]) == (50, 90)
    assert first["cpu_pressure_percent"] == 1.5
    assert first["memory_pressure_percent"] == 0.25
    assert first["io_pressure_percent"] == 3.0
    assert first["uptime_s"] == 1000


def test_two_answers_give_rates_by_the_targets_own_clock() -> None:
    later = values(LATER, SMALL)
    # Of 400 ticks: 100 user, 10 nice, 40 system, 190 idle, 40 iowait, 2 irq, 4 softirq, 14 steal.
    assert later["cpu_percent"] == pytest.approx(170 / 4)
    assert later["user_percent"] == pytest.approx(110 / 4)
    assert later["system_percent"] == pytest.approx(10)
    assert later["iowait_percent"] == pytest.approx(10)
    assert later["steal_percent"] == pytest.approx(3.5)
    assert (later["swap_in_pages_per_s"], later["swap_out_pages_per_s"]) == (5, 30)
    assert later["oom_kills"] == 2


def test_disks_are_summed_once_and_the_worst_is_named() -> None:
    later = values(LATER, SMALL)
    # sda and nvme0n1: the partition and the volume above them carry the same sectors again.
    assert later["read_bytes_per_s"] == 400 * 512 / COUNTED_SECONDS
    assert later["write_bytes_per_s"] == (40 + 4000) * 512 / COUNTED_SECONDS
    assert (later["disk_utilisation_percent"], later["busiest_disk"]) == (50, "sda")
    assert (later["disk_await_ms"], later["slowest_disk"]) == (200 / 50, "sda")


def test_a_bond_does_not_count_its_nics_again() -> None:
    later = values(LATER, SMALL)
    assert later["receive_bits_per_s"] == 250_000 * 8 / COUNTED_SECONDS
    assert later["transmit_bits_per_s"] == 500_000 * 8 / COUNTED_SECONDS
    assert later["network_faults_per_s"] == 2 / COUNTED_SECONDS


def test_a_container_without_hardware_counts_its_plain_interfaces() -> None:
    answers = [answer.replace(b" +\n", b" -\n") for answer in (LATER, SMALL)]
    later = values(*answers)
    assert later["receive_bits_per_s"] == 250_000 * 8 / COUNTED_SECONDS


def test_a_big_host() -> None:
    row = values(big(2), big(1))
    assert row["cores"] == 64
    assert row["cpu_percent"] == pytest.approx(50)
    assert row["iowait_percent"] == pytest.approx(5)
    assert row["read_bytes_per_s"] == 32 * 800 * 512
    assert row["disk_utilisation_percent"] == 32
    assert row["busiest_disk"] == "sdbf"
    assert row["disk_await_ms"] == 3
    assert row["receive_bits_per_s"] == 24 * 8_000_000
    assert row["transmit_bits_per_s"] == 24 * 4_000_000


@pytest.mark.parametrize(
    ("gone", "unknown"),
    [
        (b"uptime:", "uptime_s cpu_percent?"),
        (b"stat:", "cpu_percent cores running blocked load_per_core"),
        (b"loadavg:", "load1 load5 load15 load_per_core"),
        (b"meminfo:", "memory_used_percent memory_available_bytes swap_used_percent"),
        (b"vmstat:", "swap_in_pages_per_s swap_out_pages_per_s oom_kills"),
        (b"pressure/", "cpu_pressure_percent memory_pressure_percent io_pressure_percent"),
        (b"diskstats:", "read_bytes_per_s disk_utilisation_percent disk_await_ms"),
        (b"net/dev:", "receive_bits_per_s transmit_bits_per_s network_faults_per_s"),
        (b"sys/fs/", "descriptors_percent"),
        (b"sys/net/", "conntrack_percent"),
        (b"link:", ""),
    ],
)
def test_a_missing_source_is_unknown_and_breaks_no_other(gone: bytes, unknown: str) -> None:
    whole = values(LATER, SMALL)
    cut = values(without(LATER, gone), without(SMALL, gone))
    missing = {key for key, value in cut.items() if value is None}
    assert {key for key in unknown.split() if not key.endswith("?")} <= missing
    if gone != b"uptime:":  # no uptime, no rates
        level = {"load1", "memory_total_bytes", "running", "uptime_s"} - missing
        assert {key: cut[key] for key in level} == {key: whole[key] for key in level}
        others = {b"net/dev:": "read_bytes_per_s", b"diskstats:": "receive_bits_per_s"}
        assert cut[others.get(gone, "read_bytes_per_s")] or gone == b"diskstats:"


def test_before_linux_3_14_what_is_free_or_could_be_is_available() -> None:
    old = without(SMALL, b"meminfo:MemAvailable")
    assert values(old)["memory_available_bytes"] == (100_000 + 2_000 + 120_000) * 1024


def test_a_restart_gives_no_rates() -> None:
    again = LATER.replace(b"uptime:1002.00", b"uptime:12.00").replace(
        b"btime 17000", b"btime 17001"
    )
    row = values(again, SMALL)
    assert row["uptime_s"] == 12
    assert {row[key] for key in ("cpu_percent", "read_bytes_per_s", "receive_bits_per_s")} == {None}
    assert row["oom_kills"] is None


def test_a_restart_is_seen_when_the_host_was_away_for_longer_than_it_was_up() -> None:
    again = LATER.replace(b"btime 1700000000", b"btime 1700009999")
    assert values(again, SMALL)["cpu_percent"] is None


def test_reset_counters_give_no_rate_instead_of_a_wrong_one() -> None:
    row = values(SMALL.replace(b"uptime:1000.00", b"uptime:1010.00"), LATER)
    for key in ("cpu_percent", "swap_in_pages_per_s", "read_bytes_per_s", "receive_bits_per_s"):
        assert row[key] is None
    assert row["memory_used_percent"] == 75


def test_the_same_answer_twice_gives_no_rates() -> None:
    assert values(SMALL, SMALL)["cpu_percent"] is None


def test_what_appeared_counts_from_its_second_answer() -> None:
    row = values(LATER, without(SMALL, b"diskstats: 259", b"net/dev:  eth0"))
    assert row["write_bytes_per_s"] == 40 * 512 / COUNTED_SECONDS
    assert row["receive_bits_per_s"] is None


def test_another_system_is_said_to_be_unsupported() -> None:
    with pytest.raises(Unsupported, match="runs FreeBSD amd64"):
        vitals.read(b"unsupported:FreeBSD amd64\n")


@pytest.mark.parametrize(
    ("good", "bad", "place"),
    [
        (b"uptime:1000.00", b"uptime:soon", "/proc/uptime"),
        (b"uptime:1000.00", b"uptime:nan", "/proc/uptime"),
        (b"cpu  1000", b"cpu  -1", "/proc/stat"),
        (b"cpu  1000 20 300", b"cpu \nx", "/proc/stat"),
        (b"btime 1700000000", b"btime x", "/proc/uptime"),
        (b"procs_running 3", b"procs_running 99999999999999999999999", "/proc/stat"),
        (b"loadavg:0.50 1.50 2.50", b"loadavg:0.50", "/proc/loadavg"),
        (b"loadavg:0.50", b"loadavg:1e400", "/proc/loadavg"),
        (b"MemTotal:        1000000", b"MemTotal:        1O00000", "/proc/meminfo"),
        (b"oom_kill 7", b"oom_kill seven", "/proc/vmstat"),
        (b"some avg10=3.00", b"some avg10=-3.00", "/proc/pressure"),
        (b"sda 1000 5", b"sda 5", "/proc/diskstats"),
        (b"nvme0n1 100", b"nvme0n1 1e2", "/proc/diskstats"),
        (b"eth0: 1000000 ", b"eth0: ", "/proc/net/dev"),
        (b"file-nr:500\t0\t1000", b"file-nr:500", "/proc/sys"),
    ],
)
def test_damage_is_named(good: bytes, bad: bytes, place: str) -> None:
    assert good in SMALL
    broken = SMALL.replace(good, bad)
    if good == b"sda 1000 5":
        broken = b"".join(
            line if b" sda " not in line else b"diskstats: 8 0 sda 1 2\n"
            for line in SMALL.splitlines(True)
        )
    with pytest.raises(Malformed) as caught:
        vitals.read(broken)
    assert place in str(caught.value)


@pytest.mark.parametrize("payload", [b"", b"\n", b"\0" * 100, b"sh: not found\n", SLOW])
def test_an_answer_without_cpu_and_memory_is_no_answer(payload: bytes) -> None:
    with pytest.raises(Malformed, match="neither cpu nor memory"):
        vitals.read(payload)


ANSWERS = {
    "vitals": (SMALL, LATER),
    "slow": (SLOW, SLOW),
    "processes": (PROCESSES, PROCESSES),
    "services": (SERVICES, SERVICES),
    "lvs": (LVS, LVS),
    "inventory": (INVENTORY, INVENTORY),
    "assets": (ASSETS, ASSETS),
    "updates": (UPDATES, UPDATES),
    "journal": (JOURNAL, without(JOURNAL, b"span:")),
}


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """An answer with a few cuts, copies and foreign bytes in it."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        to = draw(st.integers(at, min(len(data), at + 200)))
        data[at:to] = draw(
            st.one_of(
                st.binary(max_size=20),
                st.sampled_from([b"", b"\n", b" ", b":", b"-", b"9" * 30, b"1e999", b"nan", b"\0"]),
                st.just(bytes(data[:50])),
            )
        )
    return bytes(data)


@pytest.mark.parametrize("probe", INTEGRATION.probes, ids=lambda probe: str(probe.id))
@settings(deadline=None)
@given(data=st.data())
def test_no_damage_escapes_as_anything_but_a_target_error(
    probe: Probe[Any], data: st.DataObject
) -> None:
    first, second = (data.draw(damaged(answer)) for answer in ANSWERS[probe.exchange])
    try:
        before, now = probe.read(first), probe.read(second)
    except TargetError:
        return
    for row in probe.rows(now, before):
        assert len(row) == len(probe.columns)
        assert not [v for v in row if isinstance(v, float) and not abs(v) < 1e300]
        assert not [v for v in row if isinstance(v, str) and not (v.isprintable() or "\ufffd" in v)]


@pytest.mark.parametrize("probe", INTEGRATION.probes, ids=lambda probe: str(probe.id))
@settings(deadline=None)
@given(garbage=st.binary(max_size=300))
def test_no_garbage_escapes_as_anything_but_a_target_error(
    probe: Probe[Any], garbage: bytes
) -> None:
    with contextlib.suppress(TargetError):
        probe.rows(probe.read(garbage), None)


def test_a_counter_has_no_sign_and_64_bits() -> None:
    most = (1 << 64) - 1
    assert wire.counts([b"0", str(most).encode()]) == (0, most)
    assert wire.counts([]) == ()
    for word in (b"-1", str(most + 1).encode(), b"1.5", b"nan", b"", b"9" * 5000):
        with pytest.raises(ValueError, match=r"range|literal|limit"):
            wire.counts([b"7", word])


def test_all_of_it_is_a_hundred_percent_and_no_more() -> None:
    part = 2.897816145904856
    assert 100 * part / part > 100
    assert wire.share(part, part) == 100
    assert wire.share(3.0, 2.0) == 150, "what is told wrong is shown as it was told"
