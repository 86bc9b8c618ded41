"""What a restart must not forget: open alerts, acknowledgements, silences, what flapped."""

import hashlib
import os
import time
from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec
import platformdirs

from opsconsole.alert import Acknowledgement, Alert, Phase, Silence
from opsconsole.clean import Clean, clean
from opsconsole.model import Level, Value
from opsconsole.rules.engine import Engine, Taken
from opsconsole.rules.judge import Judge
from opsconsole.rules.others import KeptCare, harmless
from opsconsole.rules.state import State

FORM = 1
"""Of the file; another one is set aside."""

LONGEST = 30 * 86400.0
"""Seconds for which what somebody said of an alert is kept that no collector hears of."""

LARGEST = 64 * 1024 * 1024
"""Bytes of a file that can be ours."""


class KeptAlert(msgspec.Struct, frozen=True, omit_defaults=True):
    """One alert that was open."""

    rule: str
    target: str
    key: tuple[Value, ...]
    object: Clean
    level: Level
    phase: Phase
    since: float
    changed: float
    why: Clean
    value: Value = None
    acknowledged: Acknowledgement | None = None
    flapping: bool = False
    raises: list[float] = []
    course: list[float | None] = []
    called: Clean = Clean("")
    said: float = 0.0
    """When somebody took it on or gave it back last."""
    seen: float = 0.0
    """When a collector wrote it as its own last."""


class KeptPast(msgspec.Struct, frozen=True):
    """When something was raised lately that is right now."""

    rule: str
    target: str
    key: tuple[Value, ...]
    raises: list[float]


class Kept(msgspec.Struct, frozen=True):
    """The whole file."""

    form: int
    at: float
    """Unix time at which it was written."""
    alerts: list[KeptAlert]
    past: list[KeptPast]
    silences: list[Silence]
    others: list[KeptCare] = []
    """Who took on what others found."""
    ended: dict[str, float] = {}
    """Silences that somebody ended before their time, by id, with that time."""
    found: list[Alert] = []
    """Alerts that others found, for who has no collector to hear of them."""


def default_path(source: Sequence[Path]) -> Path:
    """`$OPSCONSOLE_ALERTS`, otherwise a file in the user's state folder, one for each estate."""
    named = os.environ.get("OPSCONSOLE_ALERTS")
    if named:
        return Path(named)
    folder = Path(platformdirs.user_state_dir("opsconsole", appauthor=False))
    if not source:
        return folder / "alerts.json"
    text = "\0".join(sorted(str(path.absolute()) for path in source))
    return folder / f"alerts-{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"


def remember(engine: Engine, others: Sequence[KeptCare] = ()) -> bytes:
    """The state as a file's content; `others` is who took on what others found."""
    return msgspec.json.encode(gathered(engine, others))


def gathered(engine: Engine, others: Sequence[KeptCare] = (), found: Sequence[Alert] = ()) -> Kept:
    """The state as it is kept."""
    alerts = [_kept(judge, state, engine.now) for judge, state in engine.open.values()]
    past = [
        KeptPast(judge.ruling.rule.id, judge.target, key, raises)
        for watched in engine.targets.values()
        for judge in watched.judges()
        for key, raises in judge.past.items()
    ]
    hush = engine.hush
    care = hush.said, list(others), dict(hush.ended)
    return Kept(FORM, engine.now, alerts, past, *care, list(found))


def _kept(judge: Judge, state: State, now: float) -> KeptAlert:
    return KeptAlert(
        rule=judge.ruling.rule.id,
        target=judge.target,
        key=state.key,
        object=state.object,
        called=state.called,
        level=state.shown,
        phase=state.phase,
        since=state.since,
        changed=state.changed,
        why=judge.why(state),
        value=state.value,
        acknowledged=state.acknowledged,
        flapping=state.flapping,
        raises=state.raises,
        course=list(state.course.values),
        said=state.said,
        seen=now,
    )


def recall(engine: Engine, kept: Kept) -> None:
    """Take in what was kept; alerts whose rule, target or kind of object is no more are let go.

    They stay as they are until their data comes or is missed.
    """
    for one in kept.alerts:
        judge = _judge(engine, one.target, one.rule)
        if judge is None or len(one.key) != len(judge.ruling.key):
            continue
        if one.level > Level.UNKNOWN:
            engine.adopt(judge, _state(one, engine.now))
    for past in kept.past:
        if (judge := _judge(engine, past.target, past.rule)) is not None:
            judge.recall(past.key, past.raises)
    engine.hush.heed(kept.silences, kept.ended, engine.now)


def _judge(engine: Engine, target: str, rule: str) -> Judge | None:
    watched = engine.targets.get(target)
    return watched.judge(rule) if watched is not None else None


def found(kept: Kept, origins: Collection[str]) -> list[Alert]:
    """Alerts that others found, made harmless: a file may have been written by anybody."""
    return [_cleanly(one) for one in kept.found if one.origin in origins]


def _cleanly(alert: Alert) -> Alert:
    said = {
        field: clean(value, max(len(value), 1))
        for field, value in msgspec.structs.asdict(alert).items()
        if isinstance(value, str) and field != "phase"
    }
    remedies = tuple(clean(one, 300) for one in alert.remedies)
    lists = {"key": _cleaned(alert.key), "remedies": remedies}
    return msgspec.structs.replace(alert, **said, **lists, acknowledged=None)


def name(one: KeptAlert) -> Taken:
    """What an alert is about, as the engine names it."""
    return one.rule, one.target, _cleaned(one.key)


def said(one: KeptAlert) -> float:
    """When somebody spoke of an alert last."""
    return max(one.said, one.acknowledged.at) if one.acknowledged else one.said


def taken(one: KeptAlert) -> Acknowledgement | None:
    """Who has an alert; a file may have been written by anybody."""
    return harmless(one.acknowledged) if one.acknowledged else None


def _state(one: KeptAlert, now: float) -> State:
    # Text was cleaned when it came, but a file may have been written by anybody since.
    state = State(_cleaned(one.key), clean(one.object), list(one.raises))
    state.called = clean(one.called, 80)
    state.level = state.shown = one.level
    state.phase = one.phase
    state.since, state.changed, state.heard = one.since, one.changed, now
    state.why, state.value = clean(one.why, 300), one.value
    state.acknowledged, state.said, state.flapping = taken(one), said(one), one.flapping
    state.course.values += [point for point in one.course if point is not None]
    if state.flapping:
        state.level, state.calm_since = Level.OK, now
    return state


def _cleaned(key: tuple[Value, ...]) -> tuple[Value, ...]:
    return tuple(clean(one, len(one)) if isinstance(one, str) else one for one in key)


def read(path: Path) -> Kept | None:
    """What a file says; None when there is none. Raises `ValueError` for one that is broken."""
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"{path} is larger than anything that was written there")
        kept = msgspec.json.decode(path.read_bytes(), type=Kept)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    if kept.form != FORM:
        raise ValueError(f"{path} has form {kept.form}, and not {FORM}")
    return kept


def load(path: Path) -> tuple[Kept | None, Clean]:
    """What a file says, and what is to be told of one that is broken: it is set aside."""
    try:
        return read(path), Clean("")
    except ValueError as error:
        aside = path.with_name(f"{path.name}.broken-{time.time_ns()}")
        try:
            path.rename(aside)
        except OSError:
            aside = path
        return None, clean(f"alerts of before are lost: {error}; it is kept as {aside}", 500)


def save(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all; raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
