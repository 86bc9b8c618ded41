"""Alerts of others in the one list: once each, at the right target, unknown when nobody knows."""

import json

import msgspec
import pytest

from opsconsole.alert import Alert, Phase
from opsconsole.clean import Clean
from opsconsole.domains.devops import alertmanager, prometheus
from opsconsole.domains.devops.prometheus import shape
from opsconsole.foreign import Inbox, Places, host_of
from opsconsole.model import Fault, Row, Sample, Target
from opsconsole.question import Part, joined

AM = Target("am", "alertmanager", "http")
PROM = Target("prom", "prometheus", "http")
HOSTS = (
    Target("web-1", "host", "ssh", "10.0.0.1"),
    Target("web-2", "host", "ssh", "web-2.example.net"),
    Target("db-1", "host", "ssh", "db-1.example.net"),
    Target("orders", "postgres", "postgres", "db-1.example.net"),
    Target("twin-a", "host", "ssh", "twin.example.net"),
    Target("twin-b", "host", "ssh", "twin.example.net"),
)
KINDS = {"alertmanager": alertmanager.INTEGRATION, "prometheus": prometheus.INTEGRATION}


def inbox() -> Inbox:
    return Inbox((*HOSTS, AM, PROM), KINDS)


def firing(*sets: dict[str, str], at: float = 100.0, silence: str = "") -> Sample:
    """Alerts with these labels, as the Alertmanager has them."""
    items = [
        {
            "fingerprint": "".join(labels.values()),
            "labels": labels,
            "status": {"silencedBy": [silence] if silence else []},
        }
        for labels in sets
    ]
    payload = joined([Part(200, json.dumps(items).encode())])
    rows = alertmanager.alert_rows(alertmanager.read_alerts(payload), None)
    return sample(AM, "alertmanager.alert", rows, at)


def fired(*sets: dict[str, str], at: float = 100.0) -> Sample:
    """The same as Prometheus has them."""
    items = {"data": {"alerts": [{"labels": labels, "state": "firing"} for labels in sets]}}
    payload = joined([Part(200, json.dumps(items).encode())])
    rows = prometheus.alert_rows(shape.read_alerts(payload), None)
    return sample(PROM, "prometheus.alert", rows, at)


def sample(target: Target, probe: str, rows: list[Row], at: float) -> Sample:
    return Sample(probe, target.id, at, rows, None, 10.0)


def silent(target: Target, at: float) -> Sample:
    fault = Fault("unreachable", Clean("gone"), Clean(""))
    return Sample(f"{target.kind}.alert", target.id, at, None, fault, 10.0)


def labels(name: str, instance: str = "", **more: str) -> dict[str, str]:
    return {"alertname": name} | ({"instance": instance} if instance else {}) | more


def brief(alerts: list[Alert]) -> list[tuple[str, Phase]]:
    return [(str(alert.title), alert.phase) for alert in alerts]


@pytest.mark.parametrize(
    ("where", "target"),
    [
        ({"instance": "10.0.0.1:9100"}, "web-1"),
        ({"instance": "WEB-1"}, "web-1"),
        ({"instance": "web-2:9100"}, "web-2"),
        ({"instance": "web-2.other.net:9100"}, "web-2"),
        ({"instance": "https://web-2.example.net/health?x=a/b"}, "web-2"),
        ({"instance": "db-1.example.net."}, "db-1"),
        ({"instance": "orders"}, "orders"),
        ({"instance": "10.0.0.9:9100", "host": "web-1"}, "web-1"),
        ({"instance": "twin.example.net"}, ""),
        ({"instance": "10.0.0.9"}, ""),
        ({"instance": "10.0.0"}, ""),
        ({"instance": "localhost:9090"}, ""),
        ({"job": "web-1"}, ""),
        ({}, ""),
    ],
)
def test_labels_name_a_target_where_it_is_unambiguous(where: dict[str, str], target: str) -> None:
    assert Places(HOSTS).find(where) == target


