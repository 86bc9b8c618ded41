"""A real CUPS server and a real IPP printer: seen, acted on, verified."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from opsconsole.domains.desktop.cups import INTEGRATION, JOB, QUEUE, SERVER, SUPPLY
from opsconsole.domains.desktop.cups.job_action import CANCEL, HOLD, MOVE, RELEASE
from opsconsole.domains.desktop.cups.queue_action import ACCEPT, PAUSE, PURGE, REJECT, RESUME
from opsconsole.errors import Gone, Refused
from opsconsole.model import Target, Value
from opsconsole.plan import Thing
from opsconsole.ports import Session
from opsconsole.spec import Action, Facts, Look, Probe
from opsconsole.transports.http import HttpTransport
from tests.domains.database.redis.scene import thing
from tests.domains.desktop.recording import table
from tests.servers import cups
from tests.servers.sampler import Heard
from tests.transports.doing import done

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def server() -> Generator[str, None, None]:
    with cups.cupsd("lab", "spare") as url:
        yield url


@pytest.fixture(scope="module")
def device() -> Generator[cups.Printer, None, None]:
    with cups.printer("Floor 3 Printer") as one:
        yield one


@pytest.fixture
def printer(device: cups.Printer) -> str:
    return device.url


def target(url: str) -> Target:
    return Target("print", "cups", "http", settings={"url": url})


@asynccontextmanager
async def opened(url: str) -> AsyncGenerator[tuple[Session, Heard], None]:
    transport, heard = HttpTransport(), Heard()
    try:
        yield await transport.open(target(url), INTEGRATION.script, 1.0, heard), heard
    finally:
        await transport.close()


async def seen(url: str, probe: Probe[Any]) -> list[dict[str, Value]]:
    async with opened(url) as (session, heard):
        session.ask(probe.exchange)
        await heard.until(lambda all_: len(all_.answers) == 1)
        (answer,) = heard.answers
        assert answer.error is None
        return table(probe, answer.payload)


async def looked(look: Look, one: Thing, url: str) -> Facts:
    """Facts of an object, by all looks that the executor would take."""
    status, out = await done(HttpTransport(), target(url), *look.argv(one))
    facts = dict(look.read(one, status, out))
    for more in look.then(one, facts):
        facts |= await looked(more, one, url)
    return facts


def nothing() -> None:
    pass


async def acted(
    action: Action, url: str, one: Thing, then: Callable[[], None] = nothing, **arguments: str
) -> Facts:
    """Done and verified; the facts before it."""
    before = await looked(action.look, one, url)
    assert action.bars(one, before, arguments) == ""
    (step,) = action.steps(one, before, arguments)
    status, out = await done(HttpTransport(), target(url), *step.argv)
    assert status == 0
    assert action.says is not None
    assert action.says(status, out).startswith("done")
    then()
    async with asyncio.timeout(60):
        while not action.verify.held(before, await now(action, one, url), arguments):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return before


async def now(action: Action, one: Thing, url: str) -> Facts | None:
    try:
        return await looked(action.look, one, url)
    except Gone:
        return None


def queue(name: str) -> Thing:
    return thing(queue=name)


def by(rows: list[dict[str, Value]], key: str) -> dict[str, dict[str, Value]]:
    return {str(row[key]): row for row in rows}


async def test_a_queue_is_held_up_and_let_go(server: str) -> None:
    before = await acted(PAUSE, server, queue("lab"))
    assert (before["state"], before["path"]) == ("idle", "/printers/lab")
    rows = by(await seen(server, QUEUE), "queue")
    assert (rows["lab"]["status"], rows["lab"]["reasons"]) == ("stopped", "paused")
    assert (rows["lab"]["judged"], rows["spare"]["judged"]) == ("warning", "ok")
    assert (rows["spare"]["status"], rows["spare"]["accepts"]) == ("idle", "yes")
    (one,) = await seen(server, SERVER)
    assert (one["queues"], one["stopped"], one["complaints"]) == (2, 1, "lab: paused")
    assert one["activity"] == "1 idle, 1 stopped"
    undo = PAUSE.undo(queue("lab"), before, {})
    assert undo is not None
    assert undo.action == RESUME.id
    await acted(RESUME, server, queue("lab"))
    assert by(await seen(server, QUEUE), "queue")["lab"]["status"] == "idle"


async def test_a_queue_takes_no_jobs_and_takes_them_again(server: str) -> None:
    await acted(REJECT, server, queue("spare"))
    assert by(await seen(server, QUEUE), "queue")["spare"]["accepts"] == "no"
    (one,) = await seen(server, SERVER)
    assert one["rejecting"] == 1
    await acted(ACCEPT, server, queue("spare"))
    assert by(await seen(server, QUEUE), "queue")["spare"]["accepts"] == "yes"


def submit(server: str, name: str, to: str = "lab") -> str:
    return str(cups.printed(server, "/", f"ipp://localhost/printers/{to}", name))


async def test_a_job_is_seen_held_released_moved_and_canceled(server: str) -> None:
    await acted(PAUSE, server, queue("lab"))
    await acted(PAUSE, server, queue("spare"))
    try:
        number = submit(server, "plan [red].pdf")
        one = by(await seen(server, JOB), "id")[number]
        assert (one["queue"], one["name"], one["user"]) == ("lab", "plan [red].pdf", "ann")
        assert (one["status"], one["size_bytes"]) == ("pending", 1024)
        assert isinstance(one["age_s"], float)
        facts = await looked(MOVE.look, thing(id=number), server)
        bars = MOVE.bars(thing(id=number), facts, {"to": "nowhere"})
        assert bars == "no queue 'nowhere' there: lab, spare"
        assert MOVE.bars(thing(id=number), facts, {"to": "lab"}) == "it is there already"
        assert MOVE.bars(thing(id=number), facts, {"to": ""}) == ""
        assert MOVE.steps(thing(id=number), facts, {"to": ""}), "a menu asks without a queue"
        held = await looked(RELEASE.look, thing(id=number), server)
        assert RELEASE.bars(thing(id=number), held, {}) == "it is not held: pending"
        await acted(HOLD, server, thing(id=number))
        held = await looked(HOLD.look, thing(id=number), server)
        assert HOLD.bars(thing(id=number), held, {}) == "it is held already"
        assert by(await seen(server, JOB), "id")[number]["status"] == "held"
        await acted(RELEASE, server, thing(id=number))
        await acted(MOVE, server, thing(id=number), to="spare")
        assert by(await seen(server, JOB), "id")[number]["queue"] == "spare"
        before = await acted(CANCEL, server, thing(id=number))
        assert (before["user"], before["queue"]) == ("ann", "spare")
        assert number not in by(await seen(server, JOB), "id")
        with pytest.raises(Gone, match="canceled"):
            await looked(CANCEL.look, thing(id=number), server)
    finally:
        await acted(RESUME, server, queue("lab"))
        await acted(RESUME, server, queue("spare"))


async def test_an_emptied_queue_was_listed_first(server: str) -> None:
    await acted(PAUSE, server, queue("lab"))
    try:
        numbers = [submit(server, name) for name in ("a.pdf", "b.pdf")]
        assert callable(PURGE.preview)
        assert PURGE.told is not None
        asked = PURGE.preview(queue("lab"), {})
        status, out = await done(HttpTransport(), target(server), *asked)
        lines = PURGE.told(queue("lab"), {}, status, out)
        assert [line.split()[0] for line in lines] == ["2", *numbers]
        assert lines[1].endswith("ann a.pdf, 1 KiB")
        await acted(PURGE, server, queue("lab"))
        assert not set(numbers) & set(by(await seen(server, JOB), "id"))
    finally:
        await acted(RESUME, server, queue("lab"))


async def test_a_server_that_wants_an_account_says_so_and_does_nothing() -> None:
    with cups.cupsd(closed="/jobs") as url:
        job = thing(id="1")
        facts = {"path": "/printers/lab", "state": "pending"}
        (step,) = CANCEL.steps(job, facts, {})
        status, out = await done(HttpTransport(), target(url), *step.argv)
        assert status == 401
        assert CANCEL.says is not None
        assert "give the target `user` and `password`" in CANCEL.says(status, out)


async def test_what_is_not_there_is_gone(server: str, printer: str) -> None:
    for url in (server, printer):
        with pytest.raises(Gone):
            await looked(PAUSE.look, queue("none"), url)
        with pytest.raises(Gone):
            await looked(CANCEL.look, thing(id="999"), url)
        with pytest.raises(Refused, match="no number of a job"):
            await looked(CANCEL.look, thing(id="1 OR 1"), url)


async def test_a_printer_tells_its_supplies_and_what_it_lacks(printer: str) -> None:
    def told(query: str) -> None:
        cups.form(f"{printer}/supplies?{query}")

    await asyncio.to_thread(told, "supply0=98&supply1=2")
    waste, black = await seen(printer, SUPPLY)
    assert (waste["left_percent"], waste["full_percent"]) == (None, 98)
    assert (waste["judged"], waste["type"]) == ("critical", "waste toner")
    assert (black["supply"], black["color"], black["left_percent"]) == ("Black Ink", "black", 2)
    assert (black["judged"], black["capacity"], black["unit"]) == ("critical", 100, "%")
    (one,) = await seen(printer, SERVER)
    assert (one["model"], one["location"]) == ("Acme LaserJet 42", "Floor 3")
    assert (one["lowest_percent"], one["lowest"], one["activity"]) == (2, "Black Ink", "idle")
    assert one["complaints"] == "marker-waste-almost-full-report, toner-low-report"
    assert one["complaints_warning"] == 1
    readings, summary = INTEGRATION.probes[-2:]
    assert [row["judged"] for row in await seen(printer, readings)] == ["critical", "critical"]
    (short,) = await seen(printer, summary)
    assert (short["critical"], short["warning"]) == (2, 0)


async def test_a_printers_own_job_is_seen_and_canceled(device: cups.Printer) -> None:
    url = device.url

    def send() -> int:
        return cups.printed(url, "/ipp/print", "ipp://localhost/ipp/print", "letter")

    device.hold.touch()
    try:
        number = str(await asyncio.to_thread(send))
        one = by(await seen(url, JOB), "id")[number]
        assert (one["name"], one["user"], one["queue"]) == ("letter", "ann", "")
        facts = await looked(HOLD.look, thing(id=number), url)
        assert HOLD.bars(thing(id=number), facts, {}) == "it does not understand Hold-Job"
        await acted(CANCEL, url, thing(id=number), device.hold.unlink)
    finally:
        device.hold.unlink(missing_ok=True)


async def test_a_printer_says_what_it_cannot_do(printer: str) -> None:
    """It knows neither pausing nor emptying; that is told before anything is tried."""
    facts = await looked(PAUSE.look, queue("Floor 3 Printer"), printer)
    assert (facts["path"], facts["state"]) == ("/ipp/print", "idle")
    assert PAUSE.bars(queue("Floor 3 Printer"), facts, {}) == "it does not understand Pause-Printer"
    with pytest.raises(Gone):
        await looked(MOVE.look, thing(id="999999"), printer)
