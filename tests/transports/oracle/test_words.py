"""The driver's and the server's words as our errors; values as rows may hold them."""

import datetime
import decimal
import math

import oracledb
import pytest

from opsconsole.errors import Denied, Lost, TargetError, Unreachable, Unsupported, Untrusted
from opsconsole.question import Statement
from opsconsole.transports.oracle.client import fits, known, plain, reads
from opsconsole.transports.oracle.faults import is_refusal, number, of_failure, words


@pytest.mark.parametrize(
    ("said", "kind", "remedy"),
    [
        ("ORA-01017: invalid username/password; logon denied", Denied, "C##"),
        ("ORA-28000: The account is locked.", Denied, "ACCOUNT UNLOCK"),
        ("ORA-28001: the password has expired", Denied, "new password"),
        ("ORA-01045: user WATCH lacks CREATE SESSION privilege", Denied, "CREATE SESSION"),
        ("ORA-00020: maximum number of processes (300) exceeded", Unreachable, "processes"),
        ("ORA-01033: ORACLE initialization or shutdown in progress", Unreachable, "`privilege`"),
        ("ORA-00028: your session has been killed", Lost, "alert log"),
        ("ORA-03113: end-of-file on communication channel", Lost, "alert log"),
        ("DPY-3015: password verifier type 0x939 is not supported", Denied, "11G or 12C"),
        ("DPY-3001: Native Network Encryption is only supported in thick mode", Unsupported, "TLS"),
        ("DPY-3010: connections to this database server version", Unsupported, "12.1"),
        ("DPY-4024: call timeout of 7000 ms exceeded", Unreachable, "firewall"),
        ("DPY-6002: The distinguished name on the server certificate", Untrusted, "`address`"),
    ],
)
def test_what_was_said_is_an_error_with_a_remedy(
    said: str, kind: type[TargetError], remedy: str
) -> None:
    found = of_failure("db", oracledb.DatabaseError(f"{said}\nHelp: https://docs.example/x"))
    assert type(found) is kind
    assert remedy in found.remedy
    assert str(found).startswith("db: ")
    assert "docs.example" not in str(found)


def test_a_refusal_leaves_the_connection() -> None:
    refused = oracledb.DatabaseError('ORA-00942: table or view "SYS"."V_$LOG" does not exist')
    assert is_refusal(refused)
    assert number(refused) == 942
    for text in ("ORA-03113: gone", "ORA-12571: TNS", "DPY-4011: gone", "DPY-4024: slow", "x"):
        assert not is_refusal(oracledb.DatabaseError(text)), text


def test_words_are_harmless_and_short() -> None:
    text = words(oracledb.DatabaseError("ORA-20000: a\x1b[2Jb\x07" + "x" * 9999))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert len(text) <= 201


def test_versions_choose_statements() -> None:
    assert [known(one) for one in ("19.3.0.0.0", "12.1.0.2.0", "23.26.1", "x", "9999.1")] == [
        190300, 120100, 232601, 0, 100,
    ]  # fmt: skip
    assert fits(Statement("SELECT 1", since=180000), 190300)
    assert not fits(Statement("SELECT 1", until=180000), 190300)
    assert not fits(Statement("SELECT 1", family="mysql"), 190300)


def test_only_queries_are_asked() -> None:
    assert reads("SELECT 1 FROM dual")
    assert reads(" with x AS (SELECT 1 FROM dual) SELECT * FROM x")
    for sql in ("ALTER SYSTEM CHECKPOINT", "BEGIN NULL; END;", "DELETE FROM t", "SELECTED", ""):
        assert not reads(sql), sql


def test_values_are_text_numbers_or_none() -> None:
    when = datetime.datetime(2026, 1, 2, 3, 4, 5)
    pairs: list[tuple[object, object]] = [
        (None, None), ("x", "x"), (1, 1), (10**30, 1e30), (10**400, None), (math.inf, None),
        (math.nan, None), (when, "2026-01-02 03:04:05"), (datetime.timedelta(minutes=1), 60.0),
        (b"\x01\xff", "01FF"), (decimal.Decimal("1.5"), "1.5"),
    ]  # fmt: skip
    for value, expected in pairs:
        assert plain(value) == expected, value
