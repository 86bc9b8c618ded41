"""What of a device has to be read before it is told something, and what that says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.gear.answers import Answers, Roots, met, text
from opsconsole.gear.form import OUTLET, Command, Ref
from opsconsole.gear.plan import Device, Found, Identity, Plan
from opsconsole.gear.sense import Sensed, filled, sensed
from opsconsole.varbind import Bound

UPS = "ups."

STATE = f"{OUTLET}state"


class Ready(NamedTuple):
    """A command that a device can be given, with every name and value it takes."""

    command: Command
    words: tuple[str, ...]
    """`OID TYPE VALUE …`, as it is written."""
    read: str
    """The name of what is read back."""
    says: Clean
    """What that says now."""
    shown: bool
    """Whether that is what is expected once it is done."""
    anew: Clean
    """What shows that it was done once more."""
    after: bool
    """Whether what is read back is good, if that is another than before."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a device said before it is told something."""

    identity: Identity
    device: Device
    """The UPS, or the one outlet."""
    there: int
    """How many outlets of that name it has; 1 of the whole device."""
    ready: Ready | None
    """None where it cannot be done."""
    declared: bool
    """Whether a profile that fits it knows how."""


class Errand:
    """One verb for one kind of device: what it reads, and what it makes of that."""

    def __init__(self, plan: Plan, does: str) -> None:
        """`does` is one of `form.VERBS`."""
        self._plan = plan
        self._commands = [one for one in plan.commands if one.does == does]
        self._outlet = does.startswith(OUTLET.replace(".", "-"))
        self._scalars, self._columns = plan.sensors(OUTLET if self._outlet else UPS)
        found = Found()
        found.sensors((*self._scalars, *self._columns))
        found.add(plan.facts(), changes=False)
        for one in self._commands:
            found.add(_needed(one), changes=True)
        self.objects, self.columns = tuple(found.objects), tuple(found.columns)
        self._roots = Roots(found.columns)

    def told(self, bound: Sequence[Bound], outlet: str) -> Told:
        """What the answer says; `outlet` is the name of one as the outlets' probe has it."""
        answers = Answers(bound, self._roots)
        all_of_it = sensed(answers, self._scalars, self._columns)
        mine = [one for one in all_of_it if not self._outlet or one.row == outlet]
        device = Device(self._plan.identity(answers), tuple(mine))
        states = {one.reading.key for one in mine if one.reading.role == STATE}
        there = (len(states) or bool(mine)) if self._outlet else 1
        ready = next(self._ready(answers, outlet), None)
        return Told(device.identity, device, there, ready, bool(self._commands))

    def _ready(self, answers: Answers, outlet: str) -> Iterator[Ready]:
        for command in self._commands:
            indices = self._rows(answers, command, outlet)
            for index in indices if len(indices) == 1 else ():
                one = _made(answers, command, index)
                if one is not None and all(answers.holds(each, index) for each in command.when):
                    yield one

    def _rows(self, answers: Answers, command: Command, outlet: str) -> list[str]:
        if not self._outlet:
            return [""]
        indices = answers.columns.get(command.read.root, {})
        return [
            index
            for index in indices
            if (filled(answers, command.row, index) or clean(index)) == outlet
        ]


def _made(answers: Answers, command: Command, index: str) -> Ready | None:
    """None where the device does not answer what would be read back."""
    back = answers.value(command.read, index)
    if back is None:
        return None
    words: list[str] = []
    for write in command.writes:
        now = answers.value(write.ref, index)
        value = write.value if write.value is not None else text(now)
        if write.value is not None or now is not None:
            words += [_name(write.ref, index), write.type, value]
    again = "" if command.anew is None else text(answers.value(command.anew, index))
    return Ready(
        command, tuple(words), _name(command.read, index), clean(text(back), 80),
        any(met(one, back) for one in command.expected), clean(again, 80),
        any(met(one, back) for one in command.after),
    )  # fmt: skip


def _name(ref: Ref, index: str) -> str:
    return f"{ref.root}.{index}" if index and not ref.whole else ref.root


def _needed(one: Command) -> Iterator[Ref | None]:
    yield one.read
    yield one.anew
    for write in one.writes:
        yield write.ref
    for condition in one.when:
        yield condition.ref
    yield from (part for part in one.row if isinstance(part, Ref))


def outlet_state(told: Told) -> tuple[Clean, Clean]:
    """Name of the outlet, and whether it is on, in the device's words."""
    states: list[Sensed] = told.device.of("outlet").get("state", [])
    named = states or list(told.device.sensed)
    name = named[0].reading.name if named else Clean("")
    return name, states[0].reading.word if states else Clean("")
