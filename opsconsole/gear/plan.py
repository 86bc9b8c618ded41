"""What is asked of a device by the profiles that fit it, and what its answers say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.gear.answers import Answers, Roots, text
from opsconsole.gear.form import FACTS, Class, Fact, Fit, Pick, Profile, Ref, Sensor, Template
from opsconsole.gear.sense import Sensed, sensed
from opsconsole.varbind import Bound, Value

DESCR, OBJECT, UPTIME, CONTACT, NAME, LOCATION = (f"1.3.6.1.2.1.1.{n}.0" for n in range(1, 7))
SYSTEM = (DESCR, OBJECT, UPTIME, CONTACT, NAME, LOCATION)
"""What every agent is asked first."""


class Identity(NamedTuple):
    """What a device is, in its own words."""

    class_: Class
    vendor: Clean
    model: Clean
    serial: Clean
    firmware: Clean
    name: Clean
    location: Clean
    contact: Clean
    uptime: float | None
    """Seconds."""
    profiles: tuple[str, ...]
    """Those that fit it, without those that every agent is asked for."""
    object: Clean
    descr: Clean


@dataclass(frozen=True, slots=True)
class Device:
    """All that one answer says of a device."""

    identity: Identity
    sensed: tuple[Sensed, ...]

    def of(self, family: str) -> dict[str, list[Sensed]]:
        """By the second word of their role, those with `family` as its first."""
        found: dict[str, list[Sensed]] = {}
        for one in self.sensed:
            head, _, role = one.reading.role.partition(".")
            if head == family:
                found.setdefault(role, []).append(one)
        return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """Objects and columns, those that change and those that hardly do."""

    objects: tuple[str, ...]
    columns: tuple[str, ...]
    slow_objects: tuple[str, ...]
    slow_columns: tuple[str, ...]


@dataclass(slots=True)
class Found:
    """Objects and columns, each with whether it changes."""

    objects: dict[str, bool] = field(default_factory=dict[str, bool])
    columns: dict[str, bool] = field(default_factory=dict[str, bool])

    def add(self, refs: Iterable[Ref | None], *, changes: bool) -> None:
        """Note what these point at."""
        for ref in refs:
            if ref is None or (not ref.root and not ref.pieces):  # a part of the index
                continue
            if ref.root:
                where = self.objects if ref.whole and ref.pieces is None else self.columns
                where[ref.root] = where.get(ref.root, False) or changes
            for piece in ref.pieces or ():
                if piece.column:
                    self.columns.setdefault(piece.column, False)

    def sensors(self, several: Iterable[Sensor]) -> None:
        """Note what these need."""
        for one in several:
            self.add(_changing(one), changes=not one.slow)
            self.add(_still(one), changes=False)


class Plan:
    """Profiles that fit one device, and what they come to together."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        self.profiles = tuple(profiles)
        self._scalars = tuple(one for profile in profiles for one in profile.scalars)
        self._columns = tuple(one for profile in profiles for one in profile.columns)
        self.commands = tuple(one for profile in profiles for one in profile.commands)
        found = Found()
        found.sensors((*self._scalars, *self._columns))
        found.add(self.facts(), changes=False)
        self._roots = Roots(found.columns)
        self.wanted = Wanted(
            tuple(name for name, changes in found.objects.items() if changes),
            tuple(name for name, changes in found.columns.items() if changes),
            tuple(name for name, changes in found.objects.items() if not changes),
            tuple(name for name, changes in found.columns.items() if not changes),
        )

    def facts(self) -> Iterator[Ref | None]:
        """What its identity is read from."""
        for profile in self.profiles:
            for facts in profile.identity.values():
                yield from (fact.of for fact in facts)

    def sensors(self, family: str) -> tuple[tuple[Sensor, ...], tuple[Sensor, ...]]:
        """Single ones and columns whose role begins so."""
        one, other = ([each for each in several if each.role.startswith(family)]
                      for several in (self._scalars, self._columns))  # fmt: skip
        return tuple(one), tuple(other)

    def device(self, bound: Sequence[Bound]) -> Device:
        """What the answers say."""
        answers = Answers(bound, self._roots)
        return Device(self.identity(answers), tuple(sensed(answers, self._scalars, self._columns)))

    def identity(self, answers: Answers) -> Identity:
        """What the device is, by answers that have its facts."""
        said = {name: self._fact(answers, name) for name in FACTS}
        values = answers.values
        uptime = values.get(UPTIME)
        vendors = (clean(one.vendor) for one in self.profiles if one.vendor)
        return Identity(
            class_=_class(self.profiles, answers.values),
            vendor=said["vendor"] or next(vendors, Clean("")),
            model=said["model"],
            serial=said["serial"],
            firmware=said["firmware"],
            name=said["name"] or text(values.get(NAME)),
            location=said["location"] or text(values.get(LOCATION)),
            contact=said["contact"] or text(values.get(CONTACT)),
            uptime=uptime / 100 if isinstance(uptime, int) else None,
            profiles=tuple(one.name for one in self.profiles if one.fits),
            object=text(values.get(OBJECT)),
            descr=text(values.get(DESCR)),
        )

    def _fact(self, answers: Answers, name: str) -> Clean:
        for profile in self.profiles:
            for fact in profile.identity.get(name, ()):
                if said := _told(answers, fact):
                    return said
        return Clean("")


