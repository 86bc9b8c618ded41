"""Opens the console on an estate: starts the collector first, then the screen."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import platformdirs
from textual.binding import Binding

from opsconsole import registry
from opsconsole.approval import stamp
from opsconsole.audit import default_folder
from opsconsole.clean import Clean, clean
from opsconsole.engine import Companion, archive_of, collector_argv, recording_folder
from opsconsole.estate import Estate
from opsconsole.model import Level
from opsconsole.rulebook import Ruled, effective
from opsconsole.spec import Domain
from screens.shell.alarm.bell import read_bell
from screens.shell.app import OpsConsole
from screens.shell.console import ConsoleScreen, Scene, Start
from screens.shell.keymap import Keymap, read
from screens.shell.link import Link
from screens.shell.recall.chronicle import Lore
from screens.shell.replay.scrub import Reel
from screens.shell.witness.lookout import Desk
from widgets.table import LiveTable

ENDED_S = 5.0
"""Seconds to wait for the collector after the screen is gone."""


def open_console(
    estate: Estate,
    domains: Sequence[Domain],
    link: Link,
    options: Sequence[str] = (),
    theme: str = "",
    *,
    read_only: bool = False,
) -> int:
    """Show the console until the operator or the terminal leaves; returns the exit code.

    With `read_only`, or an estate that is, there is no way to act nor to approve for others.
    `options` make `opsconsole collect` load the same estate; `link` is what `prepare` returned.
    """
    app: OpsConsole | None = None

    def told(trouble: Clean) -> None:
        if app is not None:
            app.tell_trouble(trouble)

    only_looks = read_only or estate.policy.read_only
    companion = Companion(collector_argv(*options, *["--read-only"] * read_only), told)
    companion.start()
    start = _begin(estate, domains, companion, theme, only_looks=only_looks)
    start = replace(start, options=tuple(options))
    app = OpsConsole(start, link)
    try:
        return app.run_console()
    finally:
        companion.close()
        companion.wait_ended(ENDED_S)


def _reel(estate: Estate) -> Reel | None:
    """The estate's own recording."""
    if not estate.recording.enabled:
        return None
    where = recording_folder(estate)
    return Reel(lambda: archive_of(where))


def _begin(
    estate: Estate, domains: Sequence[Domain], companion: Companion, theme: str, *, only_looks: bool
) -> Start:
    """What the console is handed."""
    keys, bell, notices = _own(estate)
    return Start(
        scene=scene_of(estate, domains),
        select=estate.select,
        bus=companion,
        theme=theme,
        keys=keys,
        actions=None if only_looks else companion.actions,
        desk=None if only_looks else Desk(stamp=stamp),
        notices=notices,
        alerts=companion.alerts,
        texts=companion.texts,
        bell=bell,
        reel=_reel(estate),
        audit=default_folder(),
    )


def default_keys() -> dict[str, tuple[str, ...]]:
    """Keys by action id, of the main screen and of lists."""
    keys: dict[str, tuple[str, ...]] = {}
    for binding in (*ConsoleScreen.BINDINGS, *LiveTable.BINDINGS):
        if isinstance(binding, Binding) and binding.id:
            keys[binding.id] = tuple(key.strip() for key in binding.key.split(","))
    return keys


def keymap_of() -> Keymap:
    """The operator's keys."""
    return read(_config() / "keys.toml", default_keys())


def _config() -> Path:
    return Path(platformdirs.user_config_dir("opsconsole", appauthor=False))


def scene_of(estate: Estate, domains: Sequence[Domain]) -> Scene:
    """Only roles with something to show have a tab; with nothing at all, each says how to begin."""
    kinds = {target.kind for target in estate.targets}
    shown = tuple(domain for domain in domains if kinds & set(domain.kinds)) or tuple(domains)
    setups = {kind: found.setup for kind, found in registry.integrations().items()}
    actions = {
        kind: {action.id: action for action in found.actions} | dict(estate.actions.get(kind, {}))
        for kind, found in registry.integrations().items()
    }
    inquiries = {
        kind: {one.id: one for one in found.offers}
        for kind, found in registry.integrations().items()
    }
    supplies = {
        kind: found.supply for kind, found in registry.integrations().items() if found.supply
    }
    known = (shown, registry.probes(), estate.targets, setups, actions, estate.runbooks)
    return Scene(*known, partial(_ruled, estate), estate, _lore(estate), inquiries, supplies)


def _lore(estate: Estate) -> Lore:
    """Relations that answers tell of, and how long each rule waits before it says so."""
    known = registry.integrations().values()
    grounds = tuple(ground for integration in known for ground in integration.grounds)
    leads = {rule.id: rule.for_s for integration in known for rule in integration.rules}
    kinds = {integration.kind: integration.inventories for integration in known}
    inventories = {target.id: kinds.get(target.kind, ()) for target in estate.targets}
    return Lore(estate.targets, grounds, leads, inventories)


def _ruled(estate: Estate, target: str, rule: str) -> Ruled | None:
    """A rule as it holds for a target."""
    found = estate.by_id.get(target)
    known = registry.integrations().get(found.kind) if found else None
    if found is None or known is None:
        return None
    holding = effective(found, known, estate.rulebook)
    return next((ruled for ruled in holding if ruled.rule.id == rule), None)


def _own(estate: Estate) -> tuple[Mapping[str, str], Level | None, tuple[Clean, ...]]:
    """The operator's own keys and bell; and what to tell first, of their file and of the estate."""
    path = _config() / "keys.toml"
    keymap = read(path, default_keys())
    bell, unread = read_bell(path)
    problems = (str(problem) for problem in (*keymap.problems, *keymap.warnings))
    told = (clean(text, 400) for text in (*problems, *estate.skipped))
    return keymap.keys, bell, (*told, *unread)
