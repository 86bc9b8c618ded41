"""Enter goes down to what belongs to a row, `O` up to what it belongs to, Esc back."""

import asyncio

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.cloud.kubernetes.pods import POD
from opsconsole.model import Row, Target
from opsconsole.ports import Interest
from screens.cloud import DOMAIN
from screens.face.kubernetes import DRILLS, FACE, exactly
from screens.shell.pane.table import TableBody
from tests.screens.shell.stage import Stage, row, stage
from widgets.filter import parse
from widgets.table.rows import Rows

PROD = Target("prod", "kubernetes", "kubernetes")


def pod(name: str, owner: str = "web") -> Row:
    said = {"namespace": "shop", "owner_kind": "Deployment", "owner": owner, "node": "n1"}
    cleaned = {key: Clean(value) for key, value in said.items()}
    return row("kubernetes.pod", name=Clean(name), **cleaned)


def deployment(name: str) -> Row:
    return row("kubernetes.deployment", namespace=Clean("shop"), name=Clean(name))


async def filled(on: Stage) -> None:
    await on.tell("kubernetes.pod", "prod", pod("web-1"), pod("web-2"), pod("db-0", "db"))
    await on.tell("kubernetes.deployment", "prod", deployment("web"), deployment("web-x"))
    container = row("kubernetes.container", namespace=Clean("shop"), pod=Clean("web-1"))
    await on.tell("kubernetes.container", "prod", container)


def shown(on: Stage) -> tuple[str, int]:
    """Name of the current pane, and how many rows it shows."""
    view = on.app.main.tab.detail
    body = view.current.body
    assert isinstance(body, TableBody)
    return view.current.name_on_board, len(body.data.order)


async def test_down_and_back() -> None:
    async with stage(PROD, domains=(DOMAIN,), size=(200, 60)) as on:
        await filled(on)
        await on.type("pane deployments")
        await on.press("enter")
        assert shown(on) == ("pods", 2)
        await on.press("enter")
        assert shown(on) == ("containers", 1)
        await on.press("escape")
        assert shown(on) == ("pods", 2)
        await on.press("escape")
        assert shown(on) == ("deployments", 2)
        await on.type("pane pods")
        assert shown(on) == ("pods", 3), "the filter went with the way back"


async def test_up_to_the_owner() -> None:
    async with stage(PROD, domains=(DOMAIN,), size=(200, 60)) as on:
        await filled(on)
        await on.type("pane pods")
        await on.press("O")
        assert shown(on) == ("deployments", 1)
        await on.press("escape")
        assert shown(on) == ("pods", 3)


async def test_what_leads_nowhere_shows_its_fields_and_says_so() -> None:
    async with stage(PROD, domains=(DOMAIN,), size=(200, 60)) as on:
        secret = row("kubernetes.secret", name=Clean("s"), namespace=Clean("shop"))
        await on.type("pane secrets")
        await on.tell("kubernetes.secret", "prod", secret)
        await on.press("O")
        assert on.says("nothing is known that this belongs to")
        await on.press("enter")
        assert on.app.screen is not on.app.main


async def test_another_filter_in_between_is_taken_back_first() -> None:
    async with stage(PROD, domains=(DOMAIN,), size=(200, 60)) as on:
        await filled(on)
        await on.type("pane deployments")
        await on.press("enter")
        await on.type("filter web-2")
        assert shown(on) == ("pods", 1)
        await on.press("escape")
        assert shown(on) == ("pods", 3)


def kind(resource: str, verbs: str = "get, list, watch") -> Row:
    group = Clean("example.com")
    said = {"version": Clean("v1"), "verbs": Clean(verbs)}
    return row("kubernetes.kind", resource=Clean(resource), group=group, **said)


async def listed(on: Stage, subject: str, title: str, *names: str) -> None:
    """What the collector tells of the kind that was chosen."""
    columns = {"c1": Clean(title), "wide": Clean("c1") if title.islower() else Clean("")}
    empty = {f"c{at}": Clean("") for at in range(2, 13)}
    heads = row("kubernetes.object-heads", subject=Clean(subject), **columns, **empty)
    await on.tell("kubernetes.object-heads", "prod", heads)
    rows = [row("kubernetes.object", kind=Clean(subject), name=Clean(name)) for name in names]
    await on.tell("kubernetes.object", "prod", *rows)


async def told(on: Stage, subject: str) -> None:
    """Wait until the collector is told that this one of many is looked at."""
    async with asyncio.timeout(60):
        while True:
            asked = await on.bus.receive()
            wanted = [("kubernetes.object", "prod", subject)]
            if isinstance(asked, Interest) and asked.subjects == wanted:
                assert ("kubernetes.object-heads", "prod") in asked.pairs
                return


async def test_a_kind_leads_to_its_objects_and_back_and_another_one_to_others() -> None:
    gadgets, zones = "gadgets.v1.example.com", "zones.v1.example.com"
    async with stage(PROD, domains=(DOMAIN,), size=(200, 60)) as on:
        await on.type("pane kinds")
        mute = kind("reviews", "create")
        await on.tell("kubernetes.kind", "prod", kind("gadgets"), kind("zones"), mute)
        await on.type("filter gadgets")
        await on.press("enter")
        assert shown(on) == ("objects", 0)
        await told(on, gadgets)
        assert on.line(f"Objects  {gadgets}")
        await listed(on, gadgets, "SIZE", "a", "b")
        assert shown(on) == ("objects", 2)
        assert on.line("SIZE")
        await on.press("O")
        assert shown(on) == ("kinds", 1)
        await on.press("escape", "escape")
        assert shown(on) == ("kinds", 1)
        await on.type("filter zones")
        await on.press("enter")
        assert shown(on) == ("objects", 0), "those of the other kind are no more shown"
        await told(on, zones)
        await listed(on, gadgets, "SIZE", "a", "b")
        assert shown(on) == ("objects", 0), "nor are those that were under way"
        await listed(on, zones, "region", "north")
        assert shown(on) == ("objects", 1)
        assert on.line(f"Objects  {zones}")
        assert not on.line("SIZE")
        assert not on.line("REGION"), "a column that is for wide screens is there to be chosen"
        await on.press("escape")
        await on.type("filter reviews")
        await on.press("enter")
        assert on.app.screen is not on.app.main, "what cannot be watched shows its fields"


@pytest.mark.parametrize("name", ["kube-system", "a.b", "x(", "a b", "日本", "w[0]*"])
def test_a_name_is_looked_for_exactly(name: str) -> None:
    listed = Rows(POD.columns)
    listed.put({"a": pod(name), "b": pod(f"{name}-more"), "c": pod(f"x{name}")})
    wanted = parse(exactly("name", name), POD.columns)
    assert list(wanted.keep(listed.rows, listed)) == ["a"]


def test_every_drill_leads_to_a_list_of_the_same_tab() -> None:
    panes = {pane.id.partition(".")[2]: pane for pane in FACE.detail}
    probes = {probe for pane in FACE.detail for probe in pane.probes}
    for one in DRILLS:
        assert one.pane in panes
        assert one.probe in probes
