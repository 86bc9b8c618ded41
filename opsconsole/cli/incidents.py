"""What `opsconsole incident` does: write an incident file, and say whether one still holds."""

import asyncio
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from opsconsole.clean import clean
from opsconsole.cli.asking import Question, known, load_estate, only
from opsconsole.cli.domains import Shown, domains
from opsconsole.cli.entry import tell
from opsconsole.cli.gathering import Gathering
from opsconsole.cli.reporting import Wanted, read
from opsconsole.cli.result import as_table
from opsconsole.engine.dossier import UNSIGNED, Dossier, dossier
from opsconsole.engine.reporting import Period, Sources
from opsconsole.engine.sources import sources
from opsconsole.errors import UsageError
from opsconsole.estate import Estate
from opsconsole.model import Sample
from opsconsole.report import bundle
from opsconsole.report.bundle import Verdict
from opsconsole.report.signature import usual_key

HOURS = 3.0
PATIENCE_S = 15.0
"""Seconds for targets to answer, where nothing is recorded of the end of the period."""

RECENT_S = 60.0
"""Seconds back for which "now" is true of live answers."""


@dataclass(frozen=True, slots=True)
class Signing:
    """With which key, if any."""

    key: Path | None
    unsigned: bool = False

    def chosen(self) -> Path | None:
        """The key; None when there is none, or none is wanted. Raises `UsageError`."""
        if self.unsigned:
            if self.key is not None:
                raise UsageError("--key and --unsigned exclude each other")
            return None
        if self.key is not None and not self.key.is_file():
            raise UsageError(f"there is no key {self.key}")
        return self.key or usual_key()


def run_export(wanted: Wanted, out: Path, signing: Signing) -> int:
    """Write the file and say what is in it."""
    key = signing.chosen()
    estate = load_estate(wanted.estate)
    if out.exists():
        raise UsageError(f"{out} is there already: an incident file is never overwritten")
    period = wanted.period(estate, time.time(), HOURS)
    with sources(estate) as found, dossier(period, found) as made:
        _screens(made, estate, period, found)
        manifest = made.manifest(period, signed=key is not None)
        bundle.write(out, manifest, made.contents, key)
    for note in manifest.notes:
        tell(f"missing: {note}")
    masked = sum(manifest.redacted.values())
    tell(f"written: {out}, {len(manifest.members)} members, {masked} secrets masked")
    tell(f"signed with {key}" if key else UNSIGNED)
    return 0


def _screens(made: Dossier, estate: Estate, period: Period, found: Sources) -> None:
    """What `opsconsole get` prints of each pane, at the end of the period."""
    shown = [one for one in _panes() if any(t.kind in one.kinds for t in period.targets)]
    answers = _at_the_end(made, estate, period, found, shown)
    samples = [made.redactor.sample(sample) for sample in answers]
    for one in shown:
        targets = tuple(target for target in period.targets if target.kind in one.kinds)
        question = Question(one, only(estate, targets), one.chosen())
        gathering = Gathering(question, clock=lambda: period.until, wall=lambda: period.until)
        gathering.take(samples)
        told = gathering.told()
        text = as_table(question.columns, told)
        why = "".join(f"{line}\n" for one in told if (line := one.why()))
        made.text(f"screens/{one.pane.id}.txt", f"{one.pane.title}\n\n{text}{why}")


def _panes() -> Iterator[Shown]:
    """Panes of every tab, without the single probes."""
    everything = known()
    for domain in domains():
        for pane in domain.panes:
            if pane.id in everything:
                yield everything[pane.id]


def _at_the_end(
    made: Dossier, estate: Estate, period: Period, found: Sources, shown: Iterable[Shown]
) -> list[Sample]:
    probes = {probe.id: probe for one in shown for probe in one.probes}
    span = found.past.span if found.past else None
    if found.past is not None and span is not None and span[0] <= period.until:
        pairs = [pair for pair in found.past.pairs() if pair[0] in probes and period.has(pair[1])]
        return found.past.at(period.until, pairs)
    if period.now - period.until > RECENT_S:
        made.notes.append("nothing is recorded: there are no screens of that time")
        return []
    made.notes.append("nothing is recorded: the screens are of the export's own moment")
    few = only(estate, period.targets)
    return asyncio.run(read(few, probes.values(), PATIENCE_S))


def run_verify(path: Path, signers: Path | None, output: str) -> int:
    """Say whether it holds; 0 when all of it is as somebody signed it."""
    verdict = bundle.verify(path, signers)
    sys.stdout.write(_as_json(verdict) if output == "json" else _as_text(verdict))
    return 0 if verdict.proven else 1


def _as_text(verdict: Verdict) -> str:
    manifest = verdict.manifest
    lines = [f"{wrong.value}: {clean(name, 500)}" for wrong, name in verdict.wrong]
    if verdict.fault:
        lines.append(verdict.fault)
    elif verdict.signer is None:
        lines.append(UNSIGNED)
    else:
        who = f"{verdict.signer.who}, " if verdict.signer.who else ""
        lines.append(f"signed by {who}{verdict.signer.key}")
    masked = sum(manifest.redacted.values())
    holds = "every one as it was written" if verdict.whole else "NOT as it was written"
    lines.append(
        f"{len(manifest.members)} members, {holds}; {masked} secrets masked;"
        f" {clean(manifest.since)} to {clean(manifest.until)}, made {clean(manifest.made)}"
        f" by {clean(manifest.by)}"
    )
    return "".join(f"{clean(line, 1000)}\n" for line in lines)


def _as_json(verdict: Verdict) -> str:
    said = {
        "whole": verdict.whole,
        "signed": verdict.signer is not None,
        "proven": verdict.proven,
        "fault": verdict.fault,
        "key": verdict.signer.key if verdict.signer else None,
        "who": verdict.signer.who if verdict.signer else None,
        "wrong": [{"what": wrong.value, "member": name} for wrong, name in verdict.wrong],
        "redacted": verdict.manifest.redacted,
        "members": [member.name for member in verdict.manifest.members],
    }
    return msgspec.json.format(msgspec.json.encode(said), indent=2).decode() + "\n"
