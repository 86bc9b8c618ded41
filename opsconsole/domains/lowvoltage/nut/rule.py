"""When a UPS is wrong: on battery, low, old, overloaded, hot, badly fed, or not heard of."""

from dataclasses import replace

from opsconsole import reading
from opsconsole.domains.lowvoltage.nut.ups import ND
from opsconsole.model import Level
from opsconsole.rule import Bound, Condition, Rule

_NUT = "NUT: ups.status"
_APC = "netdata apcupsd, LibreNMS UPS rules"
_ZBX = "Zabbix APC UPS"
_CARRIED = "`:dark` tells what goes dark, and when."

_POWER = (
    Rule(
        "nut.on-battery", "on battery",
        "The mains are gone for it: what stands on it lives from its battery.",
        "nut.ups", "mode", f"{_NUT} OB, LB, FSD; {_APC}",
        (_CARRIED, "Look for the breaker, the generator, the other feed."),
        words={"on battery": Level.WARN, "low battery": Level.CRIT, "shutting down": Level.CRIT},
    ),
    Rule(
        "nut.runtime-short", "battery holds not long",
        "At this load the battery lasts for less than a quarter of an hour.",
        "nut.ups", "runtime_s", "15 min: awesome-prometheus-alerts; a warning on line: ours",
        ("Take load off it.", _CARRIED),
        warn=Bound(900, 960),
        crit=Bound(900, 960, (Condition("mode", "!=", "on line"),
                              Condition("mode", "!=", "calibrating"))),
        for_s=30,
    ),
    Rule(
        "nut.charge-low", "battery is not full",
        "It would not hold as long as it should.",
        "nut.ups", "charge_percent", f"75, 40: {ND}",
        ("Wait while it charges; if it does not, have the battery looked at.",),
        warn=Bound(75, 80), crit=Bound(40, 45), for_s=60,
    ),
    Rule(
        "nut.bypass", "on bypass",
        "Its load stands on the mains as they are: it protects from nothing.",
        "nut.ups", "mode", f"{_NUT} BYPASS",
        ("nut.bypass-stop", "Look at its display for why."),
        words={"on bypass": Level.WARN}, for_s=30,
    ),
    Rule(
        "nut.off", "output is off",
        "It gives no power to what stands on it.",
        "nut.ups", "mode", f"{_NUT} OFF",
        ("nut.load-on", "Find out who switched it off before you switch it on."),
        words={"off": Level.CRIT},
    ),
    Rule(
        "nut.no-data", "UPS is not heard of",
        "upsd runs, and its driver has no word from the device: nobody knows how it is.",
        "nut.ups", "mode", "upsd: DATA-STALE, DRIVER-NOT-CONNECTED; comm lost of netdata apcupsd",
        ("Look for the cable, and for `upsdrvctl start` there.",),
        words={"no data": Level.CRIT}, for_s=30,
    ),
)  # fmt: skip

_DEVICE = (
    Rule(
        "nut.replace-battery", "battery wears out",
        "The device itself wants another battery: it may fail when it is needed.",
        "nut.ups", "battery", f"{_NUT} RB; {_APC}",
        ("Order a battery of its model; see `battery_date`.",),
        words={"replace": Level.WARN},
    ),
    Rule(
        "nut.load-high", "load is high",
        "There is no reserve for what starts next; beyond its rating it drops the load.",
        "nut.ups", "load_percent", f"80, 95: {ND}",
        ("Move machines to another UPS.",),
        warn=Bound(80, 75), crit=Bound(95, 90), for_s=60,
    ),
    Rule(
        "nut.overloaded", "overloaded",
        "The device calls itself overloaded: it may drop the load at once.",
        "nut.ups", "output", f"{_NUT} OVER",
        ("Take load off it now.",),
        words=dict.fromkeys(("overloaded", "off, overloaded", "overloaded, trimming",
                             "overloaded, boosting"), Level.CRIT),
    ),
    Rule(
        "nut.hot", "battery is hot",
        "Each 10 °C more halve the life of a battery.",
        "nut.ups", "temperature_c", f"40: awesome-prometheus-alerts; 55: {_ZBX}",
        ("Look at its fans, its filter and the air of the room.",),
        warn=Bound(40, 38), crit=Bound(55, 50), for_s=300,
    ),
    Rule(
        "nut.test-failed", "battery test failed",
        "The last test says that the battery would not hold.",
        "nut.ups", "tested", "NUT: ups.test.result",
        ("nut.test-quick", "Have the battery looked at before it is needed."),
        words={"failed": Level.CRIT, "warning": Level.WARN},
    ),
)  # fmt: skip


def _mains(id_: str, title: str, column: str, bound: Bound, *guards: Condition) -> Rule:
    return Rule(
        id_, title, "What comes in is out of tolerance: it will go on battery soon.",
        "nut.ups", column, f"230 V, 50 Hz sites: {_ZBX}",
        ("Ask who runs the distribution board, or the utility.",),
        warn=bound, guards=guards, for_s=900, clear_for_s=120,
    )  # fmt: skip


_INPUT = (
    _mains("nut.input-low", "mains voltage low", "input_v", Bound(197, 200),
           Condition("input_v", ">", 150), Condition("mode", "==", "on line")),
    _mains("nut.input-high", "mains voltage high", "input_v", Bound(243, 240),
           Condition("input_v", "<", 300)),
    _mains("nut.frequency-low", "mains frequency low", "input_hz", Bound(49.7, 49.8),
           Condition("input_hz", ">", 45)),
    _mains("nut.frequency-high", "mains frequency high", "input_hz", Bound(50.3, 50.2),
           Condition("input_hz", "<", 55)),
)  # fmt: skip

_JUDGED = ("state", "charge", "runtime", "load")
"""What rules of its own judge already."""

_SENSORS = tuple(
    replace(one, guards=(*one.guards, *(Condition("physical", "!=", word) for word in _JUDGED)))
    if one.id == "nut.reading"
    else one
    for one in reading.rules("nut", ("Look at the device, and at the air around it.",))
)

RULES = (*_POWER, *_DEVICE, *_INPUT, *_SENSORS, *reading.rising("nut"))
