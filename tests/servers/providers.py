"""Providers' APIs: recorded answers of OpenStack and Alibaba, simulated ones of
DigitalOcean; Azure and Google have files of their own. One server stands in the place of all hosts.
"""

import contextlib
import json
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from opsconsole.model import Target
from opsconsole.secret import Secret
from tests.servers.web import Asked, Web, page

KEY = Secret("env", ("CLOUD_SECRET",))

Said = tuple[int, Any]
"""Status, and JSON; or bytes as they are."""
Say = Callable[[str, str, dict[str, str], bytes], Said]
"""Method, path, query and body."""


class Provider:
    """One server that answers as a test says."""

    def __init__(self, web: Web, say: Say) -> None:
        self.web = web
        self.say = say

    def target(self, provider: str, **settings: object) -> Target:
        said = {"provider": provider, "endpoint": self.web.url, "password": KEY, **settings}
        return Target("lab", "cloud", "libcloud", user="ops", settings=said)

    @property
    def calls(self) -> list[str]:
        """Method and path of all that was asked; the action of Alibaba's calls."""
        found: list[str] = []
        for one in self.web.asked:
            parts = urlsplit(one.path)
            action = parse_qs(parts.query).get("Action", [parts.path])[0]
            found.append(f"{one.method} {action}")
        return found


@contextlib.asynccontextmanager
async def provider(say: Say) -> AsyncGenerator[Provider, None]:
    """Such a server within the context."""
    import asyncio

    class Every(dict[str, Any]):
        """The same route for each path."""

        def get(self, _key: str, _default: Any = None) -> Any:
            return answer

    made = Provider(Web(Every()), say)

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        parts = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        status, said = made.say(asked.method, parts.path, query, asked.body)
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        kind = "text/xml" if body.startswith(b"<") else "application/json"
        extra = {"X_Subject_Token": "token-of-keystone"} if "/auth/tokens" in parts.path else {}
        writer.write(page(body, status, Content_Type=kind, **extra))

    await made.web.start()
    try:
        yield made
    finally:
        await made.web.stop()


def keystone(region: str = "RegionOne") -> dict[str, Any]:
    """A token with a catalogue. Simulated."""

    def service(kind: str, name: str, url: str) -> dict[str, Any]:
        point = {
            "region": region,
            "region_id": region,
            "interface": "public",
            "url": url,
            "id": name,
        }
        return {"type": kind, "name": name, "id": name, "endpoints": [point]}

    return {
        "token": {
            "expires_at": "2999-01-01T00:00:00.000000Z",
            "issued_at": "2025-01-01T00:00:00.000000Z",
            "user": {"id": "u", "name": "ops", "domain": {"id": "default", "name": "Default"}},
            "project": {"id": "p", "name": "lab"},
            "roles": [{"id": "r", "name": "member"}],
            "catalog": [
                service("compute", "nova", "http://nova.example/v2.1"),
                service("volumev2", "cinderv2", "http://cinder.example/v2/p"),
                service("volumev3", "cinderv3", "http://cinder.example/v3/p"),
                service("network", "neutron", "http://neutron.example"),
                service("image", "glance", "http://glance.example"),
            ],
        }
    }


