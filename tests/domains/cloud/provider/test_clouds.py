"""Instances of all providers in the same columns; started, stopped, and gone."""

from pathlib import Path
from typing import Any

import pytest

from opsconsole import cloud
from opsconsole.domains.cloud.provider import INTEGRATION, net
from opsconsole.domains.cloud.provider.action import (
    ACTIONS,
    REBOOT,
    SNAPSHOT,
    START,
    STOP,
    TERMINATE,
)
from opsconsole.domains.cloud.provider.probe import ACCOUNT, INSTANCE, REGION, VOLUME
from opsconsole.errors import Denied, Malformed
from opsconsole.question import Part, joined
from tests.domains.cloud.provider.scene import Operator, thing
from tests.domains.database.redis.scene import Table, table
from tests.domains.database.trial import Case, Cells, rules, tried
from tests.servers.providers import Said, aliyun, digitalocean, openstack, provider

AT = 1_764_000_000.0
EVIL = "\x1b]0;owned\x07[bold]<b>\u202e" + "x" * 10_000


def answer(*lists: list[Any], region: str = "") -> bytes:
    return joined([Part(0, cloud.answered(AT, [(region, one, False)])) for one in lists])


def node(provider_: str, **extra: Any) -> dict[str, Any]:
    return {"id": "1", "name": "n", "state": "running", "public": ["1.2.3.4"], "private": [],
            "created": None, "provider": provider_, "extra": extra}  # fmt: skip


def rows(*nodes: dict[str, Any], region: str = "") -> Table:
    return table(INSTANCE, answer(list(nodes), [], [], region=region))


def test_each_provider_keeps_the_rest_elsewhere() -> None:
    (stack,) = rows(
        node("openstack", flavorId="m1", availability_zone="az", metadata={"protected": "yes"},
             created="2025-11-23T16:00:00Z"), region="R1")  # fmt: skip
    assert (stack["type"], stack["zone"], stack["region"], stack["protected"], stack["age_s"]) == (
        "m1", "az", "R1", True, 86400.0)  # fmt: skip
    inner = {"hardwareProfile": {"vmSize": "B1"}, "priority": "Spot"}
    (blue,) = rows(
        node("azure", location="eastus", zones=["2"], tags={"Owner": "shop"}, properties=inner)
    )
    assert (blue["type"], blue["region"], blue["zone"], blue["owner"], blue["lifecycle"]) == (
        "B1", "eastus", "2", "shop", "spot")  # fmt: skip
    (ali,) = rows(node("aliyun", instance_type="t1", zone_id="z", instance_charge_type="PrePaid",
                       expired_time="2025-11-26T16:00Z"))  # fmt: skip
    assert (ali["lifecycle"], ali["event"], ali["event_at"]) == (
        "prepaid", "expires soon", AT + 2 * 86400)  # fmt: skip
    (drop,) = rows(node("digitalocean", size_slug="s", region="NYC", tags=["team:web"])
                   | {"price": 0.01})  # fmt: skip
    assert (drop["owner"], drop["hour_usd"]) == ("web", pytest.approx(0.01))


def test_hostile_and_absurd_answers() -> None:
    odd: list[Any] = [
        node("azure", tags={EVIL: EVIL}, location=EVIL, properties=7, zones=3) | {"name": EVIL},
        node("gce", zone=[1], machineType={}, labels="x", scheduling=4) | {"state": 5},
        node("aliyun", expired_time=9, instance_charge_type=["PrePaid"]) | {"public": "x"},
        {"id": 1e300},
        7,
    ]
    for row in table(INSTANCE, answer(odd, odd, odd)):
        for cell in row.values():
            assert not isinstance(cell, str) or (len(cell) <= 2000 and "\x1b" not in cell)
    for probe in INTEGRATION.probes:
        number = len(INTEGRATION.questions[probe.exchange])
        none: list[list[Any]] = [[], [], []]
        probe.rows(probe.read(answer(*none[:number])), None)
        for bad in (b"", joined([Part(0, b"[]")] * number)):
            with pytest.raises(Malformed):
                probe.read(bad)
    (whole,) = table(ACCOUNT, answer([], [], []))
    assert (whole["instances"], whole["unowned_percent"]) == (0, None)
    assert [row["region"] for row in table(REGION, answer([], [], []))] == ["all"]


