"""What Prometheus answers (HTTP API v1), as values."""

import msgspec

from opsconsole.domains.devops import wire
from opsconsole.question import parted


class Alert(msgspec.Struct):
    """One alert, pending or firing."""

    labels: dict[str, str]
    annotations: dict[str, str] = {}
    state: str = ""
    since: str = msgspec.field(name="activeAt", default="")
    value: str = ""


class _Alerts(msgspec.Struct):
    alerts: list[msgspec.Raw]


class Scrape(msgspec.Struct):
    """One target that is scraped."""

    labels: dict[str, str]
    url: str = msgspec.field(name="scrapeUrl", default="")
    pool: str = msgspec.field(name="scrapePool", default="")
    health: str = ""
    error: str = msgspec.field(name="lastError", default="")
    last: str = msgspec.field(name="lastScrape", default="")
    took: float = msgspec.field(name="lastScrapeDuration", default=0.0)


class _Scrapes(msgspec.Struct):
    targets: list[msgspec.Raw] = msgspec.field(name="activeTargets")


class Rule(msgspec.Struct):
    """One rule of a group."""

    name: str
    type: str = ""
    state: str = ""
    health: str = ""
    query: str = ""
    error: str = msgspec.field(name="lastError", default="")
    took: float = msgspec.field(name="evaluationTime", default=0.0)


class Group(msgspec.Struct):
    """Rules that are judged together."""

    name: str
    file: str = ""
    rules: list[msgspec.Raw] = []


class _Groups(msgspec.Struct):
    groups: list[msgspec.Raw]


class Build(msgspec.Struct):
    """Which Prometheus it is."""

    version: str = ""


class Runtime(msgspec.Struct):
    """How it runs."""

    started: str = msgspec.field(name="startTime", default="")
    configured: bool = msgspec.field(name="reloadConfigSuccess", default=True)
    damaged: int = msgspec.field(name="corruptionCount", default=0)
    retention: str = msgspec.field(name="storageRetention", default="")


class _AlertsAnswer(msgspec.Struct):
    data: _Alerts


class _ScrapesAnswer(msgspec.Struct):
    data: _Scrapes


class _GroupsAnswer(msgspec.Struct):
    data: _Groups


class _BuildAnswer(msgspec.Struct):
    data: Build


class _RuntimeAnswer(msgspec.Struct):
    data: Runtime


Rules = list[tuple[Group, Rule]]
"""Every rule, with its group."""

Health = tuple[bool, Build, Runtime]
"""Whether it is ready, which one it is, how it runs."""


def read_alerts(payload: bytes) -> list[Alert]:
    """All alerts that are pending or firing."""
    (part,) = parted(payload, 1)
    return wire.items(wire.document(part.body, _AlertsAnswer).data.alerts, Alert)


def read_scrapes(payload: bytes) -> list[Scrape]:
    """All targets it scrapes."""
    (part,) = parted(payload, 1)
    return wire.items(wire.document(part.body, _ScrapesAnswer).data.targets, Scrape)


def read_rules(payload: bytes) -> Rules:
    """All rules, each with its group."""
    (part,) = parted(payload, 1)
    groups = wire.items(wire.document(part.body, _GroupsAnswer).data.groups, Group)
    return [(group, rule) for group in groups for rule in wire.items(group.rules, Rule)]


def read_health(payload: bytes) -> Health:
    """Whether it is ready, and what it says of itself."""
    ready, build, runtime = parted(payload, 3)
    return (
        ready.status == 200,
        wire.document(build.body, _BuildAnswer).data,
        wire.document(runtime.body, _RuntimeAnswer).data,
    )
