"""A real recording, saved alerts and the audit log become incident, file, handover and trends."""

import contextlib
import json
import math
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from opsconsole import registry
from opsconsole.alert import Alert, Alerts, Occurrence, Phase
from opsconsole.clean import Clean
from opsconsole.document import Chart, Document
from opsconsole.domains.system.host import filesystem, process
from opsconsole.domains.system.report import capacity
from opsconsole.engine import archive_of, recording_folder
from opsconsole.engine.alerting import subjects
from opsconsole.engine.dossier import RECORDING, dossier, recording_in
from opsconsole.engine.handing import gathered, handover_of, incident_of
from opsconsole.engine.reporting import Period, evidence, with_courses
from opsconsole.engine.sources import sources
from opsconsole.errors import UsageError
from opsconsole.estate import Estate
from opsconsole.model import Level, Sample, Target
from opsconsole.recorder import Bounds, FlightRecorder
from opsconsole.report import as_markdown
from opsconsole.report.bundle import write
from opsconsole.rules import Engine, memory
from tests.domains.system.report.scene import mount, row
from tests.recorder.scene import alert as scene_alert

NOW = 1_795_900_000.0
HOUR = 3600.0
SECRET = "hunter2-S3cr3t"
TARGET = Target("db-1", "host", "ssh")


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Estate:
    monkeypatch.setenv("OPSCONSOLE_RECORDING", str(tmp_path / "kept"))
    monkeypatch.setenv("OPSCONSOLE_ALERTS", str(tmp_path / "alerts.json"))
    return Estate((TARGET,))


def _samples() -> Iterator[Sample]:
    """Four days: a disk that gains six percent a day, and a process that tells its password."""
    command = Clean(f"app --password={SECRET}")
    for turn in range(4 * 24 * 2 + 1):
        at = NOW - 4 * 24 * HOUR + turn * HOUR / 2
        used = 95.0 + 6 * (at - NOW) / (24 * HOUR)
        yield Sample(filesystem.PROBE.id, "db-1", at, [mount("/var", used)], None, 30.0)
        if turn % 16 == 0:
            one = row(process.PROBE, pid=7, command=command, user=Clean("app"))
            yield Sample(process.PROBE.id, "db-1", at, [one], None, 3.0)


@pytest.fixture
def recorded(estate: Estate) -> Estate:
    now = [NOW]
    recorder = FlightRecorder(
        recording_folder(estate),
        registry.probes(),
        estate.targets,
        Bounds(2**28, 90 * 24 * HOUR),
        wall=lambda: now[0],
    )
    recorder.start()
    for sample in _samples():
        recorder.take([sample])
    recorder.alert(Alerts([_told()], whole=True, silences=[]))
    recorder.note(
        [
            Occurrence(
                *(NOW - HOUR, "alert", "db-1", Clean("/var"), Level.WARN),
                Clean(f"Disk is full: --token={SECRET}"),
                "host.disk-full:db-1:/var",
            )
        ]
    )
    recorder.close()
    return estate


def _told() -> Alert:
    """An alert that tells a password."""
    command = Clean(f"app --password={SECRET}")
    return Alert(
        id=f"host.app:db-1:{command}",
        rule="host.app",
        target="db-1",
        object=command,
        key=(command,),
        probe=process.PROBE.id,
        column="cpu_percent",
        level=Level.WARN,
        phase=Phase.OPEN,
        since=NOW - HOUR,
        changed=NOW - HOUR,
        title=Clean("It is busy"),
        why=command,
        value=99.0,
        limit=90.0,
        remedies=(),
        source=Clean("test"),
    )


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


def _charts(document: Document) -> list[Chart]:
    return [one for one in document.walk() if isinstance(one, Chart)]


def test_growth_comes_from_the_recording(recorded: Estate) -> None:
    probes = [registry.probes()[name] for name in capacity.REPORT.probes]
    live = [Sample(filesystem.PROBE.id, "db-1", NOW, [mount("/var", 95.0)], None, 30.0)]
    with sources(recorded) as found:
        assert found.notices == []
        whole = evidence(_period(recorded), found, probes, live)
        whole = with_courses(whole, found.past, capacity.PAST)
    stock = next(one for one in capacity.stocks(whole) if one.name == "file system /var")
    assert stock.line is not None
    assert stock.line.per_day == pytest.approx(6.0, rel=0.1)
    assert stock.to_full == pytest.approx(5 / 6, abs=0.3)


def test_the_handover_lists_what_others_found_and_who(estate: Estate) -> None:
    am = Target("am", "alertmanager", "http", settings={"url": "http://127.0.0.1:9"})
    estate = Estate((TARGET, am))
    _alerted(estate)
    path = memory.default_path(estate.source)
    kept = memory.read(path)
    assert kept is not None
    theirs = replace(_told(), id="am:Down", origin=Clean("am"), title=Clean("Instance is down"))
    memory.save(path, msgspec.json.encode(replace(kept, found=[theirs])))
    text = as_markdown(handover_of(estate, Period(NOW, NOW - HOUR, NOW, estate.targets)))
    [line] = [one for one in text.splitlines() if "Instance is down" in one]
    assert "| am |" in line
    assert "2 alerts open" in text


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


def test_a_recording_that_cannot_be_read_is_told(estate: Estate) -> None:
    folder = recording_folder(estate)
    folder.mkdir(parents=True)
    (folder / "recording.sqlite").write_bytes(b"no database at all" * 100)
    with sources(estate) as found:
        assert found.past is None or found.past.span is None
    text = as_markdown(incident_of(estate, _period(estate)))
    assert "Recording: none" in text


