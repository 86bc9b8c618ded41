"""What is claimed of each statement, against what a real server locks, reads and writes for it."""

import time
from collections.abc import Generator
from typing import Any, NamedTuple

import psycopg
import pytest

from opsconsole.domains.database.postgres.action import asking
from opsconsole.domains.database.postgres.ddl.catalog import Catalog, answer, question
from opsconsole.domains.database.postgres.ddl.claim import MODES, Lock, Statement, Work
from opsconsole.domains.database.postgres.ddl.command import parse
from opsconsole.domains.database.postgres.ddl.judge import Judged
from tests.domains.database.postgres.scene import waiting
from tests.servers.postgres import Server

pytestmark = pytest.mark.server

TABLES = (
    "CREATE EXTENSION IF NOT EXISTS pg_stat_statements",
    "CREATE DOMAIN positive AS int CHECK (VALUE > 0)",
    "CREATE DOMAIN label AS text",
    "CREATE TABLE buyer (id int PRIMARY KEY, code text UNIQUE)",
    "CREATE TABLE item (id int PRIMARY KEY, buyer int, title varchar(50), note text,"
    " price numeric(10,2), at timestamp(3), seen timestamptz, kind char(3), never int, done int"
    " CHECK (done IS NOT NULL), few int CHECK (few > 0), big int NOT NULL, ref int4,"
    " CONSTRAINT later CHECK (never > 0) NOT VALID,"
    " CONSTRAINT owned FOREIGN KEY (buyer) REFERENCES buyer)",
    "ALTER TABLE item ADD CONSTRAINT early FOREIGN KEY (ref) REFERENCES buyer NOT VALID",
    "INSERT INTO buyer VALUES (1, 'a')",
    "INSERT INTO item SELECT g, 1, 'x', 'y', 1, now(), now(), 'abc', NULL, 1, 1, g, 1"
    " FROM generate_series(1, 500) g",
    "CREATE INDEX by_title ON item (title)",
    "CREATE INDEX by_ref ON item (ref)",
    "CREATE UNIQUE INDEX by_big ON item (big)",
    "CREATE UNIQUE INDEX by_never ON buyer (code)",
    "CREATE TABLE loose (n int)",
    "CREATE UNIQUE INDEX by_loose ON loose (n)",
    "INSERT INTO loose VALUES (1)",
    "CREATE UNLOGGED TABLE quick (n int)",
    "INSERT INTO quick VALUES (1)",
    "CREATE TABLE log (at int) PARTITION BY RANGE (at)",
    "CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (10)",
    "CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM (10) TO (20)",
    "CREATE TABLE log_other PARTITION OF log DEFAULT",
    "CREATE TABLE log_3 (at int)",
    "INSERT INTO log SELECT generate_series(1, 30)",
    "CREATE MATERIALIZED VIEW sums AS SELECT buyer, count(*) AS n FROM item GROUP BY 1",
    "CREATE UNIQUE INDEX by_buyer ON sums (buyer)",
    "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TRIGGER noting AFTER INSERT ON item FOR EACH ROW EXECUTE FUNCTION noted()",
    "CREATE RULE ruled AS ON DELETE TO loose DO ALSO NOTHING",
    'CREATE SCHEMA "Odd; --"',
    'CREATE TABLE "Odd; --"."a.""b" (n int)',
    "VACUUM ANALYZE",
)


class Seen(NamedTuple):
    """What a statement did to a relation."""

    lock: Lock
    work: Work


class Known(NamedTuple):
    """A relation at one moment."""

    label: str
    file: int
    kind: str
    size: int


@pytest.fixture(scope="module")
def tables(server: Server) -> Generator[psycopg.Connection[Any]]:
    server.sql("CREATE DATABASE ddl TEMPLATE template0")
    server.sql("SET allow_in_place_tablespaces = on", "CREATE TABLESPACE other LOCATION ''")
    server.sql(*TABLES, database="ddl")
    with server.connect(database="ddl") as conn:
        conn.prepare_threshold = None  # a rollback would let go of what is prepared
        conn.pgconn.prepare(b"ddl", asking.statement("ddl").encode())
        yield conn


def catalog(conn: psycopg.Connection[Any], statement: Statement) -> Catalog:
    """What the server tells of a statement."""
    found = conn.pgconn.exec_prepared(b"ddl", [question(statement).encode()])
    said = found.get_value(0, 0)
    assert said is not None, found.error_message.decode()
    return answer(said)


