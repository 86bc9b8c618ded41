"""Rows are judged and put in order the same way every time."""

import math
import random

import pytest

from opsconsole.clean import Clean, clean
from opsconsole.model import Column, Level, Quantity, Row, Value
from widgets.filter import FilterError
from widgets.table.rank import natural
from widgets.table.rows import WORST, Rows

COLUMNS = (
    Column("name", "NAME", Quantity.TEXT, "a test"),
    Column("load", "LOAD", Quantity.NUMBER, "a test"),
)


def rows_of(*values: Value, sort: str = "load") -> Rows:
    rows = Rows(COLUMNS, sort)
    rows.put({f"id-{at}": (Clean(f"n{at}"), value) for at, value in enumerate(values)})
    rows.arrange()
    return rows


def test_numbers_in_ids_count_as_numbers() -> None:
    assert sorted(["web-10", "Web-9", "web-1"], key=natural) == ["web-1", "Web-9", "web-10"]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("load", "id-2 id-0 id-4 id-1 id-3 id-5"),
        ("-load", "id-0 id-4 id-2 id-1 id-3 id-5"),
    ],
)
def test_unknown_and_nan_come_last_and_ties_go_by_id(sort: str, order: str) -> None:
    rows = rows_of(2.0, None, 1.0, math.nan, 2.0, None, sort=sort)
    assert rows.order == order.split()


def test_states_are_sorted_by_how_bad_they_are() -> None:
    columns = (Column("state", "STATE", Quantity.STATE, "a test"),)
    words = ("ok", "critical", "unknown", "warning", "running", "failed")
    rows = Rows(columns, "-state")
    rows.put({word: (Clean(word),) for word in words} | {"": (Clean(""),), "none": (None,)})
    rows.arrange()
    assert rows.order == ["failed", "critical", "warning", "unknown", "running", "ok", "", "none"]
    rows.put({}, [""])
    rows.put({"ok": (Clean("critical"),)})
    rows.arrange()
    assert rows.order[:3] == ["failed", "critical", "ok"]
    rows.set_sort("state")
    rows.arrange()
    assert rows.order == ["running", "unknown", "warning", "critical", "ok", "failed", "none"]


def test_order_does_not_depend_on_the_order_of_arrival() -> None:
    values: dict[str, Row] = {
        f"id-{at}": (Clean("x"), float(at % 7) if at % 11 else None) for at in range(300)
    }
    orders: set[tuple[str, ...]] = set()
    for seed in range(5):
        ids = list(values)
        random.Random(seed).shuffle(ids)
        rows = Rows(COLUMNS, "-load")
        for row_id in ids:
            rows.put({row_id: values[row_id]})
        rows.arrange()
        orders.add(tuple(rows.order))
    assert len(orders) == 1


def test_mixed_values_are_sorted_not_refused() -> None:
    rows = rows_of(2.0, Clean("b"), 1, Clean("A"), None, True)
    assert rows.order == ["id-2", "id-5", "id-0", "id-3", "id-1", "id-4"]


def test_worst_first_is_level_then_score_then_id() -> None:
    rows = rows_of(1.0, 1.0, 1.0, 1.0, 1.0, sort=WORST)
    rows.levels = {"id-1": Level.CRIT, "id-2": Level.WARN, "id-4": Level.CRIT, "id-3": Level.OK}
    rows.scores = {"id-4": 2.0, "id-1": 1.0, "id-0": 9.0}
    rows.arrange()
    assert rows.order == ["id-4", "id-1", "id-2", "id-0", "id-3"]


def test_unsorted_rows_keep_the_order_of_arrival() -> None:
    rows = Rows(COLUMNS)
    rows.put({"b": (Clean("b"), 1), "a": (Clean("a"), 2)})
    rows.arrange()
    assert rows.order == ["b", "a"]
    rows.relist(["a", "b"])
    rows.arrange()
    assert rows.order == ["a", "b"]


def test_put_says_when_the_order_may_have_changed() -> None:
    rows = rows_of(1.0, 2.0)
    assert rows.put({"id-0": (Clean("renamed"), 1.0)}) is False
    assert rows.put({"id-0": (Clean("renamed"), 3.0)}) is True
    assert rows.put({"new": (Clean("new"), 0.0)}) is True


def test_filter_follows_changed_rows_and_forgets_gone_ones() -> None:
    rows = rows_of(1.0, 2.0, 3.0)
    rows.set_filter("n1")
    rows.arrange()
    assert rows.order == ["id-1"]
    rows.put({"id-0": (Clean("n1b"), 1.0), "id-1": (Clean("other"), 2.0)})
    rows.arrange()
    assert rows.order == ["id-0"]
    rows.put({}, gone=["id-0"])
    assert rows.order == []
    rows.arrange()
    assert rows.order == []


def test_nonsense_leaves_the_old_filter() -> None:
    rows = rows_of(1.0, 2.0)
    rows.set_filter("n1")
    with pytest.raises(FilterError):
        rows.set_filter("nosuch:x")
    rows.arrange()
    assert (rows.filter.text, rows.order) == ("n1", ["id-1"])


def test_bare_words_see_the_text_that_is_shown_and_the_id() -> None:
    columns = (*COLUMNS, Column("note", "NOTE", Quantity.TEXT, "a test"))
    rows = Rows(columns)
    rows.put({"4711": (Clean("web"), 1.0, Clean("hidden words"))})
    rows.search_in([0, 1])
    for text, found in (("4711", 1), ("web", 1), ("hidden", 0)):
        rows.set_filter(text)
        rows.arrange()
        assert len(rows.order) == found, text


def test_labels_are_judged_again_when_they_change() -> None:
    rows = rows_of(1.0, 2.0)
    rows.labels = {"id-0": {"env": "prod"}}
    rows.set_filter("label:env=prod")
    rows.arrange()
    assert rows.order == ["id-0"]
    rows.labels = {"id-1": {"env": "prod"}}
    rows.rejudge()
    rows.arrange()
    assert rows.order == ["id-1"]


def test_hostile_ids_and_texts_are_sorted_as_they_are() -> None:
    rows = Rows(COLUMNS, "name")
    rows.put({text: (clean(text), 1.0) for text in ("[/]", "\x1b[2J", "٣", "日本", "")})
    rows.arrange()
    assert len(rows.order) == 5
