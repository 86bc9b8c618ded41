"""Lists that are kept up to date, whatever the server does meanwhile."""

import asyncio
from dataclasses import replace

import pytest

from opsconsole.errors import Denied, Malformed, Unreachable, Unsupported
from opsconsole.question import HttpRequest, Questions, Watched
from opsconsole.transports.kubernetes import client, watching
from opsconsole.turn import Phase
from tests.transports.kubernetes.scene import Rows, Space, opened, until

pytestmark = pytest.mark.server


async def live(rows: Rows, count: int = 25) -> None:
    await until(lambda: rows.count(Phase.LISTED) and len(rows.now) == count)


async def test_a_list_comes_in_pages_and_then_only_what_changed(space: Space) -> None:
    async with opened(space.target, space.maps(page=10)) as (session, rows):
        await live(rows)
        assert rows.phases[:4] == [Phase.FIRST, Phase.PAGE, Phase.PAGE, Phase.LISTED]
        version = await space.change("map-03")
        await space.remove("map-04")
        await until(lambda: rows.now.get("map-03") == version and "map-04" not in rows.now)
        assert len(rows.now) == 24
        assert rows.count(Phase.FIRST) == 1
        received, sent = session.traffic
        assert received > 3000
        assert sent > 200
    assert rows.faults == []


async def test_a_beat_comes_while_nothing_changes(space: Space) -> None:
    async with opened(space.target, space.maps()) as (_, rows):
        await until(lambda: rows.count(Phase.BEAT) > 5)
    assert rows.count(Phase.FIRST) == 1


async def test_a_bookmark_is_no_event_and_moves_on(space: Space) -> None:
    async with opened(space.target, space.maps()) as (_, rows):
        await live(rows)
        version = await space.change("map-01")
        await until(lambda: rows.now["map-01"] == version)
        other = Space(space.server, space.name + "-other", space.target)
        await asyncio.to_thread(other.add, "far")  # moves the version, and is not in the list
        rv = await space.tell("rv")
        async with asyncio.timeout(60):
            while not await space.asked(f"resourceVersion={rv}"):
                await rows.counted(len(rows.answers) + 5)  # a bookmark may be among them
                await space.tell("break", path=space.name, what="end")
    assert rows.count(Phase.EVENTS) == 1


@pytest.mark.parametrize("what", ["end", "reset", "half", "error"])
async def test_a_stream_that_breaks_goes_on_where_it_was(space: Space, what: str) -> None:
    async with opened(space.target, space.maps()) as (_, rows):
        await live(rows)
        await space.tell("break", path=space.name, what=what)
        await space.change("map-05")
        version = await space.change("map-06")
        await until(lambda: rows.now.get("map-06") == version)
    assert rows.count(Phase.FIRST) == 1
    assert rows.fewest == 25


async def test_a_line_in_two_pieces_is_one(space: Space) -> None:
    async with opened(space.target, space.maps()) as (_, rows):
        await live(rows)
        await space.tell("break", path=space.name, what="cut", delay=0.05)
        version = await space.change("map-07", "y" * 1000)
        await until(lambda: rows.now["map-07"] == version)
    assert rows.faults == []


async def test_a_stream_without_a_byte_is_opened_anew(space: Space) -> None:
    async with opened(space.target, space.maps()) as (_, rows):
        await live(rows)
        await space.tell("break", path=space.name, what="stall")
        version = await space.change("map-08")
        await until(lambda: rows.now["map-08"] == version)
    assert rows.count(Phase.FIRST) == 1


async def test_a_line_that_is_no_event_is_left_out_and_told_once(space: Space) -> None:
    async with opened(space.target, space.maps()) as (session, rows):
        await live(rows)
        await space.tell("break", path=space.name, what="garbage")
        await until(lambda: rows.faults)
        session.ask("maps")  # an error ends a watch
        await until(lambda: rows.count(Phase.LISTED) == 2)
        await space.tell("break", path=space.name, what="garbage")
        version = await space.change("map-09")
        await until(lambda: rows.now["map-09"] == version)
    assert [type(error) for error in rows.faults] == [Malformed]
    assert "html" not in str(rows.faults[0])
    assert rows.count(Phase.FIRST) == 2


async def test_what_the_server_forgot_is_listed_anew_without_a_gap(space: Space) -> None:
    async with opened(space.target, space.maps()) as (_, rows):
        await live(rows)
        await space.remove("map-10")
        await space.tell("break", path=space.name, what="gone")
        await until(lambda: rows.count(Phase.FIRST) == 2 and rows.count(Phase.LISTED) == 2)
        assert len(rows.now) == 24
    assert rows.fewest == 24
    assert rows.faults == []


