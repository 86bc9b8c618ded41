"""A site one can act on: the real executor behind a bus in memory, over hosts that are scripted."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from opsconsole.bus.memory import MemoryCollectorEnd, MemoryConsoleEnd
from opsconsole.clean import Clean
from opsconsole.engine.actions import ConsoleActions
from opsconsole.errors import BusClosed, Gone, Lost
from opsconsole.executor import Executor, Ground
from opsconsole.model import Target, Value
from opsconsole.plan import Step, Thing, Undo
from opsconsole.policy import Policy
from opsconsole.ports import (
    Answer,
    Call,
    ConsoleEnd,
    Downward,
    Refresh,
    Reply,
    Session,
    Upward,
    Witness,
)
from opsconsole.question import Script
from opsconsole.spec import Action, Argument, Arguments, Facts, Inquiry, Look, Verify, Visit, Weight


class Hosts:
    """A transport that acts on units it keeps itself; by target and name."""

    name = "ssh"

    def __init__(self) -> None:
        self.units: dict[tuple[str, str], dict[str, str]] = {}
        self.written: dict[str, list[bytes]] = {}
        """What `read` of a name writes, piece by piece; it goes on until `reading` is set."""
        self.reading = asyncio.Event()
        self.done: list[tuple[str, tuple[str, ...]]] = []
        """What changed something, in order."""
        self.root = True
        self.permitted = True
        self.gate: asyncio.Event | None = None
        """While set and not open, what changes something waits."""
        self.works = True
        self.says = b"one\ntwo\n"
        self.looked = 0

    def add(self, target: str, unit: str, **facts: str) -> None:
        """A unit, failed unless said otherwise."""
        self.units[target, unit] = {"state": "failed", "invocation": "1", **facts}

    def get(self, name: str) -> "Hosts":
        """All ways are this one."""
        del name
        return self

    async def open(
        self, target: Target, script: Script, interval: float, deliver: Callable[[Answer], None]
    ) -> Session:
        """Nobody watches here."""
        raise Lost(f"{target.id}: not for watching")

    async def close(self) -> None:
        """Nothing is open."""

    async def execute(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Do what the words say to the unit they name."""
        if argv == ("id", "-u"):
            heard(b"0\n" if self.root else b"1000\n")
            return 0
        if argv[:3] == ("sudo", "-n", "-l"):
            return 0 if self.permitted else 1
        if argv[:2] == ("sudo", "-n"):
            argv = argv[3:]
        verb, unit = argv[0], argv[1]
        if verb == "read":
            for piece in self.written.get(unit, [b"nobody wrote " + unit.encode()]):
                heard(piece)
            await self.reading.wait()
            return 0
        if verb == "show":
            self.looked += 1
            return self._show(target.id, unit, heard)
        self.done.append((target.id, argv))
        heard(self.says)
        if self.gate is not None:
            await self.gate.wait()
        found = self.units.get((target.id, unit))
        if found is not None and self.works:
            found["state"] = "active" if verb != "stop" else "inactive"
            found["invocation"] += "+"
        return 0

    def _show(self, target: str, unit: str, heard: Callable[[bytes], None]) -> int:
        found = self.units.get((target, unit))
        if found is None:
            return 4
        heard("\n".join(f"{name}={value}" for name, value in found.items()).encode())
        return 0


def _unit(thing: Thing) -> str:
    return dict(thing.pins).get("unit", thing.target)


def _look(thing: Thing) -> tuple[str, ...]:
    return ("show", _unit(thing))


def _read(thing: Thing, status: int, out: bytes) -> Facts:
    if status == 4:
        raise Gone(f"{thing.name} is not there any more")
    pairs = (line.partition("=") for line in out.decode().splitlines())
    return {name: value for name, _, value in pairs}


