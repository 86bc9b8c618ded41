"""What the console knows of alerts: order, counts, causes, news; no screen."""

import time
from itertools import pairwise

from opsconsole.alert import Alert, Alerts, Phase, Silence
from opsconsole.clean import Clean
from opsconsole.model import Level
from screens.shell.alarm.known import RESOLVED_S, Alarms, urgency
from tests.screens.shell.alarm.scene import alert, taken

NOW = time.time()


def _known(*alerts: Alert) -> Alarms:
    alarms = Alarms()
    alarms.hear(Alerts(list(alerts), True, []))
    return alarms


def test_worst_first_then_cared_for_then_unknown_then_over() -> None:
    wanted = [
        alert("a", age=900),
        alert("b", age=60),
        alert("c", level=Level.WARN, age=9000),
        alert("d", acknowledged=taken()),
        alert("e", silenced="s1"),
        alert("f", cause="a web-1 /var"),
        alert("g", phase=Phase.UNKNOWN),
        alert("h", phase=Phase.RESOLVED, changed=NOW - 10),
        alert("i", phase=Phase.RESOLVED, changed=NOW - 900),
    ]
    alarms = _known(*reversed(wanted))
    assert [each.rule for each in alarms.ordered()] == [each.rule for each in wanted]
    assert all(urgency(one) <= urgency(other) for one, other in pairwise(alarms.ordered()))


def test_one_is_taken_to_those_that_call_and_to_others_only_when_none_does() -> None:
    calls, held, over = (
        alert("a"),
        alert("b", acknowledged=taken()),
        alert("c", phase=Phase.RESOLVED),
    )
    assert _known(calls, held, over).wanted() == [calls]
    assert _known(held, over).wanted() == [held]
    assert _known(over).wanted() == []


def test_each_is_counted_once() -> None:
    counts = _known(
        alert("a"),
        alert("b", level=Level.WARN),
        alert("c", level=Level.WARN),
        alert("d", acknowledged=taken(), silenced="s1", cause="a"),
        alert("e", silenced="s1", cause="a"),
        alert("f", cause="a"),
        alert("g", phase=Phase.UNKNOWN),
        alert("h", phase=Phase.RESOLVED),
    ).counts
    assert dict(counts.calling) == {Level.CRIT: 1, Level.WARN: 2}
    assert (counts.acknowledged, counts.silenced, counts.explained, counts.unknown) == (1, 1, 1, 1)


def test_a_part_changes_a_whole_forgets() -> None:
    one, other = alert("a"), alert("b", target="web-2")
    alarms = _known(one, other)
    alarms.take_touched()
    alarms.hear(Alerts([alert("a", level=Level.WARN)], False))
    assert [each.rule for each in alarms.ordered()] == ["host.b", "host.a"]
    assert alarms.take_touched() == {"web-1"}
    alarms.hear(Alerts([other], True))
    assert alarms.ordered() == [other]
    assert alarms.take_touched() == {"web-1", "web-2"}
    assert list(alarms.of("web-1")) == []


def test_silences_stay_until_they_are_told_anew() -> None:
    silence = Silence("s1", "target:web*", Clean("bob"), 0.0, 1.0, Clean("disks"))
    alarms = _known()
    alarms.hear(Alerts([], False, [silence]))
    alarms.hear(Alerts([], False))
    assert alarms.silences == {"s1": silence}
    alarms.hear(Alerts([], False, []))
    assert alarms.silences == {}


def test_an_alert_that_moves_to_another_target_leaves_the_first() -> None:
    alarms = _known(alert("a", id="x"))
    alarms.hear(Alerts([alert("a", target="web-2", id="x")], False))
    assert list(alarms.of("web-1")) == []
    assert [each.target for each in alarms.of("web-2")] == ["web-2"]
    assert alarms.calling(["web-1"]) == {}
    assert alarms.calling(["web-1", "web-2"]) == {Level.CRIT: 1}


