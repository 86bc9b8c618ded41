"""The console in a replay: what it shows is what was, and nothing can be done."""

import time
from pathlib import Path

import pytest

from opsconsole.clean import Clean
from opsconsole.errors import Refused, Unrecorded
from opsconsole.plan import Request
from opsconsole.ports import Interest, Recording
from opsconsole.recorder import Archive, export
from opsconsole.registry import probes
from screens.shell.app import OpsConsole
from screens.shell.replay.open import replay_start
from screens.shell.replay.scrub import BARRED, Reel, ago
from screens.system import DOMAIN
from tests.screens.shell.act.scene import armed
from tests.screens.shell.act.site import Site
from tests.screens.shell.replay.scene import HOUR, WEB, arrived, at, cpu_at, keep, recorded
from tests.screens.shell.stage import Stage, row, stage

BANNER = "<< REPLAY <<"


def cpu(on: Stage, target: str) -> object:
    """What the list says of a target's processor."""
    table = on.app.main.tab.fleet.table
    found = table.row(target)
    assert found is not None
    return found[table.data.index("cpu_percent")]


async def test_the_console_shows_what_was(tmp_path: Path) -> None:
    async with recorded(tmp_path) as on:
        assert cpu(on, "web-1") == 77.0
        await at(on, "-50m")
        assert cpu(on, "web-1") in (cpu_at(3000), cpu_at(3000) - 1)
        assert cpu(on, "db-1") == 5.0
        await at(on, "-10m")
        assert cpu(on, "web-1") in (cpu_at(600), cpu_at(600) - 1)
        assert "unreachable" in on.line("db-1")
        assert cpu(on, "db-1") == 5.0, "what a fault left standing"
        assert "no data for 20 min" in on.line("db-1")


@pytest.mark.parametrize(
    ("size", "theme"),
    [((80, 24), "dark"), ((160, 50), "light"), ((400, 100), "cb"), ((80, 24), "ansi")],
)
async def test_a_band_says_so_in_every_theme(
    tmp_path: Path, size: tuple[int, int], theme: str
) -> None:
    async with recorded(tmp_path, size=size, theme=theme) as on:
        assert not on.says("REPLAY")
        await at(on, "-20m")
        lines = [y for y, line in enumerate(on.screen) if BANNER in line]
        assert len(lines) == 1
        assert "20 min" in on.screen[lines[0]]
        band = on.strips[lines[0]]
        assert all(s.style is not None and s.style.reverse and s.style.bold for s in band)
        assert sum(s.cell_length for s in band) == size[0]
        assert on.app.main.banner.size.height == (3 if size[1] >= 40 else 1)
        await on.press("R")
        assert not on.says("REPLAY")


@pytest.mark.parametrize("way", ["R", "escape", "ctrl+c", ":at now", ":replay"])
async def test_every_way_leads_back_to_live_at_once(tmp_path: Path, way: str) -> None:
    async with recorded(tmp_path) as on:
        await at(on, "-50m")
        await on.tell("host.vitals", "web-1", row("host.vitals", cpu_percent=88.0))
        assert cpu(on, "web-1") != 88.0, "what comes does not disturb the past"
        await (on.type(way[1:]) if way.startswith(":") else on.press(way))
        assert not on.app.replay.on
        assert cpu(on, "web-1") == 88.0
        assert not on.says("REPLAY")
        assert "unreachable" not in on.line("db-1")


async def test_keys_step_in_time_only_in_a_replay(tmp_path: Path) -> None:
    async with recorded(tmp_path) as on:
        await on.press("[")
        assert on.says("nothing was looked at earlier")
        await at(on, "-30m")
        before = on.app.replay.at
        await on.press("[", "[")
        await arrived(on)
        assert on.app.replay.at == before - 20
        await on.press("]")
        await arrived(on)
        assert on.app.replay.at == before - 10
        await on.type("step -5m")
        await arrived(on)
        assert on.app.replay.at == before - 310
        await on.type("step 1h")
        assert not on.app.replay.on


async def test_stepping_faster_than_it_loads_ends_where_it_was_meant(tmp_path: Path) -> None:
    async with recorded(tmp_path) as on:
        await at(on, "-30m")
        before = on.app.replay.at
        await on.rush(*["["] * 12)
        await arrived(on)
        assert on.app.replay.at == before - 120


async def test_what_is_still_being_loaded_does_not_come_back(tmp_path: Path) -> None:
    async with recorded(tmp_path) as on:
        await at(on, "-30m")
        await on.rush("[", "[", "R")
        await on.until(lambda: not on.app.replay._busy)
        assert not on.app.replay.on
        assert cpu(on, "web-1") == 77.0


