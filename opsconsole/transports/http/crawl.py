"""Documents that lead to one another: links are followed as they are given, each read once."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any, cast

import msgspec

from opsconsole.errors import Malformed
from opsconsole.question import HttpCrawl, HttpRequest, Part
from opsconsole.transports.http.client import LIMIT, Refusal
from opsconsole.transports.http.faults import ends_session

LINK = "@odata.id"
NEXT = "Members@odata.nextLink"

PAGES = 8
"""Pages of one collection that are read."""

_PATH = re.compile(r"/(?!/)[!-\"$-~]*")
"""Of the same server: no host, no fragment, nothing that is no URL."""

Fetch = Callable[[HttpRequest], Awaitable[Part]]
Document = Any  # of a stranger: looked at by type at each step


async def crawled(fetch: Fetch, asked: HttpCrawl) -> Part:
    """All that `asked` leads to. Raises what ends a session, and what is wrong with the first."""
    crawl = _Crawl(fetch, asked)
    try:
        first = msgspec.json.decode((await fetch(asked)).body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed(f"{asked.path}: no JSON", "is `url` that of another server?") from None
    crawl.found[asked.path] = first
    try:
        await asyncio.gather(*(crawl.walk(first, keys) for keys in asked.follow))
    finally:
        crawl.stop()
    return Part(200, msgspec.json.encode(crawl.answer()))


class _Crawl:
    """What was read so far; two ways to one document read it once."""

    def __init__(self, fetch: Fetch, asked: HttpCrawl) -> None:
        self.found: dict[str, Document] = {}
        self._fetch = fetch
        self._asked = asked
        self._under_way: dict[str, asyncio.Task[Document]] = {}
        self._left_out: set[str] = set()
        self._cut = self._bytes = 0

    def answer(self) -> dict[str, Document]:
        """Each document by its path, the number of those that were too many under the empty key."""
        left_out = len(self._left_out) + self._cut
        return self.found | ({"": left_out} if left_out else {})

    def stop(self) -> None:
        """Drop what is still asked: the session is at its end, or nobody waits any more."""
        for task in self._under_way.values():
            task.cancel()

    async def walk(self, value: Document, keys: tuple[str, ...]) -> None:
        """Follow the keys from a document, or from what stands in one."""
        value = await self._resolved(value)
        if isinstance(value, list):
            all_ = cast("list[object]", value)
            items = all_[: self._asked.most]
            self._cut += len(all_) - len(items)
            await asyncio.gather(*(self.walk(one, keys) for one in items))
        elif isinstance(value, dict) and keys:
            inside = cast("dict[str, Document]", value)
            key = next((key for key in keys[0].split("|") if inside.get(key)), "")
            if key:
                await self.walk(inside[key], keys[1:])
            if key == "Members":
                await self._more(inside, keys)

    async def _more(self, page: dict[str, Document], keys: tuple[str, ...]) -> None:
        """The pages behind the first of a collection."""
        for _ in range(PAGES):
            there = await self._resolved({LINK: page.get(NEXT)})
            if not isinstance(there, dict) or "Members" not in there:
                return
            page = cast("dict[str, Document]", there)
            await self.walk(page.get("Members"), keys[1:])

    async def _resolved(self, value: Document) -> Document:
        """The document behind a link; anything else as it is."""
        if not isinstance(value, dict):
            return value
        link = cast("dict[str, Document]", value)
        path = link.get(LINK)
        if not isinstance(path, str) or any(key[0] != "@" for key in link if key):
            return link
        return await self._document(path)

    async def _document(self, path: str) -> Document:
        if path in self.found:
            return self.found[path]
        if not _PATH.fullmatch(path):
            return None
        task = self._under_way.get(path)
        if task is None:
            if len(self._under_way) >= self._asked.most or self._bytes > LIMIT:
                self._left_out.add(path)
                return None
            task = asyncio.ensure_future(self._read(path))
            self._under_way[path] = task
        return await task

    async def _read(self, path: str) -> Document:
        request = HttpRequest(path, headers=self._asked.headers)
        try:
            part = await self._fetch(request)
            self._bytes += len(part.body)
            self.found[path] = msgspec.json.decode(part.body)
        except Refusal as refusal:
            if ends_session(refusal.error, refusal.status):
                raise
            self.found[path] = refusal.status
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self.found[path] = 0
        return self.found[path]
