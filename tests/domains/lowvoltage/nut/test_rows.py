"""Answers of upsd as rows; what is absurd, missing, stale or hostile costs no more."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole import reply
from opsconsole.domains.lowvoltage.nut.detail import CLIENT, COMMAND, VARIABLE
from opsconsole.domains.lowvoltage.nut.news import changed
from opsconsole.domains.lowvoltage.nut.shape import RESULTS, result
from opsconsole.domains.lowvoltage.nut.ups import POWER, READING, SUMMARY, UPS
from opsconsole.errors import Malformed
from opsconsole.model import Level
from opsconsole.question import NutAnswer, joined
from opsconsole.spec import Probe
from tests.domains.lowvoltage.nut.scene import answer, rack, table

PROBES: tuple[Probe[Any], ...] = (UPS, POWER, SUMMARY, READING)


def test_a_ups_in_a_line() -> None:
    (one,) = table(UPS, answer(rack()))
    assert (one["ups"], one["about"], one["mode"]) == ("ups0", "about ups0", "on line")
    assert one["status"] == "charging, on line"
    assert (one["charge_percent"], one["runtime_s"], one["load_percent"]) == (95, 1800, 30)
    assert (one["temperature_c"], one["input_v"], one["output_v"]) == (28.5, 231.5, None)
    assert (one["tested"], one["battery_date"], one["model"]) == ("passed", "2021/05/01",
                                                                  "Eaton 5PX 1500")  # fmt: skip
    assert (one["since"], one["battery"], one["output"]) == (None, "ok", "")


@pytest.mark.parametrize(
    ("status", "mode", "words"),
    [
        ("OL CHRG", "on line", "charging, on line"),
        ("OB DISCHRG", "on battery", "on battery, discharging"),
        ("OB LB", "low battery", "low battery, on battery"),
        ("FSD OB LB", "low battery", "shutting down, low battery, on battery"),
        ("FSD OL", "shutting down", "shutting down, on line"),
        ("OL BYPASS OVER", "on bypass", "overloaded, on bypass, on line"),
        ("OL CAL", "calibrating", "calibrating, on line"),
        ("OFF", "off", "off"),
        ("OL RB TRIM BOOST", "on line", "replace battery, trimming, boosting, on line"),
        ("OL NEWWORD", "on line", "on line, NEWWORD"),
        ("", "unknown", ""),
    ],
)
def test_tokens_are_words_the_worst_first(status: str, mode: str, words: str) -> None:
    (one,) = table(UPS, answer(rack(ups_status=status)))
    assert (one["mode"], one["status"]) == (mode, words)


def test_since_when_it_is_on_battery() -> None:
    payload = answer(rack(ups_status="OB DISCHRG"), since="OB=1700000000.5")
    (one,) = table(UPS, payload)
    assert one["since"] == 1700000000.5
    (sum_,) = table(POWER, payload)
    assert (sum_["on_battery"], sum_["since"], sum_["mode"]) == (1, 1700000000.5, "on battery")
    for nonsense in ("OB=", "OB=x", "OB=nan", "OB=-5", "OB=9e99"):
        (one,) = table(UPS, answer(rack(ups_status="OB"), since=nonsense))
        assert one["since"] is None


def test_of_several_the_worst_counts() -> None:
    low = rack(ups_status="OB LB", battery_charge="12", battery_runtime="90", ups_load="70")
    (one,) = table(POWER, answer(rack(), low))
    assert (one["mode"], one["on_battery"], one["devices"]) == ("low battery", 1, 2)
    assert (one["charge_percent"], one["runtime_s"], one["load_percent"]) == (12, 90, 70)
    assert one["version"] == "Network UPS Tools upsd 2.8.0"
    assert table(POWER, answer()) == []
    (sum_,) = table(SUMMARY, answer(rack(), low))
    assert (sum_["critical"], sum_["warning"]) == (2, 0), "its state, and its charge below 20 %"
    assert sum_["hottest_c"] == 24.5, "the air around it, not its inside"


def test_no_word_of_a_device_is_not_good_news() -> None:
    (one,) = table(UPS, answer(rack(), error="DATA-STALE"))
    assert (one["mode"], one["status"], one["charge_percent"]) == ("no data", "DATA-STALE", None)
    (state,) = table(READING, answer(rack(), error="DATA-STALE"))
    assert (state["word"], state["judged"]) == ("no data", "critical")


@pytest.mark.parametrize("said", ["-1", "65535", "4294967295", "1e9", "nan", "", "9999999999999999",
                                  "0x1F", "١٢", " ", "12 %"])  # fmt: skip
def test_what_is_no_number_is_not_known(said: str) -> None:
    (one,) = table(UPS, answer(rack(battery_charge=said, battery_runtime=said, ups_load=said)))
    assert (one["charge_percent"], one["runtime_s"], one["load_percent"]) == (None, None, None)
    names = {row["name"] for row in table(READING, answer(rack(battery_runtime=said)))}
    assert "battery runtime" not in names


def test_no_runtime_is_told_by_those_that_do_not_know() -> None:
    (one,) = table(UPS, answer(rack(battery_runtime="0")))
    assert one["runtime_s"] is None
    (one,) = table(UPS, answer(rack(battery_runtime="0", ups_status="OB LB")))
    assert one["runtime_s"] == 0


def test_readings_have_the_limits_of_the_device() -> None:
    rows = {row["name"]: row for row in table(READING, answer(rack()))}
    volt = rows["input voltage"]
    assert (volt["value"], volt["unit"]) == (231.5, "V")
    assert (volt["low_crit"], volt["high_crit"], volt["whose"]) == (160, 290, "device")
    assert rows["battery charge"]["low_crit"] == 20
    air = rows["ambient temperature"]
    assert (air["place"], air["high_warn"], air["high_crit"]) == ("room", 27, 32)
    load = rows["ups load"]
    assert (load["high_warn"], load["whose"]) == (80, "default: netdata upsd")
    assert rows["ups temperature"]["place"] == "inside"
    assert "input transfer low" not in rows, "a limit is no reading"
    hot = {row["name"]: row for row in table(READING, answer(rack(ambient_temperature="33")))}
    assert hot["ambient temperature"]["judged"] == "critical"
    cell = {"battery.voltage": "13.6", "battery.voltage.high": "13.0", "ups.status": "OL"}
    rows = {row["name"]: row for row in table(READING, answer(cell))}
    assert rows["battery voltage"]["judged"] == "ok", "full is not too much"


def test_of_several_the_name_of_the_ups_stands_before_each_reading() -> None:
    rows = table(READING, answer(rack(), rack()))
    assert {row["name"].partition(" ")[0] for row in rows} == {"ups0", "ups1"}
    keys = [row["key"] for row in rows]
    assert len(keys) == len(set(keys))


def test_contacts_are_states() -> None:
    values = rack(ambient_contacts_1_status="open")
    (one,) = [row for row in table(READING, answer(values)) if "contacts" in row["name"]]
    assert (one["word"], one["physical"], one["value"]) == ("open", "state", None)


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("Done and passed", "passed"),
        ("Done and warning", "warning"),
        ("Done and error", "failed"),
        ("In progress", "running"),
        ("Battery test failed", "failed"),
        ("Aborted", "aborted"),
        ("No test initiated", "none"),
        ("OK - Battery GOOD", "passed"),
        ("NO - No recent system tests", "other"),
        ("", ""),
    ],
)
def test_results_of_tests_in_one_word(said: str, word: str) -> None:
    assert result(said) == word
    assert all(part == part.lower() for part, _ in RESULTS)


def test_what_changed_is_news() -> None:
    before = UPS.rows(UPS.read(answer(rack())), None)
    after = UPS.rows(UPS.read(answer(rack(ups_status="OB", ups_test_result="failed"))), None)
    told = changed("ups-a", 9.0, before, after)
    assert [(one.text, one.level) for one in told] == [
        ("power: on line -> on battery", Level.WARN),
        ("battery test: passed -> failed", Level.WARN),
    ]
    assert changed("ups-a", 9.0, before, before) == []
    assert changed("ups-a", 9.0, [], before) == []


def detail(variables: list[list[str]], *others: list[list[str]]) -> bytes:
    lists = [variables, *others, *([[]] * (3 - len(others)))]
    return joined([reply.given([NutAnswer("a", "", lines)]) for lines in lists])


def test_all_that_is_listed() -> None:
    payload = detail(
        [["VAR", "a", "x.y", "1"], ["VAR", "a", "z", "2"], ["VAR"], ["?"]],
        [["RW", "a", "z", "2"], ["RW"]],
        [["CMD", "a", "load.off"], ["CMD", "a", "odd"], ["CMD"]],
        [["CLIENT", "a", "10.0.0.7"], ["CLIENT"]],
    )
    assert [tuple(row.values()) for row in table(VARIABLE, payload)] == [
        ("a", "x.y", "1", ""),
        ("a", "z", "2", "yes"),
    ]
    assert [row["action"] for row in table(COMMAND, payload)] == ["nut.load-off", ""]
    assert [row["client"] for row in table(CLIENT, payload)] == ["10.0.0.7"]


def test_text_is_made_harmless() -> None:
    (one,) = table(UPS, answer(rack(ups_alarm="\x1b[2Jboo\u202e", ups_status="OL \x1b]0;x")))
    assert "\x1b" not in one["alarm"] + one["status"]
    assert "\u202e" not in one["alarm"]


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=8))
def test_any_variables_are_rows(values: dict[str, str]) -> None:
    payload = answer({**values, "ups.status": "OL"})
    for probe in PROBES:
        for row in probe.rows(probe.read(payload), None):
            assert len(row) == len(probe.columns)


@pytest.mark.parametrize("payload", [b"", b"x", joined([]), joined([reply.given(1)] * 3),
                                     joined([reply.refused("x", "y")] * 3)])  # fmt: skip
def test_what_is_no_answer_is_malformed(payload: bytes) -> None:
    for probe in PROBES:
        with pytest.raises(Malformed):
            probe.read(payload)
