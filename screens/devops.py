"""DevOps: the servers that watch and call, Prometheus and Alertmanager, in one list."""

from opsconsole.spec import Board, Domain, Face, Pane, View

ALERTMANAGER = Face(
    kind="alertmanager",
    overview=Pane(
        id="devops.alertmanager",
        title="Alertmanagers",
        probes=("alertmanager.status",),
        view=View.FLEET,
        columns=("state", "why", "version", "started", "cluster", "peers"),
    ),
    detail=(
        Pane(
            id="devops.held",
            title="Alerts held",
            probes=("alertmanager.alert",),
            columns=("name", "state", "severity", "instance", "since", "summary", "silence"),
            sort="since",
        ),
        Pane(
            id="devops.silences",
            title="Silences",
            probes=("alertmanager.silence",),
            columns=("match", "state", "who", "until", "reason"),
            sort="until",
        ),
        Pane(
            id="devops.alertmanager-facts",
            title="Alertmanager",
            probes=("alertmanager.status",),
            view=View.FACTS,
        ),
    ),
    headline=(("alertmanager.status", "version"),),
    boards=(
        Board(0, 0, (("6", "alertmanager-facts"), ("2fr", "held"), ("1fr", "silences"))),
        Board(
            150,
            30,
            (("2fr", "held held held"), ("1fr", "silences silences alertmanager-facts")),
        ),
    ),
)

PROMETHEUS = Face(
    kind="prometheus",
    overview=Pane(
        id="devops.prometheus",
        title="Prometheus servers",
        probes=("prometheus.health",),
        view=View.FLEET,
        columns=("state", "why", "version", "started", "readiness", "config", "damaged"),
    ),
    detail=(
        Pane(
            id="devops.firing",
            title="Alerts",
            probes=("prometheus.alert",),
            columns=("name", "state", "severity", "instance", "since", "value", "summary"),
            sort="since",
        ),
        Pane(
            id="devops.scrapes",
            title="Scrapes",
            probes=("prometheus.scrape",),
            columns=("pool", "instance", "health", "last", "took_ms", "error", "url"),
            sort="-health",
        ),
        Pane(
            id="devops.rules",
            title="Rules",
            probes=("prometheus.rule",),
            columns=("name", "state", "health", "took_ms", "group", "type", "error"),
            sort="-took_ms",
        ),
        Pane(
            id="devops.prometheus-facts",
            title="Prometheus",
            probes=("prometheus.health",),
            view=View.FACTS,
        ),
    ),
    headline=(("prometheus.health", "version"),),
    boards=(
        Board(0, 0, (("1fr", "firing"), ("1fr", "*"))),
        Board(
            150,
            30,
            (("1fr", "firing firing firing"), ("1fr", "scrapes rules prometheus-facts")),
        ),
        Board(
            240,
            60,
            (("1fr", "firing firing prometheus-facts"), ("1fr", "scrapes rules rules")),
        ),
    ),
)

DOMAIN = Domain(
    id="devops",
    title="DevOps",
    key="o",
    order=8,
    noun="Watching servers",
    faces=(ALERTMANAGER, PROMETHEUS),
)
