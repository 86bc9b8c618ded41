"""Providers' APIs: recorded answers of OpenStack, Azure and Alibaba, simulated ones of Google and
DigitalOcean. One server stands in the place of all hosts of a provider.
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
        name = "_v2_0__snapshots.json" if "snapshots" in path else "_v2_0__volumes.json"
        return 200, json.loads((kept / name).read_text())

    return say


def azure(folder: Path) -> Say:
    """Recorded machines, disks and snapshots of Azure."""
    kept = folder / "cloud" / "azure_arm"

    def say(_method: str, path: str, _query: dict[str, str], _body: bytes) -> Said:
        if path.endswith("/oauth2/token"):
            token = json.loads(
                (kept / "_77777777_7777_7777_7777_777777777777_oauth2_token.json").read_text()
            )
            return 200, {**token, "expires_on": "32503680000"}
        name = path.replace("99999999-9999-9999-9999-999999999999", "99999999")
        name = name.replace("/", "_").replace("-", "_").replace(".", "_")
        place = next((one for one in kept.iterdir()
                      if one.stem.replace(".", "_").lower() == name.lower()), None)  # fmt: skip
        if place is None:
            return 404, {"error": {"code": "NotFound", "message": name}}
        found = json.loads(place.read_text())
        found.pop("nextLink", None)
        if "/virtualMachines/" in path and "id" in found:
            found["id"] = path  # the recording has that of another machine
        return 200, found

    return say


def aliyun(folder: Path) -> Say:
    """Recorded answers of ECS, by their action."""
    kept = folder / "cloud" / "ecs"
    names = {
        "DescribeInstances": "describe_instances",
        "DescribeDisks": "describe_disks",
        "DescribeSnapshots": "describe_snapshots",
        "RebootInstance": "reboot_instance",
    }

    def say(_method: str, _path: str, query: dict[str, str], _body: bytes) -> Said:
        name = names.get(query.get("Action", ""))
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


def digitalocean(count: int = 2) -> Say:
    """Droplets in the shape of the manual, over pages of one. Simulated."""
    states = dict.fromkeys(range(1, count + 1), "active")

    def say(method: str, path: str, query: dict[str, str], body: bytes) -> Said:
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
            return 200, {"droplets": found, "links": {"pages": {"last": last}} if found else {}}
        return 200, {"volumes": [], "snapshots": [], "links": {}}

    return say


def google() -> Say:
    """Instances and disks in the shape of the manual. Simulated."""
    zone = "https://www.googleapis.com/compute/v1/projects/lab/zones/europe-west1-b"
    item = {
        "id": "42", "name": "api-1", "status": "RUNNING", "zone": zone,
        "machineType": f"{zone}/machineTypes/e2-small",
        "creationTimestamp": "2025-11-01T04:00:00.000-08:00",
        "tags": {"fingerprint": "x"}, "labels": {"owner": "shop"},
        "metadata": {"items": [{"key": "ssh-keys", "value": "a secret of theirs"}]},
        "scheduling": {"preemptible": True}, "disks": [],
        "networkInterfaces": [{"networkIP": "10.1.0.2",
                               "accessConfigs": [{"natIP": "198.51.100.7"}]}],
    }  # fmt: skip

    def say(_method: str, path: str, _query: dict[str, str], _body: bytes) -> Said:
        if path.endswith("/token"):
            return 200, {"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}
        if path.endswith("/zones"):
            place = {"name": "europe-west1-b", "status": "UP", "selfLink": zone, "id": "1",
                     "region": zone.replace("zones/europe-west1-b", "regions/r")}  # fmt: skip
            return 200, {"items": [place]}
        if path.endswith("/aggregated/instances"):
            return 200, {"items": {"zones/europe-west1-b": {"instances": [item]}}}
        if path.endswith("/aggregated/disks"):
            return 200, {"items": {}}
        return 200, {"items": []}

    return say