def openstack(folder: Path) -> Say:
    """Recorded servers, volumes and snapshots behind a simulated Keystone."""
    kept = folder / "cloud" / "openstack_v1.1"
    whole: dict[str, Any] = json.loads((kept / "_servers_detail.json").read_text())
    states: dict[str, str] = {}

    def say(method: str, path: str, _query: dict[str, str], body: bytes) -> Said:
        if path.endswith("/auth/tokens"):
            return 201, keystone()
        servers = [{**one, "status": states.get(str(one["id"]), one["status"])}
                   for one in whole["servers"] if states.get(str(one["id"])) != "GONE"]  # fmt: skip
        if path.endswith("/action"):
            id_ = path.split("/")[-2]
            states[id_] = "ACTIVE" if b"os-start" in body or b"reboot" in body else "SHUTOFF"
            return 202, b""
        if path.endswith("/servers/detail"):
            return 200, {"servers": servers}
        if "/servers/" in path:
            id_ = path.rpartition("/")[2]
            if method == "DELETE":
                states[id_] = "GONE"
                return 204, b""
            found = [one for one in servers if str(one["id"]) == id_]
            return (200, {"server": found[0]}) if found else (404, {"itemNotFound": {"code": 404}})
        if path.endswith("/limits"):  # not recorded
            used = {"maxTotalCores": 20, "totalCoresUsed": 19, "maxTotalInstances": -1,
                    "totalInstancesUsed": 2}  # fmt: skip
            volumes = {"maxTotalVolumes": 10, "totalVolumesUsed": 2}
            return 200, {"limits": {"absolute": volumes if path.startswith("/v3") else used}}
        names = {
            "snapshots": "_v2_0__snapshots.json",
            "security-groups": "_v2_0__security_groups.json",
            "floatingips": "_v2_0__floatingips.json",
        }
        name = next((said for word, said in names.items() if word in path), "_v2_0__volumes.json")
        return 200, json.loads((kept / name).read_text())

    return say


_ADDRESSES = (  # in the shape of the manual: not recorded
    b"<DescribeEipAddressesResponse><EipAddresses>"
    b"<EipAddress><IpAddress>203.0.113.4</IpAddress><AllocationId>eip-1</AllocationId>"
    b"<InstanceId>i-28n7dkvov</InstanceId></EipAddress>"
    b"<EipAddress><IpAddress>203.0.113.5</IpAddress><AllocationId>eip-2</AllocationId>"
    b"<InstanceId></InstanceId></EipAddress></EipAddresses></DescribeEipAddressesResponse>"
)

_STATES = (  # the same
    b"<DescribeInstancesFullStatusResponse><InstanceFullStatusSet><InstanceFullStatusType>"
    b"<InstanceId>i-28n7dkvov</InstanceId><HealthStatus><Name>Impaired</Name></HealthStatus>"
    b"<ScheduledSystemEventSet><ScheduledSystemEventType><NotBefore>2025-12-01T00:00:00Z"
    b"</NotBefore><EventType><Name>SystemMaintenance.Reboot</Name></EventType>"
    b"</ScheduledSystemEventType></ScheduledSystemEventSet></InstanceFullStatusType>"
    b"</InstanceFullStatusSet></DescribeInstancesFullStatusResponse>"
)
_TAGS = (
    b"<ListTagResourcesResponse><TagResources><TagResource><ResourceId>i-28n7dkvov</ResourceId>"
    b"<TagKey>%s</TagKey><TagValue>%s</TagValue></TagResource></TagResources>"
    b"<NextToken>%s</NextToken></ListTagResourcesResponse>"
)


def aliyun(folder: Path) -> Say:
    """Recorded answers of ECS, by their action."""
    kept = folder / "cloud" / "ecs"
    names = {
        "DescribeInstances": "describe_instances",
        "DescribeDisks": "describe_disks",
        "DescribeSnapshots": "describe_snapshots",
        "RebootInstance": "reboot_instance",
        "DescribeSecurityGroups": "describe_security_groups",
        "DescribeSecurityGroupAttribute": "describe_security_group_attributes",
    }
    made = {"DescribeEipAddresses": _ADDRESSES, "DescribeInstancesFullStatus": _STATES}

    def say(_method: str, _path: str, query: dict[str, str], _body: bytes) -> Said:
        name = names.get(query.get("Action", ""))
        if query.get("Action") == "ListTagResources":  # two pages
            first = "NextToken" not in query
            words = (b"owner", b"shop", b"2") if first else (b"protected", b"yes", b"")
            return 200, _TAGS % words
        if query.get("Action") in made:
            return 200, made[query["Action"]]
        if name is None:
            return 404, b"<Error><Code>InvalidAction</Code><Message>no</Message></Error>"
        return 200, (kept / f"{name}.xml").read_bytes()

    return say


