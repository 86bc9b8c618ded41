"""Pages asked over one session: kept, failing one by one, and a server that shuts the door."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from opsconsole.errors import Denied, Unreachable, Unsupported
from opsconsole.fieldmap.feed import Feed, unpacked
from opsconsole.model import Target
from opsconsole.ports import Session
from opsconsole.question import Mapped, Questions, parted
from opsconsole.transports.feed import FeedTransport
from tests.servers.sampler import Heard
from tests.servers.web import page, web

ASKED: Questions = {"pages": (Mapped("pages"),)}
MAP = """
[document.static]
path = "/static.json"
key = "id"
keep_s = 3600
fields = { capacity = "max" }
[document.live]
path = "/live.json"
key = "id"
fields = { free = "free" }
"""
STATIC, LIVE = page(b'[{"id":1,"max":5}]'), page(b'[{"id":1,"free":2}]')


def target(url: str, folder: Path) -> Target:
    path = folder / "map.toml"
    if not path.exists():
        path.write_text(MAP)
    return Target("lot", "parking", "feed", "lot", settings={"url": url, "map": str(path)})


def _more_than(number: int) -> Callable[[Heard], bool]:
    return lambda all_: len(all_.answers) > number


async def asked(session: Session, heard: Heard) -> Feed:
    number = len(heard.answers)
    session.ask("pages")
    await heard.until(_more_than(number), 30)
    last = heard.answers[-1]
    assert last.error is None
    return unpacked(parted(last.payload, 1)[0].body)


async def test_a_page_that_hardly_changes_is_asked_once(tmp_path: Path) -> None:
    async with web({"/static.json": STATIC, "/live.json": LIVE}) as served:
        transport, heard = FeedTransport(), Heard()
        session = await transport.open(target(served.url, tmp_path), ASKED, 60.0, heard)
        for _ in range(3):
            (record,) = (await asked(session, heard)).records
            assert record.fields == {"capacity": 5.0, "free": 2.0}
        assert served.paths().count("/static.json") == 1
        assert served.paths().count("/live.json") == 4  # once to reach it
        served.routes["/live.json"] = page(b"down", 503)
        feed = await asked(session, heard)
        assert feed.pages[0].error == ""
        assert "503" in feed.pages[1].error
        (tmp_path / "map.toml").write_text(MAP.replace('"max"', '"none"'))
        served.routes["/live.json"] = LIVE
        (record,) = (await asked(session, heard)).records
        assert record.fields == {"free": 2.0}
        await session.close()
        await transport.close()


async def test_a_server_that_asks_for_a_password_ends_it(tmp_path: Path) -> None:
    async with web({"/static.json": STATIC, "/live.json": LIVE}) as served:
        transport, heard = FeedTransport(), Heard()
        session = await transport.open(target(served.url, tmp_path), ASKED, 60.0, heard)
        served.routes["/live.json"] = page(b"", 401)
        session.ask("pages")
        async with asyncio.timeout(30):
            with pytest.raises(Denied):
                await session.ended()
        await transport.close()


async def test_what_cannot_be_opened(tmp_path: Path) -> None:
    async with web({}) as served:
        with pytest.raises(Unsupported, match="404"):
            await FeedTransport().open(target(served.url, tmp_path), ASKED, 60.0, Heard())
        url = served.url
    with pytest.raises(Unreachable):
        await FeedTransport().open(target(url, tmp_path), ASKED, 60.0, Heard())
    (tmp_path / "map.toml").write_text("[document.a]\n")
    with pytest.raises(Unsupported, match="path"):
        await FeedTransport().open(target(url, tmp_path), ASKED, 60.0, Heard())
    bare = Target("lot", "parking", "feed", "lot", settings={"url": url})
    with pytest.raises(Unsupported, match="no map"):
        await FeedTransport().open(bare, ASKED, 60.0, Heard())
