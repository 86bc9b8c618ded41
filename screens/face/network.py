"""Network devices: ports, neighbours, what hangs on a port, BGP peers."""

from collections.abc import Mapping

from opsconsole.model import Value
from opsconsole.reading import SHOWN
from opsconsole.spec import Board, Drill, Face, Pane, Series, View

_SUMMARY = "network.summary"


def exactly(key: str, value: Value) -> str:
    """A term of a filter that only this value passes."""
    said = "".join(
        letter if letter.isalnum() or letter in "-_" else "." if letter.isspace() else f"\\{letter}"
        for letter in str(value)
    )
    return f"{key}:^{said}$"


def _attached(row: Mapping[str, Value]) -> str:
    return exactly("port", row["interface"])


def _port(row: Mapping[str, Value]) -> str:
    return exactly("interface", row["port"])


FACE = Face(
    kind="network",
    overview=Pane(
        id="system.network",
        title="Network devices",
        probes=(_SUMMARY, "network.health", "network.sensors"),
        view=View.FLEET,
        columns=(
            "state",
            "cpu_percent",
            "memory_used_percent",
            "why",
            "receive_bits_per_s",
            "transmit_bits_per_s",
            "ports_up",
            "ports_down",
            "busiest_percent",
            "busiest",
            "errors_per_s",
            "critical",
            "warning",
            "worst",
            "uptime_s",
        ),
        trends=("receive_bits_per_s",),
    ),
    detail=(
        Pane(
            id="system.network-traffic",
            title="Traffic",
            probes=(_SUMMARY,),
            view=View.PLOTS,
            series=(Series("Traffic", _SUMMARY, ("receive_bits_per_s", "transmit_bits_per_s")),),
        ),
        Pane(
            id="system.network-load",
            title="Load",
            probes=("network.health",),
            view=View.PLOTS,
            series=(Series("Load", "network.health", ("cpu_percent", "memory_used_percent"), 100),),
        ),
        Pane(
            id="system.network-ports",
            title="Ports",
            probes=("network.interface",),
            columns=(
                "interface",
                "link",
                "alias",
                "receive_bits_per_s",
                "transmit_bits_per_s",
                "utilisation_percent",
                "speed_bits_per_s",
                "neighbour",
                "admin",
                "receive_errors_per_s",
                "transmit_errors_per_s",
                "receive_discards_per_s",
                "transmit_discards_per_s",
                "for_s",
                "type",
            ),
        ),
        Pane(
            id="system.network-neighbours",
            title="Neighbours",
            probes=("network.neighbour",),
            columns=(
                "port",
                "name",
                "their_port",
                "kind",
                "target",
                "address",
                "link",
                "protocol",
                "about",
            ),
        ),
        Pane(
            id="system.network-attached",
            title="On the ports",
            probes=("network.attached",),
            columns=("port", "mac", "address", "target", "vlan", "vlan_name", "others"),
        ),
        Pane(
            id="system.network-bgp",
            title="BGP peers",
            probes=("network.bgp",),
            columns=(
                "peer",
                "state",
                "remote_as",
                "for_s",
                "prefixes",
                "in_updates",
                "out_updates",
                "error",
                "admin",
                "target",
            ),
        ),
        Pane(
            id="system.network-sensors",
            title="Sensors",
            probes=("network.reading",),
            columns=SHOWN,
            sort="-judged",
        ),
        Pane(id="system.network-processors", title="Processors", probes=("network.processor",)),
        Pane(id="system.network-storage", title="Memory and disks", probes=("network.storage",)),
        Pane(
            id="system.network-identity",
            title="Identity",
            probes=("network.identity",),
            view=View.FACTS,
        ),
    ),
    headline=(
        ("network.identity", "model"),
        ("network.identity", "software"),
        (_SUMMARY, "uptime_s"),
    ),
    boards=(
        Board(0, 0, (("5", "network-traffic"), ("2fr", "network-ports"), ("1fr", "*"))),
        Board(
            100,
            30,
            (
                ("7", "network-traffic network-load"),
                ("2fr", "network-ports network-ports"),
                ("1fr", "network-neighbours *"),
            ),
        ),
        Board(
            200,
            60,
            (
                ("10", "network-traffic network-load network-identity"),
                ("2fr", "network-ports network-ports network-ports"),
                ("1fr", "network-neighbours network-attached *"),
            ),
        ),
    ),
    drills=(
        Drill("network.interface", "network-attached", _attached),
        Drill("network.neighbour", "network-ports", _port, up=True),
        Drill("network.attached", "network-ports", _port, up=True),
    ),
)
