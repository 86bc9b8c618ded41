"""Devices that no recording is of: answers as their vendors' MIBs and manuals show them."""

import pytest

from opsconsole.gear.form import Class
from opsconsole.gear.library import OURS, Library
from opsconsole.gear.plan import Device
from opsconsole.model import Level
from opsconsole.varbind import INTEGER, OCTETS, Bound, Value

LIBRARY = Library([OURS])

E = "1.3.6.1.4.1"


def told(arc: str, answers: dict[str, Value], descr: bytes = b"") -> Device:
    """What a device with that sysObjectID is to us; `answers` are below `E`."""
    values: dict[str, Value] = {"1.3.6.1.2.1.1.2.0": f"{E}.{arc}", "1.3.6.1.2.1.1.1.0": descr}
    values |= {f"{E}.{name}": value for name, value in answers.items()}
    bound = [Bound(name, INTEGER if isinstance(value, int) else OCTETS, value)
             for name, value in values.items()]  # fmt: skip
    return LIBRARY.plan(values).device(bound)


def readings(device: Device) -> list[tuple[str, str, float | str | None]]:
    """Name, what is measured, and the value or the word."""
    return [
        (one.reading.name, one.reading.physical.value, one.reading.value or one.reading.word)
        for one in device.sensed
    ]


def test_liebert_tells_numbers_by_labels_and_units_in_words() -> None:
    table = "476.1.42.3.9.20.1"
    rows = {
        "1.2.1.5288": ("Return Fluid Temperature", "4.3", "deg C"),
        "1.2.1.5028": ("Return Humidity", "21.0", "% RH"),
        "1.2.1.5027": ("Supply Humidity", "Unavailable", "% RH"),
        "1.2.1.5077": ("Fan Speed", "55", "%"),
        "1.2.1.5266.1": ("Compressor Head Pressure", "5.9", "bar"),
        "1.2.1.4123": ("System Status", "Normal with Warning", ""),
    }
    answers: dict[str, Value] = {
        f"{table}.{column}.{index}": said.encode()
        for index, row in rows.items()
        for column, said in zip((10, 20, 30), row, strict=True)
    }
    device = told("476.1.42", answers)
    assert device.identity.vendor == "Vertiv Liebert"
    found = {name: (physical, value) for name, physical, value in readings(device)}
    assert found["Return Fluid Temperature"] == ("temperature", 4.3)
    assert found["Return Humidity"] == ("humidity", 21.0)
    assert found["Supply Humidity"] == ("humidity", "not fitted")
    assert found["Fan Speed"] == ("percent", 55.0)
    assert found["Compressor Head Pressure"] == ("pressure", 590.0)
    assert found["System Status"] == ("state", "normal with warning")


def test_papouch_tells_three_channels_in_tenths() -> None:
    table = "18248.20.1.2.1.1"
    answers: dict[str, Value] = {f"{table}.1.{row}": 0 for row in (1, 2, 3)}
    answers |= {f"{table}.2.1": 249, f"{table}.2.2": 317, f"{table}.2.3": 69}
    answers |= {f"{table}.3.1": 0, f"{table}.3.2": 3, f"{table}.3.3": 0}
    assert readings(told("18248.20", answers)) == [
        ("Channel 1", "temperature", 24.9),
        ("Channel 2", "humidity", 31.7),
        ("Channel 3", "dew point", 6.9),
    ]


def test_an_akcp_of_the_plus_series_tells_degrees_with_tenths_where_it_has_them() -> None:
    table, first, second = "3854.3.5.2.1", "0.0.0.0.0", "0.0.0.1.0"
    columns: dict[int, Value] = {
        2: b"Temperature Port 1", 4: 23, 5: b"C", 6: 2, 8: 1, 9: 10, 10: 15, 11: 30, 12: 40,
        20: 234,
    }  # fmt: skip
    row = {f"{table}.{column}.{first}": value for column, value in columns.items()}
    offline: dict[int, Value] = {2: b"Port 2", 4: 0, 5: b"C", 6: 1, 8: 2}
    row |= {f"{table}.{column}.{second}": value for column, value in offline.items()}
    device = told("3854.3", row)
    assert readings(device) == [
        ("Temperature Port 1", "temperature", 23.4),
        ("Port 2", "temperature", "not fitted"),
    ]
    span = device.sensed[0].reading.span
    assert (span.low_crit, span.high_crit) == (10.0, 40.0)


@pytest.mark.parametrize(
    ("source", "word", "level"),
    [(3, "online", Level.OK), (5, "battery", Level.WARN), (2, "off", Level.CRIT)],
)
def test_a_tripp_lite_ups_tells_where_its_power_comes_from(
    source: int, word: str, level: Level
) -> None:
    base = "850.1.1.3.1.3"
    answers: dict[str, Value] = {
        f"{base}.1.1.1.1.1": 2, f"{base}.1.1.1.3.1": 18, f"{base}.1.1.1.4.1": 100,
        f"{base}.2.2.1.3.1.1": 1130, f"{base}.3.1.1.1.1": source, f"{base}.3.2.1.5.1.1": 37,
    }  # fmt: skip
    device = told("850.1", answers)
    assert device.identity.class_ is Class.UPS
    roles = {str(one.reading.role): one.reading for one in device.sensed}
    assert (roles["ups.source"].word, roles["ups.source"].level) == (word, level)
    assert roles["ups.runtime"].value == 18 * 60
    assert roles["ups.charge"].value == 100
    assert roles["ups.input_voltage"].value == 113
    assert roles["ups.load"].value == 37


