"""What the line and the terminal allow is read from the environment and from how they behave."""

import pytest

from screens.shell.charset import ascii_only
from screens.shell.link import (
    LAN,
    LINKS,
    THIN,
    WAN,
    Gauge,
    color_system,
    first_guess,
    prepare,
    wants_mouse,
)

SSH = {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}


def test_a_line_is_local_unless_ssh_says_otherwise() -> None:
    assert first_guess({}).name == LAN
    assert first_guess(SSH).name == WAN
    assert first_guess(SSH | {"OPSCONSOLE_LINK": "thin"}).name == THIN
    assert wants_mouse({})
    assert not wants_mouse(SSH)
    assert wants_mouse(SSH | {"OPSCONSOLE_MOUSE": "1"})


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, False),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "de_DE.utf8"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, True),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, True),
        ({"LC_ALL": "", "LANG": "en_US.UTF-8"}, False),
        ({"LC_CTYPE": "C.UTF-8", "LANG": "C"}, True),
        ({"LC_CTYPE": "C.UTF-8"}, False),
        ({"TERM": "vt100"}, True),
        ({"LC_ALL": "C", "OPSCONSOLE_ASCII": "0"}, False),
        ({"LANG": "en_US.UTF-8", "OPSCONSOLE_ASCII": "1"}, True),
    ],
)
def test_ascii_only_where_the_locale_says_so(environ: dict[str, str], expected: bool) -> None:
    assert ascii_only(environ) is expected


@pytest.mark.parametrize(
    ("environ", "link", "expected"),
    [
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, LAN, "truecolor"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, WAN, "256"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, THIN, "standard"),
        ({"TERM": "tmux-256color"}, LAN, "256"),
        ({"TERM": "linux"}, LAN, "standard"),
        ({"TERM": "dumb"}, LAN, "standard"),
    ],
)
def test_colours_are_the_least_of_line_and_terminal(
    environ: dict[str, str], link: str, expected: str
) -> None:
    assert color_system(environ, LINKS[link]) == expected


def test_what_the_operator_set_stays() -> None:
    environ = {"TEXTUAL_COLOR_SYSTEM": "truecolor", **SSH}
    assert prepare(environ).name == WAN
    assert environ["TEXTUAL_COLOR_SYSTEM"] == "truecolor"
    assert environ["TEXTUAL_ANIMATIONS"] == "none"


def test_a_busy_line_steps_down_and_a_calm_one_up_again_but_never_above_its_start() -> None:
    gauge = Gauge(first_guess(SSH))
    assert [gauge.may_flush(True, 0.0) for _ in range(3)] == [False, False, False]
    assert gauge.link.name == THIN
    assert gauge.skipped == 3
    assert gauge.may_flush(False, 1.0)
    assert gauge.may_flush(False, 60.0)
    assert gauge.link.name == THIN
    assert gauge.may_flush(False, 61.0)
    assert gauge.link.name == WAN
    assert gauge.may_flush(False, 200.0)
    assert gauge.link.name == WAN


def test_a_busy_moment_is_no_slow_line() -> None:
    gauge = Gauge(LINKS[LAN])
    for now in range(20):
        gauge.may_flush(now % 3 != 0, float(now))
    assert gauge.link.name == LAN


def test_a_chosen_link_stays() -> None:
    gauge = Gauge(LINKS[LAN])
    gauge.choose("wan")
    for _ in range(20):
        gauge.may_flush(True, 0.0)
    assert gauge.link.name == WAN
    gauge.choose("auto")
    for _ in range(3):
        gauge.may_flush(True, 0.0)
    assert gauge.link.name == THIN
