"""Values as words."""

import math

import pytest

from opsconsole.clean import Clean
from opsconsole.model import Quantity, Value
from opsconsole.spelling import counted, exactly, lasting, spelled, when


@pytest.mark.parametrize(
    ("quantity", "value", "text"),
    [
        (Quantity.PERCENT, 97.25, "97.2 %"),
        (Quantity.BYTES, 3.1 * 1024**3, "3.1 GiB"),
        (Quantity.BYTES, 0, "0 B"),
        (Quantity.BYTES_PER_S, 2048, "2 KiB/s"),
        (Quantity.BITS_PER_S, 2.4e8, "240 Mbit/s"),
        (Quantity.PER_S, 0.25, "0.25/s"),
        (Quantity.MILLISECONDS, 1234.5, "1234 ms"),
        (Quantity.SECONDS, 90061.0, "1 d 1 h"),
        (Quantity.TIME, 0.0, "1970-01-01 00:00"),
        (Quantity.COUNT, 12, "12"),
        (Quantity.FLAG, True, "yes"),
        (Quantity.TEXT, Clean("x"), "x"),
        (Quantity.PERCENT, None, "–"),
        (Quantity.PERCENT, math.nan, "–"),
        (Quantity.TIME, 1e30, "–"),
    ],
)
def test_spelled(quantity: Quantity, value: Value, text: str) -> None:
    assert spelled(quantity, value) == text


def test_times() -> None:
    assert [lasting(one) for one in (0, 59, 60, 3700, 86400, -90)] == [
        *("0 s", "59 s", "1 min", "1 h 1 min", "1 d", "-1 min 30 s"),
    ]
    assert (when(86399.0), exactly(86399.0)) == ("1970-01-01 23:59", "1970-01-01 23:59:59")
    assert [counted(n, "host") for n in (0, 1, 2)] == ["0 hosts", "1 host", "2 hosts"]
