"""A recorder whose clocks a test sets, and probes that are nobody's."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opsconsole.alert import Alert, Phase
from opsconsole.clean import Clean
from opsconsole.model import Column, Level, Quantity, Row, Sample, Target, Value
from opsconsole.recorder import Archive, Bounds, FlightRecorder
from opsconsole.recorder.writer import CHUNK_S
from opsconsole.spec import Probe

PERIOD = 2.0
START = 1_800_000_000.0


def probe(name: str, *columns: tuple[str, Quantity], key: tuple[str, ...] = ()) -> Probe[Any]:
    """A probe with these columns."""
    made = tuple(Column(k, k.upper(), quantity, "test", history=True) for k, quantity in columns)
    return Probe(name, name, "all", made, key, lambda _: None, lambda _a, _b: [], on_demand=False)


VITALS = probe(
    "test.vitals",
    ("cpu_percent", Quantity.PERCENT),
    ("processes", Quantity.COUNT),
    ("booted", Quantity.TIME),
    ("ntp", Quantity.FLAG),
    ("os", Quantity.TEXT),
)
DISKS = probe(
    "test.disk",
    ("mount", Quantity.TEXT),
    ("used_percent", Quantity.PERCENT),
    ("free_bytes", Quantity.BYTES),
    key=("mount",),
)
PROBES = {one.id: one for one in (VITALS, DISKS)}


def vitals(cpu: Value = 12.5, **more: Value) -> Row:
    """A row of `VITALS`."""
    plain: dict[str, Value] = {
        "cpu_percent": cpu,
        "processes": 211,
        "booted": 1_799_000_123.0,
        "ntp": True,
        "os": Clean("Debian"),
    }
    return tuple({**plain, **more}.values())


def disk(mount: str, used: Value = 40.0, free: Value = 5e11) -> Row:
    """A row of `DISKS`."""
    return (Clean(mount), used, free)


def alert(name: str = "a", value: float = 97.0, **changes: object) -> Alert:
    """An open alert on a full disk of `web-1`, unless said otherwise."""
    wanted: dict[str, object] = {
        "id": name,
        "rule": "test.full",
        "target": "web-1",
        "object": Clean("/var"),
        "key": (Clean("/var"),),
        "probe": DISKS.id,
        "column": "used_percent",
        "level": Level.CRIT,
        "phase": Phase.OPEN,
        "since": START,
        "changed": START,
        "title": Clean("Disk is full"),
        "why": Clean(f"used {value:.1f} % over 90 %"),
        "value": value,
        "limit": 90.0,
        "remedies": ("Move it.",),
        "source": Clean("test"),
        "course": (value,),
    }
    return Alert(**{**wanted, **changes})  # type: ignore[arg-type]


@dataclass
class Deck:
    """A recorder that works when it is told to."""

    where: Path
    probes: dict[str, Probe[Any]] = field(default_factory=lambda: dict(PROBES))
    bounds: Bounds = field(default_factory=Bounds)
    wall: float = START
    clock: float = 1000.0
    targets: tuple[Target, ...] = (Target("web-1", "host", "ssh", labels={"env": "prod"}),)

    def __post_init__(self) -> None:
        self.recorder = self.begin()

    def begin(self) -> FlightRecorder:
        """Another recorder in the same folder: the next collector's."""
        self.recorder = FlightRecorder(
            self.where,
            self.probes,
            self.targets,
            self.bounds,
            wall=lambda: self.wall,
            clock=lambda: self.clock,
        )
        return self.recorder

    def tell(self, *rows: Row, probe: str = VITALS.id, target: str = "web-1") -> Sample:
        """One answer now."""
        sample = Sample(probe, target, self.wall, list(rows), None, PERIOD)
        self.recorder.take([sample])
        return sample

    def run(self, seconds: float, each: Callable[[int], object], step: float = PERIOD) -> None:
        """Let time pass; `each` tells something at every step, which is then written."""
        for number in range(int(seconds / step)):
            each(number)
            self.recorder.turn()
            self.wall += step
            self.clock += step

    def chunk(self) -> None:
        """Let what was told become chunks."""
        self.recorder.turn()
        self.clock += CHUNK_S
        self.recorder.turn()
        self.recorder.turn()

    def end(self) -> None:
        """Let go of the files, as the end of the process would."""
        tape = self.recorder._tape
        assert tape is not None, self.recorder.state()
        self.recorder.turn(last=True)
        tape.close()
        self.recorder._tape = None

    def archive(self) -> Archive:
        """What a reader sees."""
        return Archive(self.where, self.probes)


def journal_of(where: Path) -> list[Path]:
    """Journals in a folder."""
    return sorted(where.glob("journal-*"))


def told(samples: Iterable[Sample]) -> list[tuple[float, list[Row] | None]]:
    """Times and rows."""
    return [(sample.at, sample.rows) for sample in samples]
