"""What `opsconsole act` does: proposes, shows, approves and runs, through the one door."""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from opsconsole.clean import clean
from opsconsole.cli.asking import load_estate
from opsconsole.cli.entry import tell
from opsconsole.cli.planned import spelled, undo_line, whole
from opsconsole.engine import acting, actions_of
from opsconsole.errors import OpsError, Refused, TargetError, UsageError
from opsconsole.estate import Estate
from opsconsole.estate.table import nearest
from opsconsole.executor import Executor
from opsconsole.model import Target
from opsconsole.plan import (
    Approval,
    Ended,
    Outcome,
    Pins,
    Plan,
    Progress,
    Request,
    Thing,
    digest,
)
from opsconsole.ports import Upward
from opsconsole.spec import Action

REFUSED, FAILED = 3, 4
CODES = {
    Ended.VERIFIED: 0,
    Ended.NOT_STARTED: FAILED,
    Ended.NO_EFFECT: 5,
    Ended.CANCELLED: FAILED,
    Ended.REFUSED: REFUSED,
    Ended.FAILED: FAILED,
    Ended.UNKNOWN: 6,
}
"""Exit code by how it ended."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the operator typed."""

    action: str
    target: str
    objects: tuple[str, ...]
    settings: tuple[str, ...]
    """`NAME=VALUE` each."""
    estate: Path | None
    dry_run: bool
    note: str
    confirm: str | None
    output: str
    where: str = ""
    """A filter that chooses objects."""


def run_act(order: Order) -> int:
    """Do it, or show what would be done; returns the exit code."""
    estate = load_estate(order.estate)
    request = requested(order, estate)
    return asyncio.run(_act(order, estate, request))


def requested(order: Order, estate: Estate) -> Request:
    """What that means in this estate; raises `UsageError`."""
    target = estate.by_id.get(order.target)
    if target is None:
        raise UsageError(_unknown("target", order.target, list(estate.by_id), "check"))
    actions = actions_of(estate).get(target.kind, {})
    action = actions.get(order.action)
    if action is None:
        listing = f"actions {target.id}"
        raise UsageError(_unknown(f"{target.kind} action", order.action, list(actions), listing))
    if action.resident:
        raise UsageError(f"{action.id}: {action.resident}")
    arguments = _arguments(order.settings)
    if not order.where:
        return Request(action.id, _things(action, target, order.objects), arguments)
    if order.objects:
        raise UsageError("--where chooses the objects: leave out --object")
    from opsconsole.cli.choosing import chosen

    things = asyncio.run(chosen(action, estate, target, order.where))
    return Request(action.id, things, arguments)


def _unknown(what: str, name: str, known: list[str], listing: str) -> str:
    near = nearest(name, known)
    guess = f", did you mean {near[0]!r}?" if near else ""
    return f"there is no {what} {name!r}{guess} (all of them: opsconsole {listing})"


def _things(action: Action, target: Target, objects: tuple[str, ...]) -> tuple[Thing, ...]:
    if not action.probes:
        if objects:
            raise UsageError(f"{action.id} acts on the {target.kind} itself: leave out --object")
        return (Thing(target.id, (), clean(target.id)),)
    if not objects:
        raise UsageError(f"{action.id} acts on a {action.pins[0]}: name it with --object")
    return tuple(Thing(target.id, _pins(action, one), whole(one)) for one in objects)


def _pins(action: Action, name: str) -> Pins:
    return action.named(name) if action.named else ((action.pins[0], name),)


def _arguments(settings: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name or name in found:
            raise UsageError(f"--set {setting!r}: write NAME=VALUE, each name once")
        found[name] = value
    return found


async def _act(order: Order, estate: Estate, request: Request) -> int:
    try:
        async with acting(estate, estate.by_id[order.target], hear) as door:
            for unsettled in door.unsettled:
                tell(unsettled)
            body = await door.propose(request)
            plan = msgspec.msgpack.decode(body, type=Plan)
            if order.dry_run or order.confirm is None:
                return _shown(order, plan, digest(body))
            _say(spelled(plan))
            outcome = await approved(door, digest(body), order.confirm, order.note)
    except OpsError as error:
        return _turned_down(order, error)
    try:
        _write(order, outcome, _told(outcome))
        sys.stdout.flush()
    except OSError:  # nobody reads it any more; the exit code still tells
        _unheard([1])
    return CODES[outcome.ended]


def _shown(order: Order, plan: Plan, name: str) -> int:
    """Show the plan; without a confirmation to what is not a dry run, that is a refusal."""
    _write(order, {"hash": name, "plan": plan}, spelled(plan))
    if order.dry_run:
        return 0
    note = ", --note with a reason" if plan.note else ""
    person = ", and a second person (opsconsole approve)" if int(plan.tier) == 3 else ""
    return tell(f"nothing was done: it takes --confirm {plan.confirm!r}{note}{person}", REFUSED)


async def approved(door: Executor, plan: str, confirm: str, note: str) -> Outcome:
    """Run it. From here on a lost terminal ends nothing, and ctrl-c only what may be ended."""
    door.arm_plan(plan, "command line")
    loop = asyncio.get_running_loop()
    terminals = [number for number in (1, 2) if os.isatty(number)]
    handlers = {
        signal.SIGINT: lambda: _cancel(door, plan),
        signal.SIGTERM: lambda: _cancel(door, plan),
        signal.SIGHUP: lambda: _unheard(terminals),
    }
    for number, handler in handlers.items():
        loop.add_signal_handler(number, handler)
    try:
        return await door.approve(Approval(plan, confirm, note))
    finally:
        for number in handlers:
            loop.remove_signal_handler(number)


def _cancel(door: Executor, plan: str) -> None:
    try:
        at_once = door.cancel(plan)
    except Refused as error:
        _say(f"{error}; waiting for its end\n")
    else:
        _say(
            "cancelling\n" if at_once else "nothing more is begun; waiting for the one under way\n"
        )


def _unheard(descriptors: list[int]) -> None:
    """Let what is written to these go nowhere: a write must not fail in the middle of a run."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in descriptors:
        os.dup2(nowhere, number)
    os.close(nowhere)


def hear(message: Upward) -> None:
    """Tell what happens while it runs."""
    if isinstance(message, Progress):
        _say(f"{message.text}\n")


def _say(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:  # nobody reads it any more
        _unheard([2])


def _write(order: Order, answer: object, text: str) -> None:
    if order.output == "json":
        text = msgspec.json.format(msgspec.json.encode(answer), indent=2).decode() + "\n"
    sys.stdout.write(text)


def _told(outcome: Outcome) -> str:
    lines = [
        f"{result.thing.name} on {result.thing.target}: {result.ended}: {result.message}"
        for result in outcome.results
    ]
    lines += [f"undo: {undo_line(undo)}" for undo in outcome.undo]
    return "".join(f"{line}\n" for line in lines)


def _turned_down(order: Order, error: OpsError) -> int:
    """Nothing was done: say why."""
    failed = isinstance(error, TargetError)
    rule = error.rule if isinstance(error, Refused) else type(error).__name__.lower()
    remedy = f" ({error.remedy})" if isinstance(error, TargetError) and error.remedy else ""
    if order.output == "json":
        state = Ended.FAILED if failed else Ended.REFUSED
        _write(order, {"ended": state, "rule": rule, "reason": str(error)}, "")
    return tell(f"nothing was done: {error}{remedy}", FAILED if failed else REFUSED)
