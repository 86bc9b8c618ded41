"""`x` on what others found: a silence there, for exactly that alert, and nothing at our host."""

import time

import pytest

from opsconsole import registry
from opsconsole.alert import Alert
from opsconsole.domains.devops.alertmanager import ALERT, INTEGRATION
from opsconsole.errors import UsageError
from opsconsole.model import Sample, Target
from opsconsole.store import Store
from screens.shell.act.menu import ActionMenu
from screens.shell.alarm.aim import Finder
from tests.screens.shell.act.scene import LAB, armed
from tests.screens.shell.alarm.scene import Desk, say
from tests.screens.shell.stage import Stage, host, stage
from tests.test_foreign import AM, firing, inbox, labels

ACTIONS = {action.id: action for action in INTEGRATION.actions}
SAMPLE = firing(labels("Slow", "web-1:9100"), labels("Slow", "web-2"))


def theirs() -> Alert:
    """The one of `web-1`, placed there."""
    return next(one for one in inbox().take([SAMPLE]) if one.target == "web-1")


def finder(store: Store, *targets: Target) -> Finder:
    known = {target.id: target for target in targets}
    actions = {"alertmanager": ACTIONS, "host": {}}
    return Finder(known, registry.probes(), actions, store)


def test_it_is_named_by_the_key_and_the_labels_of_its_row() -> None:
    store = Store([ALERT])
    at = time.time()
    store.put([Sample(ALERT.id, "am", at, SAMPLE.rows, None, 10.0)])
    aim = finder(store, LAB, AM).aim(theirs())
    assert [action.id for action in aim.actions] == ["alertmanager.silence"]
    [thing] = aim.of("alertmanager.silence")
    assert thing.target == "am"
    pins = dict(thing.pins)
    assert list(pins) == ["fingerprint", "labels"]
    assert pins["fingerprint"] == "Slowweb-1:9100"
    [row] = [row for row in SAMPLE.rows or [] if row[0] == pins["fingerprint"]]
    assert pins["labels"] == row[ALERT.index("labels")]
    assert aim.what == "web-1"


def test_without_its_row_the_key_alone_names_it() -> None:
    aim = finder(Store([ALERT]), LAB, AM).aim(theirs())
    [thing] = aim.things
    assert (thing.target, thing.pins) == ("am", (("fingerprint", "Slowweb-1:9100"),))


def test_where_who_found_it_is_not_known_nothing_is_offered() -> None:
    with pytest.raises(UsageError, match="nothing to do"):
        finder(Store([ALERT]), LAB).aim(theirs())


def _letters(on: Stage) -> list[str]:
    shown = on.app.screen
    assert isinstance(shown, ActionMenu)
    return [action.letter for action in shown._aim.actions]


async def test_from_the_list_it_is_silenced_there_and_taken_on_here() -> None:
    site, desk = armed(), Desk()
    site.actions = {**site.actions, "alertmanager": ACTIONS}
    async with stage(LAB, host("web-2"), AM, site=site, alerts=desk) as on:
        await say(on, theirs())
        await on.press("a", "x")
        await on.until(lambda: not on.says("checking rights"))
        assert _letters(on) == ["s"]
        assert on.says("Silence this alert")
        await on.press("escape", "A", "enter", "enter")
        await on.until(lambda: desk.asked)
        assert desk.asked[0][:2] == ("acknowledge", ("am:Slowweb-1:9100",))
