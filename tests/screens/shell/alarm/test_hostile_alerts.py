"""Texts that want to be more than text, in every place of an alert: drawn, never obeyed."""

import math

from opsconsole.alert import Acknowledgement, Alert, Alerts, Phase, Silence
from opsconsole.clean import Clean
from opsconsole.model import Level
from screens.shell.alarm.sheet import AlertSheet
from screens.shell.sheet import Sheet
from tests.screens.shell.alarm.scene import alert
from tests.screens.shell.hostile import corpus
from tests.screens.shell.stage import host
from tests.screens.shell.trial import Trial, groups, texts, trial

WEB1, WEB2 = host("web-1"), host("web-2")
OURS = {"app.command('worst')", "app.command('back')"}
PHASES = (Phase.OPEN, Phase.UNKNOWN, Phase.RESOLVED)


def _evil(at: int, words: list[Clean], target: str = "") -> Alert:
    """An alert that says something hostile in every place it has."""
    one, two, three, four, five, *_ = [*words, *words, *words, *words, *words]
    taken = Acknowledgement(one, 0.0, float(at % 2) * 1e18, two)
    return alert(
        f"{one}{at}",
        target or two,
        Level.CRIT if at % 2 else Level.WARN,
        key=(three,),
        rule=f"{three}",
        object=four,
        phase=PHASES[at % 3],
        title=five,
        why=one,
        remedies=(f"{two}", f"{three}"),
        source=four,
        origin=five,
        probe="host.filesystem",
        column=f"{one}",
        acknowledged=taken if at % 5 == 0 else None,
        silenced=f"{two}" if at % 7 == 0 else "",
        cause=f"{four}" if at % 4 == 0 else "",
        flapping=at % 6 == 0,
        course=(math.nan, math.inf, -math.inf, -1.0, 1e308, 0.0),
        value=(math.nan, math.inf, None, 1.0)[at % 4],
        limit=(0.0, math.nan, -1.0, None)[at % 4],
        since=(0.0, math.inf, -1e300, math.nan, 1e9)[at % 5],
        changed=(1e18, 0.0, math.nan)[at % 3],
    )


def _tell(one: Trial, alerts: list[Alert], silences: list[Silence] | None = None) -> None:
    one.on.bus.publish(Alerts(alerts, True, silences))


async def test_every_line_of_the_list() -> None:
    evil = [_evil(at, words) for at, words in enumerate(groups(texts(), 5))]
    async with trial(WEB1, WEB2, size=(160, 120)) as one:
        _tell(one, evil)
        await one.look()
        await one.on.press("a")
        sheet = one.app.screen
        assert isinstance(sheet, AlertSheet)
        one.judge()
        one.app.done.clear()
        seen = await one.leaf_through(sheet.table)
        assert seen == len(one.app.feed.alarms) > 2000
        for shown in (["rule", "probe", "origin", "title"], ["care", "why", "object"]):
            sheet.table.set_shown(shown)
            await one.leaf_through(sheet.table)
        assert one.app.done == []


async def test_strip_status_line_header_and_the_list_of_targets() -> None:
    async with trial(WEB1, WEB2, size=(160, 30)) as one:
        _tell(one, [])
        await one.look()
        for at, words in enumerate(groups(texts()[:3000], 5)):
            evil = _evil(at * 3 + 1, words, "web-1")
            one.on.bus.publish(Alerts([evil], True, None))
            await one.look()
            await one.on.press("!")
            one.judge()
            assert one.app.main.strip.display
            if at % 10 == 0:
                await one.on.press("escape")
                one.judge()
        assert set(one.app.done) == {*OURS, "worst", "back", "drop_range"}


async def test_details_forms_and_silences() -> None:
    async with trial(WEB1, WEB2, size=(160, 50)) as one:
        for at, words in enumerate(groups(texts()[:400], 5)):
            silence = Silence(f"{words[0]}", f"{words[-1]}", words[0], 0.0, 1e18, words[-1])
            one.on.bus.publish(Alerts([_evil(at * 3, words)], True, [silence]))
            await one.look()
            await one.on.press("a", "d")
            assert isinstance(one.app.screen, Sheet)
            one.judge()
            await one.on.press("escape", "S")
            one.judge()
            await one.on.press("escape", "escape")
            if at % 10 == 0:
                await one.on.type("unsilence")
                one.judge()
                await one.on.press("escape")


async def test_a_list_under_hostile_filters_stays_what_it_is() -> None:
    async with trial(WEB1, size=(120, 30)) as one:
        _tell(one, [_evil(1, [Clean("x")], "web-1")])
        await one.look()
        for words in list(corpus(60)):
            one.app.carry_out(f"alerts {words}")
            await one.on.quiet()
            one.judge()
            while one.app.screen is not one.app.main:
                await one.on.press("escape")
