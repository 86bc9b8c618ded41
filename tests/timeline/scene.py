"""A small estate with a power supply, databases, an API and strangers, and what happens there."""

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean
from opsconsole.model import Level, Target
from opsconsole.relation import Relations

T0 = 1_800_000_000.0


def host(name: str, *on: str, **labels: str) -> Target:
    return Target(name, "host", "ssh", name, labels=labels, depends_on=on)


TARGETS = (
    host("ups-a", rack="B07"),
    host("db-1", "ups-a", rack="B07"),
    host("db-2", "db-1", rack="B08"),
    host("api-1", "db-2", service="orders"),
    host("api-2", "db-2", service="orders"),
    host("web-1", "ups-a", rack="B07"),
    host("web-2", "ups-a", rack="B07"),
    host("far-1", rack="Z99"),
    host("far-2", "far-1", rack="Z98"),
)
RELATIONS = Relations(TARGETS)


def it(
    at: float,
    kind: str,
    target: str,
    text: str,
    level: Level = Level.CRIT,
    thing: str = "",
    ref: str = "",
) -> Occurrence:
    return Occurrence(T0 + at, kind, target, Clean(thing), level, Clean(text), ref)


def alert(at: float, target: str, text: str, thing: str = "") -> Occurrence:
    return it(at, "alert", target, text, thing=thing, ref=f"{text}|{target}|{thing}")


def clear(at: float, target: str, text: str, thing: str = "") -> Occurrence:
    return it(at, "clear", target, text, Level.OK, thing, f"{text}|{target}|{thing}")
