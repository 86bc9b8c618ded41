"""Every action that is found can be judged, proves itself, and is described to those who use it."""

from pathlib import Path

import pytest

from opsconsole import registry
from opsconsole.executor.draft import judged
from opsconsole.model import Target
from opsconsole.plan import Tier
from opsconsole.policy import Policy
from opsconsole.spec import Action, Integration, Weight

PAGES = Path(__file__).parents[2] / "docs" / "domains"
FOUND = [(known, action) for known in registry.integrations().values() for action in known.actions]
MENU = set("jkqxyu:/?")
"""Letters with which one moves in the menu, leaves it, says yes or takes back."""

every = pytest.mark.parametrize(
    ("integration", "action"), FOUND, ids=[action.id for _, action in FOUND]
)


def _tier(integration: Integration, action: Action, number: int, **labels: str) -> Tier:
    target = Target("one", integration.kind, "ssh", labels=labels)
    return judged(action, [target] * number, Policy())[0]


def _rows() -> dict[str, list[str]]:
    """Lines of the tables of actions, by id."""
    lines = [line for page in PAGES.glob("*.md") for line in page.read_text().splitlines()]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0].strip("`"): row for row in cells if len(row) == 8}


def test_there_are_actions() -> None:
    assert FOUND


@every
def test_its_tier_follows_from_what_it_may_do_and_where(
    integration: Integration, action: Action
) -> None:
    least = {Weight.REVERSIBLE: Tier.YES, Weight.NOTICED: Tier.NAME, Weight.LOSING: Tier.WITNESS}
    assert _tier(integration, action, 1, env="test") is least[action.weight]
    assert _tier(integration, action, 1) >= Tier.NAME, "production, for want of a label"
    assert _tier(integration, action, 4, env="test") is Tier.WITNESS


@every
def test_it_proves_itself_in_time(integration: Integration, action: Action) -> None:
    verify = action.verify
    assert verify.says
    assert 0 < verify.within_s <= 600
    assert action.expected_s > verify.hold_s, "the operator is told the time it really takes"
    assert 0 < action.timeout <= 600
    assert set(verify.steady).isdisjoint(action.pins), "a pin that changes is another object"


@every
def test_it_says_what_it_is(integration: Integration, action: Action) -> None:
    assert action.about.endswith(".")
    assert len(action.title) <= 24
    assert action.letter.isascii()
    assert action.letter.isalpha()
    assert action.letter not in MENU
    assert all(argument.title for argument in action.arguments)
    for argument in action.arguments:
        assert not argument.check(argument.default)
        assert not argument.choices or argument.default in argument.choices


@every
def test_what_pins_its_objects_is_there(integration: Integration, action: Action) -> None:
    probes = [probe for probe in integration.probes if probe.id in action.probes]
    assert len(probes) == len(action.probes)
    for probe in probes:
        columns = {column.key for column in probe.columns}
        assert set(action.pins) <= columns
        assert probe.key, "its only row is the target itself"
        assert set(probe.key) <= set(action.pins)


@every
def test_the_page_of_its_domain_describes_it(integration: Integration, action: Action) -> None:
    row = _rows().get(action.id)
    assert row, "give it a line in the table of actions in docs/domains"
    _, letter, on, risk, about, preview, proof, _undo = row
    assert (letter.strip("`"), risk, about) == (action.letter, action.weight.value, action.about)
    wanted = {f"`{probe}`" for probe in action.probes} or {"the target"}
    assert set(on.split(", ")) == wanted
    assert proof == action.verify.says
    assert preview.startswith("none: ") is (action.preview is None), "why there is no preview"


def test_a_letter_that_loses_something_is_nowhere_harmless() -> None:
    losing = {a.letter.lower() for _, a in FOUND if a.weight is Weight.LOSING}
    harmless = {a.letter.lower() for _, a in FOUND if a.weight is Weight.REVERSIBLE}
    assert not losing & harmless


def test_no_row_outlives_its_action() -> None:
    kinds = {known.kind for known, _ in FOUND}
    rules = {rule.id for known in registry.integrations().values() for rule in known.rules}
    known = {action.id for _, action in FOUND} | rules
    named = {name for name in _rows() if name.partition(".")[0] in kinds and "-" in name}
    assert named <= known
