"""`opsconsole alerts`: what is wrong, as a console kept it or as the targets say now."""

import asyncio
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from opsconsole import registry
from opsconsole.alert import Alert, Phase
from opsconsole.cli.asking import load_estate, select
from opsconsole.cli.entry import tell
from opsconsole.cli.result import aligned
from opsconsole.engine import watching
from opsconsole.engine.alerting import paces, subjects
from opsconsole.engine.local import fitted
from opsconsole.engine.sources import Standing, standing
from opsconsole.errors import UsageError
from opsconsole.estate import Estate
from opsconsole.foreign import Inbox
from opsconsole.model import Target
from opsconsole.ports import Samples
from opsconsole.rules import memory
from opsconsole.rules.wording import span


def run_alerts(
    path: Path | None, patterns: tuple[str, ...], live: float | None, output: str
) -> int:
    """Print alerts that are not over; 1 when one is open, otherwise 0."""
    estate = load_estate(path)
    wanted = {target.id for target in select(estate, patterns)}
    kept, origin = _kept(estate)
    if live is not None:
        origin = f"asked for {live:g} s, from {origin}"
        asyncio.run(_ask(estate, kept, live))
    # What names no target is about all of them.
    named = (one for one in kept.alerts if one.target in wanted | {""} or one.origin in wanted)
    found = sorted(named, key=_worst)
    if output == "json":
        whole = {"from": origin, "alerts": [_plain(one) for one in found]}
        encoded = msgspec.json.format(msgspec.json.encode(whole), indent=2)
        sys.stdout.write(encoded.decode() + "\n")
    else:
        tell(origin)
        sys.stdout.write(_table(found, kept.engine.now))
    return 1 if any(one.phase is Phase.OPEN for one in found) else 0


def _kept(estate: Estate) -> tuple[Standing, str]:
    """What was kept, and where that is from."""
    now = time.time()
    path = memory.default_path(estate.source)
    try:
        kept = standing(estate, now)
    except ValueError as error:
        raise UsageError(f"{error}: a console that starts sets it aside") from error
    if kept.at is None:
        return kept, f"nothing: no console of this estate has kept anything in {path}"
    return kept, f"what a console kept {span(max(0.0, now - kept.at))} ago in {path}"


async def _ask(estate: Estate, kept: Standing, seconds: float) -> None:
    """Let targets say what is wrong, by our rules and by those that judge themselves."""
    loop = asyncio.get_running_loop()
    known, engine = registry.integrations(), kept.engine
    targets = fitted(estate.targets, known)
    inbox = Inbox(targets, known)
    until = loop.time() + seconds
    async with watching(estate, _pairs(estate, targets)) as console:
        due = loop.time() + 1.0
        while loop.time() < until:
            try:
                async with asyncio.timeout_at(min(due, until)):
                    message = await console.receive()
            except TimeoutError:
                due = loop.time() + 1.0
                kept.others.hear(engine.tick(time.time()).own)
                continue
            if isinstance(message, Samples):
                engine.hear(message.samples)
                kept.others.hear(inbox.take(message.samples))
    kept.others.hear(engine.tick(time.time()).own)
    kept.others.expire(engine.now)
    there = {one.id for one in inbox.alerts}
    gone = [one for one in kept.others.open.values() if one.origin in inbox.settled]
    over = [one for one in gone if one.id not in there]
    kept.others.hear(msgspec.structs.replace(one, phase=Phase.RESOLVED) for one in over)


def _pairs(estate: Estate, targets: Sequence[Target]) -> list[tuple[str, str]]:
    """What has to be looked at: probes of rules, and those that tell alerts of others."""
    known = registry.integrations()
    needed = paces(subjects(targets, known, estate.rulebook))
    pairs = [(probe, target) for target, probes in needed.items() for probe in probes]
    for target in targets:
        if foreign := known[target.kind].foreign:
            pairs += [(probe, target.id) for probe in foreign.probes]
    return pairs


def _worst(alert: Alert) -> tuple[bool, int, float, str]:
    return (not alert.calls, -alert.level, -alert.since, alert.id)


def _plain(alert: Alert) -> dict[str, object]:
    fields = msgspec.structs.asdict(alert)
    taken = alert.acknowledged and msgspec.structs.asdict(alert.acknowledged)
    level = alert.level.name.lower()
    return {**fields, "level": level, "phase": str(alert.phase), "acknowledged": taken}


def _table(alerts: Iterable[Alert], now: float) -> str:
    lines = [["LEVEL", "FOR", "TARGET", "OBJECT", "WHAT", "WHY", "FROM", "STATE"]]
    for one in alerts:
        age = span(max(0.0, now - one.since))
        level = one.level.name.lower()
        found = [level, age, one.target, one.thing or "-", one.title, one.why]
        lines.append([*found, one.origin or "-", _state(one)])
    if len(lines) == 1:
        return "no alert\n"
    return aligned(lines, [False] * len(lines[0]))


def _state(alert: Alert) -> str:
    said = [str(alert.phase)]
    if alert.flapping:
        said.append("flapping")
    if alert.acknowledged:
        note = f": {alert.acknowledged.note}" if alert.acknowledged.note else ""
        said.append(f"taken by {alert.acknowledged.who}{note}")
    if alert.silenced:
        said.append(f"silenced ({alert.silenced})")
    if alert.cause:
        said.append(f"because of {alert.cause}")
    return ", ".join(said)
