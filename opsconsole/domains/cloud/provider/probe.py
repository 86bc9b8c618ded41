"""A cloud as rows: its account, instances, regions, volumes, snapshots, and what asking took."""

from collections import Counter, defaultdict

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import instance, value
from opsconsole.domains.cloud.aws import watch
from opsconsole.domains.cloud.provider import shape
from opsconsole.domains.cloud.provider.shape import Inventory, Storage
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe

_NODES = "libcloud list_nodes"

INSTANCE = Probe(
    "cloud.instance",
    "Instances",
    "inventory",
    instance.columns(
        {
            "instance": f"{_NODES} id",
            "name": f"{_NODES} name",
            "state": f"{_NODES} state",
            "health": "Azure: availabilityStatuses; Alibaba: DescribeInstancesFullStatus",
            "type": f"{_NODES} extra: flavorId, vmSize, machineType, instance_type, size_slug",
            "region": "the region that was asked, else extra: location, zone, region",
            "zone": f"{_NODES} extra: availability_zone, zones, zone, zone_id",
            "public": f"{_NODES} public_ips",
            "private": f"{_NODES} private_ips",
            "launched": f"{_NODES} created_at, else extra: when it was made",
            "age_s": f"{_NODES} created_at, to when it was asked",
            "lifecycle": f"{_NODES} extra: priority, preemptible, instance_charge_type",
            "protected": f"{_NODES} extra: metadata, tags, labels; ListTagResources",
            "owner": f"{_NODES} extra: metadata, tags, labels: owner, team, contact",
            "event": "Alibaba: DescribeInstancesFullStatus, else extra: expired_time",
            "event_at": "Alibaba: NotBefore, else extra: expired_time",
            "image": f"{_NODES} image",
            "hour_usd": "of DigitalOcean: price of the size",
            "provider": "estate: provider",
            "account": "not told by libcloud",
            "tags": f"{_NODES} extra: metadata, tags, labels; ListTagResources",
        }
    ),
    instance.KEY,
    shape.read_inventory,
    lambda now, _before: [instance.row(one, now.at) for one in now.instances],
    on_demand=False,
    quiet=True,
)


def account_rows(now: Inventory, _before: Inventory | None) -> list[Row]:
    """The only row."""
    states = Counter(str(one.state) for one in now.instances)
    owned = sum(bool(value.tagged(one.tags, "owner", "team", "contact")) for one in now.instances)
    number = len(now.instances)
    return [
        (
            next((one.provider for one in now.instances), Clean("")),
            len(now.regions.regions),
            len(now.regions.errors),
            clean(", ".join(one.region for one in now.regions.errors)),
            number,
            states["running"],
            states["stopped"],
            states["error"],
            sum(one.event in shape.EXPIRY for one in now.instances),
            sum(bool(one.event) and one.event not in shape.EXPIRY for one in now.instances),
            sum(one.health in {"impaired", "degraded"} for one in now.instances),
            100 * (1 - owned / number) if number else None,
        )
    ]


ACCOUNT = Probe(
    "cloud.account",
    "Account",
    "inventory",
    (
        Column("provider", "PROVIDER", Quantity.TEXT, "estate: provider"),
        Column("regions", "REGIONS", Quantity.COUNT, "regions that are asked"),
        Column("silent", "SILENT", Quantity.COUNT, f"regions where {_NODES} gave no answer"),
        Column("silent_names", "SILENT IN", Quantity.TEXT, f"regions where {_NODES} failed"),
        Column("instances", "INSTANCES", Quantity.COUNT, _NODES, history=True),
        Column("running", "RUNNING", Quantity.COUNT, f"{_NODES} state", history=True),
        Column("stopped", "STOPPED", Quantity.COUNT, f"{_NODES} state"),
        Column("broken", "BROKEN", Quantity.COUNT, f"{_NODES} state: error"),
        Column("events", "EVENTS", Quantity.COUNT, "instances that expire at a moment"),
        Column("planned", "PLANNED", Quantity.COUNT, "instances with planned maintenance"),
        Column("impaired", "IMPAIRED", Quantity.COUNT, "instances whose health is not ok"),
        Column("unowned_percent", "UNOWNED%", Quantity.PERCENT, "without a tag owner or team"),
    ),
    (),
    shape.read_inventory,
    account_rows,
    on_demand=False,
)


def region_rows(now: Inventory, _before: Inventory | None) -> list[Row]:
    """One row per region that is asked."""
    return [
        (
            clean(one.region, 40) or Clean("all"),
            Clean("silent" if one.error else "answers"),
            None if one.error else len(one.items),
            one.more,
            clean(one.error, 400),
            clean(one.remedy),
        )
        for one in now.regions.regions
    ]


