"""RabbitMQ: nodes with their alarms, queues, connections."""

from opsconsole.spec import Board, Face, Pane, Series, View

FACE = Face(
    kind="rabbitmq",
    overview=Pane(
        id="database.rabbitmq",
        title="RabbitMQ clusters",
        probes=("rabbitmq.overview",),
        view=View.FLEET,
        columns=(
            "state",
            "sessions_active",
            "why",
            "version",
            "ready",
            "unacked",
            "publish_per_s",
            "deliver_per_s",
            "dropped_per_s",
        ),
        trends=("sessions_active",),
    ),
    detail=(
        Pane(
            id="database.rabbitmq-messages",
            title="Messages",
            probes=("rabbitmq.overview",),
            view=View.PLOTS,
            series=(
                Series(
                    "Waiting",
                    "rabbitmq.overview",
                    (
                        "ready",
                        "unacked",
                    ),
                ),
            ),
        ),
        Pane(
            id="database.rabbitmq-rates",
            title="Rates",
            probes=("rabbitmq.overview",),
            view=View.PLOTS,
            series=(
                Series(
                    "Rates",
                    "rabbitmq.overview",
                    (
                        "publish_per_s",
                        "deliver_per_s",
                        "ack_per_s",
                    ),
                ),
            ),
        ),
        Pane(
            id="database.rabbitmq-queues",
            title="Queues",
            probes=("rabbitmq.queue",),
            columns=(
                "name",
                "vhost",
                "state",
                "ready",
                "unacked",
                "consumers",
                "publish_per_s",
                "deliver_per_s",
                "type",
                "size_bytes",
            ),
            sort="-ready",
        ),
        Pane(
            id="database.rabbitmq-nodes",
            title="Nodes",
            probes=("rabbitmq.node",),
            columns=(
                "name",
                "state",
                "memory",
                "memory_percent",
                "disk",
                "disk_free_bytes",
                "files_percent",
                "uptime_s",
                "partitions",
            ),
            sort="-state",
        ),
        Pane(
            id="database.rabbitmq-connections",
            title="Connections",
            probes=("rabbitmq.connection",),
            columns=(
                "label",
                "user",
                "peer",
                "state",
                "channels",
                "in_bytes_per_s",
                "out_bytes_per_s",
                "since",
            ),
            sort="-since",
        ),
        Pane(
            id="database.rabbitmq-facts",
            title="RabbitMQ",
            probes=("rabbitmq.overview",),
            view=View.FACTS,
        ),
    ),
    headline=(
        ("rabbitmq.overview", "cluster"),
        ("rabbitmq.overview", "version"),
    ),
    boards=(
        Board(
            0,
            0,
            (
                ("6", "rabbitmq-messages"),
                ("1fr", "rabbitmq-queues"),
                ("1fr", "*"),
            ),
        ),
        Board(
            120,
            34,
            (
                ("9", "rabbitmq-messages rabbitmq-rates"),
                ("2fr", "rabbitmq-queues rabbitmq-queues"),
                ("1fr", "rabbitmq-nodes *"),
            ),
        ),
        Board(
            200,
            60,
            (
                ("12", "rabbitmq-messages rabbitmq-rates rabbitmq-facts"),
                ("2fr", "rabbitmq-queues rabbitmq-queues rabbitmq-queues"),
                ("1fr", "rabbitmq-nodes rabbitmq-connections rabbitmq-connections"),
            ),
        ),
    ),
)
