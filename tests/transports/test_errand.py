"""What runs one program whatever carries it: refused words, bounded output, its end."""

import asyncio

import pytest

from opsconsole.errors import Refused
from opsconsole.transports.errand import CUT, HEARD, Errand, checked


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        ((), "its name is empty"),
        (("", "a"), "its name is empty"),
        (("-c", "id"), "is an option"),
        (("true", "a\0b"), "NUL"),
        (("true", "\ud800"), "half a surrogate"),
    ],
)
def test_words_that_no_program_can_get_are_refused(argv: tuple[str, ...], why: str) -> None:
    with pytest.raises(Refused, match=f"^web-1: .*{why}"):
        checked("web-1", argv)


def test_words_go_as_the_bytes_they_stand_for() -> None:
    assert checked("web-1", ("a", "", "é", "\udcff\udc80")) == (b"a", b"", b"\xc3\xa9", b"\xff\x80")


@pytest.mark.parametrize("size", [1, 4096, 3 * HEARD])
async def test_output_is_cut_and_says_so_once(size: int) -> None:
    heard = bytearray()
    errand = Errand("web-1", "yes", heard.extend)
    for _ in range(HEARD // size):
        errand.said(b"y" * size)
    if size < HEARD:
        assert bytes(heard) == b"y" * HEARD, "as much as is allowed is not cut"
    for _ in range(3):
        errand.said(b"y" * size)
    assert bytes(heard) == b"y" * HEARD + b"\n" + CUT


async def test_output_cut_at_a_line_has_no_empty_line() -> None:
    heard = bytearray()
    errand = Errand("web-1", "yes", heard.extend)
    errand.said(b"\n" * (HEARD + 1))
    assert bytes(heard) == b"\n" * HEARD + CUT


async def test_what_a_program_leaves_behind_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("opsconsole.transports.errand.QUIET", 0.05)
    monkeypatch.setattr("opsconsole.transports.errand.PATIENCE", 0.5)
    heard: list[bytes] = []
    silent = Errand("web-1", "service", heard.append)
    async with asyncio.timeout(60):
        await silent.rest()
    talker = Errand("web-1", "service", heard.append)

    async def talk() -> None:
        while True:
            talker.said(b"x")
            await asyncio.sleep(0.01)

    talking = asyncio.create_task(talk())
    async with asyncio.timeout(60):
        await talker.rest()
    talking.cancel()
    assert heard, "it was heard, for a while"
