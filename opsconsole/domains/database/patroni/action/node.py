"""The cluster as a whole, and the member whose API this is: pause, restart, copy anew."""

import json
from collections.abc import Callable

from opsconsole.clean import clean
from opsconsole.domains.database.patroni import shape
from opsconsole.domains.database.patroni.action.leader import body
from opsconsole.domains.devops import wire
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

SECONDS = 60.0
"""For one call: a restart is answered when the server is there again."""

Steps = Callable[[Thing, Facts, Arguments], tuple[Step, ...]]
Held = Callable[[Facts, Facts | None, Arguments], bool]


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of the member that is asked."""
    one = wire.document(body(thing, status, out), shape.Node)
    return {
        "scope": clean(one.patroni.scope),
        "name": clean(one.patroni.name),
        "role": clean(one.role, 40),
        "state": clean(one.state, 60),
        "replication": clean(one.replication, 40),
        "started": clean(shape.text(one.started), 60),
        "leads": "yes" if one.leads else "",
        "unlocked": "yes" if one.unlocked else "",
        "paused": "yes" if one.pause else "",
        "pending": "yes" if one.pending else "",
    }


def _call(method: str, path: str, said: object) -> Steps:
    def steps(_thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
        return (Step((method, path, json.dumps(said)), SECONDS, root=False),)

    return steps


def _undo(action: str) -> Callable[[Thing, Facts, Arguments], Undo]:
    def undo(thing: Thing, _facts: Facts, _arguments: Arguments) -> Undo:
        return Undo(action, (Thing(thing.target, (), thing.name),))

    return undo


def _is(paused: bool) -> Held:
    def held(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
        return now is not None and bool(now["paused"]) is paused

    return held


def _anew(before: Facts, now: Facts | None) -> bool:
    """Whether the server runs, and was started since."""
    return (
        now is not None
        and now["state"] == "running"
        and now["started"] not in {"", before["started"]}
    )


def _restarted(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and _anew(before, now) and not now["pending"]


def _copied(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    streams = now is not None and not now["leads"] and now["replication"] in {"", "streaming"}
    return streams and _anew(before, now)


def _restart_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if not facts["pending"]:
        return "no restart is pending"
    return "" if facts["state"] == "running" else f"it is {facts['state']}"


def _copy_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["leads"]:
        return "it leads: its data is what the others are copied from"
    if facts["unlocked"]:
        return "nobody leads: there is nobody to copy from"
    return "it is copied already" if facts["state"] == "creating replica" else ""


def _cut(thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    who = f"{facts['name'] or thing.target}, which is {facts['role'] or 'in no known role'},"
    return f"PostgreSQL of {who} restarts: its sessions are cut off, and new ones wait"


LOOK = Look(lambda _thing: ("GET", "/patroni"), read)

PAUSE = Action(
    id="patroni.pause",
    title="Pause failover",
    letter="h",
    about="Has Patroni keep its hands off all servers: if the leader dies, nobody takes over.",
    probes=(),
    pins=("scope",),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_call("PATCH", "/config", {"pause": True}),
    effect=lambda _thing, facts, _arguments: (
        f"nobody takes over in {facts['scope']} until `patroni.resume`; servers may be restarted"
    ),
    verify=Verify("the member that is asked is paused", _is(True), 60.0),
    timeout=SECONDS,
    expected_s=10.0,
    bars=lambda _thing, facts, _arguments: "it is paused already" if facts["paused"] else "",
    undo=_undo("patroni.resume"),
)

RESUME = Action(
    id="patroni.resume",
    title="Resume failover",
    letter="r",
    about="Has Patroni run the cluster again: if nobody leads well, another member takes over.",
    probes=(),
    pins=("scope",),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_call("PATCH", "/config", {"pause": None}),
    effect=lambda _thing, facts, _arguments: (
        f"Patroni runs {facts['scope']} again, and repairs at once what it finds wrong"
    ),
    verify=Verify("the member that is asked is not paused", _is(False), 60.0),
    timeout=SECONDS,
    expected_s=10.0,
    bars=lambda _thing, facts, _arguments: "" if facts["paused"] else "it is not paused",
    undo=_undo("patroni.pause"),
)

RESTART = Action(
    id="patroni.restart",
    title="Restart PostgreSQL",
    letter="t",
    about="Restarts the server of the member that is asked, for which a restart is pending.",
    probes=(),
    pins=("scope",),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_call("POST", "/restart", {"restart_pending": True}),
    effect=_cut,
    verify=Verify("it runs since a later moment, and no restart is pending", _restarted, 180.0),
    timeout=SECONDS,
    expected_s=15.0,
    bars=_restart_bars,
)

REINITIALIZE = Action(
    id="patroni.reinitialize",
    title="Copy it anew",
    letter="Z",
    about="Removes all data of the replica that is asked, and copies it from the leader.",
    probes=(),
    pins=("scope",),
    weight=Weight.LOSING,
    look=LOOK,
    steps=_call("POST", "/reinitialize", {"force": False}),
    effect=lambda thing, facts, _arguments: (
        f"all data of {facts['name'] or thing.target} is removed; it serves nobody until a copy of"
        " all of the leader's is there"
    ),
    verify=Verify("it runs as a replica since a later moment", _copied, 600.0),
    timeout=SECONDS,
    expected_s=120.0,
    bars=_copy_bars,
)
