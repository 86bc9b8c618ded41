"""Power: on, off, again; in order where the system takes part, by force where it does not.

A restart is proven by the time of the last reset. A controller that has none cannot prove it: a
restart is refused there, and done in two steps that can be seen, off and on.
"""

import json
from collections.abc import Callable, Mapping

from opsconsole.domains.system.bmc.action.document import LOOK, SECONDS, allowed, said
from opsconsole.errors import Refused
from opsconsole.model import Value
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Arguments, Facts, Verify, Weight

_AWAY = 600.0
"""Seconds for a server to go through its own tests; half of them is usual."""

_BOOTED = frozenset({
    "", "SystemHardwareInitializationComplete", "SetupEntered", "OSBootStarted", "OSRunning",
})  # fmt: skip
"""Last states of `BootProgress` behind the tests of the hardware; empty where it has none."""

Bars = Callable[[Thing, Facts, Arguments], str]
Steps = Callable[[Thing, Facts, Arguments], tuple[Step, ...]]
Undoing = Callable[[Thing, Facts, Arguments], Undo]
Fits = Callable[[Mapping[str, Value]], bool]


def _who(facts: Facts) -> str:
    return facts["host"] or facts["name"] or facts["path"]


def _missing(facts: Facts, kinds: tuple[str, ...]) -> str:
    """Why none of these resets can be asked for."""
    if not facts["_reset"].startswith("/"):
        return "its controller has no reset for it"
    known = allowed(facts)
    if known and not set(kinds) & set(known):
        return f"its controller does not do {' or '.join(kinds)}, but {', '.join(known)}"
    return ""


def _reset(*kinds: str) -> Steps:
    """Ask for the first of these that the controller does."""

    def steps(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
        known = allowed(facts)
        kind = next((one for one in kinds if one in known), kinds[0])
        if why := _missing(facts, kinds):
            raise Refused(f"{facts['path']}: {why}", "unsupported")
        body = json.dumps({"ResetType": kind})
        return (Step(("POST", facts["_reset"], body), SECONDS, root=False),)

    return steps


def _power(state: str, within: float) -> Verify:
    def held(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
        return now is not None and now["power"] == state

    return Verify(f"the controller says that it is {state}", held, within, hold_s=2.0)


def _again(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return (
        now is not None
        and now["reset_at"] not in {"", before["reset_at"]}
        and now["power"] in {"on", ""}
        and now["boot_progress"] in _BOOTED
    )


def _unless(state: str, *kinds: str) -> Bars:
    """Bars what is in this state already, or where the controller does none of these."""

    def bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
        if facts["power"] == state:
            return f"it is {state} already"
        return _missing(facts, kinds)

    return bars


def _unproven(*kinds: str) -> Bars:
    def bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
        if facts["power"] == "off":
            return "it is off: `bmc.power-on`"
        if why := _missing(facts, kinds):
            return why
        if not facts["reset_at"]:
            return (
                "its controller tells no time of the last reset, so that nothing would prove it:"
                " `bmc.shutdown`, then `bmc.power-on`"
            )
        return ""

    return bars


def _is(power: str) -> Fits:
    return lambda row: row.get("power") in {power, "", None}


def _back(action: str) -> Undoing:
    return lambda thing, _facts, _arguments: Undo(action, (thing,))


POWER_ON = Action(
    id="bmc.power-on",
    title="Power on",
    letter="n",
    about="Switches a server on that is off.",
    probes=("bmc.system",),
    pins=("path", "serial"),
    weight=Weight.REVERSIBLE,
    look=LOOK,
    steps=_reset("On", "ForceOn"),
    effect=lambda _thing, facts, _arguments: f"{_who(facts)} is switched on, and boots",
    verify=_power("on", 120.0),
    timeout=SECONDS,
    expected_s=15.0,
    fits=_is("off"),
    bars=_unless("on", "On", "ForceOn"),
    undo=_back("bmc.shutdown"),
    says=said,
)

SHUTDOWN = Action(
    id="bmc.shutdown",
    title="Shut down",
    letter="d",
    about="Asks the operating system to shut down; one that hangs does not hear it.",
    probes=("bmc.system",),
    pins=("path", "serial"),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_reset("GracefulShutdown"),
    effect=lambda _thing, facts, _arguments: (
        f"{_who(facts)} stops its services and is off; it stays off until it is switched on"
    ),
    verify=_power("off", _AWAY),
    timeout=SECONDS,
    expected_s=120.0,
    fits=_is("on"),
    bars=_unless("off", "GracefulShutdown"),
    undo=_back("bmc.power-on"),
    says=said,
)

RESTART = Action(
    id="bmc.restart",
    title="Restart",
    letter="r",
    about="Asks the operating system to shut down, and starts the server again.",
    probes=("bmc.system",),
    pins=("path", "serial"),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_reset("GracefulRestart"),
    effect=lambda _thing, facts, _arguments: (
        f"{_who(facts)} stops its services and boots again: minutes without it"
    ),
    verify=Verify("it was reset since, and is past its own tests", _again, _AWAY),
    timeout=SECONDS,
    expected_s=300.0,
    fits=_is("on"),
    bars=_unproven("GracefulRestart"),
    says=said,
)

FORCE_OFF = Action(
    id="bmc.force-off",
    title="Force off",
    letter="O",
    about="Takes the power away, whatever runs: as if the cable were pulled.",
    probes=("bmc.system",),
    pins=("path", "serial"),
    weight=Weight.LOSING,
    look=LOOK,
    steps=_reset("ForceOff"),
    effect=lambda _thing, facts, _arguments: (
        f"{_who(facts)} is off at once: what it has not written to its disks is lost"
    ),
    verify=_power("off", 120.0),
    timeout=SECONDS,
    expected_s=15.0,
    fits=_is("on"),
    bars=_unless("off", "ForceOff"),
    undo=_back("bmc.power-on"),
    says=said,
)

FORCE_RESTART = Action(
    id="bmc.force-restart",
    title="Force restart",
    letter="T",
    about="Resets the server, whatever runs: for one that hangs.",
    probes=("bmc.system",),
    pins=("path", "serial"),
    weight=Weight.LOSING,
    look=LOOK,
    steps=_reset("ForceRestart", "PowerCycle"),
    effect=lambda _thing, facts, _arguments: (
        f"{_who(facts)} is reset at once: what it has not written to its disks is lost"
    ),
    verify=Verify("it was reset since, and is past its own tests", _again, _AWAY),
    timeout=SECONDS,
    expected_s=300.0,
    fits=_is("on"),
    bars=_unproven("ForceRestart", "PowerCycle"),
    says=said,
)

RESTART_CONTROLLER = Action(
    id="bmc.restart-controller",
    title="Restart the controller",
    letter="c",
    about="Restarts the management controller; the server itself runs on.",
    probes=("bmc.controller",),
    pins=("path",),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_reset("GracefulRestart", "ForceRestart"),
    effect=lambda _thing, facts, _arguments: (
        f"{_who(facts)} is away for some minutes: no console, no sensors, no power by it"
    ),
    verify=Verify("it answers, and was reset since", _again, _AWAY, away=True),
    timeout=SECONDS,
    expected_s=180.0,
    bars=lambda _thing, facts, _arguments: (
        _missing(facts, ("GracefulRestart", "ForceRestart"))
        or ("" if facts["reset_at"] else "it tells no time of its last reset to prove it by")
    ),
    says=said,
)
