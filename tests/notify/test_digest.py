"""What a channel is told of, once each, in few messages; on a clock that the test moves."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.alert import Phase
from opsconsole.channel import Channel
from opsconsole.model import Level, Target
from opsconsole.notify.digest import MOST, Digest
from opsconsole.notify.wording import LISTED, text, title
from tests.notify.scene import HOOK, alert

OVER = Phase.RESOLVED
CHANNEL = replace(HOOK, gather_s=10.0, pause_s=60.0)


def digest(channel: Channel = CHANNEL) -> Digest:
    target = Target("web-1", "host", "ssh", labels={"env": "prod"}, groups=("web",))
    return Digest(channel, {"web-1": target})


def sent(one: Digest, now: float = 0.0) -> list[tuple[str, Phase, Level]]:
    """What the next message says; it arrives."""
    message = one.take()
    one.arrived(message, now)
    return [(each.id, each.phase, each.level) for each in message.alerts]


def names(one: Digest) -> list[str]:
    return [name for name, _, _ in sent(one)]


def test_a_storm_is_one_message_and_the_next_one_waits() -> None:
    one = digest()
    assert one.due is None
    for number in range(500):
        one.hear([alert(f"a{number}")], now=number / 100)
    assert one.due == 10.0
    message = one.take()
    assert len(message.alerts) == 500
    one.arrived(message, 11.0)
    assert one.due is None
    one.hear([alert("b")], 12.0)
    assert one.due == 71.0


def test_the_worst_stands_first_and_what_is_over_last() -> None:
    one = digest()
    one.hear([alert("over")], 0.0)
    sent(one)
    one.hear([alert("over", phase=OVER), alert("w"), alert("c", Level.CRIT)], 1.0)
    assert names(one) == ["c", "w", "over"]


def test_what_was_told_is_told_again_only_when_it_is_worse_or_over() -> None:
    one = digest()
    one.hear([alert("a")], 0.0)
    assert names(one) == ["a"]
    one.hear([alert("a", why="98 %")], 1.0)
    assert one.due is None
    one.hear([alert("a", Level.CRIT)], 2.0)
    assert sent(one) == [("a", Phase.OPEN, Level.CRIT)]
    one.hear([alert("a", Level.WARN)], 3.0)
    assert one.due is None
    one.hear([alert("a", phase=OVER)], 4.0)
    assert sent(one) == [("a", OVER, Level.WARN)]
    one.hear([alert("a")], 5.0)
    assert names(one) == ["a"]


def test_what_came_and_went_before_it_was_told_is_not() -> None:
    one = digest()
    one.hear([alert("a")], 0.0)
    one.hear([alert("a", phase=OVER)], 1.0)
    assert one.due is None


def test_it_is_quiet_after_an_acknowledgement_until_that_ends() -> None:
    one = digest()
    one.hear([alert("a")], 0.0)
    sent(one)
    one.hear([alert("a", acknowledged=True)], 1.0)
    one.hear([alert("a", Level.CRIT, acknowledged=True)], 2.0)
    assert one.due is None
    one.hear([alert("a", Level.CRIT)], 3.0)
    assert names(one) == ["a"]


@pytest.mark.parametrize("arrives", [True, False])
def test_one_that_is_taken_on_while_its_message_is_on_its_way_calls_again(arrives: bool) -> None:
    one = digest()
    one.hear([alert("a")], 0.0)
    message = one.take()
    one.hear([alert("a", acknowledged=True)], 1.0)
    if arrives:
        one.arrived(message, 2.0)
    else:
        one.failed(message, 2.0, 1.0)
    assert one.due is None
    one.hear([alert("a")], 3.0)
    assert names(one) == ["a"]


def test_the_end_of_what_somebody_took_on_is_told() -> None:
    one = digest()
    one.hear([alert("a")], 0.0)
    sent(one)
    one.hear([alert("a", acknowledged=True)], 1.0)
    one.hear([alert("a", phase=OVER)], 2.0)
    assert sent(one) == [("a", OVER, Level.WARN)]


def test_one_that_is_taken_on_before_it_was_told_is_not_told() -> None:
    one = digest()
    one.hear([alert("a")], 0.0)
    one.hear([alert("a", acknowledged=True)], 1.0)
    assert one.due is None


@pytest.mark.parametrize(
    "state", [{"acknowledged": True}, {"silenced": "s"}, {"cause": "b"}, {"phase": Phase.UNKNOWN}]
)
def test_what_calls_nobody_is_told_only_where_that_is_wanted(state: dict[str, Any]) -> None:
    one = digest()
    one.hear([alert("a", **state)], 0.0)
    assert one.due is None
    all_of_it = digest(replace(CHANNEL, only_calling=False))
    all_of_it.hear([alert("a", **state)], 0.0)
    assert (all_of_it.due is None) == ("phase" in state)


def test_levels_and_resolutions_are_the_channels() -> None:
    one = digest(replace(CHANNEL, min_level=Level.CRIT, resolved=False))
    one.hear([alert("w"), alert("c", Level.CRIT)], 0.0)
    assert names(one) == ["c"]
    one.hear([alert("c", Level.CRIT, OVER)], 1.0)
    assert one.due is None
    one.hear([alert("c", Level.CRIT)], 2.0)
    assert names(one) == ["c"]


def test_what_did_not_arrive_is_sent_again_with_what_came_since() -> None:
    one = digest()
    one.hear([alert("a"), alert("b"), alert("c")], 0.0)
    lost = one.take()
    one.hear([alert("b", Level.CRIT), alert("d")], 1.0)
    one.hear([alert("c", phase=OVER)], 1.0)  # nobody knows that it ever was
    one.failed(lost, 2.0, pause=8.0)
    assert one.due == 10.0
    assert [each[::2] for each in sent(one)] == [
        ("b", Level.CRIT),
        ("a", Level.WARN),
        ("d", Level.WARN),
    ]


def test_what_is_repeated_while_a_message_is_on_its_way_is_not_sent_twice() -> None:
    one = digest()
    one.hear([alert("a")], 0.0)
    message = one.take()
    one.hear([alert("a")], 1.0)
    one.arrived(message, 2.0)
    assert one.due is None


def test_what_ends_while_its_message_is_on_its_way_is_told_as_over() -> None:
    one = digest()
    one.hear([alert("a")], 0.0)
    message = one.take()
    one.hear([alert("a", phase=OVER)], 1.0)
    one.arrived(message, 2.0)
    assert sent(one) == [("a", OVER, Level.WARN)]


def test_the_queue_is_bounded_and_says_what_it_left_out() -> None:
    one = digest()
    one.hear([alert(f"a{number}") for number in range(MOST + 7)], 0.0)
    message = one.take()
    assert (len(message.alerts), message.left_out) == (MOST, 7)
    assert title(message) == f"{MOST} warning, 7 more"
    assert text(message).endswith(f"… and {MOST - LISTED + 7} more")


STEPS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from([Level.WARN, Level.CRIT, None]),
        st.sampled_from(["arrives", "fails", "waits"]),
    ),
    max_size=30,
)


class Receiver:
    """Who gets the messages, as far as they arrive."""

    def __init__(self) -> None:
        self.digest = digest(replace(CHANNEL, gather_s=0.0, pause_s=0.0))
        self.known: dict[str, Level] = {}

    def settle(self, fate: str) -> None:
        if self.digest.due is None or fate == "waits":
            return
        message = self.digest.take()
        if fate == "fails":
            self.digest.failed(message, 0.0, 0.0)
            return
        self.known.update({one.id: one.level for one in message.open})
        for one in message.over:
            del self.known[one.id]
        self.digest.arrived(message, 0.0)


@given(STEPS)
def test_in_the_end_the_receiver_knows_how_things_stand(
    steps: list[tuple[str, Level | None, str]],
) -> None:
    """Whatever fails in between: what is open was told as open, at its level or a worse one."""
    receiver = Receiver()
    true: dict[str, Level] = {}
    for name, level, fate in steps:
        if level is not None:
            true[name] = level
            receiver.digest.hear([alert(name, level)], 0.0)
        elif name in true:
            receiver.digest.hear([alert(name, true.pop(name), OVER)], 0.0)
        receiver.settle(fate)
    while receiver.digest.due is not None:
        receiver.settle("arrives")
    assert receiver.known.keys() == true.keys()
    assert all(receiver.known[name] >= true[name] for name in true)
