"""Places by their sensors: the worst counts, over racks, rooms and sites, and never a mean."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from opsconsole import reading
from opsconsole.clean import Clean
from opsconsole.model import Level
from opsconsole.places import COLUMNS, WHOLE, Digest, about, digest, row, sensors, spot, tree
from opsconsole.reading import NO_LIMITS, Physical, Place, Reading, Span

SHAPE = reading.columns("test")


def read(
    name: str,
    physical: Physical,
    value: float | None = None,
    word: str = "",
    *,
    place: Place = Place.ROOM,
    judged: Level | None = None,
    span: Span = NO_LIMITS,
) -> Reading:
    return Reading(name, Clean(name), physical, value, Clean(word), judged, span, place)


def of(target: str, *readings: Reading) -> Digest:
    return digest(sensors(target, "x.reading", SHAPE, [reading.row(one) for one in readings]))


def inlet(value: float, name: str = "front") -> Reading:
    return read(name, Physical.TEMPERATURE, value, place=Place.INLET)


def at(room: str, rack: str = "", site: str = "hq") -> tuple[Clean, Clean, Clean]:
    return Clean(site), Clean(room), Clean(rack)


def cells(found: Digest) -> dict[str, Any]:
    return dict(zip((one.key for one in COLUMNS), row(at("A"), found), strict=True))


def test_a_room_is_as_hot_as_its_hottest_rack() -> None:
    racks = {at("A", f"A{number}"): of(f"pdu-{number}", inlet(21.0)) for number in range(20)}
    racks[at("A", "A7")] = of("pdu-7", inlet(20.0), inlet(33.0, "top"))
    listed = tree(racks)
    place, whole = listed[0]
    assert (place, len(listed)) == (at("A", WHOLE), 21)
    assert cells(whole)["inlet_c"] == 33.0
    assert cells(whole)["state"] == "critical"
    assert cells(whole)["worst"] == "pdu-7 top 33 °C"
    assert cells(whole)["sensors"] == 21
    assert [one for one, found in listed if found.level is Level.CRIT] == [place, at("A", "A7")]


def test_what_is_too_cold_is_worse_than_what_is_warm_and_well() -> None:
    assert cells(of("t", inlet(26.0), inlet(12.0)))["inlet_c"] == 12.0


def test_each_sense_has_its_column() -> None:
    found = cells(
        of(
            "env-1",
            read("Room", Physical.TEMPERATURE, 24.0),
            read("Battery", Physical.TEMPERATURE, 60.0, place=Place.INSIDE),
            read("Humidity", Physical.HUMIDITY, 45.0),
            read("Humidity 2", Physical.HUMIDITY, 63.0),
            read("Dew point", Physical.DEW_POINT, 11.0),
            read("Fan wall", Physical.AIRFLOW, 90.0),
            read("Fan wall 2", Physical.AIRFLOW, 40.0),
            read("Water rope", Physical.STATE, word="dry", judged=Level.OK),
            read("Leak 2", Physical.STATE, word="wet", judged=Level.CRIT),
            read("Smoke", Physical.STATE, word="none", judged=Level.OK),
            read("Front door", Physical.STATE, word="open", judged=Level.WARN),
            read("\u95e8\u78c1", Physical.STATE, word="closed", judged=Level.OK),
            read("Not fitted", Physical.TEMPERATURE),
        )
    )
    assert (found["inlet_c"], found["air_c"], found["humidity_percent"]) == (None, 24.0, 63.0)
    assert (found["dew_c"], found["airflow"]) == (11.0, 40.0)
    assert (found["leak"], found["smoke"], found["door"]) == ("wet", "none", "open")
    assert (found["critical"], found["warning"], found["sensors"]) == (1, 2, 12)
    assert found["worst"] == "env-1 Leak 2 wet"


def test_who_is_silent_leaves_a_place_unknown_and_never_well() -> None:
    silent = Digest(silent=1)
    assert (silent.level, Digest().level) == (Level.UNKNOWN, Level.UNKNOWN)
    well = of("a", inlet(22.0))
    assert well.level is Level.OK
    well.add(silent)
    assert (well.level, cells(well)["silent"], cells(well)["worst"]) == (Level.UNKNOWN, 1, "")
    hot = of("a", inlet(40.0))
    hot.add(silent)
    assert hot.level is Level.CRIT


def test_wholes_stand_before_their_parts_and_only_where_there_are_several() -> None:
    found = tree({
        at("B", "B1"): of("a", inlet(22.0)), at("A", "A1"): of("b", inlet(22.0)),
        at("A", "A2"): of("c", inlet(22.0)), at("", "", ""): of("d", inlet(22.0)),
    })  # fmt: skip
    assert [place for place, _ in found] == [
        at("", "", ""), at(WHOLE, WHOLE), at("A", WHOLE), at("A", "A1"), at("A", "A2"),
        at("B", "B1"),
    ]  # fmt: skip
    assert spot({"site": "hq", "rack": "\x1b[2JA1"})[1] == ""
    assert "\x1b" not in "".join(spot({"rack": "\x1b[2JA1"}))


@given(st.lists(st.tuples(st.sampled_from(Physical), st.sampled_from(Place),
                          st.none() | st.floats(), st.text(max_size=8)), max_size=12))  # fmt: skip
def test_any_readings_are_a_place(
    said: list[tuple[Physical, Place, float | None, str]],
) -> None:
    found = of("t", *(read("n", p, value, word, place=where) for p, where, value, word in said))
    assert len(row(at("A"), found)) == len(COLUMNS)
    assert all(about(sensor) == key for key, sensor in found.by.items())
