"""Clouds that libcloud reaches: what runs there, and what its disks are attached to."""

from opsconsole.domains.cloud import instance
from opsconsole.spec import Board, Face, Pane, View

FACE = Face(
    kind="cloud",
    overview=Pane(
        id="cloud.cloud",
        title="Clouds",
        probes=("cloud.account",),
        view=View.FLEET,
        columns=(
            *("state", "why", "provider", "instances", "running", "stopped", "broken"),
            *("impaired", "planned", "events", "silent", "unowned_percent"),
        ),
        trends=("running",),
    ),
    detail=(
        Pane(
            id="cloud.instances",
            title="Instances",
            probes=("cloud.instance",),
            columns=instance.SHOWN,
            sort="name",
        ),
        Pane(
            id="cloud.volumes",
            title="Volumes",
            probes=("cloud.volume",),
            columns=("name", "state", "instance", "size_bytes", "copy", "copy_age_s", "volume"),
            sort="-state",
        ),
        Pane(
            id="cloud.snapshots",
            title="Snapshots",
            probes=("cloud.snapshot",),
            columns=("name", "state", "volume", "size_bytes", "age_s"),
            sort="-age_s",
        ),
        Pane(
            id="cloud.doors",
            title="Open to the world",
            probes=("cloud.opening",),
            columns=("group", "name", "protocol", "ports", "cidr", "risk", "what", "uses", "rule"),
            sort="-risk",
        ),
        Pane(
            id="cloud.addresses",
            title="Public addresses",
            probes=("cloud.address",),
            columns=("address", "name", "state", "used_by", "region"),
            sort="-state",
        ),
        Pane(
            id="cloud.changes",
            title="Changes",
            probes=("cloud.change",),
            columns=("at", "who", "did", "state", "thing", "region"),
            sort="-at",
        ),
        Pane(
            id="cloud.quotas",
            title="Quotas",
            probes=("cloud.quota",),
            sort="-used_percent",
        ),
        Pane(
            id="cloud.regions",
            title="Regions",
            probes=("cloud.region",),
            columns=("region", "state", "instances", "error", "remedy"),
            sort="-state",
        ),
        Pane(
            id="cloud.account",
            title="Account",
            probes=("cloud.account",),
            view=View.FACTS,
        ),
        Pane(
            id="cloud.calls",
            title="Calls of ours",
            probes=("cloud.call",),
            columns=("operation", "region", "state", "requests", "throttled", "failed", "error"),
            sort="-requests",
        ),
    ),
    headline=(("cloud.account", "provider"), ("cloud.account", "running")),
    boards=(
        Board(0, 0, (("2fr", "instances"), ("1fr", "*"))),
        Board(
            150,
            34,
            (("2fr", "instances instances instances"), ("1fr", "regions volumes *")),
        ),
    ),
)
