"""Undo a rollout: have a workload run the template of an earlier revision again."""

import difflib
import hashlib
import json
from collections.abc import Sequence
from itertools import islice

from opsconsole.domains.cloud.kubernetes.action.call import (
    KIND_PINS,
    SECONDS,
    again,
    needs_of,
    patched,
    rehearsed,
    says,
)
from opsconsole.domains.cloud.kubernetes.action.workload import ROLLED, read, workload
from opsconsole.domains.cloud.kubernetes.emit import emitted
from opsconsole.domains.cloud.kubernetes.place import (
    MOST,
    Json,
    document,
    many,
    named,
    spelled,
    text,
    whole,
    within,
)
from opsconsole.domains.cloud.kubernetes.workload import REVISION
from opsconsole.errors import Unsupported
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Look, Verify, Weight

_HASH = "pod-template-hash"
DIFF_LINES = 200


def _plain(template: Json) -> Json:
    """A template without what its keeper put there."""
    meta = within(template, "metadata")
    labels = {key: value for key, value in within(meta, "labels").items() if key != _HASH}
    found = {key: value for key, value in template.items() if key != "$patch"}
    kept = {key: value for key, value in meta.items() if key not in {"labels", "creationTimestamp"}}
    kept |= {"labels": labels} if labels else {}
    return {**found, "metadata": kept}


def _print(template: Json) -> str:
    raw = json.dumps(template, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(raw.encode()).hexdigest()[:16]


def _read(thing: Thing, status: int, out: bytes) -> Facts:
    found = document(thing, status, out)
    spec = within(found, "spec")
    template = _plain(within(spec, "template"))
    return {
        **read(thing, status, out),
        "template": _print(template),
        "_template": json.dumps(template),
        "_selector": spelled(within(spec, "selector")),
    }


def _revisions(thing: Thing, facts: Facts) -> tuple[Look, ...]:
    at = workload(thing)
    kept = "ReplicaSet" if at.kind.kind == "Deployment" else "ControllerRevision"
    path = at.beside(kept, labelSelector=facts["_selector"])

    def known(one: Thing, status: int, out: bytes) -> Facts:
        found = document(one, status, out, "its revisions")
        templates = _templates(found, facts["uid"])
        current = next(
            (rev for rev, each in reversed(templates.items()) if _print(each) == facts["template"]),
            0,
        )
        said = [str(number) for number in templates]
        return {
            "revision": str(current or ""),
            "revisions": ", ".join(said[-20:]),
            "_templates": json.dumps(templates),
        }

    return (Look(lambda _thing: ("GET", path), known, most=MOST),)


def _templates(found: Json, uid: str) -> dict[int, Json]:
    """Templates by revision, of what this very workload keeps, the newest last."""
    templates: dict[int, Json] = {}
    for one in many(found, "items"):
        if not any(text(own, "uid") == uid for own in many(one, "metadata", "ownerReferences")):
            continue
        mark = text(within(one, "metadata", "annotations"), REVISION)
        number = int(mark) if mark.isdecimal() and len(mark) < 10 else whole(one, "revision")
        spec = within(one, "spec") or within(one, "data", "spec")
        if number > 0 and within(spec, "template"):
            templates[number] = _plain(within(spec, "template"))
    return dict(sorted(templates.items()))


def _chosen(facts: Facts, arguments: Arguments) -> tuple[int, Json]:
    """The revision that is meant and its template; 0 when there is none."""
    raw = json.loads(facts["_templates"])
    templates: dict[int, Json] = {int(number): one for number, one in raw.items()}
    if said := arguments.get("revision", ""):
        return (int(said), templates[int(said)]) if int(said) in templates else (0, {})
    others = [number for number, one in templates.items() if _print(one) != facts["template"]]
    return (others[-1], templates[others[-1]]) if others else (0, {})


def _bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["paused"]:
        return "its rollout is paused: `kubernetes.resume-rollout` first"
    if facts["owner"]:
        return f"{facts['owner']} keeps it: change that"
    number, template = _chosen(facts, arguments)
    if not number:
        said = arguments.get("revision", "")
        what = f"there is no revision {said}" if said else "there is no other revision"
        return f"{what}; there are: {facts['revisions'] or 'none'}"
    return "it runs that already" if _print(template) == facts["template"] else ""


def _steps(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    number, template = _chosen(facts, arguments)
    if not number:
        raise Unsupported(f"{thing.target}: {thing.name}: that revision is gone")
    change = {"op": "replace", "path": "/spec/template", "value": template}
    return (patched(workload(thing), facts, change),)


def _diff(_thing: Thing, facts: Facts, arguments: Arguments) -> Sequence[str]:
    number, template = _chosen(facts, arguments)
    before, after = emitted(json.loads(facts["_template"])), emitted(template)
    names = f"now (revision {facts['revision'] or 'not kept'})", f"revision {number}"
    lines = difflib.unified_diff(before[:5000], after[:5000], *names, lineterm="", n=1)
    return list(islice(lines, DIFF_LINES))


def _effect(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    number, _ = _chosen(facts, arguments)
    return f"all its {facts['pods']} pods are replaced by pods of revision {number}, in order"


def _held(before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    if now is None or not now["rolled out"]:
        return False
    return now["template"] == _print(_chosen(before, arguments)[1])


def _undo(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo | None:
    if not facts["revision"]:
        return None
    return Undo("kubernetes.undo-rollout", (again(thing),), {"revision": facts["revision"]})


def _check(value: str) -> str:
    fits = not value or (value.isdecimal() and len(value) < 10 and int(value) > 0)
    return "" if fits else "the number of a revision; empty is the one before"


UNDO = Action(
    id="kubernetes.undo-rollout",
    title="Undo the rollout",
    letter="b",
    about="Has a workload run the template of an earlier revision again.",
    probes=ROLLED,
    pins=KIND_PINS,
    weight=Weight.NOTICED,
    look=Look(lambda thing: ("GET", workload(thing).path()), _read, then=_revisions, most=MOST),
    steps=_steps,
    effect=_effect,
    verify=Verify("all pods are of that revision's template and available", _held, 600.0),
    timeout=SECONDS,
    expected_s=60.0,
    bars=_bars,
    undo=_undo,
    preview=rehearsed(_steps, _diff),
    needs=needs_of(workload, "patch"),
    says=says,
    named=named,
    arguments=(Argument("revision", "Revision; empty is the one before", check=_check),),
)
