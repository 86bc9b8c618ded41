"""All that upsd lists of its UPS: variables, commands, and the machines that are logged in."""

import msgspec

from opsconsole import reply
from opsconsole.clean import Clean, clean
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import NutAnswer, parted
from opsconsole.spec import Probe


class Detail(msgspec.Struct, frozen=True):
    """What is asked while somebody looks."""

    variables: list[NutAnswer]
    writable: list[NutAnswer]
    commands: list[NutAnswer]
    clients: list[NutAnswer]


def read(payload: bytes) -> Detail:
    """Take the answers apart."""
    return Detail(*(reply.read(part, list[NutAnswer]) for part in parted(payload, 4)))


def variable_rows(now: Detail, _before: Detail | None) -> list[Row]:
    """One row per variable of each UPS."""
    writable = {(a.ups, line[2]) for a in now.writable for line in a.lines if len(line) > 2}
    return [
        (
            clean(answer.ups, 120),
            clean(line[2], 120),
            clean(line[3], 400),
            Clean("yes" if (answer.ups, line[2]) in writable else ""),
        )
        for answer in now.variables
        for line in answer.lines
        if line[:1] == ["VAR"] and len(line) > 3
    ]


VARIABLE = Probe(
    "nut.variable",
    "Variables",
    "detail",
    (
        Column("ups", "UPS", Quantity.TEXT, "LIST UPS"),
        Column("variable", "VARIABLE", Quantity.TEXT, "LIST VAR"),
        Column("value", "VALUE", Quantity.TEXT, "LIST VAR"),
        Column("writable", "WRITABLE", Quantity.TEXT, "LIST RW"),
    ),
    ("ups", "variable"),
    read,
    variable_rows,
    named=("ups", "variable"),
)

PURPOSES = {
    "test.battery.start.quick": "nut.test-quick", "test.battery.start.deep": "nut.test-deep",
    "test.battery.stop": "nut.test-stop", "calibrate.start": "nut.calibrate",
    "beeper.mute": "nut.mute", "beeper.toggle": "nut.mute", "bypass.start": "nut.bypass-start",
    "bypass.stop": "nut.bypass-stop", "load.off": "nut.load-off", "load.on": "nut.load-on",
    "shutdown.return": "nut.shutdown-return",
}  # fmt: skip
"""Actions of this console, by the command they give."""


def command_rows(now: Detail, _before: Detail | None) -> list[Row]:
    """One row per command that a UPS lists."""
    return [
        (clean(answer.ups, 120), clean(line[2], 120), Clean(PURPOSES.get(line[2], "")))
        for answer in now.commands
        for line in answer.lines
        if line[:1] == ["CMD"] and len(line) > 2
    ]


COMMAND = Probe(
    "nut.command",
    "Commands",
    "detail",
    (
        Column("ups", "UPS", Quantity.TEXT, "LIST UPS"),
        Column("command", "COMMAND", Quantity.TEXT, "LIST CMD"),
        Column("action", "ACTION", Quantity.TEXT, "the action of this console that gives it"),
    ),
    ("ups", "command"),
    read,
    command_rows,
)


def client_rows(now: Detail, _before: Detail | None) -> list[Row]:
    """One row per machine that is logged in for a UPS."""
    return [
        (clean(answer.ups, 120), clean(line[2], 120))
        for answer in now.clients
        for line in answer.lines
        if line[:1] == ["CLIENT"] and len(line) > 2
    ]


CLIENT = Probe(
    "nut.client",
    "Logged in",
    "detail",
    (
        Column("ups", "UPS", Quantity.TEXT, "LIST UPS"),
        Column("client", "CLIENT", Quantity.TEXT, "LIST CLIENT: who shuts down with it (upsmon)"),
    ),
    ("ups", "client"),
    read,
    client_rows,
    named=("client",),
)
