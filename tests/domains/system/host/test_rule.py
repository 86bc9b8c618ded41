"""A host's rules over rows as its probes make them: what is raised, when, and what is not."""

from collections.abc import Mapping

from opsconsole.alert import Alert, Phase
from opsconsole.clean import clean
from opsconsole.domains.system.host import INTEGRATION, filesystem
from opsconsole.model import Level, Row, Sample, Target, Value
from opsconsole.rulebook import Rulebook, effective, fastest
from opsconsole.rules import Engine, Subject

START = 1_000_000.0
PROBES = {probe.id: probe for probe in INTEGRATION.probes}
Said = Mapping[str, float | str | bool | None]


class Host:
    """One host that says what a test lets it say."""

    def __init__(self) -> None:
        target = Target("web-1", "host", "ssh")
        rules = tuple(one.rule for one in effective(target, INTEGRATION, Rulebook()))
        probe, period = fastest(INTEGRATION, target)
        self.now = START
        self.engine = Engine([Subject(target, PROBES, rules, period, probe)], self.now)
        self.alerts: dict[str, Alert] = {}

    def say(self, probe: str, *rows: Said, period: float = 2.0) -> None:
        """One answer; what is not said is not known."""
        made: list[Row] = []
        for said in rows:
            unknown = said.keys() - {column.key for column in PROBES[probe].columns}
            assert not unknown
            values = (said.get(column.key) for column in PROBES[probe].columns)
            made.append(tuple(_value(one) for one in values))
        self.engine.hear([Sample(probe, "web-1", self.now, made, None, period)])

    def last(self, seconds: float, probe: str, *rows: Said, every: float = 2.0) -> None:
        """Say the same for a while."""
        until = self.now + seconds
        while self.now < until:
            if (self.now - START) % every < 1:
                self.say(probe, *rows, period=every)
            if probe != "host.vitals" and (self.now - START) % 2 < 1:
                self.say("host.vitals", {"uptime_s": 1e6})
            self.now += 1.0
            for alert in self.engine.tick(self.now).alerts:
                self.alerts[alert.id] = alert

    def open(self) -> dict[str, Level]:
        """Levels of what is not over, by rule and object."""
        return {
            f"{one.rule} {one.object}".strip(): one.level
            for one in self.alerts.values()
            if one.phase is not Phase.RESOLVED
        }


def _value(value: float | str | bool | None) -> Value:
    return clean(value) if isinstance(value, str) else value


def test_a_healthy_host_raises_nothing() -> None:
    host = Host()
    host.last(
        1300,
        "host.vitals",
        {
            "cpu_percent": 60.0,
            "iowait_percent": 5.0,
            "steal_percent": 0.0,
            "load1_per_core": 1.0,
            "load_per_core": 1.0,
            "load15_per_core": 1.0,
            "memory_used_percent": 70.0,
            "oom_kills": 0,
            "conntrack_percent": 10.0,
            "descriptors_percent": 3.0,
            "uptime_s": 1e6,
        },
    )
    assert host.open() == {}


def test_ten_busy_minutes_and_not_less() -> None:
    host = Host()
    busy = {"cpu_percent": 100.0, "uptime_s": 1e6}
    host.last(520, "host.vitals", busy)
    assert host.open() == {}
    host.last(60, "host.vitals", busy)
    assert host.open() == {"host.cpu-busy": Level.CRIT}


def test_of_three_loads_one_calls() -> None:
    host = Host()
    high = {"load1_per_core": 9.0, "load_per_core": 5.0, "load15_per_core": 3.0, "uptime_s": 1e6}
    host.last(4, "host.vitals", high)
    assert len(host.open()) == 3
    assert [one.rule for one in host.alerts.values() if one.calls] == ["host.load-1"]


def test_memory_and_what_the_kernel_did() -> None:
    host = Host()
    host.last(4, "host.vitals", {"memory_used_percent": 99.0, "oom_kills": 2, "uptime_s": 1e6})
    expected = {"host.memory-used": Level.CRIT, "host.memory-killed": Level.CRIT}
    assert host.open() == expected
    host.last(60, "host.vitals", {"memory_used_percent": 85.0, "oom_kills": 0, "uptime_s": 1e6})
    assert host.open() == {**expected, "host.memory-used": Level.WARN}
    host.last(1900, "host.vitals", {"memory_used_percent": 70.0, "oom_kills": 0, "uptime_s": 1e6})
    assert host.open() == {}


