"""What a printer alerts of by itself, in its own words and language."""

from opsconsole.clean import Clean, clean
from opsconsole.domains.desktop.agent import Answer, number
from opsconsole.domains.desktop.printer import word
from opsconsole.domains.desktop.printer.mib import ALERT, UPTIME
from opsconsole.model import Column, Level, Quantity, Row

COLUMNS: tuple[Column, ...] = (
    Column("description", "ALERT", Quantity.TEXT, "prtAlertDescription, in the printer's language"),
    Column("entry", "ENTRY", Quantity.TEXT, "index in prtAlertTable"),
    Column("judged", "STATE", Quantity.STATE, "prtAlertSeverityLevel"),
    Column("group", "PART", Quantity.TEXT, "prtAlertGroup"),
    Column("code", "WHAT", Quantity.TEXT, "prtAlertCode"),
    Column("for_s", "FOR", Quantity.SECONDS, "sysUpTime less prtAlertTime"),
    Column("training", "NEEDS", Quantity.TEXT, "prtAlertTrainingLevel: who can mend it"),
    Column("index", "INDEX", Quantity.COUNT, "prtAlertGroupIndex: which one of the part"),
    Column("location", "PLACE", Quantity.COUNT, "prtAlertLocation"),
)

_JUDGED = {
    Level.OK: Clean("ok"), Level.WARN: Clean("warning"), Level.CRIT: Clean("critical"),
}  # fmt: skip


def rows(one: Answer, _before: Answer | None) -> list[Row]:
    """One row per entry, worst first."""
    found: list[tuple[Level, Row]] = []
    uptime = number(one.scalars.get(UPTIME))
    for index, row in one.table(ALERT).items():
        _, level = word.SEVERITIES.get(number(row.get(2)) or 0, ("", Level.OK))
        code = number(row.get(7)) or 0
        group = number(row.get(4)) or 0
        what = word.CODES.get(code, f"code {code}" if code > 2 else "")
        since = number(row.get(9))
        lasted = None if uptime is None or since is None else (uptime - since) / 100
        cells: Row = (
            *(one.text(row.get(8)) or clean(what), clean(index, 40), _JUDGED[level]),
            *(clean(word.GROUPS.get(group, f"group {group}")), clean(what)),
            lasted if lasted is not None and lasted >= 0 else None,
            clean(word.TRAINING.get(number(row.get(3)) or 0, "")),
            *(_known(row.get(5)), _known(row.get(6))),
        )
        found.append((level, cells))
    found.sort(key=lambda each: -each[0])
    return [cells for _, cells in found]


def _known(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None
