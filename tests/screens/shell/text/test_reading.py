"""A text is picked, read as it comes, searched, filtered, saved, and let go."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from opsconsole.clean import Clean, clean
from opsconsole.plan import Thing
from opsconsole.spec import Argument, Arguments, Facts, Form, Inquiry, Visit
from opsconsole.spec.inquiry import Reading
from screens.shell.text.menu import TextMenu
from screens.shell.text.screen import TextScreen
from screens.shell.verb import reading
from tests.screens.shell.act.scene import units
from tests.screens.shell.act.site import Site
from tests.screens.shell.stage import Stage


def calls(thing: Thing, _facts: Facts, arguments: Arguments) -> tuple[Reading, ...]:
    name = "-".join((dict(thing.pins)["unit"], *filter(None, arguments.values())))
    return (Reading(("read", name), source=thing.name),)


def dated(line: bytes) -> tuple[float | None, bytes]:
    return (float(line[:2]), line[3:]) if line[:2].isdigit() else (None, line)


def page(_thing: Thing, answers: Sequence[tuple[int, bytes]]) -> list[Clean]:
    return [clean(line.decode()) for line in answers[0][1].splitlines()]


LOG = Inquiry(
    id="host.logs",
    title="Log",
    letter="l",
    about="What it wrote.",
    probes=("host.unit",),
    pins=("unit",),
    calls=calls,
    form=Form.LOG,
    dated=dated,
    follows=True,
)
YAML = replace(LOG, id="host.yaml", title="YAML", letter="y", form=Form.YAML, page=page)
SECRET = replace(YAML, id="host.secret", title="Secret", letter="s", audited="it shows a password")


@asynccontextmanager
async def site(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    *offered: Inquiry | Visit,
    size: tuple[int, int] = (120, 24),
) -> AsyncGenerator[tuple[Stage, Site]]:
    """A host with failed units whose texts can be read."""
    monkeypatch.setattr(reading, "texts_folder", lambda: folder)
    found = Site()
    found.inquiries = {"host": {one.id: one for one in offered}}
    async with units(found, size=size) as on:
        yield on, found
        found.hosts.reading.set()


def saved(folder: Path) -> list[str]:
    """The only file there, which nobody else may read."""
    (path,) = folder.iterdir()
    assert path.stat().st_mode & 0o077 == 0
    return path.read_text().splitlines()


async def reads(on: Stage, *words: str) -> None:
    await on.until(lambda: all(on.says(word) for word in words))


async def test_a_log_is_followed_and_let_go(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with site(monkeypatch, tmp_path, LOG) as (on, found):
        found.hosts.written["cron.service"] = [b"one\ntw", b"o\n\x1b[31mthree\n"]
        await on.press("l")
        await reads(on, "one", "two", "3 lines, follows", "cron.service")
        assert not any("\x1b" in line for line in on.screen)
        assert found.executor is not None
        await on.press("escape")
        assert not isinstance(on.app.screen, TextScreen)
        await on.until(lambda: "cease" in found.calls)


async def test_the_menu_names_what_there_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with site(monkeypatch, tmp_path, LOG, YAML) as (on, found):
        found.hosts.written["cron.service"] = [b"a: 1\n"]
        found.hosts.reading.set()
        await on.press("v")
        assert isinstance(on.app.screen, TextMenu)
        assert on.says("What it wrote.")
        await on.press("z")
        assert on.says("nothing to read on z")
        await on.press("y")
        await reads(on, "a: 1", "1 lines, ended")


async def test_marked_objects_are_read_as_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with site(monkeypatch, tmp_path, LOG, YAML) as (on, found):
        found.hosts.written["cron.service"] = [b"10 first\n30 third\n"]
        found.hosts.written["nginx.service"] = [b"20 second\n"]
        await on.press("space", "space", "l")
        await reads(on, "first", "second", "third")
        rows = [
            line for line in on.screen if "first" in line or "second" in line or "third" in line
        ]
        assert ["cron" in row for row in rows] == [True, False, True]
        await on.press("escape")
        await on.type("read yaml")
        assert on.says("one object at a time")


async def test_searching_filtering_and_saving(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with site(monkeypatch, tmp_path, replace(LOG, follows=False)) as (on, found):
        found.hosts.written["cron.service"] = [b"".join(b"line %d\n" % n for n in range(100))]
        found.hosts.reading.set()
        await on.press("l")
        await reads(on, "100 lines, ended")
        await on.press("slash", "4", "2", "enter")
        await reads(on, "line 42")
        await on.press("slash", "z", "z", "enter")
        await reads(on, "not found: zz")
        await on.press("ampersand", "7", "enter")
        await reads(on, "19/100 lines")
        await on.press("s")
        await reads(on, "19 lines saved")
        assert saved(tmp_path)[:3] == ["line 7", "line 17", "line 27"]
        await on.press("escape")
        await reads(on, "100 lines, ended")
        await on.press("escape")
        assert not isinstance(on.app.screen, TextScreen)


async def test_options_are_chosen_and_the_text_is_read_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    arguments = (Argument("previous", "Previous run", ("no", "yes"), "no"),)
    async with site(monkeypatch, tmp_path, replace(LOG, arguments=arguments)) as (on, found):
        found.hosts.written["cron.service-no"] = [b"of now\n"]
        found.hosts.written["cron.service-yes"] = [b"of before\n"]
        await on.press("l")
        await reads(on, "of now", "previous=no")
        await on.press("p")
        await reads(on, "of before", "previous=yes")
        assert not on.says("of now")
        await on.press("o", "enter")
        await reads(on, "of now")


async def test_a_secret_asks_why_and_is_written_down(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with site(monkeypatch, tmp_path, SECRET) as (on, found):
        found.hosts.written["cron.service"] = [b"hush\n"]
        found.hosts.reading.set()
        await on.press("v")
        await reads(on, "it shows a password: why?")
        assert not on.says("hush")
        await on.press("escape")
        assert not isinstance(on.app.screen, TextScreen)
        assert not found.audit.kept
        await on.press("v", "t", "7", "enter")
        await reads(on, "hush")
        ((kind, body),) = found.audit.kept
        assert (kind, body["note"]) == ("note", "t7")


async def test_a_collector_that_dies_is_told_and_the_text_stays(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with site(monkeypatch, tmp_path, LOG) as (on, found):
        found.hosts.written["cron.service"] = [b"one\n"]
        await on.press("l")
        await reads(on, "one")
        found.die()
        await reads(on, "one", "read on from here")
        await on.press("escape")


async def test_where_there_is_nothing_to_read_it_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with site(monkeypatch, tmp_path) as (on, _):
        await on.press("l")
        assert on.says("nothing to read")
        await asyncio.sleep(0)
    async with site(monkeypatch, tmp_path, YAML) as (on, _):
        await on.press("l")
        assert on.says("there is no 'l' to read here; there are: yaml")


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (400, 100)])
async def test_it_fits_every_screen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with site(monkeypatch, tmp_path, LOG, size=size) as (on, found):
        found.hosts.written["cron.service"] = [("長" * 300 + "\n").encode(), b"x" * 20_000 + b"\n"]
        await on.press("l")
        await on.until(lambda: on.says("xxx") and on.says("長"))
        for key in ("W", "t", "J", "right", "e", "n", "m", "apostrophe", "end", "home"):
            await on.press(key)
            assert len(on.screen) == size[1]
