"""Enter goes down to what belongs to a row, `O` up to what it belongs to, Esc back."""

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.cloud.kubernetes.pods import POD
from opsconsole.model import Row, Target
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
