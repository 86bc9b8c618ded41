"""Ten thousand hostile strings from targets, wherever the console shows what a target says."""

from itertools import zip_longest

import pytest
from rich.segment import Segment
from textual.color import Color

from opsconsole import registry
from opsconsole.clean import Clean
from opsconsole.model import Target
from opsconsole.ports import Cost, Ledger
from opsconsole.spec import Pane, View
from screens.shell.armor import Armor
from screens.shell.sheet import Sheet
from screens.system import DOMAIN
from tests.screens.shell.hostile import corpus
from tests.screens.shell.stage import host, row
from tests.screens.shell.trial import groups, lines, rows, texts, trial, words

LISTS = [
    pane for pane in DOMAIN.face("host").detail if pane.view is View.TABLE and words(pane.probes[0])
]
"""Of the target that is shown: other kinds draw theirs in the same way."""
WEB1 = host("web-1")


def test_there_are_ten_thousand() -> None:
    assert len(set(corpus())) > 9_500
    assert texts()[:10_000] == list(corpus())


async def test_names_labels_groups_and_fields_of_a_fleet() -> None:
    names = [name for name in dict.fromkeys(texts()) if name]
    targets = [
        Target(name, "host", "ssh", name, labels={name: name}, groups=(name,)) for name in names
    ]
    async with trial(*targets, size=(160, 120)) as one:
        for name in names:
            one.tell("host.vitals", name, [row("host.vitals", busiest_disk=name)])
            one.tell("host.health", name, [row("host.health", os=name)])
        for name in names[len(names) // 2 :]:
            one.fail("host.vitals", name, name, name)
        table = one.app.main.tab.fleet.table
        table.set_shown(["target", "state", "why", "busiest_disk", "os"])
        await one.look()
        one.app.done.clear()
        assert await one.leaf_through(table) == len(names)
        assert one.app.done == []


@pytest.mark.parametrize("pane", LISTS, ids=lambda pane: pane.id)
async def test_rows_of_every_list(pane: Pane) -> None:
    probe = pane.probes[0]
    # Where few columns hold text, several strings share a field: as many rows for every list.
    source = texts() if len(words(probe)) > 2 else lines(texts(), 30)
    said = list(rows(probe, dict.fromkeys(source)))
    async with trial(WEB1, size=(160, 120)) as one:
        await one.on.type(f"pane {pane.id.partition('.')[2]}")
        await one.on.press("z")
        table = one.app.main.tab.table
        assert table is not None
        table.set_shown(words(probe))
        one.app.done.clear()
        one.tell(probe, "web-1", said)
        await one.look()
        assert await one.leaf_through(table) == len(said)
        assert one.app.done == []


async def test_fields_of_a_form_and_the_headline() -> None:
    async with trial(WEB1, size=(400, 18)) as one:
        await one.on.type("pane identity")
        one.app.done.clear()
        for fields, heads in zip_longest(
            groups(lines(texts(), 40), len(words("host.identity"))),
            groups(lines(texts(), 150), 2),
        ):
            if fields:
                one.tell("host.identity", "web-1", list(rows("host.identity", fields)))
            if heads:
                head = row("host.health", os=Clean(heads[0]), kernel=Clean(heads[-1]))
                one.tell("host.health", "web-1", [head])
            await one.look()
        assert one.app.done == []


async def test_meters() -> None:
    async with trial(WEB1, size=(160, 120)) as one:
        await one.on.type("pane cores")
        await one.on.press("z")
        one.app.done.clear()
        for batch in groups(texts(), 110):
            one.tell("host.cpu", "web-1", list(rows("host.cpu", batch)))
            await one.look()
        assert one.app.done == []


async def test_faults_and_their_remedies() -> None:
    probes = tuple(registry.probes())
    async with trial(WEB1, size=(160, 50)) as one:
        one.app.done.clear()
        for batch in groups(lines(texts(), 60), len(probes)):
            for probe, message, remedy in zip(probes, batch, reversed(batch), strict=False):
                one.fail(probe, "web-1", message, remedy)
            await one.look()
        assert one.app.done == []


async def test_all_panes_at_once() -> None:
    async with trial(WEB1, size=(400, 100)) as one:
        one.app.done.clear()
        for batch in groups(texts()[:2000], 100):
            for probe in registry.probes():
                one.tell(probe, "web-1", list(rows(probe, batch)))
            await one.look()
        assert one.app.done == []


async def test_what_watching_costs() -> None:
    costs = [
        Cost(name, state, 1, 2, 3, 0.5, probe, 0.5, 1, 0.0, note)
        for group in groups(dict.fromkeys(texts()), 4)
        for name, state, probe, note in [(group * 4)[:4]]
    ]
    async with trial(WEB1, size=(160, 120)) as one:
        one.on.bus.publish(Ledger(1.0, 2, 0, costs))
        await one.on.type("cost")
        sheet = one.app.screen
        assert isinstance(sheet, Sheet)
        sheet.table.set_shown(["target", "state", "slowest_probe", "note"])
        one.app.done.clear()
        assert await one.leaf_through(sheet.table) == len(costs)
        assert one.app.done == []


async def test_every_field_of_a_row() -> None:
    """The sheet is the one of costs, which shows all of the corpus: some rows will do here."""
    async with trial(WEB1, size=(160, 50)) as one:
        await one.on.type("pane units")
        one.tell("host.unit", "web-1", list(rows("host.unit", texts()[:60])))
        await one.look()
        for _ in range(5):
            await one.on.press("d")
            assert isinstance(one.app.screen, Sheet)
            one.judge()
            await one.on.press("escape", "j")
            one.judge()


async def test_toasts() -> None:
    first = tuple(texts()[:60])
    async with trial(WEB1, size=(160, 240), notices=first) as one:
        await one.on.pilot.pause()
        await one.look()
        assert len(one.app._notifications) == len(first)


async def test_the_status_line() -> None:
    async with trial(WEB1, size=(400, 10)) as one:
        one.app.done.clear()
        for line in lines(texts(), 300):
            one.app.tell_trouble(line)
            await one.on.quiet()
            one.judge()
        assert one.app.done == []


def _pass(armor: Armor, segments: list[Segment], background: Color) -> list[Segment]:
    del armor, background
    return segments


async def test_without_the_armor_a_frame_is_found_guilty(monkeypatch: pytest.MonkeyPatch) -> None:
    """All tests above can fail: names of targets go to the screen as the estate has them."""
    async with trial(host("web-1"), host("web-2")) as one:
        with monkeypatch.context() as patch:
            patch.setattr(Armor, "apply", _pass)
            patch.setattr("screens.shell.display_paint.glyphs", list)
            patch.setattr("opsconsole.fleet.clean", Clean)
            patch.setattr("widgets.format.clean", Clean)
            evil = Clean("\x1b]52;c;ZXZpbA==\x07")
            one.fail("host.vitals", "web-1", evil, evil)
            with pytest.raises(AssertionError, match="52;c;ZXZpbA"):
                await one.look()
        await one.on.press("ctrl+l")
        one.app.take_sent()


async def test_a_click_on_any_line_of_any_of_it_acts_on_nothing() -> None:
    async with trial(host("web-1"), host("web-2"), size=(160, 50)) as one:
        evil = Clean("[@click=app.command('quit now')]press me here[/] [link=http://x]y[/]")
        one.tell("host.health", "web-1", list(rows("host.health", [evil])))
        one.fail("host.vitals", "web-1", evil, evil)
        await one.look()
        one.app.done.clear()
        for y in range(0, 50, 3):
            await one.on.pilot.click(offset=(5, y))
        await one.look()
        assert one.app.is_running
        assert "quit now" not in one.app.done
