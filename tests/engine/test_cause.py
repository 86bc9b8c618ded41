"""Recorded scenarios with known truth: incident report and handover name what began it, and why."""

from pathlib import Path

import pytest

from opsconsole import registry
from opsconsole.alert import Occurrence
from opsconsole.audit import AuditLog
from opsconsole.clean import Clean
from opsconsole.document import Document, Facts, Paragraph
from opsconsole.domains.system.host import filesystem
from opsconsole.engine.handing import handover_of, incident_of
from opsconsole.engine.recording import recording_folder
from opsconsole.engine.reporting import Period
from opsconsole.estate import Estate
from opsconsole.model import Level, Sample, Target
from opsconsole.recorder import Bounds, FlightRecorder
from tests.domains.system.report.scene import mount

NOW = 1_795_900_000.0
HOUR = 3600.0
TARGETS = (
    Target("ups-a", "host", "ssh", "ups-a"),
    Target("db-1", "host", "ssh", "db-1", depends_on=("ups-a",)),
    Target("db-2", "host", "ssh", "db-2", depends_on=("db-1",)),
    Target("far-1", "host", "ssh", "far-1"),
)


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Estate:
    monkeypatch.setenv("OPSCONSOLE_RECORDING", str(tmp_path / "kept"))
    monkeypatch.setenv("OPSCONSOLE_ALERTS", str(tmp_path / "alerts.json"))
    monkeypatch.setenv("OPSCONSOLE_AUDIT", str(tmp_path / "audit"))
    return Estate(TARGETS)


def alert(
    at: float, target: str, text: str, level: Level = Level.CRIT, rule: str = "box.some"
) -> Occurrence:
    ref = f"{rule}:{target}"
    return Occurrence(NOW + at, "alert", target, Clean(""), level, Clean(text), ref)


def record(estate: Estate, *happened: Occurrence) -> None:
    recorder = FlightRecorder(
        recording_folder(estate),
        registry.probes(),
        estate.targets,
        Bounds(2**28, 90 * 24 * HOUR),
        wall=lambda: NOW,
    )
    recorder.start()
    recorder.take([Sample(filesystem.PROBE.id, "db-1", NOW - 60, [mount("/", 5.0)], None, 30.0)])
    recorder.note(sorted(happened, key=lambda one: one.at))
    recorder.close()


def period(since: float = HOUR, *targets: Target) -> Period:
    return Period(NOW, NOW - since, NOW, targets or TARGETS)


def cause(document: Document) -> str | None:
    facts = [item for one in document.walk() if isinstance(one, Facts) for item in one.items]
    return dict(facts).get("Probable cause")


LAG = (
    alert(-900, "db-1", "IO wait is high: 62 % over 40 %", Level.WARN),
    alert(-860, "db-2", "Replication lags: 41 s over 30 s"),
    alert(-940, "far-1", "CPU is busy: 99 % over 95 %", Level.WARN),
)
WORDS = "IO wait is high on db-1, 40 s before Replication lags on db-2, which stands on it"


def test_replication_lag_is_led_back_to_the_io_wait_of_what_it_stands_on(estate: Estate) -> None:
    record(estate, *LAG)
    assert cause(incident_of(estate, period())) == f"2026-11-28 20:51:40 {WORDS}"
    said = [one for one in handover_of(estate, period()).walk() if isinstance(one, Paragraph)]
    assert [one.text for one in said if "IO wait" in one.text] == [
        f"What probably began the worst of it: 2026-11-28 20:51:40 {WORDS}."
    ]


def test_what_hit_one_target_may_have_begun_at_another_and_before_the_period(
    estate: Estate,
) -> None:
    record(
        estate,
        alert(-1000, "ups-a", "On battery: 11 min left"),
        alert(-700, "db-1", "No answer: unreachable"),
        alert(-690, "db-2", "Replication lags: 90 s over 30 s"),
        *(alert(-600, "far-1", "Disk is full: used 99 % over 98 %"),),
    )
    told = cause(incident_of(estate, period(HOUR, TARGETS[2])))
    assert told is not None
    assert "On battery on ups-a, 5 min before No answer on db-1, which stands on it" in told


def test_a_deed_of_the_audit_log_is_named_before_the_period_began(estate: Estate) -> None:
    when = [NOW - 700]
    body = {"action": "estate.deploy-api", "objects": [{"target": "db-1", "name": "orders"}]}
    AuditLog(clock=lambda: when[0]).append("intent", {"plan": "p", **body})
    record(
        estate,
        alert(-600, "db-1", "Errors: 30 % over 5 %"),
        alert(-500, "db-1", "Restarts often: 4 in 5 min", rule="box.other"),
    )
    told = cause(incident_of(estate, period(650)))
    assert told is not None
    assert ": deploy api orders on db-1, 100 s before Errors there" in told


def test_a_rule_that_waits_is_put_back_to_when_it_began(estate: Estate) -> None:
    slow = max(registry.integrations()["host"].rules, key=lambda rule: rule.for_s)
    assert slow.for_s > 200
    record(
        estate,
        alert(-900, "db-2", "Replication lags: 41 s over 30 s"),
        alert(-800, "db-1", "IO wait is high: 62 % over 40 %", rule=slow.id),
    )
    told = cause(incident_of(estate, period()))
    assert told is not None
    assert "IO wait is high on db-1, " in told
    assert " before Replication lags on db-2" in told


def test_where_nothing_went_wrong_there_is_no_cause(estate: Estate) -> None:
    assert cause(incident_of(estate, period())) is None
    record(estate, Occurrence(NOW - 60, "note", "", Clean(""), Level.OK, Clean("shift begins")))
    assert cause(incident_of(estate, period())) is None
