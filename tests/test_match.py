"""What a filter over alerts names."""

import pytest

from opsconsole.match import Match, read
from tests.rules.scene import World
from tests.rules.test_hush import BUSY, DEV, RULES, WEB


@pytest.mark.parametrize(
    ("match", "named"),
    [
        ("target:dev-*", {"dev-1"}),
        ("rule:box.*", {"dev-1", "web-1"}),
        ("rule:box.disk", set[str]()),
        ("label:env=dev", {"dev-1"}),
        ("label:env", {"dev-1", "web-1"}),
        ("label:env=p* level:warn", {"web-1"}),
        ("group:lab kind:box", {"dev-1"}),
        ("level:crit", set[str]()),
        ("object:/var", set[str]()),
    ],
)
def test_a_filter_names_alerts_by_every_word(match: str, named: set[str]) -> None:
    world = World(RULES, [DEV, WEB])
    world.play(4, BUSY)
    found = read(match)
    assert isinstance(found, Match)
    fits = {
        a.target
        for a in world.engine.whole()
        if found.fits(a, {"dev-1": DEV, "web-1": WEB}[a.target])
    }
    assert fits == named


@pytest.mark.parametrize("text", ["", "web", "host:web", "label:", "target:a oops"])
def test_what_is_no_filter_is_said(text: str) -> None:
    assert isinstance(read(text), str)
