"""AWS: what runs in an account, who can get in, what it costs, what AWS says of it."""

from opsconsole.domains.cloud import instance
from opsconsole.spec import Board, Face, Pane, View

FACE = Face(
    kind="aws",
    overview=Pane(
        id="cloud.aws",
        title="AWS accounts",
        probes=("aws.account",),
        view=View.FLEET,
        columns=(
            *("state", "why", "account", "instances", "running", "stopped", "impaired"),
            *("events", "silent", "imds_v1", "unowned_percent"),
        ),
        trends=("running",),
    ),
    detail=(
        Pane(
            id="cloud.aws-instances",
            title="Instances",
            probes=("aws.instance",),
            columns=instance.SHOWN,
            sort="name",
        ),
        Pane(
            id="cloud.aws-metrics",
            title="Metrics",
            probes=("aws.metric",),
            columns=("instance", "cpu_percent", "received_bytes_per_s", "sent_bytes_per_s", "at"),
            sort="-cpu_percent",
        ),
        Pane(
            id="cloud.aws-doors",
            title="Open to the world",
            probes=("aws.opening",),
            columns=(
                *("group", "name", "protocol", "ports", "cidr", "risk", "what", "uses"),
                *("public", "users", "says"),
            ),
            sort="risk",
        ),
        Pane(
            id="cloud.aws-alarms",
            title="CloudWatch alarms",
            probes=("aws.alarm",),
            columns=("name", "state", "since", "metric", "of", "why"),
            sort="state",
        ),
        Pane(
            id="cloud.aws-balancers",
            title="Load balancers",
            probes=("aws.balancer",),
            columns=(
                *("name", "type", "scheme", "state", "targets", "healthy", "unhealthy", "dns"),
            ),
            sort="-unhealthy",
        ),
        Pane(
            id="cloud.aws-targets",
            title="Targets",
            probes=("aws.target",),
            columns=("group", "target", "port", "state", "last", "reason", "says"),
            sort="-state",
        ),
        Pane(
            id="cloud.aws-volumes",
            title="Volumes",
            probes=("aws.volume",),
            columns=(
                *("volume", "name", "state", "instance", "type", "size_bytes", "copy"),
                *("copy_age_s", "encrypted", "month_usd", "owner"),
            ),
            sort="state",
        ),
        Pane(
            id="cloud.aws-snapshots",
            title="Snapshots",
            probes=("aws.snapshot",),
            columns=("snapshot", "state", "volume", "origin", "size_bytes", "age_s", "month_usd"),
            sort="-age_s",
        ),
        Pane(
            id="cloud.aws-addresses",
            title="Elastic addresses",
            probes=("aws.address",),
            columns=("address", "name", "state", "used_by", "month_usd", "owner"),
            sort="state",
        ),
        Pane(
            id="cloud.aws-databases",
            title="Databases",
            probes=("aws.database",),
            columns=(
                *("database", "state", "engine", "type", "size_bytes", "exposure", "zones"),
                *("kept_days", "window", "restorable", "source"),
            ),
            sort="state",
        ),
        Pane(
            id="cloud.aws-database-metrics",
            title="Metrics of databases",
            probes=("aws.database-metric",),
            columns=("database", "free_bytes", "cpu_percent", "connections", "lag_s", "xids"),
            sort="free_bytes",
        ),
        Pane(
            id="cloud.aws-quotas",
            title="Quotas",
            probes=("aws.quota",),
            columns=("quota", "service", "used", "limit", "used_percent", "raise", "region"),
            sort="-used_percent",
        ),
        Pane(
            id="cloud.aws-cost",
            title="Cost",
            probes=("aws.cost",),
            view=View.FACTS,
        ),
        Pane(
            id="cloud.aws-services",
            title="Cost by service",
            probes=("aws.service-cost",),
            columns=(
                *("service", "month_cost", "day_cost", "usual_cost", "over_percent", "more_cost"),
                "unit",
            ),
            sort="-month_cost",
        ),
        Pane(
            id="cloud.aws-owners",
            title="Cost by owner",
            probes=("aws.owner-cost",),
            sort="-month_cost",
        ),
        Pane(
            id="cloud.aws-usage",
            title="Two weeks of use",
            probes=("aws.usage",),
            sort="-idle_days",
        ),
        Pane(
            id="cloud.aws-keys",
            title="Access keys",
            probes=("aws.access-key",),
            sort="-age_days",
        ),
        Pane(
            id="cloud.aws-regions",
            title="Regions",
            probes=("aws.region",),
            columns=("region", "state", "instances", "running", "error", "remedy"),
            sort="-state",
        ),
        Pane(
            id="cloud.aws-account",
            title="Account",
            probes=("aws.account",),
            view=View.FACTS,
        ),
        Pane(
            id="cloud.aws-calls",
            title="Calls of ours",
            probes=("aws.call",),
            columns=(
                *("service", "operation", "region", "state", "requests", "throttled", "failed"),
                *("usd", "error"),
            ),
            sort="-requests",
        ),
    ),
    headline=(("aws.account", "account"), ("aws.account", "running")),
    boards=(
        Board(0, 0, (("2fr", "aws-instances"), ("1fr", "*"))),
        Board(
            150,
            34,
            (("2fr", "aws-instances aws-instances"), ("1fr", "aws-regions *")),
        ),
        Board(
            230,
            56,
            (
                ("2fr", "aws-instances aws-instances aws-doors"),
                ("1fr", "aws-regions aws-balancers aws-volumes"),
                ("1fr", "aws-account aws-calls *"),
            ),
        ),
    ),
)