def claims(conn: psycopg.Connection[Any], sql: str) -> dict[str, Seen]:
    """What is claimed, by relation."""
    statement = parse(sql)
    judged = Judged(statement, catalog(conn, statement))
    assert not judged.missing
    return {one.relation.label: Seen(one.lock, one.work) for one in judged.effects}


def names(conn: psycopg.Connection[Any]) -> dict[int, Known]:
    """Label, file and kind of each relation, by oid."""
    rows = conn.execute(
        "SELECT c.oid::int8, quote_ident(n.nspname) || '.' || quote_ident(c.relname),"
        " c.relfilenode::int8, c.relkind::text, pg_relation_size(c.oid) FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid > 16383"
        " AND n.nspname <> 'pg_toast'"
    )
    return {row[0]: Known(*row[1:]) for row in rows}


def scans(conn: psycopg.Connection[Any]) -> dict[int, int]:
    """How often each relation was read whole in this transaction, or by an index."""
    rows = conn.execute(
        "SELECT c.oid::int8, pg_stat_get_xact_numscans(c.oid)::int8 FROM pg_class c"
        " WHERE c.oid > 16383"
    )
    return dict(rows.fetchall())


def observe(conn: psycopg.Connection[Any], sql: str) -> dict[str, Seen]:
    """Run it in a transaction that is rolled back: locks that its tables got, and what was done."""
    before = names(conn)
    conn.execute("BEGIN")
    try:
        was = scans(conn)
        conn.execute(sql.encode())
        held: dict[int, Lock] = {}
        for oid, mode in conn.execute(
            "SELECT relation::int8, mode FROM pg_locks WHERE pid = pg_backend_pid()"
            " AND locktype = 'relation' AND relation > 16383"
        ).fetchall():
            held[oid] = max(held.get(oid, Lock.ACCESS_SHARE), MODES[mode])
        now, read = names(conn), scans(conn)
    finally:
        conn.execute("ROLLBACK")
    return {
        before[oid].label: Seen(lock, _done(oid, before, now, was, read))
        for oid, lock in held.items()
        if oid in before and lock > Lock.ACCESS_SHARE
    }


def _done(
    oid: int,
    before: dict[int, Known],
    now: dict[int, Known],
    was: dict[int, int],
    read: dict[int, int],
) -> Work:
    if oid not in now:
        return Work.DISCARD
    if before[oid].file != now[oid].file:
        return Work.REWRITE if now[oid].size else Work.DISCARD
    return Work.SCAN if read.get(oid, 0) > was.get(oid, 0) else Work.NOTHING


