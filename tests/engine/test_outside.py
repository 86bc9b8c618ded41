"""Alerts of others join ours on the bus, and all of them go out to the channels."""

from opsconsole.alert import Alerts, Occurrence, Phase, Silence
from opsconsole.channel import Channel
from opsconsole.clean import Clean
from opsconsole.engine.outside import Outside
from opsconsole.estate import Estate
from opsconsole.model import Row, Sample
from opsconsole.plan import Progress
from opsconsole.ports import Upward
from tests.notify.scene import alert, posted, told
from tests.servers.sampler import eventually
from tests.servers.web import page, web
from tests.test_foreign import AM, HOSTS, KINDS, firing, labels

OURS = Silence("1", "target:web*", Clean("alice"), 1.0, 2.0, Clean("ours"))
TARGETS = (*HOSTS, AM)


def outside(said: list[Upward], estate: Estate | None = None) -> Outside:
    return Outside(estate or Estate(TARGETS), TARGETS, KINDS, said.append)


def brief(message: Upward) -> tuple[list[str], bool]:
    assert isinstance(message, Alerts)
    return [str(one.title) for one in message.alerts], message.whole


def test_others_alerts_are_told_as_they_change_and_whenever_all_are() -> None:
    said: list[Upward] = []
    one = outside(said)
    one.hear([firing(labels("Theirs", "web-1:9100"))])
    one.hear([firing(labels("Theirs", "web-1:9100"), at=110.0)])
    one.publish(Alerts([alert("a")], whole=True, silences=[OURS]))
    one.publish(Alerts([alert("a")], whole=False))
    assert [brief(message) for message in said] == [
        (["Theirs"], False),
        (["Disk is full", "Theirs"], True),
        (["Disk is full"], False),
    ]


def test_what_others_raise_and_clear_stands_in_the_timeline() -> None:
    seen: list[Occurrence] = []
    one = Outside(Estate(TARGETS), TARGETS, KINDS, lambda _: None, seen.extend)
    one.hear([firing(labels("Theirs", "web-1:9100"))])
    one.hear([firing(labels("Theirs", "web-1:9100"), at=110.0)])
    one.hear([firing(at=120.0)])
    assert [(each.kind, each.target) for each in seen] == [("alert", "web-1"), ("clear", "web-1")]


def test_silences_of_both_are_one_list() -> None:
    said: list[Upward] = []
    one = outside(said)
    row: Row = tuple(map(Clean, ("s1", "active", 'a="b"', "bob", "theirs")))
    one.publish(Alerts([], whole=True, silences=[OURS]))
    one.hear([Sample("alertmanager.silence", "am", 1.0, [(*row, 1.0, 2.0)], None, 10.0)])
    assert isinstance(said[-1], Alerts)
    assert [silence.id for silence in said[-1].silences or []] == ["1", "am:s1"]


def test_what_is_no_alert_passes() -> None:
    said: list[Upward] = []
    message = Progress("p", 0, Clean("x"), False)
    outside(said).publish(message)
    assert said == [message]


async def test_channels_hear_of_both_and_a_broken_one_is_an_alert() -> None:
    async with web({"/hook": page(b"", 204)}) as server:
        good = Channel("good", webhook=f"{server.url}/hook", gather_s=0.0, pause_s=0.0)
        bad = Channel("bad", webhook="http://127.0.0.1:1/", gather_s=0.0, pause_s=0.0)
        said: list[Upward] = []
        one = outside(said, Estate(TARGETS, channels=(good, bad)))
        one.start()
        one.publish(Alerts([alert("a")], whole=False))
        one.hear([firing(labels("Theirs", "web-1:9100"))])

        def heard() -> set[str]:
            return {name for document in posted(server) for name, _, _ in told(document)}

        wanted = {"a", "am:Theirsweb-1:9100", "opsconsole.notify-fails:bad"}
        await eventually(lambda: heard() == wanted)
        one.publish(Alerts([], whole=True))
        assert brief(said[-1]) == (["Theirs", "Nobody is told"], True)
        assert isinstance(said[-1], Alerts)
        assert all(one.phase is Phase.OPEN for one in said[-1].alerts)
        await one.close()
