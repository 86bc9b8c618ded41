"""A driver of a provider, made from credentials, and the verbs that all of them have."""

import importlib
import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from libcloud.common.exceptions import BaseHTTPError
from libcloud.compute.drivers.digitalocean import DigitalOceanNodeDriver

from opsconsole.errors import Gone
from opsconsole.transports.libcloud import door, net, news, quota
from opsconsole.transports.libcloud.chain import Credentials
from opsconsole.transports.libcloud.wire import Wire

PLACES = {
    "openstack": ("openstack", "OpenStack_2_NodeDriver"),
    "azure": ("azure_arm", "AzureNodeDriver"),
    "gce": ("gce", "GCENodeDriver"),
    "aliyun": ("ecs", "ECSDriver"),
    "digitalocean": ("digitalocean", "DigitalOcean_v2_NodeDriver"),
}
"""Module and class: libcloud's own look-up gives some a class that only stands for another."""

VOLUMES = 100
"""Volumes that are asked for their snapshots, where a provider has no list of all."""

NOWHERE = f"{os.devnull}/token"
"""Where the token of Google is kept: nowhere, for nothing can be written there."""


def made(credentials: Credentials, region: str) -> Any:
    """A driver, all of whose connections are wires. It may ask the provider already."""
    module, name = PLACES[credentials.provider]
    usual = getattr(importlib.import_module(f"libcloud.compute.drivers.{module}"), name)
    ways = {
        key: type(key, (getattr(usual, key),), {"conn_class": Wire})
        for key in dir(usual)
        if key.lower().endswith("connectioncls") and getattr(usual, key) is not None
    }
    return _MAKERS[credentials.provider](type(name, (usual,), ways), credentials, region)


def _openstack(kind: Any, given: Credentials, region: str) -> Any:
    place = urlsplit(given.get("auth_url"))
    return kind(
        given.get("user"),
        given.get("password"),
        ex_force_auth_url=f"{place.scheme}://{place.netloc}",
        ex_force_auth_version="3.x_password",
        ex_tenant_name=given.get("project"),
        ex_domain_name=given.get("domain", "Default"),
        ex_force_service_region=region,
    )


def _azure(kind: Any, given: Credentials, _region: str) -> Any:
    return kind(
        tenant_id=given.get("tenant"),
        subscription_id=given.get("project"),
        key=given.get("user"),
        secret=given.get("password"),
    )


def _gce(kind: Any, given: Credentials, _region: str) -> Any:
    return kind(
        given.get("user"),
        given.get("password"),
        project=given.get("project"),
        auth_type="SA",
        credential_file=NOWHERE,
    )


def _aliyun(kind: Any, given: Credentials, region: str) -> Any:
    return kind(given.get("user"), given.get("password"), region=region)


def _digitalocean(_kind: Any, given: Credentials, _region: str) -> Any:
    # Its classes make one another by name: only the first one of them can be made.
    return cast("Any", DigitalOceanNodeDriver)(given.get("password"), api_version="v2")


_MAKERS: Mapping[str, Callable[[Any, Credentials, str], Any]] = {
    "openstack": _openstack,
    "azure": _azure,
    "gce": _gce,
    "aliyun": _aliyun,
    "digitalocean": _digitalocean,
}


KEPT: Mapping[str, tuple[str, ...]] = {
    "openstack": (
        *("availability_zone", "created", "metadata", "flavorId", "vm_state", "task_state"),
        *("locked", "attachments", "volume_id", "location"),
    ),
    "azure": ("location", "tags", "zones", "properties", "name", "source_id"),
    "gce": (
        *("zone", "machineType", "creationTimestamp", "labels", "scheduling", "status"),
        *("deletionProtection", "users", "type", "sourceDisk"),
    ),
    "aliyun": (
        *("zone_id", "region_id", "instance_type", "creation_time", "instance_charge_type"),
        *("expired_time", "instance_id", "category", "source_disk_id", "tags"),
    ),
    "digitalocean": ("region", "size_slug", "locked", "created_at", "tags", "droplet_ids"),
}
"""What is carried on of what only this provider tells: the rest may hold keys and passwords."""


_DIRECT: Mapping[str, Callable[[Any, str], Iterator[dict[str, Any]]]] = {
    "list_openings": net.openings,
    "list_addresses": net.addresses,
    "list_health": news.health,
    "list_tags": news.tags,
    "list_changes": news.changes,
    "list_quotas": quota.quotas,
}
"""What libcloud has no verbs for."""


def listed(driver: Any, provider: str, verb: str, given: Mapping[str, Any]) -> Iterator[Any]:
    """What a verb that only reads finds, as values that JSON has."""
    match verb:
        case "list_nodes":
            yield from (_node(one, provider) for one in driver.list_nodes())
        case "get_node":
            id_ = str(given["id"])
            for one in _got(driver, provider, id_):
                # Without its tags nobody knows whether it is protected.
                for apart in news.tags(driver, provider, id_):
                    one.extra["tags"] = apart["tags"]
                yield _node(one, provider)
        case "list_volumes":
            yield from (_volume(one, provider) for one in driver.list_volumes())
        case "list_snapshots":
            for one, volume in _snapshots(driver, provider):
                yield _snapshot(one, volume, provider)
        case "get_rule":
            yield from door.rule(driver, provider, given)
        case _ if verb in _DIRECT:
            yield from _DIRECT[verb](driver, provider)
        case _:
            raise NotImplementedError(verb)


