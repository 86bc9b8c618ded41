"""A controller in one line, and the end of its log."""

from collections.abc import Callable

from opsconsole.clean import Clean, clean
from opsconsole.domains.lowvoltage.door.probe import HELD_WARN, Judged, judged, ours
from opsconsole.domains.lowvoltage.door.shape import Panel, panel
from opsconsole.model import Column, Level, Limits, Quantity, Row
from opsconsole.spec import Probe

DRIFT = 60.0
_STATUS = "AcsWorkStatus"
_LOG = "AcsEvent"
_LEVELS = {Level.OK: Clean("ok"), Level.WARN: Clean("warning"), Level.CRIT: Clean("critical")}


def _why(one: Panel, doors: list[Judged]) -> tuple[str, str]:
    """The word for a controller, and what is behind it: the worst first."""
    drift = abs(one.drift or 0.0)
    waits = [d for d in doors if (d.open_s or 0.0) >= HELD_WARN and d.leaf.mode != "normally open"]
    found = (
        ("fire alarm", one.fire == "alarm", "its fire input says so"),
        ("forced open", *_which(doors, lambda d: d.state == "forced open")),
        ("tampered", one.tamper == "tampered", "the controller's housing is open"),
        ("tampered", *_which(doors, lambda d: d.tamper == "tampered")),
        ("held open", bool(waits), ", ".join(map(called, waits))),
        ("reader offline", *_which(doors, lambda d: d.reader == "offline")),
        ("fault", *_which(doors, lambda d: d.state.endswith("fault"))),
        ("clock is off", drift >= DRIFT, f"{drift:.0f} s"),
        ("on battery", one.power == "battery", ""),
    )
    return next(((word, why) for word, is_so, why in found if is_so), ("ok", ""))


def _which(doors: list[Judged], wrong: Callable[[Judged], bool]) -> tuple[bool, str]:
    names = [called(door) for door in doors if wrong(door)]
    return bool(names), ", ".join(names)


def called(door: Judged) -> str:
    """What a door is called in a sentence."""
    return str(door.leaf.name or f"door {door.leaf.number}")


def health_rows(one: Panel, _before: Panel | None) -> list[Row]:
    """The only row."""
    doors = judged(one)
    state, why = _why(one, doors)
    return [
        (
            clean(state),
            clean(why, 120),
            len(doors),
            sum(door.leaf.contact == "open" for door in doors),
            sum(door.state == "forced open" for door in doors),
            sum((door.open_s or 0.0) >= HELD_WARN for door in doors),
            sum(door.tamper == "tampered" for door in doors) + (one.tamper == "tampered"),
            one.online.count(False),
            len(one.online),
            None if one.drift is None else abs(one.drift),
            clean(one.tamper),
            clean(one.fire),
            clean(one.power),
            clean(one.battery),
            clean("not told" if one.log is None else "ok"),
            one.device["deviceName"],
            one.device["model"],
            one.device["firmwareVersion"],
            one.device["serialNumber"],
        )
    ]


_COUNT, _WORD, _TEXT = Quantity.COUNT, Quantity.STATE, Quantity.TEXT

HEALTH = Probe(
    "door.health", "Access controller", "doors",
    (
        Column("worst_state", "DOORS ARE", _WORD, "the worst of what stands beside it"),
        Column("where", "WHERE", _TEXT, "which door, or how much"),
        Column("doors", "DOORS", _COUNT, f"{_STATUS}: doors in its lists"),
        Column("open", "OPEN", _COUNT, f"{_STATUS} magneticStatus", history=True),
        Column("forced", "FORCED", _COUNT, f"{_LOG} 5/0x1b of doors that are open",
               Limits(1, 1, "any")),
        Column("held", "HELD", _COUNT, "doors open for 30 s or more", Limits(1, 1e9, "any")),
        Column("tampers", "TAMPERED", _COUNT, "housings that are open", Limits(1, 1, "any")),
        Column("offline", "OFFLINE", _COUNT, f"{_STATUS}: readers that are not online",
               Limits(1, 1e9, "any")),
        Column("readers", "READERS", _COUNT, f"{_STATUS}: readers it knows"),
        Column("drift_s", "CLOCK OFF", Quantity.SECONDS, "System/time against our own clock",
               Limits(DRIFT, 1e9, "60 s: vendor-typical"), history=True),
        Column("tamper", "TAMPER", _WORD, f"{_STATUS} hostAntiDismantleStatus"),
        Column("fire", "FIRE", _WORD, f"{_STATUS} fireAlarmStatus"),
        Column("power", "POWER", _WORD, f"{_STATUS} powerSupplyStatus"),
        Column("battery", "BATTERY", _WORD, f"{_STATUS} batteryLowVoltage"),
        Column("log", "LOG", _TEXT, f"whether {_LOG} is told; without, no door is forced open"),
        Column("name", "NAME", _TEXT, "System/deviceInfo deviceName"),
        Column("model", "MODEL", _TEXT, "System/deviceInfo model"),
        Column("firmware", "FIRMWARE", _TEXT, "System/deviceInfo firmwareVersion"),
        Column("serial", "SERIAL", _TEXT, "System/deviceInfo serialNumber"),
    ),
    (), panel, health_rows, on_demand=False,
)  # fmt: skip


def event_rows(one: Panel, _before: Panel | None) -> list[Row]:
    """One row per entry, the newest first."""
    return [
        (
            clean(f"{'' if entry.serial is None else entry.serial}:{place}"),
            ours(one, entry),
            _LEVELS[entry.level],
            entry.word,
            entry.door,
            entry.reader,
            entry.who,
            entry.card,
            clean(f"{entry.major}/0x{entry.minor:x}"),
        )
        for place, entry in enumerate(one.log or ())
    ]


EVENT = Probe(
    "door.event", "Log", "doors",
    (
        Column("entry", "ENTRY", _TEXT, f"{_LOG} serialNo, and its place"),
        Column("at", "TIME", Quantity.TIME, f"{_LOG} time, by our clock"),
        Column("level", "LEVEL", _WORD, "our opinion of it"),
        Column("event", "EVENT", _TEXT, f"{_LOG} major and minor, in words", tallied=True),
        Column("door", "DOOR", _COUNT, f"{_LOG} doorNo"),
        Column("reader", "READER", _COUNT, f"{_LOG} cardReaderNo"),
        Column("who", "WHO", _TEXT, f"{_LOG} name, else employeeNoString"),
        Column("card", "CARD", _TEXT, f"{_LOG} cardNo: its last four digits"),
        Column("code", "CODE", _TEXT, f"{_LOG} major/minor"),
    ),
    ("entry",), panel, event_rows,
)  # fmt: skip
