"""Google's compute API in the shape of its manual. Simulated."""

from typing import Any

from tests.servers.providers import Said, Say

PROJECT = "https://www.googleapis.com/compute/v1/projects/lab"
ZONE = f"{PROJECT}/zones/europe-west1-b"
REGION = f"{PROJECT}/regions/europe-west1"

_ITEM = {
    "id": "42", "name": "api-1", "status": "RUNNING", "zone": ZONE,
    "machineType": f"{ZONE}/machineTypes/e2-small",
    "creationTimestamp": "2025-11-01T04:00:00.000-08:00",
    "tags": {"fingerprint": "x"}, "labels": {"owner": "shop"},
    "metadata": {"items": [{"key": "ssh-keys", "value": "a secret of theirs"}]},
    "scheduling": {"preemptible": True}, "disks": [],
    "networkInterfaces": [{"networkIP": "10.1.0.2",
                           "accessConfigs": [{"natIP": "198.51.100.7"}]}],
}  # fmt: skip

_HELD = [
    {"id": "1", "name": "free", "address": "198.51.100.8", "status": "RESERVED",
     "region": REGION},
    {"id": "2", "name": "taken", "address": "198.51.100.9", "status": "IN_USE",
     "users": [f"{ZONE}/instances/api-1"], "region": REGION},
]  # fmt: skip

_CPUS = {"metric": "CPUS", "limit": 24.0, "usage": 23.0}

_SAID: dict[str, Any] = {
    "/token": {"access_token": "t", "expires_in": 3600, "token_type": "Bearer"},
    "/zones": {"items": [{"name": "europe-west1-b", "status": "UP", "selfLink": ZONE, "id": "1",
                          "region": REGION}]},
    "/aggregated/instances": {"items": {"zones/europe-west1-b": {"instances": [_ITEM]}}},
    "/aggregated/disks": {"items": {}},
    "/aggregated/addresses": {"items": {"regions/europe-west1": {"addresses": _HELD},
                                        "global": {}}},
    "/aggregated/operations": {"items": {
        "zones/europe-west1-b": {"operations": [
            {"id": "7", "operationType": "stop", "user": "ann@example", "status": "DONE",
             "insertTime": "2025-11-24T01:00:00.000-08:00", "zone": ZONE,
             "targetLink": f"{ZONE}/instances/api-1"}]},
        "global": {"operations": [
            {"id": "8", "operationType": "insert", "user": "ann@example", "status": "DONE",
             "insertTime": "2025-11-24T02:00:00.000-08:00", "error": {"errors": [{}]},
             "targetLink": f"{PROJECT}/global/firewalls/web"}]},
        "regions/r": {"warning": {"code": "NO_RESULTS_ON_PAGE"}},
    }},
    "/regions": {"items": [{"name": "europe-west1", "quotas": [_CPUS]}]},
    "/projects/lab": {"quotas": [{"metric": "NETWORKS", "limit": 5.0, "usage": 1.0}]},
}  # fmt: skip
"""Answers by what a path ends with."""


def _walls(query: dict[str, str]) -> dict[str, Any]:
    """Firewall rules, over two pages."""
    net = f"{PROJECT}/global/networks/default"
    if "pageToken" not in query:
        web = {"name": "web", "network": net, "direction": "INGRESS", "sourceRanges": ["0.0.0.0/0"],
               "allowed": [{"IPProtocol": "tcp", "ports": ["443", "3000-4000"]}]}  # fmt: skip
        return {"items": [web], "nextPageToken": "2"}
    off = {"name": "off", "network": net, "disabled": True, "sourceRanges": ["0.0.0.0/0"],
           "allowed": [{"IPProtocol": "all"}]}  # fmt: skip
    inner = {**off, "name": "inner", "disabled": False, "sourceRanges": [], "sourceTags": ["x"]}
    all_ = {**inner, "name": "all", "sourceTags": []}
    return {"items": [off, inner, all_]}


def google() -> Say:
    """Instances, disks, rules, addresses and quotas."""

    def say(_method: str, path: str, query: dict[str, str], _body: bytes) -> Said:
        if path.endswith("/global/firewalls"):
            return 200, _walls(query)
        nothing: dict[str, Any] = {"items": []}
        return 200, next((_SAID[end] for end in _SAID if path.endswith(end)), nothing)

    return say
