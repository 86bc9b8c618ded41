"""Which target stands on which, and what is wrong with saying so."""

from pathlib import Path

import pytest

from opsconsole.errors import EstateError
from opsconsole.estate import Estate, load, render
from tests.estate.conftest import write

RACK = """
[group.rack]
depends_on = ["ups-a", "switch"]
members = ["ups-a", "switch", "web-*"]
[target.ups-a]
[target.switch]
depends_on = ["ups-a"]
[target.web-1]
[target.web-2]
depends_on = ["db-1"]
[target.db-1]
"""


def loaded(here: Path, text: str) -> Estate:
    return load(write(here / "estate.toml", text), {})


def test_own_words_come_first_and_a_group_adds_its_own(here: Path) -> None:
    held = {target.id: target.depends_on for target in loaded(here, RACK).targets}
    assert held == {
        "ups-a": (),
        "switch": ("ups-a",),
        "web-1": ("ups-a", "switch"),
        "web-2": ("db-1", "ups-a", "switch"),
        "db-1": (),
    }


def test_what_is_written_back_is_read_as_the_same(here: Path) -> None:
    estate = loaded(here, RACK)
    again = load(write(here / "again.toml", render(estate.targets)), {})
    assert [target.depends_on for target in again.targets] == [
        target.depends_on for target in estate.targets
    ]


FEEDS = """
[group.rack]
fed_by = ["pdu-a", "pdu-b"]
depends_on = ["switch"]
members = ["pdu-b", "web-*"]
[target.ups-a]
[target.pdu-a]
fed_by = ["ups-a"]
[target.pdu-b]
[target.switch]
[target.web-1]
depends_on = ["db-1"]
fed_by = ["pdu-a/7", "pdu-b/outlet 2"]
[target.web-2]
[target.db-1]
"""


def test_what_feeds_a_target_is_among_what_it_stands_on(here: Path) -> None:
    estate = loaded(here, FEEDS)
    assert {one.id: (one.depends_on, one.fed_by) for one in estate.targets} == {
        "ups-a": ((), ()),
        "pdu-a": (("ups-a",), ("ups-a",)),
        "pdu-b": (("switch", "pdu-a"), ("pdu-a",)),
        "switch": ((), ()),
        "web-1": (("db-1", "pdu-a", "pdu-b", "switch"), ("pdu-a/7", "pdu-b/outlet 2")),
        "web-2": (("switch", "pdu-a", "pdu-b"), ("pdu-a", "pdu-b")),
        "db-1": ((), ()),
    }
    again = load(write(here / "again.toml", render(estate.targets)), {})
    held = [(set(one.depends_on), one.fed_by) for one in again.targets]
    assert held == [(set(one.depends_on), one.fed_by) for one in estate.targets]


CASES = {
    "unknown feed": (
        '[target.web-1]\nfed_by = ["usp-a/3"]\n[target.ups-a]\n',
        [
            "estate.toml: target.web-1.fed_by: found 'usp-a'; allowed: a target of the estate"
            " (did you mean 'ups-a'?)"
        ],
    ),
    "no outlet": (
        '[target.web-1]\nfed_by = ["ups-a/"]\n[target.ups-a]\nfed_by = ["web-1"]\n',
        [
            "estate.toml: target.web-1.fed_by: found 'ups-a/'; allowed: TARGET or TARGET/OUTLET,"
            ' an outlet of 40 letters at most: "pdu-b/7"'
        ],
    ),
    "feeds in a circle": (
        '[target.a]\nfed_by = ["b/1"]\n[target.b]\nfed_by = ["a"]\n',
        [
            "estate.toml: target.a.fed_by: found a circle: a -> b -> a;"
            " allowed: no target that stands on itself in the end"
        ],
    ),
    "unknown": (
        '[target.web-1]\ndepends_on = ["usp-a"]\n[target.ups-a]\n',
        [
            "estate.toml: target.web-1.depends_on: found 'usp-a'; allowed: a target of the estate"
            " (did you mean 'ups-a'?)"
        ],
    ),
    "unknown of a group": (
        '[group.g]\ndepends_on = ["nowhere"]\n[target.a]\n',
        ["estate.toml: group.g.depends_on: found 'nowhere'; allowed: a target of the estate"],
    ),
    "itself": (
        '[target.a]\ndepends_on = ["a"]\n',
        [
            "estate.toml: target.a.depends_on: found a circle: a -> a;"
            " allowed: no target that stands on itself in the end"
        ],
    ),
    "a longer circle, told once": (
        '[target.a]\ndepends_on = ["b"]\n[target.b]\ndepends_on = ["c"]\n'
        '[target.c]\ndepends_on = ["b", "c2"]\n[target.c2]\n',
        [
            "estate.toml: target.b.depends_on: found a circle: b -> c -> b;"
            " allowed: no target that stands on itself in the end"
        ],
    ),
    "a circle through a group": (
        '[group.g]\ndepends_on = ["b"]\nmembers = ["a"]\n[group.h]\ndepends_on = ["a"]\n'
        'members = ["b"]\n[target.a]\n[target.b]\n',
        [
            "estate.toml: group.g.depends_on: found a circle: a -> b -> a;"
            " allowed: no target that stands on itself in the end"
        ],
    ),
    "no list, and in the defaults": (
        '[defaults]\ndepends_on = ["a"]\n[target.a]\ndepends_on = "b"\n',
        [
            "estate.toml: defaults.depends_on: found unknown key; allowed: certificate, groups,"
            " identity, intervals, jump, kind, known_hosts, labels, password, port, ssh_config,"
            " transport, user",
            "estate.toml: target.a.depends_on: found 'b'; allowed: a list of texts:"
            ' ["one", "two"]',
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_problem(case: str, here: Path) -> None:
    text, problems = CASES[case]
    with pytest.raises(EstateError) as caught:
        loaded(here, text)
    assert list(map(str, caught.value.problems)) == problems
