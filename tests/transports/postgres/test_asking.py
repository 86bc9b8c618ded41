"""Statements in, rows out: one round trip, one refusal each, whatever text a database holds."""

import asyncio
import shutil
import signal
from pathlib import Path

import pytest
from psycopg import pq

from opsconsole.errors import (
    Denied,
    Lost,
    Malformed,
    TargetError,
    Unreachable,
    Unsupported,
    Untrusted,
)
from opsconsole.model import Target
from opsconsole.question import Questions, Statement
from opsconsole.secret import Secret
from opsconsole.transports.postgres import session
from tests.servers.authority import Authority
from tests.servers.port import PORT
from tests.servers.postgres import Server, primary
from tests.servers.sampler import eventually
from tests.transports.postgres.scene import asking, opened

pytestmark = pytest.mark.server

_MINE = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'opsconsole'"


async def test_values_come_as_they_are_and_statements_by_version(server: Server) -> None:
    questions: Questions = {
        "one": (
            Statement("SELECT 1::int8, 2.5::float8, true, NULL::text, 'é\u202e\x1b[2J'::text"),
            Statement("SELECT 1", since=990000),
            Statement("SELECT 1", until=100000),
            Statement("SELECT 'new'::text", since=140000, until=990000),
        )
    }
    async with opened(server.target(), questions) as talk:
        for _ in range(2):  # prepared, and from what was prepared
            rows = [(1, 2.5, True, None, "é\u202e\x1b[2J")]
            assert await talk.parts() == [rows, [], [], [("new",)]]
        received, sent = talk.session.traffic
        assert received > 0
        assert sent > 0


async def test_one_that_fails_spoils_no_other_and_fills_no_log(server: Server) -> None:
    broken = ("SELECT * FROM nowhere", "SELECT 1/0", "SELECT pg_read_file('x')")
    async with opened(server.target("bare"), asking("SELECT 1", *broken, "SELECT 2")) as talk:
        for _ in range(3):
            assert await talk.parts() == [[(1,)], "42P01", "22012", "42501", [(2,)]]
    assert server.log.count('relation "nowhere" does not exist') == 1
    assert server.log.count("division by zero") == 3


async def test_all_of_an_exchange_is_prepared_once_and_sent_together(server: Server) -> None:
    prepared = "SELECT count(*) FROM pg_prepared_statements"
    async with opened(server.target(), asking(prepared, "SELECT 1", "SELECT 2")) as talk:
        counts = [(await talk.parts())[0] for _ in range(3)]
    assert counts[1] == counts[2]


async def test_a_table_that_changed_its_shape_is_read_again(server: Server) -> None:
    server.sql("CREATE TABLE shape (a int)", "GRANT SELECT ON shape TO watch")
    async with opened(server.target(), asking("TABLE public.shape")) as talk:
        assert await talk.parts() == [[]]
        server.sql("ALTER TABLE shape ADD b int", "INSERT INTO shape VALUES (1, 2)")
        assert await talk.parts() in (["0A000"], [[(1, 2)]])
        assert await talk.parts() == [[(1, 2)]]


async def test_text_in_no_encoding_and_a_statement_of_a_megabyte(server: Server) -> None:
    server.sql(
        "CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'",
    )
    cut = "SELECT substr(textsend(repeat('é', 1000000)), 1, 9)"
    raw = r"SELECT convert_from('\xff41'::bytea, 'SQL_ASCII')"
    async with opened(server.target(database="ascii"), asking(raw, cut)) as talk:
        assert await talk.parts() == [[("\ufffdA",)], [("éééé\ufffd",)]]


async def test_a_value_that_cannot_be_told_spoils_no_other(server: Server) -> None:
    odd = ("SELECT 'infinity'::date", "SELECT '1 day'::interval, int4range(1, 2)")
    async with opened(server.target(), asking(*odd, "SELECT 1")) as talk:
        for _ in range(2):
            first, second, third = await talk.parts()
            assert (first, second) == ("", "")
            assert third == [(1,)]


async def test_a_defect_ends_the_session_and_is_said(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(server.target(), asking("SELECT 1")) as talk:
        monkeypatch.setattr(session, "joined", None)
        with pytest.raises(Malformed, match="TypeError"):  # noqa: PT012 - asking is what fails
            talk.session.ask("one")
            await talk.session.ended()


async def test_what_watches_never_waits_long_for_a_lock(server: Server) -> None:
    server.sql("CREATE TABLE held ()", "GRANT SELECT ON held TO watch")
    with server.connect() as other, other.transaction():
        other.execute("LOCK TABLE held")
        async with opened(server.target(), asking("TABLE public.held", "SELECT 1")) as talk:
            assert await talk.parts() == ["55P03", [(1,)]]


async def test_one_that_is_ended_there_is_lost_and_says_by_whom(server: Server) -> None:
    async with opened(server.target(), asking("SELECT 1", _MINE)) as talk:
        assert (await talk.parts())[1] == [(1,)]
        server.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'opsconsole'"
        )
        with pytest.raises(Lost):  # noqa: PT012 - asking is what notices
            talk.session.ask("one")
            await talk.session.ended()
        with pytest.raises(Lost):
            talk.session.ask("one")
    assert server.sql(_MINE) == [(0,)]


