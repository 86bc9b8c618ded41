"""How pods are reached: services and ingresses."""

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.kubernetes import values
from opsconsole.domains.cloud.kubernetes.watched import Object, Reader
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe
from opsconsole.turn import Turn


class Port(msgspec.Struct, gc=False):
    """One port of a service."""

    port: int = 0
    node: int = msgspec.field(default=0, name="nodePort")
    protocol: str = "TCP"

    def __str__(self) -> str:
        """As kubectl writes it: `80:30080/TCP`."""
        node = f":{self.node}" if self.node else ""
        return f"{self.port}{node}/{self.protocol}"


class Point(msgspec.Struct, gc=False):
    """Where a load balancer answers."""

    ip: str = ""
    hostname: str = ""


class Balancer(msgspec.Struct, gc=False):
    """What a load balancer gave."""

    ingress: list[Point] | None = None


class Status(msgspec.Struct, gc=False):
    """What is."""

    balancer: Balancer = msgspec.field(default_factory=Balancer, name="loadBalancer")

    @property
    def points(self) -> str:
        """Addresses that the load balancer gave."""
        return ", ".join(one.ip or one.hostname for one in self.balancer.ingress or ())


class ServiceSpec(msgspec.Struct, gc=False):
    """What is wanted."""

    type: str = ""
    cluster_ip: str = msgspec.field(default="", name="clusterIP")
    external: list[str] | None = msgspec.field(default=None, name="externalIPs")
    outside: str = msgspec.field(default="", name="externalName")
    ports: list[Port] | None = None
    selector: dict[str, str] | None = None


class Service(Object, gc=False):
    """What is read of a service."""

    spec: ServiceSpec = msgspec.field(default_factory=ServiceSpec)
    status: Status = msgspec.field(default_factory=Status)


READ_SERVICE = Reader(Service)


def service_rows(turn: Turn[Service], _before: Turn[Service] | None) -> list[Row]:
    """One row per service."""
    return [
        (
            values.word(one.metadata.namespace),
            values.name(one.metadata.name),
            values.word(one.spec.type, 20),
            values.name(one.spec.cluster_ip),
            _reached(one),
            clean(", ".join(map(str, one.spec.ports or ())), 300),
            values.word(values.pairs(one.spec.selector), 400),
            values.moment(one.metadata.created),
            Clean("Service"),
            values.name(one.metadata.uid),
        )
        for one in turn.put
    ]


def _reached(one: Service) -> Clean:
    """Its addresses outside; `pending` while a load balancer has not given one."""
    found = [*(one.spec.external or ()), *filter(None, (one.status.points, one.spec.outside))]
    if not found and one.spec.type == "LoadBalancer":
        return Clean("pending")
    return clean(", ".join(found), 300)


SERVICE = Probe(
    "kubernetes.service",
    "Services",
    "services",
    (
        Column("namespace", "NAMESPACE", Quantity.TEXT, "service metadata.namespace"),
        Column("name", "SERVICE", Quantity.TEXT, "service metadata.name"),
        Column("type", "TYPE", Quantity.TEXT, "service spec.type"),
        Column("cluster_ip", "CLUSTER IP", Quantity.TEXT, "service spec.clusterIP"),
        Column("external", "EXTERNAL", Quantity.TEXT,
               "service spec.externalIPs, status.loadBalancer.ingress, spec.externalName"),
        Column("ports", "PORTS", Quantity.TEXT, "service spec.ports"),
        Column("selector", "SELECTOR", Quantity.TEXT, "service spec.selector"),
        Column("created", "AGE", Quantity.SINCE, "service metadata.creationTimestamp"),
        Column("kind", "KIND", Quantity.TEXT, "service kind"),
        Column("uid", "UID", Quantity.TEXT, "service metadata.uid"),
    ),
    ("namespace", "name"),
    READ_SERVICE,
    service_rows,
    named=("namespace", "name"),
)  # fmt: skip


