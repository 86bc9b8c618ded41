"""Prometheus: what fires there, what it scrapes, how its rules fare (HTTP API v1)."""

from collections.abc import Mapping, Sequence

import msgspec

from opsconsole.clean import clean
from opsconsole.domains.devops import wire
from opsconsole.domains.devops.prometheus import shape
from opsconsole.domains.devops.prometheus.finding import RULES
from opsconsole.model import Column, Level, Quantity, Row, Value
from opsconsole.question import HttpRequest
from opsconsole.spec import Exchange, Foreign, Found, Integration, Probe

_SETUP = """\
# estate.toml
[target.metrics]
kind = "prometheus"
url = "https://metrics.example.net:9090"
"""

_ALERTS = "GET /api/v1/alerts"
_TARGETS = "GET /api/v1/targets"
_RULES = "GET /api/v1/rules"


def alert_rows(reading: list[shape.Alert], _before: list[shape.Alert] | None) -> list[Row]:
    """One row per alert; its id is the one that Alertmanager would give it."""
    return [
        (
            clean(wire.fingerprint(one.labels)),
            clean(one.labels.get("alertname", "")),
            clean(one.state),
            clean(one.labels.get("severity", "")),
            clean(one.labels.get("instance", "")),
            wire.reason(one.annotations),
            wire.seconds(one.since),
            _number(one.value),
            clean(wire.remedies(one.annotations, "")[0], 1000),
            wire.packed(one.labels),
        )
        for one in reading
    ]


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None  # nor a NaN


def scrape_rows(reading: list[shape.Scrape], _before: list[shape.Scrape] | None) -> list[Row]:
    """One row per target."""
    return [
        (
            clean(one.pool),
            clean(one.url, 1000),
            clean(one.labels.get("instance", "")),
            clean(one.health),
            wire.seconds(one.last),
            1000 * one.took,
            clean(one.error),
        )
        for one in reading
    ]


def rule_rows(
    reading: list[tuple[shape.Group, shape.Rule]],
    _before: list[tuple[shape.Group, shape.Rule]] | None,
) -> list[Row]:
    """One row per rule; several of one name in a group are told apart by a number."""
    rows: list[Row] = []
    seen: dict[tuple[str, str, str], int] = {}
    for group, rule in reading:
        place = (group.file, group.name, rule.name)
        seen[place] = seen.get(place, 0) + 1
        row: tuple[Value, ...] = (
            clean(group.name),
            clean(rule.name),
            seen[place],
            clean(group.file),
            clean(rule.type),
            clean(rule.state),
            clean(rule.health),
            1000 * rule.took,
            clean(rule.error),
            clean(rule.query, 1000),
        )
        rows.append(row)
    return rows


def health_rows(reading: shape.Health, _before: shape.Health | None) -> list[Row]:
    """The only row."""
    ready, build, runtime = reading
    return [
        (
            clean("ready" if ready else "starting"),
            clean(build.version),
            wire.seconds(runtime.started),
            clean("good" if runtime.configured else "refused"),
            runtime.damaged,
            clean(runtime.retention),
        )
    ]


def _text(key: str, title: str, source: str) -> Column:
    return Column(key, title, Quantity.TEXT, source)


ALERT = Probe(
    "prometheus.alert",
    "Alerts",
    "alerts",
    (
        _text("fingerprint", "ID", "FNV-1a of the labels, as Alertmanager names an alert"),
        _text("name", "ALERT", f"{_ALERTS} labels.alertname"),
        Column("state", "STATE", Quantity.STATE, f"{_ALERTS} state"),
        _text("severity", "SEVERITY", f"{_ALERTS} labels.severity"),
        _text("instance", "INSTANCE", f"{_ALERTS} labels.instance"),
        _text("summary", "SUMMARY", f"{_ALERTS} annotations.summary, message or description"),
        Column("since", "SINCE", Quantity.TIME, f"{_ALERTS} activeAt"),
        Column("value", "VALUE", Quantity.NUMBER, f"{_ALERTS} value"),
        _text("remedy", "REMEDY", f"{_ALERTS} annotations.runbook_url"),
        _text("labels", "LABELS", f"{_ALERTS} labels"),
    ),
    ("fingerprint",),
    shape.read_alerts,
    alert_rows,
    on_demand=False,
)