async def test_a_key_enters_at_this_moment_and_again_where_one_was(tmp_path: Path) -> None:
    async with recorded(tmp_path) as on:
        await on.press("R")
        await arrived(on)
        assert on.app.replay.end - on.app.replay.at < 60
        await at(on, "-15m")
        there = on.app.replay.at
        await on.press("R", "R")
        await arrived(on)
        assert on.app.replay.at == there


async def test_ages_are_of_that_moment(tmp_path: Path) -> None:
    async with recorded(tmp_path) as on:
        await at(on, "-20m")
        state = on.app.store.state("host.vitals", "web-1")
        assert state.age_s is not None
        assert 0 <= state.age_s <= 2.0
        assert state.state == "live"
        unit = on.app.store.state("host.unit", "web-1")
        assert unit.age_s is not None
        assert unit.age_s <= 60.0


async def test_courses_end_at_that_moment(tmp_path: Path) -> None:
    async with recorded(tmp_path) as on:
        await at(on, "-40m")
        course = on.app.store.trend("host.vitals", "web-1", (), "cpu_percent", 40)
        assert len(course) == 40
        assert set(course) <= {39.0, 40.0, 41.0}
        await on.type("target web-1")
        await on.until(lambda: len(_long(on)) > 500)
        assert _long(on)[0] > 50.0
        assert _long(on)[-1] in (39.0, 40.0)


def _long(on: Stage) -> list[float]:
    return on.app.store.trend("host.vitals", "web-1", (), "cpu_percent", 800)


async def test_nothing_can_be_done(tmp_path: Path) -> None:
    site = armed()
    async with recorded(tmp_path, site=site) as on:
        await at(on, "-20m")
        await on.type("target web-1")
        await on.type("pane units")
        shown = on.app.screen
        lines = ["act", "act host.reboot", "undo", "arm 10m", "disarm", "runs", "runbook"]
        cares = ["ack", "ack 1h mine", "unack", "silence", "silence target:* 1h x", "unsilence"]
        for line in [*lines, *cares, "refresh", "approve", "note hm", "handover"]:
            await on.type(line)
            assert on.app.screen is shown, line
            refused = on.says("REPLAY shows what is over") or on.says("no runbook")
            assert refused, line
            on.app.main.status.notice("")
        await on.press("x")
        assert on.app.screen is shown
        assert on.says("REPLAY shows what is over")


async def test_the_door_itself_is_shut(tmp_path: Path) -> None:
    async with recorded(tmp_path, site=Site()) as on:
        flow = on.app.flow
        assert flow is not None
        await at(on, "-20m")
        request = Request("host.reboot", (), {})
        with pytest.raises(Refused, match="REPLAY"):
            await flow.port.propose(request)
        with pytest.raises(Refused, match="REPLAY"):
            await flow.port.arm(60.0, "")
        with pytest.raises(Refused, match="REPLAY"):
            await flow.port.options((), ())
        await on.press("R")
        with pytest.raises(Refused) as refused:
            await flow.port.propose(request)
        assert BARRED not in str(refused.value)


async def test_marks_and_cursor_survive(tmp_path: Path) -> None:
    async with recorded(tmp_path) as on:
        await on.type("target web-1")
        await on.type("pane units")
        names = ("nginx.service", "cron.service", "other.service")
        rows = [row("host.unit", unit=Clean(name), cause=Clean("exit")) for name in names]
        await on.tell("host.unit", "web-1", *rows)
        table = on.app.main.tab.table
        assert table is not None
        table.move_to(next(each for each in table.data.order if each.startswith("other")))
        await on.press("space")
        table.move_to(next(each for each in table.data.order if each.startswith("cron")))
        marked, cursor = table.marked, table.cursor_id
        assert marked
        await at(on, "-40m")
        assert any(each.startswith("backup") for each in table.data.order)
        assert not any(each.startswith("other") for each in table.data.order)
        assert table.cursor_id == cursor
        await on.press("[")
        await arrived(on)
        await on.press("R")
        assert table.marked == marked
        assert table.cursor_id == cursor


async def test_time_passes_in_a_play(tmp_path: Path) -> None:
    async with recorded(tmp_path) as on:
        await on.type("play 60")
        assert on.says("nothing to play")
        await at(on, "-50m")
        before = on.app.replay.at
        await on.type("play 60")
        assert on.says("playing x60")
        await on.until(lambda: on.app.replay.at > before + 70)
        await on.press("P")
        assert on.says("   still   ")
        assert on.app.replay.on
        stands = on.app.replay.at
        assert stands > before + 70
        await on.settle()
        ago_s = time.time() - stands
        assert abs(float(str(cpu(on, "web-1"))) - ago_s / 60) < 2
        await on.type("play 3600")
        await on.until(lambda: not on.app.replay.on)
        assert on.says("reached what is live")


