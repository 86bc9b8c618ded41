"""What header, tabs, list of targets, status line and bell say of alerts."""

from collections.abc import Callable

import pytest

from opsconsole.alert import Phase
from opsconsole.clean import Clean
from opsconsole.model import Level
from screens.shell.app import OpsConsole
from tests.screens.shell.alarm.scene import alert, say, taken
from tests.screens.shell.stage import Stage, host, row, stage


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often the bell rang."""
    times: list[OpsConsole] = []

    def bell(app: OpsConsole) -> None:
        times.append(app)

    monkeypatch.setattr(OpsConsole, "bell", bell)
    return lambda: len(times)


@pytest.mark.parametrize("size", [(80, 24), (160, 50), (400, 100)])
async def test_counts_by_severity_stand_in_the_header_of_every_view(size: tuple[int, int]) -> None:
    async with stage(host("web-1"), host("web-2"), size=size) as on:
        warns = [alert(f"w{at}", level=Level.WARN) for at in range(12)]
        crits = [alert(f"c{at}") for at in range(3)]
        await say(on, *warns, *crits, alert("k", acknowledged=taken()))
        for keys in ((), ("enter",), ("z",), ("a",)):
            await on.press(*keys)
            assert "X 3 crit" in on.app.main.tab_bar.plain
            assert "! 12 warn" in on.app.main.tab_bar.plain
            assert "1 ack" in on.app.main.tab_bar.plain
        await on.press("escape")
        assert "X 3 crit  ! 12 warn" in on.screen[0]
        assert "1 ack" in on.screen[0]


async def test_without_an_engine_nothing_of_it_stands_there() -> None:
    async with stage(host("web-1"), host("web-2")) as on:
        await on.tell("host.vitals", "web-1", row("host.vitals", cpu_percent=99.0))
        assert "X1" in on.screen[0]
        assert "alert" not in on.screen[0]


async def test_the_tab_counts_alerts_that_call_and_not_values_once_somebody_judges() -> None:
    async with stage(host("web-1"), host("web-2")) as on:
        await on.tell("host.vitals", "web-1", row("host.vitals", cpu_percent=99.0))
        await say(on)
        assert "X1" not in on.screen[0]
        assert "no alert calls" in on.screen[0]
        await say(on, alert(), alert("b"), alert("c", acknowledged=taken()))
        assert "X2" in on.screen[0]


async def test_a_row_is_as_bad_as_its_worst_alert_and_says_its_words() -> None:
    async with stage(host("web-1"), host("web-2"), host("web-3")) as on:
        for name in ("web-1", "web-2", "web-3"):
            await on.tell("host.vitals", name, row("host.vitals", cpu_percent=99.0))
        await say(on, alert(target="web-3", level=Level.WARN), alert("x", "web-2"))
        fleet = on.app.main.tab.fleet
        said = [(r, fleet.table.text(r, "state"), fleet.table.text(r, "why")) for r in _order(on)]
        assert said == [
            ("web-2", "crit", "/var used 97.2 % over 90 %"),
            ("web-3", "warn", "/var used 97.2 % over 90 %"),
            ("web-1", "ok", ""),
        ]
        await say(on, alert(target="web-3", phase=Phase.RESOLVED), whole=False)
        assert fleet.table.text("web-3", "state") == "ok"


def _order(on: Stage) -> list[str]:
    table = on.app.main.tab.fleet.table
    table.sort_by(table.sort)
    return list(table.data.order)


async def test_a_silent_target_says_that_first() -> None:
    async with stage(host("web-1"), host("web-2")) as on:
        await on.fail("host.vitals", "web-1", "refused", "connection refused")
        await say(on, alert(level=Level.WARN))
        table = on.app.main.tab.fleet.table
        assert table.text("web-1", "state") == "refused"


async def test_an_alert_on_a_target_that_never_answered_is_shown() -> None:
    async with stage(host("web-1"), host("web-2")) as on:
        await say(on, alert())
        table = on.app.main.tab.fleet.table
        assert table.text("web-1", "state") == "crit"
        assert table.text("web-2", "state") == "waiting"


async def test_news_is_told_without_taking_the_keys(rung: Callable[[], int]) -> None:
    async with stage(host("web-1"), host("web-2")) as on:
        await say(on)
        focused = on.app.focused
        await say(on, alert(), alert("w", level=Level.WARN), whole=False)
        assert on.app.focused is focused
        assert on.app.screen is on.app.main
        assert on.says("X Disk is full: /var on web-1, used 97.2 % over 90 %; and 1 more; ! goes")
        assert rung() == 1


async def test_what_is_over_is_not_told_any_more() -> None:
    async with stage(host("web-1"), host("web-2")) as on:
        await say(on)
        await say(on, alert(), whole=False)
        await say(on, alert(acknowledged=taken()), whole=False)
        assert not on.says("! goes there")
        await say(on, alert("b"), whole=False)
        await on.type("pause on")
        assert on.says("PAUSED")
        await say(on, whole=True)
        assert on.says("PAUSED")


async def test_a_burst_rings_once(rung: Callable[[], int]) -> None:
    async with stage(host("web-1"), host("web-2")) as on:
        await say(on)
        for at in range(5):
            await say(on, alert(f"c{at}"), alert(f"d{at}"), whole=False)
        assert rung() == 1


async def test_after_a_burst_it_rings_again(
    rung: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screens.shell.herald.BURST_S", -1.0)
    async with stage(host("web-1"), host("web-2")) as on:
        await say(on)
        for at in range(3):
            await say(on, alert(f"c{at}"), whole=False)
        assert rung() == 3


@pytest.mark.parametrize(
    ("bell", "wanted"), [(Level.CRIT, 0), (Level.WARN, 1), (None, 0)], ids=["crit", "warn", "never"]
)
async def test_the_bell_rings_from_a_level_on(
    bell: Level | None, wanted: int, rung: Callable[[], int]
) -> None:
    async with stage(host("web-1"), bell=bell) as on:
        await say(on)
        await say(on, alert(level=Level.WARN), whole=False)
        assert rung() == wanted


async def test_no_bell_for_what_is_cared_for_nor_for_what_was_there(
    rung: Callable[[], int],
) -> None:
    async with stage(host("web-1"), bell=Level.WARN) as on:
        await say(on, alert("first"))
        held = (alert("a", acknowledged=taken()), alert("b", silenced="s"), alert("c", cause="a"))
        await say(on, *held, alert("d", phase=Phase.UNKNOWN), whole=False)
        assert rung() == 0


async def test_without_colours_the_words_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("OPSCONSOLE_ASCII", "1")
    async with stage(host("web-1"), host("web-2"), size=(80, 24)) as on:
        await say(on, alert(why=Clean("used 97.2 % ≥ 90 %")), alert("b", level=Level.WARN))
        assert "X 1 crit  ! 1 warn" in on.screen[0]
        await on.press("!")
        assert any("X crit" in line for line in on.screen)


async def test_what_is_wrong_with_the_collector_itself_is_seen_though_no_tab_has_it() -> None:
    own = alert(
        "own",
        "",
        Level.WARN,
        key=(),
        object=Clean("alerts.json"),
        title=Clean("Alerts are not kept"),
        why=Clean("alerts are not kept over a restart: No space left on device"),
    )
    async with stage(host("web-1"), host("web-2")) as on:
        await say(on)
        await say(on, own, whole=False)
        assert "! 1 warn" in on.screen[0]
        assert on.says("Alerts are not kept")
        await on.press("!")
        assert "No space left" in on.line("alerts.json")
        await on.press("d")
        assert on.says("Alerts are not kept: alerts.json")
        assert not on.says("alerts.json on")
