"""Which tabs there are, and what `get`, `watch` and `panes` can show of them."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import screens
from opsconsole import fleet
from opsconsole.errors import UsageError
from opsconsole.model import Column
from opsconsole.spec import Domain, Integration, Pane, Probe, View


@dataclass(frozen=True, slots=True)
class Shown:
    """A pane with the probes it reads, in the pane's order."""

    pane: Pane
    probes: tuple[Probe[Any], ...]
    kinds: tuple[str, ...]
    """Kinds of targets that can answer."""

    def columns(self) -> tuple[Column, ...]:
        """Every column its probes know, each key once; of a fleet also how bad a target is."""
        known = {column.key: column for probe in self.probes for column in probe.columns}
        verdict = (fleet.STATE, fleet.WHY) if self.pane.view is View.FLEET else ()
        return (*verdict, *known.values())

    def _first(self) -> tuple[str, ...]:
        """Keys of what the pane shows at first; of a fleet always with the verdict."""
        keys = self.pane.columns
        if self.pane.view is View.FLEET:
            state = () if fleet.STATE.key in keys else (fleet.STATE.key,)
            why = () if fleet.WHY.key in keys else (fleet.WHY.key,)
            keys = (*state, *keys, *why)
        return keys

    def chosen(self, keys: tuple[str, ...] = ()) -> tuple[Column, ...]:
        """The columns with those keys, or what the pane shows at first; `all` stands for all.

        Raises `UsageError` for a key that no probe of the pane has.
        """
        known = {column.key: column for column in self.columns()}
        keys = keys or self._first()
        if not keys or keys == ("all",):
            return tuple(known.values())
        for key in keys:
            if key not in known:
                raise UsageError(_unknown("column", key, known, f"opsconsole panes {self.pane.id}"))
        return tuple(known[key] for key in keys)


def domains() -> tuple[Domain, ...]:
    """Every role's tab, in tab order: the `DOMAIN` of each module that stands in `screens/`."""
    found: list[Domain] = []
    for module in pkgutil.iter_modules(screens.__path__, "screens."):
        if not module.ispkg:
            bound = getattr(importlib.import_module(module.name), "DOMAIN", None)
            if isinstance(bound, Domain):
                found.append(bound)
    return tuple(sorted(found, key=lambda domain: domain.order))


def catalogue(integrations: Iterable[Integration]) -> dict[str, Shown]:
    """All that can be shown, by id: the panes of every tab, then each probe by itself."""
    probes = {probe.id: probe for kind in integrations for probe in kind.probes}
    homes = {probe.id: kind.kind for kind in integrations for probe in kind.probes}
    shown: dict[str, Shown] = {}
    for domain in domains():
        for pane in domain.panes:
            if all(id_ in probes for id_ in pane.probes):
                kinds = tuple(dict.fromkeys(homes[id_] for id_ in pane.probes))
                shown[pane.id] = Shown(pane, tuple(probes[id_] for id_ in pane.probes), kinds)
    for id_, probe in probes.items():
        shown[id_] = Shown(Pane(id_, probe.title, (id_,)), (probe,), (homes[id_],))
    return shown


def find(id_: str, known: Mapping[str, Shown]) -> Shown:
    """The pane or probe with that id; raises `UsageError` that names the nearest one."""
    if id_ not in known:
        raise UsageError(_unknown("pane", id_, known, "opsconsole panes"))
    return known[id_]


def _unknown(what: str, name: str, known: Iterable[str], listing: str) -> str:
    near = get_close_matches(name, list(_ends(known)), n=1, cutoff=0.5)
    guess = f", did you mean {_whole(near[0], known)!r}?" if near else ""
    return f"there is no {what} {name!r}{guess} (all of them: {listing})"


def _ends(known: Iterable[str]) -> Iterator[str]:
    """Ids and their last parts, so that `fleet` finds `system.fleet`."""
    for name in known:
        yield name
        if "." in name:
            yield name.rpartition(".")[2]


def _whole(near: str, known: Iterable[str]) -> str:
    return next(name for name in known if near in (name, name.rpartition(".")[2]))
