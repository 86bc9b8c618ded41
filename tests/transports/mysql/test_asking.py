"""Questions to a MariaDB: values survive, a refusal spoils nothing, what ends it is told."""

import asyncio
import os
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from opsconsole import table
from opsconsole.errors import (
    Denied,
    Lost,
    Malformed,
    TargetError,
    Unreachable,
    Unsupported,
    Untrusted,
)
from opsconsole.question import Statement
from opsconsole.secret import Secret
from opsconsole.transports.mysql import client
from opsconsole.transports.mysql.client import fits, known
from tests.servers.authority import Authority
from tests.servers.mariadb import PASSWORD, MariaDb, server
from tests.servers.sampler import eventually
from tests.transports.mysql.scene import answers, ended, opened, said

pytestmark = pytest.mark.server


async def test_values_come_as_they_are(db: MariaDb) -> None:
    sql = (
        "SELECT 1, -1.5, 1e300, 18446744073709551615, NULL, 'é', X'ff41', '\\Z\\n',"
        " DATE('2026-01-02')"
    )
    (part,) = await answers(db.target(), sql)
    row = [1, -1.5, 1e300, 2**64 - 1, None, "é", "\N{REPLACEMENT CHARACTER}A", "\x1a\n"]
    assert said(part) == [[*row, "2026-01-02"]]


async def test_a_password_of_any_letters(db: MariaDb, monkeypatch: pytest.MonkeyPatch) -> None:
    db.sql("CREATE USER letters IDENTIFIED BY 'pä€ß\\'%s'")
    monkeypatch.setenv("OPSCONSOLE_TEST_PASSWORD", "pä€ß'%s")
    secret = Secret("env", ("OPSCONSOLE_TEST_PASSWORD",))
    (part,) = await answers(db.target("letters", password=secret), "SELECT 1")
    assert said(part) == [[1]]


async def test_a_text_of_a_megabyte_and_an_answer_without_end(db: MariaDb) -> None:
    whole, cut = await answers(
        db.target(), "SELECT REPEAT('x', 1048576)", "SELECT LEFT(REPEAT('\\e[2J', 262144), 8)"
    )
    assert len(said(whole)[0][0]) == 1 << 20
    assert said(cut) == [["e[2Je[2J"]]
    async with opened(
        db.target(), "SELECT REPEAT('x', 1048576) FROM information_schema.collations"
    ) as (one, _):
        one.ask("one")
        with pytest.raises(Malformed, match="more than 16 MiB in one answer"):
            await ended(one)


async def test_one_refusal_spoils_no_other_answer(db: MariaDb) -> None:
    parts = await answers(
        db.target(),
        "SELECT 1",
        "SELECT * FROM mysql.user",
        "SELEKT",
        "INSERT INTO mysql.help_topic VALUES ()",
        Statement("SELECT 1", family="mysql"),
        Statement("SELECT 1", since=990000),
        Statement("SELECT 1", until=100000),
        "SHOW GLOBAL STATUS LIKE 'Uptime'",
        "SELECT 2",
    )
    assert [part.status for part in parts] == [0, 1, 1, 1, 2, 2, 2, 0, 0]
    codes = [refusal.code for part in parts if (refusal := table.why(part))]
    assert codes == ["1142", "1064", "1142"]
    assert said(parts[7])[0]["variable_name"] == "Uptime"
    assert said(parts[8]) == [[2]]


async def test_it_can_only_read_and_not_for_long(db: MariaDb) -> None:
    db.sql(
        "CREATE DATABASE IF NOT EXISTS s; CREATE TABLE s.t (a INT);"
        f"CREATE USER owner IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON *.* TO owner"
    )
    parts = await answers(
        db.target("owner"),
        "INSERT INTO s.t VALUES (1)",
        "SELECT 1; DROP TABLE s.t",
        "SELECT @@max_statement_time, @@autocommit, @@sql_select_limit, @@time_zone",
        "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE s.t",
    )
    assert [why.code for part in parts if (why := table.why(part))] == ["1792", "1064", "4166"]
    assert said(parts[2]) == [[7.0, 1, client.ROWS, "SYSTEM"]]
    assert db.number("SELECT COUNT(*) FROM s.t") == 0


async def test_it_leaves_nothing_behind(db: MariaDb) -> None:
    aborted = "SELECT variable_value FROM information_schema.global_status WHERE variable_name='{}'"
    before = db.number(aborted.format("ABORTED_CLIENTS"))
    sessions = "SELECT COUNT(*) FROM information_schema.processlist WHERE user='watch'"
    async with opened(db.target(), "SELECT 1") as (one, heard):
        one.ask("one")
        one.ask("nonsense")
        await heard.until(lambda heard: len(heard.answers) == 2)
        assert isinstance(heard.answers[1].error or heard.answers[0].error, Unsupported)
        assert db.number(sessions) == 1
        received, sent = one.traffic
        assert received > 100
        assert sent > 100
    await eventually(lambda: db.number(sessions) == 0)
    assert db.number(aborted.format("ABORTED_CLIENTS")) == before
    await one.close()
    with pytest.raises(Lost):
        one.ask("one")


