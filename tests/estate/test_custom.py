"""`[action.NAME]`: a template's places become single arguments; what is wrong is told by place."""

from pathlib import Path

import pytest

from opsconsole.clean import Clean
from opsconsole.errors import EstateError, Gone, Refused
from opsconsole.estate import load
from opsconsole.plan import Thing
from opsconsole.spec import Action, Weight
from tests.screens.shell.hostile import corpus

PROBES = {"host.unit": ("unit",), "host.process": ("pid", "start_ticks", "boot")}
HEAD = """
[target.web-1]
address = "10.0.0.1"
labels = { site = "b; reboot" }
"""
DRAIN = """
[action.drain]
title = "Drain"
about = "Takes the host out of the load balancer."
on = "host"
where = "console"
weight = "noticed"
run = ["lb", "drain", "--site={label:site}", "{target}", "{{literal}}", "{level}"]
look = ["lb", "state", "{target}"]
verify = { says = "drained", output = "^drained", status = 0, within_s = 60, hold_s = 5 }
undo = "estate.restore"
arguments = { level = { choices = ["soft", "hard"] } }
[action.restore]
title = "Restore"
about = "Puts it back."
on = "host.unit"
weight = "reversible"
root = true
run = ["lb", "restore", "--", "{unit}"]
look = ["lb", "state", "{unit}"]
verify = { says = "in service", status = 0 }
"""


def actions(folder: Path, text: str) -> dict[str, Action]:
    path = folder / "estate.toml"
    path.write_text(HEAD + text)
    return dict(load(path, probes=PROBES).actions.get("host", {}))


def problems(folder: Path, text: str) -> str:
    with pytest.raises(EstateError) as caught:
        actions(folder, text)
    return "\n".join(str(problem) for problem in caught.value.problems)


HOST = Thing("web-1", (), Clean("web-1"))


def test_a_template_is_filled_word_by_word(tmp_path: Path) -> None:
    drain = actions(tmp_path, DRAIN)["estate.drain"]
    [step] = drain.steps(HOST, {}, {"level": "soft"})
    assert step.argv == ("lb", "drain", "--site=b; reboot", "web-1", "{literal}", "soft")
    assert (step.where, step.root) == ("console", False)
    assert drain.look.argv(HOST) == ("lb", "state", "web-1")
    assert (drain.weight, drain.probes, drain.pins) == (Weight.NOTICED, (), ())
    assert drain.arguments[0].choices == ("soft", "hard")


def test_verification_is_the_look_s_word_and_status(tmp_path: Path) -> None:
    drain = actions(tmp_path, DRAIN)["estate.drain"]
    held = drain.verify.held
    assert held({}, drain.look.read(HOST, 0, b"drained at 12:00\n"), {})
    assert not held({}, drain.look.read(HOST, 1, b"drained"), {})
    assert not held({}, drain.look.read(HOST, 0, b"not drained"), {})
    assert not held({}, None, {})
    with pytest.raises(Gone, match="cannot be run: sh: lb: not found"):
        drain.look.read(HOST, 127, b"sh: lb: not found\n")


def test_undo_names_an_action_and_keeps_the_object(tmp_path: Path) -> None:
    undo = actions(tmp_path, DRAIN)["estate.drain"].undo(HOST, {}, {})
    assert undo is not None
    assert (undo.action, undo.things) == ("estate.restore", (HOST,))


def test_no_name_ever_becomes_more_than_one_argument(tmp_path: Path) -> None:
    restore = actions(tmp_path, DRAIN)["estate.restore"]
    for name in corpus():
        thing = Thing("web-1", (("unit", name),), Clean("x"))
        [step] = restore.steps(thing, {}, {})
        assert step.argv == ("lb", "restore", "--", name)


def test_a_value_is_no_option(tmp_path: Path) -> None:
    text = DRAIN.replace('"--", "{unit}"', '"{unit}"')
    restore = actions(tmp_path, text)["estate.restore"]
    with pytest.raises(Refused, match="taken for an option"):
        restore.steps(Thing("web-1", (("unit", "--all"),), Clean("x")), {}, {})


def test_what_has_no_value_is_refused(tmp_path: Path) -> None:
    drain = actions(tmp_path, DRAIN.replace("label:site", "label:rack"))["estate.drain"]
    with pytest.raises(Refused, match="no label:rack"):
        drain.steps(HOST, {}, {"level": "soft"})


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('"{target}", "{{', '"{tarhet}", "{{', "{tarhet} is no place that can be filled"),
        ('"{{literal}}"', '"{"', "a lone {"),
        ('["lb", "drain"', '["{target}", "drain"', "a program by its name or path"),
        ('weight = "noticed"\n', "", "action.drain.weight: found nothing"),
        ('weight = "noticed"', 'weight = "heavy"', "losing, noticed, reversible"),
        (
            'verify = { says = "drained", output = "^drained"',
            'verify = { output = "("',
            "found '('",
        ),
        ('on = "host"', 'on = "hosts"', "did you mean 'host'?"),
        ('undo = "estate.restore"', 'undo = "estate.restor"', "did you mean 'estate.restore'?"),
        ("timeout", "timeout", ""),
        ("[action.restore]", '[action."Re store"]', "small letters"),
        ("root = true", 'root = "yes"', "true or false"),
        ('run = ["lb", "restore", "--", "{unit}"]', "", "action.restore.run: found nothing"),
        ("soft", "so\\nft", ""),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, before: str, after: str, says: str
) -> None:
    if says:
        assert says in problems(tmp_path, DRAIN.replace(before, after))
    else:
        assert actions(tmp_path, DRAIN.replace(before, after))


def test_an_argument_may_have_a_pattern(tmp_path: Path) -> None:
    text = DRAIN.replace('choices = ["soft", "hard"]', 'pattern = "[0-9]+", default = "3"')
    [argument] = actions(tmp_path, text)["estate.drain"].arguments
    assert argument.check("12") == ""
    assert argument.check("x") == "it must match [0-9]+"