class PathBackendPort(msgspec.Struct, gc=False):
    """A port by number or name."""

    number: int = 0
    name: str = ""


class BackendService(msgspec.Struct, gc=False):
    """The service that answers."""

    name: str = ""
    port: PathBackendPort = msgspec.field(default_factory=PathBackendPort)

    def __str__(self) -> str:
        """`web:80`."""
        return f"{self.name}:{self.port.number or self.port.name}"


class Backend(msgspec.Struct, gc=False):
    """Who answers."""

    service: BackendService | None = None


class Path(msgspec.Struct, gc=False):
    """One path of a host."""

    path: str = ""
    backend: Backend = msgspec.field(default_factory=Backend)


class Http(msgspec.Struct, gc=False):
    """The paths of a host."""

    paths: list[Path] | None = None


class Rule(msgspec.Struct, gc=False):
    """One host."""

    host: str = ""
    http: Http | None = None


class Tls(msgspec.Struct, gc=False):
    """Hosts with a certificate."""

    hosts: list[str] | None = None
    secret: str = msgspec.field(default="", name="secretName")


class IngressSpec(msgspec.Struct, gc=False):
    """What is wanted."""

    kind: str | None = msgspec.field(default="", name="ingressClassName")
    rules: list[Rule] | None = None
    tls: list[Tls] | None = None
    default: Backend | None = msgspec.field(default=None, name="defaultBackend")


class Ingress(Object, gc=False):
    """What is read of an ingress."""

    spec: IngressSpec = msgspec.field(default_factory=IngressSpec)
    status: Status = msgspec.field(default_factory=Status)


READ_INGRESS = Reader(Ingress)


def ingress_rows(turn: Turn[Ingress], _before: Turn[Ingress] | None) -> list[Row]:
    """One row per ingress."""
    return [_ingress(one) for one in turn.put]


def _ingress(one: Ingress) -> Row:
    rules = one.spec.rules or ()
    ways = [
        f"{rule.host or '*'}{path.path} -> {path.backend.service}"
        for rule in rules
        for path in (rule.http.paths if rule.http else None) or ()
    ]
    if one.spec.default and one.spec.default.service:
        ways.append(f"* -> {one.spec.default.service}")
    return (
        values.word(one.metadata.namespace),
        values.name(one.metadata.name),
        values.word(one.spec.kind or "", 60),
        clean(", ".join(rule.host or "*" for rule in rules), 300),
        clean(one.status.points, 200),
        clean(", ".join(part.secret for part in one.spec.tls or ()), 200),
        clean(", ".join(ways), 400),
        values.moment(one.metadata.created),
        Clean("Ingress"),
        values.name(one.metadata.uid),
    )


INGRESS = Probe(
    "kubernetes.ingress",
    "Ingresses",
    "ingresses",
    (
        Column("namespace", "NAMESPACE", Quantity.TEXT, "ingress metadata.namespace"),
        Column("name", "INGRESS", Quantity.TEXT, "ingress metadata.name"),
        Column("class", "CLASS", Quantity.TEXT, "ingress spec.ingressClassName"),
        Column("hosts", "HOSTS", Quantity.TEXT, "ingress spec.rules host"),
        Column("address", "ADDRESS", Quantity.TEXT, "ingress status.loadBalancer.ingress"),
        Column("tls", "TLS", Quantity.TEXT, "ingress spec.tls secretName"),
        Column("ways", "WAYS", Quantity.TEXT, "ingress spec.rules: host and path to service"),
        Column("created", "AGE", Quantity.SINCE, "ingress metadata.creationTimestamp"),
        Column("kind", "KIND", Quantity.TEXT, "ingress kind"),
        Column("uid", "UID", Quantity.TEXT, "ingress metadata.uid"),
    ),
    ("namespace", "name"),
    READ_INGRESS,
    ingress_rows,
    named=("namespace", "name"),
)
