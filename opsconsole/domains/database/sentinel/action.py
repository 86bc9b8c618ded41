"""Have a replica take the place of a primary."""

import re

import msgspec

from opsconsole.clean import clean
from opsconsole.domains.database.redis import wire
from opsconsole.domains.database.redis.action import pin, said
from opsconsole.domains.database.sentinel.primary import address, state
from opsconsole.errors import Gone, Malformed, Refused
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

SECONDS = 15.0

_NAME = re.compile(r"[A-Za-z0-9._-]{1,200}")
"""What Sentinel takes as a name of a primary."""


def _name(thing: Thing) -> str:
    name = pin(thing, "name")
    if not _NAME.fullmatch(name):
        raise Refused(f"{thing.target}: {str(clean(name))!r} is no name of a primary", "unknown")
    return name


def _look(thing: Thing) -> tuple[str, ...]:
    return ("SENTINEL", "MASTER", _name(thing))


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of the primary; raises `Gone` when the sentinel knows none of that name."""
    if status and b"No such master" in out:
        raise Gone(f"{thing.target}: watches no {_name(thing)}")
    try:
        words = msgspec.json.decode(said(thing, status, out), type=list[object])
    except msgspec.DecodeError as error:
        raise Malformed(f"{thing.target}: an answer that is none: {clean(str(error))}") from None
    found = wire.flat([one.encode() if isinstance(one, str) else one for one in words])
    return {
        "name": wire.text(found, b"name", 200),
        "address": address(found),
        "state": state(found.get(b"flags", b"")),
        "flags": wire.text(found, b"flags"),
        "replicas": wire.text(found, b"num-slaves", 10),
        "sentinels": wire.text(found, b"num-other-sentinels", 10),
        "epoch": wire.text(found, b"config-epoch", 20),
    }


def _bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if "failover_in_progress" in facts["flags"]:
        return "a failover is under way"
    return "it has no replica that could stand in" if facts["replicas"] in {"", "0"} else ""


def _moved(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return (
        now is not None
        and now["address"] != before["address"]
        and "failover_in_progress" not in now["flags"]
    )


FAILOVER = Action(
    id="redis-sentinel.failover",
    title="Promote a replica",
    letter="P",
    about="Promotes a replica without asking the other sentinels; the old primary follows it.",
    probes=("redis-sentinel.primary",),
    pins=("name", "address"),
    weight=Weight.LOSING,
    look=Look(_look, read),
    steps=lambda thing, _facts, _arguments: (
        Step(("SENTINEL", "FAILOVER", _name(thing)), SECONDS, root=False),
    ),
    effect=lambda _thing, facts, _arguments: (
        f"One of {facts['replicas']} replicas takes the place of {facts['address']}: its clients "
        "are cut off, and what it wrote and no replica has yet is lost"
    ),
    verify=Verify("another address is the primary, and the failover is over", _moved, 120.0),
    timeout=SECONDS,
    expected_s=15.0,
    bars=_bars,
    preview=lambda thing, _arguments: ("SENTINEL", "REPLICAS", _name(thing)),
)

ACTIONS = (FAILOVER,)
