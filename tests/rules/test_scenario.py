"""Courses of events with a known truth: who calls, when, and who does not."""

from collections.abc import Callable
from typing import Any

from opsconsole.alert import Phase
from opsconsole.clean import clean
from opsconsole.model import Column, Level, Quantity, Row, Sample, Target
from opsconsole.rule import Bound, Condition, Measure, Rule
from opsconsole.rulebook import Rulebook, effective, fastest
from opsconsole.rules import Engine, Subject
from opsconsole.spec import Exchange, Integration, Probe

START = 1_000_000.0

Say = Callable[[float], list[Row] | None]


def kind(name: str, columns: list[str], key: list[str], rules: tuple[Rule, ...]) -> Integration:
    made = tuple(Column(one, one.upper()[:10], Quantity.NUMBER, "test") for one in columns)
    probe: Probe[Any] = Probe(
        f"{name}.state",
        name,
        "ask",
        made,
        tuple(key),
        lambda _: None,
        lambda _now, _before: [],
        on_demand=False,
    )
    return Integration(name, name, (Exchange("ask", 5),), (probe,), rules=rules)


def rule(id_: str, column: str, **more: Any) -> Rule:
    probe = f"{id_.partition('.')[0]}.state"
    return Rule(id_, id_, "test", probe, column, "test", ("look",), **more)


HTTP = kind(
    "http",
    ["route", "requests_per_min", "errors_percent", "latency_ms"],
    ["route"],
    (
        rule(
            "http.errors",
            "errors_percent",
            warn=Bound(2, 1),
            crit=Bound(5, 2),
            for_s=30,
            guards=(Condition("requests_per_min", ">", 120),),
        ),
        rule(
            "http.slower",
            "latency_ms",
            measure=Measure.RATIO,
            window_s=900,
            warn=Bound(3, 1.5),
            depends_on=("http.errors",),
        ),
    ),
)
HOST = kind(
    "host",
    ["iowait_percent"],
    [],
    (rule("host.cpu-waits", "iowait_percent", crit=Bound(40, 30), for_s=20),),
)
BASE = kind(
    "base",
    ["replica", "lag_s"],
    ["replica"],
    (
        rule(
            "base.lag",
            "lag_s",
            warn=Bound(30, 10),
            crit=Bound(300, 60),
            depends_on=("host.cpu-waits",),
        ),
    ),
)
UPS = kind("ups", ["on_battery"], [], (rule("ups.battery", "on_battery", crit=Bound(1, 0)),))
KINDS = {one.kind: one for one in (HTTP, HOST, BASE, UPS)}


class Site:
    """Several kinds of targets on one clock."""

    def __init__(self, *targets: Target) -> None:
        subjects: list[Subject] = []
        for target in targets:
            known = KINDS[target.kind]
            rules = tuple(one.rule for one in effective(target, known, Rulebook()))
            name, period = fastest(known, target)
            probes = {one.id: one for one in known.probes}
            subjects.append(Subject(target, probes, rules, period, name))
        self.engine = Engine(subjects, START)
        self.kinds = {target.id: target.kind for target in targets}
        self.raised: dict[str, float] = {}
        """When each first called, seconds from the beginning."""
        self.cleared: dict[str, float] = {}
        self.called: list[str] = []
        """Everything that ever called, in order."""

    def play(self, seconds: int, says: dict[str, Say]) -> None:
        for second in range(seconds):
            now = START + second
            if second % 5 == 0:
                for name, say in says.items():
                    rows = say(second)
                    if rows is not None:
                        probe = f"{self.kinds[name]}.state"
                        self.engine.hear([Sample(probe, name, now, rows, None, 5.0)])
            for alert in self.engine.tick(now).alerts:
                if alert.calls and alert.id not in self.called:
                    self.called.append(alert.id)
                    self.raised[alert.id] = second
                if alert.phase is Phase.RESOLVED:
                    self.cleared[alert.id] = second

    def causes(self) -> dict[str, str]:
        return {alert.id: alert.cause for alert in self.engine.whole()}


def test_a_deployment_breaks_an_api() -> None:
    """At 1200 s a release makes one route fail and slow; it is taken back at 1500 s."""

    def say(at: float) -> list[Row]:
        broken = 1200 <= at < 1500
        return [
            (clean("/pay"), 600, 20.0 if broken else 0.1, 900.0 if broken else 90.0),
            (clean("/rare"), 3, 33.0, 90.0),
            (clean("/home"), 900, 0.2, 40.0),
        ]

    site = Site(Target("api", "http", "none"))
    site.play(1900, {"api": say})
    assert site.raised["http.errors:api:/pay"] in range(1230, 1236)
    assert site.raised["http.slower:api:/pay"] in range(1200, 1206)
    assert site.called == ["http.slower:api:/pay", "http.errors:api:/pay"]
    assert site.cleared["http.errors:api:/pay"] in range(1500, 1506)
    assert site.engine.whole() == []


def test_replication_lag_follows_the_disk_of_its_host() -> None:
    site = Site(
        Target("db-host", "host", "none"),
        Target("db", "base", "none", depends_on=("db-host",)),
    )
    site.play(
        600,
        {
            "db-host": lambda at: [(80.0 if at >= 100 else 2.0,)],
            "db": lambda at: [(clean("replica-2"), max(0.0, at - 150))],
        },
    )
    assert site.called == ["host.cpu-waits:db-host"]
    assert site.causes() == {
        "host.cpu-waits:db-host": "",
        "base.lag:db:replica-2": "host.cpu-waits:db-host",
    }
    lag = next(one for one in site.engine.whole() if one.rule == "base.lag")
    assert lag.level is Level.CRIT


def test_lag_without_a_cause_calls() -> None:
    site = Site(
        Target("db-host", "host", "none"),
        Target("db", "base", "none", depends_on=("db-host",)),
    )
    site.play(
        300,
        {"db-host": lambda _: [(2.0,)], "db": lambda at: [(clean("replica-2"), float(at))]},
    )
    assert site.called == ["base.lag:db:replica-2"]


def test_a_ups_on_battery_takes_a_rack_with_all_that_runs_there() -> None:
    hosts = [Target(f"h{n}", "host", "none", depends_on=("ups-a",)) for n in range(20)]
    bases = [Target(f"d{n}", "base", "none", depends_on=(f"h{n}",)) for n in range(20)]
    site = Site(Target("ups-a", "ups", "none"), *hosts, *bases)
    site.play(
        400,
        {
            "ups-a": lambda at: [(1 if at >= 60 else 0,)],
            **{one.id: lambda at: [(1.0,)] if at < 120 else None for one in hosts},
            **{one.id: lambda at: [(clean("r"), 50.0)] if at < 120 else None for one in bases},
        },
    )
    lagging = [f"base.lag:d{n}:r" for n in range(20)]
    assert site.called[:20] == lagging, "that was so before, and had nothing to do with it"
    assert site.called[20:] == ["ups.battery:ups-a"]
    assert set(site.causes().values()) == {"", "ups.battery:ups-a"}
    assert [one.id for one in site.engine.whole() if one.calls] == ["ups.battery:ups-a"]
