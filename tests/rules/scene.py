"""A small world for the rule engine: a generic integration, targets, and time that is played."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from opsconsole.alert import Alert, Occurrence, Phase
from opsconsole.clean import clean
from opsconsole.model import Column, Fault, Quantity, Row, Sample, Target
from opsconsole.rule import Rule
from opsconsole.rulebook import Quiet, Rulebook, effective, fastest
from opsconsole.rules import Engine, Subject, memory
from opsconsole.spec import Exchange, Integration, Probe

START = 1_000_000.0

Rows = Sequence[Row] | Fault | None
"""What a probe answers at a moment; None is nothing at all."""

Answers = Mapping[tuple[str, str], Callable[[float], Rows]]
"""What each (probe, target) answers, by seconds since the beginning."""


def probe(
    name: str, columns: Sequence[Column], key: Sequence[str] = (), exchange: str = "fast"
) -> Probe[Any]:
    return Probe(
        name,
        name,
        exchange,
        tuple(columns),
        tuple(key),
        lambda _payload: None,
        lambda _now, _before: [],
        on_demand=bool(key),
    )


VITALS = probe(
    "box.vitals",
    [
        Column("cpu_percent", "CPU%", Quantity.PERCENT, "test"),
        Column("memory_percent", "MEM%", Quantity.PERCENT, "test"),
        Column("kills", "KILLS", Quantity.COUNT, "test"),
        Column("uptime_s", "UP", Quantity.SECONDS, "test"),
    ],
)
DISK = probe(
    "box.disk",
    [
        Column("mount", "MOUNT", Quantity.TEXT, "test"),
        Column("used_percent", "USED%", Quantity.PERCENT, "test"),
        Column("available_bytes", "FREE", Quantity.BYTES, "test"),
        Column("state", "STATE", Quantity.STATE, "test"),
    ],
    ["mount"],
    "slow",
)
SENSOR = replace(
    probe(
        "box.sensor",
        [
            Column("key", "SENSOR", Quantity.TEXT, "test"),
            Column("name", "NAME", Quantity.TEXT, "test"),
            Column("value", "VALUE", Quantity.NUMBER, "test"),
        ],
        ["key"],
        "slow",
    ),
    named=("name",),
)


def integration(*rules: Rule, kind: str = "box") -> Integration:
    return Integration(
        kind,
        "Box",
        (Exchange("fast", 2, pushed=True), Exchange("slow", 30)),
        (VITALS, DISK, SENSOR),
        rules=rules,
    )


def a_rule(**changed: Any) -> Rule:
    """A rule on CPU unless said otherwise; `Any` because fields differ in type."""
    fields: dict[str, Any] = {
        "id": "box.cpu",
        "title": "CPU is busy",
        "about": "test",
        "probe": "box.vitals",
        "column": "cpu_percent",
        "source": "test",
        "remedies": ("look at it",),
    }
    return Rule(**{**fields, **changed})


@dataclass
class World:
    """Plays answers to an engine, second by second, and keeps what it says."""

    rules: Sequence[Rule]
    targets: Sequence[Target] = (Target("a", "box", "test"),)
    quiets: Sequence[Quiet] = ()
    book: Rulebook = field(default_factory=Rulebook)
    now: float = START
    alerts: dict[str, Alert] = field(default_factory=dict[str, Alert])
    """The newest of each that was published, resolved ones included."""
    told: list[Alert] = field(default_factory=list[Alert])
    occurred: list[Occurrence] = field(default_factory=list[Occurrence])

    def __post_init__(self) -> None:
        self.engine = self.build()

    def build(self) -> Engine:
        known = integration(*self.rules)
        probes = {one.id: one for one in known.probes}
        subjects: list[Subject] = []
        for target in self.targets:
            ruled = effective(target, known, self.book)
            name, period = fastest(known, target)
            subjects.append(
                Subject(target, probes, tuple(r.rule for r in ruled if r.enabled), period, name)
            )
        return Engine(subjects, self.now, self.quiets)

    def hear(self, name: str, rows: Rows, target: str = "a", period: float = 2.0) -> None:
        """One answer, now."""
        fault = rows if isinstance(rows, Fault) else None
        listed = None if rows is None or isinstance(rows, Fault) else list(rows)
        self.engine.hear([Sample(name, target, self.now, listed, fault, period)])

    def tick(self) -> None:
        """A second passes."""
        self.now += 1.0
        change = self.engine.tick(self.now)
        for alert in (*change.alerts, *change.own):
            self.alerts[alert.id] = alert
        self.told += (*change.alerts, *change.own)
        self.occurred += change.occurrences

    def play(
        self,
        seconds: float,
        answers: Answers,
        periods: Mapping[str, float] | None = None,
    ) -> None:
        """Let probes answer on their cadence; a function of seconds since the beginning."""
        periods = periods or {"box.vitals": 2.0, "box.disk": 30.0, "box.sensor": 30.0}
        begun = self.now
        while self.now - begun < seconds:
            for (name, target), answer in answers.items():
                if (self.now - START) % periods[name] < 1.0:
                    rows = answer(self.now - START)
                    if rows is not None:
                        self.hear(name, rows, target, periods[name])
            self.tick()

    def open(self) -> list[str]:
        """Ids of alerts that are not over, as told."""
        return sorted(id_ for id_, a in self.alerts.items() if a.phase is not Phase.RESOLVED)

    def calling(self) -> list[str]:
        """Ids of those for which somebody should come."""
        return sorted(id_ for id_, alert in self.alerts.items() if alert.calls)


def cpu(value: float | None) -> list[Row]:
    return [(value, 10.0, 0, 1e6)]


def mounts(**used: float | None) -> list[Row]:
    """Disks with that much used of 100 GB."""
    return [
        (
            clean(f"/{name}"),
            value,
            None if value is None else int((100 - value) * 1e9),
            clean("ok"),
        )
        for name, value in used.items()
    ]


GONE = Fault("unreachable", clean("a: no route to host"), clean("look at the network"))


def restarted(world: World) -> World:
    """The same world after its engine was ended and another one started from what was kept."""
    content = memory.remember(world.engine)
    again = replace(world)
    again.engine = again.build()
    memory.recall(again.engine, msgspec.json.decode(content, type=memory.Kept))
    return again
