"""Yank reaches the clipboard the operator sits at and says so."""

import base64
import os
from pathlib import Path

import pytest

from screens.shell.clipboard import LIMIT, tools, yank


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Stand-ins that keep what they are given; the real ones need a desktop."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("tmux", "wl-copy", "xclip", "xsel", "pbcopy"):
        script = folder / name
        script.write_text(
            f'#!/bin/sh\necho "$@" > {tmp_path}/{name}.args\ncat > {tmp_path}/{name}.in\n'
        )
        script.chmod(0o755)
    return folder


def _environ(programs: Path, **more: str) -> dict[str, str]:
    return {"PATH": f"{programs}:{os.environ['PATH']}", **more}


async def test_over_ssh_the_terminal_is_asked(programs: Path, tmp_path: Path) -> None:
    sent: list[str] = []
    environ = _environ(programs, SSH_CONNECTION="a", DISPLAY=":0", WAYLAND_DISPLAY="w")
    said = await yank("naïve\n", environ, sent.append)
    assert said == "copied 7 bytes by OSC 52, if the terminal allows it"
    coded = base64.b64encode("naïve\n".encode()).decode()
    assert sent == [f"\x1b]52;c;{coded}\x07"]
    assert not (tmp_path / "wl-copy.in").exists()


async def test_in_tmux_its_buffer_is_loaded_and_passed_on(programs: Path, tmp_path: Path) -> None:
    sent: list[str] = []
    environ = _environ(programs, TMUX="/tmp/x,1,0", SSH_CONNECTION="a")
    assert "tmux" in await yank("web-1", environ, sent.append)
    assert sent == []
    assert (tmp_path / "tmux.in").read_text() == "web-1"
    assert (tmp_path / "tmux.args").read_text() == "load-buffer -w -\n"


async def test_an_old_tmux_keeps_at_least_its_buffer(programs: Path, tmp_path: Path) -> None:
    (programs / "tmux").write_text(
        f'#!/bin/sh\n[ "$2" = -w ] && exit 1\ncat > {tmp_path}/tmux.in\n'
    )
    said = await yank("web-1", _environ(programs, TMUX="/tmp/x,1,0"), lambda _: None)
    assert "buffer only" in said
    assert (tmp_path / "tmux.in").read_text() == "web-1"


async def test_on_a_desktop_its_own_tool_is_used(programs: Path, tmp_path: Path) -> None:
    environ = _environ(programs, WAYLAND_DISPLAY="w", DISPLAY=":0")
    assert await yank("x", environ, lambda _: None) == "copied 1 byte to the clipboard"
    assert (tmp_path / "wl-copy.in").read_text() == "x"


async def test_a_tool_that_fails_gives_way(programs: Path) -> None:
    for name in ("xclip", "xsel"):
        (programs / name).write_text("#!/bin/sh\nexit 1\n")
    sent: list[str] = []
    assert "OSC 52" in await yank("x", _environ(programs, DISPLAY=":0"), sent.append)
    assert len(sent) == 1


async def test_what_a_terminal_would_drop_is_refused_in_words(programs: Path) -> None:
    sent: list[str] = []
    said = await yank("x" * (LIMIT + 1), _environ(programs), sent.append)
    assert said.startswith("not copied: 65,537 bytes")
    assert sent == []
    assert await yank("", _environ(programs), sent.append) == "nothing to copy"


def test_only_what_is_installed_is_tried(tmp_path: Path) -> None:
    assert tools({"PATH": str(tmp_path), "DISPLAY": ":0", "TMUX": "x"}) == []