async def test_a_watch_refused_as_too_old_is_listed_anew(space: Space) -> None:
    async with opened(space.target, space.maps()) as (_, rows):
        await live(rows)
        await space.tell("fault", what="status", code=410, path=f"{space.name}.*watch=1")
        await space.tell("break", path=space.name, what="end")
        await until(lambda: rows.count(Phase.LISTED) == 2)
    assert rows.faults == []


async def test_a_server_that_forgets_at_once_is_not_asked_on_and_on(space: Space) -> None:
    tempo = watching.Tempo(first=90, longest=90)
    await space.tell("fault", what="status", code=410, path=f"{space.name}.*watch=1", times=-1)
    ready: Questions = {"ready": (HttpRequest("/readyz"),)}
    async with opened(space.target, {**space.maps(), **ready}, tempo) as (session, rows):
        await until(lambda: rows.count(Phase.LISTED) == 2)
        heard = len(rows.answers)
        for count in range(1, 51):
            session.ask("ready")
            await rows.counted(heard + count)
        assert len(await space.asked("limit")) == 2


async def test_pages_that_are_too_large_are_asked_for_in_smaller_ones(
    space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "LIMIT", 3000)
    async with opened(space.target, space.maps(page=20)) as (_, rows):
        await live(rows)
    assert len(await space.asked("limit=20")) == 1
    assert len(await space.asked("limit=2")) == 1 + 13
    assert rows.faults == []


async def test_a_list_that_expires_midway_begins_again(space: Space) -> None:
    await space.tell("fault", what="status", code=410, path=f"{space.name}.*continue=")
    async with opened(space.target, space.maps(page=10)) as (_, rows):
        await live(rows)
    assert rows.phases[:2] == [Phase.FIRST, Phase.FIRST]
    assert "limit=20" in (await space.asked("limit"))[2]


async def test_a_server_that_restarts_is_waited_for(space: Space) -> None:
    async with opened(space.target, space.maps()) as (session, rows):
        await live(rows)
        await space.change("map-11")
        await space.tell("fall")
        tried = session.requests
        await until(lambda: session.requests > tried + 3)
        await space.tell("rise")
        version = await space.change("map-12")
        await until(lambda: rows.now["map-12"] == version)
        session.ask("maps")  # nobody has ended it
    assert rows.fewest == 25
    assert rows.faults == []


async def test_a_server_that_stays_away_is_gone(space: Space) -> None:
    tempo = watching.Tempo(first=0.02, longest=0.05, grace=0.3)
    async with opened(space.target, space.maps(), tempo) as (session, rows):
        await live(rows)
        await space.tell("fall")
        with pytest.raises(Unreachable):
            await asyncio.wait_for(session.ended(), 60)
    await space.tell("rise")


async def test_a_server_that_is_busy_is_asked_again_in_a_moment(space: Space) -> None:
    await space.tell("fault", what="status", code=429, path=space.name, times=2)
    async with opened(space.target, space.maps()) as (_, rows):
        await live(rows)
    assert rows.faults == []


async def test_a_server_that_says_how_long_is_asked_no_sooner(space: Space) -> None:
    await space.tell("fault", what="status", code=429, path=space.name, retry_after=90)
    ready: Questions = {"ready": (HttpRequest("/readyz"),)}
    async with opened(space.target, {**space.maps(), **ready}) as (session, rows):
        await until(lambda: rows.faults)  # longer than anybody waits without a word
        session.ask("maps")
        for count in range(2, 102):  # longer than a rest without that word
            session.ask("ready")
            await rows.counted(count)
        assert len(await space.asked("limit")) == 1
        session.ask("maps")  # an operator need not wait
        await live(rows)
    assert [type(error) for error in rows.faults] == [Unreachable]


async def test_a_server_that_fails_on_and_on_is_told(space: Space) -> None:
    await space.tell("fault", what="status", code=503, path=space.name, times=-1)
    tempo = watching.Tempo(first=0.01, longest=0.02, patience=0.1)
    async with opened(space.target, space.maps(), tempo) as (session, rows):
        await until(lambda: rows.faults)
        await space.tell("heal")
        session.ask("maps")
        await live(rows)
    assert isinstance(rows.faults[0], Unreachable)
    assert "status 503" in str(rows.faults[0])
    assert len(await space.asked("limit")) > 2


async def test_a_list_that_we_may_not_read_is_told_at_once_and_the_session_lives(
    space: Space,
) -> None:
    await space.tell("fault", what="status", code=403, message="no", path=f"{space.name}/")
    ready: Questions = {"ready": (HttpRequest("/readyz"),)}
    both = ["maps", "ready"]
    async with opened(space.target, {**space.maps(), **ready}, ask=both) as (session, rows):
        await until(lambda: rows.faults)
        assert [answer.exchange for answer in rows.answers if answer.error] == ["maps"]
        session.ask("maps")  # rights may be given at any time
        await live(rows)
    assert [type(error) for error in rows.faults] == [Denied]


