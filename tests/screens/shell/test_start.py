"""What the console opens with: the tabs an estate has something for, and the keys."""

from dataclasses import replace

from opsconsole.estate import Estate
from screens.shell.commands import COMMANDS
from screens.shell.start import default_keys, scene_of
from screens.system import DOMAIN, HOST
from tests.screens.shell.stage import host

OTHER = replace(DOMAIN, id="other", faces=(replace(HOST, kind="ups"),))


def test_only_roles_with_a_target_have_a_tab() -> None:
    scene = scene_of(Estate((host("web-1"),)), [DOMAIN, OTHER])
    assert scene.domains == (DOMAIN,)


def test_with_no_target_at_all_every_role_says_how_to_add_one() -> None:
    scene = scene_of(Estate(()), [DOMAIN, OTHER])
    assert scene.domains == (DOMAIN, OTHER)
    assert "[target" in scene.setups["host"]


def test_every_key_of_a_command_can_be_changed() -> None:
    keys = default_keys()
    assert all(keys[command.name] == command.keys for command in COMMANDS if command.keys)
    assert keys["table.sort"] == ("s",)