async def test_closing_leaves_nothing_there_even_in_the_middle(server: Server) -> None:
    async with opened(server.target(), asking("SELECT pg_sleep(4)")) as talk:
        talk.session.ask("one")
        busy = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        await eventually(lambda: server.sql(busy) == [(1,)])
    assert talk.heard.answers == []
    await eventually(lambda: server.sql(_MINE) == [(0,)])


async def test_one_that_says_nothing_is_given_up(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "PATIENCE", 0.2)
    async with opened(server.target(), asking("SELECT pg_sleep(4)")) as talk:
        with pytest.raises(Unreachable, match="no answer within"):  # noqa: PT012 - asking ends it
            talk.session.ask("one")
            await talk.session.ended()


async def test_a_restart_is_lost_then_reached_again() -> None:
    with primary() as server:
        async with opened(server.target(), asking("SELECT 1")) as talk:
            server.stop(signal.SIGQUIT)
            with pytest.raises(Lost):  # noqa: PT012 - asking is what notices
                talk.session.ask("one")
                await talk.session.ended()
        with pytest.raises(Unreachable, match="nobody answers there"):
            async with opened(server.target(), asking("SELECT 1")):
                pass
        await asyncio.to_thread(server.start)
        async with opened(server.target(), asking("SELECT 1")) as talk:
            assert await talk.parts() == [[(1,)]]


REFUSALS: list[tuple[str, dict[str, object], type[TargetError], str]] = [
    ("refused", {}, Denied, "no line of its pg_hba.conf"),
    ("secretive", {}, Denied, "does not take our password"),
    ("secretive", {"password": Secret("env", ("PG_WRONG",))}, Denied, "does not take our password"),
    ("nobody", {}, Denied, "does not let this role in"),
    ("watch", {"database": "nix"}, Unsupported, "no such database"),
    ("watch", {"sslmode": "require"}, Untrusted, "TLS"),
    ("watch", {"service": "nix"}, Unsupported, "no such service"),
]


@pytest.mark.parametrize(("user", "settings", "kind", "said"), REFUSALS)
async def test_why_one_is_not_let_in(
    server: Server,
    user: str,
    settings: dict[str, object],
    kind: type[TargetError],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PG_WRONG", "hush-hush")
    with pytest.raises(kind, match=said) as caught:
        async with opened(server.target(user, **settings), asking("SELECT 1")):
            pass
    assert caught.value.remedy
    assert "hush-hush" not in f"{caught.value}{caught.value.remedy}"


async def test_a_password_a_socket_and_a_database(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PG_RIGHT", "secret-sauce")
    right = Secret("env", ("PG_RIGHT",))
    async with opened(server.target("secretive", password=right), asking("SELECT 1")) as talk:
        assert await talk.parts() == [[(1,)]]
    database = "SELECT current_database()::text, current_setting('application_name')"
    near = server.target(socket=str(server.socket), database="template1")
    async with opened(near, asking(database)) as talk:
        assert await talk.parts() == [[("template1", "opsconsole")]]
    assert near.port == PORT


async def test_a_file_of_passwords_and_a_service(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text(f"{server.address}:{PORT}:*:secretive:secret-sauce\n")
    passwords.chmod(0o600)
    async with opened(server.target("secretive", passfile=str(passwords)), asking("SELECT 1")):
        pass
    services = tmp_path / "services"
    services.write_text(f"[orders]\nhost={server.address}\nport={PORT}\ndbname=template1\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    named = Target("db", "postgres", "postgres", "db", user="bare", settings={"service": "orders"})
    async with opened(named, asking("SELECT current_database()::text")) as talk:
        assert await talk.parts() == [[("template1",)]]


async def test_a_certificate_is_checked(server: Server, tmp_path: Path) -> None:
    authority, stranger = Authority(tmp_path, "ours"), Authority(tmp_path, "stranger")
    for name, path in zip(("crt", "key"), authority.sign("server", server.address), strict=True):
        copy = server.data / f"server.{name}"
        shutil.copy(path, copy)
        copy.chmod(0o600)
        shutil.chown(copy, server.data.owner(), server.data.group())
    server.sql("ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()")
    used = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    await eventually(lambda: server.sql("SHOW ssl") == [("on",)])
    async with opened(server.target(ca=str(authority.path)), asking(used)) as talk:
        assert await talk.parts() == [[(True,)]]
    with pytest.raises(Untrusted, match="certificate"):
        async with opened(server.target(ca=str(stranger.path)), asking(used)):
            pass


async def test_a_library_in_plain_python_is_told(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pq, "__impl__", "python")
    with pytest.raises(Unsupported, match="plain Python") as caught:
        async with opened(server.target(), asking("SELECT 1")):
            pass
    assert "psycopg[binary]" in caught.value.remedy
