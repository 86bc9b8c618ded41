"""Elements of XML as objects."""

import pytest

from opsconsole.elements import add, local


@pytest.mark.parametrize(
    ("name", "short"), [("{urn:a}b", "b"), ("b", "b"), ("{a}{b}c", "c"), ("", "")]
)
def test_a_name_without_its_namespace(name: str, short: str) -> None:
    assert local(name) == short


def test_what_comes_again_is_a_list_in_its_order() -> None:
    found: dict[str, object] = {}
    for value in ("", {"x": "1"}, "3"):
        add(found, "a", value)
    add(found, "b", "only")
    assert found == {"a": ["", {"x": "1"}, "3"], "b": "only"}