STATEMENTS = [
    "ALTER TABLE item ADD COLUMN x int",
    "ALTER TABLE item ADD x int DEFAULT 7 NOT NULL",
    "ALTER TABLE item ADD COLUMN x timestamptz DEFAULT now()",
    "ALTER TABLE item ADD COLUMN x float DEFAULT random()",
    "ALTER TABLE item ADD COLUMN x uuid DEFAULT pg_catalog.gen_random_uuid()",
    "ALTER TABLE item ADD COLUMN x serial",
    "ALTER TABLE item ADD COLUMN x int GENERATED ALWAYS AS IDENTITY",
    "ALTER TABLE item ADD COLUMN x int GENERATED ALWAYS AS (id * 2) STORED",
    "ALTER TABLE item ADD COLUMN x positive",
    "ALTER TABLE item ADD COLUMN x label DEFAULT 'a'",
    "ALTER TABLE loose ADD COLUMN x int CHECK (x > 0)",
    "ALTER TABLE item ADD COLUMN x int REFERENCES buyer",
    "ALTER TABLE item ADD COLUMN x int DEFAULT 1 REFERENCES buyer (id) ON DELETE SET NULL",
    "ALTER TABLE item ADD COLUMN x int UNIQUE",
    "ALTER TABLE item DROP COLUMN note",
    "ALTER TABLE item DROP COLUMN buyer CASCADE",
    "ALTER TABLE item ALTER title TYPE varchar(80)",
    "ALTER TABLE item ALTER title TYPE varchar(20)",
    "ALTER TABLE item ALTER title TYPE text",
    "ALTER TABLE item ALTER title SET DATA TYPE varchar",
    "ALTER TABLE item ALTER note TYPE varchar",
    "ALTER TABLE item ALTER note TYPE varchar(80)",
    "ALTER TABLE item ALTER note TYPE label",
    "ALTER TABLE item ALTER price TYPE numeric(12,2)",
    "ALTER TABLE item ALTER price TYPE numeric",
    "ALTER TABLE item ALTER price TYPE numeric(12,3)",
    "ALTER TABLE item ALTER price TYPE numeric(8, 2)",
    "ALTER TABLE item ALTER at TYPE timestamp(6)",
    "ALTER TABLE item ALTER at TYPE timestamp",
    "ALTER TABLE item ALTER at TYPE timestamp(0)",
    "ALTER TABLE item ALTER at TYPE timestamptz",
    "ALTER TABLE item ALTER seen TYPE timestamp without time zone",
    "ALTER TABLE item ALTER kind TYPE char(4)",
    "ALTER TABLE item ALTER kind TYPE text",
    "ALTER TABLE item ALTER big TYPE bigint",
    "ALTER TABLE item ALTER big TYPE oid USING big::oid",
    "ALTER TABLE item ALTER few TYPE int",
    "ALTER TABLE item ALTER few TYPE positive",
    "ALTER TABLE item ALTER note TYPE int USING length(note)",
    "ALTER TABLE item ALTER big SET NOT NULL",
    "ALTER TABLE item ALTER done SET NOT NULL",
    "ALTER TABLE item ALTER title SET NOT NULL",
    "ALTER TABLE item ALTER big DROP NOT NULL",
    "ALTER TABLE item ALTER title SET DEFAULT 'it''s; --'",
    "ALTER TABLE item ALTER title DROP DEFAULT",
    "ALTER TABLE item ALTER title SET STATISTICS 500",
    "ALTER TABLE item ALTER title SET (n_distinct = -0.5)",
    "ALTER TABLE item ALTER title RESET (n_distinct)",
    "ALTER TABLE item ALTER title SET STORAGE EXTERNAL",
    "ALTER TABLE item ALTER title SET COMPRESSION pglz",
    "ALTER TABLE item ADD CONSTRAINT c CHECK (id > 0 AND title <> ')')",
    "ALTER TABLE item ADD CHECK (id > 0) NOT VALID",
    "ALTER TABLE item ADD CONSTRAINT f FOREIGN KEY (few) REFERENCES buyer (id)",
    "ALTER TABLE item ADD FOREIGN KEY (few) REFERENCES buyer ON DELETE CASCADE NOT VALID",
    "ALTER TABLE item ADD UNIQUE (title, id)",
    "ALTER TABLE loose ADD PRIMARY KEY (n)",
    "ALTER TABLE item ADD CONSTRAINT u UNIQUE USING INDEX by_big",
    "ALTER TABLE loose ADD CONSTRAINT p PRIMARY KEY USING INDEX by_loose",
    "ALTER TABLE item VALIDATE CONSTRAINT later",
    "ALTER TABLE item VALIDATE CONSTRAINT early",
    "ALTER TABLE item VALIDATE CONSTRAINT owned",
    "ALTER TABLE item DROP CONSTRAINT owned",
    "ALTER TABLE item DROP CONSTRAINT later",
    "ALTER TABLE item ALTER CONSTRAINT owned DEFERRABLE INITIALLY DEFERRED",
    "ALTER TABLE item RENAME COLUMN note TO remark",
    "ALTER TABLE item RENAME note TO remark",
    "ALTER TABLE item RENAME CONSTRAINT owned TO owner",
    "ALTER TABLE item RENAME TO thing",
    "ALTER TABLE item SET SCHEMA pg_catalog",
    "ALTER TABLE item OWNER TO watch",
    "ALTER TABLE item SET (fillfactor = 80, autovacuum_enabled = off)",
    "ALTER TABLE item RESET (fillfactor)",
    "ALTER TABLE item SET (user_catalog_table = on)",
    "ALTER TABLE item SET TABLESPACE other",
    "ALTER TABLE loose SET UNLOGGED",
    "ALTER TABLE quick SET UNLOGGED",
    "ALTER TABLE quick SET LOGGED",
    "ALTER TABLE item CLUSTER ON by_title",
    "ALTER TABLE item SET WITHOUT CLUSTER",
    "ALTER TABLE item REPLICA IDENTITY FULL",
    "ALTER TABLE item REPLICA IDENTITY USING INDEX by_big",
    "ALTER TABLE item DISABLE TRIGGER noting",
    "ALTER TABLE item ENABLE ALWAYS TRIGGER noting",
    "ALTER TABLE loose DISABLE RULE ruled",
    "ALTER TABLE item ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE item NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE item ADD x int, ALTER title TYPE text, DROP note",
    "ALTER TABLE log ADD COLUMN x int",
    "ALTER TABLE ONLY log ALTER COLUMN at SET STATISTICS 10",
    "ALTER TABLE log ALTER at SET NOT NULL",
    "ALTER TABLE log RENAME COLUMN at TO moment",
    "ALTER TABLE log ATTACH PARTITION log_3 FOR VALUES FROM (40) TO (50)",
    "ALTER TABLE log DETACH PARTITION log_2",
    "ALTER INDEX by_title RENAME TO other",
    "ALTER INDEX by_title SET (fillfactor = 70)",
    "CREATE INDEX ON item (note)",
    "CREATE UNIQUE INDEX n ON item USING btree (lower(note), id) INCLUDE (big) WHERE id > 3",
    "CREATE INDEX n ON log (at)",
    "DROP INDEX by_title",
    "DROP INDEX by_title, by_ref CASCADE",
    "REINDEX INDEX by_title",
    "REINDEX TABLE item",
    "DROP TABLE loose",
    "DROP TABLE item CASCADE",
    "DROP TABLE log",
    "TRUNCATE loose",
    "TRUNCATE TABLE buyer RESTART IDENTITY CASCADE",
    "TRUNCATE log",
    "CLUSTER item USING by_title",
    "REFRESH MATERIALIZED VIEW sums",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY sums",
    "CREATE TRIGGER t BEFORE UPDATE OF note, id ON item FOR EACH ROW EXECUTE FUNCTION noted()",
    "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON item FROM buyer DEFERRABLE FOR EACH ROW"
    " EXECUTE FUNCTION noted()",
    "DROP TRIGGER noting ON item",
    "COMMENT ON TABLE item IS 'x'",
    "COMMENT ON COLUMN public.item.note IS NULL",
    "COMMENT ON INDEX by_title IS $$it's$$",
    "COMMENT ON MATERIALIZED VIEW sums IS 'x'",
    'ALTER TABLE /* ; */ "Odd; --"."a.""b" ADD COLUMN "x y" int -- more\n DEFAULT 1;',
]


