"""`opsconsole check`: is the estate sound, and is every target within reach?"""

import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec

from opsconsole import registry
from opsconsole.cli.asking import load_estate, only, select
from opsconsole.cli.entry import tell
from opsconsole.cli.result import aligned, fit_to_print
from opsconsole.engine import watching
from opsconsole.errors import Lost
from opsconsole.estate import Estate
from opsconsole.gear import LIBRARY
from opsconsole.model import Sample
from opsconsole.ports import Samples

REACHED = "reached"
SILENT = "silent"


class Reach(msgspec.Struct, frozen=True):
    """How it went with one target."""

    target: str
    kind: str
    state: str
    """`reached`, `silent`, or the kind of the fault."""
    latency_ms: float | None
    """From the first attempt to the first answer; None when there was none."""
    reason: str
    remedy: str


class Reaching:
    """The first answer of each target, or why there is none; times are of a monotonic clock."""

    def __init__(self, estate: Estate, start: float) -> None:
        self._estate = estate
        self._start = self._progress = start
        self._first: dict[str, tuple[Sample, float]] = {}

    def take(self, samples: Iterable[Sample], now: float) -> None:
        """Note who has answered; a lost connection may still become an answer."""
        for sample in samples:
            known = self._first.get(sample.target)
            if known is None or _lost(known[0]):
                self._first[sample.target] = sample, now
                self._progress = now if known is None else self._progress

    def deadline(self, patience: float) -> float | None:
        """Until when to wait for those who have not answered; None when all have."""
        waiting = [
            target.id
            for target in self._estate.targets
            if (known := self._first.get(target.id)) is None or _lost(known[0])
        ]
        return self._progress + patience if waiting else None

    def found(self) -> list[Reach]:
        """How it went so far, in the estate's order."""
        return [self._reach(target.id, target.kind) for target in self._estate.targets]

    def _reach(self, target: str, kind: str) -> Reach:
        if target not in self._first:
            remedy = "look at it with ssh, or give it a longer --timeout"
            return Reach(target, kind, SILENT, None, "no answer in time", remedy)
        sample, at = self._first[target]
        if sample.fault is not None:
            fault = fit_to_print(sample.fault)
            return Reach(target, kind, fault.kind, None, fault.message, fault.remedy)
        return Reach(target, kind, REACHED, round((at - self._start) * 1000, 1), "", "")


def _lost(sample: Sample) -> bool:
    """Lost in the handshake is what a busy sshd does to the many; the collector tries again."""
    return sample.fault is not None and sample.fault.kind == Lost.kind


def run_check(path: Path | None, patterns: tuple[str, ...], patience: float, output: str) -> int:
    """Reach every target once and say how it went; 0 when all were reached, otherwise 1."""
    for plug_in in registry.broken():
        tell(f"{plug_in.name} cannot be used: {plug_in.reason}")
    whole = load_estate(path)
    for left_out in whole.skipped:
        tell(left_out)
    if any(target.transport == "snmp" for target in whole.targets):
        for problem in LIBRARY.problems:
            tell(f"profile left out: {problem}")
    found = asyncio.run(reach(only(whole, select(whole, patterns)), patience))
    if output == "json":
        text = msgspec.json.format(msgspec.json.encode({"targets": found}), indent=2)
        sys.stdout.write(text.decode() + "\n")
    else:
        sys.stdout.write(_table(found))
    return 0 if all(one.state == REACHED for one in found) else 1


async def reach(estate: Estate, patience: float) -> list[Reach]:
    """Reach every target of the estate at the same time."""
    loop = asyncio.get_running_loop()
    reaching = Reaching(estate, loop.time())
    async with watching(estate, ()) as console:
        while (deadline := reaching.deadline(patience)) is not None:
            try:
                async with asyncio.timeout_at(deadline):
                    message = await console.receive()
            except TimeoutError:
                break
            if isinstance(message, Samples):
                reaching.take(message.samples, loop.time())
    return reaching.found()


def _table(found: Iterable[Reach]) -> str:
    lines = [["TARGET", "KIND", "STATE", "MS", "REASON"]]
    count = reached = 0
    for one in found:
        count += 1
        reached += one.state == REACHED
        latency = "-" if one.latency_ms is None else f"{one.latency_ms:.0f}"
        reason = f"{one.reason} ({one.remedy})" if one.remedy else one.reason
        lines.append([one.target, one.kind, one.state, latency, reason])
    summary = f"\n{reached} of {count} reached\n" if count > 1 else ""
    return aligned(lines, [False, False, False, True, False]) + summary