def _droplet(number: int, state: str) -> dict[str, Any]:
    return {
        "id": number, "name": f"web-{number}", "memory": 1024, "vcpus": 1, "disk": 25,
        "locked": False, "status": state, "created_at": "2025-11-01T12:00:00Z",
        "size_slug": "s-1vcpu-1gb", "tags": ["owner:shop", "protected"] if number == 2 else [],
        "region": {"name": "New York 3", "slug": "nyc3", "sizes": [], "features": [],
                   "available": True},
        "networks": {"v4": [{"type": "public", "ip_address": f"203.0.113.{number}"},
                            {"type": "private", "ip_address": f"10.0.0.{number}"}]},
        "image": {"id": 7, "name": "12 x64", "distribution": "Debian", "slug": "d",
                  "public": True, "min_disk_size": 25, "type": "base",
                  "size_gigabytes": 1, "regions": [], "created_at": "2025-01-01T00:00:00Z"},
        "size": {"slug": "s-1vcpu-1gb", "memory": 1024, "vcpus": 1, "disk": 25, "transfer": 1,
                 "price_monthly": 7.3, "price_hourly": 0.01, "regions": ["nyc3"],
                 "available": True},
    }  # fmt: skip


_HELD: dict[str, dict[str, Any]] = {
    "/v2/account": {"account": {"droplet_limit": 25, "floating_ip_limit": 5}},
    "/v2/actions": {
        "actions": [
            {"id": 9, "type": "power_off", "status": "errored", "resource_id": 1,
             "resource_type": "droplet", "started_at": "2025-11-24T10:00:00Z",
             "region_slug": "nyc3"},
        ]
    },
    "/v2/firewalls": {
        "firewalls": [
            {"id": "fw-1", "name": "web", "droplet_ids": [1, 2], "inbound_rules": [
                {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["0.0.0.0/0", "::/0"]}},
                {"protocol": "tcp", "ports": "0", "sources": {"addresses": ["10.0.0.0/8"]}},
                {"protocol": "icmp", "ports": "0", "sources": {"tags": ["x"]}},
            ]},
        ]
    },
    "/v2/reserved_ips": {
        "reserved_ips": [{"ip": "203.0.113.6", "region": {"slug": "nyc3"}, "droplet": None}],
        "meta": {"total": 1},
    },
}  # fmt: skip
"""What an account has besides, by path."""


def digitalocean(count: int = 2) -> Say:
    """Droplets in the shape of the manual, over pages of one. Simulated."""
    states = dict.fromkeys(range(1, count + 1), "active")

    def say(method: str, path: str, query: dict[str, str], body: bytes) -> Said:
        if path in _HELD:
            return 200, {**_HELD[path], "links": {}}
        if path.endswith("/actions"):
            number = int(path.split("/")[3])
            states[number] = "off" if b"shutdown" in body else "active"
            return 201, {"action": {"id": 1, "status": "in-progress"}}
        if path.startswith("/v2/droplets/"):
            number = int(path.split("/")[3])
            if number not in states:
                return 404, {"id": "not_found", "message": "no"}
            if method == "DELETE":
                del states[number]
                return 204, b""
            return 200, {"droplet": _droplet(number, states[number])}
        if path == "/v2/droplets":
            at = int(query.get("page", "1"))
            last = f"https://api.digitalocean.com/v2/droplets?page={len(states)}"
            numbers = sorted(states)[at - 1 : at]
            found = [_droplet(number, states[number]) for number in numbers]
            links = {"pages": {"last": last}} if found else {}
            return 200, {"droplets": found, "links": links, "meta": {"total": len(states)}}
        return 200, {"volumes": [], "snapshots": [], "links": {}}

    return say
