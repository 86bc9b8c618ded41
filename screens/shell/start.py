"""Opens the console on an estate: starts the collector first, then the screen."""

from collections.abc import Sequence
from pathlib import Path

import platformdirs
from textual.binding import Binding

from opsconsole import registry
from opsconsole.clean import Clean, clean
from opsconsole.engine import Companion, collector_argv
from opsconsole.estate import Estate
from opsconsole.spec import Domain
from screens.shell.app import OpsConsole, Start
from screens.shell.console import ConsoleScreen, Scene
from screens.shell.keymap import Keymap, read
from screens.shell.link import Link
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

    With `read_only` there is no way to the executor, and the collector's refuses everything.
    `options` are those of `opsconsole collect` that make it load the same estate. `link` is what
    `screens.shell.link.prepare` returned before Textual was imported.
    """
    app: OpsConsole | None = None

    def told(trouble: Clean) -> None:
        if app is not None:
            app.tell_trouble(trouble)

    options = (*options, "--read-only") if read_only else options
    companion = Companion(collector_argv(*options), told)
    companion.start()
    keymap = read(_config() / "keys.toml", default_keys())
    start = Start(
        scene=_scene(estate, domains),
        select=estate.select,
        bus=companion,
        theme=theme,
        keys=keymap.keys,
        actions=None if read_only or estate.policy.read_only else companion.actions,
        notices=(*_notices(keymap), *(clean(note, 400) for note in estate.skipped)),
    )
    app = OpsConsole(start, link)
    try:
        return app.run_console()
    finally:
        companion.close()
        companion.wait_ended(ENDED_S)


def default_keys() -> dict[str, tuple[str, ...]]:
    """Keys by action id, of the main screen and of lists."""
    keys: dict[str, tuple[str, ...]] = {}
    for binding in (*ConsoleScreen.BINDINGS, *LiveTable.BINDINGS):
        if isinstance(binding, Binding) and binding.id:
            keys[binding.id] = tuple(key.strip() for key in binding.key.split(","))
    return keys


def _config() -> Path:
    return Path(platformdirs.user_config_dir("opsconsole", appauthor=False))


def _scene(estate: Estate, domains: Sequence[Domain]) -> Scene:
    """Only roles with something to show have a tab; with nothing at all, each says how to begin."""
    kinds = {target.kind for target in estate.targets}
    shown = tuple(domain for domain in domains if kinds & set(domain.kinds)) or tuple(domains)
    setups = {kind: found.setup for kind, found in registry.integrations().items()}
    actions = {
        kind: {action.id: action for action in found.actions} | dict(estate.actions.get(kind, {}))
        for kind, found in registry.integrations().items()
    }
    return Scene(shown, registry.probes(), estate.targets, setups, actions, estate.runbooks)


def _notices(keymap: Keymap) -> list[Clean]:
    return [clean(str(problem), 400) for problem in (*keymap.problems, *keymap.warnings)]
