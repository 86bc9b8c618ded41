"""What is done to doors: open one once, restart the controller.

Nothing here sets a door to `normally closed`, or to `normally open`: a door that a console keeps
locked on a way out is against the law in most places, and one that it keeps open is forgotten. The
transport sends neither, whoever asks.
"""

from opsconsole.domains.lowvoltage.door.look import CONTROLLER_LOOK, DOOR_LOOK, door, said
from opsconsole.domains.lowvoltage.door.shape import FAULTS
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Argument, Arguments, Facts, Liftable, Verify, Weight

SECONDS = 20.0
"""For one call."""

RECLOSES_S = 60.0
"""Seconds in which somebody goes through and the door is closed and locked behind them."""

BACK_S = 300.0
"""Seconds a controller may take to start again; one or two minutes are usual."""

_SPACE = "http://www.isapi.org/ver20/XMLSchema"
ONCE = f'<RemoteControlDoor version="2.0" xmlns="{_SPACE}"><cmd>open</cmd></RemoteControlDoor>'
GATEWAY = "opsconsole osdp-gateway"
"""What our own gateway to OSDP devices calls itself."""

_TAMPERED = "its controller's housing is open: send somebody there first"
_UNPROVEN = "its log cannot be read, so that nothing would prove it"


def _open_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    mode, lock, contact = facts["mode"], facts["lock"], facts["contact"]
    bars = (
        (facts["fire"] == "alarm",
         "a fire alarm is on: the fire system releases doors, and this would lock one again"),
        (facts["tamper"] == "tampered", _TAMPERED),
        (mode == "normally open", "it is set to stay open: afterwards it would be locked"),
        (mode == "normally closed", "somebody set it to let nobody through: ask them"),
        (contact == "open", "it is open"),
        (lock == "unlocked", "it is unlocked"),
        (lock in FAULTS or contact in FAULTS, f"its wires are at fault: {lock}, {contact}"),
        (not lock and not contact, "nothing tells whether it is locked or closed"),
        (not facts["opened_entry"], _UNPROVEN),
    )  # fmt: skip
    return next((why for is_so, why in bars if is_so), "")


def _went(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return (
        now is not None
        and bool(now["opened_entry"])
        and int(now["opened_entry"]) > int(before["opened_entry"])
        and now["lock"] in {"locked", ""}
        and now["contact"] in {"closed", ""}
    )


OPEN = Action(
    id="door.open-once",
    title="Open once",
    letter="o",
    about="Releases the lock once, for as long as a card would; then it locks again.",
    probes=("door.door",),
    pins=("door",),
    weight=Weight.NOTICED,
    look=DOOR_LOOK,
    steps=lambda thing, _facts, _arguments: (
        Step(
            ("PUT", f"/ISAPI/AccessControl/RemoteControl/door/{door(thing)}", ONCE), SECONDS,
            root=False,
        ),
    ),
    effect=lambda thing, facts, _arguments: (
        f"whoever stands before {facts['name'] or 'it'} (door {door(thing)} of {thing.target})"
        " can walk in, once"
    ),
    verify=Verify(
        "its log has it released or opened since, and it is locked and closed again",
        _went, RECLOSES_S,
    ),
    timeout=SECONDS,
    expected_s=12.0,
    bars=_open_bars,
    says=said,
)  # fmt: skip


def _restart_bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    moving = facts["open"] or facts["unlocked"]
    bars = (
        (facts["model"] == GATEWAY, "it is a process: restart that where it runs"),
        (facts["fire"] == "alarm", "a fire alarm is on: people leave through its doors"),
        (facts["tamper"] == "tampered", _TAMPERED),
        (moving, f"door {moving} is open or unlocked: somebody goes through"),
        (not facts["started_entry"] and not facts["uptime_s"], _UNPROVEN),
    )
    found = next((why for is_so, why in bars if is_so), "")
    if not found and arguments["way_out"] == "none":
        return Liftable("say how people get out while cards and buttons of it do nothing")
    return found


def _restarted(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    if now is None or now["serial"] != before["serial"]:
        return False
    logged = now["started_entry"] and int(now["started_entry"]) > int(before["started_entry"] or 0)
    younger = (
        now["uptime_s"] and before["uptime_s"] and int(now["uptime_s"]) < int(before["uptime_s"])
    )
    return bool(logged or younger)


REBOOT = Action(
    id="door.reboot-controller",
    title="Restart the controller",
    letter="R",
    about="Restarts the controller: for a minute or two its readers and buttons do nothing.",
    probes=(),
    pins=("serial",),
    weight=Weight.NOTICED,
    look=CONTROLLER_LOOK,
    steps=lambda _thing, _facts, _arguments: (
        Step(("PUT", "/ISAPI/System/reboot"), SECONDS, root=False),
    ),
    effect=lambda _thing, facts, arguments: (
        f"all {facts['doors']} doors of {facts['name'] or facts['model'] or 'it'} take no card for"
        f" a minute or two; way out meanwhile: {arguments['way_out']}"
    ),
    verify=Verify(
        "it answers, and was powered on since, by its log or its uptime", _restarted, BACK_S,
        away=True,
    ),
    timeout=SECONDS,
    expected_s=90.0,
    bars=_restart_bars,
    says=said,
    arguments=(
        Argument(
            "way_out", "how people get out meanwhile",
            ("other door", "mechanical handle", "guard at the door", "none"), "none",
        ),
    ),
)  # fmt: skip

ACTIONS = (OPEN, REBOOT)
