"""From the names on the command line to an estate, a pane and the targets that can answer."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from opsconsole import registry
from opsconsole.cli.domains import Shown, catalogue, find
from opsconsole.errors import UsageError
from opsconsole.estate import Estate, load
from opsconsole.model import Column, Target


@dataclass(frozen=True, slots=True)
class Asked:
    """What the operator typed."""

    pane: str
    estate: Path | None
    targets: tuple[str, ...]
    columns: str


@dataclass(frozen=True, slots=True)
class Question:
    """What that means."""

    shown: Shown
    estate: Estate
    """Only with the targets that are asked: nobody else is connected to."""
    columns: tuple[Column, ...]


def known() -> dict[str, Shown]:
    """All that can be shown, by id."""
    return catalogue(registry.integrations().values())


def load_estate(path: Path | None) -> Estate:
    """The operator's estate; raises `EstateError` with every problem in it."""
    kinds = registry.integrations()
    exchanges = {exchange.name for kind in kinds.values() for exchange in kind.exchanges}
    return load(
        path,
        kinds=kinds.keys(),
        transports=registry.transport_names(),
        settings=registry.settings(),
        exchanges=exchanges,
        probes={probe.id: probe.key for probe in registry.probes().values()},
        integrations=kinds,
    )


def resolve(asked: Asked) -> Question:
    """Find the pane, the columns and the targets; raises `UsageError` or `EstateError`."""
    shown = find(asked.pane, known())
    columns = shown.chosen(tuple(key for key in asked.columns.split(",") if key))
    estate = load_estate(asked.estate)
    targets = _answering(shown, select(estate, asked.targets), named=bool(asked.targets))
    return Question(shown, only(estate, targets), columns)


def select(estate: Estate, patterns: Iterable[str]) -> tuple[Target, ...]:
    """Targets that any pattern names, in the estate's order; all when there is no pattern."""
    named = [target.id for pattern in patterns for target in estate.select(pattern)]
    return tuple(t for t in estate.targets if t.id in named) if named else estate.targets


def only(estate: Estate, targets: tuple[Target, ...]) -> Estate:
    """The estate, reduced to these targets."""
    return replace(estate, targets=targets)


def _answering(shown: Shown, targets: tuple[Target, ...], *, named: bool) -> tuple[Target, ...]:
    able = tuple(target for target in targets if target.kind in shown.kinds)
    strangers = [target for target in targets if target.kind not in shown.kinds]
    kinds = " or ".join(shown.kinds)
    if named and strangers:
        first = strangers[0]
        raise UsageError(f"{first.id} is a {first.kind}: {shown.pane.id} is about a {kinds}")
    if not able:
        raise UsageError(f"the estate has no {kinds}, and {shown.pane.id} shows nothing else")
    return able
