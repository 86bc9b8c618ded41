"""When a door or its controller is wrong."""

from opsconsole.domains.lowvoltage.door.health import DRIFT
from opsconsole.domains.lowvoltage.door.probe import HELD_CRIT, HELD_WARN
from opsconsole.model import Level
from opsconsole.rule import Bound, Condition, Rule

_USUAL = "vendor-typical"
_GO = "Send somebody there, and look at the camera."
_READ = "Read its log: `door.event`."

RULES = (
    Rule(
        "door.forced", "door forced open",
        "It was opened without a card, a button or a call: somebody may be inside.",
        "door.door", "state", f"{_USUAL}; AcsEvent 5/0x1b",
        (_GO, _READ),
        words={"forced open": Level.CRIT},
    ),
    Rule(
        "door.held-open", "door stays open",
        "Anybody walks in while it does.",
        "door.door", "open_s", f"30 s, 120 s: {_USUAL}",
        ("Have somebody close it.", "Look for a wedge, a closer that is worn, a contact off."),
        warn=Bound(HELD_WARN, 5), crit=Bound(HELD_CRIT, 5),
        guards=(Condition("mode", "!=", "normally open"), Condition("state", "!=", "forced open")),
    ),
    Rule(
        "door.tamper", "controller is open",
        "Its housing was opened: who stands there can open every door of it.",
        "door.health", "tamper", f"{_USUAL}; AcsWorkStatus hostAntiDismantleStatus",
        (_GO,),
        words={"tampered": Level.CRIT},
    ),
    Rule(
        "door.reader-tamper", "reader is open",
        "A reader was taken off its wall: cards may be read by others.",
        "door.door", "tamper", f"{_USUAL}; AcsWorkStatus cardReaderAntiDismantleStatus",
        (_GO,),
        words={"tampered": Level.CRIT},
    ),
    Rule(
        "door.reader-offline", "reader is offline",
        "Cards open nothing there: people stand before it, or cannot leave.",
        "door.door", "reader", f"2 min: {_USUAL}",
        ("Look at its cable and its power.", _READ),
        words={"offline": Level.WARN}, for_s=120,
    ),
    Rule(
        "door.fault", "wire of a door is at fault",
        "The controller cannot tell whether that door is locked, or closed.",
        "door.door", "state", "AcsWorkStatus doorLockStatus, magneticStatus 2 to 4",
        ("Look at lock, contact and the wire between.",),
        words={"contact fault": Level.WARN, "lock fault": Level.WARN}, for_s=30,
    ),
    Rule(
        "door.shut", "door lets nobody through",
        "It is set to stay locked whatever card is shown: on a way out that is a danger.",
        "door.door", "mode", "AcsWorkStatus doorStatus 3",
        ("Find out who set that, and set it back to cards at the controller.",),
        words={"normally closed": Level.WARN}, for_s=60,
    ),
    Rule(
        "door.fire", "fire alarm at the controller",
        "Its fire input is not at rest: an alarm, or a wire that is cut.",
        "door.health", "fire", "AcsWorkStatus fireAlarmStatus",
        ("Call whoever answers for the fire system.",),
        words={"alarm": Level.CRIT},
    ),
    Rule(
        "door.on-battery", "controller on battery",
        "Its mains are gone: when the battery ends, doors fail as they are built to.",
        "door.health", "power", "AcsWorkStatus powerSupplyStatus",
        ("Look for its breaker.",),
        words={"battery": Level.WARN}, for_s=60,
    ),
    Rule(
        "door.clock-drift", "its clock is off",
        "Its log has wrong times, and cards are taken or refused at wrong hours.",
        "door.health", "drift_s", f"60 s: {_USUAL}",
        ("Give it an NTP server, or set its clock.",),
        warn=Bound(DRIFT, 30), for_s=60,
    ),
)  # fmt: skip
