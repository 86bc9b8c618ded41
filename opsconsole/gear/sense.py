"""Makes readings of what an agent answered, by the sensors of profiles."""

import math
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.gear.answers import Answers, leading, met, number, text
from opsconsole.gear.form import PHYSICALS, PLACES, Pick, Ref, Sensor, State, States, Template
from opsconsole.gear.sensing import ENDS, pointed
from opsconsole.gear.unit import converted, known, plausible, spelt
from opsconsole.model import Level
from opsconsole.reading import NO_LIMITS, Physical, Place, Reading, Span
from opsconsole.varbind import Value

NOT_FITTED, UNKNOWN, IMPLAUSIBLE = Clean("not fitted"), Clean("unknown"), Clean("implausible")
"""Why a sensor has no value."""

MOST = 5_000
"""Readings of one device at most."""


class Sensed(NamedTuple):
    """A reading, and where it came from."""

    reading: Reading
    row: Clean
    """What tells the outlet from others."""
    raw: Value
    """As the agent sent it."""


def sensed(answers: Answers, scalars: Sequence[Sensor], columns: Sequence[Sensor]) -> list[Sensed]:
    """All readings; of several that say the same object, the first."""
    found: dict[str, Sensed] = {}
    for one in _all(answers, scalars, columns):
        found.setdefault(one.reading.key, one)
        if len(found) >= MOST:
            break
    return list(found.values())


def _all(
    answers: Answers, scalars: Sequence[Sensor], columns: Sequence[Sensor]
) -> Iterator[Sensed]:
    for sensor in scalars:
        raw = answers.value(sensor.value, "")
        if raw is not None:
            yield from _one(answers, sensor, "", sensor.value.root, raw)
    for sensor in columns:
        root = sensor.value.root
        for index, raw in answers.columns[root].items():
            yield from _one(answers, sensor, index, f"{root}.{index}", raw)


def _one(answers: Answers, sensor: Sensor, index: str, oid: str, raw: Value) -> Iterator[Sensed]:
    """The reading of one sensor; none where there is no such sensor."""
    if not all(answers.holds(one, index) for one in sensor.when):
        return
    physical = PHYSICALS.get(answers.picked(sensor.physical, index))
    if physical is None:
        return
    name = _name(answers, sensor, index)
    fitted = all(answers.holds(one, index) for one in sensor.fitted)
    row = _filled(answers, sensor, sensor.row, index) or clean(index)
    if sensor.states is not None or sensor.flags is not None:
        reading = _state(sensor, oid, name, raw, fitted=fitted)
    else:
        reading = _number(answers, sensor, index, (oid, name, physical, raw), fitted=fitted)
    yield Sensed(reading, row, raw)


def _name(answers: Answers, sensor: Sensor, index: str) -> Clean:
    said = ""
    for template in sensor.names:
        said = _filled(answers, sensor, template, index)
        if said:
            break
    if sensor.strip is not None:
        said = sensor.strip.sub("", said).strip() or said
    return clean(said or index, 100)


def _filled(answers: Answers, sensor: Sensor, template: Template, index: str) -> Clean:
    return filled(answers, template, index, sensor.words)


