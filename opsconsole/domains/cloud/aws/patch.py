"""Whether instances are patched, as Systems Manager knows it; how old their images are."""

from collections import Counter
from typing import Any, NamedTuple

import msgspec

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws.limit import IMAGE, PATCHED
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, parted
from opsconsole.spec import Probe

_RUNNING = {"Filters": [{"Name": "instance-state-name", "Values": ["running"]}]}
RUNNING = CloudCall(
    "ec2",
    "describe_instances",
    _RUNNING,
    "Reservations[].Instances[].{id: InstanceId, launched: LaunchTime, tags: Tags, image: ImageId}",
    page=500,
)
MANAGED = CloudCall(
    "ssm",
    "describe_instance_information",
    results=(
        "InstanceInformationList[].{id: InstanceId, ping: PingStatus, platform: PlatformName,"
        " version: PlatformVersion, seen: LastPingDateTime}"
    ),
    page=50,
)
STATES = CloudCall(
    "ssm",
    "describe_instance_patch_states",
    {"InstanceIds": "**.id"},
    "InstancePatchStates[].{id: InstanceId, missing: MissingCount, failed: FailedCount,"
    " waiting: InstalledPendingRebootCount, critical: CriticalNonCompliantCount,"
    " security: SecurityNonCompliantCount, did: Operation, at: OperationEndTime,"
    " last: LastNoRebootInstallOperationTime}",
    of=CloudCall(
        *("ssm", "describe_instance_information"),
        results="InstanceInformationList[].{id: InstanceId}",
        page=50,
    ),
    together=50,
)
IMAGES = CloudCall(
    "ec2",
    "describe_images",
    {"Filters": [{"Name": "image-id", "Values": "**.image"}], "IncludeDeprecated": True},
    "Images[].{id: ImageId, name: Name, state: State, created: CreationDate,"
    " over: DeprecationTime, owner: ImageOwnerAlias || OwnerId}",
    of=CloudCall(
        *("ec2", "describe_instances", _RUNNING),
        "Reservations[].Instances[].{image: ImageId}",
        page=500,
    ),
    together=200,
)

CALLS = (RUNNING, MANAGED, STATES)
IMAGE_CALLS = (RUNNING, IMAGES)


class _Running(msgspec.Struct):
    id: Any = None
    launched: Any = None
    tags: Any = None
    image: Any = None


class _Managed(msgspec.Struct):
    id: Any = None
    ping: Any = None
    platform: Any = None
    version: Any = None
    seen: Any = None


class _State(msgspec.Struct):
    id: Any = None
    missing: Any = None
    failed: Any = None
    waiting: Any = None
    critical: Any = None
    security: Any = None
    did: Any = None
    at: Any = None
    last: Any = None

    @property
    def lacks(self) -> bool:
        """Whether a patch is missing, or did not install."""
        return bool(value.count(self.missing) or value.count(self.failed))


class Patches(NamedTuple):
    """What is known of running instances."""

    at: float
    running: list[tuple[str, _Running]]
    managed: dict[tuple[str, str], _Managed]
    states: dict[tuple[str, str], _State]
    blind: frozenset[str]
    """Regions in which Systems Manager told nothing."""


def read(payload: bytes) -> Patches:
    """All running instances."""
    running, managed, states = (cloud.reading(part.body) for part in parted(payload, len(CALLS)))
    return Patches(
        running.at,
        list(running.found(_Running)),
        {(region, str(one.id)): one for region, one in managed.found(_Managed)},
        {(region, str(one.id)): one for region, one in states.found(_State)},
        frozenset(one.region for each in (managed, states) for one in each.errors),
    )


def _word(now: Patches, key: tuple[str, str]) -> str:
    state = now.states.get(key)
    if state is None:
        return (
            "unknown" if key[0] in now.blind
            else "never scanned" if key in now.managed
            else "not managed"
        )  # fmt: skip
    if value.count(state.failed):
        return "failed"
    if value.count(state.missing):
        return "missing"
    return "restart needed" if value.count(state.waiting) else "patched"


def _since(now: Patches, one: _Running, state: _State | None) -> float | None:
    """Days since it was whole: the last look that missed nothing, or the last time something was
    installed; where nobody knows that, its last start.
    """
    if state is None:
        return None
    proof = state.at if state.did == "Install" or not state.lacks else state.last
    old = value.age(now.at, proof if proof is not None else one.launched)
    return old / value.DAY if old is not None else None


def rows(now: Patches, _before: Patches | None) -> list[Row]:
    """One row per running instance."""
    found: list[Row] = []
    for region, one in now.running:
        key = region, str(one.id)
        state, managed = now.states.get(key), now.managed.get(key, _Managed())
        known, tags = state or _State(), value.tags(one.tags)
        found.append(
            (
                value.text(one.id, 64),
                value.tagged(tags, "name"),
                Clean(_word(now, key)),
                _since(now, one, state),
                *(value.count(said) for said in (known.missing, known.failed, known.waiting)),
                *(value.count(said) for said in (known.critical, known.security)),
                value.text(known.did, 20),
                value.moment(known.at),
                value.text(managed.ping, 30),
                clean(f"{value.text(managed.platform)} {value.text(managed.version)}", 100),
                value.tagged(tags, "owner", "team", "contact"),
                clean(region, 40),
            )
        )
    return found


