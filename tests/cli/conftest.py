"""A small integration and its panes, to ask and print without a target."""

import pytest

from opsconsole.clean import Clean
from opsconsole.cli.domains import Shown
from opsconsole.model import Column, Limits, Quantity, Row, Sample, Target
from opsconsole.spec import Pane, Probe, View

NAME = Column("name", "NAME", Quantity.TEXT, "the sampler")
BUSY = Column("busy_percent", "BUSY", Quantity.PERCENT, "the sampler", Limits(80, 95, "a test"))
SIZE = Column("size_bytes", "SIZE", Quantity.BYTES, "the sampler")
AWAKE = Column("awake", "AWAKE", Quantity.FLAG, "the sampler")
FAILED = Column("failed", "FAILED", Quantity.COUNT, "the sampler", Limits(1, 5, "a test"))


def _read(payload: bytes) -> bytes:
    return payload


def _rows(now: bytes, before: bytes | None) -> list[Row]:
    return []


DISKS: Probe[bytes] = Probe(
    "box.disk", "Disks", "push", (NAME, BUSY, SIZE, AWAKE), ("name",), _read, _rows
)
VITALS: Probe[bytes] = Probe("box.vitals", "Vitals", "push", (BUSY,), (), _read, _rows)
HEALTH: Probe[bytes] = Probe("box.health", "Health", "slow", (FAILED,), (), _read, _rows)


def targets(*ids: str) -> tuple[Target, ...]:
    """Boxes with those ids."""
    return tuple(Target(id_, "box", "local") for id_ in ids)


def sample(target: str, *rows: Row, probe: str = "box.disk", period: float = 2) -> Sample:
    """One answer, at Unix time 1000."""
    return Sample(probe, target, 1000.0, list(rows), None, period)


def disk(name: str, busy: float | None) -> Row:
    """A row of the disk probe."""
    return (Clean(name), busy, 1536, True)


@pytest.fixture
def disks() -> Shown:
    """A table of one probe."""
    return Shown(Pane("role.disks", "Disks", ("box.disk",)), (DISKS,), ("box",))


@pytest.fixture
def boxes() -> Shown:
    """A fleet of two probes, that shows two columns at first."""
    pane = Pane("role.boxes", "Boxes", (VITALS.id, HEALTH.id), View.FLEET, ("failed",))
    return Shown(pane, (VITALS, HEALTH), ("box",))
