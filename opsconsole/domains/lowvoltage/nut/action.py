"""What can be done to a UPS: tests, its buzzer, its bypass, its output, its settings."""

from collections.abc import Callable, Mapping

from opsconsole.domains.lowvoltage.nut import look, shape
from opsconsole.domains.lowvoltage.nut.setting import SECONDS, SET_VARIABLE, says
from opsconsole.model import Value
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Carried, Facts, Liftable, Verify, Weight
from opsconsole.spelling import lasting

FULL = 90.0
"""Percent of charge from which a battery may be tested."""

TOLERANCE = 0.1
"""Of the nominal voltage: where the device names no limits, what mains may be put on a load."""

Bars = Callable[[Facts, Arguments], str]


def _listed(facts: Facts, *names: str) -> str:
    """The first of these commands that the UPS lists; empty for none."""
    there = facts["_commands"].split()
    return next((name for name in names if name in there), "")


def calm(facts: Facts) -> str:
    """Why a battery must not be tested now."""
    tokens = facts["_tokens"].split()
    if "OL" not in tokens or "OB" in tokens:
        return f"it is {facts['mode']}: a test needs mains"
    if "ALARM" in tokens or facts["alarm"]:
        return f"it has an alarm: {facts['alarm'] or 'see its display'}"
    if {"CAL", "TEST"} & set(tokens) or shape.result(facts["test"]) == "running":
        return "a test is under way"
    if "RB" in tokens:
        return "it wants its battery replaced: a test may drop the load"
    if not facts["charge_percent"]:
        return "it does not tell its charge: whether it would hold is not known"
    if float(facts["charge_percent"]) < FULL:
        return f"its charge is {facts['charge_percent']} %, less than {FULL:g} %"
    return ""


def _deep(facts: Facts, arguments: Arguments) -> str:
    if bar := calm(facts):
        return bar
    if arguments["behind"] == "nothing":
        # What feeds the load besides is in no answer: somebody has to know.
        return Liftable("say what feeds the load if the battery fails: without, it goes dark")
    return ""


def _mains_fit(facts: Facts, _arguments: Arguments) -> str:
    """Why mains must not be put straight on the load."""
    tokens = facts["_tokens"].split()
    if "BYPASS" in tokens:
        return "it is on bypass already"
    if "OL" not in tokens or "OB" in tokens:
        return f"it is {facts['mode']}: there are no mains to bypass to"
    volt, low, high, nominal = (
        float(facts[name]) if facts[name] else None
        for name in ("input_v", "_low", "_high", "_nominal")
    )
    if volt is None:
        return "it does not tell the voltage of the mains"
    if nominal is not None:
        low, high = low or nominal * (1 - TOLERANCE), high or nominal * (1 + TOLERANCE)
    if low is None or high is None:
        return "it tells no limits for the voltage of the mains"
    if not low < volt < high:
        return f"the mains have {volt:g} V, not between {low:g} and {high:g}"
    return ""


