"""Azure's API: recorded machines, disks and addresses; the rest in the shape of the manual."""

import json
from pathlib import Path
from typing import Any

from tests.servers.providers import Said, Say


def azure(folder: Path) -> Say:
    """Recorded machines, disks and snapshots of Azure."""
    kept = folder / "cloud" / "azure_arm"

    def say(_method: str, path: str, query: dict[str, str], _body: bytes) -> Said:
        if path.endswith("/oauth2/token"):
            token = json.loads(
                (kept / "_77777777_7777_7777_7777_777777777777_oauth2_token.json").read_text()
            )
            return 200, {**token, "expires_on": "32503680000"}
        made = _MADE.get(path.rpartition("/")[2])
        if made is not None:
            return 200, made(kept, path, query)
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


def _state(name: str, state: str, why: str) -> dict[str, Any]:
    """Health of a machine."""
    place = "/subscriptions/s/resourceGroups/000000/providers/Microsoft.Compute/virtualMachines/"
    rest = "/providers/Microsoft.ResourceHealth/availabilityStatuses/current"
    inner = {"availabilityState": state, "reasonType": why}
    return {"id": f"{place}{name.upper()}{rest}", "properties": inner}


def _line(number: int, state: str) -> dict[str, Any]:
    """A line of the activity log."""
    place = "/subscriptions/s/resourceGroups/SHOP/providers/Microsoft.Compute/virtualMachines/web"
    did = {"value": "Microsoft.Compute/virtualMachines/deallocate/action"}
    return {"eventDataId": f"e{number}", "eventTimestamp": f"2025-11-24T10:0{number}:00.123Z",
            "caller": "ann@example", "operationName": did, "resourceId": place,
            "status": {"value": state}}  # fmt: skip


def _group(path: str, name: str) -> dict[str, Any]:
    """A security group."""

    def rule(called: str, **said: Any) -> dict[str, Any]:
        usual = {"access": "Allow", "direction": "Inbound", "protocol": "Tcp", "priority": 100}
        return {"name": called, "properties": {**usual, **said}}

    id_ = path.replace("/providers", "/resourceGroups/Shop/providers") + f"/{name}"
    rules = [
        rule("ssh", destinationPortRange="22", sourceAddressPrefix="*"),
        rule("web", destinationPortRanges=["80", "443"], sourceAddressPrefix="Internet"),
        rule("no", destinationPortRange="*", sourceAddressPrefix="*", access="Deny"),
        rule("in", destinationPortRange="5432", sourceAddressPrefixes=["10.0.0.0/8"]),
    ]
    inner: dict[str, Any] = {"securityRules": rules, "subnets": [{}, {}], "networkInterfaces": [{}]}
    return {"id": id_, "name": name, "location": "eastus", "properties": inner}


Query = dict[str, str]


def _groups(_kept: Path, path: str, query: Query) -> dict[str, Any]:
    """Two pages."""
    whole = [_group(path, "web"), _group(path, "spare")]
    if "$skiptoken" in query:
        return {"value": whole[1:]}
    next_ = f"https://elsewhere.example{path}?$skiptoken=2&api-version=2019-07-01"
    return {"value": whole[:1], "nextLink": next_}


def _addresses(kept: Path, _path: str, _query: Query) -> dict[str, Any]:
    """A recorded one, and one like it that nothing has."""
    stem = "_subscriptions_99999999_resourceGroups_REVIZOR_providers_Microsoft_Network_"
    recorded = json.loads((kept / f"{stem}publicIPAddresses_test_public_ip.json").read_text())
    inner = {"ipAddress": "203.0.113.9"}
    loose = {**recorded, "id": recorded["id"] + "2", "name": "loose", "properties": inner}
    return {"value": [recorded, loose]}


def _healths(_kept: Path, _path: str, _query: Query) -> dict[str, Any]:
    return {
        "value": [
            _state("test-node-1", "Degraded", "Unplanned"),
            _state("off", "Unavailable", "Customer Initiated"),
        ]
    }


def _lines(_kept: Path, _path: str, query: Query) -> dict[str, Any]:
    asked = query.get("$filter", "").startswith("eventTimestamp ge '20")
    return {"value": [_line(2, "Succeeded"), _line(1, "Started")] if asked else []}


def _usages(_kept: Path, path: str, _query: Query) -> dict[str, Any]:
    name = {"value": "cores", "localizedValue": "Total Regional vCPUs"}
    cores = {"name": name, "currentValue": 9, "limit": 10}
    return {"value": [cores] if "Compute" in path else []}


_MADE = {
    "networkSecurityGroups": _groups,
    "publicIPAddresses": _addresses,
    "availabilityStatuses": _healths,
    "values": _lines,
    "usages": _usages,
}
"""Answers by the last word of a path."""
