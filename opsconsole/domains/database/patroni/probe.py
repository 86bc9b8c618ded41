"""Patroni as rows: the cluster, its members, the one that is asked, switches of the timeline."""

from typing import Any

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.patroni import shape
from opsconsole.domains.database.patroni.shape import Cluster, Member, count
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe

_CLUSTER = "GET /cluster"
_CONFIG = "GET /config"
_NODE = "GET /patroni"
_HISTORY = "GET /history"


def cluster_rows(now: Cluster, _before: Cluster | None) -> list[Row]:
    """The only row."""
    leader, node = now.leader, now.node
    others = [one for one in now.members if not one.leads]
    lags = [lag for one in others if (lag := count(one.lag)) is not None]
    planned = now.scheduled
    return [
        (
            clean(now.scope),
            _role(node),
            clean(shape.version(node.version)),
            clean(node.patroni.version, 40),
            clean(leader.name if leader else ""),
            Clean("no leader" if leader is None else "led"),
            Clean("paused" if now.pause else "automatic"),
            len(now.members),
            sum(one.well for one in others),
            count(leader.timeline) if leader else None,
            max(lags, default=None),
            _sync(now.config.sync),
            clean(", ".join(one.name for one in others if one.role != "replica")),
            clean(f"{planned.source} -> {planned.to or 'any'}" if planned else ""),
            shape.moment(planned.at) if planned else None,
            count(now.config.most_lag),
            count(now.config.ttl),
            sum(one.pending is True for one in now.members),
            _seen(node),
        )
    ]


def _role(node: shape.Node) -> Clean:
    """As the other databases say it."""
    if node.role == "standby_leader":
        return Clean("standby leader")
    return Clean("primary") if node.leads else clean(node.role, 20)


def _sync(mode: Any) -> Clean:
    if mode == "quorum":
        return Clean("quorum")
    return Clean("synchronous" if mode in (True, "on", "true") else "asynchronous")


def _seen(node: shape.Node) -> float | None:
    seen = count(node.seen)
    return float(seen) if seen else None


CLUSTER = Probe(
    "patroni.cluster",
    "Patroni",
    "cluster",
    (
        Column("cluster", "CLUSTER", Quantity.TEXT, f"{_CLUSTER} scope; {_NODE} patroni.scope"),
        Column("role", "ROLE", Quantity.STATE, f"{_NODE} role, of the member that is asked"),
        Column("version", "VERSION", Quantity.TEXT, f"{_NODE} server_version: PostgreSQL"),
        Column("patroni", "PATRONI", Quantity.TEXT, f"{_NODE} patroni.version"),
        Column("leader", "LEADER", Quantity.TEXT, f"{_CLUSTER} members, whose role is leader"),
        Column("leadership", "LEADS", Quantity.STATE, f"{_CLUSTER} members: whether one leads"),
        Column("management", "FAILOVER", Quantity.STATE, f"{_CLUSTER} pause"),
        Column("members", "MEMBERS", Quantity.COUNT, f"{_CLUSTER} members"),
        Column("replicas", "REPLICAS", Quantity.COUNT, f"{_CLUSTER} members: replicas that work"),
        Column("timeline", "TIMELINE", Quantity.COUNT, f"{_CLUSTER} timeline of the leader"),
        Column(
            "replication_lag_bytes", "BEHIND", Quantity.BYTES, f"{_CLUSTER} lag, the worst",
            history=True,
        ),
        Column("sync", "SYNC", Quantity.TEXT, f"{_CONFIG} synchronous_mode"),
        Column("sync_members", "SYNC WITH", Quantity.TEXT, f"{_CLUSTER} members: sync_standby"),
        Column("switchover", "SWITCHOVER", Quantity.TEXT, f"{_CLUSTER} scheduled_switchover"),
        Column("switchover_at", "AT", Quantity.TIME, f"{_CLUSTER} scheduled_switchover.at"),
        Column("most_lag_bytes", "MAX LAG", Quantity.BYTES, f"{_CONFIG} maximum_lag_on_failover"),
        Column("ttl_s", "TTL", Quantity.SECONDS, f"{_CONFIG} ttl"),
        Column("pending_restart", "PENDING", Quantity.COUNT, f"{_CLUSTER} pending_restart"),
        Column("dcs_seen", "DCS SEEN", Quantity.TIME, f"{_NODE} dcs_last_seen"),
    ),
    (),
    shape.read_cluster,
    cluster_rows,
    on_demand=False,
)  # fmt: skip


def member_rows(now: Cluster, _before: Cluster | None) -> list[Row]:
    """One row per member."""
    leader = now.leader
    led = count(leader.timeline) if leader else None
    most = count(now.config.most_lag)
    return [
        (
            clean(one.name),
            clean(one.role.replace("_", " "), 40),
            clean(one.state, 60),
            clean(":".join(filter(None, (shape.text(one.host), shape.text(one.port))))),
            line := count(one.timeline),
            abs(led - line) if led is not None and line is not None else None,
            lag := count(one.lag),
            100 * lag / most if lag is not None and most else None,
            count(one.receive_lag),
            count(one.replay_lag),
            Clean("pending" if one.pending is True else "none"),
            _why(one.reason),
            _restart(one),
            tags(one),
            clean(shape.text(one.api)),
        )
        for one in now.members
    ]


def _why(reason: Any) -> Clean:
    """Parameters that wait for it; only Patroni 4 names them."""
    return clean(", ".join(shape.mapping(reason)), 400)


def _restart(one: Member) -> float | None:
    return shape.moment(shape.mapping(one.restart).get("schedule"))


