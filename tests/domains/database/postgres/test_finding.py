"""A server's rules over rows as its probes make them: what is raised, when, and what is not."""

from collections.abc import Mapping

from opsconsole.alert import Alert, Phase
from opsconsole.clean import clean
from opsconsole.domains.database.postgres import INTEGRATION
from opsconsole.model import Level, Row, Sample, Target, Value
from opsconsole.rulebook import Rulebook, effective, fastest
from opsconsole.rules import Engine, Subject
from tests.domains.database.postgres.scene import PROBES

START = 1_000_000.0
Said = Mapping[str, float | str | None]


class Database:
    """One server that says what a test lets it say."""

    def __init__(self) -> None:
        target = Target("db", "postgres", "postgres")
        rules = tuple(one.rule for one in effective(target, INTEGRATION, Rulebook()))
        probe, period = fastest(INTEGRATION, target)
        self.now = START
        self.engine = Engine([Subject(target, PROBES, rules, period, probe)], self.now)
        self.alerts: dict[str, Alert] = {}

    def last(self, seconds: float, probe: str, said: Said, every: float = 5.0) -> None:
        """Say the same for a while."""
        until = self.now + seconds
        while self.now < until:
            if (self.now - START) % every < 1:
                self._say(f"postgres.{probe}", said, every)
                if probe != "health":
                    self._say("postgres.health", {"uptime_s": 1e6}, every)
            self.now += 1.0
            for alert in self.engine.tick(self.now).alerts:
                self.alerts[alert.id] = alert

    def _say(self, probe: str, said: Said, period: float) -> None:
        assert not said.keys() - {column.key for column in PROBES[probe].columns}
        values = (said.get(column.key) for column in PROBES[probe].columns)
        row: Row = tuple(_value(one) for one in values)
        self.engine.hear([Sample(probe, "db", self.now, [row], None, period)])

    def open(self) -> dict[str, Level]:
        """Levels of what is not over, by rule and object."""
        return {
            one.rule.partition(".")[2]: one.level
            for one in self.alerts.values()
            if one.phase is not Phase.RESOLVED
        }


def _value(value: float | str | None) -> Value:
    return clean(value) if isinstance(value, str) else value


def test_connections_are_raised_and_over_at_a_better_value() -> None:
    one = Database()
    for percent, level in ((79, None), (80, Level.WARN), (90, Level.CRIT), (81, Level.CRIT),
                           (79, Level.WARN), (71, Level.WARN), (69, None)):  # fmt: skip
        one.last(10, "health", {"connections_percent": float(percent)})
        assert one.open().get("connections-full") == level, percent


def test_a_short_wait_for_a_lock_is_nothing() -> None:
    one = Database()
    one.last(50, "health", {"waiting_sessions": 3})
    assert one.open() == {}
    one.last(30, "health", {"waiting_sessions": 3, "slow_queries": 9})
    assert one.open()["sessions-wait"] is Level.WARN
    one.last(70, "health", {"waiting_sessions": 0, "slow_queries": 0})
    assert one.open() == {}


def test_deadlocks_are_counted_over_a_minute() -> None:
    one = Database()
    one.last(40, "health", {"deadlocks": 1})
    assert one.open() == {}
    one.last(60, "health", {"deadlocks": 1})
    assert one.open() == {"deadlocks": Level.WARN}


def test_lag_has_to_last() -> None:
    one = Database()
    replica: Said = {"pid": 1, "backend": "1", "replay_lag_s": 40.0}
    one.last(25, "replica", replica)
    assert one.open() == {}
    one.last(10, "replica", replica)
    assert one.open() == {"replica-lags": Level.WARN}
    one.last(40, "replica", dict(replica) | {"replay_lag_s": 1.0})
    assert one.open() == {}


def test_a_standby_is_alone_only_when_it_was_not_before() -> None:
    one = Database()
    one.last(100, "receiver", {"state": "not streaming", "replay": "running"})
    assert one.open() == {}
    one.last(10, "receiver", {"state": "streaming", "replay": "running"})
    one.last(70, "receiver", {"state": "not streaming", "replay": "running"})
    assert one.open() == {"standby-alone": Level.CRIT}


def test_slots_are_wrong_in_three_ways() -> None:
    one = Database()
    slot: Said = {"slot": "s", "state": "inactive", "wal_status": "lost", "retained_bytes": 2e10}
    one.last(70, "slot", slot)
    assert one.open() == {
        "slot-inactive": Level.WARN,
        "slot-lost": Level.CRIT,
        "slot-retains": Level.WARN,
    }


def test_a_small_table_may_be_bloated_and_a_quiet_one_unvacuumed() -> None:
    one = Database()
    small: Said = {"database": "d", "oid": "1", "heap_bytes": 9e7, "bloat_percent": 90.0,
                   "vacuum_s": 9e6, "dead": 5, "dead_percent": 90.0}  # fmt: skip
    one.last(70, "table", small, 60.0)
    assert one.open() == {}
    large = dict(small) | {"heap_bytes": 2e8, "dead": 20000}
    one.last(70, "table", large, 60.0)
    assert one.open() == {"table-bloated": Level.CRIT, "table-unvacuumed": Level.CRIT}
