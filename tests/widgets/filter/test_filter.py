"""The filter grammar: what each form keeps, and that nonsense is said, not thrown."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.clean import Clean
from opsconsole.model import Column, Quantity, Row
from widgets.filter import Bare, FilterError, Labelled, Match, parse
from widgets.table.rows import Rows

COLUMNS = (
    Column("name", "NAME", Quantity.TEXT, "a test"),
    Column("cpu_percent", "CPU%", Quantity.PERCENT, "a test"),
    Column("cpu_count", "CPUS", Quantity.COUNT, "a test"),
    Column("state", "STATE", Quantity.STATE, "a test"),
)
ROWS: dict[str, Row] = {
    "1": (Clean("web-1"), 97.0, 4, Clean("running")),
    "2": (Clean("Web-2"), 12.5, 8, Clean("failed")),
    "3": (Clean("db one"), None, 4, Clean("running")),
    "4": (Clean("10.0.0.1:443"), 0.0, 16, Clean("")),
}
LABELS = {"1": {"env": "prod"}, "2": {"env": "dev", "site": "b"}}


def kept(text: str) -> str:
    rows = Rows(COLUMNS)
    rows.put(ROWS)
    rows.labels = LABELS
    return "".join(parse(text, COLUMNS).keep(rows.rows, rows))


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", "1234"),
        ("   ", "1234"),
        ("web", "12"),
        ("Web", "2"),
        ("WEB", ""),
        ("web running", "1"),
        ('"db one"', "3"),
        ("!web", "34"),
        ("10.0.0.1:443", "4"),
        ('"state:x"', ""),
        ("name:^web-", "12"),
        ("NAME:^web-", "12"),
        ("!name:web", "34"),
        ("state:run|fail", "123"),
        ("cpu_percent:^97", "1"),
        ("cpu%:^9", "1"),
        ("cpu_p:^-$", "3"),
        ("cpus:^4$", "13"),
        ("nam:^db", "3"),
        ('name:"db one"', "3"),
        ("cpu_percent:>12", "12"),
        ("cpu_percent:<=12.5%", "24"),
        ("!cpu_percent:>50", "24"),
        ("cpus:>=8", "24"),
        ("cpus:<0.008k", "13"),
        ("name:>1", ""),
        ("label:env=prod", "1"),
        ("label:env", "12"),
        ("!label:env=prod", "234"),
        ("label:site=b name:2", "2"),
        ("[", ""),
        ("*", ""),
    ],
)
def test_filter_keeps(text: str, ids: str) -> None:
    assert kept(text) == ids


@pytest.mark.parametrize(
    ("text", "position", "nearest"),
    [
        ("nmae:x", 0, "name"),
        ("web sttae:x", 4, "state"),
        ("cpu:9", 0, "cpu_percent"),
        ("name:(", 5, ""),
        ("name:a**", 7, ""),
        ('"open', 0, ""),
        ("name:", 0, ""),
        ("!", 0, ""),
        ("label:=x", 6, ""),
        ("x" * 600, 512, ""),
    ],
)
def test_nonsense_names_its_place_and_the_nearest_name(
    text: str, position: int, nearest: str
) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text, COLUMNS)
    assert (caught.value.position, caught.value.nearest) == (position, nearest)
    assert not nearest or nearest in str(caught.value)


def test_terms_are_what_was_written() -> None:
    bare, match, label = parse('!web name:"a b" label:env=x=y', COLUMNS).terms
    assert bare == Bare("web", negate=True)
    assert isinstance(match, Match)
    assert label == Labelled("env", "x=y", negate=False)


@given(st.text(max_size=60) | st.text(string.ascii_lowercase + ' :!"()[]*+=|\\', max_size=40))
def test_any_text_is_a_filter_or_a_filter_error(text: str) -> None:
    said: FilterError | None = None
    try:
        kept(text)
    except FilterError as error:
        said = error
    assert said is None or str(said)
    assert said is None or 0 <= said.position <= max(len(text), 1)


def test_hostile_text_cannot_hang_a_hostile_pattern() -> None:
    rows = Rows(COLUMNS)
    rows.put({str(n): (Clean("a" * 200 + str(n)), 0.0, 0, Clean("")) for n in range(2000)})
    assert parse("name:(a+)+$", COLUMNS).keep(rows.rows, rows) == []


@pytest.mark.parametrize(
    ("quantity", "text", "kept_"),
    [
        (Quantity.SECONDS, "n:>90", "23"),
        (Quantity.SECONDS, "n:>=2m", "23"),
        (Quantity.SECONDS, "n:<1h", "12"),
        (Quantity.BYTES, "n:>1KiB", "3"),
        (Quantity.BYTES, "n:<1k", "12"),
        (Quantity.MILLISECONDS, "n:>0.1s", "23"),
    ],
)
def test_numbers_are_compared_in_the_unit_of_their_column(
    quantity: Quantity, text: str, kept_: str
) -> None:
    columns = (Column("n", "N", quantity, "a test"),)
    rows = Rows(columns)
    rows.put({"1": (7.0,), "2": (120.0,), "3": (7200.0,), "4": (None,), "5": (float("nan"),)})
    assert "".join(parse(text, columns).keep(rows.rows, rows)) == kept_


def test_a_unit_that_a_column_does_not_have_is_said() -> None:
    columns = (Column("n", "N", Quantity.SECONDS, "a test"),)
    with pytest.raises(FilterError, match="GiB is no unit here; there are s, m, min, h, d"):
        parse("n:>5GiB", columns)


def test_a_key_comes_before_the_title_of_another_column() -> None:
    columns = (
        Column("owner_kind", "OWNER", Quantity.TEXT, "a test"),
        Column("owner", "OF", Quantity.TEXT, "a test"),
    )
    rows = Rows(columns)
    rows.put({"a": (Clean("Job"), Clean("x")), "b": (Clean("x"), Clean("Job"))})
    assert parse("owner:^x$", columns).keep(rows.rows, rows) == ["a"]
    assert parse("of:^x$", columns).keep(rows.rows, rows) == ["a"]
