"""Nodes: take no more pods, take them again, and marks that keep pods away."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any  # values of JSON

from opsconsole.domains.cloud.kubernetes.action.call import (
    SECONDS,
    Steps,
    again,
    always,
    barred_if,
    barred_unless,
    needing,
    nothing_more,
    patched,
    rehearsed,
    says,
    set_to,
    undoing,
)
from opsconsole.domains.cloud.kubernetes.place import (
    Json,
    document,
    identity,
    listed,
    many,
    named,
    place,
    text,
    within,
)
from opsconsole.model import Value
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Look, Verify, Weight

PROBES = ("kubernetes.node",)
NODE_PINS = ("name", "uid")

_TAINT = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._/-]{0,252})(?:=([A-Za-z0-9._-]{0,63}))?"
    r":(NoSchedule|PreferNoSchedule|NoExecute)"
)
_OWN = "node.kubernetes.io/"


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of a node."""
    node = document(thing, status, out)
    ready = [one for one in many(node, "status", "conditions") if one.get("type") == "Ready"]
    taints = many(node, "spec", "taints")
    return {
        **identity(node),
        "ready": text(ready[0], "status") if ready else "",
        "cordoned": text(within(node, "spec"), "unschedulable"),
        "taints": listed([_spelled(one) for one in taints], 20),
        "_taints": json.dumps(taints),
    }


LOOK = Look(lambda thing: ("GET", place(thing, "Node").path()), read)


