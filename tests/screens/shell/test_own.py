"""What the console costs is measured against the last look."""

from screens.shell.own import OwnCost


def test_rates_are_those_since_the_last_look() -> None:
    cost = OwnCost()
    cost.look(1_000)
    assert cost.bytes_per_s > 0
    cost.look(1_000)
    assert cost.bytes_per_s == 0
    assert cost.cpu_percent >= 0


def test_memory_is_that_of_a_running_interpreter() -> None:
    assert 5_000_000 < OwnCost().rss_bytes < 10_000_000_000
