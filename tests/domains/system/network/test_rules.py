"""Rules of a network device: raised by what is wrong, over with it; what happened, as told."""

from pathlib import Path

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.system.network import identity, interface, news
from opsconsole.model import Level, Row, Value
from opsconsole.spec import Probe
from tests.domains.database.trial import Case, Cells, rules, tried

PORT: Cells = {"interface": "ge1", "link": "up", "admin": "up", "utilisation_percent": 10.0,
               "receive_errors_per_s": 0.0, "transmit_errors_per_s": 0.0}  # fmt: skip
PEER: Cells = {"peer": "10.0.0.1", "state": "established", "admin": "start"}
HEAT: Cells = {"key": "1.3", "name": "Inlet", "judged": "ok"}
LOAD: Cells = {"cpu_percent": 10.0, "memory_used_percent": 10.0}

WRONG: list[Case] = [
    ("network.link-down", PORT, {"link": "down"}, "warn"),
    ("network.link-down", PORT, {"link": "notPresent"}, "warn"),
    ("network.link-down", PORT, {"link": "lowerLayerDown"}, ""),
    ("network.link-down", PORT, {"link": "down", "admin": "down"}, ""),
    ("network.link-full", PORT, {"utilisation_percent": 95.0}, "warn"),
    ("network.link-full", PORT, {"utilisation_percent": 99.0}, "crit"),
    ("network.link-receive-errors", PORT, {"receive_errors_per_s": 3.0}, "warn"),
    ("network.link-transmit-errors", PORT, {"transmit_errors_per_s": 200.0}, "crit"),
    ("network.restarted", {"uptime_s": 9000.0}, {"uptime_s": 60.0}, "warn"),
    ("network.cpu-busy", LOAD, {"cpu_percent": 90.0}, "warn"),
    ("network.cpu-busy", LOAD, {"cpu_percent": 99.0}, "crit"),
    ("network.memory-full", LOAD, {"memory_used_percent": 92.0}, "warn"),
    ("network.memory-full", LOAD, {"memory_used_percent": 99.0}, "crit"),
    ("network.reading", HEAT, {"judged": "warning"}, "warn"),
    ("network.reading", HEAT, {"judged": "critical"}, "crit"),
    ("network.bgp-down", PEER, {"state": "active"}, "crit"),
    ("network.bgp-down", PEER, {"state": "idle", "admin": "stop"}, ""),
]
RULES = rules("network")


def test_every_rule_is_tried() -> None:
    assert {rule for rule, *_ in WRONG} == RULES.keys()


@pytest.mark.parametrize(("name", "good", "bad", "level"), WRONG)
def test_it_is_raised_and_over(
    name: str,
    good: Cells,
    bad: Cells,
    level: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert tried(tmp_path, RULES[name], good, bad, level) == 0, capsys.readouterr().out


def row(probe: Probe[interface.Reading] | Probe[identity.Reading], **cells: Value) -> list[Row]:
    return [tuple(cells.get(column.key) for column in probe.columns)]


def test_a_restart_is_told_at_the_moment_it_was() -> None:
    before, now = row(interface.SUMMARY, uptime_s=5000.0), row(interface.SUMMARY, uptime_s=20.0)
    (one,) = news.restarted("sw", 1000.0, before, now)
    assert (one.at, one.kind, one.level, one.text) == (980.0, "reboot", Level.WARN, "restarted")
    assert news.restarted("sw", 1000.0, now, before) == []
    late = row(interface.SUMMARY, uptime_s=42_949_670.0)
    assert news.restarted("sw", 1000.0, late, now) == []
    assert news.restarted("sw", 1000.0, row(interface.SUMMARY), now) == []


def test_ports_that_are_switched_and_speeds_that_change() -> None:
    port = {"interface": Clean("ge1"), "admin": Clean("up"), "link": Clean("up")}
    before = row(interface.PROBE, **port, speed_bits_per_s=10_000_000_000)
    slow = row(interface.PROBE, **port, speed_bits_per_s=100_000_000)
    (one,) = news.switched("sw", 5.0, before, slow)
    assert (one.kind, one.object, one.before, one.after) == (
        "change",
        "ge1",
        "10 Gbit/s",
        "100 Mbit/s",
    )
    off = row(interface.PROBE, **{**port, "admin": Clean("down"), "link": Clean("down")})
    (one,) = news.switched("sw", 5.0, before, off)
    assert one.text == "ge1 is meant to be: up -> down"
    assert news.switched("sw", 5.0, before, row(interface.PROBE, interface=Clean("ge2"))) == []
    assert news.switched("sw", 5.0, before, before) == []


def test_another_version_is_a_change() -> None:
    before = row(identity.PROBE, software=Clean("15.1"), about=Clean("OS 15.1"))
    now = row(identity.PROBE, software=Clean("15.2"), about=Clean("OS 15.2"))
    (one,) = news.upgraded("sw", 5.0, before, now)
    assert (one.kind, one.text) == ("change", "software: 15.1 -> 15.2")
    bare = [row(identity.PROBE, about=Clean(text)) for text in ("OS 1", "OS 2")]
    assert [one.text for one in news.upgraded("sw", 5.0, *bare)] == ["about: OS 1 -> OS 2"]
    assert news.upgraded("sw", 5.0, row(identity.PROBE), now) == []