def tags(one: Member) -> Clean:
    """What it was told to be: `nofailover`, `noloadbalance`, names of the operator's own."""
    found = shape.mapping(one.tags)
    said = [key if value is True else f"{key}={value}" for key, value in found.items()]
    return clean(", ".join(said), 400)


MEMBER = Probe(
    "patroni.member",
    "Members",
    "cluster",
    (
        Column("name", "MEMBER", Quantity.TEXT, f"{_CLUSTER} name"),
        Column("role", "ROLE", Quantity.STATE, f"{_CLUSTER} role"),
        Column("state", "STATE", Quantity.STATE, f"{_CLUSTER} state"),
        Column("host", "HOST", Quantity.TEXT, f"{_CLUSTER} host, port"),
        Column("timeline", "TIMELINE", Quantity.COUNT, f"{_CLUSTER} timeline"),
        Column("timeline_gap", "TL GAP", Quantity.COUNT, f"{_CLUSTER} timeline, to the leader's"),
        Column("lag_bytes", "BEHIND", Quantity.BYTES, f"{_CLUSTER} lag", history=True),
        Column(
            "lag_percent",
            "LAG%",
            Quantity.PERCENT,
            f"{_CLUSTER} lag, of {_CONFIG} maximum_lag_on_failover",
        ),
        Column("receive_lag_bytes", "UNRECEIVED", Quantity.BYTES, f"{_CLUSTER} receive_lag (4)"),
        Column("replay_lag_bytes", "UNREPLAYED", Quantity.BYTES, f"{_CLUSTER} replay_lag (4)"),
        Column("restart", "RESTART", Quantity.STATE, f"{_CLUSTER} pending_restart"),
        Column("restart_why", "FOR", Quantity.TEXT, f"{_CLUSTER} pending_restart_reason (4)"),
        Column("restart_at", "RESTART AT", Quantity.TIME, f"{_CLUSTER} scheduled_restart"),
        Column("tags", "TAGS", Quantity.TEXT, f"{_CLUSTER} tags"),
        Column("api", "API", Quantity.TEXT, f"{_CLUSTER} api_url"),
    ),
    ("name",),
    shape.read_cluster,
    member_rows,
    on_demand=False,
)


def node_rows(now: shape.Node, _before: shape.Node | None) -> list[Row]:
    """The only row."""
    return [
        (
            clean(now.patroni.name),
            _role(now),
            clean(now.state, 60),
            Clean("unlocked" if now.unlocked else "locked"),
            clean(now.replication, 40),
            Clean("quorum" if now.quorum else "sync" if now.sync else ""),
            count(now.timeline),
            shape.moment(now.started),
            _seen(now),
            now.failsafe,
            now.pending,
            clean(shape.version(now.version)),
            clean(now.patroni.version, 40),
        )
    ]


NODE = Probe(
    "patroni.node",
    "This member",
    "node",
    (
        Column("name", "MEMBER", Quantity.TEXT, f"{_NODE} patroni.name (4)"),
        Column("role", "ROLE", Quantity.STATE, f"{_NODE} role"),
        Column("state", "STATE", Quantity.STATE, f"{_NODE} state"),
        Column(
            "lock",
            "LEADER LOCK",
            Quantity.STATE,
            f"{_NODE} cluster_unlocked: nobody leads, or the DCS is away",
        ),
        Column("replication", "REPLICATION", Quantity.STATE, f"{_NODE} replication_state (4)"),
        Column("sync", "SYNC", Quantity.TEXT, f"{_NODE} sync_standby, quorum_standby"),
        Column("timeline", "TIMELINE", Quantity.COUNT, f"{_NODE} timeline"),
        Column("started", "STARTED", Quantity.TIME, f"{_NODE} postmaster_start_time"),
        Column("dcs_seen", "DCS SEEN", Quantity.TIME, f"{_NODE} dcs_last_seen"),
        Column("failsafe", "FAILSAFE", Quantity.FLAG, f"{_NODE} failsafe_mode_is_active"),
        Column("pending_restart", "PENDING", Quantity.FLAG, f"{_NODE} pending_restart"),
        Column("version", "VERSION", Quantity.TEXT, f"{_NODE} server_version"),
        Column("patroni", "PATRONI", Quantity.TEXT, f"{_NODE} patroni.version"),
    ),
    (),
    shape.read_node,
    node_rows,
    on_demand=False,
)


def history_rows(now: list[shape.Switch], _before: list[shape.Switch] | None) -> list[Row]:
    """One row per switch, the newest first."""
    return [
        (
            line + 1 if (line := count(one.timeline)) is not None else None,
            shape.moment(one.at),
            clean(shape.text(one.node)),
            clean(shape.text(one.reason)),
            clean(shape.lsn(one.lsn)),
        )
        for one in now
    ]


HISTORY = Probe(
    "patroni.history",
    "Switches",
    "history",
    (
        Column("timeline", "TIMELINE", Quantity.COUNT, f"{_HISTORY}: the one that began"),
        Column("at", "SINCE", Quantity.TIME, f"{_HISTORY}: when it began"),
        Column("leader", "LEADER", Quantity.TEXT, f"{_HISTORY}: who leads it"),
        Column("reason", "REASON", Quantity.TEXT, f"{_HISTORY}: why the one before ended"),
        Column("lsn", "LSN", Quantity.TEXT, f"{_HISTORY}: where the one before ended"),
    ),
    ("timeline",),
    shape.read_history,
    history_rows,
)

PROBES = (CLUSTER, MEMBER, NODE, HISTORY)
