"""Recorded scenarios with known truth: the cause is named each time, and decoys fool nobody."""

import itertools

import pytest

from opsconsole.alert import Occurrence
from opsconsole.model import Level
from opsconsole.timeline import Proposal, incidents, propose
from opsconsole.timeline.cause import MOST
from tests.timeline.scene import RELATIONS, T0, alert, clear, it

DECOYS = (
    alert(98, "far-1", "CPU is busy: 99 % over 95 %"),
    alert(100, "far-2", "Swap is read: 40 MB/s", "swap"),
    it(90, "change", "far-1", "package nginx 1.22 -> 1.24", Level.OK, "nginx"),
    it(95, "deploy", "far-2", "deployed api 9", Level.OK),
    it(97, "note", "", "shift begins", Level.OK),
)


def cause_of(*happened: Occurrence, hit: str, onset: dict[str, float] | None = None) -> Proposal:
    """What is proposed for the incident that hit a target."""
    known = sorted(happened, key=lambda one: one.at)
    found = [one for one in incidents(known, RELATIONS) if hit in one.targets]
    assert len(found) == 1, found
    early = onset or {}
    return propose(found[0], known, RELATIONS, onset=lambda o: o.at - early.get(o.text, 0.0))


@pytest.mark.parametrize("decoys", [(), DECOYS], ids=["alone", "decoys"])
def test_a_disk_fills(decoys: tuple[Occurrence, ...]) -> None:
    found = cause_of(
        it(-700, "change", "db-1", "package postgresql 15.4 -> 15.5", Level.OK, "postgresql"),
        alert(0, "db-1", "Disk fills: full in 1.5 h", "/var"),
        alert(100, "db-1", "Disk is full: used 99 % over 98 %, 1.1 GB free", "/var"),
        it(130, "unit", "db-1", "postgresql.service failed", thing="postgresql.service"),
        alert(140, "db-2", "Replication lags: 60 s over 30 s"),
        alert(160, "api-1", "Errors: 12 % over 5 %"),
        *decoys,
        hit="db-1",
    )
    assert found.cause.text.startswith("Disk fills")
    assert found.words == (
        "Disk fills (/var) on db-1, 140 s before Replication lags on db-2, which stands on it;"
        " it may explain 4 of 4 other signs"
        "; before it package postgresql 15.4 -> 15.5 changed on db-1"
    ).replace("140 s", "2 min")
    assert (found.explained, found.signs) == (4, 5)


@pytest.mark.parametrize("decoys", [(), DECOYS], ids=["alone", "decoys"])
def test_replication_lag_follows_the_io_wait_of_a_host(decoys: tuple[Occurrence, ...]) -> None:
    found = cause_of(
        alert(60, "db-1", "IO wait is high: 62 % over 40 %"),
        alert(100, "db-2", "Replication lags: 41 s over 30 s"),
        *decoys,
        hit="db-2",
    )
    assert found.words == (
        "IO wait is high on db-1, 40 s before Replication lags on db-2, which stands on it"
    )


@pytest.mark.parametrize("decoys", [(), DECOYS], ids=["alone", "decoys"])
def test_the_effect_may_be_seen_before_its_cause(decoys: tuple[Occurrence, ...]) -> None:
    """Both are asked each 30 s: who is asked first is chance."""
    found = cause_of(
        alert(100, "db-2", "Replication lags: 41 s over 30 s"),
        alert(104, "api-1", "Errors: 12 % over 5 %"),
        alert(125, "db-1", "IO wait is high: 62 % over 40 %"),
        *decoys,
        hit="db-2",
    )
    assert found.cause.target == "db-1"
    assert found.words.startswith(
        "IO wait is high on db-1: Replication lags on db-2, which stands on it,"
        " was seen 25 s earlier, within one round of asking"
    )


def test_what_is_lost_at_once_is_lost_from_below() -> None:
    lost = [it(10, "watch", name, "no answer: silent") for name in ("db-2", "db-1", "api-1")]
    found = cause_of(*lost, hit="db-1")
    assert found.words.startswith("no answer on db-1, at the same moment as no answer on db-2")


def test_what_came_much_later_is_no_cause() -> None:
    found = cause_of(
        alert(100, "db-2", "Replication lags: 41 s over 30 s"),
        alert(400, "db-1", "CPU is busy: 97 %"),
        hit="db-2",
    )
    assert found.cause.target == "db-2"
    assert "nothing that it stands on was wrong before" in found.words


def test_a_rule_that_waits_longer_than_another_is_put_back_to_when_it_began() -> None:
    io, lag = "IO wait is high: 62 % over 40 %", "Replication lags: 41 s over 30 s"
    happened = (alert(400, "db-1", io), alert(100, "db-2", lag))
    assert cause_of(*happened, hit="db-2").cause.target == "db-2"
    told = cause_of(*happened, hit="db-2", onset={io: 340.0, lag: 10.0})
    assert told.words.startswith("IO wait is high on db-1, 30 s before Replication lags on db-2")


