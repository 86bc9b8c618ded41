"""Every action of every integration says what it does, looks, verifies, and is documented."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from opsconsole import registry
from opsconsole.spec import Action, Integration
from tests.engine.collector import ACTION, BOX

DOCS = Path(__file__).parents[2] / "docs" / "domains"
ACTIONS = [
    (known, action) for known in registry.integrations().values() for action in known.actions
]


def faults(kind: Integration, action: Action, documents: str) -> Iterator[str]:
    """What such an action lacks."""
    if not action.id.startswith(f"{kind.kind}."):
        yield f"its id does not begin with {kind.kind}."
    if len(action.letter) != 1 or not action.letter.isprintable() or action.letter.isspace():
        yield f"{action.letter!r} is no key"
    for name in ("title", "about"):
        if not getattr(action, name).strip():
            yield f"it has no {name}"
    if action.about not in documents or action.id not in documents:
        yield "no page in docs/domains has its id and what it is about"
    if not action.verify.says.strip():
        yield "it does not say when it worked"
    for seconds in (action.verify.within_s, action.timeout, action.expected_s):
        if not seconds > 0:
            yield f"{seconds:g} s is no time"
    yield from _unpinned(kind, action)


def _unpinned(kind: Integration, action: Action) -> Iterator[str]:
    probes = {probe.id: probe for probe in kind.probes}
    for name in action.probes:
        if name not in probes:
            yield f"there is no probe {name}"
        elif not action.pins or action.pins[0] not in {one.key for one in probes[name].columns}:
            yield f"its first pin is no column of {name}: no row can be named"


@pytest.mark.parametrize(("kind", "action"), ACTIONS, ids=[one.id for _, one in ACTIONS])
def test_it_is_all_there(kind: Integration, action: Action) -> None:
    pages = "\n".join(page.read_text() for page in sorted(DOCS.glob("*.md")))
    assert list(faults(kind, action, " ".join(pages.split()))) == []


@pytest.mark.parametrize("kind", list(registry.integrations().values()), ids=lambda one: one.kind)
def test_ids_are_given_once_and_keys_once_per_object(kind: Integration) -> None:
    ids = [action.id for action in kind.actions]
    assert len(ids) == len(set(ids))
    for probe in {name for action in kind.actions for name in action.probes or ("",)}:
        here = [action for action in kind.actions if probe in (action.probes or ("",))]
        keys = [action.letter for action in here]
        assert len(keys) == len(set(keys)), f"two actions of {probe or kind.kind} share a key"


CROOKED = {
    "does not begin with": replace(ACTION, id="host.write"),
    "is no key": replace(ACTION, letter=""),
    "no title": replace(ACTION, title=" "),
    "docs/domains": replace(ACTION, about="Does something else."),
    "when it worked": replace(ACTION, verify=replace(ACTION.verify, says="")),
    "is no time": replace(ACTION, timeout=0.0),
    "there is no probe": replace(ACTION, probes=("box.none",), pins=("pid",)),
    "no row can be named": replace(ACTION, probes=("box.list",), pins=("name",)),
}


@pytest.mark.parametrize("said", CROOKED)
def test_what_is_missing_is_found(said: str) -> None:
    documents = f"`{ACTION.id}` {ACTION.about}"
    assert list(faults(BOX, ACTION, documents)) == []
    assert [said in fault for fault in faults(BOX, CROOKED[said], documents)].count(True) == 1
