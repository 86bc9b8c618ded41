"""A call as words: which request they stand for, and its answer passed on as it comes."""

import re
from collections.abc import Callable

import aiohttp

from opsconsole.clean import clean
from opsconsole.errors import Lost, Refused
from opsconsole.question import HttpRequest
from opsconsole.transports.kubernetes.client import Client

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})

LIMIT = 32 << 20
"""Bytes of an answer; of one that is followed there is no end."""

JSON = "application/json"

PATCHES = {
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "json-patch": "application/json-patch+json",
    "apply": "application/apply-patch+yaml",
}
"""Short words for the content type of a patch."""

ACCEPTED = {
    "table": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
    "kinds": ",".join(
        f"application/json;v={version};g=apidiscovery.k8s.io;as=APIGroupDiscoveryList"
        for version in ("v2", "v2beta1")
    ),
}
"""Short words for what a question wants to be answered in."""

_PATH = re.compile(r"/[!-\"$-~]*")
"""Printable ASCII without blank and `#`: what stands in a request's first line as it is."""

_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")

_FOLLOWED = re.compile(r"[?&](?:follow|watch)=(?:true|1)(?:&|$)")


def written(target: str, argv: tuple[str, ...]) -> HttpRequest:
    """The request that words stand for; raises `Refused` for words that stand for none."""
    method, path, *rest = (*argv, "", "")[: max(2, len(argv))]
    accept: tuple[tuple[str, str], ...] = ()
    if rest[1:] and not rest[0] and method == "GET" and rest[1] in ACCEPTED:
        accept, rest = (("Accept", ACCEPTED[rest[1]]),), []
    given = rest[1] if len(rest) > 1 else ("merge" if method == "PATCH" else JSON)
    kind = PATCHES.get(given, given)
    fits = method in METHODS and _PATH.fullmatch(path) and _TYPE.fullmatch(kind)
    if not fits or len(rest) > 2:
        said = clean(" ".join(argv[:2]), 80)
        what = f"{target}: {said!r} is no call: METHOD /path [body [content type]]"
        raise Refused(what, "argument")
    headers = (("Content-Type", kind),) if rest else accept
    return HttpRequest(path, method, headers, "".join(rest[:1]).encode())


async def call(client: Client, argv: tuple[str, ...], heard: Callable[[bytes], None]) -> int:
    """Send it, once: any status is an answer. Returns 0 for 2xx, the status otherwise.

    Raises `Lost` when it may have been done, another `TargetError` when it was not sent.
    """
    request = written(client.target, argv)
    endless = request.method == "GET" and _FOLLOWED.search(request.path) is not None
    async with client.sending(request, endless=endless) as response:
        date = clean(response.headers.get("Date", ""), 40)
        heard(f"{response.status} {date}\n".encode())
        await _pass(client, request, response, heard, endless)
        return 0 if 200 <= response.status < 300 else response.status


async def _pass(
    client: Client,
    request: HttpRequest,
    response: aiohttp.ClientResponse,
    heard: Callable[[bytes], None],
    endless: bool,
) -> None:
    size = 0
    async for piece in response.content.iter_any():
        client.alive(len(piece))
        size += len(piece)
        if size > LIMIT and not endless:
            raise Lost(f"{client.where(request)}: more than {LIMIT >> 20} MiB")
        heard(piece)
