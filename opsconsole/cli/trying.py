"""`opsconsole rules test`: plays a trial to the rules and tells what differs."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from opsconsole import registry
from opsconsole.alert import Alert
from opsconsole.cli.asking import load_estate
from opsconsole.cli.trial import Expectation, Saying, Trial, read_trial
from opsconsole.engine.alerting import subjects
from opsconsole.model import Sample
from opsconsole.rulebook import SILENT, Override, Rulebook
from opsconsole.rules import Engine

START = 1_700_000_000.0
"""Unix time at which every trial begins."""

_NO_SILENCE = Override("the trial", f"*.{SILENT}", None, {}, enabled=False)


def run_trial(file: Path, estate: Path | None) -> int:
    """Print each difference; 0 when there is none, otherwise 1."""
    trial = read_trial(file, registry.integrations())
    book = Rulebook() if trial.defaults else load_estate(estate).rulebook
    found = list(differences(trial, book))
    for line in found:
        sys.stdout.write(f"{file.name}: {line}\n")
    count = len(trial.expectations)
    if not found:
        sys.stdout.write(f"{file.name}: as expected at {count} moment{'s' * (count > 1)}\n")
    return 1 if found else 0


def differences(trial: Trial, book: Rulebook) -> Iterator[str]:
    """Play it second by second; a line for everything that is not as expected."""
    if not trial.silent:
        quiet = (*book.overrides, _NO_SILENCE)
        book = Rulebook(book.extras, quiet, book.quiets)
    known = subjects(trial.targets, registry.integrations(), book)
    engine = Engine(known, START, book.quiets)
    pending = sorted(trial.expectations, key=lambda one: one.at)
    end = max(one.at for one in pending)
    second = 0.0
    while second <= end:
        now = START + second
        for one in trial.sayings:
            if _is_due(one, second):
                rows = None if one.fault else list(one.rows)
                engine.hear([Sample(one.probe, one.target, now, rows, one.fault, one.period)])
        engine.tick(now)
        while pending and pending[0].at < second + 1:
            yield from _compare(pending.pop(0), [*engine.whole(), *engine.own])
        second += 1.0


def _is_due(one: Saying, second: float) -> bool:
    """Whether an answer falls into this second."""
    if not one.at <= second + 1 or second > one.until:
        return False
    return (second - one.at) % one.period < 1.0 and second >= one.at


def _compare(expected: Expectation, there: list[Alert]) -> Iterator[str]:
    alerts = {one.id: one for one in there}
    at = f"at {expected.at:g} s"
    for wanted in expected.alerts:
        id_ = str(wanted["id"])
        if id_ not in alerts:
            yield f"{at}: {id_} is expected, and there is no such alert"
            continue
        found = _plain(alerts.pop(id_))
        for key, value in wanted.items():
            if found[key] != value:
                yield f"{at}: {id_}: {key} is {found[key]!r}, expected {value!r}"
    for id_, alert in alerts.items():
        yield f"{at}: {id_} is not expected: {alert.level.name.lower()}, {alert.why}"


def _plain(alert: Alert) -> Mapping[str, object]:
    return {
        "id": alert.id,
        "level": alert.level.name.lower(),
        "phase": str(alert.phase),
        "cause": alert.cause,
        "object": str(alert.object),
        "flapping": alert.flapping,
        "silenced": alert.silenced,
        "why": str(alert.why),
    }
