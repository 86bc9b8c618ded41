"""What `opsconsole report` does: collect, build, write."""

import asyncio
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from opsconsole import registry
from opsconsole.audit import AuditLog
from opsconsole.cli.asking import Question, load_estate, only, select
from opsconsole.cli.domains import Shown
from opsconsole.cli.entry import tell
from opsconsole.cli.gathering import RATES, Gathering
from opsconsole.cli.result import aligned
from opsconsole.document import Document
from opsconsole.engine import watching
from opsconsole.engine.handing import handover_of, incident_of
from opsconsole.engine.reporting import Period, checks_of, evidence, mutes_of, with_courses
from opsconsole.engine.sources import sources
from opsconsole.errors import UsageError
from opsconsole.estate import Estate
from opsconsole.model import Level, Sample
from opsconsole.moment import moment
from opsconsole.ports import Samples
from opsconsole.report import FORMS
from opsconsole.spec import Pane, Probe, Report

HOUR = 3600.0
DAY_H = 24.0
SHIFT_H = 12.0

INCIDENT = "What happened when, what began it, what was done and proven, what is open."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed."""

    estate: Path | None
    targets: tuple[str, ...]
    since: str
    until: str

    def period(self, estate: Estate, now: float, hours: float) -> Period:
        """What that means; raises `UsageError`."""
        until = moment(self.until, now) if self.until else now
        since = moment(self.since, now) if self.since else until - hours * HOUR
        if since >= until:
            raise UsageError(
                f"--since {self.since!r} is not before --until {self.until or 'now'!r}"
            )
        return Period(now, since, until, select(estate, self.targets))


def run_list() -> int:
    """Print every report there is."""
    lines = [["REPORT", "TITLE", "WHAT IT IS"]]
    for found in sorted(registry.reports().values(), key=lambda one: one.id):
        name = f"{found.id} ({found.id.partition('.')[0]})" if found.default else found.id
        lines.append([name, found.title, found.about])
    lines.append(["incident", "Incident report", INCIDENT])
    sys.stdout.write(aligned(lines, [False] * 3))
    return 0


def find(name: str, known: Mapping[str, Report]) -> Report:
    """The report with that id or last word, or the usual one of a role; raises `UsageError`."""
    if name in known:
        return known[name]
    called = [one for one in known.values() if one.id.partition(".")[2] == name]
    if len(called) == 1:
        return called[0]
    mine = [one for one in known.values() if one.id.partition(".")[0] == name]
    usual = [one for one in mine if one.default] or (mine if len(mine) == 1 else [])
    if usual:
        return usual[0]
    near = get_close_matches(name, [*known, *(one.partition(".")[0] for one in known)], 1, 0.5)
    hint = f", did you mean {near[0]!r}?" if near else ""
    raise UsageError(f"there is no report {name!r}{hint} (all of them: opsconsole report)")


def run_report(name: str, wanted: Wanted, timeout: float, output: str, out: Path | None) -> int:
    """Build one and write it; 1 when something in it fails."""
    if name == "incident":
        return run_incident(wanted, output, out)
    report = find(name, registry.reports())
    estate = load_estate(wanted.estate)
    period = wanted.period(estate, time.time(), report.hours)
    targets = tuple(target for target in period.targets if target.kind in report.kinds)
    if not targets:
        raise UsageError(f"{report.id} is about a {' or '.join(report.kinds)}; there is none")
    period = Period(period.now, period.since, period.until, targets)
    document = asyncio.run(build(report, estate, period, timeout))
    write(document, output, out)
    return 1 if document.level in (Level.CRIT, Level.UNKNOWN) else 0


def run_incident(wanted: Wanted, output: str, out: Path | None) -> int:
    """Build the incident report and write it."""
    estate = load_estate(wanted.estate)
    write(incident_of(estate, wanted.period(estate, time.time(), DAY_H)), output, out)
    return 0


def run_handover(wanted: Wanted, note: str, output: str, out: Path | None) -> int:
    """Keep the note, build the handover and write it."""
    estate = load_estate(wanted.estate)
    if note:
        AuditLog().append("note", {"text": note, "target": ""})
    period = wanted.period(estate, time.time(), SHIFT_H)
    write(handover_of(estate, period, note), output, out)
    return 0


async def build(report: Report, estate: Estate, period: Period, timeout: float) -> Document:
    """Ask the targets, read the past, and let the report be built."""
    known = registry.probes()
    checks = checks_of(estate, known)
    names = dict.fromkeys([*report.probes, *(check.probe for check in checks)])
    probes = [known[name] for name in names if name.partition(".")[0] in report.kinds]
    samples = await read(only(estate, period.targets), probes, timeout)
    mine = [check for check in checks if check.probe in {probe.id for probe in probes}]
    mutes = mutes_of(estate)
    with sources(estate) as found:
        whole = evidence(period, found, probes, samples, (*report.checks, *mine), mutes)
        return report.build(with_courses(whole, found.past, report.past))


async def read(estate: Estate, probes: Iterable[Probe[Any]], patience: float) -> list[Sample]:
    """The newest sample of each probe and target; who says nothing for so long has none."""
    asked = tuple(probes)
    kinds = tuple({probe.id.partition(".")[0] for probe in asked})
    shown = Shown(Pane("report", "Report", tuple(probe.id for probe in asked)), asked, kinds)
    rates = tuple(column for probe in asked for column in probe.columns if column.quantity in RATES)
    gathering = Gathering(Question(shown, estate, rates))
    newest: dict[tuple[str, str], Sample] = {}
    async with watching(estate, gathering.pairs) as console:
        while (deadline := gathering.deadline(patience)) is not None:
            try:
                async with asyncio.timeout_at(deadline):
                    message = await console.receive()
            except TimeoutError:
                break
            if isinstance(message, Samples):
                for sample in gathering.take(message.samples):
                    newest[sample.probe, sample.target] = sample
    return list(newest.values())


def write(document: Document, output: str, out: Path | None) -> None:
    """To a file, whose name is told, or to stdout; raises `UsageError`."""
    text = FORMS[output](document)
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror or error}") from error
    tell(f"written: {out}")
