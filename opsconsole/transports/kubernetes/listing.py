"""A list of objects in pages: passed on as they come, begun anew when the list grows too old."""

import asyncio
import re
from collections.abc import Callable
from urllib.parse import quote

import msgspec

from opsconsole.errors import Malformed
from opsconsole.question import HttpRequest, Watched
from opsconsole.transports.kubernetes.client import Client
from opsconsole.transports.kubernetes.faults import Expired, Refusal
from opsconsole.turn import Phase, framed

HEAD = b'"items":'
"""What an API server writes behind the metadata of a list."""


_SUBJECT = re.compile(
    r"([a-z0-9][a-z0-9-]{0,62})\.([a-z0-9][a-z0-9-]{0,62})\.((?:[a-z0-9][a-z0-9.-]{0,252})?)"
)


def collection(subject: str) -> str:
    """The path of all objects of a kind, by its name in full: `gadgets.v1.example.com`, `pods.v1.`.

    Empty for what is no such name.
    """
    parts = _SUBJECT.fullmatch(subject)
    if parts is None or ".." in subject:
        return ""
    plural, version, group = parts.groups()
    return f"/{f'apis/{group}' if group else 'api'}/{version}/{plural}"


class _Meta(msgspec.Struct, rename="camel"):
    resource_version: str = ""
    continue_: str = msgspec.field(default="", name="continue")


class _List(msgspec.Struct):
    metadata: _Meta


_LIST = msgspec.json.Decoder(_List)

Give = Callable[[bytes], None]


def metadata(body: bytes, start: int = 0) -> tuple[str, str]:
    """Version and token of what follows of a page that begins there. Raises `Malformed`."""
    end = body.find(HEAD, start, start + 16384)
    if end > 0:  # nothing but the head is read: the objects are left to who wants them
        head = body[start:end].rstrip().removesuffix(b",") + b"}"
        try:
            meta = _LIST.decode(head).metadata
        except (msgspec.DecodeError, UnicodeDecodeError):
            meta = _Meta()
        if meta.resource_version:
            return meta.resource_version, meta.continue_
    try:
        meta = _LIST.decode(body[start:]).metadata
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed("a list that is none", "is that an API server?") from None
    return meta.resource_version, meta.continue_


def address(question: Watched, **said: str | int) -> str:
    """The path with its query."""
    pairs = [*question.query, *((name, str(value)) for name, value in said.items() if value != "")]
    query = "&".join(f"{quote(name, '')}={quote(value, '')}" for name, value in pairs)
    return f"{question.path}?{query}"


class Listing:
    """One list, read as often as it must be."""

    def __init__(self, question: Watched, client: Client, give: Give, page: int) -> None:
        """`page` is how many objects one page has."""
        self._question = question
        self._client = client
        self._give = give
        self._page = self._size = page

    async def run(self) -> str:
        """Read all pages and pass them on; returns the version to watch from.

        Raises `Expired` when the list grew too old before its end: larger pages are asked for then.
        Raises `Refusal` and a `TargetError` as `Client.fetch` does.
        """
        token, phase = "", Phase.FIRST
        while True:
            try:
                payload = await self._fetch(token, framed(phase))
            except Refusal as refusal:
                if refusal.status == 410:
                    self._size = min(2 * self._size, 16 * self._page)
                    raise Expired from None
                if refusal.status == 200 and self._size > 1:  # too much for one answer
                    self._size = max(1, self._size // 8)
                    continue
                raise
            version, token = metadata(payload, len(framed(phase)))
            await asyncio.sleep(0)  # to put megabytes together takes a while, to read them as well
            self._give(payload)
            await asyncio.sleep(0)
            phase = Phase.PAGE
            if not token:
                self._give(framed(Phase.LISTED))
                self._size = self._page
                return version

    async def _fetch(self, token: str, before: bytes) -> bytes:
        # "continue" is a word of Python's.
        path = address(self._question, limit=self._size, **{"continue": token})
        request = HttpRequest(path, headers=(("Accept", self._question.accept),))
        return (await self._client.fetch(request, before)).body
