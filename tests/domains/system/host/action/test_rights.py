"""Every call of every action that needs root is one that `opsconsole sudoers` permits."""

import fnmatch

from opsconsole.clean import Clean
from opsconsole.domains.system.host.action import ACTIONS
from opsconsole.plan import Step, Thing
from opsconsole.spec import Argument, Hole, Words

PINS = (("unit", "app.service"), ("pid", "44"), ("mount", "/"))
THING = Thing("web-1", PINS, Clean("it"))
FACTS = {
    "protocol": "tcp",
    "service": "10.77.0.2:80",
    "server": "10.77.0.1:80",
    "forward": "Masq",
    "weight": "3",
    "pid": "44",
    "start_ticks": "8123",
    "uid": "0",
    "me": "1000",
    "nice": "0",
}


def _match(right: Words, argv: tuple[str, ...]) -> bool:
    return len(right) == len(argv) and all(
        fnmatch.fnmatchcase(given, word.glob) if isinstance(word, Hole) else given == word
        for word, given in zip(right, argv, strict=True)
    )


def _samples(argument: Argument) -> tuple[str, ...]:
    return tuple(value for value in (argument.default, "-5", "7") if not argument.check(value))


def _steps() -> dict[str, list[Step]]:
    """With every choice of every argument."""
    found: dict[str, list[Step]] = {}
    for action in ACTIONS:
        choices = [a.choices or _samples(a) for a in action.arguments] or [("",)]
        for value in choices[0]:
            arguments = {argument.name: value for argument in action.arguments}
            found.setdefault(action.id, []).extend(action.steps(THING, FACTS, arguments))
    return found


def test_every_call_as_root_is_permitted_and_nothing_is_that_is_not_called() -> None:
    rights = {action.id: action.rights for action in ACTIONS}
    for name, steps in _steps().items():
        called = [step.argv for step in steps if step.root]
        for argv in called:
            assert any(_match(right, argv) for right in rights[name]), argv
        for right in rights[name]:
            if right[0] == "ipvsadm":  # one for each kind of service and way of forwarding
                continue
            assert any(_match(right, argv) for argv in called), right


def test_a_hole_never_stands_where_an_option_could() -> None:
    """A * of sudoers takes several words: it may only follow what ends the options."""
    for action in ACTIONS:
        for right in action.rights:
            holes = [at for at, word in enumerate(right) if isinstance(word, Hole)]
            if holes:
                if right[:2] == ("ipvsadm", "-e"):  # which takes no second command beside -e
                    continue
                assert "--" in right[: holes[0]] or right[:2] == ("sh", "-c")
                assert list(right[holes[0] :]) == [right[at] for at in holes]


def test_scripts_survive_the_way_sudo_joins_words() -> None:
    for action in ACTIONS:
        for right in action.rights:
            for word in right:
                if isinstance(word, str):
                    assert word == " ".join(word.split()), "no line break, no two blanks"
