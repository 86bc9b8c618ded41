"""What a device can be told: tests of a battery, its buzzer, its outlets, its light, to begin anew.

How each device is told is data of its profile; what that risks, and what shows that it was done,
is the same for all of them.
"""

from collections.abc import Callable, Mapping

from opsconsole.clean import clean_bytes
from opsconsole.domains.lowvoltage.device import look
from opsconsole.gear import Class
from opsconsole.model import Value
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Carried, Facts, Liftable, Verify, Weight
from opsconsole.spelling import lasting

FULL = 90.0
"""Percent of charge from which a battery may be tested."""

SECONDS = 30.0
"""For one message; and for an outlet of a cycle to be seen off."""

Bars = Callable[[Facts, Arguments], str]
Effect = Callable[[Facts], str]


def calm(facts: Facts) -> str:
    """Why a battery must not be tested now."""
    if facts["source"] not in {"online", "eco", "boost", "trim"}:
        return (
            f"its output is {facts['source'] or 'from it does not say where'}: a test needs mains"
        )
    if facts["test"] == "running" or facts["_shown"]:
        return "a test is under way"
    if facts["replace"] == "replace" or facts["battery"] in {"replace", "fault", "low", "depleted"}:
        return "its battery is bad: a test may drop the load"
    if facts["overload"] == "overload":
        return "its output is overloaded"
    if facts["alarms"] not in {"", "0"}:
        return f"it has {facts['alarms']} alarms: see its readings"
    if not facts["charge_percent"]:
        return "it does not tell its charge: whether it would hold is not known"
    if float(facts["charge_percent"]) < FULL:
        return f"its charge is {facts['charge_percent']} %, less than {FULL:g} %"
    return ""


def deep(facts: Facts, arguments: Arguments) -> str:
    """Why a battery must not be emptied now."""
    if bar := calm(facts):
        return bar
    if arguments["behind"] == "nothing":
        # What feeds the load besides is in no answer: somebody has to know.
        return Liftable("say what feeds the load if the battery fails: without, it goes dark")
    return ""


def _already(facts: Facts, _arguments: Arguments) -> str:
    return f"it is so already: {facts['reads']}" if facts["_shown"] else ""


def _never(_facts: Facts, _arguments: Arguments) -> str:
    return ""


