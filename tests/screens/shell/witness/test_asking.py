"""The second person's console: somebody asks, it is read, and a key that was meant answers it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from textual.events import Paste

from opsconsole.plan import Standing
from screens.shell.act.deliberate import AFTER_S
from screens.shell.app import OpsConsole
from screens.shell.sheet import Sheet
from screens.shell.witness.dialog import AskedDialog
from screens.shell.witness.lookout import Lookout
from tests.screens.shell.act.scene import PAUSE_S
from tests.screens.shell.stage import Stage, host, stage
from tests.screens.shell.trial import trial
from tests.screens.shell.witness.people import BOB, CAROL, Others, wanted

WEB1 = host("web-1")


@asynccontextmanager
async def called(others: Others, size: tuple[int, int] = (160, 50)) -> AsyncGenerator[Stage]:
    """A console that has looked who asks."""
    async with stage(WEB1, size=size, desk=others.desk()) as on:
        await look(on)
        yield on


def lookout(on: Stage) -> Lookout:
    """Of the console."""
    assert on.app.lookout is not None
    return on.app.lookout


async def look(on: Stage) -> None:
    """One look, on screen."""
    await lookout(on).look()
    await on.settle()


async def listed(on: Stage) -> Sheet:
    """`:approve`, and until the list is there."""
    await on.type("approve")
    await on.until(lambda: isinstance(on.app.screen, Sheet))
    shown = on.app.screen
    assert isinstance(shown, Sheet)
    return shown


async def opened(on: Stage) -> AskedDialog:
    """The plan of the first one, on screen for a moment."""
    await listed(on)
    await on.press("enter")
    shown = on.app.screen
    assert isinstance(shown, AskedDialog)
    await asyncio.sleep(PAUSE_S)
    return shown


async def named(on: Stage, name: str) -> None:
    """Type a name, and let the keys rest."""
    await on.press("tab")
    await on.rush(*name, "enter")
    await asyncio.sleep(PAUSE_S)


async def judged(on: Stage) -> None:
    """Until a `y` was judged."""
    await asyncio.sleep(AFTER_S + 0.1)
    await on.settle()


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[OpsConsole]:
    """Who rang the terminal's bell."""
    rung: list[OpsConsole] = []

    def bell(app: OpsConsole) -> None:
        rung.append(app)

    monkeypatch.setattr(OpsConsole, "bell", bell)
    return rung


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_the_header_says_who_asks_until_they_are_gone(
    size: tuple[int, int], bells: list[OpsConsole]
) -> None:
    others = Others()
    async with called(others, size) as on:
        assert not on.says(":approve")
        assert bells == []
        bob = others.ask(BOB)
        await look(on)
        await look(on)
        assert "bob asks: Reboot on db2 · :approve" in on.screen[0]
        assert len(bells) == 1
        assert [each.message for each in on.app._notifications] == [
            "bob asks: Reboot on db2\n:approve shows it"
        ]
        del others.asked[bob.path]
        await look(on)
        assert "asks" not in on.screen[0]


async def test_of_many_the_first_is_named_and_the_rest_counted(bells: list[OpsConsole]) -> None:
    others = Others()
    for _ in range(8):
        others.ask(BOB)
    async with called(others) as on:
        assert "bob asks: Reboot on db2, and 7 more · :approve" in on.screen[0]
        assert len(bells) == 1
        assert len(on.app._notifications) <= 3


async def test_a_console_nobody_asks_writes_nothing() -> None:
    others = Others()
    async with trial(WEB1, desk=others.desk(every_s=0.01)) as one:
        await one.look()
        one.app._told_at = float("inf")  # what the console costs is told on its own account
        before = others.looked
        one.app.take_sent()
        await one.on.until(lambda: others.looked > before + 20)
        assert (one.app.take_sent(), others.connected) == ("", 0)


async def test_the_list_names_them_by_the_kernels_word_and_opens_the_whole_plan() -> None:
    others = Others()
    others.ask(BOB)
    async with called(others) as on:
        await listed(on)
        line = on.line("bob (uid 1002)")
        assert "Reboot" in line
        assert "db2" in line
        await on.press("enter")
        for words in (
            "bob asks: Reboot",
            "bob (uid 1002), until",
            "host.reboot",
            "reason     it hangs",
            "tier 3",
            "it takes the power away",
            "delay 0",
            "boot b00t",
            "systemctl reboot --message 'two words'",
            "up 41 d",
            "it is away for some minutes",
            "nobody is logged in",
            "nothing takes it back",
            "at most 1 of 3 in the group",
            "cannot be ended half way",
            "type the name, db2",
        ):
            assert on.says(words), words


async def test_the_name_and_a_y_that_was_meant_approve_it() -> None:
    others = Others()
    bob = others.ask(BOB)
    async with called(others) as on:
        await opened(on)
        await named(on, "db2")
        await on.press("y")
        await on.until(lambda: on.app.screen is on.app.main)
        assert others.answers == [("yes", bob.hash, "db2")]
        assert on.says("approved: Reboot of bob (uid 1002), who runs it now")
        assert "asks" not in on.screen[0], "at once, and not with the next look"


