"""What can be told to a device behind a broker: a setpoint, or a word; both within its map."""

from opsconsole.domains.lowvoltage.setpoint import LOOK, SECONDS, STAYS, Way, key, setpoint
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Verify, Weight

ANSWERS_S = 30.0
"""Seconds in which a device tells on its state topic what it made of a command."""

SETPOINT = setpoint(
    Way(
        kind="mqtt",
        about="Publishes a setpoint on the command topic of a point, within the clamp of its map.",
        proof="the device tells the new value on its state topic",
        verify_s=ANSWERS_S,
    )
)


def _words(facts: Facts) -> list[str]:
    return [word for word in facts.get("words", "").split(", ") if word]


def _to(facts: Facts, arguments: Arguments) -> str:
    """The word that is named; of two the other one, unless one is."""
    said = arguments.get("to") or "other"
    if said != "other" or "other" in _words(facts):
        return said
    rest = [word for word in _words(facts) if word != facts["word"]]
    return rest[0] if len(rest) == 1 and facts["word"] else ""


def _bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["_takes"] != "switch":
        return "the map gives it no `write.words`: it cannot be told a word"
    if facts.get("_away"):
        return facts["_away"]
    to = _to(facts, arguments)
    if to not in _words(facts):
        return f"say which of {facts['words']}"
    return f"it is {to} already" if to == facts["word"] else ""


def _switch(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    return (Step(("WRITE", key(thing), _to(facts, arguments)), SECONDS, root=False),)


def _effect(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    had = facts["word"] or "an unknown state"
    return f"{facts['name']} is told to go from {had} to {_to(facts, arguments)}; {STAYS}"


def _switched(before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    return now is not None and now["word"] == _to(before, arguments)


def _back(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo | None:
    known = facts["word"] in _words(facts)
    return Undo("mqtt.switch", (thing,), {"to": facts["word"]}) if known else None


SWITCH = Action(
    id="mqtt.switch",
    title="Switch it",
    letter="s",
    about="Publishes the command for a word of a state that its map lets be switched.",
    probes=("mqtt.point",),
    pins=("point",),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_switch,
    effect=_effect,
    verify=Verify("the device tells that word on its state topic", _switched, ANSWERS_S),
    timeout=SECONDS,
    expected_s=3.0,
    fits=lambda row: row.get("takes") == "switch",
    bars=_bars,
    undo=_back,
    arguments=(Argument("to", "To which word; of two the other one", default="other"),),
)

ACTIONS = (SETPOINT, SWITCH)
