"""Terminals for tests, skipped by name where they cannot be had."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal
from tests.servers.sshd import site
from tests.terminal import tmux as tmux_module

__all__ = ["site"]

Open = Callable[..., Terminal]


@pytest.fixture
def tmux() -> Iterator[tmux_module.Tmux]:
    """A tmux server of its own, gone after the test."""
    if reason := tmux_module.missing():
        pytest.skip(reason)
    with (
        tempfile.TemporaryDirectory(prefix="oc") as folder,
        tmux_module.Tmux(Path(folder)) as server,
    ):
        yield server


@pytest.fixture
def terminal() -> Iterator[Open]:
    """Opens ptys (`benchmarks.terminal.Terminal`) and closes them after the test."""
    if not sys.platform.startswith("linux") or not shutil.which("setsid"):
        pytest.skip("needs Linux and setsid (util-linux)")
    opened: list[Terminal] = []

    def start(*arguments: object, **how: object) -> Terminal:
        made = Terminal(*arguments, **how)  # type: ignore[arg-type]
        opened.append(made)
        return made

    yield start
    for each in opened:
        each.close()
