"""The action that switches an output of a field device on or off, by its present value."""

from collections.abc import Callable
from dataclasses import dataclass

from opsconsole.domains.lowvoltage.setpoint import LOOK, SECONDS, STAYS, key
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Verify, Weight


@dataclass(frozen=True, slots=True)
class Way:
    """What differs by wire."""

    kind: str
    id: str
    about: str
    proof: str
    """When it worked."""
    stays: str = STAYS
    bars: Callable[[Facts], str] = lambda _: ""
    """Why it must not be switched now, besides what holds for all."""
    undo: Callable[[Thing, Facts], Undo | None] | None = None
    """The other way, unless it is given."""


def to(facts: Facts, arguments: Arguments) -> str:
    """The other way, unless one is named."""
    said = arguments.get("to", "other")
    if said != "other":
        return said
    return "off" if facts["value"] and float(facts["value"]) else "on"


def _steps(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    value = "1" if to(facts, arguments) == "on" else "0"
    return (Step(("WRITE", key(thing), value), SECONDS, root=False),)


def _held(before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    if now is None or not now["value"]:
        return False
    return (float(now["value"]) != 0) is (to(before, arguments) == "on")


def _goes(facts: Facts, arguments: Arguments) -> str:
    return f"is switched {to(facts, arguments)}"


def switch(way: Way) -> Action:
    """The action `way.id`, on rows of `KIND.point`."""

    def bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
        if facts["_takes"] != "switch":
            return "the map gives it no `write`: it is only read"
        wanted = "1.0" if to(facts, arguments) == "on" else "0.0"
        if facts["value"] and float(facts["value"]) == float(wanted):
            return f"it is {to(facts, arguments)} already"
        if facts["_pause"] != "0" and facts["_before"] != wanted:
            return f"it was switched just now; its map wants {facts['_pause']} s more between two"
        return way.bars(facts)

    def back(thing: Thing, facts: Facts, arguments: Arguments) -> Undo | None:
        if way.undo is not None:
            return way.undo(thing, facts)
        if not facts["value"]:
            return None
        return Undo(way.id, (thing,), {"to": "off" if to(facts, arguments) == "on" else "on"})

    return Action(
        id=way.id,
        title="Switch it on or off",
        letter="s",
        about=way.about,
        probes=(f"{way.kind}.point",),
        pins=("point",),
        weight=Weight.NOTICED,
        look=LOOK,
        steps=_steps,
        effect=lambda _thing, facts, said: f"{facts['name']} {_goes(facts, said)}; {way.stays}",
        verify=Verify(way.proof, _held, 20.0),
        timeout=SECONDS,
        expected_s=3.0,
        fits=lambda row: row.get("takes") == "switch",
        bars=bars,
        undo=back,
        arguments=(Argument("to", "Which way", choices=("other", "on", "off"), default="other"),),
    )
