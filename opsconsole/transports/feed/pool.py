"""All targets that are told of by pages: a client for each, and its map."""

import contextlib
from collections.abc import Callable

import msgspec

from opsconsole.clean import clean
from opsconsole.errors import Gone, Refused
from opsconsole.fieldmap import map_of
from opsconsole.fieldmap.feed import Map, load_feed
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import HttpRequest, Mapped, Questions, of_kind
from opsconsole.transports.feed.pages import Pages
from opsconsole.transports.feed.session import FeedSession
from opsconsole.transports.http.pool import Pool as Http


class Pool:
    """Opens sessions; clients are made as those of HTTP."""

    def __init__(self) -> None:
        self._http = Http()
        self._sessions: set[FeedSession] = set()

    async def open(
        self, target: Target, questions: Questions, deliver: Callable[[Answer], None]
    ) -> FeedSession:
        """Read the map and fetch its pages; raises a `TargetError`."""
        mine = of_kind(questions, Mapped, target.id)
        kept = map_of(target, load_feed)
        await kept.now()
        client = await self._http.client_of(target)
        pages = Pages(client, kept)
        session = FeedSession(target.id, mine, pages, deliver, self._sessions.discard)
        self._sessions.add(session)
        async with contextlib.AsyncExitStack() as unless:
            unless.push_async_callback(session.close)
            await pages.ask()
            unless.pop_all()
        return session

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call over a connection of its own; see `FeedTransport`."""
        kept = map_of(target, load_feed)
        client = await self._http.client_of(target)
        try:
            match argv:
                case ("READ", key):
                    return await _tell(target, Pages(client, kept), key, heard)
                case ("OPEN", key):
                    request = _opening(target, await kept.now(), key)
                    part = await client.call(request)
                    heard(f"{part.status} {part.date}\n".encode() + part.body)
                    return 0 if 200 <= part.status < 300 else part.status
                case _:
                    said = clean(" ".join(argv[:1]), 40)
                    raise Refused(f"{target.id}: {said!r}: READ LANE or OPEN LANE", "argument")
        finally:
            await client.close()

    async def close(self) -> None:
        """End all sessions."""
        for session in list(self._sessions):
            await session.close()
        await self._http.close()


async def _tell(target: Target, pages: Pages, key: str, heard: Callable[[bytes], None]) -> int:
    """Say what is told of a lane; raises `Gone` where nothing is."""
    feed = await pages.ask()
    for one in feed.records:
        if one.about == "lane" and one.key == key:
            heard(msgspec.json.encode({"fields": one.fields, "opens": feed.opens}))
            return 0
    raise Gone(f"{target.id}: no page tells of a lane {clean(key, 60)!r}")


def _opening(target: Target, told: Map, key: str) -> HttpRequest:
    call = told.calls.get("open")
    if call is None:
        raise Refused(f"{target.id}: the map has no [call.open]", "argument")
    path, body = call.to(key)
    return HttpRequest(path, call.method, (("Content-Type", call.type),), body)
