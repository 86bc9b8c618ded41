"""What can be done to a Modbus device: write a setpoint, switch a coil; both within its map."""

from opsconsole.domains.lowvoltage.setpoint import LOOK, SECONDS, STAYS, Way, key, setpoint
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Verify, Weight

SETPOINT = setpoint(
    Way(
        kind="modbus",
        about="Writes a value into the register of a setpoint, within the clamp of its map.",
        proof="the register reads back as it was written",
    )
)


def _to(facts: Facts, arguments: Arguments) -> str:
    """The other way, unless one is named."""
    said = arguments.get("to", "other")
    if said != "other":
        return said
    return "off" if facts["value"] and float(facts["value"]) else "on"


def _switch_bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["_takes"] != "switch":
        return "the map gives it no `write`: it is only read"
    to = "1.0" if _to(facts, arguments) == "on" else "0.0"
    if facts["value"] and float(facts["value"]) == float(to):
        return f"it is {_to(facts, arguments)} already"
    if facts["_pause"] != "0" and facts["_before"] != to:
        return f"it was switched just now; its map wants {facts['_pause']} s more between two"
    return ""


def _switch(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    value = "1" if _to(facts, arguments) == "on" else "0"
    return (Step(("WRITE", key(thing), value), SECONDS, root=False),)


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
