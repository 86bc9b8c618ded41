"""What answers say happened: a target lost and back, and what an integration sees between two."""

from collections.abc import Sequence
from dataclasses import replace

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean
from opsconsole.model import Column, Fault, Level, Quantity, Row, Sample, Target
from opsconsole.observer import Observer
from opsconsole.spec import Exchange, Integration, News, Probe

COLUMN = Column("name", "NAME", Quantity.TEXT, "here")


def probe(name: str, exchange: str, *, on_demand: bool = False) -> Probe[bytes]:
    return Probe(name, name, exchange, (COLUMN,), (), bytes, lambda _, __: [], on_demand)


def tell(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    words = f"{[row[0] for row in before]} -> {[row[0] for row in now]}"
    return [Occurrence(at, "change", target, Clean(""), Level.OK, Clean(words))]


BOX = Integration(
    "box",
    "Box",
    (Exchange("rare", 600), Exchange("tick", 2, pushed=True)),
    (
        probe("box.setup", "rare"),
        probe("box.detail", "tick", on_demand=True),
        probe("box.pulse", "tick"),
        probe("box.health", "rare"),
    ),
    news=(News("box.setup", tell),),
)
TARGETS = (Target("a", "box", "ssh"), Target("b", "box", "ssh"))


def observer(integration: Integration = BOX) -> Observer:
    return Observer(TARGETS, {"box": integration})


def good(at: float, probe_id: str = "box.pulse", *names: str, target: str = "a") -> Sample:
    return Sample(probe_id, target, at, [(Clean(name),) for name in names], None, 2.0)


def bad(at: float, probe_id: str = "box.pulse", kind: str = "lost", target: str = "a") -> Sample:
    fault = Fault(kind, Clean(f"{target}: it went"), Clean(""))
    return Sample(probe_id, target, at, None, fault, 2.0)


def test_a_target_is_lost_once_and_back_once() -> None:
    seen = observer()
    told = [
        (one.at, one.kind, one.target, one.level, one.text)
        for sample in (good(1), bad(10), bad(12, kind="unreachable"), bad(14), good(40), good(42))
        for one in seen.hear([sample])
    ]
    assert told == [
        (10, "watch", "a", Level.CRIT, "no answer: lost: it went"),
        (40, "watch", "a", Level.OK, "answers again, after 30 s"),
    ]


def test_a_target_that_never_answered_is_lost_too_and_each_is_for_itself() -> None:
    seen = observer()
    found = seen.hear([bad(1), good(1, target="b"), bad(3, target="b"), bad(3)])
    assert [(one.at, one.target) for one in found] == [(1, "a"), (3, "b")]


def test_a_fault_of_another_probe_is_not_the_loss_of_the_target() -> None:
    assert observer().hear([bad(1, "box.health"), bad(1, "box.detail")]) == []
    asked = replace(BOX, exchanges=(Exchange("rare", 600), Exchange("tick", 2)))
    assert len(observer(asked).hear([bad(1, "box.setup")])) == 1, "the first of what is asked"


def test_two_answers_in_a_row_are_compared() -> None:
    seen = observer()
    assert seen.hear([good(1, "box.setup", "x")]) == []
    assert seen.hear([good(2, "box.setup", "x")]) == []
    assert seen.hear([bad(3, "box.setup")]) == []
    [found] = seen.hear([good(4, "box.setup", "y", "z")])
    assert (found.at, found.text) == (4, "['x'] -> ['y', 'z']")
    assert seen.hear([good(5, "box.setup", target="b")]) == []


def test_what_was_recorded_is_what_was_before() -> None:
    seen = observer()
    assert seen.pairs == [("box.setup", "a"), ("box.setup", "b")]
    assert seen.remember([good(1, "box.setup", "x"), good(1), bad(2, "box.setup")]) == []
    [found] = seen.hear([good(900, "box.setup", "y")])
    assert found.text == "['x'] -> ['y']"


def test_a_recording_that_is_read_late_is_compared_with_what_came_meanwhile() -> None:
    seen = observer()
    seen.hear([good(900, "box.setup", "y")])
    [found] = seen.remember([good(1, "box.setup", "x")])
    assert (found.at, found.text, found.ref) == (900, "['x'] -> ['y']", "box.setup")
    assert seen.remember([good(900, "box.setup", "z")]) == [], "that is no older"
    [found] = seen.hear([good(901, "box.setup", "q")])
    assert found.text == "['y'] -> ['q']"


def test_strangers_are_passed_over() -> None:
    assert observer().hear([bad(1, target="z"), bad(1, "no.probe")]) == []