def test_rules_as_each_provider_writes_them() -> None:
    def rule(protocol: object, ports: object, source: object) -> dict[str, Any]:
        return {"group": "g", "protocol": protocol, "ports": ports, "source": source}

    said: list[Any] = [
        rule("ALL", "-1/-1", "0.0.0.0/0"),
        rule("Tcp", "*", "Internet"),
        rule("TCP", "3306/3306", "0.0.0.0/0"),
        rule("icmp", "all", "::/0"),
        rule("tcp", "0", "::/0"),
        rule("tcp", "22", "10.0.0.0/8"),
        rule("tcp", "22", None),
        rule(EVIL, EVIL, "*"),
        rule(7, -3, "any"),
        3,
    ]
    found = {(row["protocol"], row["ports"], row["cidr"]): row["risk"]
             for row in table(net.OPENING, answer(said, []))}  # fmt: skip
    assert found["all", "all", "0.0.0.0/0"] == "high"
    assert found["tcp", "all", "0.0.0.0/0"] == "high"
    assert found["tcp", "3306", "0.0.0.0/0"] == "high"
    assert found["icmp", "all", "::/0"] == "low"
    assert found["tcp", "all", "::/0"] == "high"
    assert len(found) == 7
    assert all("\x1b" not in "".join(key) for key in found)
    limits: list[Any] = [0, -1, "x", None, [], 1e400]
    quotas = [{"name": "a", "limit": limit, "used": 1} for limit in limits]
    assert table(net.QUOTA_PROBE, answer(quotas)) == []


def test_health_and_plans_of_an_instance() -> None:
    def seen(provider_: str, **said: Any) -> tuple[Any, ...]:
        health: list[Any] = [{"id": "1", **said}, {"id": "other", "health": "Impaired"}]
        paid = {"instance_charge_type": "PrePaid", "expired_time": "2025-11-26T16:00Z"}
        (row,) = table(INSTANCE, answer([node(provider_, **paid)], health, []))
        return row["health"], row["event"]

    assert seen("azure", health="Available") == ("ok", "")
    assert seen("azure", health="Unavailable", why="Platform Initiated") == ("impaired", "")
    assert seen("azure", health="Unavailable", why="User Initiated") == ("", "")
    assert seen("aliyun", health="NotApplicable") == ("", "expires soon")
    assert seen("aliyun", event="InstanceExpiration.Stop") == ("", "expires soon")
    assert seen("aliyun", health="OK", event="SystemFailure.Stop") == ("ok", "SystemFailure.Stop")
    assert seen("aliyun", health=EVIL, event=7) == ("", "7")


def test_volumes_say_whether_they_are_used() -> None:
    volumes: list[Any] = [
        {"id": "a", "gib": 10, "provider": "openstack", "state": "inuse",
         "extra": {"attachments": [{"server_id": "s"}]}},
        {"id": "b", "gib": 10, "provider": "azure", "extra": {"properties": {
            "diskState": "Unattached"}}},
        {"id": "c", "gib": "x", "provider": "gce", "extra": {"users": ["zones/z/instances/api"]}},
        {"id": "d", "provider": "digitalocean", "extra": {"droplet_ids": []}},
    ]  # fmt: skip
    taken = {"created": "2025-11-23T16:00:00Z"}
    copies: list[Any] = [
        {"id": "s1", "volume": "a", "state": "available", **taken},
        {"id": "s2", "volume": "b", "state": "error", **taken},
    ]
    found = {row["volume"]: row for row in table(VOLUME, answer(volumes, copies))}
    assert {name: row["state"] for name, row in found.items()} == {
        "a": "attached", "b": "unattached", "c": "attached", "d": "unattached"}  # fmt: skip
    assert (found["a"]["copy"], found["a"]["copy_age_s"]) == ("copied", 86400.0)
    assert (found["b"]["copy"], found["c"]["instance"]) == ("never copied", "api")


async def test_droplets_are_stopped_started_and_gone() -> None:
    async with provider(digitalocean()) as server:
        operator = Operator(server.target("digitalocean"))
        first = thing(instance="1")
        assert "protected" in await operator.barred(STOP, thing(instance="2"))
        before = await operator.acted(STOP, first)
        assert "it is stopped" in await operator.barred(REBOOT, first)
        undo = STOP.undo(first, before, {})
        assert undo is not None
        await operator.acted(START, undo.things[0])
        await operator.acted(TERMINATE, first)
        assert await operator.looked(STOP, first) is None
        posts = [call for call in server.calls if call.startswith(("POST", "DELETE"))]
        assert posts == ["POST /v2/droplets/1/actions"] * 2 + ["DELETE /v2/droplets/1"]
        await operator.way.close()


