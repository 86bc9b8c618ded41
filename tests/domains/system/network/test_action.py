"""Ports are switched off and on; uplinks, our own path and what nobody can tell are refused."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.system.network import INTEGRATION, attached, mib, neighbour, path
from opsconsole.domains.system.network.action import ADMIN, LINK
from opsconsole.errors import Gone, Refused
from opsconsole.executor import Executor, Ground
from opsconsole.model import Target
from opsconsole.plan import Approval, Ended, Outcome, Plan, Request, Thing, Tier, digest
from opsconsole.policy import Policy
from opsconsole.registry import Transports
from opsconsole.transports.snmp import ber
from opsconsole.varbind import ADDRESS
from tests.domains.system.host.action.operator import Log, Second, read
from tests.domains.system.network.scene import number, text
from tests.servers.agent import (
    UPTIME,
    Asked,
    Object,
    StubAgent,
    proper,
    said,
    stub,
    writable,
)
from tests.transports.snmp.scene import target

OURS = "127.0.0.1"
MAC = "00:1b:21:00:00:0a"
VLAN = 50
"""Interface over which the switch routes to us; behind port 1 of the bridge, ge1."""


def ports() -> list[Object]:
    found: list[Object] = []
    for index in (1, 2, 3, 4, VLAN):
        found += [
            text(f"{mib.IF_ENTRY}.2.{index}", f"ge{index}"),
            number(f"{ADMIN}.{index}", 1),
            number(f"{LINK}.{index}", 1),
            text(f"{mib.IFX_ENTRY}.1.{index}", f"ge{index}"),
            number(f"{mib.BASE_PORT}.2.{index}", index),
        ]
    return found


LLDP = [
    text(f"{neighbour.LOCAL}.3.2", "ge2"),
    text(f"{neighbour.REMOTE}.9.0.2.1", "sw-9"),
    text(f"{neighbour.REMOTE}.12.0.2.1", b"\x28\x00"),
    text(f"{neighbour.REMOTE}.9.0.3.1", "phone"),
    text(f"{neighbour.REMOTE}.12.0.3.1", b"\x04\x00"),
]


def address(oid: str, value: str) -> Object:
    return ber.name(oid), ber.packed(ADDRESS, bytes(map(int, value.split("."))))


def route(mask: str = "255.0.0.0", hop: str = "0.0.0.0", way: int = VLAN) -> list[Object]:
    net = "127.0.0.0"
    return [
        number(f"{path.ROUTE}.2.{net}", way),
        address(f"{path.ROUTE}.7.{net}", hop),
        address(f"{path.ROUTE}.11.{net}", mask),
    ]


ARP = text(f"{attached.ARP}.2.{VLAN}.{OURS}", bytes.fromhex(MAC.replace(":", "")))
LEARNT = number(f"{attached.PLAIN}.2.0.27.33.0.0.10", 1)


def order(objects: Sequence[Object]) -> list[Object]:
    def numbers(one: Object) -> list[int]:
        found, value = list[int](), 0
        for byte in one[0]:
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                found.append(value)
                value = 0
        return found

    return sorted(objects, key=numbers)


class Operator:
    """Somebody who acts on a switch."""

    def __init__(self, to: Target) -> None:
        self.log, self.ways = Log(), Transports()
        self.executor = Executor(
            Ground(
                targets={to.id: to},
                actions={"network": {one.id: one for one in INTEGRATION.actions}},
                policy=Policy(free=True, per_minute=1000),
                transports=self.ways,
                audit=self.log,
                publish=lambda _: None,
                witness=Second(),
            )
        )
        self.executor.arm(3600, "")

    async def close(self) -> None:
        await self.executor.idle()
        self.executor.arm(0, "")
        await self.ways.close()

    async def plan(self, action: str, port: str, index: str = "") -> tuple[bytes, Plan]:
        pins = (("interface", port), *((("index", index),) if index else ()))
        request = Request(f"network.{action}", (Thing("box", pins, Clean(port)),))
        body = await self.executor.propose(request)
        return body, read(body)

    async def act(self, action: str, port: str, index: str = "") -> Outcome:
        body, plan = await self.plan(action, port, index)
        return await self.executor.approve(Approval(digest(body), plan.confirm, "a test"))


def obeys(agent: StubAgent, asked: Asked) -> list[bytes]:
    """A link follows what it is meant to be."""
    answer = writable(agent, asked)
    for name, value in zip(asked.names, asked.values, strict=True):
        head = ber.name(ADMIN)
        if asked.kind == 0xA3 and name.startswith(head):
            agent.put(ber.name(LINK) + name[len(head) :], value)
    return answer


@asynccontextmanager
async def switch(
    folder: Path, *more: Sequence[Object]
) -> AsyncGenerator[tuple[StubAgent, Operator], None]:
    """A switch with five ports, and somebody who acts on it."""
    objects = order([UPTIME, *ports(), *(one for some in more for one in some)])
    async with stub(objects, obeys) as agent:
        to = target(folder, agent.address, community="public", write_community="private")
        somebody = Operator(replace(to, kind="network", labels={"env": "lab"}))
        try:
            yield agent, somebody
        finally:
            await somebody.close()


async def test_a_port_is_switched_off_and_on_again(tmp_path: Path) -> None:
    async with switch(tmp_path, LLDP, route(), [ARP, LEARNT]) as (agent, somebody):
        body, plan = await somebody.plan("port-down", "ge3", "3")
        assert plan.tier is Tier.NAME
        assert plan.items[0].facts["path"] == path.OTHER
        assert plan.items[0].facts["neighbour"] == "phone, a station"
        assert plan.items[0].steps[0].argv == ("SET", f"{ADMIN}.3", "i", "2")
        assert not any(asked.kind == 0xA3 for asked in agent.asked)
        outcome = await somebody.executor.approve(Approval(digest(body), plan.confirm, "a test"))
        assert outcome.ended is Ended.VERIFIED
        assert [asked.kind for asked in agent.asked].count(0xA3) == 1
        with pytest.raises(Refused, match="switched off already"):
            await somebody.plan("port-down", "ge3", "3")
        (back,) = outcome.undo
        assert back.action == "network.port-up"
        assert back.things[0].pins == (("interface", "ge3"), ("index", "3"))
        assert (await somebody.act("port-up", "ge3")).ended is Ended.VERIFIED
        with pytest.raises(Refused, match="not switched off"):
            await somebody.plan("port-up", "ge3")


async def test_who_writes_comes_with_the_community_for_it(tmp_path: Path) -> None:
    async with switch(tmp_path, LLDP, route(), [ARP, LEARNT]) as (agent, somebody):
        await somebody.act("port-down", "ge4")
        sets = [data for data in agent.came if b"private" in data]
        assert len(sets) == 2  # it is asked how long it is up before anything is written
        assert all(b"public" in data or data in sets for data in agent.came)


@pytest.mark.parametrize(
    ("port", "more", "why"),
    [
        ("ge2", [LLDP, route(), [ARP, LEARNT]], "uplink to sw-9"),
        ("ge1", [LLDP, route(), [ARP, LEARNT]], "this console reaches the device through it"),
        (f"ge{VLAN}", [LLDP, route()], "this console reaches the device through it"),
        ("ge3", [LLDP, route(), [ARP]], "own path.*port-down-blind"),
        ("ge3", [LLDP, route()], "own path.*port-down-blind"),
        ("ge3", [LLDP], "own path.*port-down-blind"),
        ("ge3", [route(), [ARP, LEARNT]], "uplink: .*port-down-blind"),
        ("ge4", [[LLDP[3]], route(), [ARP, LEARNT]], ""),
    ],
)
async def test_what_it_is_refused_for(
    port: str, more: list[list[Object]], why: str, tmp_path: Path
) -> None:
    async with switch(tmp_path, *more) as (agent, somebody):
        if why:
            with pytest.raises(Refused, match=why):
                await somebody.plan("port-down", port)
        else:
            await somebody.plan("port-down", port)
        if "blind" in why:
            _, plan = await somebody.plan("port-down-blind", port)
            assert plan.tier is Tier.WITNESS
            assert "Nobody can tell" in plan.items[0].effect
        else:
            with pytest.raises(Refused, match=why or "take network.port-down"):
                await somebody.plan("port-down-blind", port)
        assert not any(asked.kind == 0xA3 for asked in agent.asked)


@pytest.mark.parametrize(
    ("more", "found"),
    [
        # by the newer tables of routes, and behind a next hop
        ([number(f"{path.CIDR}.5.127.0.0.0.255.0.0.0.0.0.0.0.0", 3)], path.THIS),
        ([number(f"{path.INET}.7.1.4.127.0.0.0.8.2.0.0.1.4.0.0.0.0", 3)], path.THIS),
        ([*route(hop="127.9.9.9"), text(f"{attached.ARP}.2.{VLAN}.127.9.9.9", b"\0\1\2\3\4\5"),
          number(f"{attached.PLAIN}.2.0.1.2.3.4.5", 3)], path.THIS),
        # by VLAN, as a member of an aggregate, below a sub-interface
        ([*route(), ARP, number(f"{attached.VLAN_OF}.3.0.7", 70),
          number(f"{attached.BY_VLAN}.2.70.0.27.33.0.0.10", 3)], path.THIS),
        ([*route(), ARP, LEARNT, number(f"{path.AGGREGATE}.3", 1)], path.THIS),
        ([*route(), ARP, number(f"{path.STACK}.{VLAN}.3", 1)], path.THIS),
        # another mask than that of the network: no route to us
        (route(mask="255.255.0.0"), path.UNKNOWN),
    ],
)  # fmt: skip
async def test_our_own_path_is_found(more: list[Object], found: str, tmp_path: Path) -> None:
    async with switch(tmp_path, LLDP, more) as (_, somebody):
        why = "this console reaches" if found == path.THIS else "own path"
        with pytest.raises(Refused, match=why):
            await somebody.plan("port-down", "ge3")


async def test_a_port_without_a_link_carries_nobody(tmp_path: Path) -> None:
    async with switch(tmp_path) as (agent, somebody):
        agent.put(ber.name(f"{LINK}.4"), ber.number(2))
        _, plan = await somebody.plan("port-down", "ge4")
        assert plan.items[0].facts["link"] == "down"


async def test_another_port_of_that_name_or_none_is_told(tmp_path: Path) -> None:
    async with switch(tmp_path, LLDP, route(), [ARP, LEARNT]) as (_, somebody):
        with pytest.raises(Gone, match="another port by now"):
            await somebody.plan("port-down", "ge3", "4")
        with pytest.raises(Gone, match="no port 'ge9'"):
            await somebody.plan("port-down", "ge9")


async def test_a_device_that_lets_nobody_write_says_so(tmp_path: Path) -> None:
    def refuses(agent: StubAgent, asked: Asked) -> list[bytes]:
        return [said(asked, [], 17, 1)] if asked.kind == 0xA3 else proper(agent, asked)

    async with switch(tmp_path, LLDP, route(), [ARP, LEARNT]) as (agent, somebody):
        agent.answering = refuses
        outcome = await somebody.act("port-down", "ge3")
        assert outcome.ended is Ended.FAILED
        assert outcome.results[0].status == 17
