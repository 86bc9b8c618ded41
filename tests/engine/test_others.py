"""What others found is taken on from our console: shared, written down, kept, told to nobody."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec

from opsconsole.alert import Alert, Alerts, Phase
from opsconsole.audit import AuditLog, happened
from opsconsole.channel import Channel
from opsconsole.clean import Clean
from opsconsole.engine.alarms import Acknowledge, Hush
from opsconsole.engine.alerting import Alerting
from opsconsole.engine.outside import Outside
from opsconsole.estate import Estate
from opsconsole.model import Sample, Target
from opsconsole.ports import Call, Reply, Upward
from opsconsole.rulebook import Rulebook
from opsconsole.rules import Subject, memory
from opsconsole.rules.others import Others
from tests.notify.scene import posted, told
from tests.servers.sampler import eventually
from tests.servers.web import page, web
from tests.test_foreign import AM, HOSTS, KINDS, firing, labels

TARGETS = (*HOSTS, AM)
ONE, TWO = labels("One", "web-1:9100"), labels("Two", "web-1:9100")
ID = "am:Oneweb-1:9100"


class Site:
    """A collector's half: who hears others, who is told, and what is kept."""

    def __init__(self, folder: Path, channels: Sequence[Channel] = ()) -> None:
        self.known: dict[str, Alert] = {}
        self.errors: list[str] = []
        self.now = 1_000_000.0
        others = Others()
        estate = Estate(TARGETS, channels=tuple(channels))
        self.outside = Outside(estate, TARGETS, KINDS, self._take, others=others)
        self.alerting = Alerting(
            [Subject(target, {}, (), 1.0, "") for target in TARGETS],
            Rulebook(),
            self.outside.publish,
            folder / "alerts.json",
            audit=AuditLog(folder / "audit"),
            wall=lambda: self.now,
            others=others,
        )

    def _take(self, message: Upward) -> None:
        if isinstance(message, Alerts):
            if message.whole:
                self.known.clear()
            self.known |= {one.id: one for one in message.alerts}
        elif isinstance(message, Reply):
            self.errors.append(message.error)

    def hear(self, *sets: dict[str, str]) -> None:
        self.outside.hear([firing(*sets, at=self.now)])

    def silences(self) -> None:
        """The other half of what an Alertmanager tells: it has no silence."""
        self.outside.hear([Sample("alertmanager.silence", "am", self.now, [], None, 10.0)])

    def call(self, verb: str, body: object) -> None:
        assert self.alerting.take(Call(7, f"alert.{verb}", msgspec.msgpack.encode(body)))

    def note(self, alert: str = ID) -> str | None:
        taken = self.known[alert].acknowledged
        return None if taken is None else str(taken.note)


def test_it_is_taken_on_and_released_like_ours(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.hear(ONE, TWO)
    site.call("acknowledge", Acknowledge([ID], "on it", 0))
    assert (site.note(), site.known["am:Twoweb-1:9100"].acknowledged) == ("on it", None)
    assert not site.known[ID].calls
    site.outside.publish(Alerts([], whole=True))
    assert site.note() == "on it"
    site.call("release", [ID])
    assert site.note() is None
    site.call("acknowledge", Acknowledge([ID, "am:nothing"], "", 0))
    assert [bool(one) for one in site.errors] == [False, False, True]
    assert site.note() is None
    lines = [one.text.partition(": ")[2] for one in happened(tmp_path / "audit", 0.0)]
    assert lines == [
        "takes on alertmanager.One: on it",
        "no longer takes care of alertmanager.One",
    ]


def test_it_calls_again_after_its_time_and_the_next_time_it_is_raised(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.hear(ONE)
    site.call("acknowledge", Acknowledge([ID], "", 60))
    site.now += 59
    site.alerting.tick()
    assert not site.known[ID].calls
    site.now += 1
    site.alerting.tick()
    assert site.known[ID].calls
    site.call("acknowledge", Acknowledge([ID], "", 0))
    site.hear()
    assert site.known[ID].phase is Phase.RESOLVED
    site.hear(ONE)
    assert site.known[ID].calls


def test_a_restart_keeps_it_until_it_is_known_to_be_over(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.hear(ONE, TWO)
    site.call("acknowledge", Acknowledge([ID, "am:Twoweb-1:9100"], "on it", 0))
    asyncio.run(site.alerting.close())
    again = Site(tmp_path)
    again.silences()
    again.hear(ONE)
    assert again.note() == "on it"
    again.hear(ONE, TWO)
    assert again.note("am:Twoweb-1:9100") is None, "it was over meanwhile"
    asyncio.run(again.alerting.close())
    kept = memory.read(tmp_path / "alerts.json")
    assert kept is not None
    assert [one.alert for one in kept.others] == [ID]
    assert len(kept.found) == 2, "but that it is open again is known to who has no collector"


async def test_nobody_is_told_while_somebody_has_it(tmp_path: Path) -> None:
    async with web({"/hook": page(b"", 204)}) as server:
        hook = Channel("hook", webhook=f"{server.url}/hook", gather_s=0.0, pause_s=0.0)
        site = Site(tmp_path, [hook])
        site.hear(ONE)
        site.call("acknowledge", Acknowledge([ID], "on it", 0))
        site.hear(ONE, TWO)
        site.outside.start()

        def heard() -> list[str]:
            return [name for document in posted(server) for name, _, _ in told(document)]

        await eventually(lambda: bool(heard()))
        assert heard() == ["am:Twoweb-1:9100"]
        site.call("release", [ID])
        await eventually(lambda: len(heard()) == 2)
        assert heard()[1] == ID
        await site.outside.close()


def test_our_silences_cover_it_too_unless_it_is_silenced_there(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.hear(ONE)
    site.call("silence", Hush("origin:am", 60, "moving"))
    [ours] = site.alerting.engine.hush.said
    assert (site.known[ID].silenced, site.known[ID].calls) == (ours.id, False)
    site.hear(ONE, TWO)
    assert site.known["am:Twoweb-1:9100"].silenced == ours.id
    site.outside.hear([firing(ONE, at=site.now, silence="theirs")])
    assert site.known[ID].silenced == "am:theirs"
    site.hear(ONE)
    site.now += 60
    site.alerting.tick()
    assert site.known[ID].calls


def test_what_the_estate_no_longer_has_is_forgotten(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.hear(ONE)
    site.call("acknowledge", Acknowledge([ID], "on it", 0))
    asyncio.run(site.alerting.close())
    bare = Alerting(
        [Subject(Target("web-1", "host", "ssh"), {}, (), 1.0, "")],
        Rulebook(),
        lambda _: None,
        tmp_path / "alerts.json",
    )
    assert (bare.others.kept, bare.keeping.trouble) == ([], Clean(""))
