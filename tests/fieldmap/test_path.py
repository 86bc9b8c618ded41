"""Paths into JSON messages: names, numbers, quoted names; what leads nowhere says where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.fieldmap.path import Path, at, steps

MESSAGE = {"air": {"supply": [20.5, {"a.b": None}]}, "": 1, "x": True}


@pytest.mark.parametrize(
    ("said", "path", "found"),
    [
        ("", (), MESSAGE),
        ("$", (), MESSAGE),
        ("$.x", ("x",), True),
        ("air.supply[0]", ("air", "supply", 0), 20.5),
        ('air.supply[1]["a.b"]', ("air", "supply", 1, "a.b"), None),
        ("air.supply.[0]", ("air", "supply", 0), 20.5),
    ],
)
def test_a_path_leads_to_what_stands_there(said: str, path: Path, found: object) -> None:
    assert steps(said) == path
    assert at(MESSAGE, path) == found


@pytest.mark.parametrize("said", ["a..b", "a[", "a[x]", "a]", ".", "a.", "a" * 201, '[""]', 'a"b'])
def test_what_is_no_path_is_told(said: str) -> None:
    with pytest.raises(ValueError, match="no path; allowed: temperature"):
        steps(said)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("air.none", "no 'none' in it"),
        ("air.supply[2]", r"no \[2\] in it"),
        ("air.supply.x", "'x' leads nowhere"),
        ("air[0]", "0 leads nowhere"),
        ("x.y", "'y' leads nowhere"),
    ],
)
def test_what_leads_nowhere_says_where(said: str, why: str) -> None:
    with pytest.raises(LookupError, match=why):
        at(MESSAGE, steps(said))


@given(st.text(alphabet='ab.[]"$019\n', max_size=12))
def test_any_text_is_a_path_or_none(said: str) -> None:
    try:
        found = steps(said)
    except ValueError:
        return
    assert all(isinstance(one, int) or one for one in found)
