"""Names of rows are nobody else's."""

from hypothesis import given
from hypothesis import strategies as some

from opsconsole.domains.desktop.naming import told_apart


def test_a_name_alone_where_it_tells() -> None:
    assert told_apart([("a", "1"), ("b", "2"), ("a", "3")]) == ["a (1)", "b", "a (3)"]
    assert told_apart([("", "1"), ("a (2)", "5"), ("a", "2"), ("a", "4")]) == [
        "(1)", "(5) a (2)", "(2) a", "a (4)",
    ]  # fmt: skip


@given(some.lists(some.text("ab(1) ", max_size=6), max_size=8))
def test_no_two_are_the_same(names: list[str]) -> None:
    found = told_apart([(name, f"{at}") for at, name in enumerate(names)])
    assert len(set(found)) == len(names)
