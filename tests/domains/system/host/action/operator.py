"""Somebody who acts on a real host: the executor over SSH, with an audit log that is kept here."""

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from opsconsole.clean import Clean
from opsconsole.domains.system.host import INTEGRATION
from opsconsole.executor import Executor, Ground
from opsconsole.model import Target
from opsconsole.plan import Approval, Outcome, Pins, Plan, Progress, Request, Thing, Waiting, digest
from opsconsole.policy import Policy
from opsconsole.ports import Upward
from opsconsole.registry import Transports
from opsconsole.spec import Action
from tests.servers.machine import Machine

BRIEF_S = 3.0
"""In place of the minute for which a service must stay up."""


@dataclass
class Log:
    """An audit log in memory."""

    kinds: list[str] = field(default_factory=list[str])
    bodies: list[Mapping[str, object]] = field(default_factory=list[Mapping[str, object]])

    def append(self, kind: str, body: Mapping[str, object]) -> str:
        self.kinds.append(kind)
        self.bodies.append(body)
        return f"{len(self.kinds):064x}"


class Second:
    """A second person who says yes."""

    async def ask(self, plan: bytes, waiting: Waiting) -> str:
        return "somebody else"


def brisk(action: Action) -> Action:
    """The action with a shorter hold."""
    held = min(action.verify.hold_s, BRIEF_S)
    return replace(action, verify=replace(action.verify, hold_s=held))


class Operator:
    """One host, reached as some of its accounts: targets `root`, `ops` and `guest`."""

    def __init__(
        self,
        machine: Machine,
        key: Path,
        known_hosts: Path,
        change: Callable[[Action], Action] = brisk,
    ) -> None:
        self.machine, self.key, self.log = machine, key, Log()
        self.output: list[str] = []
        settings = {"identity": str(key), "known_hosts": str(known_hosts)}
        targets = {
            user: Target(
                id=user,
                kind="host",
                transport="ssh",
                address=machine.address,
                port=machine.port,
                user=user,
                labels={"env": "test"},
                settings=settings,
            )
            for user in ("root", "ops", "guest")
        }
        self.ways = Transports()
        actions = {action.id: change(action) for action in INTEGRATION.actions}
        ground = Ground(
            targets=targets,
            actions={"host": actions},
            policy=Policy(free=True, per_minute=1000),
            transports=self.ways,
            audit=self.log,
            publish=self._hear,
            witness=Second(),
        )
        self.executor = Executor(ground)
        self.executor.arm(3600, "")

    async def close(self) -> None:
        await self.executor.idle()
        self.executor.arm(0, "")
        await self.ways.close()

    def _hear(self, message: Upward) -> None:
        if isinstance(message, Progress) and message.output:
            self.output.append(message.text)

    async def propose(self, action: str, user: str, pins: Pins = (), **arguments: str) -> bytes:
        """The plan of an action on one object."""
        name = Clean(pins[0][1] if pins else user)
        return await self.executor.propose(
            Request(action, (Thing(user, pins, name),), dict(arguments))
        )

    async def approve(self, body: bytes) -> Outcome:
        """Say yes to it."""
        plan = read(body)
        return await self.executor.approve(Approval(digest(body), plan.confirm, "a test"))

    async def act(self, action: str, user: str, pins: Pins = (), **arguments: str) -> Outcome:
        """Both."""
        return await self.approve(await self.propose(action, user, pins, **arguments))

    def shell(self, *argv: str, text: str = "", user: str = "root") -> str:
        """Run a program on the host behind the executor's back; its output."""
        flags = ("BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null")
        options = [f"-o{flag}" for flag in (*flags, "LogLevel=QUIET")]
        login = (f"-i{self.key}", f"-p{self.machine.port}", f"{user}@{self.machine.address}")
        done = subprocess.run(
            ("ssh", "-Fnone", *options, *login, *argv),
            input=text,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def property(self, unit: str, name: str) -> str:
        """A property of a unit, as systemd has it."""
        return self.shell("systemctl", "show", "--value", f"--property={name}", unit).strip()

    def spawn(self, *argv: str, user: str = "root") -> Pins:
        """Start a program that stays; its pid, start and boot."""
        script = f"setsid {' '.join(argv)} </dev/null >/dev/null 2>&1 & echo $!"
        pid = self.shell(script, user=user).strip()
        stat = self.shell("cat", f"/proc/{pid}/stat").rpartition(") ")[2].split()
        boot = self.shell("cat", "/proc/sys/kernel/random/boot_id").strip()
        return (("pid", pid), ("start_ticks", stat[19]), ("boot", boot))


def read(body: bytes) -> Plan:
    """A plan of its bytes."""
    return msgspec.msgpack.decode(body, type=Plan)
