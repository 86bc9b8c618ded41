"""What goes to the timeline of a server, from two answers in a row."""

from opsconsole.clean import Clean
from opsconsole.domains.database.postgres import INTEGRATION, news
from opsconsole.model import Level, Row, Value
from tests.domains.database.postgres.scene import PROBES

AT = 1_000_000.0


def row(probe: str, **said: Value) -> list[Row]:
    columns = [column.key for column in PROBES[f"postgres.{probe}"].columns]
    assert not said.keys() - set(columns)
    return [tuple(said.get(key) for key in columns)]


def health(uptime: float | None, role: str = "primary", version: str = "15.1") -> list[Row]:
    return row("health", uptime_s=uptime, role=Clean(role), version=Clean(version))


def test_a_restart_is_told_with_its_moment_and_version() -> None:
    (one,) = news.turned("db", AT, health(9000.0), health(10.0, version="15.2"))
    assert (one.at, one.kind, one.text) == (AT - 10, "reboot", "restarted: 15.1 -> 15.2")
    (one,) = news.turned("db", AT, health(9000.0), health(10.0))
    assert one.text == "restarted"


def test_nothing_is_told_of_time_that_passes_or_is_not_known() -> None:
    for before, now in (
        (health(10.0), health(15.0)),
        (health(10.0), health(9.0)),
        (health(None), health(1.0)),
        ([], health(1.0)),
        (health(1.0), []),
    ):
        assert news.turned("db", AT, before, now) == []


def test_a_failover_is_told_on_both_sides() -> None:
    (up,) = news.turned("db", AT, health(1.0, "standby"), health(2.0, "primary"))
    assert (up.text, up.before, up.after) == ("was promoted to primary", "standby", "primary")
    (down,) = news.turned("db", AT, health(1.0), health(2.0, "standby"))
    assert down.text == "is a standby now"


def test_replicas_come_and_go_by_name() -> None:
    old = row("replica", pid=1, application=Clean("a")) + row("replica", application=Clean("b"))
    now = row("replica", pid=9, application=Clean("a")) + row("replica", application=Clean("c"))
    told = [(one.text, one.level) for one in news.replicas("db", AT, old, now)]
    assert told == [("replica b streams no more", Level.WARN), ("replica c streams", Level.OK)]
    assert news.replicas("db", AT, row("replica", pid=1), []) == []


def test_news_are_of_probes_that_are_always_read() -> None:
    assert not [one for one in INTEGRATION.news if PROBES[one.probe].on_demand]
    assert len(INTEGRATION.news) == 2
