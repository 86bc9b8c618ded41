"""RabbitMQ as rows: the cluster, its nodes, queues and connections."""

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.rabbitmq import shape
from opsconsole.domains.database.rabbitmq.shape import count, percent, real
from opsconsole.domains.devops import wire
from opsconsole.model import Column, Limits, Quantity, Row
from opsconsole.spec import Probe

APA = "awesome-prometheus-alerts, rabbitmq"

_OVERVIEW = "GET /api/overview"
_NODES = "GET /api/nodes"
_QUEUES = "GET /api/queues"
_CONNECTIONS = "GET /api/connections"


def overview_rows(one: shape.Overview, _before: shape.Overview | None) -> list[Row]:
    """The only row."""
    return [
        (
            clean(one.cluster),
            clean(one.product, 40),
            clean(one.version, 40),
            clean(one.erlang, 40),
            count(one.objects.connections),
            count(one.objects.channels),
            count(one.objects.queues),
            count(one.objects.consumers),
            count(one.totals.ready),
            count(one.totals.unacked),
            real(one.stats.publish.rate),
            real(one.stats.deliver.rate),
            real(one.stats.ack.rate),
            real(one.stats.dropped.rate),
        )
    ]


OVERVIEW = Probe(
    "rabbitmq.overview",
    "RabbitMQ",
    "overview",
    (
        Column("cluster", "CLUSTER", Quantity.TEXT, f"{_OVERVIEW} cluster_name"),
        Column("product", "PRODUCT", Quantity.TEXT, f"{_OVERVIEW} product_name"),
        Column("version", "VERSION", Quantity.TEXT, f"{_OVERVIEW} rabbitmq_version"),
        Column("erlang", "ERLANG", Quantity.TEXT, f"{_OVERVIEW} erlang_version"),
        Column(
            "sessions_active",
            "ACTIVE",
            Quantity.COUNT,
            f"{_OVERVIEW} object_totals.connections",
            history=True,
        ),
        Column("channels", "CHANNELS", Quantity.COUNT, f"{_OVERVIEW} object_totals.channels"),
        Column("queues", "QUEUES", Quantity.COUNT, f"{_OVERVIEW} object_totals.queues"),
        Column("consumers", "CONSUMERS", Quantity.COUNT, f"{_OVERVIEW} object_totals.consumers"),
        Column(
            "ready", "READY", Quantity.COUNT, f"{_OVERVIEW} queue_totals.messages_ready",
            history=True,
        ),
        Column(
            "unacked",
            "UNACKED",
            Quantity.COUNT,
            f"{_OVERVIEW} queue_totals.messages_unacknowledged",
            history=True,
        ),
        Column("publish_per_s", "IN/s", Quantity.PER_S, f"{_OVERVIEW} publish", history=True),
        Column("deliver_per_s", "OUT/s", Quantity.PER_S, f"{_OVERVIEW} deliver_get", history=True),
        Column("ack_per_s", "ACK/s", Quantity.PER_S, f"{_OVERVIEW} ack", history=True),
        Column("dropped_per_s", "DROP/s", Quantity.PER_S, f"{_OVERVIEW} drop_unroutable"),
    ),
    (),
    shape.read_overview,
    overview_rows,
    on_demand=False,
)  # fmt: skip


def node_rows(nodes: list[shape.Node], _before: list[shape.Node] | None) -> list[Row]:
    """One row per node."""
    return [
        (
            clean(one.name),
            Clean("partitioned" if one.partitions else "running" if one.running else "down"),
            Clean("alarm" if one.memory_alarm else "ok"),
            percent(one.memory, one.memory_limit),
            count(one.memory),
            Clean("alarm" if one.disk_alarm else "ok"),
            count(one.disk),
            count(one.disk_limit),
            percent(one.files, one.files_limit),
            percent(one.sockets, one.sockets_limit),
            percent(one.processes, one.processes_limit),
            count(one.run_queue),
            uptime / 1000 if (uptime := real(one.uptime)) is not None else None,
            clean(", ".join(one.partitions)),
        )
        for one in nodes
    ]


NODE = Probe(
    "rabbitmq.node",
    "Nodes",
    "overview",
    (
        Column("name", "NODE", Quantity.TEXT, f"{_NODES} name"),
        Column("state", "STATE", Quantity.STATE, f"{_NODES} running, partitions"),
        Column("memory", "MEMORY", Quantity.STATE, f"{_NODES} mem_alarm"),
        Column(
            "memory_percent",
            "MEM%",
            Quantity.PERCENT,
            f"{_NODES} mem_used of mem_limit",
            Limits(80, 90, f"90: {APA}; 80: ours"),
            history=True,
        ),
        Column("memory_bytes", "USED", Quantity.BYTES, f"{_NODES} mem_used", history=True),
        Column("disk", "DISK", Quantity.STATE, f"{_NODES} disk_free_alarm"),
        Column("disk_free_bytes", "FREE", Quantity.BYTES, f"{_NODES} disk_free", history=True),
        Column("disk_limit_bytes", "AT LEAST", Quantity.BYTES, f"{_NODES} disk_free_limit"),
        Column("files_percent", "FILES%", Quantity.PERCENT, f"{_NODES} fd_used of fd_total"),
        Column("sockets_percent", "SOCK%", Quantity.PERCENT, f"{_NODES} sockets_used, …_total"),
        Column("processes_percent", "PROC%", Quantity.PERCENT, f"{_NODES} proc_used, …_total"),
        Column("run_queue", "RUNQ", Quantity.COUNT, f"{_NODES} run_queue"),
        Column("uptime_s", "UP", Quantity.SECONDS, f"{_NODES} uptime"),
        Column("partitions", "PARTITIONS", Quantity.TEXT, f"{_NODES} partitions"),
    ),
    ("name",),
    shape.read_nodes,
    node_rows,
    on_demand=False,
)


