"""Alerts as they were told: changes against what stood before, from one whole set to the next."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from math import isfinite

import msgspec

from opsconsole.alert import Acknowledgement, Alert, Alerts, Phase, Silence
from opsconsole.clean import Clean, clean
from opsconsole.recorder.column import LONGEST_TEXT, value

OVER_S = 3600.0
"""Seconds for which an alert that is over is still kept with those that stand."""

AGAIN_S = 3600.0
"""Seconds after which alerts that did not change are stored again."""

LONGEST_COURSE = 40
"""Values of a course, as `Alert.course` says."""

LARGEST = 1 << 26
"""Bytes of a stretch; more is none of ours."""

LATEST = 2.0**40
"""Unix times are before that; a later one is none."""


class Went(msgspec.Struct, frozen=True, array_like=True):
    """An alert of which only the value changed."""

    id: str
    why: Clean
    value: float | None
    course: tuple[float, ...]
    """What its course has at the end since it was told last."""


class Told(msgspec.Struct, frozen=True, array_like=True):
    """What was told of alerts at a moment."""

    at: float
    """Unix time, seconds."""
    whole: bool
    """These are all there are."""
    alerts: list[Alert]
    went: list[Went]
    silences: list[Silence] | None
    """All silences; None when they did not change."""


encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Told).decode
_decode_all = msgspec.msgpack.Decoder(list[Told]).decode


class Standing:
    """The alerts that stand, as far as they were told."""

    def __init__(self) -> None:
        self._alerts: dict[str, Alert] = {}
        self._silences: list[Silence] = []
        self.spoke = False
        """Whether anybody told of alerts at all."""

    def hear(self, at: float, message: Alerts) -> Told:
        """Take what is told now; returns what is to be written of it."""
        alerts: list[Alert] = []
        went: list[Went] = []
        for alert in message.alerts:
            short = None if message.whole else _went(self._alerts.get(alert.id), alert)
            if short is None:
                alerts.append(alert)
            else:
                went.append(short)
        told = Told(at, message.whole, alerts, went, message.silences)
        self.take(told)
        return told

    def take(self, told: Told) -> None:
        """Take what was written."""
        self.spoke = True
        if told.whole:
            self._alerts.clear()
        for alert in told.alerts:
            self._alerts[alert.id] = alert
        for went in told.went:
            before = self._alerts.get(went.id)
            if before is not None:
                course = (*before.course, *went.course)[-LONGEST_COURSE:]
                self._alerts[went.id] = msgspec.structs.replace(
                    before, why=went.why, value=went.value, course=course
                )
        if told.silences is not None:
            self._silences = told.silences

    def some(self, names: Iterable[str]) -> list[Alert]:
        """Those of these ids that are known."""
        return [self._alerts[name] for name in names if name in self._alerts]

    def whole(self, at: float) -> Told:
        """All that stands; what has been over for long is forgotten."""
        old = [
            name
            for name, alert in self._alerts.items()
            if alert.phase is Phase.RESOLVED and alert.changed < at - OVER_S
        ]
        for name in old:
            del self._alerts[name]
        return Told(at, True, list(self._alerts.values()), [], self._silences)


def _went(before: Alert | None, now: Alert) -> Went | None:
    """The change of a value alone, in short; None for any other."""
    if before is None:
        return None
    length = len(before.course)
    if now.course[:length] != before.course:  # it was thinned out
        return None
    same = msgspec.structs.replace(now, why=before.why, value=before.value, course=before.course)
    return Went(now.id, now.why, now.value, now.course[length:]) if same == before else None


# -- a stretch of some minutes, which begins with all that stood then ------------------------------


def pack(told: Sequence[Told]) -> bytes:
    """A stretch as it is stored."""
    return zlib.compress(encode(list(told)))


def began(stretch: Sequence[Told]) -> float:
    """When it begins; there is something in it."""
    return stretch[0].at


def unpack(body: bytes) -> list[Told]:
    """What was stored; nothing when that does not hold together."""
    try:
        return _decode_all(zlib.decompressobj().decompress(body, LARGEST))
    except (zlib.error, msgspec.MsgspecError, RecursionError):
        return []


Raised = tuple[str, float]
"""Id of an alert, and the Unix time at which it was raised."""


class _RaisedAlert(msgspec.Struct, array_like=True):
    """The beginning of an `Alert`; what is not counted is not read."""

    id: str
    rule: msgspec.Raw
    target: msgspec.Raw
    object: msgspec.Raw
    key: msgspec.Raw
    probe: msgspec.Raw
    column: msgspec.Raw
    level: msgspec.Raw
    phase: msgspec.Raw
    since: float


class _RaisedTold(msgspec.Struct, array_like=True):
    """The beginning of a `Told`."""

    at: float
    whole: bool
    alerts: list[_RaisedAlert]


_decode_raised = msgspec.msgpack.Decoder(list[_RaisedTold]).decode


def raised_in(body: bytes) -> set[Raised]:
    """Alerts in a stretch as it is stored; nothing when that does not hold together."""
    try:
        told = _decode_raised(zlib.decompressobj().decompress(body, LARGEST))
    except (zlib.error, msgspec.MsgspecError, RecursionError):
        return set()
    return {(alert.id, alert.since) for one in told for alert in one.alerts}


def standing_at(stretch: Iterable[Told], moment: float) -> Standing:
    """What stood at a moment, by the stretch in which it lies."""
    found = Standing()
    for told in stretch:
        if told.at <= moment:
            found.take(told)
    return found


def repeats(now: Told, before: Told | None) -> bool:
    """Whether the same stood before, and that not long ago."""
    if before is None or not 0 <= now.at - before.at < AGAIN_S:
        return False
    return (now.alerts, now.silences) == (before.alerts, before.silences)


def alerts_of(standing: Standing, moment: float) -> Alerts:
    """As a collector would tell it, whoever recorded it."""
    told = standing.whole(moment)
    alerts = [harmless(alert) for alert in told.alerts if _bounded(alert)]
    silences = [_quiet(one) for one in told.silences or () if _is_time(one.since, one.until)]
    return Alerts(alerts, whole=True, silences=silences)


def harmless(alert: Alert) -> Alert:
    """An alert as it may be shown, whoever recorded it; raises `ValueError` when it is none."""
    texts = ("id", "rule", "target", "probe", "column", "silenced", "cause")
    said = ("object", "title", "source", "origin")
    ack = alert.acknowledged
    if ack is not None:
        ack = Acknowledgement(clean(ack.who), ack.at, ack.until, clean(ack.note, LONGEST_TEXT))
    return msgspec.structs.replace(
        alert,
        **{name: str(clean(getattr(alert, name), LONGEST_TEXT)) for name in texts},
        **{name: clean(getattr(alert, name)) for name in said},
        why=clean(alert.why, LONGEST_TEXT),
        key=tuple(value(cell) for cell in alert.key),
        remedies=tuple(str(clean(remedy, LONGEST_TEXT)) for remedy in alert.remedies),
        acknowledged=ack,
        course=alert.course[-LONGEST_COURSE:],
    )


def _bounded(alert: Alert) -> bool:
    """Whether its times are times."""
    ack = alert.acknowledged
    times = (ack.at, ack.until) if ack is not None else ()
    return _is_time(alert.since, alert.changed, *times)


def _is_time(*times: float) -> bool:
    return all(isfinite(at) and 0 <= at < LATEST for at in times)


def _quiet(silence: Silence) -> Silence:
    return Silence(
        str(clean(silence.id)),
        str(clean(silence.match, LONGEST_TEXT)),
        clean(silence.who),
        silence.since,
        silence.until,
        clean(silence.reason, LONGEST_TEXT),
    )


def courses(
    stretches: Sequence[Sequence[Told]], since: float, until: float
) -> Iterator[tuple[float, Alerts]]:
    """All that stood at first, then what was told until the end; `stretches` in order of time."""
    standing = Standing()
    begun = False
    for told in chain.from_iterable(stretches):
        if not begun and told.at > since:
            begun = True
            if standing.spoke:
                yield since, alerts_of(standing, since)
        if told.at > until:
            return
        standing.take(told)
        if begun:
            yield told.at, _again(standing, told)
    if not begun and standing.spoke:
        yield since, alerts_of(standing, since)


def _again(standing: Standing, told: Told) -> Alerts:
    """What was told, with all that is known of each alert."""
    if told.whole:
        return alerts_of(standing, told.at)
    names = [*(alert.id for alert in told.alerts), *(went.id for went in told.went)]
    some = Standing()
    some.take(Told(told.at, True, standing.some(names), [], told.silences))
    found = alerts_of(some, told.at)
    silences = None if told.silences is None else found.silences
    return Alerts(found.alerts, whole=False, silences=silences)
