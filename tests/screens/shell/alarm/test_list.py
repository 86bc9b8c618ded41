"""The list of alerts across all tabs: what it says, and what one does from there."""

import time

import pytest
from textual.widgets import Input

from opsconsole.alert import Alerts, Phase, Silence
from opsconsole.clean import Clean
from opsconsole.model import Level
from screens.shell.alarm.form import CareForm
from screens.shell.alarm.sheet import AlertSheet
from screens.shell.sheet import Sheet
from tests.screens.shell.alarm.scene import Desk, alert, say, taken
from tests.screens.shell.stage import Stage, host, row, stage


def _sheet(on: Stage) -> AlertSheet:
    assert isinstance(on.app.screen, AlertSheet), on.screen
    return on.app.screen


async def test_all_of_all_tabs_worst_first_each_with_why_and_who_cares() -> None:
    until = time.mktime((2031, 5, 6, 7, 8, 0, 0, 0, -1))
    silence = Silence("s1", "target:web*", Clean("carol"), 0.0, until, Clean("new disks"))
    async with stage(host("web-1"), host("web-2"), size=(240, 30)) as on:
        await say(
            on,
            alert("held", level=Level.WARN, acknowledged=taken("bob", until, "replacing it")),
            alert("hushed", silenced="s1", level=Level.WARN),
            alert("because", cause="worst web-1 /var", title=Clean("API is slow")),
            alert("worst", course=(1.0, 50.0, 97.2), times=4, flapping=True),
            alert("blind", "gone-host", phase=Phase.UNKNOWN, changed=time.time() - 300),
        )
        on.bus.publish(Alerts([], False, [silence]))
        await on.press("a")
        table = _sheet(on).table
        assert [table.text(each, "state") for each in table.data.order] == [
            "crit",
            "ack warn",
            "silenced warn",
            "explained crit",
            "unknown",
        ]
        assert on.says("bob until 2031-05-06 07:08: replacing it")
        assert on.says("silenced by carol until 2031-05-06 07:08: new disks")
        assert on.says("because of Disk is full, /var on web-1")
        assert on.says("flapping: 4 times within an hour")
        assert on.says("its data stopped 5 min ago")
        assert "▁▅█" in on.line("flapping")


async def test_filters_are_those_of_every_list() -> None:
    async with stage(host("web-1", env="prod"), host("web-2", env="dev")) as on:
        await say(on, alert(), alert("b", "web-2", acknowledged=taken()))
        await on.type("alerts state:ack")
        assert _sheet(on).table.data.order == ["b web-2 /var"]
        await on.press("escape")
        await on.type("alerts label:env=prod")
        assert _sheet(on).table.data.order == ["disk web-1 /var"]
        await on.press("escape")
        await on.type("alerts nonsense:x")
        assert on.says("no column nonsense")
        assert on.app.screen is on.app.main


async def test_enter_goes_to_the_object() -> None:
    async with stage(host("web-1"), host("web-2")) as on:
        await say(on, alert(), alert("b", "web-2", level=Level.WARN))
        await on.press("a", "j", "enter")
        await on.tell("host.filesystem", "web-2", row("host.filesystem", mount=Clean("/var")))
        assert on.app.screen is on.app.main
        assert on.app.main.tab.target == "web-2"
        table = on.app.main.tab.table
        assert table is not None
        assert table.cursor_id == "/var"


async def test_details_hold_everything() -> None:
    async with stage(host("web-1"), size=(160, 50)) as on:
        cause = alert("dead", key=(), object=Clean(""), title=Clean("Host is unreachable"))
        await say(
            on,
            cause,
            alert(
                level=Level.WARN,
                cause=cause.id,
                acknowledged=taken("bob", note="on it"),
                remedies=("host.vacuum-journal", "Move what nobody needs elsewhere."),
                origin=Clean("prometheus main"),
            ),
        )
        await on.press("a", "j", "d")
        assert isinstance(on.app.screen, Sheet)
        for words in (
            "Disk is full: /var on web-1",
            "ack warn",
            "used 97.2 % over 90 %",
            "bob until it is over: on it",
            "Host is unreachable: web-1",
            "host.vacuum-journal",
            "Move what nobody needs elsewhere.",
            "used_percent of host.filesystem",
            "our own experience",
            "prometheus main",
            "host.disk",
        ):
            assert on.says(words), words


