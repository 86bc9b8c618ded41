"""Both ways of judging that are compared find the same."""

import pytest

from benchmarks.rules import PERIOD, START, Plain, engine, samples
from opsconsole.model import Level
from opsconsole.rules.judge import Judge


@pytest.mark.parametrize("shape", ["quiet", "alarmed"])
def test_the_engine_finds_what_the_plain_way_finds(shape: str) -> None:
    ours, plain = engine(), Plain()
    for tick in range(1, 70):  # longer than the window of a mean
        heard = samples(tick, shape)
        ours.hear(heard)
        ours.tick(START + PERIOD * tick)
        plain.hear(heard)
    found = {_name(judge, key) for judge, key in ((j, s.key) for j, s in ours.open.values())}
    wanted = {name for name, level in plain.levels.items() if level > Level.OK}
    assert found == wanted
    assert bool(found) == (shape == "alarmed")


def _name(judge: Judge, key: tuple[object, ...]) -> tuple[object, ...]:
    return judge.ruling.rule.id, judge.target, key