def shows(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    """Whether the device says that it was done: what its profile expects, or a newer good one."""
    if now is None:
        return False
    newer = bool(now["_after"]) and now["_anew"] != before["_anew"]
    return bool(now["_shown"]) or newer


def left(facts: Facts) -> str:
    """How long its battery would carry its load, in words."""
    if not facts.get("runtime_s"):
        return "how long its battery holds is not known"
    return f"its battery holds {lasting(float(facts['runtime_s']))} at this load"


def says(status: int, out: bytes) -> str:
    """What the agent answered, or what was seen."""
    said = clean_bytes(out.strip(), 200)
    return f"refused: {said}" if status else said


def _steps(_thing: Thing, facts: Facts, _given: Arguments) -> tuple[Step, ...]:
    """What is written; of a cycle, then to wait until it is seen off."""
    words, seen = look.words(facts, "_words"), look.words(facts, "_seen")
    if not words:
        return ()
    write = Step(("SET", *words), SECONDS, root=False)
    waits = ("AWAIT", f"{SECONDS:g}", facts["_read"], *seen)
    return (write, Step(waits, SECONDS * 2, root=False)) if seen else (write,)


def _told(
    verb: str,
    title: str,
    letter: str,
    about: str,
    weight: Weight,
    effect: Effect,
    verify: Verify,
    *,
    bars: Bars = _already,
    back: str = "",
    carried: Carried = Carried.SAFE,
    arguments: tuple[Argument, ...] = (),
    fits: Callable[[Mapping[str, Value]], bool] = lambda _row: True,
) -> Action:
    """An action that tells a device a verb of its profile; `back` is the one that takes it back."""
    outlet = verb.startswith("outlet-")

    def barred(_thing: Thing, facts: Facts, given: Arguments) -> str:
        return facts["_why"] or bars(facts, given)

    def undo(thing: Thing, _facts: Facts, _given: Arguments) -> Undo | None:
        return Undo(f"device.{back}", (thing,)) if back else None

    return Action(
        id=f"device.{verb}", title=title, letter=letter, about=about,
        probes=("device.outlet",) if outlet else (),
        pins=("outlet", "name") if outlet else ("object", "serial"),
        weight=weight, look=look.device(verb), steps=_steps,
        effect=lambda _thing, facts, _given: effect(facts), verify=verify,
        timeout=SECONDS * 3, expected_s=10.0, fits=fits, bars=barred, undo=undo, says=says,
        arguments=arguments, carried=carried, outlet="outlet" if outlet else "",
    )  # fmt: skip


_BEHIND = Argument("behind", "what feeds the load if the battery fails in the test",
                   ("B feed", "generator", "nothing"), "nothing")  # fmt: skip

_RUNS = Verify("the device says that the test runs, or has a new result that is good", shows, 60.0)

_OTHER = frozenset(one.value for one in Class if one not in {Class.UPS, Class.UNKNOWN})


def _may_have_a_battery(row: Mapping[str, Value]) -> bool:
    """By its class in the list of devices; of what is not known it may be."""
    return row.get("class") not in _OTHER


TEST_QUICK = _told(
    "test-quick", "Test the battery", "f",
    "Puts the load on the battery for some seconds, to see whether it holds.",
    Weight.REVERSIBLE, lambda facts: f"It runs on battery for some seconds; {left(facts)}.", _RUNS,
    bars=lambda facts, _arguments: calm(facts), fits=_may_have_a_battery,
)  # fmt: skip

TEST_DEEP = _told(
    "test-deep", "Test until it is low", "d",
    "Runs on battery until that is low: shows how long it holds, and leaves it empty for hours.",
    Weight.NOTICED,
    lambda facts: f"The battery is emptied; {left(facts)}. An outage then meets it empty.", _RUNS,
    bars=deep, arguments=(_BEHIND,), carried=Carried.AT_RISK, fits=_may_have_a_battery,
)  # fmt: skip

TEST_STOP = _told(
    "test-stop", "Stop the battery test", "s",
    "Ends a test that runs; its load goes back to the mains.",
    Weight.REVERSIBLE, lambda _facts: "The test ends without a result.",
    Verify("the device says that no test runs", shows, 60.0), fits=_may_have_a_battery,
)  # fmt: skip

MUTE = _told(
    "mute", "Mute the buzzer", "m", "Silences the alarm that sounds now.",
    Weight.REVERSIBLE, lambda _facts: "It is quiet; what is wrong stays wrong.",
    Verify("the device says that it is muted", shows, 30.0),
)  # fmt: skip


def _state(*words: str) -> Callable[[Mapping[str, Value]], bool]:
    return lambda row: row.get("state") in words


OUTLET_ON = _told(
    "outlet-on", "Switch the outlet on", "o", "Gives power to what is plugged in there.",
    Weight.NOTICED, lambda facts: f"What is plugged in at {facts['name']} gets power, and starts.",
    Verify("the device says that the outlet is on", shows, 60.0),
    back="outlet-off", carried=Carried.AT_RISK, fits=lambda row: row.get("state") != "on",
)  # fmt: skip

OUTLET_OFF = _told(
    "outlet-off", "Switch the outlet off", "O",
    "Takes the power from what is plugged in there, at once.",
    Weight.LOSING,
    lambda facts: f"What is plugged in at {facts['name']} loses this feed at once, and stays off.",
    Verify("the device says that the outlet is off", shows, 60.0),
    back="outlet-on", carried=Carried.CUT, fits=lambda row: row.get("state") != "off",
)  # fmt: skip

OUTLET_CYCLE = _told(
    "outlet-cycle", "Cycle the outlet", "Z",
    "Takes the power from what is plugged in there for some seconds, and gives it back.",
    Weight.LOSING,
    lambda facts: f"What is plugged in at {facts['name']} loses this feed for some seconds.",
    Verify("the outlet was seen off, and the device says that it is on", shows, 120.0),
    bars=lambda facts, _arguments: "" if facts["_shown"] else f"it is not on: {facts['reads']}",
    carried=Carried.CUT, fits=_state("on"),
)  # fmt: skip

BEACON_ON = _told(
    "beacon-on", "Light its beacon", "l", "Has a light blink at the device, so that it is found.",
    Weight.REVERSIBLE, lambda _facts: "Its light blinks until it is put out.",
    Verify("the device says that its light is on", shows, 30.0), back="beacon-off",
)  # fmt: skip

BEACON_OFF = _told(
    "beacon-off", "Put out its beacon", "L", "Ends the blinking of the light at the device.",
    Weight.REVERSIBLE, lambda _facts: "Its light goes out.",
    Verify("the device says that its light is off", shows, 30.0), back="beacon-on",
)  # fmt: skip


def began(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    """Whether its agent counts from the beginning."""
    if now is None or not now["_uptime"] or not before["_uptime"]:
        return False
    return float(now["_uptime"]) < float(before["_uptime"])


REBOOT = _told(
    "reboot", "Restart its controller", "R",
    "Restarts the card that speaks SNMP; nobody hears the device until it is back.",
    Weight.NOTICED,
    lambda _facts: "It is not watched for a minute or two; what it feeds keeps its power.",
    Verify("it answers again, and its uptime began anew", began, 300.0, away=True), bars=_never,
)  # fmt: skip

ACTIONS = (
    TEST_QUICK, TEST_DEEP, TEST_STOP, MUTE, OUTLET_ON, OUTLET_OFF, OUTLET_CYCLE, BEACON_ON,
    BEACON_OFF, REBOOT,
)  # fmt: skip
