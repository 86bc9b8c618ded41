"""`opsconsole console` and `opsconsole replay`: the full screen."""

import os
from pathlib import Path

from opsconsole.cli.asking import load_estate
from opsconsole.cli.domains import domains
from opsconsole.engine import archive_of
from opsconsole.engine.dossier import recording_in
from opsconsole.errors import UsageError


def run_console(path: Path | None = None, theme: str = "", *, read_only: bool = False) -> int:
    """Open the console on an estate; returns when the operator or the terminal leaves.

    With `read_only` neither it nor its collector can change anything on a target.
    """
    _need_terminal()
    estate = load_estate(path)
    # Textual reads the environment when it is imported: what the line allows is said before.
    from screens.shell.link import prepare

    link = prepare()
    from screens.shell.start import open_console

    options = [] if path is None else ["--estate", str(path.absolute())]
    return open_console(estate, domains(), link, options, theme, read_only=read_only)


def run_replay(file: Path, theme: str = "") -> int:
    """Open the console on a recording alone; raises `Unrecorded` when there is nothing to show."""
    _need_terminal()
    with recording_in(file) as path:
        archive = archive_of(path)
        from screens.shell.link import prepare

        link = prepare()
        from screens.shell.replay.open import open_replay

        return open_replay(archive, domains(), link, theme)


def _need_terminal() -> None:
    if not all(map(os.isatty, (0, 1, 2))):
        raise UsageError(
            "the console needs a terminal for input and output; without one use"
            " opsconsole check, opsconsole get or opsconsole watch"
        )
