"""Alerts from a collector's process to its console, what is said of them, and over a restart."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from opsconsole.alert import Alert, Alerts, Occurrence, Phase, Silence
from opsconsole.audit import AuditLog, Snapshot, read
from opsconsole.engine import Companion
from opsconsole.engine.alarms import Acknowledge
from opsconsole.engine.alerting import Alerting, paces, subjects
from opsconsole.engine.keeping import LOST, UNKEPT
from opsconsole.errors import Refused, Unauditable
from opsconsole.model import Sample, Target
from opsconsole.ports import Call, Happened, Reply, Upward
from opsconsole.rulebook import Rulebook
from opsconsole.rules import memory, outage
from tests.engine.alarmed import FILE, KNOWN
from tests.engine.test_companion import once
from tests.servers.sampler import eventually

ARGV = [sys.executable, "-P", "-m", "tests.engine.alarmed"]
WRONG, HIDDEN = "box.wrong:here", "box.hidden:here"


def ring(alarm: Path, *, on: bool = True) -> None:
    """Break the rule, or mend it."""
    if on:
        alarm.touch()
    else:
        alarm.unlink()


class Watch:
    """A console's half: what it knows of alerts."""

    def __init__(self, companion: Companion) -> None:
        self.companion = companion
        self.alerts: dict[str, Alert] = {}
        self.silences: list[Silence] = []
        self.whole = 0
        self.happened: list[Occurrence] = []

    async def listen(self) -> None:
        while True:
            message = await self.companion.receive()
            if isinstance(message, Happened):
                self.happened += message.occurrences
            if isinstance(message, Alerts):
                if message.whole:
                    self.whole += 1
                    self.alerts.clear()
                self.alerts |= {one.id: one for one in message.alerts}
                if message.silences is not None:
                    self.silences = message.silences

    async def until(self, held: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not held():  # noqa: ASYNC110 - another process does it
                await asyncio.sleep(0.05)

    def phase(self, alert: str) -> Phase | None:
        return self.alerts[alert].phase if alert in self.alerts else None


@pytest.fixture
def alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "alarm"
    monkeypatch.setenv(FILE, str(path))
    monkeypatch.setenv("OPSCONSOLE_AUDIT", str(tmp_path / "audit"))
    monkeypatch.setenv("OPSCONSOLE_ALERTS", str(tmp_path / "alerts.json"))
    return path


@pytest.fixture
async def watch(alarm: Path) -> AsyncIterator[Watch]:
    companion = Companion(ARGV, uniform=once)
    companion.start()
    watch = Watch(companion)
    listening = asyncio.ensure_future(watch.listen())
    yield watch
    companion.close()
    listening.cancel()
    assert await asyncio.to_thread(companion.wait_ended, 10)


async def test_alerts_come_and_go_also_of_probes_that_nobody_looks_at(
    watch: Watch, alarm: Path
) -> None:
    await watch.until(lambda: watch.whole == 1)
    assert watch.alerts == {}
    ring(alarm)
    await watch.until(lambda: {WRONG, HIDDEN} <= watch.alerts.keys())
    alert = watch.alerts[WRONG]
    assert (alert.phase, alert.why, alert.remedies) == (
        Phase.OPEN,
        "wrong 1, limit 1",
        ("remove it",),
    )
    ring(alarm, on=False)
    await watch.until(lambda: watch.phase(WRONG) is Phase.RESOLVED)
    await watch.until(lambda: watch.phase(HIDDEN) is Phase.RESOLVED)


async def test_what_is_said_is_shared_written_down_and_outlives_the_collector(
    watch: Watch, alarm: Path, tmp_path: Path
) -> None:
    ring(alarm)
    await watch.until(lambda: {WRONG, HIDDEN} <= watch.alerts.keys())
    port = watch.companion.alerts
    await port.acknowledge([WRONG], "on it", 0)
    await port.silence("rule:box.hidden", 600, "known")
    await watch.until(lambda: watch.alerts[WRONG].acknowledged is not None)
    await watch.until(lambda: watch.alerts[HIDDEN].silenced != "")
    with pytest.raises(Refused, match="no open alert"):
        await port.release(["box.other:here"])
    with pytest.raises(Refused, match="needs a reason"):
        await port.silence("rule:*", 600, "")
    await watch.until(lambda: sum(one.kind == "note" for one in watch.happened) == 2)
    lines = [one for one in watch.happened if one.kind == "note"]
    assert [(one.target, one.text.partition(": ")[2]) for one in lines] == [
        ("here", "takes on box.wrong: on it"),
        ("", "silences rule:box.hidden for 10 min: known"),
    ]
    kept = tmp_path / "alerts.json"
    await watch.until(lambda: kept.exists() and b"known" in kept.read_bytes())
    pid = watch.companion.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await watch.until(lambda: watch.whole == 2)
    taken = watch.alerts[WRONG].acknowledged
    assert taken is not None
    assert taken.note == "on it"
    assert watch.alerts[HIDDEN].silenced == watch.silences[0].id
    await port.release([WRONG])
    await port.unsilence(watch.silences[0].id)
    await watch.until(lambda: watch.alerts[WRONG].calls and watch.alerts[HIDDEN].calls)
    said = [(one["action"], one["note"]) for one in notes(tmp_path / "audit")]
    assert said == [
        ("alert.acknowledge", "on it"),
        ("alert.silence", "known"),
        ("alert.release", ""),
        ("alert.unsilence", ""),
    ]


def notes(folder: Path) -> list[dict[str, object]]:
    with Snapshot(folder) as log:
        records = [record for line in log.lines() if (record := read(line.text))]
    return [record.body for record in records if record.kind == "note"]


class Log:
    """An audit log that says no."""

    def append(self, kind: str, body: object) -> str:
        raise Unauditable("the disk is full")


class Made:
    """The collector's half alone."""

    def __init__(self, path: Path, now: float = 1_000_000.0, *, shut: bool = False) -> None:
        self.said: list[Upward] = []
        self.occurred: list[Occurrence] = []
        self.now = now
        known = subjects([Target("here", "box", "local")], {"box": KNOWN}, Rulebook())
        self.alerting = Alerting(
            known,
            Rulebook(),
            self.said.append,
            path,
            audit=Log(),
            tell=[self.occurred.extend],
            wall=lambda: self.now,
            shut=shut,
        )

    def play(self, wrong: int) -> None:
        self.alerting.hear([Sample("box.seen", "here", self.now, [(wrong,)], None, 0.5)])
        self.now += 1
        self.alerting.tick()


def test_what_happens_is_told_to_the_recorder(tmp_path: Path) -> None:
    made = Made(tmp_path / "a.json")
    made.play(1)
    made.play(0)
    assert [(one.kind, one.target, one.ref) for one in made.occurred] == [
        ("alert", "here", WRONG),
        ("clear", "here", WRONG),
    ]


def test_nothing_counts_that_cannot_be_written_down(tmp_path: Path) -> None:
    made = Made(tmp_path / "a.json")
    made.play(1)
    body = msgspec.msgpack.encode(Acknowledge([WRONG], "", 0))
    assert made.alerting.take(Call(7, "alert.acknowledge", body))
    reply = made.said[-1]
    assert isinstance(reply, Reply)
    assert "the disk is full" in reply.error
    assert made.alerting.engine.open[WRONG][1].acknowledged is None


@pytest.mark.parametrize("verb", ["acknowledge", "release", "silence", "unsilence"])
def test_where_the_estate_says_so_one_that_only_looks_cares_for_nothing(
    tmp_path: Path, verb: str
) -> None:
    made = Made(tmp_path / "a.json", shut=True)
    made.play(1)
    assert made.alerting.take(Call(7, f"alert.{verb}", b""))
    reply = made.said[-1]
    assert isinstance(reply, Reply)
    assert "only looks" in reply.error
    assert made.alerting.engine.open[WRONG][1].acknowledged is None


def test_other_verbs_are_left_to_others_and_nonsense_is_refused(tmp_path: Path) -> None:
    made = Made(tmp_path / "a.json")
    assert not made.alerting.take(Call(1, "propose", b""))
    assert made.alerting.take(Call(2, "alert.silence", b"\xc1"))
    assert isinstance(made.said[-1], Reply)
    assert made.said[-1].error


def own(made: Made) -> dict[str, tuple[Phase, str]]:
    """What was told last of alerts on our own keeping."""
    told = [one for message in made.said if isinstance(message, Alerts) for one in message.alerts]
    return {one.id: (one.phase, one.why) for one in told if one.rule.startswith("opsconsole.")}


def test_a_broken_file_is_said_and_a_new_one_begun(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("{")
    made = Made(path)
    assert "alerts of before are lost" in made.alerting.keeping.trouble
    trouble = made.alerting.keeping.trouble
    assert [(one.kind, one.text) for one in made.occurred] == [("note", trouble)]
    [lost] = made.alerting.others.whole()
    assert (lost.id, lost.why, lost.calls) == (LOST, trouble, True)
    made.play(1)
    asyncio.run(made.alerting.close())
    again = Made(path)
    assert WRONG in again.alerting.engine.open
    assert again.alerting.others.whole() == []


async def test_a_broken_file_is_told_to_a_console_with_all_there_is(
    alarm: Path, tmp_path: Path
) -> None:
    memory.save(tmp_path / "alerts.json", b"{")
    companion = Companion(ARGV, uniform=once)
    companion.start()
    watch = Watch(companion)
    listening = asyncio.ensure_future(watch.listen())
    await watch.until(lambda: LOST in watch.alerts)
    assert "it is kept as" in watch.alerts[LOST].why
    await watch.until(lambda: any(one.kind == "note" for one in watch.happened))
    await companion.alerts.acknowledge([LOST], "seen", 0)
    await watch.until(lambda: not watch.alerts[LOST].calls)
    companion.close()
    listening.cancel()
    assert await asyncio.to_thread(companion.wait_ended, 10)


async def test_a_disk_that_takes_nothing_is_an_alert_until_it_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opsconsole.engine.alerting.TICK", 0.01)
    monkeypatch.setattr("opsconsole.engine.keeping.RETRY", 0.05)
    blocked = tmp_path / "folder"
    await asyncio.to_thread(blocked.touch)
    made = Made(blocked / "a.json")
    made.alerting.start()
    made.play(1)
    await eventually(lambda: UNKEPT in own(made))
    phase, why = own(made)[UNKEPT]
    assert (phase, why) == (Phase.OPEN, made.alerting.keeping.trouble)
    assert "not kept over a restart" in why
    await asyncio.sleep(0.3)
    assert len([one for one in made.occurred if one.text == why]) == 1, "said once, tried often"
    await asyncio.to_thread(blocked.unlink)
    await eventually(lambda: own(made)[UNKEPT][0] is Phase.RESOLVED)
    assert made.alerting.keeping.trouble == ""
    await made.alerting.close()
    assert WRONG in Made(blocked / "a.json").alerting.engine.open


def test_what_cannot_be_kept_at_the_end_holds_up_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    made = Made(tmp_path / "file" / "a.json")
    made.play(1)
    asyncio.run(made.alerting.close())
    assert "not kept over a restart" in made.alerting.keeping.trouble
    assert any(isinstance(one, Alerts) for one in made.said)


def test_rules_that_are_alike_are_shared_and_name_the_probes_they_need() -> None:
    targets = [Target(name, "box", "local") for name in ("a", "b")]
    a, b = subjects(targets, {"box": KNOWN}, Rulebook())
    assert all(one is two for one, two in zip(a.rules, b.rules, strict=True))
    assert paces([a, b]) == {"a": {"box.unseen": 1.0}, "b": {"box.unseen": 1.0}}


def test_many_lost_at_once_are_one_alert_that_can_be_taken_on(tmp_path: Path) -> None:
    said: list[Upward] = []
    occurred: list[Occurrence] = []
    now = [1_000_000.0]
    targets = [Target(f"t{number}", "box", "ssh") for number in range(6)]
    alerting = Alerting(
        subjects(targets, {"box": KNOWN}, Rulebook()),
        *(Rulebook(), said.append, tmp_path / "a.json"),
        audit=AuditLog(tmp_path / "audit"),
        tell=[occurred.extend],
        wall=lambda: now[0],
    )
    for second in range(120):
        if second < 5:
            alerting.hear(
                [Sample("box.seen", one.id, now[0], [(0,)], None, 0.5) for one in targets]
            )
        now[0] += 1
        alerting.tick()
    told = [one for message in said if isinstance(message, Alerts) for one in message.alerts]
    assert {one.id for one in told if one.calls} == {outage.ID}
    assert {one.cause for one in told if one.rule == "box.silent"} == {outage.ID}
    assert [one.kind for one in occurred if one.ref == outage.ID] == ["alert"]
    body = msgspec.msgpack.encode(Acknowledge([outage.ID], "the provider is called", 0))
    assert alerting.take(Call(7, "alert.acknowledge", body))
    [taken] = [one for one in alerting.others.whole() if one.id == outage.ID]
    assert not taken.calls
    alerting.hear([Sample("box.seen", one.id, now[0], [(0,)], None, 0.5) for one in targets])
    now[0] += 1
    alerting.tick()
    assert alerting.others.whole() == []
