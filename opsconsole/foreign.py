"""Alerts that others found, merged into the one list: placed, told apart, and let go when over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

import msgspec

from opsconsole.alert import Alert, Phase, Silence
from opsconsole.clean import clean
from opsconsole.model import Row, Sample, Target
from opsconsole.spec import Foreign, Found, Integration

PLACES = ("instance", "host", "hostname", "node", "nodename", "server")
"""Labels that may name a target of ours, the likeliest first."""

USUAL = "host"
"""The kind that is meant when several targets are at one address."""


class Places:
    """Targets of the estate by what others may call them."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self._by_name: dict[str, list[Target]] = {}
        for target in targets:
            names = {target.id.lower(), target.address.lower().rstrip(".")} - {"", "localhost"}
            names |= {short for name in names if (short := _short(name))}
            for name in names:
                self._by_name.setdefault(name, []).append(target)

    def find(self, labels: Mapping[str, str]) -> str:
        """The target that labels name, empty when none or more than one could be meant."""
        for label in PLACES:
            name = host_of(labels.get(label, ""))
            found = self._by_name.get(name) or self._by_name.get(_short(name), [])
            usual = [target for target in found if target.kind == USUAL]
            for some in (found, usual):
                if len(some) == 1:
                    return some[0].id
        return ""


def host_of(place: str) -> str:
    """The host in `web-1:9100`, `https://web-1/health`, `[::1]:9100`; in small letters."""
    rest = place.rpartition("://")[2].partition("/")[0].rpartition("@")[2].lower()
    if rest.startswith("["):
        return rest[1:].partition("]")[0]
    if rest.count(":") == 1:
        rest = rest.partition(":")[0]
    return rest.rstrip(".")


def _short(name: str) -> str:
    """The first word of a name with dots; empty for an address, and for one without."""
    try:
        ip_address(name)
    except ValueError:
        return name.partition(".")[0] if "." in name else ""
    return ""


@dataclass(slots=True)
class _Origin:
    """What is known of one target that alerts by itself."""

    foreign: Foreign
    rows: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])
    found: list[Found] = field(default_factory=list[Found])
    silent: bool = False
    """Its newest sample is a fault: what it said is neither true nor over."""


class Inbox:
    """All foreign alerts of a collector: samples in, changed alerts out. No I/O, no clock."""

    def __init__(self, targets: Sequence[Target], integrations: Mapping[str, Integration]) -> None:
        self._places = Places(targets)
        self._origins = {
            target.id: _Origin(foreign)
            for target in targets
            if target.kind in integrations and (foreign := integrations[target.kind].foreign)
        }
        self._alerts: dict[str, Alert] = {}

    @property
    def alerts(self) -> list[Alert]:
        """All that are not over, in no order."""
        return list(self._alerts.values())

    @property
    def silences(self) -> list[Silence]:
        """Silences that others keep; they are ended where they were made."""
        return [
            silence
            for name, origin in self._origins.items()
            for silence in origin.foreign.silences(name, origin.rows)
        ]

    @property
    def settled(self) -> frozenset[str]:
        """Targets that told all they have: what is not among it is over."""
        return frozenset(
            name
            for name, origin in self._origins.items()
            if not origin.silent and origin.rows.keys() >= set(origin.foreign.probes)
        )

    def take(self, samples: Iterable[Sample]) -> list[Alert]:
        """Note samples; returns the alerts that changed, those that are over as resolved."""
        touched = False
        at = 0.0
        for sample in samples:
            origin = self._origins.get(sample.target)
            if origin is None or sample.probe not in origin.foreign.probes:
                continue
            touched = True
            at = max(at, sample.at)
            if sample.rows is None:
                origin.silent = True
            else:
                origin.silent = False
                origin.rows[sample.probe] = sample.rows
                origin.found = origin.foreign.alerts(sample.target, origin.rows)
        return self._changes(at) if touched else []

    def _changes(self, at: float) -> list[Alert]:
        before, now = self._alerts, self._now()
        over = [
            msgspec.structs.replace(alert, phase=Phase.RESOLVED, changed=at)
            for id_, alert in before.items()
            if id_ not in now
        ]
        self._alerts = {id_: _dated(alert, before.get(id_), at) for id_, alert in now.items()}
        return over + [alert for id_, alert in self._alerts.items() if alert != before.get(id_)]

    def _now(self) -> dict[str, Alert]:
        """Every alert once: who knows of silences wins over who only found it."""
        now: dict[str, Alert] = {}
        heard: dict[tuple[str, str], list[tuple[frozenset[tuple[str, str]], str]]] = {}
        for origin in sorted(self._origins.values(), key=lambda one: -len(one.foreign.probes)):
            fresh: list[tuple[tuple[str, str], frozenset[tuple[str, str]], str]] = []
            phase = Phase.UNKNOWN if origin.silent else Phase.OPEN
            for found in origin.found:
                labels = frozenset(found.labels.items())
                kin = found.labels.get("alertname", ""), found.labels.get("instance", "")
                same = [id_ for more, id_ in heard.get(kin, ()) if labels and labels <= more]
                if not same:
                    fresh.append((kin, labels, found.alert.id))
                    now[found.alert.id] = self._placed(found, phase)
                elif not origin.silent:  # one witness is enough
                    now[same[0]] = msgspec.structs.replace(now[same[0]], phase=Phase.OPEN)
            for kin, labels, id_ in fresh:
                heard.setdefault(kin, []).append((labels, id_))
        return now

    def _placed(self, found: Found, phase: Phase) -> Alert:
        """The alert at the target of ours that its labels name, else where it was found."""
        target = self._places.find(found.labels)
        if target:
            return msgspec.structs.replace(found.alert, target=target, phase=phase)
        place = next((found.labels[label] for label in PLACES if found.labels.get(label)), "")
        thing = clean(f"{place} {found.alert.object}".strip())
        return msgspec.structs.replace(found.alert, object=thing, phase=phase)


def _dated(alert: Alert, before: Alert | None, at: float) -> Alert:
    """The alert with the moment at which its level or phase last changed."""
    if before is None:
        return alert
    same = (before.phase, before.level) == (alert.phase, alert.level)
    return msgspec.structs.replace(alert, changed=before.changed if same else at)
