"""A value is written in a unit that fits, in exactly its column's cells, or not at all."""

import math
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from opsconsole.clean import clean
from opsconsole.model import Column, Level, Limits, Quantity, Value
from widgets.format import (
    ASCII,
    NATURAL,
    TEXTUAL,
    ages_by,
    cell_maker,
    fit,
    natural_width,
    sparkline,
    spell,
    state_level,
)


def column(quantity: Quantity, limits: Limits | None = None) -> Column:
    return Column("key", "K", quantity, "a test", limits)


@pytest.mark.parametrize(
    ("quantity", "value", "text"),
    [
        (Quantity.PERCENT, 0.0, "0.0%"),
        (Quantity.PERCENT, 99.94, "99.9%"),
        (Quantity.PERCENT, 99.96, "100%"),
        (Quantity.PERCENT, 1600, "1600%"),
        (Quantity.BYTES, 0, "0 B"),
        (Quantity.BYTES, 1023, "1023 B"),
        (Quantity.BYTES, 1024, "1.00 KiB"),
        (Quantity.BYTES, 1023.6 * 1024, "1.00 MiB"),
        (Quantity.BYTES, 15.6 * 2**30, "15.6 GiB"),
        (Quantity.BYTES_PER_S, 2.5 * 2**20, "2.50 MiB/s"),
        (Quantity.BITS_PER_S, 1e9, "1.00 Gbit/s"),
        (Quantity.BITS_PER_S, 12_300, "12.3 kbit/s"),
        (Quantity.COUNT, 4194304, "4194304"),
        (Quantity.NUMBER, 0.42, "0.42"),
        (Quantity.NUMBER, 12345.0, "12.3k"),
        (Quantity.PER_S, 0.0, "0/s"),
        (Quantity.PER_S, 1234.5, "1.23k/s"),
        (Quantity.SECONDS, 0, "0 s"),
        (Quantity.SECONDS, 0.0004, "400 us"),
        (Quantity.SECONDS, -0.25, "-250 ms"),
        (Quantity.SECONDS, 42.9, "42 s"),
        (Quantity.SECONDS, 3 * 86400 + 4 * 3600 + 59, "3d 4h"),
        (Quantity.SECONDS, 3599, "59m 59s"),
        (Quantity.SECONDS, 400 * 86400, "1y 35d"),
        (Quantity.MILLISECONDS, 0.42, "0.42 ms"),
        (Quantity.MILLISECONDS, 1250.0, "1.25 s"),
        (Quantity.MILLISECONDS, 192_000.0, "3m 12s"),
        (Quantity.FLAG, True, "yes"),
        (Quantity.FLAG, False, "no"),
        (Quantity.COUNT, None, "-"),
        (Quantity.NUMBER, math.nan, "-"),
        (Quantity.BYTES, math.inf, "-"),
    ],
)
def test_value_in_full(quantity: Quantity, value: Value, text: str) -> None:
    assert spell(column(quantity), value) == text


@pytest.mark.parametrize("quantity", list(Quantity))
@given(
    value=st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=40).map(clean),
    width=st.integers(1, 24),
)
def test_cell_is_exactly_as_wide_as_its_column(
    quantity: Quantity, value: Value, width: int
) -> None:
    text, _ = cell_maker(column(quantity, Limits(80, 90, "a test")), width)(value)
    assert cell_len(text) == width


NUMERIC = sorted(set(Quantity) - TEXTUAL - {Quantity.FLAG})


@pytest.mark.parametrize("quantity", NUMERIC)
@given(value=st.floats(0, 2e11), narrow=st.integers(1, 12))
def test_number_is_never_cut_into_another_number(
    quantity: Quantity, value: float, narrow: int
) -> None:
    full = spell(column(quantity), value)
    cell, _ = cell_maker(column(quantity), narrow)(value)
    if "…" in cell or cell.strip() == full:
        return
    unit = re.sub(r"[\d. :-]", "", cell)
    number = re.match(r"[\d.]+", cell.strip())
    assert number
    if quantity is Quantity.TIME:
        assert full.startswith(cell.strip())
        assert len(cell.strip()) == 10
    elif not unit:
        assert float(cell) == round(value), "without a unit only the whole number may stand"
    else:
        assert unit[0] in "smhdyuKMGTPEkbB%/"
        # `1y` of `1y 35d` still says a year; `12` of `12.5 GiB` would say another number.
        assert not full.startswith(cell.strip()) or unit in "smhdy"