def test_disks_are_judged_each_by_itself() -> None:
    host = Host()
    host.last(
        61,
        "host.filesystem",
        {"mount": "/", "state": "ok", "used_percent": 99.0, "available_bytes": 1_000_000_000},
        {"mount": "/big", "state": "ok", "used_percent": 99.0, "available_bytes": 80_000_000_000},
        {"mount": "/iso", "state": filesystem.READ_ONLY, "used_percent": 100.0},
        {"mount": "/many", "state": "ok", "used_percent": 1.0, "inodes_percent": 99.0},
        {"mount": "/nfs", "state": filesystem.HUNG},
        every=30,
    )
    assert host.open() == {
        "host.disk-full /": Level.CRIT,
        "host.disk-full /big": Level.WARN,
        "host.disk-inodes /many": Level.CRIT,
        "host.disk-hung /nfs": Level.CRIT,
    }


def test_a_file_system_that_was_written_and_is_read_only() -> None:
    host = Host()
    host.last(31, "host.filesystem", {"mount": "/", "state": "ok"}, every=30)
    host.last(31, "host.filesystem", {"mount": "/", "state": filesystem.READ_ONLY}, every=30)
    assert host.open() == {"host.disk-read-only /": Level.CRIT}


def test_links() -> None:
    host = Host()
    up: Said = {"interface": "eth0", "link": "up", "hardware": True}
    unused: Said = {"interface": "eth1", "link": "down", "hardware": True}
    tap: Said = {"interface": "tap0", "link": "up", "hardware": False}
    host.last(31, "host.interface", up, unused, tap, every=30)
    host.last(
        31, "host.interface", {**up, "link": "down"}, unused, {**tap, "link": "down"}, every=30
    )
    assert host.open() == {"host.link-down eth0": Level.CRIT}


def test_drops_only_count_where_there_is_traffic() -> None:
    host = Host()
    lossy = {"receive_drops_percent": 5.0, "transmit_drops_percent": 0.0}
    host.last(
        700,
        "host.interface",
        {"interface": "eth0", "receive_packets_per_s": 500.0, **lossy},
        {"interface": "eth1", "receive_packets_per_s": 5.0, **lossy},
        {"interface": "eth2", "receive_errors_per_s": 3.0},
        every=30,
    )
    assert host.open() == {
        "host.link-receive-drops eth0": Level.WARN,
        "host.link-receive-errors eth2": Level.WARN,
    }


def test_units() -> None:
    host = Host()
    failed: Said = {"unit": "api.service", "active": "failed", "sub": "failed"}
    loops: Said = {
        "unit": "job.service",
        "active": "activating",
        "sub": "auto-restart",
        "restarts": 4,
    }
    host.last(31, "host.unit", failed, loops, every=30)
    expected = {"host.unit-failed api.service": Level.WARN}
    assert host.open() == {**expected, "host.service-restarts job.service": Level.WARN}
    host.last(120, "host.unit", failed, every=30)
    assert len(host.open()) == 2
    host.last(300, "host.unit", failed, every=30)
    assert host.open() == expected
    host.last(31, "host.unit", every=30)
    assert host.open() == {}


def test_the_clock_after_a_start_and_later() -> None:
    host = Host()
    host.last(120, "host.clock", {"clock": "not synchronised", "uptime_s": 900.0}, every=30)
    assert host.open() == {}
    host.last(120, "host.clock", {"clock": "not synchronised", "uptime_s": 1100.0}, every=30)
    assert host.open() == {"host.clock-alone": Level.WARN}
    host.last(590, "host.clock", {"clock": "synchronised", "clock_distance_ms": 60.0}, every=30)
    assert host.open() == {}
    host.last(60, "host.clock", {"clock": "synchronised", "clock_distance_ms": 60.0}, every=30)
    assert host.open() == {"host.clock-off": Level.WARN}


def test_a_restart_is_told_for_five_minutes() -> None:
    host = Host()
    host.last(4, "host.vitals", {"uptime_s": 20.0})
    assert host.open() == {"host.restarted": Level.WARN}
    host.last(4, "host.vitals", {"uptime_s": 302.0})
    assert host.open() == {}
