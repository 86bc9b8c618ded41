"""A console beside its recording: an hour of two hosts, as a collector would have kept it."""

import time
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from opsconsole import registry
from opsconsole.alert import Acknowledgement, Alerts, Phase
from opsconsole.clean import Clean
from opsconsole.model import Fault, Sample, Target
from opsconsole.ports import AlertPort
from opsconsole.recorder import Archive, FlightRecorder
from opsconsole.recorder.writer import CHUNK_S
from screens.shell.replay.scrub import Reel
from tests.screens.shell.act.site import Site
from tests.screens.shell.alarm.scene import alert
from tests.screens.shell.stage import PERIOD, Stage, host, row, stage

WEB, DB = host("web-1", env="lab"), host("db-1", env="prod")
HOUR = 3600.0
DOWN = Fault("unreachable", Clean("db-1: no route to host"), Clean("look at the cable"))


def cpu_at(ago: float) -> float:
    """What `web-1` was busy with, so long ago: one percent a minute."""
    return float(int(ago // 60))


def keep(where: Path, now: float, targets: Iterable[Target] = (WEB, DB)) -> None:
    """An hour up to `now`: `web-1` as `cpu_at` says; `db-1` goes down half an hour ago."""
    clock, moment = 0.0, [now]
    recorder = FlightRecorder(
        where, registry.probes(), targets, wall=lambda: moment[0], clock=lambda: clock
    )
    told = dict(_told(now))
    for number in range(int(HOUR / PERIOD)):
        ago = HOUR - number * PERIOD
        if ago in told:
            moment[0] = now - ago
            recorder.alert(told[ago])
            recorder.turn()
        recorder.take(_samples(now - ago, ago))
        clock += PERIOD
        if number % 30 == 0:
            recorder.turn()
    moment[0] = now
    recorder.turn()
    clock += CHUNK_S
    recorder.start()
    recorder.close(30.0)


def _told(now: float) -> Iterator[tuple[float, Alerts]]:
    """How long ago what was told of alerts: a disk of `web-1` fills up from 40 minutes ago on.

    `bob` takes it on after ten minutes; it is over half an hour after it began.
    """
    since = now - 2400.0
    full = alert(
        "full", since=since, changed=since, course=(90.0, 93.0), remedies=("Move it elsewhere.",)
    )
    mine = Acknowledgement(Clean("bob"), now - 1800.0, 0.0, Clean("on it"))
    over = {"phase": Phase.RESOLVED, "changed": now - 600.0}
    yield HOUR, Alerts([], whole=True, silences=[])
    yield 2400.0, Alerts([full], whole=False)
    yield 1800.0, Alerts([replace(full, acknowledged=mine)], whole=False)
    yield 600.0, Alerts([replace(full, **over)], whole=False)


def _samples(at: float, ago: float) -> list[Sample]:
    def made(probe: str, target: str, **values: float) -> Sample:
        return Sample(probe, target, at, [row(probe, **values)], None, PERIOD)

    samples = [made("host.vitals", "web-1", cpu_percent=cpu_at(ago))]
    if ago > HOUR / 2:
        samples.append(made("host.vitals", "db-1", cpu_percent=5.0))
    else:
        samples.append(Sample("host.vitals", "db-1", at, None, DOWN, PERIOD))
    if ago % 60 == 0:
        names = ["nginx", "cron", *(["backup"] if ago > HOUR / 2 else [])]
        rows = [
            row("host.unit", unit=Clean(f"{name}.service"), cause=Clean("exit")) for name in names
        ]
        samples.append(Sample("host.unit", "web-1", at, rows, None, 60.0))
        used = 97.2 if ago <= 2400.0 else 50.0
        disk = row("host.filesystem", mount=Clean("/var"), used_percent=used)
        samples.append(Sample("host.filesystem", "web-1", at, [disk], None, 60.0))
    return samples


@asynccontextmanager
async def recorded(
    folder: Path,
    *,
    size: tuple[int, int] = (160, 50),
    site: Site | None = None,
    alerts: AlertPort | None = None,
    theme: str = "dark",
) -> AsyncGenerator[Stage]:
    """The console on both hosts, live and well, with an hour behind it."""
    keep(folder / "kept", time.time())
    reel = Reel(lambda: Archive(folder / "kept", registry.probes()))
    async with stage(WEB, DB, size=size, site=site, theme=theme, reel=reel, alerts=alerts) as on:
        await on.tell("host.vitals", "web-1", row("host.vitals", cpu_percent=77.0))
        await on.tell("host.vitals", "db-1", row("host.vitals", cpu_percent=66.0))
        yield on


async def at(on: Stage, text: str) -> None:
    """`:at TEXT`, and until that is on screen with its courses."""
    await on.type(f"at {text}")
    await arrived(on)


async def arrived(on: Stage) -> None:
    """Until all that was wished for is on screen."""
    await on.until(lambda: on.app.replay.on and not on.app.replay._busy)
