"""Takes calls of consoles: proposes, holds plans, lets each run once, and writes it all down."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.errors import OpsError, Refused, TargetError, Unauditable
from opsconsole.executor.calls import (
    APPROVE,
    ARM,
    CANCEL,
    NOTE,
    OPTIONS,
    PROPOSE,
    Arm,
    Ask,
    Choices,
    refused,
)
from opsconsole.executor.draft import Draft
from opsconsole.executor.gate import Gate
from opsconsole.executor.ground import Ground
from opsconsole.executor.hands import Hands
from opsconsole.executor.inquire import Inquiries
from opsconsole.executor.record import accepted, ended, intended, proposed, turned_down
from opsconsole.executor.run import Run
from opsconsole.model import Target
from opsconsole.plan import (
    Approval,
    Ended,
    Note,
    Outcome,
    Plan,
    Progress,
    Request,
    Result,
    Standing,
    Thing,
    Tier,
    Undo,
    Waiting,
    digest,
)
from opsconsole.ports import Call, Reply

VALID = 120.0
"""Seconds a plan may wait for its approval: after that the object may be another."""

WITNESSED = 600.0
"""Seconds a second person has."""

HELD = 64
"""Plans that may wait; the oldest gives way."""

DRAWN = 10.0
"""Seconds between two looks at whether arming is over."""

_ORDER = tuple(Ended)
"""Best first; a plan ended as its worst object did."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A plan that was shown and may be approved."""

    plan: Plan
    body: bytes
    until: float


