"""What can be done at a car park: open the barrier of a lane once."""

import msgspec

from opsconsole.clean import clean, clean_bytes
from opsconsole.errors import Gone, Malformed, Unsupported
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

SECONDS = 30.0
"""For one call."""

_SHOWN = ("name", "state", "direction", "barrier", "loop")


class _Told(msgspec.Struct):
    fields: dict[str, str | float]
    opens: bool


def _lane(thing: Thing) -> str:
    return dict(thing.pins).get("lane", "")


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """What is told of a lane; raises `Gone` where nothing is."""
    if not _lane(thing):
        raise Gone(f"{thing.target}: no lane is named")
    if status:
        raise Unsupported(f"{thing.target}: {_lane(thing)}: {clean_bytes(out, 160)}")
    try:
        told = msgspec.json.decode(out, type=_Told)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"{thing.target}: {clean(str(error), 120)}") from None
    facts = {name: clean(str(told.fields.get(name, "")), 80) for name in _SHOWN}
    return {"lane": clean(_lane(thing)), **facts, "_opens": "yes" if told.opens else ""}


def _bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if not facts["_opens"]:
        return "the map of its target has no [call.open]"
    if not facts["barrier"]:
        return "no page tells the state of its barrier, so that nothing would prove it"
    if facts["state"] in {"offline", "fault"}:
        return f"the lane is {facts['state']}: its controller would not hear it"
    return "its barrier is open already" if facts["barrier"] == "open" else ""


OPEN = Action(
    id="parking.open-barrier",
    title="Open the barrier once",
    letter="v",
    about="Has the barrier of a lane open once; it closes by itself as its controller is set.",
    probes=("parking.lane",),
    pins=("lane",),
    weight=Weight.NOTICED,
    look=Look(lambda thing: ("READ", _lane(thing)), read),
    steps=lambda thing, _facts, _arguments: (Step(("OPEN", _lane(thing)), SECONDS, root=False),),
    effect=lambda _thing, facts, _arguments: (
        f"whoever stands at {facts['name'] or facts['lane']} drives through, paid or not"
    ),
    verify=Verify(
        "its barrier is told to be open",
        lambda _before, now, _arguments: now is not None and now["barrier"] == "open",
        60.0,
    ),
    timeout=SECONDS,
    expected_s=5.0,
    fits=lambda row: row.get("opens") == "yes" and row.get("barrier") != "open",
    bars=_bars,
    says=lambda status, out: (
        f"status {status}: {clean_bytes(b' '.join(out.partition(b' ')[2].split()), 160)}"
    ),
)

ACTIONS = (OPEN,)
