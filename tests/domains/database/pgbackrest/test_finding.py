"""When backups are told to be wrong, and when that is over."""

import msgspec

from opsconsole.alert import Phase
from opsconsole.domains.database.pgbackrest import INTEGRATION
from opsconsole.model import Level, Sample
from opsconsole.rulebook import Rulebook, effective, fastest
from opsconsole.rules import Engine, Subject
from tests.domains.database.pgbackrest.scene import ANSWER, NOW, PROBES, TARGET, payload

HOUR, DAY = 3600, 86400


class Repository:
    """One repository that is told of at moments of its own."""

    def __init__(self) -> None:
        rules = tuple(one.rule for one in effective(TARGET, INTEGRATION, Rulebook()))
        probe, period = fastest(INTEGRATION, TARGET)
        self._at = 1e6
        self._engine = Engine([Subject(TARGET, PROBES, rules, period, probe)], self._at)
        self._open: dict[str, tuple[str, Level]] = {}

    def tell(self, said: bytes) -> set[tuple[str, Level]]:
        """Rules that are open after an answer, with their levels."""
        self._at += 300
        for probe in PROBES.values():
            rows = probe.rows(probe.read(said), None)
            sample = Sample(probe.id, TARGET.id, self._at, rows, None, 300.0)
            self._engine.hear([sample])
        for seconds in range(0, 120, 10):
            for alert in self._engine.tick(self._at + seconds).alerts:
                self._open.pop(alert.id, None)
                if alert.phase is not Phase.RESOLVED:
                    self._open[alert.id] = (alert.rule.partition(".")[2], alert.level)
        return set(self._open.values())


def status(code: int) -> bytes:
    (one,) = msgspec.json.decode(ANSWER)
    one["status"]["code"] = code
    return payload(msgspec.json.encode([one]))


def test_no_backup_for_a_day_and_no_full_one_for_a_week() -> None:
    one = Repository()
    assert one.tell(payload()) == set()
    assert one.tell(payload(now=NOW + 24 * HOUR)) == set()
    assert one.tell(payload(now=NOW + 26 * HOUR)) == {("backup-old", Level.WARN)}
    assert one.tell(payload(now=NOW + 4 * DAY)) == {("backup-old", Level.CRIT)}
    assert one.tell(payload(now=NOW + 8 * DAY)) == {
        ("backup-old", Level.CRIT),
        ("full-old", Level.WARN),
    }
    (stanza,) = msgspec.json.decode(ANSWER)
    fresh = stanza["backup"][1] | {"timestamp": {"start": NOW + 8 * DAY, "stop": NOW + 8 * DAY}}
    stanza["backup"].append(fresh)
    said = msgspec.json.encode([stanza])
    assert one.tell(payload(said, now=NOW + 8 * DAY)) == {("full-old", Level.WARN)}
    fresh["type"] = "full"
    assert one.tell(payload(msgspec.json.encode([stanza]), now=NOW + 8 * DAY)) == set()


def test_a_stanza_that_cannot_be_restored_and_one_that_can_again() -> None:
    one = Repository()
    assert one.tell(status(2)) == {("stanza-failing", Level.CRIT)}
    assert one.tell(status(4)) == {("stanza-failing", Level.WARN)}
    assert one.tell(status(0)) == set()
    damaged = ANSWER.replace(b'"error":false', b'"error":true', 1)
    assert one.tell(payload(damaged)) == {("backup-damaged", Level.WARN)}
    assert one.tell(payload()) == set()


def test_a_repository_that_holds_nothing_at_all() -> None:
    one = Repository()
    assert one.tell(payload(b"[]")) == {("nothing-kept", Level.CRIT)}
    assert one.tell(payload()) == set()
