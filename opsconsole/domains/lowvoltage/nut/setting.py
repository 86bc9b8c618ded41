"""How a setting of a UPS is changed: transfer voltages, delays; and back to what it was."""

from opsconsole.clean import clean_bytes
from opsconsole.domains.lowvoltage.nut import look, shape
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Verify, Weight

SECONDS = 30.0
"""For one call, with what the driver makes of it."""


def says(status: int, out: bytes) -> str:
    """What upsd or the driver said."""
    said = clean_bytes(out, 120)
    if status:
        return f"refused: {said}"
    return {"OK": "upsd passed it on", "SUCCESS": "the driver did it"}.get(said, said)


LONGEST = 120
"""Letters of a value."""


def _value(value: str) -> str:
    return "" if len(value) <= LONGEST and value.isprintable() else "a line of 120 letters at most"


_VALUE = Argument("value", "its new value", check=_value, required=True)


def _writable(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    kind, value = facts["type"], arguments["value"]
    if "RW" not in kind.split():
        return "the device lets nobody set it"
    if not value:
        return ""  # the menu: no value was given yet
    if value == facts["value"]:
        return f"it is {value!r} already"
    if "NUMBER" in kind.split() and shape.number(value) is None:
        return f"{value!r} is no number"
    allowed = facts.get("allowed", "").split(" | ")
    if facts.get("allowed") and value not in allowed:
        return f"{value!r} is none of {', '.join(allowed)}"
    return _outside(facts.get("range", ""), value)


def _outside(said: str, value: str) -> str:
    spans = [part.split(" to ") for part in said.split(", ") if " to " in part]
    number = shape.number(value)
    if not spans:
        return ""
    if number is not None:
        for low, high in spans:
            ends = shape.number(low), shape.number(high)
            if ends[0] is not None and ends[1] is not None and ends[0] <= number <= ends[1]:
                return ""
    return f"{value!r} is not within {said}"


def _set(_thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    words = ("SET", "VAR", facts["ups"], facts["variable"], arguments["value"])
    return (Step(words, SECONDS, root=False),)


def _unset(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo | None:
    if not facts["value"]:
        return None
    return Undo("nut.set-variable", (thing,), {"value": facts["value"]})


def _is_set(_before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    if now is None:
        return False
    pair = shape.number(now["value"]), shape.number(arguments["value"])
    return now["value"] == arguments["value"] or (pair[0] is not None and pair[0] == pair[1])


def _both(said: str) -> tuple[tuple[str, str], ...]:
    """`--object rack1/ups.delay.start`."""
    ups, _, variable = said.partition("/")
    return ("variable", variable), ("ups", ups)


SET_VARIABLE = Action(
    id="nut.set-variable",
    title="Set this variable",
    letter="v",
    about="Writes a setting into the device: transfer voltages, delays, sensitivity.",
    probes=("nut.variable",),
    pins=("variable", "ups"),
    weight=Weight.NOTICED,
    look=look.VARIABLE,
    steps=_set,
    effect=lambda _thing, facts, arguments: (
        f"{facts['variable']} of {facts['ups']} becomes {arguments['value']}, was {facts['value']}"
    ),
    verify=Verify("the variable has the new value", _is_set, 30.0),
    timeout=SECONDS,
    expected_s=5.0,
    fits=lambda row: row.get("writable") == "yes",
    bars=_writable,
    undo=_unset,
    says=says,
    named=_both,
    arguments=(_VALUE,),
)