@pytest.mark.parametrize(
    ("change", "error", "remedy"),
    [
        ("user", Denied, "mend `user` and `password`"),
        ("password", Denied, "mend `user` and `password`"),
        ("port", Unreachable, "does it run"),
        ("address", Unreachable, "mend `address`"),
    ],
)
async def test_why_it_is_not_reached(
    db: MariaDb, change: str, error: type[TargetError], remedy: str
) -> None:
    usual = db.target()
    targets = {
        "user": replace(usual, user="nobody"),
        "password": replace(usual, settings={}),
        "port": replace(usual, port=1),
        "address": replace(usual, address="nowhere.invalid"),
    }
    with pytest.raises(error) as caught:
        await answers(targets[change], "SELECT 1")
    assert str(caught.value).startswith("db: ")
    assert remedy in caught.value.remedy


async def test_a_database_that_is_not_there_or_not_ours(db: MariaDb) -> None:
    db.sql(f"CREATE USER owns_all IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON *.* TO owns_all")
    with pytest.raises(Unsupported, match="Unknown database 'none'") as caught:
        await answers(db.target("owns_all", database="none"))
    assert "mend `database`" in caught.value.remedy
    with pytest.raises(Denied) as denied:
        await answers(db.target(database="s3cret"))
    assert "leave `database` out" in denied.value.remedy


async def test_a_server_that_is_full_is_told_as_such(db: MariaDb) -> None:
    db.sql("SET GLOBAL max_connections = 10")
    held = [db.session() for _ in range(10)]
    try:
        with pytest.raises(Unreachable, match="1040") as caught:
            await answers(db.target())
        assert "max_connections" in caught.value.remedy
    finally:
        for one in held:
            one.close()
        await eventually(lambda: _up(db))
        db.sql("SET GLOBAL max_connections = 151")


def _up(db: MariaDb) -> bool:
    try:
        return db.number("SELECT 1") == 1
    except subprocess.CalledProcessError:
        return False


async def test_a_connection_that_is_killed_and_one_that_hangs(
    db: MariaDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(db.target(), "SELECT CONNECTION_ID()") as (one, heard):
        one.ask("one")
        await heard.until(lambda heard: bool(heard.answers))
        db.sql("KILL USER watch")
        one.ask("one")
        with pytest.raises(Lost):
            await ended(one)
    monkeypatch.setattr(client.Client.call, "__defaults__", ((), 1.0))
    monkeypatch.setattr(client, "CONNECTING", 1.0)
    async with opened(db.target()) as (one, heard):
        os.kill(db.pid, signal.SIGSTOP)
        try:
            one.ask("one")
            with pytest.raises(Unreachable, match="no answer in time"):
                await ended(one)
            with pytest.raises(Unreachable, match="no answer in time"):
                async with opened(db.target()):
                    pass
        finally:
            os.kill(db.pid, signal.SIGCONT)


async def test_a_socket_and_an_option_file(db: MariaDb, tmp_path: Path) -> None:
    file = tmp_path / "my.cnf"
    file.write_text(f"[mysql]\nno-auto-rehash\n[client]\nuser = watch\npassword = '{PASSWORD}'\n")
    file.chmod(0o600)
    target = replace(
        db.target(), user=None, settings={"socket": str(db.socket), "option_file": str(file)}
    )
    (part,) = await answers(target, "SELECT SUBSTRING_INDEX(CURRENT_USER(), '@', 1)")
    assert said(part) == [["watch"]]
    file.chmod(0o644)
    with pytest.raises(Unsupported, match="can be used by others"):
        await answers(target)


async def test_tls_with_a_certificate_that_is_checked(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with server("tls") as one:
        cert, key = authority.sign("server", one.address)
        for path in (authority.path, cert, key):
            (one.folder / path.name).write_bytes(path.read_bytes())
            (one.folder / path.name).chmod(0o644)
        one.kill(signal.SIGTERM)
        one.options |= {
            "ssl-cert": str(one.folder / cert.name),
            "ssl-key": str(one.folder / key.name),
            "ssl-ca": str(one.folder / authority.path.name),
            "require-secure-transport": "ON",
        }
        await asyncio.to_thread(one.start)
        told = "SHOW STATUS LIKE 'Ssl_cipher'"
        (part,) = await answers(one.target(ca=str(authority.path)), told)
        assert "TLS" in said(part)[0]["value"]
        await answers(one.target(insecure=True), told)
        with pytest.raises(Untrusted, match="its certificate is refused") as caught:
            await answers(one.target(tls=True), told)
        assert 'ca = "PATH"' in caught.value.remedy
        with pytest.raises(Denied) as denied:
            await answers(one.target(), told)
        assert "TLS" in denied.value.remedy


async def test_a_server_without_tls_gets_no_password(db: MariaDb) -> None:
    with pytest.raises(Untrusted, match="offers no TLS"):
        await answers(db.target(insecure=True))


@pytest.mark.parametrize(
    ("version", "family", "number"),
    [
        ("8.0.36-28", "mysql", 80036),
        ("9.7.4-2", "mysql", 90704),
        ("5.5.5-10.11.6-MariaDB-log", "mariadb", 101106),
        ("11.4.2-MariaDB", "mariadb", 110402),
        ("5.7.44-log", "mysql", 50744),
        ("", "mysql", 0),
        ("x.9999999.3.4", "mysql", 3),
    ],
)
def test_versions_are_known(version: str, family: str, number: int) -> None:
    assert known(version) == (family, number)


def test_a_statement_fits_from_one_version_to_another() -> None:
    one = Statement("", since=80022, until=80400, family="mysql")
    assert [fits(one, "mysql", at) for at in (80021, 80022, 80399, 80400)] == [
        False,
        True,
        True,
        False,
    ]
    assert not fits(one, "mariadb", 80100)
