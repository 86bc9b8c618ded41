"""Whatever an agent says, readings come out that can be shown, and nothing breaks."""

import math

import pytest

from opsconsole.domains.lowvoltage.device import ups
from opsconsole.gear.command import Errand
from opsconsole.gear.form import VERBS, Profile
from opsconsole.gear.library import OURS, Library
from opsconsole.gear.plan import Plan
from opsconsole.reading import row
from opsconsole.varbind import COUNTER, INTEGER, OCTETS, Bound, Value

PROFILES = Library([OURS]).profiles

ABSURD: tuple[tuple[int, Value], ...] = (
    (INTEGER, -(1 << 31)), (INTEGER, -1), (INTEGER, 0), (COUNTER, (1 << 64) - 1),
    (OCTETS, b""), (OCTETS, b"\x00\xff\xfe"), (OCTETS, b"nan"), (OCTETS, b"-1e999"),
    (OCTETS, b"\x9f\x78\x04\x7f\x80\x00\x00"), (OCTETS, b"\x1b[2J[bold]x" * 400),
    (6, "1.3.6.1.4.1.99999"), (5, None),
)  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES, ids=lambda one: one.name)
def test_absurd_values_come_out_as_none_or_as_they_are(profile: Profile) -> None:
    plan = Plan([profile])
    wanted = plan.wanted
    names = (*wanted.objects, *wanted.slow_objects)
    names += tuple(
        f"{root}.{index}"
        for root in (*wanted.columns, *wanted.slow_columns)
        for index in ("1", "1.2.3", "4294967295.0")
    )
    assert names
    for tag, value in ABSURD:
        bound = [Bound(name, tag, value) for name in names]
        device = plan.device(bound)
        for one in device.sensed:
            shown = row(one.reading)
            assert one.reading.value is None or math.isfinite(one.reading.value)
            assert len(one.reading.name) <= 100
            texts = [cell for cell in shown if isinstance(cell, str)]
            assert all("\x1b" not in cell and len(cell) <= 300 for cell in texts)
        ups.rows(device, None)
        for does in VERBS:
            told = Errand(plan, does).told(bound, "1")
            assert told.ready is None or len(told.ready.words) % 3 == 0
