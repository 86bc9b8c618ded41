"""All pages of a map, fetched side by side, each with its body or why it has none."""

import asyncio
import time

from opsconsole.errors import TargetError
from opsconsole.fieldmap import Kept
from opsconsole.fieldmap.feed import Document, Feed, Map, read
from opsconsole.question import HttpRequest
from opsconsole.transports.http.client import Client, Refusal
from opsconsole.transports.http.faults import ends_session

ACCEPT = {"json": "application/json", "xml": "application/xml, text/xml", "csv": "text/csv"}


class Pages:
    """What the pages of one target tell."""

    def __init__(self, client: Client, kept: Kept[Map]) -> None:
        self.client = client
        self.kept = kept
        self.shut = False
        """Whether the server lets us in no more."""
        self._good: dict[str, tuple[Document, float, bytes]] = {}

    async def ask(self) -> Feed:
        """Fetch what is not good any more, and read all of it beside the loop.

        Raises what ends a session, and why there is no page when there is none at all.
        """
        told = await self.kept.now()
        names = list(told.documents)
        found = await asyncio.gather(*(self._body(name, told.documents[name]) for name in names))
        errors = [one for one in found if isinstance(one, TargetError)]
        if errors and len(errors) == len(found):
            raise errors[0]
        bodies = {
            name: str(one) if isinstance(one, TargetError) else one
            for name, one in zip(names, found, strict=True)
        }
        return await asyncio.to_thread(read, self.kept.name, told, bodies, time.time())

    async def _body(self, name: str, page: Document) -> bytes | TargetError:
        kept = self._good.get(name)
        if kept and kept[0] == page and time.monotonic() - kept[1] < page.keep_s:
            return kept[2]
        accept = (("Accept", f"{ACCEPT[page.format]}, */*"),)
        try:
            part = await self.client.fetch(HttpRequest(page.path, headers=accept))
        except Refusal as refusal:
            if ends_session(refusal.error, refusal.status):
                self.shut = True
                raise refusal.error from None
            return refusal.error
        if page.keep_s:
            self._good[name] = page, time.monotonic(), part.body
        return part.body
