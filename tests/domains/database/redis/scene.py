"""Answers of Redis, recorded or asked of a server of the test, and rows of them by column."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from opsconsole import reply
from opsconsole.clean import Clean
from opsconsole.domains.database.redis.action import said
from opsconsole.errors import Gone
from opsconsole.model import Target
from opsconsole.plan import Thing
from opsconsole.question import joined
from opsconsole.spec import Action, Facts, Integration, Probe
from opsconsole.transports.redis import RedisTransport
from tests.servers.sampler import Heard
from tests.transports.doing import done
from tests.transports.redis.scene import opened

ANSWERS = Path(__file__).parent / "answers"
Table = list[dict[str, Any]]


def text(name: str) -> bytes:
    return (ANSWERS / f"{name}.txt").read_bytes()


def answer(*values: object) -> bytes:
    """Values as a server gives them, framed; a text is a refusal."""
    parts = [
        reply.refused(*one.split(" ", 1)) if isinstance(one, str) else reply.given(one)
        for one in values
    ]
    return joined(parts)


def table(probe: Probe[Any], payload: bytes, before: bytes | None = None) -> Table:
    """Rows by the keys of their columns."""
    earlier = probe.read(before) if before is not None else None
    keys = [column.key for column in probe.columns]
    found = probe.rows(probe.read(payload), earlier)
    return [dict(zip(keys, row, strict=True)) for row in found]


def changed(payload: bytes, **fields: object) -> bytes:
    """INFO with other values, a field that is not there at its end."""
    lines = payload.splitlines()
    for name, value in fields.items():
        lines = [line for line in lines if not line.startswith(f"{name}:".encode())]
        lines.append(f"{name}:{value}".encode())
    return b"\r\n".join(lines)


async def asked(kind: Integration, to: Target, exchange: str) -> bytes:
    """What a server answers to an exchange of its kind."""
    async with opened(to, kind.questions) as (session, heard):
        session.ask(exchange)
        await heard.until(lambda all_: len(all_.answers) == 1, 60)
        (one,) = heard.answers
        if one.error:
            raise one.error
        return one.payload


async def until(
    kind: Integration, to: Target, probe: Probe[Any], true: Callable[[Table], bool]
) -> Table:
    """Ask over one session until the rows are so."""
    async with opened(to, kind.questions) as (session, heard), asyncio.timeout(90):
        while True:
            number = len(heard.answers)
            session.ask(probe.exchange)
            await heard.until(_more_than(number), 60)
            last = heard.answers[-1]
            if last.error:
                raise last.error
            rows = table(probe, last.payload)
            if true(rows):
                return rows
            await asyncio.sleep(0.05)


def _more_than(number: int) -> Callable[[Heard], bool]:
    return lambda all_: len(all_.answers) > number


def thing(target: str = "kv", **pins: str) -> Thing:
    return Thing(target, tuple(pins.items()), Clean(next(iter(pins.values()), target)))


async def looked(action: Action, one: Thing, to: Target) -> Facts | None:
    """The object now; None when it is gone."""
    status, out = await done(RedisTransport(), to, *action.look.argv(one))
    try:
        return action.look.read(one, status, out)
    except Gone:
        return None


async def acted(action: Action, one: Thing, to: Target) -> tuple[str, Facts]:
    """Look, do, and wait until it is verified, as the executor would; why it is barred."""
    before = await looked(action, one, to)
    assert before is not None
    if bar := action.bars(one, before, {}):
        return bar, before
    assert action.effect(one, before, {})
    for step in action.steps(one, before, {}):
        assert not step.root
        status, out = await done(RedisTransport(), to, *step.argv)
        said(one, status, out)
    async with asyncio.timeout(90):
        while not action.verify.held(before, await looked(action, one, to), {}):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return "", before
