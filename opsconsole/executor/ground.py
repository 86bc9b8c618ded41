"""What an executor stands on: targets, actions, rules, and those it tells."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from opsconsole.clean import Clean
from opsconsole.errors import Refused
from opsconsole.executor.claims import Claims
from opsconsole.executor.hands import Ways
from opsconsole.model import Target
from opsconsole.plan import Request, Thing
from opsconsole.policy import Deed, Policy
from opsconsole.ports import AuditSink, Upward, Witness
from opsconsole.spec import Action, Argument, Inquiry


@dataclass(frozen=True, slots=True)
class Ground:
    """Given once, by the engine."""

    targets: Mapping[str, Target]
    actions: Mapping[str, Mapping[str, Action]]
    """By kind of target and id; the integrations' own and the estate's."""
    policy: Policy
    transports: Ways
    audit: AuditSink
    publish: Callable[[Upward], None]
    witness: Witness | None = None
    unsettled: tuple[Clean, ...] = ()
    """What an earlier collector left with an unknown outcome."""
    lately: Callable[[], tuple[Deed, ...]] | None = None
    """What counts for the limits, that of other consoles too; None counts what is done here."""
    claims: Claims = field(default_factory=Claims)
    """What something is under way on."""
    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    inquiries: Mapping[str, Mapping[str, Inquiry]] = field(
        default_factory=dict[str, Mapping[str, Inquiry]]
    )
    """By kind of target and id."""

    def groups(self) -> dict[str, set[str]]:
        """Ids in each group."""
        found: dict[str, set[str]] = {}
        for target in self.targets.values():
            for group in target.groups:
                found.setdefault(group, set()).add(target.id)
        return found

    def target(self, name: str) -> Target:
        """A target by id; raises `Refused`."""
        target = self.targets.get(name)
        if target is None:
            raise Refused(f"{name}: no such target here", "unknown")
        return target

    def action(self, target: Target, name: str) -> Action:
        """An action by id, for a target; raises `Refused`."""
        action = self.actions.get(target.kind, {}).get(name)
        if action is None:
            raise Refused(f"{target.id}: a {target.kind} has no action {name!r}", "unknown")
        return action

    def inquiry(self, target: Target, name: str) -> Inquiry:
        """An inquiry by id, for a target; raises `Refused`."""
        found = self.inquiries.get(target.kind, {}).get(name)
        if found is None:
            raise Refused(f"{target.id}: a {target.kind} has no text {name!r}", "unknown")
        return found

    def resolve(self, request: Request) -> tuple[Action, list[tuple[Thing, Target]]]:
        """The action and the objects of a request; raises `Refused` for what makes no sense."""
        if not request.things:
            raise Refused("no object was named", "unknown")
        pairs = [(thing, self.target(thing.target)) for thing in request.things]
        if len({(thing.target, thing.pins) for thing in request.things}) < len(pairs):
            raise Refused("an object was named twice", "unknown")
        for thing in request.things:
            for name, value in thing.pins:
                _pass_text(name, value)
        actions = {target.kind: self.action(target, request.action) for _, target in pairs}
        return next(iter(actions.values())), pairs


def argued(what: str, arguments: Sequence[Argument], given: Mapping[str, str]) -> dict[str, str]:
    """All arguments of an action or inquiry, with defaults; raises `Refused` for a bad one."""
    known = {argument.name: argument for argument in arguments}
    for name in given:
        if name not in known:
            there = ", ".join(known) or "none"
            raise Refused(f"{what} has no argument {name!r}; there are: {there}", "argument")
    values: dict[str, str] = {}
    for name, argument in known.items():
        value = values[name] = given.get(name, argument.default)
        _pass_text(name, value)
        if argument.required and not value:
            raise Refused(f"{what} has to be told {name}: {argument.title}", "argument")
        if argument.choices and value not in argument.choices:
            allowed = ", ".join(argument.choices)
            raise Refused(f"{name} is {value!r}; allowed: {allowed}", "argument")
        if wrong := argument.check(value):
            raise Refused(f"{name} is {value!r}: {wrong}", "argument")
    return values


def _pass_text(name: str, value: str) -> None:
    """Raise `Refused` for a value with a NUL or half a character in it."""
    if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in value):
        raise Refused(f"{name} is {value!r}, which no program can be given", "argument")