def told(found: dict[str, Seen]) -> dict[str, Seen]:
    """As far as a server can tell: an index that is built is a scan, and files that go are new."""
    same = {Work.INDEX: Work.SCAN}
    return {name: Seen(one.lock, same.get(one.work, one.work)) for name, one in found.items()}


@pytest.mark.parametrize("sql", STATEMENTS)
def test_locks_scans_and_files_are_as_claimed(tables: psycopg.Connection[Any], sql: str) -> None:
    claimed, seen = told(claims(tables, sql)), observe(tables, sql)
    indexes = {one.label for one in names(tables).values() if one.kind in "iI"}
    seen = {name: one for name, one in seen.items() if name in claimed or name not in indexes}
    assert claimed == seen


ALONE = [
    ("CREATE INDEX CONCURRENTLY n ON item (note)", "public.item"),
    ("DROP INDEX CONCURRENTLY by_title", "public.item"),
    ("REINDEX TABLE CONCURRENTLY item", "public.item"),
    ("VACUUM (VERBOSE, FULL) item", "public.item"),
    ("VACUUM (FULL off, ANALYZE) item (id)", "public.item"),
    ("VACUUM FULL item", "public.item"),
    ("ALTER TABLE log DETACH PARTITION log_1 CONCURRENTLY", "public.log"),
]
"""Refused in a transaction: what they wait for is seen, and then they are ended."""


@pytest.mark.parametrize(("sql", "table"), ALONE)
def test_what_stands_alone_waits_for_the_lock_that_is_claimed(
    server: Server, tables: psycopg.Connection[Any], sql: str, table: str
) -> None:
    statement = parse(sql)
    assert statement.alone
    assert statement.waits is ("CONCURRENTLY" in sql)
    claimed = claims(tables, sql)[table].lock
    with server.connect(database="ddl") as blocker, server.connect(database="ddl") as other:
        blocker.execute("BEGIN")
        blocker.execute(f"LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE".encode())
        pid = other.info.backend_pid
        with waiting(other, sql):
            try:
                asked: list[Lock] = []
                deadline = time.monotonic() + 60
                while not asked and time.monotonic() < deadline:
                    rows = tables.execute(
                        "SELECT mode FROM pg_locks WHERE pid = %s AND NOT granted"
                        " AND relation = %s::regclass",
                        (pid, table),
                    )
                    asked = [MODES[mode] for (mode,) in rows]
                assert asked == [claimed]
            finally:
                tables.execute("SELECT pg_cancel_backend(%s)", (pid,))
