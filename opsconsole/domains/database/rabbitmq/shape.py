"""What the management API of RabbitMQ answers, as values; all of it may be missing."""

from typing import Any

import msgspec

from opsconsole.domains.devops import wire
from opsconsole.question import parted

Number = int | float | None

TOP = 1 << 63


class Rate(msgspec.Struct):
    """How fast a counter runs, by the server's own sampling."""

    rate: Number = None


class Stats(msgspec.Struct):
    """Rates of messages."""

    publish: Rate = msgspec.field(name="publish_details", default_factory=Rate)
    deliver: Rate = msgspec.field(name="deliver_get_details", default_factory=Rate)
    ack: Rate = msgspec.field(name="ack_details", default_factory=Rate)
    redeliver: Rate = msgspec.field(name="redeliver_details", default_factory=Rate)
    dropped: Rate = msgspec.field(name="drop_unroutable_details", default_factory=Rate)


class Totals(msgspec.Struct):
    """Messages of all queues."""

    ready: Number = msgspec.field(name="messages_ready", default=None)
    unacked: Number = msgspec.field(name="messages_unacknowledged", default=None)


class Objects(msgspec.Struct):
    """How many there are of each."""

    connections: Number = None
    channels: Number = None
    queues: Number = None
    consumers: Number = None


class Overview(msgspec.Struct):
    """The whole cluster."""

    version: str = msgspec.field(name="rabbitmq_version", default="")
    product: str = msgspec.field(name="product_name", default="RabbitMQ")
    erlang: str = msgspec.field(name="erlang_version", default="")
    cluster: str = msgspec.field(name="cluster_name", default="")
    stats: Stats = msgspec.field(name="message_stats", default_factory=Stats)
    totals: Totals = msgspec.field(name="queue_totals", default_factory=Totals)
    objects: Objects = msgspec.field(name="object_totals", default_factory=Objects)


class Node(msgspec.Struct):
    """One server of a cluster; one that is down has little more than its name."""

    name: str
    running: bool = False
    partitions: list[str] = []
    memory: Number = msgspec.field(name="mem_used", default=None)
    memory_limit: Number = msgspec.field(name="mem_limit", default=None)
    memory_alarm: bool = msgspec.field(name="mem_alarm", default=False)
    disk: Any = msgspec.field(name="disk_free", default=None)
    """Bytes, or a text such as `disk_free_monitoring_disabled`."""
    disk_limit: Any = msgspec.field(name="disk_free_limit", default=None)
    disk_alarm: bool = msgspec.field(name="disk_free_alarm", default=False)
    files: Any = msgspec.field(name="fd_used", default=None)
    files_limit: Any = msgspec.field(name="fd_total", default=None)
    sockets: Number = msgspec.field(name="sockets_used", default=None)
    sockets_limit: Number = msgspec.field(name="sockets_total", default=None)
    processes: Number = msgspec.field(name="proc_used", default=None)
    processes_limit: Number = msgspec.field(name="proc_total", default=None)
    uptime: Number = None
    run_queue: Number = None


class Queue(msgspec.Struct):
    """One queue; numbers are missing until they were sampled first."""

    name: str
    vhost: str = "/"
    type: str = ""
    state: str = ""
    ready: Number = msgspec.field(name="messages_ready", default=None)
    unacked: Number = msgspec.field(name="messages_unacknowledged", default=None)
    consumers: Number = None
    size: Number = msgspec.field(name="message_bytes", default=None)
    memory: Number = None
    capacity: Any = msgspec.field(name="consumer_capacity", default=None)
    """A share, or an empty text."""
    node: str = ""
    policy: str | None = None
    idle: str = msgspec.field(name="idle_since", default="")
    stats: Stats = msgspec.field(name="message_stats", default_factory=Stats)


class _Queues(msgspec.Struct):
    items: list[msgspec.Raw]


class Connection(msgspec.Struct):
    """One connection of a client; it has little more than its name while it begins."""

    name: str
    user: str = ""
    vhost: str = ""
    state: str = ""
    host: str = msgspec.field(name="peer_host", default="")
    port: Number = msgspec.field(name="peer_port", default=None)
    protocol: Any = None
    channels: Number = None
    began: Number = msgspec.field(name="connected_at", default=None)
    received: Rate = msgspec.field(name="recv_oct_details", default_factory=Rate)
    sent: Rate = msgspec.field(name="send_oct_details", default_factory=Rate)
    encrypted: bool = msgspec.field(name="ssl", default=False)
    said: dict[str, Any] = msgspec.field(name="client_properties", default_factory=dict[str, Any])


def read_overview(payload: bytes) -> Overview:
    """The cluster."""
    whole, _ = parted(payload, 2)
    return wire.document(whole.body, Overview)


def read_nodes(payload: bytes) -> list[Node]:
    """Its servers."""
    _, nodes = parted(payload, 2)
    return wire.items(wire.document(nodes.body, list[msgspec.Raw]), Node)


def read_queues(payload: bytes) -> list[Queue]:
    """The queues that hold most."""
    (part,) = parted(payload, 1)
    return wire.items(wire.document(part.body, _Queues).items, Queue)


def read_connections(payload: bytes) -> list[Connection]:
    """Connections, as many as were asked for."""
    (part,) = parted(payload, 1)
    return wire.items(wire.document(part.body, _Queues).items, Connection)


def count(value: Any) -> int | None:
    """A whole number that a counter can be; None for anything else."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value < TOP else None


def real(value: Any) -> float | None:
    """A finite number that is not negative."""
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if known and 0 <= value < 1e15 else None


def percent(value: Any, of: Any) -> float | None:
    """A share of a limit; None without one."""
    part, whole = real(value), real(of)
    return 100 * part / whole if part is not None and whole else None
