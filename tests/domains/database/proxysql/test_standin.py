"""A ProxySQL as its panes show it, over the wire; servers are taken out and put back. Simulated."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from opsconsole.domains.database.proxysql import INTEGRATION
from opsconsole.errors import Denied, Gone, Refused
from opsconsole.plan import Ended, Tier
from opsconsole.transports.mysql import MysqlTransport
from tests.domains.database.mysql.scene import Operator, Table
from tests.servers.proxysql import ProxySql
from tests.servers.sampler import Heard

PROBES = {probe.id.partition(".")[2]: probe for probe in INTEGRATION.probes}


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncGenerator[ProxySql, None]:
    one = ProxySql(tmp_path)
    one.server(10, "db-1")
    one.server(20, "db-2")
    one.server(20, "db-3", "SHUNNED", most=4)
    one.do(
        "INSERT INTO stats_mysql_global VALUES ('ProxySQL_Uptime', '90'), ('Questions', '1000'),"
        " ('Client_Connections_connected', '40'), ('Client_Connections_non_idle', '7'),"
        " ('Slow_queries', 'many')",
        "INSERT INTO runtime_global_variables VALUES ('mysql-max_connections', '50')",
    )
    async with one.running():
        yield one


@pytest.fixture
async def operator(proxy: ProxySql) -> AsyncGenerator[Operator, None]:
    one = Operator(proxy.target(), of=INTEGRATION)
    yield one
    await one.close()


async def payload(proxy: ProxySql, exchange: str, user: str = "admin") -> bytes:
    transport, heard = MysqlTransport(), Heard()
    try:
        session = await transport.open(proxy.target(user), INTEGRATION.script, 1.0, heard)
        session.ask(exchange)
        await heard.until(lambda heard: bool(heard.answers))
        return heard.of(exchange)[0]
    finally:
        await transport.close()


def table(probe: str, now: bytes, before: bytes | None = None) -> Table:
    known = PROBES[probe]
    was = known.read(before) if before is not None else None
    keys = [column.key for column in known.columns]
    return [dict(zip(keys, row, strict=True)) for row in known.rows(known.read(now), was)]


async def test_servers_and_clients_are_shown_with_rates(proxy: ProxySql) -> None:
    before = await payload(proxy, "pool")
    proxy.do(
        "UPDATE stats_mysql_connection_pool SET ConnERR = 5, ConnOK = 15, Queries = 600"
        " WHERE srv_host = 'db-2'",
        "UPDATE stats_mysql_global SET Variable_Value = '1500' WHERE Variable_Name = 'Questions'",
    )
    now = await payload(proxy, "pool")
    (health,) = table("health", now, before)
    assert (health["version"], health["role"]) == ("2.5.5-10-g195bd70", "proxy")
    assert (health["sessions_active"], health["connections_percent"]) == (7.0, 80.0)
    assert [health[key] for key in ("online", "shunned", "offline", "hostgroups_down")] == [
        2, 1, 0, 0,
    ]  # fmt: skip
    assert health["servers_active"] == 9.0
    assert float(str(health["queries_per_s"])) > 0
    assert (health["slow_per_s"], health["missing"]) == (None, "")
    first, second, third = table("server", now, before)
    assert (first["server"], first["status"], first["used_percent"]) == (
        "10/db-1:3306", "online", 3.0,
    )  # fmt: skip
    assert (second["errors"], second["errors_percent"], second["latency_ms"]) == (5.0, 50.0, 0.25)
    assert (first["errors"], first["errors_percent"]) == (0.0, None)
    assert (third["status"], third["used_percent"]) == ("shunned", 75.0)
    assert not any("_reset" in sql for sql in proxy.heard)


async def test_who_may_only_read_statistics_sees_them_and_is_told_what_is_missing(
    proxy: ProxySql,
) -> None:
    (health,) = table("health", now := await payload(proxy, "pool", "stats"))
    assert health["missing"] == "name an account of admin-admin_credentials"
    assert (health["connections"], health["connections_percent"]) == (40.0, None)
    assert [row["max_connections"] for row in table("server", now)] == [None] * 3
    stats = Operator(proxy.target("stats"), of=INTEGRATION)
    with pytest.raises(Denied) as caught:
        await stats.propose("proxysql.take-out", proxy.target("stats"), server="20/db-2:3306")
    assert caught.value.remedy == "name an account of admin-admin_credentials"
    await stats.close()


async def test_rules_commands_errors_and_digests(proxy: ProxySql) -> None:
    proxy.do(
        "INSERT INTO stats_mysql_query_rules VALUES (20, 5), (3, 0)",
        "INSERT INTO runtime_mysql_query_rules VALUES"
        " (3, 1, 'app', NULL, NULL, '^SELECT', NULL, 20, 500, 1, 'reads')",
        "INSERT INTO stats_mysql_commands_counters VALUES"
        " ('SELECT', 3000000, 1500, 0, 0, 0, 1490, 0, 0, 0, 0, 0, 6, 3, 1),"
        " ('KILL', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
        "INSERT INTO stats_mysql_errors VALUES (20, 'db-2', 3306, 'app', '10.0.0.9', 'shop', 1045,"
        " 7, 1700000000, 1700000100, 'no' || char(27) || '[2J password ''s3cret''')",
        "INSERT INTO stats_mysql_query_digest VALUES (20, 'shop', 'app', '', '0xA1',"
        " 'SELECT  ?', 4, 1, 2, 8000000, 1000, 5000000, 0, 12)",
    )
    now = await payload(proxy, "traffic")
    third, last = table("rule", now)
    assert (third["rule"], third["hits"], third["matches"], third["last"]) == (
        "3", 0.0, "^SELECT", True,
    )  # fmt: skip
    assert (third["hostgroup"], third["cache_ms"], last["hits"], last["matches"]) == (
        "20", 500, 5.0, None,
    )  # fmt: skip
    (select,) = table("command", now)
    assert (select["mean_ms"], select["slow"]) == (2.0, 10.0)
    (error,) = table("error", now)
    assert (error["server"], error["code"], error["count"]) == ("db-2:3306", "1045", 7.0)
    assert "\x1b" not in str(error["message"])
    assert "s3cret" not in str(error["message"])
    first = await payload(proxy, "digests")
    proxy.do("UPDATE stats_mysql_query_digest SET count_star = 8")
    (digest,) = table("digest", await payload(proxy, "digests"), first)
    assert (digest["mean_ms"], digest["max_ms"], digest["statement"]) == (1e3, 5e3, "SELECT ?")
    assert float(str(digest["calls_per_s"])) > 0


async def test_a_server_is_taken_out_and_put_back(proxy: ProxySql, operator: Operator) -> None:
    proxy.server(20, "db-4")
    here = proxy.target()
    plan, body = await operator.propose("proxysql.take-out", here, server="20/db-4:3306")
    assert plan.tier is Tier.NAME
    assert "go to 1 others; 3 connections in use end" in plan.items[0].effect
    assert [step.argv for step in plan.items[0].steps] == [
        (
            "UPDATE mysql_servers SET status = 'OFFLINE_SOFT'"
            " WHERE hostgroup_id = 20 AND hostname = 'db-4' AND port = 3306",
        ),
        ("LOAD MYSQL SERVERS TO RUNTIME",),
    ]
    done = await operator.approve(plan, body)
    assert (done.ended, done.undo[0].action) == (Ended.VERIFIED, "proxysql.put-back")
    states = {row["server"]: row["status"] for row in table("server", await payload(proxy, "pool"))}
    assert (states["20/db-4:3306"], states["20/db-2:3306"]) == ("offline_soft", "online")
    with pytest.raises(Refused, match="out already"):
        await operator.propose("proxysql.take-out", here, server="20/db-4:3306")
    back = await operator.act("proxysql.put-back", here, server="20/db-4:3306")
    assert (back.ended, back.undo[0].action) == (Ended.VERIFIED, "proxysql.take-out")


@pytest.mark.parametrize(
    ("verb", "server", "why"),
    [
        ("take-out", "10/db-1:3306", "the last one of hostgroup 10"),
        ("put-back", "20/db-3:3306", "takes it back when it answers"),
        ("put-back", "20/db-2:3306", "online already"),
        ("take-out", "20/x' OR 1 --:3306", "is no server"),
        ("take-out", "20/db\\' OR 1=1:3306", "is no server"),
    ],
)
async def test_what_would_hurt_or_is_no_server_is_refused(
    proxy: ProxySql, operator: Operator, verb: str, server: str, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        await operator.propose(f"proxysql.{verb}", proxy.target(), server=server)


async def test_what_others_have_not_loaded_yet_is_not_loaded_by_us(
    proxy: ProxySql, operator: Operator
) -> None:
    here, server = proxy.target(), "20/db-2:3306"
    proxy.server(20, "db-5")
    proxy.do("UPDATE mysql_servers SET weight = 9 WHERE hostname = 'db-1'")
    with pytest.raises(Refused, match="1 other rows differ"):
        await operator.propose("proxysql.take-out", here, server=server)
    proxy.ask("admin", "SAVE MYSQL SERVERS FROM RUNTIME")
    proxy.do("INSERT INTO mysql_replication_hostgroups VALUES (10, 20, '')")
    with pytest.raises(Refused, match="1 other rows differ"):
        await operator.propose("proxysql.take-out", here, server=server)
    proxy.do("DELETE FROM mysql_replication_hostgroups")
    proxy.do("DELETE FROM mysql_servers WHERE hostname = 'db-2'")
    with pytest.raises(Refused, match="in the runtime alone"):
        await operator.propose("proxysql.take-out", here, server=server)
    with pytest.raises(Gone):
        await operator.propose("proxysql.take-out", here, server="20/db-9:3306")


async def test_a_wrong_password_is_told(proxy: ProxySql) -> None:
    with pytest.raises(Denied, match="Access denied"):
        await MysqlTransport().open(
            proxy.target(password="wrong"), INTEGRATION.script, 1.0, Heard()
        )
