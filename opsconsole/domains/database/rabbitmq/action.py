"""What can be done: empty a queue, end a connection."""

from urllib.parse import quote

from opsconsole.clean import clean, clean_bytes
from opsconsole.domains.database.rabbitmq import shape
from opsconsole.domains.devops import wire
from opsconsole.errors import Gone, Refused, Unsupported
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

SECONDS = 20.0
"""For one call."""

SAMPLED_S = 60.0
"""Seconds until its figures show what was done: they are sampled each 5 s."""


def _pin(thing: Thing, name: str) -> str:
    value = dict(thing.pins).get(name, "")
    if "\N{REPLACEMENT CHARACTER}" in value:
        raise Refused(f"{thing.target}: {value!r} has characters that are not told", "argument")
    return value


def _queue(thing: Thing) -> str:
    name = _pin(thing, "name")
    if not name:
        raise Refused(f"{thing.target}: no name of a queue", "unknown")
    return f"/api/queues/{quote(_pin(thing, 'vhost') or '/', safe='')}/{quote(name, safe='')}"


def _body(thing: Thing, status: int, out: bytes, what: str) -> bytes:
    """The document; raises `Gone` when there is no such thing, `Unsupported` for a refusal."""
    if status == 404:
        raise Gone(f"{thing.target}: no such {what} there any more")
    if status:
        raise Unsupported(f"{thing.target}: says {clean_bytes(b' '.join(out.split()), 160)}")
    return out.partition(b"\n")[2]


def read_queue(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of the queue; raises `Gone` when there is none."""
    one = wire.document(_body(thing, status, out, "queue"), shape.Queue)
    return {
        "name": clean(one.name),
        "vhost": clean(one.vhost),
        "ready": _number(one.ready),
        "unacked": _number(one.unacked),
        "consumers": _number(one.consumers),
        "state": clean(one.state, 20),
    }


def _number(value: shape.Number) -> str:
    number = shape.count(value)
    return "" if number is None else str(number)


def _still_used(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["consumers"] not in {"", "0"}:
        return f"{facts['consumers']} consumers fetch it: stop them first, or let them"
    return "it is empty" if facts["ready"] == "0" else ""


def _purge(thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return (Step(("DELETE", f"{_queue(thing)}/contents"), SECONDS, root=False),)


def _purged(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    if now is None or not now["ready"]:
        return False
    return now["ready"] == "0" or int(now["ready"]) < int(before["ready"] or 0)


PURGE = Action(
    id="rabbitmq.purge-queue",
    title="Empty this queue",
    letter="P",
    about="Throws away all messages of a queue that wait; those with consumers stay.",
    probes=("rabbitmq.queue",),
    pins=("name", "vhost"),
    weight=Weight.LOSING,
    look=Look(lambda thing: ("GET", _queue(thing)), read_queue),
    steps=_purge,
    effect=lambda _thing, facts, _arguments: (
        f"{facts['ready'] or 'An unknown number of'} messages are lost for good"
    ),
    verify=Verify("fewer messages wait than before", _purged, SAMPLED_S),
    timeout=SECONDS,
    expected_s=6.0,
    bars=_still_used,
)


def _connection(thing: Thing) -> str:
    name = _pin(thing, "name")
    if not name:
        raise Refused(f"{thing.target}: no name of a connection", "unknown")
    return f"/api/connections/{quote(name, safe='')}"


def read_connection(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of the connection; raises `Gone` when it ended."""
    one = wire.document(_body(thing, status, out, "connection"), shape.Connection)
    return {
        "name": clean(one.name),
        "user": clean(one.user),
        "vhost": clean(one.vhost),
        "state": clean(one.state, 20),
        "channels": _number(one.channels),
    }


CLOSE = Action(
    id="rabbitmq.close-connection",
    title="End this connection",
    letter="e",
    about="Closes the connection of one client; what it has not confirmed is delivered again.",
    probes=("rabbitmq.connection",),
    pins=("name",),
    weight=Weight.NOTICED,
    look=Look(lambda thing: ("GET", _connection(thing)), read_connection),
    steps=lambda thing, _facts, _arguments: (
        Step(("DELETE", _connection(thing)), SECONDS, root=False),
    ),
    effect=lambda _thing, facts, _arguments: (
        f"{facts['user'] or 'Its program'} is cut off, with {facts['channels'] or 'its'} channels; "
        "most programs connect again"
    ),
    verify=Verify(
        "the connection is gone", lambda _before, now, _arguments: now is None, SAMPLED_S
    ),
    timeout=SECONDS,
    expected_s=6.0,
)

ACTIONS = (PURGE, CLOSE)
