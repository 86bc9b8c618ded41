"""Documents that lead to one another: each read once, no further than asked, whatever they say."""

import asyncio
import json
from typing import Any

import pytest

from opsconsole.errors import Denied, Malformed
from opsconsole.question import HttpCrawl, HttpRequest, Part
from opsconsole.transports.http.client import Refusal
from opsconsole.transports.http.crawl import PAGES, crawled


class Site:
    """Documents by path; a number is a status of a refusal."""

    def __init__(self, documents: dict[str, Any]) -> None:
        self.documents = documents
        self.asked: list[str] = []

    async def __call__(self, request: HttpRequest) -> Part:
        self.asked.append(request.path)
        await asyncio.sleep(0)
        one = self.documents.get(request.path, 404)
        if isinstance(one, int):
            error = Denied("no") if one == 401 else Malformed(f"status {one}")
            raise Refusal(one, error)
        return Part(200, one if isinstance(one, bytes) else json.dumps(one).encode())


def to(path: object) -> dict[str, object]:
    return {"@odata.id": path}


async def found(site: Site, *follow: tuple[str, ...], most: int = 300) -> dict[str, Any]:
    part = await crawled(site, HttpCrawl("/", follow=follow, most=most))
    got: dict[str, Any] = json.loads(part.body)
    return got


async def test_links_are_followed_and_each_document_is_read_once() -> None:
    site = Site({
        "/": {"A": to("/a"), "B": to("/a")},
        "/a": {"Members": [to("/a/1"), to("/a/2")]},
        "/a/1": {"C": to("/a/1"), "D": to("/d")},
        "/a/2": {"D": to("/d"), "E": to("/never")},
        "/d": {"up": to("/")},
    })  # fmt: skip
    got = await found(site, ("A", "Members", "D", "up"), ("B", "Members", "C", "C"))
    assert sorted(got) == ["/", "/a", "/a/1", "/a/2", "/d"]
    assert sorted(site.asked) == sorted(got)


async def test_the_first_of_two_keys_that_is_there() -> None:
    site = Site({"/": {"Old": to("/old"), "New": to("/new")}, "/old": {}, "/new": {}})
    assert sorted(await found(site, ("New|Old",))) == ["/", "/new"]
    site.documents["/"] = {"Old": to("/old")}
    assert sorted(await found(site, ("New|Old",))) == ["/", "/old"]


async def test_pages_of_a_collection_are_read_up_to_a_number() -> None:
    pages = {
        f"/c{n}": {"Members": [to(f"/m{n}")], "Members@odata.nextLink": f"/c{n + 1}"}
        for n in range(100)
    }
    site = Site({"/": {"C": to("/c0")}, **pages, **{f"/m{n}": {"n": n} for n in range(100)}})
    got = await found(site, ("C", "Members"))
    assert [path for path in got if path.startswith("/m")] == [f"/m{n}" for n in range(PAGES + 1)]
    site.documents["/c0"] = {"Members": [], "Members@odata.nextLink": "/c0"}
    assert sorted(await found(site, ("C", "Members"))) == ["/", "/c0"]


async def test_too_many_documents_are_left_out_and_counted() -> None:
    site = Site({"/": {"M": [to(f"/{n}") for n in range(50)]}, **{f"/{n}": {} for n in range(50)}})
    got = await found(site, ("M",), most=20)
    assert len(got) == 22  # with the first, and how many were left out
    assert got[""] == 30


@pytest.mark.parametrize(
    "link",
    ["//evil/x", "http://evil/x", "x", "/x y", "/\r\nHost: evil", "", 7, None, ["/x"], {"a": 1}],
)
async def test_a_link_to_elsewhere_is_not_followed(link: object) -> None:
    site = Site({"/": {"A": to(link)}})
    assert list(await found(site, ("A", "B"))) == ["/"]
    assert site.asked == ["/"]


@pytest.mark.parametrize("root", [b"<html>", b"[" * 100_000, b"\xff\xfe", b""])
async def test_what_is_no_document_at_all(root: bytes) -> None:
    with pytest.raises(Malformed):
        await found(Site({"/": root}), ("A",))


@pytest.mark.parametrize("one", [b"<html>", b"7", b"[1, [2, 3]]", b'"x"', b"{}"])
async def test_a_document_that_is_odd_stops_none_of_the_others(one: bytes) -> None:
    site = Site({"/": {"M": [to("/odd"), to("/good")]}, "/odd": one, "/good": {"a": 1}})
    assert (await found(site, ("M", "M", "M")))["/good"] == {"a": 1}


async def test_what_is_refused_stands_there_by_its_status() -> None:
    site = Site({"/": {"M": [to("/no"), to("/good")]}, "/no": 403, "/good": {}})
    assert await found(site, ("M",)) == {"/": {"M": [to("/no"), to("/good")]}, "/no": 403,
                                         "/good": {}}  # fmt: skip


async def test_a_session_that_ended_ends_the_crawl() -> None:
    site = Site({"/": {"M": [to("/no"), to("/good")]}, "/no": 401, "/good": {}})
    with pytest.raises(Refusal):
        await found(site, ("M",))


async def test_what_stands_in_a_document_is_walked_without_asking() -> None:
    site = Site({"/": {"M": {"@odata.id": "/here", "D": [to("/d")]}}, "/d": {}})
    assert sorted(await found(site, ("M", "D"))) == ["/", "/d"]