class Executor:
    """Decides about actions and runs them; lives in the collector."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._gate = Gate(ground)
        self._hands = Hands(ground.transports, ground.clock)
        self._draft = Draft(ground, self._hands, self._gate)
        self._inquiries = Inquiries(ground, self._hands)
        self._held: dict[str, _Held] = {}
        self._runs: dict[str, tuple[Plan, Run]] = {}
        self._witnessed: dict[str, asyncio.Future[str]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._over: asyncio.TimerHandle | None = None

    # -- the process ----------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether an action runs; may be asked from any thread."""
        return bool(self._runs)

    @property
    def unsettled(self) -> tuple[Clean, ...]:
        """What an earlier collector left with an unknown outcome, and what to check."""
        return self._ground.unsettled

    async def idle(self) -> None:
        """Return when nothing runs any more; who still waits for a second person is refused, and
        no text is read on.
        """
        await self._inquiries.close()
        for waiting in list(self._witnessed.values()):
            waiting.cancel()
        if self._over is not None:
            self._over.cancel()
        while self._runs or self._witnessed:
            await asyncio.wait(self._tasks)

    def tell_standing(self) -> None:
        """Tell the consoles what may be done at present."""
        running = tuple(plan.title for plan, _ in self._runs.values())
        self._ground.publish(self._gate.standing(running))

    def take(self, call: Call) -> None:
        """Answer a call of the console, at once or when the run has ended."""
        task = asyncio.get_running_loop().create_task(self._answer(call))
        self._tasks.add(task)
        task.add_done_callback(partial(self._told, call.id))

    def _told(self, call: int, task: asyncio.Task[bytes]) -> None:
        self._tasks.discard(task)
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if error is not None:
            self._ground.publish(Reply(call, b"", refused(None if task.cancelled() else error)))
        else:
            self._ground.publish(Reply(call, task.result(), ""))

    async def _answer(self, call: Call) -> bytes:
        decode, encode = msgspec.msgpack.decode, msgspec.msgpack.encode
        if call.verb == OPTIONS:
            choices = decode(call.body, type=Choices)
            return encode(await self._draft.options(choices.things, choices.actions))
        if call.verb == PROPOSE:
            return await self.propose(decode(call.body, type=Request))
        if call.verb == APPROVE:
            return encode(await self.approve(decode(call.body, type=Approval)))
        if call.verb == CANCEL:
            return encode(self.cancel(decode(call.body, type=str)))
        if call.verb == ARM:
            arm = decode(call.body, type=Arm)
            return encode(self.arm(arm.seconds, arm.pattern))
        if call.verb == NOTE:
            self.note(decode(call.body, type=Note))
            return b""
        if (said := await self._inquiries.answer(call.verb, call.body)) is not None:
            return said
        raise Refused(f"there is no verb {call.verb!r}")

    # -- the verbs -----------------------------------------------------------------------------

    async def propose(self, request: Request) -> bytes:
        """Make a plan (msgpack of `Plan`) and hold it for approval; nothing runs.

        Raises `Refused`, written down with its rule, `Unauditable` or a `TargetError`.
        """
        try:
            plan = await self._draft.plan(request)
        except TargetError:
            raise
        except OpsError as error:
            self._ground.audit.append("refusal", turned_down(request, error))
            raise
        body = msgspec.msgpack.encode(plan)
        self._ground.audit.append("plan", proposed(plan, body))
        if len(self._held) >= HELD:
            del self._held[next(iter(self._held))]
        self._held[digest(body)] = _Held(plan, body, self._ground.clock() + VALID)
        return body

    async def text(self, ask: Ask) -> list[Clean]:
        """All of a text that ends, for who edits it; raises `Refused`, `Unsupported`."""
        return await self._inquiries.whole(ask)

    async def approve(self, approval: Approval) -> Outcome:
        """Run a held plan exactly as it was shown; returns how it ended.

        Raises `Refused`, written down with its rule; `Unauditable` before anything is done.
        """
        held = self._held.get(approval.plan)
        if held is None:
            raise Refused("no such plan: it was run before, or never proposed here", "stale-plan")
        with ExitStack() as claims:
            try:
                self._judge(held, approval)
                del self._held[approval.plan]
                witness = await self._witness(held, approval)
                if witness:
                    self._ground.audit.append("approval", accepted(held.plan, approval, witness))
                    self._pass(held.plan, approval.plan)
                objects = self._objects(held.plan)
                claims.enter_context(self._ground.claims.held(held.plan.title, objects))
            except OpsError as error:
                self._ground.audit.append("refusal", turned_down(held.plan, error, approval))
                raise
            return await self._run(held.plan, approval, witness)

    def cancel(self, name: str) -> bool:
        """Stop a plan that runs or waits; raises `Refused` when it does neither."""
        if name in self._witnessed:
            self._witnessed[name].cancel()
            return True
        if name not in self._runs:
            raise Refused("that plan does not run", "unknown")
        plan, run = self._runs[name]
        run.stop()
        if not plan.cancellable and len(plan.items) == 1:
            raise Refused(f"{plan.title}: it leaves things half done when ended half way", "cancel")
        return plan.cancellable

    def arm(self, seconds: float, pattern: str) -> Standing:
        """Lift read-only for a while; returns the `Standing`. Raises `Refused`."""
        body = {"seconds": seconds, "pattern": pattern}
        try:
            self._gate.arm(seconds, pattern)
        except Refused as error:
            self._ground.audit.append("refusal", {**body, "rule": error.rule, "reason": str(error)})
            raise
        self._ground.audit.append("arm", body)
        self._watch_arming()
        self.tell_standing()
        return self._gate.standing(())

    def note(self, note: Note) -> None:
        """Write down what was done of a runbook, or what stands for itself.

        Raises `Unauditable`.
        """
        if note.runbook:
            self._ground.audit.append("runbook", msgspec.to_builtins(note))
        else:
            self._ground.audit.append("note", {"target": note.target, "text": note.note})

    def arm_plan(self, name: str, reason: str) -> None:
        """Lift read-only for one held plan and nothing else, and write down why.

        No verb of the bus: only who has the executor in their own process may say so.
        """
        targets = sorted({item.thing.target for item in self._held[name].plan.items})
        self._ground.audit.append("arm", {"plan": name, "targets": targets, "reason": reason})
        self._gate.arm_plan(name)

    # -- judging --------------------------------------------------------------------------------

    def _judge(self, held: _Held, approval: Approval) -> None:
        plan = held.plan
        if self._ground.clock() > held.until:
            del self._held[approval.plan]
            raise Refused(f"the plan is older than {VALID:g} s: propose it again", "stale-plan")
        self._pass(plan, approval.plan)
        if approval.confirmation != plan.confirm:
            raise Refused(f"the confirmation must be {plan.confirm!r}", "confirmation")
        if plan.note and not approval.note.strip():
            raise Refused(f"tier {plan.tier:d} wants to know why: give a note", "note")

    def _pass(self, plan: Plan, name: str) -> None:
        """All rules that may have changed their mind since the plan was made."""
        targets = self._targets(plan)
        self._gate.pass_policy(targets)
        self._gate.pass_armed(name, targets, plan.tier)

    def _objects(self, plan: Plan) -> dict[str, str]:
        """What names each object whatever became of it, and words for it."""
        found: dict[str, str] = {}
        for item in plan.items:
            thing = item.thing
            action = self._ground.action(self._ground.target(thing.target), plan.action)
            pin = thing.pins[:1] if action.probes else ()
            found[repr((thing.target, pin))] = f"{thing.name} on {thing.target}"
        return found

    def _targets(self, plan: Plan) -> Sequence[Target]:
        return [self._ground.target(item.thing.target) for item in plan.items]

    async def _witness(self, held: _Held, approval: Approval) -> str:
        """Who else approved; empty when nobody else is needed."""
        if held.plan.tier < Tier.WITNESS:
            return ""
        if self._ground.witness is None:
            raise Refused("tier 3 needs a second person, and none can be asked here", "approval")
        name, until = approval.plan, self._ground.wall() + WITNESSED
        waiting = Waiting(name, clean(held.plan.title), until, approval.note)
        future = asyncio.ensure_future(self._ground.witness.ask(held.body, waiting))
        self._witnessed[name] = future
        self._say(
            name, -1, Clean("waiting for a second person: `opsconsole approve` or `:approve`")
        )
        try:
            return await asyncio.wait_for(future, WITNESSED)
        except TimeoutError:
            raise Refused(f"nobody approved within {WITNESSED / 60:g} min", "approval") from None
        except asyncio.CancelledError:
            if not future.cancelled():
                raise
            raise Refused("withdrawn before a second person approved", "approval") from None
        finally:
            del self._witnessed[name]

    # -- running --------------------------------------------------------------------------------

    async def _run(self, plan: Plan, approval: Approval, witness: str) -> Outcome:
        name, began = approval.plan, self._ground.clock()
        self._ground.audit.append("intent", intended(plan, approval, witness))
        run = Run(plan, self._ground, self._hands, partial(self._say, name))
        self._runs[name] = plan, run
        self._gate.done(item.thing.target for item in plan.items)
        self.tell_standing()
        try:
            results = await run.whole()
            worst = max((result.ended for result in results), key=_ORDER.index)
            seconds = self._ground.clock() - began
            outcome = Outcome(name, worst, tuple(results), seconds)
            self._write(name, plan, outcome)
            # Asks the action, which may fail: by now it is on disk how it ended.
            outcome = msgspec.structs.replace(outcome, undo=self._undo(plan, results))
        finally:
            del self._runs[name]
            self.tell_standing()
        for item in plan.items:
            self._hands.forget(item.thing.target)
        return outcome

    def _write(self, name: str, plan: Plan, outcome: Outcome) -> None:
        try:
            self._ground.audit.append("outcome", ended(plan, outcome))
        except Unauditable as error:
            # It was done: the operator must still learn how it ended.
            self._say(name, -1, clean(f"the outcome could not be written down: {error}"))

    def _undo(self, plan: Plan, results: Sequence[Result]) -> tuple[Undo, ...]:
        """What takes back what was done, the last object first."""
        found: list[Undo] = []
        for item, result in zip(plan.items, results, strict=True):
            target = self._ground.target(item.thing.target)
            action = self._ground.action(target, plan.action)
            if result.status == 0 or result.ended is Ended.VERIFIED:
                undo = action.undo(item.thing, item.facts, plan.arguments)
                found += [undo] if undo else []
        return tuple(_joined(reversed(found)))

    def _say(self, plan: str, item: int, text: Clean, output: bool = False) -> None:
        self._ground.publish(Progress(plan, item, text, output))

    def _watch_arming(self) -> None:
        if self._over is not None:
            self._over.cancel()
        left = self._gate.armed_s
        loop = asyncio.get_running_loop()
        self._over = loop.call_later(min(left, DRAWN), self._look_at_arming) if left else None

    def _look_at_arming(self) -> None:
        # The wall clock decides, and may jump: a single timer for all of it could be late.
        if self._gate.disarm_if_over() or not self._gate.armed_s:
            self.tell_standing()
        self._watch_arming()


def _joined(undos: Iterable[Undo]) -> list[Undo]:
    """One undo for all objects that want the same."""
    found: dict[tuple[str, tuple[tuple[str, str], ...]], list[Thing]] = {}
    for undo in undos:
        key = undo.action, tuple(sorted(undo.arguments.items()))
        found.setdefault(key, []).extend(undo.things)
    return [Undo(action, tuple(things), dict(args)) for (action, args), things in found.items()]
