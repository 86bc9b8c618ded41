"""What two answers in a row say happened, and what is no news."""

import pytest

from opsconsole.alert import Occurrence
from opsconsole.clean import clean
from opsconsole.domains.database.mysql import INTEGRATION
from opsconsole.model import Row
from tests.domains.database.mysql.scene import PROBES

TELL = {news.probe: news.tell for news in INTEGRATION.news}
Said = dict[str, float | str | bool | None]

SERVER: Said = {"role": "replica", "version": "8.4.1", "started": 900.0, "read_only": True}
CHANNEL: Said = {"channel": "main", "io": "yes", "sql": "yes"}
NODE: Said = {"cluster": "primary", "state": "synced", "size": 3.0}


def row(probe: str, said: Said) -> Row:
    values = (said.get(column.key) for column in PROBES[probe].columns)
    return tuple(clean(one) if isinstance(one, str) else one for one in values)


def told(probe: str, before: Said, now: Said) -> list[Occurrence]:
    return TELL[probe]("db", 5000.0, [row(probe, before)], [row(probe, before | now)])


@pytest.mark.parametrize(
    ("probe", "before", "now", "said"),
    [
        ("mysql.health", SERVER, {"uptime_s": 905.0}, []),
        ("mysql.health", SERVER, {"role": None, "read_only": None}, []),
        ("mysql.health", SERVER, {"started": 4996.0}, ["2 restarted"]),
        (
            "mysql.health",
            SERVER,
            {"started": 4996.0, "version": "8.4.2"},
            ["2 restarted: 8.4.1 -> 8.4.2"],
        ),
        (
            "mysql.health",
            SERVER,
            {"role": "primary", "read_only": False},
            ["2 role: replica -> primary", "2 read_only: on -> off"],
        ),
        ("mysql.replication", CHANNEL, {}, []),
        ("mysql.replication", CHANNEL, {"io": "connecting"}, ["2 main IO: yes -> connecting"]),
        ("mysql.replication", CHANNEL | {"sql": "no"}, {"sql": "yes"}, ["0 main SQL: no -> yes"]),
        ("mysql.replication", CHANNEL, {"channel": "other", "io": "no"}, []),
        ("mysql.galera", NODE, {"size": 2.0}, ["2 nodes: 3 -> 2"]),
        ("mysql.galera", NODE, {"size": 4.0}, ["0 nodes: 3 -> 4"]),
        (
            "mysql.galera",
            NODE,
            {"cluster": "non-primary", "state": "initialized"},
            ["2 cluster: primary -> non-primary", "2 state: synced -> initialized"],
        ),
        (
            "mysql.galera",
            NODE | {"state": "joined"},
            {"state": "synced"},
            ["0 state: joined -> synced"],
        ),
    ],
)
def test_what_changed_is_told_once(probe: str, before: Said, now: Said, said: list[str]) -> None:
    assert [f"{one.level:d} {one.text}" for one in told(probe, before, now)] == said


def test_a_restart_is_told_at_its_own_time_and_nothing_of_one_answer() -> None:
    (one,) = told("mysql.health", SERVER, {"started": 4996.0})
    assert (one.at, one.kind, one.target) == (4996.0, "reboot", "db")
    for probe, tell in TELL.items():
        some = [row(probe, {})]
        assert tell("db", 1.0, [], some) == tell("db", 1.0, some, []) == []
