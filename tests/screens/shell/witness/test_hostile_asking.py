"""Texts that want to be more than text, from who asks: drawn, never obeyed."""

import msgspec
import pytest

from opsconsole.approval import Person
from opsconsole.clean import Clean
from opsconsole.plan import Item, Plan, Step, Thing
from screens.shell.app import OpsConsole
from screens.shell.sheet import Sheet
from screens.shell.witness.dialog import AskedDialog
from tests.screens.shell.hostile import corpus
from tests.screens.shell.stage import host
from tests.screens.shell.trial import Trial, trial
from tests.screens.shell.witness.people import Others, wanted

MANY = 400
AT_ONCE = 100
WEB1 = host("web-1")


def _plan(texts: list[str]) -> Plan:
    """A plan that says one text in every place it has, as it comes over a wire of UTF-8."""
    items = tuple(
        Item(
            thing=Thing(text, ((text, text),), Clean(text), hidden=at % 2 == 0),
            steps=(Step((text, text), float("nan" if at % 2 else "inf")),),
            facts={text: text},
            effect=text,
            undo=text,
            preview=text,
        )
        for at, text in enumerate(texts)
    )
    said = tuple(texts)
    plan = wanted(
        number=texts[0],
        action=texts[0],
        title=texts[-1],
        arguments=dict(zip(texts, texts, strict=True)),
        items=items,
        why=said,
        confirm=texts[-1],
        limits=said,
        expected_s=float("nan"),
    )
    return msgspec.msgpack.decode(msgspec.msgpack.encode(plan), type=Plan)


def _texts() -> list[str]:
    return [text.encode("utf-8", "replace").decode() for text in corpus(MANY)]


def _silent(app: OpsConsole) -> None:
    """The bell is ours, and no text's."""
    del app


async def _leaf(one: Trial, shown: AskedDialog) -> None:
    while True:
        await one.on.quiet()
        one.judge()
        if not shown.page.below:
            return
        shown.action_leaf(1)


async def test_every_text_of_a_plan_is_drawn_and_none_obeyed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(OpsConsole, "bell", _silent)
    others = Others()
    texts = _texts()
    async with trial(WEB1, size=(120, 60), desk=others.desk()) as one:
        lookout = one.app.lookout
        assert lookout is not None
        for at in range(0, MANY, AT_ONCE):
            person = Person(2000 + at, texts[at], 3000 + at, texts[at + 1])
            asked = others.ask(person, _plan(texts[at : at + AT_ONCE]))
            others.refusal = texts[at]
            await lookout.look()
            await one.look()
            shown = AskedDialog(asked, lookout)
            await one.app.push_screen(shown)
            await _leaf(one, shown)
            await one.on.press("D", "x", "enter")
            await one.look()
            shown.dismiss(None)
            await one.on.quiet()
        assert others.answers == []


async def test_the_list_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OpsConsole, "bell", _silent)
    others = Others()
    texts = _texts()
    for at, text in enumerate(texts):
        others.ask(Person(2000 + at, text), wanted(text or "x", title=text), left_s=float("inf"))
        others.shut(Person(4000 + at, text, 1, text), text)
    async with trial(WEB1, size=(120, 60), desk=others.desk()) as one:
        lookout = one.app.lookout
        assert lookout is not None
        await lookout.look()
        await one.look()
        one.app.clear_notifications()
        one.app.verbs.show_asked("")
        await one.on.until(lambda: isinstance(one.app.screen, Sheet))
        shown = one.app.screen
        assert isinstance(shown, Sheet)
        assert await one.leaf_through(shown.table) == 2 * MANY
