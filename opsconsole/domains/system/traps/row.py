"""What a receiver of traps heard, as rows: traps, who sent them, and all of it in numbers."""

from opsconsole.clean import Clean, clean
from opsconsole.domains.system.traps.name import OBJECTS, WORDS, trap, variable
from opsconsole.model import Column, Level, Limits, Quantity, Row
from opsconsole.spec import Probe
from opsconsole.trap import Heard, Notice, Sender, unpacked
from opsconsole.varbind import Bound, bindings, shown

STORM = Limits(600, 3000, "default of this console: 10 and 50 a second")

VERSIONS = {0: Clean("v1"), 1: Clean("v2c"), 3: Clean("v3")}
_LEVELS = {Level.OK: Clean("ok"), Level.WARN: Clean("warning"), Level.CRIT: Clean("critical")}

NOWHERE = Clean("")


def read(payload: bytes) -> Heard:
    """Take apart what was heard; raises `Malformed`."""
    return unpacked(payload)


def traps(now: Heard, _before: Heard | None) -> list[Row]:
    """One row per trap, the newest first."""
    return [_row(one) for one in reversed(now.notices)]


def _row(one: Notice) -> Row:
    known = trap(one.oid)
    said = [(*variable(bound.name), bound) for bound in bindings(one.body)]
    values = {name: _value(name, bound) for name, _, bound in reversed(said)}
    about = next((values[name] for name in OBJECTS if values.get(name)), "")
    told = ", ".join(_told(name, index, bound) for name, index, bound in said)
    return (
        Clean(str(one.number)),
        one.at,
        clean(one.agent or one.source, 60),
        NOWHERE,
        clean(known.name, 200),
        _LEVELS[known.level],
        clean(about, 80),
        clean(told + (", and more" if one.cut else ""), 1000),
        Clean("inform" if one.inform else "trap"),
        VERSIONS.get(one.version, NOWHERE),
        clean(one.user, 40),
        None if one.uptime is None else one.uptime / 100,
        clean(one.source, 60),
        clean(one.oid, 700),
    )


def _value(name: str, bound: Bound) -> str:
    words = WORDS.get(name, {})
    if isinstance(bound.value, int) and bound.value in words:
        return words[bound.value]
    return shown(bound)


def _told(name: str, index: str, bound: Bound) -> str:
    which = "" if index in {"", "0", str(bound.value)} else f".{index}"
    return f"{name}{which} {_value(name, bound)}"


def senders(now: Heard, _before: Heard | None) -> list[Row]:
    """One row per address that sent anything, whoever is behind it."""
    return [_sender(one) for one in now.senders]


def _sender(one: Sender) -> Row:
    return (
        clean(one.source, 60), NOWHERE, one.believed, one.refused, one.at, clean(one.why, 120),
    )  # fmt: skip


def summary(now: Heard, _before: Heard | None) -> list[Row]:
    """The only row."""
    newest = now.notices[-1] if now.notices else None
    most = max(now.refused.items(), key=lambda item: item[1], default=("", 0))
    return [
        (
            now.traps,
            now.informs,
            now.recent,
            sum(now.refused.values()),
            clean(most[0], 120),
            now.flooded,
            now.again,
            len(now.senders),
            None if newest is None else newest.at,
            NOWHERE if newest is None else clean(trap(newest.oid).name, 80),
            now.since,
        )
    ]


_TEXT, _COUNT, _SINCE = Quantity.TEXT, Quantity.COUNT, Quantity.SINCE

SUMMARY = Probe(
    id="traps.summary",
    title="Traps in short",
    exchange="traps",
    columns=(
        Column("traps", "TRAPS", _COUNT, "traps that were believed"),
        Column("informs", "INFORMS", _COUNT, "informs that were believed, and acknowledged"),
        Column("recent", "LAST MIN", _COUNT, "both, within the last minute", STORM, history=True),
        Column("refused", "REFUSED", _COUNT, "datagrams that were not believed"),
        Column("why_refused", "MOSTLY FOR", _TEXT, "what most of them were refused for"),
        Column("flooded", "FLOODED", _COUNT, "believed, and shown nowhere: too many of one sender"),
        Column("again", "AGAIN", _COUNT, "informs that came once more"),
        Column("senders", "SENDERS", _COUNT, "addresses that something came from"),
        Column("last", "LAST", _SINCE, "when the newest came"),
        Column("last_trap", "LAST TRAP", _TEXT, "snmpTrapOID of the newest"),
        Column("since", "LISTENS", _SINCE, "since when this console listens"),
    ),
    key=(),
    read=read,
    rows=summary,
    on_demand=False,
)

TRAPS = Probe(
    id="traps.trap",
    title="Traps",
    exchange="traps",
    columns=(
        Column("number", "NUMBER", _TEXT, "of this console: grows with each"),
        Column("at", "AT", Quantity.TIME, "when it came"),
        Column("source", "FROM", _TEXT, "snmpTrapAddress, the address in a trap of v1, else that "
               "of the datagram"),
        Column("target", "TARGET", _TEXT, "the target of this estate with that address"),
        Column("trap", "TRAP", _TEXT, "snmpTrapOID", tallied=True),
        Column("judged", "STATE", Quantity.STATE, "how bad such a trap is, by our own table"),
        Column("object", "OBJECT", _TEXT, "what it is about: ifName, ifDescr, ifIndex, a peer"),
        Column("said", "SAYS", _TEXT, "all variables that came with it"),
        Column("kind", "KIND", _TEXT, "trap, or inform: that one was acknowledged"),
        Column("version", "VERSION", _TEXT, "of SNMP"),
        Column("user", "USER", _TEXT, "of v3"),
        Column("uptime_s", "UPTIME", Quantity.SECONDS, "sysUpTime: how long its sender was up"),
        Column("came_from", "CAME FROM", _TEXT, "address of the datagram"),
        Column("oid", "OID", _TEXT, "snmpTrapOID in numbers"),
    ),
    key=("number",),
    read=read,
    rows=traps,
    on_demand=False,
    quiet=True,
    named=("trap",),
    placed=("target", ("source", "came_from")),
)  # fmt: skip

SENDERS = Probe(
    id="traps.sender",
    title="Senders",
    exchange="traps",
    columns=(
        Column("source", "FROM", _TEXT, "address of the datagrams"),
        Column("target", "TARGET", _TEXT, "the target of this estate with that address"),
        Column("believed", "BELIEVED", _COUNT, "traps and informs that were believed"),
        Column("refused", "REFUSED", _COUNT, "datagrams that were not"),
        Column("at", "LAST", _SINCE, "when something came last"),
        Column("why", "REFUSED FOR", _TEXT, "why the last one that was refused was"),
    ),
    key=("source",),
    read=read,
    rows=senders,
    placed=("target", ("source",)),
)
