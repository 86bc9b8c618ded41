"""Targets on this machine get what its platform needs; all others stay as they are."""

from opsconsole import registry
from opsconsole.engine.local import fitted
from opsconsole.model import Target

HERE = Target("here", "host", "local", intervals={"vitals": 5.0})
THERE = Target("web-1", "host", "ssh", "web-1")


def test_linux_needs_nothing() -> None:
    assert fitted([HERE, THERE], registry.integrations(), "linux") == (HERE, THERE)


def test_elsewhere_a_program_answers_at_the_target_s_own_interval() -> None:
    here, there = fitted([HERE, THERE], registry.integrations(), "darwin")
    argv = here.settings["argv"]
    assert isinstance(argv, tuple)
    assert argv[-1] == "5"
    assert there == THERE


def test_what_the_estate_says_stays() -> None:
    own = Target("here", "host", "local", settings={"argv": ("/bin/true",)})
    assert fitted([own], registry.integrations(), "darwin") == (own,)
