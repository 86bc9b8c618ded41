"""Rules over rows as the probes make them: raised where the documents say, and over where."""

from collections.abc import Mapping

import pytest

from opsconsole.alert import Phase
from opsconsole.clean import clean
from opsconsole.domains.database.mysql import INTEGRATION
from opsconsole.model import Level, Sample, Target
from opsconsole.rulebook import Rulebook, effective, fastest
from opsconsole.rules import Engine, Subject
from tests.domains.database.mysql.scene import PROBES

TARGET = Target("db", "mysql", "mysql")
STEP = 5.0
Said = Mapping[str, float | str]


class Watch:
    """A server that says what a test lets it say, and what is raised by that."""

    def __init__(self) -> None:
        rules = tuple(one.rule for one in effective(TARGET, INTEGRATION, Rulebook()))
        probe, period = fastest(INTEGRATION, TARGET)
        self._now = 1_000_000.0
        self._engine = Engine([Subject(TARGET, PROBES, rules, period, probe)], self._now)
        self._levels: dict[str, Level] = {}

    def after(self, seconds: float, **said: Said) -> dict[str, Level]:
        """Levels of what is open when each probe has said one row for so long."""
        for _ in range(int(seconds / STEP)):
            for name, values in {"health": {"uptime_s": 1.0}, **said}.items():
                columns = PROBES[f"mysql.{name}"].columns
                row = tuple(
                    clean(one) if isinstance(one := values.get(column.key), str) else one
                    for column in columns
                )
                sample = Sample(f"mysql.{name}", "db", self._now, [row], None, STEP)
                self._engine.hear([sample])
            self._now += STEP
            for alert in self._engine.tick(self._now).alerts:
                name = alert.rule.partition(".")[2]
                self._levels.pop(name, None)
                if alert.phase is not Phase.RESOLVED:
                    self._levels[name] = alert.level
        return dict(self._levels)


@pytest.mark.parametrize(
    ("column", "rule", "course"),
    [
        ("connections_percent", "connections-full", ((69, 0), (70, 2), (90, 3), (79, 2), (59, 0))),
        ("slow_per_s", "queries-slow", ((0.9, 0), (1, 2), (2, 3), (0.4, 0))),
        ("waiting_sessions", "sessions-wait", ((1, 2), (20, 3), (10, 2), (0, 0))),
        ("longest_transaction_s", "transaction-long", ((1799, 0), (1800, 2), (14400, 3), (9, 0))),
        ("history", "history-long", ((50_000, 2), (30_000, 2), (25_000, 0))),
    ],
)  # fmt: skip
def test_a_level_is_raised_at_one_value_and_over_at_a_better_one(
    column: str, rule: str, course: tuple[tuple[float, int], ...]
) -> None:
    watch = Watch()
    for value, level in course:
        found = watch.after(90, health={column: float(value)})
        assert found.get(rule, Level.OK) == level, value


def test_refused_connections_are_told_for_five_minutes() -> None:
    watch = Watch()
    assert watch.after(60, health={"refused": 0}) == {}
    assert watch.after(STEP, health={"refused": 2}) == {"connections-refused": Level.CRIT}
    assert watch.after(200, health={"refused": 0}) == {"connections-refused": Level.CRIT}
    assert watch.after(400, health={"refused": 0}) == {}


def test_a_thread_that_stopped_explains_the_lag() -> None:
    watch = Watch()
    running: Said = {"channel": "main", "io": "yes", "sql": "yes"}
    assert watch.after(30, replication={**running, "lag_s": 12.0}) == {"lag": Level.WARN}
    assert watch.after(30, replication={**running, "lag_s": 7.0}) == {"lag": Level.WARN}
    assert watch.after(30, replication={**running, "lag_s": 4.0}) == {}
    stopped: Said = {**running, "sql": "no"}
    assert watch.after(30, replication=stopped) == {"sql-stopped": Level.CRIT}
    assert watch.after(30, replication={**running, "io": "connecting"}) == {
        "io-stopped": Level.WARN
    }
    assert watch.after(30, replication=running) == {}


def test_a_node_that_leaves_is_told_until_the_rest_is_the_usual_size() -> None:
    watch = Watch()
    node: Said = {"cluster": "primary", "ready": "on", "flow_paused_percent": 0.0}
    assert watch.after(620, galera={**node, "size": 3}) == {}
    assert watch.after(STEP, galera={**node, "size": 2}) == {"cluster-size-changed": Level.CRIT}
    assert watch.after(900, galera={**node, "size": 2}) == {}
    apart: Said = {**node, "cluster": "non-primary", "size": 1}
    assert watch.after(STEP, galera=apart)["cluster-not-primary"] is Level.CRIT
    assert watch.after(70, galera={**node, "size": 2, "flow_paused_percent": 60.0}) == {
        "cluster-paused": Level.CRIT
    }
