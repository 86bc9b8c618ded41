"""The one door every action passes: propose a plan, approve it by its hash, run it once."""

import asyncio
import hashlib
import itertools
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.errors import OpsError, Refused
from opsconsole.model import Target
from opsconsole.ports import Call, Reply
from opsconsole.spec import Action, Integration

PROPOSE, APPROVE = "propose", "approve"

VALID = 120.0
"""Seconds a plan may wait for its approval: after that the object may be another."""

UNWINDING = 1.0
"""Seconds a run that timed out has to clean up."""

WAITING = 64
"""Plans that may wait; the oldest gives way."""


class Request(msgspec.Struct, frozen=True, array_like=True):
    """Body of a call to propose."""

    action: str
    target: str
    identity: str
    arguments: bytes


class Approval(msgspec.Struct, frozen=True, array_like=True):
    """Body of a call to approve."""

    plan: str
    confirmation: str


class Plan(msgspec.Struct, frozen=True):
    """Exactly what would be done; its hash is `digest` of its msgpack as it came."""

    number: int
    """Makes each plan another one: an approval is good for one run."""
    action: str
    target: str
    identity: str
    """The object, as it was named when the key was pressed."""
    arguments: bytes
    steps: bytes


class Outcome(msgspec.Struct, frozen=True):
    """How a run ended."""

    plan: str
    state: str
    """`done`, `failed`, or `timed out`: then what was done is not known."""
    message: Clean
    result: bytes
    seconds: float


def digest(plan: bytes) -> str:
    """The hash that names a plan."""
    return hashlib.sha256(plan).hexdigest()


class Executor:
    """Decides about actions and runs them; lives in the collector."""

    def __init__(
        self,
        targets: Iterable[Target],
        integrations: Mapping[str, Integration],
        reply: Callable[[Reply], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._targets = {target.id: target for target in targets}
        self._actions = {
            kind: {action.id: action for action in known.actions}
            for kind, known in integrations.items()
        }
        self._reply = reply
        self._clock = clock
        self._turn = itertools.count(1)
        self._plans: dict[str, tuple[Plan, float]] = {}
        self._running: dict[asyncio.Task[Any] | None, Plan] = {}

    @property
    def busy(self) -> bool:
        """Whether an action runs; may be asked from any thread."""
        return bool(self._running)

    async def idle(self) -> None:
        """Return when nothing runs any more; each run is bounded by its own timeout."""
        while self._running:
            await asyncio.wait([task for task in self._running if task])

    def take(self, call: Call) -> None:
        """Answer a call of the console, at once or when the run has ended."""
        task = asyncio.get_running_loop().create_task(self._answer(call))
        task.add_done_callback(partial(self._told, call.id))

    def _told(self, call: int, task: asyncio.Task[bytes]) -> None:
        self._running.pop(task, None)
        error = None if task.cancelled() else task.exception()
        if task.cancelled() or error is not None:
            self._reply(Reply(call, b"", _text(error)))
        else:
            self._reply(Reply(call, task.result(), ""))

    async def _answer(self, call: Call) -> bytes:
        if call.verb == PROPOSE:
            return self._propose(msgspec.msgpack.decode(call.body, type=Request))
        if call.verb == APPROVE:
            return await self._approve(msgspec.msgpack.decode(call.body, type=Approval))
        raise Refused(f"there is no verb {call.verb!r}")

    def _propose(self, request: Request) -> bytes:
        target, action = self._find(request.target, request.action)
        steps = action.plan(target, request.identity, request.arguments)
        plan = Plan(
            next(self._turn),
            request.action,
            request.target,
            request.identity,
            request.arguments,
            steps,
        )
        body = msgspec.msgpack.encode(plan)
        if len(self._plans) >= WAITING:
            del self._plans[next(iter(self._plans))]
        self._plans[digest(body)] = (plan, self._clock() + VALID)
        return body

    def _find(self, target_id: str, action_id: str) -> tuple[Target, Action]:
        target = self._targets.get(target_id)
        if target is None:
            raise Refused(f"{target_id}: no such target here")
        action = self._actions.get(target.kind, {}).get(action_id)
        if action is None:
            raise Refused(f"{target_id}: a {target.kind} has no action {action_id!r}")
        return target, action

    async def _approve(self, approval: Approval) -> bytes:
        plan, until = self._plans.get(approval.plan, (None, 0.0))
        if plan is None:
            raise Refused("no such plan: it was run before, or never proposed here")
        if self._clock() > until:
            del self._plans[approval.plan]
            raise Refused(f"the plan is older than {VALID:g} s: propose it again")
        if approval.confirmation != plan.target:
            raise Refused(f"the confirmation must be the target's name, {plan.target!r}")
        target, action = self._find(plan.target, plan.action)
        for other in self._running.values():
            if (other.target, other.identity) == (plan.target, plan.identity):
                raise Refused(f"{plan.target}: {other.action} is under way on that object")
        del self._plans[approval.plan]
        self._running[asyncio.current_task()] = plan
        return msgspec.msgpack.encode(await self._run(approval.plan, plan, target, action))

    async def _run(self, name: str, plan: Plan, target: Target, action: Action) -> Outcome:
        began = self._clock()
        work = asyncio.ensure_future(action.run(target, plan.steps))
        done, _ = await asyncio.wait([work], timeout=action.timeout)
        result = b""
        if not done:
            work.cancel()
            await asyncio.wait([work], timeout=UNWINDING)
            state, message = "timed out", f"not ended after {action.timeout:g} s"
        elif work.cancelled() or work.exception() is not None:
            state, message = "failed", _text(None if work.cancelled() else work.exception())
        else:
            state, message, result = "done", "", work.result()
        return Outcome(name, state, clean(message, 500), result, self._clock() - began)


def _text(error: BaseException | None) -> Clean:
    """An error for the operator: ours as they are, others with their type."""
    if error is None:
        return Clean("cancelled")
    return clean(
        str(error) if isinstance(error, OpsError) else f"{type(error).__name__}: {error}", 500
    )