def cordoning(value: bool) -> Steps:
    """One call that has a node take no pods, or take them again."""

    def steps(thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
        return (patched(place(thing, "Node"), facts, set_to("/spec/unschedulable", value)),)

    return steps


def _is(value: bool) -> Callable[[Facts, Facts | None, Arguments], bool]:
    def held(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
        return now is not None and bool(now["cordoned"]) is value

    return held


def _open(row: Mapping[str, Value]) -> bool:
    return row.get("cordoned") is not True


def _shut(row: Mapping[str, Value]) -> bool:
    return row.get("cordoned") is not False


CORDON = Action(
    id="kubernetes.cordon",
    title="Cordon",
    letter="c",
    about="Has a node take no more pods; those that are there stay.",
    probes=PROBES,
    pins=NODE_PINS,
    weight=Weight.REVERSIBLE,
    look=LOOK,
    steps=cordoning(True),
    effect=always("no pod is placed there; those that are there stay"),
    verify=Verify("it takes no pods", _is(True), 30.0),
    timeout=SECONDS,
    expected_s=2.0,
    fits=_open,
    bars=barred_if("cordoned", "it is cordoned already"),
    undo=undoing("kubernetes.uncordon"),
    preview=rehearsed(cordoning(True), nothing_more),
    needs=needing("patch", "Node"),
    says=says,
    named=named,
)

UNCORDON = replace(
    CORDON,
    id="kubernetes.uncordon",
    title="Uncordon",
    letter="n",
    about="Has a node take pods again.",
    steps=cordoning(False),
    effect=always("pods that wait for a node are placed there"),
    verify=Verify("it takes pods", _is(False), 30.0),
    fits=_shut,
    bars=barred_unless("cordoned", "it is not cordoned"),
    undo=undoing("kubernetes.cordon"),
    preview=rehearsed(cordoning(False), nothing_more),
)


def _spelled(taint: Json) -> str:
    value = f"={text(taint, 'value')}" if taint.get("value") else ""
    return f"{text(taint, 'key')}{value}:{text(taint, 'effect')}"


def _check(value: str) -> str:
    return "" if _TAINT.fullmatch(value) else "KEY=VALUE:NoSchedule, PreferNoSchedule or NoExecute"


def _meant(arguments: Arguments) -> Json:
    found = _TAINT.fullmatch(arguments.get("taint", ""))
    if found is None:
        return {}
    value = {"value": found[2]} if found[2] else {}
    return {"key": found[1], **value, "effect": found[3]}


def _same(one: Json, other: Json) -> bool:
    """By key and effect, as the API tells them apart."""
    return all(one.get(key) == other.get(key) for key in ("key", "effect"))


def _written(thing: Thing, facts: Facts, taints: list[Json]) -> tuple[Step, ...]:
    """All taints, if they are still those that were seen: others change them, too."""
    path, had = "/spec/taints", json.loads(facts["_taints"])
    seen: list[dict[str, Any]] = [{"op": "test", "path": path, "value": had}] if had else []
    return (patched(place(thing, "Node"), facts, *seen, set_to(path, taints)),)


def _taint(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    new = _meant(arguments)
    return _written(thing, facts, [*json.loads(facts["_taints"]), new])


def _taint_bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    new = _meant(arguments)
    if str(new.get("key", "")).startswith(_OWN):
        return f"{_OWN}* is the node controller's own"
    had = [one for one in json.loads(facts["_taints"]) if _same(one, new)]
    return f"it has {_spelled(had[0])} already" if had else ""


def _tainted(_before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    new = _meant(arguments)
    return now is not None and any(_same(one, new) for one in json.loads(now["_taints"]))


def _keeps_away(_thing: Thing, _facts: Facts, arguments: Arguments) -> str:
    if arguments.get("taint", "").endswith(":NoExecute"):
        return "pods that do not tolerate it are evicted at once, whatever their budgets say"
    return "pods that do not tolerate it are not placed there; those that are there stay"


def _untaint_undo(thing: Thing, _facts: Facts, arguments: Arguments) -> Undo:
    return Undo("kubernetes.untaint", (again(thing),), {"taint": arguments["taint"]})


TAINT = Action(
    id="kubernetes.taint",
    title="Taint",
    letter="t",
    about="Keeps pods off a node unless they tolerate its mark.",
    probes=PROBES,
    pins=NODE_PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_taint,
    effect=_keeps_away,
    verify=Verify("it has that taint", _tainted, 30.0),
    timeout=SECONDS,
    expected_s=2.0,
    bars=_taint_bars,
    undo=_untaint_undo,
    preview=rehearsed(_taint, nothing_more),
    needs=needing("patch", "Node"),
    says=says,
    named=named,
    arguments=(Argument("taint", "Taint", default="maintenance=yes:NoSchedule", check=_check),),
)


def _going(facts: Facts, arguments: Arguments) -> list[Json]:
    """What is taken: what is named, or the only one that is not the node controller's."""
    had: list[Json] = json.loads(facts["_taints"])
    said = arguments.get("taint", "")
    if said:
        return [one for one in had if said in {_spelled(one), text(one, "key")}]
    return [one for one in had if not text(one, "key").startswith(_OWN)]


def _untaint(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    going = _going(facts, arguments)
    return _written(thing, facts, [one for one in json.loads(facts["_taints"]) if one not in going])


def _untaint_bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    going = _going(facts, arguments)
    if any(text(one, "key").startswith(_OWN) for one in going):
        return f"the node controller sets {_spelled(going[0])}, and would set it again"
    if not going:
        return f"it has no such taint; it has: {facts['taints'] or 'none'}"
    return f"say which: {facts['taints']}" if len(going) > 1 else ""


def _untainted(before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    return now is not None and not any(
        one in json.loads(now["_taints"]) for one in _going(before, arguments)
    )


def _known(value: str) -> str:
    fits = not value or _TAINT.fullmatch(value) or re.fullmatch(r"[A-Za-z0-9._/-]{1,253}", value)
    return "" if fits else "KEY, or KEY=VALUE:EFFECT; empty is the only one it has"


def _lets_in(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    return f"{', '.join(map(_spelled, _going(facts, arguments)))} is gone: pods are placed there"


def _taint_undo(thing: Thing, facts: Facts, arguments: Arguments) -> Undo | None:
    """Where it is known which one went: it was named in full, or there was no other."""
    for said in (arguments["taint"], facts["taints"]):
        if _TAINT.fullmatch(said):
            return Undo("kubernetes.taint", (again(thing),), {"taint": said})
    return None


UNTAINT = replace(
    TAINT,
    id="kubernetes.untaint",
    title="Remove a taint",
    letter="m",
    about="Takes a mark off a node, so that pods are placed there again.",
    weight=Weight.REVERSIBLE,
    steps=_untaint,
    effect=_lets_in,
    verify=Verify("it has that taint no more", _untainted, 30.0),
    bars=_untaint_bars,
    undo=_taint_undo,
    preview=rehearsed(_untaint, nothing_more),
    arguments=(Argument("taint", "Taint; empty is its only one", check=_known),),
)