async def test_an_api_that_is_not_there_is_a_fault_of_its_exchange(space: Space) -> None:
    lists: Questions = {"more": (Watched("/apis/nowhere.example/v1/things"),)}
    async with opened(space.target, {**space.maps(), **lists}, ask=["maps", "more"]) as (_, rows):
        await live(rows)
        await until(lambda: rows.faults)
    assert isinstance(rows.faults[0], Unsupported)
    assert "install" in rows.faults[0].remedy


async def test_who_leaves_hears_nothing_more_and_may_come_back(space: Space) -> None:
    async with opened(space.target, space.maps()) as (session, rows):
        await live(rows)
        session.leave("maps")
        session.leave("maps")
        heard = len(rows.answers)
        await space.change("map-13")
        await space.quiet()
        assert len(rows.answers) == heard
        session.ask("maps")
        await until(lambda: rows.count(Phase.LISTED) == 2)


async def test_asking_again_is_answered_at_once(space: Space) -> None:
    tempo = watching.Tempo(beat=60)
    async with opened(space.target, space.maps(), tempo) as (session, rows):
        await live(rows)
        async with asyncio.timeout(60):
            while not rows.count(Phase.BEAT):
                session.ask("maps")
                await asyncio.sleep(0.02)
    assert rows.count(Phase.FIRST) == 1


async def test_a_large_object_fits_and_a_huge_one_is_left_out_and_told(
    space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LONGEST", 300_000)
    async with opened(space.target, space.maps()) as (session, rows):
        await live(rows)
        before = rows.now["map-15"]
        version = await space.change("map-14", "x" * 250_000)
        await until(lambda: rows.now["map-14"] == version)
        assert rows.faults == []
        await space.change("map-15", "x" * 400_000)
        await until(lambda: rows.faults)
        assert rows.now["map-15"] == before
        session.ask("maps")
        await until(lambda: rows.now["map-15"] != before)  # it fits into a page
        version = await space.change("map-16")
        await until(lambda: rows.now["map-16"] == version)
    assert isinstance(rows.faults[0], Malformed)


async def test_many_events_come_together(space: Space) -> None:
    async with opened(space.target, space.maps()) as (_, rows):
        await live(rows)
        names = [f"burst-{at}" for at in range(500)]
        await asyncio.to_thread(space.add, *names)
        await until(lambda: len(rows.now) == 525)
    assert rows.count(Phase.EVENTS) < 250


async def test_a_list_over_the_stream_is_the_same_list(space: Space) -> None:
    async with opened(space.streamed.target, space.maps(page=10)) as (_, rows):
        await live(rows)
        version = await space.change("map-17")
        await until(lambda: rows.now["map-17"] == version)
        assert await space.asked("limit=") == []
        await space.tell("break", path=space.name, what="gone")
        await until(lambda: rows.count(Phase.LISTED) == 2)
        assert len(await space.asked("sendInitialEvents=true")) == 2
    assert rows.phases[:4] == [Phase.FIRST, Phase.PAGE, Phase.PAGE, Phase.LISTED]
    assert rows.fewest == 25


@pytest.mark.parametrize("mode", ["silent", "refused"])
async def test_a_server_that_cannot_stream_lists_is_asked_for_pages(
    space: Space, mode: str
) -> None:
    await space.tell("settings", watch_list=mode, bookmark_s=60)
    async with opened(space.streamed.target, space.maps(page=10)) as (_, rows):
        await live(rows)
    assert len(await space.asked("sendInitialEvents=true")) == 1
    assert len(await space.asked("limit=10")) == 3
    assert rows.faults == []


async def test_an_empty_list_over_the_stream_is_complete(space: Space) -> None:
    empty = replace(space.streamed, name=space.name + "-empty")
    async with opened(empty.target, empty.maps()) as (_, rows):
        await until(lambda: rows.count(Phase.LISTED))
    assert rows.phases[:2] == [Phase.FIRST, Phase.LISTED]


async def test_a_table_is_asked_for_and_followed(space: Space) -> None:
    accept = "application/json;as=Table;v=v1;g=meta.k8s.io"
    questions: Questions = {"table": (Watched(space.path, accept=accept),)}
    async with opened(space.target, questions, ask=["table"]) as (_, rows):

        def heard(word: str) -> int:
            return sum(word.encode() in answer.payload for answer in rows.answers)

        await until(lambda: heard("listed"))
        version = await space.change("map-18")
        await until(lambda: heard(version))
        await space.tell("break", path=space.name, what="end")
        later = await space.change("map-19")
        await until(lambda: heard(later))
    assert b"columnDefinitions" in rows.answers[0].payload
    assert heard("first\n") == 1