REGION = Probe(
    "cloud.region",
    "Regions",
    "inventory",
    (
        Column("region", "REGION", Quantity.TEXT, "estate: regions; all of a provider without"),
        Column("state", "STATE", Quantity.STATE, f"whether {_NODES} was answered"),
        Column("instances", "INSTANCES", Quantity.COUNT, _NODES),
        Column("more", "MORE", Quantity.FLAG, "more instances than are read"),
        Column("error", "ERROR", Quantity.TEXT, "what libcloud or the provider says"),
        Column("remedy", "REMEDY", Quantity.TEXT, "ours"),
    ),
    ("region",),
    shape.read_inventory,
    region_rows,
    on_demand=False,
    quiet=True,
)


def volume_rows(now: Storage, _before: Storage | None) -> list[Row]:
    """One row per volume."""
    copies: dict[str, float] = defaultdict(float)
    for _, copy in now.snapshots:
        if copy.state != "available":
            continue
        place = str(value.text(copy.volume, 400))
        copies[place] = max(copies[place], value.moment(copy.created) or 0.0)
    rows: list[Row] = []
    for region, one in now.volumes:
        gib = value.number(one.gib)
        last = copies.get(str(value.text(one.id, 400))) or None
        rows.append(
            (
                value.text(one.id, 400),
                value.text(one.name),
                Clean("unattached" if shape.loose(one) else "attached"),
                value.joined(shape.attached(one)),
                gib * value.GIB if gib is not None else None,
                Clean("copied" if last else "never copied" if now.known else "unknown"),
                value.age(now.at, last) if last else None,
                value.text(one.provider, 20),
                clean(region, 40),
            )
        )
    return rows


_VOLUMES = "libcloud list_volumes"
_COPIES = "libcloud list_snapshots, list_volume_snapshots"

VOLUME = Probe(
    "cloud.volume",
    "Volumes",
    "storage",
    (
        Column("volume", "ID", Quantity.TEXT, f"{_VOLUMES} id"),
        Column("name", "NAME", Quantity.TEXT, f"{_VOLUMES} name"),
        Column("state", "STATE", Quantity.STATE, f"{_VOLUMES} extra: what it is attached to"),
        Column("instance", "INSTANCE", Quantity.TEXT, f"{_VOLUMES} extra: attachments, users, …"),
        Column("size_bytes", "SIZE", Quantity.BYTES, f"{_VOLUMES} size"),
        Column("copy", "COPY", Quantity.STATE, _COPIES),
        Column("copy_age_s", "COPY AGE", Quantity.SECONDS, f"{_COPIES}: created"),
        Column("provider", "PROVIDER", Quantity.TEXT, "estate: provider"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("volume", "region"),
    shape.read_storage,
    volume_rows,
)


def snapshot_rows(now: Storage, _before: Storage | None) -> list[Row]:
    """One row per snapshot."""
    rows: list[Row] = []
    for region, one in now.snapshots:
        gib = value.number(one.gib)
        rows.append(
            (
                value.text(one.id, 400),
                value.text(one.name),
                value.text(one.state, 30),
                value.text(one.volume, 400),
                gib * value.GIB if gib is not None else None,
                value.moment(one.created),
                value.age(now.at, one.created),
                clean(region, 40),
            )
        )
    return rows


SNAPSHOT = Probe(
    "cloud.snapshot",
    "Snapshots",
    "storage",
    (
        Column("snapshot", "ID", Quantity.TEXT, f"{_COPIES} id"),
        Column("name", "NAME", Quantity.TEXT, f"{_COPIES} name"),
        Column("state", "STATE", Quantity.STATE, f"{_COPIES} state"),
        Column("volume", "VOLUME", Quantity.TEXT, f"{_COPIES}: of which volume"),
        Column("size_bytes", "SIZE", Quantity.BYTES, f"{_COPIES} size"),
        Column("taken", "TAKEN", Quantity.TIME, f"{_COPIES} created"),
        Column("age_s", "AGE", Quantity.SECONDS, f"{_COPIES} created, to when it was asked"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("snapshot", "region"),
    shape.read_storage,
    snapshot_rows,
)

CALL = Probe(
    "cloud.call",
    "Calls of ours",
    "calls",
    watch.CALL.columns,
    watch.CALL.key,
    watch.read_calls,
    watch.call_rows,
    on_demand=False,
    quiet=True,
)

PROBES = (ACCOUNT, INSTANCE, REGION, VOLUME, SNAPSHOT, CALL)