def filled(
    answers: Answers,
    template: Template,
    index: str,
    words: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> Clean:
    """A name; empty where one of its objects says nothing. `words` put values into words."""
    parts: list[str] = []
    for part in template:
        if isinstance(part, str):
            parts.append(part)
            continue
        said = _said(answers, part, index)
        if words:
            said = words.get(pointed(part), {}).get(said.lower(), said)
        if not said:
            return Clean("")
        parts.append(said)
    return clean("".join(parts).strip(), 100)


def _said(answers: Answers, ref: Ref, index: str) -> str:
    if not ref.root and ref.pieces is None:
        return index
    return text(answers.value(ref, index))


def _state(sensor: Sensor, oid: str, name: Clean, raw: Value, *, fitted: bool) -> Reading:
    if not fitted or any(met(one, raw) for one in sensor.absent):
        state = State(NOT_FITTED, None)
    elif sensor.states is not None:
        state = stated(sensor.states, raw)
    else:
        state = _flagged(sensor.flags or {}, raw)
    return Reading(
        key=oid, name=name, physical=Physical.STATE, value=None, word=state.word,
        judged=state.level, source=clean(oid), role=clean(sensor.role),
    )  # fmt: skip


def stated(states: States, raw: Value) -> State:
    """The word for what the agent says; its own, where nobody knows that."""
    said = text(raw)
    found = states.get(said.lower(), states.get("*"))
    if found is None:
        return State(clean(f"{said} (of no known meaning)", 80), Level.UNKNOWN)
    return found if found.word else State(clean(said, 80), found.level)


def _flagged(flags: States, raw: Value) -> State:
    """The words of all bits that are set."""
    named = [(str(bit), flags.get(str(bit))) for bit in sorted(_bits(raw))]
    found = [one for _, one in named if one is not None and one.word]
    if not found:
        return flags.get("*", State(Clean("ok"), Level.OK))
    level = max((one.level or Level.OK for one in found), default=Level.OK)
    return State(clean(", ".join(one.word for one in found), 80), level)


def _bits(raw: Value) -> set[int]:
    """Numbers of the bits that are set: of a number from the lowest, of octets from the first."""
    if isinstance(raw, int):
        return {bit for bit in range(64) if raw >> bit & 1}
    if not isinstance(raw, bytes):
        return set()
    if raw and not raw.strip(b"01"):
        return {at for at, letter in enumerate(raw) if letter == ord("1")}
    return {at for at in range(8 * len(raw[:64])) if raw[at // 8] >> (7 - at % 8) & 1}


def _number(
    answers: Answers, sensor: Sensor, index: str, what: tuple[str, Clean, Physical, Value],
    *, fitted: bool,
) -> Reading:  # fmt: skip
    oid, name, physical, raw = what
    unit = answers.picked(sensor.unit, index)
    if sensor.unit.of is not None:
        unit = spelt(unit)
    if not known(physical, unit):
        unit = ""
    measure = _Measure(answers, sensor, index, physical, unit)
    value, word = measure.value(raw, fitted=fitted)
    judged = None
    opinion = _opinion(answers, sensor, index, raw) if fitted else None
    if opinion is not None:
        judged = opinion.level
        if judged is None or text(raw).lower() in sensor.instead:
            value, word = None, opinion.word or NOT_FITTED
        elif value is not None and judged is not Level.OK:
            word = opinion.word
    return Reading(
        key=oid, name=name, physical=physical, value=value, word=word,
        judged=None if word == NOT_FITTED else judged,
        span=measure.span(), place=_place(answers, sensor, index), source=clean(oid),
        unit=unit if physical is Physical.OTHER else "", role=clean(sensor.role),
    )  # fmt: skip


def _opinion(answers: Answers, sensor: Sensor, index: str, raw: Value) -> State | None:
    """What the value says in place of a number, or what the device thinks of it."""
    said = sensor.instead.get(text(raw).lower())
    if said is not None or sensor.judged is None:
        return said
    ref, states = sensor.judged
    value = answers.value(ref, index)
    return None if value is None else stated(states, value)


def _place(answers: Answers, sensor: Sensor, index: str) -> Place:
    return PLACES.get(answers.picked(sensor.place, index), Place.UNKNOWN)


class _Measure:
    """How the raw numbers of one sensor become values in the unit of what is measured."""

    def __init__(
        self, answers: Answers, sensor: Sensor, index: str, physical: Physical, unit: str
    ) -> None:
        self._answers = answers
        self._sensor = sensor
        self._index = index
        self._physical = physical
        self._unit = unit
        self._times, self._over = self._factors()

    def _of(self, pick: Pick) -> float | None:
        if pick.of is None and not pick.fixed:
            return None
        return leading(self._answers.picked(pick, self._index))

    def _factors(self) -> tuple[float, float]:
        """What the raw number is multiplied and divided by: 231 / 10 is exact, 231 * 0.1 is not."""
        sensor = self._sensor
        power = (self._of(sensor.exponent) or 0.0) - (self._of(sensor.digits) or 0.0)
        divide, scale = self._of(sensor.divide) or 1.0, self._of(sensor.scale) or 1.0
        over = divide * (10.0**-power if -30 < power < 0 else 1.0)
        times = sensor.multiply * (10.0**power if 0 <= power < 30 else 1.0)
        if scale < 0:
            over *= -scale
        else:
            times *= scale
        return times, over

    def value(self, raw: Value, *, fitted: bool) -> tuple[float | None, Clean]:
        """The value, or why there is none."""
        sensor = self._sensor
        if not fitted or any(met(one, raw) for one in sensor.absent):
            return None, NOT_FITTED
        read = self._raw(raw)
        found = None if read is None else self._share(read)
        if found is None:
            said = text(raw)
            return None, said if said and not isinstance(raw, int) else UNKNOWN
        value = converted(self._physical, self._unit, self._scaled(found) + sensor.add)
        if value is None or not math.isfinite(value) or not plausible(self._physical, value):
            return None, IMPLAUSIBLE
        return round(value, 6), Clean("")

    def _raw(self, raw: Value) -> float | None:
        sensor = self._sensor
        if sensor.pattern is not None:
            found = sensor.pattern.search(text(raw))
            return leading(found[1] or "") if found else None
        if sensor.signed and isinstance(raw, int) and raw >> (sensor.signed - 1) == 1:
            raw -= 1 << sensor.signed
        return number(raw)

    def _scaled(self, found: float) -> float:
        return found * self._times / self._over

    def _share(self, found: float) -> float | None:
        """The raw number as a percentage of another object, where that is what is told."""
        whole = self._sensor.percent_of
        if whole is None:
            return found
        all_of_it = number(self._answers.value(whole, self._index))
        return 100 * found / all_of_it if all_of_it and all_of_it > 0 else None

    def span(self) -> Span:
        """The limits that the device or the profile has; those that cannot be are left out."""
        sensor = self._sensor
        limited = all(self._answers.holds(one, self._index) for one in sensor.limited)
        if not sensor.limits or not limited:
            return NO_LIMITS
        found = {end: self._edge(end) for end in ENDS}
        low = max((v for e, v in found.items() if e.startswith("low") and v is not None),
                  default=-math.inf)  # fmt: skip
        high = min((v for e, v in found.items() if e.startswith("high") and v is not None),
                   default=math.inf)  # fmt: skip
        if all(value is None for value in found.values()) or low >= high:
            return NO_LIMITS
        asked = any(edge.of is not None for edge in sensor.limits.values())
        return Span(**found, source="device" if asked else "profile")

    def _edge(self, end: str) -> float | None:
        edge = self._sensor.limits.get(end)
        if edge is None or edge.of is None:
            return edge.fixed if edge else None
        raw = self._answers.value(edge.of, self._index)
        if raw is None or any(met(one, raw) for one in self._sensor.unset):
            return None
        found = self._raw(raw)
        if found is None:
            return None
        scaled = (
            self._scaled(found) + self._sensor.add if edge.factor is None else found * edge.factor
        )
        value = converted(self._physical, self._unit, scaled)
        beyond = value is None or not math.isfinite(value)
        return None if beyond or not plausible(self._physical, value or 0.0) else value
