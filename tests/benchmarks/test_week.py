"""A small week: bytes and rows of what hosts tell, and what pruning leaves of it."""

import pytest

from benchmarks.week import Plan, measure

PLAN = Plan(
    targets=2, hours=20.0, interval=60.0, slow=300.0, inventory=600.0, units=20, packages=90
)
Told = dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What the benchmark says."""
    return measure(tmp_path_factory.mktemp("week") / "recording", PLAN)


def test_all_of_it_is_recorded(told: Told) -> None:
    seconds = PLAN.hours * 3600
    slow = 2 * seconds / PLAN.slow
    inventories = 2 * seconds / PLAN.inventory
    recorded = told["recorded"]
    assert recorded["samples"] == 2 * seconds / PLAN.interval + 3 * slow + inventories
    assert recorded["points"] > 2 * seconds / PLAN.interval * 36


def test_a_value_takes_few_bytes_and_chunks_are_few(told: Told) -> None:
    """Without merging there would be a chunk for each five minutes of each of ten pairs."""
    assert told["reading"]["bytes_per_point_in_chunks"] < 1.6
    assert told["recorded"]["bytes_per_point"] < 5.0, "with summaries, and windows not yet over"
    assert told["reading"]["chunks"] < 10 * PLAN.hours * 12 * 0.6


def test_pruning_keeps_within_bounds(told: Told) -> None:
    size, age = told["pruned_by_size"], told["pruned_by_age"]
    assert size["used_mb"] <= size["bound_mb"]
    assert size["oldest_h"] < PLAN.hours
    assert age["bound_h"] < PLAN.hours / 2
    assert age["oldest_h"] < age["bound_h"] + 0.5, "what is over is gone with the next chunks"