def runs(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    """Whether a test runs, or has a new result that is good."""
    if now is None:
        return False
    if {"CAL", "TEST"} & set(now["_tokens"].split()) or shape.result(now["test"]) == "running":
        return True
    anew = (now["test"], now["test_date"]) != (before["test"], before["test_date"])
    return anew and shape.result(now["test"]) == "passed"


DARK = frozenset({"OFF", "FSD"})
"""Tokens of a load that is off; drivers without OFF tell FSD of a shutdown that is under way."""


def _has(*tokens: str, there: bool) -> Callable[[Facts, Facts | None, Arguments], bool]:
    def held(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
        return now is not None and bool(set(tokens) & set(now["_tokens"].split())) is there

    return held


def _dark(facts: Facts) -> bool:
    return bool(DARK & set(facts["_tokens"].split()))


def left(facts: Facts) -> str:
    """How long its battery would carry its load, in words."""
    if not facts["runtime_s"]:
        return "how long its battery holds is not known"
    return f"its battery holds {lasting(float(facts['runtime_s']))} at this load"


def _clients(thing: Thing, _arguments: Arguments) -> tuple[str, ...]:
    return ("LIST", "CLIENT", look.pin(thing, "ups"))


def _told(thing: Thing, _arguments: Arguments, status: int, out: bytes) -> list[str]:
    """Who is logged in there: upsmon of a machine that shuts down with it."""
    if status:
        return ["who is logged in with upsd is not known: it lists none"]
    found = [line[2] for line in look.lines(thing, status, out) if len(line) > 2]
    return [f"logged in with upsd (upsmon): {', '.join(found) or 'nobody'}"]


def _barred(commands: tuple[str, ...], bars: Bars) -> Callable[[Thing, Facts, Arguments], str]:
    """What bars it, and that a UPS which lists none of these commands cannot do it."""

    def barred(_thing: Thing, facts: Facts, given: Arguments) -> str:
        if not _listed(facts, *commands):
            return f"it does not list the command {' or '.join(commands)}"
        return bars(facts, given)

    return barred


def _commanded(
    id_: str,
    title: str,
    letter: str,
    about: str,
    commands: tuple[str, ...],
    weight: Weight,
    effect: Callable[[Facts], str],
    verify: Verify,
    *,
    bars: Bars = lambda _facts, _arguments: "",
    back: str = "",
    fits: Callable[[Mapping[str, Value]], bool] = lambda _row: True,
    arguments: tuple[Argument, ...] = (),
    carried: Carried = Carried.SAFE,
) -> Action:
    """An action that gives the first of these commands that a UPS lists.

    `back` is an action that takes it back, where the UPS lists its command too.
    """
    risky = carried is not Carried.SAFE

    def steps(_thing: Thing, facts: Facts, _given: Arguments) -> tuple[Step, ...]:
        command = _listed(facts, *commands)
        return (Step(("INSTCMD", facts["ups"], command), SECONDS, root=False),)

    def undo(thing: Thing, facts: Facts, _given: Arguments) -> Undo | None:
        there = back and _listed(facts, _BACK[back])
        return Undo(back, (thing,)) if there else None

    return Action(
        id=id_, title=title, letter=letter, about=about, probes=("nut.ups",), pins=("ups",),
        weight=weight, look=look.UPS, steps=steps,
        effect=lambda _thing, facts, _given: effect(facts),
        verify=verify, timeout=SECONDS, expected_s=8.0, fits=fits, undo=undo,
        bars=_barred(commands, bars), says=says, arguments=arguments, carried=carried,
        outlet="ups",
        preview=_clients if risky else None, told=_told if risky else None,
    )  # fmt: skip


_BACK = {"nut.load-on": "load.on", "nut.bypass-stop": "bypass.stop", "nut.test-stop":
         "test.battery.stop"}  # fmt: skip


def _mode(*modes: str) -> Callable[[Mapping[str, Value]], bool]:
    return lambda row: row.get("mode") in modes


_BEHIND = Argument("behind", "what feeds the load if the battery fails in the test",
                   ("B feed", "generator", "nothing"), "nothing")  # fmt: skip

_RUNS = Verify("the test runs, or has a new result that is good", runs, 60.0)

TEST_QUICK = _commanded(
    "nut.test-quick", "Test the battery", "f",
    "Puts the load on the battery for some seconds, to see whether it holds.",
    ("test.battery.start.quick", "test.battery.start"), Weight.REVERSIBLE,
    lambda facts: f"It runs on battery for some seconds; {left(facts)}.", _RUNS,
    bars=lambda facts, _arguments: calm(facts), back="nut.test-stop", fits=_mode("on line"),
)  # fmt: skip

TEST_DEEP = _commanded(
    "nut.test-deep", "Test until it is low", "d",
    "Runs on battery until that is low: shows how long it holds, and leaves it empty for hours.",
    ("test.battery.start.deep",), Weight.NOTICED,
    lambda facts: f"The battery is emptied; {left(facts)}. An outage then meets it empty.", _RUNS,
    bars=_deep, back="nut.test-stop", fits=_mode("on line"), arguments=(_BEHIND,),
    carried=Carried.AT_RISK,
)  # fmt: skip

CALIBRATE = _commanded(
    "nut.calibrate", "Calibrate its runtime", "C",
    "Empties the battery to learn how long it holds; it stays empty for hours.",
    ("calibrate.start",), Weight.NOTICED,
    lambda facts: f"The battery is emptied; {left(facts)}. An outage then meets it empty.", _RUNS,
    bars=_deep, fits=_mode("on line"), arguments=(_BEHIND,), carried=Carried.AT_RISK,
)  # fmt: skip


def _ended(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    if now is None:
        return False
    return not {"CAL", "TEST"} & set(now["_tokens"].split()) and (
        shape.result(now["test"]) != "running"
    )


TEST_STOP = _commanded(
    "nut.test-stop", "Stop the battery test", "s",
    "Ends a test that runs; its load goes back to the mains.",
    ("test.battery.stop", "calibrate.stop"), Weight.REVERSIBLE,
    lambda _facts: "The test ends without a result.",
    Verify("no test runs", _ended, 60.0),
)  # fmt: skip


def _quiet(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and now["beeper"] in {"muted", "disabled"}


def _beeps(facts: Facts, _arguments: Arguments) -> str:
    if not facts["beeper"]:
        return "it does not tell what its buzzer does (ups.beeper.status)"
    return "" if facts["beeper"] == "enabled" else f"its buzzer is {facts['beeper']} already"


MUTE = _commanded(
    "nut.mute", "Mute the buzzer", "m",
    "Silences its buzzer; with those that can only be switched, until somebody switches it on.",
    ("beeper.mute", "beeper.toggle"), Weight.REVERSIBLE,
    lambda facts: "It is quiet until the next alarm." if _listed(facts, "beeper.mute")
    else "It is quiet until it is switched on again, also at the next alarm.",
    Verify("ups.beeper.status is muted or disabled", _quiet, 30.0), bars=_beeps,
)  # fmt: skip

BYPASS_START = _commanded(
    "nut.bypass-start", "Put the load on bypass", "b",
    "Takes the UPS out of the way: the load stands on the mains as they are.",
    ("bypass.start",), Weight.LOSING,
    lambda _facts: "Nothing protects the load until the bypass ends.",
    Verify("ups.status has BYPASS", _has("BYPASS", there=True), 30.0),
    bars=_mains_fit, back="nut.bypass-stop", carried=Carried.AT_RISK,
)  # fmt: skip

BYPASS_STOP = _commanded(
    "nut.bypass-stop", "End the bypass", "B",
    "Puts the load behind the UPS again.",
    ("bypass.stop",), Weight.LOSING,
    lambda _facts: "The load is switched over to the inverter.",
    Verify("ups.status has no BYPASS", _has("BYPASS", there=False), 30.0),
    bars=lambda facts, _arguments: "" if "BYPASS" in facts["_tokens"].split()
    else "it is not on bypass", carried=Carried.AT_RISK,
)  # fmt: skip

LOAD_OFF = _commanded(
    "nut.load-off", "Switch the load off", "O",
    "Takes the power from everything that stands on it, at once.",
    ("load.off",), Weight.LOSING,
    lambda _facts: "Everything on it loses its power at once, and stays off.",
    Verify("ups.status has OFF or FSD", _has(*DARK, there=True), 60.0),
    bars=lambda facts, _arguments: "its output is off already" if _dark(facts) else "",
    back="nut.load-on", carried=Carried.CUT,
)  # fmt: skip

LOAD_ON = _commanded(
    "nut.load-on", "Switch the load on", "o",
    "Gives power to everything that stands on it: all of it starts at the same time.",
    ("load.on",), Weight.NOTICED,
    lambda _facts: "Everything on it starts at once, with its inrush current.",
    Verify("ups.status has no OFF and no FSD", _has(*DARK, there=False), 60.0),
    bars=lambda facts, _arguments: "" if _dark(facts) else "its output is not off",
    carried=Carried.AT_RISK,
)  # fmt: skip


def _goes(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    if now is None:
        return False
    said = now["shutdown_s"]
    counts = said.isdigit() and said != before["shutdown_s"]
    return counts or _dark(now)


SHUTDOWN_RETURN = _commanded(
    "nut.shutdown-return", "Cycle the load", "Z",
    "Switches the load off after the delay it is set to, and on again once there are mains.",
    ("shutdown.return",), Weight.LOSING,
    lambda _facts: "Everything on it loses its power after the delay, and starts when mains are "
    "there: with mains present, that is a power cycle.",
    Verify("its shutdown timer runs, or its output is off", _goes, 120.0), carried=Carried.CUT,
)  # fmt: skip

ACTIONS = (
    TEST_QUICK, TEST_DEEP, CALIBRATE, TEST_STOP, MUTE, BYPASS_START, BYPASS_STOP, LOAD_OFF,
    LOAD_ON, SHUTDOWN_RETURN, SET_VARIABLE,
)  # fmt: skip