def _told(answers: Answers, fact: Fact) -> Clean:
    if fact.fixed:
        return clean(fact.fixed)
    if fact.of is None:
        values: list[Value] = [answers.values.get(DESCR)]
    elif fact.of.whole:
        values = [answers.values.get(fact.of.root)]
    else:
        values = list(answers.columns[fact.of.root].values())
    for value in values:
        said: str = text(value)
        if fact.pattern is not None:
            found = fact.pattern.search(said)
            said = found[1] or "" if found else ""
        if said.strip():
            return clean(said.strip(), 100)
    return Clean("")


def _class(profiles: Iterable[Profile], values: Mapping[str, Value]) -> Class:
    for profile in profiles:
        for which, fit in profile.classes:
            if fitting(fit, values) is not None:
                return which
        if profile.class_ is not Class.UNKNOWN:
            return profile.class_
    return Class.UNKNOWN


def fitting(fit: Fit, values: Mapping[str, Value]) -> int | None:
    """How well an agent fits: the length of the part of its sysObjectID that does; None for not."""
    exact = 0
    if fit.objects:
        own = f"{text(values.get(OBJECT))}."
        lengths = [len(one) for one in fit.objects if own.startswith(f"{one}.")]
        if not lengths:
            return None
        exact = max(lengths)
    if fit.descr is not None and not fit.descr.search(text(values.get(DESCR))):
        return None
    if fit.present:
        heads = tuple(f"{one}." for one in fit.present)
        if not any(name in fit.present or name.startswith(heads) for name in values):
            return None
    return exact


def _changing(sensor: Sensor) -> Iterator[Ref]:
    yield sensor.value
    for condition in sensor.fitted:
        yield condition.ref
    if sensor.judged is not None:
        yield sensor.judged[0]


def _still(sensor: Sensor) -> Iterator[Ref | None]:
    for condition in (*sensor.when, *sensor.limited):
        yield condition.ref
    yield sensor.percent_of
    picks: tuple[Pick, ...] = (
        sensor.physical, sensor.unit, sensor.divide, sensor.exponent, sensor.digits, sensor.scale,
        sensor.place,
    )  # fmt: skip
    for pick in picks:
        yield pick.of
    templates: tuple[Template, ...] = (*sensor.names, sensor.row)
    for template in templates:
        yield from (part for part in template if isinstance(part, Ref))
    for edge in sensor.limits.values():
        yield edge.of
