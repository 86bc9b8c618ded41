"""Alertmanager: the alerts it holds, who silenced what, and how it is (API v2)."""

from collections.abc import Mapping, Sequence

import msgspec

from opsconsole.alert import Silence
from opsconsole.clean import Clean, clean
from opsconsole.domains.devops import wire
from opsconsole.domains.devops.alertmanager.action import ACTIONS
from opsconsole.model import Column, Level, Quantity, Row
from opsconsole.question import HttpRequest, parted
from opsconsole.rule import Rule
from opsconsole.spec import Exchange, Foreign, Found, Integration, Probe

_SETUP = """\
# estate.toml
[target.alerts]
kind = "alertmanager"
url = "https://alerts.example.net:9093"
"""

_ALERTS = "GET /api/v2/alerts"
_SILENCES = "GET /api/v2/silences"
_STATUS = "GET /api/v2/status"


class _State(msgspec.Struct):
    state: str = ""
    silenced: list[str] = msgspec.field(name="silencedBy", default_factory=list[str])
    inhibited: list[str] = msgspec.field(name="inhibitedBy", default_factory=list[str])


class _Alert(msgspec.Struct):
    fingerprint: str
    labels: dict[str, str]
    annotations: dict[str, str] = {}
    starts: str = msgspec.field(name="startsAt", default="")
    source: str = msgspec.field(name="generatorURL", default="")
    status: _State = msgspec.field(default_factory=_State)


class _Matcher(msgspec.Struct):
    name: str
    value: str
    regex: bool = msgspec.field(name="isRegex", default=False)
    equal: bool = msgspec.field(name="isEqual", default=True)

    def __str__(self) -> str:
        sign = ("=~" if self.equal else "!~") if self.regex else ("=" if self.equal else "!=")
        return f'{self.name}{sign}"{self.value}"'


class _Silence(msgspec.Struct):
    id: str
    matchers: list[_Matcher]
    starts: str = msgspec.field(name="startsAt", default="")
    ends: str = msgspec.field(name="endsAt", default="")
    who: str = msgspec.field(name="createdBy", default="")
    comment: str = ""
    status: _State = msgspec.field(default_factory=_State)


class _Cluster(msgspec.Struct):
    status: str = ""
    peers: list[msgspec.Raw] = []


class _Version(msgspec.Struct):
    version: str = ""


class _Status(msgspec.Struct):
    cluster: _Cluster
    version: _Version = msgspec.field(name="versionInfo", default_factory=_Version)
    uptime: str = ""


def read_alerts(payload: bytes) -> list[_Alert]:
    """All alerts it holds."""
    (part,) = parted(payload, 1)
    return wire.items(wire.document(part.body, list[msgspec.Raw]), _Alert)


def alert_rows(reading: list[_Alert], _before: list[_Alert] | None) -> list[Row]:
    """One row per alert."""
    return [
        (
            clean(one.fingerprint),
            clean(one.labels.get("alertname", "")),
            clean(one.status.state),
            clean(one.labels.get("severity", "")),
            clean(one.labels.get("instance", "")),
            wire.reason(one.annotations),
            wire.seconds(one.starts),
            clean(next(iter(one.status.silenced), "")),
            clean(next(iter(one.status.inhibited), "")),
            clean(one.source, 1000),
            clean(wire.remedies(one.annotations, one.source)[0], 1000),
            wire.packed(one.labels),
        )
        for one in reading
    ]


def read_silences(payload: bytes) -> list[_Silence]:
    """All silences it remembers."""
    (part,) = parted(payload, 1)
    return wire.items(wire.document(part.body, list[msgspec.Raw]), _Silence)


def silence_rows(reading: list[_Silence], _before: list[_Silence] | None) -> list[Row]:
    """One row per silence that is not over."""
    return [
        (
            clean(one.id),
            clean(one.status.state),
            clean(", ".join(map(str, one.matchers)), 1000),
            clean(one.who),
            clean(one.comment),
            wire.seconds(one.starts),
            wire.seconds(one.ends),
        )
        for one in reading
        if one.status.state != "expired"
    ]


def read_status(payload: bytes) -> _Status:
    """How it is."""
    (part,) = parted(payload, 1)
    return wire.document(part.body, _Status)


def status_rows(reading: _Status, _before: _Status | None) -> list[Row]:
    """The only row."""
    started = wire.seconds(reading.uptime)
    return [
        (
            clean(reading.version.version),
            clean(reading.cluster.status),
            len(reading.cluster.peers),
            started,
        )
    ]


def _text(key: str, title: str, source: str) -> Column:
    return Column(key, title, Quantity.TEXT, source)


