"""Sentinels: what they say of whom they watch, and a failover by their hand."""

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from opsconsole.domains.database.redis import INTEGRATION as REDIS
from opsconsole.domains.database.redis.overview import OVERVIEW as SERVER
from opsconsole.domains.database.sentinel import INTEGRATION
from opsconsole.domains.database.sentinel.action import FAILOVER
from opsconsole.domains.database.sentinel.peer import PEER
from opsconsole.domains.database.sentinel.primary import OVERVIEW, PRIMARY
from opsconsole.errors import Denied, Gone, Malformed, Refused, Unsupported
from tests.domains.database.redis.scene import acted, answer, asked, looked, table, thing, until
from tests.servers.redis import Server, replicated, sentinel
from tests.transports.redis.scene import target

INFO = (Path(__file__).parent / "answers" / "info.txt").read_bytes()


def master(**fields: str) -> list[bytes]:
    base = {"name": "m", "ip": "10.0.0.1", "port": "6379", "flags": "master", "num-slaves": "2",
            "num-other-sentinels": "2", "quorum": "2", "last-ok-ping-reply": "120"}  # fmt: skip
    return [word.encode() for pair in (base | fields).items() for word in pair]


def payload(*masters: list[bytes], quorum: bytes = b"OK 3 usable Sentinels.") -> bytes:
    return answer(INFO, list(masters), [(one[1], quorum) for one in masters])


@pytest.mark.parametrize(
    ("flags", "state"),
    [
        ("master", "up"),
        ("s_down,master", "suspect"),
        ("s_down,o_down,master", "down"),
        ("master,failover_in_progress,force_failover", "failing over"),
        ("master,disconnected", "disconnected"),
    ],
)
def test_flags_are_a_state(flags: str, state: str) -> None:
    (one,) = table(PRIMARY, payload(master(flags=flags)))
    assert (one["state"], one["address"], one["sentinels"]) == (state, "10.0.0.1:6379", 3)
    assert (one["quorum"], one["heard_s"]) == ("reached", 0.12)
    (overview,) = table(OVERVIEW, payload(master(flags=flags)))
    assert (overview["primaries"], overview["bad"]) == (1, state != "up")
    assert (overview["serving"], overview["version"]) == ("up", "7.0.15")


def test_a_quorum_that_is_not_reached_or_not_known() -> None:
    said = b"NOQUORUM 1 usable Sentinels. Not enough"
    assert table(PRIMARY, payload(master(), quorum=said))[0]["quorum"] == "not reached"
    assert table(PRIMARY, payload(master(), quorum=b"ERR odd"))[0]["quorum"] == "unknown"


def test_hostile_and_absurd_answers() -> None:
    odd = master(name="\x1b[2J", port="9" * 99, flags="\x07")
    odd += [b"odd"]
    (one,) = table(PRIMARY, payload(odd))
    assert "\x1b" not in one["name"]
    with pytest.raises(Malformed):
        table(PRIMARY, answer(INFO, [1, 2], []))
    with pytest.raises(Malformed):
        table(PEER, answer([(b"m", b"ERR no")], []))
    with pytest.raises(Denied):
        table(PRIMARY, answer(INFO, "NOPERM no permissions to run the 'sentinel' command", []))
    with pytest.raises(Unsupported) as caught:
        table(PRIMARY, answer(b"redis_mode:standalone", [], []))
    assert 'kind = "redis"' in caught.value.remedy


def test_a_failover_that_makes_no_sense_is_barred() -> None:
    def facts(**fields: str) -> dict[str, str]:
        words = json.dumps([word.decode() for word in master(**fields)]).encode()
        return dict(FAILOVER.look.read(thing(name="m"), 0, words))

    assert facts()["address"] == "10.0.0.1:6379"
    assert not FAILOVER.bars(thing(), facts(), {})
    assert "under way" in FAILOVER.bars(thing(), facts(flags="master,failover_in_progress"), {})
    assert "no replica" in FAILOVER.bars(thing(), facts(**{"num-slaves": "0"}), {})
    assert FAILOVER.verify.held(facts(), facts(ip="10.0.0.2"), {})
    assert not FAILOVER.verify.held(facts(), facts(), {})
    with pytest.raises(Gone):
        FAILOVER.look.read(thing(name="x"), 1, b"ERR No such master with that name")
    with pytest.raises(Malformed):
        FAILOVER.look.read(thing(name="x"), 0, b"{}")
    for name in ("", "a b", "a\n", "x" * 201, "é"):
        with pytest.raises(Refused):
            FAILOVER.look.argv(thing(name=name))


Trio = tuple[Server, Server, Server]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Generator[Trio, None, None]:
    folder = tmp_path_factory.mktemp("sentinel")
    with replicated(folder) as (primary, replica), sentinel(folder, primary) as watcher:
        yield primary, replica, watcher


@pytest.mark.server
async def test_a_real_sentinel_fails_over(watched: Trio) -> None:
    primary, replica, watcher = watched
    to = target(watcher)
    (one,) = await until(INTEGRATION, to, PRIMARY, lambda rows: rows[0]["replicas"] == 1)
    assert (one["name"], one["state"], one["quorum"]) == ("mymaster", "up", "reached")
    assert one["address"] == f"{primary.address}:{primary.port}"
    (peer,) = await until(
        INTEGRATION, to, PEER, lambda rows: [row["link"] for row in rows] == ["ok"]
    )
    assert (peer["primary"], peer["role"]) == ("mymaster", "replica")
    assert peer["address"] == f"{replica.address}:{replica.port}"

    old = thing(name="mymaster", address=one["address"])
    bar, _ = await acted(FAILOVER, old, to)
    assert bar == ""
    now = await looked(FAILOVER, old, to)
    assert now is not None
    assert now["address"] == f"{replica.address}:{replica.port}"
    (row,) = table(SERVER, await asked(REDIS, target(replica), "info"))
    assert row["role"] == "primary"


@pytest.mark.server
async def test_a_sentinel_alone_reaches_no_quorum(tmp_path: Path, watched: Trio) -> None:
    with sentinel(tmp_path, watched[0], quorum=2) as alone:
        (one,) = await until(
            INTEGRATION, target(alone), PRIMARY, lambda rows: rows[0]["quorum"] != "unknown"
        )
        assert (one["quorum"], one["needed"], one["sentinels"]) == ("not reached", 2, 1)


@pytest.mark.server
async def test_each_kind_says_when_it_is_the_other(watched: Trio) -> None:
    primary, _, watcher = watched
    with pytest.raises(Unsupported):
        table(SERVER, await asked(REDIS, target(watcher), "info"))
    with pytest.raises(Unsupported):
        table(PRIMARY, await asked(INTEGRATION, target(primary), "masters"))
