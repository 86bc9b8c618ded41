"""What can be done to a Modbus device: write a setpoint, switch a coil; both within its map."""

import msgspec

from opsconsole.clean import clean, clean_bytes
from opsconsole.errors import Gone, Malformed, Unsupported
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Look, Verify, Weight

SECONDS = 20.0
"""For one call."""

STAYS = "it stays so when this console exits"


class Told(msgspec.Struct):
    """What the transport tells of a point."""

    point: str
    name: str
    value: float | None
    raw: float | str | None
    unit: str
    source: str
    resolution: float
    written_by: int
    low: float
    high: float
    step: float | None
    pause_s: float
    before: float | None


def _key(thing: Thing) -> str:
    return dict(thing.pins).get("point", "")


def read_point(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of a point; raises `Gone` where there is none."""
    if not _key(thing):
        raise Gone(f"{thing.target}: no point is named")
    if status:
        raise Unsupported(f"{thing.target}: {_key(thing)}: {clean_bytes(out, 120)}")
    try:
        told = msgspec.json.decode(out, type=Told)
    except msgspec.DecodeError as error:
        raise Malformed(f"{thing.target}: {clean(str(error), 120)}") from None
    return {
        "point": told.point,
        "name": told.name,
        "value": "" if told.value is None else repr(told.value),
        "unit": told.unit,
        "lowest": f"{told.low:.9g}" if told.written_by else "",
        "highest": f"{told.high:.9g}" if told.written_by else "",
        "largest step": "" if told.step is None else f"{told.step:g}",
        "stands at": told.source,
        "_step": "" if told.step is None else repr(told.step),
        "_pause": f"{told.pause_s:.0f}",
        "_before": "" if told.before is None else repr(told.before),
        "_code": str(told.written_by),
        "_resolution": repr(told.resolution),
    }


def number(said: str) -> str:
    """Say what is wrong with a number; nothing when it is one."""
    try:
        return "" if not said or abs(float(said)) <= 1e12 else "a number that can be"
    except ValueError:
        return "a number, in the unit that is shown"


def _wanted(facts: Facts, arguments: Arguments) -> float:
    """What shall be there; what is there while nobody said it."""
    return float(arguments.get("value") or facts["value"] or 0.0)


def _clamp(facts: Facts) -> tuple[float, float]:
    return float(facts["lowest"]), float(facts["highest"])


def _setpoint_bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["_code"] not in {"6", "16"}:
        return "the map gives it no `write`: it is only read"
    if not arguments.get("value"):
        return ""
    wanted, (low, high) = _wanted(facts, arguments), _clamp(facts)
    if not low <= wanted <= high:
        clamp = f"{low:g} to {high:g} {facts['unit']}".strip()
        return f"{wanted:g} is outside of {clamp}, the clamp of its map"
    return _paced(facts, wanted)


def _paced(facts: Facts, wanted: float) -> str:
    if facts["_before"] and wanted == float(facts["_before"]):
        return ""
    if facts["_pause"] != "0":
        return f"it was written just now; its map wants {facts['_pause']} s more between two"
    if facts["value"] and wanted == float(facts["value"]):
        return f"it is {wanted:g} already"
    if facts["_step"] and facts["value"]:
        step = abs(wanted - float(facts["value"]))
        if step > float(facts["_step"]) * 1.000001:
            return f"from {facts['value']} to {wanted:g} is more than {facts['largest step']}"
    return ""


def _write(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    words = ("WRITE", _key(thing), repr(_wanted(facts, arguments)))
    return (Step(words, SECONDS, root=False),)


def _effect(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    had = facts["value"] or "an unknown value"
    unit = facts["unit"]
    what = f"{facts['name']} goes from {had} to {_wanted(facts, arguments):g} {unit}".strip()
    return f"{what}; {STAYS}"


def _held(before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    if now is None or not now["value"]:
        return False
    wanted = _wanted(before, arguments)
    near = max(0.51 * float(now["_resolution"]), 1e-6 * abs(wanted))
    return abs(float(now["value"]) - wanted) <= near


def _back(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo | None:
    """What it had; nothing, where that is outside of the clamp."""
    if not facts["value"]:
        return None
    low, high = _clamp(facts)
    fits = low <= float(facts["value"]) <= high
    return Undo("modbus.write-setpoint", (thing,), {"value": facts["value"]}) if fits else None


LOOK = Look(lambda thing: ("READ", _key(thing)), read_point)

SETPOINT = Action(
    id="modbus.write-setpoint",
    title="Write a setpoint",
    letter="w",
    about="Writes a value into the register of a setpoint, within the clamp of its map.",
    probes=("modbus.point",),
    pins=("point",),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_write,
    effect=_effect,
    verify=Verify("the register reads back as it was written", _held, 20.0),
    timeout=SECONDS,
    expected_s=3.0,
    fits=lambda row: row.get("takes") == "setpoint",
    bars=_setpoint_bars,
    undo=_back,
    arguments=(Argument("value", "Value, in its unit", check=number, required=True),),
)


def _to(facts: Facts, arguments: Arguments) -> str:
    """The other way, unless one is named."""
    said = arguments.get("to", "other")
    if said != "other":
        return said
    return "off" if facts["value"] and float(facts["value"]) else "on"


def _switch_bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["_code"] != "5":
        return "the map gives it no `write`: it is only read"
    to = "1.0" if _to(facts, arguments) == "on" else "0.0"
    if facts["value"] and float(facts["value"]) == float(to):
        return f"it is {_to(facts, arguments)} already"
    if facts["_pause"] != "0" and facts["_before"] != to:
        return f"it was switched just now; its map wants {facts['_pause']} s more between two"
    return ""


def _switch(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    value = "1" if _to(facts, arguments) == "on" else "0"
    return (Step(("WRITE", _key(thing), value), SECONDS, root=False),)


def _switched(before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    if now is None or not now["value"]:
        return False
    return (float(now["value"]) != 0) is (_to(before, arguments) == "on")


def _other(thing: Thing, facts: Facts, arguments: Arguments) -> Undo | None:
    if not facts["value"]:
        return None
    to = "off" if _to(facts, arguments) == "on" else "on"
    return Undo("modbus.switch-coil", (thing,), {"to": to})


SWITCH = Action(
    id="modbus.switch-coil",
    title="Switch it on or off",
    letter="s",
    about="Switches a coil that the map lets be switched.",
    probes=("modbus.point",),
    pins=("point",),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_switch,
    effect=lambda _thing, facts, arguments: (
        f"{facts['name']} is switched {_to(facts, arguments)}; {STAYS}"
    ),
    verify=Verify("the coil reads back as it was switched", _switched, 20.0),
    timeout=SECONDS,
    expected_s=3.0,
    fits=lambda row: row.get("takes") == "switch",
    bars=_switch_bars,
    undo=_other,
    arguments=(Argument("to", "Which way", choices=("other", "on", "off"), default="other"),),
)

ACTIONS = (SETPOINT, SWITCH)
