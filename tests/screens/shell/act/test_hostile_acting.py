"""Texts that want to be more than text, wherever acting shows one: drawn, never obeyed."""

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec
import pytest

from opsconsole.clean import Clean
from opsconsole.errors import Refused
from opsconsole.plan import (
    Approval,
    Ended,
    Item,
    Note,
    Option,
    Outcome,
    Plan,
    Progress,
    Request,
    Result,
    Standing,
    Step,
    Thing,
    Tier,
    Undo,
)
from screens.shell.act.aim import Aim
from screens.shell.act.dialog import PlanDialog
from screens.shell.act.menu import ActionMenu
from screens.shell.act.runs import Run
from screens.shell.act.runsheet import RunSheet
from screens.shell.base import ConsoleApp
from tests.screens.shell.act.site import ACTIONS
from tests.screens.shell.hostile import corpus
from tests.screens.shell.stage import host
from tests.screens.shell.trial import Trial, trial
from widgets.page import Page

MANY = 600
"""Texts of the corpus: each piece alone, and over four hundred joins of them."""

AT_ONCE = 150
"""Texts in one plan."""

WEB1 = host("web-1")


def _batches() -> Iterator[list[str]]:
    texts = list(corpus(MANY))
    for at in range(0, MANY, AT_ONCE):
        yield texts[at : at + AT_ONCE]


def _plan(texts: Sequence[str]) -> Plan:
    """A plan that says one text in every place it has."""
    # The wire is UTF-8: half of a character cannot come over it.
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    items = tuple(
        Item(
            thing=Thing(text, ((text, text),), Clean(text), hidden=at % 2 == 0),
            steps=(Step((text, text), 5.0),),
            facts={text: text},
            effect=text,
            undo=text,
            preview=text,
        )
        for at, text in enumerate(texts)
    )
    said = tuple(texts)
    return Plan(
        number="1",
        action=texts[0],
        title=texts[-1],
        arguments=dict(zip(texts, texts, strict=True)),
        items=items,
        tier=Tier.NAME,
        why=said,
        confirm=texts[-1],
        note=True,
        limits=said,
        expected_s=5.0,
        cancellable=True,
        made_at=0.0,
    )


class Liar:
    """A way to an executor that says hostile things, and does nothing."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = [text.encode("utf-8", "replace").decode() for text in texts]

    async def options(self, things: Sequence[Thing], actions: Sequence[str]) -> list[Option]:
        """Refusals of every kind."""
        del things
        said = Clean(" ".join(self._texts))
        return [Option(action, said, said, said, Tier.YES, said) for action in actions]

    async def propose(self, request: Request) -> bytes:
        """A plan of them; without things a refusal."""
        if not request.things:
            raise Refused(" ".join(self._texts), self._texts[0])
        return msgspec.msgpack.encode(_plan(self._texts))

    async def approve(self, approval: Approval) -> Outcome:
        """Never."""
        raise AssertionError(f"nobody approved {approval.plan}")

    async def cancel(self, plan: str) -> None:
        """Refused in many words."""
        raise Refused(" ".join(self._texts), plan)

    async def note(self, note: Note) -> None:
        """Never."""
        raise AssertionError(f"nobody noted {note.what}")

    async def arm(self, seconds: float, pattern: str) -> Standing:
        """Never."""
        raise AssertionError(f"nobody armed {pattern} for {seconds} s")


async def _leaf(one: Trial, page: Page) -> None:
    """Look at every page of it."""
    page.move(-page.length)
    while True:
        await one.on.quiet()
        one.judge()
        if not page.below:
            return
        page.leaf(1)


async def test_menus() -> None:
    async with trial(WEB1, size=(120, 60)) as one:
        for texts in _batches():
            things = tuple(Thing(text, (("a", text),), Clean(text), True) for text in texts[:20])
            aim = Aim(things, tuple(ACTIONS.values()), Clean(texts[0]))
            shown = ActionMenu(aim, Liar(texts[:10]))
            await one.app.push_screen(shown)
            await one.on.quiet()
            await _leaf(one, shown.page)
            await one.on.press("s", "z")
            one.judge()
            shown.dismiss(None)
            await one.on.quiet()


def _stands(shown: PlanDialog) -> bool:
    return shown.plan is not None


async def test_plans() -> None:
    async with trial(WEB1, size=(160, 120)) as one:
        for texts in _batches():
            asked = Request(texts[0], (Thing(texts[0], (), Clean(texts[0])),))
            shown = PlanDialog(asked, None, Liar(texts), lambda: Standing(False, False))
            await one.app.push_screen(shown)
            await one.on.until(partial(_stands, shown))
            await _leaf(one, shown.page)
            shown.dismiss(None)
            await one.on.quiet()


async def test_refusals_of_plans() -> None:
    async with trial(WEB1, size=(80, 24)) as one:
        for texts in _batches():
            shown = PlanDialog(Request(texts[0], ()), None, Liar(texts), lambda: None)
            await one.app.push_screen(shown)
            await one.on.until(lambda: one.on.says("no plan"))
            await _leaf(one, shown.page)
            shown.dismiss(None)
            await one.on.quiet()


def _ran(texts: Sequence[str], ended: Ended) -> Run:
    run = Run(_plan(texts), Request("a", ()), Approval("x", "y"))
    for at, item in enumerate(run.plan.items):
        run.hear(Progress("x", at, item.thing.name, output=True))
        run.hear(Progress("x", at, item.thing.name))
    run.hear(Progress("x", -1, Clean(texts[0])))
    results = tuple(Result(item.thing, ended, item.thing.name) for item in run.plan.items)
    things = tuple(item.thing for item in run.plan.items)
    run.end(Outcome("x", ended, results, 1.0, (Undo(run.plan.action, things),)))
    return run


@pytest.mark.parametrize("ended", [Ended.VERIFIED, Ended.UNKNOWN])
async def test_runs(ended: Ended) -> None:
    async with trial(WEB1, size=(160, 120)) as one:
        for texts in _batches():
            shown = RunSheet(_ran(texts, ended), Liar(texts))
            await one.app.push_screen(shown)
            await one.on.quiet()
            await _leaf(one, shown.page)
            shown.dismiss(None)
            await one.on.quiet()


async def test_what_may_be_done() -> None:
    async with trial(WEB1, size=(80, 24)) as one:
        assert isinstance(one.app, ConsoleApp)
        for text in corpus(200):
            sent = text.encode("utf-8", "replace").decode()
            told = Standing(False, False, 4e9, sent, (sent,), (Clean(sent),))
            one.on.bus.publish(told)
            await one.look()
            one.app.clear_notifications()
