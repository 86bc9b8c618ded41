"""Runs one plan to its end: the same object still, each call, then the question whether it held."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from opsconsole.clean import Clean, clean, clean_bytes
from opsconsole.errors import Gone, Lost, OpsError, Refused, TargetError
from opsconsole.executor.calls import told
from opsconsole.executor.draft import look, pinned
from opsconsole.executor.ground import Ground
from opsconsole.executor.hands import KEPT, Hands, trouble
from opsconsole.model import Target
from opsconsole.plan import Ended, Item, Plan, Result, Step
from opsconsole.spec import Action, Facts

POLL, LONGEST_POLL = 0.5, 3.0
"""Seconds between two looks at whether it worked."""

FLUSH = 0.15
"""Seconds for which output is gathered before it is told."""

LINES = 40
"""Lines told in one go; of more, the last, and how many were skipped."""


@dataclass(slots=True)
class _Doing:
    """How far one object got."""

    item: Item
    number: int
    began: float
    before: Facts = field(default_factory=dict[str, str])
    status: int | None = None
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    lost: str = ""
    """Why what was done is not known."""


class Run:
    """One run of one plan."""

    def __init__(
        self, plan: Plan, ground: Ground, hands: Hands, tell: Callable[[int, Clean, bool], None]
    ) -> None:
        """`tell` takes an item's place, a text, and whether it is a program's own."""
        self._plan = plan
        self._ground = ground
        self._hands = hands
        self._tell = tell
        self._step: asyncio.Task[int] | None = None
        self._stopped = False
        self._output = Output(tell)

    def stop(self) -> None:
        """Begin nothing more; end the call under way if its action may be ended."""
        self._stopped = True
        if self._plan.cancellable and self._step is not None:
            self._step.cancel()

    async def whole(self) -> list[Result]:
        """Go through the objects in order; the first that goes wrong stops the rest."""
        results: list[Result] = []
        for number, item in enumerate(self._plan.items):
            good = all(result.ended is Ended.VERIFIED for result in results)
            if self._stopped or not good:
                why = "cancelled before it began" if self._stopped else "one before it went wrong"
                results.append(Result(item.thing, Ended.NOT_STARTED, Clean(why)))
                continue
            result = await self._one(number, item)
            self._tell(number, clean(f"{result.ended}: {result.message}"), False)
            results.append(result)
        return results

    async def _one(self, number: int, item: Item) -> Result:
        doing = _Doing(item, number, self._ground.clock())
        target = self._ground.target(item.thing.target)
        action = self._ground.action(target, self._plan.action)
        # A task of its own: whatever an action's functions raise, there is an outcome to write.
        work = asyncio.ensure_future(self._carried_out(doing, target, action))
        await asyncio.wait([work])
        ended, message = _told(work)
        seconds = self._ground.clock() - doing.began
        digest = doing.digest.hexdigest() if doing.status is not None or doing.lost else ""
        return Result(item.thing, ended, clean(message, 500), doing.status, digest, seconds)

    async def _carried_out(
        self, doing: _Doing, target: Target, action: Action
    ) -> tuple[Ended, str]:
        item = doing.item
        if action.passing and await self._came_true(action, item, target):
            return Ended.VERIFIED, f"{action.verify.says}: by itself, nothing was done to it"
        doing.before = await look(self._hands, action, item.thing, target)
        pinned(action, item.thing, doing.before)
        if bar := action.bars(item.thing, doing.before, self._plan.arguments):
            raise Refused(bar, "moved")
        for step in item.steps:
            failed = await self._make(doing, target, step, action.says)
            if failed is not None:
                return failed
            if doing.lost or self._stopped:
                break
        if self._stopped and not doing.lost and doing.status is None:
            return Ended.CANCELLED, "ended before it did anything"
        return await self._verified(doing, target, action)

    async def _came_true(self, action: Action, item: Item, target: Target) -> bool:
        """Whether what is wanted holds already, as of one that ended since the plan was made."""
        now, trouble_ = await self._again(action, item, target)
        return not trouble_ and action.verify.held(item.facts, now, self._plan.arguments)

    async def _make(
        self, doing: _Doing, target: Target, step: Step, says: Callable[[int, bytes], str] | None
    ) -> tuple[Ended, str] | None:
        """Make one call; returns how that ended it all, None to go on."""
        self._tell(doing.number, clean(f"$ {' '.join(step.argv)}", 1000), False)

        kept = bytearray()

        def heard(data: bytes) -> None:
            doing.digest.update(data)
            if says is None:
                self._output.take(doing.number, data)
            else:
                kept.extend(data[: max(0, KEPT - len(kept))])

        self._step = asyncio.ensure_future(self._hands.run(target, step, heard))
        await asyncio.wait([self._step])
        self._output.flush()
        task, self._step = self._step, None
        if task.cancelled():
            return Ended.CANCELLED, "ended half way, as asked; look at what it did"
        error = task.exception()
        if isinstance(error, TimeoutError):
            doing.lost = f"not ended after {step.timeout:g} s"
        elif isinstance(error, Lost):
            doing.lost = str(error)
        elif error is not None:
            raise error
        else:
            status = doing.status = task.result()
            said = clean(says(status, bytes(kept)), 500) if says else self._output.last_line
            if says and said:
                self._tell(doing.number, Clean(said), False)
            if status and status not in step.fine:
                what = " ".join(step.argv[:2]) if says else step.argv[0]
                return Ended.FAILED, f"{what} ended with {_status(status)}: {said}"
        return None

    async def _verified(self, doing: _Doing, target: Target, action: Action) -> tuple[Ended, str]:
        verify = action.verify
        self._tell(doing.number, clean(f"waiting for: {verify.says}"), False)
        watch = _Watch(self._ground.clock() + verify.within_s, verify.hold_s, verify.steady)
        pause = POLL
        while True:
            now, trouble_ = await self._again(action, doing.item, target)
            if trouble_ and not verify.away:
                watch.trouble = trouble_
            held = not trouble_ and verify.held(doing.before, now, self._plan.arguments)
            if watch.settled(self._ground.clock(), now, held=held):
                break
            await asyncio.sleep(pause)
            pause = min(LONGEST_POLL, pause * 1.3)
        if watch.held:
            after = f" ({doing.lost})" if doing.lost and not verify.away else ""
            return Ended.VERIFIED, f"{verify.says}{after}"
        if doing.lost or watch.trouble:
            return Ended.UNKNOWN, "; ".join(filter(None, (doing.lost, watch.trouble)))
        return Ended.NO_EFFECT, f"after {verify.within_s:g} s still not: {verify.says}{watch.said}"

    async def _again(self, action: Action, item: Item, target: Target) -> tuple[Facts | None, str]:
        """The object now (None: it is gone), or why that is not known."""
        try:
            return await look(self._hands, action, item.thing, target), ""
        except Gone:
            return None, ""
        except OpsError as error:
            return None, str(error)


@dataclass(slots=True)
class _Watch:
    """Whether a condition held, and long enough."""

    until: float
    hold: float
    steady: tuple[str, ...]
    held: bool = False
    trouble: str = ""
    broken: int = 0
    _since: float | None = None
    _seen: tuple[str | None, ...] = ()

    def settled(self, now: float, facts: Facts | None, *, held: bool) -> bool:
        """Take one look; whether it is decided."""
        seen = tuple((facts or {}).get(name) for name in self.steady)
        if held and self._since is not None and seen != self._seen:
            held = False
        if held:
            self.trouble = ""
            if self._since is None:
                self._since, self._seen = now, seen
            self.held = now - self._since >= self.hold
        elif self._since is not None:
            self._since = None
            self.broken += 1
        if self.held:
            return True
        return self._since is None and now >= self.until

    @property
    def said(self) -> str:
        """What else is known of a condition that did not hold."""
        times = "once" if self.broken == 1 else f"{self.broken} times"
        return f"; it held {times}, and broke again" if self.broken else ""


class Output:
    """Gathers what programs write and tells it by lines, at a pace a console can take."""

    def __init__(self, tell: Callable[[int, Clean, bool], None]) -> None:
        self._tell = tell
        self._item = 0
        self._rest = b""
        self._lines: list[Clean] = []
        self._timer: asyncio.TimerHandle | None = None
        self.last_line = Clean("it said nothing")

    def take(self, item: int, data: bytes) -> None:
        """Take bytes of a program working on that item."""
        self._item = item
        *lines, rest = (self._rest + data).replace(b"\r", b"\n").split(b"\n")
        self._rest = rest[-4096:]
        self._lines += [clean_bytes(line, 1000) for line in lines if line.strip()]
        if self._lines:
            self.last_line = self._lines[-1]
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH, self._tell_lines)

    def flush(self) -> None:
        """Tell all there is, an unfinished line too."""
        if self._rest.strip():
            self._lines.append(clean_bytes(self._rest, 1000))
            self.last_line = self._lines[-1]
        self._rest = b""
        if self._timer is not None:
            self._timer.cancel()
        self._tell_lines()

    def _tell_lines(self) -> None:
        self._timer = None
        lines, self._lines = self._lines, []
        if len(lines) > LINES:
            self._tell(self._item, clean(f"… {len(lines) - LINES} lines skipped"), False)
        for line in lines[-LINES:]:
            self._tell(self._item, line, True)


def _told(work: "asyncio.Task[tuple[Ended, str]]") -> tuple[Ended, str]:
    """How the work on one object ended."""
    error = None if work.cancelled() else work.exception()
    match error:
        case None:
            return (Ended.UNKNOWN, "cancelled") if work.cancelled() else work.result()
        case Refused():
            return Ended.REFUSED, str(error)
        case Gone():
            return Ended.REFUSED, f"{error} (rule moved)"
        case TargetError():
            return Ended.FAILED, trouble(error)
        case _:
            return Ended.UNKNOWN, told(error)


def _status(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"status {status}"
