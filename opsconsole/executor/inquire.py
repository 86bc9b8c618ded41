"""Reads texts of objects for consoles: logs, definitions; nothing is changed by it."""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import msgspec

from opsconsole.clean import Clean, clean, clean_bytes
from opsconsole.errors import Malformed, Refused, TargetError, Unsupported
from opsconsole.executor.calls import CEASE, INQUIRE, MORE, Ask, told
from opsconsole.executor.ground import Ground, argued
from opsconsole.executor.hands import Hands, trouble
from opsconsole.executor.text import Source, Text
from opsconsole.model import Target
from opsconsole.plan import Thing
from opsconsole.ports import Line, Opened, Passage
from opsconsole.spec import Facts, Inquiry
from opsconsole.spec.inquiry import MOST, Reading

HELD = 16
"""Texts that are read at once for one console; the one that was not asked for longest gives way."""

FORGOTTEN = 60.0
"""Seconds after which a text that nobody asks more of is let go."""

POLL = 10.0
"""Seconds a call for more waits at most."""

WHOLE = 8 << 20
"""Bytes kept of a call whose output is made into a page."""


@dataclass(slots=True)
class _Open:
    """A text that somebody reads."""

    text: Text
    task: asyncio.Task[None]
    timer: asyncio.TimerHandle
    """Fires when nobody asks for more."""


