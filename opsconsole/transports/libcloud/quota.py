"""How much of its quotas an account uses: in the same words for all providers that tell."""

from collections.abc import Iterator
from typing import Any

from opsconsole.transports.libcloud.direct import azure, google, listed, mapped

PLACES = 10
"""Places of Azure with machines that are asked for their quotas."""


def quotas(driver: Any, provider: str) -> Iterator[dict[str, Any]]:
    """Quotas with what is used of them. Raises `NotImplementedError`."""
    if provider not in _QUOTAS:
        raise NotImplementedError("quotas")
    for one in _QUOTAS[provider](driver):
        yield {**one, "provider": provider}


def _quota(name: Any, limit: Any, used: Any, place: Any = "") -> dict[str, Any]:
    return {"name": name, "limit": limit, "used": used, "place": place}


_LIMITS = (
    ("instances", "maxTotalInstances", "totalInstancesUsed"),
    ("cores", "maxTotalCores", "totalCoresUsed"),
    ("memory, MiB", "maxTotalRAMSize", "totalRAMUsed"),
    ("server groups", "maxServerGroups", "totalServerGroupsUsed"),
    ("volumes", "maxTotalVolumes", "totalVolumesUsed"),
    ("volumes, GiB", "maxTotalVolumeGigabytes", "totalGigabytesUsed"),
    ("snapshots", "maxTotalSnapshots", "totalSnapshotsUsed"),
)
"""What a project of OpenStack may have, and has: of Nova and of Cinder."""


def _openstack(driver: Any) -> Iterator[dict[str, Any]]:
    for way in (driver.connection, driver._get_volume_connection()):
        answer = mapped(mapped(way.request("/limits").object).get("limits"))
        found = mapped(answer.get("absolute"))
        for name, limit, used in _LIMITS:
            if limit in found and used in found:
                yield _quota(name, found[limit], found[used])


def _azure(driver: Any) -> Iterator[dict[str, Any]]:
    machines = map(mapped, azure(driver, "Microsoft.Compute/virtualMachines"))
    places = dict.fromkeys(str(one.get("location")) for one in machines)
    for place in [one for one in places if one.isalnum()][:PLACES]:
        for kind in ("Microsoft.Compute", "Microsoft.Network"):
            for one in map(mapped, azure(driver, f"{kind}/locations/{place}/usages")):
                said = mapped(one.get("name"))
                name = said.get("localizedValue") or said.get("value")
                yield _quota(name, one.get("limit"), one.get("currentValue"), place)


def _google(driver: Any) -> Iterator[dict[str, Any]]:
    whole = mapped(driver.connection.request("").object)
    for place in (whole, *map(mapped, google(driver, "/regions"))):
        name = "" if place is whole else place.get("name")
        for one in map(mapped, listed(place.get("quotas"))):
            yield _quota(one.get("metric"), one.get("limit"), one.get("usage"), name)


_HELD = (
    ("droplets", "droplet_limit"),
    ("reserved_ips", "floating_ip_limit"),
    ("volumes", "volume_limit"),
)
"""What an account of DigitalOcean may have. How many there are stands with a list of one."""


def _digitalocean(driver: Any) -> Iterator[dict[str, Any]]:
    limits = mapped(mapped(driver.connection.request("/v2/account").object).get("account"))
    for kind, limit in _HELD:
        if limits.get(limit) is None:
            continue
        answer = driver.connection.request(f"/v2/{kind}", params={"per_page": "1"}).object
        total = mapped(mapped(answer).get("meta")).get("total")
        yield _quota(kind.replace("_", " "), limits[limit], total)


_QUOTAS = {
    "openstack": _openstack,
    "azure": _azure,
    "gce": _google,
    "digitalocean": _digitalocean,
}
