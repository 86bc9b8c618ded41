"""An executor over hosts whose services and sudo rights the test holds in its hand."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from opsconsole.clean import Clean
from opsconsole.errors import Gone, Lost, Unauditable
from opsconsole.executor import Executor, Ground
from opsconsole.model import Target
from opsconsole.plan import (
    Approval,
    Outcome,
    Plan,
    Progress,
    Request,
    Standing,
    Step,
    Thing,
    Undo,
    Waiting,
    digest,
)
from opsconsole.policy import Policy
from opsconsole.ports import Upward
from opsconsole.spec import Action, Argument, Facts, Look, Verify, Weight
from tests.collector.scene import VirtualLoop, wall

DEV = {"env": "dev"}


def host(name: str, *groups: str, **labels: str) -> Target:
    return Target(name, "box", "fake", labels={**DEV, **labels}, groups=groups)


def service(name: str = "app", target: str = "dev-1", run: str = "") -> Thing:
    pins = (("unit", name), *((("run", run),) if run else ()))
    return Thing(target, pins, Clean(name))


class Unit:
    """One service: each restart gives it another run; it may crash a while after that."""

    def __init__(self) -> None:
        self.run = 1
        self.state = "active"
        self.crashes_after: float | None = None
        self._began = 0.0

    def restart(self, now: float) -> None:
        self.run += 1
        self.state = "active"
        self._began = now

    def look(self, now: float) -> str:
        if self.crashes_after is not None and self.run > 1:
            lives = int((now - self._began) / self.crashes_after)
            return f"{self.state} {self.run + lives}"
        return f"{self.state} {self.run}"


class Doing:
    """A transport that acts: its hosts understand `look`, `restart`, `id` and `sudo`."""

    name = "fake"

    def __init__(self) -> None:
        self.units: dict[tuple[str, str], Unit] = {}
        self.calls: list[tuple[str, tuple[str, ...]]] = []
        self.uid = 0
        self.allowed = True
        self.takes = 0.0
        self.status = 0
        self.says = b""
        self.works = True
        self.breaks: Exception | None = None
        self.unreachable_until = 0.0

    async def open(self, *_: object) -> Any:  # Any: never called; the scene has no sampler
        raise AssertionError

    async def close(self) -> None:
        pass

    async def execute(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        now = asyncio.get_running_loop().time()
        if now < self.unreachable_until:
            raise Lost(f"{target.id}: away")
        if argv == ("id", "-u"):
            heard(f"{self.uid}\n".encode())
            return 0
        if argv[:3] == ("sudo", "-n", "-l"):
            heard(b"" if self.allowed else b"sudo: a password is required\n")
            return 0 if self.allowed else 1
        if argv[0] == "look":
            unit = self.units.get((target.id, argv[1]))
            heard(unit.look(now).encode() if unit else b"gone")
            return 0
        self.calls.append((target.id, argv))
        await asyncio.sleep(self.takes)
        if self.says:
            heard(self.says)
        if self.breaks is not None:
            raise self.breaks
        if self.works and not self.status:
            self.units[target.id, argv[-1]].restart(asyncio.get_running_loop().time())
        return self.status

    def did(self) -> list[str]:
        """What changed something, in words."""
        return [f"{target}: {' '.join(argv)}" for target, argv in self.calls]


class Log:
    """An audit log in memory, which may be full."""

    def __init__(self) -> None:
        self.records: list[tuple[str, Mapping[str, Any]]] = []
        self.full_for: set[str] = set()

    def append(self, kind: str, body: Mapping[str, object]) -> str:
        if kind in self.full_for:
            raise Unauditable("the audit log cannot be written: disk full")
        self.records.append((kind, msgspec.json.decode(msgspec.json.encode(body))))
        return "hash"

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.records]

    def body(self, kind: str) -> Mapping[str, Any]:
        return [body for one, body in self.records if one == kind][-1]


class Person:
    """A second person, who answers what the test says after a while."""

    def __init__(self) -> None:
        self.answer: str | Exception = "bob"
        self.takes = 5.0
        self.asked: list[Waiting] = []

    async def ask(self, plan: bytes, waiting: Waiting) -> str:
        assert digest(plan) == waiting.plan
        self.asked.append(waiting)
        await asyncio.sleep(self.takes)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def _read(thing: Thing, status: int, out: bytes) -> Facts:
    if status or out == b"gone":
        raise Gone(f"{thing.name} is not there any more")
    state, run = out.decode().split()
    return {"unit": dict(thing.pins)["unit"], "run": run, "state": state}


def _held(before: Facts, now: Facts | None, arguments: Mapping[str, str]) -> bool:
    del arguments
    return now is not None and now["state"] == "active" and now["run"] != before["run"]


def _steps(thing: Thing, _facts: Facts, _arguments: Mapping[str, str]) -> tuple[Step, ...]:
    return (Step(("restart", "--", dict(thing.pins)["unit"]), 20.0),)


def _effect(thing: Thing, _facts: Facts, _arguments: Mapping[str, str]) -> str:
    return f"{thing.name} runs anew"


def _bars(_thing: Thing, facts: Facts, _arguments: Mapping[str, str]) -> str:
    return "it is masked" if facts["state"] == "masked" else ""


def never(_thing: Thing, _facts: Facts, _arguments: Mapping[str, str]) -> str:
    """Bars every object."""
    return "it must not"


def _undo(thing: Thing, _facts: Facts, arguments: Mapping[str, str]) -> Undo:
    things = (Thing(thing.target, thing.pins[:1], thing.name),)
    return Undo("box.restart", things, dict(arguments))


RESTART = Action(
    id="box.restart",
    title="Restart",
    letter="r",
    about="Stops and starts a service.",
    probes=("box.service",),
    pins=("unit", "run"),
    weight=Weight.REVERSIBLE,
    look=Look(lambda thing: ("look", dict(thing.pins)["unit"]), _read),
    steps=_steps,
    effect=_effect,
    verify=Verify("active, with another run", _held, 10.0),
    timeout=20.0,
    expected_s=2.0,
    bars=_bars,
    undo=_undo,
)


STEADY = Verify("stays up", _held, 10.0, 30.0, ("run",))
LEVEL = Argument("level", "Level", ("1", "2"), "1")


class Bench:
    """An executor, and everything around it."""

    def __init__(self) -> None:
        self.policy = Policy(free=True)
        self.doing = Doing()
        self.log = Log()
        self.person = Person()
        self.told: list[Upward] = []
        self.targets = [
            host("dev-1", "web"), host("dev-2", "web"), host("dev-3", "web"), host("dev-4", "web"),
            host("prod-1", env="prod"), Target("bare", "box", "fake"),
            host("vip", protected="carries the way in"), Target("pump", "pump", "fake"),
        ]  # fmt: skip
        self.actions = [
            RESTART,
            replace(RESTART, id="box.wipe", title="Wipe", weight=Weight.LOSING),
            replace(RESTART, id="box.slow", title="Slow", cancellable=True),
            replace(RESTART, id="box.steady", verify=STEADY),
            replace(RESTART, id="box.away", verify=Verify("is back", _held, 60.0, away=True)),
            replace(RESTART, id="box.tune", arguments=(LEVEL,)),
        ]
        for target in self.targets:
            self.doing.units[target.id, "app"] = Unit()
        self._executor: Executor | None = None

    @property
    def executor(self) -> Executor:
        """Made when first used: a test may change everything before that."""
        if self._executor is None:
            self._executor = Executor(self.ground)
        return self._executor

    @property
    def ground(self) -> Ground:
        """What the executor is given."""
        return Ground(
            {target.id: target for target in self.targets},
            {"box": {one.id: one for one in self.actions}},
            self.policy,
            self,
            self.log,
            self.told.append,
            self.person,
            clock=asyncio.get_running_loop().time,
            wall=wall,
        )

    def get(self, name: str) -> Any:  # Any: the port's own type would want a sampler too
        assert name == "fake"
        return self.doing

    async def plan(self, *things: Thing, action: str = "box.restart", **arguments: str) -> Plan:
        return msgspec.msgpack.decode(
            await self.propose(*things, action=action, **arguments), type=Plan
        )

    async def propose(self, *things: Thing, action: str = "box.restart", **arguments: str) -> bytes:
        return await self.executor.propose(Request(action, things or (service(),), arguments))

    async def run(
        self, *things: Thing, action: str = "box.restart", note: str = "as told", confirm: str = ""
    ) -> Outcome:
        """Propose and approve as a careful operator would."""
        body = await self.propose(*things, action=action)
        plan = msgspec.msgpack.decode(body, type=Plan)
        return await self.approve(body, confirm or plan.confirm, note)

    async def approve(self, body: bytes, confirm: str = "y", note: str = "") -> Outcome:
        return await self.executor.approve(Approval(digest(body), confirm, note))

    def standing(self) -> Standing:
        return [one for one in self.told if isinstance(one, Standing)][-1]

    def heard(self) -> list[str]:
        """What programs wrote, as it was told."""
        return [one.text for one in self.told if isinstance(one, Progress) and one.output]


def play(test: Callable[[Bench], Coroutine[Any, Any, None]]) -> None:
    """Run a test on virtual time."""

    async def main() -> None:
        await test(Bench())

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(main())
