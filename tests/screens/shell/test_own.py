"""What the console says of its own cost: true to a step, and still while nothing changes."""

from opsconsole.clean import Clean
from opsconsole.model import State
from opsconsole.ports import Cost, Ledger
from screens.shell.own import CPU_STEP, RSS_STEP, OwnCost, Steady


def test_a_reading_follows_within_a_step() -> None:
    steady = Steady(1.0)
    for value in (0.2, 0.9, 1.6, 7.3, 99.9, 3.0, 0.0):
        assert abs(steady.follow(value) - value) <= 0.75


def test_a_wavering_value_does_not_move_the_reading() -> None:
    steady = Steady(5.0)
    shown = steady.follow(51.0)
    assert {steady.follow(50 + wave) for wave in (-3, 3, -2, 1, 3.5, -3.5)} == {shown}
    assert steady.follow(54.0) == 55.0


def test_a_large_value_may_waver_by_its_share() -> None:
    steady = Steady(100.0, 0.25)
    assert steady.follow(10_000.0) == 10_000.0
    assert steady.follow(12_000.0) == 10_000.0
    assert steady.follow(13_000.0) == 13_000.0
    assert steady.follow(0.0) == 0.0


def _cost(target: str, seconds: float, probe: str = "host.process") -> Cost:
    return Cost(
        target=target,
        state=State.LIVE.value,
        answers=1,
        received_bytes=1,
        sent_bytes=1,
        parse_seconds=0.1,
        slowest_probe=probe,
        slowest_seconds=seconds,
        connects=1,
        retry_in_s=0.0,
        note=Clean(""),
    )


def test_the_collector_counts_too() -> None:
    own = OwnCost()
    ledger = Ledger(5.0, 200 * 2**20, 0, [_cost("web-1", 0.1), _cost("web-2", 0.3)])
    gauges = own.gauges(ledger, "wan")
    assert gauges.cpu_percent == 5.0
    assert gauges.cpu_percent % CPU_STEP == 0
    assert gauges.rss_bytes % RSS_STEP == 0
    assert gauges.rss_bytes > 200 * 2**20
    assert (gauges.slowest, gauges.slowest_s) == ("host.process web-2", 0.3)
    assert gauges.link == "wan"


def test_before_the_first_ledger_nothing_is_slowest() -> None:
    gauges = OwnCost().gauges(None, "")
    assert gauges.slowest == ""
    assert OwnCost().gauges(Ledger(0.0, 0, 0, [_cost("web-1", 0.0, "")]), "").slowest == ""


def test_rates_are_those_since_the_last_look() -> None:
    cost = OwnCost()
    cost.look(1_000)
    assert cost.bytes_per_s > 0
    cost.look(1_000)
    assert cost.bytes_per_s == 0
    assert cost.cpu_percent >= 0


def test_memory_is_that_of_a_running_interpreter() -> None:
    assert 5_000_000 < OwnCost().rss_bytes < 10_000_000_000
