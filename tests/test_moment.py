"""One grammar for moments, everywhere."""

import time
from collections.abc import Generator
from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.errors import UsageError
from opsconsole.moment import duration, moment


@pytest.fixture(autouse=True)
def _berlin(monkeypatch: pytest.MonkeyPatch) -> Generator[None, None, None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def _at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


NOW = "2026-11-28T15:30:00+01:00"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("now", NOW),
        ("02:13", "2026-11-28T02:13:00+01:00"),
        ("2:13", "2026-11-28T02:13:00+01:00"),
        ("02:13:45", "2026-11-28T02:13:45+01:00"),
        ("15:30", NOW),
        ("15:31", "2026-11-27T15:31:00+01:00"),
        ("today 15:31", "2026-11-28T15:31:00+01:00"),
        ("yesterday 02:13", "2026-11-27T02:13:00+01:00"),
        ("Yesterday  02:13", "2026-11-27T02:13:00+01:00"),
        ("yesterday", "2026-11-27T00:00:00+01:00"),
        ("2026-11-20", "2026-11-20T00:00:00+01:00"),
        ("2026-11-20T02:13", "2026-11-20T02:13:00+01:00"),
        ("2026-11-20 02:13", "2026-11-20T02:13:00+01:00"),
        ("2026-11-20T02:13Z", "2026-11-20T02:13:00+00:00"),
        ("2026-07-01T12:00", "2026-07-01T12:00:00+02:00"),
        ("-15m", "2026-11-28T15:15:00+01:00"),
        ("15m", "2026-11-28T15:15:00+01:00"),
        ("15m ago", "2026-11-28T15:15:00+01:00"),
        ("-1h30m", "2026-11-28T14:00:00+01:00"),
        ("24h", "2026-11-27T15:30:00+01:00"),
        ("+10s", "2026-11-28T15:30:10+01:00"),
        ("@1790000000", "2026-09-21T16:13:20+02:00"),
    ],
)
def test_what_is_meant(text: str, meant: str) -> None:
    assert moment(text, _at(NOW)) == pytest.approx(_at(meant), abs=1e-3)


def test_yesterday_when_the_clocks_changed() -> None:
    """A day of 25 hours: the same time on the wall."""
    assert moment("yesterday 12:00", _at("2026-10-25T12:00:00+01:00")) == _at(
        "2026-10-24T12:00:00+02:00"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "soon",
        "25:00",
        "02:60",
        "2026-13-01",
        "-5",
        "5",
        "1e3s",
        "-",
        "2h-",
        "99999999999w",
    ],
)
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(UsageError, match="is no time: write"):
        moment(text, _at(NOW))


@given(st.text(max_size=20))
def test_nothing_else_ever_comes_of_it(text: str) -> None:
    with suppress(UsageError):
        assert isinstance(moment(text, 1.8e9), float)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("30m", 1800), ("1h30m", 5400), ("7d", 604800), ("1.5h", 5400)],
)
def test_durations(text: str, seconds: float) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "-2h", "10", "h", "2 h", "ten"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(UsageError):
        duration(text)
