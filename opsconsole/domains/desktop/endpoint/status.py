"""What an endpoint is and how it is: one row for the list."""

from collections.abc import Iterator

from opsconsole.clean import Clean, clean
from opsconsole.domains.desktop.agent import Answer
from opsconsole.domains.desktop.endpoint import mib, port
from opsconsole.domains.desktop.endpoint.line import Line, lines
from opsconsole.domains.desktop.endpoint.maker import identity
from opsconsole.domains.desktop.endpoint.part import Component, components
from opsconsole.domains.desktop.endpoint.sensor import calls
from opsconsole.model import Column, Level, Limits, Quantity, Row
from opsconsole.spelling import counted

COLUMNS: tuple[Column, ...] = (
    Column("activity", "DOES", Quantity.TEXT, "calls, or receivers that are off the hook"),
    Column("complaints", "COMPLAINS", Quantity.TEXT, "lines not registered, parts that fail"),
    Column("complaints_warning", "WARNINGS", Quantity.COUNT,
           "lines and parts with a warning", Limits(1, 1e9, "its maker's MIB")),
    Column("complaints_critical", "STOPS", Quantity.COUNT,
           "lines not registered, parts that fail", Limits(1, 1, "its maker's MIB")),
    Column("lines", "LINES", Quantity.COUNT, "lines, accounts and ports"),
    Column("wanted", "TO REGISTER", Quantity.COUNT, "those that should be registered"),
    Column("registered", "REGISTERED", Quantity.COUNT, "those that are", history=True),
    Column("busy", "BUSY", Quantity.COUNT, "receivers off the hook, or calls", history=True),
    Column("connected", "CONNECTED", Quantity.COUNT, "network ports with a link"),
    Column("type", "TYPE", Quantity.TEXT, "phone, gateway, video, room, intercom"),
    Column("maker", "MAKER", Quantity.TEXT, "sysObjectID, or what it answers"),
    Column("model", "MODEL", Quantity.TEXT, "as its maker tells it, ENTITY-MIB, sysDescr"),
    Column("serial", "SERIAL", Quantity.TEXT, "as its maker tells it, ENTITY-MIB, sysDescr"),
    Column("firmware", "FIRMWARE", Quantity.TEXT, "as its maker tells it, ENTITY-MIB, sysDescr"),
    Column("part", "PART", Quantity.TEXT, "the maker's number of the product"),
    Column("mac", "MAC", Quantity.TEXT, "ifPhysAddress of its first port"),
    Column("name", "NAME", Quantity.TEXT, "sysName"),
    Column("location", "LOCATION", Quantity.TEXT, "its room, or sysLocation"),
    Column("contact", "CONTACT", Quantity.TEXT, "sysContact"),
    Column("uptime_s", "UP", Quantity.SECONDS, "sysUpTime, which begins anew after 497 days"),
)  # fmt: skip


def rows(one: Answer, _before: Answer | None) -> list[Row]:
    """The only row."""
    found, parts, self = lines(one), components(one), identity(one)
    levels = [*(line.level for line in found), *(part.state.level for part in parts)]
    going, up = calls(one), one.number(mib.UPTIME)
    lifted = sum(line.busy for line in found)
    busy = going if going is not None else lifted if any(line.hook for line in found) else None
    return [
        (
            _activity(going, lifted, busy),
            clean(", ".join(_complaints(found, parts)), 200),
            *(levels.count(Level.WARN), levels.count(Level.CRIT)),
            *(len(found), sum(line.wanted for line in found)),
            *(sum(line.registered for line in found), busy, port.connected(one)),
            *(self.kind, self.maker, self.model, self.serial, self.firmware, self.part),
            *(port.mac(one), self.name, self.location, self.contact),
            None if up is None else up / 100,
        )
    ]


def _activity(going: int | None, lifted: int, busy: int | None) -> Clean:
    if busy is None:
        return Clean("")
    if going:
        return clean(counted(going, "call"))
    return clean(f"{counted(lifted, 'receiver')} off the hook" if lifted else "idle")


def _complaints(found: list[Line], parts: list[Component]) -> Iterator[str]:
    for line in found:
        if line.registration is not None and line.level >= Level.WARN:
            yield f"{line.name} {line.registration.word}"
    for part in parts:
        if part.state.level >= Level.WARN:
            yield f"{part.name} {part.state.word}"
