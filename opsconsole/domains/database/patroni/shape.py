"""What the REST API of Patroni answers, as values; all of it may be missing."""

import datetime
from typing import Any

import msgspec

from opsconsole.domains.devops import wire
from opsconsole.question import parted

MOST = 500
"""Members and switches of timelines that are shown."""

TOP = 1 << 63

LEADING = frozenset({"leader", "standby_leader", "master", "primary"})
"""Roles of who leads: of a member in `/cluster`, of the one that is asked in `/patroni`."""

WELL = frozenset({"running", "streaming"})
"""States of a member whose server works; only Patroni 4 tells whether it streams."""


class Member(msgspec.Struct):
    """One server of the cluster, as it last wrote into the DCS."""

    name: str
    role: str = ""
    state: str = ""
    host: Any = None
    port: Any = None
    api: Any = msgspec.field(name="api_url", default=None)
    timeline: Any = None
    lag: Any = None
    """Bytes behind the leader; the text `unknown` of one that does not run."""
    receive_lag: Any = None
    replay_lag: Any = None
    pending: Any = msgspec.field(name="pending_restart", default=None)
    reason: Any = msgspec.field(name="pending_restart_reason", default=None)
    restart: Any = msgspec.field(name="scheduled_restart", default=None)
    tags: Any = None

    @property
    def leads(self) -> bool:
        """Whether it holds the lock."""
        return self.role in LEADING

    @property
    def well(self) -> bool:
        """Whether its server works."""
        return self.state in WELL


class _Scheduled(msgspec.Struct):
    at: str = ""
    source: str = msgspec.field(name="from", default="")
    to: str = ""


class _Cluster(msgspec.Struct):
    members: list[msgspec.Raw]
    scope: str = ""
    pause: bool = False
    scheduled: _Scheduled | None = msgspec.field(name="scheduled_switchover", default=None)


class Software(msgspec.Struct):
    """Patroni itself; only version 4 names the member."""

    version: str = ""
    scope: str = ""
    name: str = ""


class Node(msgspec.Struct):
    """The member that is asked, by its own word: without asking the DCS."""

    patroni: Software
    state: str = ""
    role: str = ""
    version: Any = msgspec.field(name="server_version", default=None)
    started: Any = msgspec.field(name="postmaster_start_time", default=None)
    timeline: Any = None
    replication: str = msgspec.field(name="replication_state", default="")
    sync: bool = msgspec.field(name="sync_standby", default=False)
    quorum: bool = msgspec.field(name="quorum_standby", default=False)
    unlocked: bool = msgspec.field(name="cluster_unlocked", default=False)
    failsafe: bool = msgspec.field(name="failsafe_mode_is_active", default=False)
    pause: bool = False
    pending: bool = msgspec.field(name="pending_restart", default=False)
    seen: Any = msgspec.field(name="dcs_last_seen", default=None)

    @property
    def leads(self) -> bool:
        """Whether its server takes writes, or leads a standby cluster."""
        return self.role in LEADING


class Config(msgspec.Struct):
    """What holds for the whole cluster, from the DCS."""

    ttl: Any = None
    most_lag: Any = msgspec.field(name="maximum_lag_on_failover", default=None)
    sync: Any = msgspec.field(name="synchronous_mode", default=None)
    """A flag, or the text `quorum`."""
    standby: Any = msgspec.field(name="standby_cluster", default=None)


class Cluster(msgspec.Struct):
    """The whole: who is there, and how it is run."""

    node: Node
    members: list[Member]
    scope: str
    pause: bool
    scheduled: _Scheduled | None
    config: Config

    @property
    def leader(self) -> Member | None:
        """Who holds the lock."""
        return next((one for one in self.members if one.leads), None)


class Switch(msgspec.Struct, array_like=True):
    """One switch of the timeline; older versions tell neither when nor who."""

    timeline: int
    lsn: Any = None
    reason: Any = None
    at: Any = None
    node: Any = None


def read_node(payload: bytes) -> Node:
    """The member that is asked."""
    (part,) = parted(payload, 1)
    return wire.document(part.body, Node)


def members_of(body: bytes) -> tuple[list[Member], bool]:
    """Members of an answer of `GET /cluster`, and whether it is paused."""
    found = wire.document(body, _Cluster)
    return wire.items(found.members[:MOST], Member), found.pause


def read_cluster(payload: bytes) -> Cluster:
    """The whole cluster."""
    own, whole, rules = parted(payload, 3)
    node = wire.document(own.body, Node)
    found = wire.document(whole.body, _Cluster)
    return Cluster(
        node,
        wire.items(found.members[:MOST], Member),
        found.scope or node.patroni.scope,
        found.pause,
        found.scheduled,
        wire.document(rules.body, Config),
    )


def read_history(payload: bytes) -> list[Switch]:
    """Switches of the timeline, the newest first."""
    (part,) = parted(payload, 1)
    lines = wire.document(part.body, list[msgspec.Raw])
    return wire.items(lines[-MOST:], Switch)[::-1]


def count(value: Any) -> int | None:
    """A whole number that a counter can be; None for anything else."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value < TOP else None


def text(value: Any) -> str:
    """A text or a number as text; empty for anything else."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def mapping(value: Any) -> dict[str, object]:
    """An object; an empty one for anything else."""
    try:
        return msgspec.convert(value, dict[str, object])
    except msgspec.ValidationError:
        return {}


def moment(value: Any) -> float | None:
    """Unix time of a text that may have a blank between day and time."""
    try:
        return datetime.datetime.fromisoformat(value if isinstance(value, str) else "").timestamp()
    except (ValueError, OverflowError):
        return None


def version(value: Any) -> str:
    """PostgreSQL's number as it is written: 150004 is 15.4, 90624 is 9.6.24."""
    number = count(value)
    if not number or number > 10**7:
        return ""
    major, minor = divmod(number, 10_000)
    return f"{major}.{minor}" if major >= 10 else f"{major}.{minor // 100}.{minor % 100}"


def lsn(value: Any) -> str:
    """A place in the WAL as PostgreSQL writes it."""
    place = count(value)
    return "" if place is None else f"{place >> 32:X}/{place & 0xFFFFFFFF:X}"
