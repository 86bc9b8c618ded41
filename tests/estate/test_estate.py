"""Targets are named by id, glob, group or label, and a name that means nothing gets a near one."""

import pytest

from opsconsole.errors import UsageError
from opsconsole.estate import Estate
from opsconsole.model import Target

ESTATE = Estate(
    (
        Target("web-1", "host", "ssh", labels={"env": "prod"}, groups=("web", "front")),
        Target("web-2", "host", "ssh", labels={"env": "test"}, groups=("web",)),
        Target("db-1", "host", "ssh", labels={"env": "production", "site": "b"}, groups=("db",)),
    )
)


@pytest.mark.parametrize(
    ("pattern", "ids"),
    [
        ("web-1", ["web-1"]),
        ("web*", ["web-1", "web-2"]),
        ("*-1", ["web-1", "db-1"]),
        ("[dw]?*-[!2]", ["web-1", "db-1"]),
        ("group:web", ["web-1", "web-2"]),
        ("group:*b", ["web-1", "web-2", "db-1"]),
        ("label:env=prod", ["web-1"]),
        ("label:env=prod*", ["web-1", "db-1"]),
        ("label:site=b", ["db-1"]),
    ],
)
def test_select(pattern: str, ids: list[str]) -> None:
    assert [target.id for target in ESTATE.select(pattern)] == ids


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("wbe-1", "no target matches 'wbe-1': did you mean 'web-1', 'db-1', 'web-2'?"),
        ("WEB-1", "no target matches 'WEB-1': there are db-1, web-1, web-2"),
        ("group:wbe", "no target matches 'group:wbe': did you mean 'group:web', 'group:db'"),
        ("label:env=pord", "no target matches 'label:env=pord': did you mean 'label:env=prod'"),
        ("label:env", "'label:env' has no value: write label:key=value"),
        ("\x1b[2J", "no target matches '\N{REPLACEMENT CHARACTER}[2J': there are "),
    ],
)
def test_no_match_says_what_there_is(pattern: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        ESTATE.select(pattern)
    assert str(caught.value).startswith(message)


def test_kinds_and_groups_are_those_with_targets() -> None:
    assert ESTATE.kinds() == ("host",)
    assert ESTATE.groups() == ("db", "front", "web")
    assert list(ESTATE.by_id) == ["web-1", "web-2", "db-1"]
