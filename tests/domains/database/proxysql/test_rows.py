"""Answers of a ProxySQL as rows: absurd ones, what happened between two, and what is wrong."""

from pathlib import Path

import pytest

from opsconsole import table as packed
from opsconsole.clean import Clean
from opsconsole.domains.database.proxysql import INTEGRATION
from opsconsole.domains.database.proxysql.news import itself, servers
from opsconsole.domains.database.proxysql.pool import HEALTH, SERVER
from opsconsole.errors import Denied, Malformed
from opsconsole.model import Level, Row
from opsconsole.question import Part, joined
from tests.domains.database.trial import Cells, rules, tried

BEHIND = {
    "server": "10/db-1:3306", "hostgroup": "10", "host": "db-1", "port": "3306",
    "status": "online", "used_percent": 10.0, "errors_percent": 0.0,
}  # fmt: skip
WHOLE = {"role": "proxy", "connections_percent": 10.0, "hostgroups_down": 0}

WRONG: list[tuple[str, Cells, Cells, str]] = [
    ("proxysql.hostgroup-down", WHOLE, {"hostgroups_down": 1}, "crit"),
    ("proxysql.connections-full", WHOLE, {"connections_percent": 80.0}, "warn"),
    ("proxysql.connections-full", WHOLE, {"connections_percent": 90.0}, "crit"),
    ("proxysql.server-shunned", BEHIND, {"status": "shunned"}, "warn"),
    ("proxysql.server-shunned", BEHIND, {"status": "shunned_replication_lag"}, "warn"),
    ("proxysql.server-offline", BEHIND, {"status": "offline_soft"}, "warn"),
    ("proxysql.server-offline", BEHIND, {"status": "offline_hard"}, "warn"),
    ("proxysql.server-errors", BEHIND, {"errors_percent": 8.0}, "warn"),
    ("proxysql.server-errors", BEHIND, {"errors_percent": 100.0}, "crit"),
    ("proxysql.server-full", BEHIND, {"used_percent": 80.0}, "warn"),
    ("proxysql.server-full", BEHIND, {"used_percent": 95.0}, "crit"),
]
RULES = rules("proxysql")


def test_every_rule_is_tried() -> None:
    assert {rule for rule, *_ in WRONG} == RULES.keys()


@pytest.mark.parametrize(("name", "good", "bad", "level"), WRONG)
def test_it_is_raised_and_over(
    name: str,
    good: Cells,
    bad: Cells,
    level: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert tried(tmp_path, RULES[name], good, bad, level) == 0, capsys.readouterr().out
    other = "warn" if level == "crit" else "crit"
    assert tried(tmp_path, RULES[name], good, bad, other) == 1


def answer(pool: Part, values: Part | None = None) -> bytes:
    nothing = packed.refused("1045", "ProxySQL Admin Error: near x: syntax error")
    return joined([nothing, nothing, values or packed.rows([]), pool, nothing, nothing])


def test_absurd_cells_are_unknown_and_a_clock_that_is_refused_costs_the_rates() -> None:
    row = ["1\x1b[2J", "h" * 9000, None, "WEIRD\n", "-1", "x", "nan", "9" * 400, "", 1, 1, 1]
    payload = answer(packed.rows([row]), packed.rows([["Questions", "1e400"]]))
    (found,) = SERVER.rows(now := SERVER.read(payload), now)
    cells = dict(zip([column.key for column in SERVER.columns], found, strict=True))
    assert "\x1b" not in str(cells["server"])
    assert len(str(cells["host"])) <= 253
    assert (cells["status"], cells["free"], cells["errors"]) == ("weird", None, None)
    assert (cells["queries_per_s"], cells["weight"]) == (None, None)
    (health,) = HEALTH.rows(now, now)
    assert health[HEALTH.index("queries_per_s")] is None
    assert health[HEALTH.index("hostgroups_down")] == 1


def test_what_is_no_answer_of_it_is_a_fault() -> None:
    with pytest.raises(Denied, match="not shown pool"):
        HEALTH.read(answer(packed.refused("1045", "ProxySQL Admin Error: no such table: x")))
    with pytest.raises(Malformed):
        HEALTH.read(answer(packed.rows([["too", "short"]])))
    for probe in INTEGRATION.probes:
        with pytest.raises(Malformed):
            probe.read(b"nonsense")


def test_what_happened_between_two_answers() -> None:
    def row(probe: str, **said: float | Clean) -> Row:
        (known,) = (one for one in INTEGRATION.probes if one.id == f"proxysql.{probe}")
        return tuple(said.get(column.key) for column in known.columns)

    up = [row("health", uptime_s=90.0)]
    (again,) = itself("p", 1000.0, up, [row("health", uptime_s=4.0)])
    assert (again.at, again.text, again.level) == (996.0, "restarted", Level.WARN)
    assert itself("p", 1000.0, up, [row("health", uptime_s=95.0)]) == []
    online = [row("server", server=Clean("10/a:1"), status=Clean("online"))]
    shunned = [
        row("server", server=Clean("10/a:1"), status=Clean("shunned")),
        row("server", server=Clean("10/b:1"), status=Clean("online")),
    ]
    (gone,) = servers("p", 1000.0, online, shunned)
    assert (gone.text, gone.level) == ("10/a:1: online -> shunned", Level.WARN)
    (back,) = servers("p", 1000.0, shunned, online)
    assert back.level is Level.OK
