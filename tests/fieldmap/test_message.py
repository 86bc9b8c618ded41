"""Messages as values: text, JSON, times of their own, absurd ones; and when they are believed."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.errors import Malformed
from opsconsole.fieldmap.message import (
    Answer,
    Heard,
    Judge,
    Message,
    packed,
    read_point,
    read_presence,
    unpacked,
    value,
    word_of,
)
from opsconsole.fieldmap.topic import Map, Point, Presence
from opsconsole.model import Level
from opsconsole.question import Part

NOW = 1_800_000_000.0


def judge(body: bytes, heard: float = NOW - 10, **said: object) -> Judge:
    point = msgspec.convert({"topic": "t", **said}, Point)
    return Judge(Map({"p": point}, {}), {"t": Message(body, heard)}, {}, NOW - 100, NOW)


def point(body: bytes, **said: Any) -> Heard:
    return judge(body, **said).point("p")


@pytest.mark.parametrize(
    ("body", "said", "found"),
    [
        (b"21.5", {"physical": "temperature"}, 21.5),
        (b" 21.5\n", {"physical": "temperature"}, 21.5),
        (b'{"t": 70.7}', {"path": "t", "physical": "temperature", "unit": "\u00b0F"}, 21.5),
        (b'{"t": "215"}', {"path": "t", "physical": "temperature", "scale": 0.1}, 21.5),
        (b"true", {"physical": "count"}, 1),
        (b'{"on": false}', {"path": "on"}, 0),
        (b"nan", {"physical": "temperature"}, None),
        (b"1e400", {"physical": "temperature"}, None),
        (b'{"t": null}', {"path": "t", "physical": "temperature"}, None),
        (b"-99", {"physical": "temperature", "missing": [-99]}, None),
        (b"n/a", {"physical": "temperature", "missing": ["n/a"]}, None),
    ],
)
def test_a_number_is_found(body: bytes, said: dict[str, Any], found: float | None) -> None:
    one = point(body, **said)
    assert (one.state, value(one)) == ("live", found)


@pytest.mark.parametrize(
    ("body", "said", "word", "level"),
    [
        (b"ON", {"enum": {"ON": "running"}}, "running", Level.OK),
        (b'{"s": 1}', {"path": "s", "enum": {"1": "wet"}, "critical": ["wet"]}, "wet", Level.CRIT),
        (b'{"s": true}', {"path": "s", "enum": {"true": "open"}, "warning": ["open"]}, "open",
         Level.WARN),
        (b"7", {"enum": {"1": "wet"}}, "7: not in the map", Level.UNKNOWN),
        (b"any \x1b[2Jword", {"physical": "state"}, "any [2Jword", None),
    ],
)  # fmt: skip
def test_a_word_is_found(body: bytes, said: dict[str, Any], word: str, level: Level | None) -> None:
    one = point(body, **said)
    shown = read_point(one, "m")
    assert (shown.word.replace("\ufffd", ""), shown.judged) == (word, level)
    assert word_of(one) == (word if level not in {None, Level.UNKNOWN} else "")


@pytest.mark.parametrize(
    ("body", "said", "why"),
    [
        (b"warm", {"physical": "temperature"}, "no number: 'warm'"),
        (b"", {"physical": "temperature"}, "its message is empty"),
        (b"{", {"path": "t"}, "the message is no JSON, and the map names a path in it"),
        (b"[" * 60000, {"path": "t"}, "the message is no JSON, and the map names a path in it"),
        (b'{"a": 1}', {"path": "t"}, "there is no 't' in it"),
        (b'{"t": [1]}', {"path": "t"}, "the path leads to no single value"),
        (b'{"t": 1, "at": "noon"}', {"path": "t", "at": "at"}, "no time: 'noon'"),
        (b'{"t": 1, "at": "inf"}', {"path": "t", "at": "at"}, "no time: 'inf'"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, said: dict[str, Any], why: str) -> None:
    one = point(body, **said)
    assert (one.state, one.error, value(one)) == ("malformed", why, None)
    assert read_point(one, "m").word == f"malformed: {why}"


@pytest.mark.parametrize(
    ("moment", "age"),
    [
        (NOW - 500, 500), (f'"{NOW - 500}"', 500), ((NOW - 500) * 1000, 500),
        ('"2027-01-15T07:51:40Z"', 500), ('"2027-01-15T08:51:40+01:00"', 500), (NOW + 999, 10),
        (-1e300, None),
    ],
)  # fmt: skip
def test_the_age_is_that_of_the_time_in_it(moment: object, age: float | None) -> None:
    one = point(f'{{"t": 1, "at": {moment}}}'.encode(), path="t", at="at", stale_s=0)
    assert one.state == "live"
    assert age is None or one.age == pytest.approx(age, abs=0.1)


def test_an_old_message_is_stale_and_one_that_never_came_is_waited_for() -> None:
    assert judge(b"1", NOW - 901).point("p").state == "stale"
    assert judge(b"1", NOW - 899).point("p").state == "live"
    assert judge(b"1", NOW - 9e6, stale_s=0).point("p").state == "live"
    shown = read_point(judge(b"1", NOW - 901).point("p"), "m")
    assert (shown.value, shown.word, shown.level) == (
        None, "stale: no message for 901 s", Level.UNKNOWN,
    )  # fmt: skip
    known = Map({"p": msgspec.convert({"topic": "t"}, Point)}, {})
    assert Judge(known, {}, {}, NOW - 899, NOW).point("p").state == "waiting"
    assert Judge(known, {}, {}, NOW - 901, NOW).point("p").state == "stale"
    assert Judge(known, {}, {"t": "no"}, NOW, NOW).point("p").error == "no"


@pytest.mark.parametrize(
    ("body", "there", "level", "state"),
    [
        (b'{"state": "ready"}', True, Level.OK, "live"),
        (b'{"state": "lost"}', False, Level.CRIT, "offline"),
        (b'{"state": "\x1bodd"}', None, Level.UNKNOWN, "live"),
        (b"lost", None, Level.UNKNOWN, "live"),
    ],
)
def test_a_device_that_is_away_takes_its_points_along(
    body: bytes, there: bool | None, level: Level, state: str
) -> None:
    presence = Presence(topic="w", path="state", online=["ready"], offline=["lost"])
    known = Map({"p": Point(topic="t", presence="d")}, {"d": presence})
    messages = {"t": Message(b"1", NOW), "w": Message(body, NOW - 9e9)}
    told = Judge(known, messages, {}, NOW, NOW).all("m")
    assert (told.seen[0].there, told.heard[0].state) == (there, state)
    assert read_presence(told.seen[0]).level is level
    assert unpacked(packed(told)) == told


@given(
    st.binary(max_size=60) | st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: st.dictionaries(st.sampled_from("tab"), inner) | st.lists(inner),
        max_leaves=5,
    ).map(msgspec.json.encode),
    st.sampled_from(["", "t", "t.a", "t[0]", "at"]),
    st.sampled_from(["", "t", "at"]),
    st.sampled_from(["temperature", "other", "state"]),
)  # fmt: skip
def test_whatever_is_published_is_a_value_or_said_why(
    body: bytes, path: str, moment: str, physical: str
) -> None:
    one = point(body, path=path, at=moment, physical=physical)
    assert (one.state == "live") == (not one.error)
    assert one.age >= 0
    shown = read_point(one, "m")
    assert "\x1b" not in shown.word
    packed(Answer("m", [one], []))


@given(st.binary(max_size=40))
def test_what_is_no_answer_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        unpacked(Part(0, raw))