SCRAPE = Probe(
    "prometheus.scrape",
    "Scrapes",
    "targets",
    (
        _text("pool", "POOL", f"{_TARGETS} scrapePool"),
        _text("url", "URL", f"{_TARGETS} scrapeUrl"),
        _text("instance", "INSTANCE", f"{_TARGETS} labels.instance"),
        Column("health", "HEALTH", Quantity.STATE, f"{_TARGETS} health"),
        Column("last", "LAST", Quantity.TIME, f"{_TARGETS} lastScrape"),
        Column("took_ms", "TOOK", Quantity.MILLISECONDS, f"{_TARGETS} lastScrapeDuration"),
        _text("error", "ERROR", f"{_TARGETS} lastError"),
    ),
    ("pool", "url"),
    shape.read_scrapes,
    scrape_rows,
)

RULE = Probe(
    "prometheus.rule",
    "Rules",
    "rules",
    (
        _text("group", "GROUP", f"{_RULES} name of the group"),
        _text("name", "RULE", f"{_RULES} name"),
        Column("number", "NO", Quantity.COUNT, "the how manieth of that name in its group"),
        _text("file", "FILE", f"{_RULES} file of the group"),
        _text("type", "TYPE", f"{_RULES} type"),
        Column("state", "STATE", Quantity.STATE, f"{_RULES} state"),
        Column("health", "HEALTH", Quantity.STATE, f"{_RULES} health"),
        Column("took_ms", "TOOK", Quantity.MILLISECONDS, f"{_RULES} evaluationTime"),
        _text("error", "ERROR", f"{_RULES} lastError"),
        _text("query", "QUERY", f"{_RULES} query"),
    ),
    ("file", "group", "name", "number"),
    shape.read_rules,
    rule_rows,
)

HEALTH = Probe(
    "prometheus.health",
    "Prometheus",
    "health",
    (
        Column("readiness", "READY", Quantity.STATE, "GET /-/ready, its status"),
        _text("version", "VERSION", "GET /api/v1/status/buildinfo version"),
        Column("started", "STARTED", Quantity.TIME, "GET /api/v1/status/runtimeinfo startTime"),
        Column("config", "CONFIG", Quantity.STATE, "… runtimeinfo reloadConfigSuccess"),
        Column("damaged", "DAMAGED", Quantity.COUNT, "… runtimeinfo corruptionCount"),
        _text("retention", "RETENTION", "… runtimeinfo storageRetention"),
    ),
    (),
    shape.read_health,
    health_rows,
    on_demand=False,
)


def alerts(origin: str, rows: Mapping[str, Sequence[Row]]) -> list[Found]:
    """What fires there, as our alerts; what is only pending is not listed."""
    at = ALERT.index
    found: list[Found] = []
    for row in rows.get(ALERT.id, ()):
        labels = wire.unpacked(row[at("labels")])
        level = wire.severity({"severity": str(row[at("severity")])} | labels)
        if level is Level.OK or row[at("state")] != "firing":
            continue
        since, value = row[at("since")], row[at("value")]
        began = since if isinstance(since, float) else 0.0
        alert = msgspec.structs.replace(
            wire.found(origin, "prometheus", ALERT, row, level, began),
            value=value if isinstance(value, float) else None,
            source=clean(f"Prometheus {origin}, rule {row[at('name')]}"),
        )
        found.append(Found(alert, labels))
    return found


INTEGRATION = Integration(
    kind="prometheus",
    title="Prometheus",
    exchanges=(
        Exchange("health", every=30, compared=False),
        Exchange("alerts", every=10, compared=False),
        Exchange("targets", every=15, on_demand=True, compared=False),
        Exchange("rules", every=30, on_demand=True, compared=False),
    ),
    probes=(HEALTH, ALERT, SCRAPE, RULE),
    setup=_SETUP,
    rules=RULES,
    questions={
        "health": (
            HttpRequest("/-/ready", statuses=(503,)),
            HttpRequest("/api/v1/status/buildinfo"),
            HttpRequest("/api/v1/status/runtimeinfo"),
        ),
        "alerts": (HttpRequest("/api/v1/alerts"),),
        "targets": (HttpRequest("/api/v1/targets?state=active"),),
        "rules": (HttpRequest("/api/v1/rules"),),
    },
    transports=("http",),
    foreign=Foreign((ALERT.id,), alerts),
)
