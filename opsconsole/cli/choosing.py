"""Objects of an action that a filter chooses: asked once, and named by what tells them apart."""

import asyncio
from collections.abc import Mapping
from typing import Any

from opsconsole import registry
from opsconsole.cli.asking import only
from opsconsole.cli.entry import tell
from opsconsole.engine import watching
from opsconsole.errors import Lost, UsageError
from opsconsole.estate import Estate
from opsconsole.model import Row, Sample, Target, Value
from opsconsole.plan import Thing
from opsconsole.ports import Samples
from opsconsole.spec import Action, Probe
from screens.shell.act.aim import called, pins_of, values_of
from widgets.filter import parse
from widgets.table.rows import Rows

PATIENCE = 30.0
"""Seconds for the answer."""


async def chosen(
    action: Action, estate: Estate, target: Target, criteria: str
) -> tuple[Thing, ...]:
    """What the filter lets through and the action is meant for; raises `UsageError` or `Lost`.

    Says on stderr how many were found, and how many of them left out.
    """
    if not action.probes:
        raise UsageError(f"{action.id} acts on the {target.kind} itself: leave out --where")
    probe = registry.probes()[action.widest or action.probes[0]]
    rows = await _rows(probe, only(estate, (target,)), target.id)
    listed = Rows(probe.columns)
    listed.put({str(at): row for at, row in enumerate(rows)})
    ids = parse(criteria, probe.columns).keep(listed.rows, listed)
    found = [values_of(probe.columns, listed.rows[row_id]) for row_id in ids]
    fitting = [row for row in found if action.fits(row)]
    left = f", {len(found) - len(fitting)} left out as it is not for them"
    said = f"{len(fitting)} of {len(rows)} chosen" + (left if len(fitting) < len(found) else "")
    if not fitting:
        raise UsageError(f"--where {criteria!r}: {said}")
    tell(said)
    return tuple(_thing(action, probe, row, target.id) for row in fitting)


def _thing(action: Action, probe: Probe[Any], row: Mapping[str, Value], target: str) -> Thing:
    return Thing(target, pins_of(probe, row, set(action.pins)), called(probe, row, target))


async def _rows(probe: Probe[Any], estate: Estate, target: str) -> list[Row]:
    """The probe's rows there; raises `Lost` with why there are none."""
    async with watching(estate, [(probe.id, target)]) as console:
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    message = await console.receive()
                    if isinstance(message, Samples):
                        for sample in message.samples:
                            if (sample.probe, sample.target) == (probe.id, target):
                                return _told(sample)
        except TimeoutError:
            raise Lost(f"{target}: no answer within {PATIENCE:g} s") from None


def _told(sample: Sample) -> list[Row]:
    if sample.rows is None:
        fault = sample.fault
        raise Lost(fault.message if fault else "no answer", fault.remedy if fault else "")
    return sample.rows