_PS = "ssm:DescribeInstancePatchStates"
_II = "ssm:DescribeInstanceInformation"

PATCH = Probe(
    "aws.patch",
    "Patches of instances",
    "patch",
    (
        Column("instance", "ID", Quantity.TEXT, "ec2:DescribeInstances InstanceId: that run"),
        Column("name", "NAME", Quantity.TEXT, "ec2:DescribeInstances Tags: Name"),
        Column("state", "STATE", Quantity.STATE, f"{_PS}; {_II}: whether there is an agent"),
        Column("unpatched_days", "UNPATCHED DAYS", Quantity.COUNT,
               "since nothing was missing, else something was installed, else it was started",
               PATCHED),
        Column("missing", "MISSING", Quantity.COUNT, f"{_PS} MissingCount"),
        Column("failed", "FAILED", Quantity.COUNT, f"{_PS} FailedCount"),
        Column("waiting", "RESTART FOR", Quantity.COUNT, f"{_PS} InstalledPendingRebootCount"),
        Column("critical", "CRITICAL", Quantity.COUNT, f"{_PS} CriticalNonCompliantCount"),
        Column("security", "SECURITY", Quantity.COUNT, f"{_PS} SecurityNonCompliantCount"),
        Column("did", "DID", Quantity.TEXT, f"{_PS} Operation: the last one"),
        Column("at", "AT", Quantity.TIME, f"{_PS} OperationEndTime"),
        Column("agent", "AGENT", Quantity.STATE, f"{_II} PingStatus"),
        Column("platform", "PLATFORM", Quantity.TEXT, f"{_II} PlatformName, PlatformVersion"),
        Column("owner", "OWNER", Quantity.TEXT, "ec2:DescribeInstances Tags: owner, team, contact"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("instance", "region"),
    read,
    rows,
)  # fmt: skip


class _Image(msgspec.Struct):
    id: Any = None
    name: Any = None
    state: Any = None
    created: Any = None
    over: Any = None
    owner: Any = None


class Images(NamedTuple):
    """Images that running instances were made of."""

    at: float
    uses: Counter[tuple[str, str]]
    found: dict[tuple[str, str], _Image]
    blind: frozenset[str]


def read_images(payload: bytes) -> Images:
    """Images in use."""
    running, images = (cloud.reading(part.body) for part in parted(payload, len(IMAGE_CALLS)))
    used = ((region, str(value.text(one.image, 64))) for region, one in running.found(_Running))
    return Images(
        running.at,
        Counter(one for one in used if one[1]),
        {(region, str(one.id)): one for region, one in images.found(_Image)},
        frozenset(one.region for one in images.errors),
    )


def _image_state(now: Images, key: tuple[str, str], one: _Image | None) -> Clean:
    if one is None:
        return Clean("unknown" if key[0] in now.blind else "gone")
    over = value.moment(one.over)
    return Clean("deprecated") if over is not None and over <= now.at else value.text(one.state, 20)


def image_rows(now: Images, _before: Images | None) -> list[Row]:
    """One row per image in use."""
    rows: list[Row] = []
    for key, uses in now.uses.items():
        one = now.found.get(key)
        old = value.age(now.at, one.created) if one else None
        rows.append(
            (
                clean(key[1], 64),
                value.text(one.name if one else None),
                _image_state(now, key, one),
                old / value.DAY if old is not None else None,
                uses,
                value.moment(one.created) if one else None,
                value.moment(one.over) if one else None,
                value.text(one.owner if one else None, 64),
                clean(key[0], 40),
            )
        )
    return rows


_DI = "ec2:DescribeImages"

IMAGE_PROBE = Probe(
    "aws.image",
    "Images in use",
    "image",
    (
        Column("image", "ID", Quantity.TEXT, "ec2:DescribeInstances ImageId: of those that run"),
        Column("name", "NAME", Quantity.TEXT, f"{_DI} Name"),
        Column("state", "STATE", Quantity.STATE, f"{_DI} State; DeprecationTime; gone if not told"),
        Column("age_days", "AGE DAYS", Quantity.COUNT, f"{_DI} CreationDate", IMAGE),
        Column("instances", "INSTANCES", Quantity.COUNT, "ec2:DescribeInstances: that run of it"),
        Column("created", "CREATED", Quantity.TIME, f"{_DI} CreationDate"),
        Column("over", "DEPRECATED", Quantity.TIME, f"{_DI} DeprecationTime"),
        Column("owner", "FROM", Quantity.TEXT, f"{_DI} ImageOwnerAlias, else OwnerId"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("image", "region"),
    read_images,
    image_rows,
)

PROBES = (PATCH, IMAGE_PROBE)