@pytest.mark.parametrize(
    ("place", "host"),
    [("[2001:db8::1]:9100", "2001:db8::1"), ("2001:db8::1", "2001:db8::1"), ("a@b:1", "b")],
)
def test_hosts_are_read_from_places(place: str, host: str) -> None:
    assert host_of(place) == host


def test_an_alert_stands_at_its_target_and_says_who_found_it() -> None:
    box = inbox()
    (known, unknown) = box.take(
        [firing(labels("Full", "web-1:9100", mountpoint="/var"), labels("Full", "x:1", dev="a"))]
    )
    assert (known.target, known.object, known.origin) == ("web-1", "mountpoint=/var", "am")
    assert (unknown.target, unknown.object) == ("am", "x:1 dev=a")


def test_only_what_changed_is_told() -> None:
    box = inbox()
    assert brief(box.take([firing(labels("A"), labels("B"))])) == [
        ("A", Phase.OPEN),
        ("B", Phase.OPEN),
    ]
    assert box.take([firing(labels("A"), labels("B"), at=110.0)]) == []
    (over,) = box.take([firing(labels("A"), at=120.0)])
    assert (over.title, over.phase, over.changed) == ("B", Phase.RESOLVED, 120.0)
    (now,) = box.take([firing(labels("A"), at=130.0, silence="s")])
    assert (now.silenced, now.calls) == ("am:s", False)
    assert brief(box.alerts) == [("A", Phase.OPEN)]


def test_what_cannot_be_asked_is_unknown_and_then_open_again() -> None:
    box = inbox()
    box.take([firing(labels("A"))])
    (lost,) = box.take([silent(AM, 110.0)])
    assert (lost.phase, lost.changed) == (Phase.UNKNOWN, 110.0)
    assert box.take([silent(AM, 120.0)]) == []
    (back,) = box.take([firing(labels("A"), at=130.0)])
    assert (back.phase, back.changed) == (Phase.OPEN, 130.0)
    box.take([silent(AM, 140.0)])
    (over,) = box.take([firing(at=150.0)])
    assert over.phase is Phase.RESOLVED


def test_one_alert_of_two_witnesses_stands_there_once() -> None:
    box = inbox()
    (first,) = box.take([fired(labels("A", "x:1"))])
    assert first.id.startswith("prom:")
    changed = box.take([firing(labels("A", "x:1", cluster="eu"))])  # external labels are added
    assert [(one.id.partition(":")[0], one.phase) for one in changed] == [
        ("prom", Phase.RESOLVED),
        ("am", Phase.OPEN),
    ]
    assert box.take([silent(AM, 110.0)]) == []  # the other one still knows
    (lost,) = box.take([silent(PROM, 120.0)])
    assert lost.phase is Phase.UNKNOWN


def test_alerts_that_only_look_alike_are_two() -> None:
    box = inbox()
    box.take([firing(labels("A", "x:1"), labels("A", "x:1", device="a"))])
    box.take([fired(labels("A", "x:1", device="b"), labels("A", "x:2"))])
    assert len(box.alerts) == 4


def test_others_samples_are_none_of_its_business() -> None:
    box = inbox()
    assert box.take([Sample("host.cpu", "web-1", 1.0, [], None, 2.0)]) == []
    assert box.take([Sample("alertmanager.alert", "web-1", 1.0, [], None, 2.0)]) == []


def test_silences_are_told_with_their_origin() -> None:
    box = inbox()
    row: Row = tuple(map(Clean, ("s1", "active", 'a="b"', "alice", "known")))
    box.take([sample(AM, "alertmanager.silence", [(*row, 1.0, 2.0)], 100.0)])
    (silence,) = box.silences
    assert (silence.id, silence.who, silence.until) == ("am:s1", "alice", 2.0)


def test_a_storm_is_merged_once() -> None:
    """Five thousand alerts known to both: as many in the list, and each compared with its own."""
    sets = [labels("A", f"x{number}:1") for number in range(5000)]
    box = inbox()
    box.take([firing(*sets), fired(*sets)])
    assert len(box.alerts) == 5000
    assert msgspec.msgpack.encode(box.alerts)
