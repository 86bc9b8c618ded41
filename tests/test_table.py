"""Answers of databases: rows in, rows out; refusals and nonsense are told as such."""

import msgspec
import pytest

from opsconsole import table
from opsconsole.errors import Malformed
from opsconsole.question import Part, joined, parted


class _Session(msgspec.Struct, array_like=True):
    pid: int
    state: str | None


def test_rows_come_back_as_they_were() -> None:
    payload = joined([table.rows([(7, "idle"), (8, None)]), table.NOT_ASKED])
    sessions, nothing = parted(payload, 2)
    assert table.read(sessions, _Session) == [_Session(7, "idle"), _Session(8, None)]
    assert table.read(nothing, _Session) == []
    assert table.why(sessions) is None


def test_a_refusal_is_told_in_the_servers_words() -> None:
    part = table.refused("42501", "permission denied for \x1b[31mpg_stat_wal")
    assert table.why(part) == table.Refusal("42501", "permission denied for \x1b[31mpg_stat_wal")
    with pytest.raises(Malformed, match=r"permission denied for .*pg_stat_wal \(42501\)") as told:
        table.read(part, _Session)
    assert "\x1b" not in str(told.value)


@pytest.mark.parametrize(
    "body", [b"", b"\xc1", msgspec.msgpack.encode([["x", 1]]), msgspec.msgpack.encode({"a": 1})]
)
def test_what_is_no_answer_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed, match="another shape"):
        table.read(Part(table.ROWS, body), _Session)
    assert table.why(Part(table.REFUSED, body)) is not None
