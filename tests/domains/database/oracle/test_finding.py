"""Rules over rows as the probes make them: raised where the documents say, and over where."""

from collections.abc import Mapping

import pytest

from opsconsole.alert import Phase
from opsconsole.clean import clean
from opsconsole.domains.database.oracle import INTEGRATION
from opsconsole.model import Level, Sample, Target
from opsconsole.rulebook import Rulebook, effective, fastest
from opsconsole.rules import Engine, Subject
from tests.domains.database.oracle.scene import PROBES

TARGET = Target("db", "oracle", "oracle")
STEP = 10.0
Said = Mapping[str, float | str]


class Watch:
    """A database that says what a test lets it say, and what is raised by that."""

    def __init__(self) -> None:
        rules = tuple(one.rule for one in effective(TARGET, INTEGRATION, Rulebook()))
        probe, period = fastest(INTEGRATION, TARGET)
        self._now = 1_000_000.0
        self._engine = Engine([Subject(TARGET, PROBES, rules, period, probe)], self._now)
        self._levels: dict[str, Level] = {}

    def after(self, seconds: float, probe: str, said: Said) -> dict[str, Level]:
        """Levels of what is open when a probe has said one row for so long."""
        for _ in range(int(seconds / STEP)):
            for name, values in {"oracle.health": {"uptime_s": 1.0}, probe: said}.items():
                row = tuple(
                    clean(one) if isinstance(one := values.get(column.key), str) else one
                    for column in PROBES[name].columns
                )
                self._engine.hear([Sample(name, "db", self._now, [row], None, STEP)])
            self._now += STEP
            for alert in self._engine.tick(self._now).alerts:
                name = alert.rule.partition(".")[2]
                self._levels.pop(name, None)
                if alert.phase is not Phase.RESOLVED:
                    self._levels[name] = alert.level
        return dict(self._levels)


YES, NO = {"name": "USERS", "grows": "yes"}, {"name": "USERS", "grows": "no"}


@pytest.mark.parametrize(
    ("probe", "more", "column", "rule", "course"),
    [
        ("health", {}, "connections_percent", "connections-full",
         ((79, 0), (80, 2), (85, 3), (80, 2), (75, 0))),
        ("health", {}, "long_waits", "sessions-wait-long", ((3, 0), (4, 2), (20, 3), (0, 0))),
        ("health", {}, "shared_pool_free_percent", "shared-pool-short",
         ((6, 0), (5, 2), (2, 3), (8, 0))),
        ("health", {}, "redo_groups", "redo-few", ((3, 0), (2, 2), (1, 3), (3, 0))),
        ("tablespace", YES, "max_percent", "tablespace-limit",
         ((79, 0), (80, 2), (90, 3), (75, 0))),
        ("tablespace", NO, "used_percent", "tablespace-full",
         ((89, 0), (90, 2), (95, 3), (85, 0))),
        ("disk-group", {"name": "DATA"}, "used_percent", "disk-group-full",
         ((89, 0), (90, 2), (95, 3), (84, 0))),
        ("recovery-area", {"name": "+FRA"}, "used_percent", "recovery-area-full",
         ((84, 0), (85, 2), (97, 3), (79, 0))),
        ("account", {"name": "APP"}, "left_s", "password-expires",
         ((700_000, 0), (600_000, 2), (-5, 3), (700_000, 0))),
    ],
)  # fmt: skip
def test_a_level_is_raised_at_one_value_and_over_at_a_better_one(
    probe: str, more: Said, column: str, rule: str, course: tuple[tuple[float, int], ...]
) -> None:
    watch = Watch()
    for value, level in course:
        found = watch.after(400, f"oracle.{probe}", {**more, column: float(value)})
        assert found.get(rule, Level.OK) == level, value


def test_a_tablespace_is_judged_by_one_of_both_measures() -> None:
    full = {"used_percent": 99.0, "max_percent": 50.0}
    assert Watch().after(STEP, "oracle.tablespace", {**YES, **full}) == {}
    full = {"used_percent": 96.0, "max_percent": 96.0}
    found = Watch().after(STEP, "oracle.tablespace", {**NO, **full})
    assert found == {"tablespace-full": Level.CRIT}


def test_the_last_backup_counts() -> None:
    watch = Watch()
    job: Said = {"id": 9, "kind": "db full"}
    assert watch.after(STEP, "oracle.backup", {**job, "last": "failed"}) == {
        "backup-failed": Level.CRIT
    }
    assert watch.after(STEP, "oracle.backup", {**job, "last": "completed"}) == {}