async def test_the_list_follows_what_changes() -> None:
    async with stage(host("web-1")) as on:
        await say(on, alert())
        await on.press("a")
        await say(on, alert("b", age=9000), whole=False)
        _sheet(on).reload()
        await on.quiet()
        assert _sheet(on).table.data.order == ["b web-1 /var", "disk web-1 /var"]
        assert _sheet(on).table.cursor_id == "b web-1 /var"  # none was chosen: the worst
        await on.press("j")
        await say(on, alert("c", age=90000), whole=False)
        _sheet(on).reload()
        await on.quiet()
        assert _sheet(on).table.cursor_id == "disk web-1 /var"


async def test_when_nothing_changed_only_ages_in_sight_are_drawn() -> None:
    async with stage(host("web-1"), size=(120, 24)) as on:
        await say(on, *(alert(f"a{at}", age=float(at)) for at in range(5000)))
        await on.press("a")
        table = _sheet(on).table
        assert len(table.data.order) == 5000
        put: list[int] = []
        real = table.put
        table.put = lambda rows, **rest: (put.append(len(rows)), real(rows, **rest))[1]  # type: ignore[method-assign,func-returns-value]
        _sheet(on).reload()
        assert put == [table.page]
        assert table.lines_kept <= 2 * table.page


# -- taking care ---------------------------------------------------------------------------------


async def test_a_form_asks_for_note_and_time_and_all_consoles_are_told() -> None:
    desk = Desk()
    async with stage(host("web-1"), alerts=desk) as on:
        await say(on, alert(), alert("b", "web-2"))
        await on.press("a", "A")
        assert isinstance(on.app.screen, CareForm)
        assert on.says("Acknowledge Disk is full, /var on web-1")
        await on.press(*"on it", "enter", "right", "enter")
        await on.until(lambda: desk.asked)
        assert desk.asked == [("acknowledge", ("disk web-1 /var",), "on it", 3600.0)]
        await on.press("escape")
        assert on.says("acknowledged for 60 min: Disk is full, /var on web-1")


async def test_marked_alerts_are_taken_on_together() -> None:
    desk = Desk()
    async with stage(host("web-1"), alerts=desk) as on:
        await say(on, alert("a"), alert("b", acknowledged=taken()), alert("c"))
        await on.press("a", "asterisk", "A")
        assert on.says("Acknowledge 2 alerts")
        await on.press("enter", "enter")
        await on.until(lambda: desk.asked)
        names = ("a web-1 /var", "c web-1 /var")
        assert desk.asked == [("acknowledge", names, "", 0.0)]


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [(("enter",), 0.0), (("right", "enter"), 3600.0), (("right", "right", "enter"), 28800.0)],
)
async def test_how_long(keys: tuple[str, ...], wanted: float) -> None:
    desk = Desk()
    async with stage(host("web-1"), host("web-2"), alerts=desk) as on:
        await say(on, alert())
        await on.press("!", "A", "enter", *keys)
        await on.until(lambda: desk.asked)
        assert desk.asked[0][3] == wanted


async def test_a_time_of_ones_own() -> None:
    desk = Desk()
    async with stage(host("web-1"), host("web-2"), alerts=desk) as on:
        await say(on, alert())
        await on.press("!", "A", "enter", "left", "enter")
        await on.press("enter")
        assert on.says("other: a time as 90s, 10m, 8h or 2d")
        await on.press(*"90m", "enter")
        await on.until(lambda: desk.asked)
        assert desk.asked[0][3] == 5400.0


async def test_escape_and_a_paste_take_nothing_on() -> None:
    desk = Desk()
    async with stage(host("web-1"), host("web-2"), alerts=desk) as on:
        await say(on, alert())
        await on.press("!", "A", *"x", "escape")
        assert on.app.screen is on.app.main
        assert desk.asked == []


