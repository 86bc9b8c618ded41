"""Targets on this machine, fitted to what this machine is."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace

from opsconsole.model import Target
from opsconsole.spec import Integration

LOCAL = "local"
"""The transport of targets on this machine."""


def fitted(
    targets: Iterable[Target],
    integrations: Mapping[str, Integration],
    platform: str = sys.platform,
) -> tuple[Target, ...]:
    """The same targets; those on this machine with the settings its platform needs.

    What the estate says of a target stays.
    """
    return tuple(_fit(target, integrations.get(target.kind), platform) for target in targets)


def _fit(target: Target, integration: Integration | None, platform: str) -> Target:
    if target.transport != LOCAL or integration is None or integration.local_settings is None:
        return target
    pushed = next((exchange for exchange in integration.exchanges if exchange.pushed), None)
    if pushed is None:
        return target
    interval = target.intervals.get(pushed.name, pushed.every)
    needed = integration.local_settings(platform, interval)
    return replace(target, settings={**needed, **target.settings}) if needed else target
