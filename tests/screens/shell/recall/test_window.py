"""Windows of time: typed, zoomed, moved."""

import time

import pytest

from opsconsole.errors import UsageError
from screens.shell.recall.window import LENGTHS, Window, looks_like_time, since, spoken

NOW = time.mktime((2026, 11, 28, 2, 30, 0, 0, 0, -1))


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("90s", 90),
        ("30m", 1800),
        ("2h", 7200),
        ("3d", 3 * 86400),
        ("02:13", 17 * 60),
        ("02:29:30", 30),
        ("02:31", 86400 - 60),
        ("2026-11-28", 9000),
        ("2026-11-27", 9000 + 86400),
    ],
)
def test_a_time_is_typed_as_one_thinks_of_it(text: str, ago: float) -> None:
    assert looks_like_time(text)
    assert NOW - since(text, NOW) == ago


@pytest.mark.parametrize("text", ["", "web-1", "25:00", "2:3", "10x", "2026-13-40", "2027-01-01"])
def test_what_is_no_time_in_the_past_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"no time|not in the past"):
        since(text, NOW)


def test_an_open_window_moves_on_with_the_clock() -> None:
    window = Window()
    assert window.span(NOW) == (NOW - 3600, NOW)
    assert window.zoomed(1, NOW).span(NOW + 60) == (NOW + 60 - 4 * 3600, NOW + 60)


def test_a_zoom_that_would_lose_what_is_looked_at_closes_the_window_around_it() -> None:
    window = Window()
    closer = window.zoomed(-1, NOW, around=NOW - 3000)
    assert closer.span(NOW) == (NOW - 3450, NOW - 2550)
    assert window.zoomed(-1, NOW, around=NOW - 60).end is None
    assert closer.zoomed(1, NOW, around=NOW - 3000).span(NOW) == (NOW - 4800, NOW - 1200)
    assert closer.zoomed(1, NOW, around=NOW - 600).end is None, "its end would not have come yet"


def test_zoom_ends_at_both_ends() -> None:
    window = Window()
    for _ in range(20):
        window = window.zoomed(1, NOW)
    assert window.length == LENGTHS[-1]
    for _ in range(20):
        window = window.zoomed(-1, NOW)
    assert window.length == LENGTHS[0]


def test_it_moves_by_halves_and_ends_at_now() -> None:
    earlier = Window().moved(-1, NOW)
    assert earlier.span(NOW) == (NOW - 5400, NOW - 1800)
    assert earlier.moved(1, NOW) == Window()
    assert earlier.moved(5, NOW) == Window()


def test_lengths_in_words() -> None:
    assert [spoken(one) for one in LENGTHS] == [
        "5 min", "15 min", "1 h", "4 h", "12 h", "24 h", "7 days", "30 days",
    ]  # fmt: skip
