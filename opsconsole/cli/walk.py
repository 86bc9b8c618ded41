"""`opsconsole walk`: all that an SNMP agent has below a name, once."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from opsconsole import registry, varbind
from opsconsole.clean import clean
from opsconsole.cli import mib
from opsconsole.cli.asking import load_estate
from opsconsole.errors import TargetError, UsageError
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import SnmpWalk, parted
from opsconsole.secret import KINDS, Secret
from opsconsole.varbind import Bound

WAY = "snmp"


@dataclass(frozen=True, slots=True)
class Walked:
    """What the operator typed."""

    target: str
    oid: str
    estate: Path | None
    numeric: bool
    output: str
    settings: Mapping[str, str]
    """Keys of the transport that were given, by their name in the estate; texts."""


def run_walk(asked: Walked) -> int:
    """Ask and print; 0 when there was something, 1 when there was nothing or no answer."""
    try:
        root = mib.number(asked.oid)
    except ValueError as error:
        raise UsageError(str(error)) from error
    target = _target(asked)
    try:
        found = asyncio.run(walk(target, root))
    except TargetError as error:
        remedy = f" ({error.remedy})" if error.remedy else ""
        sys.stderr.write(clean(f"{error.kind}: {error}{remedy}", 1000) + "\n")
        return 1
    drawn = _as_json(found) if asked.output == "json" else _as_lines(found, asked.numeric)
    sys.stdout.write(drawn)
    sys.stdout.flush()
    if not found:
        sys.stderr.write(f"{target.id}: nothing below {root}\n")
    return 0 if found else 1


async def walk(target: Target, root: str) -> list[Bound]:
    """All below a name; raises a `TargetError`."""
    transport = registry.Transports().get(WAY)
    answers: asyncio.Queue[Answer] = asyncio.Queue()
    try:
        questions = {"walk": (SnmpWalk(root, limit=200_000),)}
        session = await transport.open(target, questions, 1.0, answers.put_nowait)
        session.ask("walk")
        answer = await _first(answers, session.ended)
    finally:
        await transport.close()
    if answer.error is not None:
        raise answer.error
    return varbind.read(parted(answer.payload, 1)[0])


async def _first(answers: asyncio.Queue[Answer], ended: Callable[[], Awaitable[None]]) -> Answer:
    """The answer, or why there will be none."""
    waiting = asyncio.ensure_future(answers.get())
    end = asyncio.ensure_future(_of(ended))
    try:
        await asyncio.wait({waiting, end}, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            await end
        return await waiting
    finally:
        for one in (waiting, end):
            one.cancel()
        await asyncio.gather(waiting, end, return_exceptions=True)


async def _of(ended: Callable[[], Awaitable[None]]) -> None:
    await ended()


def _target(asked: Walked) -> Target:
    """One of the estate by its id, or an address; what is typed counts more than the estate."""
    estate = load_estate(asked.estate)
    known = next((one for one in estate.targets if one.id == asked.target), None)
    settings: dict[str, object] = {}
    user, port = None, None
    if known is not None and known.transport == WAY:
        settings, user, port = dict(known.settings), known.user, known.port
    for key, value in asked.settings.items():
        if key == "user":
            user = value
        elif key == "port":
            port = int(value)
        else:
            settings[key] = _typed(key, value)
    address = (known.address or known.id) if known else asked.target
    return Target(asked.target, "any", WAY, address, port, user, settings=settings)


def _typed(key: str, value: str) -> object:
    """A text as it is, a secret by reference."""
    if key not in {"community", "auth_password", "priv_password"}:
        return value
    kind, colon, reference = value.partition(":")
    if not colon or kind not in KINDS or not reference:
        what = key.replace("_", "-")
        raise UsageError(f"--{what} says where it stands: env:NAME, file:PATH or command:PROGRAM")
    if kind == "keyring":
        service, _, name = reference.partition(":")
        return Secret(kind, (service, name))
    return Secret(kind, tuple(reference.split()) if kind == "command" else (reference,))


def _as_lines(found: list[Bound], numeric: bool) -> str:
    return "".join(
        f"{one.name if numeric else mib.named(one.name)} = "
        f"{varbind.KINDS.get(one.tag, f'type 0x{one.tag:02x}')}: {_spelled(one, numeric)}\n"
        for one in found
    )


def _spelled(one: Bound, numeric: bool) -> str:
    shown = varbind.shown(one)
    return mib.named(shown) if one.tag == varbind.NAME and not numeric else shown


def _as_json(found: list[Bound]) -> str:
    """One object per line; octets that are no text in hexadecimal."""
    lines = (
        msgspec.json.encode(
            {
                "oid": one.name,
                "name": mib.named(one.name),
                "type": varbind.KINDS.get(one.tag, f"type 0x{one.tag:02x}"),
                "value": varbind.shown(one) if isinstance(one.value, bytes) else one.value,
            }
        ).decode()
        for one in found
    )
    return "".join(line + "\n" for line in lines)
