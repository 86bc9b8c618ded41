"""What is set at a server: its locator, what it boots from the next time."""

from opsconsole.domains.system.bmc.action.document import LOOK, SECONDS, patch, said, sources
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Verify, Weight

_LIT = frozenset({"lit", "blinking"})


def _light(_thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    lit = arguments["light"] == "on"
    if facts["_newer_lamp"]:
        return patch(facts, {"LocationIndicatorActive": lit})
    return patch(facts, {"IndicatorLED": "Blinking" if lit else "Off"})


def _lit(_before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    return now is not None and (now["locator"] in _LIT) is (arguments["light"] == "on")


def _light_bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if not facts["locator"]:
        return "it has no locator that its controller tells of"
    lit = facts["locator"] in _LIT
    if arguments.get("light") == ("on" if lit else "off"):
        return f"it is {facts['locator']} already"
    return ""


def _relight(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo:
    return Undo("bmc.locator", (thing,), {"light": "on" if facts["locator"] in _LIT else "off"})


LOCATOR = Action(
    id="bmc.locator",
    title="Locator light",
    letter="l",
    about="Lights the lamp by which the machine is found in its rack, or puts it out.",
    probes=("bmc.system", "bmc.chassis"),
    pins=("path", "serial"),
    weight=Weight.REVERSIBLE,
    look=LOOK,
    steps=_light,
    effect=lambda _thing, facts, arguments: (
        f"the lamp of {facts['host'] or facts['name']} is {arguments['light']}"
    ),
    verify=Verify("the controller says that it is", _lit, 30.0),
    timeout=SECONDS,
    expected_s=4.0,
    bars=_light_bars,
    undo=_relight,
    says=said,
    arguments=(Argument("light", "Light", ("on", "off"), "on"),),
)


def _override(_thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    source = arguments["source"]
    enabled = "Disabled" if source == "None" else "Once"
    boot = {"BootSourceOverrideTarget": source, "BootSourceOverrideEnabled": enabled}
    return patch(facts, {"Boot": boot})


def _overridden(_before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    if now is None:
        return False
    if arguments["source"] == "None":
        return now["boot"] in {"", "None"} or now["boot_enabled"] == "Disabled"
    return now["boot"] == arguments["source"] and now["boot_enabled"] == "Once"


def _boot_bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    known = sources(facts)
    source = arguments.get("source", "")
    if not facts["boot_enabled"] and not known:
        return "its controller cannot say what it boots from"
    if known and source and source not in known:
        return f"it cannot boot from {source}, but from {', '.join(known)}"
    if source != "None" and facts["boot"] == source and facts["boot_enabled"] == "Once":
        return f"it boots from {source} next time already"
    return ""


def _restore(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo | None:
    before = "None" if facts["boot_enabled"] == "Disabled" else facts["boot"] or "None"
    if facts["boot_enabled"] == "Continuous" or before not in _SOURCES:
        return None
    return Undo("bmc.boot-once", (thing,), {"source": before})


_SOURCES = ("Pxe", "UefiHttp", "Hdd", "Cd", "Usb", "BiosSetup", "None")

BOOT = Action(
    id="bmc.boot-once",
    title="Boot once from",
    letter="b",
    about="Says what the server boots from the next time, and then not again.",
    probes=("bmc.system",),
    pins=("path", "serial"),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_override,
    effect=lambda _thing, facts, arguments: (
        f"at its next boot {facts['host'] or facts['name']} starts from {arguments['source']}"
        if arguments["source"] != "None"
        else f"{facts['host'] or facts['name']} boots as it is set to"
    ),
    verify=Verify("the controller says so", _overridden, 60.0),
    timeout=SECONDS,
    expected_s=5.0,
    bars=_boot_bars,
    undo=_restore,
    says=said,
    arguments=(Argument("source", "From", _SOURCES, "Pxe"),),
)
