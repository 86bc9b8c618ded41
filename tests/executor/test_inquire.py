"""Texts are read as they are written, merged by time, bounded, and let go when nobody asks."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from opsconsole.clean import Clean, clean
from opsconsole.errors import Refused
from opsconsole.executor import CEASE, INQUIRE, MORE, Ask, Ground
from opsconsole.executor import inquire as module
from opsconsole.executor.hands import Hands
from opsconsole.executor.inquire import Inquiries
from opsconsole.model import Target
from opsconsole.plan import Thing
from opsconsole.policy import Policy
from opsconsole.ports import Line, Opened, Passage
from opsconsole.spec import Argument, Arguments, Facts, Form, Inquiry, Look
from opsconsole.spec.inquiry import Reading
from opsconsole.transports.local import LocalTransport
from tests.executor.scene import Log

HERE = Target("here", "box", "local")
THING = Thing("here", (("file", "a"),), Clean("a"))


class Only:
    """The one way there is: programs of this machine, for real."""

    def __init__(self) -> None:
        self.local = LocalTransport()

    def get(self, name: str) -> LocalTransport:
        assert name == "local"
        return self.local


def dated(line: bytes) -> tuple[float | None, bytes]:
    """`12.5 text`."""
    head, _, text = line.partition(b" ")
    try:
        return float(head), text
    except ValueError:
        return None, line


def reading(*words: str, source: str = "") -> Reading:
    return Reading(words, source)


def inquiry(*calls: Reading) -> Inquiry:
    def made(_thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Reading, ...]:
        return calls

    return Inquiry("box.text", "Text", "t", "A test.", ("box.file",), ("file",), made)


class Bench:
    """Inquiries over real programs."""

    def __init__(self, *offered: Inquiry) -> None:
        self.log = Log()
        ways = Only()
        ground = Ground(
            targets={"here": HERE},
            actions={},
            policy=Policy(),
            transports=ways,
            audit=self.log,
            publish=lambda _: None,
            inquiries={"box": {one.id: one for one in offered}},
        )
        self.texts = Inquiries(ground, Hands(ways, ground.clock))

    async def open(self, ask: Ask | None = None) -> Opened:
        body = await self.texts.answer(
            INQUIRE, msgspec.msgpack.encode(ask or Ask("box.text", (THING,)))
        )
        assert body is not None
        return msgspec.msgpack.decode(body, type=Opened)

    async def more(self, text: int) -> Passage:
        body = await self.texts.answer(MORE, msgspec.msgpack.encode(text))
        assert body is not None
        return msgspec.msgpack.decode(body, type=Passage)

    async def all(self) -> tuple[list[Line], str]:
        """Read to the end; returns lines and notes."""
        opened = await self.open()
        lines: list[Line] = []
        notes: list[str] = []
        while True:
            passage = await self.more(opened.id)
            lines += passage.lines
            notes += [passage.note] if passage.note else []
            if passage.ended:
                return lines, "; ".join(notes)


@pytest.fixture(autouse=True)
async def no_leftovers() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    for _ in range(1000):  # what was let go ends when it is told so
        if asyncio.all_tasks() <= before | {asyncio.current_task()}:
            break
        await asyncio.sleep(0.01)
    assert asyncio.all_tasks() <= before | {asyncio.current_task()}


async def test_lines_come_in_order_without_their_ends() -> None:
    bench = Bench(inquiry(reading("printf", r"one\r\ntwo\n\nlast")))
    lines, note = await bench.all()
    assert [line.text for line in lines] == ["one", "two", "", "last"]
    assert not note


async def test_what_a_terminal_would_obey_is_taken_out_and_long_lines_are_cut() -> None:
    bench = Bench(inquiry(reading("printf", r"a\033[31mb\n%09000d\n", "7")))
    lines, _ = await bench.all()
    assert lines[0].text == clean("a\x1b[31mb")
    assert len(lines[1].text) == 8192


async def test_several_sources_are_merged_by_time() -> None:
    one = replace(
        inquiry(
            reading("printf", r"1 a\n4 d\n5 e\n", source="x"),
            reading("printf", r"2 b\n3 c\nnever\n", source="y"),
        ),
        dated=dated,
        form=Form.LOG,
    )
    lines, _ = await Bench(one).all()
    assert [(line.source, line.text) for line in lines if line.at] == [
        *[("x", "a"), ("y", "b"), ("y", "c"), ("x", "d"), ("x", "e")]
    ]
    assert Line(None, Clean("y"), Clean("never")) in lines


async def test_the_transports_own_lines_are_left_out_and_told_with_a_failure() -> None:
    failing = "/nowhere"
    one = replace(inquiry(reading("printf", r"200 now\ntext\n"), reading("ls", failing)), head=1)
    lines, note = await Bench(one).all()
    assert [line.text for line in lines] == ["text"]
    assert note.startswith("status 2")


async def test_a_program_that_is_not_there_spoils_no_other() -> None:
    one = inquiry(reading("opsconsole-no-such-program", source="x"), reading("printf", r"b\n"))
    lines, note = await Bench(one).all()
    assert [line.text for line in lines] == ["b"]
    assert note.startswith("x: ")


async def test_who_is_behind_is_told_how_much_was_skipped() -> None:
    bench = Bench(inquiry(reading("seq", "1", "100000")))
    opened = await bench.open()
    for _ in range(2000):
        if bench.texts.complete(opened.id):
            break
        await asyncio.sleep(0.01)
    skipped, lines = 0, list[Line]()
    while True:
        passage = await bench.more(opened.id)
        skipped += passage.skipped
        lines += passage.lines
        if passage.ended:
            break
    assert 0 < skipped == 100_000 - len(lines)
    assert [int(line.text) for line in lines] == list(range(skipped + 1, 100_001))


async def test_a_text_that_goes_on_is_followed_until_it_is_closed(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_text("first\n")
    bench = Bench(replace(inquiry(reading("tail", "-n", "+1", "-F", str(file))), follows=True))
    opened = await bench.open()
    assert [line.text for line in (await bench.more(opened.id)).lines] == ["first"]
    with file.open("a") as log:
        log.write("second\n")
    passage = await bench.more(opened.id)
    assert [line.text for line in passage.lines] == ["second"]
    assert not passage.ended
    await bench.texts.answer(CEASE, msgspec.msgpack.encode(opened.id))
    with pytest.raises(Refused, match="not read any more"):
        await bench.more(opened.id)


async def test_nobody_who_asks_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FORGOTTEN", 0.05)
    bench = Bench(inquiry(reading("sleep", "600")))
    opened = await bench.open()
    for _ in range(200):
        if not bench.texts.open:
            break
        await asyncio.sleep(0.02)
    assert not bench.texts.open
    with pytest.raises(Refused):
        await bench.more(opened.id)


async def test_too_many_at_once_let_go_of_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HELD", 2)
    bench = Bench(inquiry(reading("sleep", "600")))
    opened = [await bench.open() for _ in range(3)]
    assert bench.texts.open == {opened[1].id, opened[2].id}
    await bench.texts.close()


async def test_a_page_is_made_of_all_answers() -> None:
    def page(thing: Thing, answers: Sequence[tuple[int, bytes]]) -> list[Clean]:
        return [clean(f"{thing.name}: {status} {out.decode()}") for status, out in answers]

    one = replace(inquiry(reading("printf", "x"), reading("false")), page=page)
    lines, _ = await Bench(one).all()
    assert [line.text for line in lines] == ["a: 0 x", "a: 1 "]


async def test_a_page_that_cannot_be_made_says_so() -> None:
    def page(_thing: Thing, _answers: Sequence[tuple[int, bytes]]) -> list[Clean]:
        raise ValueError("what is this")

    lines, note = await Bench(replace(inquiry(reading("true")), page=page)).all()
    assert not lines
    assert "what is this" in note


async def test_the_look_comes_first_and_decides_what_is_read() -> None:
    look = Look(
        lambda _: ("printf", "one two"), lambda _thing, _status, out: {"words": out.decode()}
    )

    def calls(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Reading, ...]:
        return tuple(reading("printf", word, source=word) for word in facts["words"].split())

    bench = Bench(replace(inquiry(), look=look, calls=calls))
    assert (await bench.open()).sources == ["one", "two"]
    await bench.texts.close()
    with pytest.raises(Refused, match="nothing to read"):
        await Bench(replace(inquiry(), look=look)).open()


async def test_what_reveals_a_secret_is_written_down_first_with_a_reason() -> None:
    one = replace(inquiry(reading("printf", "hush")), audited="it shows passwords")
    bench = Bench(one)
    with pytest.raises(Refused, match="needs a reason"):
        await bench.open()
    assert not bench.log.records
    await bench.open(Ask("box.text", (THING,), reason="ticket 7"))
    ((kind, body),) = bench.log.records
    assert (kind, body["action"], body["note"]) == ("note", "box.text", "ticket 7")
    await bench.texts.close()


@pytest.mark.parametrize(
    "ask",
    [
        Ask("box.text", (Thing("nowhere", (), Clean("a")),)),
        Ask("box.text", ()),
        Ask("box.other", (THING,)),
        Ask("box.text", (THING,), {"lines": "many"}),
        Ask("box.text", (THING,), {"other": "1"}),
    ],
)
async def test_what_makes_no_sense_is_refused(ask: Ask) -> None:
    arguments = (Argument("lines", "Lines", ("10", "20"), "10"),)
    with pytest.raises(Refused):
        await Bench(replace(inquiry(reading("true")), arguments=arguments)).open(ask)


async def test_several_objects_are_read_as_one_text_but_not_as_a_page() -> None:
    def calls(thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Reading, ...]:
        return (reading("printf", thing.name, source=thing.name),)

    other = Thing("here", (("file", "b"),), Clean("b"))
    one = replace(inquiry(), calls=calls)
    bench = Bench(one)
    assert (await bench.open(Ask("box.text", (THING, other)))).sources == ["a", "b"]
    await bench.texts.close()

    def page(_thing: Thing, _answers: Sequence[tuple[int, bytes]]) -> list[Clean]:
        return []

    with pytest.raises(Refused, match="one object"):
        await Bench(replace(one, page=page)).open(Ask("box.text", (THING, other)))
