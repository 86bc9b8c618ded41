"""Printers from the standards' own words: bits, levels, colors, alerts, and what is absurd."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from opsconsole.domains.desktop.agent import decoded
from opsconsole.domains.desktop.printer import (
    ALERT,
    COVER,
    ERROR,
    INTEGRATION,
    STATUS,
    SUPPLY,
    TRAY,
    mib,
)
from opsconsole.domains.desktop.printer.mib import QUESTIONS, pairs
from opsconsole.domains.desktop.printer.status import error_bits
from opsconsole.domains.desktop.printer.supply import part_of, percent
from opsconsole.domains.desktop.printer.tray import sub_unit
from opsconsole.domains.desktop.printer.word import ERRORS
from opsconsole.errors import Malformed
from opsconsole.model import Level
from opsconsole.question import Part, joined, parted
from opsconsole.table import refused
from tests.domains.database.trial import rules, tried
from tests.domains.desktop.recording import held, payload, table
from tests.servers.agent import stub
from tests.transports.snmp.scene import answered, target

Cells = tuple[tuple[int, tuple[int | str | bytes, ...]], ...]

S, C, A, L, G = mib.SUPPLY, mib.COLORANT, mib.ALERT, mib.LOCAL, mib.GENERAL
_SUPPLIES: Cells = (
    (1, (1, 1, 3, 3, "Toner, PN 106R01630, S/N 77AB123", 7, 5000, 400)),
    (2, (1, 0, 4, 4, "Waste", 13, 1000, 50)),
    (3, (1, 0, 3, 9, "Trommel", 19, -2, 88)),
)
_ALERTS: Cells = (
    (7, (4, 3, 11, 1, -2, 1104, "トナー".encode("shift_jis"), 480_000)),
    (9, (3, 5, 13, 1, -2, 8, "", 590_000)),
)
OFFICE = held(
    (mib.DESCRIPTION, "Acme Laser, firmware version 3.1.4"),
    (mib.UPTIME, 600_000),
    (f"{mib.DEVICE}.2.1", f"@{mib.A_PRINTER}"),
    (f"{mib.DEVICE}.3.1", "Acme Laser 9"),
    (f"{mib.DEVICE}.5.1", 5),
    (f"{mib.PRINTER}.1.1", 1),
    (f"{mib.PRINTER}.2.1", b"\x24\x02"),
    *((f"{G}.{column}.1", value) for column, value in ((2, 1), (17, "SN-1"))),
    (f"{L}.4.1.1", 17),
    *((f"{mib.COVER}.2.1.1", "Front"), (f"{mib.COVER}.3.1.1", 3)),
    *((f"{mib.OUTPUT}.{column}.1.1", value) for column, value in ((4, 200), (5, 20), (6, 8))),
    *((f"{mib.MARKER}.4.1.1", 1234), (f"{mib.CONSOLE}.2.1.1", "Jam in tray 2")),
    *((f"{C}.2.1.1", 1), (f"{C}.4.1.1", "black")),
    *(
        (f"{S}.{column}.1.{row}", value)
        for row, cells in _SUPPLIES
        for column, value in zip((2, 3, 4, 5, 6, 7, 8, 9), cells, strict=True)
    ),
    *((f"{mib.FINISHER}.{column}.1.1", value) for column, value in ((4, 32), (7, 5000), (8, -3))),
    *(
        (f"{A}.{column}.1.{row}", value)
        for row, cells in _ALERTS
        for column, value in zip((2, 3, 4, 5, 6, 7, 8, 9), cells, strict=True)
    ),
)
ANSWER = payload(OFFICE, QUESTIONS)


@pytest.mark.parametrize("bit", range(15))
def test_the_first_bit_is_the_most_significant_of_the_first_byte(bit: int) -> None:
    raw = (0x8000 >> bit).to_bytes(2, "big")
    assert error_bits(raw) == [bit]
    assert error_bits(raw[:1]) == ([bit] if bit < 8 else [])


def test_conditions_have_words_and_levels() -> None:
    assert [name for name, level in ERRORS if level is Level.CRIT] == [
        "no paper", "no toner", "door open", "jammed", "offline", "supply missing", "output full",
    ]  # fmt: skip
    assert error_bits(b"\xff\xff\xff\xff") == list(range(15))
    assert error_bits("none") == error_bits(7) == error_bits(b"") == []
    assert [(one["error"], one["judged"]) for one in table(ERROR, ANSWER)] == [
        ("low toner", "warning"), ("jammed", "critical"), ("maintenance overdue", "warning"),
    ]  # fmt: skip


def test_one_row_says_how_it_is() -> None:
    (one,) = table(STATUS, ANSWER)
    assert (one["condition"], one["activity"], one["alerts"]) == ("down", "other", 2)
    assert one["complaints"] == "low toner, jammed, maintenance overdue"
    assert (one["complaints_warning"], one["complaints_critical"]) == (2, 1)
    assert (one["lowest_percent"], one["waste_percent"], one["pages"]) == (8.0, 95.0, 1234)
    assert (one["model"], one["serial"], one["firmware"]) == ("Acme Laser 9", "SN-1", "3.1.4")
    assert (one["display"], one["uptime_s"]) == ("Jam in tray 2", 6000.0)


def test_a_box_for_waste_is_judged_the_other_way_round() -> None:
    toner, waste, drum, staples = table(SUPPLY, ANSWER)
    assert (toner["color"], toner["left_percent"], toner["part"]) == ("black", 8.0, "106R01630")
    assert (toner["judged"], toner["unit"]) == ("critical", "impressions")
    assert (waste["left_percent"], waste["full_percent"], waste["judged"]) == (None, 95, "critical")
    assert (drum["left_percent"], drum["type"], drum["color"]) == (88.0, "drum", "")
    assert (staples["type"], staples["word"], staples["judged"]) == ("staples", "some left", "ok")


@pytest.mark.parametrize(
    ("level", "most", "unit", "share"),
    [(-1, 100, 19, None), (-2, 100, 19, None), (-3, 100, 7, None), (-100, 100, 7, None),
     (None, 100, 7, None), (50, 200, 7, 25.0), (300, 200, 7, 100.0), (0, -2, 7, None),
     (40, -2, 19, 40.0), (140, -2, 19, None), (0, 0, 7, None), (7, None, None, None)],
)  # fmt: skip
def test_what_is_no_amount_is_never_a_percentage(
    level: int | None, most: int | None, unit: int | None, share: float | None
) -> None:
    assert percent(level, most, unit) == share


@pytest.mark.parametrize(
    ("said", "part"),
    [("Black Cartridge HP CF400X", "CF400X"), ("TN-2410 Toner", "TN-2410"),
     ("Black Toner, PN 006R01697", "006R01697"), ("Toner;SN12AB34CD56", ""),
     ("Print Cartridge Black 841853", "841853"), ("Black Toner", ""), ("Tray A4 500", ""),
     ("Drum Unit 12000 pages", ""), ("TK-5240K", "TK-5240K"), ("", "")],
)  # fmt: skip
def test_the_number_to_order_by_is_found(said: str, part: str) -> None:
    assert part_of(said) == part


def test_alerts_come_worst_first_in_the_printers_own_language() -> None:
    jam, toner = table(ALERT, ANSWER)
    assert (jam["judged"], jam["description"], jam["group"]) == ("critical", "jam", "media path")
    assert (jam["for_s"], jam["training"], jam["location"]) == (100.0, "field service", None)
    assert (toner["judged"], toner["description"]) == ("warning", "トナー")
    assert (toner["code"], toner["for_s"]) == ("toner almost empty", 1200.0)


def test_covers_and_outputs() -> None:
    (cover,) = table(COVER, ANSWER)
    assert (cover["cover"], cover["says"], cover["judged"]) == ("Front", "open", "critical")
    (output,) = table(TRAY, ANSWER)
    assert (output["full_percent"], output["judged"]) == (90.0, "warning")
    assert sub_unit(3) == ("broken", Level.CRIT)
    assert sub_unit(1 + 8) == ("unavailable and asked for, non-critical alert", Level.WARN)
    assert sub_unit(4 + 16 + 32) == ("active, critical alert, offline", Level.CRIT)
    assert sub_unit(0) == ("idle", Level.OK)
    assert sub_unit(-2) == sub_unit(None) == ("", Level.UNKNOWN)


def test_texts_in_any_character_set() -> None:
    assert decoded(b"\x01\x15ABC\0", "ascii") == "ABC"
    assert decoded("grün".encode(), "latin-1") == decoded("grün".encode("latin-1"), "x") == "grün"
    assert pairs("MFG:HP;MDL:LaserJet 9;SN: X1") == {"MFG": "HP", "MDL": "LaserJet 9", "SN": "X1"}


def test_a_table_that_is_refused_costs_no_other() -> None:
    parts = list(parted(ANSWER, len(QUESTIONS)))
    parts[0] = refused("genErr", "genErr")
    parts[-2] = refused("genErr", "genErr")
    answer = joined(parts)
    assert len(table(SUPPLY, answer)) == 4
    assert table(ALERT, answer) == []
    with pytest.raises(Malformed, match="refuses: genErr"):
        table(SUPPLY, joined([refused("genErr", "genErr")] * len(QUESTIONS)))


@pytest.mark.parametrize("payload", [b"", b"0 5\nabc", b"x\n", ANSWER[:-7]])
def test_what_is_no_answer_is_a_fault(payload: bytes) -> None:
    with pytest.raises(Malformed):
        table(STATUS, payload)


_VALUES = some.one_of(
    some.integers(-(2**31), 2**31 - 1), some.binary(max_size=40), some.just("@1.3.6.1.2.1.25.3.1.5")
)


@given(some.lists(some.tuples(some.sampled_from(mib.TABLES), some.integers(0, 19),
                              some.sampled_from(["1", "1.1", "1.2", "9.4294967295", "2.0.0"]),
                              _VALUES), max_size=40))  # fmt: skip
def test_whatever_a_printer_says_there_are_rows(
    said: list[tuple[tuple[str, tuple[int, ...]], int, str, int | bytes | str]],
) -> None:
    objects = {f"{oid}.{column}.{index}": value for (oid, _), column, index, value in said}
    answer = payload(held(*objects.items()), QUESTIONS)
    for probe in INTEGRATION.probes:
        rows = probe.rows(probe.read(answer), None)
        assert all(len(row) == len(probe.columns) for row in rows)
        at = [probe.index(key) for key in probe.key]
        assert len({tuple(row[place] for place in at) for row in rows}) == len(rows)


def test_answers_cut_anywhere_are_faults_or_rows() -> None:
    first, *rest = parted(ANSWER, len(QUESTIONS))
    for end in range(0, len(first.body), 3):
        answer = joined([Part(0, first.body[:end]), *rest])
        assert len(table(SUPPLY, answer)) == 4


async def test_a_real_walk_answers_the_same(tmp_path: Path) -> None:
    async with stub(OFFICE) as agent:
        parts = await answered(target(tmp_path, agent.address, community="public"), *QUESTIONS)
        assert table(SUPPLY, joined(parts)) == table(SUPPLY, ANSWER)
        assert table(STATUS, joined(parts)) == table(STATUS, ANSWER)
        assert len(agent.asked) <= 40


CASES = [
    ("printer.error", {"error": "jammed", "judged": "ok"}, {"judged": "critical"}, "crit"),
    ("printer.error", {"error": "low paper", "judged": "ok"}, {"judged": "warning"}, "warn"),
    ("printer.down", {"condition": "running"}, {"condition": "down"}, "crit"),
    ("printer.down", {"condition": "running"}, {"condition": "warning"}, ""),
    (
        "printer.supply-low",
        {"supply": "Toner", "left_percent": 60.0},
        {"left_percent": 20.0},
        "warn",
    ),
    (
        "printer.supply-low",
        {"supply": "Toner", "left_percent": 60.0},
        {"left_percent": 10.0},
        "crit",
    ),
    ("printer.supply-low", {"supply": "Toner", "left_percent": 60.0}, {"left_percent": None}, ""),
    (
        "printer.waste-full",
        {"supply": "Waste", "full_percent": 10.0},
        {"full_percent": 80.0},
        "warn",
    ),
    (
        "printer.waste-full",
        {"supply": "Waste", "full_percent": 10.0},
        {"full_percent": 95.0},
        "crit",
    ),
    (
        "printer.alert",
        {"description": "jam", "entry": "1.9", "judged": "ok"},
        {"judged": "critical"},
        "crit",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{one[0]}-{one[3]}" for one in CASES])
def test_rules(tmp_path: Path, case: tuple[str, dict[str, object], dict[str, object], str]) -> None:
    rule, good, bad, level = case
    assert tried(tmp_path, rules("printer")[rule], good, bad, level) == 0
