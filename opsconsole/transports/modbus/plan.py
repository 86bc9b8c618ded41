"""Which registers are read together: neighbours of one unit and kind, up to Modbus' bound."""

import itertools
from collections.abc import Collection, Mapping
from typing import NamedTuple

from opsconsole.fieldmap.register import Point

REGISTERS, BITS = 125, 2000
"""What one request may ask for, by Modbus."""

GAP = 8
"""Registers between two points that are read along, since a request costs more than they do."""


class Block(NamedTuple):
    """Registers that are read by one request."""

    unit: int
    fc: int
    address: int
    size: int
    keys: tuple[str, ...]
    """Points in it."""


def blocks(points: Mapping[str, Point], walls: Collection[str] = ()) -> list[Block]:
    """Requests for all points; each of `walls` begins a new one."""
    found: list[Block] = []
    ordered = sorted(points.items(), key=lambda one: (_place(one[1]), one[0]))
    for key, point in ordered:
        mine = Block(point.unit_id, point.fc, point.address, point.count, (key,))
        both = _together(found[-1], mine) if found and key not in walls else None
        if both is not None:
            found[-1] = both
        else:
            found.append(mine)
    return found


def wall(points: Mapping[str, Point], block: Block) -> str:
    """Where to part a block that is refused: at its widest gap, else in its middle."""
    ends = itertools.accumulate((_end(points[key]) for key in block.keys), max)
    gaps = [points[key].address - end for key, end in zip(block.keys[1:], ends, strict=False)]
    widest = max(gaps)
    at = gaps.index(widest) if widest > 0 else len(gaps) // 2
    return block.keys[at + 1]


def _end(point: Point) -> int:
    return point.address + point.count


def _place(point: Point) -> tuple[int, int, int]:
    return point.unit_id, point.fc, point.address


def _together(one: Block, other: Block) -> Block | None:
    if (one.unit, one.fc) != (other.unit, other.fc):
        return None
    end = max(one.address + one.size, other.address + other.size)
    most = BITS if one.fc in {1, 2} else REGISTERS
    if other.address - (one.address + one.size) > GAP or end - one.address > most:
        return None
    return one._replace(size=end - one.address, keys=one.keys + other.keys)
