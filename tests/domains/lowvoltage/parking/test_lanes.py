"""Lanes of a simulated garage: rows, what is absurd, and a barrier that is opened."""

from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec
import pytest

from opsconsole.domains.lowvoltage.parking import INTEGRATION
from opsconsole.domains.lowvoltage.parking.action import OPEN
from opsconsole.domains.lowvoltage.parking.probe import LANE, LOT, SUMMARY, read
from opsconsole.errors import Gone, Malformed, Refused, Unsupported
from opsconsole.fieldmap.feed import Feed, Page, Record, packed
from opsconsole.model import Target
from opsconsole.plan import Thing
from opsconsole.question import Part, joined
from opsconsole.spec import Facts
from opsconsole.transports.feed import FeedTransport
from tests.domains.database.redis.scene import table, thing
from tests.domains.lowvoltage.parking.scene import Garage, target
from tests.servers.sampler import Heard
from tests.servers.web import Web, web
from tests.transports.doing import done

IN = thing(lane="in/1")


def answer(*records: Record, pages: tuple[Page, ...] = ()) -> bytes:
    feed = Feed("garage.toml", 1000.0, list(pages), list(records), {}, {}, True)
    return joined([Part(200, packed(feed))])


def test_lanes_in_rows() -> None:
    told = Record("lane", "in/1", {"name": "Entry\x1b[2J", "barrier": "closed", "unsynced": -1.0})
    (row,) = table(LANE, answer(told))
    assert (row["lane"], row["name"], row["barrier"]) == ("in/1", "Entry\ufffd[2J", "closed")
    assert (row["unsynced"], row["recognised_percent"], row["opens"]) == (None, None, "yes")


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"capacity": 10.0, "free": 4.0}, (10, 4, 6, 60.0)),
        ({"capacity": 10.0, "occupied": 11.0}, (10, 0, 11, 110.0)),
        ({"capacity": 0.0, "free": 0.0}, (0, 0, 0, None)),
        ({"capacity": -1.0, "free": 3.0}, (None, 3, None, None)),
        ({"percent": 44.0}, (None, None, None, 44.0)),
        ({"percent": -1.0}, (None, None, None, None)),
        ({"capacity": "x"}, (None, None, None, None)),
    ],
)
def test_what_follows_from_what_is_told(
    fields: dict[str, str | float], wanted: tuple[object, ...]
) -> None:
    (row,) = table(LOT, answer(Record("lot", "a", fields)))
    found = (row["capacity"], row["free"], row["occupied"], row["occupied_percent"])
    assert found == wanted


def test_all_in_one_line() -> None:
    lots = [
        Record("lot", "a", {"capacity": 10.0, "free": 0.0, "updated": 400.0}),
        Record("lot", "b", {"capacity": 10.0}),
        Record("lane", "c", {"state": "offline", "updated": 2000.0}),
    ]
    (row,) = table(SUMMARY, answer(*lots, pages=(Page("x", "status 500"),)))
    assert (row["lots"], row["capacity"], row["full"], row["occupied_percent"]) == (2, 10, 1, 100)
    assert (row["lanes"], row["lanes_offline"], row["oldest_s"], row["failed"]) == (1, 1, 600, 1)
    assert row["newest_s"] == 0
    (row,) = table(SUMMARY, answer(Record("lot", "b", {"capacity": 10.0})))
    assert (row["free"], row["capacity"], row["occupied_percent"]) == (None, None, None)
    with pytest.raises(Malformed):
        read(joined([Part(200, b"{}")]))


@pytest.fixture
async def garage() -> AsyncGenerator[tuple[Garage, Web], None]:
    one = Garage()
    async with web(one.routes) as served:
        yield one, served


async def looked(to: Target, of: Thing) -> Facts:
    return OPEN.look.read(of, *await done(FeedTransport(), to, *OPEN.look.argv(of)))


async def test_a_barrier_is_opened_once_and_that_is_proven(
    garage: tuple[Garage, Web], tmp_path: Path
) -> None:
    one, served = garage
    to = target(served.url, tmp_path, "garage")
    before = await looked(to, IN)
    assert (before["name"], before["barrier"]) == ("Entry 1", "closed")
    assert OPEN.bars(IN, before, {}) == ""
    (step,) = OPEN.steps(IN, before, {})
    status, out = await done(FeedTransport(), to, *step.argv)
    assert (status, OPEN.says and OPEN.says(status, out)) == (0, 'status 0: {"success":true}')
    assert one.asked[0].headers["content-type"] == "application/json"
    now = await looked(to, IN)
    assert OPEN.verify.held(before, now, {})
    assert not OPEN.verify.held(before, before, {})
    assert OPEN.bars(IN, now, {}) == "its barrier is open already"
    for _ in range(one.stays):
        await looked(to, IN)
    assert (await looked(to, IN))["barrier"] == "closed"


async def test_what_bars_it(garage: tuple[Garage, Web], tmp_path: Path) -> None:
    one, served = garage
    to = target(served.url, tmp_path, "garage")
    assert "offline" in OPEN.bars(IN, await looked(to, thing(lane="out/1")), {})
    del one.lanes["in/1"]["gate"]
    one.lanes["in/1"]["gate"] = ""
    assert "nothing would prove it" in OPEN.bars(IN, await looked(to, IN), {})
    with pytest.raises(Gone, match="no page tells of a lane"):
        await looked(to, thing(lane="nowhere"))
    with pytest.raises(Gone, match="no lane is named"):
        OPEN.look.read(thing(lane=""), 0, b"")
    shut = target(served.url, tmp_path, "garage", opens=False)
    assert shut.settings == to.settings
    assert "no [call.open]" in OPEN.bars(IN, await looked(to, IN), {})
    with pytest.raises(Refused, match=r"no \[call.open\]"):
        await done(FeedTransport(), to, "OPEN", "in/1")
    with pytest.raises(Refused, match="READ LANE or OPEN LANE"):
        await done(FeedTransport(), to, "CLOSE", "in/1")
    with pytest.raises(Unsupported):
        OPEN.look.read(IN, 503, b"503 \nno")
    with pytest.raises(Malformed):
        OPEN.look.read(IN, 0, msgspec.json.encode([1]))


async def test_every_lane_of_the_garage_is_a_row(
    garage: tuple[Garage, Web], tmp_path: Path
) -> None:
    _, served = garage
    transport, heard = FeedTransport(), Heard()
    to = target(served.url, tmp_path, "garage")
    session = await transport.open(to, INTEGRATION.questions, 60.0, heard)
    session.ask("pages")
    await heard.until(lambda all_: bool(all_.answers), 30)
    await session.close()
    await transport.close()
    first, second = table(LANE, heard.answers[0].payload)
    assert (first["state"], first["barrier"], first["recognised_percent"]) == (
        "online", "closed", 93.5,
    )  # fmt: skip
    assert (second["state"], second["camera"], second["unsynced"]) == ("offline", "fault", 4)
