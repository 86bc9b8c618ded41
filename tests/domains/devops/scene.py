"""Recorded answers of Alertmanager 0.25 and Prometheus 2.42, as the transport hands them on."""

from pathlib import Path
from typing import Any

from opsconsole.model import Row
from opsconsole.question import Part, joined
from opsconsole.spec import Probe

ANSWERS = Path(__file__).parent / "answers"


def answer(*names: str) -> bytes:
    """Files of answers, framed; `=text` stands for itself, `!text` for the same with 503."""
    parts: list[Part] = []
    for name in names:
        if name[0] in "=!":
            parts.append(Part(200 if name[0] == "=" else 503, name[1:].encode()))
        else:
            parts.append(Part(200, (ANSWERS / f"{name}.json").read_bytes()))
    return joined(parts)


def rows(probe: Probe[Any], payload: bytes) -> list[Row]:
    return probe.rows(probe.read(payload), None)


def table(probe: Probe[Any], payload: bytes) -> list[dict[str, object]]:
    """Rows by the keys of their columns."""
    keys = [column.key for column in probe.columns]
    return [dict(zip(keys, row, strict=True)) for row in rows(probe, payload)]
