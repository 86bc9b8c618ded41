"""The questions of an exchange: objects in as few messages as will do, and walks that end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from opsconsole.errors import Malformed
from opsconsole.question import Part, Snmp, SnmpGet, SnmpWalk
from opsconsole.table import ROWS, refused
from opsconsole.transports.snmp import ber
from opsconsole.transports.snmp.agent import PER_GET, Agent, Slow
from opsconsole.transports.snmp.message import (
    GET,
    NEXT,
    NO_SUCH_NAME,
    TOO_BIG,
    V1,
    Pdu,
    status_name,
)
from opsconsole.varbind import END, NAME, NO_INSTANCE, NO_OBJECT, SEQUENCE, element

PER_ROUND = 25
"""Rows that are asked for at once."""

BYTES = 8 << 20
"""Bytes of an answer at most."""


class Refusing(Exception):
    """The agent refuses this question alone; `str()` is its own word."""

    def __init__(self, word: str, place: int = 0) -> None:
        """`place` is that of the variable it refuses, counted from 1; 0 where it does not say."""
        super().__init__(word)
        self.place = place


class Item(NamedTuple):
    """A variable of an answer, not looked into."""

    name: bytes
    tag: int
    raw: bytes
    """All of it, as it came."""


class Walk(NamedTuple):
    """Names below which all is wanted, and how much at most."""

    roots: tuple[bytes, ...]
    limit: int
    keep: float = 0.0
    """Seconds for which an answer is good."""
    absent: float = 0.0
    """Seconds for which one without any object is."""


Compiled = tuple[bytes, ...] | Walk
"""A question as it is asked: names, or a walk."""


def compiled(questions: Sequence[Snmp]) -> list[Compiled]:
    """Questions as they are sent; raises `ValueError` for a name that is none."""
    found: list[Compiled] = []
    for one in questions:
        if isinstance(one, SnmpGet):
            found.append(tuple(map(ber.name, one.oids)))
        elif isinstance(one, SnmpWalk):
            roots = [f"{one.oid}.{column}" for column in one.columns] or [one.oid]
            found.append(Walk(tuple(map(ber.name, roots)), one.limit, one.keep, one.absent))
    return found


async def answer(agent: Agent, one: Compiled) -> Part:
    """The answer to one question, or that the agent refuses it; raises a `TargetError`."""
    try:
        if isinstance(one, Walk):
            bodies = await _walked(agent, one)
        else:
            bodies = await got(agent, one)
    except Refusing as error:
        return refused(str(error), str(error))
    return Part(ROWS, bodies)


_asked = lru_cache(4096)(ber.asked)


async def got(agent: Agent, names: tuple[bytes, ...]) -> bytes:
    """What these names stand for; what is not there is told as such, in v1 as well."""
    bodies: list[bytes] = []
    while names:
        some = names[: max(1, min(PER_GET, agent.budget))]
        found = await agent.request(GET, 0, 0, _asked(some))
        if found.status == TOO_BIG and len(some) > 1 and agent.less():
            continue
        if found.status == NO_SUCH_NAME and agent.version == V1 and 0 < found.place <= len(some):
            absent = some[found.place - 1]
            bodies.append(_absent(absent))
            names = tuple(name for name in names if name != absent)
            continue
        if found.status:
            raise Refusing(status_name(found.status), found.place)
        bodies.append(found.body)
        names = names[len(some) :]
    return b"".join(bodies)


def _absent(name: bytes) -> bytes:
    return ber.packed(SEQUENCE, ber.packed(NAME, name), bytes((NO_OBJECT, 0)))


@dataclass(slots=True)
class Column:
    """One subtree that is walked, and how far."""

    root: bytes
    last: bytes
    seen: set[bytes] = field(default_factory=set[bytes])
    """Agents go in circles: what came before ends the walk. Those that only do not sort do not."""
    over: bool = False

    def take(self, item: Item) -> bool:
        """Whether it belongs to it; otherwise it is over."""
        if (
            item.tag in {END, NO_OBJECT, NO_INSTANCE}
            or not item.name.startswith(self.root)
            or item.name in self.seen
            or item.name == self.root
        ):
            self.over = True
            return False
        self.seen.add(item.name)
        self.last = item.name
        return True


async def _walked(agent: Agent, walk: Walk) -> bytes:
    """All below the roots, row by row; of a leaf its own value."""
    roots, limit = walk.roots, walk.limit
    columns = [Column(root, root) for root in roots]
    bodies: list[bytes] = []
    size = 0
    while live := [column for column in columns if not column.over][: max(1, agent.budget)]:
        for item in await next_rows(agent, live):
            bodies.append(item.raw)
            size += len(item.raw)
        if len(bodies) > limit or size > BYTES:
            raise Malformed(
                f"{agent.target}: a list of more than {limit} objects, or {BYTES >> 20} MiB",
                "does it go on without end? then its firmware is at fault",
            )
    if not bodies and len(roots) == 1:
        found = await agent.request(GET, 0, 0, _asked(roots))
        if not found.status and split(found.body)[0].tag not in {NO_OBJECT, NO_INSTANCE}:
            return found.body
    return b"".join(bodies)


async def next_rows(agent: Agent, live: list[Column]) -> list[Item]:
    """The next rows of these columns; none when less has to be asked for."""
    asked = ber.asked(column.last for column in live)
    rows = max(1, min(PER_ROUND, agent.budget // len(live)))
    try:
        if agent.version == V1:
            found = await agent.request(NEXT, 0, 0, asked)
        else:
            found = await agent.bulk(asked, rows)
        if found.status:
            _judge(agent, live, found)
            return []
        items = split(found.body)
    except Slow:
        return []
    except Malformed:  # some cut an answer off where their buffer ends
        if agent.version == V1 or not agent.less():
            raise
        return []
    if not items:
        raise Malformed(f"{agent.target}: an answer without the variables that were asked for")
    if agent.version != V1 and len(items) < rows * len(live) and items[-1].tag != END:
        agent.budget = max(1, min(agent.budget, len(items)))
    kept = (item for at, item in enumerate(items) if _belongs(live, at, item))
    return list(kept)


def _belongs(live: list[Column], at: int, item: Item) -> bool:
    column = live[at % len(live)]
    return not column.over and column.take(item)


def _judge(agent: Agent, live: list[Column], found: Pdu) -> None:
    """An error status instead of rows: the end of a column in v1, too much, or a refusal."""
    if found.status == NO_SUCH_NAME and agent.version == V1:
        at = found.place - 1
        for column in live[at : at + 1] if 0 <= at < len(live) else live:
            column.over = True
    elif found.status != TOO_BIG or not agent.less():
        raise Refusing(status_name(found.status), found.place)


def split(body: bytes) -> list[Item]:
    """The variables of an answer; raises `Malformed`."""
    found: list[Item] = []
    at = 0
    try:
        while at < len(body):
            tag, start, stop = element(body, at, len(body))
            kind, name_at, name_end = element(body, start, stop)
            value, _, end = element(body, name_end, stop)
            if tag != SEQUENCE or kind != NAME or end != stop or name_at == name_end:
                raise Malformed("an answer that is no list of variables")
            found.append(Item(body[name_at:name_end], value, body[at:stop]))
            at = stop
    except IndexError:
        raise Malformed("an answer that is cut short") from None
    return found
