"""Telephones, video and room endpoints: lines, parts, ports."""

from opsconsole import reading
from opsconsole.spec import Board, Face, Pane, Series, View

FACE = Face(
    kind="endpoint",
    overview=Pane(
        id="desktop.endpoint",
        title="Endpoints",
        probes=("endpoint.status",),
        view=View.FLEET,
        columns=(
            "state", "activity", "why", "complaints", "registered", "wanted", "type", "model",
            "location", "busy", "firmware", "serial", "mac",
        ),
    ),
    detail=(
        Pane(
            id="desktop.endpoint-lines",
            title="Lines",
            probes=("endpoint.line",),
            columns=(
                "line", "registration", "judged", "hook", "number", "label", "type", "registrar",
            ),
        ),
        Pane(
            id="desktop.endpoint-parts",
            title="Parts and services",
            probes=("endpoint.part",),
            columns=("part", "says", "judged"),
        ),
        Pane(
            id="desktop.endpoint-ports",
            title="Network ports",
            probes=("endpoint.port",),
            columns=("port", "status", "speed_bits_per_s", "errors", "discards", "mac", "type"),
        ),
        Pane(
            id="desktop.endpoint-course",
            title="Registered and busy",
            probes=("endpoint.status",),
            view=View.PLOTS,
            series=(
                Series("Registered", "endpoint.status", ("registered",)),
                Series("Busy", "endpoint.status", ("busy",)),
            ),
        ),
        Pane(
            id="desktop.endpoint-readings",
            title="Readings of it",
            probes=("endpoint.reading",),
            columns=reading.SHOWN,
            sort="-judged",
        ),
        Pane(
            id="desktop.endpoint-facts",
            title="Endpoint",
            probes=("endpoint.status",),
            view=View.FACTS,
        ),
    ),
    headline=(("endpoint.status", "model"), ("endpoint.status", "location")),
    boards=(
        Board(0, 0, (("1fr", "endpoint-lines"), ("1fr", "*"))),
        Board(
            120,
            30,
            (
                ("1fr", "endpoint-lines endpoint-lines"),
                ("1fr", "endpoint-parts endpoint-ports"),
                ("1fr", "endpoint-facts *"),
            ),
        ),
    ),
)  # fmt: skip
