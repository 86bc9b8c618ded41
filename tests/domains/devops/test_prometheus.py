"""What Prometheus answered, as rows and as alerts of ours."""

import json
from typing import Any

import pytest

from opsconsole.domains.devops.prometheus import (
    ALERT,
    HEALTH,
    INTEGRATION,
    RULE,
    SCRAPE,
    alerts,
)
from opsconsole.domains.devops.wire import fingerprint
from opsconsole.errors import Malformed
from opsconsole.model import Level
from opsconsole.registry import defects
from tests.domains.devops.scene import answer, rows, table


def test_an_alert_has_the_name_that_alertmanager_gives_it() -> None:
    down, odd = table(ALERT, answer("prom-alerts"))
    assert (down["fingerprint"], odd["fingerprint"]) == ("574b0190dc4c3ac1", "27684e27c3ba7143")
    assert (down["state"], down["value"]) == ("firing", 0.0)
    assert fingerprint({}) == "cbf29ce484222325"


def test_firing_alerts_are_ours() -> None:
    found = alerts("metrics", {ALERT.id: rows(ALERT, answer("prom-alerts"))})
    assert [(one.alert.rule, one.alert.level, one.alert.value) for one in found] == [
        ("prometheus.HostDown", Level.CRIT, 0.0),
        ("prometheus.Odd", Level.WARN, 0.0),
    ]
    pending = answer("prom-alerts").replace(b'"firing"', b'"waitin"')
    assert alerts("metrics", {ALERT.id: rows(ALERT, pending)}) == []


def test_scrapes_and_rules_as_rows() -> None:
    up, down = table(SCRAPE, answer("prom-targets"))
    assert (up["health"], up["error"]) == ("up", "")
    assert (down["instance"], down["health"]) == ("127.77.9.9:19999", "down")
    assert "connection refused" in str(down["error"])
    found = table(RULE, answer("prom-rules"))
    assert [(rule["name"], rule["type"], rule["health"]) for rule in found] == [
        ("HostDown", "alerting", "ok"),
        ("Odd", "alerting", "ok"),
        ("a:b", "recording", "ok"),
        ("Bad", "alerting", "err"),
    ]
    assert found[-1]["error"] == "vector cannot contain metrics with the same labelset"


def test_rules_of_one_name_are_told_apart() -> None:
    group = {"name": "g", "rules": [{"name": "a"}, {"name": "a"}, {"name": "b"}, None]}
    payload = answer("=" + json.dumps({"data": {"groups": [group]}}))
    assert [(rule["name"], rule["number"]) for rule in table(RULE, payload)] == [
        ("a", 1),
        ("a", 2),
        ("b", 1),
    ]


@pytest.mark.parametrize(("ready", "state"), [("=yes", "ready"), ("!no", "starting")])
def test_health(ready: str, state: str) -> None:
    (row,) = table(HEALTH, answer(ready, "prom-build", "prom-runtime"))
    assert (row["readiness"], row["version"], row["config"]) == (state, "2.42.0+ds", "good")
    assert (row["damaged"], row["retention"]) == (0, "15d")


def test_values_that_are_no_numbers_are_none() -> None:
    for value in ("NaN", "+Inf", "-Inf", "", "x"):
        one = {"labels": {"alertname": "A"}, "state": "firing", "value": value}
        payload = answer("=" + json.dumps({"data": {"alerts": [one]}}))
        assert table(ALERT, payload)[0]["value"] is None


@pytest.mark.parametrize("probe", INTEGRATION.probes, ids=lambda probe: probe.id)
@pytest.mark.parametrize(
    "body", ["=", "={", "=<html>", "=[]", "={}", '={"data":1}', '={"status":"error"}']
)
def test_what_is_no_answer_is_malformed(probe: Any, body: str) -> None:
    with pytest.raises(Malformed):
        probe.read(answer(*(["=yes", body, body] if probe is HEALTH else [body])))


def test_it_is_sound() -> None:
    assert list(defects(INTEGRATION)) == []
    assert set(INTEGRATION.questions) == {exchange.name for exchange in INTEGRATION.exchanges}
    for rule in INTEGRATION.rules:
        (probe,) = (probe for probe in INTEGRATION.probes if probe.id == rule.probe)
        assert rule.column in {column.key for column in probe.columns}
        assert rule.remedies