def _steps(verb: str) -> Callable[[Thing, Facts, Arguments], tuple[Step, ...]]:
    def steps(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
        del facts
        words = (f"{name}={value}" for name, value in arguments.items())
        return (Step((verb, _unit(thing), *words), 30.0),)

    return steps


def _becomes(state: str) -> Verify:
    return Verify(state, lambda _, now, __: now is not None and now["state"] == state, within_s=2.0)


def _effect(verb: str) -> Callable[[Thing, Facts, Arguments], str]:
    def effect(thing: Thing, facts: Facts, arguments: Arguments) -> str:
        del facts, arguments
        return f"{_unit(thing)} will {verb}"

    return effect


def _preview(thing: Thing, arguments: Arguments) -> tuple[str, ...]:
    del arguments
    return ("show", _unit(thing))


def _stop_again(thing: Thing, facts: Facts, arguments: Arguments) -> Undo:
    del facts, arguments
    kept = tuple(pin for pin in thing.pins if pin[0] != "invocation")
    return Undo("host.stop", (Thing(thing.target, kept, thing.name),))


def _failed(row: Mapping[str, Value]) -> bool:
    return row.get("active") != "masked"


def action(verb: str, letter: str, weight: Weight, **options: object) -> Action:
    """An action on rows of `host.unit`, unless said otherwise."""
    wanted: dict[str, object] = {
        "id": f"host.{verb}",
        "title": verb.capitalize(),
        "letter": letter,
        "about": f"Makes the service {verb}.",
        "probes": ("host.unit",),
        "pins": ("unit", "invocation"),
        "weight": weight,
        "look": Look(_look, _read),
        "steps": _steps(verb),
        "effect": _effect(verb),
        "verify": _becomes("inactive" if verb == "stop" else "active"),
        "timeout": 60.0,
        "expected_s": 5.0,
        "fits": _failed,
    }
    return Action(**{**wanted, **options})  # type: ignore[arg-type]


ACTIONS = {
    each.id: each
    for each in (
        action("start", "s", Weight.REVERSIBLE, undo=_stop_again),
        action("restart", "r", Weight.NOTICED, preview=_preview),
        action("stop", "t", Weight.REVERSIBLE, cancellable=True),
        action("wipe", "w", Weight.LOSING),
        action(
            "limit",
            "l",
            Weight.REVERSIBLE,
            arguments=(
                Argument("scope", "Scope", ("runtime", "for good"), "runtime"),
                Argument(
                    "share",
                    "CPU share",
                    check=lambda text: "" if text.isdigit() else "a whole number",
                ),
            ),
        ),
        action("reboot", "b", Weight.LOSING, probes=(), pins=()),
    )
}


class Settling:
    """The console's end of a bus; replies go to who waits for them."""

    def __init__(self, end: MemoryConsoleEnd) -> None:
        self._end = end
        self.actions = ConsoleActions(end.send)

    def send(self, message: Downward) -> None:
        """Queue a message."""
        self._end.send(message)

    async def receive(self) -> Upward:
        """Next message that is no reply."""
        while True:
            try:
                message = await self._end.receive()
            except BusClosed as error:
                self.actions.abandon(f"{error}: what was done is not known")
                raise
            if not isinstance(message, Reply):
                return message
            self.actions.settle(message)

    def close(self) -> None:
        """Let go."""
        self._end.close()


@dataclass
class Records:
    """An audit log in memory."""

    kept: list[tuple[str, Mapping[str, object]]] = field(
        default_factory=list[tuple[str, Mapping[str, object]]]
    )

    def append(self, kind: str, body: Mapping[str, object]) -> str:
        """Keep a record."""
        self.kept.append((kind, body))
        return str(len(self.kept))

    def kinds(self) -> list[str]:
        """Kinds in order."""
        return [kind for kind, _ in self.kept]


def _texts(known: Mapping[str, Inquiry | Visit]) -> dict[str, Inquiry]:
    """Those that the executor reads."""
    return {name: one for name, one in known.items() if isinstance(one, Inquiry)}


class Site:
    """What a stage acts on; give it to `stage`."""

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        witness: Witness | None = None,
        unsettled: tuple[Clean, ...] = (),
    ) -> None:
        self.policy = policy or Policy(free=True)
        self.hosts = Hosts()
        self.audit = Records()
        self.refreshed: list[str] = []
        self.calls: list[str] = []
        self.actions: Mapping[str, Mapping[str, Action]] = {"host": ACTIONS}
        self.inquiries: Mapping[str, Mapping[str, Inquiry | Visit]] = {}
        self.executor: Executor | None = None
        self._witness = witness
        self._unsettled = unsettled
        self._bus: MemoryCollectorEnd | None = None
        self._served: asyncio.Task[None] | None = None

    def join(
        self, targets: tuple[Target, ...], bus: MemoryCollectorEnd, end: MemoryConsoleEnd
    ) -> tuple[ConsoleEnd, ConsoleActions]:
        """Put an executor behind the bus."""
        ground = Ground(
            {target.id: target for target in targets},
            self.actions,
            self.policy,
            self.hosts,
            self.audit,
            bus.publish,
            self._witness,
            self._unsettled,
            inquiries={kind: _texts(known) for kind, known in self.inquiries.items()},
        )
        self._bus = bus
        self.executor = Executor(ground)
        self._served = asyncio.get_running_loop().create_task(self._serve(bus, self.executor))
        self.executor.tell_standing()
        settling = Settling(end)
        return settling, settling.actions

    async def _serve(self, bus: MemoryCollectorEnd, executor: Executor) -> None:
        with contextlib.suppress(BusClosed):
            while True:
                message = await bus.receive()
                if isinstance(message, Call):
                    self.calls.append(message.verb)
                    executor.take(message)
                elif isinstance(message, Refresh):
                    self.refreshed += message.targets

    def die(self) -> None:
        """The collector goes, whatever runs."""
        assert self._bus is not None
        self._bus.close()

    async def leave(self) -> None:
        """End what still runs."""
        if self.hosts.gate is not None:
            self.hosts.gate.set()
        assert self.executor is not None
        assert self._served is not None
        await self.executor.idle()
        self._served.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._served
