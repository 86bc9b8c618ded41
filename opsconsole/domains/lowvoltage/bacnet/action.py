"""What can be done to a BACnet device: command a point at its priority, and let it go again."""

from opsconsole.domains.lowvoltage import setpoint, switch
from opsconsole.domains.lowvoltage.setpoint import LOOK, SECONDS, bars, held, key, near, wanted
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Arguments, Facts, Verify, Weight

STAYS = "it stays commanded at that priority until it is relinquished, also when this console exits"

_RELINQUISH = "bacnet.relinquish"


def _own(facts: Facts) -> str:
    """What stands at the priority of the map; empty where nothing does."""
    return facts.get("own command", "")


def _above(facts: Facts) -> str:
    """Whether somebody of a higher priority commands it."""
    holder, own = int(facts["_holder"]), int(facts["priority"])
    if 0 < holder < own:
        return f"priority {holder} commands it: what is written at {own} would change nothing"
    return ""


def _setpoint_bars(thing: Thing, facts: Facts, arguments: Arguments) -> str:
    return bars(thing, facts, arguments) or _above(facts)


def _held(before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    """In the slot of its priority, and in force."""
    if now is None or not held(before, now, arguments):
        return False
    return near(_own(now), wanted(before, arguments), now)


def _back(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo | None:
    """What stood at its priority; mostly nothing did."""
    if not _own(facts):
        return Undo(_RELINQUISH, (thing,), {})
    fits = float(facts["lowest"]) <= float(_own(facts)) <= float(facts["highest"])
    return Undo("bacnet.write-setpoint", (thing,), {"value": _own(facts)}) if fits else None


def _switched_back(thing: Thing, facts: Facts) -> Undo | None:
    if not _own(facts):
        return Undo(_RELINQUISH, (thing,), {})
    return Undo("bacnet.switch", (thing,), {"to": "on" if float(_own(facts)) else "off"})


def _commanded_again(thing: Thing, facts: Facts, arguments: Arguments) -> Undo | None:
    if not _own(facts):
        return None
    if facts["takes"] == "switch":
        return _switched_back(thing, facts)
    return _back(thing, facts, arguments)


SETPOINT = setpoint.setpoint(
    setpoint.Way(
        kind="bacnet",
        about="Commands an object at the priority of its map, within its clamp.",
        proof="it stands at that priority, and the present value is it",
        stays=STAYS,
        bars=_setpoint_bars,
        held=_held,
        undo=_back,
    )
)

SWITCH = switch.switch(
    switch.Way(
        kind="bacnet",
        id="bacnet.switch",
        about="Commands a binary object at the priority of its map.",
        proof="the present value is as it was switched",
        stays=STAYS,
        bars=_above,
        undo=_switched_back,
    )
)


def _let_go_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if not facts["_takes"]:
        return "the map gives it no `write`: it is only read"
    return "" if _own(facts) else f"nothing stands at priority {facts['priority']}"


RELINQUISH = Action(
    id=_RELINQUISH,
    title="Let it go",
    letter="r",
    about="Takes away what stands at the priority of its map: lower ones, or its default, hold.",
    probes=("bacnet.point",),
    pins=("point",),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=lambda thing, _facts, _arguments: (
        Step(("RELINQUISH", key(thing)), SECONDS, root=False),
    ),
    effect=lambda _thing, facts, _arguments: (
        f"{facts['name']} is no longer commanded at priority {facts['priority']}"
    ),
    verify=Verify(
        "nothing stands at that priority",
        lambda _before, now, _arguments: now is not None and not _own(now),
        20.0,
    ),
    timeout=SECONDS,
    expected_s=3.0,
    fits=lambda row: bool(row.get("takes")) and bool(row.get("commands")),
    bars=_let_go_bars,
    undo=_commanded_again,
)

ACTIONS = (SETPOINT, SWITCH, RELINQUISH)
