"""Others who ask: scripted, at a door each."""

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from opsconsole.approval import Asked, Person, Shut
from opsconsole.clean import Clean
from opsconsole.errors import Refused
from opsconsole.plan import Item, Plan, Step, Thing, Tier
from screens.shell.witness.lookout import Desk

BOB = Person(1002, "bob", 1002, "bob")
CAROL = Person(1003, "carol", 1003, "carol")
NEVER_S = 3600.0
"""Seconds between two looks in tests that look themselves."""


def wanted(target: str = "db2", **other: object) -> Plan:
    """A plan of tier 3."""
    item = Item(
        Thing(target, (("boot", "b00t"),), Clean(target)),
        (Step(("systemctl", "reboot", "--message", "two words"), 30.0),),
        {"up": "41 d"},
        "it is away for some minutes",
        "",
        "nobody is logged in",
    )
    plan = Plan(
        number="7",
        action="host.reboot",
        title="Reboot",
        arguments={"delay": "0"},
        items=(item,),
        tier=Tier.WITNESS,
        why=("it takes the power away",),
        confirm=target,
        note=True,
        limits=("at most 1 of 3 in the group",),
        expected_s=90.0,
        cancellable=False,
        made_at=0.0,
    )
    return msgspec.structs.replace(plan, **other)


class Others:
    """Whoever asks, and what they were answered."""

    def __init__(self) -> None:
        self.asked: dict[Path, Asked | Shut | None] = {}
        """By door; None says nothing."""
        self.answers: list[tuple[str, str, str]] = []
        self.refusal = ""
        self.nowhere = ""
        self.looked = self.connected = 0

    def ask(self, person: Person = BOB, plan: Plan | None = None, left_s: float = 600.0) -> Asked:
        """Somebody begins to wait."""
        path = Path(f"opsconsole-{person.uid}-{len(self.asked):032x}.sock")
        now = time.time()
        asked = Asked(
            path, person, plan or wanted(), f"{len(self.asked):064x}", now, now + left_s, "it hangs"
        )
        self.asked[path] = asked
        return asked

    def shut(self, person: Person, reason: str) -> None:
        """Somebody waits, and not for us."""
        self.asked[Path(f"shut-{person.uid}.sock")] = Shut(person, Clean(reason))

    def desk(self, every_s: float = NEVER_S) -> Desk:
        """The way to them."""
        return Desk(self._others, self._pending, self._approve, self._deny, every_s)

    def _others(self) -> frozenset[Path]:
        self.looked += 1
        if self.nowhere:
            raise Refused(self.nowhere, "approval")
        return frozenset(self.asked)

    async def _pending(self) -> Sequence[Asked | Shut]:
        self.connected += 1
        return [one for one in self.asked.values() if one is not None]

    async def _approve(self, asked: Asked, confirmation: str) -> None:
        self._answer("yes", asked, confirmation)

    async def _deny(self, asked: Asked, reason: str) -> None:
        self._answer("no", asked, reason)

    def _answer(self, answer: str, asked: Asked, words: str) -> None:
        if self.refusal:
            raise Refused(self.refusal, "approval")
        self.answers.append((answer, asked.hash, words))
        del self.asked[asked.path]