def _got(driver: Any, provider: str, id_: str) -> list[Any]:
    """The node with that id; none where there is none."""
    try:
        match provider:
            case "openstack" | "digitalocean":
                found = [driver.ex_get_node_details(id_)]
            case "azure":
                group, _, name = id_.partition("/")
                found = [driver.ex_get_node(_MACHINE.format(driver.subscription_id, group, name))]
            case "aliyun":
                found = driver.list_nodes(ex_node_ids=[id_])
            case _:
                found = driver.list_nodes()
    except BaseHTTPError as error:
        if cast("Any", error).code == 404:
            return []
        raise
    return [one for one in found if one is not None and _id(one, provider) == id_]


_MACHINE = "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Compute/virtualMachines/{}"


def _id(node: Any, provider: str) -> str:
    """Its id; of Azure group and name, for whole ids are too long to be typed."""
    parts = str(node.id).split("/")
    if provider != "azure" or len(parts) != 9:
        return str(node.id)
    return f"{parts[4].lower()}/{parts[8]}"  # it spells groups now in one way, now in another


_SNAPSHOTS = {
    "openstack": "ex_list_snapshots",
    "azure": "list_snapshots",
    "gce": "ex_list_snapshots",
}
"""Providers that have a list of all."""


def _snapshots(driver: Any, provider: str) -> Iterator[tuple[Any, str]]:
    if provider in _SNAPSHOTS:
        yield from ((one, "") for one in getattr(driver, _SNAPSHOTS[provider])())
        return
    for volume in itertools.islice(driver.list_volumes(), VOLUMES):
        yield from ((one, volume.id) for one in driver.list_volume_snapshots(volume))


def _plain(value: Any, depth: int = 4) -> Any:
    """A value of a driver as one that JSON has: an object is its name, or its id."""
    match value:
        case None | bool() | float() | str():
            return value
        case int():
            return value if abs(value) < 1 << 63 else float("inf")
        case Mapping() if depth:
            return _table(cast("Mapping[object, Any]", value), depth - 1)
        case list() | tuple() | set() if depth:
            return [_plain(one, depth - 1) for one in cast("list[Any]", value)]
        case _:
            return str(getattr(value, "name", None) or getattr(value, "id", None) or value)


def _table(value: Mapping[object, Any], depth: int) -> dict[str, Any]:
    return {str(key): _plain(one, depth) for key, one in value.items()}


def _moment(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else _plain(value)


def _extra(provider: str, extra: Any) -> dict[str, Any]:
    found: dict[str, Any] = {key: _plain(extra[key]) for key in KEPT[provider] if key in extra}
    if inner := cast("dict[str, Any]", found.get("properties")):  # osProfile of Azure has keys
        names = ("hardwareProfile", "timeCreated", "priority", "diskState", "ownerId")
        found["properties"] = {name: inner[name] for name in names if name in inner}
    return found


def _node(node: Any, provider: str) -> dict[str, Any]:
    size = node.size
    return {
        "id": _id(node, provider),
        "name": _plain(node.name),
        "state": str(node.state),
        "public": _plain(node.public_ips),
        "private": _plain(node.private_ips),
        "created": _moment(node.created_at),
        "size": _plain(size),
        "price": _plain(getattr(size, "price", None)),
        "image": _plain(node.image),
        "provider": provider,
        "extra": _extra(provider, node.extra),
    }


def _volume(volume: Any, provider: str) -> dict[str, Any]:
    return {
        "id": str(volume.id),
        "name": _plain(volume.name),
        "gib": _plain(volume.size),
        "state": str(volume.state),
        "provider": provider,
        "extra": _extra(provider, volume.extra),
    }


def _snapshot(snapshot: Any, volume: str, provider: str) -> dict[str, Any]:
    extra = _extra(provider, snapshot.extra)
    return {
        "id": str(snapshot.id),
        "name": _plain(snapshot.name),
        "gib": _plain(snapshot.size),
        "state": str(snapshot.state),
        "created": _moment(snapshot.created),
        "volume": volume or extra.get("volume_id") or extra.get("source_id") or "",
        "provider": provider,
    }


_DOORS = {"close_rule": door.close, "open_rule": door.reopen}


def did(driver: Any, provider: str, verb: str, given: Mapping[str, Any]) -> Any:
    """Do what a verb says; returns what the driver does, which is False where it was refused."""
    if verb in _DOORS:
        return _DOORS[verb](driver, provider, given)
    if verb == "create_volume_snapshot":
        volumes = [one for one in driver.list_volumes() if str(one.id) == str(given["volume"])]
        if not volumes:
            raise Gone(f"there is no volume {given['volume']}")
        made_ = driver.create_volume_snapshot(volumes[0], name=str(given["name"]))
        return {"id": str(made_.id)}
    nodes = _got(driver, provider, str(given["node"]))
    if not nodes:
        raise Gone(f"there is no instance {given['node']}")
    names = {
        ("digitalocean", "start_node"): "ex_power_on_node",
        ("digitalocean", "stop_node"): "ex_shutdown_node",
    }
    own = {"ex_sync": False} if provider == "gce" and verb != "reboot_node" else {}
    return getattr(driver, names.get((provider, verb), verb))(nodes[0], **own) is not False