async def test_tags_of_alibaba_protect(recordings: Path) -> None:
    base, refused = aliyun(recordings), [False]

    def say(method: str, path: str, query: dict[str, str], body: bytes) -> Said:
        if refused[0] and query.get("Action") == "ListTagResources":
            return 403, b"<Error><Code>Forbidden.RAM</Code><Message>no</Message></Error>"
        status, said = base(method, path, query, body)
        if query.get("Action") == "DescribeInstances":  # the recording has one instance twice
            end = b"</Instance>"
            said = said[: said.index(end)] + said[said.rindex(end) :]
        return status, said

    async with provider(say) as server:
        operator = Operator(server.target("aliyun", regions="cn-qingdao"))
        one = thing(instance="i-28n7dkvov", region="cn-qingdao")
        assert "protected" in await operator.barred(STOP, one)
        refused[0] = True
        with pytest.raises(Denied):
            await operator.looked(STOP, one)
        await operator.way.close()


async def test_servers_of_openstack_are_stopped_started_and_gone(recordings: Path) -> None:
    async with provider(openstack(recordings)) as server:
        to = server.target("openstack", auth_url="http://keystone.example:5000", project="lab",
                           regions="RegionOne")  # fmt: skip
        operator = Operator(to)
        one = thing(instance="12064", region="RegionOne")
        await operator.acted(STOP, one)
        await operator.acted(START, one)
        await operator.acted(TERMINATE, one)
        volume = "cfcec3bc-b736-4db5-9535-4c24112691b5"
        facts = await operator.looked(SNAPSHOT, thing(volume=volume))
        assert facts is not None
        assert (facts["size"], facts["region"]) == ("50 GiB", "RegionOne")
        (step,) = SNAPSHOT.steps(thing(volume=volume), facts, {})
        assert step.argv[1] == "create_volume_snapshot"
        assert SNAPSHOT.verify.held(facts, {**facts, "snapshots": '["new"]'}, {})
        assert not SNAPSHOT.verify.held(facts, facts, {})
        assert sum(call.endswith("/auth/tokens") for call in server.calls) <= 2
        await operator.way.close()


def test_what_bars_an_end() -> None:
    facts = {"protected": "", "locked": "", "deletion protection": "", "provider": "gce",
             "state": "running"}  # fmt: skip
    said = {
        "": {},
        "deletion protection": {"deletion protection": "yes"},
        "locked": {"locked": "yes"},
        "protected": {"protected": "yes"},
        "only what is stopped": {"provider": "aliyun"},
        "terminated": {"state": "terminated"},
    }
    for why, other in said.items():
        bar = TERMINATE.bars(thing(instance="1"), facts | other, {})
        assert (why in bar) if why else bar == ""
    assert {action.id for action in ACTIONS} == {
        "cloud.start", "cloud.stop", "cloud.reboot", "cloud.terminate", "cloud.snapshot-volume"
    }  # fmt: skip


ONE: Cells = {"region": "r", "instance": "1", "state": "running", "health": "ok",
              "event": "expires"}  # fmt: skip
WRONG: list[Case] = [
    ("cloud.instance-error", ONE, {"state": "error"}, "crit"),
    ("cloud.status-failed", ONE, {"health": "degraded"}, "warn"),
    ("cloud.status-failed", ONE, {"health": "impaired"}, "crit"),
    ("cloud.maintenance", {"planned": 0}, {"planned": 2}, "warn"),
    ("cloud.expires", ONE, {"event": "expires soon"}, "warn"),
    ("cloud.expires", ONE, {"event": "expired"}, "crit"),
    ("cloud.volume-unattached", {"region": "r", "volume": "v", "state": "attached"},
     {"state": "unattached"}, "warn"),
    ("cloud.open", {"region": "r", "group": "g", "protocol": "tcp", "ports": "22",
                    "cidr": "::/0", "risk": "web"}, {"risk": "high"}, "warn"),
    ("cloud.address-unused", {"region": "r", "address": "a", "state": "used"},
     {"state": "unused"}, "warn"),
    ("cloud.quota", {"region": "r", "quota": "q", "used_percent": 5.0}, {"used_percent": 85.0},
     "warn"),
    ("cloud.region-silent", {"region": "r", "state": "answers"}, {"state": "silent"}, "warn"),
    ("cloud.call-refused", {"service": "s", "operation": "o", "region": "r", "state": "answered"},
     {"state": "refused"}, "warn"),
]  # fmt: skip
RULES = rules("cloud")


def test_every_rule_is_tried() -> None:
    assert {rule for rule, *_ in WRONG} == RULES.keys()


@pytest.mark.parametrize(("name", "good", "bad", "level"), WRONG)
def test_it_is_raised_and_over(
    name: str, good: Cells, bad: Cells, level: str, tmp_path: Path
) -> None:
    assert tried(tmp_path, RULES[name], good, bad, level) == 0
    assert tried(tmp_path, RULES[name], good, bad, "warn" if level == "crit" else "crit") == 1