async def test_a_refusal_is_told_with_its_rule() -> None:
    desk = Desk(refuses="the estate lets nobody acknowledge from here")
    async with stage(host("web-1"), host("web-2"), alerts=desk) as on:
        await say(on, alert())
        await on.press("!")
        await on.type("ack 8h disks are ordered")
        await on.until(lambda: on.says("not done: the estate lets nobody acknowledge"))
        assert desk.asked == []


async def test_words_after_the_command_need_no_form() -> None:
    desk = Desk()
    async with stage(host("web-1"), host("web-2"), alerts=desk) as on:
        await say(on, alert(age=60), alert("b", key=(Clean("/srv"),)))
        await on.tell("host.filesystem", "web-1", row("host.filesystem", mount=Clean("/srv")))
        await on.type("ack 8h disks are ordered")  # the target under the cursor: both of its alerts
        await on.until(lambda: desk.asked)
        ids = ("b web-1 /srv", "disk web-1 /var")
        assert desk.asked == [("acknowledge", ids, "disks are ordered", 28800.0)]
        await on.press("enter")
        await on.type("pane filesystems")
        await on.settle()
        await on.type("ack 10 disks are ordered")  # no unit: a note that begins with a number
        await on.until(lambda: len(desk.asked) == 2)
        assert desk.asked[1] == ("acknowledge", ("b web-1 /srv",), "10 disks are ordered", 0.0)


async def test_acknowledgements_are_taken_back() -> None:
    desk = Desk()
    async with stage(host("web-1"), host("web-2"), alerts=desk) as on:
        await say(on, alert(), alert("b", "web-2", acknowledged=taken()))
        await on.type("unack")
        assert on.says("nobody acknowledged that")
        await on.press("j")
        await on.type("unack")
        await on.until(lambda: desk.asked)
        assert desk.asked == [("release", ("b web-2 /var",))]


async def test_silences_by_command_and_by_form() -> None:
    desk = Desk()
    silence = Silence("s7", "target:web*", Clean("bob"), 0.0, 0.0, Clean("disks"))
    async with stage(host("web-1"), host("web-2"), alerts=desk) as on:
        await say(on, alert())
        for wrong in ("silence target:web*", "silence target:web* 2h", "silence 2h why"):
            await on.type(wrong)
            assert on.says("who, for how long and why?")
        await on.type("silence target:web* rule:host.disk 2h new disks")
        await on.until(lambda: desk.asked)
        assert desk.asked.pop() == ("silence", "target:web* rule:host.disk", 7200.0, "new disks")
        await on.press("a", "S")
        assert on.says("target:web-1 rule:host.disk")
        await on.press("enter", "enter")
        assert on.says("Reason: others will ask")
        await on.press(*"why", "enter", "enter")
        await on.until(lambda: desk.asked)
        assert desk.asked.pop() == ("silence", "target:web-1 rule:host.disk", 3600.0, "why")
        await on.press("escape")
        await on.type("unsilence")
        assert on.says("nothing is silenced")
        on.bus.publish(Alerts([], False, [silence]))
        await on.settle()
        await on.type("unsilence s8")
        assert on.says("no silence 's8'; there is s7")
        await on.type("unsilence")
        assert on.says("target:web*")
        await on.press("enter")
        await on.until(lambda: desk.asked)
        assert desk.asked == [("unsilence", "s7")]


async def test_where_nothing_is_wrong_there_is_nothing_to_take_on() -> None:
    async with stage(host("web-1"), host("web-2"), alerts=Desk()) as on:
        await say(on, alert(phase=Phase.RESOLVED))
        await on.press("A")
        assert on.says("there is no open alert on that")
        assert on.app.screen is on.app.main


async def test_without_a_way_to_the_collector_it_says_so() -> None:
    async with stage(host("web-1"), host("web-2")) as on:
        await say(on, alert())
        await on.press("A")
        assert on.says("this console has no way to tell the collector")
        await on.press("a", "A")
        assert on.says("this console has no way to tell the collector")


async def test_what_splits_a_match_or_means_more_in_it_fits_any_one_letter() -> None:
    desk = Desk()
    async with stage(host("web-1"), alerts=desk) as on:
        await say(on, alert(target="rack B[7]*"))
        await on.press("a", "S")
        assert on.app.screen.query(Input).first().value == "target:rack?B?7?? rule:host.disk"
