"""A tab that shows several kinds of targets: one list, and for each kind its own panes."""

import time

from opsconsole import registry
from opsconsole.clean import Clean
from opsconsole.model import Target
from screens.devops import DOMAIN
from tests.screens.shell.stage import row, stage

AM = Target("am-1", "alertmanager", "http", "am-1", labels={"env": "prod"})
PROM = Target("prom-1", "prometheus", "http", "prom-1", labels={"env": "prod"})
OTHER = Target("prom-2", "prometheus", "http", "prom-2", labels={"env": "lab"})

STATUS = "alertmanager.status"
HEALTH = "prometheus.health"


async def test_targets_of_all_kinds_stand_in_one_list_and_lead_to_their_own_panes() -> None:
    async with stage(AM, PROM, OTHER, domains=(DOMAIN,)) as on:
        tab = on.app.main.tab
        await on.tell(STATUS, "am-1", row(STATUS, version=Clean("0.25.0"), peers=2))
        await on.tell(HEALTH, "prom-1", row(HEALTH, version=Clean("2.42.0"), started=time.time()))
        await on.fail(HEALTH, "prom-2", "unreachable", "prom-2: connection refused")
        assert on.says("Watching servers")
        tab.fleet.table.sort_by("!")
        assert tab.fleet.table.data.order[0] == "prom-2", "silent is worst"
        kinds = [column.key for column in tab.fleet.columns].index("kind")
        rows = {each: tab.fleet.table.row(each) for each in tab.targets}
        assert {each: found and found[kinds] for each, found in rows.items()} == {
            "am-1": "alertmanager",
            "prom-1": "prometheus",
            "prom-2": "prometheus",
        }
        assert on.line("am-1").split()[1:3] == ["alertmanager", "ok"]
        assert tab.shown() == {(STATUS, "am-1"), (HEALTH, "prom-1"), (HEALTH, "prom-2")}
        await on.type("target am-1")
        assert on.says("Silences")
        assert not on.says("Scrapes")
        await on.type("target prom-1")
        assert on.says("Scrapes")
        assert not on.says("Silences")
        assert ("prometheus.alert", "prom-1") in tab.pairs()
        await on.press("escape")
        assert on.says("Watching servers")


async def test_a_kind_without_targets_has_neither_columns_nor_panes() -> None:
    async with stage(PROM, OTHER, domains=(DOMAIN,)) as on:
        tab = on.app.main.tab
        keys = {column.key for column in tab.fleet.columns}
        assert "kind" not in keys
        assert "peers" not in keys
        assert list(tab.details) == ["prometheus"]


async def test_an_empty_tab_says_how_to_add_each_kind() -> None:
    async with stage(domains=(DOMAIN,)) as on:
        setups = [registry.integrations()[kind].setup for kind in DOMAIN.kinds]
        assert all('kind = "' in setup for setup in setups)
        assert on.says("no target yet; add one to the estate")