def test_what_was_there_at_first_is_no_news() -> None:
    alarms = _known(alert("a"))
    assert alarms.take_calls() == []
    alarms.hear(Alerts([alert("b", level=Level.WARN), alert("c")], False))
    assert [each.rule for each in alarms.take_calls()] == ["host.c", "host.b"]
    assert alarms.take_calls() == []


def test_after_a_first_word_without_any_alert_the_first_alert_is_news() -> None:
    alarms = _known()
    alarms.take_calls()
    alarms.hear(Alerts([alert("a")], False))
    assert len(alarms.take_calls()) == 1


def test_news_is_what_grew_worse_or_calls_again_and_nothing_that_is_cared_for() -> None:
    alarms = _known(alert("a", level=Level.WARN))
    alarms.take_calls()

    def says(*alerts: Alert) -> list[str]:
        alarms.hear(Alerts(list(alerts), False))
        return [each.rule for each in alarms.take_calls()]

    assert says(alert("a", level=Level.WARN)) == []
    assert says(alert("a")) == ["host.a"]
    assert says(alert("a", level=Level.WARN)) == []
    assert says(alert("a", acknowledged=taken())) == []
    assert says(alert("a")) == ["host.a"]
    assert says(alert("b", silenced="s1"), alert("c", cause="a")) == []
    assert says(alert("d", phase=Phase.UNKNOWN)) == []


def test_the_chain_of_causes_ends_where_it_closes() -> None:
    first, second, third = (
        alert("a", id="1", cause="2"),
        alert("b", id="2", cause="3"),
        alert("c", id="3", cause="1"),
    )
    alarms = _known(first, second, third)
    assert alarms.causes(first) == [second, third]
    assert alarms.explained_by(second) == 1
    assert alarms.causes(alert("d", cause="nothing")) == []


def test_a_row_is_found_by_the_words_of_its_key() -> None:
    one = alert("a", key=(4411, Clean("x")), probe="host.process")
    alarms = _known(one, alert("b"), alert("c", key=(4411, Clean("x")), phase=Phase.RESOLVED))
    assert alarms.on("web-1", "host.process", (4411, Clean("x"))) == [one]
    assert alarms.on("web-1", "host.process", (4412, Clean("x"))) == []


def test_what_is_long_over_is_forgotten() -> None:
    long_over = alert("a", phase=Phase.RESOLVED, changed=NOW - RESOLVED_S - 60)
    over = alert("b", phase=Phase.RESOLVED, changed=NOW - 60)
    alarms = _known(long_over, over, alert("c", age=RESOLVED_S * 10))
    version = alarms.version
    alarms.forget_old()
    assert [each.rule for each in alarms.ordered()] == ["host.c", "host.b"]
    assert alarms.version > version


def test_a_target_is_as_bad_as_the_worst_that_is_open() -> None:
    assert Alarms().judge("web-1") is None
    alarms = _known(
        alert("a", level=Level.WARN),
        alert("b", acknowledged=taken()),
        alert("c", phase=Phase.RESOLVED),
        alert("d", target="web-2", level=Level.WARN),
    )
    worst = alarms.judge("web-1")
    other = alarms.judge("web-2")
    fine = alarms.judge("web-3")
    assert worst is not None
    assert other is not None
    assert fine is not None
    assert (worst.level, worst.word) == (Level.CRIT, "crit")
    assert worst.why == "ack: /var used 97.2 % over 90 % (and 1 more)"
    assert other.why == "/var used 97.2 % over 90 %"
    assert other.score > worst.score  # it calls: first of two that are as bad
    assert (fine.level, fine.why) == (Level.OK, "")


def test_five_thousand_are_put_in_order_once_however_often_one_asks() -> None:
    alarms = _known(*(alert(f"a{at}", target=f"web-{at % 1000}") for at in range(5000)))
    first = alarms.ordered()
    assert alarms.ordered() is first
    assert alarms.counts is alarms.counts
    alarms.hear(Alerts([alert("b")], False))
    assert len(alarms.ordered()) == 5001