@pytest.mark.parametrize(
    ("name", "says"), [("", "type the name exactly: db2"), ("db1", "type the name exactly")]
)
async def test_without_the_name_nothing_is_approved(name: str, says: str) -> None:
    others = Others()
    others.ask(BOB)
    async with called(others) as on:
        dialog = await opened(on)
        await named(on, name)
        await on.press("y")
        await judged(on)
        assert on.says(says)
        assert on.app.screen is dialog
        assert others.answers == []


async def test_keys_typed_ahead_held_down_or_pasted_and_enter_approve_nothing() -> None:
    others = Others()
    others.ask(BOB)
    async with called(others) as on:
        await listed(on)
        await on.rush("enter", "tab", *"db2", "enter", "y")
        dialog = on.app.screen
        assert isinstance(dialog, AskedDialog)
        await judged(on)
        await named(on, "db2")
        await on.rush("y", "y", "y")
        await judged(on)
        assert on.says("keys came too fast")
        on.app.post_message(Paste("y"))
        await judged(on)
        assert on.app.screen is dialog
        await on.press("enter")
        assert not dialog.is_attached
        assert others.answers == []


@pytest.mark.parametrize("key", ["escape", "n", "q", "enter", "ctrl+c"])
async def test_leaving_it_answers_nothing(key: str) -> None:
    others = Others()
    others.ask(BOB)
    async with called(others) as on:
        await opened(on)
        await on.press(key)
        assert on.app.screen is on.app.main
        assert others.answers == []
        assert "bob asks" in on.screen[0]


async def test_a_denial_takes_a_reason() -> None:
    others = Others()
    bob = others.ask(BOB)
    async with called(others) as on:
        dialog = await opened(on)
        await on.press("D", "enter")
        assert on.says("say why not: who asks will read it")
        assert on.app.screen is dialog
        await on.press(*"not now", "enter")
        await on.until(lambda: on.app.screen is on.app.main)
        assert others.answers == [("no", bob.hash, "not now")]
        assert on.says("denied: Reboot of bob (uid 1002)")


async def test_an_answer_that_does_not_count_is_told_where_it_was_given() -> None:
    others = Others()
    others.ask(BOB)
    others.refusal = "somebody has answered \x1b[2J already"
    async with called(others) as on:
        dialog = await opened(on)
        await named(on, "db2")
        await on.press("y")
        await on.until(lambda: on.says("somebody has answered"))
        assert on.app.screen is dialog
        assert others.answers == []


async def test_who_does_not_wait_any_more_cannot_be_answered() -> None:
    others = Others()
    others.ask(BOB)
    async with called(others) as on:
        dialog = await opened(on)
        await named(on, "db2")
        others.asked.clear()
        await lookout(on).look()
        await on.until(lambda: on.says("bob does not wait any more"))
        await on.press("y", "D")
        await judged(on)
        assert on.app.screen is dialog
        assert others.answers == []


@pytest.mark.parametrize(
    ("confirm", "effect", "says"),
    [
        ("", "x", "names nothing to type"),
        (" ", "x", "names nothing to type"),
        (
            "db2",
            "x" * (600 << 10),
            "too long to be read here: opsconsole approve 0000000000000000",
        ),
    ],
)
async def test_what_cannot_be_read_or_named_cannot_be_approved(
    confirm: str, effect: str, says: str
) -> None:
    others = Others()
    others.ask(BOB, wanted(confirm=confirm, why=(effect,)))
    async with called(others) as on:
        dialog = await opened(on)
        await named(on, confirm)
        await on.press("y")
        await judged(on)
        assert on.says(says)
        assert on.app.screen is dialog
        assert others.answers == []


async def test_all_of_a_long_argument_can_be_read() -> None:
    others = Others()
    others.ask(BOB, wanted(why=("x" * 30_000 + "THE END",), arguments={"a": "y" * 9000 + "LAST"}))
    async with called(others) as on:
        dialog = await opened(on)
        joined = dialog.page.plain.replace("\n", "").replace(" ", "")
        assert "THEEND" in joined
        assert "LAST" in joined


async def test_those_we_may_not_approve_are_listed_with_the_reason() -> None:
    others = Others()
    others.shut(CAROL, "you and carol are the same person")
    async with called(others) as on:
        assert "asks" not in on.screen[0]
        await listed(on)
        assert on.says("not for you: you and carol are the same person")
        await on.press("enter")
        assert on.app.screen is on.app.main
        assert on.says("cannot be approved by you")


async def test_nobody_and_nowhere_are_said() -> None:
    others = Others()
    async with called(others) as on:
        await on.type("approve")
        await on.until(lambda: on.says("nothing waits for a second person"))
        others.nowhere = "the folder belongs to uid 3 and not to root"
        await on.type("approve")
        await on.until(lambda: on.says("belongs to uid 3 and not to root"))


async def test_a_console_that_only_looks_approves_nothing(bells: list[OpsConsole]) -> None:
    others = Others()
    async with stage(WEB1) as on:
        await on.type("approve")
        assert on.says("read-only: this console only looks")
        assert on.app.lookout is None
    async with stage(WEB1, desk=others.desk()) as on:
        on.app.feed.runs.standing = Standing(read_only=True, free=False)
        others.ask(BOB)
        await look(on)
        assert "asks" not in on.screen[0]
        await on.type("approve")
        assert on.says("read-only: this console only looks")
    assert bells == []
    assert others.answers == []