ALERT = Probe(
    "alertmanager.alert",
    "Alerts",
    "alerts",
    (
        _text("fingerprint", "ID", f"{_ALERTS} fingerprint"),
        _text("name", "ALERT", f"{_ALERTS} labels.alertname"),
        Column("state", "STATE", Quantity.STATE, f"{_ALERTS} status.state"),
        _text("severity", "SEVERITY", f"{_ALERTS} labels.severity"),
        _text("instance", "INSTANCE", f"{_ALERTS} labels.instance"),
        _text("summary", "SUMMARY", f"{_ALERTS} annotations.summary, message or description"),
        Column("since", "SINCE", Quantity.TIME, f"{_ALERTS} startsAt"),
        _text("silence", "SILENCE", f"{_ALERTS} status.silencedBy, the first"),
        _text("cause", "CAUSE", f"{_ALERTS} status.inhibitedBy, the first"),
        _text("source", "SOURCE", f"{_ALERTS} generatorURL"),
        _text("remedy", "REMEDY", f"{_ALERTS} annotations.runbook_url, else generatorURL"),
        _text("labels", "LABELS", f"{_ALERTS} labels"),
    ),
    ("fingerprint",),
    read_alerts,
    alert_rows,
    on_demand=False,
)

SILENCE = Probe(
    "alertmanager.silence",
    "Silences",
    "silences",
    (
        _text("id", "ID", f"{_SILENCES} id"),
        Column("state", "STATE", Quantity.STATE, f"{_SILENCES} status.state"),
        _text("match", "MATCH", f"{_SILENCES} matchers"),
        _text("who", "WHO", f"{_SILENCES} createdBy"),
        _text("reason", "REASON", f"{_SILENCES} comment"),
        Column("since", "SINCE", Quantity.TIME, f"{_SILENCES} startsAt"),
        Column("until", "UNTIL", Quantity.TIME, f"{_SILENCES} endsAt"),
    ),
    ("id",),
    read_silences,
    silence_rows,
    on_demand=False,
)

STATUS = Probe(
    "alertmanager.status",
    "Alertmanager",
    "status",
    (
        _text("version", "VERSION", f"{_STATUS} versionInfo.version"),
        Column("cluster", "CLUSTER", Quantity.STATE, f"{_STATUS} cluster.status"),
        Column("peers", "PEERS", Quantity.COUNT, f"{_STATUS} cluster.peers"),
        Column("started", "STARTED", Quantity.TIME, f"{_STATUS} uptime"),
    ),
    (),
    read_status,
    status_rows,
    on_demand=False,
)


def alerts(origin: str, rows: Mapping[str, Sequence[Row]]) -> list[Found]:
    """Its alerts as ours: silenced and explained by others as they are there."""
    at = ALERT.index
    found: list[Found] = []
    for row in rows.get(ALERT.id, ()):
        labels = wire.unpacked(row[at("labels")])
        level = wire.severity({"severity": str(row[at("severity")])} | labels)
        if level is Level.OK:
            continue
        silence, cause = (str(row[at(key)]) for key in ("silence", "cause"))
        alert = msgspec.structs.replace(
            wire.found(origin, "alertmanager", ALERT, row, level, _time(row[at("since")])),
            source=clean(str(row[at("source")]) or f"Alertmanager {origin}"),
            silenced=f"{origin}:{silence}" if silence else "",
            cause=f"{origin}:{cause}" if cause else "",
        )
        found.append(Found(alert, labels))
    return found


def silences(origin: str, rows: Mapping[str, Sequence[Row]]) -> list[Silence]:
    """Its silences that hold now, as ours; their `match` is in its own form."""
    at = SILENCE.index
    return [
        Silence(
            id=f"{origin}:{row[at('id')]}",
            match=str(row[at("match")]),
            who=Clean(str(row[at("who")])),
            since=_time(row[at("since")]),
            until=_time(row[at("until")]),
            reason=Clean(str(row[at("reason")])),
        )
        for row in rows.get(SILENCE.id, ())
        if row[at("state")] == "active"
    ]


def _time(value: object) -> float:
    return value if isinstance(value, float) else 0.0


INTEGRATION = Integration(
    kind="alertmanager",
    title="Alertmanager",
    exchanges=(
        Exchange("alerts", every=10, compared=False),
        Exchange("silences", every=30, compared=False),
        Exchange("status", every=60, compared=False),
    ),
    probes=(ALERT, SILENCE, STATUS),
    setup=_SETUP,
    rules=(
        Rule(
            id="alertmanager.cluster-unsettled",
            title="Alertmanagers disagree",
            about="Peers do not see each other: people are called twice, silences do not spread.",
            probe=STATUS.id,
            column="cluster",
            source="Alertmanager API v2, clusterStatus: settling is for its start only",
            remedies=("Compare --cluster.peer of all of them, and port 9094 between them.",),
            words={"settling": Level.WARN},
            for_s=300,
        ),
    ),
    questions={
        "alerts": (HttpRequest("/api/v2/alerts"),),
        "silences": (HttpRequest("/api/v2/silences"),),
        "status": (HttpRequest("/api/v2/status"),),
    },
    transports=("http",),
    actions=ACTIONS,
    foreign=Foreign((ALERT.id, SILENCE.id), alerts, silences),
)
