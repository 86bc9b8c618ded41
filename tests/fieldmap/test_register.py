"""Registers as values and back: every type, both word orders, bits and their alarms."""

import math
import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.errors import Malformed
from opsconsole.fieldmap.register import (
    Answer,
    Heard,
    Point,
    decoded,
    encoded,
    packed,
    read_point,
    unpacked,
    value,
)
from opsconsole.model import Level
from opsconsole.question import Part
from opsconsole.reading import Physical

REGISTER = st.integers(0, 65535)


def _point(**said: object) -> Point:
    return msgspec.convert({"address": 0, **said}, Point)


@pytest.mark.parametrize(
    ("kind", "words", "expected"),
    [
        ("u16", [0xFFFE], 65534),
        ("s16", [0xFFFE], -2),
        ("u32", [0x0001, 0x0002], 65538),
        ("s32", [0xFFFF, 0xFFFE], -2),
        ("u64", [0, 1, 0, 0], 1 << 32),
        ("s64", [0xFFFF] * 4, -1),
        ("f32", [0x41B4, 0x0000], 22.5),
        ("f64", [0x4036, 0x8000, 0, 0], 22.5),
    ],
)
def test_each_type_in_both_word_orders(kind: str, words: list[int], expected: float) -> None:
    assert decoded(_point(type=kind), words) == expected
    assert decoded(_point(type=kind, words="little"), words[::-1]) == expected
    assert decoded(_point(type=kind), words[:-1]) is None


def test_texts_and_bits() -> None:
    assert decoded(_point(type="string", length=3), [0x4162, 0x6320, 0x0041]) == "Abc"
    assert decoded(_point(type="string", length=2), [0x1B5B, 0x324A]) == "\x1b[2J"
    shown = read_point(Heard("s", _point(type="string", length=2), [0x1B5B, 0x324A]), "m")
    assert "\x1b" not in shown.word
    assert [decoded(_point(type="bit", bit=n), [0b100]) for n in (1, 2)] == [0, 1]
    assert decoded(_point(type="bit", fc=1), [1]) == 1


@pytest.mark.parametrize("words", [[0x7FC0, 0], [0x7F80, 0], [0xFF80, 0]])
def test_no_number_and_infinity_are_not_known(words: list[int]) -> None:
    heard = Heard("x", _point(type="f32"), words)
    assert value(heard) is None
    assert read_point(heard, "m").level is Level.UNKNOWN


def test_bits_are_alarms_the_worst_first() -> None:
    point = _point(alarm_bits={"0": "leak", "9": "fan failed"}, warning_bits={"1": "filter"})
    found = [read_point(Heard("x", point, [raw]), "m") for raw in (0, 2, 1 | 2, 1 << 9)]
    assert [str(one.word) for one in found] == ["no alarm", "filter", "leak; filter", "fan failed"]
    assert [one.level for one in found] == [Level.OK, Level.WARN, Level.CRIT, Level.CRIT]
    assert {one.physical for one in found} == {Physical.STATE}


def test_what_is_refused_says_why_and_is_no_value() -> None:
    found = read_point(Heard("x", _point(physical="temperature"), [], "illegal address"), "m")
    assert (found.value, found.word, found.level) == (None, "illegal address", Level.UNKNOWN)


@given(
    st.sampled_from(["u16", "s16", "u32", "s32", "u64", "s64", "f32", "f64"]),
    st.sampled_from(["big", "little"]),
    st.lists(REGISTER, max_size=6),
)
def test_whatever_stands_in_registers_is_a_finite_number_or_none(
    kind: str, order: str, words: list[int]
) -> None:
    point = _point(type=kind, words=order)
    raw = decoded(point, words)
    assert raw is None or (isinstance(raw, int | float) and math.isfinite(raw))
    read_point(Heard("x", point, words), "m")


@given(st.integers(-300, 300), st.sampled_from(["big", "little"]))
def test_what_is_written_reads_back(tenths: int, order: str) -> None:
    for kind in ("s16", "s32", "f32", "f64"):
        point = _point(type=kind, words=order, scale=0.1)
        raw = decoded(point, encoded(point, tenths / 10))
        assert isinstance(raw, int | float)
        assert point.value(raw) == pytest.approx(tenths / 10, abs=1e-5)


@given(st.floats())
def test_what_does_not_fit_is_refused_and_never_wraps(wanted: float) -> None:
    point = _point(type="s16")
    try:
        (word,) = encoded(point, wanted)
    except ValueError:
        assert not -32768.5 <= wanted <= 32767.5
    else:
        assert struct.unpack(">h", struct.pack(">H", word))[0] == round(wanted)


def test_an_answer_comes_back_as_it_was_packed() -> None:
    answer = Answer("m", [Heard("x", _point(write={"low": 0, "high": 9}), [1])], 1)
    assert unpacked(packed(answer)) == answer


@given(st.binary(max_size=40))
def test_what_is_no_answer_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        unpacked(Part(0, raw))
