"""Silencing an alert where it was found: the call exactly, and by the console's own door."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.devops.alertmanager.action import ACTIONS
from opsconsole.errors import Gone, Malformed, Refused, Unsupported
from opsconsole.plan import Thing
from tests.domains.devops.scene import ANSWERS
from tests.servers.monitoring import Server, alertmanager

SILENCE, EXPIRE = ACTIONS
HEAD = b"200 Sat, 28 Nov 2026 23:00:00 GMT\n"
DOWN = Thing("am", (("fingerprint", "574b0190dc4c3ac1"),), Clean("HostDown"))
ALERTS = HEAD + (ANSWERS / "am-alerts.json").read_bytes()


def test_it_is_looked_at_by_its_own_labels() -> None:
    assert SILENCE.look.argv(DOWN) == ("GET", "/api/v2/alerts")
    pins = (*DOWN.pins, ("labels", '{"alertname":"A \\"b\\" é","instance":"x:1","job":"j"}'))
    known = Thing("am", pins, Clean("A"))
    assert SILENCE.look.argv(known) == (
        "GET",
        "/api/v2/alerts?filter=alertname%3D%22A%20%5C%22b%5C%22%20%C3%A9%22"
        "&filter=instance%3D%22x%3A1%22",
    )


def test_the_call_names_exactly_this_alert_on_the_servers_clock() -> None:
    facts = SILENCE.look.read(DOWN, 0, ALERTS)
    (step,) = SILENCE.steps(DOWN, facts, {"hours": "2", "reason": 'known, "OPS-7"'})
    method, path, body = step.argv
    assert (method, path, step.root, step.where) == ("POST", "/api/v2/silences", False, "target")
    document = json.loads(body)
    assert {(one["name"], one["value"], one["isRegex"]) for one in document["matchers"]} == {
        ("alertname", "HostDown", False),
        ("instance", "127.77.9.9:19999", False),
        ("job", "self", False),
        ("severity", "critical", False),
    }
    assert (document["startsAt"], document["endsAt"]) == (
        "2026-11-28T23:00:00Z",
        "2026-11-29T01:00:00Z",
    )
    assert document["comment"] == 'known, "OPS-7"'
    assert document["createdBy"].endswith(" by opsconsole")


def test_it_worked_when_one_more_silence_covers_it() -> None:
    before = {"silences": "a"}
    held = SILENCE.verify.held
    assert not held(before, {"silences": "a"}, {})
    assert held(before, {"silences": "a b"}, {})
    assert not held(before, {"silences": ""}, {})
    assert held(before, None, {})


def test_what_is_over_or_refused_is_told() -> None:
    with pytest.raises(Gone):
        SILENCE.look.read(Thing("am", (("fingerprint", "x"),), Clean("x")), 0, ALERTS)
    with pytest.raises(Unsupported, match="am: Alertmanager says 403 no"):
        SILENCE.look.read(DOWN, 403, b"403 \nno")
    with pytest.raises(Unsupported, match="without its time"):
        SILENCE.look.read(DOWN, 0, b"200 \n[]")
    with pytest.raises(Malformed):
        SILENCE.look.read(DOWN, 0, HEAD + b"<html>")


def test_labels_that_are_not_whole_name_nothing() -> None:
    assert SILENCE.bars(DOWN, {"labels": '{"a":"b'}, {})
    assert not SILENCE.bars(DOWN, {"labels": '{"a":"b"}'}, {})


@pytest.mark.parametrize("name", ["", "a/b", "../alerts", "x" * 65, "a b", "é"])
def test_a_silence_that_has_no_proper_id_is_refused(name: str) -> None:
    thing = Thing("am", (("id", name),), Clean("s"))
    with pytest.raises(Refused):
        EXPIRE.look.argv(thing)
    with pytest.raises(Refused):
        EXPIRE.steps(thing, {}, {})


def test_a_silence_that_is_over_is_not_ended_again() -> None:
    thing = Thing("am", (("id", "a-1"),), Clean("s"))
    assert EXPIRE.look.argv(thing) == ("GET", "/api/v2/silence/a-1")
    facts = EXPIRE.look.read(thing, 0, HEAD + b'{"id":"a-1","status":{"state":"expired"}}')
    assert EXPIRE.bars(thing, facts, {})
    with pytest.raises(Gone):
        EXPIRE.look.read(thing, 404, b"404 \n")


class Desk:
    """The command line, on an Alertmanager with one alert."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.server = server
        estate = folder / "e.toml"
        estate.write_text(f'[target.am]\nkind = "alertmanager"\nurl = "{server.url}"\n')
        self._env = os.environ | {
            "OPSCONSOLE_ESTATE": str(estate),
            "OPSCONSOLE_AUDIT": str(folder / "audit"),
        }
        alert = {"labels": {"alertname": 'Odd "one" é', "instance": "x:1"}}
        server.post("/api/v2/alerts", json.dumps([alert]).encode())

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        argv = (sys.executable, "-m", "opsconsole", *words)
        return subprocess.run(argv, env=self._env, capture_output=True, text=True, timeout=120)

    def get(self, path: str) -> Any:
        return json.loads(self.server.get(path))

    def act(self, action: str, name: str, *more: str) -> "subprocess.CompletedProcess[str]":
        return self.run("act", f"alertmanager.{action}", "am", "--object", name, *more)


@pytest.mark.server
def test_a_real_alert_is_silenced_and_calls_again(tmp_path: Path) -> None:
    with alertmanager(tmp_path) as server:
        desk = Desk(tmp_path, server)
        (alert,) = desk.get("/api/v2/alerts")
        name = alert["fingerprint"]
        dry = desk.act("silence", name, "--dry-run")
        assert dry.returncode == 0, dry.stderr
        assert "POST /api/v2/silences" in dry.stdout
        assert "tier 2" in dry.stdout
        assert desk.get("/api/v2/silences") == []

        note = ("--confirm", name, "--note", "known")
        done = desk.act("silence", name, "--set", "hours=1", *note)
        assert done.returncode == 0, done.stderr
        assert "verified: one more silence covers it" in done.stdout
        (silence,) = desk.get("/api/v2/silences")
        (alert,) = desk.get("/api/v2/alerts")
        assert alert["status"]["silencedBy"] == [silence["id"]]

        id_ = silence["id"]
        ended = desk.act("expire-silence", id_, "--confirm", id_, "--note", "mended")
        assert ended.returncode == 0, ended.stderr
        assert desk.get("/api/v2/silences")[0]["status"]["state"] == "expired"
        again = desk.act("expire-silence", id_, "--confirm", id_, "--note", "mended")
        assert again.returncode == 3
        assert desk.run("audit", "verify").returncode == 0

        server.kill()
        away = desk.act("silence", name, *note)
        assert away.returncode == 4
        assert "refused" in away.stderr