async def test_before_the_beginning_nothing_is_shown_and_it_is_said(tmp_path: Path) -> None:
    async with recorded(tmp_path) as on:
        await on.type("at -2d")
        await on.until(lambda: on.says("nothing was recorded then; the recording begins"))
        assert not on.app.replay.on
        await on.type("at soon")
        assert on.says("'soon' is no time")
        await on.type("at")
        assert on.says("at which time?")
        await on.type("play fast")
        assert on.says("no speed")


async def test_without_a_recording_it_says_so(tmp_path: Path) -> None:
    async with stage(WEB) as on:
        await on.press("R")
        assert on.says("nothing is recorded here")

    def absent() -> Archive:
        return Archive(tmp_path / "absent", probes())

    async with stage(WEB, reel=Reel(absent)) as on:
        await on.press("R")
        await on.until(lambda: on.says("no recording there"))
        assert not on.app.replay.on

    def broken() -> Archive:
        raise Unrecorded("it is damaged")

    async with stage(WEB, reel=Reel(broken)) as on:
        await on.type("at -5m")
        await on.until(lambda: on.says("it is damaged"))


async def test_the_collector_is_asked_as_before(tmp_path: Path) -> None:
    """What is on screen stays wanted, so that live data is there at once."""
    async with recorded(tmp_path) as on:
        await on.type("target web-1")
        await at(on, "-20m")
        before = len(on.heard)
        await on.type("target db-1")
        assert all(isinstance(each, Interest) for each in on.heard[before:])
        assert on.app.main.tab.target == "db-1"


async def test_a_file_of_somebody_else_opens_without_anything_live(tmp_path: Path) -> None:
    now = time.time() - 86400.0
    keep(tmp_path / "kept", now)
    file = tmp_path / "incident.opsrec"
    export(Archive(tmp_path / "kept", probes()), file, now - HOUR, now - 600)
    start = replay_start(Archive(file, probes()), (DOMAIN,))
    app = OpsConsole(start)
    async with app.run_test(size=(160, 50), notifications=True) as pilot:
        from opsconsole.bus.memory import pair

        on = Stage(app, pilot, pair()[0], start.scene.targets)
        await arrived(on)
        assert abs(app.replay.at - (now - 600)) < 3
        assert {target.id for target in start.scene.targets} == {"web-1", "db-1"}
        assert cpu(on, "web-1") in (9.0, 10.0)
        assert on.says(BANNER)
        await on.press("escape", "R", "ctrl+c")
        await arrived(on)
        assert app.replay.on
        await at(on, "-40m")
        assert cpu(on, "web-1") in (49.0, 50.0)
        assert on.says("web-1")
        await on.press("x")
        assert on.says("read-only") or on.says("REPLAY shows")
        await on.type("play 3600")
        await on.until(lambda: on.says("the recording ends here"))
        await arrived(on)


async def test_a_recording_that_stopped_is_told(tmp_path: Path) -> None:
    trouble = Clean("No space left on device")
    async with stage(WEB) as on:
        for state, words in (("recording", ""), ("stopped", trouble), ("shared", "")):
            on.bus.publish(Recording(state, 5 * 2**20, 1.0, 3, Clean(words)))
            on.app._told_at = 0.0
            await on.settle()
            assert on.says("! not recording ") is (state == "stopped")
            if state == "stopped":
                assert on.says("not recording: No space left on device")
            if state == "shared":
                assert on.says("recording again")
            if state == "recording":
                await on.type("cost")
                assert on.says("recorded: 5.00 MiB, 3 samples lost")
                await on.press("escape")


def test_a_recording_of_nothing_is_not_opened(tmp_path: Path) -> None:
    keep(tmp_path / "kept", time.time(), targets=())
    with pytest.raises(Unrecorded, match="nothing to show"):
        replay_start(Archive(tmp_path / "kept", probes()), (DOMAIN,))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-3, "0 s ago"),
        (59, "59 s ago"),
        (61, "1 min 1 s ago"),
        (3600, "1 h 0 min ago"),
        (13 * 3600 + 240, "13 h 4 min ago"),
        (90000, "1 d 1 h ago"),
    ],
)
def test_how_long_ago(seconds: float, said: str) -> None:
    assert ago(seconds) == said
