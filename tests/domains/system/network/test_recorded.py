"""Recordings of devices, served by an agent: ports as LibreNMS reads them, peers, neighbours."""

import json
from pathlib import Path
from typing import Any

import pytest

from opsconsole.domains.system.network import (
    attached,
    bgp,
    identity,
    interface,
    resource,
    topology,
)
from tests.domains.system.network.scene import Table, asked, recording, table, watched
from tests.servers.agent import recorded, stub
from tests.transports.snmp.scene import target

KEYS = {
    "link": "ifOperStatus", "admin": "ifAdminStatus", "speed_bits_per_s": "ifSpeed",
    "interface": "ifName", "description": "ifDescr",
}  # fmt: skip


async def payloads(folder: Path, name: str, *exchanges: str) -> list[bytes]:
    async with (
        stub(recorded(recording(name))) as agent,
        watched(target(folder, agent.address, community="public")) as (session, heard),
    ):
        return [await asked(session, heard, exchange) for exchange in exchanges]


def expected(name: str, module: str) -> Any:
    said: Any = json.loads(recording(name, "expected.json").read_text())[module]
    return said["discovery"] if isinstance(said.get("poller", ""), str) else said["poller"]


@pytest.mark.parametrize(
    ("name", "count", "up"),
    [
        ("ios_c3560", 58, 4),
        ("procurve_2520", 44, 22),
        ("vrp_ar169sfp", 16, 8),
        ("routeros_rb750gr3", 14, 11),
        ("fortigate_60f", 17, 6),
        ("f5_ve", 11, 7),
    ],
)
async def test_ports_are_those_that_others_read(
    name: str, count: int, up: int, tmp_path: Path
) -> None:
    (payload,) = await payloads(tmp_path, name, "interfaces")
    mine = {row["index"]: row for row in table(interface.PROBE, payload)}
    theirs: Table = expected(name, "ports")["ports"]
    assert len(mine) == count
    assert {port["ifIndex"] for port in theirs} <= mine.keys()
    assert sum(mine[port["ifIndex"]]["link"] == "up" for port in theirs) == up
    keys = dict(KEYS)
    if name == "fortigate_60f":  # it has no ifDescr; LibreNMS puts the name in its place
        keys.pop("description")
    for port in theirs:
        row = mine[port["ifIndex"]]
        found = {key: row[key] or None for key in keys}
        assert found == {key: port[other] or None for key, other in keys.items()}


@pytest.mark.parametrize("name", ["junos_ex", "comware_hpe5900"])
async def test_a_device_that_shows_no_ports_has_none(name: str, tmp_path: Path) -> None:
    (payload,) = await payloads(tmp_path, name, "interfaces")
    assert table(interface.PROBE, payload) == table(topology.PROBE, payload) == []
    (one,) = table(interface.SUMMARY, payload)
    assert (one["ports"], one["ports_up"], one["receive_bits_per_s"]) == (0, 0, None)
    assert one["uptime_s"] > 1e6


async def test_neighbours_are_on_the_ports_that_the_device_means(tmp_path: Path) -> None:
    (payload,) = await payloads(tmp_path, "routeros_rb750gr3", "interfaces")
    found = {row["port"]: row for row in table(topology.PROBE, payload)}
    assert {port: (row["name"], row["their_port"], row["kind"]) for port, row in found.items()} == {
        "trunk: Down (eth5)": ("sw11.mzmol", "trunk: Up (p24)", "bridge, router"),
        "trunk: SoAda (eoip1)": (
            "r1.soada",
            "trunk: switch (br1)/trunk: MzMol (eoip1)",
            "bridge, router",
        ),
    }
    rows = {row["interface"]: row for row in table(interface.PROBE, payload)}
    assert rows["trunk: Down (eth5)"]["neighbour"] == "sw11.mzmol trunk: Up (p24)"
    assert rows["trunk: Down (eth5)"]["neighbour_kind"] == "bridge, router"
    assert rows["ether2"]["neighbour"] == ""


async def test_peers_of_bgp(tmp_path: Path) -> None:
    (payload,) = await payloads(tmp_path, "junos_ex", "bgp")
    found = table(bgp.PROBE, payload)
    assert [(one["peer"], one["state"], one["remote_as"]) for one in found] == [
        ("192.168.1.4", "established", 65502),
        ("192.168.1.186", "established", 65503),
        ("192.168.1.226", "established", 65504),
    ]
    assert [one["for_s"] for one in found] == [23675506, 785386, 774041]
    (none,) = await payloads(tmp_path, "ios_c3560", "bgp")
    assert table(bgp.PROBE, none) == []


@pytest.mark.parametrize("name", ["procurve_2520"])
async def test_what_hangs_on_ports_is_what_others_read(name: str, tmp_path: Path) -> None:
    ports, payload = await payloads(tmp_path, name, "interfaces", "attached")
    index = {row["interface"]: row["index"] for row in table(interface.PROBE, ports)}
    theirs = {
        (one["ifIndex"], one["mac_address"], one["vlan_vlan"])
        for one in expected(name, "fdb-table")["ports_fdb"]
        if one["ifIndex"]
    }
    mine = {
        (index[row["port"]], row["mac"].replace(":", ""), row["vlan"])
        for row in table(attached.PROBE, payload)
    }
    assert len(theirs) > 600
    assert theirs <= mine


async def test_addresses_are_known_by_arp(tmp_path: Path) -> None:
    (payload,) = await payloads(tmp_path, "routeros_rb750gr3", "attached")
    found = {row["mac"]: row["address"] for row in table(attached.PROBE, payload)}
    assert found["8e:09:7e:2d:ef:a3"] == "198.18.9.130"
    assert found["e8:28:c1:3c:1c:d8"] == ""


@pytest.mark.parametrize(
    ("name", "processors", "cpu", "memory"),
    [
        ("routeros_rb750gr3", 4, 6.0, 24.07),
        ("f5_ve", 2, 1.5, 88.61),
        ("vrp_ar169sfp", 1, 22.0, None),
        ("ios_c3560", 0, None, None),
    ],
)
async def test_load_where_the_standard_tells_it(
    name: str, processors: int, cpu: float | None, memory: float | None, tmp_path: Path
) -> None:
    (payload,) = await payloads(tmp_path, name, "resources")
    (one,) = table(resource.HEALTH, payload)
    assert len(table(resource.PROCESSOR, payload)) == processors
    assert one["cpu_percent"] == cpu
    assert one["memory_used_percent"] == (memory and pytest.approx(memory, abs=0.01))


async def test_identity(tmp_path: Path) -> None:
    (payload,) = await payloads(tmp_path, "vrp_ar169sfp", "identity")
    (one,) = table(identity.PROBE, payload)
    assert (one["model"], one["vendor"], one["software"], one["serial"]) == (
        "AR169F",
        "Huawei",
        "V200R009C00SPC500",
        "21500101573GK1000299",
    )
