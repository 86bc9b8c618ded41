"""What is told of servers and sentinels on the timeline."""

import pytest

from opsconsole.domains.database.redis import INTEGRATION
from opsconsole.domains.database.redis.overview import OVERVIEW
from opsconsole.domains.database.sentinel import INTEGRATION as SENTINEL
from opsconsole.domains.database.sentinel.primary import PRIMARY
from opsconsole.model import Level, Row
from tests.domains.database.redis.scene import answer, changed, text

(SERVER,) = INTEGRATION.news
(WATCH,) = SENTINEL.news


def rows(**fields: object) -> list[Row]:
    payload = answer(changed(text("primary"), uptime_in_seconds=900, **fields))
    return OVERVIEW.rows(OVERVIEW.read(payload), None)


def test_nothing_new_is_nothing_told() -> None:
    assert SERVER.probe == OVERVIEW.id
    assert SERVER.tell("kv", 1000.0, rows(), rows()) == []
    assert SERVER.tell("kv", 1000.0, [], rows()) == []


def test_a_restart_when_it_was() -> None:
    payload = answer(changed(text("primary"), uptime_in_seconds=7))
    now = OVERVIEW.rows(OVERVIEW.read(payload), None)
    (one,) = SERVER.tell("kv", 1000.0, rows(), now)
    assert (one.kind, one.at, one.text, one.level) == ("reboot", 993.0, "restarted", Level.WARN)


@pytest.mark.parametrize(
    ("fields", "what", "after"),
    [
        ({"role": "slave"}, "role", "replica"),
        ({"redis_version": "7.4.0\x1b"}, "version", "7.4.0\ufffd"),
    ],
)
def test_another_role_and_another_version(fields: dict[str, object], what: str, after: str) -> None:
    (one,) = SERVER.tell("kv", 1000.0, rows(), rows(**fields))
    assert (one.kind, one.object, one.after) == ("change", what, after)


def test_another_primary() -> None:
    def watched(address: str, name: str = "m") -> list[Row]:
        row: list[object] = [None] * len(PRIMARY.columns)
        row[PRIMARY.index("name")], row[PRIMARY.index("address")] = name, address
        return [tuple(row)]  # type: ignore[arg-type]

    assert WATCH.tell("s", 9.0, watched("a:1"), watched("a:1")) == []
    assert WATCH.tell("s", 9.0, watched("a:1", "other"), watched("b:1")) == []
    (one,) = WATCH.tell("s", 9.0, watched("a:1"), watched("b:1"))
    assert (one.object, one.before, one.after) == ("m", "a:1", "b:1")
    assert one.text == "primary of m a:1 -> b:1"
