"""What libcloud tells of instances, volumes and snapshots, and where each provider has the rest."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import msgspec

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.cloud import Reading
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.instance import Instance
from opsconsole.question import parted


class Node(msgspec.Struct):
    """One instance; all of it may be missing, or absurd."""

    id: Any = None
    name: Any = None
    state: Any = None
    public: Any = None
    private: Any = None
    created: Any = None
    size: Any = None
    price: Any = None
    image: Any = None
    provider: Any = None
    extra: Any = None


class Health(msgspec.Struct):
    """How one instance is, as its provider sees it from outside."""

    id: Any = None
    health: Any = None
    why: Any = None
    event: Any = None
    event_at: Any = None


class Tags(msgspec.Struct):
    """Tags of one instance, of providers that keep them apart."""

    id: Any = None
    tags: Any = None


class Volume(msgspec.Struct):
    """One volume."""

    id: Any = None
    name: Any = None
    gib: Any = None
    state: Any = None
    provider: Any = None
    extra: Any = None


class Snapshot(msgspec.Struct):
    """One snapshot."""

    id: Any = None
    name: Any = None
    gib: Any = None
    state: Any = None
    created: Any = None
    volume: Any = None
    provider: Any = None


class Inventory(NamedTuple):
    """All instances of an account."""

    at: float
    instances: tuple[Instance, ...]
    regions: Reading


class Storage(NamedTuple):
    """All volumes and snapshots of an account."""

    at: float
    volumes: list[tuple[str, Volume]]
    snapshots: list[tuple[str, Snapshot]]
    known: bool
    """Whether snapshots are known: all of them."""


class Rest(NamedTuple):
    """What each provider keeps elsewhere."""

    type: Any = None
    region: Any = None
    zone: Any = None
    created: Any = None
    tags: Any = None
    lifecycle: Any = None
    event: str = ""
    event_at: Any = None


def rest(provider: str, extra: Mapping[str, Any]) -> Rest:
    """Type, place, age, tags and lifecycle, as this provider has them."""
    match provider:
        case "openstack":
            return Rest(
                extra.get("flavorId"),
                zone=extra.get("availability_zone"),
                created=extra.get("created"),
                tags=extra.get("metadata"),
            )
        case "azure":
            inner = value.mapping(extra.get("properties"))
            return Rest(
                value.mapping(inner.get("hardwareProfile")).get("vmSize"),
                extra.get("location"),
                next(iter(value.items(extra.get("zones"))), None),
                inner.get("timeCreated"),
                extra.get("tags"),
                inner.get("priority"),
            )
        case "gce":
            return _of_google(extra)
        case "aliyun":
            paid = extra.get("instance_charge_type")
            ends = extra.get("expired_time") if paid == "PrePaid" else None
            return Rest(
                extra.get("instance_type"),
                zone=extra.get("zone_id"),
                created=extra.get("creation_time"),
                tags=extra.get("tags"),
                lifecycle=paid,
                event="expires" if ends else "",
                event_at=ends,
            )
        case _:
            size, place = extra.get("size_slug"), extra.get("region")
            return Rest(size, place, created=extra.get("created_at"), tags=extra.get("tags"))


def _of_google(extra: Mapping[str, Any]) -> Rest:
    zone = str(value.text(extra.get("zone"), 60))
    kind = str(value.text(extra.get("machineType"))).rpartition("/")[2]
    spot = value.mapping(extra.get("scheduling")).get("preemptible") is True
    created, labels = extra.get("creationTimestamp"), extra.get("labels")
    return Rest(kind, zone.rpartition("-")[0], zone, created, labels, "spot" if spot else "")


def instance(region: str, one: Node, at: float = 0.0) -> Instance:
    """An instance in the columns that all share, at that moment."""
    provider = str(value.text(one.provider, 20))
    more = rest(provider, value.mapping(one.extra))
    return Instance(
        instance=value.text(one.id, 400),
        name=value.text(one.name),
        state=value.text(one.state, 20),
        region=clean(region, 40) or value.text(more.region, 40),
        zone=value.text(more.zone, 60),
        type=value.text(more.type or one.size, 60),
        public=value.joined(value.items(one.public), 100),
        private=value.joined(value.items(one.private), 100),
        launched=value.moment(one.created or more.created),
        lifecycle=clean(value.text(more.lifecycle, 30).lower()),
        event=_event(more, at),
        event_at=value.moment(more.event_at),
        image=value.text(one.image, 60),
        hour_usd=_price(one),
        provider=clean(provider, 20),
        tags=value.tags(more.tags),
    )


def _event(more: Rest, at: float) -> Clean:
    """`expires`; `expires soon` within a week; `expired`."""
    ends = value.moment(more.event_at)
    if not more.event or ends is None:
        return Clean("")
    if ends <= at:
        return Clean("expired")
    return Clean("expires soon" if ends - at < 7 * value.DAY else more.event)


def _price(one: Node) -> float | None:
    """By the hour, of DigitalOcean: others have none, or 0."""
    found = value.number(one.price)
    return found if found and found > 0 and one.provider == "digitalocean" else None


EXPIRY = frozenset({"expires", "expires soon", "expired"})
"""Events that are no maintenance."""

_HEALTHS = {
    **dict.fromkeys(("available", "ok"), "ok"),
    **dict.fromkeys(("unavailable", "impaired"), "impaired"),
    **dict.fromkeys(("degraded", "warning"), "degraded"),
    **dict.fromkeys(("unknown", "insufficientdata"), "insufficient-data"),
    "initializing": "initializing",
    "maintaining": "maintaining",
}
"""Words of Azure and Alibaba, as those of AWS; what does not apply is empty."""

_MEANT = frozenset({"customerinitiated", "userinitiated"})
"""Why Azure calls a machine unavailable that somebody has stopped."""

_EXPIRES = "InstanceExpiration"
"""Events of Alibaba that stand in the instance already."""


def _seen(one: Instance, seen: Health | None) -> Instance:
    """The instance, with how its provider sees it and what it plans."""
    if seen is None:
        return one
    why = str(value.text(seen.why, 40)).lower().replace(" ", "")
    word = _HEALTHS.get(str(value.text(seen.health, 30)).lower(), "")
    found = replace(one, health=Clean("" if why in _MEANT else word))
    event = value.text(seen.event, 60)
    if not event or event.startswith(_EXPIRES):
        return found
    return replace(found, event=event, event_at=value.moment(seen.event_at))


def _place(region: str, id_: Any) -> tuple[str, str]:
    return region, str(value.text(id_, 400)).lower()


def read_inventory(payload: bytes) -> Inventory:
    """All instances."""
    nodes, health, tags = (cloud.reading(part.body) for part in parted(payload, 3))
    seen = {_place(region, one.id): one for region, one in health.found(Health)}
    apart = {_place(region, one.id): one.tags for region, one in tags.found(Tags)}
    mine: dict[tuple[str, str], Instance] = {}
    for region, node in nodes.found(Node):
        place = _place(region, node.id)
        one = _seen(instance(region, node, nodes.at), seen.get(place))
        if place in apart:
            one = replace(one, tags=value.tags(apart[place]))
        mine[one.region, one.instance] = one
    return Inventory(nodes.at, tuple(mine.values()), nodes)


def read_storage(payload: bytes) -> Storage:
    """Volumes and snapshots."""
    volumes, snapshots = (cloud.reading(part.body) for part in parted(payload, 2))
    known = not any(one.error or one.more for one in snapshots.regions)
    found = list(snapshots.found(Snapshot))
    return Storage(volumes.at, list(volumes.found(Volume)), found, known)


def attached(one: Volume) -> list[str]:
    """Ids or names of instances that a volume is attached to."""
    extra = value.mapping(one.extra)
    match one.provider:
        case "openstack":
            rows = value.items(extra.get("attachments"))
            pairs = map(value.mapping, rows)
            found = [pair.get("server_id") or pair.get("serverId") for pair in pairs]
        case "gce":
            found = [str(user).rpartition("/")[2] for user in value.items(extra.get("users"))]
        case "aliyun":
            found = [extra.get("instance_id")]
        case "digitalocean":
            found = value.items(extra.get("droplet_ids"))
        case _:
            owner = value.mapping(extra.get("properties")).get("ownerId")
            found = [str(owner).rpartition("/")[2]] if owner else []
    return [str(value.text(name, 100)) for name in found if name]


def loose(one: Volume) -> bool:
    """Whether nothing uses a volume, as far as its provider says."""
    if one.provider == "azure":
        state = value.mapping(value.mapping(one.extra).get("properties")).get("diskState")
        return state == "Unattached"
    if attached(one):
        return False
    return one.state in {"available", "None", "unknown", "creating"} or one.provider != "openstack"
