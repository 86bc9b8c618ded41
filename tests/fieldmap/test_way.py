"""Ways through documents: where they lead, what is no way, and documents that have no end."""

from typing import Any

import pytest

from opsconsole.fieldmap.way import DEEPEST, first, found, told, way

PARK: dict[str, Any] = {
    "lots": [
        {"id": 1, "counters": [{"type": {"is": "SHORT"}, "free": 5}, {"type": {"is": "LONG"}}]},
        {"id": 2, "counters": [[{"type": {"is": "SHORT"}, "free": 0}]], "open": True},
        {"id": 3, "counters": None},
    ],
    "at": {"@unit": "s", "": "17"},
}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("lots/id", ["1", "2", "3"]),
        ("lots[id=2]/open", ["true"]),
        ("lots/counters[type/is=SHORT]/free", ["5", "0"]),
        ("lots/counters/type[is=LONG]/is", ["LONG"]),
        ("**/free", ["5", "0"]),
        ("*/id", ["1", "2", "3"]),
        ("at", ["17"]),
        ("at/@unit", ["s"]),
        ("lots/none", []),
        ("at/@unit/deeper", []),
        ("lots[id=9]/id", []),
    ],
)
def test_where_a_way_leads(path: str, values: list[str]) -> None:
    assert [told(one) for one in found(PARK, way(path))] == values
    assert first(PARK, way(path)) == (values[0] if values else None)


def test_the_empty_way_is_where_one_stands() -> None:
    assert list(found([1, [2, 3]], way(""))) == [1, 2, 3]
    assert first({"a": 1}, ()) is None


@pytest.mark.parametrize("text", ["/a", "a/", "a//b", "a[b]", "a[=x]", "[a=b]", "a]", "a[b=c", "/"])
def test_what_is_no_way(text: str) -> None:
    with pytest.raises(ValueError, match=r"no way|no step"):
        way(text)


ODD: list[Any] = [None, 7, "x", True, [], {}, [[[]]], {"a": None}]


@pytest.mark.parametrize("node", ODD)
def test_any_document_is_walked(node: Any) -> None:
    for text in ("", "a", "**/a", "*/*", "a[b=c]/d", "@a"):
        for one in found(node, way(text)):
            assert told(one) is None or isinstance(told(one), str)


def test_depth_and_width_are_bounded() -> None:
    deep: dict[str, Any] = {"x": "end"}
    for _ in range(5 * DEEPEST):
        deep = {"a": deep}
    assert list(found(deep, way("**/x"))) == []
    wide = {"a": [{"b": n} for n in range(1000)]}
    assert len(list(found(wide, way("**/b")))) == 1000
