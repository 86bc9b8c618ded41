"""What a collector wrote down of alerts becomes what a report says is open."""

from pathlib import Path

import pytest

from opsconsole import registry
from opsconsole.domains.system.host import filesystem
from opsconsole.engine.alerting import subjects
from opsconsole.engine.handing import handover_of
from opsconsole.engine.reporting import Period
from opsconsole.engine.sources import sources
from opsconsole.estate import Estate
from opsconsole.model import Level, Sample, Target
from opsconsole.report import as_markdown
from opsconsole.rules import Engine, memory
from tests.domains.system.report.scene import mount

NOW = 1_795_900_000.0
HOUR = 3600.0
TARGET = Target("db-1", "host", "ssh")


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Estate:
    monkeypatch.setenv("OPSCONSOLE_ALERTS", str(tmp_path / "alerts.json"))
    return Estate((TARGET,))


def _alerted(estate: Estate) -> None:
    """A collector that saw the disk fill up, and wrote down what it knows."""
    judged = subjects(estate.targets, registry.integrations(), estate.rulebook)
    engine = Engine(judged, NOW - HOUR, ())
    for second in range(0, 600, 30):
        at = NOW - HOUR + second
        engine.hear([Sample(filesystem.PROBE.id, "db-1", at, [mount("/var", 95.0)], None, 30.0)])
        engine.tick(at)
    engine.acknowledge([alert.id for alert in engine.whole()], "ann", "on it", 0)
    engine.silence("target:db-1", 7200, "ann", "known")
    memory.save(memory.default_path(estate.source), memory.remember(engine))


def _period(estate: Estate) -> Period:
    return Period(NOW, NOW - 4 * HOUR, NOW, estate.targets)


def test_open_alerts_are_what_the_collector_wrote_down(estate: Estate) -> None:
    with sources(estate) as found:
        assert found.alerts is None
    _alerted(estate)
    with sources(estate) as found:
        assert found.alerts is not None
        [alert] = [one for one in found.alerts if one.object == "/var"]
        assert (alert.target, alert.level) == ("db-1", Level.WARN)
        assert alert.title
        assert alert.remedies
        assert alert.acknowledged is not None
        assert alert.acknowledged.note == "on it"
        assert [one.match for one in found.silences] == ["target:db-1"]
    text = as_markdown(handover_of(estate, _period(estate)))
    assert "ann at " in text
    assert "target:db-1" in text
    assert "As last written down, at 2026-" in text


def test_alerts_that_cannot_be_read_are_told_and_left_alone(estate: Estate) -> None:
    path = memory.default_path(estate.source)
    path.write_text("{")
    with sources(estate) as found:
        assert found.alerts is None
        assert "the alerts cannot be read" in found.notices[0]
    assert path.read_text() == "{"
