"""The three forms of an answer, to the byte."""

import json

from opsconsole.clean import Clean
from opsconsole.cli.domains import Shown
from opsconsole.cli.result import Cells, Told, as_csv, as_json, as_line, as_table
from opsconsole.model import Fault, State
from tests.cli.conftest import AWAKE, BUSY, NAME, SIZE

GOOD = Told(
    "a",
    State.LIVE,
    0.51239,
    None,
    [{"name": Clean("sda,\N{CJK UNIFIED IDEOGRAPH-4E2D}"), "busy_percent": 12.34}],
)
NONE = Told("b", State.FAULT, 2.0, Fault("denied", Clean("no"), Clean("add the key")), [])


def test_json_has_the_documented_shape() -> None:
    text = as_json("role.disks", [GOOD, NONE])
    assert json.loads(text) == {
        "pane": "role.disks",
        "targets": [
            {
                "target": "a",
                "state": "live",
                "age_s": 0.512,
                "fault": None,
                "rows": [{"name": "sda,中", "busy_percent": 12.34}],
            },
            {
                "target": "b",
                "state": "fault",
                "age_s": 2.0,
                "fault": {"kind": "denied", "message": "no", "remedy": "add the key"},
                "rows": [],
            },
        ],
    }
    assert text.endswith("}\n")


def test_json_knows_no_infinity() -> None:
    told = Told("a", State.LIVE, 0.0, None, [{"x": float("nan"), "y": float("inf")}])
    assert json.loads(as_json("p", [told]))["targets"][0]["rows"] == [{"x": None, "y": None}]


def test_a_line_is_one_line() -> None:
    line = as_line("role.disks", 1000.25, GOOD)
    assert line.count("\n") == 1
    assert list(json.loads(line)) == ["pane", "at", "target", "state", "age_s", "fault", "rows"]
    assert json.loads(line)["at"] == 1000.25


def test_csv_quotes_names_units_in_the_head_and_leaves_unknown_empty(disks: Shown) -> None:
    told = Told(
        "a",
        State.LIVE,
        0.0,
        None,
        [
            {"name": Clean('s"d,a'), "busy_percent": None, "size_bytes": 5, "awake": True},
            {"name": Clean("sdb"), "busy_percent": 0.5, "size_bytes": 6, "awake": False},
        ],
    )
    assert as_csv(disks.columns(), [told, NONE]) == (
        'target,name,busy_percent,size_bytes,awake\na,"s""d,a",,5,true\na,sdb,0.5,6,false\n'
    )


def test_table_aligns_by_cells_and_spells_as_the_console_does() -> None:
    rows: list[Cells] = [
        {"name": Clean("中文"), "busy_percent": 5.0, "size_bytes": 1536, "awake": True},
        {"name": Clean("sda1"), "busy_percent": None, "size_bytes": 100, "awake": False},
    ]
    told = Told("a", State.LIVE, 0.0, None, rows)
    assert as_table((NAME, BUSY, SIZE, AWAKE), [told]).splitlines() == [
        "TARGET  NAME  BUSY      SIZE  AWAKE",
        "a       中文  5.0%  1.50 KiB  yes",
        "a       sda1     -     100 B  no",
    ]
