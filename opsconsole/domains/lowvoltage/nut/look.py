"""How a UPS is looked at before something is done to it: its variables, then its commands."""

from functools import partial

import msgspec

from opsconsole.clean import clean, clean_bytes
from opsconsole.domains.lowvoltage.nut import shape
from opsconsole.domains.lowvoltage.nut.ups import charge, load, on_battery, runtime
from opsconsole.errors import Denied, Gone, Malformed, Refused, TargetError
from opsconsole.plan import Thing
from opsconsole.question import NutAnswer
from opsconsole.spec import Facts, Look


def pin(thing: Thing, name: str) -> str:
    """A pin of an object; raises `Refused` without it."""
    value = dict(thing.pins).get(name, "")
    if not value or "\N{REPLACEMENT CHARACTER}" in value or len(value) > 120:
        raise Refused(f"{thing.target}: {value!r} is no name of a {name}", "unknown")
    return value


def fault(thing: Thing, out: bytes) -> TargetError | Gone:
    """What upsd said instead of doing it, and what to do about that."""
    said = clean_bytes(out, 120)
    what = f"{thing.target}: upsd says {said}"
    match said.partition(" ")[0]:
        case "UNKNOWN-UPS":
            return Gone(f"{thing.target}: that UPS is not there any more")
        case "ACCESS-DENIED":
            return Denied(what, "mend `user` and `password`; upsd.users there needs the right")
        case _:
            return Malformed(what)


def lines(thing: Thing, status: int, out: bytes) -> list[list[str]]:
    """Words of the lines that were read; raises `Gone` and `TargetError`."""
    if status:
        raise fault(thing, out)
    try:
        return msgspec.json.decode(out, type=list[list[str]])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(f"{thing.target}: an answer that is no list of lines") from None


def _said(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def read_ups(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of a UPS, from its variables."""
    if status and out.split(b" ")[0] in {b"DATA-STALE", b"DRIVER-NOT-CONNECTED"}:
        raise Malformed(f"{thing.target}: upsd has no word from that UPS: {clean_bytes(out, 60)}",
                        "look for its cable, and for its driver there")  # fmt: skip
    one = shape.device(NutAnswer(pin(thing, "ups"), "", lines(thing, status, out)))
    since = on_battery(one)
    return {
        "ups": one.name,
        "mode": one.mode,
        "status": one.status,
        "charge_percent": _said(charge(one)),
        "runtime_s": _said(runtime(one)),
        "load_percent": _said(load(one)),
        "input_v": _said(one.number("input.voltage", "input.L1-N.voltage", low=0)),
        "test": one.text("ups.test.result"),
        "test_date": one.text("ups.test.date", "battery.test.date"),
        "alarm": one.text("ups.alarm"),
        "beeper": one.text("ups.beeper.status"),
        "shutdown_s": one.text("ups.timer.shutdown"),
        "_tokens": " ".join(sorted(one.tokens)),
        "_nominal": _said(one.number("input.voltage.nominal", low=1)),
        "_low": _said(one.number("input.transfer.low", low=1)),
        "_high": _said(one.number("input.transfer.high", low=1)),
        "_since": _said(since),
    }


def read_commands(thing: Thing, status: int, out: bytes) -> Facts:
    """The commands that it lists."""
    found = [line[2] for line in lines(thing, status, out) if len(line) > 2]
    return {"_commands": " ".join(sorted(found))}


_COMMANDS = Look(lambda thing: ("LIST", "CMD", pin(thing, "ups")), read_commands)

UPS = Look(
    lambda thing: ("LIST", "VAR", pin(thing, "ups")),
    read_ups,
    then=lambda _thing, _facts: (_COMMANDS,),
)


# -- one variable -------------------------------------------------------------------------------


def read_variable(thing: Thing, status: int, out: bytes) -> Facts:
    """Its value now."""
    if status and out.startswith(b"VAR-NOT-SUPPORTED"):
        raise Gone(f"{thing.target}: that UPS has no such variable any more")
    found = lines(thing, status, out)
    if not found or found[0][:1] != ["VAR"] or len(found[0]) < 4:
        raise Malformed(f"{thing.target}: no value of that variable")
    return {
        "ups": pin(thing, "ups"),
        "variable": pin(thing, "variable"),
        "value": clean(found[0][3], 400),
    }


def read_type(thing: Thing, status: int, out: bytes) -> Facts:
    """What can be written: `RW`, `NUMBER`, `ENUM`, `RANGE`, `STRING:32`."""
    found = lines(thing, status, out)
    words = found[0][3:] if found and found[0][:1] == ["TYPE"] else []
    return {"type": clean(" ".join(words), 80)}


def read_enum(thing: Thing, status: int, out: bytes) -> Facts:
    """Values that it may have; `|` stands between them."""
    found = lines(thing, status, out)
    return {"allowed": clean(" | ".join(line[3] for line in found if len(line) > 3), 800)}


def read_range(thing: Thing, status: int, out: bytes) -> Facts:
    """Spans in which it may be."""
    found = lines(thing, status, out)
    return {"range": clean(", ".join(f"{a[3]} to {a[4]}" for a in found if len(a) > 4), 200)}


def _words(front: tuple[str, str], thing: Thing) -> tuple[str, ...]:
    return (*front, pin(thing, "ups"), pin(thing, "variable"))


def _further(_thing: Thing, facts: Facts) -> tuple[Look, ...]:
    words = facts["type"].split()
    enum, span = ("LIST", "ENUM"), ("LIST", "RANGE")
    return (
        *((Look(partial(_words, enum), read_enum),) if "ENUM" in words else ()),
        *((Look(partial(_words, span), read_range),) if "RANGE" in words else ()),
    )


_TYPE = Look(partial(_words, ("GET", "TYPE")), read_type, then=_further)

VARIABLE = Look(
    partial(_words, ("GET", "VAR")), read_variable, then=lambda _thing, _facts: (_TYPE,)
)
