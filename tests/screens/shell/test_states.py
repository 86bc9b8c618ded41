"""What a pane says of its data, in the words the operator reads, with its age."""

from tests.screens.shell.stage import host, row, stage

WEB1 = host("web-1")


async def test_a_pane_goes_through_all_its_states() -> None:
    async with stage(WEB1) as on:
        await on.type("pane units")
        pane = on.app.main.tab.pane

        def says() -> str:
            return next(line for line in on.screen if pane.pane.title in line)

        await on.settle()
        assert "waiting" in pane.title_text
        assert "waiting" in says()
        await on.tell("host.unit", "web-1")
        assert pane.title_text.endswith(" empty 2 s ")
        assert on.says("nothing here")
        await on.tell("host.unit", "web-1", row("host.unit"))
        assert pane.title_text.endswith(" live 2 s ")
        await on.tell("host.unit", "web-1", row("host.unit"), age=90.0)
        assert pane.title_text.endswith(" stale 1m 30s ")
        await on.fail("host.unit", "web-1", "denied", "no permission", "join the group")
        assert "fault: no permission 1m 30s" in pane.title_text
        assert pane.has_class("-stale")
        assert not on.says("join the group")
        await on.tell("host.unit", "web-1", row("host.unit"))
        assert pane.title_text.endswith(" live 2 s ")
        assert not pane.has_class("-stale")


async def test_a_fault_before_any_data_says_what_to_do() -> None:
    async with stage(WEB1) as on:
        await on.type("pane units")
        await on.fail("host.unit", "web-1", "denied", "no permission", "join the group")
        assert on.says("no permission; join the group")
