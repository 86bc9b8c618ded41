"""Have another member lead: in order, or when nobody does."""

import json
from collections.abc import Mapping

from opsconsole.clean import Clean, clean, clean_bytes
from opsconsole.domains.database.patroni import shape
from opsconsole.domains.database.patroni.probe import tags
from opsconsole.errors import Gone, Refused, Unsupported
from opsconsole.model import Value
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

SECONDS = 60.0
"""For one call: Patroni answers when another member leads, or after 20 s."""

NEAR = 1 << 20
"""Bytes behind that count as none: Patroni's own default of maximum_lag_on_failover."""

_NAMES = frozenset({"nofailover", "failover_priority=0"})


def _name(thing: Thing) -> str:
    name = dict(thing.pins).get("name", "")
    if not name or "\N{REPLACEMENT CHARACTER}" in name:
        raise Refused(f"{thing.target}: {str(clean(name))!r} is no name of a member", "unknown")
    return name


def body(thing: Thing, status: int, out: bytes) -> bytes:
    """The document of an answer; raises `Unsupported` for a refusal."""
    if status:
        raise Unsupported(f"{thing.target}: says {clean_bytes(b' '.join(out.split()), 160)}")
    return out.partition(b"\n")[2]


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of the member, and of who leads; raises `Gone` when there is no such member."""
    members, paused = shape.members_of(body(thing, status, out))
    one = next((one for one in members if one.name == _name(thing)), None)
    if one is None:
        raise Gone(f"{thing.target}: the cluster has no member {_name(thing)!r}")
    leader = next((one for one in members if one.leads), None)
    lines = [line for member in members if (line := shape.count(member.timeline)) is not None]
    lag = shape.count(one.lag)
    return {
        "name": clean(one.name),
        "role": clean(one.role, 40),
        "state": clean(one.state, 60),
        "timeline": shape.text(one.timeline),
        "lag": "" if lag is None else str(lag),
        "tags": tags(one),
        "leader": clean(leader.name) if leader else "",
        "leader_state": clean(leader.state, 60) if leader else "",
        "leader_timeline": shape.text(leader.timeline) if leader else "",
        "newest": str(max(lines, default=0)),
        "following": json.dumps(_following(members, leader)),
        "sync": "yes" if any(one.role.endswith("_standby") for one in members) else "",
        "paused": "yes" if paused else "",
    }


def _following(members: list[shape.Member], leader: shape.Member | None) -> list[str]:
    """Members that work on the leader's timeline."""
    return [
        clean(one.name)
        for one in members
        if leader and one is not leader and one.well and one.timeline == leader.timeline
    ]


def _cannot(facts: Facts) -> str:
    """Why this member can lead in no case."""
    if facts["leader"] == facts["name"]:
        return "it leads already"
    if facts["state"] not in shape.WELL:
        return f"it is {facts['state'] or 'in no known state'}: it must run"
    if any(tag in _NAMES for tag in facts["tags"].split(", ")):
        return f"its tags say that it must not lead: {facts['tags']}"
    return ""


def _switch_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if why := _cannot(facts):
        return why
    if not facts["leader"]:
        return "nobody leads that could hand over: `patroni.failover`"
    if facts["leader_state"] not in shape.WELL:
        return f"the leader is {facts['leader_state']}: `patroni.failover`"
    if facts["paused"]:
        return "the cluster is paused: `patroni.resume` first"
    if facts["timeline"] != facts["leader_timeline"]:
        return f"it is on timeline {facts['timeline']}, the leader on {facts['leader_timeline']}"
    if not facts["lag"]:
        return "how far it is behind is not known"
    if int(facts["lag"]) > NEAR:
        return f"it is {facts['lag']} bytes behind: wait until it caught up"
    if facts["sync"] and not facts["role"].endswith("_standby"):
        return "replication is synchronous, and it is no synchronous standby"
    return ""


def _fail_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if why := _cannot(facts):
        return why
    if facts["leader"] and facts["leader_state"] in shape.WELL:
        return f"{facts['leader']} leads and runs: `patroni.switchover` loses nothing"
    return ""


def _call(path: str, said: Mapping[str, str]) -> tuple[Step, ...]:
    return (Step(("POST", path, json.dumps(said)), SECONDS, root=False),)


def _switch(thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return _call("/switchover", {"leader": facts["leader"], "candidate": _name(thing)})


def _fail(thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return _call("/failover", {"candidate": _name(thing)})


def _switched(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return (
        now is not None
        and now["leader"] == before["name"]
        and now["leader_state"] in shape.WELL
        and before["leader"] in json.loads(now["following"])
    )


def _failed_over(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return (
        now is not None
        and now["leader"] == before["name"]
        and now["leader_state"] in shape.WELL
        and int(now["newest"]) > int(before["newest"])
    )


def _lost(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    behind = f"{facts['lag']} bytes" if facts["lag"] else "an unknown number of bytes"
    return (
        f"{facts['name']} leads, {behind} behind the last place that is known: what the old leader"
        " wrote and it does not have is lost for good"
    )


def _back(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo | None:
    old = facts["leader"]
    return Undo("patroni.switchover", (Thing(thing.target, (("name", old),), Clean(old)),))


def _replica(row: Mapping[str, Value]) -> bool:
    return row.get("role") not in {"leader", "standby leader"}


LOOK = Look(lambda _thing: ("GET", "/cluster"), read)

SWITCHOVER = Action(
    id="patroni.switchover",
    title="Have it lead",
    letter="w",
    about="Has the leader stop in order and this member take its place; nothing is lost.",
    probes=("patroni.member",),
    pins=("name",),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_switch,
    effect=lambda _thing, facts, _arguments: (
        f"{facts['leader']} stops and follows {facts['name']}: its sessions are cut off, and writes"
        " wait some seconds"
    ),
    verify=Verify("it leads and runs, and the old leader follows it", _switched, 180.0),
    timeout=SECONDS,
    expected_s=20.0,
    fits=_replica,
    bars=_switch_bars,
    undo=_back,
)

FAILOVER = Action(
    id="patroni.failover",
    title="Force it to lead",
    letter="O",
    about="Has this member lead although nobody hands over: what it does not have is lost.",
    probes=("patroni.member",),
    pins=("name",),
    weight=Weight.LOSING,
    look=LOOK,
    steps=_fail,
    effect=_lost,
    verify=Verify("it leads and runs, on a newer timeline", _failed_over, 180.0),
    timeout=SECONDS,
    expected_s=20.0,
    fits=_replica,
    bars=_fail_bars,
)
