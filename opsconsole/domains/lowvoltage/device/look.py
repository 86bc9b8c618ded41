"""How a device is looked at before it is told something: what it is, then what that needs."""

from functools import partial

import msgspec

from opsconsole.clean import clean
from opsconsole.domains.lowvoltage.device import ups
from opsconsole.errors import Gone, Malformed, Refused
from opsconsole.gear import LIBRARY, Errand, Told, outlet_state
from opsconsole.gear.plan import SYSTEM
from opsconsole.plan import Thing
from opsconsole.spec import Facts, Look
from opsconsole.varbind import bindings

MOST = 1 << 20
"""Bytes of an answer: names and states of a few hundred outlets."""


def device(does: str) -> Look:
    """The device, and all that is to be known before it is told this verb."""
    return Look(
        lambda _thing: ("SEEK", *SYSTEM, "FIRST", *LIBRARY.present()),
        _system,
        then=partial(_then, does),
        most=MOST,
    )


def pin(thing: Thing, name: str) -> str:
    """A pin of an object; raises `Refused` without it."""
    value = dict(thing.pins).get(name, "")
    if not value or "\N{REPLACEMENT CHARACTER}" in value or len(value) > 120:
        raise Refused(f"{thing.target}: {value!r} is no {name}", "unknown")
    return value


def _system(thing: Thing, status: int, out: bytes) -> Facts:
    if status or not out:
        raise Malformed(f"{thing.target}: it says nothing of itself", "see what `walk` finds there")
    return {"_system": out.hex()}


def _then(does: str, _thing: Thing, facts: Facts) -> tuple[Look, ...]:
    system = bytes.fromhex(facts["_system"])
    errand = LIBRARY.errand(system, does)
    words = ("SEEK", *errand.objects, "BELOW", *errand.columns)
    return (Look(lambda _thing: words, partial(_read, errand, does, system), most=MOST),)


def _read(errand: Errand, does: str, system: bytes, thing: Thing, status: int, out: bytes) -> Facts:
    if status:
        raise Malformed(f"{thing.target}: it does not say how it is")
    outlet = pin(thing, "outlet") if does.startswith("outlet-") else ""
    told = errand.told(bindings(system + out), outlet)
    if not told.there:
        raise Gone(f"{thing.target}: there is no outlet {outlet} any more")
    who = told.identity
    if told.there > 1:
        what = f"{thing.target}: {told.there} of its outlets are named {outlet}"
        raise Refused(f"{what}: mend `row` in its profile", "unknown")
    return {
        "object": who.object,
        "model": clean(" ".join(filter(None, (who.vendor, who.model)))),
        "serial": who.serial,
        **(_outlet(told, outlet) if outlet else _ups(told)),
        **_ready(told),
        "_uptime": "" if who.uptime is None else f"{who.uptime:g}",
    }


def _outlet(told: Told, outlet: str) -> dict[str, str]:
    name, state = outlet_state(told)
    return {"outlet": clean(outlet), "name": name, "state": state}


_UPS = ("source", "battery", "replace", "charge_percent", "load_percent", "runtime_s", "test",
        "alarms", "overload")  # fmt: skip


def _ups(told: Told) -> dict[str, str]:
    """The one line of a UPS, so that a test knows what it runs on; nothing of other devices."""
    keys = [column.key for column in ups.COLUMNS]
    for row in ups.rows(told.device, None):
        said = dict(zip(keys, row, strict=True))
        return {key: _text(said[key]) for key in _UPS}
    return {}


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _ready(told: Told) -> dict[str, str]:
    ready = told.ready
    if ready is None:
        why = "it does not answer the object that its profile names" if told.declared else (
            "no profile that fits it knows how"
        )  # fmt: skip
        return {"_why": why, "reads": "", "_words": "[]", "_read": "", "_shown": "", "_anew": "",
                "_after": "", "_seen": "[]"}  # fmt: skip
    return {
        "reads": clean(f"{ready.read} = {ready.says}"),
        "_why": "",
        "_words": msgspec.json.encode(ready.words).decode(),
        "_read": ready.read,
        "_shown": "yes" if ready.shown else "",
        "_anew": ready.anew,
        "_after": "yes" if ready.after else "",
        "_seen": msgspec.json.encode(ready.command.seen).decode(),
    }


def words(facts: Facts, name: str) -> tuple[str, ...]:
    """A list that stands in a fact."""
    return msgspec.json.decode(facts[name], type=tuple[str, ...])
