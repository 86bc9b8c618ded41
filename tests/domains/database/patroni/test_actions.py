"""What bars an action, what it calls, and when it worked; the real ones stand beside."""

import json
from typing import Any

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.database.patroni.action.leader import FAILOVER, SWITCHOVER
from opsconsole.domains.database.patroni.action.node import PAUSE, REINITIALIZE, RESTART, RESUME
from opsconsole.errors import Gone, Malformed, Refused, Unsupported
from opsconsole.spec import Facts
from tests.domains.database.patroni.scene import recorded
from tests.domains.database.redis.scene import thing

LEADER, OTHER = recorded("cluster-3")["members"][:2]
REPLICA = {**OTHER, "timeline": 2, "lag": 0}


def whole(*members: dict[str, Any], **said: object) -> bytes:
    return b"200 now\n" + json.dumps({"members": members, **said}).encode()


def facts(leader: dict[str, Any], replica: dict[str, Any], **said: object) -> Facts:
    """Facts of the replica of two."""
    members = (LEADER | leader, REPLICA | replica)
    return SWITCHOVER.look.read(thing(name="n2"), 0, whole(*members, **said))


BARS: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], str, str]] = [
    ({}, {}, {}, "", "switchover` loses nothing"),
    ({}, {"role": "sync_standby"}, {}, "", "loses nothing"),
    ({}, {"state": "creating replica"}, {}, "must run", "must run"),
    ({}, {"state": ""}, {}, "no known state", "no known state"),
    ({}, {"tags": {"nofailover": True}}, {}, "must not lead", "must not lead"),
    ({}, {"tags": {"failover_priority": 0}}, {}, "must not lead", "must not lead"),
    ({}, {}, {"pause": True}, "paused", "loses nothing"),
    ({}, {"timeline": 1}, {}, "is on timeline 1, the leader on 2", "loses nothing"),
    ({}, {"lag": "unknown"}, {}, "not known", "loses nothing"),
    ({}, {"lag": 2 << 20}, {}, "2097152 bytes behind", "loses nothing"),
    ({"state": "crashed"}, {}, {}, "the leader is crashed", ""),
    ({"role": "replica"}, {}, {}, "nobody leads", ""),
    ({"role": "replica"}, {"role": "leader"}, {}, "leads already", "leads already"),
]


@pytest.mark.parametrize(("leader", "replica", "said", "switch", "fail"), BARS)
def test_what_bars_another_leader(
    leader: dict[str, Any], replica: dict[str, Any], said: dict[str, Any], switch: str, fail: str
) -> None:
    found = facts(leader, replica, **said)
    for action, wanted in ((SWITCHOVER, switch), (FAILOVER, fail)):
        bar = action.bars(thing(name="n2"), found, {})
        assert (wanted in bar) if wanted else (bar == "")


def test_synchronous_replication_wants_a_synchronous_standby() -> None:
    sync = recorded("cluster-3")["members"][2] | {"role": "sync_standby", "state": "running"}
    found = SWITCHOVER.look.read(thing(name="n2"), 0, whole(LEADER, REPLICA, sync))
    assert "no synchronous standby" in SWITCHOVER.bars(thing(name="n2"), found, {})


def test_what_is_called_and_what_takes_it_back() -> None:
    one, found = thing(name="n2"), facts({}, {})
    (step,) = SWITCHOVER.steps(one, found, {})
    assert step.argv == ("POST", "/switchover", '{"leader": "n1", "candidate": "n2"}')
    (step,) = FAILOVER.steps(one, found, {})
    assert step.argv == ("POST", "/failover", '{"candidate": "n2"}')
    undo = SWITCHOVER.undo(one, found, {})
    assert undo is not None
    assert [dict(back.pins) for back in undo.things] == [{"name": "n1"}]
    assert "n1 stops and follows n2" in SWITCHOVER.effect(one, found, {})
    assert "280 bytes behind" in FAILOVER.effect(one, facts({}, {"lag": 280}), {})
    assert "unknown number" in FAILOVER.effect(one, facts({}, {"lag": "unknown"}), {})
    assert SWITCHOVER.fits({"role": Clean("replica")})
    assert not SWITCHOVER.fits({"role": Clean("leader")})
    for name in ("", "a\ufffd"):
        with pytest.raises(Refused):
            SWITCHOVER.steps(thing(name=name), found, {})


