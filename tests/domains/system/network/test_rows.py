"""Answers as rows: wraps, restarts, holes, what is absurd; neighbours, what hangs on a port."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.domains.system.network import (
    attached,
    bgp,
    identity,
    interface,
    mib,
    neighbour,
    resource,
    sensor,
    topology,
)
from opsconsole.domains.system.network.rate import Clock, per_s, seconds_between
from opsconsole.errors import Malformed
from opsconsole.question import Part, Snmp, SnmpWalk, joined
from opsconsole.table import refused
from opsconsole.varbind import COUNTER, COUNTER64, GAUGE, TICKS
from tests.domains.system.network.scene import answered, number, table, text
from tests.servers.agent import Object

IF, IFX = mib.IF_ENTRY, mib.IFX_ENTRY


def port(index: int, name: str = "", **said: int) -> list[Object]:
    """One port: a gigabit of Ethernet that is up, unless it is said otherwise."""
    cells = {"kind": 6, "speed": 1_000_000_000, "admin": 1, "oper": 1, "fast": 1000} | said
    tags = {
        "kind": (IF, 3, 2), "speed": (IF, 5, GAUGE), "admin": (IF, 7, 2), "oper": (IF, 8, 2),
        "changed": (IF, 9, TICKS), "received": (IF, 10, COUNTER), "sent": (IF, 16, COUNTER),
        "errors": (IF, 14, COUNTER), "fast": (IFX, 15, GAUGE), "began": (IFX, 19, TICKS),
        "wide_received": (IFX, 6, COUNTER64), "wide_sent": (IFX, 10, COUNTER64),
    }  # fmt: skip
    found = [text(f"{IF}.2.{index}", name or f"port {index}")]
    found += [text(f"{IFX}.1.{index}", name)] if name else []
    for key, value in cells.items():
        oid, column, tag = tags[key]
        found.append(number(f"{oid}.{column}.{index}", value, tag))
    return found


def at(seconds: float, *ports: Sequence[Object]) -> bytes:
    """An answer of a device that is up for so long."""
    uptime = number(mib.UPTIME, round(100 * seconds) % (1 << 32), TICKS)
    return answered(interface.QUESTIONS, [uptime, *(one for some in ports for one in some)])


def flow(before: bytes, now: bytes) -> list[Any]:
    (row,) = table(interface.PROBE, now, before)
    return [
        row[key] for key in ("receive_bits_per_s", "transmit_bits_per_s", "utilisation_percent")
    ]


def test_rates_follow_the_clock_of_the_device() -> None:
    before = at(1000, port(1, "ge1", wide_received=1 << 40, wide_sent=0))
    now = at(1010, port(1, "ge1", wide_received=(1 << 40) + 1_250_000_000, wide_sent=125_000_000))
    assert flow(before, now) == [1e9, 1e8, 100.0]
    (row,) = table(interface.PROBE, now, before)
    assert row["counter_bits"] == 64
    (one,) = table(interface.SUMMARY, now, before)
    assert (one["receive_bits_per_s"], one["busiest"], one["busiest_percent"]) == (1e9, "ge1", 100)


def test_a_counter_of_32_bits_wraps() -> None:
    full = (1 << 32) - 1_000_000
    before = at(1000, port(1, "ge1", received=full, sent=0))
    now = at(1010, port(1, "ge1", received=1_500_000, sent=2_500_000))
    assert flow(before, now) == [2e6, 2e6, 0.2]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"received": 1_000_000}, {"received": 500}),  # stood too low to have wrapped
        ({"received": 1 << 31}, {"received": 1 << 30}),  # would be faster than the port
        ({"wide_received": 1 << 50, "wide_sent": 9}, {"wide_received": 5, "wide_sent": 9}),
        ({"received": 100, "began": 1}, {"received": 200, "began": 2}),
        ({"received": 100}, {"wide_received": 1 << 40, "wide_sent": 1 << 40}),
        ({}, {"received": 10}),
        ({"received": 0}, {"received": 1 << 37}),
    ],
)
def test_a_counter_that_began_anew_or_lies_is_no_rate(
    old: Mapping[str, int], new: Mapping[str, int]
) -> None:
    received, _, used = flow(at(1000, port(1, "a", **old)), at(1010, port(1, "a", **new)))
    assert (received, used) == (None, None)


def test_a_device_that_started_anew_has_no_rates_and_another_port_none_of_this_one() -> None:
    before = at(50_000, port(1, "a", wide_received=9_000, wide_sent=9_000))
    now = at(20, port(1, "a", wide_received=9_500, wide_sent=9_500))
    assert flow(before, now) == [None, None, None]
    (row,) = table(interface.SUMMARY, now, before)
    assert row["uptime_s"] == 20
    other = at(50_010, port(1, "b", wide_received=9_500, wide_sent=9_500))
    assert flow(before, other) == [None, None, None]
    assert flow(before, before) == [None, None, None]


def test_the_clock_wraps_after_497_days() -> None:
    whole = (1 << 32) / 100
    before = at(whole - 5, port(1, "a", wide_received=0, wide_sent=0))
    now = at(whole + 5, port(1, "a", wide_received=10_000, wide_sent=0))
    assert flow(before, now)[0] == pytest.approx(8000)
    assert Clock(500, int(whole) + 5).uptime_s == pytest.approx(whole + 5, abs=1)
    assert Clock(500, 77_777).uptime_s == 5  # the two say different things
    assert Clock(None).uptime_s is None
    assert Clock(500).since(600) is None
    assert Clock(500).since(100) == 4
    assert seconds_between(Clock(0), Clock(1)) is None
    assert per_s(5, 3, 2.0, 0) is None


@pytest.mark.parametrize(
    ("slow", "fast", "speed"),
    [
        (1_000_000_000, 1000, 1_000_000_000),
        (0xFFFFFFFF, 10_000, 10_000_000_000),
        (0xFFFFFFFF, 0, None),
        (64_000, 0, 64_000),
        (1_544_000, 1, 1_000_000),
        (1_200_000, 1, 1_200_000),
        (0, 0, None),
        (0, 4_294_967_295, None),
    ],
)
def test_speeds(slow: int, fast: int, speed: int | None) -> None:
    (row,) = table(interface.PROBE, at(1, port(1, "a", speed=slow, fast=fast)))
    assert row["speed_bits_per_s"] == speed


def test_wide_counters_that_stay_at_zero_are_not_believed() -> None:
    before = at(10, port(1, "a", received=100, sent=9, wide_received=0, wide_sent=0))
    now = at(20, port(1, "a", received=1100, sent=9, wide_received=0, wide_sent=0))
    assert flow(before, now)[0] == 800


def test_holes_and_names_that_stand_twice() -> None:
    bare = [number(f"{IF}.8.7", 2), number(f"{IF}.8.9", 77), text(f"{IF}.2.9", b"\xff\x01")]
    rows = table(interface.PROBE, at(1, bare, port(2, "eth0"), port(3, "eth0")))
    names = {row["index"]: row["interface"] for row in rows}
    assert names == {7: "interface 7", 9: "ff:01", 2: "eth0", 3: "eth0 #3"}
    assert {row["index"]: row["link"] for row in rows} == {7: "down", 9: "", 2: "up", 3: "up"}
    assert table(interface.PROBE, answered(interface.QUESTIONS, [])) == []


def test_a_table_that_is_refused_is_empty_and_rubbish_is_malformed() -> None:
    sound = at(1, port(1, "a"))
    assert len(table(interface.PROBE, sound)) == 1
    parts = [Part(0, b""), *[refused("genErr", "genErr")] * (len(interface.QUESTIONS) - 1)]
    assert table(interface.PROBE, joined(parts)) == []
    with pytest.raises(Malformed):
        table(interface.PROBE, sound[:-1])
    with pytest.raises(Malformed, match="refuses"):
        table(interface.PROBE, joined([refused("genErr", "genErr"), *parts[1:]]))


def test_ports_that_nobody_counts_twice() -> None:
    ports = [
        port(1, "ge1", wide_received=0, wide_sent=0),
        port(2, "vlan1", kind=136, wide_received=0, wide_sent=0),
        port(3, "off", admin=2, oper=2),
        port(4, "free", oper=2),
    ]
    later = [
        port(1, "ge1", wide_received=1000, wide_sent=0),
        port(2, "vlan1", kind=136, wide_received=1000, wide_sent=0),
        *ports[2:],
    ]
    (one,) = table(interface.SUMMARY, at(20, *later), at(10, *ports))
    assert one["receive_bits_per_s"] == 800
    assert [one[key] for key in ("ports", "ports_up", "ports_down", "ports_off")] == [4, 1, 1, 1]


def lldp(index: str, name: str, **said: bytes | int) -> list[Object]:
    found = [text(f"{neighbour.REMOTE}.9.{index}", name)]
    columns = {"chassis_kind": 4, "chassis": 5, "port_kind": 6, "port": 7, "about": 8, "kinds": 12}
    for key, value in said.items():
        oid = f"{neighbour.REMOTE}.{columns[key]}.{index}"
        found.append(number(oid, value) if isinstance(value, int) else text(oid, value))
    return found


def test_neighbours_of_ports_that_are_numbered_in_their_own_way() -> None:
    local = [
        text(f"{neighbour.LOCAL}.3.1", "ge1"),
        number(f"{neighbour.LOCAL}.2.2", 3),
        text(f"{neighbour.LOCAL}.3.2", bytes.fromhex("001b21000002")),
        number(f"{neighbour.LOCAL}.2.3", 7),
        text(f"{neighbour.LOCAL}.3.3", "unheard"),
        number(f"{mib.BASE_PORT}.2.3", 103),
    ]
    ports = [port(101, "ge1"), port(102, "ge2"), port(103, "ge3")]
    ports[1].append(text(f"{IF}.6.102", bytes.fromhex("001b21000002")))
    heard = [
        *lldp("0.1.1", "sw-1", port_kind=5, port=b"gi24", kinds=b"\x28\x00"),
        *lldp("0.2.1", "ap-1", port_kind=3, port=bytes.fromhex("001b21000009"), kinds=b"\x10"),
        *lldp("0.3.1", "", chassis_kind=5, chassis=b"\x01\x0a\x00\x00\x07", kinds=b"28 2 4"),
        *lldp("0.9.1", "lost", port_kind=3, port=bytes.fromhex("001b21000009"), about=b"uplink"),
    ]
    managed = [number(f"{neighbour.MANAGED}.3.0.1.1.1.4.192.0.2.7", 2)]
    rows = table(topology.PROBE, at(1, *ports, local, heard, managed))
    assert sorted(
        (row["port"], row["name"], row["their_port"], row["kind"], row["address"]) for row in rows
    ) == [
        ("9", "lost", "uplink", "", ""),
        ("ge1", "sw-1", "gi24", "bridge, router", "192.0.2.7"),
        ("ge2", "ap-1", "00:1b:21:00:00:09", "access point", ""),
        ("ge3", "10.0.0.7", "", "bridge, router", "10.0.0.7"),
    ]


def test_cdp_adds_whom_lldp_does_not_tell() -> None:
    heard = [
        *lldp("0.1.1", "sw-1.example.net", port_kind=5, port=b"gi24"),
        text(f"{neighbour.CDP}.6.1.5", "SW-1"),
        text(f"{neighbour.CDP}.6.2.1", "rt-1"),
        text(f"{neighbour.CDP}.7.2.1", "Gi0/1"),
        text(f"{neighbour.CDP}.4.2.1", b"\x0a\x00\x00\x01"),
        text(f"{neighbour.CDP}.9.2.1", b"\x00\x00\x00\x29"),
    ]
    rows = table(topology.PROBE, at(1, port(1, "ge1"), port(2, "ge2"), heard))
    assert [(row["port"], row["name"], row["kind"], row["protocol"]) for row in rows] == [
        ("ge1", "sw-1.example.net", "", "LLDP"),
        ("ge2", "rt-1", "router, bridge", "CDP"),
    ]
    (_, second) = table(interface.PROBE, at(1, port(1, "ge1"), port(2, "ge2"), heard))
    assert second["neighbour"] == "rt-1 Gi0/1"


def test_addresses_behind_ports_with_vlan_and_arp() -> None:
    objects = [
        number(f"{attached.PLAIN}.2.0.27.33.0.0.1", 1),
        number(f"{attached.PLAIN}.2.0.27.33.0.0.9", 2),
        number(f"{attached.PLAIN}.2.0.27.33.0.0.8", 0),
        number(f"{attached.PLAIN}.2.0.27.33", 1),
        number(f"{attached.BY_VLAN}.2.3.0.27.33.0.0.1", 1),
        number(f"{attached.VLAN_OF}.3.0.30", 3),
        text(f"{attached.VLANS}.1.30", "servers"),
        number(f"{mib.BASE_PORT}.2.1", 101),
        text(f"{IFX}.1.101", "ge1"),
        text(f"{attached.ARP}.2.5.10.0.0.1", bytes.fromhex("001b21000001")),
        text(f"{attached.NEIGHBOURS}.4.5.1.4.10.0.0.2", bytes.fromhex("001b21000001")),
        text(f"{attached.NEIGHBOURS}.4.5.2.16.254.128" + ".0" * 13 + ".9",
             bytes.fromhex("001b21000009")),
        text(f"{attached.NEIGHBOURS}.4.5.2.16.254", b"cut"),
    ]  # fmt: skip
    rows = table(attached.PROBE, answered(attached.QUESTIONS, objects))
    assert [
        (row["port"], row["mac"], row["vlan"], row["vlan_name"], row["address"], row["others"])
        for row in rows
    ] == [
        ("ge1", "00:1b:21:00:00:01", 30, "servers", "10.0.0.1", "10.0.0.2"),
        ("port 2", "00:1b:21:00:00:09", None, "", "fe80::9", ""),
    ]


def test_peers_with_prefixes_errors_and_rests_of_those_that_went() -> None:
    objects = [
        number(f"{bgp.ENTRY}.2.10.0.0.1", 6),
        number(f"{bgp.ENTRY}.3.10.0.0.1", 2),
        number(f"{bgp.ENTRY}.16.10.0.0.1", 77, GAUGE),
        number(f"{bgp.PREFIXES}.1.10.0.0.1.1.1", 500),
        number(f"{bgp.PREFIXES}.1.10.0.0.1.1.2", 20),
        number(f"{bgp.ENTRY}.2.10.0.0.2", 3),
        number(f"{bgp.ENTRY}.3.10.0.0.2", 1),
        text(f"{bgp.ENTRY}.14.10.0.0.2", b"\x04\x00"),
        number(f"{bgp.ENTRY}.9.0.0.0.0", 65501),
    ]
    rows = table(bgp.PROBE, answered(bgp.QUESTIONS, objects))
    assert [
        (row["peer"], row["state"], row["admin"], row["for_s"], row["prefixes"], row["error"])
        for row in rows
    ] == [
        ("10.0.0.1", "established", "start", 77, 520, ""),
        ("10.0.0.2", "active", "stop", None, None, "hold timer expired"),
    ]


def test_stores_of_more_than_31_bits_and_none_at_all() -> None:
    entry = resource.STORES
    objects = [
        *[(f"{entry}.2.1", "1.3.6.1.2.1.25.2.1.2"), (f"{entry}.2.2", "1.3.6.1.2.1.25.2.1.4")],
    ]
    numbers = [
        number(f"{entry}.4.1", 4096), number(f"{entry}.5.1", -2_000_000_000),
        number(f"{entry}.6.1", 1_147_483_648), number(f"{entry}.4.2", 0),
        number(f"{entry}.5.2", 10), number(f"{entry}.6.2", 5),
        number(f"{resource.LOADS}.2.1", 50), number(f"{resource.LOADS}.2.2", 255),
    ]  # fmt: skip
    names = [(mib_name(oid), named(kind)) for oid, kind in objects]
    payload = answered(resource.QUESTIONS, [*names, *numbers])
    (one,) = table(resource.HEALTH, payload)
    assert (one["cpu_percent"], one["memory_used_percent"]) == (50, 50)
    (store,) = table(resource.STORAGE, payload)
    assert store["size_bytes"] == 4096 * ((1 << 32) - 2_000_000_000)
    (none,) = table(resource.HEALTH, answered(resource.QUESTIONS, []))
    assert set(none.values()) == {None}


def mib_name(oid: str) -> bytes:
    return text(oid, "")[0]


def named(oid: str) -> bytes:
    raw = mib_name(oid)
    return b"\x06" + bytes((len(raw),)) + raw


PROBES: list[tuple[Any, tuple[Snmp, ...]]] = [
    (interface.PROBE, interface.QUESTIONS),
    (interface.SUMMARY, interface.QUESTIONS),
    (topology.PROBE, interface.QUESTIONS),
    (attached.PROBE, attached.QUESTIONS),
    (bgp.PROBE, bgp.QUESTIONS),
    (resource.STORAGE, resource.QUESTIONS),
    (identity.PROBE, identity.QUESTIONS),
    (sensor.PROBE, sensor.QUESTIONS),
    (sensor.SUMMARY, sensor.QUESTIONS),
]

_TABLES = (
    mib.IF_ENTRY, mib.IFX_ENTRY, neighbour.REMOTE, neighbour.LOCAL, neighbour.MANAGED,
    neighbour.CDP, mib.BASE_PORT, attached.PLAIN, attached.BY_VLAN, attached.ARP,
    attached.NEIGHBOURS, bgp.ENTRY, bgp.PREFIXES, resource.STORES, identity.ENTITY,
    *(one.oid for one in sensor.QUESTIONS if isinstance(one, SnmpWalk)),
)  # fmt: skip
_VALUES = st.one_of(
    st.binary(max_size=20).map(lambda raw: b"\x04" + bytes((len(raw),)) + raw),
    st.integers(0, 1 << 63).map(lambda n: number("1.3", n, COUNTER64)[1]),
    st.sampled_from([b"\x05\x00", b"\x80\x00", b"\x40\x04\x0a\x00\x00\x01", b"\x06\x01\x2b"]),
)
_NUMBERS = st.integers(0, 1 << 33).map(lambda n: min(n, 0xFFFFFFFF))


def _name(table: str, column: int, index: list[int]) -> str:
    return ".".join([table, str(column), *map(str, index)])


_NAMES = st.builds(
    _name, st.sampled_from(_TABLES), st.integers(1, 24), st.lists(_NUMBERS, max_size=20)
)


@given(st.lists(st.tuples(_NAMES, _VALUES), max_size=12))
def test_whatever_an_agent_says_is_rows(said: list[tuple[str, bytes]]) -> None:
    objects = [(mib_name(oid), value) for oid, value in said]
    for probe, questions in PROBES:
        payload = answered(questions, objects)
        for row in table(probe, payload, payload):
            assert list(row) == [column.key for column in probe.columns]
