"""When a printer is wrong: it complains, runs out of something, or has no room for waste."""

from opsconsole.domains.desktop.printer.supply import PRACTICE
from opsconsole.model import Level
from opsconsole.rule import Bound, Rule

_WORDS = {"warning": Level.WARN, "critical": Level.CRIT}

RULES = (
    Rule(
        id="printer.error",
        title="Printer complains",
        about="It stands still for want of something, or soon will: a jam, an open door, no paper.",
        probe="printer.error",
        column="judged",
        source="RFC 2790 hrPrinterDetectedErrorState; which conditions stop a printer: ours",
        remedies=("Look at `printer.alert` for the place, then at the printer.",),
        words=_WORDS,
        for_s=60,
    ),
    Rule(
        id="printer.down",
        title="Printer is down",
        about="It prints nothing, and says no more about it than this.",
        probe="printer.status",
        column="condition",
        source="RFC 2790 hrDeviceStatus",
        remedies=("Look at `printer.alert` and at its display; turn it off and on.",),
        words={"down": Level.CRIT},
        for_s=120,
        depends_on=("printer.error",),
    ),
    Rule(
        id="printer.supply-low",
        title="Supply runs out",
        about="Somebody will stand before a printer that does not print.",
        probe="printer.supply",
        column="left_percent",
        source=PRACTICE,
        remedies=("Order it: `opsconsole report consumables` lists all with their days left.",),
        warn=Bound(20, 25),
        crit=Bound(10, 12),
    ),
    Rule(
        id="printer.waste-full",
        title="Waste box is full",
        about="It stops when there is no room for waste any more.",
        probe="printer.supply",
        column="full_percent",
        source=f"{PRACTICE}, the other way round",
        remedies=("Have a new box at hand, and change it.",),
        warn=Bound(80, 75),
        crit=Bound(90, 88),
    ),
    Rule(
        id="printer.alert",
        title="Printer alerts",
        about="It says in its own words what is wrong.",
        probe="printer.alert",
        column="judged",
        source="RFC 3805 prtAlertSeverityLevel",
        remedies=("Do what it says; NEEDS tells who can.",),
        words=_WORDS,
        for_s=60,
        depends_on=("printer.error", "printer.down"),
    ),
)