def test_a_geist_pdu_tells_phases_outlets_and_a_sensor_in_fahrenheit() -> None:
    answers: dict[str, Value] = {
        "21239.5.2.1.7.0": 0, "21239.5.2.1.8.0": b"VP8853",
        "21239.5.2.3.2.1.3.1": b"Phase A", "21239.5.2.3.2.1.4.1": 2075, "21239.5.2.3.2.1.8.1": 412,
        "21239.5.2.3.5.1.3.1": b"Core", "21239.5.2.3.5.1.4.1": 2,
        "21239.5.2.9.1.3.1": b"Cold aisle", "21239.5.2.9.1.4.1": 1,
        "21239.5.2.9.1.5.1": 770, "21239.5.2.9.1.6.1": 41,
    }  # fmt: skip
    device = told("21239.5.2", answers)
    assert (device.identity.model, device.identity.class_) == ("VP8853", Class.PDU)
    assert readings(device) == [
        ("Phase A", "voltage", 207.5),
        ("Phase A", "current", 4.12),
        ("Core", "state", "off"),
        ("Cold aisle", "temperature", 25.0),
        ("Cold aisle", "humidity", 41.0),
    ]


def test_ups_of_many_brands_with_a_card_by_megatec_are_read_by_its_own_mib() -> None:
    base = "935.1.1.1"
    answers: dict[str, Value] = {
        f"{base}.1.1.1.0": b"30KH", f"{base}.2.2.1.0": 100, f"{base}.2.2.2.0": 2730,
        f"{base}.2.2.3.0": 254, f"{base}.4.1.1.0": 3, f"{base}.3.2.1.0": 2281,
    }  # fmt: skip
    device = told("935", answers)
    roles = {str(one.reading.role): one.reading for one in device.sensed}
    assert device.identity.model == "30KH"
    assert (roles["ups.source"].word, roles["ups.charge"].value) == ("battery", 100)
    assert roles["ups.battery_temperature"].value == 25.4
    assert roles["ups.input_voltage"].value == 228.1


def test_an_ste2_tells_texts_and_which_side_of_the_range_it_is_on() -> None:
    table = "21796.4.9.3.1"
    answers: dict[str, Value] = {
        f"{table}.2.1": b"Rack", f"{table}.3.1": 5, f"{table}.4.1": b"31.5", f"{table}.5.1": 315,
        f"{table}.7.1": 1, f"{table}.2.2": b"Room", f"{table}.3.2": 1, f"{table}.4.2": b"41.2",
        f"{table}.5.2": 412, f"{table}.7.2": 4,
    }  # fmt: skip
    device = told("21796.4.9", answers, b"STE2 2.1.6")
    assert ("Rack", "temperature", 31.5) in readings(device)
    assert ("Room", "humidity", 41.2) in readings(device)
    assert ("Rack", "state", "alarm, high") in readings(device)
    assert device.sensed[0].reading.level is Level.CRIT


def test_a_room_alert_32e_tells_degrees_beside_fahrenheit() -> None:
    answers: dict[str, Value] = {
        "20916.1.8.1.1.1.1.0": 7250, "20916.1.8.1.1.1.2.0": 2250, "20916.1.8.1.1.3.1.0": 1,
        "20916.1.8.1.2.8.1.0": 2125, "20916.1.8.1.2.8.2.0": 7025, "20916.1.8.1.3.4.0": 1,
    }  # fmt: skip
    assert readings(told("20916.1.8", answers, b"Room Alert 32E v2.2.0")) == [
        ("Internal", "temperature", 22.5),
        ("Power", "state", "mains"),
        ("Sensor 8", "temperature", 21.25),
        ("Switch 4", "state", "closed"),
    ]


def test_servers_tell_by_the_agents_in_their_hosts() -> None:
    psu = "231.2.10.2.2.10.6.2.1"
    answers: dict[str, Value] = {
        f"{psu}.3.1.1": b"PSU1", f"{psu}.5.1.1": 3, f"{psu}.6.1.1": 52, f"{psu}.3.1.2": b"PSU2",
        f"{psu}.5.1.2": 2, f"{psu}.6.1.2": 0,
    }  # fmt: skip
    assert readings(told("8072.3.2.10", answers)) == [
        ("PSU1", "state", "ok"),
        ("PSU2", "state", "not fitted"),
        ("PSU1", "power", 52.0),
        ("PSU2", "power", "not fitted"),
    ]
    qnap: dict[str, Value] = {
        "24681.1.2.5.0": b"52 C/126 F", "24681.1.2.11.1.2.1": b"HDD1",
        "24681.1.2.11.1.3.1": b"37 C/98 F", "24681.1.2.11.1.4.1": 0, "24681.1.2.11.1.7.1": b"GOOD",
        "24681.1.2.11.1.2.2": b"HDD2",
        "24681.1.2.11.1.3.2": b"-- C/-- F", "24681.1.2.11.1.4.2": -5,
    }  # fmt: skip
    found = readings(told("24681", qnap))
    assert ("HDD1", "temperature", 37.0) in found
    assert ("HDD2", "temperature", "not fitted") in found
    assert ("HDD1 SMART", "state", "good") in found
