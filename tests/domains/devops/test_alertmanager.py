"""What Alertmanager answered, as rows and as alerts of ours."""

import json
from typing import Any

import pytest

from opsconsole.alert import Phase
from opsconsole.domains.devops.alertmanager import (
    ALERT,
    INTEGRATION,
    SILENCE,
    STATUS,
    alerts,
    silences,
)
from opsconsole.errors import Malformed
from opsconsole.model import Level
from opsconsole.registry import defects
from tests.domains.devops.scene import answer, rows, table


def test_alerts_as_rows() -> None:
    odd, down = table(ALERT, answer("am-alerts"))
    assert (odd["name"], odd["state"], odd["severity"]) == ("Odd", "suppressed", "warning")
    assert odd["silence"] == "e4b0d3e5-790c-4569-8795-7109ef2d131b"
    assert odd["cause"] == down["fingerprint"] == "574b0190dc4c3ac1"
    assert (down["summary"], down["remedy"]) == (
        "127.77.9.9:19999 is down",
        "Runbook: https://x/y",
    )
    assert down["since"] == pytest.approx(1795908196.632)
    assert down["labels"] == (
        '{"alertname":"HostDown","instance":"127.77.9.9:19999","job":"self","severity":"critical"}'
    )


def test_silences_and_status_as_rows() -> None:
    (silence,) = table(SILENCE, answer("am-silences"))
    assert (silence["match"], silence["who"], silence["reason"]) == (
        'alertname=~"Odd|Even", job="self"',
        "alice",
        "known, OPS-7",
    )
    assert silence["until"] == pytest.approx(1798416000)
    (status,) = table(STATUS, answer("am-status"))
    assert (status["version"], status["cluster"], status["peers"]) == ("0.25.0", "disabled", 0)


def test_alerts_are_ours_silenced_and_explained() -> None:
    odd, down = alerts("am", {ALERT.id: rows(ALERT, answer("am-alerts"))})
    assert (down.alert.id, down.alert.rule) == ("am:574b0190dc4c3ac1", "alertmanager.HostDown")
    assert (down.alert.level, down.alert.phase) == (Level.CRIT, Phase.OPEN)
    assert (down.alert.title, down.alert.why) == ("HostDown", "127.77.9.9:19999 is down")
    assert (down.alert.origin, down.alert.calls) == ("am", True)
    assert down.alert.remedies == ("Runbook: https://x/y",)
    assert odd.alert.level is Level.WARN
    assert odd.alert.cause == down.alert.id
    (silence,) = silences("am", {SILENCE.id: rows(SILENCE, answer("am-silences"))})
    assert odd.alert.silenced == silence.id
    assert not odd.alert.calls
    assert (silence.who, silence.until) == ("alice", 1798416000.0)


def made(**fields: Any) -> bytes:
    labels = {"alertname": "A"}
    return answer("=" + json.dumps([{"fingerprint": "f", "labels": labels} | fields]))


@pytest.mark.parametrize(
    ("severity", "level"),
    [("page", Level.CRIT), ("CRITICAL", Level.CRIT), ("warning", Level.WARN), ("odd", Level.WARN)],
)
def test_severities(severity: str, level: Level) -> None:
    labels = {"alertname": "A", "severity": severity}
    (found,) = alerts("am", {ALERT.id: rows(ALERT, made(labels=labels))})
    assert found.alert.level is level


def test_what_calls_nobody_is_not_listed() -> None:
    labels = {"alertname": "Watchdog", "severity": "none"}
    assert alerts("am", {ALERT.id: rows(ALERT, made(labels=labels))}) == []
    assert len(rows(ALERT, made(labels=labels))) == 1


def test_an_odd_item_costs_no_other() -> None:
    good = {"fingerprint": "f", "labels": {"alertname": "A"}}
    odd: list[object] = [None, 1, [], {}, {"fingerprint": 1, "labels": {}}, {"labels": "x"}]
    for bad in odd:
        assert len(rows(ALERT, answer("=" + json.dumps([bad, good, bad])))) == 1
        with pytest.raises(Malformed):
            ALERT.read(answer("=" + json.dumps([bad])))


@pytest.mark.parametrize("probe", INTEGRATION.probes, ids=lambda probe: probe.id)
@pytest.mark.parametrize(
    "body", ["=", "={", "=<html>", '="x"', "=1", "={}", "=" + "[" * 100_000, "=\x00\x1b"]
)
def test_what_is_no_answer_is_malformed(probe: Any, body: str) -> None:
    with pytest.raises(Malformed):
        probe.read(answer(body))


def test_hostile_text_is_harmless() -> None:
    evil = "\x1b]0;x\x07[/red]\u202e" + "x" * 10_000
    payload = made(
        labels={"alertname": evil, "instance": evil, evil: evil},
        annotations={"summary": evil, "runbook_url": evil},
        generatorURL=evil,
        startsAt=evil,
        status={"state": evil, "silencedBy": [evil], "inhibitedBy": [evil]},
    )
    (row,) = rows(ALERT, payload)
    assert not any("\x1b" in str(cell) or "\u202e" in str(cell) for cell in row)
    assert max(len(str(cell)) for cell in row) <= 4000
    (found,) = alerts("am", {ALERT.id: [row]})
    assert found.labels == {}
    assert "\x1b" not in repr(found.alert)


def test_it_is_sound() -> None:
    assert list(defects(INTEGRATION)) == []
    assert set(INTEGRATION.questions) == {exchange.name for exchange in INTEGRATION.exchanges}
    assert INTEGRATION.foreign is not None
    on_demand = {probe.id for probe in INTEGRATION.probes if probe.on_demand}
    assert not on_demand & set(INTEGRATION.foreign.probes)
