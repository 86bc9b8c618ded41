"""What is told of backups, and what is told when pgBackRest says something else."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsconsole.clean import clean
from opsconsole.domains.database.pgbackrest.probe import STATES
from opsconsole.domains.database.pgbackrest.wire import MOST
from opsconsole.errors import Denied, Malformed, TargetError, Unreachable, Unsupported
from tests.domains.database.pgbackrest.scene import ANSWER, NOW, PROBES, payload, table


def changed(**status: object) -> bytes:
    (one,) = msgspec.json.decode(ANSWER)
    one["status"] |= status
    return msgspec.json.encode([one])


def test_a_stanza_is_told_with_the_ages_of_its_backups() -> None:
    (row,) = table("stanza", payload())
    assert (row["stanza"], row["state"], row["version"]) == ("main", "ok", "15")
    assert row["backup_age_s"] == row["incr_age_s"] == 3600.0
    assert (row["full_age_s"], row["diff_age_s"]) == (3605.0, 3602.0)
    assert (row["backups"], row["damaged"], row["running"]) == (3, 0, "no")
    assert row["newest"] == "20261129-064522F_20261129-064532I"
    assert row["repository_bytes"] == 3054370 + 172520 + 1100
    assert row["database_bytes"] == 23080233
    assert (row["wal_first"], row["wal_last"]) == (
        "000000010000000000000006",
        "00000001000000000000000C",
    )


def test_each_backup_is_told_the_newest_first() -> None:
    rows = table("backup", payload())
    assert [row["type"] for row in rows] == ["incr", "diff", "full"]
    assert [row["took_s"] for row in rows] == [1.0, 2.0, 6.0]
    assert rows[-1]["wal_start"] == rows[-1]["wal_stop"] == "000000010000000000000008"
    assert rows[0]["finished"] == NOW - 3600.0
    assert {row["damaged"] for row in rows} == {"no"}


def test_all_of_a_repository_in_one_line() -> None:
    (row,) = table("health", payload())
    assert (row["role"], row["version"], row["stanzas"], row["failing"]) == ("backup", "2.45", 1, 0)
    assert (row["backup_age_s"], row["full_age_s"]) == (3600.0, 3605.0)
    (empty,) = table("health", payload(b"[]"))
    assert (empty["stanzas"], empty["backup_age_s"], empty["repository_bytes"]) == (0, None, None)
    assert table("stanza", payload(b"[]")) == table("backup", payload(b"[]")) == []


@pytest.mark.parametrize(("code", "word"), [*STATES.items(), (99, "error"), (12, "error")])
def test_what_a_status_means(code: int, word: str) -> None:
    (row,) = table("stanza", payload(changed(code=code, message="a\x1b[2Jb")))
    assert row["state"] == word
    assert str(row["message"]).isprintable()
    (health,) = table("health", payload(changed(code=code)))
    assert health["failing"] == (code != 0)


def test_a_backup_under_way_and_one_that_is_damaged() -> None:
    assert table("stanza", payload(changed(lock={"backup": {"held": True}})))[0]["running"] == "yes"
    damaged = ANSWER.replace(b'"error":false', b'"error":true', 1)
    assert table("stanza", payload(damaged))[0]["damaged"] == 1
    assert table("backup", payload(damaged))[-1]["damaged"] == "yes"


FAULTS: list[tuple[bytes, type[TargetError], str]] = [
    (b"now:1\nabsent:\n", Unsupported, "not installed"),
    (b"", Malformed, "without its end"),
    (payload()[:400], Malformed, "without its end"),
    (payload(ANSWER[:400]), Malformed, "something else"),
    (payload(b'[{"name":1}]'), Malformed, "something else"),
    (payload(b"\xff\x1b[2J", status=1), Malformed, "status 1"),
    (payload(b"ERROR: [041]: unable to open", status=41), Denied, "may not read"),
    (payload(b"", status=137), Unreachable, "50 s"),
]


@pytest.mark.parametrize(("said", "kind", "words"), FAULTS)
def test_what_is_no_answer_is_told_with_a_remedy(
    said: bytes, kind: type[TargetError], words: str
) -> None:
    for probe in PROBES.values():
        with pytest.raises(kind, match=words) as caught:
            probe.read(said)
        assert str(caught.value).isprintable()


def test_a_crowd_of_backups_is_bounded() -> None:
    (one,) = msgspec.json.decode(ANSWER)
    one["backup"] = [one["backup"][0] | {"label": str(at)} for at in range(MOST + 50)]
    assert len(table("backup", payload(msgspec.json.encode([one])))) == MOST


NUMBERS = st.integers() | st.just(2**70) | st.none()


@settings(max_examples=30)
@given(st.fixed_dictionaries({"start": st.integers(), "stop": st.integers()}), NUMBERS, st.text())
def test_absurd_values_are_survived(times: dict[str, int], size: int | None, words: str) -> None:
    (one,) = msgspec.json.decode(ANSWER)
    made: dict[str, Any] = {
        "label": words,
        "type": words,
        "timestamp": times,
        "info": {"size": size, "repository": {"delta": size}},
    }
    said = msgspec.json.encode([one | {"name": words, "backup": [made], "archive": []}])
    for name in ("health", "stanza", "backup"):
        try:
            rows = table(name, payload(said))
        except TargetError:
            continue
        for row in rows:
            msgspec.msgpack.encode(list(row.values()))
            assert all(not isinstance(v, str) or clean(v) == v for v in row.values())