class Inquiries:
    """The texts that are read at present. Made on a running loop."""

    def __init__(self, ground: Ground, hands: Hands) -> None:
        self._ground = ground
        self._hands = hands
        self._turn = itertools.count(1)
        self._texts: dict[int, _Open] = {}

    @property
    def open(self) -> set[int]:
        """The texts that are read at present."""
        return set(self._texts)

    def complete(self, number: int) -> bool:
        """Whether all of a text has come, and only waits to be fetched."""
        return number not in self._texts or self._texts[number].task.done()

    async def answer(self, verb: str, body: bytes) -> bytes | None:
        """Answer a call about texts; None when it is none. Raises `Refused`, `TargetError`."""
        decode, encode = msgspec.msgpack.decode, msgspec.msgpack.encode
        if verb == INQUIRE:
            return encode(await self.begin(decode(body, type=Ask)))
        if verb == MORE:
            return encode(await self.more(decode(body, type=int)))
        if verb == CEASE:
            await self.cease(decode(body, type=int))
            return b""
        return None

    async def begin(self, ask: Ask) -> Opened:
        """Begin to read; what comes is fetched with `more`."""
        if not ask.things:
            raise Refused("no object was named", "unknown")
        pairs = [(thing, self._ground.target(thing.target)) for thing in ask.things]
        inquiry, *_ = (self._ground.inquiry(target, ask.inquiry) for _, target in pairs)
        if inquiry.page is not None and len(pairs) > 1:
            raise Refused(f"{inquiry.title}: one object at a time", "inapplicable")
        arguments = argued(inquiry.id, inquiry.arguments, ask.arguments)
        self._account(inquiry, ask)
        calls = [
            (target, call)
            for thing, target in pairs
            for call in inquiry.calls(thing, await self._facts(inquiry, thing, target), arguments)
        ]
        if not calls:
            raise Refused(f"{ask.things[0].name}: there is nothing to read", "inapplicable")
        await self._make_room()
        text = Text(merges=inquiry.dated is not None and len(calls) > 1)
        if len(calls) > MOST:
            text.note(f"{len(calls)} texts; the first {MOST} are read")
        work = self._read(inquiry, ask.things[0], calls[:MOST], text)
        number = next(self._turn)
        task = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(partial(_ended, inquiry.id, text))
        self._texts[number] = _Open(text, task, self._later(number))
        sources = [clean(call.source) for _, call in calls[:MOST]]
        return Opened(number, sources)

    def _account(self, inquiry: Inquiry, ask: Ask) -> None:
        """Write down what reveals a secret, before it is read."""
        if not inquiry.audited:
            return
        if not ask.reason.strip():
            raise Refused(f"{inquiry.title}: {inquiry.audited}; it needs a reason", "note")
        things = [{"target": thing.target, "name": str(thing.name)} for thing in ask.things]
        body = {"action": inquiry.id, "objects": things, "note": clean(ask.reason, 600)}
        self._ground.audit.append("note", body)

    async def _facts(self, inquiry: Inquiry, thing: Thing, target: Target) -> Facts:
        if inquiry.look is None:
            return {}
        return await self._hands.look(target, inquiry.look, thing)

    async def more(self, number: int) -> Passage:
        """What came of a text since the last call; waits for some seconds when nothing did."""
        found = self._texts.get(number)
        if found is None:
            raise Refused("that text is not read any more: open it again", "unknown")
        found.timer.cancel()
        passage = await found.text.more(POLL)
        if number in self._texts:
            found.timer = self._later(number)
        return passage

    async def whole(self, ask: Ask) -> list[Clean]:
        """All lines of a text that ends; raises `Refused`, or `Unsupported` with what was noted."""
        number, lines = (await self.begin(ask)).id, list[Clean]()
        while True:
            passage = await self.more(number)
            lines += [line.text for line in passage.lines]
            if passage.note or passage.skipped:
                await self.cease(number)
                raise Unsupported(passage.note or f"{ask.inquiry}: too long to be read whole")
            if passage.ended:
                return lines

    def _later(self, number: int) -> asyncio.TimerHandle:
        """Let go of a text that nobody asks more of: its console may be gone."""
        return asyncio.get_running_loop().call_later(FORGOTTEN, self._drop, number)

    def _drop(self, number: int) -> asyncio.Task[None] | None:
        found = self._texts.pop(number, None)
        if found is None:
            return None
        found.timer.cancel()
        found.task.cancel()
        return found.task

    async def cease(self, number: int) -> None:
        """Stop reading; a text that is not read is none to complain of."""
        if (task := self._drop(number)) is not None:
            await asyncio.wait([task])

    async def close(self) -> None:
        """Stop reading all."""
        for number in list(self._texts):
            await self.cease(number)

    async def _make_room(self) -> None:
        by_age = sorted(self._texts, key=lambda number: self._texts[number].text.fetched)
        for number in by_age[: len(by_age) - HELD + 1]:
            await self.cease(number)

    async def _read(
        self, inquiry: Inquiry, thing: Thing, calls: Sequence[tuple[Target, Reading]], text: Text
    ) -> None:
        try:
            if inquiry.page is None:
                await self._stream(inquiry, calls, text)
            else:
                await self._page(inquiry, thing, calls, text)
        except TargetError as error:
            text.note(trouble(error))

    async def _stream(
        self, inquiry: Inquiry, calls: Sequence[tuple[Target, Reading]], text: Text
    ) -> None:
        async with asyncio.TaskGroup() as group:
            for target, call in calls:
                source = Source(clean(call.source), text, inquiry.head, inquiry.dated)
                group.create_task(self._call(inquiry, target, call, source, text))

    async def _call(
        self, inquiry: Inquiry, target: Target, call: Reading, source: Source, text: Text
    ) -> None:
        name = f"{source.name}: " if source.name else ""
        try:
            status = await self._hands.read(target, call.argv, source.heard)
        except TargetError as error:
            text.note(f"{name}{trouble(error)}")
        else:
            source.end()
            if status:
                said = bytes(source.said).split(b"\n", inquiry.head)[-1]
                said = inquiry.dated(said)[1] if inquiry.dated else said
                text.note(f"{name}status {status}: {clean_bytes(said, 300)}")

    async def _page(
        self, inquiry: Inquiry, thing: Thing, calls: Sequence[tuple[Target, Reading]], text: Text
    ) -> None:
        if inquiry.page is None:
            raise Unsupported(f"{inquiry.id}: makes no page")
        answers: list[tuple[int, bytes]] = []
        for target, call in calls:
            kept = bytearray()

            def hear(data: bytes, kept: bytearray = kept) -> None:
                if len(kept) + len(data) > WHOLE:
                    raise Malformed(f"more than {WHOLE >> 20} MiB", "read it with another tool")
                kept.extend(data)

            status = await self._hands.read(target, call.argv, hear)
            answers.append((status, bytes(kept).split(b"\n", inquiry.head)[-1]))
        for line in inquiry.page(thing, answers):
            text.add(Line(None, Clean(""), clean(line, 4 * 8192)))


def _ended(inquiry: str, text: Text, task: asyncio.Task[None]) -> None:
    """All has come; what an integration does not understand is told, and spoils nothing else."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        text.note(f"{inquiry}: {told(error)}; report it")
    text.end()
