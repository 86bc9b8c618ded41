"""The action that writes a setpoint of a field device, whatever wire it goes over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from opsconsole.clean import clean, clean_bytes
from opsconsole.errors import Gone, Malformed, Unsupported
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Look, Verify, Weight

SECONDS = 20.0
"""For one call."""

STAYS = "it stays so when this console exits"


class Told(msgspec.Struct):
    """What a transport tells of a point."""

    point: str
    name: str
    value: float | None
    unit: str
    source: str
    resolution: float
    takes: str
    """`setpoint`, `switch`, or nothing."""
    low: float
    high: float
    step: float | None
    pause_s: float
    before: float | None
    said: dict[str, str] = {}
    """What else there is to say of it, for the plan or for the action of one wire."""


def key(thing: Thing) -> str:
    """The point that is meant."""
    return dict(thing.pins).get("point", "")


def read_point(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of a point; raises `Gone` where there is none."""
    if not key(thing):
        raise Gone(f"{thing.target}: no point is named")
    if status:
        raise Unsupported(f"{thing.target}: {key(thing)}: {clean_bytes(out, 120)}")
    try:
        told = msgspec.json.decode(out, type=Told)
    except msgspec.DecodeError as error:
        raise Malformed(f"{thing.target}: {clean(str(error), 120)}") from None
    return {
        "point": told.point,
        "name": told.name,
        "value": "" if told.value is None else repr(told.value),
        "unit": told.unit,
        "lowest": f"{told.low:.9g}" if told.takes else "",
        "highest": f"{told.high:.9g}" if told.takes else "",
        "largest step": "" if told.step is None else f"{told.step:g}",
        "stands at": told.source,
        "_step": "" if told.step is None else repr(told.step),
        "_pause": f"{told.pause_s:.0f}",
        "_before": "" if told.before is None else repr(told.before),
        "_takes": told.takes,
        "_resolution": repr(told.resolution),
        **told.said,
    }


LOOK = Look(lambda thing: ("READ", key(thing)), read_point)


def wanted(facts: Facts, arguments: Arguments) -> float:
    """What shall be there; what is there while nobody said it."""
    return float(arguments.get("value") or facts["value"] or 0.0)


def bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    """Why a value must not be written now."""
    if facts["_takes"] != "setpoint":
        return "the map gives it no `write`: it is only read"
    if facts.get("_away"):
        return facts["_away"]
    if not arguments.get("value"):
        return ""
    value, low, high = wanted(facts, arguments), float(facts["lowest"]), float(facts["highest"])
    if not low <= value <= high:
        clamp = f"{low:g} to {high:g} {facts['unit']}".strip()
        return f"{value:g} is outside of {clamp}, the clamp of its map"
    return _paced(facts, value)


def _paced(facts: Facts, value: float) -> str:
    if facts["_before"] and value == float(facts["_before"]):
        return ""
    if facts["_pause"] != "0":
        return f"it was written just now; its map wants {facts['_pause']} s more between two"
    if facts["value"] and value == float(facts["value"]):
        return f"it is {value:g} already"
    if facts["_step"] and facts["value"]:
        step = abs(value - float(facts["value"]))
        if step > float(facts["_step"]) * 1.000001:
            return f"from {facts['value']} to {value:g} is more than {facts['largest step']}"
    return ""


def write(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    """The one call."""
    words = ("WRITE", key(thing), repr(wanted(facts, arguments)))
    return (Step(words, SECONDS, root=False),)


def goes(facts: Facts, arguments: Arguments) -> str:
    """From what to what."""
    had = facts["value"] or "an unknown value"
    unit = facts["unit"]
    return f"{facts['name']} goes from {had} to {wanted(facts, arguments):g} {unit}".strip()


def near(said: str, value: float, facts: Facts) -> bool:
    """Whether a number that was told is the one that was written, as exactly as it can be told."""
    allowed = max(0.51 * float(facts["_resolution"]), 1e-6 * abs(value))
    return bool(said) and abs(float(said) - value) <= allowed


def held(before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    """Whether it reads back as it was written."""
    return now is not None and near(now["value"], wanted(before, arguments), now)


def number(said: str) -> str:
    """Say what is wrong with a number; nothing when it is one."""
    try:
        return "" if not said or abs(float(said)) <= 1e12 else "a number that can be"
    except ValueError:
        return "a number, in the unit that is shown"


@dataclass(frozen=True, slots=True)
class Way:
    """What differs by wire."""

    kind: str
    about: str
    proof: str
    """When it worked."""
    stays: str = STAYS
    verify_s: float = 20.0
    bars: Callable[[Thing, Facts, Arguments], str] = bars
    held: Callable[[Facts, Facts | None, Arguments], bool] = held
    undo: Callable[[Thing, Facts, Arguments], Undo | None] | None = None
    """What it had, where that is within the clamp, unless it is given."""
    fits: Callable[[Mapping[str, object]], bool] = lambda row: row.get("takes") == "setpoint"


def setpoint(way: Way) -> Action:
    """The action `KIND.write-setpoint`, on rows of `KIND.point`."""

    def back(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo | None:
        if not facts["value"]:
            return None
        fits = float(facts["lowest"]) <= float(facts["value"]) <= float(facts["highest"])
        return (
            Undo(f"{way.kind}.write-setpoint", (thing,), {"value": facts["value"]})
            if fits
            else None
        )

    return Action(
        id=f"{way.kind}.write-setpoint",
        title="Write a setpoint",
        letter="w",
        about=way.about,
        probes=(f"{way.kind}.point",),
        pins=("point",),
        weight=Weight.NOTICED,
        look=LOOK,
        steps=write,
        effect=lambda _thing, facts, arguments: f"{goes(facts, arguments)}; {way.stays}",
        verify=Verify(way.proof, way.held, way.verify_s),
        timeout=SECONDS,
        expected_s=3.0,
        fits=way.fits,
        bars=way.bars,
        undo=way.undo or back,
        arguments=(Argument("value", "Value, in its unit", check=number, required=True),),
    )