@pytest.mark.parametrize("quantity", NUMERIC)
@given(value=st.floats(0, 9e14))
def test_usual_width_never_needs_an_ellipsis(quantity: Quantity, value: float) -> None:
    if quantity is Quantity.PERCENT and value >= 9999.5:
        value %= 9999
    if quantity is Quantity.TIME:
        value %= 4e9
    if quantity in (Quantity.SECONDS, Quantity.MILLISECONDS):
        value %= 3e9
    cell, _ = cell_maker(column(quantity), NATURAL[quantity])(value)
    assert "…" not in cell


def test_state_is_told_by_sign_and_word() -> None:
    limits = Limits(80, 95, "a test")
    make = cell_maker(column(Quantity.PERCENT, limits), 6)
    assert make(79.0) == (" 79.0%", Level.OK)
    assert make(80.0) == ("!80.0%", Level.WARN)
    assert make(95.0) == ("X95.0%", Level.CRIT)
    low = cell_maker(column(Quantity.PERCENT, Limits(20, 5, "a test")), 6)
    assert [low(value)[1] for value in (21.0, 20.0, 5.0)] == [Level.OK, Level.WARN, Level.CRIT]
    words = cell_maker(column(Quantity.STATE), 12)
    assert words(clean("failed")) == ("X failed    ", Level.CRIT)
    assert words(clean("activating")) == ("! activating", Level.WARN)
    assert words(None) == ("? -         ", Level.UNKNOWN)
    assert words(clean("running")) == ("running     ", Level.OK)


@given(value=st.floats(allow_nan=False, allow_infinity=False), warn=st.floats(-1e6, 1e6))
def test_cells_and_limits_judge_alike(value: float, warn: float) -> None:
    for limits in (Limits(warn, warn + 10, "a test"), Limits(warn, warn - 10, "a test")):
        make = cell_maker(column(Quantity.NUMBER, limits), 30)
        assert make(value)[1] is limits.level(value)


def test_states_are_known_by_their_words() -> None:
    assert state_level("FAILED") is Level.CRIT
    assert state_level("unknown") is Level.UNKNOWN
    assert state_level("active") is Level.OK
    assert state_level("Init:CrashLoopBackOff") is Level.CRIT
    assert state_level("NotReady,SchedulingDisabled") is Level.WARN


def test_text_is_cut_by_cells() -> None:
    assert fit("日本語のホスト", 8) == "日本語 …"
    assert fit("日本語", 8) == "日本語  "
    assert fit("web-1", 4) == "web…"
    assert fit("web-1", 4, ASCII) == "web~"
    assert cell_len(fit("a\x1b[31mb\n", 8)) == 8
    assert "\x1b" not in fit("a\x1b[31mb\n", 8)


def test_sparkline_keeps_gaps_and_the_newest_values() -> None:
    assert sparkline([0.0, 50.0, 100.0], 5, top=100) == "  ▁▅█"
    assert sparkline([1.0, math.nan, 8.0], 3) == "▂ █"
    assert sparkline([9.0, 0.0, 0.0], 2) == "▁▁"
    assert sparkline([], 4) == "    "
    assert sparkline([0.0, 100.0], 2, top=100, glyphs=ASCII) == "_#"


def test_width_holds_title_and_sign() -> None:
    assert natural_width(column(Quantity.PERCENT)) == 5
    assert natural_width(column(Quantity.PERCENT, Limits(1, 2, "a test"))) == 6
    assert natural_width(Column("k", "A LONG ONE", Quantity.FLAG, "a test")) == 11


@pytest.fixture
def noon() -> Iterator[float]:
    """A clock that stands still."""
    ages_by(lambda: 1_000_000.0)
    yield 1_000_000.0
    ages_by()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (7, "5 s"), (64, "1m 0s"), (130, "2m 10s"), (90_000, "1d 1h"), (-9, "0 s")],
)
def test_since_is_an_age_in_steps(noon: float, seconds: float, said: str) -> None:
    assert spell(column(Quantity.SINCE), noon - seconds) == said


@pytest.mark.parametrize("value", [-1e300, 1e300, -0.0])
def test_an_absurd_moment_has_an_age_too(noon: float, value: float) -> None:
    del noon
    assert spell(column(Quantity.SINCE), value)