def test_the_incident_shows_the_course_of_what_alerted(recorded: Estate) -> None:
    document = incident_of(recorded, _period(recorded))
    assert "First abnormal thing: " in as_markdown(document)
    [chart] = _charts(document)
    assert "/var" in chart.title
    known = [value for _, value in chart.lines[0].points if math.isfinite(value)]
    assert known[0] == pytest.approx(94.0, abs=0.3)
    assert known[-1] == pytest.approx(95.0, abs=0.3)


def _one(name: str, **more: object) -> Alert:
    """An alert on a file system."""
    place = {"target": "db-1", "object": Clean(name), "key": (Clean(name),)}
    wanted = {"rule": "host.disk-full", "probe": filesystem.PROBE.id, "changed": NOW - 3 * HOUR}
    return scene_alert(f"host.disk-full:db-1:{name}", 97.0, **{**place, **wanted, **more})


@pytest.fixture
def night(estate: Estate) -> Estate:
    """Alerts of three hours, as the recorder heard of them."""
    now = [NOW - 3 * HOUR]
    recorder = FlightRecorder(
        *(recording_folder(estate), registry.probes(), estate.targets),
        wall=lambda: now[0],
    )

    def told(*alerts: Alert, whole: bool = False) -> None:
        recorder.alert(Alerts([*alerts], whole=whole))
        used = [mount("/var", 50.0), mount("/srv", 60.0)]
        recorder.take([Sample(filesystem.PROBE.id, "db-1", now[0], used, None, 30.0)])
        recorder.turn()

    told(_one("/var", since=now[0], limit=55.0), whole=True)
    now[0] += 600
    told(_one("/var", since=now[0] - 600, limit=55.0, phase=Phase.RESOLVED, changed=now[0]))
    now[0] += 3600
    told(_one("/srv", since=now[0], changed=now[0], title=Clean("It fills up")))
    now[0] = NOW
    told(_one("/srv", since=NOW - HOUR, changed=NOW, phase=Phase.RESOLVED))
    recorder.start()
    recorder.close(60.0)
    return estate


def test_the_incident_tells_alerts_as_they_stood_then(night: Estate) -> None:
    """At its end one was open that is over now; one was over, and had a limit of its own."""
    _alerted(night)
    then = Period(NOW, NOW - 4 * HOUR, NOW - HOUR, night.targets)
    with sources(night) as found:
        whole = gathered(then, found)
        later = gathered(Period(NOW, NOW - 4 * HOUR, NOW, night.targets), found)
    assert whole.stood is not None
    assert later.stood is not None
    assert [(one.object, one.phase) for one in whole.stood] == [
        *(("/var", Phase.RESOLVED), ("/srv", Phase.OPEN)),
    ]
    assert [one.object for one in whole.alerts or ()] == ["/srv"]
    assert whole.alerts_at == NOW - HOUR
    assert {one.object: one.limit for one in whole.metrics}["/var"] == 55.0
    assert later.alerts == ()
    text = as_markdown(incident_of(night, then))
    assert "It fills up" in text
    assert "on it" not in text, "somebody took it on an hour later"
    assert "on it" in as_markdown(handover_of(night, then)), "that tells how things are now"


def test_where_alerts_are_not_recorded_that_is_said(recorded: Estate) -> None:
    with sources(recorded) as found:
        before = Period(NOW, NOW - 50 * HOUR, NOW - 40 * HOUR, recorded.targets)
        whole = gathered(before, found)
    assert whole.stood is None
    assert [one for one in whole.notices if "not recorded" in one]


def test_an_incident_file_opens_as_a_recording(recorded: Estate, tmp_path: Path) -> None:
    out = tmp_path / "night.zip"
    period = _period(recorded)
    with sources(recorded) as found, dossier(period, found) as made:
        write(out, made.manifest(period, signed=False), made.contents, None)
    with recording_in(out) as path, contextlib.closing(archive_of(path)) as archive:
        assert archive.at(NOW, [(filesystem.PROBE.id, "db-1")])[0].rows
    assert not path.exists()
    with recording_in(tmp_path) as path:
        assert path == tmp_path
    with sources(Estate((TARGET,), source=(tmp_path / "other",))) as found:
        bare = dossier(period, found)
        with bare as made:
            write(tmp_path / "bare.zip", made.manifest(period, signed=False), made.contents, None)
    with pytest.raises(UsageError, match="has no recording"), recording_in(tmp_path / "bare.zip"):
        pass


def test_the_file_holds_a_recording_without_secrets(recorded: Estate, tmp_path: Path) -> None:
    kept = tmp_path / RECORDING
    with sources(recorded) as found, dossier(_period(recorded), found) as made:
        content = made.contents[RECORDING]
        assert isinstance(content, Path)
        kept.write_bytes(content.read_bytes())
        timeline = made.contents["timeline.json"]
    assert isinstance(timeline, bytes)
    assert SECRET.encode() not in timeline
    assert json.loads(timeline)[0][5] == "Disk is full: --token=***"
    assert made.redactor.told()["password of a command line"] >= 2
    with contextlib.closing(archive_of(kept)) as archive:
        commands = {
            cell
            for sample in archive.between(NOW - 24 * HOUR, NOW + 1)
            if sample.probe == process.PROBE.id
            for one in sample.rows or []
            for cell in one
        }
        assert "app --password=***" in commands
        assert not [cell for cell in commands if SECRET in str(cell)]
        told = archive.occurrences(NOW - 24 * HOUR, NOW)
        assert [one.text for one in told] == ["Disk is full: --token=***"]
        stood = archive.alerts(NOW)
        assert stood is not None
        assert [one.why for one in stood.alerts] == ["app --password=***"]
        assert SECRET not in repr(stood)
        disks = archive.at(NOW, [(filesystem.PROBE.id, "db-1")])
        assert disks[0].rows
