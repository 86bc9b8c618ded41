"""JSON: a stable schema, numbers as numbers, pure ASCII whatever was in it."""

import json
from functools import partial
from itertools import islice
from typing import Any, cast

from opsconsole.report import as_json
from tests.report.sample import document
from tests.screens.shell.hostile import corpus


def _shape(value: Any) -> Any:
    """Keys and kinds."""
    if isinstance(value, dict):
        return {key: _shape(one) for key, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_shape(one) for one in cast("list[object]", value)]
    return type(value).__name__


def test_schema() -> None:
    found = json.loads(as_json(document()))
    assert found["schema"] == "opsconsole-report/1"
    assert (found["report"], found["level"]) == ("test.all", "fail")
    assert (found["since"], found["until"]) == ("1970-01-01T00:00:00Z", "1970-01-01T04:00:00Z")
    paragraph, section, nested, facts = found["blocks"]
    assert paragraph == {"type": "paragraph", "text": "plain", "level": None}
    table = section["blocks"][0]
    assert [one["unit"] for one in table["fields"]] == ["state", "text", "percent", "text"]
    assert table["rows"] == [
        {"state": "fail", "name": "plain", "used_percent": 12.5, "course": [1.0, 2.0]},
        {"state": "pass", "name": "plain", "used_percent": None, "course": []},
    ]
    checks, chart, _ = nested["blocks"][0]["blocks"]
    assert checks["counts"] == {"pass": 0, "unknown": 0, "warn": 1, "fail": 0}
    assert checks["findings"][0]["value"] == 93.25
    assert checks["findings"][0]["course"] == [1.0, None, 3.0]
    assert chart["lines"][0]["points"][1] == [3600.0, None]
    assert chart["marks"] == [{"name": "plain", "value": 80.0, "level": "warn"}]
    assert facts["blocks"][0]["items"] == [{"name": "plain", "text": "plain"}]


def test_hostile_text_changes_nothing_else() -> None:
    plain = _shape(json.loads(as_json(document())))
    for piece in islice(corpus(), 300):
        text = as_json(document(partial(str, piece)))
        assert text.replace("\n", "").isascii()
        assert text.replace("\n", "").isprintable()
        assert _shape(json.loads(text)) == plain
