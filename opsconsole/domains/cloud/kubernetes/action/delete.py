"""Delete one object of any kind, and wait until what holds it lets it go."""

from opsconsole.domains.cloud.kubernetes.action.call import (
    KIND_PINS,
    SECONDS,
    deleted,
    needs_of,
    nothing_more,
    rehearsed,
    says,
)
from opsconsole.domains.cloud.kubernetes.action.edit import named_any
from opsconsole.domains.cloud.kubernetes.place import (
    MOST,
    Place,
    controller,
    document,
    identity,
    listed,
    place,
    text,
    within,
)
from opsconsole.errors import Refused
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Argument, Arguments, Facts, Look, Verify, Weight


def where(thing: Thing) -> Place:
    """Where it is; raises `Refused`."""
    if not dict(thing.pins).get("kind"):
        how = "name it as KIND/NAMESPACE/NAME, or as KIND/NAME"
        raise Refused(f"{thing.target}: {thing.name}: {how}", "unknown")
    return place(thing)


def _read(thing: Thing, status: int, out: bytes) -> Facts:
    found = document(thing, status, out)
    meta = within(found, "metadata")
    return {
        **identity(found),
        "owner": controller(found),
        "deleted": text(meta, "deletionTimestamp"),
        "finalizers": listed([str(one) for one in meta.get("finalizers") or ()])[:200],
    }


def _steps(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    how = {"yes": "Background", "no": "Orphan"}[arguments.get("dependents", "yes")]
    return (deleted(where(thing), facts, propagationPolicy=how),)


def _bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if not facts["deleted"]:
        return ""
    held = f"; it is held by {facts['finalizers']}" if facts["finalizers"] else ""
    return f"it is being deleted already, since {facts['deleted']}{held}"


_HOLDS = {"namespaces": "all that is in it", "customresourcedefinitions": "all objects of its kind"}


def _effect(thing: Thing, facts: Facts, arguments: Arguments) -> str:
    rest = "goes too" if arguments.get("dependents", "yes") == "yes" else "stays, without an owner"
    said = f"it is gone for good; what it owns {rest}"
    if inside := _HOLDS.get(where(thing).kind.plural):
        said += f"; {inside} goes with it"
    if facts["owner"]:
        said += f"; {facts['owner']} may make another one"
    return f"{said}; first {facts['finalizers']} must let it go" if facts["finalizers"] else said


def _gone(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is None or now["uid"] != before["uid"]


DELETE = Action(
    id="kubernetes.delete-object",
    title="Delete the object",
    letter="D",
    about="Takes an object of any kind away, with what it owns unless that is to stay.",
    probes=("kubernetes.object",),
    pins=KIND_PINS,
    weight=Weight.LOSING,
    look=Look(lambda thing: ("GET", where(thing).path()), _read, most=MOST),
    steps=_steps,
    effect=_effect,
    verify=Verify("it is gone", _gone, 120.0),
    timeout=SECONDS,
    expected_s=5.0,
    bars=_bars,
    preview=rehearsed(_steps, nothing_more),
    needs=needs_of(where, "delete"),
    says=says,
    named=named_any,
    arguments=(Argument("dependents", "With what it owns", ("yes", "no"), "yes"),),
)
