"""Questions that are no lists: answered side by side, each with its own fault."""

import asyncio

import pytest

from opsconsole.errors import Denied, Lost, Unreachable, Unsupported
from opsconsole.question import HttpRequest, Question, Questions, Statement, Watched, parted
from opsconsole.transports.kubernetes import KubernetesTransport, client
from opsconsole.transports.kubernetes.watching import Tempo
from tests.servers.web import Asked, page, web
from tests.transports.kubernetes.scene import Space, opened, target, until

pytestmark = pytest.mark.server

TWO: Questions = {
    "both": (HttpRequest("/readyz"), HttpRequest("/version")),
    "gone": (HttpRequest("/api/v1/namespaces/nowhere"),),
    "may": (HttpRequest("/api/v1/namespaces/nowhere", statuses=(404,)),),
}


async def test_several_requests_are_one_answer(space: Space) -> None:
    async with opened(space.target, TWO, ask=["both"]) as (_, rows):
        await until(lambda: rows.answers)
    parts = parted(rows.answers[0].payload, 2)
    assert [part.status for part in parts] == [200, 200]
    assert (parts[0].body, b"gitVersion" in parts[1].body) == (b"ok", True)


async def test_a_refusal_is_the_fault_of_its_exchange_unless_it_is_an_answer(space: Space) -> None:
    async with opened(space.target, TWO, ask=["gone", "may", "none"]) as (_, rows):
        await until(lambda: len(rows.answers) == 3)
    errors = {answer.exchange: answer.error for answer in rows.answers}
    assert isinstance(errors["gone"], Unsupported)
    assert isinstance(errors["none"], Unsupported)
    assert errors["may"] is None


async def test_a_short_rest_is_taken_and_a_long_one_is_told(space: Space) -> None:
    await space.tell("fault", what="status", code=429, path="readyz", retry_after=0)
    async with opened(space.target, TWO, ask=["both"]) as (session, rows):
        await until(lambda: rows.answers)
        await space.tell("fault", what="status", code=429, path="readyz", retry_after=90)
        session.ask("both")
        await until(lambda: len(rows.answers) == 2)
    assert rows.answers[0].error is None
    assert isinstance(rows.answers[1].error, Unreachable)


async def test_a_reset_is_told_and_only_a_long_silence_ends_the_session(space: Space) -> None:
    async with opened(space.target, TWO, Tempo(grace=0.5), ask=[]) as (session, rows):
        await space.tell("fault", what="reset", path="readyz", times=2)
        session.ask("both")
        await until(lambda: rows.answers)
        assert isinstance(rows.answers[0].error, Lost | Unreachable)
        await space.tell("fall")
        ended = asyncio.ensure_future(session.ended())
        while not ended.done():
            session.ask("both")
            await asyncio.sleep(0.05)
        with pytest.raises(Lost):
            session.ask("both")
        assert isinstance(ended.exception(), Unreachable)
    await space.tell("rise")


async def test_more_than_fits_is_told(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LIMIT", 1000)
    questions: Questions = {"all": (HttpRequest(space.path),)}
    async with opened(space.target, questions, ask=["all"]) as (_, rows):
        await until(lambda: rows.faults)
    assert "more than" in str(rows.faults[0])


async def test_who_is_not_known_gets_no_session(space: Space) -> None:
    nobody = target(space.server.base_url)
    with pytest.raises(Denied, match="prod: GET /version: status 401"):
        async with opened(nobody, TWO, ask=[]):
            pass


async def test_where_nobody_listens_there_is_no_session() -> None:
    transport = KubernetesTransport()
    with pytest.raises(Unreachable, match="prod: GET /version: Connection refused"):
        await transport.open(target("http://127.0.0.1:1"), TWO, 1.0, lambda _: None)
    await transport.close()


@pytest.mark.parametrize(
    "asked",
    [(Statement("SELECT 1"),), (Watched("/a"), Watched("/b")), (Watched("/a"), HttpRequest("/b"))],
)
async def test_what_cannot_be_asked_is_refused(space: Space, asked: tuple[Question, ...]) -> None:
    with pytest.raises(Unsupported, match="prod: odd: "):
        async with opened(space.target, {"odd": asked}, ask=[]):
            pass


@pytest.mark.parametrize(("said", "packed"), [("on", "gzip"), ("off", "identity")])
async def test_answers_are_packed_where_that_is_wanted(said: str, packed: str) -> None:
    async with web({"/version": page(b"{}")}) as server:
        to = target(server.url, compression=said)
        async with opened(to, {}, ask=[]):
            assert {one.headers["accept-encoding"] for one in server.asked[1:]} == {packed}


async def test_only_so_many_are_asked_at_once() -> None:
    most = now = 0
    go = asyncio.Event()

    async def slow(_: Asked, writer: asyncio.StreamWriter) -> None:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await go.wait()
        now -= 1
        writer.write(page(b"{}"))

    async with web({"/version": page(b"{}"), "/slow": slow}) as server:
        questions: Questions = {"slow": (HttpRequest("/slow"),)}
        to = target(server.url, requests=3)
        async with opened(to, questions, ask=["slow"] * 10) as (session, rows):
            await until(lambda: now == 3)
            go.set()
            await rows.counted(10)
            assert session.requests == 12
    assert most == 3


async def test_a_proxy_is_gone_through() -> None:
    async with web({"http://cluster.invalid:6443/version": page(b"{}")}) as proxy:
        to = target("http://cluster.invalid:6443", proxy=proxy.url)
        async with opened(to, {}, ask=[]):
            assert {one.path for one in proxy.asked} == {"http://cluster.invalid:6443/version"}