def queue_rows(queues: list[shape.Queue], _before: list[shape.Queue] | None) -> list[Row]:
    """One row per queue."""
    return [
        (
            clean(one.name),
            clean(one.vhost),
            clean(one.type, 20),
            clean(one.state, 20),
            count(one.ready),
            count(one.unacked),
            count(one.consumers),
            real(one.stats.publish.rate),
            real(one.stats.deliver.rate),
            real(one.stats.ack.rate),
            real(one.stats.redeliver.rate),
            percent(one.capacity, 1),
            count(one.size),
            count(one.memory),
            clean(one.node),
            clean(one.policy or ""),
            wire.seconds(one.idle),
        )
        for one in queues
    ]


QUEUE = Probe(
    "rabbitmq.queue",
    "Queues",
    "queues",
    (
        Column("name", "QUEUE", Quantity.TEXT, f"{_QUEUES} name"),
        Column("vhost", "VHOST", Quantity.TEXT, f"{_QUEUES} vhost"),
        Column("type", "TYPE", Quantity.TEXT, f"{_QUEUES} type"),
        Column("state", "STATE", Quantity.STATE, f"{_QUEUES} state"),
        Column("ready", "READY", Quantity.COUNT, f"{_QUEUES} messages_ready", history=True),
        Column(
            "unacked", "UNACKED", Quantity.COUNT, f"{_QUEUES} messages_unacknowledged",
            history=True,
        ),
        Column("consumers", "CONSUMERS", Quantity.COUNT, f"{_QUEUES} consumers"),
        Column("publish_per_s", "IN/s", Quantity.PER_S, f"{_QUEUES} publish", history=True),
        Column("deliver_per_s", "OUT/s", Quantity.PER_S, f"{_QUEUES} deliver_get", history=True),
        Column("ack_per_s", "ACK/s", Quantity.PER_S, f"{_QUEUES} ack"),
        Column("redeliver_per_s", "AGAIN/s", Quantity.PER_S, f"{_QUEUES} redeliver"),
        Column("capacity_percent", "CAPACITY%", Quantity.PERCENT, f"{_QUEUES} consumer_capacity"),
        Column("size_bytes", "SIZE", Quantity.BYTES, f"{_QUEUES} message_bytes"),
        Column("memory_bytes", "MEMORY", Quantity.BYTES, f"{_QUEUES} memory"),
        Column("node", "NODE", Quantity.TEXT, f"{_QUEUES} node"),
        Column("policy", "POLICY", Quantity.TEXT, f"{_QUEUES} policy"),
        Column("idle", "IDLE SINCE", Quantity.TIME, f"{_QUEUES} idle_since"),
    ),
    ("vhost", "name"),
    shape.read_queues,
    queue_rows,
)  # fmt: skip


def connection_rows(
    connections: list[shape.Connection], _before: list[shape.Connection] | None
) -> list[Row]:
    """One row per connection."""
    return [
        (
            clean(one.name),
            clean(str(one.said.get("connection_name", ""))),
            clean(one.user),
            clean(one.vhost),
            clean(one.state, 20),
            clean(f"{one.host}:{count(one.port) or ''}".strip(":")),
            count(one.channels),
            real(one.received.rate),
            real(one.sent.rate),
            began / 1000 if (began := real(one.began)) else None,
            clean(str(one.protocol or ""), 20),
            one.encrypted,
            clean(f"{one.said.get('product', '')} {one.said.get('version', '')}".strip(), 60),
        )
        for one in connections
    ]


CONNECTION = Probe(
    "rabbitmq.connection",
    "Connections",
    "connections",
    (
        Column("name", "CONNECTION", Quantity.TEXT, f"{_CONNECTIONS} name"),
        Column("label", "NAME", Quantity.TEXT, f"{_CONNECTIONS} client_properties"),
        Column("user", "USER", Quantity.TEXT, f"{_CONNECTIONS} user"),
        Column("vhost", "VHOST", Quantity.TEXT, f"{_CONNECTIONS} vhost"),
        Column("state", "STATE", Quantity.STATE, f"{_CONNECTIONS} state"),
        Column("peer", "PEER", Quantity.TEXT, f"{_CONNECTIONS} peer_host, peer_port"),
        Column("channels", "CHANNELS", Quantity.COUNT, f"{_CONNECTIONS} channels"),
        Column("in_bytes_per_s", "IN", Quantity.BYTES_PER_S, f"{_CONNECTIONS} recv_oct"),
        Column("out_bytes_per_s", "OUT", Quantity.BYTES_PER_S, f"{_CONNECTIONS} send_oct"),
        Column("since", "SINCE", Quantity.TIME, f"{_CONNECTIONS} connected_at"),
        Column("protocol", "PROTOCOL", Quantity.TEXT, f"{_CONNECTIONS} protocol"),
        Column("encrypted", "TLS", Quantity.FLAG, f"{_CONNECTIONS} ssl"),
        Column("library", "LIBRARY", Quantity.TEXT, f"{_CONNECTIONS} client_properties"),
    ),
    ("name",),
    shape.read_connections,
    connection_rows,
)
