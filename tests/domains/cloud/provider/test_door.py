"""A rule that lets the world in is closed and opened again, at each provider in its own way.

Simulated by what the manuals say of these calls: rules are kept, taken away and put back.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opsconsole.domains.cloud.provider import door, net
from opsconsole.domains.cloud.provider.door import CLOSE, REOPEN
from opsconsole.errors import Malformed, Refused
from tests.domains.cloud.provider.scene import Operator, thing
from tests.servers.azure import azure
from tests.servers.google import google
from tests.servers.providers import Said, Say, aliyun, digitalocean, openstack, provider
from tests.transports.libcloud.scene import AZURE, STACK, key_file, seen

Keep = Callable[[str, str, dict[str, str], bytes], Said | None]
"""What a test answers in the place of a simulation; None leaves it to that."""


def kept(first: Keep, then: Say) -> Say:
    def say(method: str, path: str, query: dict[str, str], body: bytes) -> Said:
        found = first(method, path, query, body)
        return then(method, path, query, body) if found is None else found

    return say


async def there_and_back(
    name: str, say: Say, pins: dict[str, str], **settings: object
) -> list[str]:
    """Close a rule, open it again; returns what was asked besides looks."""
    async with provider(say) as server:
        operator = Operator(server.target(name, **settings))
        one = thing(**pins)
        before = await operator.acted(CLOSE, one)
        undo = CLOSE.undo(one, before, {})
        assert undo is not None
        assert undo.things[0].pins[0] == ("rule", pins["rule"]), "a command can name it"
        closed = await operator.looked(REOPEN, thing(rule=pins["rule"]))
        assert closed is not None
        assert (closed["open"], closed["region"]) == ("", pins["region"])
        await operator.acted(REOPEN, undo.things[0], undo.arguments)
        assert "open already" in await operator.barred(REOPEN, undo.things[0])
        await operator.way.close()
        signed = ("/token", "/tokens")
        return [c for c in server.calls if not c.startswith("GET") and not c.endswith(signed)]


async def test_openstack(recordings: Path) -> None:
    rules: dict[str, dict[str, Any]] = {
        "r1": {"id": "r1", "direction": "ingress", "ethertype": "IPv4", "protocol": "tcp",
               "port_range_min": 22, "port_range_max": 22, "remote_ip_prefix": "0.0.0.0/0",
               "security_group_id": "g1", "description": "for now", "tenant_id": "t"},
    }  # fmt: skip

    def keep(method: str, path: str, _query: dict[str, str], body: bytes) -> Said | None:
        if path.endswith("/security-groups/g1"):
            group = {"id": "g1", "name": "web", "security_group_rules": [*rules.values()]}
            return 200, {"security_group": {**group, "tags": []}}
        if "/security-group-rules" not in path:
            return None
        if method == "DELETE":
            del rules[path.rpartition("/")[2]]
            return 204, b""
        made = json.loads(body)["security_group_rule"]
        assert set(made) == {"direction", "ethertype", "protocol", "port_range_min",
                             "port_range_max", "remote_ip_prefix", "security_group_id",
                             "description"}  # fmt: skip
        rules["r2"] = {"id": "r2", **made}
        return 201, {"security_group_rule": rules["r2"]}

    pins = {"rule": "g1 ingress IPv4 tcp 22 22 0.0.0.0/0", "region": "RegionOne"}
    calls = await there_and_back("openstack", kept(keep, openstack(recordings)), pins, **STACK)
    assert [one.split("/")[0] for one in calls] == ["DELETE ", "POST "]
    assert [*rules] == ["r2"]


async def test_azure(recordings: Path) -> None:
    base = azure(recordings)
    put: list[dict[str, Any]] = []
    gone: set[str] = set()

    def keep(method: str, path: str, query: dict[str, str], body: bytes) -> Said | None:
        if path.endswith("/networkSecurityGroups/web"):
            _, said = base("GET", path.replace("/resourceGroups/shop", "").rpartition("/")[0],
                           query, b"")  # fmt: skip
            group = said["value"][0]
            rules = group["properties"]["securityRules"]
            group["properties"]["securityRules"] = [r for r in rules if r["name"] not in gone]
            return 200, group
        if not path.endswith("/securityRules/ssh"):
            return None
        if method == "DELETE":
            gone.add("ssh")
            return 202, b""
        put.append(json.loads(body))
        gone.clear()
        return 201, put[-1]

    pins = {"rule": "shop/web ssh", "region": ""}
    calls = await there_and_back("azure", kept(keep, base), pins, **AZURE)
    assert [one.rpartition("/")[2] for one in calls] == ["ssh", "ssh"]
    assert put[0]["properties"] == {
        "access": "Allow", "direction": "Inbound", "protocol": "Tcp", "priority": 100,
        "destinationPortRange": "22", "sourceAddressPrefix": "*",
    }  # fmt: skip


async def test_google_keeps_it_switched_off(tmp_path: Path) -> None:
    off = [False]

    def keep(method: str, path: str, _query: dict[str, str], body: bytes) -> Said | None:
        if not path.endswith("/global/firewalls/web"):
            return None
        if method == "PATCH":
            off[0] = json.loads(body)["disabled"]
            return 200, {"name": "operation-1", "status": "RUNNING"}
        allowed = [{"IPProtocol": "tcp", "ports": ["22", "443"]}, {"IPProtocol": "icmp"}]
        return 200, {"name": "web", "network": "x/default", "disabled": off[0], "allowed": allowed,
                     "sourceRanges": ["0.0.0.0/0"]}  # fmt: skip

    pins = {"rule": "web web", "region": ""}
    say = kept(keep, google())
    calls = await there_and_back("gce", say, pins, key_file=key_file(tmp_path))
    assert [one.split(" ")[0] for one in calls] == ["PATCH", "PATCH"]
    assert off == [False]


async def test_alibaba(recordings: Path) -> None:
    base = aliyun(recordings)
    asked: list[dict[str, str]] = []
    done = b"<A><RequestId>1</RequestId></A>"

    def keep(method: str, path: str, query: dict[str, str], body: bytes) -> Said | None:
        action = query.get("Action", "")
        if action in {"RevokeSecurityGroup", "AuthorizeSecurityGroup"}:
            asked.append(query)
            return 200, done
        if action == "DescribeSecurityGroupAttribute" and len(asked) == 1:
            return 200, b"<A><Permissions></Permissions></A>"
        return None

    rule = "sg-m5e5vyj2j0atm2gewww4 ALL -1/-1 121.43.18.0/24 1 internet"
    pins = {"rule": rule, "region": "cn-qingdao"}
    await there_and_back("aliyun", kept(keep, base), pins, regions="cn-qingdao")
    assert [one["Action"] for one in asked] == ["RevokeSecurityGroup", "AuthorizeSecurityGroup"]
    for one in asked:
        assert (one["SourceCidrIp"], one["PortRange"], one["NicType"], one["Priority"]) == (
            "121.43.18.0/24", "-1/-1", "internet", "1")  # fmt: skip


async def test_digitalocean() -> None:
    rules: list[dict[str, Any]] = [
        {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["0.0.0.0/0", "::/0"]}}
    ]

    def keep(method: str, path: str, _query: dict[str, str], body: bytes) -> Said | None:
        if path == "/v2/firewalls/fw-1":
            found = {"id": "fw-1", "name": "web", "inbound_rules": rules, "droplet_ids": [1, 2]}
            return 200, {"firewall": found}
        if path == "/v2/firewalls/fw-1/rules":
            (one,) = json.loads(body)["inbound_rules"]
            rules.remove(one) if method == "DELETE" else rules.append(one)
            return 204, b""
        return None

    pins = {"rule": "fw-1 tcp 22", "region": ""}
    calls = await there_and_back("digitalocean", kept(keep, digitalocean()), pins)
    assert calls == ["DELETE /v2/firewalls/fw-1/rules", "POST /v2/firewalls/fw-1/rules"]
    assert len(rules) == 1


async def test_what_is_shown_is_what_is_closed(recordings: Path) -> None:
    (rows,) = await seen("openstack", openstack(recordings), net.OPENING, **STACK)
    assert {row["rule"] for row in rows} == {"4 ingress tcp 20 21 0.0.0.0/0"}
    (rows,) = await seen("digitalocean", digitalocean(), net.OPENING)
    assert {row["rule"] for row in rows} == {"fw-1 tcp 22"}


@pytest.mark.parametrize("name", ["..", "."])
async def test_a_name_leads_to_nothing_beside(name: str) -> None:
    async with provider(digitalocean()) as server:
        operator = Operator(server.target("digitalocean"))
        with pytest.raises(Malformed, match="is no name"):
            await operator.looked(CLOSE, thing(rule=f"{name} tcp 22"))
        one = thing(rule="a/../../account?x tcp 22")
        facts = await operator.looked(CLOSE, one)
        assert facts is not None
        assert not facts["open"]
        assert server.calls == ["GET /v2/firewalls/a%2F..%2F..%2Faccount%3Fx"]
        await operator.way.close()


def test_what_bars_it() -> None:
    facts = {"open": "yes", "protected": "", "written": "{}", "rule": "g r"}
    one = thing(rule="g r")
    assert CLOSE.bars(one, facts, {}) == ""
    assert "closed already" in CLOSE.bars(one, {**facts, "open": ""}, {})
    assert "protected" in CLOSE.bars(one, {**facts, "protected": "yes"}, {})
    assert "too long" in CLOSE.bars(one, {**facts, "written": "x" * (door.ROOM + 1)}, {})
    (argument,) = REOPEN.arguments
    assert argument.check("{}") == ""
    assert argument.check("[]")
    assert argument.check("x" * (door.ROOM + 1))
    with pytest.raises(Refused):
        REOPEN.steps(one, facts, {"written": ""})
