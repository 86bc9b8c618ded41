"""Tabs are found as data, and what they name exists."""

import subprocess
import sys

import pytest

from opsconsole import fleet
from opsconsole.cli.asking import known
from opsconsole.cli.domains import Shown, domains, find
from opsconsole.errors import UsageError
from opsconsole.model import Column
from opsconsole.spec import Domain, Pane


def test_tabs_are_found_in_order_without_loading_a_screen() -> None:
    """Scripts must not pay for Textual; a tab that imports it is code, not data."""
    code = (
        "import sys; from opsconsole.__main__ import open_rooms; open_rooms();"
        "from opsconsole.cli.domains import domains;"
        "print(*[d.id for d in domains()], 'textual' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [*(domain.id for domain in domains()), "False"]
    assert "system" in done.stdout


def test_ids_titles_and_keys_are_nobody_elses() -> None:
    tabs = domains()
    panes = [pane.id for tab in tabs for pane in tab.panes]
    assert len(set(panes)) == len(panes)
    assert len({tab.key for tab in tabs}) == len(tabs)
    assert all(pane.id.startswith(f"{tab.id}.") for tab in tabs for pane in tab.panes)


@pytest.mark.parametrize("pane", [p for tab in domains() for p in tab.panes], ids=lambda p: p.id)
def test_each_pane_names_probes_and_columns_that_exist(pane: Pane) -> None:
    shown = find(pane.id, known())
    assert tuple(probe.id for probe in shown.probes) == pane.probes
    assert shown.chosen()
    keys = {column.key for column in shown.columns()}
    assert pane.sort.lstrip("-") in keys | {""}
    for series in pane.series:
        (probe,) = (probe for probe in shown.probes if probe.id == series.probe)
        assert set(series.columns) <= {column.key for column in probe.columns}


@pytest.mark.parametrize("tab", domains(), ids=lambda tab: tab.id)
def test_columns_that_kinds_share_are_the_same_quantity(tab: Domain) -> None:
    seen: dict[str, Column] = {}
    for face in tab.faces:
        for column in find(face.overview.id, known()).columns():
            same = seen.setdefault(column.key, column)
            assert (column.title, column.quantity) == (same.title, same.quantity)


@pytest.mark.parametrize("tab", domains(), ids=lambda tab: tab.id)
def test_no_column_of_a_kind_stands_in_the_place_of_one_of_the_list(tab: Domain) -> None:
    own = {column.key for column in (fleet.TARGET, fleet.KIND, fleet.STATE, fleet.WHY)}
    for face in tab.faces:
        probes = find(face.overview.id, known()).probes
        keys = {column.key for probe in probes for column in probe.columns}
        assert not keys & own, face.kind


@pytest.mark.parametrize("tab", domains(), ids=lambda tab: tab.id)
def test_every_area_names_a_pane_of_its_face_or_the_slot(tab: Domain) -> None:
    for face in tab.faces:
        panes = {pane.id.partition(".")[2] for pane in face.detail}
        for board in face.boards:
            named = {word for _, areas in board.rows for word in areas.split()}
            assert named - {"*"} <= panes
            assert named == panes or "*" in named, f"{face.kind}: panes without a place"


def test_columns_are_the_panes_own_unless_others_are_named(boxes: Shown) -> None:
    assert [column.key for column in boxes.chosen()] == ["state", "failed", "why"]
    assert [column.key for column in boxes.chosen(("busy_percent", "state"))] == [
        "busy_percent",
        "state",
    ]
    assert [column.key for column in boxes.chosen(("all",))] == [
        "state",
        "why",
        "busy_percent",
        "failed",
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("system.fleat", "did you mean 'system.fleet'?"),
        ("fleet", "did you mean 'system.fleet'?"),
        ("zzz", "there is no pane 'zzz' (all of them: opsconsole panes)"),
    ],
)
def test_an_unknown_name_meets_its_nearest(name: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        find(name, known())
    assert said in str(caught.value)


def test_an_unknown_column_meets_its_nearest(boxes: Shown) -> None:
    with pytest.raises(UsageError, match="did you mean 'busy_percent'"):
        boxes.chosen(("busy_percnt",))
