"""Filters over alerts: every word must fit, and one that makes no sense is told."""

import pytest

from opsconsole.channel import fits, wrong
from opsconsole.model import Target
from tests.notify.scene import alert


@pytest.mark.parametrize(
    ("match", "fit"),
    [
        ("", True),
        ("target:web*", True),
        ("target:web* level:crit", False),
        ("rule:host.disk-*", True),
        ("object:/a", True),
        ("kind:host group:w* label:env=prod", True),
        ("label:env", True),
        ("label:site=b", False),
        ("origin:am", False),
    ],
)
def test_filters(match: str, fit: bool) -> None:
    assert wrong(match) == ""
    target = Target("web-1", "host", "ssh", labels={"env": "prod"}, groups=("web",))
    assert fits(match, alert("a"), target) is fit


@pytest.mark.parametrize("match", ["web-1", "target:", "tagret:web", "target:a level"])
def test_filters_that_make_no_sense_are_told(match: str) -> None:
    assert wrong(match)