def test_when_another_one_leads() -> None:
    before = facts({}, {})
    after = ({"role": "replica", "timeline": 3}, {"role": "leader", "timeline": 3})
    done = facts(*after)
    assert SWITCHOVER.verify.held(before, done, {})
    assert FAILOVER.verify.held(before, done, {})
    late = facts({**after[0], "timeline": 2}, after[1])
    assert not SWITCHOVER.verify.held(before, late, {}), "the old leader does not follow"
    assert FAILOVER.verify.held(before, late, {})
    starting = facts(after[0], {**after[1], "state": "starting"})
    for action in (SWITCHOVER, FAILOVER):
        assert not action.verify.held(before, before, {})
        assert not action.verify.held(before, starting, {})
        assert not action.verify.held(before, None, {})


def test_answers_to_a_look() -> None:
    with pytest.raises(Gone):
        SWITCHOVER.look.read(thing(name="n9"), 0, whole(LEADER))
    with pytest.raises(Unsupported, match="says 401"):
        SWITCHOVER.look.read(thing(name="n2"), 401, b"401 \nno auth")
    with pytest.raises(Unsupported):
        PAUSE.look.read(thing(scope="try"), 503, b"503 \n")
    with pytest.raises(Malformed):
        PAUSE.look.read(thing(scope="try"), 0, b"200 \n[]")


def node(**said: object) -> Facts:
    """Facts of the member that is asked, a replica unless said."""
    document = recorded("patroni-4") | said
    return PAUSE.look.read(thing(scope="try"), 0, b"200 \n" + json.dumps(document).encode())


def test_a_pause_and_its_end() -> None:
    here = thing(scope="try")
    off, on = node(pause=False), node(pause=True)
    assert PAUSE.bars(here, off, {}) == ""
    assert PAUSE.bars(here, on, {}) == "it is paused already"
    assert RESUME.bars(here, off, {}) == "it is not paused"
    assert RESUME.bars(here, on, {}) == ""
    assert [step.argv for step in PAUSE.steps(here, off, {})] == [
        ("PATCH", "/config", '{"pause": true}')
    ]
    assert [step.argv for step in RESUME.steps(here, on, {})] == [
        ("PATCH", "/config", '{"pause": null}')
    ]
    for action, other in ((PAUSE, RESUME), (RESUME, PAUSE)):
        undo = action.undo(here, off, {})
        assert undo is not None
        assert undo.action == other.id
        assert [one.pins for one in undo.things] == [()], "the target itself, as `act` names it"
    assert PAUSE.verify.held(off, on, {})
    assert not PAUSE.verify.held(off, off, {})
    assert RESUME.verify.held(on, off, {})
    assert not RESUME.verify.held(on, None, {})


def test_a_restart_only_when_one_is_pending() -> None:
    here = thing(scope="try")
    before = node()
    assert RESTART.bars(here, before, {}) == ""
    assert RESTART.bars(here, node(pending_restart=False), {}) == "no restart is pending"
    assert RESTART.bars(here, node(state="starting"), {}) == "it is starting"
    assert "n1, which is replica," in RESTART.effect(here, before, {})
    later = node(postmaster_start_time="2026-11-29 05:00:00+00:00", pending_restart=False)
    assert RESTART.verify.held(before, later, {})
    assert not RESTART.verify.held(before, node(pending_restart=False), {})
    assert not RESTART.verify.held(before, node(state="starting", postmaster_start_time=None), {})


def test_only_a_replica_is_copied_anew() -> None:
    here = thing(scope="try")
    before = node()
    assert REINITIALIZE.bars(here, before, {}) == ""
    for role in ("master", "primary", "standby_leader"):
        assert "it leads" in REINITIALIZE.bars(here, node(role=role), {})
    assert "nobody leads" in REINITIALIZE.bars(here, node(cluster_unlocked=True), {})
    assert REINITIALIZE.bars(here, node(state="creating replica"), {}) == "it is copied already"
    assert "all data of n1 is removed" in REINITIALIZE.effect(here, before, {})
    later = {"postmaster_start_time": "2026-11-29 05:00:00+00:00"}
    assert REINITIALIZE.verify.held(before, node(**later), {})
    assert not REINITIALIZE.verify.held(before, node(**later, replication_state="starting"), {})
    assert not REINITIALIZE.verify.held(before, node(**later, role="primary"), {})
    assert not REINITIALIZE.verify.held(before, before, {})