@pytest.mark.parametrize("decoys", [(), DECOYS], ids=["alone", "decoys"])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_a_power_supply_on_battery_takes_a_rack(
    decoys: tuple[Occurrence, ...], order: tuple[int, ...]
) -> None:
    lost = [
        it(600 + 2 * at, "watch", ("db-1", "web-1", "web-2")[which], "no answer: unreachable")
        for at, which in enumerate(order)
    ]
    found = cause_of(
        alert(0, "ups-a", "On battery: 11 min left"),
        *lost,
        alert(630, "db-2", "Replication lags: 90 s over 30 s"),
        alert(640, "api-1", "Errors: 80 % over 5 %"),
        alert(641, "api-2", "Errors: 80 % over 5 %"),
        *decoys,
        hit="web-1",
    )
    assert found.cause.text.startswith("On battery")
    assert "10 min before no answer on" in found.words
    assert (found.explained, found.signs) == (6, 7)


def test_where_the_estate_says_nothing_the_first_in_the_rack_is_named() -> None:
    found = cause_of(
        alert(0, "web-1", "Temperature is high: 41 C over 35 C"),
        alert(300, "web-2", "CPU is throttled: 30 %"),
        alert(320, "db-1", "CPU is throttled: 30 %"),
        hit="web-2",
    )
    assert found.cause.target == "web-1"
    assert "which shares its rack" in found.words


@pytest.mark.parametrize("decoys", [(), DECOYS], ids=["alone", "decoys"])
def test_a_deployment_breaks_an_api(decoys: tuple[Occurrence, ...]) -> None:
    found = cause_of(
        it(-500, "change", "api-1", "sysctl vm.swappiness 60 -> 10", Level.OK, "vm.swappiness"),
        it(0, "deploy", "api-1", "deployed api 1.8.2", Level.OK, "api"),
        it(20, "log", "api-1", "500 errors in 10 s", Level.WARN, "api.log"),
        alert(40, "api-1", "Errors: 30 % over 5 %"),
        it(70, "action", "api-1", "alice restarts api.service", Level.OK, "api.service", "f00"),
        alert(95, "api-1", "Restarts often: 4 in 5 min"),
        *decoys,
        hit="api-1",
    )
    assert found.cause.kind == "deploy"
    assert found.words == (
        "deployed api 1.8.2 on api-1, 20 s before 500 errors in 10 s (api.log) there"
        "; it may explain 3 of 3 other signs"
    )


def test_what_people_did_afterwards_is_an_answer_and_no_cause() -> None:
    found = cause_of(
        alert(0, "api-1", "Errors: 30 % over 5 %"),
        it(30, "action", "api-1", "alice restarts api.service", Level.OK, "api.service", "f00"),
        it(31, "deploy", "api-1", "deployed api 1.8.1", Level.OK, "api"),
        alert(60, "api-1", "Restarts often: 4 in 5 min"),
        hit="api-1",
    )
    assert found.cause.text.startswith("Errors")


def test_a_refused_action_and_an_old_deployment_are_no_cause() -> None:
    found = cause_of(
        it(-2000, "deploy", "api-1", "deployed api 1.8.0", Level.OK, "api"),
        it(-20, "refusal", "api-1", "alice was refused: reboot", Level.WARN, "", "f01"),
        alert(0, "api-1", "Errors: 30 % over 5 %"),
        hit="api-1",
    )
    assert found.cause.text.startswith("Errors")


def test_of_two_deployments_the_nearer_one_is_named() -> None:
    found = cause_of(
        it(-600, "deploy", "db-2", "deployed orders-db 4", Level.OK),
        it(-30, "deploy", "db-2", "deployed orders-db 5", Level.OK),
        alert(0, "db-2", "Locks wait: 40 over 10"),
        hit="db-2",
    )
    assert found.cause.text == "deployed orders-db 5"


def test_what_was_over_long_before_explains_nothing() -> None:
    found = cause_of(
        alert(0, "db-1", "CPU is busy: 97 %"),
        clear(20, "db-1", "CPU is busy: 97 %"),
        alert(500, "db-1", "IO wait is high: 62 % over 40 %"),
        alert(540, "db-2", "Replication lags: 41 s over 30 s"),
        hit="db-2",
    )
    assert found.cause.text.startswith("IO wait")


def test_only_so_many_signs_are_weighed() -> None:
    storm = [alert(at / 10, "api-1", f"Alert {at}") for at in range(20 * MOST)]
    found = cause_of(alert(-60, "db-2", "Locks wait: 40 over 10"), *storm, hit="api-1")
    assert found.cause.target == "db-2"
    assert found.signs == MOST


def test_strangers_at_the_same_time_are_another_incident() -> None:
    happened = sorted((alert(60, "db-1", "IO wait"), alert(100, "db-2", "Lag"), *DECOYS), key=str)
    found = incidents(sorted(happened, key=lambda one: one.at), RELATIONS)
    assert [one.targets for one in found] == [("db-1", "db-2"), ("far-1", "far-2")]
    assert [(one.began - T0, one.ended - T0) for one in found] == [(60, 100), (98, 100)]
    assert {one.worst for one in found} == {Level.CRIT}


def test_after_a_quarter_of_an_hour_of_quiet_it_is_another_incident() -> None:
    happened = [alert(0, "db-1", "IO wait"), alert(901, "db-2", "Lag"), alert(1800, "db-1", "IO")]
    assert [len(one.signs) for one in incidents(happened, RELATIONS)] == [1, 2]


def test_an_effect_that_is_told_first_joins_its_cause() -> None:
    happened = [alert(0, "api-1", "Errors"), alert(30, "ups-a", "On battery")]
    assert [one.targets for one in incidents(happened, RELATIONS)] == [("api-1", "ups-a")]
